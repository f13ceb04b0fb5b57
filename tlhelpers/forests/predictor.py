"""What a fitted forest is asked: predictions, their errors, single trees, scores."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests.checks import check_features, check_same_rows, name_tasks
from tlhelpers.forests.labels import CLASSIFICATION, as_table, encode_known, labels_of
from tlhelpers.forests.measurements import MeasurementPredictor
from tlhelpers.forests.plan import Answers, Queries
from tlhelpers.forests.stages import GrownStages, OutOfBagReading, Reading
from tlhelpers.forests.uncertainty import Uncertainty


def _predicts_classes(forest: "Predictor") -> bool:
    """Return whether a target is (or, before fit, is said to be) a classification."""
    if forest.__sklearn_is_fitted__():
        return any(map(forest._stages.labels.is_class, forest.targets_))
    types = forest.task_types
    if isinstance(types, Mapping):
        named = isinstance(forest.target, Hashable) and forest.target in types
        types = [types[forest.target]] if named else types.values()
        return CLASSIFICATION in types
    return types == CLASSIFICATION


class Predictor(MeasurementPredictor, BaseEstimator):
    """Answers from grown stages: one combination of theirs, read in the mean or tree by tree."""

    uses_known = False  # whether `predict` can use known labels of related tasks
    targets_: list
    related_: list
    _stages: GrownStages
    _uncertainty: Uncertainty

    @abstractmethod
    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        """Return the prediction of a target from the answers ``read(stage, task)`` of stages."""

    def _combine_unseen(self, target: Hashable, reading: OutOfBagReading) -> np.ndarray:
        """Return the prediction of training rows from what has not seen them."""
        return self._combine(target, reading.mean)

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
            With several targets an array or, as `y` was, a DataFrame with a column per target.
        std : same shape
            Only with `return_std`, in the unit of the target.

        Raises
        ------
        ValueError, TypeError
            Features unlike those of `fit`, or `known` labels that the model cannot use.
        """
        queries = self._check_query(X, known)
        if not return_std:
            return self._shape(self._ask(queries, self.targets_), X)
        means, errors = {}, {}
        for t in self.targets_:
            means[t], errors[t] = self._uncertainty.with_error(
                partial(self._combine, t), queries, t, self._exact
            )
        return self._shape(means, X), self._shape(errors, X, decode=False)

    @available_if(_predicts_classes)
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
        queries = self._check_query(X, known)
        result = self._ask(queries, filter(self._stages.labels.is_class, self.targets_))
        if len(self.targets_) == 1:
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
        queries = self._check_query(X, known)
        answers = self._ask(queries, self.targets_, by_tree=True)
        values = {t: np.moveaxis(trees, 0, 1) for t, trees in answers.items()}
        if len(self.targets_) == 1:
            return values[self.targets_[0]]
        if any(self._stages.labels.is_class(t) for t in self.targets_):
            return values
        return np.stack(list(values.values()), axis=2)

    def out_of_bag_prediction(
        self, known: Hashable | Sequence[Hashable] | None = None
    ) -> np.ndarray | pd.DataFrame:
        """Predict each training row from the trees that did not see it.

        Parameters
        ----------
        known : task name or list of them, optional
            The related tasks whose labels are taken as known, in the rows that carry one, as
            `predict` would take them. None: no related label is.

        Returns
        -------
        As `predict`; NaN (for a class None) where every tree saw the row.

        Raises
        ------
        ValueError
            A task that is no related one, or a model that cannot use known labels.
        """
        check_is_fitted(self)
        tasks = [] if known is None else name_tasks("known", known, self.related_)
        if tasks and not self.uses_known:
            raise ValueError(f"a {type(self).__name__} cannot use known labels: leave known out")
        queries = Queries(self._stages.X, {t: self._stages.labels.of(t) for t in tasks})
        return self._shape(self._ask(queries, self.targets_, out_of_bag=True), None)

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
            A target is missing from `y`, or has no label there (of a regression, one alone).
        """
        queries = self._check_query(X, known)
        check_same_rows(X, y, len(queries), len(as_table(y)[0]), name="y")
        scores = []
        for target in self.targets_:
            truth = labels_of(y, target, self.targets_, self._stages.labels.names)
            seen = truth.notna().to_numpy()
            if not seen.any():
                raise ValueError(f"Y has no label of target {target!r} to score against")
            predicted = self._serve(target, self._ask(queries[seen], [target])[target])
            if self._stages.labels.is_class(target):
                right = np.asarray(truth[seen].tolist(), object) == predicted
                scores.append(right.mean())
            elif seen.sum() < 2:
                raise ValueError(f"R2 needs two labels of target {target!r} at least, Y has one")
            else:
                scores.append(r2_score(truth[seen].to_numpy(dtype=float), predicted))
        return float(np.mean(scores))

    # Parts of predict -----------------------------------------------------------------------

    def _check_query(self, X: ArrayLike, known: pd.DataFrame | None) -> Queries:
        """Return checked features and the known labels as numbers."""
        check_is_fitted(self)
        features = check_features(self, X, reset=False)
        if known is None:
            return Queries(features)
        if isinstance(X, pd.DataFrame) and isinstance(known, pd.DataFrame):
            check_same_rows(X, known, len(X), len(known), name="known")
        if not self.uses_known:
            raise ValueError(
                f"a {type(self).__name__} cannot use known labels when it predicts: use an "
                "architecture that can, such as LatentVariableForest, or put these rows, with the "
                "labels that are known, into fit of a MultiTaskForest"
            )
        usable = {task: self._stages.labels.classes[task] for task in self.related_}
        return Queries(features, encode_known(known, usable, len(features)))

    def _ask(
        self,
        queries: Queries,
        targets: Iterable,
        by_tree: bool = False,
        combine: Callable | None = None,
        out_of_bag: bool = False,
    ) -> dict:
        """Return {target: predictions, in the mean or of all trees}, each regime read apart."""
        combine = combine or self._combine
        parts, exact = queries.regimes(), self._exact if by_tree else []
        readings: Sequence[Reading]
        if out_of_bag:
            readings = [OutOfBagReading(self._stages, p, queries[p].regime) for p in parts]
        else:
            readings = [Reading(self._stages, queries[p], by_tree, exact) for p in parts]
        back = np.argsort(np.concatenate(parts))
        answers = {}
        for t in targets:
            found = [
                self._combine_unseen(t, r)
                if isinstance(r, OutOfBagReading)
                else combine(t, r.trees if by_tree else r.mean)
                for r in readings
            ]
            whole = np.concatenate(found, axis=int(by_tree))
            answers[t] = whole.take(back, axis=int(by_tree)) if len(found) > 1 else found[0]
        return answers

    @property
    def _exact(self) -> list:
        """The tasks whose errors are left out: with `fixed_stage` the related ones."""
        return self.related_ if getattr(self, "fixed_stage", False) else []

    def _serve(self, target: Hashable, mean: np.ndarray) -> np.ndarray:
        """Return a mean as a label: within its bounds, or the most probable class."""
        bounds = getattr(self, "_bounds", None)
        mean = mean if bounds is None else np.clip(mean, *bounds)
        return self._stages.labels.decode(target, mean)

    def _shape(
        self, columns: dict, X: ArrayLike | None, decode: bool = True
    ) -> np.ndarray | pd.DataFrame:
        """Return one target as a column, several as the table that `Y` was."""
        if decode:
            columns = {t: self._serve(t, mean) for t, mean in columns.items()}
        if len(columns) == 1:
            return columns[self.targets_[0]]
        if self._form == "frame":
            index = self._index if X is None else getattr(X, "index", None)
            return pd.DataFrame(columns, index=index if isinstance(index, pd.Index) else None)
        return np.column_stack(list(columns.values()))
