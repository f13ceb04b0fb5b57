"""Models can be told apart by readers who see colours differently, and by those who see none."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from tlhelpers.book.figures.style import SERIES, STYLES, UNIONS

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


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("palette", [STYLES.values(), SERIES], ids=["models", "series"])
def test_colours_stay_apart(palette, vision):
    """Ten units are about four times what a trained eye can just tell."""
    for a, b in itertools.combinations(palette, 2):
        assert np.linalg.norm(lab(a.color, vision) - lab(b.color, vision)) > 10


def test_red_and_green_would_fail():
    with pytest.raises(AssertionError):
        pair = [type("S", (), {"color": c}) for c in ("#b06000", "#7a7a00")]
        test_colours_stay_apart(pair, "deuteranopia")


@pytest.mark.parametrize("palette", [[*STYLES.values(), *UNIONS.values()], SERIES])
def test_shapes_tell_apart_without_colour(palette):
    assert len({style.marker for style in palette}) == len(palette)
    assert len({style.dash for style in palette}) == len(palette)


@pytest.mark.parametrize("style", [*STYLES.values(), *UNIONS.values()])
def test_marks_stand_out_from_the_page(style):
    rgb = np.array(to_rgb(style.color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = np.array(TO_XYZ[1]) @ linear
    assert 1.05 / (luminance + 0.05) > 2.5
