"""The explorers of the artificial worlds: noise of the jackknife, and which architecture wins."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.book.explorers.explorer import Explorer, Frame, Panel, Series, Slider
from tlhelpers.book.figures.plots import INK, KNOB_LABELS, OTHER, STYLES, style_of
from tlhelpers.book.lab import lab_errors
from tlhelpers.forests import SingleTaskForest
from tlhelpers.forests.jackknife import jackknife_by_trees

_MARKERS = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond"}
NOISE_LIMIT = 0.3  # no error bar whose relative Monte-Carlo standard deviation is larger


def jackknife_explorer(
    X: ArrayLike,
    y: ArrayLike,
    queries: ArrayLike,
    *,
    sizes: Sequence[int],
    start: int | None = None,
    unit: str = "eV",
) -> Explorer:
    """Make a slider over the number of trees that shows the noise of the jackknife.

    Parameters
    ----------
    X : array-like, shape (n_train, n_features)
    y : array-like, shape (n_train,)
        The training set of two forests, which differ in nothing but their seed.
    queries : array-like, shape (n_queries, n_features)
    sizes : sequence of int
        The positions of the slider: numbers of trees.
    start : int, optional
        The first position shown; default the smallest.
    unit : str
        Of the label.

    Returns
    -------
    Explorer
    """
    tables = []
    for seed in (0, 1):
        forest = SingleTaskForest(n_estimators=max(sizes), random_state=seed).fit(X, y)
        bags = forest.tree_predictions(queries), forest.inbag_counts_
        tables.append(jackknife_by_trees(*bags, sizes).assign(seed=seed))
    table = pd.concat(tables)
    medians = table.groupby(["seed", "trees"])[["estimate", "monte_carlo_sd"]].median()
    relative = medians["monte_carlo_sd"] / medians["estimate"]
    noise = relative.reset_index(name="noise").pivot_table("noise", "trees", "seed")
    limits = (
        table["estimate"].quantile(0.02),
        1.1 * table[["estimate", "monte_carlo_sd"]].max().sum(),
    )

    def compute(trees: int) -> Frame:
        here = table[table["trees"] == trees]
        pair = here.pivot_table(index="query", columns="seed", values="estimate")
        allowed = noise.loc[trees].max() <= NOISE_LIMIT
        readout = (
            f"With {trees} trees the relative noise is {noise.loc[trees].mean():.2f}: an error bar "
            f"may {'' if allowed else 'not '}be shown. Over the queries the estimates of the two "
            f"seeds correlate with r = {pair.corr().iloc[0, 1]:.2f}."
        )
        return Frame(readout, [_estimates_panel(here, limits, unit), _noise_panel(noise, trees)])

    return Explorer(
        compute,
        [Slider("trees", "Trees of the forest", sizes, "trees", start)],
        title="How many trees an error bar needs",
        description=(
            "Left: the estimated variance of some predictions, from two forests that differ in "
            "their seed alone; a bar is plus and minus one Monte-Carlo standard deviation. "
            "Where the two disagree, the estimate says more of the seed than of the data. Right: "
            f"the relative noise against the number of trees; the line marks {NOISE_LIMIT}."
        ),
    )


def _estimates_panel(table: pd.DataFrame, limits: tuple[float, float], unit: str) -> Panel:
    """Return the estimates of both seeds, side by side at each query."""
    series = []
    styles = [(STYLES["single-task"].color, "circle"), (OTHER.color, "square")]
    for (seed, rows), (color, marker) in zip(table.groupby("seed"), styles, strict=True):
        value, noise = rows["estimate"].to_numpy(), rows["monte_carlo_sd"].to_numpy()
        place = rows["query"].to_numpy() + 1 + (seed - 0.5) * 0.3
        interval = np.maximum(value - noise, limits[0]), value + noise
        low, high = map(list, interval)
        points = (list(place), list(value), low, high, "points", marker)
        series.append(Series(f"seed {seed}", color, *points))
    n = table["query"].nunique()
    labels = "query", f"estimated variance ({unit}²)"
    return Panel("Estimates", *labels, series, yscale="log", xlim=(0, n + 1), ylim=limits)


def _noise_panel(noise: pd.DataFrame, trees: int) -> Panel:
    """Return the relative noise against the number of trees, with the current number marked."""
    mean, color = noise.mean(axis=1), STYLES["single-task"].color
    sizes = [int(size) for size in mean.index]
    series = [
        Series("noise", color, sizes, list(mean), marker="circle"),
        Series("limit", INK, [sizes[0], sizes[-1]], [NOISE_LIMIT] * 2, dash="6 3"),
        Series("", color, [trees], [mean[trees]], None, None, "points", "circle", emphasis=True),
    ]
    labels = "trees", "Monte-Carlo SD / variance"
    limits = (0.5 * min(mean.min(), NOISE_LIMIT), 2 * mean.max())
    return Panel("Noise", *labels, series, xscale="log", yscale="log", ylim=limits)


def lab_explorer(
    results: pd.DataFrame, knobs: Mapping[str, Sequence], start: Mapping[str, float], seed: int = 0
) -> Explorer:
    """Make four sliders over the artificial lab that retrain all models on one table.

    Parameters
    ----------
    results : pandas.DataFrame
        The repeated experiment, from `load_results("lab_map")`; drawn as lines.
    knobs : mapping of {knob: positions}
        Positions of `results`; ``n_labels`` is one of the knobs.
    start : mapping of {knob: position}
        What is shown first.
    seed : int
        Of the one table that is drawn and learned at each position.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        A position that is not in `results`.
    """
    for name, values in knobs.items():
        if not set(values) <= set(results[name]):
            raise ValueError(f"knobs[{name!r}]: the results know {sorted(set(results[name]))}")
    sizes = sorted(knobs["n_labels"])
    shown = results[np.all([results[name].isin(values) for name, values in knobs.items()], axis=0)]
    top = 1.05 * float(shown["rmse"].max())

    @functools.lru_cache(maxsize=256)
    def retrain(correlation: float, systematic_error: float, noise: float) -> pd.DataFrame:
        return lab_errors(
            seed, sizes, correlation=correlation, systematic_error=systematic_error, noise=noise
        )

    def compute(n_labels: int, **world: float) -> Frame:
        mask = np.all([results[name] == value for name, value in world.items()], axis=0)
        table, once = results[mask], retrain(**world)
        panels, parts = [], []
        for setting in results["setting"].unique():
            here, now = (t[t["setting"] == setting] for t in (table, once))
            now = now[now["n_labels"] == n_labels].set_index("model")["rmse"]
            panels.append(_lab_panel(setting, here, now, n_labels, top))
            errors = here[here["n_labels"] == n_labels].set_index("model")["rmse"]
            parts.append(f"{setting}: " + ", ".join(f"{m} {e:.2f}" for m, e in errors.items()))
        readout = f"Mean error (RMSE) with {n_labels} labels, {'; '.join(parts)}."
        return Frame(readout, panels)

    sliders = [
        Slider(
            name,
            KNOB_LABELS[name][0].upper() + KNOB_LABELS[name][1:],
            values,
            start=start.get(name),
        )
        for name, values in knobs.items()
    ]
    return Explorer(
        compute,
        sliders,
        title="The artificial lab",
        description=(
            "Error against the number of target labels. Lines: mean over ten tables, with a band "
            "of one standard deviation. Large marks: one table, learned anew at the position of "
            "the sliders. An error of 1 is that of always answering with the mean."
        ),
    )


def _lab_panel(
    setting: str, table: pd.DataFrame, now: pd.Series, n_labels: int, top: float
) -> Panel:
    """Return the lines of all models in one setting, with the marks of one table."""
    series = []
    for model, rows in table.groupby("model", sort=False):
        style = style_of(str(model))
        marker, dash = _MARKERS[style.marker], " ".join(map(str, style.dash))
        mean, sd = rows["rmse"], rows["sd"]
        line = (list(rows["n_labels"]), list(mean), list(mean - sd), list(mean + sd))
        series.append(Series(str(model), style.color, *line, marker=marker, dash=dash))
        here = ([n_labels], [now[model]], None, None, "points", marker)
        series.append(Series("", style.color, *here, emphasis=True))
    title = {"cold": "Cold: related label unknown", "warm": "Warm: related label known"}[setting]
    labels = KNOB_LABELS["n_labels"], "RMSE (SD of the target)"
    return Panel(title, *labels, series, xscale="log", ylim=(0, top))
