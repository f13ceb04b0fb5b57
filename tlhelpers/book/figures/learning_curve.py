"""Error against the number of labels, and its difference from that of the baseline."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tlhelpers.book.figures.scores import plot_intervals
from tlhelpers.book.figures.style import PAGE, literal, style_of


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
    if scores["model"].nunique() < 4:
        ax.legend(frameon=False)
    else:  # it would lie on the curves
        ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2)
    parts = [title, "" if band else "means over the draws; their spread is not shown"]
    ax.set_title(": ".join(filter(None, parts)), fontsize="medium")
    return ax


def plot_size_differences(tests: pd.DataFrame, beside: str, xlabel: str) -> np.ndarray:
    """Draw differences from a baseline with their intervals at every size, a row of panels a model.

    Parameters
    ----------
    tests : pandas.DataFrame
        Columns ``size``, ``model``, ``difference``, ``low``, ``high``, ``verdict`` and `beside`. A
        marker is full where the verdict is that there is a difference, else hollow.
    beside : str
        The column of the cases whose panels stand beside each other.
    xlabel : str
        With unit.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n_models * n_cases,)
    """
    models = dict.fromkeys(tests["model"])
    drawn = pd.concat([tests[tests["model"] == model] for model in models])
    drawn = drawn.assign(panel=drawn["model"] + ", " + drawn[beside])
    look = {"score": "difference", "line": 0, "columns": tests[beside].nunique(), "rows": "size"}
    axes = plot_intervals(drawn, "panel", xlabel, **look)
    for ax in axes[: look["columns"]]:  # a tall figure: its scale stands at both ends
        ax.tick_params(labeltop=True)
    axes[0].figure.supylabel("target labels for training", fontsize="medium")
    return axes
