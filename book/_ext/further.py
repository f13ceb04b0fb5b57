"""Sphinx extension: sections that no later page needs are folded below their headings."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

FURTHER = "More: "  # how their headings begin


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("doctree-resolved", fold_further)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fold_further(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make the heading of such a section what opens it; `book.js` opens it for a link into it."""
    for section in doctree.findall(nodes.section):
        if section[0].astext().startswith(FURTHER):
            section.insert(1, nodes.raw("", "</summary>", format="html"))
            opening = '<details class="tl-further"><summary>'
            section.insert(0, nodes.raw("", opening, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))
