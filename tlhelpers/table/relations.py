"""How two labels go together: slope, offset, and whether a unit explains them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

FEW = 10  # rows with both labels, or groups: the least for a line, a comparison, a related label
SMALL = 30  # labels: with fewer only large differences can be seen
_MOST = 1000  # rows of a slope, which looks at every pair
# The slope is that of the target on the related label, for which `find_candidates` asks before it
# compares a difference with slope one; `check` says what it does, so it takes the same bounds.
# Noise of the related label flattens this slope, hence the wide lower one; 1.8, from Celsius to
# Fahrenheit, is the least of the usual factors.
UNIT_SLOPES = (0.6, 1.6)
_AS_LITTLE = 1.5  # y - z scatters as little as the line does, up to this factor: a choice
_KELVIN = 273.15

# Factor between units, how far from it the slope may be, the least correlation, words.
# A prefix is far from every slope of nature; the others are judged closely.
_UNITS = (
    (1e6, 2.0, 0.5, "as of eV and µeV, or Pa and MPa"),
    (1e3, 2.0, 0.5, "as of eV and meV, or GPa and MPa"),
    (100.0, 1.15, 0.8, "as of a fraction and per cent, or m and cm"),
    (96.485, 1.05, 0.9, "as of eV and kJ/mol"),
    (23.061, 1.05, 0.9, "as of eV and kcal/mol"),
    (27.2114, 1.05, 0.9, "as of hartree and eV"),
    (4.184, 1.03, 0.97, "as of kcal/mol and kJ/mol"),
)
WEAK = 0.3  # a robust correlation below which a line says nothing


@dataclass(frozen=True)
class Relation:
    """A robust line through two labels, y = intercept + slope z.

    Attributes
    ----------
    slope, intercept : float
    correlation : float
        Robust: of the two slopes, that of y on z and that of z on y.
    shift : float
        The median of y - z.
    scatter : float
        The scale of y - z around it, 1.4826 times the median absolute deviation.
    line_scatter : float
        That of y - slope z.
    n : int
        Rows with both labels.
    same_unit : bool
        Whether the two are judged to be in one unit: `same_unit`.
    """

    slope: float
    intercept: float
    correlation: float
    shift: float
    scatter: float
    line_scatter: float
    n: int
    same_unit: bool

    @property
    def slope_one_fits(self) -> bool:
        """Whether the labels are in one unit and y - z scatters about as little as the line."""
        return self.same_unit and self.scatter <= _AS_LITTLE * self.line_scatter

    @property
    def has_offset(self) -> bool:
        """Whether y - z is off zero by a constant beyond its noise and half its scatter."""
        noise = 4 * self.scatter / np.sqrt(self.n)
        return self.slope_one_fits and abs(self.shift) > max(noise, self.scatter / 2)

    def unit_question(self, target: str, name: str) -> str:
        """Return the question whether the labels are in different units, or nothing."""
        if self.same_unit and abs(abs(self.shift) - _KELVIN) < max(5, self.scatter):
            if self.scatter < _KELVIN / 4:
                kelvin, celsius = (target, name) if self.shift > 0 else (name, target)
                return (
                    f"{celsius!r} may be in degrees Celsius and {kelvin!r} in kelvin: they differ "
                    f"by {abs(self.shift):.4g}, near {_KELVIN}. Is that so? If it is, convert one"
                )
        size = max(abs(self.slope), 1 / abs(self.slope))
        larger, smaller = (target, name) if abs(self.slope) > 1 else (name, target)
        fits = [
            (abs(np.log(size / factor)), f"{factor:g} times ({words})")
            for factor, tolerance, least, words in _UNITS
            if factor / tolerance <= size <= factor * tolerance and self.correlation >= least
        ]
        if fits:
            return (
                f"{larger!r} may be in a unit in which numbers are larger than those of "
                f"{smaller!r}, {' or '.join(words for _, words in sorted(fits))}: the slope is "
                f"{size:.4g}. Is that so? If it is, convert one, and differences with slope one "
                "can be learned"
            )
        return ""


def relate(y: pd.Series, z: pd.Series) -> Relation | None:
    """Return the robust line through two labels.

    Parameters
    ----------
    y, z : pandas.Series
        Numbers of the same rows, with holes.

    Returns
    -------
    Relation or None
        None for fewer than ten rows with both, or no relation that a line sees.
    """
    a, b = both(y, z)
    if not _have_line(a, b):
        return None
    forward, back = _forward_slope(a, b), _forward_slope(b, a)
    if forward * back < WEAK**2:  # as of unrelated labels, half of the time
        return None
    slope = np.sign(forward) * np.sqrt(forward / back)
    shift = float(np.median(a - b))
    return Relation(
        slope=float(slope),
        intercept=float(np.median(a - slope * b)),
        correlation=float(min(np.sqrt(forward * back), 1)),
        shift=shift,
        scatter=scale(a - b),
        line_scatter=scale(a - slope * b),
        n=len(a),
        same_unit=_near_one(forward),
    )


def same_unit(target: pd.Series, related: pd.Series) -> bool:
    """Judge whether two labels are numbers in the same unit: a robust slope near one.

    Parameters
    ----------
    target, related : pandas.Series
        Of the same rows, with holes.

    Returns
    -------
    bool
        Whether the slope of the target on the related label, the median over all pairs of rows
        (Theil and Sen), lies within `UNIT_SLOPES`. False for fewer than ten rows with both.
        Unrelated labels have a slope near zero.

    Notes
    -----
    The one rule of the package: `check` reads it, and `find_candidates` compares a difference
    with slope one where it holds. It is wide, as the comparison judges that difference anyway.
    """
    y, z = both(target, related)
    return _have_line(y, z) and _near_one(_forward_slope(y, z))


def _have_line(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether there are enough labels for a slope, and neither are all the same."""
    return bool(len(a) >= FEW and np.ptp(a) > 0 and np.ptp(b) > 0)


def _forward_slope(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Theil-Sen slope of `a` on `b`, of many rows that of some drawn at random."""
    drawn = np.random.default_rng(0).permutation(len(a))[:_MOST]
    return float(stats.theilslopes(a[drawn], b[drawn])[0])


def _near_one(slope: float) -> bool:
    """Return whether a slope of the target on a related label is one of the same unit."""
    return UNIT_SLOPES[0] <= slope <= UNIT_SLOPES[1]


def both(y: pd.Series, z: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of the rows that have both, as floats."""
    rows = (y.notna() & z.notna()).to_numpy()
    return y.to_numpy(dtype=float)[rows], z.to_numpy(dtype=float)[rows]


def scale(values: np.ndarray) -> float:
    """Return 1.4826 times the median absolute deviation: the SD of normal values."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
