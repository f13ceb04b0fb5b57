"""Write the tables of this folder from packages of the Python package index.

Run by hand, never at build or install time::

    pip download --no-deps --dest wheels gemd==2.3.2
    pip download --no-deps --dest wheels --python-version 3.9 --only-binary=:all: crabnet==2.0.8
    pip download --no-deps --dest wheels chemicals==1.5.2
    python data/build.py wheels

The wheels are read as zip archives; nothing of them is installed or kept. The table of NO
dissociation energies is not written here: it is typed from the publication (see README.md).
"""

import argparse
import gzip
import io
import json
import re
import warnings
import zipfile
from pathlib import Path

import pandas as pd
from pymatgen.core import Composition, Element
from tqdm import tqdm

HERE = Path(__file__).parent

# The PIF writes indium phosphide with a lower-case p; every parser refuses it.
TYPING_ERRORS = {"In1p1": "In1P1"}

# Formulas of PubChem that contradict the name of the substance. Five were found by
# `tlhelpers check` as odd labels per atom, the second by reading all names.
MENDED_FORMULAS = {
    "13587-35-4": "CuWO4",  # CuWO
    "10179-73-4": "Fe2SiO4",  # FeSiO3
    "13870-24-1": "FeWO4",  # FeWO
    "12136-42-4": "Ir2S3",  # IrS
    "12036-32-7": "Pr2O3",  # PrO
    "12036-35-0": "Rh2O3",  # RhO
}

# The tables of `chemicals` that hold solids; the first two print a formula, the others none.
JANAF = "Reactions/JANAF_1998.tsv"
FUSION = "Phase Change/CRC Handbook Heat of Fusion.tsv"
STANDARD = "Heat Capacity/CRC Standard Thermodynamic Properties of Chemical Substances.tsv"
VOLUMES = "Density/CRC Solid Inorganic Constant Densities.tsv"
IDENTIFIERS = (
    "Inorganic db",
    "chemical identifiers example user db",
    "chemical identifiers pubchem small",
    "chemical identifiers pubchem large",
)


def read_member(wheels: Path, package: str, member: str) -> bytes:
    """Return one file of the only wheel of `package` in the folder `wheels`."""
    found = sorted(wheels.glob(f"{package}-*.whl"))
    if len(found) != 1:
        raise SystemExit(f"expected one wheel of {package} in {wheels}, found {len(found)}")
    with zipfile.ZipFile(found[0]) as archive:
        return archive.read(member)


def reduced(formula: str) -> str:
    """Return the reduced formula: the key by which sources are joined."""
    return Composition(formula).reduced_formula


def measurement(record: dict) -> dict:
    """Return one row of the Strehlow-Cook table from one PIF record."""
    formula = TYPING_ERRORS.get(record["chemicalFormula"], record["chemicalFormula"])
    row = {"formula": formula, "composition": reduced(formula)}
    properties = {entry["name"]: entry for entry in record["properties"]}
    for column, name in [
        ("color", "Color"),
        ("crystallinity", "Crystallinity"),
        ("morphology", "Morphology"),
        ("phase", "Phase"),
    ]:
        if name in properties:
            row[column] = properties[name]["scalars"][0]["value"]
    if "Band gap" in properties:
        row |= band_gap(properties["Band gap"])
    return row


def band_gap(entry: dict) -> dict:
    """Return the columns of one band-gap entry: value, uncertainty, conditions and method."""
    scalar = entry["scalars"][0]
    conditions: dict[str, list[str]] = {}
    for condition in entry.get("conditions", []):
        conditions.setdefault(condition["name"], []).append(condition["scalars"][0]["value"])
    return {
        "band_gap": scalar["value"],
        "band_gap_uncertainty": scalar.get("uncertainty", ""),
        "temperature": "; ".join(conditions.get("Temperature", [])),
        "transition": "; ".join(conditions.get("Transition", [])),
        "polarization": "; ".join(conditions.get("Electric field polarization", [])),
        "method": entry.get("method", {}).get("name", ""),
        "origin": entry["dataType"].lower(),
    }


def strehlow_cook(wheels: Path) -> pd.DataFrame:
    """Return the experimental table, one row a measurement, values as the source writes them."""
    records = json.loads(read_member(wheels, "gemd", "gemd/demo/strehlow_and_cook.pif"))
    columns = [
        "formula", "composition", "band_gap", "band_gap_uncertainty", "temperature",
        "transition", "polarization", "method", "origin", "color", "crystallinity",
        "morphology", "phase",
    ]  # fmt: skip
    return pd.DataFrame([measurement(r) for r in records], columns=columns).fillna("")


