"""How a comparison tests: holes copied into held-out rows, and a model picked in each split."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from tlhelpers.book.figures.cells import draw_cell
from tlhelpers.book.figures.style import INK, OTHER, PAGE, SERIES

# A line of the table: how far down it stands, its name, and which of the labels are known.
_LINES = [
    (1.0, "row to predict", "ac"),
    (2.8, "held-out row", "abc"),
    (4.3, "held-out row, as tested", "ac"),
]
_LABELS = "abc"  # related labels: b is the one that the row to predict lacks
_SPLITS, _LENGTH = 3, 5.0  # of the bar of a table: each split holds out another part of it


def plot_same_holes() -> Axes:
    """Draw how a hole of a row to predict is copied into a held-out row.

    Returns
    -------
    matplotlib.axes.Axes
        A filled cell is a known value: features are grey, related labels brown. A dotted cell is a
        hole, and an arrow leads from it to the one that is made.
    """
    _, ax = plt.subplots(figsize=(PAGE, 2.2))
    ax.text(0.75, 0.45, "features", ha="center", va="center", color=INK)
    ax.text(4.0, 0.45, "related labels", ha="center", va="center", color=INK)
    for down, name, known in _LINES:
        draw_cell(ax, (0, down), (1.5, 0.9), OTHER.color)
        for place, label in enumerate(_LABELS, start=1):
            filled = label in known
            color = SERIES[1].color if filled else ""
            draw_cell(ax, (place + 1.5, down), (1, 0.9), color, frame="-" if filled else ":")
        ax.text(-0.2, down + 0.45, name, ha="right", va="center", color=INK)
    line: dict[str, Any] = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.8}
    line |= {"connectionstyle": "arc3,rad=-0.5", "shrinkA": 2, "shrinkB": 2}
    ax.annotate("", xy=(4.15, 4.75), xytext=(4.15, 1.45), arrowprops=line)
    ax.set(xlim=(-5.4, 5.9), ylim=(5.4, 0))
    ax.axis("off")
    return ax


def plot_picking() -> Axes:
    """Draw how picking is scored in each split, and that a model is picked once more on all rows.

    Returns
    -------
    matplotlib.axes.Axes
        A bar is the labelled rows of a table. In each split a model is picked on the filled part
        and scored on the other; in the last bar all rows are filled.
    """
    _, ax = plt.subplots(figsize=(PAGE, 2.4))
    part = _LENGTH / _SPLITS
    for split in range(_SPLITS):
        down = 0.2 + split
        for place in range(_SPLITS):
            tested = place == _SPLITS - 1 - split
            draw_cell(ax, (place * part, down), (part, 0.7), "" if tested else OTHER.color)
            said = "score" if tested else "pick"
            ax.text((place + 0.5) * part, down + 0.35, said, ha="center", va="center", color=INK)
        ax.text(-0.2, down + 0.35, f"split {split + 1}", ha="right", va="center", color=INK)
        ax.text(_LENGTH + 0.2, down + 0.35, f"error {split + 1}", va="center", color=INK)
    below = 0.7 + _SPLITS
    draw_cell(ax, (0, below), (_LENGTH, 0.7), OTHER.color)
    ax.text(_LENGTH / 2, below + 0.35, "pick", ha="center", va="center", color=INK)
    ax.text(-0.2, below + 0.35, "all rows", ha="right", va="center", color=INK)
    ax.text(_LENGTH + 0.2, below + 0.35, "the model\nto take", va="center", color=INK)
    middle = 0.2 + (_SPLITS - 0.3) / 2
    ax.plot([_LENGTH + 2.0] * 2, [0.3, _SPLITS - 0.2], color=INK, linewidth=1)
    ax.text(_LENGTH + 2.2, middle, "mean:\nthe error\nto expect", va="center", color=INK)
    ax.set(xlim=(-1.6, _LENGTH + 4.3), ylim=(below + 0.9, 0))
    ax.axis("off")
    return ax
