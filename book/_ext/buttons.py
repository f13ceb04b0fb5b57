"""Sphinx extension: the buttons of a page, which launch its notebook and download it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", launch_chapters_only, priority=600)  # after the theme's
    app.connect("build-finished", ship_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Remove an empty bar that holds a second search button.

    In `_config.yml` the same setting would replace the options that Jupyter Book makes of
    ``launch_buttons`` and ``repository``.
    """
    config.html_theme_options["navbar_persistent"] = []


def launch_chapters_only(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    """Drop the launch buttons of pages that compute something but have no notebook to launch."""
    if not pagename.startswith("notebooks/"):
        buttons = context.get("header_buttons", [])
        buttons[:] = [b for b in buttons if b.get("label") != "launch-buttons"]


def ship_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Let the download button give the notebook as it is; the theme's copy has the outputs."""
    if exception or app.builder.format != "html":
        return
    for notebook in Path(app.srcdir, "notebooks").glob("*.ipynb"):
        target = Path(app.outdir, "_sources", "notebooks", notebook.name)
        if target.exists():
            shutil.copyfile(notebook, target)
