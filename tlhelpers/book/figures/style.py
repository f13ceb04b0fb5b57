"""How models look: the same colour, marker and dash for the same model in every figure."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from tlhelpers.book.names import in_words

# A phone shows a figure at two thirds of its width or more: at 12 points its text is 10 px there.
plt.rc("font", size=12)
plt.rc("axes", titlesize="medium")
plt.rc("legend", handletextpad=0.5, columnspacing=1.2)
plt.rc("axes.spines", top=False, right=False)


@dataclass(frozen=True)
class Style:
    """How a model is drawn, in every figure; marker and dash tell it apart without colour."""

    color: str
    marker: str
    dash: tuple[int, ...] = ()

    @property
    def symbol(self) -> str:
        """The marker in the words of an explorer."""
        words = {
            "o": "circle",
            "s": "square",
            "^": "triangle",
            "D": "diamond",
            "d": "diamond",
            "*": "star",
            "p": "pentagon",
        }
        return words.get(self.marker, "cross")

    @property
    def pattern(self) -> str:
        """The dash in the words of an explorer, an SVG pattern."""
        return " ".join(map(str, self.dash))


# Okabe and Ito's palette: distinct for readers who cannot tell red from green.
STYLES = {
    "single-task": Style("#0072b2", "o"),
    "difference": Style("#d55e00", "s", (6, 3)),
    "multi-task": Style("#009e73", "^", (2, 2)),
    "latent variable": Style("#cc79a7", "D", (8, 2, 2, 2)),
    "learned slope": Style("#9669ff", "X", (10, 3)),
    "stack": Style("#222222", "*", (14, 2, 2, 2)),
    "equal weights": Style("#a18245", "p", (5, 1, 1, 1)),
}
# Unions, controls and rivals: grey, and apart by marker and dash. What a main figure must tell from
# the stack at a glance has a colour: a stack of fewer columns, boosting, the Gaussian process.
GREY = {
    "pooled": Style("#555555", "v", (1, 1)),
    "pooled, flag": Style("#888888", "P", (3, 1)),
    "difference, z seen": Style("#555555", "d", (4, 2, 1, 2)),
    "equal weights, z shuffled": Style("#888888", "<", (2, 1)),
    "stack, without heat capacity": Style("#8c564b", "h", (4, 2)),
    "usual mixture, no columns": Style("#444444", ">", (8, 3)),
    "boosting, no columns": Style("#8c564b", "x", (9, 2)),
    "Gaussian process, no columns": Style("#8c564b", "+", (3, 2)),
    "Gaussian process, with columns": Style("#8c564b", "H", (16, 2)),
}
OTHER = Style("#555555", "o")
# For series that are no models, such as the steps of a reaction.
SERIES = (Style("#000000", "o"), Style("#904800", "D", (6, 3)), Style("#7d7d36", "v", (2, 2)))
INK = "#333333"
PAGE = 4.7  # inches: wider, and the text of a figure would be too small on a phone
WIDE = 5.5  # where panels stand beside each other, and names beside them

KEY = "full marker: difference seen; hollow: none seen"


def style_of(model: str) -> Style:
    """Return the style of a model, or of the model in "how, model"; others are drawn in grey."""
    every = STYLES | GREY
    return every.get(model) or every.get(str(model).rpartition(", ")[2], OTHER)


def look_of(style: Style, *, full: bool, size: float = 8) -> dict:
    """Return how a marker is drawn, full or hollow, large enough to tell which."""
    look = {"color": style.color, "marker": style.marker, "linestyle": "", "markeredgewidth": 1.3}
    look["markersize"] = {"*": 1.375, "X": 1.25}.get(style.marker, 1) * size
    return look | {"markerfacecolor": style.color if full else "white"}


def opacity_of(color: str) -> float:
    """Return the opacity of a fill on white: all colours become equally pale.

    Text on such a fill is read, and the fill is told from the page, in both themes of the book.
    """
    luma = np.array(to_rgb(color)) @ (0.213, 0.715, 0.072)
    return float(0.33 / (1 - luma))


def literal(name: object) -> str:
    """Return a name from the data as it is to be drawn: in words, a dollar no start of a formula.

    Words behind a comma stay: ``"gap_pbe, cold"`` is ``"computed gap, cold"``.
    """
    return in_words(name).replace("$", r"\$")
