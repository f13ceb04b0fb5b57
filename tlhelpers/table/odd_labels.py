"""Labels that look odd: outliers, repeats that disagree, two sources in one column."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.mixture import GaussianMixture

from tlhelpers.forests import SingleTaskForest
from tlhelpers.table.columns import is_number
from tlhelpers.table.relations import both, relate, scale

FAR = 6.0  # scales of the residuals
FOREST_LABELS = 30, 20_000  # fewer: the labels' own spread; more: not looked at
MOST_NAMED = 5
_SOURCE_ROWS = 30
_APART = 3.0  # Ashman's D
_SMALLEST_SOURCE = 0.15


@dataclass(frozen=True)
class Outlier:
    """A label far from what is expected, with the name of its row."""

    row: str
    message: str


@dataclass(frozen=True)
class Spread:
    """How labels of rows with equal features differ.

    Attributes
    ----------
    n : int
        Sets of rows whose labels differ.
    worst : str
        The name of a row in the set that differs most, from `low` to `high`.
    share : float
        The median range within a set with several labels, over that of random pairs.
    """

    n: int
    worst: str
    low: float
    high: float
    share: float


def find_outliers(X: pd.DataFrame, labels: pd.Series) -> list[Outlier]:
    """Return the labels that are farthest from what the other rows say, at most five.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n_samples, n_features)
    labels : pandas.Series, shape (n_samples,)
        Numbers with holes; index as `X`.
    """
    rows = labels.notna().to_numpy()
    n, y = int(rows.sum()), labels[rows].to_numpy(dtype=float)
    few, many = FOREST_LABELS
    if n < 5 or n > many:
        return []
    if n < few:
        expected, words = np.full(n, np.median(y)), "the median label is"
    else:
        forest = SingleTaskForest(n_estimators=100, random_state=0).fit(X[rows].to_numpy(), y)
        expected, words = forest.out_of_bag_prediction(), "a forest of the other rows says"
    residuals = y - expected
    residuals = np.nan_to_num(residuals - np.nanmedian(residuals))
    # where most labels are zero the median deviation is too small
    unit = max(scale(residuals), np.quantile(np.abs(residuals), 0.9) / 1.645)
    if unit == 0:
        return []
    far = np.abs(residuals) / unit
    worst = [i for i in np.argsort(-far)[:MOST_NAMED] if far[i] > FAR]
    more = int((far > FAR).sum()) - len(worst)
    names = labels.index[rows]
    found = []
    for i in worst:
        message = f"the label is {y[i]:.4g}, and {words} {expected[i]:.4g}: look it up"
        found.append(Outlier(str(names[i]), message))
    if more > 0:
        last = found[-1]
        found[-1] = Outlier(last.row, f"{last.message} ({more} more labels are as far off)")
    return found


def repeated_spread(labels: pd.Series, kinds: np.ndarray) -> Spread | None:
    """Return how labels differ within sets of rows, or None where they do not.

    Parameters
    ----------
    labels : pandas.Series, shape (n_samples,)
        With holes; a class is not judged.
    kinds : numpy.ndarray of int, shape (n_samples,)
        Rows of equal features have equal numbers.
    """
    if not is_number(labels):
        return None
    seen = labels.notna().to_numpy()
    values = labels[seen]
    sets = values.groupby(kinds[seen]).agg(["min", "max", "size"])
    sets = sets[sets["size"] > 1]
    ranges = (sets["max"] - sets["min"]).to_numpy()
    if not (ranges > 0).any():
        return None
    worst = sets.index[ranges.argmax()]
    y = values.to_numpy(dtype=float)
    draw = np.random.default_rng(0)
    usual = np.median(  # sets of the same sizes, dealt from all labels
        [np.ptp(draw.choice(y, size)) for size in sets["size"] for _ in range(1 + 200 // len(sets))]
    )
    return Spread(
        n=int((ranges > 0).sum()),
        worst=str(values.index[kinds[seen] == worst][0]),
        low=float(sets.loc[worst, "min"]),
        high=float(sets.loc[worst, "max"]),
        share=float(np.median(ranges) / usual) if usual > 0 else 0.0,
    )


def find_two_sources(y: pd.Series, z: pd.Series) -> str:
    """Return a sentence where the difference of two labels has two offsets, or nothing.

    Parameters
    ----------
    y, z : pandas.Series
        Numbers of the same rows, with holes.
    """
    a, b = both(y, z)
    relation = relate(y, z)
    if len(a) < _SOURCE_ROWS or relation is None:
        return ""
    slope = 1.0 if relation.slope_one_fits else relation.slope
    difference = (a - slope * b)[:, None]
    if np.ptp(difference) < 1e-9 * np.abs(a).max():
        return ""
    one, two = (
        GaussianMixture(k, n_init=3, random_state=0, reg_covar=1e-6 * difference.var()).fit(
            difference
        )
        for k in (1, 2)
    )
    means, variances = two.means_[:, 0], two.covariances_[:, 0, 0]
    apart = np.sqrt(2) * abs(means[0] - means[1]) / np.sqrt(variances.sum())
    if (
        one.bic(difference) - two.bic(difference) < 10
        or apart < _APART
        or two.weights_.min() < _SMALLEST_SOURCE
    ):
        return ""
    low, high = sorted(means)
    times = "" if slope == 1 else f"{slope:.3g} times "
    return (
        f"{y.name!r} less {times}{z.name!r} falls into two heaps, near {low:.3g} and {high:.3g}: a "
        "column may mix two sources or methods. Give each a column of its own"
    )
