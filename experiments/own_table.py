"""Is what `compare_architectures` recommends better? Artificial tables whose answer is known.

    python experiments/own_table.py [--tables N]

Artificial tables of the worlds of `stack_worlds`, drawn anew, each with twelve features and a
related label for every row, judged in the setting of its rows to predict (warm). To a hundred
tables a world the question is put as a user would put it, but with two repeats of the
cross-validation instead of five, 50 trees instead of 100, and no time for learning curves. The
answer is checked on 10,000 fresh rows: the error, against their labels, of the recommended model
and of the one that the rule prefers on all rows, over that of the single-task forest.

| worlds | rows | target labels | a right answer |
|---|---|---|---|
| unrelated, noise, no signal | 150 | 60 | the single-task forest, or a model that is better |
| systematic error, another unit, smooth function | 300 | 100 | the picked one, if at most 0.8 |
| systematic error | 150 | 8 | that it cannot tell |

Writes a row a table to data/results/own_table.csv, and prints the counts.
"""

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from sklearn.metrics import root_mean_squared_error
from stack_worlds import NOISE, WORLDS, waves
from tqdm import tqdm

from tlhelpers import SingleTaskForest
from tlhelpers.table import compare_architectures
from tlhelpers.table.candidates import BASELINE, find_candidates

TREES, REPEATS, FRESH = 50, 2, 10_000
CASES = [
    *((world, 150, 60) for world in ("unrelated", "noise", "no signal")),
    *((world, 300, 100) for world in ("systematic error", "another unit", "smooth function")),
    ("systematic error", 150, 8),
]


def draw(world: str, n_rows: int, n_labels: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return features and labels; only the first `n_labels` rows carry the target."""
    rng = np.random.default_rng([seed, list(WORLDS).index(world), n_rows, n_labels])
    x = rng.uniform(size=(n_rows, 12))
    true = np.zeros(n_rows) if world == "no signal" else waves(x)
    z = WORLDS[world](x, true, rng) + NOISE * rng.normal(size=n_rows)
    y = true + (1.0 if world == "no signal" else NOISE) * rng.normal(size=n_rows)
    Y = pd.DataFrame({"y": np.where(np.arange(n_rows) < n_labels, y, np.nan), "z": z})
    return pd.DataFrame(x).add_prefix("x"), Y


def ask(world: str, n_rows: int, n_labels: int, seed: int) -> dict:
    """Ask for a recommendation for one table, and check it on fresh rows."""
    X, Y = draw(world, n_rows, n_labels, seed)
    options = {"n_estimators": TREES, "random_state": seed}
    quick = {"n_repeats": REPEATS, "max_seconds": 1e-3, "progress": False}
    found = compare_architectures(X, Y, "y", **quick, **options)
    said = found.recommendations[found.setting]
    row = {"world": world, "n_rows": n_rows, "n_labels": n_labels, "seed": seed}
    row |= {"setting": found.setting, "recommended": said.model, "picked": said.picked or ""}
    row |= {"baseline_score": said.baseline_score, "score": said.score, "p_value": said.p_value}
    if said.picked in (None, BASELINE):
        return row
    fresh, labels = draw(world, FRESH, FRESH, 1_000_000 + seed)
    models = find_candidates(Y, "y", **options)
    models[BASELINE] = SingleTaskForest("y", **options)
    error = {}
    for name in (BASELINE, said.picked):
        model = models[name].fit(X, Y)
        known = labels[["z"]] if model.uses_known else None
        error[name] = root_mean_squared_error(labels["y"], model.predict(fresh, known=known))
    return row | {"true_ratio": error[said.picked] / error[BASELINE]}


def compute(case: tuple, seeds: range) -> pd.DataFrame:
    """Ask for every table of one case."""
    done = Parallel(n_jobs=2)(delayed(ask)(*case, seed) for seed in seeds)
    return pd.DataFrame(done)


def main(tables: int = 100) -> None:
    """Compute every case that is missing, write the table and print the counts."""
    found = [
        part(
            "own_table_{}_{}_{}".format(*case) + f"_{tables}",
            lambda c=case: compute(c, range(tables)),
        )
        for case in tqdm(CASES, desc="cases")
    ]
    table = pd.concat(found)
    table.to_csv(RESULTS / "own_table.csv", index=False, float_format="%.4g")
    print(count(table).to_string())


def count(table: pd.DataFrame) -> pd.DataFrame:
    """Return, for each case, how often something was recommended, rightly, wrongly, and not."""
    moved, ratio = table["recommended"] != BASELINE, table["true_ratio"]
    counted = pd.DataFrame({
        "recommended": moved,
        "no better": moved & (ratio >= 1),
        "at most 0.8": ratio <= 0.8,
        "of these recommended": moved & (ratio <= 0.8),
        "cannot tell": table["p_value"].isna(),
    })  # fmt: skip
    return counted.groupby([table[c] for c in ("world", "n_labels")], sort=False).sum()


if __name__ == "__main__":
    run_from_command_line(main)
