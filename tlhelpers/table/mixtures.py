"""Numbers and text in one column: told with their cells, and taken for neither."""

import re

import pandas as pd

from tlhelpers.table.columns import is_number
from tlhelpers.table.errors import TableError, list_cells, place_of
from tlhelpers.table.number_cells import is_hole_word, read_number

# Phrases that no class is called. Words that are read as holes are `number_cells.HOLE_WORDS`; these
# are refused, as among numbers. Single words ("failed", "NM") may be classes.
_REMARK = re.compile(
    r"(?:not|never) (?:yet )?(?:measured|available|determined|reported|known|given|done|found)"
    r"|no (?:data|value|measurement)|see .+|n\.m\.|t\.b\.d\.",
    re.IGNORECASE,
)


def filled(column: pd.Series) -> pd.Series:
    """Return the cells of a column of text that hold something, as text."""
    cells = column.dropna().map(str)
    return cells[~cells.map(is_hole_word).astype(bool)]


def mixture_fault(column: pd.Series, *, least: int = 1, share: float = 0.0) -> TableError | None:
    """Return the error for a column of text in which some cells are numbers, or None.

    Parameters
    ----------
    column : pandas.Series
    least : int
        The fewest numbers that count.
    share : float
        Of the filled cells, the least that must be numbers.
    """
    if is_number(column):
        return None
    cells = filled(column)
    number = cells.map(lambda cell: read_number(cell) is not None).astype(bool)
    n = int(number.sum())
    if n < least or n == len(cells) or n < share * len(cells):
        return None
    text = cells[~number]
    count = "1 cell is a number" if n == 1 else f"{n} cells are numbers"
    return TableError(
        f"{count}, such as {cells[number].iloc[0]!r} in row {cells.index[number][0]}, and "
        f"{len(text)} text: {list_cells(text.items())}",
        place_of(column=column.name),
        "If it is a column of numbers, empty the cells of text. If it is one of classes, give "
        "each a name that is no number. If it is neither, delete it.",
    )


def remark_fault(column: pd.Series) -> TableError | None:
    """Return the error for a column of classes in which some cells are remarks, or None."""
    cells = filled(column)
    remarks = cells[cells.map(lambda cell: _REMARK.fullmatch(cell) is not None).astype(bool)]
    if remarks.empty:
        return None
    return TableError(
        f"what reads as a remark is no class: {list_cells(remarks.items())}",
        place_of(column=column.name),
        "Leave these cells empty: an empty cell is a missing label.",
    )
