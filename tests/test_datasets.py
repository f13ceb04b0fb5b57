"""The data files are what their sources say."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

import tlhelpers as tl
from tlhelpers.data import GAP_LABELS, moved_gaps
from tlhelpers.data.files import table_path
from tlhelpers.data.gap_sources import label_of_method

ROOT = Path(__file__).parents[1]
LISTED = re.findall(
    r"^\| (\S+) \| ([\d,]+) \| ([0-9a-f]{64}) \|", (ROOT / "data/README.md").read_text(), re.M
)


def test_every_file_is_listed():
    files = {p.name for p in (ROOT / "data").iterdir() if ".csv" in p.suffixes}
    assert {name for name, _, _ in LISTED} == files and len(files) == 5


@pytest.mark.parametrize(("name", "rows", "digest"), LISTED)
def test_checksum_and_rows(name, rows, digest):
    from tlhelpers.data.files import read_table

    assert hashlib.sha256(table_path(name).read_bytes()).hexdigest() == digest
    assert len(read_table(name)) == int(rows.replace(",", ""))


def test_strehlow_cook_counts():
    table = tl.load_strehlow_cook()
    gaps = table.dropna(subset="band_gap")
    assert len(table) == 1459 and len(gaps) == 1447
    assert (gaps["origin"] == "experimental").sum() == 1441
    assert (gaps["origin"] == "computational").sum() == 6
    assert table["color"].count() == 139 and gaps["color"].count() == 137
    assert table["composition"].nunique() == 504 and gaps["composition"].nunique() == 494
    assert table.dropna(subset="color")["composition"].nunique() == 81
    assert gaps["temperature"].between(290, 310).sum() == 942
    colors = table["color"].value_counts()
    assert colors[["Yellow", "Red", "White", "Gray"]].tolist() == [26, 24, 21, 17]
    assert "InP" in set(table["composition"]) and "In1p1" not in set(table["formula"])
    assert table.loc[table["formula"] == "Li1F1", "band_gap"].iloc[0] == 13.6


def test_repeated_measurements_disagree():
    groups = tl.load_strehlow_cook().groupby("composition")["band_gap"]
    assert ((groups.max() - groups.min()).round(6) > 0.5).sum() == 126


def test_pbe_gaps_counts():
    table = tl.load_pbe_gaps()
    assert table["n_entries"].sum() == 106113 and len(table) == 78164
    assert (table["n_elements"] <= 2).sum() == 8941
    assert table["composition"].is_unique and not table.isna().any().any()
    assert (table["gap_min"] <= table["gap_median"]).all()
    assert (table["gap_median"] <= table["gap_max"]).all()


def test_thermochemistry_counts():
    table = tl.load_thermochemistry()
    labels = ["entropy", "heat_capacity", "enthalpy_of_formation", "molar_volume"]
    assert table[labels].count().tolist() == [346, 290, 485, 456]
    assert table[["cas", "name", "formula"]].nunique().tolist() == [len(table)] * 3 == [487] * 3
    assert table[labels[:3]].notna().any(axis=1).all() and not table.iloc[:, :4].isna().any().any()
    assert (table.loc[table["enthalpy_of_formation"].isna(), labels[:3]].count(axis=1) > 0).all()
    known = table.set_index("formula")
    assert known.loc["NaCl", labels].tolist() == [72.1, 50.5, -411.2, pytest.approx(26.93, abs=0.1)]
    assert known.loc[["Al2O3", "Fe2SiO4", "HgCl"], "n_atoms"].tolist() == [5, 7, 4]


def test_thermochemistry_obeys_old_rules():
    """Entropy follows the volume; nearly all heat capacities lie below Dulong and Petit's 3R."""
    table = tl.load_thermochemistry()
    per_atom = table[["entropy", "heat_capacity", "molar_volume"]].div(table["n_atoms"], axis=0)
    assert per_atom["entropy"].corr(per_atom["molar_volume"]) == pytest.approx(0.90, abs=0.01)
    assert (per_atom["heat_capacity"].dropna() < 1.15 * 3 * 8.314).mean() > 0.95
    assert per_atom["entropy"].dropna().between(5, 70).all()


def test_no_dissociation_counts():
    table = tl.load_no_dissociation()
    barriers = table[["Ea_NO_diss", "Ea_N2_diss", "Ea_O2_diss"]]
    assert barriers.count().tolist() == [46, 48, 24]
    assert barriers.notna().all(axis=1).sum() == 22
    assert barriers.iloc[:, :2].notna().all(axis=1).sum() == 44
    assert table["metal"].nunique() == 10 and set(table["facet"]) == {
        "110",
        "111",
        "211",
        "311",
        "532",
    }


def test_no_dissociation_closes_the_thermodynamic_cycle():
    t = tl.load_no_dissociation()
    cycle = (t["dE_NO_diss"] - t["dE_NO_des"]) - (t["dE_N2_diss"] + t["dE_O2_diss"]) / 2
    cycle = cycle.dropna()
    assert len(cycle) == 22 and (cycle + 0.905).abs().max() < 1e-9


