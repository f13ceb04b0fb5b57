"""Rows of another file, read by the roles of a table."""

from difflib import get_close_matches

import numpy as np
import pandas as pd

from tlhelpers.table.cells import settle
from tlhelpers.table.columns import is_number
from tlhelpers.table.errors import Faults, TableError, list_names, place_of
from tlhelpers.table.roles import OwnTable, Roles, assemble, read_labels

ALIKE = 0.75  # of two names (difflib's ratio): one may be the other, misspelled


def read_new_rows(frame: pd.DataFrame, table: OwnTable) -> OwnTable:
    """Return the rows of another file by the roles of a table; its labels are known labels.

    Parameters
    ----------
    frame : pandas.DataFrame
        The formula and feature columns of the table; its related labels where they are known.
        Labels of the target are not used.
    table : OwnTable

    Returns
    -------
    OwnTable
        ``Y`` has the columns of the table, without any label where the file has none.

    Raises
    ------
    TableError
        A missing column, one whose name is close to that of a column that is missing, a class that
        the table does not hold, or as `read_roles`; all that is found is told at once.
    """
    frame = settle(frame)
    roles, notes, faults = table.roles, list(frame.attrs.get("notes", ())), Faults()
    _check_columns(frame, roles, faults)
    known = [name for name in roles.related if name in frame]
    Y = pd.DataFrame(index=frame.index, columns=list(table.Y), dtype=object)
    for name in table.Y:
        labels = faults.attempt(read_labels, frame, name, notes) if name in known else None
        if labels is not None:
            Y[name] = labels
            faults.attempt(_check_known, labels, table.Y[name])
        elif is_number(table.Y[name]):
            Y[name] = np.nan
    ignored = _ignored(frame, roles)
    notes.append(f"Known labels of the new rows: {list_names(known) or 'none'}.")
    if roles.target in frame and frame[roles.target].notna().any():
        notes.append(f"Labels of the target {roles.target!r} in the new rows are not used.")
    if ignored:
        notes.append(f"Columns of the new rows that are not used: {list_names(ignored)}.")
    return assemble(frame, roles, Y, notes, faults, new=True)


def _ignored(frame: pd.DataFrame, roles: Roles) -> list[str]:
    """Return the columns of new rows that have no role in the table."""
    own = {roles.target, roles.formula, roles.group, roles.name, *roles.features, *roles.related}
    return [column for column in frame if column not in own]


def _check_columns(frame: pd.DataFrame, roles: Roles, faults: Faults) -> None:
    """Add a fault for each column that is missing or seems to be misspelled.

    Raises
    ------
    TableError
        The formula or a feature is missing: no row can then be read.
    """
    left_out = {name for name, _ in roles.unused}
    extra = [column for column in _ignored(frame, roles) if column not in left_out]
    needed = [name for name in (roles.formula, *roles.features) if name is not None]
    optional = [*roles.related, *filter(None, (roles.group, roles.name))]
    missing = [name for name in needed if name not in frame]
    for name in missing:
        near = _like(name, extra)
        faults.add(
            TableError(
                f"the file of new rows has no column {name!r}, which the table has as a "
                + ("formula" if name == roles.formula else "feature"),
                remedy=f"Is it {near!r}? Rename that." if near
                else f"Its columns are {list_names(frame)}.",
            )
        )  # fmt: skip
    for name in optional:
        near = _like(name, extra) if name not in frame else None
        if near is not None:
            faults.add(
                TableError(
                    f"the file of new rows has a column {near!r}, which the table has not, and no "
                    f"{name!r}, which the table has",
                    remedy=f"If it is the same, in the same unit, rename it {name!r}; if it is "
                    "something else, delete it or give it another name.",
                )
            )
    if missing:
        faults.settle()


def _like(name: str, others: list[str]) -> str | None:
    """Return the column whose name is close to this one and holds the same digits, or None."""
    same = {other.casefold(): other for other in others if _digits(other) == _digits(name)}
    near = get_close_matches(name.casefold(), same, n=1, cutoff=ALIKE)
    return same[near[0]] if near else None


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _check_known(labels: pd.Series, seen: pd.Series) -> None:
    """Raise an error where a known label is not of the kind that the table holds."""
    filled = labels.dropna()
    if filled.empty:
        return
    if is_number(labels) != is_number(seen):
        kinds = "numbers" if is_number(seen) else "classes"
        raise TableError(
            f"the table holds {kinds} here, and the new rows do not, such as {filled.iloc[0]!r}",
            place_of(filled.index[0], labels.name),
            "Write these labels as in the table.",
        )
    if not is_number(seen) and not set(filled) <= set(seen.dropna()):
        new = filled[~filled.isin(set(seen.dropna()))]
        raise TableError(
            f"{new.iloc[0]!r} is no class of the table",
            place_of(new.index[0], labels.name),
            f"Its classes are {list_names(sorted(set(seen.dropna())))}; or leave the cell empty.",
        )
