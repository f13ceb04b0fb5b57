"""Sphinx extension: the code on a page leaves out the book's sentences and checks.

A notebook holds all of it: `say` writes a sentence whose numbers are computed, and `assert` stops
the build where a number is not what the text says. A reader of the page looks for the code that
answers the question.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
SENTENCES = {"say", "say_list"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("doctree-read", shorten_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def shorten_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Shorten the code of every cell of a page."""
    for cell in [c for c in doctree.findall(nodes.container) if "cell_input" in c["classes"]]:
        for block in cell.findall(nodes.literal_block):
            text = without_sentences(block.astext())
            block.rawsource = text  # else Sphinx does not colour it
            block.children = [nodes.Text(text)]
        if not cell.astext().strip():
            cell.parent.remove(cell)


def without_sentences(source: str) -> str:
    """Leave out of a cell what writes sentences and what checks numbers.

    The call of a check that a reader makes too, such as ``check_answer``, stays. So does what is
    not Python. Of a cell that holds nothing but a sentence its comments are left, if any.
    """
    try:
        body = ast.parse(MAGIC.sub(r"\1pass", source)).body
    except SyntaxError:
        return source
    lines = source.splitlines()
    for node in reversed(body):
        kept = _kept(node, source)
        if kept is not None:
            lines[node.lineno - 1 : node.end_lineno] = kept
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return re.sub(r"\A(#.*\n)\n", r"\1", text)


def _kept(node: ast.stmt, source: str) -> list[str] | None:
    """Return the lines that stand in place of a statement; None: it stays as it is."""
    if isinstance(node, ast.Assert):
        test = node.test.values[0] if isinstance(node.test, ast.BoolOp) else node.test
        asked = isinstance(test, ast.Call) and ast.unparse(test.func).startswith("check_")
        return (ast.get_source_segment(source, test) or "").splitlines() if asked else []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if ast.unparse(call.func) == "display" and call.args:
            call = call.args[0]
        return [] if isinstance(call, ast.Call) and ast.unparse(call.func) in SENTENCES else None
    if isinstance(node, ast.ImportFrom) and SENTENCES & {alias.name for alias in node.names}:
        others = [ast.unparse(alias) for alias in node.names if alias.name not in SENTENCES]
        return [f"from {node.module} import {', '.join(others)}"] if others else []
    return None
