"""The single-task baseline and two architectures that let one task help another."""

from collections.abc import Hashable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.base import Stage, TransferForest, name_tasks
from tlhelpers.forests.labels import Labels


class SingleTaskForest(TransferForest):
    """Predict each target from its own labels alone: the baseline.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every column of `Y`. Several targets get a forest each, on
        shared bags. Other columns of `Y` are not used.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers it from the labels: numbers are regression, anything else classification.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.

    Attributes
    ----------
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for all targets.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits took away.
    """

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        return _importances(self._stages.values(), self.n_features_in_)

    def _grow_stages(self, X: np.ndarray, labels: Labels, weight: np.ndarray | None) -> None:
        self._stages = {
            target: self._grow(X, labels.take([target]), [labels.classes[target]], weight, stage)
            for stage, target in enumerate(self.targets_)
        }

    def _mean(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._stages[target].engine.predict(X, 0)

    def _trees(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._stages[target].engine.tree_values(X, 0)

    def _out_of_bag(self, target: Hashable) -> np.ndarray:
        return self._stages[target].out_of_bag(self._features)

    def _influence(self, target: Hashable, known: dict, n: int) -> Iterator[tuple]:
        yield np.ones(n, dtype=bool), self._stages[target].rows


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
        the previous one. The result is the same; the training data stay in memory.

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
    _needs_relation = True
    _serves_mean_of_trees = False

    def __init__(
        self,
        target=None,
        base=None,
        *,
        task_types=None,
        n_estimators=100,
        max_features=1 / 3,
        min_samples_leaf=1,
        max_depth=None,
        random_state=None,
        n_jobs=None,
        fixed_stage=False,
        warm_start=False,
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
        self.base = base
        self.fixed_stage = fixed_stage
        self.warm_start = warm_start

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
        features, _ = self._check_query(X, None)
        columns = {t: self._differences[t].engine.predict(features, 0) for t in self.targets_}
        return self._shape(columns, X)

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        return _importances(self._differences.values(), self.n_features_in_)

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

    def _check_kinds(self, classes: dict) -> None:
        for task in [*self.targets_, *self.related_]:
            if self.related_ and classes[task] is not None:
                raise ValueError(
                    f"task {task!r} is a classification: classes have no difference; use "
                    "LatentVariableForest or MultiTaskForest"
                )

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

    def _grow_stages(self, X: np.ndarray, labels: Labels, weight: np.ndarray | None) -> None:
        self._base_stages = {
            base: self._grow(X, labels.take([base]), [None], weight, stage)
            for stage, base in enumerate(self.related_)
        }
        self._differences = {}
        for stage, (target, base) in enumerate(self.bases_.items(), len(self.related_)):
            values = labels.of(target) - (0 if base is None else labels.of(base))
            classes = [labels.classes[target] if base is None else None]
            self._differences[target] = self._grow(X, values[:, None], classes, weight, stage)

    def _labels_in_bag(self, labels: Labels) -> dict[str, np.ndarray]:
        in_bag = {f"a label of task {z!r}": ~np.isnan(labels.of(z)) for z in self.related_}
        for target, base in self.bases_.items():
            both = labels.of(target) + (0 if base is None else labels.of(base))
            in_bag[f"labels of both {target!r} and its base {base!r}"] = ~np.isnan(both)
        return in_bag

    def _base(self, X: np.ndarray, known: dict, target: Hashable, trees: bool) -> np.ndarray:
        """Return z of each query: known, else predicted (by each tree, or in the mean)."""
        base = self.bases_[target]
        if base is None:
            return np.zeros(1)
        given = known.get(base, np.full(len(X), np.nan))
        missing = np.isnan(given)
        result = np.array(np.broadcast_to(given, (len(self.inbag_counts_) if trees else 1, len(X))))
        if missing.any():
            engine = self._base_stages[base].engine
            values = engine.tree_values if trees and not self.fixed_stage else engine.predict
            result[:, missing] = values(X[missing], 0)
        return result if trees else result[0]

    def _mean(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._base(X, known, target, trees=False) + self._differences[target].engine.predict(
            X, 0
        )

    def _trees(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._base(X, known, target, trees=True) + self._differences[
            target
        ].engine.tree_values(X, 0)

    def _out_of_bag(self, target: Hashable) -> np.ndarray:
        base = self.bases_[target]
        difference = self._differences[target].out_of_bag(self._features)
        if base is None:
            return difference
        return difference + self._base_stages[base].out_of_bag(self._features)

    def _influence(self, target: Hashable, known: dict, n: int) -> Iterator[tuple]:
        base, rows = self.bases_[target], self._differences[target].rows
        if base is None or self.fixed_stage:
            yield np.ones(n, dtype=bool), rows
            return
        given = ~np.isnan(known.get(base, np.full(n, np.nan)))
        yield given, rows
        yield ~given, rows | self._base_stages[base].rows


class LatentVariableForest(TransferForest):
    """Predict related labels first, then use them as features for the target.

    z = g(x), then y = h(x, z); several latents form a chain, each a feature of the next. A
    latent class enters as its probabilities. When h is grown, z is the out-of-bag prediction of g,
    never the in-bag one: that would know the label it stands for.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every task that is not a latent.
    latents : task name, list of them, or None
        The related labels, in the order of the chain. None: every other column of `Y`.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers it from the labels: numbers are regression, anything else classification.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.
    latent_labels : {"out-of-bag", "measured"}
        What stands for z when h is grown, on rows where z is measured. ``"measured"`` suits
        predictions with `known` latents; elsewhere h learns from a better z than it will be given.
    fixed_stage : bool
        Whether `return_std` takes the predicted latents as exact.
    warm_start : bool
        Whether a further `fit` keeps each stage whose rows, labels, bags and settings are those of
        the previous one. The result is the same; the training data stay in memory.

    Attributes
    ----------
    latents_ : list
        The latents, in order.
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for all stages.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits of h on features took away; what
        the latents took is left out.

    Notes
    -----
    `predict` serves h(x, z) with z the mean latent. The trees behind `return_std` are
    h_b(x, z) + slope (z_b - z), with the slope of the whole forest h. Their mean is the served
    prediction; their jackknife holds the earlier stages' error and its correlation with that
    of h. (The plainer h_b(x, z_b) gives three quarters of the true variance in the simulation of
    ``experiments/jackknife_truth.py``: a single tree is a step function and hardly moves.)
    """

    uses_known = True
    _needs_relation = True
    _serves_mean_of_trees = False

    def __init__(
        self,
        target=None,
        latents=None,
        *,
        task_types=None,
        n_estimators=100,
        max_features=1 / 3,
        min_samples_leaf=1,
        max_depth=None,
        random_state=None,
        n_jobs=None,
        latent_labels="out-of-bag",
        fixed_stage=False,
        warm_start=False,
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
        self.latents = latents
        self.latent_labels = latent_labels
        self.fixed_stage = fixed_stage
        self.warm_start = warm_start

    def latent(self, X: ArrayLike, known: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the latent variables that the target's forest sees.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        pandas.DataFrame, shape (n_samples, n_latents)
            A column a latent; of a latent class a column a class, its probability.
        """
        features, given = self._check_query(X, known)
        values = self._augment(features, given)[:, features.shape[1] :]
        names = [name for task in self.latents_ for name in self._latent_names(task)]
        index = X.index if isinstance(X, pd.DataFrame) else None
        return pd.DataFrame(values, columns=names, index=index)

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        return _importances(self._stages.values(), self.n_features_in_)

    def _find_targets(self, names: list) -> list:
        if self.target is not None or self.latents is None:
            return super()._find_targets(names)
        latents = name_tasks("latent", self.latents, names)
        return [task for task in names if task not in latents]

    def _relate(self, names: list) -> list:
        if self.latent_labels not in ("out-of-bag", "measured"):
            raise ValueError(
                f"latent_labels must be 'out-of-bag' or 'measured', got {self.latent_labels!r}"
            )
        if self.latents is None:
            self.latents_ = [task for task in names if task not in self.targets_]
            if not self.latents_ and len(names) > 1:
                raise ValueError(
                    f"every column of Y is a target {self.targets_} and none is left as a latent: "
                    "name the target or the latents"
                )
            return self.latents_
        self.latents_ = name_tasks("latent", self.latents, names)
        for task in self.latents_:
            if task in self.targets_:
                raise ValueError(f"{task!r} is both a target and a latent")
        return self.latents_

    def _grow_stages(self, X: np.ndarray, labels: Labels, weight: np.ndarray | None) -> None:
        self._latent_stages = {}
        for stage, task in enumerate(self.latents_):
            grown = self._grow(X, labels.take([task]), [labels.classes[task]], weight, stage)
            self._latent_stages[task] = grown
            X = np.column_stack([X, self._training_latent(X, grown, task, labels)])
        self._augmented = X
        self._stages = {
            target: self._grow(X, labels.take([target]), [labels.classes[target]], weight, stage)
            for stage, target in enumerate(self.targets_, len(self.latents_))
        }

    def _training_latent(
        self, X: np.ndarray, stage: Stage, task: Hashable, labels: Labels
    ) -> np.ndarray:
        """Return what stands for a latent in the training rows, (n_samples, n_columns)."""
        values = stage.out_of_bag(X, 0).reshape(len(X), -1)
        lost = np.isnan(values)  # in every bag: only with a handful of trees
        values = np.where(lost, stage.engine.predict(X, 0).mean(axis=0), values)
        if self.latent_labels == "measured":
            values = self._insert(values, task, labels.of(task))
        return values

    def _insert(self, latent: np.ndarray, task: Hashable, measured: np.ndarray) -> np.ndarray:
        """Return latents with measured labels in their place, a class as 0 and 1."""
        seen, result = ~np.isnan(measured), latent.copy()
        if self._task_classes[task] is None:
            result[seen, 0] = measured[seen]
        else:
            result[seen] = np.eye(latent.shape[1])[measured[seen].astype(int)]
        return result

    def _augment(self, X: np.ndarray, known: dict) -> np.ndarray:
        """Return features and mean latents side by side."""
        for task in self.latents_:
            values = self._latent_stages[task].engine.predict(X, 0).reshape(len(X), -1)
            if task in known:
                values = self._insert(values, task, known[task])
            X = np.column_stack([X, values])
        return X

    def _mean(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._stages[target].engine.predict(self._augment(X, known), 0)

    def _trees(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        return self._linear_trees(self._augment(X, known), known, target)

    def _training_trees(self, rows: slice, known: dict, target: Hashable) -> np.ndarray:
        augmented, first = self._augmented[rows].copy(), self.n_features_in_
        for task in self.latents_:
            columns = slice(first, first + len(self._latent_names(task)))
            if task in known:
                augmented[:, columns] = self._insert(augmented[:, columns], task, known[task])
            first = columns.stop
        return self._linear_trees(augmented, known, target)

    def _linear_trees(self, augmented: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        """Return h_b(x, z) + slope (z_b - z) of every tree b, along the chain.

        `augmented` holds the features x and the latents z side by side.
        """
        deviations: list[np.ndarray] = []
        for task in self.latents_:
            first = self.n_features_in_ + len(deviations)
            engine = self._latent_stages[task].engine
            values = _linearize(engine, augmented[:, :first], deviations)
            values = values.reshape(*values.shape[:2], -1)
            deviation = values - augmented[:, first : first + values.shape[2]]
            if task in known:
                deviation[:, ~np.isnan(known[task])] = 0
            deviation *= not self.fixed_stage
            deviations.extend(np.moveaxis(deviation, 2, 0))
        return _linearize(self._stages[target].engine, augmented, deviations)

    def _all_known(self, known: dict, n: int) -> np.ndarray:
        """Return which queries have all latents known, a mask."""
        holes = [np.isnan(known.get(task, np.full(n, np.nan))) for task in self.latents_]
        return ~np.any(holes, axis=0) if holes else np.ones(n, dtype=bool)

    def _out_of_bag(self, target: Hashable) -> np.ndarray:
        return self._stages[target].out_of_bag(self._augmented)

    def _influence(self, target: Hashable, known: dict, n: int) -> Iterator[tuple]:
        rows = self._stages[target].rows
        given = self._all_known(known, n) | self.fixed_stage
        yield given, rows
        earlier = [stage.rows for stage in self._latent_stages.values()]
        yield ~given, np.any([rows, *earlier], axis=0)

    def _latent_names(self, task: Hashable) -> list:
        classes = self._task_classes[task]
        return [task] if classes is None else [f"P({task}={c})" for c in classes]


def _linearize(engine: ForestEngine, X: np.ndarray, deviations: list[np.ndarray]) -> np.ndarray:
    """Return each tree's value at X, moved along the forest's slope by that tree's deviations.

    The last columns of X are latent features; `deviations` holds an array (n_trees, n_samples)
    for each of them. The slope is that of the whole forest over plus and minus one standard
    deviation of the trees, as a single tree is a step function.
    """
    values = engine.tree_values(X, 0)
    for column, deviation in enumerate(deviations, X.shape[1] - len(deviations)):
        step = deviation.std(axis=0)
        moved = step > 0
        if moved.any():
            low, high = X[moved], X[moved]
            low[:, column] -= step[moved]
            high[:, column] += step[moved]
            rise = engine.predict(high, 0) - engine.predict(low, 0)
            slope = (rise.T / (2 * step[moved])).T
            values[:, moved] += np.einsum("m...,bm->bm...", slope, deviation[:, moved])
    return values


def _importances(stages: Iterable[Stage], n_features: int) -> np.ndarray:
    """Return the mean share of each feature over several forests."""
    taken = np.mean([stage.engine.importances[:n_features, 0] for stage in stages], axis=0)
    return taken / taken.sum() if taken.sum() > 0 else taken
