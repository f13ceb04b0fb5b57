"""Three more questions to the handbook of chapter 12, asked when its other scores were known.

    python experiments/handbook.py [--trees N] [--draws N] [--repeats N]

1. How many labels do the other columns save? Learning curves of the entropies, warm, with the three
   related columns and without the heat capacity, which few of the rows to predict have. One model
   beside the single-task forest: the stack. Writes data/results/entropies_few.csv, a row a draw.
2. Do columns help the other columns too? Each of the three others is the target once, with the rest
   as related labels, on the splits and with the models of `compare_architectures`. All tests are
   one family. Writes data/results/entropies_other_columns.csv.
3. The heat capacities once more without the entropy, and the molar volumes without the entropy and
   the heat capacity, which few of the rows to predict have; asked later, each a family of its own.
   Writes data/results/entropies_heat_without.csv and entropies_volume_without.csv.
"""

from collections.abc import Sequence

import pandas as pd
import parts
from entropies import WITHOUT
from tqdm.auto import tqdm

from tlhelpers import SingleTaskForest, StackedForest, cross_validate_transfer, learning_curve
from tlhelpers.evaluation import compare_models, judge
from tlhelpers.table.candidates import BASELINE, STACK, find_candidates

SIZES = (20, 50, 100, 200, 270)
# What `check` warns of: few of the rows to predict have these.
LACKING = {
    "entropy": [WITHOUT],
    WITHOUT: ["entropy"],
    "molar_volume": ["entropy", WITHOUT],
    "enthalpy_of_formation": [],
}


def curve(draw: int, trees: int) -> pd.DataFrame:
    """Return the errors of one draw of the test set, with and without the heat capacity."""
    own = parts.own_entropies()
    found = {}
    for name, labels in {"all columns": own.Y, "without": own.Y.drop(columns=WITHOUT)}.items():
        related = [column for column in labels if column != own.target]
        models = {
            BASELINE: SingleTaskForest(own.target, n_estimators=trees),
            STACK: StackedForest(own.target, related, n_estimators=trees),
        }
        found[name] = learning_curve(
            models, own.X, labels, own.groups, sizes=SIZES, target=own.target, setting="warm",
            n_repeats=1, random_state=draw, n_jobs=2, progress=False,
        )  # fmt: skip
    return pd.concat(found, names=["columns", None]).reset_index("columns").assign(repeat=draw)


def other_column(
    target: str, trees: int, repeats: int, left_out: Sequence[str] = ()
) -> pd.DataFrame:
    """Compare all models on another column of the handbook."""
    own = parts.own_entropies()
    labels = own.Y[[target, *own.Y.columns.drop([target, *left_out])]]
    models = find_candidates(labels, target, n_estimators=trees)
    scores = cross_validate_transfer(
        models, own.X, labels, own.groups, target=target, setting="warm", n_repeats=repeats,
        n_jobs=2, progress=False,
    )  # fmt: skip
    return compare_models(scores, BASELINE).reset_index()


def main(trees: int = 100, draws: int = 20, repeats: int = 5) -> None:
    """Ask both questions."""
    rows = [
        parts.part(f"handbook_few_{trees}_{draw}", lambda d=draw: curve(d, trees))
        for draw in tqdm(range(draws), desc="draws")
    ]
    own = parts.own_entropies()
    others = [
        parts.part(
            f"handbook_{target}_{trees}_{repeats}",
            lambda t=target: other_column(t, trees, repeats),
        )
        for target in tqdm(own.Y.columns.drop(own.target), desc="columns")
    ]
    tables = {"few": pd.concat(rows), "other_columns": judge(pd.concat(others))}
    for name, target in (("heat_without", WITHOUT), ("volume_without", "molar_volume")):
        tables[name] = other_column(target, trees, repeats, LACKING[target])
    parts.write("entropies", tables)
    for name in ("other_columns", "heat_without", "volume_without"):
        print(tables[name].to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
