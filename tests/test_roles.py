"""What each column is taken for, and what a model is given of it."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tlhelpers as tl
from tlhelpers.data.composition import CompositionFeaturizer
from tlhelpers.table import Roles, TableError, guess_roles, read_new_rows, read_roles
from tlhelpers.table.columns import reduce_formula

NAN = np.nan


def table(**changes) -> pd.DataFrame:
    """Return a table of six compositions; a change of None takes a column away."""
    columns = {
        "formula": ["NaCl", "KCl", "ZnO", "GaAs", "InP", "Fe2O3"],
        "measured": [8.8, NAN, 3.3, 1.4, NAN, 2.0],
        "computed": [5.0, 5.1, NAN, 0.2, 0.7, 1.0],
    } | changes
    frame = pd.DataFrame({name: cells for name, cells in columns.items() if cells is not None})
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))


def test_a_formula_a_scarce_label_and_a_related_one() -> None:
    roles = guess_roles(table())
    assert roles == Roles("measured", ("computed",), (), "formula")
    own = read_roles(table(), roles)
    features = CompositionFeaturizer().transform(table()["formula"])
    assert (own.X.to_numpy() == features).all() and own.X.shape == (6, 135)
    assert list(own.Y) == ["measured", "computed"] and own.target == "measured"
    assert list(own.X.index) == list(own.Y.index) == list(table()["formula"])
    assert own.groups is not None and list(own.groups) == list(table()["formula"])
    words = roles.describe()
    assert "'measured'" in words and "135, of the elements in 'formula'" in words
    assert "--" not in words  # options are words of the command line


def test_the_target_is_first_wherever_it_stands() -> None:
    frame = table()[["computed", "formula", "measured"]]
    assert list(read_roles(frame, guess_roles(frame)).Y) == ["measured", "computed"]
    named = guess_roles(frame, target="computed")
    assert named.related == ("measured",)
    assert list(read_roles(frame, named).Y) == ["computed", "measured"]


def test_formulas_are_found_by_their_cells() -> None:
    frame = table().rename(columns={"formula": "what"})
    assert guess_roles(frame).formula == "what"
    lattice = table(formula=None, lattice=list("IFPCIF"), x=[1.5, 2, 3, 4, 5, 6])
    assert guess_roles(lattice).formula is None
    frame["what"] = ["sample a", "b", "c", "d", "e", "f"]
    roles = guess_roles(frame.assign(density=[1.0, 2, 3, 4, 5, 6]))
    assert (roles.formula, roles.name, roles.features) == (None, "what", ("density",))


@pytest.mark.parametrize("column", ["Sample", "what", "material"])
def test_codes_of_samples_are_no_formulas(column: str) -> None:
    codes = [f"{letter}{i}" for i in range(8) for letter in ("P", "B", "Sb")]
    frame = pd.DataFrame({column: codes, "x": np.arange(24) * 1.5, "y": [1.0, 2.0, NAN] * 8})
    roles = guess_roles(frame)
    assert roles.formula is None and roles.name == column and roles.features == ("x",)
    named = guess_roles(frame.rename(columns={column: "formula"}).iloc[3:])
    assert named.formula == "formula"


def test_one_wrong_formula_is_named_and_moves_no_role() -> None:
    cells = [f"Na{n}Cl" for n in range(1, 20)] + ["Pb0.5Sn0.5Te*"]
    gaps = [1.0, NAN, 2.0, NAN] * 5
    frame = pd.DataFrame({"family": ["Na", "K", "O", "S"] * 5, "what": cells, "gap": gaps})
    roles = guess_roles(frame)
    assert roles.formula == "what"
    with pytest.raises(TableError, match=r"Pb0\.5Sn0\.5Te\*"):
        read_roles(frame, roles)


def test_a_forgotten_cell_does_not_turn_a_feature_silently() -> None:
    T = [NAN, *np.arange(29.0)]
    frame = pd.DataFrame({"T": T, "x": np.arange(30.0), "strength": [1.0, 2.0, NAN] * 10})
    roles = guess_roles(frame)
    assert (
        roles.related == ("T",) and "'T' has an empty cell, the first in row 0" in roles.describe()
    )


def test_complete_numbers_are_related_beside_a_formula_and_features_without() -> None:
    frame = table(computed=[5.0, 5.1, 0.8, 0.2, 0.7, 1.0])
    roles = guess_roles(frame)
    assert (roles.related, roles.features) == (("computed",), ())
    assert "'computed': complete numbers beside a formula" in roles.describe()
    named = guess_roles(frame, features=["computed"])
    assert (named.related, named.features) == ((), ("computed",))
    own = read_roles(frame, named)
    assert list(own.X)[-1] == "computed" and own.X.shape[1] == 136
    bare = guess_roles(frame.drop(columns="formula"))
    assert (bare.related, bare.features) == ((), ("computed",))
    own = read_roles(frame.drop(columns="formula"), bare)
    assert own.groups is None and list(own.X.index)[:2] == ["row 2", "row 3"]


def test_a_table_of_features_alone_says_that_nothing_transfers() -> None:
    frame = table(formula=None, T=[1.5, 2, 3, 4, 5, 6], t=[2.5, 2, 3, 4, 5, 6], computed=None)
    assert "there is no related label to learn from" in guess_roles(frame).describe()
    named = guess_roles(frame, features=["T"])
    assert named.related == ("t",) and "to learn from" not in named.describe()
    alone = {f"d{j}": np.arange(6) * 1.5 + j for j in range(30)}
    roles = guess_roles(table(computed=None, **alone))
    assert len(roles.remarks) == 1 and "beside the formula are features, so" in roles.remarks[0]


def test_one_complete_column_is_a_feature_without_a_remark() -> None:
    roles = guess_roles(table(formula=None, T=[1.5, 2, 3, 4, 5, 6], computed=None))
    assert roles.features == ("T",) and roles.remarks == ()


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        (Roles("y", name="id"), "'id'"),
        (Roles("y", formula="f"), "'f'"),
        (Roles("y", formula="f", name="id"), "'id'"),
        (Roles("y"), None),
    ],
)
def test_the_column_that_names_the_rows_is_told(roles: Roles, name: str | None) -> None:
    lines = [line for line in roles.describe().splitlines() if line.startswith("row names")]
    assert lines == ([f"row names:      {name}"] if name else [])


def test_a_table_of_descriptors_beside_a_formula_is_features() -> None:
    many = {f"d{j}": np.arange(6) * 1.5 + j for j in range(30)}
    roles = guess_roles(table(**many))
    assert len(roles.features) == 30 and roles.related == ("computed",)
    assert "30 complete columns" in roles.describe()


def test_what_is_not_used_is_told() -> None:
    frame = table(
        id=[1, 2, 3, 4, 5, 6],
        measured_uncertainty=[0.1, NAN, NAN, NAN, NAN, NAN],
        method=["a", "a", "b", "b", None, "a"],
        remark=["long", "text", "of", "some", "kind", "kind"],
        nothing=[NAN] * 6,
    )
    roles = guess_roles(frame)
    assert roles.target == "measured" and roles.related == ("computed",)
    assert {name for name, _ in roles.unused} == set(frame) - set(table())
    assert all(name in roles.describe() for name in frame)


def test_classes_are_labels() -> None:
    frame = table(color=["red", "red", None, "blue", "blue", "n/a"])
    roles = guess_roles(frame, target="color")
    own = read_roles(frame, roles)
    assert own.Y["color"].tolist() == ["red", "red", None, "blue", "blue", None]
    assert any("'n/a' (1)" in note for note in own.notes)
    assert "color" in guess_roles(frame).related and guess_roles(frame).target == "measured"


def test_groups_by_name_by_choice_and_by_composition() -> None:
    frame = table(formula=["Fe2O3", "Fe4O6", "ZnO", "GaAs", "InP", "Fe2O3"])
    own = read_roles(frame, guess_roles(frame))
    assert list(own.groups) == ["Fe2O3", "Fe2O3", "ZnO", "GaAs", "InP", "Fe2O3"]
    assert own.X.index.is_unique and own.X.index[5] == "Fe2O3 (row 7)"
    assert [reduce_formula(f) for f in ("O3Fe2", "Ge0.93Si0.07", "Si7Ge93")] == [
        *("Fe2O3", "Si7Ge93", "Si7Ge93")
    ]
    frame["family"] = list("aabbcc")
    assert list(read_roles(frame, guess_roles(frame)).groups) == list("aabbcc")
    assert guess_roles(frame, group="formula").group == "formula"


def test_the_study_of_the_book_comes_out_of_a_plain_table() -> None:
    study = tl.band_gap_study()
    frame = study.Y.rename_axis("formula").reset_index()
    own = read_roles(frame, guess_roles(frame, target=study.target))
    assert (own.X.to_numpy() == study.X.to_numpy()).all() and list(own.X) == list(study.X)
    pd.testing.assert_frame_equal(own.Y, study.Y, check_names=False)
    assert (
        pd.factorize(own.groups)[0] == pd.factorize(study.groups)[0]
    ).all()  # Bi7Sb3 is one name


def test_a_frame_from_elsewhere_is_settled() -> None:
    frame = table().astype(object).set_axis(list("xyz"), axis=1).reset_index(drop=True)
    frame["y"] = ["8.8", None, "3.3", "1.4", "n/a", "2"]
    own = read_roles(frame, guess_roles(frame))
    assert own.Y["y"].tolist()[3] == 1.4 and own.Y.dtypes.tolist() == [float, float]
    with pytest.raises(TypeError, match="expected a DataFrame, got list"):
        guess_roles([1, 2])
    with pytest.raises(TableError, match="row 1, column 'z': the number is infinite"):
        guess_roles(table(z=[1, np.inf, 2, 3, 4, 5]).reset_index(drop=True))
    doubled = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(TableError, match="several columns are named 'a'"):
        guess_roles(doubled)


WRONG_NAMES = {
    "unknown target": ({"target": "measurd"}, r"--target: .* no column 'measurd'.*'measured'"),
    "unknown formula": ({"formula": "x"}, r"--formula: the table has no column 'x'"),
    "unknown group": ({"group": "x"}, r"--group: the table has no column 'x'"),
    "unknown feature": ({"features": ["computed", "x"]}, r"--features: the table has no col"),
    "a target among the features": ({"target": "measured", "features": ["measured"]},
                                    r"'measured' is the target, .* given what it is asked for"),
    "a group of labels": ({"target": "measured", "group": "measured"}, r"is the target, so it"),
    "a formula among the features": ({"formula": "formula", "features": ["formula"]},
                                     r"'formula' is the formula, so it cannot be --features"),
    "a feature twice": ({"features": ["computed", "computed"]}, r"'computed' is named twice"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_NAMES)
def test_a_wrong_name_is_refused(case: str) -> None:
    options, message = WRONG_NAMES[case]
    with pytest.raises(TableError, match=message):
        guess_roles(table(), **options)


def test_several_targets_are_asked_about() -> None:
    frame = table(other=[1.0, NAN, 3.0, 4.0, NAN, 6.0])
    with pytest.raises(TableError, match=r"'measured' \(4 labels\), 'other' \(4.* --target NAME"):
        guess_roles(frame)
    assert guess_roles(frame.rename(columns={"other": "target"})).target == "target"


def test_a_missing_header_is_suspected() -> None:
    frame = table().set_axis(["NaCl", "8.5", "5"], axis=1)
    with pytest.raises(TableError, match=r"called '8.5'. If the first row does not name"):
        guess_roles(frame)


def test_small_digits_are_read() -> None:
    plain, small = table(), table()
    small["formula"] = small["formula"].str.translate(str.maketrans("23", "₂₃"))
    assert small["formula"].iloc[-1] == "Fe₂O₃"
    own = read_roles(small, guess_roles(small))
    assert (own.X.to_numpy() == read_roles(plain, guess_roles(plain)).X.to_numpy()).all()


def test_no_target_is_said() -> None:
    with pytest.raises(TableError, match=r"no column can be told .* --target NAME"):
        guess_roles(pd.DataFrame({"a": [1.5, 2, 3], "b": [2.5, 3, 4]}))
    with pytest.raises(TableError, match="read as one column"):
        guess_roles(pd.DataFrame({"a b": ["1.5 2", "2 4", "3 5"]}))
    one = pd.DataFrame({"formula": ["NaCl", "KCl", "ZnO"], "gap": [8.5, 8.6, 3.3]})
    assert guess_roles(one).target == "gap"


WRONG_TABLES = {
    "no label": ({"measured": [NAN] * 6}, "measured", r"'measured': the target has no label"),
    "one label": ({"measured": [NAN, NAN, 1.5, NAN, NAN, NAN]}, "measured",
                  r"row 4, column 'measured': the target has one label only"),
    "a constant": ({"measured": [2.5, 2.5, NAN, 2.5, NAN, NAN]}, "measured", r"all 3 labels"),
    "a number among classes": ({"measured": ["a", "b", "c", "1.5", "c", "c"]}, "measured",
                               r"'measured': 1 cell is a number, such as '1.5' in row 5,"),
    "names as classes": ({"measured": list("abcdef")}, "measured", r"a different one in each row"),
    "an unknown element": ({"formula": ["NaCl", "Xx2O", "ZnO", "GaAs", "InP", "MgO"]}, None,
                           r"row 3, column 'formula': .*'Xx'"),
    "a hydrate": ({"formula": ["NaCl", "CuSO4.5H2O", "ZnO", "GaAs", "InP", "MgO"]}, None,
                  r"row 3, column 'formula': .*hydrate.*CuSO4\(H2O\)5"),
    "a missing formula": ({"formula": ["NaCl", None, "ZnO", "GaAs", "InP", "MgO"]}, None,
                          r"row 3, column 'formula': the formula is missing. Fill it in"),
    "one composition": ({"formula": ["NaCl"] * 6}, None, r"'formula': all rows are of"),
    "a group with a hole": ({"family": ["a", "b", None, "a", "b", "c"]}, None, r"NO ERROR"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_TABLES)
def test_a_table_without_sense_is_refused(case: str) -> None:
    changes, target, message = WRONG_TABLES[case]
    frame = table(**changes)
    if message == "NO ERROR":  # not taken for groups unless it is named
        assert guess_roles(frame).group is None
        message, options = r"row 4, column 'family': the group is missing", {"group": "family"}
    else:
        options = {"target": target}
    with pytest.raises(TableError, match=message) as refused:
        read_roles(frame, guess_roles(frame, **options))
    assert "--features" not in str(refused.value)  # no fault of a feature


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            [1.0, NAN, 2, 3, NAN, 4],
            r"row 3, column 'f': the feature is missing \(so it is in row 6\)",
        ),
        (list("aabbcc"), r"row 2, column 'f': the feature holds text, such as 'a'.*0 and 1"),
    ],
)
def test_a_feature_with_holes_or_text_is_refused(cells: list, message: str) -> None:
    frame = table(f=cells)
    with pytest.raises(TableError, match=message):
        read_roles(frame, guess_roles(frame, features=["f"]))


@pytest.mark.parametrize(
    "change",
    [{"target": "q"}, {"related": ("q",)}, {"features": ("q",)}, {"formula": "q"}, {"group": "q"}],
)
def test_roles_of_another_table_are_refused(change: dict) -> None:
    roles = replace(guess_roles(table()), **change)
    with pytest.raises(TableError, match=r"the table has no column 'q'. It has 'formula', 'meas"):
        read_roles(table(), roles)


def test_a_feature_with_the_name_of_a_feature_of_the_formula_is_refused() -> None:
    frame = table(**{"mean Number": [1.5, 2, 3, 4, 5, 6]})
    with pytest.raises(TableError, match="column 'mean Number' has the name of a feature of the f"):
        read_roles(frame, guess_roles(frame, features=["mean Number"]))


def test_no_features_is_said() -> None:
    frame = table(formula=list("aabbcc"))
    with pytest.raises(TableError, match=r"the table has no features.* --formula COLUMN"):
        read_roles(frame, guess_roles(frame, target="measured"))


def test_new_rows_bring_known_labels() -> None:
    frame = table(color=["red", "red", None, "blue", "blue", None], f=[1.5, 2, 3, 4, 5, 6])
    own = read_roles(frame, guess_roles(frame, features=["f"]))
    new = pd.DataFrame({"formula": ["MgO", "CdS"], "f": [1, 2], "computed": [4.5, NAN], "more": 1})
    read = read_new_rows(new, own)
    assert list(read.Y) == list(own.Y) and list(read.X) == list(own.X)
    assert (
        read.Y["computed"].tolist()[0] == 4.5 and read.Y.drop(columns="computed").isna().all().all()
    )
    assert list(read.X.index) == ["MgO", "CdS"]
    assert any("not used: 'more'" in note for note in read.notes)
    empty = read_new_rows(new.assign(color=None, measured=[9.5, NAN]), own)
    assert empty.Y["color"].isna().all() and empty.Y["measured"].isna().all()
    assert "Labels of the target 'measured' in the new rows are not used." in empty.notes
    for change, message in (
        ({"f": None}, "no column 'f', which the table has as a feature"),
        ({"formula": None}, "no column 'formula', which the table has as a formula"),
        ({"color": ["red", "green"]}, "row 1, column 'color': 'green' is no class of the table"),
        ({"color": [1.5, 2.5]}, "the table holds classes here"),
        ({"computed": ["low", "high"]}, "the table holds numbers here"),
        ({"f": [1.0, NAN]}, "row 1, column 'f': the feature is missing"),
    ):
        wrong = new.assign(**change).dropna(axis=1, how="all")
        with pytest.raises(TableError, match=message):
            read_new_rows(wrong, own)


@pytest.mark.parametrize("name", ["computd", "Computed", "computed ", "computed_"])
def test_a_misspelled_column_of_new_rows_is_refused(name: str) -> None:
    own = read_roles(table(), guess_roles(table()))
    new = pd.DataFrame({"formula": ["MgO", "CdS"], name: [4.5, 1.1]})
    with pytest.raises(TableError, match=rf"a column '{name}', which .* and no 'computed'.*rename"):
        read_new_rows(new, own)


@pytest.mark.parametrize("name", ["price", "z1", "comment"])
def test_another_column_of_new_rows_is_noted_only(name: str) -> None:
    frame = table(z2=[1.0, NAN, 3, 4, 5, 6])
    own = read_roles(frame, guess_roles(frame, target="measured"))
    new = pd.DataFrame({"formula": ["MgO", "CdS"], name: [4.5, 1.1]})
    assert any(f"not used: {name!r}" in note for note in read_new_rows(new, own).notes)
    both = new.assign(computed=1.0).rename(columns={name: "computed "})
    assert read_new_rows(both, own).Y["computed"].tolist() == [1, 1]


def test_a_misspelled_feature_of_new_rows_is_asked_about() -> None:
    frame = table(T=[1.5, 2, 3, 4, 5, 6], pressure=[1.5, 2, 3, 4, 5, 6])
    own = read_roles(frame, guess_roles(frame, features=["T", "pressure"]))
    new = pd.DataFrame({"formula": ["MgO"], "presure": [1], "computd": [2.5]})
    with pytest.raises(TableError) as caught:
        read_new_rows(new, own)
    said = str(caught.value)
    assert said.startswith("3 faults") and "Is it 'presure'?" in said
    assert "no column 'T'" in said and "no 'computed'" in said


REMARKS = {
    "three remarks": ["1.5", "2.5", "3.5", *["not measured"] * 8, *["see SI"] * 5, *["odd"] * 3],
    "as many remarks as numbers": ["1.5", "2.5", "3.5", "bad", "bad", "odd", "odd", "no", "no"],
    "remarks of many kinds": ["1.5", "2.5", "3.5", "4.5", *(f"ref {i}" for i in range(10))],
}


@pytest.mark.parametrize("case", REMARKS)
def test_numbers_among_remarks_are_refused_with_their_cells(case: str) -> None:
    cells = REMARKS[case] + [None] * (24 - len(REMARKS[case]))
    elements = ["Na", "K", "Li", "Rb", "Cs", "Ag"]
    formulas = [a + b for a in elements for b in ("F", "Cl", "Br", "I")]
    numbers = np.arange(24) * 1.5
    frame = pd.DataFrame({"formula": formulas, "gap": cells, "z": numbers}, index=range(2, 26))
    for target in (None, "gap"):
        with pytest.raises(TableError, match=r"column 'gap': . cells are numbers") as caught:
            read_roles(frame, guess_roles(frame, target=target))
        first = next(cell for cell in cells if cell[0] not in "1234")
        assert f"{first!r} (row" in str(caught.value)


def test_remarks_alone_are_no_classes() -> None:
    cells = ["n/a", "not measured", "see SI", "not measured", "see SI", None]
    frame = table(measured=cells)
    message = r"'not measured' \(rows 3, 5\), 'see SI' \(rows 4, 6\)\. Leave these cells empty"
    with pytest.raises(TableError, match=message):
        read_roles(frame, guess_roles(frame, target="measured"))


@pytest.mark.parametrize(
    "classes",
    [("FM", "AFM", "NM"), ("success", "failed", "pending"), ("to be ferromagnetic", "nm", "tbd")],
)
def test_words_that_may_be_classes_stay_classes(classes: tuple) -> None:
    cells = [*classes, *classes]
    frame = table(state=cells)
    own = read_roles(frame, guess_roles(frame, target="state"))
    assert own.Y["state"].tolist() == cells


@pytest.mark.parametrize("remark", ["n.m.", "N.M.", "t.b.d.", "no data", "never reported"])
def test_remarks_of_every_kind_are_refused(remark: str) -> None:
    frame = table(state=["a", "b", remark, "a", "b", None])
    with pytest.raises(TableError, match=r"what reads as a remark is no class"):
        read_roles(frame, guess_roles(frame, target="state"))


def test_all_faults_of_a_table_are_told_at_once() -> None:
    frame = table(formula=["NaCl", "Xx2O", "ZnO", "GaAs", "Yy", "MgO"], T=[1.0, NAN, 2, 3, 4, 5])
    frame["color"] = ["red", "red", None, "see text", "see text", None]
    with pytest.raises(TableError) as caught:
        read_roles(frame, guess_roles(frame, target="measured", features=["T"], formula="formula"))
    said = str(caught.value)
    assert said.startswith("3 faults\n- ") and "'Xx'" in said and "'Yy' (row 6)" in said
    assert "'see text' (rows 5, 6)" in said and "row 3, column 'T'" in said


def test_without_pymatgen_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from tlhelpers.data.composition import parse_formula

    roles = guess_roles(table())
    parse_formula.cache_clear()
    monkeypatch.setitem(sys.modules, "pymatgen.core", None)
    for read in (guess_roles, lambda frame: read_roles(frame, roles)):
        with pytest.raises(ImportError, match=r"pip install 'tlhelpers\[table\]'"):
            read(table())
    plain = table(formula=None, x=[1.5, 2, 3, 4, 5, 6], words=list("uvuvuv"))
    read_roles(plain, guess_roles(plain))  # asks for none
