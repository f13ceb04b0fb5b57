"""What a fitted forest says of new measurements: their spread, and intervals that hold them."""

from abc import abstractmethod
from collections.abc import Callable, Hashable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.forests.intervals import Intervals, check_coverage
from tlhelpers.forests.plan import Answers, Queries
from tlhelpers.forests.stages import GrownStages
from tlhelpers.forests.uncertainty import Uncertainty


class MeasurementPredictor:
    """The noise of the labels, added to the error of the prediction."""

    targets_: list
    _stages: GrownStages
    _uncertainty: Uncertainty
    _intervals: Intervals
    _check_query: Callable[..., Queries]
    _shape: Callable

    @abstractmethod
    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        """Return the prediction of a target from the answers ``read(stage, task)`` of stages."""

    def observation_std(
        self, X: ArrayLike, known: pd.DataFrame | None = None
    ) -> np.ndarray | pd.DataFrame:
        """Return the expected spread of observations around the prediction.

        The standard deviation of the trees' predictions, times one factor a target that gives
        the out-of-bag residuals of the training rows a root mean square of one; at most the
        largest of these residuals. It holds the noise of the labels, which the standard error of
        `predict` does not. With `known`, the training rows too are predicted from their known
        labels.

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
        queries = self._check_query(X, known)
        for target in self.targets_:
            if self._stages.labels.is_class(target):
                raise ValueError(
                    f"target {target!r} is a classification: its labels have no spread"
                )
        spread = self._uncertainty.spread
        found = {t: spread(partial(self._combine, t), queries, t) for t in self.targets_}
        return self._shape(found, X)

    def predict_interval(
        self, X: ArrayLike, known: pd.DataFrame | None = None, coverage: float = 0.9
    ) -> np.ndarray | dict[Hashable, np.ndarray]:
        """Return an interval that holds a new measurement, or the likely classes.

        The prediction plus and minus the expected error of the row, times a factor that makes
        the intervals of as many training rows hold their labels. These are predicted from the
        trees that did not see them, and with the related labels that are known of the query;
        rows that lack one of those serve only where too few carry all. With `groups` in `fit`,
        each group counts as one, and the query is of a new group.

        Parameters
        ----------
        X, known
            As in `predict`.
        coverage : float
            The share of new measurements that the intervals are to hold, between 0 and 1: a mean
            over rows like those of `fit`, not a promise for each of them.

        Returns
        -------
        numpy.ndarray, shape (n_samples, 2)
            The lower and the upper end, in the unit of the target. For a classification target
            the set of likely classes, bool (n_samples, n_classes), columns as in ``classes_``;
            the likeliest is always one of them. With several targets {target: array}. With fewer
            labels than the coverage needs (9 for 0.9) the interval is infinite, the set holds
            every class, and a warning says so.

        Raises
        ------
        ValueError, TypeError
            As `predict`, or a coverage that is not between 0 and 1.

        References
        ----------
        Johansson et al., Machine Learning 97, 155 (2014), doi:10.1007/s10994-014-5453-0.
        """
        queries, coverage = self._check_query(X, known), check_coverage(coverage)
        bounds = getattr(self, "_bounds", None) or (-np.inf, np.inf)
        found = {}
        for t in self.targets_:
            asked = partial(self._combine, t), queries, t, coverage
            is_class = self._stages.labels.is_class(t)
            of = self._intervals
            found[t] = of.of_classes(*asked) if is_class else of.of_numbers(*asked, bounds)
        return found[self.targets_[0]] if len(found) == 1 else found
