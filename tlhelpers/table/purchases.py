"""Which labels to buy: what further labels of the target, or of a related task, would gain."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from tlhelpers.evaluation import (
    corrected_resampled_t_test,
    holm,
    score_predictions,
    training_order,
)
from tlhelpers.evaluation.comparison import LEVEL
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.evaluation.splits import outside_groups
from tlhelpers.table.parts import Part
from tlhelpers.table.relations import FEW

TARGET, KNOWN = "target labels", "known labels"
TEST_SIZE = 0.2
_LAST = 3  # sizes that the power law is fitted to
_LEAST = 3  # related labels that stay outside the test set, so that every stage can be grown
GAIN, NO_GAIN = "gain", "no gain seen"


def sizes_of(n: int) -> list[int]:
    """Return four numbers of labels up to `n`, equally far apart in the logarithm."""
    return sorted({int(size) for size in np.geomspace(min(n, max(FEW, n / 8)), n, 4).round()})


def curve_parts(
    task: Experiment, setting: str, models: Sequence[str], n_repeats: int, random_state: int
) -> list[Part]:
    """Return the learning curve in the number of target labels, a part a repeat.

    Parameters
    ----------
    task : Experiment
    setting : {"cold", "warm"}
    models : sequence of str
    n_repeats, random_state : int

    Returns
    -------
    list of Part
        Empty where there are too few labels for three sizes.
    """
    drawn = _draw(task, n_repeats, random_state)
    sizes = sizes_of(min(len(order) for order, _ in drawn))
    if len(sizes) < _LAST:
        return []
    return [
        Part(
            f"target_{setting}_{repeat}", TARGET, setting, tuple(models), test,
            random_state + repeat, [{"repeat": repeat, "size": size} for size in sizes],
            [order[:size] for size in sizes], [()] * len(sizes),
        )
        for repeat, (order, test) in enumerate(drawn)
    ]  # fmt: skip


def related_parts(
    task: Experiment,
    setting: str,
    model: str,
    n_repeats: int,
    random_state: int,
) -> list[Part]:
    """Return what fewer labels of each related task do, and what knowing them would.

    A task of which every row has a label is left out: there is none to buy. In the cold setting,
    a further part asks the same test rows with their related labels known.
    """
    parts = []
    drawn = _draw(task, n_repeats, random_state)
    n_target = min(len(order) for order, _ in drawn)
    for number, label in enumerate(task.Y.columns):
        rows = np.flatnonzero(task.Y[label].notna())
        sizes = sizes_of(len(rows))
        if label in task.targets or len(rows) == len(task.Y) or len(sizes) < _LAST:
            continue
        for repeat, (order, test) in enumerate(drawn):
            generator = np.random.default_rng([random_state, repeat, number])
            mixed = generator.permutation(rows)
            outside = outside_groups(task.groups, test)[mixed]
            kept = np.flatnonzero(outside)[:_LEAST]  # in front, so that they stay in every size
            mixed = np.concatenate([mixed[kept], np.delete(mixed, kept)])
            parts.append(
                Part(
                    f"related_{number}_{setting}_{repeat}", f"labels of {label}", setting, (model,),
                    test, random_state + repeat,
                    [{"repeat": repeat, "size": size, "label": label} for size in sizes],
                    [order[:n_target]] * len(sizes), [(label, mixed[size:]) for size in sizes],
                )
            )  # fmt: skip
    if setting == "cold" and len(task.Y.columns) > 1:
        parts += [
            Part(
                f"known_{repeat}", KNOWN, "warm", (model,), test, random_state + repeat,
                [{"repeat": repeat, "size": n_target}], [order[:n_target]],
            )
            for repeat, (order, test) in enumerate(drawn)
        ]  # fmt: skip
    return sorted(parts, key=lambda part: part.cases[0]["repeat"])


def _draw(task: Experiment, n_repeats: int, random_state: int) -> list[tuple]:
    """Return the order of the target labels and the test set of every repeat."""
    table = task.labelled, task.groups, TEST_SIZE
    return [training_order(*table, [random_state, repeat]) for repeat in range(n_repeats)]


def score_sizes(predictions: pd.DataFrame, extra: Sequence[str] = ()) -> pd.DataFrame:
    """Return the scores of every setting, model, repeat, size and value of further columns."""
    by = [*extra, "setting", "model", "repeat", "size", "target", "n_train", "n_pool"]
    return score_predictions(predictions, by)


def project(
    curve: pd.DataFrame, metric: str, labels_now: int, available: float = np.inf
) -> dict[str, object] | None:
    """Say what further labels would gain, by a power law fitted repeat by repeat.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `score_sizes`, of one model and setting.
    metric : {"rmse", "accuracy"}
    labels_now : int
        Labels in the table.
    available : float
        The most that can be bought.

    Returns
    -------
    dict, or None where nothing can be bought or fewer than two repeats are there
        ``labels_now``, ``buy`` and ``labels_then``, at most twice the largest size of the curve;
        ``error_now``, ``error_then``; ``gain``, the share of the error that goes, with its 95%
        interval ``low`` to ``high``, and the ``p_value`` of no gain.

    Notes
    -----
    The error is taken as a n^-b, fitted to the logarithms at the last three sizes of a repeat. The
    interval of b is that of the corrected resampled t-test over repeats.
    """
    errors = _errors(curve, metric)
    exponents = _exponents(errors)
    then = int(min(2 * errors.columns[-1], labels_now + available))
    if then <= labels_now or exponents is None:
        return None
    b, half, p_value = corrected_resampled_t_test(
        exponents, (curve["n_test"] / curve["n_pool"]).mean()
    )
    now = _follow(errors, b, labels_now)
    gain, low, high = (1 - (then / labels_now) ** -x for x in (b, b - half, b + half))
    return {
        "labels_now": labels_now, "buy": then - labels_now, "labels_then": then, "metric": metric,
        "error_now": now, "error_then": now * (1 - gain), "gain": gain, "low": low, "high": high,
        "p_value": p_value,
    }  # fmt: skip


def check_projection(curve: pd.DataFrame, metric: str) -> tuple[int, float, float] | None:
    """Project the error of the largest size from the sizes below it, and return what was seen.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `score_sizes`, of one model and setting.
    metric : {"rmse", "accuracy"}

    Returns
    -------
    (size, projected error, error that was seen), or None
        None for fewer than four sizes, for fewer than two repeats, and for an empty curve. As in
        `project`, the power law is fitted to three sizes, in every repeat.
    """
    if not len(curve):
        return None
    errors = _errors(curve, metric)
    before, size = errors.iloc[:, :-1], int(errors.columns[-1])
    exponents = _exponents(before)
    if exponents is None:
        return None
    return size, _follow(before, exponents.mean(), size), float(errors.iloc[:, -1].mean())


def gain_of_knowing(
    curve: pd.DataFrame, known: pd.DataFrame, metric: str, n_rows: int
) -> dict[str, object] | None:
    """Say what is gained where the related labels of the rows to predict are measured first.

    Parameters
    ----------
    curve, known : pandas.DataFrame
        From `score_sizes`: without and with the related labels of the test rows.
    metric : {"rmse", "accuracy"}
    n_rows : int
        Rows to predict without a related label.

    Returns
    -------
    dict, as from `project`, or None
    """
    before, after = _errors(curve, metric), _errors(known, metric)
    shared = before.index.intersection(after.index)
    if len(shared) < 2 or n_rows == 0:
        return None
    before, after = before.loc[shared].iloc[:, -1], after.loc[shared].iloc[:, -1]
    logs = np.log(before / after).to_numpy()
    mean, half, p_value = corrected_resampled_t_test(
        logs, (known["n_test"] / known["n_pool"]).mean()
    )
    gain, low, high = (1 - np.exp(-x) for x in (mean, mean - half, mean + half))
    now = float(before.mean())
    return {
        "labels_now": 0, "buy": n_rows, "labels_then": n_rows, "metric": metric, "error_now": now,
        "error_then": now * (1 - gain), "gain": gain, "low": low, "high": high,
        "p_value": p_value,
    }  # fmt: skip


def _errors(curve: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return errors, above zero, a row a repeat and a column a size."""
    table = curve.pivot_table(index="repeat", columns="size", values=metric)
    if metric == "accuracy":
        return (1 - table).clip(lower=0.5 / curve["n_test"].mean())
    return table.clip(lower=1e-12 * float(table.to_numpy().max()) or 1e-300)


