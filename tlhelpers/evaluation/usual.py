"""What a reader would try first: usual models of scikit-learn, as rivals in a comparison."""

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
