"""Read one sheet of an Excel file."""

import datetime
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

from tlhelpers.table.errors import TableError, import_extra
from tlhelpers.table.text_files import Rows

_SAVE_AGAIN = "Open it in the spreadsheet program and save it as .xlsx."


def read_sheet(path: Path, sheet: str | None = None) -> Rows:
    """Return the rows of the only sheet that holds data, or of the named one.

    Parameters
    ----------
    path : pathlib.Path
        A file that starts as a zip archive does.
    sheet : str, optional
        Needed where several sheets hold data.

    Returns
    -------
    list of (int, list)
        Each row with its number in the sheet; rows without any content are left out.

    Raises
    ------
    TableError
        A broken file or one of another program, no data, several sheets with data, an unknown
        sheet, merged cells, or formulas whose results are not stored.
    MissingPackage
        openpyxl is not installed.
    """
    _check_archive(path)
    openpyxl: Any = import_extra("openpyxl", "reading an Excel file")
    found = _choose(_load(openpyxl, path, data_only=True), sheet)
    if found.merged_cells.ranges:
        ranges = sorted(str(cells) for cells in found.merged_cells.ranges)
        raise TableError(
            f"the cells {', '.join(ranges[:5])} of sheet {found.title!r} are merged",
            remedy="Unmerge them, and write the value into each cell that it holds for.",
        )
    _check_formulas(openpyxl, path, found)
    rows = [
        (number, [_plain(value) for value in values])
        for number, values in enumerate(found.iter_rows(values_only=True), 1)
    ]
    return [(number, cells) for number, cells in rows if any(_is_filled(c) for c in cells)]


def _check_archive(path: Path) -> None:
    """Raise an error unless a zip archive holds a workbook that openpyxl reads."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        raise TableError("the Excel file is broken or cut off", remedy=_SAVE_AGAIN) from None
    if "xl/workbook.xml" not in names:
        what = "an OpenDocument or other" if "mimetype" in names else "a zip archive or other"
        raise TableError(
            f"the file is {what} file, no Excel file (.xlsx)",
            remedy="Save the table as .xlsx or as CSV.",
        )


def _load(openpyxl: Any, path: Path, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts without meaning here, such as drop-down lists
            return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=data_only)
    except Exception as error:  # whatever a broken file makes of the parser
        raise TableError(
            f"the Excel file is broken ({type(error).__name__}: {error})", remedy=_SAVE_AGAIN
        ) from None


def _choose(workbook: Any, sheet: str | None) -> Any:
    """Return the sheet to read."""
    names = [found.title for found in workbook.worksheets]
    if sheet is not None:
        if sheet not in names:
            raise TableError(
                f"there is no sheet {sheet!r}", remedy=f"The sheets are {', '.join(names)}."
            )
        return workbook[sheet]
    full = [
        found
        for found in workbook.worksheets
        if any(_is_filled(value) for row in found.iter_rows(values_only=True) for value in row)
    ]
    if not full:
        raise TableError("no sheet of the Excel file holds data", remedy="Put a table into one.")
    if len(full) > 1:
        raise TableError(
            f"{len(full)} sheets hold data: {', '.join(found.title for found in full)}",
            remedy="Say which one with --sheet NAME.",
        )
    return full[0]


def _check_formulas(openpyxl: Any, path: Path, found: Any) -> None:
    """Raise an error where a formula's result is not stored: it would read as a hole."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(b"<f>" in (text := archive.read(name)) or b"<f " in text for name in sheets):
            return
    for row in _load(openpyxl, path, data_only=False)[found.title].iter_rows():
        for cell in row:
            if cell.data_type == "f" and found[cell.coordinate].value is None:
                raise TableError(
                    f"cell {cell.coordinate} is a formula whose result is not stored in the file",
                    remedy="Open the file in the spreadsheet program and save it again.",
                )


def _is_filled(value: object) -> bool:
    return value is not None and bool(str(value).strip())


def _plain(value: object) -> object:
    """Return a cell as a number, text or None."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()  # what a spreadsheet makes of 1-2, too
    return value if value is None or isinstance(value, int | float) else str(value)
