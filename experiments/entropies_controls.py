"""Ask whether the gain on the entropies is that of the other columns, or of mixing models.

    python experiments/entropies_controls.py [--trees N] [--repeats N] [--draws N]

Asked afterwards, when the gains of the stack were known. Two controls, those of band_gaps.py:

- "z shuffled": the same stack, but each related column is dealt out at random among the solids that
  have it, anew in each repeat;
- "usual mixture, no columns": the plain mean of three models that read the formula alone.

The stack is compared with both, with all related columns and without the heat capacity: on the
splits of entropies.py, four tests of one family, in data/results/entropies_controls.csv; and on the
learning curves of handbook.py, twenty tests of one family, whose draws are in
data/results/entropies_few_controls.csv.
"""

import pandas as pd
import parts
from band_gaps import BLIND, blind
from entropies import WITHOUT
from handbook import SIZES
from tqdm.auto import tqdm

from tlhelpers import StackedForest, cross_validate_transfer, learning_curve
from tlhelpers.evaluation import compare_models, judge
from tlhelpers.table.candidates import STACK

SHUFFLED = "stack, z shuffled"
COLUMNS = {"all columns": [], "without": [WITHOUT]}


def scores(kind: str, columns: str, seed: int, trees: int) -> pd.DataFrame:
    """Return the errors of one repeat of a cross-validation, or of one draw of the curve."""
    own = parts.own_entropies()
    labels = own.Y.drop(columns=COLUMNS[columns])
    related = [name for name in labels if name != own.target]
    stack = StackedForest(own.target, related, n_estimators=trees)
    options = {"target": own.target, "setting": "warm", "n_repeats": 1, "random_state": seed}
    options |= {"n_jobs": 2, "progress": False}
    experiment, plain = cross_validate_transfer, {STACK: stack}
    if kind == "curve":  # the errors of the stack are in entropies_few.csv
        experiment, plain = learning_curve, {}
        options["sizes"] = SIZES
    if columns == "all columns":  # it reads none
        plain |= blind(own.target, trees)
    dealt = parts.dealt_out(labels, related, seed)
    found = [experiment({SHUFFLED: stack}, own.X, dealt, own.groups, **options)]
    if plain:
        found.append(experiment(plain, own.X, labels, own.groups, **options))
    return pd.concat(found).assign(columns=columns, repeat=seed)


def collect(kind: str, seeds: int, trees: int) -> pd.DataFrame:
    """Return the errors of all repeats or draws; the usual mixture has both sets."""
    found = pd.concat(
        parts.part(
            f"controls_{kind}_{columns}_{trees}_{seed}",
            lambda c=columns, s=seed: scores(kind, c, s, trees),
        )
        for columns in COLUMNS
        for seed in tqdm(range(seeds), desc=f"{kind}, {columns}")
    )
    other = found[found["model"] == BLIND].assign(columns="without")
    return pd.concat([found, other])


def main(trees: int = 100, repeats: int = 5, draws: int = 20) -> None:
    """Score the controls, and judge the cross-validation."""
    folds = collect("cv", repeats, trees)
    tests = [
        compare_models(part[part["model"].isin([STACK, control])], control)
        .reset_index()
        .assign(columns=columns, control=control)
        for columns, part in folds.groupby("columns")
        for control in (SHUFFLED, BLIND)
    ]
    found = judge(pd.concat(tests))
    parts.write("entropies", {"controls": found, "few_controls": collect("curve", draws, trees)})
    print(found.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
