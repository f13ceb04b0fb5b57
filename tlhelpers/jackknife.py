"""The jackknife: the sampling variance of whatever an ensemble of bagged trees predicts.

With n training rows, B trees, N the B x n bag counts, t_b(x) the prediction of tree b and t their
mean, two estimates come from the same trees (Wager, Hastie and Efron, JMLR 15, 1625, 2014):

- infinitesimal jackknife, IJ = sum_i C_i^2 with C_i = 1/B sum_b (N_bi - mean_b N_bi)(t_b - t);
- jackknife after bootstrap, J = (n-1)/n sum_i D_i^2 with D_i the mean of t_b over the trees that
  did not see row i, minus t.

Both are biased upwards by the noise of a finite B; their average, less the expected bias, is the
estimate. Both sums are quadratic forms in the tree predictions, so no array of training rows by
queries is ever made: the form is a matrix M with V = c' M c for the centred predictions c.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.ensemble import RandomForestRegressor

CORRECTIONS = ("counts", "size", "none")
_BLOCK = 2**22  # numbers in one block of queries: 32 MB


def jackknife_variance(
    tree_predictions: ArrayLike,
    inbag_counts: ArrayLike,
    correction: str = "counts",
    *,
    return_monte_carlo_sd: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Estimate the sampling variance of the mean over bagged trees.

    Parameters
    ----------
    tree_predictions : array-like, shape (n_samples, n_trees) or (n_samples, n_trees, n_targets)
        What each tree predicts: a label, a probability, or any function of several tasks whose
        trees saw the same bags.
    inbag_counts : array-like, shape (n_trees, n_train)
        How often each tree's bag holds each training row. Give the columns of every row that can
        influence the predictions, and of no other.
    correction : {"counts", "size", "none"}
        The Monte-Carlo bias to subtract. ``"counts"`` computes it from the bags,
        1/2 sum_i [var_b(N_bi) + (n-1)/n (B/B_i - 1)] S / (B (B-1)) with B_i the trees that did not
        see row i and S = sum_b (t_b - t)^2; ``"size"`` uses its expectation for n rows,
        e (n-1) S / (2 B^2); ``"none"`` subtracts nothing.
    return_monte_carlo_sd : bool
        Also return the standard deviation of the estimate over the seeds of the forest.

    Returns
    -------
    variance : numpy.ndarray, shape (n_samples,) or (n_samples, n_targets)
        In the squared unit of the predictions, never negative. Where the corrected estimate is
        not positive, the largest contribution of a single training row stands for it (if
        positive, else minus the smallest), and a warning says how many trees would do.
    monte_carlo_sd : numpy.ndarray, same shape
        Only with `return_monte_carlo_sd`: sqrt(2) ||M||_F S / (B-1), the standard deviation of
        the quadratic form if the trees' predictions were independent of the bags.

    Raises
    ------
    ValueError
        Shapes that do not fit, fewer than two trees or rows, or an unknown correction.
    """
    trees, counts, several = _check(tree_predictions, inbag_counts, correction)
    form = _BagForm.of(counts, correction)
    n_trees = len(counts)
    variance, noise = np.empty(len(trees)), np.empty(len(trees))
    step = max(1, _BLOCK // max(n_trees, 1))
    for start in range(0, len(trees), step):
        block = slice(start, start + step)
        centred = trees[block] - trees[block].mean(axis=1, keepdims=True)
        scale = (centred**2).sum(axis=1)
        variance[block] = form.value(centred) - form.bias * scale
        rounding = 1e-12 * form.bias * scale  # the difference of two large terms, at B = 2 zero
        low = np.flatnonzero(variance[block] <= rounding)
        noise[block] = np.sqrt(2) * form.norm * scale / (n_trees - 1)
        if len(low):
            variance[start + low] = form.largest_row(centred[low], scale[low])
    _warn_if_noisy(variance, noise, n_trees)
    shape = several or (len(trees),)
    variance, noise = variance.reshape(shape), noise.reshape(shape)
    return (variance, noise) if return_monte_carlo_sd else variance


def forest_jackknife_variance(
    forest: RandomForestRegressor, X: ArrayLike, correction: str = "counts"
) -> np.ndarray:
    """Estimate the sampling variance of a fitted scikit-learn forest's predictions.

    Parameters
    ----------
    forest : sklearn.ensemble.RandomForestRegressor
        Fitted, with ``bootstrap=True``; the bags are read from its ``estimators_samples_``.
    X : array-like, shape (n_samples, n_features)
    correction : {"counts", "size", "none"}
        As in `jackknife_variance`.

    Returns
    -------
    numpy.ndarray, shape (n_samples,) or (n_samples, n_outputs)

    Raises
    ------
    TypeError
        Not a fitted forest of regression trees.
    ValueError
        The forest was grown without bootstrap.
    """
    if not isinstance(forest, RandomForestRegressor) or not hasattr(forest, "estimators_"):
        raise TypeError(
            f"forest must be a fitted RandomForestRegressor, got {type(forest).__name__}"
        )
    if not getattr(forest, "bootstrap", False):
        raise ValueError(
            "the forest was grown without bootstrap: without bags there is no jackknife"
        )
    X = forest._validate_X_predict(X)
    trees = np.stack([tree.predict(X, check_input=False) for tree in forest.estimators_], axis=1)
    samples = forest.estimators_samples_
    n_train = forest._n_samples
    counts = np.stack([np.bincount(rows, minlength=n_train) for rows in samples])
    return np.asarray(jackknife_variance(trees, counts, correction))


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


@dataclass(frozen=True)
class _BagForm:
    """The quadratic form of one bag matrix: V = |c R'|^2 - bias S, R the stacked row scores.

    `rows` is (2 n_train, n_trees): the covariances C_i and the differences D_i as functions of
    the centred predictions, each scaled so that V is their plain sum of squares. `gram` is
    R'R when that is the smaller one, else None.
    """

    rows: np.ndarray
    gram: np.ndarray | None
    bias: float
    norm: float

    @classmethod
    def of(cls, counts: np.ndarray, correction: str) -> "_BagForm":
        n_trees, n = counts.shape
        deviation = counts - counts.mean(axis=0)
        unseen = counts == 0
        n_unseen = unseen.sum(axis=0)
        after = unseen / np.maximum(n_unseen, 1) - (n_unseen > 0) / n_trees
        rows = np.concatenate([deviation.T / n_trees, np.sqrt((n - 1) / n) * after.T])
        rows *= np.sqrt(0.5)
        gram = rows.T @ rows if n_trees <= 2 * n else None
        small = gram if gram is not None else rows @ rows.T
        if correction == "counts":
            seen_by_some = np.where(n_unseen > 0, n_trees / np.maximum(n_unseen, 1) - 1, 0)
            noise = deviation.var(axis=0).sum() + (n - 1) / n * seen_by_some.sum()
            bias = 0.5 * noise / (n_trees * (n_trees - 1))
        else:
            bias = 0.5 * np.e * (n - 1) / n_trees**2 if correction == "size" else 0.0
        # |R'R - bias I|_F, from whichever of R'R and RR' is at hand: same non-zero eigenvalues
        square = (small**2).sum() - 2 * bias * np.trace(small) + bias**2 * n_trees
        return cls(rows, gram, bias, np.sqrt(max(square, 0.0)))

    def value(self, centred: np.ndarray) -> np.ndarray:
        """Return the uncorrected sums (IJ + J) / 2 of queries, shape (n_queries,)."""
        if self.gram is not None:
            return np.einsum("qb,qb->q", centred @ self.gram, centred)
        return ((centred @ self.rows.T) ** 2).sum(axis=1)

    def largest_row(self, centred: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the largest corrected contribution of a training row, made positive."""
        n = len(self.rows) // 2
        result = np.empty(len(centred))
        step = max(1, _BLOCK // (2 * n))
        for start in range(0, len(centred), step):
            block = slice(start, start + step)
            squares = (centred[block] @ self.rows.T) ** 2
            rows = squares[:, :n] + squares[:, n:] - (self.bias / n * scale[block])[:, None]
            largest = rows.max(axis=1)
            result[block] = np.where(largest > 0, largest, np.abs(rows.min(axis=1)))
        return result


def _check(tree_predictions: ArrayLike, inbag_counts: ArrayLike, correction: str) -> tuple:
    """Return the predictions as (n_queries, n_trees), the counts, and a 3-d input's outer shape."""
    if correction not in CORRECTIONS:
        raise ValueError(f"correction must be one of {CORRECTIONS}, got {correction!r}")
    trees = np.asarray(tree_predictions, dtype=float)
    counts = np.asarray(inbag_counts, dtype=float)
    if counts.ndim != 2 or min(counts.shape) < 2:
        raise ValueError(
            "inbag_counts must be (n_trees, n_train) with at least two of each, got shape "
            f"{counts.shape}"
        )
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("inbag_counts holds NaN, infinity or a negative count")
    if trees.ndim not in (2, 3) or trees.shape[1] != len(counts):
        raise ValueError(
            f"tree_predictions must be (n_samples, {len(counts)} trees) or (n_samples, "
            f"{len(counts)} trees, n_targets) to fit inbag_counts, got shape {trees.shape}"
        )
    if not np.isfinite(trees).all():
        raise ValueError("tree_predictions contains NaN or infinity")
    if trees.ndim == 2:
        return trees, counts, None
    outer = (trees.shape[0], trees.shape[2])
    return trees.transpose(0, 2, 1).reshape(-1, len(counts)), counts, outer


def _warn_if_noisy(variance: np.ndarray, noise: np.ndarray, n_trees: int) -> None:
    """Warn when the median estimate is mostly Monte-Carlo noise; its SD falls as 1 / n_trees."""
    if not len(variance) or not noise.any():
        return
    relative = np.median(noise) / max(np.median(variance), np.finfo(float).tiny)
    if relative > 0.3:
        wanted = min(int(np.ceil(n_trees * relative / 0.3 / 100) * 100), 1_000_000)
        warnings.warn(
            f"the jackknife variance from {n_trees} trees is noisy (its Monte-Carlo standard "
            f"deviation is {relative:.1f} times the estimate in the median); about {wanted} trees "
            "would bring that below 0.3",
            UserWarning,
            stacklevel=3,
        )
