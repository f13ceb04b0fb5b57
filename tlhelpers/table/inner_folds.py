"""A model without bags, judged and given intervals by ten folds within its training rows."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier
from sklearn.model_selection import GroupKFold

from tlhelpers.evaluation import Split, prepare_model, split_table
from tlhelpers.forests.intervals import Errors, check_coverage, labels_needed, warn_of_few

INNER = 10  # folds that stand for the bags of a model that has none

Regime = frozenset  # the related labels that are known of a row


@dataclass(frozen=True)
class InnerFolds:
    """A fitted model without bags, and what its clones say of training rows they have not seen.

    Parameters
    ----------
    fitted : estimator
    fresh : estimator
        The same, unfitted, seeded.
    split : Split
        What it is fitted to.
    target : task name

    Notes
    -----
    Conformal prediction with the residuals of a cross-validation: of n of them, the
    ceil(coverage (n + 1))-th smallest is half the width of an interval, as in
    `tlhelpers.forests.intervals`, but the same for every row of one regime. Clones have nine tenths
    of the labels, so their errors may be a little too large: on artificial tables 90% intervals
    hold 89% to 93% (``load_results("interval_coverage")``). Folds are fitted when they are first
    needed in a regime, and only their predictions are kept.
    """

    fitted: Any
    fresh: Any
    split: Split
    target: Hashable
    _unseen: dict[Regime, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def uses_known(self) -> bool:
        """Whether related labels of a row help to predict it."""
        return self.fitted.uses_known

    @property
    def related_(self) -> list:
        """The related tasks whose labels the model uses."""
        return self.fitted.related_

    @property
    def estimators_(self) -> dict:
        """The fitted estimator of the target."""
        return self.fitted.estimators_

    def predict(self, X: pd.DataFrame, known: pd.DataFrame | None = None) -> np.ndarray:
        """Predict rows with the model that is fitted to all training rows."""
        return self.fitted.predict(X, known=known)

    def unseen_prediction(self, told: Iterable[Hashable] = ()) -> pd.Series:
        """Predict the training rows, each without its label and those of its group.

        Parameters
        ----------
        told : iterable of task names
            The related labels that are told, where a row has them.

        Returns
        -------
        pandas.Series
            Indexed as the training rows; None where one has no label.
        """
        regime = Regime(told)
        self.learn([regime])
        return pd.Series(self._unseen[regime], self.split.Y_train.index).infer_objects()

    def learn(self, regimes: Iterable[Regime]) -> None:
        """Fit the folds once for all of these regimes that are not known yet."""
        new = [regime for regime in dict.fromkeys(regimes) if regime not in self._unseen]
        rows, groups = np.flatnonzero(self._labelled), np.asarray(self.split.groups)
        guess = {regime: np.full(len(groups), None, dtype=object) for regime in new}
        folds = min(INNER, self._n_groups)
        if not new or folds < 2:
            return
        table = self.split.X_train, self.split.Y_train, groups, [self.target]
        for _, test in GroupKFold(folds).split(rows, groups=groups[rows]):
            inner = split_table(*table, rows[test], "warm" if self.uses_known else "cold")
            model = prepare_model(self.fresh, [self.target], 0).fit(inner.X_train, inner.Y_train)
            for regime in new:
                told = [task for task in self.related_ if task in regime]
                known = inner.known[told] if told and inner.known is not None else None
                guess[regime][rows[test]] = model.predict(inner.X_test, known=known)
        self._unseen.update(guess)

    def predict_interval(
        self, X: pd.DataFrame, known: pd.DataFrame | None = None, coverage: float = 0.9
    ) -> np.ndarray | None:
        """Return the interval of each row that holds a new measurement.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n_samples, n_features)
        known : pandas.DataFrame, shape (n_samples, some related tasks), optional
        coverage : float
            Between 0 and 1.

        Returns
        -------
        numpy.ndarray, shape (n_samples, 2), or None
            None for classes. Infinite where fewer groups of rows carry the target than
            `tlhelpers.forests.intervals.labels_needed`.
        """
        coverage = check_coverage(coverage)
        if is_classifier(self.fitted):
            return None
        middle = np.asarray(self.predict(X, known))
        half = np.full(len(middle), np.inf)
        if self._n_groups < labels_needed(coverage):
            warn_of_few(self.target, coverage, self._n_groups)
        else:
            places = list(regimes_of(known, len(middle)))
            self.learn(regime for regime, _ in places)
            for regime, rows in places:
                half[rows] = self._errors(regime).limit(coverage)
        return np.column_stack([middle - half, middle + half])

    @property
    def _labelled(self) -> np.ndarray:
        return self.split.Y_train[self.target].notna().to_numpy()

    @property
    def _n_groups(self) -> int:
        """The number of groups with a label."""
        return len(np.unique(np.asarray(self.split.groups)[self._labelled]))

    def _errors(self, regime: Regime) -> Errors:
        """Return the errors of the labelled rows in one regime."""
        labelled = self._labelled
        table = self.split.Y_train[labelled]
        truth, guess = table[self.target], self._unseen[regime][labelled]
        size = np.abs(truth.to_numpy(dtype=float) - guess.astype(float))
        complete = table[list(regime)].notna().all(axis=1).to_numpy()
        return Errors(size, np.asarray(self.split.groups)[labelled], complete, (1.0, 0.0, 1.0))


def regimes_of(known: pd.DataFrame | None, n: int) -> Iterator[tuple[Regime, np.ndarray]]:
    """Yield the related labels that are known of rows, and which rows these are."""
    if known is None or not known.shape[1]:
        yield Regime(), np.ones(n, dtype=bool)
        return
    given = known.notna().to_numpy()
    for pattern in np.unique(given, axis=0):
        yield Regime(known.columns[pattern]), (given == pattern).all(axis=1)


def with_unseen(
    fitted: Any,
    fresh: Any,
    split: Split,
    target: Hashable,
    settings: Iterable[str] = (),
    asked: pd.DataFrame | None = None,
) -> Any:
    """Return a model that can tell its errors on training rows it has not seen.

    Parameters
    ----------
    fitted, fresh, split, target
        As of `InnerFolds`.
    settings : iterable of {"cold", "warm"}
        In which its error will be asked for.
    asked : pandas.DataFrame, optional
        The related labels of rows for which an interval will be asked. The folds are fitted here,
        once for all that is named; with neither, when they are needed.

    Returns
    -------
    estimator
        The fitted model where it has bags, else `InnerFolds`.
    """
    if hasattr(fitted, "out_of_bag_prediction"):
        return fitted
    model = InnerFolds(fitted, fresh, split, target)
    of_setting = {"cold": Regime(), "warm": Regime(model.related_)}
    regimes = [of_setting[setting] for setting in settings]
    if asked is not None:
        regimes += [regime for regime, _ in regimes_of(asked[model.related_], len(asked))]
    model.learn(regimes)
    return model
