"""The difference: the target minus a related label, learned and added back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.forests.base import TransferForest, name_tasks
from tlhelpers.forests.plan import Stage
from tlhelpers.forests.stages import Reading


@dataclass(eq=False, repr=False)
class DifferenceForest(TransferForest):
    """Learn the target minus a related label, and add the related label back.

    y = z(x) + d(x). The difference d is learned on the rows that carry both labels. The base z is
    the measured label where `known` gives it, else a forest grown on every row with z. Rows that
    carry y but not z cannot serve: they say nothing of the difference.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every task but the base.
    base : task name, mapping of {target: task name}, or None
        The related label, in the unit of the target. None: the only other column of `Y`.
    task_types : {"regression"}, mapping of {task: type}, or None
        A difference needs regression tasks.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.
    fixed_stage : bool
        Whether `return_std` takes the base as exact and gives the error of the difference alone:
        for a base learned on so many rows that its own error estimate is noise.
    warm_start : bool
        Whether a further `fit` keeps each stage whose rows, labels, bags and settings are those of
        the previous one. The result is the same; the trees stay in memory.

    Attributes
    ----------
    bases_ : dict of {target: task name or None}
        None without a related label (a 1-d `y`): then the model is the single-task forest.
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for both stages.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits of the difference took away.
    """

    uses_known = True
    needs_relation = True

    base: Hashable | Mapping = None
    fixed_stage: bool = field(default=False, kw_only=True)
    warm_start: bool = field(default=False, kw_only=True)

    def difference(self, X: ArrayLike) -> np.ndarray | pd.DataFrame:
        """Return d(x), the learned target minus base.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)

        Returns
        -------
        numpy.ndarray, shape (n_samples,), or a table with a column a target
            The systematic error of the base label, in its unit.
        """
        queries = self._check_query(X, None)
        read = Reading(self._stages, queries).mean
        return self._shape({t: read(self._difference(t)) for t in self.targets_}, X, decode=False)

    def _find_targets(self, names: list) -> list:
        if self.target is not None or self.base is None or isinstance(self.base, Mapping):
            return super()._find_targets(names)
        return [task for task in names if task != self.base]

    def _relate(self, names: list) -> list:
        if isinstance(self.base, Mapping):
            for target, base in self.base.items():
                if target not in self.targets_ or base in self.targets_:
                    raise ValueError(
                        f"base maps {target!r} to {base!r}: it must map targets, which are "
                        f"{self.targets_}, to tasks that are no targets"
                    )
        self.bases_ = {target: self._base_of(target, names) for target in self.targets_}
        return list(dict.fromkeys(base for base in self.bases_.values() if base is not None))

    def _base_of(self, target: Hashable, names: list) -> Hashable | None:
        base = self.base.get(target) if isinstance(self.base, Mapping) else self.base
        others = [task for task in names if task not in self.targets_]
        if base is None:
            if len(names) == 1:
                return None
            if len(others) != 1:
                raise ValueError(
                    f"base is not given and Y has {len(others)} columns besides the targets "
                    f"{self.targets_}: name the target and the base label"
                )
            return others[0]
        if base == target:
            raise ValueError(f"base and target are both {base!r}: the difference would be zero")
        return name_tasks("base", base, names)[0]

    def _check_kinds(self, classes: dict) -> None:
        for task in [*self.targets_, *self.related_]:
            if self.related_ and classes[task] is not None:
                raise ValueError(
                    f"task {task!r} is a classification: classes have no difference; use "
                    "LatentVariableForest or MultiTaskForest"
                )

    def _plan(self) -> list[Stage]:
        bases = [Stage((base,)) for base in self.related_]
        return bases + [self._difference(target) for target in self.targets_]

    def _difference(self, target: Hashable) -> Stage:
        return Stage((target,), minus=self.bases_[target])

    def _combine(self, target: Hashable, read: Callable) -> np.ndarray:
        difference, base = read(self._difference(target)), self.bases_[target]
        return difference if base is None else read(Stage((base,))) + difference
