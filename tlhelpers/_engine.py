"""The engine of the multi-task forest: arrays in, per-tree values out."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs

from tlhelpers import _kernels
from tlhelpers._kernels import MOMENT, N_BINS, NO_LABEL, OPEN, WEIGHT, Tasks, Tree

_CHUNK = 512  # queries that a thread answers at a time


def draw_bags(
    labelled: np.ndarray, n_trees: int, random_state: int | np.random.SeedSequence | None = None
) -> np.ndarray:
    """Draw the bootstrap sample of each tree, each from its own seed.

    A bag is drawn again until it holds a label of every task. All bags are drawn again, up to ten
    times, while every bag holds some row (but for the only row of a task); the draw with the
    fewest such rows counts. From about 30 trees there are none; with ten, expect 1% of the rows.

    Parameters
    ----------
    labelled : bool array (n, n_tasks)
        True where a label is known (and the row has a positive weight).

    Returns
    -------
    int32 array (n_trees, n)
        How often each bag holds each row.

    Raises
    ------
    ValueError
        If a task has no label, or 10,000 draws do not give a label of every task.
    """
    labelled = np.asarray(labelled, dtype=bool)
    if not labelled.any(axis=0).all():
        raise ValueError(f"task {np.argmin(labelled.any(axis=0))} has no label")
    can_be_out = labelled.any(axis=1) & ~labelled[:, labelled.sum(axis=0) == 1].any(axis=1)
    if not isinstance(random_state, np.random.SeedSequence):
        random_state = np.random.SeedSequence(random_state)
    generators = [np.random.default_rng(seed) for seed in random_state.spawn(n_trees)]
    fewest = labelled.size + 1
    for _ in range(10):
        bags = np.array([_draw_bag(labelled, generator) for generator in generators])
        n_always = np.count_nonzero(bags.all(axis=0) & can_be_out)
        if n_always < fewest:
            best, fewest = bags, int(n_always)
        if fewest == 0 or n_trees == 1:
            break
    return best


def _draw_bag(labelled: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw one bag that holds at least one label of every task."""
    n = len(labelled)
    for _ in range(10_000):
        bag = np.bincount(generator.integers(n, size=n), minlength=n)
        if labelled[bag > 0].any(axis=0).all():
            return bag.astype(np.int32)
    raise ValueError(
        f"10,000 bags hold no label of task {labelled.sum(axis=0).argmin()} or another"
    )


