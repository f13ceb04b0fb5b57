"""Guess what each column of a table is for, where the user does not say it."""

from collections.abc import Iterable
from difflib import get_close_matches

import pandas as pd

from tlhelpers.table.cells import NAMES_OF_ROWS, settle
from tlhelpers.table.columns import (
    GROUP_NAMES,
    TEXT,
    find_by_name,
    find_formulas,
    is_name,
    is_number,
    why_unused,
)
from tlhelpers.table.errors import SHOWN, Faults, TableError, list_names, some
from tlhelpers.table.mixtures import mixture_fault
from tlhelpers.table.number_cells import read_number
from tlhelpers.table.roles import Roles

DESCRIPTORS = 20  # more complete columns of numbers than this, beside a formula, are features
NO_RELATED = "no related label to learn from"  # a remark that `check` warns of
_SOME, _SHARE = 3, 0.1  # numbers, and of the filled cells: a column that was meant as numbers
_TARGET_NAMES = ("target", "y")


def guess_roles(
    frame: pd.DataFrame,
    *,
    target: str | None = None,
    formula: str | None = None,
    group: str | None = None,
    features: Iterable[str] | None = None,
) -> Roles:
    """Guess what each column is for; what is named is taken as said.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `read_table` returns it.
    target : str, optional
        None: a column called target or y, else the column of numbers with the most holes (of text
        classes where no column of numbers has holes).
    formula : str, optional
        None: a column called so, else one of which nine cells in ten read as a formula.
    group : str, optional
        None: a column called group, family, surface, cluster, series, batch or prototype.
    features : iterable of str, optional
        None: without a formula every complete column of numbers, and beside one none, as complete
        numbers are then related labels (but features where they are more than twenty).

    Returns
    -------
    Roles

    Raises
    ------
    TableError
        A named column that does not exist or has two roles, several columns that may be the target,
        or no column for it; a column of numbers in which some cells are text.
    """
    frame = settle(frame)
    given = None if features is None else tuple(features)
    _check_names(frame, target, formula, group, given)
    taken = {*filter(None, (target, formula, group)), *(given or ())}
    others = [column for column in frame if column not in taken]
    unused: dict[str, str] = {}
    if formula is None:
        formulas = find_formulas(frame[others])
        formula = formulas[0] if formulas else None
        unused |= dict.fromkeys(formulas[1:], "formulas too")
    if group is None:
        called = [c for c in find_by_name(frame, GROUP_NAMES) if c in others and c != formula]
        group = next((c for c in called if frame[c].notna().all()), None)
    name = _find_name(frame, [c for c in frame if c not in {*taken, formula} or c == group])
    others = [c for c in others if c not in {formula, group, name, *unused}]
    unused |= {c: why for c in others if (why := why_unused(frame[c]))}
    faults = Faults()
    for column in others:
        if unused.get(column) in (None, TEXT):
            faults.add(mixture_fault(frame[column], least=_SOME, share=_SHARE))
    faults.settle()
    others = [c for c in others if c not in unused]
    target = target or _find_target(frame, others, formula, given)
    others = [c for c in others if c != target]
    complete = [c for c in others if is_number(frame[c]) and frame[c].notna().all()]
    if given is None:
        given = () if formula and len(complete) <= DESCRIPTORS else tuple(complete)
    related = []
    for column in (c for c in others if c not in given):
        if is_number(frame[column]) or frame[column].isna().any():
            related.append(column)
        else:
            unused[column] = "complete text; as numbers it could be a feature"
    remarks = _remark(formula, complete, given, related) if features is None else []
    remarks += [_remark_holes(frame[c]) for c in related if _is_nearly_complete(frame[c])]
    shown = {c: unused[c] for c in frame if c in unused}
    return Roles(
        target, tuple(related), given, formula, group, name, tuple(shown.items()), tuple(remarks)
    )


