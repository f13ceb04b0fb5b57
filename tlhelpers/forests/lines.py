"""Lines in the answers of other stages: fitted in every bag, and followed tree by tree."""

import numpy as np

from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.plan import Line

PULL = 2.0  # labels: chosen on artificial worlds


def fit_lines(line: Line, z: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit a line to the labels of every bag.

    The slopes rho minimise sum_i w_i (y_i - a - rho z_i)^2 + PULL sum_j var(z_j) (rho_j - r)^2,
    r what they shrink to over the number of bases, w_i the weights of a bag scaled to a sum of n,
    and var(z_j) the variance over all n labels, of which a bag mostly has less.

    Parameters
    ----------
    line : Line
    z : numpy.ndarray, shape (n, n_bases)
    y : numpy.ndarray, shape (n,)
    weights : numpy.ndarray, shape (n_trees, n)
        Bag counts, times the weights of the rows.

    Returns
    -------
    numpy.ndarray, shape (n_trees, 1 + n_bases)
        Intercepts and slopes.
    """
    lines = np.ones((len(weights), 1 + z.shape[1]))
    lines[:, 0] = 0
    if not line.learned:
        return lines
    scale = z.std(axis=0)
    scale[scale <= 1e-9 * np.abs(z).max(axis=0)] = 1  # constant but for rounding
    for row, w in zip(lines, weights / weights.sum(axis=1, keepdims=True), strict=True):
        middle, n = w @ z, len(y)
        centred = (z - middle) / scale
        pull = PULL / n * np.eye(len(middle))
        target = line.shrink_to / z.shape[1] * scale  # of the slopes of the scaled z
        slopes = np.linalg.solve(
            (centred.T * w) @ centred + pull, (centred.T * w) @ (y - w @ y) + pull @ target
        )
        row[1:] = slopes / scale
        row[0] = w @ y - row[1:] @ middle
    return lines


def move_trees(
    values: np.ndarray, engine: ForestEngine, X: np.ndarray, column: int, deviation: np.ndarray
) -> np.ndarray:
    """Move each tree's value along the forest's slope in one feature by that tree's deviation.

    The slope is that of the whole forest over plus and minus one standard deviation of the
    trees, as a single tree is a step function.
    """
    step = deviation.std(axis=0)
    moved = step > 0
    if moved.any():
        low, high = X[moved], X[moved]
        low[:, column] -= step[moved]
        high[:, column] += step[moved]
        rise = engine.predict(high, 0) - engine.predict(low, 0)
        slope = (rise.T / (2 * step[moved])).T
        values[:, moved] += np.einsum("m...,bm->bm...", slope, deviation[:, moved])
    return values
