"""Predictions of rows that know as little as the rows to predict do."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import GroupKFold


def held_out_warm(
    model: Any,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    target: Hashable,
    groups: ArrayLike,
    *,
    same_holes: bool = False,
    coverage: float | None = None,
    n_splits: int = 5,
    random_state: int = 0,
) -> pd.DataFrame:
    """Predict every labelled row once, by one cross-validation, warm.

    Parameters
    ----------
    model : estimator
    X, Y : pandas.DataFrame
        Features, and labels with holes.
    target : task name
    groups : array-like, shape (n_samples,)
    same_holes : bool
        Whether each held-out row loses the related labels that a row to predict, drawn at random,
        lacks; else it keeps its own.
    coverage : float, optional
        Of the intervals; without it there are none.
    n_splits, random_state : int

    Returns
    -------
    pandas.DataFrame, shape (n_labelled, 2 or 4)
        ``truth`` and ``prediction``, and with `coverage` ``low`` and ``high``, in the units of the
        target.

    Raises
    ------
    ValueError
        A target that is no column of `Y`; with `same_holes`, no row without a label of the target;
        fewer groups of labelled rows than splits.
    """
    if target not in Y:
        raise ValueError(f"target {target!r} is no column of Y; these are: {list(Y)}")
    lacking = Y[target].isna().to_numpy()
    labelled, related = np.flatnonzero(~lacking), Y.columns.drop(target)
    told = np.ones(Y.shape, dtype=bool)
    if same_holes:
        if not lacking.any():
            raise ValueError(
                f"same_holes takes the holes of the rows without a label of {target!r}, and every "
                "row has one: leave same_holes out"
            )
        rng = np.random.default_rng(random_state)
        told = Y.notna().to_numpy()[rng.choice(np.flatnonzero(lacking), len(Y))]
    told[:, Y.columns.get_loc(target)] = False
    parts = GroupKFold(n_splits, shuffle=True, random_state=random_state)
    found = []
    for _, places in parts.split(labelled, groups=np.asarray(groups)[labelled]):
        test = labelled[places]
        held = np.isin(np.arange(len(Y)), test)[:, None]
        seen = Y.where(told | ~held)  # by place: several rows may have one name
        fitted = clone(model).fit(X, seen)
        known = seen[related].iloc[test] if fitted.uses_known else None
        table = Y[[target]].iloc[test].set_axis(["truth"], axis=1)
        table["prediction"] = fitted.predict(X.iloc[test], known=known)
        if coverage is not None:
            table[["low", "high"]] = fitted.predict_interval(X.iloc[test], known, coverage=coverage)
        found.append(table)
    return pd.concat(found)
