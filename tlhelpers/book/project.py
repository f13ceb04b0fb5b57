"""The closing project: a file with faults to find, and checks of what a reader answers."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.book.answers import Answer, tell
from tlhelpers.data import load_thermochemistry
from tlhelpers.table import Comparison

TARGET, LEAK = "heat_capacity", "heat_capacity_cal"
REMARK, PLACES = "see text", [6, 11, 29]  # among the empty cells of the target
CALORIE = 4.184  # J
LIMIT = 24.94  # J/K per mole of atoms: three times the gas constant
# What the solution computes: predictions of the stack, and its error on held-out rows (J/K)
ABOVE = Answer(
    71,
    5,  # another seed or another model of the comparison counts a few more or less
    {
        4: "those have their whole interval above the limit: count the predictions",
        113: "those have a part of their interval above the limit: count the predictions",
    },
)
WITH_HOLES = Answer(
    1.595,
    0.03,
    {
        1.468: "that is the error with their own labels: same_holes=True",
        1.806: "that is the single-task forest: give the error of the stack",
        1.09: "that is the mean absolute error: take the root of the mean square",
    },
)


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


def grade(step: str, answer: Any) -> bool:
    """Say whether an answer of the closing project is right, and where to look if it is not.

    Parameters
    ----------
    step : {"labels", "leak", "comparison", "holes", "too good", "limit"}
    answer
        Of "labels" the number of labels of the target, of "leak" the name of a column, of
        "comparison" a `Comparison`, of "holes" the RMSE with the holes of the rows to predict, of
        "too good" that with the leaking column, of "limit" the number of predictions above it.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        An unknown step.
    """
    checks = {
        "labels": _labels,
        "leak": _leak,
        "comparison": _comparison,
        "holes": lambda answer: WITH_HOLES.fault("holes", answer),
        "too good": _too_good,
        "limit": _limit,
    }
    if step not in checks:
        raise ValueError(f"step must be one of {', '.join(map(repr, checks))}, got {step!r}")
    return tell(step, checks[step](answer))


def _labels(answer: Any) -> str:
    n = int(load_thermochemistry()[TARGET].notna().sum())
    if answer == n + len(PLACES):
        return "a remark was counted as a label"
    return "" if answer == n else "count the filled cells of the target"


def _leak(answer: Any) -> str:
    if answer == LEAK:
        return ""
    return f"{answer!r} is no copy of the target; what level has the finding of a copy?"


def _comparison(answer: Any) -> str:
    if not isinstance(answer, Comparison):
        return "give what compare_architectures returned"
    if answer.target != TARGET:
        return f"the target is {answer.target!r}"
    if LEAK in set(answer.differences["label"]):
        return "a column that leaks is still there"
    return "" if len(answer.verdicts) else "no model was compared with the baseline"


def _too_good(answer: Any) -> str:
    honest = 1.0  # J/K per mole of atoms
    return "" if 0 <= float(answer) < honest else "with the leak the error is smaller"


def _limit(answer: Any) -> str:
    if answer == int((load_thermochemistry(per_atom=True)[TARGET] > LIMIT).sum()):
        return f"those are measured: count the predictions above {LIMIT} J/K"
    return ABOVE.fault("limit", answer)


def project_rubric() -> pd.DataFrame:
    """Return what a report on the project is judged by: a row per criterion, two points each."""
    rows = [
        ("The table", "rows, labels and holes of the target are named",
         "every fault that was found is named, and what was done about it"),
        ("The question", "the setting is named: what is known of the rows to predict",
         "and why the related labels may be used"),
        ("The comparison", "the recommended model and its error, with the unit",
         "the interval of the difference, and what would have been said if it held zero"),
        ("The doubt", "one reason for which the error may be larger on new solids",
         "the error with the holes of the rows to predict, beside that of the comparison"),
        ("The use", "predictions with their intervals",
         "which rows lie outside, and what a list by measure_next is worth"),
    ]  # fmt: skip
    columns = ["criterion", "one point", "two points"]
    return pd.DataFrame(rows, columns=columns).set_index("criterion")
