"""Artificial worlds, whose rule is known: draw them as often as it takes to see the truth."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import clone

from tlhelpers.base import TransferForest


def repeat_training(
    model: TransferForest,
    draw: Callable[[int], tuple],
    queries: ArrayLike,
    n_sets: int = 40,
    *,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Train one model on many training sets and predict the same queries each time.

    The spread of the predictions over the sets is what the jackknife estimates from one of them.

    Parameters
    ----------
    model : estimator
        Unfitted, of one target; cloned for every set, with the number of the set as its seed.
    draw : callable
        ``draw(seed)`` returns features and labels of a training set.
    queries : array-like, shape (n_queries, n_features)
    n_sets : int
    n_jobs : int, optional
        Fits at the same time, in threads.

    Returns
    -------
    pandas.DataFrame
        A row a training set and query: ``set``, ``query``, ``prediction`` and its jackknife
        standard error ``std``. The jackknife's warning of too few trees is not shown.
    """

    def train(seed: int) -> pd.DataFrame:
        fitted = clone(model).set_params(random_state=seed).fit(*draw(seed))
        prediction, std = fitted.predict(queries, return_std=True)
        columns = {"query": np.arange(len(prediction)), "prediction": prediction, "std": std}
        return pd.DataFrame({"set": seed} | columns)

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the jackknife variance from")
        tables = Parallel(n_jobs=n_jobs, prefer="threads")(map(delayed(train), range(n_sets)))
    return pd.concat(tables, ignore_index=True)
