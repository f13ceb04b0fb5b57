"""The engine of the multi-task forest: arrays in, per-tree values out."""

import itertools
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib.parallel import get_active_backend
from numpy import ndarray as Array

from tlhelpers import _kernels
from tlhelpers._kernels import N_BINS, NO_LABEL, OPEN, Labels, Tasks, Tree

_CHUNK = 2**22  # tree values made at a time: 32 MB
_FEW = 512  # queries that are not worth the start of a thread


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


def mean_over_trees(values: Array) -> Array:
    """Return the mean over axis 0: for a query alone, to the last bit what it is among others."""
    if values.shape[1] == 1:  # else numpy would add up along memory, in another order
        return np.repeat(values, 2, axis=1).mean(axis=0)[:1]
    return values.mean(axis=0)


@dataclass(eq=False)
class ForestEngine:
    """Random forest for regression and classification tasks together, with missing labels.

    A split leaves at least `min_samples_leaf` distinct in-bag rows (with a label of any task) on
    either side. A task with no more labels than this in a node, or one value only, is settled: it
    has no say in further splits and its view stops. With one task this is scikit-learn's rule;
    with several a leaf may hold fewer labels of a task, but at least one.

    After fit, `importances` (n_features, n_tasks) holds the impurity decrease a unit of label
    weight, summed over the splits on a feature: variance of the z-score (at most 1 a task in all)
    or Gini impurity. Mean over the trees.
    """

    max_features: float | int | None = 1 / 3  # drawn a split: a share, a number, or None for all
    min_samples_leaf: int = 1
    max_depth: int | None = None
    n_jobs: int | None = None  # threads; the result does not depend on them

    def fit(
        self,
        X: Array,
        labels: Array,
        n_classes: Array,
        bags: Array,
        *,
        task_weights: Array | None = None,
        sample_weight: Array | None = None,
        seed: int | list[int] | None = None,
    ) -> "ForestEngine":
        """Grow a tree on each bag.

        X (n, p) is finite; labels (n, n_tasks) are NaN where missing, classes are codes 0, 1, ...;
        n_classes (n_tasks,) is 0 for a regression task; bags (n_trees, n) are those of `draw_bags`;
        task_weights (n_tasks,) weigh the impurities in the choice of a split; a row of
        sample_weight 0 (n,) is not seen. A bag without a label of a task is a ValueError.
        """
        _announce_compilation()
        X, self._bags = np.asarray(X, dtype=np.float64), np.asarray(bags, dtype=np.int32)
        self._is_class = np.asarray(n_classes) > 0
        self._bins, self._lowest, highest = bin_features(X)
        row, known, tasks, offset, unit, z_unit, in_bag = self._encode(
            np.asarray(labels, dtype=np.float64), n_classes, sample_weight
        )
        voices = z_unit * (1 if task_weights is None else np.asarray(task_weights))
        n_drawn = X.shape[1] if self.max_features is None else self.max_features
        if not isinstance(n_drawn, int | np.integer):
            n_drawn = max(1, int(n_drawn * X.shape[1]))
        max_depth = np.iinfo(np.int64).max if self.max_depth is None else self.max_depth
        setting = int(n_drawn), int(self.min_samples_leaf), int(max_depth)
        seeds = np.random.SeedSequence(seed).generate_state(len(bags), np.uint64)

        def grow(b):
            held = np.flatnonzero(self._bags[b, row])
            own, count = Labels(*(column[held] for column in known)), self._bags[b, row[held]]
            for sums in (own.weight, own.moment):
                sums *= count
            heard = tasks._replace(voice=voices[b])
            return _kernels.grow_tree(
                self._bins.ravel(), self._lowest, highest, own, heard, setting, seeds[b]
            )

        parts = [range(len(bags))[part] for part in self._parts(len(bags))]
        grown = itertools.chain(*self._run(lambda part: [grow(b) for b in part], parts))
        trees, states, importances = zip(*grown, strict=True)
        units = (z_unit / in_bag)[:, None, :]
        self.importances = np.mean(importances * units, axis=0)
        forest, self._roots = _join(trees)
        state = np.concatenate(states)
        all_tasks = range(len(self._is_class))
        self._views = self._run(lambda t: _view(forest, state, tasks, t), all_tasks)
        for t, view in enumerate(self._views):
            view.value[:] = offset[t] + unit[t] * view.value
        return self

    def tree_values(self, X: Array, task: int) -> Array:
        """Return every tree's prediction: (n_trees, m), or (n_trees, m, n_classes)."""
        return np.concatenate(self._over_chunks(X, task, lambda values, rows: values), axis=1)

    def predict(self, X: Array, task: int) -> Array:
        """Return the mean over the trees: (m,), or (m, n_classes) of a classification task."""
        means = self._over_chunks(X, task, lambda values, rows: mean_over_trees(values))
        return np.concatenate(means)

    def oob_predict(self, task: int) -> Array:
        """Return the mean over the trees that have not seen a training row; NaN if all have."""

        def mean_unseen(values, rows):
            unseen = (self._bags[:, rows] == 0).astype(np.float64)
            with np.errstate(invalid="ignore"):
                return np.einsum("bm,bm...->m...", unseen / unseen.sum(axis=0), values)

        # The lowest value of its bin takes the same way through a tree as the value itself.
        X = self._lowest[np.arange(len(self._lowest)), self._bins]
        return np.concatenate(self._over_chunks(X, task, mean_unseen))

    def _encode(self, labels: Array, n_classes: Array, weight: Array | None) -> tuple:
        """Turn the labels into what the kernels take.

        Returns the row of each label, the labels, the tasks, what makes a label of a value (offset
        and unit by task), and by bag and task: unit of the kept score, label weight.
        """
        weight = np.ones(len(labels)) if weight is None else np.asarray(weight, np.float64)
        known = ~np.isnan(labels) & (weight > 0)[:, None]
        w, y = known * weight[:, None], np.where(known, labels, 0)
        bags = self._bags.astype(np.float64)
        in_bag = bags @ w
        if not (in_bag > 0).all():
            raise ValueError(
                "bag {} holds no label of task {}".format(*np.argwhere(in_bag <= 0)[0])
            )
        offset = (w * y).sum(axis=0) / w.sum(axis=0)
        spread = np.sqrt((w * (y - offset) ** 2).sum(axis=0) / w.sum(axis=0))
        spread[np.isclose(spread, 0, atol=1e-14 * np.abs(offset))] = 1
        z = (y - offset) / spread
        # The z-score within a bag is z in another unit.
        variance = bags @ (w * z**2) / in_bag - (bags @ (w * z) / in_bag) ** 2
        fixed_weight, w_scale = _fixed_point(w, bags)
        moment, scale = _fixed_point(w * z, bags)
        moment = np.where(self._is_class, fixed_weight, moment)
        z_unit = np.where(
            self._is_class, 1 / w_scale, w_scale / scale**2 / np.maximum(variance, 1e-14)
        )
        offset = np.where(self._is_class, 0, offset)
        unit = np.where(self._is_class, 1, spread * w_scale / scale)

        row, task = np.nonzero(known)
        start = np.append(0, np.cumsum(np.maximum(n_classes, 1)))
        channel = start[task] + self._is_class[task] * y[known].astype(np.int64)
        rank = np.unique(y[known], return_inverse=True)[1]
        is_first, place = np.diff(row, prepend=-1) != 0, row * self._bins.shape[1]
        columns = place, channel, fixed_weight[known], moment[known], rank, is_first
        by_value = np.argsort(rank, kind="stable")
        table = Labels(*(column[by_value].astype(np.int64) for column in columns))
        owner = np.repeat(np.arange(task.max() + 1), np.diff(start))
        tasks = Tasks(start, owner, z_unit[0])
        return row[by_value], table, tasks, offset, unit, z_unit, in_bag

    def _n_threads(self) -> int:
        """Return what joblib makes of `n_jobs` where it is asked for threads."""
        backend, default = get_active_backend(prefer="threads")
        return backend.effective_n_jobs(default if self.n_jobs is None else self.n_jobs)

    def _run(self, function: Callable, parts: Iterable) -> list:
        """Call the function for each part, without `joblib.Parallel`, which polls for results."""
        with ThreadPoolExecutor(self._n_threads()) as pool:
            return list(pool.map(function, parts))

    def _over_chunks(self, X: Array, task: int, reduce: Callable) -> list:
        """Return `reduce(tree values, rows)` of each chunk of rows; threads share out the trees."""
        X = np.ascontiguousarray(X, dtype=np.float64)
        trees, roots = self._views[task], self._roots
        n_channels = trees.value.shape[1]
        step = max(1, _CHUNK // (roots.size * n_channels))
        results = []
        for rows in (slice(i, i + step) for i in range(0, max(len(X), 1), step)):
            values = np.empty((roots.size, len(X[rows]), n_channels))

            def answer(part, rows=rows, values=values):
                _kernels.apply_trees(trees, roots[part], X[rows], values[part])

            if len(X) <= _FEW:
                answer(slice(None))
            else:
                self._run(answer, self._parts(roots.size))
            results.append(reduce(values if self._is_class[task] else values[:, :, 0], rows))
        return results

    def _parts(self, n_trees: int) -> list[slice]:
        """Cut the trees into a few parts a thread."""
        edges = np.linspace(0, n_trees, 4 * self._n_threads() + 1).astype(int)
        return [slice(*pair) for pair in itertools.pairwise(edges)]


def _fixed_point(amount: Array, bags: Array) -> tuple[Array, float]:
    """Return round(amount * scale), and the largest power of two at which no bag overflows."""
    scale = 2.0 ** np.floor(61 - np.log2(max((bags @ np.abs(amount)).max(), 1e-100)))
    return np.rint(amount * scale).astype(np.int64), scale


def _join(trees: tuple[Tree, ...]) -> tuple[Tree, Array]:
    """Put trees into one, and return where each of them starts."""
    roots = np.cumsum([0] + [tree.child.size for tree in trees[:-1]])
    moved = [t._replace(child=t.child + np.uint32(r)) for t, r in zip(trees, roots, strict=True)]
    return Tree(*map(np.concatenate, zip(*moved, strict=True))), roots


def _view(trees: Tree, state: Array, tasks: Tasks, task: int) -> Tree:
    """Return trees as a task sees them.

    They stop where a node settles the task, and follow the only child that holds labels of it
    (an infinite threshold sends every query there).
    """
    itself = np.arange(trees.child.size, dtype=np.uint32)
    child = np.where(state[:, task] == OPEN, trees.child, itself)
    left, right = np.minimum([child, child + 1], child.size - 1)
    threshold = np.where(state[left, task] == NO_LABEL, -np.inf, trees.threshold)
    threshold[(child == itself) | (state[right, task] == NO_LABEL)] = np.inf
    value = trees.value[:, tasks.start[task] : tasks.start[task + 1]].copy()
    return Tree(trees.feature, threshold, child, value)


def _announce_compilation() -> None:
    """Say why the first fit after an installation takes longer."""
    cache = Path(str(_kernels.grow_tree.stats.cache_path))
    if not _kernels.grow_tree.signatures and not any(cache.glob("_kernels.grow_tree*")):
        print("tlhelpers: compiling the forest, once, about 20 s ...", file=sys.stderr, flush=True)
