"""The figures of the chapters: one message each, the same colour for the same model everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Style:
    """How a model is drawn, in every figure; marker and dash tell it apart without colour."""

    color: str
    marker: str
    dash: tuple[int, ...] = ()


# Okabe and Ito's palette: distinct for readers who cannot tell red from green.
STYLES = {
    "single-task": Style("#0072b2", "o"),
    "difference": Style("#d55e00", "s", (6, 3)),
    "multi-task": Style("#009e73", "^", (2, 2)),
    "latent variable": Style("#cc79a7", "D", (8, 2, 2, 2)),
}
# The naive union is no architecture: grey, and apart by marker and dash.
UNIONS = {"pooled": Style("#555555", "v", (1, 1)), "pooled, flag": Style("#888888", "P", (3, 1))}
OTHER = Style("#555555", "o")
# For series that are no models, such as the steps of a reaction.
SERIES = (Style("#000000", "o"), Style("#e69f00", "s", (6, 3)), Style("#56b4e9", "^", (2, 2)))
INK = "#333333"
KNOB_LABELS = {
    "correlation": "correlation of the tasks",
    "systematic_error": "systematic error (SD of the target)",
    "noise": "noise of the labels (SD of the target)",
    "n_labels": "target labels for training",
}


def style_of(model: str) -> Style:
    """Return the style of a model, or of the model in "how, model"; others are drawn in grey."""
    every = STYLES | UNIONS
    return every.get(model) or every.get(model.rpartition(", ")[2], OTHER)


def plot_sparsity(filled: pd.DataFrame, title: str = "") -> Axes:
    """Draw which cells of a table hold a value.

    Parameters
    ----------
    filled : pandas.DataFrame of bool, shape (n_rows, n_properties)
        True where there is a value. Rows are sorted so that alike rows stand together.
    title : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    order = filled.sort_values(list(filled.columns), ascending=False)
    _, ax = plt.subplots(figsize=(6.4, 4.2))
    ax.imshow(
        order.to_numpy(),
        aspect="auto",
        interpolation="nearest",
        cmap=ListedColormap(["#f2f2f2", STYLES["single-task"].color]),
        vmin=0,
        vmax=1,
    )
    names = [f"{c}\n{100 * filled[c].mean():.1f}%" for c in filled]
    ax.set_xticks(range(len(names)), names, fontsize=8)
    for edge in np.arange(len(names) - 1) + 0.5:
        ax.axvline(edge, color="white", linewidth=2)
    ax.set(ylabel="composition (sorted)", title=title)
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
    _, ax = plt.subplots(figsize=(6.4, 3.2))
    edges = np.arange(0, np.ceil(spread.max() * 4) / 4 + 0.25, 0.25)
    ax.hist(spread, bins=list(edges), color=STYLES["single-task"].color, edgecolor="white")
    ax.axvline(threshold, color=INK, linestyle="--", label=f"{threshold} eV")
    ax.set(xlabel="largest minus smallest measured gap (eV)", ylabel="compositions")
    ax.legend(frameon=False)
    return ax


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
    top = max(np.max(x), np.max(y)) * 1.03
    ax.plot([0, top], [0, top], color=INK, linewidth=1, label="agreement")
    ax.plot(x, y, ".", color=STYLES["single-task"].color, alpha=0.5)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(-0.2, top), ylim=(-0.2, top))
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_curves(
    curves: pd.DataFrame, xlabel: str, ylabel: str, points: pd.Series | None = None
) -> Axes:
    """Draw functions of one variable, and the labels behind them.

    Parameters
    ----------
    curves : pandas.DataFrame, shape (n_points, n_curves)
        Indexed by the variable. A column that begins with the name of a model, such as
        ``"latent variable, measured"``, takes its colour; others are grey. Each has its own dash.
    xlabel, ylabel : str
        With units.
    points : pandas.Series, optional
        Labels, indexed by the variable; its name is their entry in the legend.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(6.4, 3.6))
    if points is not None:
        ax.plot(points.index, points, "o", color=OTHER.color, alpha=0.4, ms=4, label=points.name)
    dashes = [(), (6, 3), (2, 2), (8, 2, 2, 2)]
    for place, name in enumerate(curves):
        color = style_of(str(name).split(",")[0]).color
        dash = dashes[place % len(dashes)]
        ax.plot(curves.index, curves[name], color=color, dashes=dash, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(frameon=False)
    return ax


def plot_trends(table: pd.DataFrame, x: str, xlabel: str, ylabel: str, bins: int = 8) -> Axes:
    """Draw quantities against one variable: points, and mean and spread in bins.

    Parameters
    ----------
    table : pandas.DataFrame
        The variable `x` and one or two quantities, a row a compound. A column that begins with
        the name of a model takes its style.
    x, xlabel, ylabel : str
        Labels with units.
    bins : int
        Bins of about equally many rows; the bar is one standard deviation.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(6.4, 3.8))
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
            label=name,
            fmt=style.marker + "-",
            color=style.color,
            dashes=style.dash,
            markeredgecolor="white",
        )
    ax.axhline(0, color=INK, linewidth=1)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(frameon=False)
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
    _, ax = plt.subplots(figsize=(6.4, 0.8 + 0.28 * len(chosen)))
    places = np.arange(len(chosen))
    ax.hlines(places, chosen.min(axis=1), chosen.max(axis=1), color="#bbbbbb", linewidth=2)
    looks = [("o", INK, INK), ("D", "white", INK), ("^", "#999999", INK), ("s", "white", "#999999")]
    for name, (marker, face, edge) in zip(chosen, looks, strict=False):
        ax.plot(
            chosen[name],
            places,
            marker,
            color=face,
            markeredgecolor=edge,
            linestyle="none",
            label=name,
        )
    ax.set_yticks(places, [str(name) for name in chosen.index])
    ax.set(xlabel="share of the impurity that the splits took away")
    ax.set_xlim(left=0)
    ax.legend(frameon=False, loc="lower right")
    return ax


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
    _, ax = plt.subplots(figsize=(6.4, 2.4))
    cases: Sequence = list(scores[by].unique())
    for place, case in enumerate(cases):
        repeats = scores[scores[by] == case].groupby("repeat")[metric].mean()
        ax.plot(repeats, np.full(len(repeats), place), "o", color=OTHER.color, alpha=0.5)
        ax.plot(repeats.mean(), place, "|", color=INK, markersize=26, markeredgewidth=3)
    ax.set_yticks(range(len(cases)), cases)
    ax.set(xlabel=f"{metric.upper()} ({unit})", ylim=(-0.6, len(cases) - 0.4))
    ax.set_xlim(left=0)
    ax.invert_yaxis()
    return ax


