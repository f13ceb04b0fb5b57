"""Say which model is better, by how much and how sure: means, tests, intervals, label saving."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from tlhelpers.evaluation.scores import ERRORS, SCORES, bootstrap_counts, resampled_score


def summarize(scores: pd.DataFrame, by: Sequence[str] = ("model",)) -> pd.DataFrame:
    """Return the mean and the spread over repeats of each score.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer` or `learning_curve`.
    by : sequence of str
        The columns that name a case, such as ``["model", "size"]``.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`; columns (score, "mean") and (score, "std"), the standard deviation over
        repeats of the mean over folds.

    Raises
    ------
    ValueError
        Several targets, and `by` does not hold ``"target"``.
    """
    if "target" in scores and "target" not in by and len(scores["target"].unique()) > 1:
        raise ValueError("the scores are of several targets: add 'target' to by")
    metrics = [c for c in SCORES if c in scores]
    repeats = scores.groupby([*by, "repeat"], sort=False)[metrics].mean()
    return repeats.groupby(list(by), sort=False).agg(["mean", "std"])


def spread_table(scores: pd.DataFrame, by: Sequence[str] = ("size",)) -> pd.DataFrame:
    """Return `summarize` as text, "mean ± std", with a column a score and model.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer` or `learning_curve`.
    by : sequence of str
        The columns that name a row.

    Returns
    -------
    pandas.DataFrame of str
        Errors only (``rmse``, ``mae``), or the scores of a classification.
    """
    summary = summarize(scores, [*by, "model"]).drop(columns=["r2", "nrmse"], errors="ignore")
    text = {
        metric: summary[metric].apply(lambda row: f"{row['mean']:.2f} ± {row['std']:.2f}", axis=1)
        for metric in summary.columns.unique(level=0)
    }
    return pd.DataFrame(text).unstack("model")  # noqa: PD010 - the index holds the rows


def corrected_resampled_t_test(
    differences: ArrayLike, test_to_train: float
) -> tuple[float, float, float]:
    """Test whether a mean difference of scores over resampled splits is zero.

    The splits share training data, so their scores are correlated; the variance is enlarged by
    the ratio of test to training size (Nadeau and Bengio, doi:10.1023/A:1024068626366).

    Parameters
    ----------
    differences : array-like, shape (n_splits,)
        Score of one model minus score of the other on the same split.
    test_to_train : float
        Test rows divided by training rows.

    Returns
    -------
    mean, half_width, p_value : float
        The mean difference, half its 95% interval, and the two-sided p-value.

    Raises
    ------
    ValueError
        Fewer than two splits, a missing score, or a negative ratio.
    """
    values = np.asarray(differences, dtype=float)
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
        raise ValueError("differences must be at least two finite numbers, one a split")
    if not test_to_train >= 0:
        raise ValueError(f"test_to_train must not be negative, got {test_to_train}")
    error = np.sqrt((1 / values.size + test_to_train) * values.var(ddof=1))
    mean, free = values.mean(), values.size - 1
    half_width = stats.t.ppf(0.975, free) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, free) if error > 0 else float(mean == 0)
    return float(mean), float(half_width), float(p_value)


def compare_models(scores: pd.DataFrame, baseline: str, metric: str = "rmse") -> pd.DataFrame:
    """Say which models are better than a baseline in repeated cross-validation.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer`, of one or several targets.
    baseline : str
        One of its models.
    metric : str
        One of its scores.

    Returns
    -------
    pandas.DataFrame
        Indexed by target and model: mean scores ``a`` of the baseline and ``b`` of the model,
        ``difference`` (b minus a) with ``half_width`` of its 95% interval, ``p_value`` of the
        corrected resampled t-test over repeats and folds, and ``verdict`` in words. Nothing is
        corrected for the number of comparisons.

    Raises
    ------
    ValueError
        An unknown model or score, or a score that is missing in some fold.
    """
    _check_models(scores, baseline)
    _check_metric(scores, metric)
    rows = {}
    for target, part in scores.groupby("target", sort=False):
        table = part.pivot_table(index=["repeat", "fold"], columns="model", values=metric)
        ratio = (part["n_test"] / part["n_pool"]).mean()
        for model in [m for m in part["model"].unique() if m != baseline]:
            rows[target, model] = _compare(table, baseline, model, metric, ratio)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["target", "model"])


def compare_sizes(curve: pd.DataFrame, a: str, b: str, metric: str = "rmse") -> pd.DataFrame:
    """Say at which training sizes one model is better than another.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`.
    a, b : str
        Two of its models.
    metric : str
        One of its scores.

    Returns
    -------
    pandas.DataFrame
        Indexed by size: mean scores ``a`` and ``b``, ``difference`` (b minus a) with
        ``half_width`` of its 95% interval, ``p_value`` of the corrected resampled t-test, and
        ``verdict`` in words. The sizes are tested one by one, without a correction for their
        number.

    Raises
    ------
    ValueError
        A model that is not in `curve`.

    Notes
    -----
    The draw of a few labels from the pool outside the test set counts as part of the learning
    algorithm, so the ratio of the test is test set to pool, whatever the size.
    """
    _check_models(curve, a, b)
    _check_metric(curve, metric)
    rows = {}
    for size, part in curve[curve["model"].isin([a, b])].groupby("size"):
        table = part.pivot_table(index="repeat", columns="model", values=metric)
        rows[size] = _compare(table, a, b, metric, (part["n_test"] / part["n_pool"]).mean())
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("size")


def _compare(table: pd.DataFrame, a: str, b: str, metric: str, ratio: float) -> dict:
    """Compare two columns of paired scores."""
    if not {a, b} <= set(table) or table[[a, b]].isna().any(axis=None):
        raise ValueError(f"{metric} of {a!r} or {b!r} is missing in some split")
    mean, half_width, p_value = corrected_resampled_t_test(table[b] - table[a], ratio)
    better = b if (mean < 0) == (metric in ERRORS) else a
    found = f"{better} is better" if p_value < 0.05 else "no difference seen"
    return {
        "a": table[a].mean(),
        "b": table[b].mean(),
        "difference": mean,
        "half_width": half_width,
        "p_value": p_value,
        "verdict": f"{found}, p = {p_value:.2g}",
    }


def label_saving(
    curve: pd.DataFrame,
    baseline: str,
    model: str,
    *,
    metric: str = "rmse",
    n_bootstrap: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Say how many labels the baseline needs for the error that a model reaches with fewer.

    At each size, the model's mean error is the level; the baseline's learning curve, interpolated
    in the logarithm of the size, says how many labels reach that level. Their ratio is the
    saving: 4 means a quarter of the labels.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`.
    baseline, model : str
        Two of its models.
    metric : str
        An error: smaller is better.
    n_bootstrap : int
        Resamples of the repeats, for the interval.
    random_state : int

    Returns
    -------
    pandas.DataFrame
        Indexed by the model's size: ``level``, the error; ``baseline_labels``; ``saving`` with its
        95% interval ``low`` to ``high``. Outside the baseline's curve nothing is extrapolated:
        there the saving is infinite (the baseline never gets that far) or 0 (its smallest size
        is already better).

    Raises
    ------
    ValueError
        A model that is not in `curve`, or fewer than two sizes or repeats.
    """
    _check_models(curve, baseline, model)
    _check_metric(curve, metric, errors_only=True)
    if "size" not in curve:
        raise ValueError("label saving needs scores from learning_curve")
    table = curve.pivot_table(index="repeat", columns=["model", "size"], values=metric)
    sizes = np.array(sorted(curve["size"].unique()), dtype=float)
    errors = {name: table[name][sizes].to_numpy() for name in (baseline, model)}
    if len(sizes) < 2 or len(table) < 2:
        raise ValueError("label saving needs at least two sizes and two repeats")

    def needed(repeats: np.ndarray) -> np.ndarray:
        levels = errors[model][repeats].mean(axis=0)
        # A mean curve may rise by chance; "reached by n labels" is its running minimum.
        reached = np.minimum.accumulate(errors[baseline][repeats].mean(axis=0))
        labels = np.exp(np.interp(-levels, -reached, np.log(sizes)))
        labels[levels < reached[-1]] = np.inf
        labels[levels > reached[0]] = 0.0
        return labels

    generator = np.random.default_rng(random_state)
    n = len(table)
    draws = [needed(generator.integers(n, size=n)) / sizes for _ in range(n_bootstrap)]
    low, high = np.quantile(draws, [0.025, 0.975], axis=0, method="nearest")
    labels = needed(np.arange(n))
    columns = {
        "level": errors[model].mean(axis=0),
        "baseline_labels": labels,
        "saving": labels / sizes,
        "low": low,
        "high": high,
    }
    return pd.DataFrame(columns, index=pd.Index(sizes.astype(int), name="size"))


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
        ``difference_high``, and a ``verdict`` in words.

    Raises
    ------
    ValueError
        An unknown model or score, or models that did not predict the same rows.
    """
    if baseline is not None:
        _check_models(predictions, baseline)
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
                result[target, model] |= _against(values, draws[baseline], model, baseline, metric)
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


def _against(
    values: np.ndarray, base: np.ndarray, model: str, baseline: str, metric: str
) -> dict[str, float | str]:
    """Return the difference of two scores with its interval, and a verdict."""
    difference = values - base
    low, high = np.quantile(difference[1:], [0.025, 0.975])
    better = model if (difference[0] < 0) == (metric in ERRORS) else baseline
    return {
        "difference": difference[0],
        "difference_low": low,
        "difference_high": high,
        "verdict": f"{better} is better" if low > 0 or high < 0 else "no difference seen",
    }


def _check_metric(scores: pd.DataFrame, metric: str, errors_only: bool = False) -> None:
    """Raise an error unless the scores hold the metric."""
    names = [c for c in (ERRORS if errors_only else SCORES) if c in scores]
    if metric not in names:
        raise ValueError(f"metric must be one of {names}, got {metric!r}")


def _check_models(curve: pd.DataFrame, *names: str) -> None:
    """Raise an error that names a model which the curve does not hold."""
    for name in names:
        if name not in set(curve["model"]):
            raise ValueError(f"{name!r} is no model of the curve: {list(curve['model'].unique())}")
