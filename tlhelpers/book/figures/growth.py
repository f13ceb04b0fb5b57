"""How the cost of a fit grows."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, NullLocator

from tlhelpers.book.figures.style import SERIES, WIDE


def plot_growth(table: pd.DataFrame) -> np.ndarray:
    """Draw the time of a fit against rows, trees and tasks, on logarithmic axes.

    Parameters
    ----------
    table : pandas.DataFrame
        The result ``scaling``: a row per fit, with ``question``, the column of that name and
        ``cpu``.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (3,)
    """
    style = SERIES[0]
    figure, axes = plt.subplots(1, 3, figsize=(WIDE, 2.7), sharey=True)
    for ax, name in zip(axes, ["rows", "trees", "tasks"], strict=True):
        part = table[table["question"] == name].sort_values(name)
        ax.loglog(part[name], part["cpu"], style.marker, color=style.color, dashes=style.dash,
                  linestyle="-")  # fmt: skip
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_xticks(part[name], [f"{value:,}" for value in part[name]], rotation=45)
        ax.minorticks_off()
        ax.set_xlabel(name)
    axes[0].set_ylabel("CPU time of a fit (s)")
    figure.align_xlabels()
    figure.tight_layout()
    return axes
