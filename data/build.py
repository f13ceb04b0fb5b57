"""Write the tables of this folder from packages of the Python package index.

Run by hand, never at build or install time::

    pip download --no-deps --dest wheels gemd==2.3.2
    pip download --no-deps --dest wheels --python-version 3.9 --only-binary=:all: crabnet==2.0.8
    python data/build.py wheels

The wheels are read as zip archives; nothing of them is installed or kept. The table of NO
dissociation energies is not written here: it is typed from the publication (see README.md).
"""

import argparse
import gzip
import io
import json
import warnings
import zipfile
from pathlib import Path

import pandas as pd
from pymatgen.core import Composition
from tqdm import tqdm

HERE = Path(__file__).parent

# The PIF writes indium phosphide with a lower-case p; every parser refuses it.
TYPING_ERRORS = {"In1p1": "In1P1"}


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


def write(table: pd.DataFrame, name: str) -> None:
    """Write one CSV file; a compressed one carries no time stamp, so that its bytes repeat."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    path = HERE / name
    path.write_bytes(gzip.compress(text, 9, mtime=0) if name.endswith(".gz") else text)
    print(f"{name}: {len(table):,} rows, {path.stat().st_size / 1e3:,.0f} kB")


def main() -> None:
    """Write the three tables that come from packages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheels", type=Path, help="folder with the gemd and crabnet wheels")
    wheels = parser.parse_args().wheels
    warnings.filterwarnings("ignore", message="No Pauling electronegativity")
    write(strehlow_cook(wheels), "strehlow_cook_1973.csv")
    write(pbe_gaps(wheels), "mp_pbe_gaps.csv.gz")
    write(magpie_elements(wheels), "magpie_elements.csv")


if __name__ == "__main__":
    main()
