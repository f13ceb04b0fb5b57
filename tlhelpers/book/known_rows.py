"""The error of a model on rows that know as little as the rows to predict do, for chapter 12."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import GroupKFold


def held_out_rmse(
    model: Any,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    target: Hashable,
    groups: ArrayLike,
    *,
    same_holes: bool = False,
    n_splits: int = 5,
    random_state: int = 0,
) -> float:
    """Return the root mean square error of one cross-validation, warm.

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
    n_splits, random_state : int

    Returns
    -------
    float
    """
    lacking = Y[target].isna().to_numpy()
    labelled, related = np.flatnonzero(~lacking), Y.columns.drop(target)
    rng = np.random.default_rng(random_state)
    drawn = rng.choice(np.flatnonzero(lacking), len(Y))
    kept = Y[related].notna().to_numpy()[drawn] | (not same_holes)
    parts = GroupKFold(n_splits, shuffle=True, random_state=random_state)
    misses = []
    for _, places in parts.split(labelled, groups=np.asarray(groups)[labelled]):
        test = labelled[places]
        told = Y[related].iloc[test].where(kept[test])
        seen = Y.copy()
        seen.loc[told.index, target] = np.nan
        seen.loc[told.index, related] = told
        fitted = clone(model).fit(X, seen)
        known = told if fitted.uses_known else None
        misses.append(fitted.predict(X.iloc[test], known=known) - Y[target].iloc[test])
    return float((pd.concat(misses) ** 2).mean() ** 0.5)
