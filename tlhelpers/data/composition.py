"""Turn chemical formulas into numbers: statistics of the properties of their elements."""

import re
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from tlhelpers.data.files import read_table

STATISTICS = ("mean", "average deviation", "minimum", "maximum", "range", "mode")
NORMS = (0, 2, 3)

_WATER = re.compile(r"[.*·•∙⋅]\s*\d*\s*(\(?(H2O|D2O)\)?|NH3)")  # CuSO4.5H2O, MgCl2·6NH3
_ADDUCT = re.compile(r"[A-Za-z)\]}]\s*\.\s*\d")  # CaO.2Al2O3: is .2 a fraction or the dot a bond?
# Fe2(III)O3, Fe III, FeIII hold no iodine; but In and Ir are elements, and VI3 is an iodide
_STATE = re.compile(r"\((I{1,3}|IV|VI{0,3})\)|II+(?![nr])|(?<=\s)(IV|VI+)(?!\w)")
_ZERO = re.compile(r"(?<![\d.])0+(\.0*)?(?![\d.])")
_TRITIUM = re.compile(r"T(?![abcehilm])")
_SYMBOL = re.compile(r"[A-Z][a-z]*")
_BLOCK = 1024  # formulas that become features at a time
_MOST = 1e9  # amounts beyond it are typing errors; pymatgen leaves out those below 1e-8
_STRAY = re.compile(r"\d\s*[a-z]|\d\s+\d")  # 1e2 is no power of ten, O4 5 no O45


FAMILIES = {
    "F": "fluorides",
    "O": "oxides",
    "Cl": "chlorides",
    "N": "nitrides",
    "Br": "bromides",
    "I": "iodides",
    "S": "sulfides",
    "Se": "selenides",
    "Te": "tellurides",
    "P": "phosphides",
    "As": "arsenides",
    "Sb": "antimonides",
}


