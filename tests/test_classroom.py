"""The classroom archive: unpacked, installed, run and read where no network answers."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from conftest import ROOT, visiting
from environments import Command, few_of, nodes_of, run, run_notebooks, warnings_of

from tools.classroom.build import INVITATION, without_solutions

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMESPACE = ["unshare", "--map-root-user", "--net", sys.executable]
NAMESPACE += [str(Path(__file__).with_name("offline_run.py"))]
NOWHERE = "http://127.0.0.1:9"
REFUSED = {name: NOWHERE for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
REFUSED |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


def names(source: str, context: type[ast.expr_context]) -> set[str]:
    """Return the names that a cell reads (`ast.Load`) or gives (`ast.Store`)."""
    nodes = nodes_of(source)
    found = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
    if context is ast.Store:
        found |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        aliases = [a for n in nodes if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names]
        found |= {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
    return found


def leaning_on_solutions(notebook: nbformat.NotebookNode) -> set[str]:
    """Return the names that a cell outside of the solutions takes from a solution."""
    known: set[str] = set()
    only_solved: set[str] = set()
    used: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        gives = names(cell.source, ast.Store)
        if cell.source.startswith("# Solution"):
            only_solved |= gives - known
        else:
            used |= names(cell.source, ast.Load) & (only_solved - gives)
            known |= gives
            only_solved -= gives
    return used


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_learner_copy_loses_the_solutions_and_nothing_else(path: Path) -> None:
    whole, copy = (nbformat.read(path, as_version=4) for _ in range(2))
    changed = [
        (old.source, new)
        for old, new in zip(whole.cells, without_solutions(copy).cells, strict=True)
        if old != new
    ]
    assert len(changed) >= 2
    assert all(old.startswith("# Solution") for old, _ in changed)
    assert all(new.source == INVITATION and new.metadata == {} for _, new in changed)
    assert leaning_on_solutions(whole) == set(), "a later cell fails without the solution"


def test_leaning_on_a_solution_is_seen() -> None:
    sources = ["import a", "# Solution\nb = a", "c = b + a", "b = 1", "b"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    assert leaning_on_solutions(nbformat.v4.new_notebook(cells=cells)) == {"b"}


@pytest.fixture(scope="module")
def prefix() -> Command:
    """Return what to put before a command so that no network call gets through."""
    works = subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0
    if not works:
        print("no network namespace here: a proxy that leads nowhere refuses instead")
    return NAMESPACE if works else ["env", *(f"{k}={v}" for k, v in REFUSED.items())]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Unpack the archive."""
    found = ROOT / "_build" / "tlhelpers-classroom.zip"
    if not found.is_file():
        pytest.fail("there is no archive in _build: run `make offline` first")
    target = tmp_path_factory.mktemp("classroom")
    with zipfile.ZipFile(found) as packed:
        packed.extractall(target)
    print(f"{found.name}: {found.stat().st_size / 1e6:.0f} MB")
    yield target / "tlhelpers-classroom"
    shutil.rmtree(target)


@pytest.mark.full
def test_links_lead_to_files_of_the_archive(archive: Path) -> None:
    missing = []
    for path in [*archive.glob("notebooks/*.ipynb"), *archive.glob("learner/*.ipynb")]:
        for cell in nbformat.read(path, as_version=4).cells:
            for link in re.findall(r"\]\(([^):#]+)[^):]*\)", cell.source):
                if not (path.parent / unquote(link)).exists():
                    missing.append((path.name, link))
    assert missing == []


@pytest.mark.full
def test_install_and_run_without_network(archive: Path, prefix: Command, tmp_path: Path) -> None:
    reach = "import socket; socket.create_connection(('1.1.1.1', 443), 5)"
    if prefix is NAMESPACE:
        with pytest.raises(AssertionError, match="unreachable"):
            run([*prefix, sys.executable, "-c", reach], archive)
    said = run([*prefix, sys.executable, "install.py", "--no-start"], archive, **REFUSED)
    assert "Ready." in said.splitlines()
    others = shutil.ignore_patterns("env", "wheels", "site", "learner")
    copy = shutil.copytree(archive, tmp_path / "copy", ignore=others)
    few = few_of(copy / "notebooks", archive / "env" / "bin")
    done = run_notebooks(archive / "env" / "bin", copy / "notebooks", tmp_path / "out", prefix)
    assert warnings_of(done) == [] and done.keys() == few


@pytest.mark.full
def test_jupyterlab_starts_without_network(archive: Path, prefix: Command, tmp_path: Path) -> None:
    log = tmp_path / "lab.log"
    command = [*prefix, sys.executable, "install.py", "--no-browser", "--allow-root"]
    with log.open("w") as output:
        lab = subprocess.Popen(
            command, cwd=archive, stdout=output, stderr=output, start_new_session=True
        )
    try:
        for _ in range(120):
            if "is running at" in log.read_text() or lab.poll() is not None:
                break
            lab_waits(lab)
        assert "/lab/tree/learner" in log.read_text()
    finally:
        os.killpg(lab.pid, 15)
        lab.wait(30)


def lab_waits(lab: subprocess.Popen) -> None:
    """Give JupyterLab half a second."""
    try:
        lab.wait(0.5)
    except subprocess.TimeoutExpired:
        pass


@pytest.mark.full
def test_the_site_opens_from_the_archive(archive: Path, browser) -> None:
    site = archive / "site"
    pages = sorted(p.relative_to(site).as_posix() for p in site.glob("[bn]*/*.html"))
    assert (site / "index.html").exists() and len(pages) > 5
    with visiting(browser, site.as_uri()) as visit:
        for page in pages:
            assert visit.open(page).locator("article h1, main > h1").count() == 1
    with visiting(browser, archive.as_uri()) as visit:
        assert visit.open("slides.html").locator("section").count() > 50
