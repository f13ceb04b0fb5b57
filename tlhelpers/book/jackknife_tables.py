"""Tables about the jackknife: its noise against the number of trees, errors that cancel."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.forests.jackknife import jackknife_variance


def jackknife_by_trees(
    tree_predictions: ArrayLike, inbag_counts: ArrayLike, sizes: Sequence[int]
) -> pd.DataFrame:
    """Estimate the variance from the first few trees, then from more.

    The bag and the splits of a tree depend on its own seed, so the first B trees of a forest of
    this package are the forest of B trees. A forest of few trees, fewer than about 30, may differ:
    all bags are drawn again where a row is in every one of them.

    Parameters
    ----------
    tree_predictions : array-like, shape (n_samples, n_trees)
    inbag_counts : array-like, shape (n_trees, n_train)
    sizes : sequence of int
        Numbers of trees, at least two each.

    Returns
    -------
    pandas.DataFrame
        A row per size and query: ``trees``, ``query`` (its number), ``raw`` (without a
        correction), ``estimate`` (corrected by the counts) and its ``monte_carlo_sd``; in
        the squared unit of the predictions. No warning is given, as noise is what it shows.

    Raises
    ------
    ValueError
        As `jackknife_variance`, or a size beyond the trees there are.
    """
    trees, counts = np.asarray(tree_predictions, dtype=float), np.asarray(inbag_counts)
    if len(sizes) == 0 or max(sizes) > len(counts):
        raise ValueError(f"sizes must be numbers of trees, at most {len(counts)}; got {sizes}")
    tables = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for size in sizes:
            first = trees[:, :size], counts[:size]
            estimate, noise = jackknife_variance(*first, return_monte_carlo_sd=True)
            columns = {"trees": size, "query": np.arange(len(trees))}
            columns |= {"raw": jackknife_variance(*first, "none")}
            tables.append(pd.DataFrame(columns | {"estimate": estimate, "monte_carlo_sd": noise}))
    return pd.concat(tables, ignore_index=True)


def jackknife_of_difference(
    tree_predictions: ArrayLike, inbag_counts: ArrayLike, a: int = 0, b: int = 1
) -> pd.DataFrame:
    """Estimate the error of the difference of two targets, with and without shared errors.

    Parameters
    ----------
    tree_predictions : array-like, shape (n_samples, n_trees, n_targets)
        Of targets whose trees saw the same bags.
    inbag_counts : array-like, shape (n_trees, n_train)
        As in `jackknife_variance`.
    a, b : int
        The positions of the two targets; the difference is a - b.

    Returns
    -------
    pandas.DataFrame, shape (n_samples, 5)
        Standard errors: ``std_a``, ``std_b``; ``independent``, sqrt(std_a^2 + std_b^2), right
        if the errors were independent; ``difference``, from the trees' differences. And
        ``noise``, the relative Monte-Carlo standard deviation of the variance behind
        ``difference``.
    """
    trees = np.asarray(tree_predictions, dtype=float)
    pair = np.stack([trees[:, :, a], trees[:, :, b], trees[:, :, a] - trees[:, :, b]], axis=2)
    variance, noise = jackknife_variance(pair, inbag_counts, return_monte_carlo_sd=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # no variance, no relative noise
        relative = noise[:, 2] / variance[:, 2]
    return pd.DataFrame(
        {
            "std_a": np.sqrt(variance[:, 0]),
            "std_b": np.sqrt(variance[:, 1]),
            "independent": np.sqrt(variance[:, 0] + variance[:, 1]),
            "difference": np.sqrt(variance[:, 2]),
            "noise": relative,
        }
    )
