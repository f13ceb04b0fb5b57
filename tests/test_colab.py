"""What Colab does, done here: an environment with its versions, and every notebook in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from environments import install, new_environment, run, run_notebooks, versions
from test_launch import BRANCH, URL

from tools.pair import install_cell

COLAB = ROOT / "tests" / "colab.txt"
COMPILING = "from tlhelpers.forests.compile import main\nmain()"  # once, else two chapters do it


def as_repository(checkout: Path) -> dict[str, str]:
    """Make the checkout a git repository; return what lets git find it at the book's address."""
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    run(["git", "init", "-q", "-b", BRANCH], checkout)
    run(["git", "add", "-A"], checkout)
    run(["git", *author, "commit", "-q", "-m", "as it is"], checkout)
    key = f"url.{checkout.as_uri()}.insteadOf"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": URL}


@pytest.fixture
def colab(tmp_path: Path) -> Path:
    """Make an environment with the versions of Colab, without the package."""
    commands = new_environment(tmp_path / "env")
    install(commands, ROOT, "-r", COLAB)
    return commands


@pytest.mark.full
def test_colab(colab: Path, checkout: Path, tmp_path: Path) -> None:
    before = versions(colab)
    (tmp_path / "first").mkdir()
    compiling = nbformat.v4.new_code_cell(COMPILING)
    alone = nbformat.v4.new_notebook(cells=[install_cell(), compiling])
    nbformat.write(alone, tmp_path / "first" / "cell.ipynb")
    address = as_repository(checkout)
    run_notebooks(colab, tmp_path / "first", tmp_path / "installed", **address)
    after = versions(colab)
    assert "tlhelpers" in after.keys() - before.keys()
    assert {name: after[name] for name in before} == before, "Colab's own packages were replaced"

    plain = shutil.copytree(  # only the notebooks: the data have to come with the package
        checkout / "notebooks", tmp_path / "plain", ignore=shutil.ignore_patterns("*.md")
    )
    done = run_notebooks(colab, plain, tmp_path / "out")
    for notebook in done.values():
        install = next(cell for cell in notebook.cells if cell.cell_type == "code")
        assert install.source.startswith("# Installs the package") and install.outputs == []


def minor_releases(text: str) -> dict[str, str]:
    """Return the releases that the package leans on most, as in 2.0, after == or >=."""
    found = re.findall(r"^\W*(numpy|pandas|scikit-learn|numba)[=>]=(\d+\.\d+)", text, re.M)
    return dict(found)


def test_the_oldest_packages_stand_for_those_of_colab() -> None:
    """Why Colab's environment runs the notebooks only: the oldest one runs the package's tests."""
    oldest = minor_releases((ROOT / "pyproject.toml").read_text("utf8"))
    assert len(oldest) == 4 and minor_releases(COLAB.read_text("utf8")) == oldest
