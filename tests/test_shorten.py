"""The code on a page leaves out the sentences and the checks of the book, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jupytext
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, load_extension

shorten = load_extension("shorten")
# A line of a cell that is left out, or shortened.
WRITES = re.compile(r"^(assert |(display\()?say(_list)?\(|from \S+ import .*\bsay\b)", re.MULTILINE)

CASES = {
    'a = 1\nsay(f"""It is {a},\nin two lines.""")': "a = 1",
    'display(say("One."))\nax = plot(a)': "ax = plot(a)",
    "a = 1\nassert a == 1  # as the text says\nb = a": "a = 1\nb = a",
    "from tlhelpers.book import plot, say\n\nplot()": "from tlhelpers.book import plot\n\nplot()",
    '# Solution\nfrom tlhelpers.book import say\n\na = 1\nassert a\nsay("x")': "# Solution\na = 1",
    'a = 1\nassert check_answer("1.1", a=a) and a': 'a = 1\ncheck_answer("1.1", a=a)',
    "%time x\n!ls\nassert x": "%time x\n!ls",
    'say("alone")': "",
    '# Solution, in words\nsay("alone")': "# Solution, in words",
}


@pytest.mark.parametrize("source", CASES)
def test_sentences_and_checks_go(source: str) -> None:
    assert shorten.without_sentences(source) == CASES[source]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    assert x\n    return x",  # a check of the function's own
        "import a  # unused\nprint(a)\n\n\nsays = essay(1)",
        "no python at all {",
    ],
)
def test_other_code_stays(source: str) -> None:
    assert shorten.without_sentences(source) == re.sub(r"\n{3,}", "\n\n", source)


def shown(page: Path) -> list[str]:
    built = BeautifulSoup(page.read_text("utf8"), "html.parser")
    return [block.get_text().strip("\n") for block in built.select("div.cell_input pre")]


def test_every_page_shows_its_notebook_so(site: Path) -> None:
    """In its order, each cell shortened and whole otherwise."""
    n_shorter = 0
    for path in sorted((ROOT / "notebooks").glob("*.md")):
        cells = [
            cell.source
            for cell in jupytext.read(path).cells
            if cell.cell_type == "code"
            and not {"remove-input", "remove-cell"} & {*cell.metadata.get("tags", ())}
        ]
        blocks = shown(site / "notebooks" / f"{path.stem}.html")
        shorter = [shorten.without_sentences(source).strip("\n") for source in cells]
        assert blocks == [text for text in shorter if text]
        changed = [source for text, source in zip(shorter, cells, strict=True) if text != source]
        assert changed == [source for source in cells if WRITES.search(source)]
        n_shorter += len(changed)
        for block in blocks:
            assert not re.search(r"^(assert |say(_list)?\(|display\(say\()", block, re.M), block
    assert n_shorter


def test_a_solution_on_a_page_needs_nothing_that_was_left_out() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.md")):
        for cell in jupytext.read(path).cells:
            if cell.cell_type == "code" and cell.source.startswith("# Solution"):
                text = shorten.without_sentences(cell.source)
                names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
                assert not names & shorten.SENTENCES, cell.source
