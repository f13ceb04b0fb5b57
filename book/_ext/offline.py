"""Sphinx extension: a site that loads nothing from elsewhere and answers without a kernel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")
ONCE = re.compile(r'<(style|script)\b[^>]*\bdata-once="(\w+)".*?</\1>', re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    os.environ["TLHELPERS_STATIC"] = "1"  # inherited by the kernels that execute the notebooks
    os.environ["IPYTHONDIR"] = str(fine_figures(Path(app.outdir).parent / ".ipython"))
    app.connect("html-page-context", keep_first_copy)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", copy_report)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fine_figures(folder: Path) -> Path:
    """Let kernels draw figures in twice the pixels of their size, for dense screens and zoom."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    setting = "c.InlineBackend.figure_formats = {'retina'}\n"
    (profile / "ipython_kernel_config.py").write_text(setting, "utf8")
    return folder


def keep_first_copy(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    """Keep one copy a page of what several explorers share, their style and their script."""
    seen = set()

    def replace(match: re.Match) -> str:
        again = match.groups() in seen
        seen.add(match.groups())
        return "" if again else match[0]

    if "body" in context:
        context["body"] = ONCE.sub(replace, context["body"])


def copy_report(app: Sphinx, exception: Exception | None) -> None:
    """Copy the report of chapter 12, a file of its own; a Markdown link would download it."""
    if not exception and app.builder.format == "html":
        report = Path("book", "entropy_report.html")
        shutil.copy(Path(app.srcdir, report), Path(app.outdir, report))


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Copy the part of MathJax that formulas need, 2 of 24 MB."""
    if exception or app.builder.format != "html":
        return
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if found is None:
        raise ExtensionError(
            "formulas need the package sphinx-mathjax-offline: see requirements.txt"
        )
    source = Path(found.submodule_search_locations[0], "static", "mathjax")
    target = Path(app.outdir, "_static", "mathjax")
    for part in MATHJAX:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            shutil.copy2(source / part, target / part)
