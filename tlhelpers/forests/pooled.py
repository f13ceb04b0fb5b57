"""The naive union of sources, as a second baseline."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.checks import name_tasks
from tlhelpers.forests.plan import Answers, Stage


@dataclass(eq=False, repr=False)
class PooledForest(TransferForest):
    """Mix several sources into one label, as if they measured the same thing.

    Each known label of each source is a row of one training table. Without a flag the forest
    cannot tell the sources apart, and what is systematic between them becomes an error.

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

    needs_relation = True

    sources: Hashable | Sequence = None
    source_flag: bool = field(default=False, kw_only=True)

    def _relate(self, names: list) -> list:
        if len(self.targets_) > 1:
            raise ValueError(f"a union predicts one target, not {self.targets_}: name the target")
        if self.sources is None:
            return [task for task in names if task not in self.targets_]
        sources = name_tasks("source", self.sources, names)
        if self.targets_[0] in sources:
            raise ValueError(f"{self.targets_[0]!r} is the target; sources are mixed with it")
        return sources

    def _plan(self, classes: dict) -> list[Stage]:
        for task, names in classes.items():
            if self.related_ and names is not None:
                raise ValueError(f"task {task!r} is a classification: a union needs regressions")
        pooled = tuple(self.related_)
        self._stage = Stage(tuple(self.targets_), pooled=pooled, flagged=self.source_flag)
        return [self._stage]

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        return read(self._stage)
