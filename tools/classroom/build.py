"""Pack the classroom archive, for a room without network: ``make offline``.

It holds the built site, slides made of it, the notebooks with and without solutions, the pages
that they link to, and the wheels of what they need, in the locked versions.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.classroom.install import here
from tools.slides import main as write_slides

ROOT = Path(__file__).resolve().parents[2]
NAME = "tlhelpers-classroom"
FOLDER = ROOT / "_build" / NAME
INVITATION = "# The book has a solution here; try first."


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """Empty the cells that start with ``# Solution``, to a comment that invites an answer."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("# Solution"):
            cell.source, cell.metadata = INVITATION, NotebookNode()
    return notebook


def write_notebooks() -> None:
    """Copy the notebooks, and write the learners' copies beside them."""
    (FOLDER / "learner").mkdir()
    shutil.copytree(ROOT / "notebooks", FOLDER / "notebooks", ignore=_all_but(".ipynb"))
    for path in sorted((FOLDER / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(without_solutions(notebook), FOLDER / "learner" / path.name)
    shutil.copytree(ROOT / "book", FOLDER / "book", ignore=_all_but(".md", ".png", ".svg"))


def _all_but(*suffixes: str) -> Callable[[str, list[str]], set[str]]:
    return lambda folder, names: {n for n in names if not n.endswith(suffixes)}


def needed(*roots: str) -> set[str]:
    """Return the names of the packages that `roots` need, by what is installed here."""
    found: set[tuple[str, str]] = set()
    todo = [item for root in roots for item in _with_extras(Requirement(root))]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for line in metadata.requires(name) or []:
            part = Requirement(line)
            if part.marker is None or part.marker.evaluate({"extra": extra}):
                todo += _with_extras(part)
    return {name for name, _ in found}


def _with_extras(part: Requirement) -> list[tuple[str, str]]:
    return [(canonicalize_name(part.name), extra) for extra in ("", *part.extras)]


def locked(names: set[str]) -> str:
    """Return the part of requirements.txt, hashes included, that pins these packages."""
    text = (ROOT / "requirements.txt").read_text("utf8")
    pins = [(m[1], m[0]) for m in re.finditer(r"^([\w.-]+)==.*(?:\n .*)*", text, re.MULTILINE)]
    if unknown := names - {name for name, _ in pins}:
        sys.exit(f"requirements.txt does not pin {', '.join(sorted(unknown))}: run `make lock`")
    return "".join(f"{pin}\n" for name, pin in pins if name in names)


def write_wheels() -> None:
    """Build this package's wheel and fetch those that it and JupyterLab need."""
    wheels = FOLDER / "wheels"
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-deps", "--wheel-dir", str(wheels)]
    subprocess.run([*pip, "--no-build-isolation", str(ROOT)], check=True)
    lock = wheels / "requirements.txt"
    lock.write_text(locked(needed("tlhelpers[book]", "jupyterlab") - {"tlhelpers"}), "utf8")
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
    (wheels / "made-for.txt").write_text(here() + "\n")


def main() -> None:
    """Pack everything into one zip file under `_build`."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(ROOT / "_build" / "html", FOLDER / "site")
    write_slides(FOLDER / "site", FOLDER / "slides.html")
    write_notebooks()
    for name in ("install.py", "README.md"):
        shutil.copy(Path(__file__).with_name(name), FOLDER)
    shutil.copy(ROOT / "tools" / "check.py", FOLDER)
    write_wheels()
    archive = shutil.make_archive(str(FOLDER), "zip", FOLDER.parent, NAME)
    shutil.rmtree(FOLDER)
    print(f"{archive}: {Path(archive).stat().st_size / 1e6:.0f} MB, for {here()}")


if __name__ == "__main__":
    main()
