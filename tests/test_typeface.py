"""One typeface on every page and in every figure, whole under the name of its own only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Visit, load_extension
from fontTools.ttLib import TTFont
from test_site import CONTENT

ON_SYSTEM = set("⁻⋅✅✘")  # the typeface has none of these
LOADED = """document.fonts.ready.then(
  () => [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)
)"""
CUTS = ("regular", "italic", "semibold", "bold")


@pytest.fixture(scope="session")
def fonts(site: Path) -> Path:
    return site / "_static" / "fonts"


def test_a_page_is_set_in_it(visit: Visit) -> None:
    page = visit.open("book/intro.html")
    assert "Book Sans" in str(page.evaluate(LOADED))
    family = page.locator("article p").first.evaluate("(e) => getComputedStyle(e).fontFamily")
    assert family.startswith('"Book Sans"')


def test_it_has_the_letters_of_all_pages(site: Path, fonts: Path) -> None:
    text = "".join((site / page).read_text("utf8") for page in CONTENT)
    letters = set(TTFont(fonts / "regular.woff").getBestCmap())
    assert {sign for sign in text if sign.isprintable() and ord(sign) not in letters} <= ON_SYSTEM


@pytest.mark.parametrize("cut", CUTS)
def test_the_licence_goes_with_it(fonts: Path, cut: str) -> None:
    """A changed font must not have the reserved name, and brings the licence along."""
    names = TTFont(fonts / f"{cut}.woff")["name"]
    assert not any("Source" in str(names.getDebugName(kind)) for kind in (1, 4, 6, 16))
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE.txt").read_text("utf8").upper()


def test_figures_are_set_in_it(tmp_path: Path) -> None:
    load_extension("typeface").set_figures(tmp_path)
    ask = (
        "import matplotlib.font_manager as fonts, matplotlib\n"
        "print(fonts.findfont(matplotlib.rcParams['font.family'][0], fallback_to_default=False))"
    )
    script = (tmp_path / "typeface.py").read_text("utf8") + ask
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip().endswith("SourceSansPro-Regular.ttf")
