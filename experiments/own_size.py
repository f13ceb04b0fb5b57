"""What `compare_architectures` says of a table with 30, 60, 100 or 200 labels.

    python experiments/own_size.py [--draws N] [--trees N]

Asked afterwards, when other scores were known. Of the entropies of chapter 12 so many are
kept, drawn at random, and the others hidden; the question is put as a user would put it, with 50
trees instead of 100 and no time for learning curves. Once with the three related columns, and once
without the heat capacity, which few of the rows to predict have. Writes a row a draw to
data/results/entropies_own_size.csv.
"""

import numpy as np
import pandas as pd
from entropies import WITHOUT
from joblib import Parallel, delayed
from parts import own_entropies, part, run_from_command_line, write
from tqdm.auto import tqdm

from tlhelpers.table import compare_architectures

SIZES = (30, 60, 100, 200)


def ask(n_labels: int, draw: int, without: bool, trees: int) -> dict:
    """Ask for a recommendation where only `n_labels` of the entropies are known."""
    own = own_entropies()
    labels = own.Y.drop(columns=WITHOUT) if without else own.Y
    labelled = np.flatnonzero(labels[own.target].notna())
    hidden = np.random.default_rng(draw).permutation(labelled)[n_labels:]
    labels = labels.copy()
    labels.iloc[hidden, labels.columns.get_loc(own.target)] = np.nan
    found = compare_architectures(
        own.X, labels, own.target, groups=own.groups, n_estimators=trees, random_state=draw,
        max_seconds=1e-3, n_jobs=1, progress=False,
    )  # fmt: skip
    said = found.recommendations[found.setting]
    answers = {name: getattr(said, name) for name in ("score", "baseline_score", "low", "high")}
    row = {"columns": "without" if without else "all columns", "n_labels": n_labels, "draw": draw}
    return row | {"setting": found.setting, "recommended": said.model} | answers


def compute(n_labels: int, draws: int, trees: int) -> pd.DataFrame:
    """Ask of every table with so many labels."""
    cases = [(n_labels, draw, without, trees) for without in (False, True) for draw in range(draws)]
    return pd.DataFrame(Parallel(n_jobs=2)(delayed(ask)(*case) for case in cases))


def main(draws: int = 10, trees: int = 50) -> None:
    """Ask with each number of labels."""
    found = [
        part(f"own_size_{n}_{draws}_{trees}", lambda n=n: compute(n, draws, trees))
        for n in tqdm(SIZES, desc="numbers of labels")
    ]
    table = pd.concat(found)
    write("entropies", {"own_size": table})
    by = table.groupby(["columns", "n_labels"])
    print(by["recommended"].value_counts().to_string())


if __name__ == "__main__":
    run_from_command_line(main)
