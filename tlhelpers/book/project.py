"""The closing project: a file with faults to find, and checks of what a reader answers."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from tlhelpers.book.answers import tell
from tlhelpers.data import load_thermochemistry
from tlhelpers.table import Comparison

TARGET, LEAK = "heat_capacity", "heat_capacity_cal"
REMARK, PLACES = "see text", [6, 11, 29]  # among the empty cells of the target
CALORIE = 4.184  # J


def write_project_table(path: str | os.PathLike) -> Path:
    """Write the file of the closing project: heat capacities of solids, with faults put in.

    Parameters
    ----------
    path : path
        Of the CSV file.

    Returns
    -------
    pathlib.Path
        Values per mole of atoms: ``heat_capacity`` (J/K) with holes and, in three cells, a remark;
        ``heat_capacity_cal``, the same in calories; ``entropy`` (J/K), ``enthalpy_of_formation``
        (kJ), ``molar_volume`` (cm³). Cells are separated by semicolons.
    """
    solids = load_thermochemistry(per_atom=True)
    labels = [TARGET, "entropy", "enthalpy_of_formation", "molar_volume"]
    table = solids[["name", "formula", *labels]].astype({TARGET: object})
    table.insert(3, LEAK, (solids[TARGET] / CALORIE).round(3))
    empty = np.flatnonzero(solids[TARGET].isna())
    table.loc[table.index[empty[PLACES]], TARGET] = REMARK
    table.to_csv(path, sep=";", index=False)
    return Path(path)


def check_comparison(comparison: Comparison) -> bool:
    """Say whether a comparison is that of the closing project, and what is wrong if it is not.

    Parameters
    ----------
    comparison : Comparison
        What `compare_architectures` returned.

    Returns
    -------
    bool
    """
    if not isinstance(comparison, Comparison):
        fault = "give what compare_architectures returned"
    elif comparison.target != TARGET:
        fault = f"the target is {comparison.target!r}"
    elif LEAK in set(comparison.differences["label"]):
        fault = "a column that leaks is still there"
    else:
        fault = "" if len(comparison.verdicts) else "no model was compared with the baseline"
    return tell("15.3, comparison", fault)


def project_rubric() -> pd.DataFrame:
    """Return what a report on the project is judged by: a row per criterion, two points each."""
    rows = [
        ("The table", "rows, labels and holes of the target are named",
         "every fault that was found is named, and what was done about it"),
        ("The question", "the setting is named: what is known of the rows to predict",
         "and whether a new solid would have the related labels"),
        ("The comparison", "the recommended model and its error, with the unit",
         "the interval of the difference, and for which rows it holds"),
        ("The doubt", "one reason for which the error may be larger on new solids",
         "by how much, measured"),
        ("The use", "predictions with their intervals",
         "which rows lie outside the range of the measured ones"),
    ]  # fmt: skip
    columns = ["criterion", "one point", "two points"]
    return pd.DataFrame(rows, columns=columns).set_index("criterion")
