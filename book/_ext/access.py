"""Sphinx extension: what the theme leaves out for readers who use no mouse, or no eyes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

# A list may hold list items only, and the bibliography's entries are not; their role is deprecated.
ROLES = re.compile(r' role="list"(?= class="citation-list")| role="doc-biblioentry"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("config-inited", find_files)
    app.connect("html-page-context", drop_wrong_roles)
    app.add_css_file("book.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def find_files(app: Sphinx, config: Config) -> None:
    """Take our style sheet, and our templates before the theme's."""
    config.html_static_path.append(str(Path(app.srcdir, "book", "_static")))
    config.templates_path.append(str(Path(app.srcdir, "book", "_templates")))


def drop_wrong_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    """Remove the roles that make a screen reader announce the bibliography wrongly."""
    if "body" in context:
        context["body"] = ROLES.sub("", context["body"])
