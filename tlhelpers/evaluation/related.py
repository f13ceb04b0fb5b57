"""Related labels as features: how any scikit-learn estimator joins a comparison of forests."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests.checks import check_same_rows, name_tasks
from tlhelpers.forests.labels import as_table

Related = Mapping[Hashable, Hashable | Sequence[Hashable]] | Hashable | Sequence[Hashable] | None


class RelatedAsFeatures(MetaEstimatorMixin, BaseEstimator):
    """Fit any regressor or classifier to a table with holes, related labels among its features.

    Each target has a clone of its own, fitted to the rows that carry the target's label.

    Parameters
    ----------
    estimator : estimator
        A regressor or classifier.
    target : task name or list of them, optional
        What is predicted; default every task, and in a comparison what the others predict.
    related : task name, list of them, or mapping of targets to these, optional
        The labels, numbers, that stand among the features; default every task that is no target.
    keep_features : bool
        Whether `X` stands among the features too.

    Attributes
    ----------
    targets_, related_ : list
        The tasks that are predicted, and those whose labels are used.
    estimators_ : mapping of targets to fitted estimators

    Notes
    -----
    Where a related label is missing, an estimator that accepts missing values (its scikit-learn
    tag `allow_nan`) finds NaN, and so does a pipeline whose first step imputes them. For any
    other, such rows take no part in training, and the prediction is the mean, or the most common
    class, of the training rows that carry the target.

    Examples
    --------
    The straight line from a reaction energy to its barrier:

    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from tlhelpers.evaluation import RelatedAsFeatures
    >>> Y = pd.DataFrame({"barrier": [1.0, 2.0, None], "energy": [0.0, 1.0, 2.0]})
    >>> line = RelatedAsFeatures(LinearRegression(), "barrier", "energy", keep_features=False)
    >>> line.fit(Y[[]], Y).predict(Y[[]], known=Y[["energy"]]).round(6).tolist()
    [1.0, 2.0, 3.0]
    """

    uses_known = True  # what a comparison asks: it fits the whole table and can be told `known`

    def __init__(
        self,
        estimator,
        target: Hashable | Sequence[Hashable] | None = None,
        related: Related = None,
        *,
        keep_features: bool = True,
    ):
        self.estimator = estimator
        self.target = target
        self.related = related
        self.keep_features = keep_features

    def fit(self, X: ArrayLike, y: ArrayLike) -> "RelatedAsFeatures":
        """Fit a clone of the estimator to each target.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        y : array-like, shape (n_samples,) or (n_samples, n_tasks)
            Labels, one column a task; NaN or None where one is missing.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Rows of `X` and `y` that do not belong together, an unknown task, a target among its
            own related tasks, a related label that is no number, or a target without a row to fit.
        """
        Y, _ = as_table(y)
        check_same_rows(X, y, np.shape(X)[0], len(Y))
        names = list(Y.columns)
        self.targets_ = self._find_targets(names)
        self._related_to = {t: self._find_related(t, names) for t in self.targets_}
        used = {task for tasks in self._related_to.values() for task in tasks}
        self.related_ = [task for task in names if task in used]
        self.estimators_, self._fallback = {}, {}
        for target in self.targets_:
            features, whole = self._features(X, Y, target)
            labelled = Y[target].notna().to_numpy()
            rows = labelled & whole
            if not rows.any():
                raise ValueError(f"no row carries {target!r} and {self._related_to[target]}")
            labels = Y.loc[labelled, target].infer_objects()
            fitted = clone(self.estimator).fit(features[rows], labels[rows[labelled]].to_numpy())
            self.estimators_[target] = fitted
            self._fallback[target] = (
                labels.mode().iloc[0] if is_classifier(self.estimator) else float(labels.mean())
            )
        return self

    def predict(self, X: ArrayLike, known: pd.DataFrame | None = None) -> np.ndarray | pd.DataFrame:
        """Predict the targets.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features)
        known : pandas.DataFrame, shape (n_samples, related tasks), optional
            Related labels of these rows; holes allowed.

        Returns
        -------
        numpy.ndarray, shape (n_samples,)
            With several targets a DataFrame, a column per target.

        Raises
        ------
        ValueError, TypeError
            Rows of `X` and `known` that do not belong together, or `known` labels that the model
            does not use.
        """
        check_is_fitted(self)
        if known is not None:
            if not isinstance(known, pd.DataFrame):
                raise TypeError(f"known must be a DataFrame, got {type(known).__name__}")
            if set(known) - set(self.related_):
                task = next(task for task in known if task not in self.related_)
                raise ValueError(
                    f"known has the column {task!r}, which is no related task of this model; "
                    f"related tasks: {self.related_}"
                )
            check_same_rows(X, known, np.shape(X)[0], len(known), name="known")
        answers = {target: self._predict(X, known, target) for target in self.targets_}
        if len(answers) == 1:
            return answers[self.targets_[0]]
        return pd.DataFrame(answers, index=X.index if isinstance(X, pd.DataFrame) else None)

    def _predict(self, X: ArrayLike, known: pd.DataFrame | None, target: Hashable) -> np.ndarray:
        features, whole = self._features(X, known, target)
        if whole.all():
            return self.estimators_[target].predict(features)
        answer = np.full(len(features), self._fallback[target], dtype=object)
        if whole.any():
            answer[whole] = self.estimators_[target].predict(features[whole])
        return answer if is_classifier(self.estimator) else answer.astype(float)

    def _find_targets(self, names: list) -> list:
        """Return the target tasks as a list."""
        return names if self.target is None else name_tasks("target", self.target, names)

    def _find_related(self, target: Hashable, names: list) -> list:
        """Return the tasks whose labels help to predict a target."""
        related = self.related
        if isinstance(related, Mapping):
            if target not in related:
                raise ValueError(f"related does not say what helps to predict {target!r}")
            related = related[target]
        if related is None:
            return [task for task in names if task not in self.targets_]
        if isinstance(related, Sequence) and not len(related):
            return []
        tasks = name_tasks("related", related, names)
        if set(tasks) & set(self.targets_):
            raise ValueError(f"related holds a target: {sorted(set(tasks) & set(self.targets_))}")
        return tasks

    def _features(
        self, X: ArrayLike, labels: pd.DataFrame | None, target: Hashable
    ) -> tuple[pd.DataFrame | np.ndarray, np.ndarray]:
        """Return the features of one target, and in which rows its estimator can use them."""
        tasks = self._related_to[target]
        if not tasks:
            features = _with_text_names(X) if isinstance(X, pd.DataFrame) else np.asarray(X)
            return features, np.ones(len(features), dtype=bool)
        own = X.reset_index(drop=True) if isinstance(X, pd.DataFrame) else pd.DataFrame(X)
        added = pd.DataFrame(index=own.index, columns=tasks, dtype=float)
        given = added if labels is None else labels
        for task in [task for task in tasks if task in given]:
            try:
                added[task] = given[task].to_numpy(dtype=float, na_value=np.nan)
            except (TypeError, ValueError, OverflowError):
                raise ValueError(
                    f"related {task!r} holds labels that are no numbers, or too large for one"
                ) from None
        features = pd.concat([own, added], axis=1) if self.keep_features else added
        features = _with_text_names(features)
        holes = added.isna().any(axis=1).to_numpy()
        return features, ~holes | _takes_holes(self.estimator)

    def __sklearn_tags__(self):
        tags, own = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.estimator_type = own.estimator_type
        tags.classifier_tags, tags.regressor_tags = own.classifier_tags, own.regressor_tags
        tags.input_tags.allow_nan = _takes_holes(self.estimator)
        return tags


def _takes_holes(estimator) -> bool:
    """Return whether an estimator can be given missing values, or imputes them before all else."""
    first = estimator[0] if isinstance(estimator, Pipeline) else None
    imputes = isinstance(first, SimpleImputer | KNNImputer)  # its tags do not say
    return imputes or get_tags(estimator).input_tags.allow_nan


def _with_text_names(features: pd.DataFrame) -> pd.DataFrame:
    """Return features whose names are text: only of these an estimator checks the order."""
    if all(isinstance(name, str) for name in features):
        return features
    return features.set_axis([str(name) for name in features], axis=1)
