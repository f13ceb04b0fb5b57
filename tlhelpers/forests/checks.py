"""Checks of what a user gives: parameters, features, rows, names of tasks."""

import bisect
from collections.abc import Hashable, Iterable, Mapping
from numbers import Integral, Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_scalar
from sklearn.utils.validation import _check_sample_weight, validate_data


def name_tasks(argument: str, value: object, names: list) -> list:
    """Return one task name or several as a list of tasks, or raise an error that names them.

    Parameters
    ----------
    argument : str
        What the value was given for, such as ``"target"``.
    value : task name or sequence of them
    names : list
        The tasks at hand; a name may itself be a tuple.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        No task, an unknown task, or a task named twice.
    """
    if isinstance(value, Mapping):
        raise TypeError(f"{argument} must be task names, got a mapping: {value!r}")
    one = isinstance(value, str) or (isinstance(value, Hashable) and value in names)
    tasks = list(value) if isinstance(value, Iterable) and not one else [value]
    if not tasks:
        raise ValueError(f"{argument} is empty; name at least one task, or give None")
    for task in tasks:
        if task not in names:
            raise ValueError(f"{argument} {task!r} is no task of Y; the tasks are {names}")
        if tasks.count(task) > 1:
            raise ValueError(f"{argument} {task!r} is named twice")
    return tasks


def check_parameters(forest) -> None:
    """Raise an error that names a parameter of a forest that is out of range."""
    for name in ("base_as_feature", "fixed_stage", "warm_start", "source_flag"):
        value = getattr(forest, name, False)
        if not isinstance(value, bool | np.bool_):
            raise TypeError(f"{name} must be True or False, got {value!r}")
    for name in ("n_estimators", "min_samples_leaf", "max_depth", "max_features"):
        value = getattr(forest, name)
        if value is None and name in ("max_depth", "max_features"):
            continue
        if isinstance(value, bool):
            raise TypeError(f"{name} must be a number, got {value!r}")
        if name == "max_features" and not isinstance(value, Integral):
            check_scalar(value, name, Real, min_val=0, max_val=1, include_boundaries="right")
        else:
            check_scalar(value, name, Integral, min_val=1)


def check_bounds(bounds: object) -> None:
    """Raise an error unless bounds are None, or a lowest and a highest label (None: no bound)."""
    if bounds is None:
        return
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise TypeError(f"bounds must be (lowest, highest), each a number or None, got {bounds!r}")
    ends = [end for end in bounds if end is not None]
    if any(isinstance(end, bool) or not isinstance(end, Real) for end in ends):
        raise TypeError(f"bounds must be numbers or None, got {bounds!r}")
    if not all(map(np.isfinite, ends)) or (len(ends) == 2 and ends[0] >= ends[1]):
        raise ValueError(f"bounds must be finite, the lower one first, got {bounds!r}")


def check_features(estimator: BaseEstimator, X: ArrayLike, reset: bool) -> np.ndarray:
    """Return features as floats, or raise an error that names a missing one."""
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError("Input X is a masked array with masked values: fill or drop them first")
    _check_column_order(estimator, X, reset)
    try:
        if isinstance(X, pd.DataFrame) and len(X) and set(X.dtypes) == {np.dtype(np.float64)}:
            # its columns are arrays of floats: scikit-learn would check them one after the other
            validate_data(estimator, X, reset=reset, skip_check_array=True)
            features = X.to_numpy(copy=reset)
        else:
            features = validate_data(
                estimator, X, dtype=np.float64, ensure_all_finite=False, reset=reset, copy=reset
            )
    except OverflowError as error:
        raise ValueError(
            f"Input X contains a number too large for dtype('float64'): {error}"
        ) from None
    features = np.ascontiguousarray(features)
    bad = ~np.isfinite(features)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        names = getattr(estimator, "feature_names_in_", None)
        name = f"column {column}" if names is None else f"column {names[column]!r}"
        what = "NaN" if np.isnan(features[row, column]) else "infinity (inf)"
        raise ValueError(
            f"Input X contains {what} in {name}, row {row}: fill or drop missing features first "
            "(holes are allowed in Y only)"
        )
    return features


