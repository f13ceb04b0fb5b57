"""What a table holds, before any model: its holes, the scatter of a label, pairs of labels."""

import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from numpy.typing import ArrayLike

from tlhelpers.book.figures.style import INK, OTHER, PAGE, SERIES, STYLES, literal, opacity_of

GREY = "#767676"  # read on a light page and on a dark one
SPECTRUM = ["#c00000", "#ff8c00", "#e6d800", "#00a000", "#0060ff", "#6a00c8"]  # by rising energy


def plot_sparsity(filled: pd.DataFrame, title: str = "") -> Axes:
    """Draw which cells of a table hold a value.

    Parameters
    ----------
    filled : pandas.DataFrame of bool, shape (n_rows, n_properties)
        True where there is a value. Rows are sorted so that alike rows stand together, those that
        have a value of the emptiest property first.
    title : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    order = filled.sort_values(list(filled.mean().sort_values().index), ascending=False)
    _, ax = plt.subplots(figsize=(PAGE, 4.2))
    ax.imshow(
        order.to_numpy(),
        aspect="auto",
        interpolation="nearest",
        cmap=ListedColormap(["#f2f2f2", STYLES["single-task"].color]),
        vmin=0,
        vmax=1,
    )
    shares = [f"{share:.1%}" for share in filled.mean()]
    if len(shares) < 4:
        lines = [textwrap.fill(literal(c), 10, break_long_words=False) for c in filled]
        names = [f"{share}\n{line}" for share, line in zip(shares, lines, strict=True)]
        ax.set_xticks(range(len(shares)), names)
    else:  # beside each other the names would touch
        names = [f"{literal(c)}, {share}" for c, share in zip(filled, shares, strict=True)]
        ax.set_xticks(range(len(shares)), names)
        ax.tick_params(axis="x", labelrotation=30)
        plt.setp(ax.get_xticklabels(), ha="right", rotation_mode="anchor")
    for edge in np.arange(len(shares) - 1) + 0.5:
        ax.axvline(edge, color="white", linewidth=2)
    ax.set(yticks=[], ylabel=f"{len(filled):,} rows, sorted", title=title)
    return ax


def plot_spread(spread: pd.Series, threshold: float) -> Axes:
    """Draw how far repeated measurements of one composition lie apart.

    Parameters
    ----------
    spread : pandas.Series
        Largest minus smallest measured value (eV) of each composition measured more than once.
    threshold : float
        A spread (eV) to mark.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(PAGE, 3.2))
    edges = [0.25 * i for i in range(math.ceil(4 * spread.max()) + 1)]
    ax.hist(spread, bins=edges, color=STYLES["single-task"].color, edgecolor="white")
    ax.axvline(threshold, color=INK, linestyle="--", label=f"{threshold} eV")
    ax.set(xlabel="largest minus smallest measured gap (eV)", ylabel="compositions")
    ax.legend(frameon=False)
    return ax