def _exponents(errors: pd.DataFrame) -> np.ndarray | None:
    """Return b of the power law a n^-b through the last three sizes of every repeat, or None."""
    last = errors.iloc[:, -_LAST:]
    if len(last) < 2 or last.shape[1] < _LAST:
        return None
    sizes = np.log(last.columns.to_numpy(dtype=float))
    return -np.polyfit(sizes, np.log(last.to_numpy()).T, 1)[0]


def _follow(errors: pd.DataFrame, b: float, size: int) -> float:
    """Return the mean error that a power law gives at a size, from that of the last size."""
    return float(errors.iloc[:, -1].mean() * (size / errors.columns[-1]) ** -b)


def labels_to_buy(
    task: Experiment,
    curves: Mapping[str, pd.DataFrame],
    metric: str,
    models: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Return a row a kind of label that can be bought, from the curves.

    Parameters
    ----------
    task : Experiment
    curves : mapping of {"target", "related", "known"} to pandas.DataFrame
        From `score_sizes`; each may be empty.
    metric : str
    models : mapping of {setting: (recommended model, model that uses related labels)}

    Returns
    -------
    pandas.DataFrame
        ``setting``, ``label``, ``rows`` ("any", or "to predict"), ``model``, what `project` says,
        ``p_adjusted`` (Holm, all rows being one family) and ``verdict``: "gain" where that is below
        0.05, else "no gain seen". The intervals are unadjusted.
    """
    curve, related, known = (curves[what] for what in ("target", "related", "known"))
    rows: list[dict] = []
    wanted = task.Y[task.targets[0]].isna()

    def add(setting: str, label: Hashable, where: str, model: str, found: dict | None) -> None:
        if found is not None:
            rows.append({"setting": setting, "label": label, "rows": where, "model": model} | found)

    for setting, (recommended, user) in models.items():
        if len(curve):
            own = curve[(curve["setting"] == setting) & (curve["model"] == recommended)]
            n = int(task.Y[task.targets[0]].count())
            add(setting, task.targets[0], "any", recommended, project(own, metric, n))
        if len(related):
            mine = related[related["setting"] == setting]
            for label, part in mine.groupby("label", sort=False):
                n = int(task.Y[label].count())
                found = project(part, metric, n, len(task.Y) - n)
                add(setting, label, "any", user, found)
        if len(known) and len(curve) and setting == "cold":
            others = task.Y.columns.drop(task.targets)
            lacking = int((wanted & task.Y[others].isna().all(axis=1)).sum())
            mine = curve[(curve["setting"] == "cold") & (curve["model"] == user)]
            label = ", ".join(map(str, others))
            add(setting, label, "to predict", user, gain_of_knowing(mine, known, metric, lacking))
    table = pd.DataFrame(rows, columns=[
        "setting", "label", "rows", "model", "labels_now", "buy", "labels_then", "metric",
        "error_now", "error_then", "gain", "low", "high", "p_value",
    ])  # fmt: skip
    adjusted = holm(table["p_value"].astype(float))
    gained = (adjusted < LEVEL) & (table["gain"] > 0)
    return table.assign(p_adjusted=adjusted, verdict=np.where(gained, GAIN, NO_GAIN))
