"""Say which model is better, by how much and how sure: means, tests, verdicts, label saving."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from tlhelpers.evaluation.scores import (
    ERRORS,
    SCORES,
    check_columns,
    check_metric,
    check_models,
    check_once,
    check_one_target,
    check_sizes,
    pair_scores,
)

VERDICTS = ("better", "worse", "no difference seen")
LEVEL = 0.05


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
        Several targets, or several values of another column that names a case (``size``,
        ``setting``), and `by` does not hold it: nothing but folds is averaged.
    """
    check_one_target(scores, by)
    check_once(scores, [*by, "repeat", *scores.columns.intersection(["fold"])])
    metrics = [c for c in SCORES if c in scores]
    repeats = scores.groupby([*by, "repeat"], sort=False)[metrics].mean()
    return repeats.groupby(list(by), sort=False).agg(["mean", "std"])


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
    if values.ndim != 1 or values.size < 2 or not (np.abs(values) < 1e100).all():
        raise ValueError("differences must be at least two finite numbers below 1e100, one a split")
    if not 0 <= test_to_train < 1e100:
        raise ValueError(f"test_to_train must be from 0 to below 1e100, got {test_to_train}")
    error = _corrected_error(values, test_to_train)
    mean, free = values.mean(), values.size - 1
    half_width = stats.t.ppf(0.975, free) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, free) if error > 0 else float(mean == 0)
    return float(mean), float(half_width), float(p_value)


def _corrected_error(differences: np.ndarray, test_to_train: float) -> np.ndarray:
    """Return the standard error of mean differences, splits along the first axis."""
    return np.sqrt((1 / len(differences) + test_to_train) * differences.var(axis=0, ddof=1))


