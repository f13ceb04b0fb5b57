"""Sphinx extension: the parts of an answer that follow each other open with one click."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

INSIDE = "(?:(?!</?details).)*"
OUTPUT = '<details class="admonition hide below-input[^>]*>'
SUMMARY = r"\s*<summary>(?:(?!</summary>).)*</summary>"
WORDS = f"<details><summary>Answer</summary>({INSIDE})</details>"
CELL = rf'<div class="cell [^>]*>\s*{OUTPUT}{SUMMARY}({INSIDE})</details>\s*</div>'
FOLLOWED = re.compile(rf"({OUTPUT}{INSIDE})</details>\s*</div>\s*(?:{WORDS}|{CELL})", re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension, after the one that names what is folded."""
    app.connect("html-page-context", join_answers, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def join_answers(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    """Put a folded answer that follows a folded result into the fold of the result."""
    if "body" in context:
        context["body"] = join_folds(context["body"])


def join_folds(body: str) -> str:
    """Return the page with such folds joined, under the name of the first."""

    def join(match: re.Match) -> str:
        result, words, next_result = match.groups()
        more = next_result or f'<div class="tl-answer">{words}</div>'
        return f"{result}{more}</details>\n</div>"

    joined, n = FOLLOWED.subn(join, body)
    return join_folds(joined) if n else joined
