"""Scores of models beside each other: points, intervals, confusions."""

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from tlhelpers.book.figures.style import (
    INK,
    KEY,
    OTHER,
    PAGE,
    SERIES,
    WIDE,
    literal,
    look_of,
    opacity_of,
    style_of,
)
from tlhelpers.evaluation.comparison import VERDICTS

LONG, WORDS = 20, 48  # intervals over each other that are seen at once; letters in a line
PATTERNS: list[Any] = ["-", (0, (2, 1))]  # short dashes: a short interval still has several


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
    dash: str | None = None,
    line: float | None = None,
    columns: int | None = None,
    rows: str = "model",
) -> np.ndarray:
    """Draw a score of every model with its interval, a panel a case.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``model``, `score`, ``low``, ``high``, `panel` and `dash`. A model named
        "how, model" has the style of the model. A marker is full where a column ``verdict`` says
        that there is a difference, else hollow; without that column it is a stroke.
    panel : str
        The column that names the panels.
    xlabel : str
        With unit.
    score : str
        The column that is drawn.
    dash : str, optional
        A column of two cases: the first is drawn with solid lines, the second with dashed ones.
    line : float, optional
        A value to mark.
    columns : int, optional
        How many panels stand beside each other. By default they stand over each other; where that
        would be a long way, all or two of them stand beside each other.
    rows : str
        The column that names the rows of a panel; another one than ``model`` is sorted.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n_panels,)
    """
    panels, names = table[panel].unique(), list(table[rows].unique())
    names = names if rows == "model" else sorted(names)
    cases = [None] if dash is None else list(table[dash].unique())
    if columns is None:
        is_long = len(panels) * len(names) * len(cases) > LONG
        columns = 1 if not is_long else len(panels) if len(panels) < 4 else 2
    gap = 0.1 if rows == "model" else 0.04  # numbers stand closer than names
    n_rows, height = -(-len(panels) // columns), (gap + 0.16 * len(cases)) * len(names)
    figure, grid = plt.subplots(
        n_rows,
        columns,
        figsize=(WIDE if columns > 1 and rows == "model" else PAGE, 0.8 + (0.4 + height) * n_rows),
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
            drawn = drawn if dash is None else drawn[drawn[dash] == case]
            for row in drawn.to_dict("records"):
                _draw_interval(ax, row, names.index(row[rows]), score, number, len(cases))
        if line is not None:
            ax.axvline(line, color=INK, linewidth=1, zorder=1)
        title = literal(name) if columns < 3 else literal(name).replace(", ", ",\n")
        ax.set(title=title, ylim=(len(names) - 0.5, -0.5))
    axes[0].set_yticks(range(len(names)), [literal(name) for name in names])
    figure.supxlabel(textwrap.fill(xlabel, WORDS), fontsize="medium")
    lines = [
        plt.Line2D([], [], color=INK, linewidth=2, linestyle=pattern, label=literal(case))
        for case, pattern in zip(cases, PATTERNS, strict=False)
        if case is not None
    ]
    seen = "verdict" in table and table["verdict"].isin(["better", "worse"]).any()
    if lines or seen:
        key = {"title": KEY} if seen else {}
        figure.legend(handles=lines, loc="outside upper right", ncols=3, frameon=False, **key)
    return axes


def _draw_interval(ax: Axes, row: dict, place: int, score: str, number: int, n: int) -> None:
    """Draw one score with its interval; the second of two cases dashed and a little lower."""
    style = style_of(str(row["model"]))
    y = place + 0.3 * (number - (n - 1) / 2)
    ends = [row["low"], row["high"]]
    ax.plot(ends, [y, y], color=style.color, linewidth=1.8, linestyle=PATTERNS[number])
    look = look_of(style, full=row.get("verdict") in VERDICTS[:2], size=8 / n**0.5)
    if "verdict" not in row:
        look |= {"marker": "|", "markersize": 10, "markeredgewidth": 2.5}
    ax.plot(row[score], y, **look)


def plot_gains(needed: pd.Series, of: pd.Series) -> Axes:
    """Draw how many tests would see a gain from which size on.

    Parameters
    ----------
    needed : pandas.Series, shape (n_cases,)
        From `gain_to_be_seen`, in percent of the baseline's error.
    of : pandas.Series, shape (n_cases,)
        What a case belongs to; at most three values, each with a colour of its own.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.2), layout="constrained")
    parts = {name: part for name, part in needed.groupby(of)}
    ax.hist(
        list(parts.values()),
        bins=np.arange(0, needed.max() + 10, 10).tolist(),
        stacked=True,
        color=[style.color for style in SERIES[::-1][: len(parts)]],
        label=[
            f"{literal(name)}: half need {part.median():.0f}% or more"
            for name, part in parts.items()
        ],
        edgecolor="white",
    )
    ax.set(xlabel="gain needed to be seen (% of the error)", ylabel="tests")
    ax.legend(frameon=False)
    return ax


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
    _, ax = plt.subplots(figsize=(PAGE, 3.6), layout="constrained")
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
