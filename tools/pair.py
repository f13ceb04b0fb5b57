"""Write each notebooks/*.ipynb anew from its .md: ``make pair``.

The notebook gets one cell more than its source: where the package is missing, as in Google Colab,
it installs it. The address stands in ``_config.yml``, so the cell is generated and never typed.
A link to another chapter leads to its notebook. What the site folds JupyterLab folds too.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
CHAPTER_LINK = re.compile(r"(?<=\]\()(\w+)\.md(?=[)#])")
# what the site folds, or does not show
FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}
INSTALL = """# Installs the package where it is missing, as in Google Colab.
try:
    import tlhelpers.book
except ImportError:
    %pip install -q "tlhelpers[book] @ git+{url}@{branch}"
"""


def repository() -> dict[str, str]:
    """Return the address (``url``) and the branch that ``_config.yml`` names."""
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))["repository"]


def install_cell() -> NotebookNode:
    """Return the cell that installs the package where it is missing, folded away in JupyterLab."""
    cell = nbformat.v4.new_code_cell(INSTALL.format(**repository()).strip())
    cell.metadata.update({"tags": ["remove-cell"], "jupyter": {"source_hidden": True}})
    return cell


def notebook_of(source: Path) -> NotebookNode:
    """Return the notebook of a chapter: its source, and the install cell before the first code."""
    notebook = jupytext.read(source)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first, install_cell())
    seen: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CHAPTER_LINK.sub(r"\1.ipynb", cell.source)
        elif FOLDED & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        # ids that change with their cell only
        digest = hashlib.sha256(cell.source.encode()).hexdigest()
        cell.id = next(digest[i : i + 8] for i in range(56) if digest[i : i + 8] not in seen)
        seen.add(cell.id)
    return notebook


def main() -> None:
    """Write every notebook."""
    for source in sorted((ROOT / "notebooks").glob("*.md")):
        nbformat.write(notebook_of(source), source.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
