"""The naive union of sources, as a second baseline."""

from collections.abc import Hashable, Iterator

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests._engine.trees import mean_over_unseen
from tlhelpers.forests.base import TransferForest, name_tasks
from tlhelpers.forests.labels import Labels


class PooledForest(TransferForest):
    """Mix several sources into one label, as if they measured the same thing.

    Each known label of each source is a row of one training table. The systematic error between
    the sources cannot be learned without a flag, and is then an error that no data remove.

    Parameters
    ----------
    target : task name or None
        The source that is predicted. None: the only column of `Y`.
    sources : task name, list of them, or None
        The labels that are mixed with the target's, in its unit. None: every other column.
    source_flag : bool
        Whether the source is a feature: a column a source, 1 in its rows.
    task_types : {"regression"}, mapping of {task: type}, or None
        A union needs regression tasks.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.

    Attributes
    ----------
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each row of `X`; its labels of all sources come with it.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits on features took away.
    """

    _needs_relation = True

    def __init__(
        self,
        target=None,
        sources=None,
        *,
        source_flag=False,
        task_types=None,
        n_estimators=100,
        max_features=1 / 3,
        min_samples_leaf=1,
        max_depth=None,
        random_state=None,
        n_jobs=None,
    ):
        super().__init__(
            target,
            task_types=task_types,
            n_estimators=n_estimators,
            max_features=max_features,
            min_samples_leaf=min_samples_leaf,
            max_depth=max_depth,
            random_state=random_state,
            n_jobs=n_jobs,
        )
        self.sources = sources
        self.source_flag = source_flag

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        taken = self._engine.importances[: self.n_features_in_, 0]
        return taken / taken.sum() if taken.sum() > 0 else taken

    def _relate(self, names: list) -> list:
        if len(self.targets_) > 1:
            raise ValueError(f"a union predicts one target, not {self.targets_}: name the target")
        if self.sources is None:
            return [task for task in names if task not in self.targets_]
        sources = name_tasks("source", self.sources, names)
        if self.targets_[0] in sources:
            raise ValueError(f"{self.targets_[0]!r} is the target; sources are mixed with it")
        return sources

    def _check_kinds(self, classes: dict) -> None:
        for task, names in classes.items():
            if self.related_ and names is not None:
                raise ValueError(f"task {task!r} is a classification: a union needs regressions")

    def _usable_known(self) -> list:
        raise ValueError(
            "a pooled forest cannot use known labels when it predicts: put the rows with their "
            "other labels into fit"
        )

    def _labels_in_bag(self, labels: Labels) -> dict[str, np.ndarray]:
        return {"a label of any source": ~np.isnan(labels.values).all(axis=1)}

    def _grow_stages(self, X: np.ndarray, labels: Labels, weight: np.ndarray | None) -> None:
        weight = np.ones(len(X)) if weight is None else weight
        tasks = [*self.targets_, *self.related_]
        self._n_flags = len(tasks) if self.source_flag and self.related_ else 0
        masks = [self._rows & ~np.isnan(labels.of(task)) for task in tasks]
        classes = labels.classes[self.targets_[0]]
        parts = list(enumerate(masks))
        self._engine = ForestEngine(
            max_features=self.max_features,
            min_samples_leaf=self.min_samples_leaf,
            max_depth=self.max_depth,
            n_jobs=self.n_jobs,
        ).fit(
            np.concatenate([self._flag(X[mask], source) for source, mask in parts]),
            np.concatenate([labels.of(tasks[source])[mask] for source, mask in parts])[:, None],
            np.array([0 if classes is None else len(classes)]),
            np.concatenate([self.inbag_counts_[:, mask] for mask in masks], axis=1),
            sample_weight=np.concatenate([weight[mask] for mask in masks]),
            seed=self._seed,
        )

    def _flag(self, X: np.ndarray, source: int = 0) -> np.ndarray:
        """Return features with the flags of a source; 0 is the target."""
        flags = np.zeros((len(X), self._n_flags))
        flags[:, source : source + 1] = 1  # nothing to set without flags
        return np.column_stack([X, flags])

    def _mean(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._engine.predict(self._flag(X), 0)

    def _trees(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._engine.tree_values(self._flag(X), 0)

    def _out_of_bag(self, target: Hashable) -> np.ndarray:
        means = []
        for rows in self._blocks(len(self._features), target):
            trees = self._trees(self._features[rows], {}, target)
            means.append(mean_over_unseen(trees, self.inbag_counts_[:, rows]))
        return np.concatenate(means)

    def _influence(self, target: Hashable, known: dict, n: int) -> Iterator[tuple]:
        yield np.ones(n, dtype=bool), self._rows
