"""Read a table from a file: CSV, Parquet or Excel, told by content."""

from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from tlhelpers.table.cells import build_frame, settle
from tlhelpers.table.errors import TableError, import_extra
from tlhelpers.table.spreadsheets import read_sheet
from tlhelpers.table.text_files import decode, split_rows

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of old and of encrypted office files
_EXCEL = (".xlsx", ".xlsm")
_GIVE = "Give a CSV, Parquet or Excel (.xlsx) file."


def read_table(path: str | PathLike, sheet: str | None = None) -> pd.DataFrame:
    """Read a table with a header from a file.

    What kind of file it is, its encoding, the separator of its cells and the decimal sign are found
    by content. A sign for thousands is read only where the column itself tells it from a decimal
    sign.

    Parameters
    ----------
    path : str or path
        CSV (commas, semicolons, tabs or bars; UTF-8, UTF-16 with a byte-order mark, Latin-1),
        Parquet, or Excel (.xlsx).
    sheet : str, optional
        The sheet of an Excel file, needed where several hold data.

    Returns
    -------
    pandas.DataFrame
        Columns of numbers (NaN for a hole) or of text (None for a hole). The index is the number of
        the row in the file, as a spreadsheet counts: the header is row 1. In a Parquet file, which
        has no header row, the first row is row 1. ``attrs["notes"]``: sentences on what was
        read as a hole or left out.

    Raises
    ------
    TableError
        The file cannot be read, or not in one way only; the message names cause, row and column,
        and remedy.
    MissingPackage
        The file needs a package of the extra ``tlhelpers[table]``.
    """
    path = Path(path)
    data = _read_bytes(path)
    suffix = path.suffix.lower()
    is_zip = data.startswith(b"PK")
    is_parquet = data.startswith(b"PAR1")
    _check_kind(data, suffix, is_zip, is_parquet)
    if sheet is not None and not is_zip:
        raise TableError(f"{path.name} has no sheets", remedy="Leave out --sheet.")
    if is_parquet:
        return _read_parquet(path)
    if is_zip:
        return build_frame(read_sheet(path, sheet), sign=".")
    text, notes = decode(data)
    rows, separator = split_rows(text)
    frame = build_frame(rows, sign="," if separator == ";" else ".")
    frame.attrs["notes"] = (*notes, *frame.attrs["notes"])
    return frame


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise TableError(f"{str(path)!r} is a folder, not a file", remedy=_GIVE)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TableError(
            f"there is no file {str(path)!r}", remedy="Check the name and the folder."
        ) from None
    except OSError as error:
        raise TableError(f"{str(path)!r} cannot be read ({error.strerror})") from None
    if not data.strip():
        raise TableError(f"{path.name} is empty", remedy=_GIVE)
    return data


def _check_kind(data: bytes, suffix: str, is_zip: bool, is_parquet: bool) -> None:
    """Raise an error for a kind of file that is not read, or that its name contradicts."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableError(
                "the Excel file is protected by a password",
                remedy="Save a copy without one (File, Info, Protect Workbook).",
            )
        raise TableError(
            "the file is in the old Excel format (.xls)", remedy="Save it as .xlsx or as CSV."
        )
    if data.startswith(b"\x1f\x8b"):
        raise TableError("the file is compressed with gzip", remedy="Unpack it first.")
    if suffix in _EXCEL and not is_zip:
        raise TableError(
            f"the name ends in {suffix}, but the content is no Excel file",
            remedy="Save it as .xlsx again, or name a text file .csv.",
        )
    if suffix in (".parquet", ".pq") and not is_parquet:
        raise TableError(
            f"the name ends in {suffix}, but the content is no Parquet file",
            remedy="Write it again, or name a text file .csv.",
        )
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower()
    if suffix == ".json" or start[:1] in (b"{", b"[") or start[:1] == b"<":
        what = "HTML or XML" if start[:1] == b"<" else "JSON"
        raise TableError(f"the file is {what}, not a table of cells", remedy=_GIVE)
    if suffix in (".xls", ".xlsb", ".ods") and not is_zip:
        raise TableError(
            f"the name ends in {suffix}, but the content is text or unknown",
            remedy="Save the table as .xlsx; a text file is named .csv.",
        )


def _read_parquet(path: Path) -> pd.DataFrame:
    parquet: Any = import_extra("pyarrow.parquet", "reading a Parquet file")
    try:
        with parquet.ParquetFile(path) as file:  # read_table fails at two columns of one name
            frame = file.read().to_pandas()
    except Exception as error:  # pyarrow's own errors and those of the system
        cause = f"the Parquet file is broken ({str(error).splitlines()[0]})"
        raise TableError(cause, remedy="Write it again.") from None
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return settle(frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row")))
