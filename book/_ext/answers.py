"""Sphinx extension: a page checks the answers to its exercises too, where no kernel runs."""

from __future__ import annotations

import json
import re
from html import escape, unescape
from typing import Any

from sphinx.application import Sphinx

from tlhelpers.book.answers import Answer
from tlhelpers.book.check_answers import ANSWERS

ASKED = re.compile(r"<p>Check your answer: <code(?:(?!</p>).)*</p>", re.DOTALL)
NUMBER = re.compile(r'check_answer\("(\d\d\.\d)"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("html-page-context", add_forms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_forms(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any) -> None:
    """Put a form below each "Check your answer"; `book.js` shows it and answers."""
    if "body" in context:
        context["body"] = ASKED.sub(add_form, context["body"])


def add_form(match: re.Match) -> str:
    """Return the paragraph and the form of its exercise."""
    found = NUMBER.search(unescape(re.sub(r"<[^>]*>", "", match[0])))
    if not found:
        return match[0]
    boxes = "".join(make_box(*asked) for asked in ANSWERS[found[1]].items())
    name = f"Check exercise {found[1]} on this page"
    return (
        f'{match[0]}\n<form class="tl-check" aria-label="{name}" hidden>{boxes}'
        "<button>Check</button><output></output></form>"
    )


def make_box(name: str, answer: Answer) -> str:
    """Return a box for one answer, with what is right, and what is said of a wrong one."""
    known = [*((other, "") for other in answer.also), *answer.wrong.items()]
    told = {"right": answer.right, "within": answer.within, "wrong": known}
    data = escape(json.dumps(told, ensure_ascii=False))
    is_text = isinstance(answer.right, str)
    signed = not is_text and min([answer.right, *answer.wrong]) < 0  # some phones give no minus
    kind = "text" if is_text or signed else "decimal"
    return (
        f'<label>{name} <input name="{name}" inputmode="{kind}" autocomplete="off" '
        f'data-answer="{data}"></label>'
    )
