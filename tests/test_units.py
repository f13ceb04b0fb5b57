"""Units are read from names of columns where nothing else can be meant."""

import pytest

from tlhelpers.table.units import in_unit, unit_of


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *(("gap (eV)", "eV"), ("gap [meV]", "meV"), ("gap (PBE) (eV)", "eV"), ("gap_eV", "eV")),
        *(("S (J/(mol K))", "J/(mol K)"), ("S (J/(mol·K))", "J/(mol·K)"), ("E_GPa", "GPa")),
        *(("density [g cm-3]", "g cm-3"), ("volume (Å^3)", "Å^3"), ("rate (1/s)", "1/s")),
        *(("share (at.%)", "at.%"), ("E (eV/atom)", "eV/atom"), ("T_K", "K")),
        *(("n (10^20)", "10^20"), ("n (10^20 cm-3)", "10^20 cm-3"), ("a (10⁻⁶/K)", "10⁻⁶/K")),
        *(("S (1/(m s))", "1/(m s)"), ("g [1/eV]", "1/eV")),
    ],
)  # fmt: skip
def test_a_unit_is_read(name: str, unit: str) -> None:
    assert unit_of(name) == unit and in_unit(name) == f" {unit}"


@pytest.mark.parametrize(
    "name",
    ["gap", "gap (PBE)", "gap (HSE06)", "gap_measured", "phase_A", "T_C", "x (at 300 K)", "(eV)",
     "hardness (GPa), new", "entropy (298)", "", 3, "_eV_", "y (run 2)", "gap (1)", "y (10)",
     "y (100)", "y [1020]", "y (1/10)", "x (1/)", "k (10 K)", "k (100 K)", "k (1 atm)"],
)  # fmt: skip
def test_what_is_no_unit_is_not_taken_for_one(name: object) -> None:
    assert unit_of(name) == "" and in_unit(name) == f", in the unit of {str(name)!r}"
