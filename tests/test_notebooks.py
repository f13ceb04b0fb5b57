"""The notebooks keep the book's rules."""

import ast
import inspect
import re
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import numpy as np
import pytest

import tlhelpers as tl
from tlhelpers import compare_architectures
from tlhelpers.evaluation import usual_rivals
from tlhelpers.table import guess_roles, read_roles, template_table
from tools.pair import notebook_of

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "notebooks").glob("*.md"))
PAGES = [*SOURCES, *sorted((ROOT / "book").glob("*.md"))]
ids = [path.stem for path in SOURCES]
DRAWS = re.compile(r"\bplot_\w+\(")


def cells(path: Path, kind: str = "code") -> list:
    return [cell for cell in jupytext.read(path).cells if cell.cell_type == kind]


def shape(notebook) -> list:
    """Return what the notebook made of a source and the committed one must share."""
    keep = ("tags", "mystnb", "jupyter")
    return [
        (c.cell_type, c.source, {k: c.metadata[k] for k in keep if k in c.metadata})
        for c in notebook.cells
    ]


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_pair_agrees(path):
    pair = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    assert shape(notebook_of(path)) == shape(pair), "run `make pair`"
    assert not any(cell.get("outputs") for cell in pair.cells)


def test_pair_test_sees_an_edit():
    notebook = notebook_of(SOURCES[0])
    before = shape(notebook)
    next(c for c in notebook.cells if c.cell_type == "code").source += "\n1"
    assert shape(notebook) != before


def test_every_pair_is_complete():
    assert {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} == set(ids) and len(ids) >= 3


def lost_sentences(source: str) -> list[str]:
    """Return the calls of `say` that a notebook does not show, as it shows the last value only."""
    return [
        ast.unparse(node)
        for node in ast.parse(source).body[:-1]
        if isinstance(node, ast.Expr)
        and re.match(r"(say|say_list|show_words)\(", ast.unparse(node))
    ]


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_no_sentence_is_lost(path):
    assert [line for cell in cells(path) for line in lost_sentences(cell.source)] == []


def test_a_lost_sentence_is_seen():
    assert lost_sentences("say('a')\nx = 1") == ["say('a')"]
    assert lost_sentences("x = 1\ndisplay(say('a'))\nsay('b')") == []


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_cells_are_short(path):
    lengths = [len(cell.source.splitlines()) for cell in cells(path)]
    assert max(lengths) <= 25 and statistics.median(lengths) <= 6


def test_functions_are_short_and_stand_in_one_notebook():
    bodies = []
    for path in SOURCES:
        for cell in cells(path):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef):
                    assert node.end_lineno - node.lineno < 15, f"{path.stem}: {node.name}"
                    bodies.append(ast.unparse(ast.Module(node.body, [])))
    assert len(bodies) > 20 and len(set(bodies)) == len(bodies)


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_every_figure_has_its_own_alt_text(path):
    figures = [cell for cell in cells(path) if DRAWS.search(cell.source)]
    alts = [c.metadata.get("mystnb", {}).get("image", {}).get("alt", "") for c in figures]
    assert bool(figures) == (path.stem != "14_beyond_forests")  # the one of tables alone
    assert all(len(alt) > 60 for alt in alts) and len(set(alts)) == len(alts)


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_skeleton(path):
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    for part in (
        "**Objectives.**",
        "**Prerequisites.**",
        "**Time.**",
        "## Summary",
        "## References",
    ):
        assert part in text
    assert text.count("### Exercise") >= 2
    assert not re.search(r"^:::|^```\{|\{[a-z:]+\}`", text, re.M), "a directive or role in prose"


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_the_guide_is_one_click_away(path):
    assert "](../book/guide.md)" in cells(path, "markdown")[-1].source.splitlines()[-1]


def test_the_sidebar_has_the_guide():
    assert "file: book/guide\n" in (ROOT / "_toc.yml").read_text("utf8")


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_solutions_and_no_other_cells_are_collapsed_whole(path):
    for cell in cells(path):
        is_hidden = "hide-cell" in cell.metadata.get("tags", [])
        assert cell.source.startswith("# Solution") == is_hidden, cell.source


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_key_numbers_are_asserted(path):
    assert sum(cell.source.count("assert ") for cell in cells(path)) >= 2


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_glossary_links_lead_somewhere(path):
    headings = re.findall(r"^## (.+)$", (ROOT / "book/glossary.md").read_text(), re.M)
    anchors = set(map(anchor_of, headings))
    used = re.findall(r"glossary\.md#([\w-]+)", path.read_text())
    assert used and set(used) <= anchors


def test_each_term_of_the_glossary_is_used():
    pages = [*(ROOT / "notebooks").glob("*.md"), *(ROOT / "book").glob("*.md")]
    pages += (ROOT / "tlhelpers").rglob("*.py")  # what the package prints
    words = " ".join(p.read_text("utf8") for p in pages if p.stem != "glossary").split()
    text = " ".join(words).lower()
    own = (ROOT / "book/glossary.md").read_text("utf8")
    linked = {*re.findall(r"glossary\.md#([\w-]+)", text), *re.findall(r"\]\(#([\w-]+)\)", own)}
    unused = []
    for term in re.findall(r"^## (.+)$", own, re.M):
        word = re.split(r" \(|, ", term)[0].lower()
        if anchor_of(term) not in linked and word not in text:
            unused.append(term)
    assert unused == []


