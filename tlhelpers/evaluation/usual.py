"""What a reader would try first: models of scikit-learn, as rivals in a comparison."""

import warnings
from typing import Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tlhelpers.evaluation.related import RelatedAsFeatures

FEWEST = 5  # rows in a leaf of boosting, whose default of 20 is too many for a small table


def usual_models(n_estimators: int = 100, *, classes: bool = False) -> dict[str, BaseEstimator]:
    """Return a random forest, extra trees and gradient boosting, each of which accepts holes.

    Parameters
    ----------
    n_estimators : int
        Trees in the forest and in the extra trees.
    classes : bool
        Whether the target is a class.

    Returns
    -------
    dict of str to estimator
        By name, unfitted.

    Examples
    --------
    >>> from tlhelpers.evaluation import usual_models
    >>> list(usual_models())
    ['random forest', 'extra trees', 'gradient boosting']
    """
    if classes:
        forest, extra, boosting = (
            RandomForestClassifier,
            ExtraTreesClassifier,
            HistGradientBoostingClassifier,
        )
    else:
        forest, extra, boosting = (
            RandomForestRegressor,
            ExtraTreesRegressor,
            HistGradientBoostingRegressor,
        )
    return {
        "random forest": forest(n_estimators, max_features=1 / 3),
        "extra trees": extra(n_estimators, max_features=1 / 3),
        "gradient boosting": boosting(min_samples_leaf=FEWEST),
    }


class _QuietProcess(GaussianProcessRegressor):
    """It does not warn of a kernel at a bound: no noise, or no signal, is an answer."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().fit(X, y)


def usual_rivals(
    n_estimators: int = 100, *, classes: bool = False, process: bool = True
) -> dict[str, BaseEstimator]:
    """Return usual models without the related columns and with them: what a reader would try.

    One pair is the mean of the `usual_models`. The other is a Gaussian process: columns are put
    on one scale, and a hole is filled with the mean of its column. The same model twice tells
    whether the columns help.

    Parameters
    ----------
    n_estimators : int
        Trees in the forest and in the extra trees.
    classes : bool
        Whether the target is a class. There is no process for classes.
    process : bool
        Whether the Gaussian process takes part. It is for some hundred labelled rows: its time
        grows with the third power of their number.

    Returns
    -------
    dict of str to estimator
        For the argument ``rivals`` of `compare_architectures`.

    Examples
    --------
    >>> from tlhelpers.evaluation import usual_rivals
    >>> list(usual_rivals())[:2]
    ['usual mixture, no columns', 'usual mixture, with columns']
    >>> list(usual_rivals())[2:]
    ['Gaussian process, no columns', 'Gaussian process, with columns']
    """
    models = list(usual_models(n_estimators, classes=classes).items())
    mixture = VotingClassifier(models, voting="soft") if classes else VotingRegressor(models)
    pairs = {"usual mixture": mixture}
    if process and not classes:
        kernel = 1.0 * Matern(10.0, nu=1.5) + WhiteKernel(0.1)
        gaussian = _QuietProcess(kernel, normalize_y=True)
        pairs["Gaussian process"] = make_pipeline(SimpleImputer(), StandardScaler(), gaussian)
    rivals: dict[str, BaseEstimator] = {}
    for name, model in pairs.items():
        rivals |= {f"{name}, no columns": model, f"{name}, with columns": RelatedAsFeatures(model)}
    return rivals
