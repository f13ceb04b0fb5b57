"""The difference: the target minus a related label, learned and added back."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_scalar
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.checks import check_bounds, name_tasks
from tlhelpers.forests.plan import Answers, Line, Stage


@dataclass(eq=False, repr=False)
class DifferenceForest(TransferForest):
    """Learn the target minus a line in a related label, and add the line back.

    y = a + rho z + d(x). The paper's difference has slope one: a = 0, rho = 1. A learned slope,
    with its intercept, is fitted in every bag anew, and the bag's tree learns what that line
    misses; the labels may then be in different units, and several bases get a slope each. The base
    z is the measured label where `known` gives it, else a forest grown on every row with z.

    d is trained as it will be asked, on every row with y: for queries whose bases are known on
    measured labels (predictions where there are none), for the others on out-of-bag predictions
    alone. For queries of which some bases are known it is grown when they are first asked.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for the tasks that `base` maps, or for every task but the base.
    base : task name, list of them, mapping of {target: task name or names}, or None
        The related label, with slope one in the unit of the target. None: the other columns of
        `Y`; with slope one there may be one only.
    task_types : {"regression"}, mapping of {task: type}, or None
        A difference needs regression tasks.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.
    slope : {"unit", "learned"}
        One, for labels in the same unit; or learned, with an intercept, for any units.
    shrink_to : float
        What learned slopes are drawn to: 0, or 1 where base and target are in the same unit (with
        several bases, a share of it each). In another unit 1 is a gross error. The pull is that of
        two labels that spread as z does over the n training labels. It acts in every bag: where
        the variance of z is v times that over all n, a slope rho becomes
        (n v rho + 2 shrink_to) / (n v + 2).
    base_as_feature : bool
        Whether d sees z too: d(x, z), for an error of z that depends on z.
    bounds : (float or None, float or None), optional
        The range that the label of the one target can have, and has in training. Predictions are
        clipped to it; single trees and errors are not.
    fixed_stage : bool
        Whether `return_std` takes the base as exact and gives the error of the difference alone:
        for a base learned on so many rows that its own error estimate is noise.
    warm_start : bool
        Whether a further `fit` keeps each stage whose rows, labels, bags and settings are those of
        the previous one. The result is the same; the trees stay in memory.

    Attributes
    ----------
    bases_ : dict of {target: list of task names}
        Empty without a related label (a 1-d `y`): then the model is the single-task forest.
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for both stages.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits of the difference took away.

    References
    ----------
    Kennedy, M. C. and O'Hagan, A., Biometrika 87, 1 (2000), doi:10.1093/biomet/87.1.1.
    """

    uses_known = True
    needs_relation = True

    base: Hashable | Sequence | Mapping = None
    slope: str = field(default="unit", kw_only=True)
    shrink_to: float = field(default=0.0, kw_only=True)
    base_as_feature: bool = field(default=False, kw_only=True)
    bounds: tuple[float | None, float | None] | None = field(default=None, kw_only=True)
    fixed_stage: bool = field(default=False, kw_only=True)
    warm_start: bool = field(default=False, kw_only=True)

    def difference(
        self, X: ArrayLike, known: pd.DataFrame | None = None
    ) -> np.ndarray | pd.DataFrame:
        """Return d, what is learned beyond the line in the base.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        numpy.ndarray, shape (n_samples,), or a table with a column per target
            With slope one the systematic error of the base label; in the unit of the target.
        """
        found = self._ask(self._check_query(X, known), self.targets_, combine=self._rest)
        return self._shape(found, X, decode=False)

    @property
    def slope_(self) -> pd.DataFrame:
        """The slope of each base, for queries with and without a known label.

        Returns
        -------
        pandas.DataFrame
            A row per target, base and ``regime`` ("known", "guessed"): ``slope``, the mean over the
            bags, and ``std``, its bootstrap standard error.
        """
        check_is_fitted(self)
        rows = []
        for own in filter(lambda stage: stage.bases, self._own.values()):
            for regime, known in {"known": own.before, "guessed": ()}.items():
                line = self._line(own.in_regime(frozenset(known)))
                for base, slopes in zip(own.bases, line.T[1:], strict=True):
                    names = (*own.tasks, *base.tasks, regime)
                    rows.append((*names, slopes.mean(), slopes.std()))
        return pd.DataFrame(rows, columns=["target", "base", "regime", "slope", "std"])

    def _find_targets(self, names: list) -> list:
        if self.target is not None or self.base is None:
            return super()._find_targets(names)
        if isinstance(self.base, Mapping):
            return name_tasks("base maps", list(self.base), names)
        bases = name_tasks("base", self.base, names)
        return [task for task in names if task not in bases]

    def _relate(self, names: list) -> list:
        if self.slope not in ("unit", "learned"):
            raise ValueError(f"slope must be 'unit' or 'learned', got {self.slope!r}")
        check_scalar(self.shrink_to, "shrink_to", Real)
        if not abs(self.shrink_to) < 1e100:
            raise ValueError(f"shrink_to must be finite, got {self.shrink_to}")
        check_bounds(self.bounds)
        if self.bounds is not None and len(self.targets_) > 1:
            raise ValueError(f"bounds are those of one target, and there are {self.targets_}")
        self._bounds = self.bounds
        if isinstance(self.base, Mapping) and set(self.base) != set(self.targets_):
            raise ValueError(
                f"base maps {list(self.base)}; it must map the targets, which are {self.targets_}"
            )
        self.bases_ = {target: self._bases_of(target, names) for target in self.targets_}
        return list(dict.fromkeys(base for bases in self.bases_.values() for base in bases))

    def _bases_of(self, target: Hashable, names: list) -> list:
        base = self.base[target] if isinstance(self.base, Mapping) else self.base
        others = [task for task in names if task not in self.targets_]
        if base is None and len(names) == 1:
            return []
        if base is None and not others:
            raise ValueError(
                f"every column of Y is a target {self.targets_} and none is left as a base: name "
                "the target or the base label"
            )
        bases = others if base is None else name_tasks("base", base, names)
        if len(bases) > 1 and self.slope == "unit":
            raise ValueError(
                f"{target!r} has {len(bases)} possible bases, {bases}: name the target and the "
                "base label, or say slope='learned', which gives each a slope of its own"
            )
        for task in bases:
            if task == target:
                raise ValueError(f"base and target are both {task!r}: the difference would be zero")
            if task in self.targets_:
                raise ValueError(f"base {task!r} of {target!r} is a target too")
        return bases

    def _plan(self, classes: dict) -> list[Stage]:
        for task in [*self.targets_, *self.related_]:
            if self.related_ and classes[task] is not None:
                raise ValueError(
                    f"task {task!r} is a classification: classes have no difference; use "
                    "LatentVariableForest or MultiTaskForest"
                )
        self._own = {target: self._own_stage(target) for target in self.targets_}
        return [Stage((base,)) for base in self.related_] + list(self._own.values())

    def _own_stage(self, target: Hashable) -> Stage:
        bases = tuple(Stage((base,)) for base in self.bases_[target])
        if not bases:
            return Stage((target,))
        line = Line(bases, self.slope == "learned", self.shrink_to)
        return Stage((target,), reads=bases if self.base_as_feature else (), line=line)

    def _finish(self) -> None:
        if self._bounds is None:
            return
        target, labels = self.targets_[0], self._stages.labels.of(self.targets_[0])
        outside = labels[np.abs(np.clip(labels, *self._bounds) - labels) > 0]
        if len(outside):
            raise ValueError(f"bounds are {self.bounds}, and {target!r} has the label {outside[0]}")

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        return read(self._own[target])

    def _line(self, stage: Stage) -> np.ndarray:
        """Return the intercepts and slopes of the bags, (n_trees, 1 + n_bases)."""
        return np.asarray(self._stages[stage].line)

    def _rest(self, target: Hashable, read: Answers) -> np.ndarray:
        """Return what the trees add to the line."""
        stage = self._own[target]
        if stage.line is None:
            return read(stage)
        start, *slopes = self._line(stage.in_regime(read.known)).mean(axis=0)
        bases = [read(base) for base in stage.line.bases]
        return read(stage) - start - sum(s * z for s, z in zip(slopes, bases, strict=True))