def check_column(frame: pd.DataFrame, column: str, option: str) -> None:
    """Raise an error that names like columns unless a table has the column.

    Parameters
    ----------
    frame : pandas.DataFrame
    column : str
    option : str
        What the column was named for, such as ``"target"``.
    """
    if column not in frame:
        names = [str(name) for name in frame]
        near = get_close_matches(str(column), names, cutoff=0.5) or names[:SHOWN]
        more = " ..." if len(near) < len(names) and near == names[:SHOWN] else ""
        raise TableError(
            f"the table has no column {column!r}",
            f"--{option}",
            f"Did you mean one of these: {list_names(near)}{more}",
        )


def _check_names(frame, target, formula, group, features) -> None:
    named = [("target", target), ("formula", formula), ("group", group)]
    named += [("features", column) for column in features or ()]
    roles: dict[str, str] = {}
    for option, column in named:
        if column is None:
            continue
        check_column(frame, column, option)
        before = roles.get(column)
        if before == option:
            raise TableError(f"column {column!r} is named twice", f"--{option}")
        if before == "target" or (before and option == "features"):
            raise TableError(
                f"column {column!r} is the {before}, so it cannot be --{option} too",
                remedy="A model would be given what it is asked for. Give each column one role."
                if before == "target" and option == "features"
                else "Give each column one role.",
            )
        roles[column] = option


def _find_name(frame: pd.DataFrame, columns: list) -> str | None:
    """Return the column of names of the rows: one called so, else the first of unique text."""
    unique = [c for c in columns if is_name(frame[c])]
    called = [c for c in find_by_name(frame, NAMES_OF_ROWS) if c in unique]
    return next(iter(called + unique), None)


def _find_target(frame: pd.DataFrame, columns: list, formula: str | None, features) -> str:
    called = [c for c in find_by_name(frame, _TARGET_NAMES) if c in columns]
    if len(called) == 1:
        return called[0]
    numbers = [c for c in columns if is_number(frame[c])]
    holed = [c for c in numbers if frame[c].isna().any()]
    holed = holed or [c for c in columns if c not in numbers and frame[c].isna().any()]
    if not holed and (formula or features):  # complete columns: no label is scarce
        holed = numbers
    counts = frame[holed].notna().sum().sort_values(kind="stable")
    if counts.empty:
        wide = "" if frame.shape[1] > 1 else (
            " The file was read as one column: separate the cells by commas, semicolons or tabs."
        )  # fmt: skip
        raise TableError(
            "no column can be told to be the target: none of numbers has holes",
            remedy=f"Name it with --target NAME; rows to predict have an empty cell there.{wide}",
        )
    fewest = counts[counts == counts.iloc[0]]
    if len(fewest) > 1:
        listed = some(f"{column!r} ({n} labels)" for column, n in fewest.items())
        raise TableError(
            f"several columns may be the target: {listed}", remedy="Name it: --target NAME"
        )
    name = str(counts.index[0])
    if read_number(name) is not None:
        raise TableError(
            f"the target would be a column that is called {name!r}",
            remedy="If the first row does not name the columns, write names above it; else say "
            "which one it is with --target NAME",
        )
    return name


def _remark(formula: str | None, complete: list, features: tuple, related: list) -> list[str]:
    """Return what to say of the complete columns of numbers, where no features are named."""
    if len(features) > 1 and (formula or not related):
        beside = " beside the formula" if formula else ""
        alone = "" if related else f", so there is {NO_RELATED}"
        return [
            f"{len(features)} complete columns of numbers{beside} are features{alone}. "
            "Name fewer as features, and the rest are related labels"
        ]
    if formula and complete:
        return [
            f"{list_names(complete)}: complete numbers beside a formula are taken as related "
            "labels. What is set before a measurement, such as its temperature, is a feature: "
            "name it as one"
        ]
    return []


def _is_nearly_complete(column: pd.Series) -> bool:
    """Return whether numbers have a few holes: perhaps a feature with a cell forgotten."""
    return is_number(column) and bool(0 < column.isna().mean() <= 0.05)


def _remark_holes(column: pd.Series) -> str:
    holes = column.isna()
    cells = "an empty cell" if holes.sum() == 1 else f"{holes.sum()} empty cells"
    return (
        f"{column.name!r} has {cells}, the first in row {column.index[holes][0]}, so it is taken "
        "for a related label. To make it a feature, fill them and name it as one"
    )
