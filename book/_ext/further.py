"""Sphinx extension: sections that no later page needs are folded, and so are their names."""

from __future__ import annotations

from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx

FURTHER = "More: "  # how their headings begin
ENTRY = """<li class="toc-h2 nav-item toc-entry"><details><summary>More ({})</summary>
<ul class="pst-show_toc_level nav section-nav flex-column"></ul></details></li>"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("doctree-resolved", fold_further)
    app.connect("html-page-context", fold_contents, priority=600)  # after the theme's
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fold_further(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make the heading of such a section what opens it; `book.js` opens it for a link into it."""
    for section in doctree.findall(nodes.section):
        if section[0].astext().startswith(FURTHER):
            section.insert(1, nodes.raw("", "</summary>", format="html"))
            opening = '<details class="tl-further"><summary>'
            section.insert(0, nodes.raw("", opening, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


def fold_contents(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    """Put them into one entry of the page's contents; `book.js` opens it for who reads there."""
    make_contents = context["generate_toc_html"]

    @cache  # as the theme's, which returns the same tree again
    def make_folded(kind: str = "html") -> Any:
        contents = make_contents(kind)
        links = contents.select("li > a") if contents else []
        links = [link for link in links if link.get_text().startswith(FURTHER)]
        if links:
            entry = BeautifulSoup(ENTRY.format(len(links)), "html.parser").li
            links[0].parent.insert_before(entry)
            entry.ul.extend([link.parent for link in links])
        for link in links:
            name = link.find(string=True)
            name.replace_with(name.removeprefix(FURTHER))
        return contents

    context["generate_toc_html"] = make_folded