def plot_strip(
    values: pd.Series,
    names: pd.Series,
    xlabel: str,
    *,
    order: Sequence[str] | None = None,
    span: tuple[float, float] | None = None,
    span_label: str = "",
) -> Axes:
    """Draw every value as a point in the row of its class, with the class medians.

    Parameters
    ----------
    values : pandas.Series of float
    names : pandas.Series of str
        The class of each value; rows without one are left out.
    xlabel : str
        With unit.
    order : sequence of str, optional
        The classes from top to bottom; default by median.
    span : (float, float), optional
        A range of values to shade.
    span_label : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax, table, medians = _rows_of(values, names, xlabel, order)
    if span is not None:
        ax.axvspan(*span, color="#e4e4e4", label=span_label)
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    points = ax.plot(table["value"], table["place"], "o", color=OTHER.color, markersize=5)
    plt.setp(points, alpha=opacity_of(OTHER.color))
    ax.plot(medians, range(len(medians)), "|", color=INK, markersize=24, markeredgewidth=3)
    return ax


def plot_colors(
    values: pd.Series,
    names: pd.Series,
    xlabel: str,
    colors: Mapping[str, str],
    light: tuple[float, float],
) -> Axes:
    """Draw every value in the row of its class, as `plot_strip` does, in the colour of the class.

    A dark page must not turn true colours: what is not coloured is grey, and no sheet lies below.

    Parameters
    ----------
    values : pandas.Series of float
    names : pandas.Series of str
        The class of each value; rows without one are left out.
    xlabel : str
        With unit.
    colors : mapping from str to str
        The colour of each class.
    light : (float, float)
        The range of visible light, drawn from red to violet.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        A class without a colour.
    """
    if bare := sorted(set(names.dropna()) - set(colors)):
        raise ValueError(f"colors lack {', '.join(map(repr, bare))}; give one of each class")
    ax, table, medians = _rows_of(values, names, xlabel)
    for name, own in table.groupby("name", sort=False):
        look: dict[str, Any] = {"color": colors[name], "markeredgecolor": GREY, "markersize": 6.5}
        ax.plot(own["value"], own["place"], "o", **look)
    ax.plot(medians, range(len(medians)), "|", color=GREY, markersize=24, markeredgewidth=3)
    left, right, bottom, top = ax.axis()
    spectrum = LinearSegmentedColormap.from_list("spectrum", SPECTRUM)
    extent = (*light, bottom, top)
    ax.imshow(np.arange(256)[None], extent=extent, aspect="auto", cmap=spectrum, alpha=0.3)
    ax.axis((left, right, bottom, top))
    ax.text(sum(light) / 2, top - 0.1, "visible light", ha="center", va="bottom", color=GREY)
    for sheet in (ax.patch, ax.figure.patch):
        sheet.set_alpha(0)
    ax.xaxis.label.set_color(GREY)
    ax.tick_params(colors=GREY)
    ax.spines[:].set_color(GREY)
    return ax


def _rows_of(
    values: pd.Series, names: pd.Series, xlabel: str, order: Sequence[str] | None = None
) -> tuple[Axes, pd.DataFrame, pd.Series]:
    """Return axes with a row for each class, each value with its place there, and the medians."""
    table = pd.DataFrame({"value": values, "name": names}).dropna()
    medians = table.groupby("name")["value"].median().sort_values()
    medians = medians if order is None else medians[list(order)]
    rows = list(medians.index)
    jitter = np.random.default_rng(0).uniform(-0.22, 0.22, len(table))
    places = table["name"].map({name: i for i, name in enumerate(rows)}).astype(float)
    _, ax = plt.subplots(figsize=(PAGE, 0.9 + 0.5 * len(rows)), layout="constrained")
    counts = table["name"].value_counts()
    ax.set_yticks(range(len(rows)), [f"{literal(name)} ({counts[name]})" for name in rows])
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    return ax, table.assign(place=places + jitter), medians


def plot_parity(x: ArrayLike, y: ArrayLike, xlabel: str, ylabel: str) -> Axes:
    """Draw one quantity against another with the line of agreement.

    Parameters
    ----------
    x, y : array-like, shape (n,)
    xlabel, ylabel : str
        With units.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(4.6, 4.4))
    top = 1.03 * max(np.asarray(values).max() for values in (x, y))
    ax.plot([0, top], [0, top], color=INK, linewidth=1, label="agreement")
    color = STYLES["single-task"].color
    ax.plot(x, y, ".", color=color, alpha=opacity_of(color))
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(-0.2, top), ylim=(-0.2, top))
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_lines(
    x: pd.DataFrame,
    y: pd.DataFrame,
    xlabel: str,
    ylabel: str,
    hollow: ArrayLike | None = None,
    hollow_label: str = "",
    *,
    offset: bool = False,
) -> np.ndarray:
    """Draw pairs of columns against each other, a panel and a line of least squares for each.

    Parameters
    ----------
    x, y : pandas.DataFrame, shape (n_rows, n_series)
        The pairs, in the same order; a panel has the name of its column of `y`. Rows with a hole
        in a pair are left out.
    xlabel, ylabel : str
        With units.
    hollow : array-like of bool, shape (n_rows,), optional
        True for rows whose markers are drawn open.
    hollow_label : str
        What these rows are, for the legend.
    offset : bool
        Whether these rows have a line of their own, parallel to that of the others; else one line
        goes through all.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
    """
    n, size = x.shape[1], (PAGE, 3.0)
    figure, axes = plt.subplots(1, n, figsize=size, squeeze=False, layout="constrained")
    opened = np.zeros(len(x), dtype=bool) if hollow is None else np.asarray(hollow, dtype=bool)
    for ax, style, a, b in zip(axes[0], itertools.cycle(SERIES), x, y, strict=False):
        pair = pd.DataFrame({"x": x[a], "y": y[b], "open": opened}).dropna()
        kinds = pair["open"] & offset
        columns = np.column_stack([pair["x"], np.ones(len(pair)), kinds])
        slope, start, above = np.linalg.lstsq(columns, pair["y"])[0]
        for kind, rows in pair["x"].groupby(kinds):
            ends = np.array([rows.min(), rows.max()])
            line = start + above * kind + slope * ends
            ax.plot(ends, line, color=style.color, dashes=style.dash, linewidth=1)
        full = pair[~pair["open"]]
        points = ax.plot(full["x"], full["y"], style.marker, color=style.color)
        plt.setp(points, markeredgecolor="white", markeredgewidth=0.5)
        if hollow is not None:
            rest = pair[pair["open"]]
            points = ax.plot(rest["x"], rest["y"], style.marker, color=style.color)
            plt.setp(points, markerfacecolor="white")
        ax.set_title(literal(b))
    if hollow is not None:
        figure.suptitle(literal(f"open: {hollow_label}"), fontsize="medium")
    figure.supxlabel(xlabel, fontsize="medium")
    axes[0, 0].set_ylabel(ylabel)
    return axes[0]
