"""The numbers that the instructor guide expects are those that the built solutions say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from test_instructors import EXPECTED

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


def solution(site: Path, chapter: str, number: str) -> str:
    """Return what the solution of an exercise says."""
    (page,) = (site / "notebooks").glob(f"{chapter}_*.html")
    article = BeautifulSoup(page.read_text("utf8"), "html.parser").select_one("article")
    for section in article.select("section"):
        if section.h3 and section.h3.get_text().startswith(f"Exercise {number} "):
            return " ".join(
                out.get_text(" ") for out in section.select(".tag_hide-cell .cell_output")
            )
    raise AssertionError(f"{page.name} has no exercise {number}")


def missing(expected: str, said: str) -> set[str]:
    """Return the numbers that are expected and not said; code does not count."""
    expected, said = (text.replace("−", "-") for text in (expected, said))
    return set(NUMBER.findall(re.sub("`[^`]*`", "", expected))) - set(NUMBER.findall(said))


@pytest.mark.parametrize("name", EXPECTED, ids=" ".join)
def test_the_solution_says_the_numbers_that_the_teacher_expects(site: Path, name: tuple) -> None:
    chapter, number, _ = name
    assert missing(EXPECTED[name], solution(site, chapter, number)) == set()


def test_a_wrong_number_is_seen() -> None:
    assert missing("0.90 eV, with `n=3` 100", "It is 0.91 eV for 100 of 3.") == {"0.90"}
