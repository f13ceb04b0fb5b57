"""What a table of predictions says: errors, confusions, calibration, functions of several tasks."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from tlhelpers.forests.labels import CLASSIFICATION

ERRORS = ("rmse", "mae", "nrmse")  # smaller is better
SCORES = (*ERRORS, "r2", "accuracy", "f1_macro", "f1_weighted")


def score_predictions(
    predictions: pd.DataFrame, by: Sequence[str] = ("model", "target")
) -> pd.DataFrame:
    """Score held-out predictions.

    Parameters
    ----------
    predictions : pandas.DataFrame
        From `cross_validate_predictions` or `predict_held_out`.
    by : sequence of str
        The columns that name a case; its predictions are scored together. ``("model",
        "repeat")`` pools the folds of a repeat, which macro F1 needs where classes are rare.

    Returns
    -------
    pandas.DataFrame
        Columns `by` and ``n_test``, and the scores of regressions (``rmse``, ``mae`` in the unit
        of the target; ``nrmse``, the RMSE over the standard deviation of the labels scored;
        ``r2``) or classifications (``accuracy``, ``f1_macro``, ``f1_weighted``).

    Raises
    ------
    ValueError
        Several targets, and `by` does not hold ``"target"``.
    """
    if "target" not in by and len(predictions["target"].unique()) > 1:
        raise ValueError("the predictions are of several targets: add 'target' to by")
    rows = []
    for case, part in predictions.groupby(list(by), sort=False):
        scores = _scores(part["truth"], part["prediction"], part["task_type"].iloc[0])
        rows.append(dict(zip(by, case, strict=True)) | {"n_test": len(part)} | scores)
    return pd.DataFrame(rows)


def _scores(truth: pd.Series, predicted: pd.Series, task_type: str) -> dict[str, float]:
    if task_type == CLASSIFICATION:
        true, guessed, _ = _codes(truth, predicted)
        return {
            "accuracy": accuracy_score(true, guessed),
            "f1_macro": f1_score(true, guessed, average="macro"),
            "f1_weighted": f1_score(true, guessed, average="weighted"),
        }
    true, guessed = truth.to_numpy(dtype=float), predicted.to_numpy(dtype=float)
    error, spread = root_mean_squared_error(true, guessed), true.std()
    return {
        "rmse": error,
        "mae": mean_absolute_error(true, guessed),
        "nrmse": error / spread if spread > 0 else np.nan,
        "r2": r2_score(true, guessed) if len(true) > 1 else np.nan,
    }


def _codes(truth: pd.Series, predicted: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return classes as numbers, and the classes that occur in either."""
    names, codes = np.unique([*truth.tolist(), *predicted.tolist()], return_inverse=True)
    return codes[: len(truth)], codes[len(truth) :], names


