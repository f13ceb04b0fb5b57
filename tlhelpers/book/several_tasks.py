"""What several predicted tasks say together: the error of a difference."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from tlhelpers.book.bootstrap import bootstrap_counts
from tlhelpers.data.energies import rate_determining_step
from tlhelpers.forests.labels import CLASSIFICATION


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
    rows = {}
    for model, part in _residuals(predictions, a, b).groupby("model", sort=False):
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


def cancellation_scores(predictions: pd.DataFrame, a: Hashable, b: Hashable) -> pd.DataFrame:
    """Score the difference of two tasks in every fold, beside what independent errors would give.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of models with both targets, from `cross_validate_predictions`.
    a, b : task names
        The difference is a - b.

    Returns
    -------
    pandas.DataFrame
        For `compare_models` with the baseline ``"independent errors"``: of each model (in the
        column ``target``), repeat and fold the ``rmse`` of the ``"difference"``, and
        sqrt(rmse_a^2 + rmse_b^2) as that of ``"independent errors"``; ``n_test`` and ``n_pool``,
        rows with both labels in the fold and outside.

    Raises
    ------
    ValueError
        As `error_cancellation`.
    """
    residuals = _residuals(predictions, a, b)
    squares = pd.DataFrame(
        {
            "independent errors": residuals[a] ** 2 + residuals[b] ** 2,
            "difference": (residuals[a] - residuals[b]) ** 2,
        }
    )
    folds = squares.groupby(["model", "repeat", "fold"], sort=False)
    n_test = folds.size().rename("n_test")
    n_pool = n_test.groupby(["model", "repeat"]).transform("sum") - n_test
    rmse = np.sqrt(folds.mean()).assign(n_test=n_test, n_pool=n_pool).reset_index()
    rmse = rmse.rename(columns={"model": "target"})
    return rmse.melt(
        ["target", "repeat", "fold", "n_test", "n_pool"], var_name="model", value_name="rmse"
    )


def _residuals(predictions: pd.DataFrame, a: Hashable, b: Hashable) -> pd.DataFrame:
    """Return the errors of two tasks on the rows that carry both labels, a column a task."""
    keys = [c for c in ("model", "repeat", "fold", "row", "group") if c in predictions]
    chosen = predictions[predictions["target"].isin([a, b])]
    residual = chosen["prediction"].to_numpy(dtype=float) - chosen["truth"].to_numpy(dtype=float)
    both = chosen.assign(residual=residual).pivot_table(
        index=keys, columns="target", values="residual", sort=False
    )
    if not {a, b} <= set(both) or len(both.dropna()) < 2:
        raise ValueError(f"the predictions hold fewer than two rows with both {a!r} and {b!r}")
    return both[[a, b]].dropna()


def step_predictions(
    predictions: pd.DataFrame, steps: Sequence[Hashable], name: str = "step"
) -> pd.DataFrame:
    """Turn predicted barriers into predicted rate-determining steps.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of models with all barriers as targets, in the direction of the reaction.
    steps : sequence of targets
        The barriers that compete. Rows that carry all of them count.
    name : str
        What the target is called.

    Returns
    -------
    pandas.DataFrame
        As `predictions`, one row where there were as many as steps: ``truth`` and
        ``prediction`` are the names of the highest true and the highest predicted barrier.
    """
    keys = [c for c in ("model", "repeat", "fold", "row", "group") if c in predictions]
    chosen = predictions[predictions["target"].isin(steps)]
    wide = chosen.pivot_table(
        index=keys, columns="target", values=["truth", "prediction"], aggfunc="first", sort=False
    ).dropna()
    found = {
        column: rate_determining_step(wide[column].astype(float)[list(steps)])
        for column in ("truth", "prediction")
    }
    result = pd.DataFrame(found).reset_index()
    return result.assign(target=name, task_type=CLASSIFICATION)
