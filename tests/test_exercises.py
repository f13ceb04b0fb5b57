"""Exercises: graded, each with a hint before its solution, answers that are checked."""

import ast
import re
from collections.abc import Iterator

import jupytext
import nbformat
import pytest
from conftest import ROOT

from tlhelpers.book.check_answers import ANSWERS

CHAPTERS = sorted((ROOT / "notebooks").glob("*.md"))
MINUTES = {"recall": 5, "apply": 7, "break it": 10, "extend": 15}
LEVELS = tuple(MINUTES)
HEADING = re.compile(r"^### Exercise (\d+) \(([^)]+)\): \S.*$", re.MULTILINE)
SOLUTION = re.compile(
    r"```\{code-cell\} ipython3\n(?::tags: \[hide-cell\]\n\n|---\n[^`]*?\[hide-cell\]\n---\n)"
    r"# Solution[^\n]*\n(.*?)```",
    re.DOTALL,
)
YOURS = re.compile(r"```\{code-cell\} ipython3\n# Your answer\n(.*?)\n```", re.DOTALL)
HINT = re.compile(r"<details><summary>Hint</summary>\n\n.+?\n\n</details>", re.DOTALL)
GUESS = re.compile(r"^> \*\*Guess first\.\*\* \S", re.MULTILINE)
ANSWER = "<details><summary>Answer</summary>\n\n"
SHOWN = re.compile(r"^  code_prompt_show: 'Show the answer: .+'$", re.MULTILINE)
FOLDS = {"hide-output", "hide-cell", "remove-output", "remove-cell"}
CODE_FOLDS = {"hide-input", "remove-input", "hide-cell", "remove-cell"}
DRAWS = re.compile(r"\bplot_\w+\(")
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


def asked_of(code: str) -> tuple[set[str], list[str]]:
    """Return the exercises that code asserts to have checked, and the names of the answers."""
    tests = [node.test for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    calls = [
        test
        for test in tests
        if isinstance(test, ast.Call) and ast.unparse(test.func) == "check_answer"
    ]
    names = [str(keyword.arg) for call in calls for keyword in call.keywords]
    return {ast.literal_eval(call.args[0]) for call in calls}, names


def of_number(exercise: str) -> str:
    """Return the text of an exercise such as "02.2"."""
    chapter, number = exercise.split(".")
    (path,) = (path for path in CHAPTERS if path.stem.startswith(chapter))
    found = exercises_of(path.read_text("utf8"))
    return next(text for name, text in found.items() if name.startswith(f"{number} "))


@pytest.mark.parametrize("exercise", ANSWERS)
def test_a_solution_gives_all_its_numbers_to_the_check(exercise):
    """So a stored value that is not what the chapter computes stops the chapter."""
    parts = [asked_of(code) for code in SOLUTION.findall(of_number(exercise))]
    assert set().union(*(numbers for numbers, _ in parts)) == {exercise}
    assert sorted(name for _, names in parts for name in names) == sorted(ANSWERS[exercise])


@pytest.mark.parametrize("exercise", ANSWERS)
def test_there_is_a_cell_to_answer_in(exercise):
    """Between hint and solution; its last line, a comment, is the call that the task shows."""
    text = of_number(exercise)
    (cell,) = YOURS.finditer(text)
    assert HINT.search(text).end() < cell.start() < SOLUTION.search(text).start()
    last = cell[1].splitlines()[-1]
    (call,) = re.findall(r"Check your answer: `(check_answer\(.+?\))`", text)
    assert last == f"# {call}"
    asked = ast.parse(call, mode="eval").body
    assert [keyword.arg for keyword in asked.keywords] == list(ANSWERS[exercise])
    assert len(re.findall(r"^(?!#|from|$).+", cell[1], re.MULTILINE)) <= 3


def imports_of(code: str) -> set[str]:
    """Return the names that code imports."""
    imports = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_solution_can_be_copied_from_the_page(path):
    """What it uses is imported where a reader of the page can see it."""
    cells = [c for c in jupytext.read(path).cells if c.cell_type == "code"]
    hidden = [c for c in cells if {"remove-input", "remove-cell"} & {*c.metadata.get("tags", ())}]
    seen = [c.source for c in cells if c not in hidden]
    only_hidden = set().union(*(imports_of(c.source) for c in hidden)) - set().union(
        *(imports_of(source) for source in seen if "# Solution" not in source)
    )
    for source in (source for source in seen if source.startswith("# Solution")):
        used = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
        assert not used & only_hidden - imports_of(source), source


def test_every_check_of_the_chapters_has_its_answers():
    texts = [path.read_text("utf8") for path in CHAPTERS]
    used = [number for text in texts for number in re.findall(r'check_answer\("(.+?)"', text)]
    assert set(used) == set(ANSWERS)
    assert sum(len(YOURS.findall(text)) for text in texts) == len(ANSWERS)


def test_the_first_chapter_says_what_the_levels_ask_and_how_long_they_take():
    first, *others = (path.read_text("utf8") for path in CHAPTERS)
    rule = first.partition("## Exercises")[2].partition("### Exercise 1")[0]
    rows = re.findall(r"^\| ([a-z ]+) \| .+ \| (\d+) \|$", rule, re.MULTILINE)
    assert {level: int(minutes) for level, minutes in rows} == MINUTES
    assert not any("| level |" in text for text in others)


def test_the_reader_guesses_first(text):
    assert len(GUESS.findall(text)) >= 2
    answers = text.count(ANSWER) + len(SHOWN.findall(text))
    assert answers >= len(GUESS.findall(text)), "a guess without its answer"


def shows(code: str) -> bool:
    """Return whether a cell has an output: it ends in an expression, or draws, says or prints."""
    tree = ast.parse(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE))
    called = {ast.unparse(n.func).split(".")[-1] for n in ast.walk(tree) if isinstance(n, ast.Call)}
    ends = tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";")
    return bool(ends) or any(SHOWS.fullmatch(name) for name in called)


