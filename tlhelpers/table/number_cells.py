"""Read the cells of a column as numbers, where that can be done in one way only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

Cell = str | float | int | None

HOLE_WORDS = frozenset(
    "|-|--|–|—|?|n/a|#n/a|na|n.a.|nan|n.d.|nd|none|null|nil|empty|missing".split("|")
)
MARKS = 2  # words that may stand again and again between numbers without making them text
_OTHER = {".": ",", ",": "."}
_GROUP_MARKS = "'\u2019\u00a0\u202f\u2009"  # thousands marks that are no decimal sign


def _grammar(sign: str) -> re.Pattern:
    marks, decimal = re.escape(_OTHER[sign] + _GROUP_MARKS), re.escape(sign)
    grouped = rf"[1-9][0-9]{{0,2}}(?P<mark>[{marks}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*"
    digits = rf"(?:(?:{grouped}|[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
    return re.compile(rf"[+-]?(?:{digits}(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|∞)", re.IGNORECASE)


_NUMBER = {sign: _grammar(sign) for sign in ".,"}
_PLAIN = re.compile(r"[+-]?[0-9]{1,17}|[+-]?[0-9]{1,9}\.[0-9]{2,17}")  # most cells: read fast
_DECIMALS = re.compile(r"(?:(?:[+-]?[0-9]{1,9}(?:\.[0-9]{1,17})?)?(?:\n|$))*+")
_IS_POINT = re.compile(r"\.(?:[0-9]{1,2}|[0-9]{4,17})(?:\n|$)")  # three could be thousands
_START = r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?"
_UNITS = (
    r"[mkM]?eV(?:/atom)?|[mkMGT]?Pa|bar|kbar|[mk]?K|°?[CF]|[kM]?J(?:/mol)?|kcal(?:/mol)?|Ha|hartree"
    r"|Å|[nμµmck]?m|pm|%|[kmµμ]?[VAWS]|S/cm|g/cm\^?[3³]|kg/m\^?[3³]|W/\(?m[ ·*]?K\)?|µ_?B|cm-1"
)
_LIKE = (  # what is meant as a number and is none: pattern, what it is, what to do
    (
        rf"[<>≤≥~≈]=?\s*{_START}.*",
        "is a bound, not a number",
        "Leave the cell empty, or write the number that shall be used.",
    ),
    (
        rf"{_START}\s*(?:±|\+/-|\+-).*|{_START}\([0-9]+\)",
        "holds an uncertainty beside the number",
        "Keep the number only; an uncertainty has a column of its own.",
    ),
    (
        rf"{_START}\s*(?:[-–—]|to|\.\.\.?)\s*{_START}",
        "is a range, not a number",
        "Write one number, or leave the cell empty.",
    ),
    (
        rf"{_START}\s*(?:{_UNITS})",
        "holds a unit beside the number",
        "Keep the number only; the unit belongs in the name of the column.",
    ),
    (
        r"#[A-Z/0]+[!?]?",
        "is an error of the spreadsheet",
        "Correct the cell, or leave it empty.",
    ),
)
_LIKE_PATTERNS = [(re.compile(pattern), cause, remedy) for pattern, cause, remedy in _LIKE]


@dataclass
class NumberColumn:
    """What the cells of a column are as numbers.

    Attributes
    ----------
    values : dict of {str: numpy.ndarray}
        For each decimal sign that every number of the column allows, the numbers (NaN: a hole).
    grouped : dict of {str: int or None}
        For each sign the position of a cell in which the other sign groups thousands.
    holes : dict of {str: int}
        How often each word stood for a hole; an empty cell is not counted.
    fault : tuple of (int, str, str) or None
        Position, cause and remedy of a cell that is no number, or of which the sign differs.
    others : tuple of int
        Positions of further cells that are no numbers.
    """

    values: dict[str, np.ndarray] = field(default_factory=dict)
    grouped: dict[str, int | None] = field(default_factory=dict)
    holes: dict[str, int] = field(default_factory=dict)
    fault: tuple[int, str, str] | None = None
    others: tuple[int, ...] = ()


def tidy(cell: Cell) -> Cell:
    """Return a cell without spaces around it, and with a plain minus sign before digits."""
    if not isinstance(cell, str):
        return cell
    cell = cell.strip()
    return re.sub("^[\u2212\u2013](?=[0-9.,∞])", "-", cell) if cell[:1] in "\u2212\u2013" else cell


def is_hole_word(cell: Cell) -> bool:
    """Return whether a cell is empty or says that there is no value."""
    return cell is None or (isinstance(cell, str) and cell.lower() in HOLE_WORDS)


def read_number(cell: Cell, sign: str = ".") -> float | None:
    """Return the number in a cell with this decimal sign, or None where it holds none."""
    if not isinstance(cell, str):
        return None if cell is None else float(cell)
    match = _NUMBER[sign].fullmatch(cell)
    if match is None:
        return None
    mark = match["mark"]
    plain = cell.replace(mark, "") if mark else cell
    return float(plain.replace(sign, ".").replace("∞", "inf"))


def read_numbers(cells: Sequence[Cell]) -> NumberColumn | None:
    """Return a column's cells as numbers, or None where it does not hold mostly numbers.

    Parameters
    ----------
    cells : sequence of str, number or None
        As `tidy` leaves them.

    Returns
    -------
    NumberColumn or None
        With both signs in `values` where nothing in the column tells them apart.
    """
    column = NumberColumn()
    quick = _read_plain(cells)
    if quick is not None:
        return NumberColumn({".": quick}, {".": None})
    read = {cell: _read_both(cell) for cell in set(cells)}
    kinds = {cell: _kind(cell, pair) for cell, pair in read.items()}
    count = {"hole": 0, "number": 0, "like": 0, "text": 0}
    for cell in cells:
        count[kinds[cell][0]] += 1
        if cell and kinds[cell][0] == "hole":
            column.holes[str(cell)] = column.holes.get(str(cell), 0) + 1
    different = {what: sum(kind[0] == what for kind in kinds.values()) for what in count}
    meant = count["number"] + count["like"]
    marked = different["text"] <= MARKS < different["number"]  # 1.2, 3.4, 0.7, n.m., n.m., n.m. ...
    if meant < max(count["text"], 1) and not marked and count["hole"] < len(cells):
        return None
    odd = [place for place, cell in enumerate(cells) if kinds[cell][0] in ("like", "text")]
    if odd:
        first = cells[odd[0]]
        _, cause, remedy = kinds[first]
        column.fault = (odd[0], f"{first!r} {cause}", remedy)
        column.others = tuple(odd[1:])
        return column
    for sign in ".,":
        found = {c: np.nan if k[0] == "hole" else read[c][sign] for c, k in kinds.items()}
        if None not in found.values():
            column.values[sign] = np.array([found[cell] for cell in cells], dtype=float)
            column.grouped[sign] = next(
                (i for i, cell in enumerate(cells) if _groups(cell, sign)), None
            )
    if not column.values:
        dot, comma = (_only(cells, kinds, sign) for sign in ".,")
        column.fault = (
            max(dot, comma),
            f"{cells[dot]!r} has a decimal point and {cells[comma]!r} a decimal comma",
            "Write all numbers of the column in one way.",
        )
    return column


def _read_plain(cells: Sequence[Cell]) -> np.ndarray | None:
    """Return a column of plain decimals at once, where one of them shows the point to be one."""
    if any(type(cell) in (int, float) for cell in cells):
        return None
    text = "\n".join(["" if cell is None else str(cell) for cell in cells])
    if _DECIMALS.fullmatch(text) and _IS_POINT.search(text):
        return np.array([cell or "nan" for cell in cells], dtype=float)
    return None


def _read_both(cell: Cell) -> dict[str, float | None]:
    """Return the number in a cell for each decimal sign."""
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):
        number = float(cell)
        if "." not in cell:
            return {".": number, ",": number}
        if cell[-4] != ".":  # three digits behind a point may be thousands
            return {".": number, ",": None}
    return {sign: read_number(cell, sign) for sign in ".,"}


def _kind(cell: Cell, read: dict[str, float | None]) -> tuple[str, str, str]:
    """Return whether a cell is a hole, a number, like one or text; with cause and remedy."""
    if read["."] is not None or read[","] is not None:
        return "number", "", ""
    if is_hole_word(cell):
        return "hole", "", ""
    for pattern, cause, remedy in _LIKE_PATTERNS:
        if pattern.fullmatch(str(cell)):
            return "like", cause, remedy
    remedy = "Make it a number, leave the cell empty, or delete a column that is not to be used."
    return "text", "is no number, among numbers", remedy


def _groups(cell: Cell, sign: str) -> bool:
    """Return whether a number, read with this sign, uses the other sign for its thousands."""
    return isinstance(cell, str) and _OTHER[sign] in cell


def _only(cells: Sequence[Cell], kinds: dict, sign: str) -> int:
    """Return the position of the first number that can be read with this sign only."""
    return next(
        i
        for i, cell in enumerate(cells)
        if kinds[cell][0] == "number" and read_number(cell, _OTHER[sign]) is None
    )
