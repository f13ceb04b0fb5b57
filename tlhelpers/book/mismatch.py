"""What it costs to train on measured labels and be asked with guessed ones."""

from collections.abc import Hashable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import get_tags

from tlhelpers.forests import SingleTaskForest
from tlhelpers.forests.base import TransferForest


class GuessAsMeasured(MetaEstimatorMixin, BaseEstimator):
    """Serve a forest with guessed related labels as if they had been measured.

    Its last stage is then the one that was trained on measured labels, as if a forest were not
    trained as it is asked.

    Parameters
    ----------
    forest : DifferenceForest, LatentVariableForest or StackedForest
        Unfitted.
    random_state : int, optional
        Of the forests; where `forest` has one of its own, that counts there.

    Attributes
    ----------
    forest_ : the fitted forest
    guess_ : dict of {related task: SingleTaskForest}
    """

    uses_known = True  # it fits the whole table

    def __init__(self, forest: TransferForest, *, random_state: int | None = None):
        self.forest = forest
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: pd.DataFrame) -> "GuessAsMeasured":
        """Fit the forest, and one for the guess of each related label."""
        self.forest_ = clone(self.forest)
        if self.forest_.random_state is None:
            self.forest_.set_params(random_state=self.random_state)
        self.forest_.fit(X, y)
        self.related_ = self.forest_.related_
        options: dict = {"random_state": self.random_state}
        options["n_estimators"] = self.forest.n_estimators
        alone = {task: SingleTaskForest(task, **options) for task in self.related_}
        self.guess_ = {task: forest.fit(X, y) for task, forest in alone.items()}
        return self

    def predict(self, X: ArrayLike, known: pd.DataFrame | None = None) -> np.ndarray | pd.DataFrame:
        """Predict, with a guess wherever a related label is not known."""
        index = X.index if isinstance(X, pd.DataFrame) else None
        guess = {task: forest.predict(X) for task, forest in self.guess_.items()}
        labels = pd.DataFrame(guess, index=index)
        return self.forest_.predict(X, labels if known is None else known.fillna(labels))

    def _find_targets(self, names: list) -> list[Hashable]:
        return self.forest._find_targets(names)

    def __sklearn_tags__(self):
        return get_tags(self.forest)
