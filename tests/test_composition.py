"""Formulas are read rightly or refused, and features equal matminer's.

golden_matminer.csv was made once with matminer 0.10.1 and pymatgen-core 2026.10.16:
``ElementProperty.from_preset("magpie")`` and ``Stoichiometry(p_list=[0, 2, 3], num_atoms=False)``,
each ``.featurize(Composition(formula))``, columns named by their ``feature_labels()``.
"""

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import make_pipeline

from tlhelpers import CompositionFeaturizer
from tlhelpers.data.composition import _element_table, anion_family, parse_formula

GOLDEN = pd.read_csv(
    Path(__file__).with_name("golden_matminer.csv"), index_col="formula", keep_default_na=False
).astype(float)
THEIRS = {"avg_dev": "average deviation"}


def ours(label: str) -> str:
    """Return our name of one of matminer's columns."""
    if label.endswith("-norm"):
        return f"{label} of fractions"
    _, statistic, name = label.split(" ")
    return f"{THEIRS.get(statistic, statistic)} {name}"


def features(formulas):
    return CompositionFeaturizer().set_output(transform="pandas").fit_transform(formulas)


def test_equals_matminer():
    table = features(list(GOLDEN.index))
    assert table.shape == (12, 135)
    golden = GOLDEN.rename(columns=ours)[table.columns]
    np.testing.assert_allclose(table.to_numpy(), golden.to_numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("formula", "amounts"),
    [
        ("Ca(NO3)2", {"Ca": 1, "N": 2, "O": 6}),
        ("[Cu(NH3)4]SO4", {"Cu": 1, "N": 4, "H": 12, "S": 1, "O": 4}),
        ("Ge0.93Si0.07", {"Ge": 0.93, "Si": 0.07}),
        ("Li0.5CoO2", {"Li": 0.5, "Co": 1, "O": 2}),
        ("CuSO4(H2O)5", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("NaN", {"Na": 1, "N": 1}),
        ("Mg 2 Si", {"Mg": 2, "Si": 1}),
    ],
)
def test_reads(formula, amounts):
    assert dict(parse_formula(formula)) == pytest.approx(amounts)


@pytest.mark.parametrize(
    "formula",
    """CuSO4.5H2O|CuSO4·5H2O
    |CuSO4*5H2O|CuSO4 . 5 H2O|MgCl2.6NH3|CaSO4.0.5H2O|Xx2|X|Og|Zz|p1|In1p1||   |2
    |1Fe|Fe0|H0|Fe-1|Fe2+|(Fe|Fe)|Fe1e2|CuSO4 5H2O|Fe,O|Pb1.0.0
    |CaO.2Al2O3|Li.5CoO2|Cu(I)Cl|Fe2(III)O3|T2O|Fe0O1""".replace("\n    ", "").split("|"),
)
def test_refuses_and_names_row_and_formula(formula):
    with pytest.raises(ValueError, match="row 1") as caught:
        features(["NaCl", formula])
    assert repr(formula) in str(caught.value)


@pytest.mark.parametrize("value", [None, float("nan"), 3, b"NaCl"])
def test_refuses_what_is_no_text(value):
    with pytest.raises(TypeError, match="row 1"):
        CompositionFeaturizer().transform(["NaCl", value])


def test_refuses_wrong_shapes():
    with pytest.raises(TypeError, match="one string"):
        CompositionFeaturizer().transform("NaCl")
    with pytest.raises(ValueError, match="at least one"):
        CompositionFeaturizer().transform([])
    with pytest.raises(ValueError, match="one column"):
        CompositionFeaturizer().transform(pd.DataFrame({"a": ["NaCl"], "b": ["ZnO"]}))


def test_any_column_of_formulas_gives_the_same():
    expected = CompositionFeaturizer().transform(["NaCl", "Fe2O3"])
    for X in [np.array(["NaCl", "Fe2O3"]), pd.Series(["NaCl", "Fe2O3"], index=[5, 7])]:
        np.testing.assert_array_equal(CompositionFeaturizer().transform(X), expected)
    frame = pd.DataFrame({"formula": ["NaCl", "Fe2O3"]}, index=["a", "b"])
    table = features(frame)
    np.testing.assert_array_equal(table.to_numpy(), expected)
    assert list(table.index) == ["a", "b"]


ELEMENTS = st.sampled_from(["H", "O", "Na", "Cl", "Fe", "Ga", "As", "U"])


@given(st.dictionaries(ELEMENTS, st.integers(1, 9), min_size=1, max_size=4), st.integers(2, 5))
def test_scale_and_order_do_not_matter(amounts, factor):
    formula = "".join(f"{e}{n}" for e, n in amounts.items())
    scaled = "".join(f"{e}{n * factor}" for e, n in reversed(amounts.items()))
    one, other = CompositionFeaturizer().transform([formula, scaled])
    np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    table = features([formula])
    for name in ("Number", "Electronegativity"):
        low, mean, high, mode = (
            table[f"{s} {name}"].iloc[0] for s in ("minimum", "mean", "maximum", "mode")
        )
        assert low - 1e-9 <= mean <= high + 1e-9 and low <= mode <= high


def test_is_a_transformer():
    model = make_pipeline(CompositionFeaturizer(), RandomForestRegressor(5, random_state=0))
    formulas = ["NaCl", "KCl", "ZnO", "GaAs", "InP", "MgO"]
    assert clone(model).fit(formulas, range(6)).predict(["LiF"]).shape == (1,)
    assert len(set(CompositionFeaturizer().get_feature_names_out())) == 135


def test_anion_family():
    families = anion_family(["NaCl", "Fe2O3", "GaAs", "NaN", "Si"])
    assert families.tolist() == ["chlorides", "oxides", "arsenides", "nitrides", None]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("H" + "9" * 400, "holds H in an amount that is not between"),
        ("H" + "9" * 12 + "O", "holds H in an amount"),
        ("H0.000000001O", "holds H in an amount"),
        ("(H0.00001)0.0001O", "holds H in an amount"),
        ("Fe III", "oxidation state in Roman numerals"),
        ("FeIIIO", "oxidation state in Roman numerals"),
        ("Fe[III]O", "oxidation state in Roman numerals"),
        ("Mo VI", "oxidation state in Roman numerals"),
        ("Na@Cl", "holds '@'"),
    ],
)
def test_what_would_be_misread_is_refused(formula, message):
    with pytest.raises(ValueError, match=f"row 1: .*{message}"):
        CompositionFeaturizer().transform(["NaCl", formula])


