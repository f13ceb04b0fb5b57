"""Sphinx extension: text and figures are set in one typeface, on every machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

CUTS = {"regular": "Regular", "italic": "It", "semibold": "Semibold", "bold": "Bold"}
# Latin, Greek, signs of sentences and of formulas, marks of verdicts.
LETTERS = [
    *range(0x20, 0x180),
    *range(0x370, 0x400),
    *range(0x2000, 0x2300),
    *range(0x25A0, 0x2800),
]
NAME = "Book Sans"  # the licence keeps the name of the original for the original
NAMES = {1: NAME, 4: NAME, 6: NAME.replace(" ", ""), 16: NAME}
FIGURES = """\
from matplotlib import font_manager, rcParams
for path in {paths}:
    font_manager.fontManager.addfont(path)
rcParams["font.family"] = ["Source Sans Pro", "DejaVu Sans"]
rcParams["font.size"] = {size}
"""
SIZE = 11.5  # points: its letters are smaller than those of the default, which has 10


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.setup_extension("offline")  # makes the profile of the kernels
    set_figures(Path(os.environ["IPYTHONDIR"], "profile_default", "startup"))
    app.add_css_file("typeface.css")
    app.connect("build-finished", write_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def source() -> Path:
    """Return the folder of the typeface."""
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None:
        raise ExtensionError(
            "the pages need the package font-source-sans-pro: see requirements.txt"
        )
    return Path(found.submodule_search_locations[0], "files")


def set_figures(folder: Path) -> None:
    """Let each kernel set its figures in the typeface."""
    paths = [str(source() / f"SourceSansPro-{cut}.ttf") for cut in CUTS.values()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "typeface.py").write_text(FIGURES.format(paths=paths, size=SIZE), "utf8")


def write_fonts(app: Sphinx, exception: Exception | None) -> None:
    """Write the letters that the pages use, as a font with a name of its own."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "fonts")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source() / "LICENSE.txt", target)
    for name, cut in CUTS.items():
        write_font(source() / f"SourceSansPro-{cut}.ttf", target / f"{name}.woff")


def write_font(original: Path, file: Path) -> None:
    """Write a part of a font for browsers."""
    options = subset.Options(flavor="woff", layout_features=["*"])
    font = TTFont(original)
    part = subset.Subsetter(options)
    part.populate(unicodes=LETTERS)
    part.subset(font)
    for record in font["name"].names:
        if record.nameID in NAMES:
            record.string = NAMES[record.nameID]
    subset.save_font(font, str(file), options)
