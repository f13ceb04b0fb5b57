"""What the forest's kernels take: features in bins, labels as fixed-point numbers."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array
from sklearn.utils import gen_batches

from tlhelpers.forests._engine.nodes import N_BINS, Labels

Binned = tuple[Array, Array, Array, Array]
_BLOCK = 20_000  # values that are binned at once: all at once takes longer with many rows


def bin_features(X: Array) -> Binned:
    """Return the bins (n, p), their number (p,), and the lowest and highest value in each (p, 256).

    Up to 256 distinct values have a bin each. More share bins of about equally many rows, but
    frequent values keep bins of their own.
    """
    columns = np.ascontiguousarray(X.T)
    bins, n_bins = np.empty(columns.shape, np.uint8), np.empty(len(columns), np.int64)
    lowest, highest = np.zeros((2, len(columns), N_BINS))
    for some in gen_batches(len(columns), max(1, _BLOCK // len(X))):
        part = columns[some]
        order = np.argsort(part)
        in_order = np.take_along_axis(part, order, axis=1)
        is_first = np.ones(part.shape, bool)  # of equal values
        np.not_equal(in_order[:, 1:], in_order[:, :-1], out=is_first[:, 1:])
        for many in np.flatnonzero(is_first.sum(axis=1) > N_BINS):
            is_first[many] = _first_of_bins(is_first[many])
        number = is_first.cumsum(axis=1) - 1
        n_bins[some] = number[:, -1] + 1
        np.put_along_axis(bins[some], order, number.astype(np.uint8), axis=1)
        for bound, there in ((lowest, is_first), (highest, np.roll(is_first, -1, axis=1))):
            f, i = np.nonzero(there)
            bound[some][f, number[f, i]] = in_order[f, i]
    return np.ascontiguousarray(bins.T), n_bins, lowest, highest


def join_bins(some: Binned, others: Binned) -> Binned:
    """Return the features of two tables of the same rows, one after the other."""
    bins, n_bins, lowest, highest = zip(some, others, strict=True)
    return np.hstack(bins), np.hstack(n_bins), np.vstack(lowest), np.vstack(highest)


def _first_of_bins(is_first: Array) -> Array:
    """Tell of sorted values, of which more than 256 are distinct, at which a bin begins."""
    first = np.flatnonzero(is_first)
    size = np.minimum(np.diff(first, append=is_first.size), 2 * is_first.size / N_BINS)
    middle = np.cumsum(size) - size / 2
    begins = np.zeros_like(is_first)
    begins[first[np.flatnonzero(np.diff(middle * N_BINS // size.sum(), prepend=-1))]] = True
    return begins


class FixedPointLabels(NamedTuple):
    """The labels of all tasks for the kernels, and the way back to values and impurities."""

    row: Array  # the row that each label stands in
    channel: Array
    table: Labels
    start: Array  # as in `Tasks`
    first: Array
    bits: int  # of a weight in a pair
    offset: Array  # (n_tasks,): a label is offset + unit * the value of a node
    unit: Array
    in_bag: Array  # (n_trees, n_tasks): weight of the labels
    score_unit: Array  # (n_trees, n_tasks): a kept score times this is that of the bag's z-scores

    @property
    def edges(self) -> Array:
        """Where the labels of each channel start, and where the last ones end."""
        return np.searchsorted(self.channel, np.arange(self.start[-1] + 1))


def fixed_point_labels(
    labels: Array, n_classes: Array, bags: Array, weight: Array | None, n_features: int
) -> FixedPointLabels:
    """Turn labels (n, n_tasks) into integers; the arguments are those of `ForestEngine.fit`.

    The bins of a row start at n_features times its number. Weights of one are the last bits of a
    pair, as many as no sum over a bag exceeds, and z-scores, rounded, the others. Other weights
    and their moments are the parts of a complex number, whose sums over a bag stay below 2^52. A
    bag without a label of a task is a ValueError.
    """
    labels, is_class = np.asarray(labels, dtype=np.float64), np.asarray(n_classes) > 0
    is_plain = weight is None or bool((np.asarray(weight) == 1).all())
    weight = np.ones(len(labels)) if weight is None else np.asarray(weight, np.float64)
    known = ~np.isnan(labels) & (weight > 0)[:, None]
    w, y = known * weight[:, None], np.where(known, labels, 0)
    bags = bags.astype(np.float64)
    in_bag = bags @ w
    if not (in_bag > 0).all():
        raise ValueError("bag {} holds no label of task {}".format(*np.argwhere(in_bag <= 0)[0]))
    mean = (w * y).sum(axis=0) / w.sum(axis=0)
    spread = np.sqrt((w * (y - mean) ** 2).sum(axis=0) / w.sum(axis=0))
    constant = spread <= 1e-14 * np.abs(mean)
    spread[constant] = 1
    offset, unit = np.where(is_class, 0, mean), np.where(is_class, 1, spread)
    # A class is a channel in which its label is 1. Only the unit of the z-scores is the bag's own:
    # no split depends on where they have their zero.
    z = np.where(is_class, 1, np.where(constant, 0, (y - mean) / spread))
    variance = bags @ (w * z**2) / in_bag - (bags @ (w * z) / in_bag) ** 2
    variance = np.where(is_class, 1, np.maximum(variance, 1e-14))

    known &= bags.max(axis=0)[:, None] > 0  # a heavy row that no bag holds could overflow
    row, task = np.nonzero(known)
    start = np.append(0, np.cumsum(np.maximum(n_classes, 1)))
    channel = start[task] + (is_class[task] * y[known]).astype(np.int64)
    largest = np.maximum(in_bag, bags @ np.abs(w * z)).max()
    bits = int(in_bag.max()).bit_length() if is_plain else 0
    scale = 2.0 ** np.floor(min(62 - bits, 52) - np.log2(largest))
    moment = np.rint((w * z)[known] * scale)
    if is_plain:
        pair, score_unit = (moment.astype(np.int64) << bits) + 1, scale**-2.0 / variance
    else:
        pair, score_unit = np.rint(w[known] * scale) + 1j * moment, 1 / scale / variance
    order = np.lexsort([row, y[known], channel])
    first = np.full(len(labels), -1)
    first[row[::-1]] = channel[::-1]
    table = Labels(row[order] * n_features, pair[order], z[known][order])
    way = offset, unit, in_bag, score_unit
    return FixedPointLabels(row[order], channel[order], table, start, first, bits, *way)
