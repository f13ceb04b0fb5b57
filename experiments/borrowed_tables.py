"""What chapter 12 says to a learner without a table, for the seats 1 to 15.

    python experiments/borrowed_tables.py [--seats N]

Such a learner takes 60 entropies by the number of the seat ("No table at hand?"). The same file is
written, read and compared here, once in the short run of the cell below that one (`SHORT`, which
has time for two repeats on any machine), and once as `tlhelpers compare` does it with time enough
for its five repeats. Writes a row a run and a seat to data/results/borrowed_tables.csv, so that a
teacher knows the answers of the class beforehand.
"""

import tempfile
from pathlib import Path

import pandas as pd
from entropies import WITHOUT
from joblib import Parallel, delayed
from parts import part, run_from_command_line, write
from tqdm.auto import tqdm

from tlhelpers import load_thermochemistry
from tlhelpers.table import OwnTable, compare_architectures, guess_roles, read_roles, read_table

LABELS = 60
SHORT = {"n_estimators": 20, "max_seconds": 0.1}
RUNS = {"short": SHORT, "whole": {}}


def borrow(seat: int) -> OwnTable:
    """Return the table of a seat, by way of the file that the chapter writes."""
    solids = load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms", WITHOUT])
    few = solids["entropy"].dropna().sample(LABELS, random_state=seat)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "borrowed.csv"
        solids.assign(entropy=few).to_csv(path, index=False)
        frame = read_table(path)
    return read_roles(frame, guess_roles(frame, target="entropy"))


def ask(seat: int, run: str) -> dict:
    """Ask for a recommendation for the table of one seat."""
    own = borrow(seat)
    found = compare_architectures(
        own.X, own.Y, own.target, own.groups, n_jobs=1, progress=False, **RUNS[run]
    )
    said = found.recommendations[found.setting]
    row = {"run": run, "seat": seat, "repeats": found.scores["repeat"].nunique()}
    row |= {"recommended": said.model, "verdict": said.verdict, "picked": said.picked}
    names = ("baseline_score", "score", "difference", "low", "high", "p_value")
    return row | {name: getattr(said, name) for name in names}


def compute(run: str, seats: range) -> pd.DataFrame:
    """Ask for every seat."""
    return pd.DataFrame(Parallel(n_jobs=2)(delayed(ask)(seat, run) for seat in seats))


def main(seats: int = 15) -> None:
    """Ask for every seat, in both runs."""
    found = [
        part(f"borrowed_{run}_{seats}", lambda r=run: compute(r, range(1, seats + 1)))
        for run in tqdm(RUNS, desc="runs")
    ]
    table = pd.concat(found)
    write("borrowed", {"tables": table})
    print(table.groupby("run")["verdict"].value_counts().to_string())


if __name__ == "__main__":
    run_from_command_line(main)
