"""Scores of models beside each other: points, intervals, confusions."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from tlhelpers.book.figures.style import INK, OTHER, PAGE, literal, opacity_of, style_of


def plot_scores(scores: pd.DataFrame, by: str, metric: str = "rmse", unit: str = "eV") -> Axes:
    """Draw the score of every repeat in a row of points a case, with their mean.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer`, with a column `by` that names the case.
    by, metric, unit : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 2.4), layout="constrained")
    cases: Sequence = list(scores[by].unique())
    opacity = opacity_of(OTHER.color)
    for place, case in enumerate(cases):
        repeats = scores[scores[by] == case].groupby("repeat")[metric].mean()
        ax.plot(repeats, np.full(len(repeats), place), "o", color=OTHER.color, alpha=opacity)
        ax.plot(repeats.mean(), place, "|", color=INK, markersize=26, markeredgewidth=3)
    ax.set_yticks(range(len(cases)), [literal(case) for case in cases])
    ax.set(xlabel=f"{metric.upper()} ({unit})", ylim=(-0.6, len(cases) - 0.4))
    ax.set_xlim(left=0)
    ax.invert_yaxis()
    return ax


def plot_intervals(
    table: pd.DataFrame,
    panel: str,
    xlabel: str,
    *,
    score: str = "score",
    fill: str | None = None,
    line: float | None = None,
    columns: int | None = None,
) -> np.ndarray:
    """Draw a score of every model with its interval, a panel a case.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``model``, `score`, ``low``, ``high``, `panel` and `fill`. A model named
        "how, model" has the style of the model.
    panel : str
        The column that names the panels.
    xlabel : str
        With unit.
    score : str
        The column that is drawn.
    fill : str, optional
        A column of two cases: the first is drawn with full markers, the second with hollow ones.
    line : float, optional
        A value to mark.
    columns : int, optional
        How many panels stand beside each other; by default all of them, or two of four and more.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n_panels,)
    """
    panels, models = table[panel].unique(), list(table["model"].unique())
    cases = [None] if fill is None else list(table[fill].unique())
    columns = columns or (len(panels) if len(panels) < 4 else 2)
    rows = -(-len(panels) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(min(1.8 + 2.3 * max(columns, 2), PAGE), 0.6 + (0.5 + 0.42 * len(models)) * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    axes = grid.ravel()[: len(panels)]
    for ax in grid.ravel()[len(panels) :]:
        ax.set_visible(False)
    for ax, name in zip(axes, panels, strict=True):
        for number, case in enumerate(cases):
            drawn = table[table[panel] == name]
            drawn = drawn if fill is None else drawn[drawn[fill] == case]
            for row in drawn.to_dict("records"):
                _draw_interval(ax, row, models.index(row["model"]), score, number, len(cases))
        if line is not None:
            ax.axvline(line, color=INK, linewidth=1, linestyle="--")
        ax.set(title=literal(name), ylim=(len(models) - 0.5, -0.5))
    axes[0].set_yticks(range(len(models)), [literal(name) for name in models])
    if len(axes) == 1:
        axes[0].set_xlabel(xlabel)
    else:
        figure.supxlabel(xlabel, fontsize="medium")
    if fill is not None:
        full = [
            plt.Line2D(
                [],
                [],
                color=INK,
                marker="o",
                linestyle="",
                label=literal(case),
                markerfacecolor=face,
            )
            for case, face in zip(cases, (INK, "white"), strict=False)
        ]
        figure.legend(handles=full, loc="outside upper right", ncols=2, frameon=False)
    return axes


def _draw_interval(ax: Axes, row: dict, place: int, score: str, number: int, n: int) -> None:
    """Draw one score with its interval; the second of two cases hollow and a little lower."""
    style = style_of(str(row["model"]))
    y = place + 0.24 * (number - (n - 1) / 2)
    ax.plot([row["low"], row["high"]], [y, y], color=style.color, linewidth=1.5)
    face = style.color if number == 0 else "white"
    ax.plot(row[score], y, style.marker, color=style.color, markerfacecolor=face)


def plot_confusion(table: pd.DataFrame, label: str = "compositions") -> Axes:
    """Draw a confusion table with its counts.

    Parameters
    ----------
    table : pandas.DataFrame, shape (n_classes, n_classes)
        From `confusion_table`: rows are true classes, columns predicted ones.
    label : str
        What is counted.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(5.6, 4.2))
    counts = table.to_numpy(dtype=float)
    pale = ListedColormap(colormaps["Blues"](np.linspace(0, 0.5, 256)))  # text on it is read
    image = ax.imshow(counts, cmap=pale, vmin=0)
    for row, column in np.ndindex(counts.shape):
        ax.text(column, row, f"{counts[row, column]:.1f}", ha="center", va="center", color=INK)
    ax.set_xticks(
        range(len(table)), [literal(name) for name in table.columns], rotation=30, ha="right"
    )
    ax.set_yticks(range(len(table)), [literal(name) for name in table.index])
    ax.set(xlabel="predicted", ylabel="true")
    plt.colorbar(image, ax=ax, label=label)
    return ax
