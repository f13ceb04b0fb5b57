"""The tables of the decision guide: what takes more than four numbers to say."""

import pandas as pd

from tlhelpers.book.few_labels import few_labels_table
from tlhelpers.book.guide import NOTHING
from tlhelpers.book.names import molecule_of
from tlhelpers.book.prose import interval
from tlhelpers.book.record import gap_tests, known_energy_tests
from tlhelpers.data.loaders import load_results

WORLDS = {
    "tells nothing": NOTHING,
    "shares structure only": ["shared structure"],
    "tells more": ["smooth function", "systematic error"],
    "in another unit": ["another unit"],
}
SHOWN = ["stack", "equal weights", "learned slope", "latent variable", "multi-task"]


def guide_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of the guide, what the sentences of `decision_table` leave out.

    Returns
    -------
    dict of pandas.DataFrame
        ``worlds``: the range of the mean error of each model over the baseline's, by what the
        related label of an artificial world tells. ``few labels``: see `few_labels_table`.
        ``known energies`` and ``union``: a row per comparison with the errors of both sides, the
        95% interval of the difference and the verdict.
    """
    pooled = gap_tests().query("question == 'unions' and model == 'pooled'")
    return {
        "worlds": _worlds(),
        "few labels": few_labels_table(),
        "known energies": pd.concat([_energies(), _held_out()]),
        "union": _cases(pooled.assign(beside="baseline"), ["setting"]),
    }


def _cases(tests: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return a row per test: the verdict, both errors, the interval of their difference."""
    table = pd.DataFrame(
        {
            "verdict": tests["verdict"],
            "error (eV)": tests["score"].map("{:.2f}".format),
            "compared with": tests["baseline_score"].map("{:.2f}".format),
            "95% interval": tests.apply(interval, axis=1),
        }
    )
    keys = tests[by]
    return table.set_index(pd.MultiIndex.from_frame(keys) if len(by) > 1 else keys[by[0]])


def _worlds() -> pd.DataFrame:
    table = load_results("stack_worlds")
    rows = {}
    for name, worlds in WORLDS.items():
        ratios = table[table["world"].isin(worlds)].groupby("model")["ratio"]
        low, high = ratios.min(), ratios.max()
        rows[name] = {m: f"{low[m]:.2f} to {high[m]:.2f}" for m in SHOWN}
    return pd.DataFrame(rows).rename_axis(index="model")


def _energies() -> pd.DataFrame:
    """Return the learned slope beside one line, two lines and the baseline, energies known."""
    tests = known_energy_tests()
    return _cases(tests.assign(molecule=tests["target"].map(molecule_of)), ["beside", "molecule"])


def _held_out() -> pd.DataFrame:
    held = load_results("no_held_out").query(
        "metric == 'rmse' and direction == 'dissociation' and setting == 'warm'"
    )
    held = held.assign(molecule=held["target"].map(molecule_of))
    beside = held.query("model == 'single-task'").set_index("molecule")["score"]
    held = held.query("model == 'learned slope'").set_index("molecule")
    table = pd.DataFrame(
        {
            "verdict": "not tested",
            "error (eV)": held["score"].map("{:.2f}".format),
            "compared with": beside.map("{:.2f}".format),
            "95% interval": [
                interval({"low": row.difference_low, "high": row.difference_high})
                for row in held.itertuples()
            ],
        }
    )
    names = [("baseline, hold-out surfaces", molecule) for molecule in table.index]
    return table.set_index(pd.MultiIndex.from_tuples(names, names=["beside", "molecule"]))
