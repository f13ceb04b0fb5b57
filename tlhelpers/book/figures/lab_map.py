"""Which model wins where in the artificial lab, and what each can cost."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from tlhelpers.book.figures.style import INK, PAGE, STYLES, opacity_of, style_of

KNOB_LABELS = {
    "correlation": "correlation of the tasks",
    "systematic_error": "systematic error (SD of the target)",
    "noise": "noise of the labels (SD of the target)",
    "n_labels": "target labels for training",
}


def plot_lab_map(winners: pd.DataFrame, row: str, column: str) -> list[Axes]:
    """Draw which model wins over two knobs of the artificial lab, cold over warm.

    Parameters
    ----------
    winners : pandas.DataFrame
        From `lab_winners` by ``setting``, `row` and `column`. A cell has the colour of its winner
        and its text; it is hatched where no difference is seen.
    row, column : str
        Two knobs.

    Returns
    -------
    list of matplotlib.axes.Axes
    """
    settings = list(winners["setting"].unique())
    rows, columns = (sorted(winners[name].unique()) for name in (row, column))
    size = (PAGE, 1.1 + (0.6 + 0.5 * len(rows)) * len(settings))
    fig, axes = plt.subplots(len(settings), figsize=size, squeeze=False, layout="constrained")
    for ax, setting in zip(axes.flat, settings, strict=True):
        for cell in winners[winners["setting"] == setting].to_dict("records"):
            x, y = columns.index(cell[column]), rows.index(cell[row])
            patch = Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, linewidth=0, **_face(cell))
            ax.add_patch(patch)
            ax.text(x, y, cell["text"], ha="center", va="center")
        ax.set_xticks(range(len(columns)), [f"{value:g}" for value in columns])
        ax.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
        ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5))
        ax.set(title=setting)
    fig.supxlabel(KNOB_LABELS.get(column, column), fontsize="medium")
    fig.supylabel(KNOB_LABELS.get(row, row), fontsize="medium")
    names = dict.fromkeys([*STYLES, *winners["winner"]])
    drawn = [name for name in names if name in set(winners.loc[winners["seen"], "winner"])]
    colors = [style_of(name).color for name in drawn]
    patches = [
        Patch(facecolor=to_rgba(color, opacity_of(color)), label=name)
        for name, color in zip(drawn, colors, strict=True)
    ]
    patches.append(Patch(**_face({"seen": False}), label="the lowest one is not better"))
    fig.legend(handles=patches, loc="outside upper center", ncols=2, frameon=False)
    return list(axes.flat)


def _face(cell: dict) -> dict:
    """Return how a cell is filled."""
    if not cell["seen"]:
        return {"facecolor": "white", "edgecolor": to_rgba(INK, 0.4), "hatch": "////"}
    color = style_of(cell["winner"]).color
    return {"facecolor": to_rgba(color, opacity_of(color))}


def plot_lab_changes(changes: pd.DataFrame) -> list[Axes]:
    """Draw what every model gains and costs at all positions of the lab, cold over warm.

    Parameters
    ----------
    changes : pandas.DataFrame
        From `visible_relation`: ``setting``, ``model`` and ``change``, a point a row. Models stand
        in the order of their first rows; a bar marks the median, a stroke each end.

    Returns
    -------
    list of matplotlib.axes.Axes
    """
    settings, models = (list(changes[name].unique()) for name in ("setting", "model"))
    size = (PAGE, 0.8 + (0.5 + 0.42 * len(models)) * len(settings))
    figure, axes = plt.subplots(
        len(settings),
        figsize=size,
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    generator = np.random.default_rng(0)
    for ax, setting in zip(axes.flat, settings, strict=True):
        ax.axvline(0, color=INK, linewidth=1)
        ax.grid(axis="x", color="#dddddd", linewidth=0.8)
        for place, model in enumerate(models):
            here = (changes["setting"] == setting) & (changes["model"] == model)
            values, color = changes.loc[here, "change"], style_of(model).color
            rows = place + generator.uniform(-0.26, 0.26, len(values))
            points = {"alpha": opacity_of(color), "markersize": 4, "markeredgewidth": 0}
            ax.plot(values, rows, "o", color=color, **points)
            ends = {"color": color, "markersize": 14, "markeredgewidth": 1.5}
            ax.plot([values.min(), values.max()], [place, place], "|", **ends)
            for shade, width in (("white", 6), (INK, 2.5)):
                bar = {"color": shade, "markersize": 18, "markeredgewidth": width}
                ax.plot(values.median(), place, "|", **bar)
        ax.set(title=setting, ylim=(len(models) - 0.5, -0.5))
        ax.tick_params(labelbottom=True)  # both panels are read off
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=[5, 10]))
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    figure.supxlabel("change of the error against the single-task forest's", fontsize="medium")
    axes[0, 0].set_yticks(range(len(models)), models)
    figure.set_layout_engine("constrained", h_pad=0.1)  # a title keeps off the ticks above it
    return list(axes.flat)
