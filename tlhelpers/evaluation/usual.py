"""What a reader would try first: models of scikit-learn, as rivals in a comparison."""

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


def usual_rivals(n_estimators: int = 100, *, classes: bool = False) -> dict[str, BaseEstimator]:
    """Return the mixture of the usual models, without the related columns and with them.

    The first gains nothing from related columns; the second has them as more features.

    Parameters
    ----------
    n_estimators : int
        Trees in the forest and in the extra trees.
    classes : bool
        Whether the target is a class.

    Returns
    -------
    dict of str to estimator
        For the argument ``rivals`` of `compare_architectures`.

    Examples
    --------
    >>> from tlhelpers.evaluation import usual_rivals
    >>> list(usual_rivals())
    ['usual mixture, no columns', 'usual mixture, with columns']
    """
    models = list(usual_models(n_estimators, classes=classes).items())
    mixture = VotingClassifier(models, voting="soft") if classes else VotingRegressor(models)
    return {
        "usual mixture, no columns": mixture,
        "usual mixture, with columns": RelatedAsFeatures(mixture),
    }


def process_rivals() -> dict[str, BaseEstimator]:
    """Return a Gaussian process, without the related columns and with them.

    The same model twice is the cleanest test of whether the columns help. It is for a target of
    numbers and some hundred labelled rows: its time grows with the third power of their number.
    Columns are put on one scale, and a hole is filled with the mean of its column.

    Returns
    -------
    dict of str to estimator
        For the argument ``rivals`` of `compare_architectures`, alone or with `usual_rivals`.

    Examples
    --------
    >>> from tlhelpers.evaluation import process_rivals
    >>> list(process_rivals())
    ['Gaussian process, no columns', 'Gaussian process, with columns']
    """
    kernel = 1.0 * Matern(10.0, nu=1.5) + WhiteKernel(0.1)
    process = make_pipeline(
        SimpleImputer(), StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True)
    )
    return {
        "Gaussian process, no columns": process,
        "Gaussian process, with columns": RelatedAsFeatures(process),
    }
