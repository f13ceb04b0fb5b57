"""What the forest's kernels take: features in bins, labels as fixed-point numbers."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from tlhelpers.forests._engine.kernels import N_BINS, Labels


def bin_features(X: Array) -> tuple[Array, Array, Array]:
    """Return the bins (n, p), and the lowest and highest value in each (p, 256).

    Up to 256 distinct values have a bin each. More share bins of about equally many rows, but
    frequent values keep bins of their own.
    """
    bins = np.empty(X.shape, np.uint8)
    lowest, highest = np.zeros((2, X.shape[1], N_BINS))
    for f, x in enumerate(X.T):
        values, counts = np.unique(x, return_counts=True)
        first = np.arange(values.size)
        if values.size > N_BINS:
            size = np.minimum(counts, 2 * x.size / N_BINS)
            middle = np.cumsum(size) - size / 2
            first = np.flatnonzero(np.diff(middle * N_BINS // size.sum(), prepend=-1))
        lowest[f, : first.size] = values[first]
        highest[f, : first.size] = values[np.append(first[1:], values.size) - 1]
        bins[:, f] = np.searchsorted(values[first], x, side="right") - 1
    return bins, lowest, highest


class FixedPointLabels(NamedTuple):
    """The labels of all tasks for the kernels, and the way back to values and impurities."""

    row: Array  # the row that each label stands in
    table: Labels
    start: Array  # as in `Tasks`
    owner: Array
    offset: Array  # (n_tasks,): a label is offset + unit * the value of a node
    unit: Array
    in_bag: Array  # (n_trees, n_tasks): weight of the labels
    score_unit: Array  # (n_trees, n_tasks): a kept score times this is that of the bag's z-scores

    def of_bag(self, bag: Array) -> Labels:
        """Return the labels that a bag holds, weighted by its counts (n,)."""
        held = np.flatnonzero(bag[self.row])
        own, count = Labels(*(column[held] for column in self.table)), bag[self.row[held]]
        return own._replace(weight=own.weight * count, moment=own.moment * count)


def fixed_point_labels(
    labels: Array, n_classes: Array, bags: Array, weight: Array | None, n_features: int
) -> FixedPointLabels:
    """Turn labels (n, n_tasks) into integers; the arguments are those of `ForestEngine.fit`.

    The bins of a row start at n_features times its number.
    Weights and z-scores are multiplied by the largest power of two at which no sum over a bag
    exceeds 2^61, and rounded. A bag without a label of a task is a ValueError.
    """
    labels, is_class = np.asarray(labels, dtype=np.float64), np.asarray(n_classes) > 0
    weight = np.ones(len(labels)) if weight is None else np.asarray(weight, np.float64)
    known = ~np.isnan(labels) & (weight > 0)[:, None]
    w, y = known * weight[:, None], np.where(known, labels, 0)
    bags = bags.astype(np.float64)
    in_bag = bags @ w
    if not (in_bag > 0).all():
        raise ValueError("bag {} holds no label of task {}".format(*np.argwhere(in_bag <= 0)[0]))
    mean = (w * y).sum(axis=0) / w.sum(axis=0)
    spread = np.sqrt((w * (y - mean) ** 2).sum(axis=0) / w.sum(axis=0))
    constant = np.isclose(spread, 0, atol=1e-14 * np.abs(mean))
    spread[constant] = 1
    offset, unit = np.where(is_class, 0, mean), np.where(is_class, 1, spread)
    # A class is a channel in which its label is 1. Only the unit of the z-scores is the bag's own:
    # no split depends on where they have their zero.
    z = np.where(is_class, 1, np.where(constant, 0, (y - mean) / spread))
    variance = bags @ (w * z**2) / in_bag - (bags @ (w * z) / in_bag) ** 2
    variance = np.where(is_class, 1, np.maximum(variance, 1e-14))
    scale = 2.0 ** np.floor(61 - np.log2(np.maximum(in_bag, bags @ np.abs(w * z)).max()))

    known &= bags.max(axis=0)[:, None] > 0  # a heavy row that no bag holds could overflow
    row, task = np.nonzero(known)
    start = np.append(0, np.cumsum(np.maximum(n_classes, 1)))
    channel = start[task] + (is_class[task] * y[known]).astype(np.int64)
    rank = np.unique(y[known], return_inverse=True)[1]
    weight, moment = np.rint(w[known] * scale), np.rint((w * z)[known] * scale)
    columns = row * n_features, channel, weight, moment, rank, np.diff(row, prepend=-1) != 0
    by_value = np.argsort(rank, kind="stable")
    table = Labels(*(column[by_value].astype(np.int64) for column in columns))
    owner = np.repeat(np.arange(len(unit)), np.diff(start))
    score_unit = 1 / scale / variance
    return FixedPointLabels(row[by_value], table, start, owner, offset, unit, in_bag, score_unit)