def prose_of(path: Path) -> str:
    """Return the running text of a chapter, without its headings, aims, code and references."""
    text = "\n".join(cell.source for cell in cells(path, "markdown")).split("## References")[0]
    text = re.sub(r"^#.*$|`[^`]*`", "", text, flags=re.M)
    return re.sub(r"^\*\*(Objectives|Prerequisites).*?(?=\n\n|\Z)", "", text, flags=re.M | re.S)


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_the_first_use_of_a_term_links_to_the_glossary(path):
    """In the paragraph of its first use; "difference" is an everyday word as well."""
    prose, bare = prose_of(path), []
    for term in re.findall(r"^## (.+)$", (ROOT / "book/glossary.md").read_text(), re.M):
        use = re.search(rf"(?<![\w-]){re.escape(term)}(s|es)?(?![\w-])", prose, re.I)
        if use and term != "difference":
            end = prose.find("\n\n", use.start())
            anchor = f"glossary.md#{term.lower().replace(' ', '-')})"
            if anchor not in prose[: end if end > 0 else None]:
                bare.append(term)
    assert bare == []


def test_the_hold_out_set_waits_for_chapter_08():
    """Each chapter before it that fits a model to the band gaps asserts that it uses none of it."""
    kept = re.compile(r"^assert .*not set\(\w+\.groups\) & set\(\w+\.groups\[\w+\]\)$", re.M)
    early = [path for path in SOURCES[1:7] if "band_gap_study()" in path.read_text()]
    assert [path.stem[:2] for path in early] == ["02", "03", "04"]
    for path in early:
        assert kept.search(path.read_text()), path.stem


def test_a_broken_loader_fails_a_chapter(tmp_path):
    """The assertions have teeth: measured gaps a tenth too large are noticed."""
    notebook = nbformat.read(ROOT / "notebooks/01_sparsity.ipynb", as_version=4)
    breaking = """import tlhelpers.data.loaders as d
read = d.read_table
d.read_table = lambda n: (t := read(n)).assign(**{c: 1.1 * t[c] for c in t if c == "band_gap"})"""
    broken = nbformat.from_dict(notebook)
    broken.cells.insert(0, nbformat.v4.new_code_cell(breaking))
    nbformat.write(broken, tmp_path / "broken.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, tmp_path / "broken.ipynb"], capture_output=True, text=True)
    assert done.returncode == 1 and "AssertionError" in done.stdout  # as it is, `make test` runs it


def test_the_rivals_of_the_guide_are_compared() -> None:
    """It shows the call without running it."""
    text = (ROOT / "book/guide.md").read_text("utf8")
    (call,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    own = read_roles(template_table(), guess_roles(template_table()))
    given = {"tl": tl, "table": (own.X, own.Y, own.target, own.groups)}
    quick = "*table, n_estimators=5, n_repeats=2, max_seconds=0.1, progress=False, rivals"
    call = textwrap.dedent(call).replace("*table, rivals", quick)
    exec(call.replace("usual_rivals()", "usual_rivals(5)"), given)
    assert set(usual_rivals()) < set(given["found"].verdicts["model"])


def test_the_call_for_an_own_table_is_one(tmp_path: Path, monkeypatch, capsys) -> None:
    """The first page shows it without running it."""
    text = (ROOT / "book/intro.md").read_text("utf8")
    (call,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    template_table().to_csv(tmp_path / "my_table.csv", index=False)
    monkeypatch.chdir(tmp_path)
    assert "(*table, rivals=usual_rivals())" in call
    quick = call.replace("rivals=", "n_estimators=5, max_seconds=0.1, progress=False, rivals=")
    quick = quick.replace("usual_rivals()", "usual_rivals(5)")
    exec(quick.replace("my_target", "gap_measured"), {})
    assert "of the single-task forest is" in capsys.readouterr().out


def test_the_whole_comparison_of_chapter_12_is_that_call(monkeypatch, capsys) -> None:
    """It shows the call, and what it once said, without running it."""
    text = (ROOT / "notebooks/12_own_table.md").read_text("utf8")
    call, _ = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    own = read_roles(template_table(), guess_roles(template_table()))
    asked = []

    def compare(*table, **options):
        asked.append(inspect.signature(compare_architectures).bind(*table, **options).arguments)
        return SimpleNamespace(recommendation="Use the stack.")

    monkeypatch.setattr(tl, "compare_architectures", compare)
    table = own.X, own.Y, own.target, own.groups
    exec(call, {"tl": tl, "table": table, "show_text": print})
    assert capsys.readouterr().out == "Use the stack.\n"
    assert asked[0].keys() == {"X", "Y", "target", "groups", "rivals"}  # all else by default
    assert asked[0]["rivals"].keys() == usual_rivals().keys()


def test_the_question_whether_the_columns_help_has_its_answer() -> None:
    """Chapter 12 shows the test without running it."""
    text = (ROOT / "notebooks/12_own_table.md").read_text("utf8")
    _, question = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    own = read_roles(template_table(), guess_roles(template_table()))
    quick = {"n_estimators": 5, "n_repeats": 2, "max_seconds": 0.1, "progress": False}
    found = compare_architectures(
        own.X, own.Y, own.target, own.groups, **quick, rivals=usual_rivals(5)
    )
    *lines, shown = question.strip().splitlines()
    given = {"longer": found}
    exec("\n".join(lines), given)
    (answer,) = eval(shown, given).itertuples()
    folds = found.scores.pivot_table("rmse", ["repeat", "fold"], "model")
    gap = folds["Gaussian process, with columns"] - folds["Gaussian process, no columns"]
    assert np.isclose(answer.difference, gap.mean()) and answer.p_adjusted == answer.p_value
