"""Which model wins where in the artificial lab."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from tlhelpers.book.figures.style import INK, STYLES, style_of

KNOB_LABELS = {
    "correlation": "correlation of the tasks",
    "systematic_error": "systematic error (SD of the target)",
    "noise": "noise of the labels (SD of the target)",
    "n_labels": "target labels for training",
}


def plot_lab_map(winners: pd.DataFrame, row: str, column: str) -> list[Axes]:
    """Draw which model wins over two knobs of the artificial lab, cold beside warm.

    Parameters
    ----------
    winners : pandas.DataFrame
        From `lab_winners` by ``setting``, `row` and `column`. A cell has the colour of its winner
        and its text; it is hatched and pale where no difference is seen.
    row, column : str
        Two knobs.

    Returns
    -------
    list of matplotlib.axes.Axes
    """
    settings = list(winners["setting"].unique())
    fig, axes = plt.subplots(1, len(settings), figsize=(8.4, 3.6), sharey=True, squeeze=False)
    rows, columns = (sorted(winners[name].unique()) for name in (row, column))
    for ax, setting in zip(axes[0], settings, strict=True):
        for cell in winners[winners["setting"] == setting].to_dict("records"):
            x, y = columns.index(cell[column]), rows.index(cell[row])
            color, seen = style_of(cell["winner"]).color, cell["seen"]
            look = {"facecolor": color, "alpha": 0.55} if seen else {"facecolor": "white"}
            if not seen:
                look |= {"hatch": "////", "edgecolor": color}
            ax.add_patch(Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, linewidth=0, **look))
            box = {"facecolor": "white", "alpha": 0.0 if seen else 0.9, "linewidth": 0, "pad": 1.5}
            ax.text(x, y, cell["text"], ha="center", va="center", bbox=box)
        ax.set_xticks(range(len(columns)), [f"{value:g}" for value in columns])
        ax.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
        ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5))
        ax.set(title=setting, xlabel=KNOB_LABELS.get(column, column))
    axes[0, 0].set_ylabel(KNOB_LABELS.get(row, row))
    patches = [Patch(color=style.color, alpha=0.55, label=name) for name, style in STYLES.items()]
    patches.append(Patch(facecolor="white", edgecolor=INK, hatch="////", label="not seen"))
    fig.legend(handles=patches, loc="outside lower center", ncols=5, frameon=False)
    fig.subplots_adjust(bottom=0.27, wspace=0.08)
    return list(axes[0])
