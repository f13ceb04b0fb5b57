"""What a fitted model answers to rows: prediction, error, interval, told what it can use."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from tlhelpers.evaluation import Split, prepare_model, split_table
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.forests.labels import CLASSIFICATION

COVERAGE = 0.9
INNER = 10  # folds that stand for the bags of a model that has none


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


def unseen_error(model: Any, fitted: Any, split: Split, task: Experiment) -> float:
    """Return the error of a model on its own training rows, each predicted without its label.

    Out of bag, from the trees that did not see a row; for a model without bags by an inner
    cross-validation of ten folds: with three its error is too high beside those of the others
    (``experiments/picking.py``). In the warm setting the related labels of the row are known.

    Parameters
    ----------
    model : estimator
        Unfitted, seeded.
    fitted : estimator
        The same, fitted to the split.
    split : Split
    task : Experiment
        Its one target and its setting.

    Returns
    -------
    float
        Root mean square error, or the share of wrong classes.
    """
    target = task.targets[0]
    truth = split.Y_train[target]
    if hasattr(fitted, "out_of_bag_prediction"):
        used = task.setting == "warm" and fitted.uses_known and len(fitted.related_)
        guess = fitted.out_of_bag_prediction(fitted.related_ if used else None)
        guess = pd.Series(guess, index=truth.index)
    else:
        guess = _inner_prediction(model, split, target, task.setting)
    seen = (truth.notna() & guess.notna()).to_numpy()
    true, guessed = truth.to_numpy()[seen], guess.to_numpy()[seen]
    if task.kinds[target] == CLASSIFICATION:
        return float(np.mean([a != b for a, b in zip(true, guessed, strict=True)]))
    return float(np.sqrt(np.mean((true.astype(float) - guessed.astype(float)) ** 2)))


def _inner_prediction(model: Any, split: Split, target: Hashable, setting: str) -> pd.Series:
    """Predict the labelled training rows by cross-validation within them."""
    labelled = split.Y_train[target].notna().to_numpy()
    rows, groups = np.flatnonzero(labelled), np.asarray(split.groups)
    guess = np.full(len(labelled), None, dtype=object)
    folds = min(INNER, len(np.unique(groups[rows])))
    for _, test in GroupKFold(folds).split(rows, groups=groups[rows]):
        table = split.X_train, split.Y_train, groups, [target], rows[test], setting
        inner = split_table(*table)
        fitted = prepare_model(model, [target], 0).fit(inner.X_train, inner.Y_train)
        guess[rows[test]] = inner.ask(fitted)
    return pd.Series(guess, index=split.Y_train.index).infer_objects()
