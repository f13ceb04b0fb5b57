"""The interface that every forest of the package shares: labels in, predictions and errors out."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import ClassifierTags, RegressorTags, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests._engine.trees import mean_over_trees
from tlhelpers.forests.bags import draw_bags
from tlhelpers.forests.jackknife import BagForm, warn_if_noisy
from tlhelpers.forests.labels import (
    CLASSIFICATION,
    Labels,
    TaskTypes,
    as_table,
    encode_known,
    encode_labels,
)

_BLOCK = 2**23  # numbers in one block of tree predictions: 64 MB
_KEPT = 2**26  # bytes of a jackknife that is kept for the next prediction


@dataclass(frozen=True)
class Stage:
    """One grown forest, and which training rows it was grown on."""

    engine: ForestEngine
    rows: np.ndarray  # (n_train,) bool

    def out_of_bag(self, X: np.ndarray, task: int = 0) -> np.ndarray:
        """Return predictions for all training rows, none from a tree that saw the row.

        A row that is in every bag keeps NaN.
        """
        inside = self.engine.oob_predict(X[self.rows], task)
        result = np.empty((len(X), *inside.shape[1:]))
        result[self.rows] = inside
        if not self.rows.all():
            result[~self.rows] = self.engine.predict(X[~self.rows], task)
        return result


class TransferForest(BaseEstimator, ABC):
    """What the four forests have in common; a subclass says how tasks help each other."""

    uses_known = False  # whether `predict` can use known labels of related tasks
    _needs_relation = False  # an architecture that is nothing without a related task
    _serves_mean_of_trees = True  # to the last bit; else `_mean` is asked

    def __init__(
        self,
        target=None,
        *,
        task_types: TaskTypes = None,
        n_estimators: int = 100,
        max_features: float | int | None = 1 / 3,
        min_samples_leaf: int = 1,
        max_depth: int | None = None,
        random_state=None,
        n_jobs: int | None = None,
    ):
        self.target = target
        self.task_types = task_types
        self.n_estimators = n_estimators
        self.max_features = max_features
        self.min_samples_leaf = min_samples_leaf
        self.max_depth = max_depth
        self.random_state = random_state
        self.n_jobs = n_jobs

    # What a subclass says -------------------------------------------------------------------

    def _relate(self, names: list) -> list:
        """Return the related tasks, those that help to predict the targets."""
        return []

    def _check_kinds(self, classes: dict) -> None:
        """Raise an error where the architecture does not apply to the type of a task."""

    def _labels_in_bag(self, labels: Labels) -> dict[str, np.ndarray]:
        """Return {what: which rows carry it}: each bag must hold one row of every kind."""
        return {f"a label of task {t!r}": ~np.isnan(labels.of(t)) for t in labels.names}

    @abstractmethod
    def _grow_stages(self, X: np.ndarray, labels: Labels, weight: np.ndarray | None) -> None:
        """Grow the forests of the architecture."""

    @abstractmethod
    def _mean(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        """Return the served prediction, (n_samples,) or (n_samples, n_classes)."""

    @abstractmethod
    def _trees(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        """Return the prediction of every tree, (n_trees, n_samples[, n_classes])."""

    def _training_trees(self, rows: slice, known: dict, target: Hashable) -> np.ndarray:
        """Return `_trees` of training rows; those that did not see a row know nothing of it."""
        return self._trees(self._features[rows], known, target)

    @abstractmethod
    def _out_of_bag(self, target: Hashable) -> np.ndarray:
        """Return the out-of-bag predictions of the training rows."""

    @abstractmethod
    def _influence(self, target: Hashable, known: dict, n: int) -> Iterator[tuple]:
        """Yield (queries, training rows that can influence their prediction), both masks."""

    # Fit ------------------------------------------------------------------------------------

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None):
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

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            A missing or infinite feature, labels that do not fit their task, an unknown task, or a
            parameter out of range; the message names the column, the row or the argument.
        """
        features = _check_features(self, X, reset=True)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        self._fitted = False
        self._check_parameters()
        table, form = as_table(y)
        if self._needs_relation and form == "matrix" and table.shape[1] == 1:
            column_or_1d(table, warn=True)
        names = list(table.columns)
        self.targets_ = self._find_targets(names)
        self.related_ = self._relate(names)
        labels = encode_labels(table, self.task_types, [*self.targets_, *self.related_])
        _check_same_rows(X, y, len(features), len(labels.values))
        self._check_kinds(labels.classes)
        self._features, self._labels = features, labels
        self._task_classes = labels.classes
        self._form, self._index = form, getattr(y, "index", None) if form != "matrix" else None
        self._one_target = len(self.targets_) == 1
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, features, ensure_non_negative=True)
            if not weight.any():
                raise ValueError("sample_weight is zero for every row")
            weight = weight / weight.max()
            if weight[weight > 0].min() < 1e-9:
                raise ValueError("sample_weight spans more than nine orders of magnitude")
        in_bag = self._labels_in_bag(labels)
        labelled = np.column_stack(list(in_bag.values()))
        if weight is not None:
            labelled &= (weight > 0)[:, None]
        for name, seen in zip(in_bag, labelled.T, strict=True):
            if not seen.any():
                raise ValueError(f"no row with a positive weight carries {name}")
        self._seed = check_random_state(self.random_state).randint(2**31 - 1)
        self._rows = labelled.any(axis=1)
        self.inbag_counts_ = np.zeros((self.n_estimators, len(features)), dtype=np.int32)
        self.inbag_counts_[:, self._rows] = draw_bags(
            labelled[self._rows], self.n_estimators, self._seed
        )
        self._bag_forms: dict[bytes, BagForm] = {}
        if not (getattr(self, "warm_start", False) and hasattr(self, "_kept")):
            self._kept: dict[int, tuple] = {}
        self._grow_stages(features, labels, weight)
        if self._one_target and labels.classes[self.targets_[0]] is not None:
            self.classes_ = labels.classes[self.targets_[0]]
        elif any(labels.classes[t] is not None for t in self.targets_):
            self.classes_ = {t: labels.classes[t] for t in self.targets_}
        else:
            self.__dict__.pop("classes_", None)
        self._fitted = True
        return self

    def _grow(
        self,
        X: np.ndarray,
        values: np.ndarray,
        classes: list,
        weight: np.ndarray | None,
        stage: int,
        task_weights: np.ndarray | None = None,
    ) -> Stage:
        """Grow one forest on the rows that carry any of these labels, from the shared bags."""
        rows = ~np.isnan(values).all(axis=1) & self._rows
        weight = np.ones(len(X)) if weight is None else weight
        given = (
            *(X[rows], values[rows], self.inbag_counts_[:, rows], weight[rows]),
            *(self._seed, self.max_features, self.min_samples_leaf, self.max_depth),
            *([0 if c is None else len(c) for c in classes],),
        )
        kept = self._kept.get(stage)
        if kept is not None and all(map(np.array_equal, kept[0], given)):
            return Stage(kept[1], rows)
        engine = ForestEngine(
            max_features=self.max_features,
            min_samples_leaf=self.min_samples_leaf,
            max_depth=self.max_depth,
            n_jobs=self.n_jobs,
        )
        engine.fit(
            *given[:2],
            np.array(given[-1]),
            given[2],
            task_weights=task_weights,
            sample_weight=given[3],
            seed=[self._seed, stage],
        )
        if getattr(self, "warm_start", False):
            self._kept[stage] = given, engine
        return Stage(engine, rows)

    def _find_targets(self, names: list) -> list:
        """Return the target tasks as a list."""
        return list(names) if self.target is None else name_tasks("target", self.target, names)

    def _check_parameters(self) -> None:
        """Raise an error that names a parameter out of range."""
        for name, least in [("n_estimators", 1), ("min_samples_leaf", 1), ("max_depth", 1)]:
            value = getattr(self, name)
            if value is None and name == "max_depth":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                raise TypeError(f"{name} must be an integer, got {value!r}")
            if value < least:
                raise ValueError(f"{name} must be at least {least}, got {value}")
        value = self.max_features
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
            raise TypeError(f"max_features must be a fraction, a number or None, got {value!r}")
        whole = isinstance(value, (int, np.integer))
        if not (1 <= value if whole else 0 < value <= 1):
            raise ValueError(
                f"max_features must be a fraction in (0, 1] or an integer from 1, got {value}"
            )

    # Predict --------------------------------------------------------------------------------

    def predict(
        self, X: ArrayLike, known: pd.DataFrame | None = None, return_std: bool = False
    ) -> np.ndarray | pd.DataFrame | tuple:
        """Predict the target.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        known : pandas.DataFrame, shape (n_samples, related tasks), optional
            Labels of related tasks that were measured for these rows; holes allowed.
        return_std : bool
            Also return the jackknife standard error of the prediction (not the spread of
            observations around it: see `observation_std`). For a class, that of the probability
            of the predicted class.

        Returns
        -------
        prediction : numpy.ndarray, shape (n_samples,)
            With several targets an array or, as `y` was, a DataFrame with a column a target.
        std : same shape
            Only with `return_std`, in the unit of the target.

        Raises
        ------
        ValueError, TypeError
            Features unlike those of `fit`, or `known` labels that the model cannot use.
        """
        features, given = self._check_query(X, known)
        if not return_std:
            means = {t: self._decode(t, self._mean(features, given, t)) for t in self.targets_}
            return self._shape(means, X)
        predictions, errors = {}, {}
        for t in self.targets_:
            mean, errors[t] = self._predict_with_error(features, given, t)
            predictions[t] = self._decode(t, mean)
        return self._shape(predictions, X), self._shape(errors, X)

    @available_if(lambda self: self._any_class())
    def predict_proba(
        self, X: ArrayLike, known: pd.DataFrame | None = None
    ) -> np.ndarray | list | dict[Hashable, np.ndarray]:
        """Return class probabilities.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        numpy.ndarray, shape (n_samples, n_classes), or {target: array}
            Columns as in ``classes_``; a mapping over the classification targets when there are
            several targets, or a list of arrays when `y` was an array without names.
        """
        features, given = self._check_query(X, known)
        result = {t: self._mean(features, given, t) for t in self.targets_ if self._is_class(t)}
        if self._one_target:
            return result[self.targets_[0]]
        return list(result.values()) if self._form == "matrix" else result

    def tree_predictions(
        self, X: ArrayLike, known: pd.DataFrame | None = None
    ) -> np.ndarray | dict[Hashable, np.ndarray]:
        """Return what each tree predicts.

        Tree b of every target and stage saw bag b of ``inbag_counts_``, so any function of
        these values has a jackknife variance of its own: see `jackknife_variance`.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        numpy.ndarray, shape (n_samples, n_trees) or (n_samples, n_trees, n_targets)
            For a single classification target (n_samples, n_trees, n_classes), probabilities.
            With several targets of which one is a classification, a dict {target: array}.
        """
        features, given = self._check_query(X, known)
        values = {t: np.moveaxis(self._trees(features, given, t), 0, 1) for t in self.targets_}
        if self._one_target:
            return values[self.targets_[0]]
        if any(self._is_class(t) for t in self.targets_):
            return values
        return np.stack(list(values.values()), axis=2)

    def out_of_bag_prediction(self) -> np.ndarray | pd.DataFrame:
        """Predict each training row from the trees that did not see it.

        Returns
        -------
        As `predict`; NaN (for a class None) where every tree saw the row.
        """
        check_is_fitted(self)
        values = {t: self._decode(t, self._out_of_bag(t)) for t in self.targets_}
        return self._shape(values, None)

    def observation_std(
        self, X: ArrayLike, known: pd.DataFrame | None = None
    ) -> np.ndarray | pd.DataFrame:
        """Return the expected spread of observations around the prediction.

        The standard deviation of the trees' predictions, times one factor a target that gives
        the out-of-bag residuals of the training rows a root mean square of one. It holds the
        noise of the labels, which the standard error of `predict` does not. With `known`, the
        training rows too are predicted from their known labels.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        numpy.ndarray or pandas.DataFrame, as `predict`
            In the unit of the target.

        Raises
        ------
        ValueError
            A target is a classification.
        """
        features, given = self._check_query(X, known)
        for target in self.targets_:
            if self._is_class(target):
                raise ValueError(
                    f"target {target!r} is a classification: its labels have no spread"
                )
        spread = {
            t: self._spread_factor(t, list(given)) * self._tree_spread(features, given, t)
            for t in self.targets_
        }
        return self._shape(spread, X)

    def score(self, X: ArrayLike, y: ArrayLike, known: pd.DataFrame | None = None) -> float:
        """Return R2 (regression) or accuracy over the rows that carry the target's label.

        Parameters
        ----------
        X, known
            As in `predict`.
        y : array-like, shape (n_samples,) or (n_samples, n_tasks)
            Labels with holes, laid out as in `fit`.

        Returns
        -------
        float
            The mean over the targets when there are several.

        Raises
        ------
        ValueError
            A target is missing from `y`, or has no label there.
        """
        features, given = self._check_query(X, known)
        _check_same_rows(X, y, len(features), np.shape(y)[0], name="y")
        return float(
            np.mean([self._score_one(features, given, t, self._truth(y, t)) for t in self.targets_])
        )

    # Parts of predict -----------------------------------------------------------------------

    def _check_query(self, X: ArrayLike, known: pd.DataFrame | None) -> tuple[np.ndarray, dict]:
        """Return checked features and the known labels as numbers."""
        check_is_fitted(self)
        features = _check_features(self, X, reset=False)
        if known is None:
            return features, {}
        if isinstance(X, pd.DataFrame) and isinstance(known, pd.DataFrame):
            _check_same_rows(X, known, len(X), len(known), name="known")
        usable = {task: self._task_classes[task] for task in self._usable_known()}
        return features, encode_known(known, usable, len(features))

    def _usable_known(self) -> list:
        """Return the tasks whose labels may be known at prediction time."""
        return self.related_

    def _predict_with_error(
        self, X: np.ndarray, known: dict, target: Hashable
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what `_mean` returns, and its jackknife standard error, from the same trees."""
        if len(self.inbag_counts_) < 2:
            raise ValueError("return_std needs n_estimators of at least 2; hundreds are better")
        classes = self._task_classes[target]
        mean = np.empty(len(X) if classes is None else (len(X), len(classes)))
        variance, noise = np.empty((2, len(X)))
        for queries, rows in self._influence(target, known, len(X)):
            places = np.flatnonzero(queries)
            if not len(places):
                continue
            form = self._bag_form(rows)
            for block in self._blocks(len(places), target):
                here = places[block]
                asked = X[here], {task: values[here] for task, values in known.items()}, target
                trees = self._trees(*asked)
                mean[here] = (
                    mean_over_trees(trees) if self._serves_mean_of_trees else self._mean(*asked)
                )
                if classes is not None:  # the probability of the likeliest class
                    trees = trees[:, np.arange(len(here)), mean[here].argmax(axis=1)]
                variance[here], noise[here] = form.variance(np.ascontiguousarray(trees.T))
        warn_if_noisy(variance, noise, len(self.inbag_counts_), stacklevel=4)
        return mean, np.sqrt(variance)

    def _bag_form(self, rows: np.ndarray) -> BagForm:
        """Return the jackknife of these training rows, computed once after fit if it is small."""
        if np.count_nonzero(rows) < 2:
            raise ValueError("return_std needs at least two training rows")
        key = rows.tobytes()
        if key in self._bag_forms:
            return self._bag_forms[key]
        form = BagForm.of(self.inbag_counts_[:, rows], "counts")
        if form.nbytes <= _KEPT:
            self._bag_forms[key] = form
        return form

    def _blocks(self, n: int, target: Hashable) -> Iterator[slice]:
        """Yield slices of queries whose tree values fit into one block of memory."""
        classes = self._task_classes[target]
        step = max(
            1, _BLOCK // (len(self.inbag_counts_) * (1 if classes is None else len(classes)))
        )
        yield from (slice(start, start + step) for start in range(0, n, step))

    def _tree_spread(self, X: np.ndarray, known: dict, target: Hashable) -> np.ndarray:
        """Return the standard deviation over the trees, (n_samples,)."""
        return np.concatenate(
            [
                self._trees(X[b], {k: v[b] for k, v in known.items()}, target).std(axis=0)
                for b in self._blocks(len(X), target)
            ]
        )

    def _spread_factor(self, target: Hashable, known_tasks: list) -> float:
        """Return the root mean square of out-of-bag residuals in units of the trees' spread."""
        truth = self._labels.of(target)
        known = {task: self._labels.of(task) for task in known_tasks}
        ratios = []
        for block in self._blocks(len(truth), target):
            here = {task: values[block] for task, values in known.items()}
            trees = self._training_trees(block, here, target)
            unseen = np.where(self.inbag_counts_[:, block] == 0, trees, np.nan)
            usable = (np.isfinite(unseen).sum(axis=0) > 1) & ~np.isnan(truth[block])
            spread = np.nanstd(unseen[:, usable], axis=0)
            residual = truth[block][usable] - np.nanmean(unseen[:, usable], axis=0)
            ratios.append(residual[spread > 0] / spread[spread > 0])
        squares = np.concatenate(ratios) ** 2
        if not len(squares):
            raise ValueError(
                f"no training row of {target!r} is out of bag with trees that differ: grow more "
                "trees (n_estimators) to learn the spread of observations"
            )
        return float(np.sqrt(squares.mean()))

    def _score_one(self, X: np.ndarray, known: dict, target: Hashable, truth: pd.Series) -> float:
        seen = truth.notna().to_numpy()
        if len(truth) != len(X):
            raise ValueError(f"X has {len(X)} rows and Y has {len(truth)}")
        if not seen.any():
            raise ValueError(f"Y has no label of target {target!r} to score against")
        known = {task: values[seen] for task, values in known.items()}
        predicted = self._decode(target, self._mean(X[seen], known, target))
        if self._is_class(target):
            return accuracy_score(
                np.asarray(truth[seen].tolist(), object) == predicted, [True] * sum(seen)
            )
        return r2_score(truth[seen].to_numpy(dtype=float), predicted)

    def _truth(self, Y: ArrayLike, target: Hashable) -> pd.Series:
        """Return the labels of one target from labels laid out as in `fit` or as one column."""
        table, form = as_table(Y)
        if form == "vector" and self._one_target:
            name = table.columns[0]
            if name != target and name in self._labels.names:
                raise ValueError(f"y holds the labels of {name!r}, and the target is {target!r}")
            return table.iloc[:, 0]
        if target not in table:
            raise ValueError(f"Y has no column {target!r} to score against: {list(table.columns)}")
        return table[target]

    def _decode(self, target: Hashable, mean: np.ndarray) -> np.ndarray:
        """Return labels: the number itself, or the most probable class."""
        classes = self._task_classes[target]
        if classes is None:
            return mean
        lost = np.isnan(mean).any(axis=1)
        labels = classes[np.where(lost[:, None], 0, mean).argmax(axis=1)]
        if lost.any():  # a row in every bag has no out-of-bag class
            labels = labels.astype(object)
            labels[lost] = None
        return labels

    def _shape(self, columns: dict, X: ArrayLike | None) -> np.ndarray | pd.DataFrame:
        """Return one target as a column, several as the table that `Y` was."""
        if self._one_target:
            return columns[self.targets_[0]]
        if self._form == "frame":
            index = self._index if X is None else getattr(X, "index", None)
            return pd.DataFrame(columns, index=index if isinstance(index, pd.Index) else None)
        return np.column_stack(list(columns.values()))

    def _is_class(self, task: Hashable) -> bool:
        return self._task_classes[task] is not None

    def _any_class(self) -> bool:
        """Return whether a target is (or, before fit, is said to be) a classification."""
        if hasattr(self, "targets_"):
            return any(self._is_class(t) for t in self.targets_)
        if isinstance(self.task_types, Mapping):
            return CLASSIFICATION in self.task_types.values()
        return self.task_types == CLASSIFICATION

    # What scikit-learn asks -----------------------------------------------------------------

    def __getstate__(self) -> dict:
        state = super().__getstate__()
        return state | {"_bag_forms": {}} if "_bag_forms" in state else state

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
        tags.target_tags.multi_output = not self._needs_relation
        tags.target_tags.single_output = True
        return tags


def name_tasks(argument: str, value: object, names: list) -> list:
    """Return one task name or several as a list of tasks, or raise an error that names them.

    Parameters
    ----------
    argument : str
        What the value was given for, such as ``"target"``.
    value : task name or sequence of them
    names : list
        The tasks at hand; a name may itself be a tuple.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        No task, an unknown task, or a task named twice.
    """
    one = isinstance(value, str) or (isinstance(value, Hashable) and value in names)
    tasks = list(value) if isinstance(value, Iterable) and not one else [value]
    if not tasks:
        raise ValueError(f"{argument} is empty; name at least one task, or give None")
    for task in tasks:
        if task not in names:
            raise ValueError(f"{argument} {task!r} is no task of Y; the tasks are {names}")
        if tasks.count(task) > 1:
            raise ValueError(f"{argument} {task!r} is named twice")
    return tasks


def _check_features(estimator: TransferForest, X: ArrayLike, reset: bool) -> np.ndarray:
    """Return features as floats, or raise an error that names a missing one."""
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError("Input X is a masked array with masked values: fill or drop them first")
    features = validate_data(
        estimator, X, dtype=np.float64, ensure_all_finite=False, reset=reset, copy=reset
    )
    bad = ~np.isfinite(features)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        names = getattr(estimator, "feature_names_in_", None)
        name = f"column {column}" if names is None else f"column {names[column]!r}"
        what = "NaN" if np.isnan(features[row, column]) else "infinity (inf)"
        raise ValueError(
            f"Input X contains {what} in {name}, row {row}: fill or drop missing features first "
            "(holes are allowed in Y only)"
        )
    return features


def _check_same_rows(X: object, Y: object, n_x: int, n_y: int, name: str = "Y") -> None:
    """Raise an error when features and labels do not belong to the same rows."""
    if n_x != n_y:
        raise ValueError(f"X has {n_x} rows and {name} has {n_y}: inconsistent numbers of samples")
    tables = (pd.DataFrame, pd.Series)
    if isinstance(X, tables) and isinstance(Y, tables) and not X.index.equals(Y.index):
        row = int(np.flatnonzero(X.index.to_numpy() != Y.index.to_numpy())[0])
        raise ValueError(
            f"the index of {name} is not that of X: row {row} is {X.index[row]!r} in X and "
            f"{Y.index[row]!r} in {name}; align them, for example {name}.reindex(X.index)"
        )
