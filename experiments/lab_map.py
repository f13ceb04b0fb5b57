"""Which architecture wins where? Every position of the artificial lab's four knobs.

    python experiments/lab_map.py [--jobs N]

At each position (`LAB_GRID`), `LAB_DRAWS` tables are drawn and all forests are trained on each,
with the stack of equal weights beside them, cold and warm; see `tlhelpers.book.lab`. Writes a row a
position, setting and model to data/results/lab_map.csv. Positions are kept in .results/ and
computed anew where code or data have changed.
"""

import itertools
import time

import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from tqdm import tqdm

from tlhelpers import StackedForest
from tlhelpers.book.lab import LAB_DRAWS, LAB_GRID, compare_lab, lab_errors, lab_models

KNOBS = [name for name in LAB_GRID if name != "n_labels"]


def compute(values: tuple) -> pd.DataFrame:
    """Compare the models at one position of three knobs, with every number of labels."""
    knobs = dict(zip(KNOBS, values, strict=True))
    equal = {"equal weights": StackedForest("y", n_estimators=30, pull=float("inf"))}
    options = {"models": lab_models() | equal, **knobs}
    errors = [lab_errors(seed, LAB_GRID["n_labels"], **options) for seed in range(LAB_DRAWS)]
    table = compare_lab(pd.concat(errors)).drop(columns="metric")  # a column already
    for place, (name, value) in enumerate(knobs.items()):
        table.insert(place, name, value)
    p_values = dict.fromkeys(["p_value", "p_adjusted"], 6)
    return table.round(dict.fromkeys(table.select_dtypes("number"), 4) | p_values)


def position(values: tuple) -> pd.DataFrame:
    """Compute one position, or read it if an earlier run got so far."""
    return part("_".join(["lab_map", *map(str, values)]), lambda: compute(values))


def main(jobs: int = 2) -> None:
    """Compute all positions and write the table."""
    start = time.time()
    grid = list(itertools.product(*(LAB_GRID[name] for name in KNOBS)))
    done = Parallel(n_jobs=jobs, return_as="generator")(map(delayed(position), grid))
    table = pd.concat(tqdm(done, total=len(grid)))
    table.to_csv(RESULTS / "lab_map.csv", index=False)
    print(f"lab_map.csv: {len(table)} rows, {time.time() - start:.0f} s")


if __name__ == "__main__":
    run_from_command_line(main)
