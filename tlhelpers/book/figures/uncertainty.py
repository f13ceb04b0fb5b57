"""What an error bar is worth: its noise, its truth, its coverage."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from tlhelpers.book.figures.style import INK, OTHER, PAGE, STYLES, Style, literal


def plot_jackknife_by_trees(table: pd.DataFrame, unit: str = "eV") -> Axes:
    """Draw the jackknife variance of one query against the number of trees.

    Parameters
    ----------
    table : pandas.DataFrame
        From `jackknife_by_trees` for one query and two forests, told apart in a column ``seed``.
    unit : str
        Of the label.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.8))
    for other, (seed, rows) in zip((False, True), table.groupby("seed"), strict=True):
        for column, name, style in [
            ("raw", "raw", Style(OTHER.color, "s", (3, 2))),
            ("estimate", "corrected", STYLES["single-task"]),
        ]:
            (line,) = ax.plot(rows["trees"], rows[column], color=style.color, dashes=style.dash)
            marker = {"s": "D", "o": "^"}[style.marker] if other else style.marker
            line.set(marker=marker, label=f"{name}, seed {seed}")
    sizes = sorted(table["trees"].unique())
    ax.set(xscale="log", yscale="log", xlabel="trees", ylabel=f"estimated variance ({unit}²)")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.legend(frameon=False)
    return ax


def plot_estimate_against_truth(runs: pd.DataFrame, unit: str = "eV") -> Axes:
    """Draw the jackknife's standard error against the true one, a point a query.

    Parameters
    ----------
    runs : pandas.DataFrame
        From `repeat_training`. The point is the median over the training sets, the bar holds
        80% of their estimates.
    unit : str
        Of the label.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.8, 4.4))
    truth = runs.groupby("query")["prediction"].std()
    low, middle, high = (runs.groupby("query")["std"].quantile(q) for q in (0.1, 0.5, 0.9))
    style = STYLES["single-task"]
    bars = [middle - low, high - middle]
    ax.errorbar(truth, middle, yerr=bars, fmt=style.marker, color=style.color, elinewidth=1)
    top = 1.05 * max(truth.max(), high.max())
    ax.plot([0, top], [0, top], color=INK, linewidth=1, label="agreement")
    ax.set(xlim=(0, top), ylim=(0, top), xlabel=f"standard deviation over training sets ({unit})")
    ax.set(ylabel=f"jackknife standard error ({unit})")
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_coverage(table: pd.DataFrame) -> Axes:
    """Draw how often intervals hold the label, against how often they should.

    Parameters
    ----------
    table : pandas.DataFrame, shape (n_levels, 2)
        Observed coverage; the index holds the nominal levels, a column an uncertainty.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.8, 4.4))
    ax.plot([0, 1], [0, 1], color=INK, linewidth=1, label="calibrated")
    for name, style in zip(table, [Style(OTHER.color, "s", (3, 2)), Style(INK, "o")], strict=True):
        (line,) = ax.plot(table.index, table[name], color=style.color, dashes=style.dash)
        line.set(marker=style.marker, label=literal(name))
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="nominal coverage", ylabel="observed coverage")
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_two_uncertainties(table: pd.DataFrame, xlabel: str = "band gap (eV)") -> Axes:
    """Draw predictions with both of their uncertainties, and what was measured.

    Parameters
    ----------
    table : pandas.DataFrame
        From `cross_validate_predictions`, a row of the figure a row: ``row``, ``truth``,
        ``prediction``, ``std`` and ``observation_std``.
    xlabel : str
        With unit.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 0.4 * len(table) + 1.4))
    style, places = STYLES["single-task"], range(len(table))
    for column, name, width in [
        ("observation_std", "spread of observations", 1.5),
        ("std", "standard error", 6),
    ]:
        low, high = (table["prediction"] + sign * table[column] for sign in (-1, 1))
        ax.hlines(places, low, high, color=style.color, linewidth=width, label=name)
    ax.plot(table["prediction"], places, "|", color="white", markeredgewidth=2, zorder=3)
    ax.plot(table["truth"], places, "D", color=INK, label="measured")
    ax.set(xlabel=xlabel, ylim=(len(table) - 0.5, -0.5))
    ax.set_yticks(places, list(map(literal, table["row"])))
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.42, 1), ncols=2)
    return ax
