"""What chapter 12 says to a learner without a table, for the seats 1 to 20.

    python experiments/borrowed_tables.py [--seats N]

Such a learner takes 60 entropies by the number of the seat ("No table at hand?"). The same file is
written, read and compared here, once in the short run of the cell below that one (`SHORT`, which
has time for two repeats on any machine), and once as `tlhelpers compare` does it with time enough
for its five repeats. The same is done with 200 entropies, in the whole run only, as it takes long,
and with 60 once more as `tlhelpers compare --usual` does it, with the usual models of scikit-learn.
Writes a row a run, a number of labels and a seat to data/results/borrowed_tables.csv, so that a
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
from tlhelpers.evaluation import usual_rivals
from tlhelpers.table import OwnTable, compare_architectures, guess_roles, read_roles, read_table

SHORT = {"n_estimators": 20, "max_seconds": 0.1}
RUNS = {"short": SHORT, "whole": {}, "usual": {"rivals": usual_rivals()}}
CASES = [  # run, labels, most seats
    ("short", 60, 20), ("whole", 60, 20), ("whole", 200, 20), ("usual", 60, 20),
]  # fmt: skip


def borrow(seat: int, labels: int) -> OwnTable:
    """Return the table of a seat, by way of the file that the chapter writes."""
    solids = load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms", WITHOUT])
    few = solids["entropy"].dropna().sample(labels, random_state=seat)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "borrowed.csv"
        solids.assign(entropy=few).to_csv(path, index=False)
        frame = read_table(path)
    return read_roles(frame, guess_roles(frame, target="entropy"))


def ask(seat: int, run: str, labels: int) -> dict:
    """Ask for a recommendation for the table of one seat."""
    own = borrow(seat, labels)
    found = compare_architectures(
        own.X, own.Y, own.target, own.groups, n_jobs=1, progress=False, **RUNS[run]
    )
    said = found.recommendations[found.setting]
    row = {"run": run, "labels": labels, "seat": seat}
    row |= {"repeats": found.scores["repeat"].nunique()}
    row |= {"recommended": said.model, "verdict": said.verdict, "picked": said.picked}
    names = ("baseline_score", "score", "difference", "low", "high", "p_value")
    return row | {name: getattr(said, name) for name in names}


def compute(run: str, labels: int, seats: range) -> pd.DataFrame:
    """Ask for every seat."""
    return pd.DataFrame(Parallel(n_jobs=2)(delayed(ask)(seat, run, labels) for seat in seats))


def main(seats: int = 20) -> None:
    """Ask for every seat, in each case."""
    found = []
    for run, labels, most in tqdm(CASES, desc="cases"):
        asked = range(1, min(seats, most) + 1)
        name = f"borrowed_{run}_{labels}_{len(asked)}"
        found.append(part(name, lambda r=run, n=labels, s=asked: compute(r, n, s)))
    table = pd.concat(found)
    write("borrowed", {"tables": table})
    print(table.groupby(["run", "labels"])["verdict"].value_counts().to_string())


if __name__ == "__main__":
    run_from_command_line(main)
