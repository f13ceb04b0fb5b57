"""Is the stated uncertainty right? Coverage of intervals, and residuals in units of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def coverage(
    truth: ArrayLike, prediction: ArrayLike, std: ArrayLike, levels: ArrayLike
) -> np.ndarray:
    """Return how often the truth lies in the central interval of each nominal level.

    Parameters
    ----------
    truth, prediction, std : array-like, shape (n,)
        The interval of level p is prediction ± std times the normal quantile of (1 + p) / 2.
    levels : array-like, shape (n_levels,)
        In (0, 1).

    Returns
    -------
    numpy.ndarray, shape (n_levels,)
    """
    just, nominal = _just_covered(truth, prediction, std), np.asarray(levels, dtype=float)
    if not ((nominal > 0) & (nominal < 1)).all():
        raise ValueError(f"levels must lie between 0 and 1, such as 0.9, got {levels!r}")
    return (just[:, None] <= nominal).mean(axis=0)


def miscalibration_area(truth: ArrayLike, prediction: ArrayLike, std: ArrayLike) -> float:
    """Return the area between observed and nominal coverage over all levels.

    0 is perfect and 0.5 the worst; the mean of the absolute gap, integrated exactly.

    Parameters
    ----------
    truth, prediction, std : array-like, shape (n,)
        As in `coverage`.

    Returns
    -------
    float
    """
    edges = np.concatenate([[0.0], np.sort(_just_covered(truth, prediction, std)), [1.0]])
    observed = np.arange(len(edges) - 1) / (len(edges) - 2)  # between two edges, a constant
    low, high = edges[:-1] - observed, edges[1:] - observed
    crossing = (low < 0) & (high > 0)
    area = np.where(crossing, (low**2 + high**2) / 2, np.abs(high**2 - low**2) / 2)
    return float(area.sum())


def _just_covered(truth: ArrayLike, prediction: ArrayLike, std: ArrayLike) -> np.ndarray:
    """Return the nominal level whose interval just reaches each truth."""
    true, guessed, spread = (np.asarray(v, dtype=float) for v in (truth, prediction, std))
    if not (true.shape == guessed.shape == spread.shape and true.ndim == 1 and true.size):
        raise ValueError(
            "truth, prediction and std must be of one length, at least 1; got shapes "
            f"{true.shape}, {guessed.shape}, {spread.shape}"
        )
    if not np.isfinite([true, guessed, spread]).all() or (spread < 0).any():
        raise ValueError("truth, prediction and std must be finite, and std not negative")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = np.abs(true - guessed) / np.abs(spread)  # a zero may be a negative one
    return 2 * stats.norm.cdf(np.where(true == guessed, 0.0, z)) - 1


def calibration_table(
    predictions: pd.DataFrame,
    std: str = "observation_std",
    levels: Sequence[float] = (0.5, 0.68, 0.9, 0.95),
    by: Sequence[str] = ("model",),
) -> pd.DataFrame:
    """Compare the stated uncertainty with the errors made.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Regressions, made with ``return_std=True``.
    std : {"observation_std", "std"}
        The spread of observations, or the jackknife error of the prediction, which lacks the
        noise of the labels and should cover too rarely.
    levels : sequence of float
        Nominal levels.
    by : sequence of str
        The columns that name a case.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`: observed coverage at each level; ``miscalibration_area``;
        ``sd_of_residuals``, the standard deviation of the residuals in units of the stated one;
        ``n_zero``, rows whose stated uncertainty is zero. Those are covered only by an exact
        prediction, and left out of ``sd_of_residuals``. The row of a model that states no
        uncertainty is NaN.

    Raises
    ------
    ValueError
        No prediction carries such an uncertainty, or some of a case do not; it is named.
    """
    if std not in predictions or predictions[std].isna().all():
        raise ValueError(f"the predictions have no {std!r}: make them with return_std=True")
    rows = []
    for case, part in predictions.groupby(list(by), sort=False):
        missing = part[std].isna()
        if missing.all():
            rows.append(dict(zip(by, case, strict=True)))
            continue
        if missing.any():
            raise ValueError(
                f"{missing.sum()} of {len(part)} predictions of {case} have no {std!r}"
            )
        truth, prediction, spread = (
            part[column].to_numpy(dtype=float) for column in ("truth", "prediction", std)
        )
        observed = coverage(truth, prediction, spread, levels)
        stated = spread > 1e-9 * np.ptp(truth)  # less is rounding: all trees agree
        rows.append(
            dict(zip(by, case, strict=True))
            | {f"{level:.0%}": share for level, share in zip(levels, observed, strict=True)}
            | {
                "miscalibration_area": miscalibration_area(truth, prediction, spread),
                "sd_of_residuals": ((truth - prediction)[stated] / spread[stated]).std(),
                "n_zero": int((~stated).sum()),
            }
        )
    return pd.DataFrame(rows).set_index(list(by))
