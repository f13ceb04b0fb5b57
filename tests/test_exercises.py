"""Exercises: graded, each with a hint before its solution, answers that are checked."""

import ast
import re
from collections.abc import Iterator

import jupytext
import nbformat
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
FOLDS = {"hide-output", "hide-cell", "remove-output", "remove-cell"}
SHOWS = re.compile(r"plot_\w+|say\w*|show_\w+|display|print")


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


def shows(code: str) -> bool:
    """Return whether a cell has an output: it ends in an expression, or draws, says or prints."""
    tree = ast.parse(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE))
    called = {ast.unparse(n.func).split(".")[-1] for n in ast.walk(tree) if isinstance(n, ast.Call)}
    ends = tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";")
    return bool(ends) or any(SHOWS.fullmatch(name) for name in called)


def told_early(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Yield the cells whose output stands open between a guess and its answer."""
    asked = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            guesses = [m.start() for m in GUESS.finditer(cell.source)]
            if guesses or ANSWER.strip() in cell.source:
                asked = bool(guesses) and guesses[-1] > cell.source.rfind(ANSWER.strip())
        elif asked and shows(cell.source) and not FOLDS & set(cell.metadata.get("tags", [])):
            yield cell.source


def test_nothing_answers_before_the_reader_has_guessed(text):
    assert list(told_early(jupytext.reads(text, fmt="md:myst"))) == []


def test_an_open_result_is_seen():
    v4 = nbformat.v4
    ask = v4.new_markdown_cell("Think.\n\n> **Guess first.** Which?")
    answer = v4.new_markdown_cell(f"{ANSWER}This.\n\n</details>")
    for code in "table", "ax = plot_curves(table)", "for row in table:\n    print(row)":
        told = [ask, v4.new_code_cell(code), answer, v4.new_code_cell(code)]
        assert list(told_early(v4.new_notebook(cells=told))) == [code]
        folded = v4.new_code_cell(code, metadata={"tags": ["hide-output"]})
        assert list(told_early(v4.new_notebook(cells=[ask, folded, answer]))) == []
    quiet = v4.new_code_cell("mean = table.mean()")
    assert list(told_early(v4.new_notebook(cells=[ask, quiet, answer]))) == []
