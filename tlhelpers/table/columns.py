"""What a column looks like: numbers, classes, formulas, a counter of the rows."""

import re
from fractions import Fraction
from math import lcm

import numpy as np
import pandas as pd

from tlhelpers.data.composition import parse_formula
from tlhelpers.table.cells import plain_name
from tlhelpers.table.errors import MissingPackage, import_extra
from tlhelpers.table.number_cells import is_hole_word

FORMULA_NAMES = (
    *("formula", "chemicalformula", "reducedformula", "prettyformula", "formulapretty"),
    *("composition", "chemicalcomposition", "reducedcomposition", "compound", "material"),
)
GROUP_NAMES = (
    *("group", "groups", "family", "materialfamily", "surface", "cluster", "series", "batch"),
    *("prototype", "chemicalsystem", "chemsys"),
)
_ERROR_NAME = re.compile(r"uncertain|error|stderr|(?:^|[^a-z])(?:std|sigma|sd|se)(?:[^a-z]|$)")
_ORIGIN_NAMES = frozenset(
    "source sources method origin reference ref doi author authors year date url link comment "
    "comments note notes remark remarks".split()
)
_COUNTER_NAMES = ("id", "index", "no", "nr", "row", "entry", "sampleid", "unnamed", "")
_LOOKS_LIKE_FORMULA = re.compile(r"(?:[A-Z][a-z]?|[0-9₀-₉.()\[\]{}*·])+")
_CODE = re.compile(r"[A-Z][a-z]?[0-9]+")
_SMALL_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_MOST_CLASSES = 20
TEXT = "text"  # why a column is not used


def is_number(column: pd.Series) -> bool:
    """Return whether a column holds numbers (true and false are none)."""
    kind = column.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def is_counter(column: pd.Series) -> bool:
    """Return whether a complete column of whole numbers only numbers the rows."""
    if column.dtype.kind not in "iu" or len(column) < 3 or not column.is_unique:
        return False
    values = column.to_numpy()
    counts = values[0] in (0, 1) and bool((np.diff(values) == 1).all())
    return counts or plain_name(column.name) in _COUNTER_NAMES


def is_classes(column: pd.Series) -> bool:
    """Return whether a column of text holds names of a few classes, each of several rows."""
    filled = column[~column.map(lambda cell: pd.isna(cell) or is_hole_word(cell))]
    return 2 <= filled.nunique() <= min(_MOST_CLASSES, len(filled) / 2)


def why_unused(column: pd.Series) -> str:
    """Return why a column is neither a label nor a feature unless it is named, or nothing."""
    if column.isna().all():
        return "it is empty"
    if is_counter(column):
        return "it counts the rows"
    if _ERROR_NAME.search(str(column.name).lower()):
        return "an uncertainty, by its name"
    if plain_name(column.name) in _ORIGIN_NAMES:
        return "where the row is from, by its name"
    return "" if is_number(column) or is_classes(column) else TEXT


def is_name(column: pd.Series) -> bool:
    """Return whether each cell is a text of its own."""
    return not is_number(column) and bool(column.notna().all() and column.is_unique)


def find_by_name(frame: pd.DataFrame, names: tuple[str, ...]) -> list[str]:
    """Return the columns that are called so, in the order of the names."""
    plain = {column: plain_name(column) for column in frame}
    return [column for name in names for column in frame if plain[column] == name]


def find_formulas(frame: pd.DataFrame) -> list[str]:
    """Return the columns of chemical formulas, the likeliest first.

    Those called so of which half of the cells can be read, then those of which nine in ten can
    be, with at least three different ones. A cell that cannot is for the featurizer to name.
    """
    text = [column for column in frame if not is_number(frame[column])]
    called = [c for c in find_by_name(frame, FORMULA_NAMES) if c in text]
    named = [c for c in called if "formula" in plain_name(c) or not _is_codes(frame[c])]
    found = [c for c in named if _share_of_formulas(frame[c]) >= 0.5]
    others = [c for c in text if c not in called and frame[c].nunique() >= 3]
    others = [c for c in others if not _is_codes(frame[c])]
    read = [
        c
        for c in others
        if frame[c].notna().all()
        and not _is_letters(frame[c])
        and _share_of_formulas(frame[c]) >= 0.9
    ]
    return found + sorted(read, key=lambda c: -frame[c].nunique())


def _is_letters(column: pd.Series) -> bool:
    """Return whether most cells are one letter, as of lattices: I, F, P, C are elements."""
    return bool((pd.Series(column.unique()).map(str).str.len() == 1).mean() > 0.5)


def _is_codes(column: pd.Series) -> bool:
    """Return whether most cells are a letter or two and a number, as of samples: P1, P2, Sb14."""
    cells = column.dropna().map(str)
    return bool(cells.map(lambda cell: _CODE.fullmatch(cell) is not None).mean() >= 0.9)


def _share_of_formulas(column: pd.Series) -> float:
    """Return the share of filled cells that can be read as formulas."""
    cells = column.dropna().map(str)
    if not cells.map(lambda cell: bool(_LOOKS_LIKE_FORMULA.fullmatch(cell))).mean() >= 0.5:
        return 0.0  # pymatgen is not asked, and not needed
    return float(cells.map(_is_formula).mean())


def _is_formula(cell: str) -> bool:
    try:
        read_formula(cell)
    except MissingPackage:
        raise
    except ValueError:
        return False
    return True


def plain_formula(formula: str) -> str:
    """Return a formula with small digits written as others."""
    return formula.translate(_SMALL_DIGITS)


def read_formula(formula: str) -> tuple[tuple[str, float], ...]:
    """Return the (element, amount) pairs of a formula, which may have small digits: Fe₂O₃.

    Raises
    ------
    ValueError
        It cannot be read, or in two ways.
    MissingPackage
        pymatgen is not installed.
    """
    try:
        return parse_formula(plain_formula(formula))
    except ImportError as error:
        raise MissingPackage(
            "reading chemical formulas needs pymatgen", remedy="pip install 'tlhelpers[table]'"
        ) from error


def reduce_formula(formula: str) -> str:
    """Return one formula for all of a composition: Fe2O3 for Fe4O6, Si7Ge93 for Ge0.93Si0.07.

    Shares of elements count to one part in ten thousand.
    """
    amounts = read_formula(formula)
    whole = sum(amount for _, amount in amounts)
    shares = {e: Fraction(amount / whole).limit_denominator(10_000) for e, amount in amounts}
    least = lcm(*(share.denominator for share in shares.values()))
    core = import_extra("pymatgen.core", "reading chemical formulas")
    return core.Composition({e: int(share * least) for e, share in shares.items()}).reduced_formula
