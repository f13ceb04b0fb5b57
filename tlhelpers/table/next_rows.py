"""What to measure next: the rows whose labels would teach most about all the others."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.table.answers import usable_known


def pick_rows(trees: ArrayLike, noise: float, n_picks: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Pick rows one by one, each the one that removes most of the variance of all rows.

    The trees of a forest are taken as draws of what the target could be: their covariance over
    the rows is K = P'P / B, with P the deviations from the mean of the B trees. A label of row i,
    with noise, takes K_i K_i' / (K_ii + noise) away. So rows that resemble a picked one lose their
    worth, and the picks are diverse.

    Parameters
    ----------
    trees : array-like, shape (n_draws, n_rows) or (n_draws, n_rows, n_values)
        What each tree predicts; of several values, such as the probabilities of classes, the
        covariances are added.
    noise : float
        The variance of a label around the prediction, above zero.
    n_picks : int

    Returns
    -------
    rows : numpy.ndarray of int, shape (at most n_picks,)
        In the order of the picks; none whose label would remove nothing.
    shares : numpy.ndarray
        The share of the total variance, before any pick, that each one removes.

    Raises
    ------
    ValueError
        Trees of another shape, or noise that is not above zero.

    Notes
    -----
    K is never made: with W = P P', a matrix of the size of the trees, the sum of the squares of
    column i of K after picks is p_i' M W M p_i / B^2, and a pick changes M alone.
    """
    values = np.asarray(trees, dtype=float)
    if values.ndim not in (2, 3) or not values.size:
        raise ValueError(f"trees must have a row a tree and a column a row, got {values.shape}")
    if not noise > 0:
        raise ValueError(f"noise must be above zero, got {noise}")
    n_trees = len(values)
    values = values - values.mean(axis=0)
    P = np.moveaxis(values, 1, -1).reshape(-1, values.shape[1]) / np.sqrt(n_trees)
    total = float(np.sum(P**2))
    W, M = P @ P.T, np.eye(len(P))
    rows: list[int] = []
    shares: list[float] = []
    for _ in range(min(n_picks, P.shape[1])):
        moved = M @ P
        own = np.einsum("bi,bi->i", P, moved)  # the diagonal of K
        worth = np.einsum("bi,bi->i", moved, W @ moved) / (own + noise)
        worth[rows] = -np.inf
        best = int(np.argmax(worth))
        if not worth[best] > 1e-12 * total:
            break
        rows.append(best)
        shares.append(worth[best] / total)
        M -= np.outer(moved[:, best], moved[:, best]) / (own[best] + noise)
    return np.array(rows, dtype=int), np.array(shares)


def measure_next(
    model: Any, X: pd.DataFrame, Y: pd.DataFrame, target: Hashable, error: float, n_picks: int = 10
) -> pd.DataFrame:
    """Rank the rows without a target label by what their label would teach.

    Parameters
    ----------
    model : fitted forest
    X : pandas.DataFrame, shape (n_samples, n_features)
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
    target : task name
    error : float
        The error of the model on rows that it did not see: root mean square, or the share of
        wrong classes.
    n_picks : int

    Returns
    -------
    pandas.DataFrame
        ``row``, its name; ``share`` of the variance of all unlabelled rows that its label removes,
        given the rows above it; ``in_all``, the sum so far. Empty where no row lacks a label.
    """
    columns = ["row", "share", "in_all"]
    unlabelled = Y[target].isna().to_numpy()
    if not unlabelled.any() or not hasattr(model, "tree_predictions"):
        return pd.DataFrame(columns=columns)
    known = usable_known(model, Y.loc[unlabelled].drop(columns=target))
    trees = np.moveaxis(model.tree_predictions(X[unlabelled], known=known), 1, 0)
    noise = error if hasattr(model, "classes_") else error**2
    noise = max(noise, 1e-9 * float(np.var(trees)), np.finfo(float).tiny)
    rows, shares = pick_rows(trees, noise, n_picks)
    names = X.index[unlabelled][rows]
    return pd.DataFrame({"row": names, "share": shares, "in_all": shares.cumsum()})