class CompositionFeaturizer(TransformerMixin, BaseEstimator):
    r"""Describe each formula by statistics of its elements' properties (Magpie features).

    For each of the 22 element properties of Ward et al. (2016) and the atomic fractions :math:`f_e`
    of a formula: the mean :math:`\bar p = \sum_e f_e p_e`, the average deviation
    :math:`\sum_e f_e |p_e - \bar p|`, the minimum, the maximum, the range, and the mode (the
    property of the most abundant element; of several, the smallest value). Three norms of the
    fractions, :math:`(\sum_e f_e^k)^{1/k}` for k = 2 and 3 and the number of elements for
    k = 0, say how mixed a composition is. Together 135 columns.

    The transformer learns nothing from data, so it needs no `fit` and cannot leak.

    References
    ----------
    L. Ward, A. Agrawal, A. Choudhary, C. Wolverton, npj Computational Materials 2, 16028
    (2016), doi:10.1038/npjcompumats.2016.28.

    Examples
    --------
    >>> from tlhelpers import CompositionFeaturizer
    >>> features = CompositionFeaturizer().set_output(transform="pandas")
    >>> features.fit_transform(["NaCl", "Fe2O3"])["mean Electronegativity"].round(3).tolist()
    [2.045, 2.796]
    """

    def fit(self, X: Iterable[str], y: object = None) -> "CompositionFeaturizer":
        """Return self after a check of the formulas; nothing is learned.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,) or (n_samples, 1)
            Chemical formulas.
        y : ignored

        Raises
        ------
        ValueError, TypeError, ImportError
            As `transform`.
        """
        _read_all(X)
        return self

    def transform(self, X: Iterable[str]) -> np.ndarray:
        """Return the features of each formula.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,) or (n_samples, 1)
            Chemical formulas, such as ``"Fe2O3"``, ``"Ca(NO3)2"`` or ``"Ge0.93Si0.07"``.

        Returns
        -------
        numpy.ndarray, shape (n_samples, 135)
            Columns as named by `get_feature_names_out`.

        Raises
        ------
        ValueError
            A formula is empty, malformed, a hydrate with a dot, or holds an element without
            properties. The message names the row and the formula.
        TypeError
            A formula is not a string, or what holds them is no list or column.
        ImportError
            pymatgen is missing: it comes with the extra ``tlhelpers[formulas]``.
        """
        amounts = _read_all(X)
        blocks = [amounts[start : start + _BLOCK] for start in range(0, len(amounts), _BLOCK)]
        return np.concatenate([self._describe(block) for block in blocks])

    def _describe(self, amounts: list[dict[str, float]]) -> np.ndarray:
        """Return the features of a few formulas: one of many elements widens their arrays only."""
        elements, fractions = _fractions(amounts)
        values = _element_properties()[elements]  # (n_samples, most elements, 22)
        present = fractions[:, :, None] > 0
        weights = fractions[:, :, None]
        low = np.where(present, values, np.inf).min(axis=1)
        high = np.where(present, values, -np.inf).max(axis=1)
        mean = (weights * values).sum(axis=1)
        deviation = (weights * np.abs(values - mean[:, None, :])).sum(axis=1)
        most = np.isclose(weights, weights.max(axis=1, keepdims=True), rtol=1e-9)
        mode = np.where(most, values, np.inf).min(axis=1)
        norms = [_power(_total(_power(fractions, k)), 1 / k) for k in NORMS[1:]]
        norms.insert(0, (fractions > 0).sum(axis=1))
        return np.column_stack([mean, deviation, low, high, high - low, mode, *norms])

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the names of the 135 columns, such as ``"mean Electronegativity"``."""
        properties = _element_table().columns
        names = [f"{statistic} {name}" for statistic in STATISTICS for name in properties]
        return np.array(names + [f"{k}-norm of fractions" for k in NORMS], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def anion_family(formulas: Iterable[str]) -> pd.Series:
    """Name the family of each compound after its most electronegative element.

    Parameters
    ----------
    formulas : iterable of str

    Returns
    -------
    pandas.Series
        Such as ``"oxides"``, indexed by formula; None where that element names no family.
    """
    affinity = _element_table()["Electronegativity"]
    most = {f: max(dict(parse_formula(f)), key=affinity.__getitem__) for f in formulas}
    return pd.Series({f: FAMILIES.get(element) for f, element in most.items()}, dtype=object)


@lru_cache(maxsize=1)
def _element_table() -> pd.DataFrame:
    """Return the element properties, one row an element."""
    return read_table("magpie_elements.csv").set_index("element")


@lru_cache(maxsize=1)
def _element_properties() -> np.ndarray:
    """Return the element properties as an array with a row for each of 97 elements."""
    return _element_table().to_numpy(dtype=float)


def _read_all(X: Iterable[str]) -> list[dict[str, float]]:
    """Return {element: amount} of each formula."""
    return [_amounts(formula, row) for row, formula in enumerate(_as_column(X))]


def _fractions(amounts: list[dict[str, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Return element rows and atomic fractions, both (n_samples, most elements), 0-padded."""
    widest = max(map(len, amounts))
    elements = np.zeros((len(amounts), widest), dtype=np.intp)
    fractions = np.zeros((len(amounts), widest))
    position = {symbol: i for i, symbol in enumerate(_element_table().index)}
    for row, amount in enumerate(amounts):
        elements[row, : len(amount)] = [position[symbol] for symbol in amount]
        fractions[row, : len(amount)] = list(amount.values())
    return elements, fractions / _total(fractions)[:, None]


def _total(parts: np.ndarray) -> np.ndarray:
    """Return the sum of each row, added from left to right: zeros on the right change no bit."""
    return parts.cumsum(axis=1)[:, -1]


def _power(x: np.ndarray, exponent: float) -> np.ndarray:
    """Return powers number by number: numpy's depend, in the last bit, on the place in an array."""
    return np.array([number**exponent for number in x.ravel().tolist()]).reshape(x.shape)


