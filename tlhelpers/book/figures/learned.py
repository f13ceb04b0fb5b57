"""What the models learned: curves, trends, differences, the features that tasks share."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tlhelpers.book.figures.style import (
    INK,
    OTHER,
    PAGE,
    SERIES,
    STYLES,
    literal,
    opacity_of,
    style_of,
)


def plot_curves(
    curves: pd.DataFrame, xlabel: str, ylabel: str, points: pd.Series | None = None
) -> Axes:
    """Draw functions of one variable, and the labels behind them.

    Parameters
    ----------
    curves : pandas.DataFrame, shape (n_points, n_curves)
        Indexed by the variable. A column that begins with the name of a model, such as
        ``"latent variable, measured"``, takes its colour; ``"truth"`` is thick and pale, others are
        grey. Each has its own dash.
    xlabel, ylabel : str
        With units.
    points : pandas.Series, optional
        Labels, indexed by the variable; its name is their entry in the legend.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.8), layout="constrained")
    if points is not None:
        few = points.notna().sum() <= 60  # so few stand before the curves, a cloud behind them
        ax.plot(
            points.index,
            points,
            "o",
            color=OTHER.color,
            alpha=1 if few else opacity_of(OTHER.color),
            ms=5 if few else 3,
            zorder=3 if few else 2,
            label=literal(points.name),
        )
    dashes = [(), (6, 3), (2, 2), (8, 2, 2, 2)]
    for place, name in enumerate(curves):
        look: dict[str, Any] = {"color": style_of(str(name).split(",")[0]).color, "linewidth": 1.5}
        if name == "truth":
            look = {"color": INK, "linewidth": 5, "alpha": 0.35, "solid_capstyle": "butt"}
        dash = dashes[place % len(dashes)]
        ax.plot(curves.index, curves[name], dashes=dash, label=literal(name), **look)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return ax


def plot_trends(table: pd.DataFrame, x: str, xlabel: str, ylabel: str, bins: int = 8) -> Axes:
    """Draw quantities against one variable: points, and mean and spread in bins.

    Parameters
    ----------
    table : pandas.DataFrame
        The variable `x` and one or two quantities, a row per compound. A column that begins with
        the name of a model takes its style.
    x, xlabel, ylabel : str
        Labels with units.
    bins : int
        Bins of about equally many rows; the bar is one standard deviation.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.8))
    parts = pd.qcut(table[x], bins, duplicates="drop")
    shift = 0.008 * float(np.ptp(table[x]))
    for sign, name in zip((-1, 1), table.columns.drop(x), strict=False):
        style = style_of(str(name).split(",")[0])
        ax.plot(table[x], table[name], ".", color=style.color, alpha=0.2)
        groups = table.groupby(parts, observed=True)
        mean, spread = groups[name].mean(), groups[name].std()
        ax.errorbar(
            groups[x].mean() + sign * shift,
            mean,
            yerr=spread,
            label=literal(name),
            fmt=style.marker + "-",
            color=style.color,
            dashes=style.dash,
            markeredgecolor="white",
        )
    ax.axhline(0, color=INK, linewidth=1)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(frameon=False)
    return ax


def plot_difference(table: pd.DataFrame, column: str, xlabel: str) -> Axes:
    """Draw a mean and its spread for each family of compounds.

    Parameters
    ----------
    table : pandas.DataFrame
        A column ``family`` and the number `column`, one row per compound.
    column, xlabel : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.4))
    families = table.groupby("family")[column].agg(["mean", "std", "size"]).sort_values("mean")
    style = STYLES["difference"]
    places = np.arange(len(families))
    ax.errorbar(families["mean"], places, xerr=families["std"], fmt=style.marker, color=style.color)
    labels = [f"{literal(name)} ({n})" for name, n in families["size"].items()]
    ax.set_yticks(places, labels)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set(xlabel=xlabel)
    return ax


def plot_shared_splits(shares: pd.DataFrame, n_features: int = 12) -> Axes:
    """Draw how much each feature serves each task.

    Parameters
    ----------
    shares : pandas.DataFrame, shape (n_features, n_tasks)
        From `MultiTaskForest.shared_splits`, or shares of other forests side by side.
    n_features : int
        How many to draw: those with the largest sum over the columns.

    Returns
    -------
    matplotlib.axes.Axes
    """
    chosen = shares.loc[shares.sum(axis=1).nlargest(n_features).index[::-1]]
    size = (PAGE, 0.8 + 0.28 * len(chosen))
    _, ax = plt.subplots(figsize=size, layout="constrained")
    places = np.arange(len(chosen))
    ax.hlines(places, chosen.min(axis=1), chosen.max(axis=1), color="#bbbbbb", linewidth=2)
    looks = [(style.marker, style.color) for style in SERIES] + [("D", "#999999")]
    for name, (marker, color) in zip(chosen, looks, strict=False):
        ax.plot(
            chosen[name],
            places,
            marker,
            color=color,
            linestyle="none",
            label=literal(name),
        )
    ax.set_yticks(places, [literal(name) for name in chosen.index])
    ax.set(xlabel="share of the impurity that the splits took away")
    ax.set_xlim(left=0)
    ax.figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return ax
