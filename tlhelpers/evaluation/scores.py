"""What a table of predictions says: errors, shares of right answers, confusions."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
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
_NUMBERS = (*SCORES, "n_train", "n_test", "n_pool")  # columns that name no case


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
    check_one_target(predictions, by)
    rows = []
    for case, part in predictions.groupby(list(by), sort=False):
        scores = _scores(part["truth"], part["prediction"], part["task_type"].iloc[0])
        rows.append(dict(zip(by, case, strict=True)) | {"n_test": len(part)} | scores)
    return pd.DataFrame(rows)


def _scores(truth: pd.Series, predicted: pd.Series, task_type: str) -> dict[str, float]:
    if task_type == CLASSIFICATION:
        true, guessed, _ = as_codes(truth, predicted)
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


def as_codes(truth: pd.Series, predicted: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def check_one_target(table: pd.DataFrame, by: Sequence[str] = ()) -> None:
    """Raise an error where several targets would be mixed."""
    if "target" in table and "target" not in by and len(table["target"].unique()) > 1:
        found = list(table["target"].unique())
        raise ValueError(
            f"the table is of several targets, {found}: select one, or add 'target' to by"
        )


def check_models(table: pd.DataFrame, *names: str) -> None:
    """Raise an error that names a model which the table does not hold."""
    check_columns(table, ["model"])
    for name in names:
        if name not in set(table["model"]):
            raise ValueError(f"{name!r} is no model of the table: {list(table['model'].unique())}")


def check_metric(metric: str, names: Iterable[str]) -> None:
    """Raise an error that names an unknown score."""
    if metric not in names:
        raise ValueError(f"metric must be one of {list(names)}, got {metric!r}")


def check_columns(table: pd.DataFrame, columns: Iterable[Hashable]) -> None:
    """Raise an error where a table is of another kind."""
    missing = [column for column in columns if column not in table]
    if missing:
        raise ValueError(f"the table has no {missing}, only {list(table.columns)}")


def check_once(table: pd.DataFrame, keys: Sequence[str]) -> None:
    """Raise an error where several rows are of one case, and name the columns that vary."""
    check_columns(table, keys)
    twice = table[table.duplicated(list(keys), keep=False)]
    if len(twice):
        cases = twice.drop(columns=[*_NUMBERS], errors="ignore").groupby(list(keys), dropna=False)
        vary = list(cases.nunique(dropna=False).gt(1).any().loc[lambda found: found].index)
        raise ValueError(
            f"several rows have the same {list(keys)}; select one value of {vary}, which vary"
            if vary
            else f"several rows have the same {list(keys)}: the table holds them twice"
        )


def check_sizes(curve: pd.DataFrame) -> None:
    """Raise an error that names a row whose size is no number of labels."""
    size = pd.to_numeric(curve["size"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = np.flatnonzero(~((size >= 1) & (size < np.inf)))
    if len(wrong):
        row = curve.index[wrong[0]]
        raise ValueError(
            f"the curve has the size {curve['size'].iloc[wrong[0]]!r} in row {row!r}: sizes are "
            "numbers of labels, from 1; leave such rows out"
        )


def pair_scores(scores: pd.DataFrame, splits: list[str], case: str, metric: str) -> pd.DataFrame:
    """Return the scores of every case on the same splits: a row a split, a column per case."""
    check_metric(metric, [name for name in SCORES if name in scores])
    check_once(scores, [*splits, case])
    table = scores.set_index([*splits, case])[metric].unstack(case)  # noqa: PD010
    holes = table.columns[table.isna().any()]
    if len(holes):
        raise ValueError(f"{metric} of {list(holes)} is missing in some split")
    return table
