"""A table read by the roles of its columns: features, labels with holes, groups."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tlhelpers.data.composition import CompositionFeaturizer
from tlhelpers.table.cells import settle
from tlhelpers.table.columns import is_number, plain_formula, read_formula, reduce_formula
from tlhelpers.table.errors import (
    Faults,
    MissingPackage,
    TableError,
    list_cells,
    list_names,
    list_rows,
    place_of,
    some,
)
from tlhelpers.table.mixtures import mixture_fault, remark_fault
from tlhelpers.table.number_cells import is_hole_word


@dataclass(frozen=True)
class Roles:
    """What each column of a table is for.

    Attributes
    ----------
    target : str
        The label to predict.
    related : tuple of str
        Labels that may help, in the order of the table.
    features : tuple of str
        Columns of numbers that are features as they are, beside those of the formula.
    formula, group, name : str or None
        The column of chemical formulas; of groups, whose rows stay on one side of a split; of
        names of the rows.
    unused : tuple of (str, str)
        Columns that are not used, with the reason.
    remarks : tuple of str
        What was decided and could be otherwise.
    """

    target: str
    related: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    formula: str | None = None
    group: str | None = None
    name: str | None = None
    unused: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return what each column was taken for, a line a role."""
        features = [f"135, of the elements in {self.formula!r}"] if self.formula else []
        features += [list_names(self.features)] if self.features else []
        groups = f"rows of one composition ({self.formula!r})" if self.formula else "none"
        lines = {
            "target": repr(self.target),
            "related labels": list_names(self.related) or "none",
            "features": "; ".join(features) or "none",
            "groups": repr(self.group) if self.group else groups,
            "row names": repr(self.name or self.formula) if self.name or self.formula else "",
            "not used": some(f"{column!r} ({why})" for column, why in self.unused),
        }
        text = [f"{what + ':':<16}{words}" for what, words in lines.items() if words]
        return "\n".join([*text, *self.remarks])


@dataclass(frozen=True)
class OwnTable:
    """A table that is ready for a model.

    Attributes
    ----------
    X : pandas.DataFrame, shape (n_samples, n_features)
        Features: those of the formula, then own columns. The index names the rows, each once.
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels, NaN or None where one is missing: the target first, then the related ones.
    groups : numpy.ndarray, shape (n_samples,), or None
        Rows of one group stay on one side of a split: the group column, else the composition.
    target : str
    roles : Roles
    notes : tuple of str
        What was done to the table, in sentences.
    """

    X: pd.DataFrame
    Y: pd.DataFrame
    groups: np.ndarray | None
    target: str
    roles: Roles
    notes: tuple[str, ...] = ()


def read_roles(frame: pd.DataFrame, roles: Roles) -> OwnTable:
    """Return the features, labels and groups of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `read_table` returns it.
    roles : Roles
        As `guess_roles` returns them.

    Returns
    -------
    OwnTable

    Raises
    ------
    TableError
        No feature; a feature with a hole or text; a formula that is missing or cannot be read; no
        group for a row; a target with fewer than two different labels.
    MissingPackage
        Formulas need pymatgen, which the extra ``tlhelpers[table]`` brings.
    """
    frame = settle(frame)
    notes = list(frame.attrs.get("notes", ()))
    faults = Faults()
    labels = {
        name: faults.attempt(read_labels, frame, name, notes)
        for name in (roles.target, *roles.related)
    }
    if labels[roles.target] is not None:
        faults.attempt(_check_target, labels[roles.target])
    table = assemble(frame, roles, pd.DataFrame(labels, index=frame.index), notes, faults)
    if table.groups is not None and len(set(table.groups)) < 2:
        raise TableError(
            "all rows are of one group, so none can be held out to judge a model",
            place_of(column=roles.group or roles.formula),
            "Give the rows groups of their own, or another column with --group COLUMN.",
        )
    return table


def assemble(
    frame: pd.DataFrame,
    roles: Roles,
    Y: pd.DataFrame,
    notes: list[str],
    faults: Faults,
    new: bool = False,
) -> OwnTable:
    """Return a table from its labels; raise what was wrong with them and with the features."""
    parts = []
    if roles.formula:
        parts.append(faults.attempt(_formula_features, frame, roles.formula))
    if roles.features:
        features = {name: faults.attempt(_feature, frame, name) for name in roles.features}
        parts.append(pd.DataFrame(features, index=frame.index))
    grouped = None
    if roles.group and not new:
        grouped = faults.attempt(_complete, frame, roles.group, "group")
    faults.settle()
    if not parts:
        raise TableError(
            "the table has no features: no column of formulas, and no complete column of numbers",
            remedy="Name them with --formula COLUMN or --features A,B",
        )
    X = pd.concat(parts, axis=1)
    if X.columns.has_duplicates:
        name = X.columns[X.columns.duplicated()][0]
        raise TableError(f"column {name!r} has the name of a feature of the formula: rename it")
    groups = None
    if grouped is not None:
        groups = grouped.to_numpy()
    elif roles.formula:
        reduced = {f: reduce_formula(f) for f in frame[roles.formula].map(str).unique()}
        groups = frame[roles.formula].map(str).map(reduced).to_numpy(dtype=object)
    names = _name_rows(frame, roles)
    return OwnTable(X.set_axis(names), Y.set_axis(names), groups, roles.target, roles, tuple(notes))


