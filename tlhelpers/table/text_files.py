"""Read a text file of cells: its encoding, the separator of its cells, its rows."""

import codecs
import csv
import io
import re

from tlhelpers.table.errors import TableError, place_of

Rows = list[tuple[int, list]]  # the number of each row in the file, and its cells
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SNIFFED = 200  # rows that are looked at for the separator
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_AS_UTF8 = "Save it as 'CSV UTF-8' from the spreadsheet or editor."
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, and what is to be said of its encoding.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte-order mark; UTF-16 or UTF-32 with one; or, where it is none
        of them, Windows-1252, of which Latin-1 is a part.

    Raises
    ------
    TableError
        The encoding cannot be told, or the file is no text.
    """
    notes: list[str] = []
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            cause = f"the file starts as {encoding} text and breaks"
            raise TableError(cause, remedy=_AS_UTF8) from None
        row = data.count(b"\n", 0, error.start) + 1
        if _CONTROL.search(data.decode("latin-1")):
            raise _binary() from None
        text = _decode_western(data, row)
        notes.append("The file is not UTF-8: it was read as Windows-1252 (Latin-1).")
    if _CONTROL.search(text):
        raise _binary()
    return text, notes


def _decode_western(data: bytes, row: int) -> str:
    """Return the text of a file that is not UTF-8; `row` is where that shows."""
    place = place_of(row)
    loose = data.decode("utf-8", errors="replace")
    broken = loose.count("\ufffd")
    whole = sum(not character.isascii() for character in loose) - broken
    if whole > broken:
        cause = "the file is UTF-8 text with characters of another encoding in it"
        raise TableError(cause, place, _AS_UTF8)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise TableError("the encoding of the file cannot be told", place, _AS_UTF8) from None


def _binary() -> TableError:
    return TableError(
        "the file holds bytes that are no text, so it is no CSV file",
        remedy="Give a CSV, Parquet or Excel (.xlsx) file.",
    )


def split_rows(text: str) -> tuple[Rows, str]:
    """Return the rows of a text and the separator of its cells, found by content.

    Parameters
    ----------
    text : str
        A line ``sep=;`` at the top, as spreadsheets write it, is followed.

    Returns
    -------
    rows : list of (int, list of str)
        Each row with its number in the file; rows without any content are left out.
    separator : str

    Raises
    ------
    TableError
        A quotation mark that is not closed, or is followed by text.
    """
    said = re.match(r"sep=(.)\r?\n", text)
    separator = said[1] if said else find_separator(text)
    skipped = 1 if said else 0
    rows: Rows = []
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number > skipped and any(map(str.strip, cells)):
                rows.append((number, cells))
    except csv.Error as error:
        raise TableError(
            f"a quotation mark is not closed, or text follows it ({error})",
            place_of(number + 1),
            'Write a quotation mark inside a cell twice: "3"" wafer".',
        ) from None
    return rows, separator


def find_separator(text: str) -> str:
    """Return what separates the cells: the separator for which most rows are as wide as the first.

    Of several the one that gives more columns; a comma where there is one column only.
    """
    best, best_score = ",", (0.0, 1)
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        widths: list[int] = []
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    widths.append(len(cells))
                if len(widths) == SNIFFED:
                    break
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = (widths.count(widths[0]) / len(widths), widths[0])
            best, best_score = (separator, score) if score > best_score else (best, best_score)
    return best
