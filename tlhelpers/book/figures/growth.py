"""How the cost of a fit grows."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, NullLocator

from tlhelpers.book.figures.style import SERIES, WIDE

_COSTS = {"cpu": "CPU time of a fit (s)", "memory": "memory (GB)"}


def plot_growth(table: pd.DataFrame) -> np.ndarray:
    """Draw time and memory of a fit against rows, trees and tasks, on logarithmic axes.

    Parameters
    ----------
    table : pandas.DataFrame
        The result ``scaling``: a row per fit, with ``question``, the column of that name, ``cpu``
        and ``memory``.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (2, 3)
    """
    names = ["rows", "trees", "tasks"]
    figure, axes = plt.subplots(2, 3, figsize=(WIDE, 4.6), sharex="col", sharey="row")
    for column, name in zip(axes.T, names, strict=True):
        part = table[table["question"] == name].sort_values(name)
        for ax, (cost, label), style in zip(column, _COSTS.items(), SERIES, strict=False):
            ax.loglog(part[name], part[cost], style.marker, color=style.color, dashes=style.dash,
                      linestyle="-")  # fmt: skip
            if ax.get_subplotspec().is_first_col():
                ax.set_ylabel(label)
        for ax in column:
            ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
            ax.yaxis.set_major_formatter("{x:g}")
            ax.yaxis.set_minor_locator(NullLocator())
        column[0].minorticks_off()
        column[1].set_xticks(part[name], [f"{value:,}" for value in part[name]], rotation=30)
        column[1].minorticks_off()
        column[1].set_xlabel(name)
    figure.align_ylabels()
    figure.tight_layout()
    return axes
