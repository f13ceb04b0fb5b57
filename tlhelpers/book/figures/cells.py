"""Which cells of a table with holes each model learns from."""

from itertools import product
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from tlhelpers.book.figures.style import INK, OTHER, PAGE, STYLES, opacity_of

# A small table: z is known in all rows but one, y in three.
_ROWS, _NO_Z, _WITH_Y = 7, 5, (0, 1, 2)
_PLACES = {"x": 0.0, "z": 1.35, "y": 2.7}  # where a column begins; between z and y stand the signs
_WORDS = {
    "single-task": "learns y alone",
    "difference": "learns z, and y - z",
    "multi-task": "one forest learns z and y",
    "latent variable": "learns z, then y from x and z",
}


def plot_cells() -> list[Axes]:
    """Draw a table with holes once for each of four models, with the cells that it learns from.

    Returns
    -------
    list of matplotlib.axes.Axes
        Columns are the features x, the related label z and the target y. Filled cells are those
        that a model learns from, its labels in its colour; a dotted frame is a hole, and a question
        mark a target that is asked for.
    """
    _, axes = plt.subplots(2, 2, figsize=(PAGE, 5.0), layout="constrained")
    for ax, (model, words) in zip(axes.flat, _WORDS.items(), strict=True):
        learned = "y" if model == "single-task" else "zy"
        used = f"x{learned}"
        for name, row in product(_PLACES, range(_ROWS)):
            color = STYLES[model].color if name in learned else OTHER.color
            known = (name != "z" or row != _NO_Z) and (name != "y" or row in _WITH_Y)
            filled = color if known and name in used else ""
            draw_cell(ax, (_PLACES[name], row), (0.9, 0.8), filled, frame="-" if known else ":")
            if name == "y" and not known:
                ax.text(_PLACES["y"] + 0.45, row + 0.4, "?", ha="center", va="center", color=INK)
        _mark(ax, model)
        ax.set_xticks([place + 0.45 for place in _PLACES.values()], list(_PLACES))
        ax.set(xlim=(-0.25, 3.85), ylim=(_ROWS + 0.1, -0.3), yticks=[])
        ax.set_title(f"{model}\n", color=INK, fontweight="bold")
        ax.text(0.5, 1.02, words, transform=ax.transAxes, ha="center", va="bottom", color=INK)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    return list(axes.flat)


def draw_cell(
    ax: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    color: str,
    frame: str = "-",
) -> None:
    """Draw a cell of a table: its frame, in this line style, and its colour unless it is empty."""
    line: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.8, "linestyle": frame}
    ax.add_patch(Rectangle(corner, *size, fill=False, **line))
    if color:
        look: dict[str, Any] = {"facecolor": color, "alpha": opacity_of(color), "linewidth": 0}
        ax.add_patch(Rectangle(corner, *size, **look))


def _mark(ax: Axes, model: str) -> None:
    """Draw how a model joins the two columns."""
    color, left, right = STYLES[model].color, _PLACES["z"] + 0.9, _PLACES["y"]
    if model == "difference":
        for row in _WITH_Y:
            ax.plot([left + 0.12, right - 0.12], [row + 0.4] * 2, color=color, linewidth=3)
    if model == "latent variable":
        line = {"arrowstyle": "-|>", "color": color, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
        for row in range(_ROWS):
            ends = (right + 0.02, row + 0.4), (left, row + 0.4)
            ax.annotate("", xy=ends[0], xytext=ends[1], arrowprops=line)
    if model == "multi-task":
        corner, wide = (_PLACES["z"] - 0.1, -0.12), right + 1.0 - _PLACES["z"] + 0.1
        frame: dict[str, Any] = {
            "boxstyle": "round,pad=0,rounding_size=0.2",
            "fill": False,
            "linewidth": 1.8,
        }
        ax.add_patch(FancyBboxPatch(corner, wide, _ROWS + 0.05, edgecolor=color, **frame))
