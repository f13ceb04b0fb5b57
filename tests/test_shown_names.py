"""A reader can follow the code that is shown: it uses no name that only folded code makes."""

import builtins
import dis
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import jupytext
import nbformat
import pytest
from conftest import ROOT

CHAPTERS = sorted((ROOT / "notebooks").glob("*.md"))
FOLDED = {"hide-input", "remove-input", "remove-cell"}
EVERYWHERE = {"say", "verdict_words", *dir(builtins)}  # words of a sentence, not of a computation


def names_of(code: str) -> tuple[set[str], set[str]]:
    """Return the names that code makes, and those of others that it uses."""
    made, used = set(), set()
    codes = [compile(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE), "cell", "exec")]
    while codes:
        part = codes.pop()
        codes += [inner for inner in part.co_consts if isinstance(inner, CodeType)]
        for step in dis.get_instructions(part):
            if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                made.add(step.argval)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                used.add(step.argval)
    return made, used - made


def unseen(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the names that a reader meets though only folded code makes them, and where."""
    shown, folded, exercise = set(EVERYWHERE), set(), ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            exercise = cell.source if "### Exercise" in cell.source else exercise
            named = set(re.findall(r"`([a-z_]\w*)`", cell.source)) if exercise else set()
            used, made, where = named, set(), cell.source[:40]
        else:
            made, used = names_of(cell.source)
            where = cell.source[:40]
            if FOLDED & set(cell.metadata.get("tags", [])):
                folded |= made
                continue
        yield from ((name, where) for name in sorted((used & folded) - shown))
        shown |= made


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_is_shown_uses_nothing_that_is_folded(path: Path) -> None:
    assert list(unseen(jupytext.read(path))) == []


def test_a_folded_name_is_seen() -> None:
    v4 = nbformat.v4
    folded = v4.new_code_cell("a = [i for i in range(3)]", metadata={"tags": ["hide-input"]})
    inside = v4.new_code_cell("def f(i):\n    return a[i]")
    asked = v4.new_markdown_cell("### Exercise 1\n\nLook at `a`.")
    for cell in inside, asked:
        notebook = v4.new_notebook(cells=[folded, cell])
        assert [name for name, _ in unseen(notebook)] == ["a"]
    fine = v4.new_code_cell("[i for i in range(3)]")
    assert list(unseen(v4.new_notebook(cells=[folded, fine]))) == []
