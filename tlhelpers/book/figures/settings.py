"""Cold and warm: what is known of a new row, and what a predicted difference is added to."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from tlhelpers.book.figures.cells import draw_cell
from tlhelpers.book.figures.style import INK, OTHER, PAGE, STYLES

# A line of the table: how far down it stands, its name, the labels that it has, and what is said.
_LINES = [
    (1.0, "", "xzy", ""),
    (2.0, "", "xz", ""),
    (3.0, "training", "xz", "d is learned from the rows with y"),
    (4.0, "", "xzy", ""),
    (5.0, "", "x", ""),
    (6.6, "new, warm", "xz", "y = known z + d"),
    (7.9, "new, cold", "x", "y = guessed z + d"),
]
_COLUMNS = "xzy"


def plot_settings() -> Axes:
    """Draw a small table with holes, and a new row of either setting below it.

    Returns
    -------
    matplotlib.axes.Axes
        A filled cell is a known value (features are grey, labels have the colour of the
        difference), an empty one a hole. The y of a new row is a question mark;
        beside it stands to what the difference is added.
    """
    _, ax = plt.subplots(figsize=(PAGE, 2.6))
    for column, name in enumerate(_COLUMNS):
        ax.text(column + 0.5, 0.4, name, ha="center", va="center", color=INK)
    for down, name, known, said in _LINES:
        for column, label in enumerate(_COLUMNS):
            color = STYLES["difference"].color if column else OTHER.color
            draw_cell(ax, (column, down), (1, 0.9), color if label in known else "")
        if name.startswith("new"):
            ax.text(2.5, down + 0.45, "?", ha="center", va="center", color=INK)
        ax.text(-0.2, down + 0.45, name, ha="right", va="center", color=INK)
        ax.text(3.25, down + 0.45, said, ha="left", va="center", color=INK)
    ax.set(xlim=(-2.0, 9.4), ylim=(9.0, 0))
    ax.axis("off")
    return ax