def test_band_gap_study():
    study = tl.band_gap_study(sources="mixed")
    assert study.X.shape == (9000, 135) and study.X.notna().all().all()
    assert study.Y.count().to_dict() == {"gap_exp": 491, "gap_pbe": 8941}
    assert study.Y.notna().all(axis=1).sum() == 432
    assert list(study.groups) == list(study.Y.index) == list(study.X.index)
    assert list(tl.band_gap_study().Y) == ["gap_optical", "gap_pbe", "gap_thermal"]
    assert study.target == "gap_exp" and "eV" in study.description
    gallium_arsenide = tl.load_strehlow_cook().query("composition == 'GaAs'")["band_gap"].median()
    assert study.Y.loc["GaAs", "gap_exp"] == gallium_arsenide
    both = study.Y.dropna()
    assert both.corr().iloc[0, 1] == pytest.approx(0.81, abs=0.01)


def test_mixed_and_apart_differ_in_the_measured_columns_only():
    mixed, apart = tl.band_gap_study("mixed"), tl.band_gap_study()
    assert apart.target == "gap_optical" and "gap_thermal" in apart.description
    assert apart.Y.count().to_dict() == {"gap_optical": 368, "gap_thermal": 195, "gap_pbe": 8941}
    assert apart.Y[["gap_optical", "gap_thermal"]].notna().all(axis=1).sum() == 88
    assert apart.Y[["gap_optical", "gap_pbe"]].notna().all(axis=1).sum() == 330
    assert apart.Y.notna().any(axis=1).all() and list(apart.groups) == list(apart.Y.index)
    # an estimate and nothing else: no label, no row; the others stand in the same order
    kept = mixed.Y.index != "Cd3Bi2"
    assert apart.X.equals(mixed.X[kept]) and apart.Y["gap_pbe"].equals(mixed.Y["gap_pbe"][kept])
    # the mixed column is the median over all measurements, to the last digit
    measured = tl.load_strehlow_cook().query("origin == 'experimental'")
    gap_exp = measured.groupby("composition")["band_gap"].median()
    assert (mixed.Y["gap_exp"].dropna() == gap_exp).all()
    assert mixed.Y["gap_exp"].sum() == pytest.approx(1038.477, abs=1e-9)
    assert mixed.Y.loc[["ZrO2", "BeO"], "gap_exp"].tolist() == pytest.approx([0.65, 10.885])
    with pytest.raises(ValueError, match="sources must be 'mixed' or 'apart', got 'optical'"):
        tl.band_gap_study("optical")


def test_each_method_has_a_label():
    measured = tl.load_strehlow_cook().query("origin == 'experimental'")
    counts = measured["method"].fillna("none given").value_counts()
    assert set(counts.index) == set(GAP_LABELS)
    assert counts.to_dict() == {
        "Absorption": 671, "Thermal activation": 261, "Reflection": 196, "none given": 129,
        "Photoconduction": 79, "Estimated": 44, "Electroreflection": 25, "Magnetoabsorption": 23,
        "Magnetoreflection": 13,
    }  # fmt: skip
    per_label = counts.groupby(pd.Series(GAP_LABELS), dropna=False).sum()
    assert per_label[["gap_optical", "gap_thermal"]].tolist() == [1136, 261]
    with pytest.raises(ValueError, match="'Ellipsometry' has no label: GAP_LABELS"):
        label_of_method(pd.Series(["Absorption", "Ellipsometry", float("nan")]))


def test_the_rule_moves_what_it_says():
    moved = moved_gaps()
    gaps = moved[["gap_mixed", "gap_optical", "gap_thermal"]]
    assert gaps.loc["ZrO2"].tolist() == pytest.approx([0.65, 4.99, 0.605])
    assert gaps.loc["BeO"].tolist() == pytest.approx([10.885, 11.2, 5.2])
    assert moved.loc["BeO", ["n_optical", "n_thermal", "n_left_out"]].tolist() == [5, 1, 0]
    assert moved.index[0] == "ZrO2" and moved["change"].abs().dropna().is_monotonic_decreasing
    assert gaps.count().tolist() == [229, 106, 195]
    assert (moved["change"].dropna() != 0).sum() == 91
    assert gaps["gap_optical"].isna().to_numpy()[-123:].all()  # 107 thermal only, 16 estimated
    mixed, apart = tl.band_gap_study("mixed").Y, tl.band_gap_study("apart").Y
    labels = ["gap_optical", "gap_thermal"]
    assert moved[labels].equals(apart[labels].reindex(moved.index))
    rest = mixed.index.difference(moved.index)  # elsewhere the two columns agree
    assert mixed.loc[rest, "gap_exp"].equals(apart.loc[rest, "gap_optical"])


def test_results_are_loaded_by_name():
    listed = (ROOT / "data/README.md").read_text()
    patterns = re.findall(r"`([\w*]+\.csv)`", listed)
    for path in (ROOT / "data/results").glob("*.csv"):
        assert len(tl.load_results(path.stem))
        assert any(path.match(pattern) for pattern in patterns), f"{path.name} is not described"
    for wrong in ("truth", "../mp_pbe_gaps"):
        with pytest.raises(ValueError, match=f"{wrong}'; there are: .*jackknife_truth"):
            tl.load_results(wrong)


def test_thermochemistry_per_atom():
    table = tl.load_thermochemistry(per_atom=True).set_index("formula")
    assert table.loc["NaCl", ["entropy", "heat_capacity"]].tolist() == [36.05, 25.25]
    assert table.loc["Al2O3", "n_atoms"] == 5
