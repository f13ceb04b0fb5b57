"""Environments made from the repository's files, and the notebooks run in them."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from conftest import ROOT

OF_THE_BOOK = {
    *("site", "jupyterlab", "notebooks", "launch", "classroom", "accessibility", "wings", "parts"),
    *(
        "answers_on_page",
        "names_from_data",
        "firefox",
        "looks",
        "print",
        "slides",
        "check",
        "instructors",
    ),
    *("references", "exercises", "supply_chain", "policy", "faults", "versions"),
    *("access", "expected_numbers", "shown_names", "figures", "oldest_packages", "no_network"),
    *("colab", "folds", "further", "shorten", "typeface"),
}
UV = Path(sys.executable).with_name("uv")
INSTALLERS = {"pip", "setuptools", "wheel"}  # each environment has its own
Command = Sequence[str | Path]
TOUCHING = ("PYTHONPATH", "VIRTUAL_ENV", "TLHELPERS_STATIC")  # of the environment that runs us


def run(command: Command, cwd: Path, **variables: str) -> str:
    """Run a command that must succeed, and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if k not in TOUCHING} | variables
    environment["PIP_NO_COMPILE"] = "1"  # half of an installation's time
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{output[-4000:]}"
    return output


def copy_of_the_repository(target: Path) -> Path:
    """Copy what git tracks."""
    names = run(["git", "ls-files", "-z"], ROOT).split("\0")
    for name in filter(None, names):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


def new_environment(target: Path, python: str = sys.executable) -> Path:
    """Make a virtual environment with pip, and return its folder of commands."""
    run([UV, "venv", "--quiet", "--seed", "--python", python, target], target.parent)
    return target / "bin"


def install(commands: Path, cwd: Path, *what: str | Path) -> None:
    """Install into an environment by uv, which is faster than pip."""
    run([UV, "pip", "install", "--quiet", "--python", commands / "python", *what], cwd)


def run_notebooks(
    commands: Path, folder: Path, out: Path, prefix: Command = (), **variables: str
) -> dict[str, nbformat.NotebookNode]:
    """Execute every notebook of a folder, two at a time; one that raises is a failure.

    Each has its own kernel; one nbconvert, which takes seconds to start, executes half of them.
    ipykernel 6.17, which Colab has, once lost the message that a cell is done: the kernel idle, the
    client waiting for ever. So from a cell that takes too long on, a half gets a second chance, and
    no third.
    """
    convert = [*prefix, commands / "python", "-m", "nbconvert", "--to", "notebook", "--execute"]
    convert += ["--ExecutePreprocessor.timeout=180", "--output-dir", out]
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    assert names
    threads = {"OMP_NUM_THREADS": "1"}  # two notebooks share two cores

    def execute(half: list[str]) -> None:
        try:
            run([*convert, *half], folder, **threads | variables)
        except AssertionError as error:
            if "CellTimeoutError" not in str(error):
                raise
            left = [name for name in half if not (out / name).exists()]
            run([*convert, *left], folder, **threads | variables)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(execute, filter(None, (names[::2], names[1::2]))))
    return {name: nbformat.read(out / name, as_version=4) for name in names}


def versions(commands: Path) -> dict[str, str]:
    """Return the version of each package of an environment."""
    ask = [UV, "pip", "list", "--quiet", "--format", "json", "--python", commands / "python"]
    listed = run(ask, commands)
    return {package["name"]: package["version"] for package in json.loads(listed)}


def nodes_of(source: str) -> list[ast.AST]:
    """Parse the code of a cell, but for its magics, and return all of its nodes."""
    return [*ast.walk(ast.parse(re.sub(r"^(\s*)%.*", r"\1pass", source, flags=re.MULTILINE)))]


def imported_by(notebook: Path) -> set[str]:
    """Return the modules that the cells of a notebook import, in their solutions too."""
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    nodes = [node for cell in cells for node in nodes_of(cell.source)]
    named = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    return named | {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}


def few_of(folder: Path, commands: Path) -> set[str]:
    """Keep few notebooks of a folder where nbval has run all of them, and return their names.

    That is, in an environment whose Python and packages are those that run these tests, or some of
    them with all that the notebooks import. Kept are sliders, the loaders, a cluster and a
    comparison. The terminal of chapter 12 is asked here.
    """
    chapters = ("01_sparsity", "07_which_one", "13_more_machines", "15_project")
    few = {f"{chapter}.ipynb" for chapter in chapters}
    paths = {path.name: path for path in folder.glob("*.ipynb")}
    assert few <= paths.keys()
    ours = Path(sys.executable).parent
    python, version = commands / "python", "import sys; print(sys.version)"
    if run([python, "-c", version], folder) != run([ours / "python", "-c", version], folder):
        return {*paths}
    theirs = {name: v for name, v in versions(commands).items() if name not in INSTALLERS}
    if not theirs.items() <= versions(ours).items():
        return {*paths}
    modules = sorted(set().union(*map(imported_by, paths.values())))
    run([python, "-c", f"import {', '.join(modules)}"], folder)
    run([python, "-m", "tlhelpers", "template", "few.csv"], folder)
    assert "'gap_measured'" in run([python, "-m", "tlhelpers", "check", "few.csv"], folder)
    for name in paths.keys() - few:
        paths[name].unlink()
    return few


def warnings_of(done: dict[str, nbformat.NotebookNode]) -> list[tuple[str, str]]:
    """Return what notebooks wrote to the error stream, each beside the name of its notebook."""
    return [
        (name, output.text)
        for name, notebook in done.items()
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]


def tests_of_the_package(folder: Path) -> list[Path]:
    """Return the files of the tests that need no book and no tools."""
    paths = sorted(folder.glob("tests/test_*.py"))
    return [path for path in paths if path.stem.removeprefix("test_") not in OF_THE_BOOK]


def run_tests_of_the_package(commands: Path, checkout: Path) -> None:
    """Run them in an environment that has the package."""
    shutil.rmtree(checkout / "tlhelpers")  # the installed one is meant
    tests = tests_of_the_package(checkout)
    command = [commands / "python", "-m", "pytest", "-q", "-m", "not full and not once"]
    command.append("--hypothesis-profile=few")
    print(run([*command, "--pyargs", "tlhelpers", *tests], checkout))


if __name__ == "__main__":  # for `make coverage`
    print(*tests_of_the_package(Path()))
