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
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import RandomForestRegressor

from tlhelpers.forests._engine.threads import run_in_threads

CORRECTIONS = ("counts", "size", "none")
_BLOCK = 2**19  # numbers in one block of queries: 4 MB
_RANGE = 1e100  # beyond it, or below its inverse, squares of squares have no float
_LARGE = 2**20  # bag counts above which the largest contribution is sought along one axis,
_AXIS = 1.42  # the longer one of the noise of (C_i, -D_i): [1, 1.42] of [[1, 1], [1, e - 1]]


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
        positive, else minus the smallest), and a warning says how many trees would do. Above a
        million bag counts the search is a shorter one: of bootstrap bags it finds the largest or
        one within about a tenth of it (with fewer than ten trees, half).
    monte_carlo_sd : numpy.ndarray, same shape
        Only with `return_monte_carlo_sd`: sqrt(max(4 sum_b (u_b - mean u)^2 - Q, Q)), with
        u_b = c_b (M c)_b the share of tree b in V and Q = 2 (||M||_F S / (B-1))^2. Q is the
        variance of the quadratic form if the trees' predictions were independent of the bags;
        the first term is what single trees move, a jackknife over trees, which counts Q twice.

    Raises
    ------
    ValueError
        Shapes that do not fit, fewer than two trees or rows, bags that are all the same,
        predictions beyond 1e-100 to 1e100, or an unknown correction.
    """
    trees, counts, several = _check(tree_predictions, inbag_counts, correction)
    variance, noise = BagForm.of(counts, correction).variance(trees)
    warn_if_noisy(variance, noise, len(counts), stacklevel=3)
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
    counts = np.empty((len(forest.estimators_), forest._n_samples), dtype=np.int32)
    for bag, rows in zip(counts, forest.estimators_samples_, strict=True):
        bag[:] = np.bincount(rows, minlength=len(bag))

    def predict(tree):
        return tree.predict(X, check_input=False)

    trees = np.stack(run_in_threads(predict, forest.estimators_, forest.n_jobs), axis=1)
    return np.asarray(jackknife_variance(trees, counts, correction))


@dataclass(frozen=True)
class BagForm:
    """The quadratic form of one bag matrix: V = |c W|^2 - bias S, W the weights of the row scores.

    W is (n_trees, 2 n_train), see `_weights`, and made in blocks of training rows where needed.
    `gram` is W W' when that is the smaller one, else None.
    """

    counts: np.ndarray
    n_unseen: np.ndarray
    gram: np.ndarray | None
    bias: float
    norm: float

    @property
    def nbytes(self) -> int:
        """The memory that it holds."""
        return self.counts.nbytes + (0 if self.gram is None else self.gram.nbytes)

    @classmethod
    def of(cls, counts: np.ndarray, correction: str) -> "BagForm":
        n_trees, n = counts.shape
        if (counts == counts[0]).all():
            raise ValueError(
                f"all {n_trees} bags hold the same rows equally often: the jackknife needs bags "
                "that differ; grow more trees, or give more rows"
            )
        if counts.dtype.kind in "iu":
            counts = counts.astype(np.min_scalar_type(counts.max()))  # a byte each
        n_unseen = np.count_nonzero(counts == 0, axis=0)
        gram = None
        if n_trees <= 2 * n:
            gram = small = np.zeros((n_trees, n_trees))
            for block in _blocks(n, n_trees):
                weights = _weights(counts[:, block], n_unseen[block], n)
                gram += weights @ weights.T
        else:
            weights = _weights(counts, n_unseen, n)
            small = weights.T @ weights
        # The trace is 1/2 sum_i [var_b(N_bi) + (n-1)/n (B/B_i - 1)] / B
        bias = {
            "counts": np.trace(small) / (n_trees - 1),
            "size": 0.5 * np.e * (n - 1) / n_trees**2,
            "none": 0.0,
        }[correction]
        # |WW' - bias I|_F, from whichever of WW' and W'W is at hand: same non-zero eigenvalues
        square = (small**2).sum() - 2 * bias * np.trace(small) + bias**2 * n_trees
        return cls(counts, n_unseen, gram, bias, np.sqrt(max(square, 0.0)))

    def variance(self, trees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the estimate and its Monte-Carlo SD for each row of (n_queries, n_trees)."""
        variance, noise = np.empty(len(trees)), np.empty(len(trees))
        step = max(1, _BLOCK // len(self.counts))
        for start in range(0, len(trees), step):
            block = slice(start, start + step)
            centred = trees[block] - trees[block].mean(axis=1, keepdims=True)
            scale = (centred**2).sum(axis=1)
            shares = self.shares(centred)
            variance[block] = shares.sum(axis=1) - self.bias * scale
            rounding = 1e-12 * self.bias * scale  # of two large terms; at B = 2 they are equal
            low = np.flatnonzero(variance[block] <= rounding)
            shares -= self.bias * centred**2
            shares /= np.where(scale > 0, scale, 1)[:, None]  # squares of squares could overflow
            shares -= shares.mean(axis=1, keepdims=True)
            chance = 2 * (self.norm / (len(self.counts) - 1)) ** 2
            relative = np.maximum(4 * (shares**2).sum(axis=1) - chance, chance)
            noise[block] = np.sqrt(relative) * scale
            if len(low):
                variance[start + low] = self.largest_row(centred[low], scale[low])
        return variance, noise

    def shares(self, centred: np.ndarray) -> np.ndarray:
        """Return what each tree has in the uncorrected sum (IJ + J) / 2 of a query.

        Shape (n_queries, n_trees).
        """
        if self.gram is not None:
            return centred * (centred @ self.gram)
        weights = _weights(self.counts, self.n_unseen, self.counts.shape[1])
        return centred * (centred @ weights @ weights.T)

    def largest_row(self, centred: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return the largest corrected contribution of a training row, made positive."""
        noise = self.bias / self.counts.shape[1] * scale
        result = self._extreme_row(centred, scale, np.argmax) - noise
        low = np.flatnonzero(result <= 0)
        if len(low):
            smallest = self._extreme_row(centred[low], scale[low], np.argmin)
            result[low] = np.maximum(noise[low] - smallest, 0)  # both are found but for rounding
        return result

    def _extreme_row(self, centred: np.ndarray, scale: np.ndarray, find: Callable) -> np.ndarray:
        """Return the extreme uncorrected contribution: found in single precision, then exact."""
        n = self.counts.shape[1]
        direction = centred / np.sqrt(np.where(scale > 0, scale, 1))[:, None]
        direction = direction.astype(np.float32)
        place, queries = np.zeros(len(centred), dtype=np.intp), np.arange(len(centred))
        found = np.full((2, len(centred)), np.inf if find is np.argmin else -np.inf, np.float32)
        for block in _blocks(n, max(centred.shape)):
            if self.counts.size > _LARGE and find is np.argmax:
                scores = direction @ self._axis(block)
                np.abs(scores, out=scores)
            else:
                weights = _weights(self.counts[:, block], self.n_unseen[block], n, np.float32)
                scores = _row_scores(direction, weights)
            here = find(scores, axis=1)
            found[1] = scores[queries, here]
            better = find(found, axis=0) == 1
            found[0, better] = found[1, better]
            place[better] = block.start + here[better]
        weights = _weights(self.counts[:, place], self.n_unseen[place], n)
        pairs = np.einsum("qb,bkq->kq", centred, weights.reshape(len(weights), 2, -1))
        return (pairs**2).sum(axis=0)

    def _axis(self, block: slice) -> np.ndarray:
        """Return weights of the sum of C_i and -D_i along the longer axis of their noise.

        Shape (n_trees, rows). A row that decides the predictions lies near this axis as well: to
        see it once more moves them one way, not to see it the other. So one product does for two.
        """
        n_trees, n = self.counts.shape
        weights = self.counts[:, block].astype(np.float32)
        unseen = _AXIS * np.sqrt((n - 1) / n) * n_trees / np.maximum(self.n_unseen[block], 1)
        weights -= (weights == 0) * unseen.astype(np.float32)
        return weights


def _blocks(n: int, width: int) -> Iterator[slice]:
    """Cut n training rows into blocks, so that a block times the width is of moderate size."""
    step = max(1, _BLOCK // width)
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def _weights(
    counts: np.ndarray, n_unseen: np.ndarray, n: int, dtype: type = np.float64
) -> np.ndarray:
    """Return what turns centred predictions into the C_i and D_i of some training rows.

    Shape (n_trees, 2 rows), each scaled so that V is the plain sum of squares over all n rows.
    """
    rows = counts.shape[1]
    weights = np.empty((len(counts), 2 * rows), dtype)
    np.multiply(counts, 1 / len(counts), out=weights[:, :rows], casting="same_kind")
    np.equal(counts, 0, out=weights[:, rows:])
    weights[:, rows:] *= np.sqrt((n - 1) / n) / np.maximum(n_unseen, 1)
    weights -= weights.mean(axis=0)
    weights *= np.sqrt(0.5)
    return weights


def _row_scores(centred: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (C_i^2 + (n-1)/n D_i^2) / 2, shape (n_queries, rows)."""
    pairs = centred @ weights
    pairs *= pairs
    rows = weights.shape[1] // 2
    pairs[:, :rows] += pairs[:, rows:]
    return pairs[:, :rows]


def _check(tree_predictions: ArrayLike, inbag_counts: ArrayLike, correction: str) -> tuple:
    """Return the predictions as (n_queries, n_trees), the counts, and a 3-d input's outer shape."""
    if correction not in CORRECTIONS:
        raise ValueError(f"correction must be one of {CORRECTIONS}, got {correction!r}")
    trees = np.asarray(tree_predictions, dtype=float)
    counts = np.asarray(inbag_counts)
    if counts.dtype.kind not in "iu":
        counts = counts.astype(float)
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
    for name, values in {"tree_predictions": trees, "inbag_counts": counts}.items():
        largest = max(values.max(initial=0), -values.min(initial=0))
        if largest > _RANGE or 0 < largest < 1 / _RANGE:
            raise ValueError(
                f"{name} are at most {largest:.3g} in size: give them in a unit in which the "
                "largest is between 1e-100 and 1e100"
            )
    if trees.ndim == 2:
        return trees, counts, None
    outer = (trees.shape[0], trees.shape[2])
    return trees.transpose(0, 2, 1).reshape(-1, len(counts)), counts, outer


def warn_if_noisy(variance: np.ndarray, noise: np.ndarray, n_trees: int, stacklevel: int) -> None:
    """Warn when the median estimate is mostly Monte-Carlo noise.

    Its SD falls as 1 / n_trees where the estimate is small, later as the root of that.
    """
    middle = np.median(noise) if len(noise) else 0.0
    if not middle:
        return
    relative = middle / max(np.median(variance), 1e-6 * middle)  # of zero, a million times
    if relative > 0.3:
        wanted = min(int(np.ceil(n_trees * relative / 0.3 / 100) * 100), 1_000_000)
        warnings.warn(
            f"the jackknife variance from {n_trees} trees is noisy (its Monte-Carlo standard "
            f"deviation is {relative:.1f} times the estimate in the median); it takes {wanted} "
            "trees at least to bring that below 0.3",
            UserWarning,
            stacklevel=stacklevel,
        )
