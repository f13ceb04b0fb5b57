"""Models can be told apart by readers who see colours differently, and by those who see none."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from matplotlib.colors import to_hex, to_rgb

from tlhelpers.book import explorers
from tlhelpers.book.figures.style import GREY, INK, SERIES, STYLES, opacity_of

PAGES = {"light": "#ffffff", "dark": "#121212"}
EVERY = [*STYLES.values(), *GREY.values(), *SERIES]
SHEETS = [ROOT / "book/_static/book.css", Path(explorers.__file__).with_name("widget.css")]

# Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1, in linear RGB
VISION = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(color: str, vision: str) -> np.ndarray:
    """Return the CIELAB coordinates of a colour as it is seen."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    xyz = np.array(TO_XYZ) @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(color: str) -> float:
    rgb = np.array(to_rgb(color))
    return np.array(TO_XYZ[1]) @ np.where(
        rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4
    )


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def dark_filter(sheet: Path) -> list[tuple[str, float]]:
    """Return the steps of the filter that a style sheet gives to figures on a dark page."""
    found = re.findall(r"filter: (invert\(.*);", sheet.read_text("utf8"))
    assert len(found) == 1
    return [(name, float(value)) for name, value in re.findall(r"([\w-]+)\(([\d.]+)", found[0])]


def shown(color: str, theme: str, opacity: float = 1.0) -> str:
    """Return a colour that is drawn on white as a page shows it (Filter Effects Module, W3C)."""
    rgb = 1 - opacity * (1 - np.array(to_rgb(color)))
    if theme == "light":
        return to_hex(rgb)
    luma = np.array([0.213, 0.715, 0.072])
    for name, value in dark_filter(SHEETS[0]):
        if name == "invert":
            rgb = 1 - rgb
        elif name == "hue-rotate":
            assert value == 180
            rgb = 2 * (luma @ rgb) - rgb
        else:
            assert name == "brightness"
            rgb = value * rgb
        rgb = np.clip(rgb, 0, 1)
    return to_hex(np.maximum(rgb, to_rgb(PAGES["dark"])))  # mix-blend-mode: lighten


def test_figures_and_explorers_have_one_filter():
    assert dark_filter(SHEETS[0]) == dark_filter(SHEETS[1])


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("palette", [STYLES.values(), SERIES], ids=["models", "series"])
def test_colours_stay_apart(palette, vision, theme):
    """Ten units are about four times what a trained eye can just tell."""
    for a, b in itertools.combinations([shown(style.color, theme) for style in palette], 2):
        assert np.linalg.norm(lab(a, vision) - lab(b, vision)) > 10


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("vision", VISION)
def test_stack_and_learned_slope_whose_curves_often_meet_are_far_apart(vision, theme):
    a, b = (lab(shown(STYLES[name].color, theme), vision) for name in ("stack", "learned slope"))
    assert np.linalg.norm(a - b) > 30


def test_red_and_green_would_fail():
    with pytest.raises(AssertionError):
        pair = [type("S", (), {"color": c}) for c in ("#b06000", "#7a7a00")]
        test_colours_stay_apart(pair, "deuteranopia", "light")


@pytest.mark.parametrize("palette", [[*STYLES.values(), *GREY.values()], SERIES])
def test_shapes_tell_apart_without_colour(palette):
    assert len({style.marker for style in palette}) == len(palette)
    assert len({style.dash for style in palette}) == len(palette)


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("style", EVERY)
def test_marks_and_text_stand_out_from_the_page(style, theme):
    assert contrast(shown(style.color, theme), PAGES[theme]) > 3
    for ink in (INK, "#000000"):
        assert contrast(shown(ink, theme), PAGES[theme]) > 4.5


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("style", EVERY)
def test_fills_stand_out_and_text_on_them_is_read(style, theme):
    fill = shown(style.color, theme, opacity_of(style.color))
    assert contrast(fill, PAGES[theme]) > (3 if theme == "dark" else 2)
    assert contrast(shown("#000000", theme), fill) > 4.5


def test_a_link_has_one_colour_and_is_read_on_a_page_and_on_a_row_of_a_table():
    """The rows of a table are those of the theme."""
    text, rows = SHEETS[0].read_text("utf8"), {"light": "#f3f4f5", "dark": "#29313d"}
    found = re.findall(r"--pst-color-link: (#\w+); --pst-color-link-higher-contrast: (#\w+);", text)
    assert len(found) == 2
    for (link, in_table), theme in zip(found, ("light", "dark"), strict=True):
        assert link == in_table
        assert min(contrast(link, paper) for paper in (PAGES[theme], rows[theme])) >= 4.5


@pytest.mark.parametrize("theme", PAGES)
def test_a_failed_check_stands_out_and_its_mark_is_read(theme):
    """The colour is one of the palette, mixed into the page; the text is that of the theme."""
    rule = r"td\.tl-failed { background: color-mix\(in srgb, (#\w+) (\d+)%, var\(--pst"
    ((color, share),) = re.findall(rule, SHEETS[0].read_text("utf8"))
    assert color in {style.color for style in EVERY}
    page, share = np.array(to_rgb(PAGES[theme])), int(share) / 100
    fill = to_hex(share * np.array(to_rgb(color)) + (1 - share) * page)
    assert contrast(fill, PAGES[theme]) > 2
    assert contrast({"light": "#222832", "dark": "#ced6dd"}[theme], fill) > 4.5