def told_early(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Yield the cells that tell it between a guess and its answer, by output or words in the code.

    A figure may stand open: the question stands above it, the answer in words below.
    """
    asked = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            guesses = [m.start() for m in GUESS.finditer(cell.source)]
            if guesses or ANSWER.strip() in cell.source:
                asked = bool(guesses) and guesses[-1] > cell.source.rfind(ANSWER.strip())
            continue
        tags = set(cell.metadata.get("tags", []))
        result = shows(cell.source) and not FOLDS & tags and not DRAWS.search(cell.source)
        words = re.search(r'\bsay\(f?"', cell.source) and not CODE_FOLDS & tags
        if asked and (result or words):
            yield cell.source
        if "Show the answer: " in cell.metadata.get("mystnb", {}).get("code_prompt_show", ""):
            asked = False


def test_nothing_answers_before_the_reader_has_guessed(text):
    assert list(told_early(jupytext.reads(text, fmt="md:myst"))) == []


def test_an_open_result_is_seen():
    v4 = nbformat.v4
    ask = v4.new_markdown_cell("Think.\n\n> **Guess first.** Which?")
    answer = v4.new_markdown_cell(f"{ANSWER}This.\n\n</details>")
    figure = v4.new_code_cell("ax = plot_curves(table)")
    assert list(told_early(v4.new_notebook(cells=[ask, figure, answer]))) == []
    for code in "table", "say(table)", "for row in table:\n    print(row)":
        told = [ask, v4.new_code_cell(code), answer, v4.new_code_cell(code)]
        assert list(told_early(v4.new_notebook(cells=told))) == [code]
        folded = v4.new_code_cell(code, metadata={"tags": ["hide-output"]})
        assert list(told_early(v4.new_notebook(cells=[ask, folded, answer]))) == []
    words = v4.new_code_cell('say("It is 127.")', metadata={"tags": ["hide-output"]})
    assert list(told_early(v4.new_notebook(cells=[ask, words, answer]))) == [words.source]
    metadata = {"tags": ["hide-output"], "mystnb": {"code_prompt_show": "Show the answer: all"}}
    answer = v4.new_code_cell("table", metadata=metadata)  # an answer that is computed
    assert list(told_early(v4.new_notebook(cells=[ask, answer, v4.new_code_cell("table")]))) == []
    answer = v4.new_markdown_cell(f"{ANSWER}This.\n\n</details>")
    quiet = v4.new_code_cell("mean = table.mean()")
    assert list(told_early(v4.new_notebook(cells=[ask, quiet, answer]))) == []
