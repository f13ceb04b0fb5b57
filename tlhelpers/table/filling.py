"""Predict new rows, or the holes of a table, and write them where a spreadsheet can read them."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from tlhelpers.evaluation import Split
from tlhelpers.evaluation.experiment import prepare_model, told_groups
from tlhelpers.forests.checks import group_codes
from tlhelpers.table.answers import describe_rows
from tlhelpers.table.candidates import find_candidates
from tlhelpers.table.errors import TableError, list_names
from tlhelpers.table.inner_folds import with_unseen
from tlhelpers.table.reach import OUTSIDE, share_outside

if TYPE_CHECKING:
    from tlhelpers.table.roles import OwnTable

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for a formula
_MARK = "'"


def predict_table(
    model_name: str,
    table: "OwnTable",
    new: "OwnTable | None" = None,
    *,
    rivals: Mapping[str, Any] | None = None,
    n_estimators: int = 100,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Fit a model to a table, and predict new rows or the rows without a target label.

    Parameters
    ----------
    model_name : str
        As a comparison names it, such as "single-task", "stack" or "the learned slope forest".
    table : OwnTable
    new : OwnTable, optional
        Rows to predict, with the features of the table. Their related labels, where there are
        some, are known labels: they train too, and a model that can is told them. Target labels
        are not looked at. None: the rows of the table without a target label.
    rivals : mapping of names to scikit-learn estimators, optional
        More models that may be named, such as `tlhelpers.evaluation.usual_rivals`. The intervals
        of such a model come from ten fits to nine tenths of the labels each; for classes it states
        none.
    n_estimators, random_state, n_jobs : int
        Of the forest.

    Returns
    -------
    pandas.DataFrame
        Indexed by the names of the rows: ``prediction``; ``low`` and ``high`` of the 90%
        interval for a new measurement (for classes ``likely``, those that hold it with 90%);
        ``outside``, the share of features that are below or above those of all rows of the table
        with a target label: a forest does not extrapolate.

    Raises
    ------
    TableError
        A model that the table does not allow, new rows with other features, or nothing to predict.
    """
    target, related = table.target, [c for c in table.Y.columns if c != table.target]
    usable = [label for label in related if table.Y[label].notna().any()]
    X, Y, groups = table.X, table.Y[[target, *usable]], table.groups
    seen = X[Y[target].notna()]
    asked, known = X[Y[target].isna()], Y.loc[Y[target].isna(), usable]
    if new is not None:
        missing = X.columns.difference(new.X.columns)
        if len(missing):
            raise TableError(f"the new rows have no feature {missing[0]!r}, which the table has")
        asked = new.X[X.columns]
        known = new.Y.reindex(columns=usable)
        X, Y, groups = _with_known(X, Y, groups, new, asked, known)
    if not len(asked):
        what = "the table has a label in every row" if new is None else "there are no new rows"
        raise TableError(f"nothing to predict: {what} of {target!r}")
    options = {"random_state": random_state, "n_jobs": n_jobs}
    models = find_candidates(Y, target, rivals, n_estimators=n_estimators, **options)
    named = model_name.removeprefix("the ").removesuffix(" forest")  # as an answer writes it
    model_name = model_name if model_name in models else named
    if model_name not in models:
        raise TableError(
            f"the model {model_name!r} does not apply to this table",
            remedy=f"These do: {list_names(models)}. All architectures need a related label, "
            "differences need numbers, one with slope one needs the target's unit, and a model of "
            "your own must be among the rivals.",
        )
    fresh = prepare_model(models[model_name], [target], random_state)
    fitted = clone(fresh).fit(X, Y, **told_groups(fresh, groups))
    split = Split(X, Y, asked, known, group_codes(groups, X))
    model = with_unseen(fitted, fresh, split, target)
    answers = describe_rows(model, asked, known if usable else None)
    return answers.assign(**{OUTSIDE: share_outside(seen, asked).to_numpy()})


def _with_known(
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: np.ndarray | None,
    new: "OwnTable",
    asked: pd.DataFrame,
    known: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray | None]:
    """Return training rows to which those new ones are added that carry a related label."""
    told = known.notna().any(axis=1).to_numpy()
    if not told.any():
        return X, Y, groups
    added = known[told].reindex(columns=Y.columns)
    labels = pd.concat([Y, added], ignore_index=True)
    for label in Y:  # a hole of another type would change what a column of labels is
        if pd.api.types.is_numeric_dtype(Y[label].dtype):
            labels[label] = pd.to_numeric(labels[label])
    features = pd.concat([X, asked[told]], ignore_index=True)
    if groups is None:
        return features, labels, None
    own = new.groups if new.groups is not None else [("new", i) for i in range(len(asked))]
    joined = np.empty(len(features), dtype=object)
    joined[:] = [*groups, *np.array([*own, None], dtype=object)[:-1][told]]
    return features, labels, joined


def write_predictions(
    frame: pd.DataFrame, path: str | PathLike, *, float_format: str | None = None
) -> None:
    """Write a table as CSV (UTF-8, marked), with its index; no spreadsheet executes a cell of it.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : path
    float_format : str, optional
        How numbers are written, such as ``"%.6g"``; None: with all their digits.

    Notes
    -----
    A text cell, header or row name that starts with ``=``, ``+``, ``-``, ``@``, a tab or a line
    break gets a leading apostrophe, which a spreadsheet takes for "this is text"; so does one that
    starts with an apostrophe itself. To have the names back, take one leading apostrophe away from
    text cells. Numbers are written as they are, negative ones too.
    """
    table = frame.copy()
    table.index = table.index.map(_neutral)
    table.index.name = _neutral(frame.index.name or "row")
    table.columns = table.columns.map(_neutral)
    for place, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            table.isetitem(place, [_neutral(cell) for cell in table.iloc[:, place]])
    # with this line end a cell that holds half of it is quoted, too
    table.to_csv(path, encoding="utf-8-sig", lineterminator="\r\n", float_format=float_format)


def _neutral(cell: object) -> object:
    """Return a cell that no spreadsheet executes; what is no text stays."""
    if isinstance(cell, str) and cell.startswith((*_STARTS, _MARK)):
        return _MARK + cell
    return cell
