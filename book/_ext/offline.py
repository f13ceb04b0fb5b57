"""Sphinx extension: a site that loads nothing from elsewhere and answers without a kernel."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

SOURCES = ("tlhelpers", "data", "requirements.txt")  # what a notebook's outputs depend on
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")
ONCE = re.compile(r'<(style|script)\b[^>]*\bdata-once="(\w+)".*?</\1>', re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    os.environ["TLHELPERS_STATIC"] = "1"  # inherited by the kernels that execute the notebooks
    app.connect("config-inited", key_cache_by_sources)
    app.connect("html-page-context", keep_first_copy)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def key_cache_by_sources(app: Sphinx, config: Config) -> None:
    """Execute the notebooks anew when the package or the data changed.

    The cache path is part of the configuration, so Sphinx then reads every page again as well.
    """
    root = Path(app.srcdir)
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted([root / source, *(root / source).rglob("*")]):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / digest.hexdigest()[:12]
    config.nb_execution_cache_path = str(current)
    for stale in caches.iterdir() if caches.is_dir() else ():
        if stale != current:
            shutil.rmtree(stale)


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
