"""Error against the number of labels."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from tlhelpers.book.figures.style import style_of


def plot_learning_curve(scores: pd.DataFrame, metric: str = "rmse", unit: str = "eV") -> Axes:
    """Draw error against the number of target labels, one line a model.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `learning_curve`; the band is one standard deviation over its repeats.
    metric, unit : str
        An empty unit for a score without one.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(6.4, 3.8))
    for model, rows in scores.groupby("model", sort=False):
        style = style_of(model)
        curve = rows.groupby("size")[metric].agg(["mean", "std"])
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
            label=model,
        )
    sizes = sorted(scores["size"].unique())
    ax.set_xscale("log")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    quantity = f"{metric.upper()} ({unit})" if unit else metric
    ax.set(xlabel="target labels for training", ylabel=f"held-out {quantity}")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    return ax