def plot_difference(table: pd.DataFrame, column: str, xlabel: str) -> Axes:
    """Draw a mean and its spread for each family of compounds.

    Parameters
    ----------
    table : pandas.DataFrame
        A column ``family`` and the number `column`, one row a compound.
    column, xlabel : str

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(6.4, 3.4))
    families = table.groupby("family")[column].agg(["mean", "std", "size"]).sort_values("mean")
    style = STYLES["difference"]
    places = np.arange(len(families))
    ax.errorbar(families["mean"], places, xerr=families["std"], fmt=style.marker, color=style.color)
    labels = [f"{name} ({n})" for name, n in families["size"].items()]
    ax.set_yticks(places, labels)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set(xlabel=xlabel)
    return ax


def plot_lines(x: pd.DataFrame, y: pd.DataFrame, xlabel: str, ylabel: str) -> Axes:
    """Draw pairs of columns against each other, each with its line of least squares.

    Parameters
    ----------
    x, y : pandas.DataFrame, shape (n_rows, n_series)
        At most three series, in the same order; named by the columns of `y`. Rows with a hole in
        a pair are left out.
    xlabel, ylabel : str
        With units.

    Returns
    -------
    matplotlib.axes.Axes
    """
    _, ax = plt.subplots(figsize=(6.4, 4.4))
    for style, a, b in zip(SERIES, x, y, strict=False):
        pair = pd.DataFrame({"x": x[a], "y": y[b]}).dropna()
        slope, start = np.polyfit(pair["x"], pair["y"], 1)
        ends = np.array([pair["x"].min(), pair["x"].max()])
        ax.plot(ends, start + slope * ends, color=style.color, dashes=style.dash, linewidth=1)
        ax.plot(pair["x"], pair["y"], style.marker, color=style.color, alpha=0.7, label=str(b))
    ax.set(xlabel=xlabel, ylabel=ylabel)
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
    table = pd.DataFrame({"value": values, "name": names}).dropna()
    medians = table.groupby("name")["value"].median().sort_values()
    rows = list(medians.index if order is None else order)
    _, ax = plt.subplots(figsize=(6.4, 0.9 + 0.5 * len(rows)))
    if span is not None:
        ax.axvspan(*span, color="#e4e4e4", label=span_label)
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    jitter = np.random.default_rng(0).uniform(-0.22, 0.22, len(table))
    places = table["name"].map({name: i for i, name in enumerate(rows)}).astype(float)
    ax.plot(table["value"], places + jitter, "o", color=OTHER.color, alpha=0.5, markersize=5)
    ax.plot(medians[rows], range(len(rows)), "|", color=INK, markersize=24, markeredgewidth=3)
    counts = table["name"].value_counts()
    ax.set_yticks(range(len(rows)), [f"{name} ({counts[name]})" for name in rows])
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
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
    _, ax = plt.subplots(figsize=(5.6, 4.2))
    counts = table.to_numpy(dtype=float)
    image = ax.imshow(counts, cmap="Blues", vmin=0)
    for row, column in np.ndindex(counts.shape):
        dark = counts[row, column] > counts.max() / 2
        text = f"{counts[row, column]:.1f}"
        ax.text(column, row, text, ha="center", va="center", color="white" if dark else INK)
    ax.set_xticks(range(len(table)), table.columns, rotation=30, ha="right")
    ax.set_yticks(range(len(table)), table.index)
    ax.set(xlabel="predicted", ylabel="true")
    plt.colorbar(image, ax=ax, label=label)
    return ax


def plot_intervals(
    table: pd.DataFrame,
    panel: str,
    xlabel: str,
    *,
    score: str = "score",
    fill: str | None = None,
    line: float | None = None,
) -> np.ndarray:
    """Draw a score of every model with its interval, a panel a case.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``model``, `score`, ``low``, ``high``, `panel` and `fill`. A model named
        "how, model" has the style of the model.
    panel : str
        The column that names the panels.
    xlabel : str
        With unit.
    score : str
        The column that is drawn.
    fill : str, optional
        A column of two cases: the first is drawn with full markers, the second with hollow ones.
    line : float, optional
        A value to mark.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (n_panels,)
    """
    panels, models = table[panel].unique(), list(table["model"].unique())
    cases = [None] if fill is None else list(table[fill].unique())
    figure, axes = plt.subplots(
        1,
        len(panels),
        figsize=(1.8 + 2.3 * len(panels), 1.1 + 0.42 * len(models)),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for ax, name in zip(axes[0], panels, strict=True):
        for number, case in enumerate(cases):
            rows = table[table[panel] == name]
            rows = rows if fill is None else rows[rows[fill] == case]
            for row in rows.to_dict("records"):
                _draw_interval(ax, row, models.index(row["model"]), score, number, len(cases))
        if line is not None:
            ax.axvline(line, color=INK, linewidth=1, linestyle="--")
        ax.set(title=name, ylim=(len(models) - 0.5, -0.5))
    axes[0, 0].set_yticks(range(len(models)), models)
    figure.supxlabel(xlabel, fontsize="medium")
    if fill is not None:
        full = [
            plt.Line2D(
                [], [], color=INK, marker="o", linestyle="", label=str(case), markerfacecolor=face
            )
            for case, face in zip(cases, (INK, "white"), strict=False)
        ]
        figure.legend(handles=full, loc="outside upper right", ncols=2, frameon=False)
    return axes[0]


def _draw_interval(ax: Axes, row: dict, place: int, score: str, number: int, n: int) -> None:
    """Draw one score with its interval; the second of two cases hollow and a little lower."""
    style = style_of(str(row["model"]))
    y = place + 0.24 * (number - (n - 1) / 2)
    ax.plot([row["low"], row["high"]], [y, y], color=style.color, linewidth=1.5)
    face = style.color if number == 0 else "white"
    ax.plot(row[score], y, style.marker, color=style.color, markerfacecolor=face)


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
    _, ax = plt.subplots(figsize=(6.4, 3.8))
    fills: list = ["full", "none"]
    for fill, (seed, rows) in zip(fills, table.groupby("seed"), strict=True):
        for column, name, style in [
            ("raw", "raw", Style(OTHER.color, "s", (3, 2))),
            ("estimate", "corrected", STYLES["single-task"]),
        ]:
            (line,) = ax.plot(rows["trees"], rows[column], color=style.color, dashes=style.dash)
            line.set(marker=style.marker, fillstyle=fill, label=f"{name}, seed {seed}")
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
        line.set(marker=style.marker, label=name)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="nominal coverage", ylabel="observed coverage")
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_lab_map(winners: pd.DataFrame, row: str, column: str) -> list[Axes]:
    """Draw which model wins over two knobs of the artificial lab, cold beside warm.

    Parameters
    ----------
    winners : pandas.DataFrame
        From `lab_winners` by ``setting``, `row` and `column`. A cell has the colour of its winner
        and its text; it is hatched and pale where no difference is seen.
    row, column : str
        Two knobs.

    Returns
    -------
    list of matplotlib.axes.Axes
    """
    settings = list(winners["setting"].unique())
    fig, axes = plt.subplots(1, len(settings), figsize=(8.4, 3.6), sharey=True, squeeze=False)
    rows, columns = (sorted(winners[name].unique()) for name in (row, column))
    for ax, setting in zip(axes[0], settings, strict=True):
        for cell in winners[winners["setting"] == setting].to_dict("records"):
            x, y = columns.index(cell[column]), rows.index(cell[row])
            color, seen = style_of(cell["winner"]).color, cell["seen"]
            look = {"facecolor": color, "alpha": 0.55} if seen else {"facecolor": "white"}
            if not seen:
                look |= {"hatch": "////", "edgecolor": color}
            ax.add_patch(Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, linewidth=0, **look))
            box = {"facecolor": "white", "alpha": 0.0 if seen else 0.9, "linewidth": 0, "pad": 1.5}
            ax.text(x, y, cell["text"], ha="center", va="center", bbox=box)
        ax.set_xticks(range(len(columns)), [f"{value:g}" for value in columns])
        ax.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
        ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5))
        ax.set(title=setting, xlabel=KNOB_LABELS.get(column, column))
    axes[0, 0].set_ylabel(KNOB_LABELS.get(row, row))
    patches = [Patch(color=style.color, alpha=0.55, label=name) for name, style in STYLES.items()]
    patches.append(Patch(facecolor="white", edgecolor=INK, hatch="////", label="not seen"))
    fig.legend(handles=patches, loc="outside lower center", ncols=5, frameon=False)
    fig.subplots_adjust(bottom=0.27, wspace=0.08)
    return list(axes[0])