def bin_features(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the bins (n, p) and the lowest and highest value in each (p, 256).

    Up to 256 distinct values have a bin each. More share bins of about equally many rows, but for
    frequent values, which keep bins of their own.
    """
    n, p = X.shape
    bins = np.empty((n, p), np.uint8)
    lowest, highest = np.zeros((p, N_BINS)), np.zeros((p, N_BINS))
    for f in range(p):
        values, counts = np.unique(X[:, f], return_counts=True)
        first = np.arange(values.size)
        if values.size > N_BINS:
            size = np.minimum(counts, 2 * n / N_BINS)
            middle = np.cumsum(size) - size / 2
            first = np.flatnonzero(np.diff(middle * N_BINS // size.sum(), prepend=-1))
        lowest[f, : first.size] = values[first]
        highest[f, : first.size] = values[np.append(first[1:], values.size) - 1]
        bins[:, f] = np.searchsorted(values[first], X[:, f], side="right") - 1
    return bins, lowest, highest


class ForestEngine:
    """Random forest for regression and classification tasks together, with missing labels.

    Parameters
    ----------
    max_features : float in (0, 1], int or None
        Features drawn a split: a share (rounded down, at least 1), a number, or None for all.
        As in scikit-learn, drawing goes on until a valid split has been found.
    min_samples_leaf : int
        A split leaves at least so many distinct in-bag rows (with a label of any task) on either
        side. A task with no more labels than this in a node, or one value only, is settled: it
        has no say in further splits and its view stops. With one task this is scikit-learn's
        rule; with several a leaf may hold fewer labels of a task, but at least one.
    max_depth : int or None
    n_jobs : int or None
        Threads. The result does not depend on them.

    Attributes
    ----------
    importances : float array (n_features, n_tasks)
        Impurity decrease of the splits on a feature, summed, a unit of label weight: variance of
        the z-score (at most 1 a task) or Gini impurity; mean over the trees.
    """

    def __init__(
        self,
        *,
        max_features: float | int | None = 1 / 3,
        min_samples_leaf: int = 1,
        max_depth: int | None = None,
        n_jobs: int | None = None,
    ):
        self.max_features = max_features
        self.min_samples_leaf = min_samples_leaf
        self.max_depth = max_depth
        self.n_jobs = n_jobs

    def fit(
        self,
        X: np.ndarray,
        labels: np.ndarray,
        n_classes: np.ndarray,
        bags: np.ndarray,
        *,
        task_weights: np.ndarray | None = None,
        sample_weight: np.ndarray | None = None,
        seed: int | list[int] | None = None,
    ) -> "ForestEngine":
        """Grow a tree on each bag.

        Parameters
        ----------
        X : float array (n, p), finite
        labels : float array (n, n_tasks)
            NaN where missing. A classification task holds the codes 0, 1, ...
        n_classes : int array (n_tasks,)
            Number of classes, 0 for a regression task.
        bags : int array (n_trees, n)
            See `draw_bags`.
        task_weights : float array (n_tasks,), optional
            Weight of each task's impurity in the choice of a split.
        sample_weight : float array (n,), optional
            Rows of weight 0 are not seen.

        Raises
        ------
        ValueError
            If a bag holds no label of a task.
        """
        _announce_compilation()
        X, labels = np.asarray(X, dtype=np.float64), np.asarray(labels, dtype=np.float64)
        weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, float)
        voice = np.ones(labels.shape[1]) if task_weights is None else np.asarray(task_weights)
        self._n_classes, self._bags = np.asarray(n_classes), np.asarray(bags, dtype=np.int32)
        self._bins, self._lowest, highest = bin_features(X)
        row, table, tasks, offset, unit, gain_unit, voices = self._encode(labels, weight, voice)
        seeds = np.random.SeedSequence(seed).generate_state(len(bags), np.uint64) | np.uint64(1)
        setting = self._setting(X.shape[1])

        def grow(trees):
            return [grow_one(b) for b in trees]

        def grow_one(b):
            count = self._bags[b, row]
            own = table[:, count > 0]
            own[WEIGHT : MOMENT + 1] *= count[count > 0]
            heard = tasks._replace(voice=voices[b])
            tree, state, kept = _kernels.grow_tree(
                self._bins.ravel(), self._lowest, highest, own, heard, *setting, seeds[b]
            )
            left = np.minimum(tree.child, tree.child.size - 2)
            decrease = np.where(state == OPEN, kept[left] + kept[left + 1] - kept, 0)
            decrease[np.isinf(tree.threshold)] = 0
            by_feature = [np.bincount(tree.feature, d, X.shape[1]) for d in decrease.T]
            importance = np.transpose(by_feature) * gain_unit[b]
            return importance, [_view(tree, state, tasks, t) for t in range(len(voice))]

        n_parts = min(len(bags), 4 * effective_n_jobs(self.n_jobs))
        parts = self._run(grow, np.array_split(np.arange(len(bags)), n_parts))
        grown = [tree for part in parts for tree in part]
        self.importances = np.mean([importance for importance, _ in grown], axis=0)
        self._forests = [_join(views) for views in zip(*(v for _, v in grown), strict=True)]
        for t, (trees, _) in enumerate(self._forests):
            trees.value[:] = offset[t] + unit[t] * trees.value
        return self

    def tree_values(self, X: np.ndarray, task: int, tree: int | None = None) -> np.ndarray:
        """Return the prediction of every tree, or of one.

        The shape is (n_trees, m), or (n_trees, m, n_classes) of a classification task.
        """
        chunks = self._over_chunks(X, task, lambda values, rows: values, tree)
        return np.concatenate(chunks, axis=1)

    def predict(self, X: np.ndarray, task: int) -> np.ndarray:
        """Return the mean over the trees: (m,), or (m, n_classes) of a classification task."""
        return np.concatenate(self._over_chunks(X, task, lambda values, rows: values.mean(axis=0)))

    def oob_predict(self, task: int) -> np.ndarray:
        """Return the mean over the trees that have not seen a training row; NaN if all have."""
        # The lowest value of its bin takes the same way through a tree as the value itself.
        X = self._lowest[np.arange(len(self._lowest)), self._bins]

        def mean_unseen(values, rows):
            unseen = (self._bags[:, rows] == 0).astype(np.float64)
            with np.errstate(invalid="ignore"):
                unseen /= unseen.sum(axis=0)
            return np.einsum("bm,bm...->m...", unseen, values)

        return np.concatenate(self._over_chunks(X, task, mean_unseen))

    def _encode(self, labels: np.ndarray, weight: np.ndarray, voice: np.ndarray) -> tuple:
        """Turn the labels into the kernels' table.

        Returns the row of each label, the table, the tasks, what turns a value back into a label
        (offset and unit by task), and by bag and task the units of the gain and the voices.
        """
        is_class = self._n_classes > 0
        known = ~np.isnan(labels) & (weight > 0)[:, None]
        bags = self._bags.astype(np.float64)
        in_bag = bags @ (known * weight[:, None])
        if not (in_bag > 0).all():
            raise ValueError(
                "bag {} holds no label of task {}".format(*np.argwhere(in_bag <= 0)[0])
            )
        fixed_weight, weight_scale = _fixed_point(weight, bags)
        offset, unit = np.zeros(is_class.size), np.ones(is_class.size)
        gain_unit = 1 / (weight_scale * in_bag)
        moment, rank = np.zeros((2, *labels.shape), np.int64)
        for t in range(is_class.size):
            y = labels[known[:, t], t]
            rank[known[:, t], t] = y if is_class[t] else np.unique(y, return_inverse=True)[1]
            if not is_class[t]:
                spread = y.std() if np.ptp(y) > 0 else 1.0
                z = np.where(known[:, t], (labels[:, t] - y.mean()) / spread, 0)
                moment[:, t], scale = _fixed_point(weight * z, bags)
                offset[t], unit[t] = y.mean(), spread * weight_scale / scale
                # The z-score within a bag is z in another unit. A constant label adds nothing.
                mean = bags @ (weight * z) / in_bag[:, t]
                variance = bags @ (weight * z**2) / in_bag[:, t] - mean**2
                variance[variance < 1e-12] = np.inf
                gain_unit[:, t] *= (weight_scale / scale) ** 2 / variance
        row, task = np.nonzero(known)
        start = np.append(0, np.cumsum(np.maximum(self._n_classes, 1)))
        channel = start[task] + np.where(is_class[task], rank[known], 0)
        first = np.diff(row, prepend=-1) != 0
        place = row * self._bins.shape[1]
        table = [place, channel, fixed_weight[row], moment[known], rank[known], first]
        voices = voice * gain_unit * in_bag
        owner = np.repeat(np.arange(is_class.size), np.diff(start))
        tasks = Tasks(start, owner, is_class, voices[0])
        return row, np.array(table, dtype=np.int64), tasks, offset, unit, gain_unit, voices

    def _setting(self, n_features: int) -> tuple[int, int, int]:
        """Return max_features as a number, min_samples_leaf and max_depth."""
        n_drawn = n_features if self.max_features is None else self.max_features
        if not isinstance(n_drawn, int | np.integer):
            n_drawn = max(1, int(n_drawn * n_features))
        max_depth = np.iinfo(np.int64).max if self.max_depth is None else self.max_depth
        return int(n_drawn), int(self.min_samples_leaf), int(max_depth)

    def _run(self, function: Callable, parts: list) -> list:
        return Parallel(n_jobs=self.n_jobs, prefer="threads")(delayed(function)(p) for p in parts)

    def _over_chunks(
        self, X: np.ndarray, task: int, reduce: Callable, tree: int | None = None
    ) -> list:
        """Return `reduce(tree values, rows)` of each chunk of rows, for all trees or one."""
        X = np.ascontiguousarray(X, dtype=np.float64)
        trees, roots = self._forests[task]
        if tree is not None:
            roots = roots[tree : tree + 1]

        def answer(rows):
            values = np.empty((roots.size, len(X[rows]), trees.value.shape[1]))
            _kernels.apply_trees(trees, roots, X[rows], values)
            return reduce(values if self._n_classes[task] else values[:, :, 0], rows)

        if len(X) <= _CHUNK:  # no thread is worth its start
            return [answer(slice(0, len(X)))]
        return self._run(answer, [slice(i, i + _CHUNK) for i in range(0, len(X), _CHUNK)])


def _fixed_point(amount: np.ndarray, bags: np.ndarray) -> tuple[np.ndarray, float]:
    """Return round(amount * scale), and the largest power of two at which no bag overflows."""
    largest = (bags @ np.abs(amount)).max()
    scale = 2.0 ** np.floor(61 - np.log2(largest)) if largest > 0 else 1.0
    return np.rint(amount * scale).astype(np.int64), scale


def _view(tree: Tree, state: np.ndarray, tasks: Tasks, task: int) -> Tree:
    """Return the tree as a task sees it.

    It stops where a node settles the task, and follows the only child that holds labels of it
    (an infinite threshold sends every query there).
    """
    ends = (tree.child == np.arange(tree.child.size)) | (state[:, task] != OPEN)
    child = np.where(ends, np.arange(tree.child.size, dtype=np.int32), tree.child)
    left = np.minimum(child, child.size - 2)
    threshold = np.where(state[left, task] == NO_LABEL, -np.inf, tree.threshold)
    threshold[ends | (state[left + 1, task] == NO_LABEL)] = np.inf
    return Tree(
        tree.feature, threshold, child, tree.value[:, tasks.start[task] : tasks.start[task + 1]]
    )


def _join(views: tuple[Tree, ...]) -> tuple[Tree, np.ndarray]:
    """Put the trees of a task into one, and return where each of them starts."""
    roots = np.cumsum([0, *(view.child.size for view in views[:-1])])
    moved = [
        view._replace(child=view.child + np.int32(r)) for view, r in zip(views, roots, strict=True)
    ]
    return Tree(*(np.concatenate(parts) for parts in zip(*moved, strict=True))), roots


def _announce_compilation() -> None:
    """Say why the first fit after an installation takes longer."""
    cache = Path(str(_kernels.grow_tree.stats.cache_path))
    if not _kernels.grow_tree.signatures and not any(cache.glob("_kernels.grow_tree*")):
        print("tlhelpers: compiling the forest, once, about 20 s ...", file=sys.stderr, flush=True)