def holm(p_values: ArrayLike) -> np.ndarray:
    """Adjust the p-values of a family of tests for their number (Holm, 1979).

    Parameters
    ----------
    p_values : array-like, shape (n_tests,)

    Returns
    -------
    numpy.ndarray, shape (n_tests,)
        Where those below a level are called, the probability of one or more false calls in the
        whole family is at most that level.

    Raises
    ------
    ValueError
        What is no list of probabilities.
    """
    values = np.asarray(p_values, dtype=float)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p_values must be a list of numbers from 0 to 1")
    order = np.argsort(values)
    steps = np.arange(len(values), 0, -1) * values[order]
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def judge(table: pd.DataFrame, *, adjust: bool = True) -> pd.DataFrame:
    """Turn tests into verdicts: the rows of the table are one family.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``difference``, model minus baseline, ``p_value``, and ``metric``, which says whether
        smaller is better: tables of `compare_models`, `compare_sizes` or `compare_lab`, put
        together where they ask one question. A row without a p-value is no part of the family and
        has no verdict.
    adjust : bool
        Whether the p-values are adjusted for their number. False for a claim that every row has to
        support, such as "better than all others": there the plain level is right.

    Returns
    -------
    pandas.DataFrame
        As `table`, with ``p_adjusted`` and ``verdict`` (of the model: better, worse, or no
        difference seen at 0.05) of this family.

    Raises
    ------
    ValueError
        The table lacks one of these columns, or names an unknown metric.
    """
    check_columns(table, ["difference", "p_value", "metric"])
    for name in table["metric"].unique():
        check_metric(name, SCORES)
    tested = table["p_value"].notna().to_numpy()
    adjusted = table["p_value"].to_numpy(dtype=float, copy=True)
    if adjust:
        adjusted[tested] = holm(adjusted[tested])
    gain = table["difference"].to_numpy() * np.where(table["metric"].isin(ERRORS), -1, 1)
    better, worse, unseen = VERDICTS
    words = np.where(gain > 0, better, worse).astype(object)
    words[~(adjusted < LEVEL)] = unseen
    words[~tested] = None
    return table.assign(p_adjusted=adjusted, verdict=words)


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
        Indexed by target and model: the ``metric``; mean ``baseline_score`` and ``score`` (of the
        model), their ``difference`` (model minus baseline) with its 95% interval ``low`` to
        ``high``, the ``p_value`` of the corrected resampled t-test over repeats and folds, and
        ``p_adjusted`` and ``verdict`` of `judge`, for which all rows are one family. The interval
        is unadjusted.

    Raises
    ------
    ValueError
        An unknown model or score, a table of another kind, a score that is missing in some fold,
        or several rows of a model for one fold.
    """
    check_columns(scores, ["target", "n_test", "n_pool"])
    rows = {}
    for target, part in scores.groupby("target", sort=False):
        check_models(part, baseline)
        table = pair_scores(part, ["repeat", "fold"], "model", metric)
        ratio = (part["n_test"] / part["n_pool"]).mean()
        for model in [m for m in part["model"].unique() if m != baseline]:
            rows[target, model] = _compare(table, baseline, model, metric, ratio)
    if not rows:
        raise ValueError(f"the table has no model beside the baseline {baseline!r}: add one")
    return judge(pd.DataFrame.from_dict(rows, orient="index").rename_axis(["target", "model"]))


def compare_sizes(
    curve: pd.DataFrame, baseline: str, model: str, metric: str = "rmse"
) -> pd.DataFrame:
    """Say at which training sizes a model is better than a baseline.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`, of one target.
    baseline, model : str
        Two of its models.
    metric : str
        One of its scores.

    Returns
    -------
    pandas.DataFrame
        Indexed by size, columns as in `compare_models`. All sizes are one family.

    Raises
    ------
    ValueError
        A model that is not in `curve`, an unknown score, a table of another kind, several targets,
        a score that is missing in some repeat, or several rows of a model for one repeat and size.

    Notes
    -----
    The draw of a few labels from the pool outside the test set counts as part of the learning
    algorithm, so the ratio of the test is test set to pool, whatever the size.
    """
    check_columns(curve, ["size", "n_test", "n_pool"])
    check_one_target(curve)
    check_sizes(curve)
    rows = {}
    for size, part in curve.groupby("size"):
        check_models(part, baseline, model)
        part = part[part["model"].isin([baseline, model])]
        table = pair_scores(part, ["repeat"], "model", metric)
        ratio = (part["n_test"] / part["n_pool"]).mean()
        rows[size] = _compare(table, baseline, model, metric, ratio)
    return judge(pd.DataFrame.from_dict(rows, orient="index").rename_axis("size"))


def _compare(
    table: pd.DataFrame, baseline: str, model: str, metric: str, ratio: float
) -> dict[str, Any]:
    """Test two columns of paired scores."""
    mean, half, p_value = corrected_resampled_t_test(table[model] - table[baseline], ratio)
    return {
        "metric": metric,
        "baseline_score": table[baseline].mean(),
        "score": table[model].mean(),
        "difference": mean,
        "low": mean - half,
        "high": mean + half,
        "p_value": p_value,
    }


def label_saving(
    curve: pd.DataFrame, baseline: str, model: str, *, metric: str = "rmse"
) -> pd.DataFrame:
    """Say how many labels the baseline needs for the error that a model reaches with fewer.

    At each size, the model's mean error is the level; the baseline's learning curve, interpolated
    in the logarithm of the size, says how many labels reach that level. Their ratio is the
    saving: 4 means a quarter of the labels.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`, of one target.
    baseline, model : str
        Two of its models.
    metric : str
        An error: smaller is better.

    Returns
    -------
    pandas.DataFrame
        Indexed by the model's size: ``level``, the error; ``baseline_labels``; ``saving`` with its
        95% interval ``low`` to ``high``. Outside the baseline's curve nothing is extrapolated:
        there the saving is infinite (the baseline never gets that far) or 0 (its smallest size
        is already better), and so are the ends of the interval.

    Raises
    ------
    ValueError
        As `compare_sizes`, or fewer than two sizes or repeats.

    Notes
    -----
    The interval holds the numbers of labels with which the corrected test of `compare_sizes`, at
    an unadjusted 0.05, does not tell the baseline from the model. So it leaves out 1 where that
    test sees a difference at the same size.
    """
    check_columns(curve, ["size", "n_test", "n_pool"])
    check_models(curve, baseline, model)
    check_one_target(curve)
    check_metric(metric, ERRORS)
    check_sizes(curve)
    tables = {
        name: pair_scores(curve[curve["model"] == name], ["repeat"], "size", metric)
        for name in (baseline, model)
    }
    table = tables[model]
    if any(not a.equals(b) for a, b in zip(table.axes, tables[baseline].axes, strict=True)):
        raise ValueError(f"{baseline!r} and {model!r} differ in their sizes or repeats")
    if min(table.shape) < 2:
        raise ValueError("label saving needs at least two sizes and two repeats")
    sizes = table.columns.to_numpy(dtype=float)
    levels = table.mean(axis=0).to_numpy()
    # A mean curve may rise by chance; "reached by n labels" is its running minimum.
    reached = np.minimum.accumulate(tables[baseline].mean(axis=0).to_numpy())
    labels = np.exp(np.interp(-levels, -reached, np.log(sizes)))
    labels[levels < reached[-1]] = np.inf
    labels[levels > reached[0]] = 0.0
    ratio = (curve["n_test"] / curve["n_pool"]).mean()
    bounds = [_not_told_apart(tables[baseline], table[size], ratio) for size in table]
    low, high = (np.array(bounds) / sizes[:, None]).T
    columns = {"level": levels, "baseline_labels": labels, "saving": labels / sizes}
    columns |= {"low": low, "high": high}
    return pd.DataFrame(columns, index=pd.Index(sizes.astype(int), name="size"))


def _not_told_apart(baseline: pd.DataFrame, scores: pd.Series, ratio: float) -> tuple[float, float]:
    """Return the least and the largest number of labels whose scores a test does not reject."""
    sizes = baseline.columns.to_numpy(dtype=float)
    grid = np.union1d(np.geomspace(sizes[0], sizes[-1], 200), sizes)
    at = np.array([np.interp(np.log(grid), np.log(sizes), row) for row in baseline.to_numpy()])
    apart = at - scores.to_numpy()[:, None]
    half_width = stats.t.ppf(1 - LEVEL / 2, len(apart) - 1) * _corrected_error(apart, ratio)
    may_need = grid[apart.mean(axis=0) <= half_width]  # the baseline is not seen to be worse
    suffice = grid[apart.mean(axis=0) >= -half_width]  # nor to be better
    low = may_need[0] if len(may_need) else np.inf
    high = suffice[-1] if len(suffice) else 0.0
    return (0.0 if low == grid[0] else low), (np.inf if high == grid[-1] else high)