def read_labels(frame: pd.DataFrame, name: str, notes: list[str]) -> pd.Series:
    """Return a column of labels: numbers, or text without the words that stand for a hole."""
    if name not in frame:
        raise TableError(f"the table has no column {name!r}", remedy=f"It has {list_names(frame)}.")
    column = frame[name]
    if is_number(column):
        return column.astype(float)
    column = column.astype(object).where(column.notna(), None)
    word = column.map(lambda cell: cell is not None and is_hole_word(str(cell)))
    if word.any():
        words = ", ".join(f"{w!r} ({n})" for w, n in column[word].value_counts().items())
        notes.append(f"Column {name!r}: read as a hole: {words}; rename a class of this name.")
    column = column.where(~word, None)
    for fault in (mixture_fault(column), remark_fault(column)):
        if fault is not None:
            raise fault
    return column


def _check_target(labels: pd.Series) -> None:
    """Raise an error where a target has too few labels to learn anything."""
    seen, place = labels.dropna(), place_of(column=labels.name)
    other = "Fill in labels, or name another target with --target NAME"
    if len(seen) == 0:
        raise TableError("the target has no label", place, other)
    if len(seen) == 1:
        raise TableError(
            "the target has one label only", place_of(seen.index[0], labels.name), other
        )
    if (seen == seen.iloc[0]).all():
        raise TableError(f"all {len(seen)} labels of the target are {seen.iloc[0]}", place, other)
    if not is_number(labels) and seen.is_unique:
        raise TableError(
            f"the target holds text, a different one in each row, such as {seen.iloc[0]!r}",
            place,
            "Classes are names that rows share; numbers are written without text.",
        )


def _complete(frame: pd.DataFrame, name: str, role: str) -> pd.Series:
    """Return a column without holes, or raise an error that names the first."""
    if name not in frame:
        raise TableError(f"the table has no column {name!r}", remedy=f"It has {list_names(frame)}.")
    holes = frame.index[frame[name].isna()]
    if len(holes):
        more = f" (so it is in {list_rows(holes[1:])})" if len(holes) > 1 else ""
        raise TableError(
            f"the {role} is missing{more}",
            place_of(holes[0], name),
            "Fill it in, or leave the rows out: only labels may have holes."
            + (f" Or leave {name!r} out of --features." if role == "feature" else ""),
        )
    return frame[name]


def _feature(frame: pd.DataFrame, name: str) -> pd.Series:
    column = _complete(frame, name, "feature")
    if not is_number(column):
        raise TableError(
            f"the feature holds text, such as {column.iloc[0]!r}",
            place_of(column.index[0], name),
            "Write it as numbers, for example one column of 0 and 1 for each category, or leave it "
            "out of --features.",
        )
    return column.astype(float)


def _formula_features(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the features of the formulas, or an error that names the first that is none."""
    formulas = _complete(frame, name, "formula").map(str).map(plain_formula)
    faults: dict[str, str] = {}
    for formula in formulas.unique():
        try:
            read_formula(formula)
        except MissingPackage:
            raise
        except ValueError as error:
            faults[formula] = str(error)
    if faults:
        bad = formulas[formulas.isin(list(faults))]
        more = f" So it is with {list_cells(bad.iloc[1:].items())}." if len(bad) > 1 else ""
        raise TableError(
            faults[bad.iloc[0]],
            place_of(bad.index[0], name),
            f"Correct the formula, or leave the row out.{more}",
        )
    featurizer = CompositionFeaturizer().set_output(transform="pandas")
    return featurizer.fit_transform(formulas.to_numpy()).set_axis(frame.index)


def _name_rows(frame: pd.DataFrame, roles: Roles) -> pd.Index:
    """Return a name for each row, each once: a repeated one says its row."""
    column = next((c for c in (roles.name, roles.group, roles.formula) if c in frame), None)
    if column == roles.group and roles.formula and roles.name is None:
        column = roles.formula
    if column is None:
        return pd.Index([place_of(row) for row in frame.index], name="row")
    names = frame[column].map(str)
    twice = names.duplicated(keep=False)
    return pd.Index(names.where(~twice, names + [f" ({place_of(r)})" for r in frame.index]))
