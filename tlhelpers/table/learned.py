"""What the comparison learned beside its verdict: calibration, importances, differences."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.forests import DifferenceForest
from tlhelpers.forests.labels import REGRESSION, find_task_types
from tlhelpers.table.answers import COVERAGE
from tlhelpers.table.relations import FEW, both, same_unit

TOP = 10


def calibrate(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return how often the 90% intervals of held-out rows hold the label.

    Parameters
    ----------
    predictions : pandas.DataFrame
        From `tlhelpers.table.parts.tabulate`, of judged parts.

    Returns
    -------
    pandas.DataFrame
        A row per setting and model: ``level``, ``coverage`` with its 95% interval ``low`` to
        ``high`` (Wilson's, with the groups as independent), ``width``, the median width of the
        interval (of a class, the mean number of classes in the set), ``n_groups``.
    """
    rows = []
    stated = predictions.dropna(subset=["covered"]) if "covered" in predictions else predictions[:0]
    for (setting, model), part in stated.groupby(["setting", "model"], sort=False):
        covered = part.groupby("group")["covered"].mean()
        n, share = len(covered), float(covered.mean())
        ends = stats.binomtest(round(share * n), n).proportion_ci(method="wilson")
        is_class = (part["task_type"] != REGRESSION).any()
        width = part["width"].mean() if is_class else part["width"].median()
        rows.append((setting, model, COVERAGE, share, ends.low, ends.high, float(width), n))
    columns = ["setting", "model", "level", "coverage", "low", "high", "width", "n_groups"]
    return pd.DataFrame(rows, columns=columns)


def find_importances(model: Any, names: pd.Index) -> pd.DataFrame:
    """Return the features that a fitted model leans on most.

    Parameters
    ----------
    model : fitted estimator
    names : pandas.Index
        Of the features.

    Returns
    -------
    pandas.DataFrame
        ``feature`` and its ``importance``, at most ten, none of zero; empty for a model that has
        none.
    """
    inside = getattr(model, "estimators_", None)
    if not hasattr(model, "feature_importances_") and isinstance(inside, dict):
        model = next(iter(inside.values()))  # a rival, fitted to the one target
    found = getattr(model, "feature_importances_", None)
    if found is None or len(found) != len(names):
        return pd.DataFrame(columns=["feature", "importance"])
    table = pd.DataFrame({"feature": names.map(str), "importance": np.asarray(found, dtype=float)})
    table = table.sort_values("importance", ascending=False, kind="stable").head(TOP)
    return table[table["importance"] > 0].reset_index(drop=True)


def find_differences(task: Experiment, random_state: int, **options: Any) -> pd.DataFrame:
    """Return what lies between the target and each related label that is a number.

    Parameters
    ----------
    task : Experiment
        Its one target.
    random_state : int
    **options
        Of the forests.

    Returns
    -------
    pandas.DataFrame
        A row a related label: ``label``; ``n_both``, rows with both labels; their ``correlation``;
        the ``mean_difference`` target minus label and its standard deviation ``sd_difference``;
        ``slope`` and ``slope_std`` of a difference with a learned slope, where the label is known,
        and ``slope_guessed`` where it is predicted. NaN for fewer than ten rows with both, and
        the difference also where the two are not judged to be in one unit (`same_unit`).
    """
    target = task.targets[0]
    columns = ["label", "n_both", "correlation", "mean_difference", "sd_difference", "slope"]
    columns += ["slope_std", "slope_guessed"]
    if task.kinds[target] != REGRESSION:
        return pd.DataFrame(columns=columns)
    kinds = find_task_types(task.Y, None)
    others = [t for t in task.Y.columns if t != target and kinds[t] == REGRESSION]
    rows = [_between(task, target, label, random_state, options) for label in others]
    return pd.DataFrame(rows, columns=columns)


def _between(
    task: Experiment, target: Hashable, label: Hashable, random_state: int, options: dict
) -> dict[str, object]:
    """Return one row of `find_differences`."""
    y, z = both(task.Y[target], task.Y[label])
    row: dict[str, object] = {"label": label, "n_both": len(y)}
    if len(y) < FEW:
        return row
    alike = same_unit(task.Y[target], task.Y[label])
    varies = np.ptp(y) > 0 and np.ptp(z) > 0
    forest = DifferenceForest(target, label, slope="learned", random_state=random_state, **options)
    slopes = forest.fit(task.X, task.Y).slope_.set_index("regime")
    return row | {
        "correlation": np.corrcoef(y, z)[0, 1] if varies else np.nan,
        "mean_difference": (y - z).mean() if alike else np.nan,
        "sd_difference": (y - z).std(ddof=1) if alike else np.nan,
        "slope": slopes.loc["known", "slope"], "slope_std": slopes.loc["known", "std"],
        "slope_guessed": slopes.loc["guessed", "slope"],
    }  # fmt: skip