def _check_column_order(estimator: BaseEstimator, X: ArrayLike, reset: bool) -> None:
    """Raise an error where columns are not those of `fit`; where names are text, sklearn does."""
    names = X.columns if isinstance(X, pd.DataFrame) else None
    if names is None or all(isinstance(name, str) for name in names):
        names = None
    if reset:
        estimator._other_names = names
        return
    fitted = getattr(estimator, "_other_names", None)
    if names is None or fitted is None or names.equals(fitted):
        return
    if len(names) != len(fitted):
        return  # sklearn says so
    place = first_difference(names, fitted)
    raise ValueError(
        f"the columns of X are not those of fit: column {place} is {names.tolist()[place]!r} and "
        f"was {fitted.tolist()[place]!r} in fit; give them in that order, such as X[columns]"
    )


def check_weight(sample_weight: ArrayLike | None, features: np.ndarray) -> np.ndarray | None:
    """Return weights relative to the largest one, or raise an error if they cannot be used."""
    if sample_weight is None:
        return None
    weight = _check_sample_weight(sample_weight, features, ensure_non_negative=True)
    if not weight.any():  # pragma: no cover - newer scikit-learn refuses these itself
        raise ValueError("sample_weight is zero for every row")
    weight = weight / weight.max()
    if weight[weight > 0].min() < 1e-9:
        raise ValueError("sample_weight spans more than nine orders of magnitude")
    return weight


def check_same_rows(X: object, Y: object, n_x: int, n_y: int, name: str = "Y") -> None:
    """Raise an error when features and labels do not belong to the same rows."""
    if n_x != n_y:
        raise ValueError(f"X has {n_x} rows and {name} has {n_y}: inconsistent numbers of samples")
    tables = (pd.DataFrame, pd.Series)
    if isinstance(X, tables) and isinstance(Y, tables) and not X.index.equals(Y.index):
        row = first_difference(X.index, Y.index)
        raise ValueError(
            f"the index of {name} is not that of X: row {row} is {X.index[row]!r} in X and "
            f"{Y.index[row]!r} in {name}; align them, for example {name}.reindex(X.index)"
        )


def first_difference(a: pd.Index, b: pd.Index) -> int:
    """Return the first place in which two indexes differ."""
    places = range(min(len(a), len(b)))
    return bisect.bisect_left(places, True, key=lambda i: not a[: i + 1].equals(b[: i + 1]))


def check_count(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """Return a whole number, or raise an error that says what it can be."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    return int(check_scalar(value, name, Integral, min_val=least, max_val=most))


def check_seed(value: object) -> int:
    """Return the seed of an experiment: a number, so that all models get the same splits."""
    return check_count("random_state", value, 0, 2**31 - 1)


def group_codes(groups: ArrayLike | None, X: np.ndarray | pd.DataFrame) -> np.ndarray:
    """Return the group of each row as a number, in the order in which the groups first appear.

    Parameters
    ----------
    groups : array-like, shape (n_samples,), or None
        None makes each row its own group.
    X : numpy.ndarray or pandas.DataFrame, shape (n_samples, n_features)

    Raises
    ------
    ValueError
        Another number of rows than `X`, a Series of another index, or a row without a group.
    """
    if groups is None:
        return np.arange(len(X))
    index = X.index if isinstance(X, pd.DataFrame) else None
    if index is not None and isinstance(groups, pd.Series) and not groups.index.equals(index):
        raise ValueError("the index of groups is not that of X; align them, or pass an array")
    values = np.asarray(groups, dtype=object)
    if values.shape != (len(X),):
        raise ValueError(
            f"groups has {values.size} entries (shape {values.shape}) and X has {len(X)} rows"
        )
    codes = pd.factorize(values)[0]
    if (codes < 0).any():
        raise ValueError(f"groups is missing in row {int(np.flatnonzero(codes < 0)[0])}")
    return codes
