"""What an architecture is made of: which labels teach which forest, and what it answers."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from tlhelpers.book.figures.style import INK, OTHER, STYLES

# Text and place of each box; a forest has a second line, the rows that it learns from.
_X = ("features x", 0.0, 0.5)
_BOXES: dict[str, dict[str, tuple[str, float, float]]] = {
    "difference": {
        "x": _X,
        "base": ("forest of z\nrows with z", 1.0, 1.0),
        "rest": ("forest of d = y - z\nrows with y", 1.0, 0.0),
        "sum": ("z + d", 2.1, 0.5),
        "y": ("y", 3.0, 0.5),
    },
    "latent variable": {
        "x": _X,
        "base": ("forest of z\nrows with z", 1.0, 1.0),
        "forest": ("forest of y, reads x and z\nrows with y", 2.0, 0.0),
        "y": ("y", 3.0, 0.0),
    },
    "multi-task": {
        "x": _X,
        "forest": ("one forest of z and y\nrows with z or y", 1.5, 0.5),
        "z": ("z", 3.0, 1.0),
        "y": ("y", 3.0, 0.0),
    },
}
_ARROWS = {
    "difference": ["x base", "x rest", "base sum", "rest sum", "sum y"],
    "latent variable": ["x base", "x forest", "base forest", "forest y"],
    "multi-task": ["x forest", "forest z", "forest y"],
}


def plot_architecture(name: str) -> Axes:
    """Draw how an architecture goes from the features to the target y.

    Parameters
    ----------
    name : {"difference", "latent variable", "multi-task"}
        z is the related label. A forest says in its second line which rows it learns from. Where
        z is known, it takes the place of the answer of the forest of z.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        Another name.
    """
    if name not in _BOXES:
        raise ValueError(f"name={name!r} must be one of {list(_BOXES)}")
    _, ax = plt.subplots(
        figsize=(6.1, 1.9)
    )  # wider than the others: its boxes are as wide as words
    drawn = {}
    for key, (text, x, y) in _BOXES[name].items():
        color = STYLES[name].color if "\n" in text else OTHER.color
        box: dict[str, Any] = {"boxstyle": "round,pad=0.45", "facecolor": "white"}
        box |= {"edgecolor": color, "linewidth": 1.8}
        drawn[key] = ax.text(x, y, text, ha="center", va="center", color=INK, bbox=box)
    for arrow in _ARROWS[name]:
        start, end = (drawn[key] for key in arrow.split())
        line = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0}
        line |= {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch()}
        ax.annotate("", xy=end.get_position(), xytext=start.get_position(), arrowprops=line)
    ax.set(xlim=(-0.35, 3.15), ylim=(-0.4, 1.4))
    ax.axis("off")
    return ax
