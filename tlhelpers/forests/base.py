"""The interface that every forest of the package shares: labels in, predictions and errors out."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import ClassifierTags, RegressorTags, check_random_state
from sklearn.utils.validation import check_is_fitted, column_or_1d

from tlhelpers.forests.bags import draw_shared_bags
from tlhelpers.forests.checks import (
    check_features,
    check_parameters,
    check_same_rows,
    check_weight,
    group_codes,
    name_tasks,
)
from tlhelpers.forests.intervals import Intervals
from tlhelpers.forests.labels import CLASSIFICATION, TaskTypes, as_table, encode_labels
from tlhelpers.forests.plan import Stage
from tlhelpers.forests.predictor import Predictor
from tlhelpers.forests.sharing import StageStore, current_store
from tlhelpers.forests.stages import GrownStages
from tlhelpers.forests.uncertainty import Uncertainty


@dataclass(eq=False, repr=False)
class TransferForest(Predictor, ABC):
    """What the forests have in common; a subclass says how tasks help each other.

    It gives a plan of stages, `_plan`, and how their answers make a prediction, `_combine`.
    Mean, single trees, out-of-bag values and the rows that can influence a prediction are that
    one combination, read in four ways; so it is linear in the answers (a sum with constant
    factors), whatever their shape, and the last axes are those of `read`.
    """

    needs_relation: ClassVar[bool] = False  # an architecture that is nothing without a related task

    target: Hashable = None
    _: KW_ONLY
    task_types: TaskTypes = None
    n_estimators: int = 100
    max_features: float | int | None = 1 / 3
    min_samples_leaf: int = 1
    max_depth: int | None = None
    random_state: int | np.random.RandomState | None = None
    n_jobs: int | None = None

    # What a subclass says -------------------------------------------------------------------

    def _find_targets(self, names: list) -> list:
        """Return the target tasks as a list."""
        return list(names) if self.target is None else name_tasks("target", self.target, names)

    def _relate(self, names: list) -> list:
        """Return the related tasks, those that help to predict the targets."""
        return []

    @abstractmethod
    def _plan(self, classes: dict) -> list[Stage]:
        """Return the stages to grow, each after those that it reads.

        Raise an error where the architecture does not apply to the type of a task: `classes` is
        {task: its classes, or None for a regression}.
        """

    def _finish(self) -> None:
        """Learn what rests on the grown stages."""

    # Fit ------------------------------------------------------------------------------------

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ):
        """Grow the forest.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
            Features, finite numbers.
        y : array-like, shape (n_samples,) or (n_samples, n_tasks)
            Labels, one column a task; NaN or None where a label is missing. Rows without a label
            of any task in use take no part.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows, not negative.
        groups : array-like, shape (n_samples,), optional
            Rows of one group, such as measurements of one material, are in a bag together or not
            at all: what is out of bag has seen none of them, the jackknife sums over groups, and
            intervals are those of a row of a new group. ``inbag_counts_`` then holds, in the
            column of each row, how often its group was drawn. None: each row is its own group.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            A missing or infinite feature, labels that do not fit their task, an unknown task, a
            row without a group, or a parameter out of range; the message names the column, the
            row or the argument. The forest is then not fitted, whatever it was before.
        """
        self._fitted = False
        features = check_features(self, X, reset=True)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        check_parameters(self)
        table, self._form = as_table(y)
        if self.needs_relation and self._form == "matrix" and table.shape[1] == 1:
            column_or_1d(table, warn=True)
        names = list(table.columns)
        self.targets_ = self._find_targets(names)
        if not self.targets_ and names:
            raise ValueError(f"no target is left: every column of Y, {names}, is a related label")
        self.related_ = self._relate(names)
        labels = encode_labels(table, self.task_types, [*self.targets_, *self.related_])
        check_same_rows(X, y, len(features), len(labels.values))
        weight = check_weight(sample_weight, features)
        codes = group_codes(groups, X if isinstance(X, pd.DataFrame) else features)
        self._index = y.index if isinstance(y, (pd.DataFrame, pd.Series)) else None
        plan = self._plan(labels.classes)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        in_bag = {what: rows for s in plan for what, rows in s.carriers(labels).items()}
        drawn = weight, self.n_estimators, seed, None if groups is None else codes
        self.inbag_counts_, usable = draw_shared_bags(in_bag, *drawn)
        settings = {"max_features": self.max_features, "min_samples_leaf": self.min_samples_leaf}
        settings |= {"max_depth": self.max_depth, "n_jobs": self.n_jobs}
        rows = self.inbag_counts_, usable, weight
        self._stages = GrownStages(features, labels, *rows, settings, seed, codes)
        self._stages.grow(plan, self._find_store(plan))
        classes = {t: labels.classes[t] for t in self.targets_}
        self.__dict__.pop("classes_", None)
        if any(map(labels.is_class, self.targets_)):
            self.classes_ = classes[self.targets_[0]] if len(classes) == 1 else classes
        self._uncertainty = Uncertainty(self._stages)
        self._intervals = Intervals(self._stages)
        self._finish()
        self._fitted = True
        return self

    def _find_store(self, plan: list[Stage]) -> StageStore:
        """Return where stages are kept: with `warm_start`, in the block around, or in this fit."""
        if not getattr(self, "warm_start", False):
            self.__dict__.pop("_store", None)
            return current_store() or StageStore()
        self._store = getattr(self, "_store", None) or StageStore()
        self._store.size = 2 * len(plan)
        return self._store

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        own = [s for s in self._stages.planned if set(s.tasks) & set(self.targets_)]
        taken = [self._stages[s].engine.importances[: self.n_features_in_].sum(axis=1) for s in own]
        return shares(np.mean(taken, axis=0))

    # What scikit-learn asks -----------------------------------------------------------------

    def __sklearn_is_fitted__(self) -> bool:
        return getattr(self, "_fitted", False)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        target_type = self.task_types
        if isinstance(target_type, Mapping):
            target_type = (
                target_type.get(self.target) if isinstance(self.target, Hashable) else None
            )
        if target_type == CLASSIFICATION:
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        tags.target_tags.required = True
        tags.target_tags.multi_output = not self.needs_relation
        return tags


def shares(taken: np.ndarray) -> np.ndarray:
    """Return what the splits took away as shares; a column of zeros stays.

    A split that takes nothing away may be negative by rounding.
    """
    taken = np.maximum(taken, 0)
    total = taken.sum(axis=0)
    return taken / np.where(total > 0, total, 1)
