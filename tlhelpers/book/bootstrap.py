"""Intervals of scores from drawing the test rows anew, for models that are not refitted."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.evaluation.scores import as_codes, check_models
from tlhelpers.forests.checks import check_count, check_seed


def bootstrap_scores(
    predictions: pd.DataFrame,
    metric: str = "rmse",
    *,
    baseline: str | None = None,
    n_bootstrap: int = 2000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Give a score of held-out predictions its interval, by drawing the test groups anew.

    Parameters
    ----------
    predictions : pandas.DataFrame
        From `predict_held_out` or `cross_validate_predictions`. With repeats, a draw scores each
        repeat over all its folds and takes the mean.
    metric : {"rmse", "mae", "accuracy", "f1_macro", "f1_weighted"}
    baseline : str, optional
        A model: all others are compared with it on the same draws.
    n_bootstrap : int
        Draws of the test groups, with replacement. The models are not refitted: the interval
        holds the choice of test rows, not that of the training rows.
    random_state : int

    Returns
    -------
    pandas.DataFrame
        Indexed by target and model: the ``score`` with its 95% interval ``low`` to ``high``, and
        with a `baseline` the ``difference`` from it with ``difference_low`` and
        ``difference_high``. No verdict: see `compare_models`.

    Raises
    ------
    ValueError
        An unknown model or score, models that did not predict the same rows, or no draw.
    """
    if baseline is not None:
        check_models(predictions, baseline)
    n_bootstrap, random_state = check_count("n_bootstrap", n_bootstrap), check_seed(random_state)
    result = {}
    for target, part in predictions.groupby("target", sort=False):
        rows = part.drop_duplicates("row").set_index("row")["group"]
        counts = bootstrap_counts(rows, n_bootstrap, random_state)
        counts = np.vstack([np.ones((1, len(rows)), dtype=int), counts])  # first the plain score
        draws = {
            model: _resample(table, rows.index, metric, counts)
            for model, table in part.groupby("model", sort=False)
        }
        for model, values in draws.items():
            low, high = np.quantile(values[1:], [0.025, 0.975])
            result[target, model] = {"score": values[0], "low": low, "high": high}
            if baseline is not None and model != baseline:
                difference = values - draws[baseline]
                low, high = np.quantile(difference[1:], [0.025, 0.975])
                result[target, model] |= {
                    "difference": difference[0],
                    "difference_low": low,
                    "difference_high": high,
                }
    return pd.DataFrame.from_dict(result, orient="index").rename_axis(["target", "model"])


def _resample(table: pd.DataFrame, rows: pd.Index, metric: str, counts: np.ndarray) -> np.ndarray:
    """Return the score of each draw, a mean over repeats."""
    repeats = table.groupby("repeat") if "repeat" in table else [(0, table)]
    scores = []
    for _, repeat in repeats:
        repeat = repeat.set_index("row")
        if len(repeat) != len(rows) or not repeat.index.isin(rows).all():
            raise ValueError("every model and repeat must predict the same rows, each once")
        repeat = repeat.loc[rows]
        scores.append(resampled_score(repeat["truth"], repeat["prediction"], metric, counts))
    return np.mean(scores, axis=0)


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
    true, guessed, names = as_codes(truth, prediction)
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