@pytest.mark.parametrize(
    ("formula", "elements"),
    [("VI3", "V I"), ("InI", "In I"), ("IrI3", "Ir I"), ("I", "I"), ("CuIIn", "Cu I In")],
)
def test_iodides_are_no_oxidation_states(formula, elements):
    assert " ".join(element for element, _ in parse_formula(formula)) == elements


@pytest.mark.parametrize(
    "formulas", [iter(["NaCl"]), {"NaCl"}, {"NaCl": 1}, None, 3], ids=lambda f: type(f).__name__
)
def test_what_has_no_order_or_can_be_read_once_is_refused(formulas):
    with pytest.raises(TypeError, match=r"expected a list or column .* make it a list"):
        CompositionFeaturizer().fit(formulas)


def test_masked_formulas_are_refused():
    masked = np.ma.array(["NaCl", "KCl"], mask=[False, True])
    with pytest.raises(ValueError, match="row 1 is masked"):
        CompositionFeaturizer().transform(masked)
    assert CompositionFeaturizer().transform(masked[:1]).shape == (1, 135)


def test_a_formula_has_the_same_features_whatever_stands_beside_it():
    rng = np.random.default_rng(0)
    symbols = list(_element_table().index)
    formulas = [
        "".join(f"{s}{rng.uniform(0.1, 9):.2f}" for s in rng.choice(symbols, k, replace=False))
        for k in rng.integers(1, 14, 60)
    ]
    alone = [CompositionFeaturizer().transform([formula])[0] for formula in formulas]
    np.testing.assert_array_equal(CompositionFeaturizer().transform(formulas), alone)


def test_one_formula_of_many_elements_costs_no_memory():
    """It took 2.2 GB."""
    formulas = ["NaCl"] * 20_000 + ["".join(_element_table().index)]
    tracemalloc.start()
    CompositionFeaturizer().transform(formulas)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6
