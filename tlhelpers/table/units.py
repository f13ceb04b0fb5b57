"""The unit in the name of a column, "gap (eV)", "gap [eV]" or "gap_eV", and numbers beside it."""

import re
from collections.abc import Hashable

# The name of a score, what it means, and whether a smaller or a larger one is better.
SCORES = {
    "rmse": ("RMSE", "root mean square error", "smaller"),
    "accuracy": ("accuracy", "share of right classes", "larger"),
}
_NAMES = (
    "eV|Pa|bar|K|J|cal|Ha|hartree|V|A|W|S|m|g|mol|Hz|T|s|min|h|N|C|F|L|l|Ω|ohm|Oe|emu|Å|°C|°F|°|deg"
    r"|%|at\.?%|wt\.?%|ppm|atoms?|f\.u\.|cell|µ_?B|mu_?B|a\.u\.|Ry|Bohr|e|D|angstrom"
)
_POWER = r"(?:\^?[-−⁻]?[0-9²³⁰¹⁴-⁹]+)?"
_PART = rf"(?:[numkMGTcµμpfd]?(?:{_NAMES})){_POWER}"
_TEN = r"10(?:\^[-−]?[0-9]+|⁻?[⁰¹²³⁴-⁹]+)"  # a bare 10 or 1 is a number: "gap (1)"
_AND = r"\s*(?:/|·|\*|\s|per)\s*"
_UNIT = re.compile(rf"(?:(?:1\s*/\s*|{_TEN}{_AND})\(?)?{_PART}\)?(?:{_AND}\(?{_PART}\)?)*|{_TEN}")
_SUFFIX = re.compile(
    r"[numkMGTcµμp]?(?:eV|Pa|bar|Ha|Hz|Ry|cal|mol|°C|ppm)|[mkM]?K|[km]?J|[cmnp]m|[mk]V|[mkn]g"
)


def unit_of(column: Hashable) -> str:
    """Return the unit that the name of a column ends with, or nothing.

    In brackets at the end any unit is read, behind an underscore only one that is hardly anything
    else: "gap (PBE)" and "gap_measured" name none.

    Examples
    --------
    >>> unit_of("gap (eV)"), unit_of("density [g/cm^3]"), unit_of("modulus_GPa")
    ('eV', 'g/cm^3', 'GPa')
    >>> unit_of("gap (PBE)"), unit_of("gap_measured")
    ('', '')
    """
    name = str(column).strip()
    if name.endswith((")", "]")):
        for bracket in re.finditer(r"(?<=\S)\s*[(\[]", name):
            inside = name[bracket.end() : -1].strip()
            if _UNIT.fullmatch(inside):
                return inside
    _, underscore, last = name.rpartition("_")
    return last if underscore and _SUFFIX.fullmatch(last) else ""


def score_label(metric: str, column: Hashable) -> str:
    """Return the name of a score, with its unit where the name of the column has one.

    Examples
    --------
    >>> score_label("rmse", "gap (eV)"), score_label("rmse", "gap"), score_label("accuracy", "T_K")
    ('RMSE (eV)', 'RMSE', 'accuracy')
    """
    unit = unit_of(column) if metric == "rmse" else ""
    return SCORES[metric][0] + (f" ({unit})" if unit else "")


def in_unit(column: Hashable) -> str:
    """Return what follows a number in the unit of a column: " eV", or words that say whose it is.

    Examples
    --------
    >>> in_unit("gap (eV)"), in_unit("gap")
    (' eV', ", in the unit of 'gap'")
    """
    unit = unit_of(column)
    return f" {unit}" if unit else f", in the unit of {str(column)!r}"


def rounded(value: float) -> str:
    """Return a number with three significant digits, zeros at its end among them.

    Examples
    --------
    >>> rounded(4.1), rounded(123.4)
    ('4.10', '123')
    """
    return _plain(f"{value:#.3g}")


def signed(value: float) -> str:
    """Return a difference with its sign and two significant digits.

    Examples
    --------
    >>> signed(-1.04), signed(0.5), signed(25)
    ('-1.0', '+0.50', '+25')
    """
    return _plain(f"{value:+#.2g}")


def _plain(text: str) -> str:
    return text if "e" in text else text.removesuffix(".")