def pbe_gaps(wheels: Path) -> pd.DataFrame:
    """Return the computed gaps (eV), one row a composition: entries, minimum, median, maximum."""
    member = "crabnet/data/matbench/mp_gap.csv"
    raw = pd.read_csv(
        io.BytesIO(read_member(wheels, "crabnet", member)), keep_default_na=False, na_filter=False
    )
    raw["composition"] = [reduced(f) for f in tqdm(raw["formula"], desc="reducing formulas")]
    gaps = raw.groupby("composition")["target"].agg(
        n_entries="size", gap_min="min", gap_median="median", gap_max="max"
    )
    gaps.insert(0, "n_elements", [len(Composition(c)) for c in gaps.index])
    # The source prints 1.3321999999999998: a tenth of a meV is below any meaning of a PBE gap.
    return gaps.round(4).reset_index()


def magpie_elements(wheels: Path) -> pd.DataFrame:
    """Return the 22 properties of 97 elements of the Magpie set."""
    member = "crabnet/data/element_properties/magpie.csv"
    return pd.read_csv(
        io.BytesIO(read_member(wheels, "crabnet", member)), keep_default_na=False, na_filter=False
    )


def solid_formulas(wheels: Path) -> dict[str, str]:
    """Return the formula of each CAS number, from the tables that print it, else from PubChem."""
    formulas: dict[str, str] = {}
    for member in (JANAF, FUSION):
        table = read_chemicals(wheels, member)
        column = "formula" if "formula" in table else "Formula"
        formulas = dict(zip(table["CAS"], table[column], strict=True)) | formulas
    for name in IDENTIFIERS:
        text = read_member(wheels, "chemicals", f"chemicals/Identifiers/{name}.tsv").decode()
        for line in text.splitlines():
            _, cas, formula, *_ = line.split("\t")
            formulas.setdefault(cas, formula)
    return formulas | MENDED_FORMULAS


def read_chemicals(wheels: Path, member: str) -> pd.DataFrame:
    """Return one table of the package `chemicals`, one row a CAS number."""
    raw = io.BytesIO(read_member(wheels, "chemicals", f"chemicals/{member}"))
    return pd.read_csv(raw, sep="\t").drop_duplicates("CAS")


def is_kept(name: str, composition: Composition) -> bool:
    """Return whether a substance is an inorganic compound whose formula can be relied on.

    No hydrogen: that leaves out hydrates, and salts to whose formula PubChem adds protons; where
    the name has hydrogen and the formula none, it lacks it. No carbon without a metal or boron or
    silicon: organic solids.
    """
    elements = {str(element) for element in composition}
    metals = any(Element(e).is_metal or e in ("B", "Si") for e in elements)
    return (
        len(elements) > 1
        and not elements & {"H", "D", "T"}
        and not ("C" in elements and not metals)
        and not any(word in name.lower() for word in ("hydr", "ammon", "acid", "amide"))
    )


def solids(wheels: Path) -> pd.DataFrame:
    """Return standard entropies of inorganic solids and what goes with them, a row a substance."""
    formulas = solid_formulas(wheels)
    table = read_chemicals(wheels, STANDARD).dropna(subset=["Hfs", "S0s", "Cps"], how="all")
    table = table.merge(read_chemicals(wheels, VOLUMES)[["CAS", "Vm"]], how="left", on="CAS")
    rows = []
    for row in table.itertuples():
        formula = formulas.get(row.CAS, "")
        if not formula or re.search(r"[+-]\d*$", formula):
            continue  # unknown, or an ion: PubChem splits some salts
        composition = Composition(formula)
        if is_kept(row.Chemical, composition):
            rows.append({
                "cas": row.CAS, "name": row.Chemical, "formula": composition.reduced_formula,
                "n_atoms": int(composition.num_atoms), "entropy": row.S0s, "heat_capacity": row.Cps,
                "enthalpy_of_formation": row.Hfs / 1e3, "molar_volume": row.Vm * 1e6,
            })  # fmt: skip
    return pd.DataFrame(rows).round(4).sort_values("formula")


def write(table: pd.DataFrame, name: str) -> None:
    """Write one CSV file; a compressed one carries no time stamp, so that its bytes repeat."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    path = HERE / name
    path.write_bytes(gzip.compress(text, 9, mtime=0) if name.endswith(".gz") else text)
    print(f"{name}: {len(table):,} rows, {path.stat().st_size / 1e3:,.0f} kB")


def main() -> None:
    """Write the four tables that come from packages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheels", type=Path, help="folder with the three wheels")
    wheels = parser.parse_args().wheels
    warnings.filterwarnings("ignore", message="No Pauling electronegativity")
    write(strehlow_cook(wheels), "strehlow_cook_1973.csv")
    write(pbe_gaps(wheels), "mp_pbe_gaps.csv.gz")
    write(magpie_elements(wheels), "magpie_elements.csv")
    write(solids(wheels), "crc_solids.csv")


if __name__ == "__main__":
    main()
