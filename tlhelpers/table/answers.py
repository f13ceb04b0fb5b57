"""What a fitted model answers to rows: prediction, error, interval, told what it can use."""

from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.evaluation import Split
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.forests.labels import CLASSIFICATION
from tlhelpers.table.inner_folds import InnerFolds

COVERAGE = 0.9


def usable_known(model: Any, known: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the known labels that a fitted model can use, or None where there are none.

    Parameters
    ----------
    model : fitted estimator
    known : pandas.DataFrame, shape (n_samples, some tasks), optional
    """
    if known is None or not getattr(model, "uses_known", False):
        return None
    used = [task for task in model.related_ if task in known]
    return known[used] if used and known[used].notna().to_numpy().any() else None


def prediction_interval(
    model: Any, X: pd.DataFrame, known: pd.DataFrame | None, coverage: float = COVERAGE
) -> np.ndarray | None:
    """Return the interval for a new measurement, or the set of likely classes.

    Parameters
    ----------
    model : fitted estimator
    X : pandas.DataFrame, shape (n_samples, n_features)
    known : pandas.DataFrame, optional
        As from `usable_known`.
    coverage : float

    Returns
    -------
    numpy.ndarray, shape (n_samples, 2), or of bool (n_samples, n_classes), or None
        None for a model that states none.
    """
    if not hasattr(model, "predict_interval"):
        return None
    return model.predict_interval(X, known=known, coverage=coverage)


def describe_rows(model: Any, X: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Predict rows, with the interval of a new measurement.

    Parameters
    ----------
    model : fitted estimator
    X : pandas.DataFrame, shape (n_samples, n_features)
    known : pandas.DataFrame, shape (n_samples, some tasks), optional
        Labels of related tasks; those that the model cannot use are not shown to it.

    Returns
    -------
    pandas.DataFrame
        Indexed as `X`: ``prediction``; ``low`` and ``high`` of the 90% interval for a new
        measurement, NaN where a model states none. For a class, ``likely`` names the classes that
        hold it with 90%.
    """
    known, table = usable_known(model, known), pd.DataFrame(index=X.index)
    if not len(X):
        return table.reindex(columns=["prediction", "low", "high"])
    table["prediction"] = model.predict(X, known=known)
    interval, classes = prediction_interval(model, X, known), getattr(model, "classes_", None)
    if classes is not None and interval is not None:
        table["likely"] = [", ".join(map(str, classes[row])) for row in interval]
    else:
        table[["low", "high"]] = np.nan if interval is None else interval
    return table


def unseen_error(model: Any, split: Split, task: Experiment) -> float:
    """Return the error of a model on its own training rows, each predicted without its label.

    Out of bag, from the trees that did not see a row; for a model without bags by an inner
    cross-validation of ten folds: with three its error is too high beside those of the others
    (``experiments/picking.py``). In the warm setting the related labels of the row are known.

    Parameters
    ----------
    model : fitted estimator
        With bags, or `InnerFolds`.
    split : Split
        What it is fitted to.
    task : Experiment
        Its one target and its setting.

    Returns
    -------
    float
        Root mean square error, or the share of wrong classes.
    """
    target = task.targets[0]
    truth = split.Y_train[target]
    used = task.setting == "warm" and model.uses_known and len(model.related_)
    told = model.related_ if used else None
    if isinstance(model, InnerFolds):
        guess = model.unseen_prediction(told or ())
    else:
        guess = pd.Series(model.out_of_bag_prediction(told), index=truth.index)
    seen = (truth.notna() & guess.notna()).to_numpy()
    true, guessed = truth.to_numpy()[seen], guess.to_numpy()[seen]
    if task.kinds[target] == CLASSIFICATION:
        return float(np.mean([a != b for a, b in zip(true, guessed, strict=True)]))
    return float(np.sqrt(np.mean((true.astype(float) - guessed.astype(float)) ** 2)))
