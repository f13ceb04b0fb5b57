"""Turn rows of cells into a table: header, holes, numbers and text."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from tlhelpers.table.errors import TableError, list_cells, list_rows, place_of
from tlhelpers.table.number_cells import Cell, NumberColumn, is_hole_word, read_numbers, tidy
from tlhelpers.table.text_files import Rows

_FIRST = " The first row names the columns: delete titles and remarks above it."
FAULTS = 5  # faults that one message names
NAMES_OF_ROWS = ("name", "label", "samplename", "sample", "materialid", "id", "sampleid")
# Cells of these columns stay text, as "007" is no 7; a column called label may well hold numbers.
_TEXT_NAMES = frozenset(NAMES_OF_ROWS) - {"label"}


def plain_name(column: object) -> str:
    """Return the name of a column in lower case, letters only, for a look at what it says."""
    return "".join(filter(str.isalpha, str(column).lower()))


def build_frame(rows: Rows, sign: str) -> pd.DataFrame:
    """Return rows of cells as a table.

    Parameters
    ----------
    rows : list of (int, list)
        The number of each row in the file, and its cells; the first row names the columns.
    sign : {".", ","}
        The decimal sign where no number of the table tells.

    Returns
    -------
    pandas.DataFrame
        Columns of numbers, or of text with None for a hole; the index is the number of the row in
        the file. ``attrs["notes"]`` says what was left out or read as a hole.

    Raises
    ------
    TableError
        No row, no name or a double name of a column, a ragged row, a cell that is no number among
        numbers or can be read as two, an infinity.
    """
    if not rows:
        raise TableError("the file is empty", remedy="Give a table with a header and rows.")
    (top, header), body = rows[0], rows[1:]
    notes: list[str] = []
    if not body:
        raise TableError("the file holds a header and no row below it", place_of(top))
    _check_widths(header, body, top)
    columns = [[tidy(row[1][j]) for row in body] for j in range(len(header))]
    columns = [[None if cell == "" else cell for cell in column] for column in columns]
    names = _name_columns([_title(cell) for cell in header], columns, top, notes)
    kept = {name: columns[j] for j, name in names.items()}
    numbers = [number for number, _ in body]
    between = numbers[-1] - top - len(numbers)
    if between:
        notes.append(f"Rows without any content were left out: {between}.")
    frame = pd.DataFrame(
        read_columns(kept, numbers, sign, notes), index=pd.Index(numbers, name="row")
    )
    frame.attrs["notes"] = tuple(notes)
    return frame


def _title(cell: Cell) -> str:
    """Return the name of a column on one line."""
    return "" if cell is None else " ".join(str(cell).split())


def _check_widths(header: list, body: Rows, top: int) -> None:
    ragged = []
    for number, cells in body:
        beyond = [cell for cell in cells[len(header) :] if not is_hole_word(tidy(cell))]
        if len(cells) < len(header) or beyond:
            ragged.append((number, len(cells)))
    if ragged:
        also = f" So it is in {list_rows(n for n, _ in ragged[1:])}." if ragged[1:] else ""
        raise TableError(
            f"the row has {ragged[0][1]} cells, and the header in row {top} {len(header)}",
            place_of(ragged[0][0]),
            "Give each row a cell for each column, empty where there is no value; put a cell "
            f"that holds the separator in quotation marks.{_FIRST}{also}",
        )


def _name_columns(header: list, columns: list, top: int, notes: list[str]) -> dict[int, str]:
    """Return the names of the columns to keep, by position."""
    names: dict[int, str] = {}
    for j, name in enumerate(header):
        if name:
            names[j] = name
        elif all(cell is None for cell in columns[j]):
            continue  # an empty column beside the table
        elif j == 0 and _counts(columns[j]):
            notes.append("The first column has no name and counts the rows: it was left out.")
        else:
            raise TableError(
                f"column {j + 1} has no name",
                place_of(top),
                "Write a name into its first cell." + _FIRST,
            )
    seen: dict[str, int] = {}
    for j, name in names.items():
        if name in seen:
            raise TableError(
                f"columns {seen[name] + 1} and {j + 1} are both named {name!r}",
                place_of(top),
                "Give each column a name of its own.",
            )
        seen[name] = j
    numbers = read_numbers([*names.values()])
    if len(names) > 1 and numbers and not numbers.fault and not numbers.holes:
        raise TableError(
            "the first row holds numbers only, so the names of the columns are missing",
            place_of(top),
            "Write a name over each column.",
        )
    return names


def _counts(column: Sequence[Cell]) -> bool:
    """Return whether a column numbers the rows from 0 or 1."""
    texts = [str(cell) for cell in column]
    return any(texts == [str(i + start) for i in range(len(texts))] for start in (0, 1))


def read_columns(
    columns: dict[str, list], rows: Sequence[Hashable], sign: str, notes: list[str]
) -> dict[str, np.ndarray]:
    """Return each column as numbers or as text; what is to be said is added to `notes`.

    Parameters
    ----------
    columns : dict of {str: list of str, number or None}
    rows : sequence
        The number or name of each row, for messages.
    sign : {".", ","}
        The decimal sign where no number of the table tells.
    notes : list of str

    Raises
    ------
    TableError
        As `build_frame`.
    """
    read = {
        name: None if plain_name(name) in _TEXT_NAMES else read_numbers(cells)
        for name, cells in columns.items()
    }
    told = {next(iter(c.values)) for c in read.values() if c and len(c.values) == 1}
    sign = told.pop() if len(told) == 1 else sign
    result, faults = {}, []
    for name, cells in columns.items():
        column = read[name]
        if column is None:
            result[name] = np.array([None if c is None else str(c) for c in cells], dtype=object)
            continue
        fault = column.fault or _ambiguity(column, cells, sign)
        if fault is None:
            values = column.values.get(sign, next(iter(column.values.values())))
            bad = np.flatnonzero(np.isinf(values))
            if len(bad):
                remedy = "Write a finite number, or leave the cell empty."
                fault = (bad[0], f"{cells[bad[0]]!r} is infinite or too large for a number", remedy)
        if fault is not None:
            others = list_cells((rows[place], cells[place]) for place in column.others)
            also = f" So it is with {others}." if others else ""
            faults.append((rows[fault[0]], name, *fault[1:], also))
            continue
        if column.holes:
            words = ", ".join(f"{word!r} ({n})" for word, n in column.holes.items())
            notes.append(f"Column {name!r}: read as a hole: {words}.")
        if any(isinstance(cell, int | float) for cell in cells):  # a spreadsheet knows numbers
            texts = [i for i, cell in enumerate(cells) if isinstance(cell, str)]
            read_as = list_cells((rows[i], cells[i]) for i in texts if not np.isnan(values[i]))
            if read_as:
                notes.append(f"Column {name!r}: text read as a number: {read_as}.")
        whole = not np.isnan(values).any() and (np.abs(values) < 2**53).all()
        whole = whole and all(not {*".,eE"} & {*str(c)} for c in cells)
        result[name] = values.astype(np.int64) if whole else values
    if faults:
        raise _say(faults)
    return result


def _ambiguity(column: NumberColumn, cells: list, sign: str) -> tuple[int, str, str] | None:
    """Return the fault of a column in which nothing tells thousands from decimals."""
    position = column.grouped.get(sign)
    if len(column.values) < 2 or position is None:
        return None
    digits = "".join(filter(str.isdigit, cells[position]))
    other = cells[position].replace(",", ".")
    cause = f"{cells[position]!r} can be read as {digits} and as {other}"
    return position, cause, "Write the numbers without a sign for thousands."


def _say(faults: list[tuple]) -> TableError:
    """Return the error for the faults of all columns: the first in full, the others in short."""
    row, name, cause, remedy, more = faults[0]
    others = [f"{place_of(r, n)}: {c}" for r, n, c, _, _ in faults[1:FAULTS]]
    if len(faults) > FAULTS:
        others.append(f"{len(faults) - FAULTS} more columns")
    also = f" Also {'; '.join(others)}." if others else ""
    return TableError(cause, place_of(row, name), remedy + more + also)


def settle(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with text names and columns of finite numbers or of text.

    A table that `read_table` returns stays as it is; one from elsewhere may hold numbers as
    text, true and false, dates, or objects of any kind.

    Raises
    ------
    TableError
        No row or column, two columns of one name, or as `build_frame`.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"expected a DataFrame, got {type(frame).__name__}")
    if frame.empty:
        raise TableError("the table holds no row or no column", remedy="Give a table with rows.")
    named = frame.set_axis([str(name) for name in frame], axis=1)
    twice = named.columns[named.columns.duplicated()]
    if len(twice):
        raise TableError(f"several columns are named {twice[0]!r}", remedy="Rename them.")
    notes = list(frame.attrs.get("notes", ()))
    cells = {name: plain_cells(column) for name, column in named.items() if not _is_plain(column)}
    read = read_columns(cells, list(frame.index), ".", notes)
    for name in named:
        if name in read:
            named[name] = read[name]
            continue
        if not isinstance(named[name].dtype, np.dtype):
            named[name] = named[name].to_numpy(dtype=float, na_value=np.nan)
        bad = np.flatnonzero(np.isinf(named[name].to_numpy()))
        if len(bad):
            remedy = "Write a finite number, or leave it missing."
            raise TableError("the number is infinite", place_of(frame.index[bad[0]], name), remedy)
    named.attrs["notes"] = tuple(notes)
    return named


def _is_plain(column: pd.Series) -> bool:
    """Return whether the type of a column is one of real numbers."""
    return column.dtype.kind in "iuf"


def plain_cells(column: pd.Series) -> list:
    """Return the cells of a column as numbers, text or None."""
    kind = pd.api.types.infer_dtype(column.dropna())
    cells = column.astype(object).where(column.notna(), None)
    if kind in ("integer", "floating", "mixed-integer-float", "decimal"):
        return [None if cell is None else float(cell) for cell in cells]
    tidied = [None if cell is None else tidy(str(cell)) for cell in cells]
    return [None if cell == "" else cell for cell in tidied]
