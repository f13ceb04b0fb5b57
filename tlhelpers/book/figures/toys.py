"""Small made-up tables: where tasks put a split, and what a step on the way tells."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from tlhelpers.book.figures.style import INK, OTHER, PAGE, SERIES, STYLES, literal, opacity_of


def _ties(costs: pd.Series, values: np.ndarray) -> list[tuple[float, float]]:
    """Return the gaps between neighbouring values in which a split costs least."""
    cheapest = costs.index[np.isclose(costs, costs.min())]
    return [(low, values[values > low].min()) for low in cheapest]


def plot_best_splits(feature: pd.Series, labels: pd.DataFrame, costs: pd.DataFrame) -> np.ndarray:
    """Draw the labels of tasks against a feature, and where it is best to split it.

    Parameters
    ----------
    feature : pandas.Series, shape (n_rows,)
    labels : pandas.DataFrame, shape (n_rows, n_tasks)
        On a common scale, with holes; at most three tasks.
    costs : pandas.DataFrame, shape (n_splits, n_tasks + 1)
        What a split leaves of each task and of all, ``"both"``, indexed by the largest value of
        the feature that goes left.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One for each task. The cheapest splits of the task are shaded, that of all is a line.
    """
    values = np.unique(feature)
    joint = _ties(costs["both"], values)
    tasks = list(labels)
    size = (PAGE, 0.8 + 1.9 * len(tasks))
    _, axes = plt.subplots(len(tasks), figsize=size, sharex=True, layout="constrained")
    axes = np.atleast_1d(axes)
    line = STYLES["multi-task"].color
    hole, top = np.nanmin(labels) - 0.8, np.nanmax(labels) + 0.5
    for ax, style, task in zip(axes, SERIES[: len(tasks)], tasks, strict=True):
        spans = _ties(costs[task], values)
        for low, high in spans:
            shade = {"color": OTHER.color, "alpha": opacity_of(OTHER.color) / 2, "linewidth": 0}
            ax.axvspan(low, high, **shade)
        text = f"shaded: best for the\n{literal(task)} alone"
        ax.text(spans[-1][1] + 0.15, -0.9, text, va="center", color=INK)
        for border in joint:
            ax.axvline(sum(border) / 2, color=line, linewidth=2.5)
        ax.plot(feature, labels[task], style.marker, color=style.color, markersize=8)
        without = feature[labels[task].isna()]
        ax.plot(without, [hole] * len(without), "x", color=OTHER.color, markersize=7)
        ax.set_yticks([hole, -1, 0, 1], ["no label", "-1", "0", "1"])
        ax.set(ylabel=f"{literal(task)}\n(z-score)", ylim=(hole - 0.4, top))
    text = f"line: best for both, {literal(feature.name)} up to {joint[0][0]:g}"
    axes[0].text(sum(joint[0]) / 2, top + 0.1, text, ha="center", va="bottom", color=INK)
    axes[-1].set_xticks(values)
    axes[-1].set(xlabel=literal(feature.name))
    return axes


def plot_against(y: pd.Series, by: pd.DataFrame, titles: Mapping[str, str]) -> np.ndarray:
    """Draw a quantity against each of several others, over each other on one scale.

    Parameters
    ----------
    y : pandas.Series, shape (n_rows,)
    by : pandas.DataFrame, shape (n_rows, 2)
        What y is drawn against.
    titles : mapping from str to str
        What is seen in the panel of each column of `by`.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
    """
    n = by.shape[1]
    _, axes = plt.subplots(n, figsize=(PAGE, 2.6 * n), sharey=True, layout="constrained")
    looks = STYLES["single-task"], STYLES["latent variable"]
    for ax, style, name in zip(axes, looks, by, strict=True):
        ax.plot(by[name], y, style.marker, color=style.color, markersize=3.5)
        ax.set(xlabel=literal(name), ylabel=literal(y.name), title=titles[name])
    return axes
