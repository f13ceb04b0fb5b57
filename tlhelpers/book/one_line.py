"""A line fitted once beside a forest, for comparison with a line in every bag."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from tlhelpers.forests import SingleTaskForest


class OneLine(BaseEstimator):
    """Fit one line to all labels, and a forest to what it misses: y = a + rho z + d(x).

    All trees share the line. So the jackknife, which compares trees of different bags, sees
    nothing of the line's error.

    Parameters
    ----------
    target, base : str
        The label that is predicted, and the one that the line is drawn against.
    n_estimators : int
    random_state : int, optional

    Attributes
    ----------
    slope_, intercept_ : float
    rest_ : SingleTaskForest
        Of what the line misses.
    """

    def __init__(
        self,
        target: str,
        base: str,
        *,
        n_estimators: int = 100,
        random_state: int | None = None,
    ):
        self.target = target
        self.base = base
        self.n_estimators = n_estimators
        self.random_state = random_state

    def fit(self, X: ArrayLike, Y: pd.DataFrame) -> "OneLine":
        """Fit the line to the rows that have both labels, then the forest."""
        both = Y[[self.base, self.target]].dropna()
        self.slope_, self.intercept_ = np.polyfit(both[self.base], both[self.target], 1)
        rest = Y[self.target] - self.intercept_ - self.slope_ * Y[self.base]
        options: dict = {"n_estimators": self.n_estimators, "random_state": self.random_state}
        self.rest_ = SingleTaskForest(**options).fit(X, rest.to_frame("rest"))
        return self

    def predict(
        self, X: ArrayLike, known: pd.DataFrame, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Predict from the known base labels; the error, if asked, is that of the forest alone."""
        line = self.intercept_ + self.slope_ * known[self.base].to_numpy()
        if not return_std:
            return line + self.rest_.predict(X)
        rest, std = self.rest_.predict(X, return_std=True)
        return line + rest, std
