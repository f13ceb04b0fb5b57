"""What to know of a table before a model is trusted: holes, overlaps, units, odd labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from tlhelpers.table.columns import is_number
from tlhelpers.table.errors import SHOWN, list_names, place_of
from tlhelpers.table.guessing import NO_RELATED, guess_roles
from tlhelpers.table.known import known_shares
from tlhelpers.table.odd_labels import find_outliers, find_two_sources, repeated_spread
from tlhelpers.table.relations import FEW, SMALL, Relation, relate
from tlhelpers.table.roles import OwnTable, read_roles

LEVELS = ("error", "warning", "note")
COPY = 0.9999  # a correlation above this is a copy
DECADES = 2  # powers of ten that nine tenths of the labels span
MIXED = 0.3  # rows of one kind that differ by this part of the spread of all labels
_PAIRS = 6  # related labels whose overlap is told


@dataclass(frozen=True)
class Finding:
    """One thing to know of a table.

    Attributes
    ----------
    level : {"error", "warning", "note"}
        An error makes every score wrong; a warning may.
    topic : str
        Such as "units" or "outliers".
    message : str
        What was found and what to do.
    place : str
        The column or row, where there is one.
    """

    level: str
    topic: str
    message: str
    place: str = ""

    def __str__(self) -> str:
        """Return it as a line, such as ``warning  units: column 'b': ...``."""
        place = f"{self.place}: " if self.place else ""
        return f"{self.level:<8} {self.topic}: {place}{self.message}"


def check(table: pd.DataFrame | OwnTable) -> list[Finding]:
    """Look for what makes a comparison of models weak or wrong.

    Parameters
    ----------
    table : pandas.DataFrame or OwnTable
        The roles of a DataFrame's columns are guessed.

    Returns
    -------
    list of Finding
        Errors first, then warnings, then notes.

    Raises
    ------
    TableError
        As `guess_roles` and `read_roles`, for a table that cannot be used at all.

    Notes
    -----
    Known labels: a related label is named where the shares of labelled rows and of rows to predict
    that know it differ by 0.3 or more; rows that know no related label are asked cold, and do not
    count. Scale: labels of the target that are all above zero, whose 95% quantile is 100 times the
    5% quantile or more. Setting: where no row lacks a label of the target, the models are compared
    cold. Units: of two labels the slope that does not depend on which of them carries the noise,
    the geometric mean of the Theil-Sen slope of one on the other and the inverse of that of the
    other on the one. Outliers: out-of-bag residuals of a single-task forest of 100 trees, beyond
    six times their scale (the larger of 1.4826 times the median absolute deviation and of the 90%
    quantile over 1.645: both are the SD of normal values); with fewer than thirty labels, the
    labels' own deviation from their median. Two sources: a mixture of two normal distributions fits
    the difference to a related label better than one (BIC), with means more than three standard
    deviations apart (Ashman's D) and at least 15% of the rows in each.

    Examples
    --------
    >>> import pandas as pd
    >>> from tlhelpers.table import check
    >>> frame = pd.DataFrame({"x": range(5, 45, 2), "y": [1.0, 2.0, 4.0, 3.0] + [None] * 16})
    >>> [finding.topic for finding in check(frame) if finding.level == "warning"]
    ['few labels']
    """
    own = table if isinstance(table, OwnTable) else read_roles(table, guess_roles(table))
    finders = (_alone, _sparsity, _few_labels, _scale, _constants, _overlap, _setting, _known)
    others = (_relations, _copies, _repeats, _groups, _odd_labels)
    found = [finding for find in (*finders, *others) for finding in find(own)]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def _alone(own: OwnTable) -> Iterator[Finding]:
    """Yield that the guess took all numbers for features: some may be related labels."""
    for remark in own.roles.remarks:
        if NO_RELATED in remark:
            yield Finding("warning", "no related label", remark)


def _sparsity(own: OwnTable) -> Iterator[Finding]:
    counts = own.Y.notna().sum()
    for name, n in counts[: SHOWN + 1].items():
        message = f"{n} of {len(own.Y)} rows have a label ({100 * n / len(own.Y):.3g}%)"
        yield Finding("note", "sparsity", message, place_of(column=name))
    rest = counts[SHOWN + 1 :]
    if len(rest):
        message = f"{len(rest)} more related labels have {rest.min()} to {rest.max()} labels each"
        yield Finding("note", "sparsity", message)
    empty = int(own.Y.isna().all(axis=1).sum())
    if empty:
        yield Finding("note", "sparsity", f"rows without any label, to be predicted: {empty}")


def _few_labels(own: OwnTable) -> Iterator[Finding]:
    rows = own.Y[own.target].notna().to_numpy()
    n, what = int(rows.sum()), "labels"
    if own.groups is not None and len(set(own.groups[rows])) < n:
        n, what = len(set(own.groups[rows])), "groups with a label"
    place = place_of(column=own.target)
    if n < FEW:
        message = f"{n} {what}: too few to judge any model; {FEW} are the least"
        yield Finding("warning", "few labels", message, place)
    elif n < SMALL:
        message = f"{n} {what}: only large differences between models can be seen"
        yield Finding("warning", "few labels", message, place)


def _scale(own: OwnTable) -> Iterator[Finding]:
    """Yield that a logarithm may be the better target."""
    seen = own.Y[own.target].dropna()
    if not is_number(seen) or len(seen) < FEW or not (seen > 0).all():
        return
    low, high = np.quantile(np.log10(seen), [0.05, 0.95])
    if high - low >= DECADES:
        message = (
            f"labels from {seen.min():.3g} to {seen.max():.3g}: a squared error counts the largest "
            "most. Put the logarithm into the column instead, or compare both"
        )
        yield Finding("warning", "scale", message, place_of(column=own.target))


def _constants(own: OwnTable) -> Iterator[Finding]:
    for name in own.roles.related:
        seen = own.Y[name].dropna()
        if len(seen) and (seen == seen.iloc[0]).all():
            message = f"all {len(seen)} labels are {seen.iloc[0]}: it teaches nothing"
            yield Finding("warning", "constant label", message, place_of(column=name))
    same = [name for name in own.roles.features if np.ptp(own.X[name]) == 0]
    if same:
        message = f"the same in every row: {list_names(same)}"
        yield Finding("note", "constant feature", message)


def _overlap(own: OwnTable) -> Iterator[Finding]:
    filled = own.Y.notna()
    for first, second in combinations(own.Y.columns[: _PAIRS + 1], 2):
        n = int((filled[first] & filled[second]).sum())
        few = own.target in (first, second) and n < FEW
        message = f"{n} rows have both {first!r} and {second!r}"
        if few:
            message += ": too few to learn how the one follows from the other"
        yield Finding("warning" if few else "note", "overlap", message)


def _setting(own: OwnTable) -> Iterator[Finding]:
    """Yield that no row is to be predicted, so that nothing says what such rows know."""
    if own.roles.related and own.Y[own.target].notna().all():
        message = (
            "no row lacks a label, so the models are compared cold: the related labels are hidden "
            "in the test, and may be underrated. If the rows that you will predict have them, put "
            "such rows into the table, with an empty cell here"
        )
        yield Finding("warning", "setting", message, place_of(column=own.target))


def _known(own: OwnTable) -> Iterator[Finding]:
    """Yield the related labels that the rows to predict know far more or less often."""
    shares = known_shares(own.Y, own.target).query("apart")
    for name, row in zip(shares.index, shares.itertuples(index=False), strict=True):
        message = (
            f"is known for {row.labelled:.0%} of the labelled rows and for {row.to_predict:.0%} of "
            "the rows to predict: a warm score is of the labelled rows. On the others the error "
            f"may be {'larger' if row.labelled > row.to_predict else 'smaller'}. Compare without "
            "this column too"
        )
        yield Finding("warning", "known labels", message, place_of(column=name))


def _relations(own: OwnTable) -> Iterator[Finding]:
    """Yield units, offsets and slopes between the target and each related number."""
    if not is_number(own.Y[own.target]):
        return
    for name in own.roles.related:
        if is_number(own.Y[name]):
            relation = relate(own.Y[own.target], own.Y[name])
            if relation is not None:
                yield _say_relation(own.target, name, relation)


def _say_relation(target: str, name: str, relation: Relation) -> Finding:
    place = place_of(column=name)
    question = relation.unit_question(target, name)
    if question:
        return Finding("warning", "units", question, place)
    line = (
        f"{target!r} is about {relation.intercept:.3g} {'-' if relation.slope < 0 else '+'} "
        f"{abs(relation.slope):.3g} {name!r} "
        f"({relation.n} rows with both, robust correlation {relation.correlation:.2f})"
    )
    if relation.has_offset:
        line += f"; {name!r} may be too {'low' if relation.shift > 0 else 'high'} by a constant "
        line += f"{abs(relation.shift):.3g}, which a difference model learns"
    elif not relation.same_unit:
        line += "; compare tries a difference with a learned slope only"
    return Finding("note", "relation", line, place)


def _copies(own: OwnTable) -> Iterator[Finding]:
    y = own.Y[own.target]
    columns = {name: own.Y[name] for name in own.roles.related}
    columns |= {name: own.X[name] for name in own.roles.features}
    for name, z in columns.items():
        both = (y.notna() & z.notna()).to_numpy()
        if both.sum() < 5 or is_number(y) != is_number(z):
            continue
        a, b = y[both], z[both]
        if is_number(y):
            r = _correlation(a.to_numpy(float), b.to_numpy(float))
            ranks = _correlation(a.rank().to_numpy(), b.rank().to_numpy())
            copy = "a copy of" if r > COPY else "a function of" if ranks > 1 - 1e-12 else ""
        else:
            pairs = len(set(zip(a, b, strict=True)))
            copy = "a copy of" if pairs == a.nunique() == b.nunique() > 1 else ""
        if copy:
            kind = "related label" if name in own.roles.related else "feature"
            message = f"this {kind} is {copy} the target {own.target!r} in all {both.sum()} rows "
            message += "with both: leakage, which makes every score too good. Delete the column, "
            message += "unless it is known before the target is measured"
            yield Finding("error", "leakage", message, place_of(column=name))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the absolute correlation, 0 where a side is constant."""
    a, b = a - a.mean(), b - b.mean()
    norm = np.sqrt((a @ a) * (b @ b))
    return float(abs(a @ b) / norm) if norm > 0 else 0.0


def _repeats(own: OwnTable) -> Iterator[Finding]:
    """Yield rows of equal features, and labels that differ between them."""
    kinds = pd.factorize(pd.util.hash_pandas_object(own.X, index=False))[0]
    counts = np.bincount(kinds)
    if counts.max() < 2:
        return
    n, most = int((counts > 1).sum()), int(counts.max())
    first = own.X.index[kinds == counts.argmax()][0]
    message = (
        f"{n} set{'s' * (n > 1)} of rows {'have' if n > 1 else 'has'} equal features (up to {most} "
        f"rows, as for {first}): a forest sees {'each set' if n > 1 else 'it'} as one point"
    )
    if own.groups is None:
        message += "; give them a group with --group COLUMN, or scores are too good"
    yield Finding("note" if own.groups is not None else "warning", "duplicates", message)
    for name in own.Y.columns[: SHOWN + 1]:
        spread = repeated_spread(own.Y[name], kinds)
        if spread is None:
            continue
        place = place_of(column=name)
        said = f"labels of {spread.n} sets of rows with equal features differ, most for "
        said += f"{spread.worst} ({spread.low:.4g} to {spread.high:.4g})"
        yield Finding("note", "duplicates", said, place)
        if spread.share > MIXED:
            message = (
                f"rows of equal features differ by {spread.share:.0%} of the spread of all labels: "
                "the column may mix sources, methods or conditions. Give each a column of its own"
            )
            yield Finding("warning", "mixed sources", message, place)


def _groups(own: OwnTable) -> Iterator[Finding]:
    if own.groups is None:
        return
    sizes = pd.Series(own.groups).value_counts()
    message = f"{len(sizes)} groups"
    if sizes.iloc[0] > 1:
        message += f", the largest of {sizes.iloc[0]} rows ({sizes.index[0]})"
    if len(sizes) < 5:
        message += ": too few to hold a fifth of them out; scores will be rough"
    yield Finding("warning" if len(sizes) < 5 else "note", "groups", message)


def _odd_labels(own: OwnTable) -> Iterator[Finding]:
    """Yield outliers by name, and related labels to which the target has two offsets."""
    for name in own.Y.columns[: SHOWN + 1]:
        if not is_number(own.Y[name]):
            continue
        for outlier in find_outliers(own.X, own.Y[name]):
            yield Finding("warning", "outliers", outlier.message, f"{outlier.row}, column {name!r}")
    if not is_number(own.Y[own.target]):
        return
    for name in own.roles.related:
        if is_number(own.Y[name]):
            message = find_two_sources(own.Y[own.target], own.Y[name])
            if message:
                yield Finding("warning", "mixed sources", message, place_of(column=own.target))
