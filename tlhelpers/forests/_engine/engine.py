"""The engine of the multi-task forest: arrays in, per-tree values out."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy import ndarray as Array

from tlhelpers.forests._engine.encoding import Binned, bin_features, fixed_point_labels
from tlhelpers.forests._engine.kernels import grow_trees
from tlhelpers.forests._engine.nodes import IS_COMPILED, Tasks, Tree
from tlhelpers.forests._engine.threads import run_in_threads, share_out
from tlhelpers.forests._engine.trees import (
    apply_trees,
    mean_over_trees,
    mean_over_unseen,
    view_forest,
)
from tlhelpers.forests._engine.workspace import make_pairs, make_trees, make_workspace

_CHUNK = 2**22  # tree values made at a time: 32 MB
_PART = 2**16  # counts of bags whose trees are grown in one call
_SOON = 32  # such calls a thread at most: an interrupted fit ends with those that are running
_ABREAST = 16  # queries that walk down a tree together
_FEW = 512  # queries that are not worth the start of a thread


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
        X: Array | Binned,
        labels: Array,
        n_classes: Array,
        bags: Array,
        *,
        task_weights: Array | None = None,
        sample_weight: Array | None = None,
        seed: int | list[int] | None = None,
    ) -> "ForestEngine":
        """Grow a tree on each bag.

        X (n, p) is finite, or in bins; labels (n, n_tasks) are NaN where missing, classes are codes
        0, 1, ..., or (n_trees, n, 1), numbers of one regression task that each tree has its own of;
        n_classes (n_tasks,) is 0 for a regression task; bags (n_trees, n) are those of `draw_bags`;
        task_weights (n_tasks,) weigh the impurities in the choice of a split; a row of
        sample_weight 0 (n,) is not seen. A bag without a label of a task is a ValueError.
        """
        _announce_compilation()
        bags = np.asarray(bags, dtype=np.int32)
        bags_by_tree = np.ascontiguousarray(bags)  # for the kernel; sums keep the order they have
        self._is_class = np.asarray(n_classes) > 0
        binned = X if isinstance(X, tuple) else bin_features(np.asarray(X, dtype=np.float64))
        bins, n_bins, lowest, highest = binned
        n_features = self.n_features = bins.shape[1]
        own_labels = np.ndim(labels) == 3
        encoded = fixed_point_labels(
            labels[0] if own_labels else labels, n_classes, bags, sample_weight, n_features
        )
        weights = 1 if task_weights is None else np.asarray(task_weights)
        n_drawn = n_features if self.max_features is None else self.max_features
        if not isinstance(n_drawn, int | np.integer):
            n_drawn = max(1, int(n_drawn * n_features))
        max_depth = np.iinfo(np.int64).max if self.max_depth is None else self.max_depth
        setting = int(n_drawn), int(self.min_samples_leaf), int(max_depth)
        table = bins.ravel(), n_bins, lowest, highest
        seeds = np.random.SeedSequence(seed).generate_state(len(bags), np.uint64)

        deepest = 2 ** (min(setting[2], 61) + 1) - 1  # nodes of a tree of that depth
        capacity = np.minimum(2 * np.count_nonzero(bags, axis=1) - 1, deepest)
        n_labels = len(bins) if own_labels else encoded.row.size
        n_channels, n_tasks = int(encoded.start[-1]), len(n_classes)

        def grow(some, code, work, pairs):
            """Grow the trees of a slice of bags, whose labels are encoded alike."""
            unit = code.score_unit if own_labels else code.score_unit[some]
            in_bag = code.in_bag if own_labels else code.in_bag[some]
            tasks = Tasks(code.start, np.empty(n_tasks), code.first)
            room = capacity[some].sum()
            trees, state = make_trees(room, n_channels), np.zeros((room, n_tasks), np.int8)
            importance = np.zeros((len(unit), n_features, n_tasks))
            roots = np.empty(len(unit), np.int64)
            given = code.row, code.table.place, code.table.value, code.edges, tasks, unit * weights
            how = (*setting, code.bits), bags_by_tree[some], seeds[some]
            results = trees, state, importance, roots
            n = grow_trees(table, *given, *how, *results, work, code.table.pair, *pairs)
            trees = Tree(*(column[:n] for column in trees))
            if own_labels:
                trees = trees._replace(value=code.offset + code.unit * trees.value)
            return [trees, state[:n], roots, importance * (unit / in_bag)[:, None]]

        def grow_part(part):
            work = make_workspace(capacity.max(), n_labels, n_features, n_channels, n_tasks)
            pairs = make_pairs(n_labels, n_channels, encoded.table.pair.dtype)
            if not own_labels:
                return [grow(part, encoded, work, pairs)]
            alone = [slice(b, b + 1) for b in range(part.start, part.stop)]
            codes = (
                fixed_point_labels(labels[b][0], n_classes, bags[b], sample_weight, n_features)
                for b in alone
            )
            return [grow(b, code, work, pairs) for b, code in zip(alone, codes, strict=True)]

        a_thread = min(_SOON, 1 + bags.size // _PART)
        parts = [p for p in share_out(len(bags), self.n_jobs, a_thread) if p.start < p.stop]
        found = list(itertools.chain(*run_in_threads(grow_part, parts, self.n_jobs)))
        self.importances = np.concatenate([part.pop() for part in found]).mean(axis=0)
        if own_labels:  # their values are labels already
            encoded = encoded._replace(offset=np.zeros(1), unit=np.ones(1))
        self._views, self._roots = view_forest(found, encoded, len(n_classes))
        return self

    def tree_values(self, X: Array, task: int) -> Array:
        """Return every tree's prediction: (n_trees, m), or (n_trees, m, n_classes)."""
        X = np.ascontiguousarray(X, dtype=np.float64)
        if X.shape[1] != self.n_features:  # the kernel would read beyond the row
            raise ValueError(f"X has {X.shape[1]} features, and {self.n_features} were grown on")
        trees, roots = self._views[task], self._roots
        values = np.empty((roots.size, len(X), trees.value.shape[1]))

        def answer(part):
            apply_trees(trees, roots[part], X, np.zeros(_ABREAST, np.uint32), values[part])

        parts = share_out(roots.size, self.n_jobs) if len(X) > _FEW else [slice(None)]
        run_in_threads(answer, parts, self.n_jobs)
        return values if self._is_class[task] else values[:, :, 0]

    def predict(self, X: Array, task: int) -> Array:
        """Return the mean over the trees: (m,), or (m, n_classes) of a classification task."""
        chunks = self._chunks(len(X), task)
        return np.concatenate([mean_over_trees(self.tree_values(X[c], task)) for c in chunks])

    def oob_predict(self, X: Array, task: int, bags: Array) -> Array:
        """Return the mean over the trees whose bag does not hold a row; NaN if all do."""
        chunks = self._chunks(len(X), task)
        means = [mean_over_unseen(self.tree_values(X[c], task), bags[:, c]) for c in chunks]
        return np.concatenate(means)

    def _chunks(self, n: int, task: int) -> Iterator[slice]:
        """Cut n queries into chunks whose tree values are of moderate size."""
        step = max(1, _CHUNK // (self._roots.size * self._views[task].value.shape[1]))
        # scikit-learn's `gen_batches` checks its arguments for longer than a small forest answers
        return (slice(start, start + step) for start in range(0, max(n, 1), step))


def _announce_compilation() -> None:
    """Say why the first fit after an installation takes longer."""
    if not IS_COMPILED:
        return
    cache = Path(str(grow_trees.stats.cache_path))
    if not grow_trees.signatures and not any(cache.glob("kernels.grow_trees*")):
        print("tlhelpers: compiling the forest, once, about 7 s ...", file=sys.stderr, flush=True)
