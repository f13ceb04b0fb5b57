"""Exercises: graded, each with a hint before its solution, answers that are checked."""

import ast
import re

import pytest
from conftest import ROOT

PROJECT = "15_project"  # an hour of its own
CHAPTERS = sorted(p for p in (ROOT / "notebooks").glob("*.md") if p.stem != PROJECT)
LEVELS = ("recall", "apply", "break it", "extend")
HEADING = re.compile(r"^### Exercise (\d+) \(([^)]+)\): \S.*$", re.MULTILINE)
SOLUTION = re.compile(
    r"```\{code-cell\} ipython3\n:tags: \[hide-cell\]\n\n# Solution\n(.*?)```", re.DOTALL
)
HINT = re.compile(r"<details><summary>Hint</summary>\n\n.+?\n\n</details>", re.DOTALL)
GUESS = re.compile(r"^> \*\*Guess first\.\*\* \S", re.MULTILINE)
ANSWER = "<details><summary>Answer</summary>\n\n"


def exercises_of(text: str) -> dict[str, str]:
    """Return the text of each exercise by its level, up to the next heading."""
    found = list(HEADING.finditer(text))
    ends = [re.compile(r"^##+ ", re.MULTILINE).search(text, m.end()) for m in found]
    return {
        f"{m[1]} {m[2]}": text[m.start() : end.start() if end else len(text)]
        for m, end in zip(found, ends, strict=True)
    }


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def text(request) -> str:
    return request.param.read_text("utf8")


def test_every_level_has_an_exercise(text):
    headings = re.findall(r"^#+ Exercise .*$", text, re.MULTILINE)
    names = [name.split(" ", 1) for name in exercises_of(text)]
    assert len(headings) == len(names) >= 4, "a heading is not as HEADING says"
    assert [int(number) for number, _ in names] == list(range(1, len(names) + 1))
    assert {level for _, level in names} == set(LEVELS)


def test_a_hint_stands_before_each_solution(text):
    for name, exercise in exercises_of(text).items():
        hint, solution = HINT.search(exercise), SOLUTION.search(exercise)
        assert hint and solution and hint.end() < solution.start(), name


def test_solutions_check_their_answers(text):
    """At least two in a chapter hold what they say by an assert."""
    trees = [
        ast.parse(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE))
        for code in SOLUTION.findall(text)
    ]
    assert sum(any(isinstance(n, ast.Assert) for n in ast.walk(tree)) for tree in trees) >= 2


def test_the_reader_guesses_first(text):
    assert len(GUESS.findall(text)) >= 2
    assert text.count(ANSWER) >= len(GUESS.findall(text)), "a guess without its answer"
