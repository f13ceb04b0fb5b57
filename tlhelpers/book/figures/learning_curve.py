"""Error against the number of labels, and its difference from that of the baseline."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tlhelpers.book.figures.style import INK, KEY, PAGE, literal, look_of, style_of


def plot_learning_curve(
    scores: pd.DataFrame,
    metric: str = "rmse",
    unit: str = "eV",
    *,
    band: bool = True,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw error against the number of target labels, one line per model.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `learning_curve`.
    metric, unit : str
        An empty unit for a score without one.
    band : bool
        Whether a band shows one standard deviation over the repeats. Where many bands would lie
        over each other, leave it away: a line over the figure then says what is not shown.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.subplots(figsize=(PAGE, 3.8))[1]
    for model, rows in scores.groupby("model", sort=False):
        style = style_of(model)
        curve = rows.groupby("size")[metric].agg(["mean", "std"])
        if band:
            ax.fill_between(
                curve.index,
                curve["mean"] - curve["std"],
                curve["mean"] + curve["std"],
                color=style.color,
                alpha=0.15,
                linewidth=0,
            )
        ax.plot(
            curve.index,
            curve["mean"],
            color=style.color,
            marker=style.marker,
            dashes=style.dash,
            label=literal(model),
        )
    sizes = sorted(scores["size"].unique())
    ax.set_xscale("log")
    ticks = ax.set_xticks(sizes, [str(size) for size in sizes])
    if len(sizes) > 1 and sizes[-1] < 1.25 * sizes[-2]:  # they would touch
        ticks[-2].label1.set_horizontalalignment("right")
        ticks[-1].label1.set_horizontalalignment("left")
    ax.minorticks_off()
    quantity = f"{metric.upper()} ({unit})" if unit else metric
    ax.set(xlabel="target labels for training", ylabel=f"held-out {quantity}")
    ax.legend(frameon=False)
    parts = [title, "" if band else "means over the draws; their spread is not shown"]
    ax.set_title(": ".join(filter(None, parts)), fontsize="medium")
    return ax


def plot_size_differences(tests: pd.DataFrame, panel: str, ylabel: str) -> np.ndarray:
    """Draw differences from a baseline with their intervals at every size, a panel a case.

    The panels stand over each other, so that the text is read on a phone too.

    Parameters
    ----------
    tests : pandas.DataFrame
        Columns ``size``, ``model``, ``difference``, ``low``, ``high``, ``verdict`` and `panel`. A
        marker is full where the verdict is that there is a difference, else hollow.
    panel : str
        The column that names the panels.
    ylabel : str
        With unit.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n_panels,)
    """
    panels, models = tests[panel].unique(), list(tests["model"].unique())
    sizes = sorted(tests["size"].unique())
    figure, grid = plt.subplots(
        len(panels),
        figsize=(PAGE, 1.2 + 2.4 * len(panels)),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    axes = grid.ravel()
    for ax, name in zip(axes, panels, strict=True):
        for row in tests[tests[panel] == name].to_dict("records"):
            style, place = style_of(row["model"]), models.index(row["model"])
            x = sizes.index(row["size"]) + 0.17 * (place - (len(models) - 1) / 2)
            ax.plot([x, x], [row["low"], row["high"]], color=style.color, linewidth=1.5)
            seen = row["verdict"] in ("better", "worse")
            look = look_of(style, full=seen, size=10 if seen else 7.5)
            ax.plot(x, row["difference"], **look)
        ax.axhline(0, color=INK, linewidth=1)
        ax.set_xticks(range(len(sizes)), [str(size) for size in sizes])
        ax.set(title=literal(name))
    figure.supylabel(ylabel, fontsize="medium")
    axes[-1].set_xlabel("target labels for training")
    lines = [
        plt.Line2D([], [], label=literal(name), **look_of(style_of(name), full=False))
        for name in models
    ]
    key = KEY if tests["verdict"].isin(["better", "worse"]).any() else None
    figure.legend(handles=lines, title=key, loc="outside upper center", ncols=3, frameon=False)
    return axes