def _as_column(X: Iterable[str]) -> np.ndarray:
    """Return the formulas as a 1-d array of objects."""
    if isinstance(X, str):
        raise TypeError(f"expected a list or column of formulas, got one string: {X!r}")
    if not (hasattr(X, "__array__") or isinstance(X, Sequence)):
        raise TypeError(
            f"expected a list or column of formulas, got {type(X).__name__}: make it a list, which "
            "has an order and can be read twice"
        )
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        row = int(np.argwhere(np.ma.getmaskarray(X))[0][0])
        raise ValueError(f"row {row} is masked: give every row a formula, or leave the row out")
    formulas = np.asarray(X if hasattr(X, "__array__") else list(X), dtype=object)
    if formulas.ndim == 2 and formulas.shape[1] == 1:
        formulas = formulas[:, 0]
    if formulas.ndim != 1:
        raise ValueError(f"expected one column of formulas, got an array of shape {formulas.shape}")
    if len(formulas) == 0:
        raise ValueError("expected at least one formula, got none")
    return formulas


def _amounts(formula: str, row: int) -> dict[str, float]:
    """Return {element: amount} of one formula, or raise an error that names its row."""
    if not isinstance(formula, str):
        raise TypeError(f"row {row}: {formula!r} is not a formula string")
    try:
        return dict(parse_formula(formula))
    except ValueError as error:
        raise ValueError(f"row {row}: {error}") from None


def _reader() -> type:
    """Return pymatgen's class of formulas; only reading one needs it."""
    try:
        from pymatgen.core import Composition
    except ImportError as error:
        raise ImportError(
            'reading formulas needs pymatgen: pip install "tlhelpers[formulas]"'
        ) from error
    return Composition


@lru_cache(maxsize=100_000)
def parse_formula(formula: str) -> tuple[tuple[str, float], ...]:
    """Return the (element, amount) pairs of one formula.

    pymatgen reads a formula; what it would misread without a word is refused here: a hydrate's
    dot (``CuSO4.5H2O`` would become O5.5 H2), an oxidation state, and an unknown element (a dummy
    species there). An adduct that follows a number, as in ``MgCl2.6C2H5OH``, cannot be told from a
    fraction: write adducts with parentheses.

    Parameters
    ----------
    formula : str

    Returns
    -------
    tuple of (str, float)
        Elements with the amounts as written.

    Raises
    ------
    ValueError
        The formula is empty, malformed, a hydrate with a dot, or holds an unknown element.
    ImportError
        pymatgen is missing: it comes with the extra ``tlhelpers[formulas]``.
    """
    if "@" in formula:
        raise ValueError(
            f"formula {formula!r} holds '@', which is no part of a composition; leave it out"
        )
    if _WATER.search(formula):
        raise ValueError(
            f"formula {formula!r} writes a hydrate or adduct with a dot, which can be read in two "
            "ways; write it with parentheses, as in CuSO4(H2O)5"
        )
    if _ADDUCT.search(formula):
        raise ValueError(
            f"formula {formula!r} has a dot right after an element, which can be read in two ways; "
            "write a fraction as 0.5 and an adduct with parentheses, as in CaO(Al2O3)2"
        )
    if _STATE.search(formula):
        raise ValueError(
            f"formula {formula!r} holds an oxidation state in Roman numerals; leave it out"
        )
    if _ZERO.search(formula):
        raise ValueError(f"formula {formula!r} holds an element in a zero amount; leave it out")
    if _TRITIUM.search(formula):
        raise ValueError(f"formula {formula!r} holds 'T', which is no element of the table")
    if _STRAY.search(formula):
        raise ValueError(
            f"formula {formula!r} is malformed: a lower-case letter or a second number follows a "
            "number"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown element warns, and is refused below
            amounts = _reader()(formula).get_el_amt_dict()
    except ValueError as error:
        raise ValueError(f"formula {formula!r} cannot be read: {error}") from None
    unknown = [symbol for symbol in amounts if symbol not in _element_table().index]
    if unknown:
        raise ValueError(
            f"formula {formula!r} holds {', '.join(map(repr, unknown))}, which is not one of the "
            f"{len(_element_table())} elements with tabulated properties (H to Bk)"
        )
    lost = [symbol for symbol in _SYMBOL.findall(formula) if symbol not in amounts]
    large = [symbol for symbol, amount in amounts.items() if not amount <= _MOST]
    for symbol in lost + large:
        raise ValueError(
            f"formula {formula[:60]!r} holds {symbol} in an amount that is not between 1e-8 and "
            f"{_MOST:g}: write amounts in that range"
        )
    return tuple(amounts.items())