def confusion_table(
    predictions: pd.DataFrame, classes: Sequence[Hashable] | None = None
) -> pd.DataFrame:
    """Count which class is taken for which, a mean over the repeats.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of one model and one classification target.
    classes : sequence, optional
        The order of rows and columns; default the sorted classes that occur.

    Returns
    -------
    pandas.DataFrame, shape (n_classes, n_classes)
        Rows are true classes, columns predicted ones.

    Raises
    ------
    ValueError
        Several models or targets, a regression, or a class that `classes` does not list.
    """
    for column in ("model", "target"):
        if len(predictions[column].unique()) != 1:
            raise ValueError(f"select the predictions of one {column} first")
    if (predictions["task_type"] != CLASSIFICATION).any():
        raise ValueError("a confusion table needs a classification target")
    seen = {*predictions["truth"], *predictions["prediction"]}
    order = sorted(seen) if classes is None else list(classes)
    if seen - set(order):
        raise ValueError(f"classes does not list {sorted(seen - set(order))}")
    place = {name: i for i, name in enumerate(order)}
    true, guessed = (predictions[c].map(place).to_numpy() for c in ("truth", "prediction"))
    counts = confusion_matrix(true, guessed, labels=range(len(order)))
    repeats = predictions["repeat"].nunique() if "repeat" in predictions else 1
    index, columns = pd.Index(order, name="true"), pd.Index(order, name="predicted")
    return pd.DataFrame(counts / repeats, index=index, columns=columns)


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
    just = _just_covered(truth, prediction, std)
    return (just[:, None] <= np.asarray(levels, dtype=float)).mean(axis=0)


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
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(true - guessed) / spread
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
        prediction, and left out of ``sd_of_residuals``.

    Raises
    ------
    ValueError
        The predictions carry no such uncertainty.
    """
    if std not in predictions or predictions[std].isna().any():
        raise ValueError(f"the predictions have no {std!r}: make them with return_std=True")
    rows = []
    for case, part in predictions.groupby(list(by), sort=False):
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


def error_cancellation(
    predictions: pd.DataFrame, a: Hashable, b: Hashable, n_bootstrap: int = 1000
) -> pd.DataFrame:
    """Compare the error of a difference of two tasks with what independent errors would give.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of models with both targets, from `cross_validate_predictions` or `predict_held_out`.
        Rows that carry both labels count.
    a, b : task names
        The difference is a - b.
    n_bootstrap : int
        Resamples of the groups, for the 95% interval of the ratio.

    Returns
    -------
    pandas.DataFrame
        Indexed by model: ``rmse_a``, ``rmse_b``, ``rmse_difference``; ``independent``,
        sqrt(rmse_a^2 + rmse_b^2); their ``ratio`` with ``low`` and ``high`` (below 1 the errors
        cancel); ``correlation`` of the residuals.

    Raises
    ------
    ValueError
        A task without predictions, or fewer than two rows with both labels.
    """
    keys = [c for c in ("model", "repeat", "row", "group") if c in predictions]
    chosen = predictions[predictions["target"].isin([a, b])]
    residual = chosen["prediction"].to_numpy(dtype=float) - chosen["truth"].to_numpy(dtype=float)
    both = chosen.assign(residual=residual).pivot_table(
        index=keys, columns="target", values="residual", sort=False
    )
    if not {a, b} <= set(both) or len(both.dropna()) < 2:
        raise ValueError(f"the predictions hold fewer than two rows with both {a!r} and {b!r}")
    rows = {}
    for model, part in both[[a, b]].dropna().groupby("model", sort=False):
        x, y = part[a].to_numpy(), part[b].to_numpy()
        squares = np.column_stack([x**2, y**2, (x - y) ** 2])
        counts = bootstrap_counts(part.index.get_level_values("group"), n_bootstrap)
        sums = counts @ squares
        ratios = np.sqrt(sums[:, 2] / (sums[:, 0] + sums[:, 1]))
        rmse = np.sqrt(squares.mean(axis=0))
        independent = np.hypot(rmse[0], rmse[1])
        low, high = np.quantile(ratios, [0.025, 0.975])
        rows[model] = {
            "rmse_a": rmse[0],
            "rmse_b": rmse[1],
            "rmse_difference": rmse[2],
            "independent": independent,
            "ratio": rmse[2] / independent,
            "low": low,
            "high": high,
            "correlation": np.corrcoef(x, y)[0, 1],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def bootstrap_counts(groups: ArrayLike, n_bootstrap: int, random_state: int = 0) -> np.ndarray:
    """Draw groups with replacement; return how often each row is drawn.

    Parameters
    ----------
    groups : array-like, shape (n_rows,)
        Rows of one group are drawn together.
    n_bootstrap : int
    random_state : int

    Returns
    -------
    numpy.ndarray of int, shape (n_bootstrap, n_rows)
    """
    codes, names = pd.factorize(np.asarray(groups, dtype=object))
    generator = np.random.default_rng(random_state)
    share = np.full(len(names), 1 / len(names))
    return generator.multinomial(len(names), share, size=n_bootstrap)[:, codes]


def resampled_score(
    truth: pd.Series, prediction: pd.Series, metric: str, counts: np.ndarray
) -> np.ndarray:
    """Return a score for each way to count the rows.

    Parameters
    ----------
    truth, prediction : pandas.Series, shape (n_rows,)
    metric : {"rmse", "mae", "accuracy", "f1_macro", "f1_weighted"}
    counts : numpy.ndarray, shape (n_bootstrap, n_rows)
        From `bootstrap_counts`; a row of ones gives the plain score.

    Returns
    -------
    numpy.ndarray, shape (n_bootstrap,)
    """
    total = counts.sum(axis=1)
    if metric in ("rmse", "mae"):
        error = truth.to_numpy(dtype=float) - prediction.to_numpy(dtype=float)
        return (
            np.sqrt(counts @ error**2 / total)
            if metric == "rmse"
            else (counts @ np.abs(error) / total)
        )
    if metric not in ("accuracy", "f1_macro", "f1_weighted"):
        raise ValueError(f"metric {metric!r} cannot be resampled")
    true, guessed, names = _codes(truth, prediction)
    n = len(names)
    cell = np.eye(n * n)[true * n + guessed]
    confusion = (counts @ cell).reshape(-1, n, n)
    hit = np.diagonal(confusion, axis1=1, axis2=2)
    if metric == "accuracy":
        return hit.sum(axis=1) / total
    n_true, n_guessed = confusion.sum(axis=2), confusion.sum(axis=1)
    present = n_true + n_guessed > 0
    f1 = np.where(present, 2 * hit / np.maximum(n_true + n_guessed, 1), 0.0)
    if metric == "f1_weighted":
        return (f1 * n_true).sum(axis=1) / total
    return f1.sum(axis=1) / present.sum(axis=1)
