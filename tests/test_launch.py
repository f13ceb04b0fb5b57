"""The chapters offer Binder and Colab; what Binder does, done here."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from environments import few_of, install, new_environment, run, run_notebooks, warnings_of

from tools.pair import install_cell, notebook_of, repository

URL, BRANCH = repository()["url"], repository()["branch"]
NAME = URL.removeprefix("https://github.com/")
BINDER = f"https://mybinder.org/v2/gh/{NAME}/{BRANCH}?urlpath=lab/tree/notebooks"
COLAB_URL = f"https://colab.research.google.com/github/{NAME}/blob/{BRANCH}/notebooks"
CHAPTERS = sorted((ROOT / "notebooks").glob("*.md"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_offers_its_notebook(site: Path, chapter: Path) -> None:
    page = site / "notebooks" / f"{chapter.stem}.html"
    assert page.exists(), "the chapter is not in the table of contents"
    links = re.findall(r'href="([^"]+)"', page.read_text("utf8"))
    assert {f"{BINDER}/{chapter.stem}.ipynb", f"{COLAB_URL}/{chapter.stem}.ipynb"} <= set(links)
    assert f"../_sources/notebooks/{chapter.stem}.ipynb" in links
    downloaded = site / "_sources" / "notebooks" / f"{chapter.stem}.ipynb"
    assert downloaded.read_bytes() == chapter.with_suffix(".ipynb").read_bytes()


def test_only_chapters_are_launched(site: Path) -> None:
    offering = {
        p.relative_to(site).parts[0] for p in site.rglob("*.html") if BINDER in p.read_text()
    }
    assert offering == {"notebooks"}


def test_the_readme_names_the_address_of_the_configuration() -> None:
    text = (ROOT / "README.md").read_text("utf8")
    assert BINDER in text and COLAB_URL in text
    places = re.findall(r"(?:github\.com|/gh|/github)/([\w-]+/[\w-]+)", text)
    assert len(places) >= 2 and set(places) == {NAME}


def test_the_install_cell_stands_before_the_first_code() -> None:
    notebook = notebook_of(CHAPTERS[0])
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source == install_cell().source and f"git+{URL}@{BRANCH}" in first.source
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


# ---- Binder


def python_of(runtime: Path) -> str:
    """Return the Python that runtime.txt asks for."""
    version = runtime.read_text().strip().removeprefix("python-")
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    return shutil.which(f"python{version}") or pytest.fail(f"Binder's Python {version} is missing")


@pytest.mark.full
def test_binder(checkout: Path, tmp_path: Path) -> None:
    """repo2docker makes the environment, installs requirements.txt, copies all, runs postBuild.

    It installs by pip, which reads the same lock in `make offline`; here uv does, which is faster.
    """
    binder = checkout / ".binder"
    commands = new_environment(tmp_path / "env", python_of(binder / "runtime.txt"))
    install(commands, checkout, "-r", ".binder/requirements.txt")
    run([".binder/postBuild"], checkout, PATH=f"{commands}{os.pathsep}{os.environ['PATH']}")

    engine = checkout / "tlhelpers" / "forests" / "_engine"
    sources = list(engine.glob("*.py"))
    kernels = sorted(engine.glob("__pycache__/*.nbc"))
    assert all(source.stat().st_mtime.is_integer() for source in sources) and kernels
    run([commands / "python", "-m", "tlhelpers.forests.compile"], checkout / "notebooks")
    assert kernels == sorted(engine.glob("__pycache__/*.nbc"))

    run([commands / "jupyter", "lab", "--version"], checkout)
    few = few_of(checkout / "notebooks", commands)
    done = run_notebooks(commands, checkout / "notebooks", tmp_path / "out")
    assert warnings_of(done) == [] and done.keys() == few
