"""The explorer of the jackknife's noise: how many trees an error bar needs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.style import INK, OTHER, STYLES
from tlhelpers.book.jackknife_tables import jackknife_by_trees
from tlhelpers.forests import SingleTaskForest

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
        seeds = " and ".join(f"{value:.2f} from seed {s}" for s, value in noise.loc[trees].items())
        readout = (
            f"With {trees} trees the relative noise is {seeds}: an error bar "
            f"may {'' if allowed else 'not '}be shown. Over the queries the estimates of the two "
            f"seeds correlate with r = {pair.corr().iloc[0, 1]:.2f}."
        )
        return Frame(readout, [_estimates_panel(here, limits, unit), _noise_panel(noise, trees)])

    return Explorer(
        compute,
        [Slider("trees", "Trees of the forest", sizes, "trees", start)],
        title="How many trees an error bar needs",
        description=(
            "First: the estimated variance of some predictions, from two forests that differ in "
            "their seed alone; a bar is plus and minus one Monte-Carlo standard deviation. "
            "Where the two disagree, the estimate says more of the seed than of the data. Second: "
            "the relative noise, the median of the Monte-Carlo standard deviations over that of "
            "the variances, against the number of trees, a mean of both seeds; the line marks "
            f"{NOISE_LIMIT}."
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
