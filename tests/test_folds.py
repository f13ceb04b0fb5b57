"""The parts of an answer that follow each other are one fold."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import load_extension

join_folds = load_extension("folds").join_folds


def result(name: str, shown: str) -> str:
    """Return a cell whose output is folded, as the theme writes it."""
    return f"""<div class="cell tag_hide-output docutils container">
<details class="admonition hide below-input">
<summary>
<p class="collapsed admonition-title">{name}</p>
</summary>
<div class="cell_output docutils container"><p>{shown}</p></div>
</details>
</div>
"""


HINT = "<details><summary>Hint</summary>\n<p>Look.</p>\n</details>"
WORDS = "<details><summary>Answer</summary>\n<p>Because.</p>\n</details>"
CODE = '<div class="cell docutils container"><div class="cell_input">x</div></div>'


def folds_of(body: str) -> list[str]:
    """Return the text of each fold of a page, after what follows is joined."""
    page = BeautifulSoup(join_folds(f"<section>{body}<p>On.</p></section>"), "html.parser")
    assert str(page).count("<div") == str(page).count("</div>")
    assert page.section.find_all("p", recursive=False)[-1].get_text() == "On."  # outside all folds
    return [" ".join(fold.get_text(" ").split()) for fold in page.find_all("details")]


@pytest.mark.parametrize(
    ("body", "folds"),
    [
        (result("Show one", "1") + WORDS, ["Show one 1 Because."]),
        (result("Show one", "1") + result("Show two", "2"), ["Show one 1 2"]),
        (result("Show one", "1") + WORDS + result("Show two", "2"), ["Show one 1 Because. 2"]),
        (result("Show one", "1") + CODE + WORDS, ["Show one 1", "Answer Because."]),
        (WORDS + result("Show one", "1"), ["Answer Because.", "Show one 1"]),
        (result("Show one", "1") + "<p>But:</p>" + WORDS, ["Show one 1", "Answer Because."]),
        (
            result("Show one", "1") + WORDS.replace("Answer", "Hint"),
            ["Show one 1", "Hint Because."],
        ),
    ],
)
def test_what_follows_a_folded_result_joins_it(body: str, folds: list[str]) -> None:
    assert folds_of(body) == folds


def test_on_the_site_no_answer_follows_a_folded_result_and_no_code_stands_beside_one(
    site: Path,
) -> None:
    joined = 0
    for path in sorted((site / "notebooks").glob("[0-9]*.html")):
        page = BeautifulSoup(path.read_text("utf8"), "html.parser")
        joined += len(page.select("details.below-input > .tl-answer"))
        for fold in page.select("div.cell:has(> details.below-input) + details"):
            assert fold.summary.get_text() != "Answer", path.name
        beside = "div.cell:has(> details.tl-source):has(> .cell_output, > details.below-input)"
        assert page.select(beside) == [], path.name
    assert joined > 8
