"""Is the error by which a model is picked fair to all models? Artificial tables, fresh rows.

    python experiments/picking.py [--tables N]

Tables of three worlds of `stack_worlds`, a quarter of whose rows carry the target, the rows to
predict with known related labels (warm). All models of a comparison are fitted, usual ones among
them. Of each the error by which it would be picked (`tlhelpers.table.answers.unseen_error`) is put
beside its error on 3,000 fresh rows. Beside it stands another way: three inner folds instead of
ten, and weights of the stack that were fitted to all labelled rows. Ten folds were chosen on twelve
other tables of each kind.

Writes data/results/picking.csv: for each number of labels and way the error by which a model is
picked over that on fresh rows, and for "picked" the error on fresh rows of the model of the least
error over that of the single-task forest; each a ratio of means, with its standard error.
"""

import warnings
from unittest.mock import patch

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from own_table import draw
from parts import RESULTS, part, run_from_command_line
from sklearn.metrics import root_mean_squared_error
from stack_honesty import summarize
from tqdm import tqdm

from tlhelpers.evaluation import Split, prepare_model, usual_rivals
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.forests import StackedForest
from tlhelpers.forests.stages import OutOfBagReading
from tlhelpers.table import answers
from tlhelpers.table.candidates import BASELINE, PICKED, STACK, find_candidates
from tlhelpers.table.parts import fit_all

WORLDS = ("systematic error", "smooth function", "unrelated")
SIZES, FIRST, FRESH, TREES = (60, 120), 100, 3_000, 100
TEN, THREE = "ten folds", "three folds, weights of all rows"


def look(world: str, n_labels: int, seed: int) -> pd.DataFrame:
    """Return the errors of each model on one table: two by which to pick it, and on fresh rows."""
    warnings.simplefilter("ignore")
    X, Y = draw(world, 4 * n_labels, n_labels, seed)
    models = find_candidates(Y, "y", usual_rivals(TREES), n_estimators=TREES)
    task = Experiment.of(models, X, Y, None, ["y"], "warm")
    fitted, losses, _ = fit_all(task, list(models), ["warm"], seed)
    split = Split(task.X, task.Y, task.X, None, task.groups)
    fresh, labels = draw(world, FRESH, FRESH, 1_000_000 + seed)
    rows = []
    for name, model in fitted.items():
        known = answers.usable_known(model, labels[["z"]])
        with patch.object(answers, "INNER", 3):
            other = answers.unseen_error(
                prepare_model(models[name], ["y"], seed), model, split, task
            )
        own = {TEN: losses["warm"][name], THREE: of_all_rows(model) if name == STACK else other}
        beside = root_mean_squared_error(labels["y"], model.predict(fresh, known=known))
        rows += [
            {"model": name, "setting": way, "value": e, "beside": beside} for way, e in own.items()
        ]
    table = pd.DataFrame(rows).assign(n_labels=n_labels)
    least = table.loc[table.groupby("setting")["value"].idxmin()]
    base = table.loc[table["model"] == BASELINE, "beside"].iloc[0]
    picked = least.assign(model=PICKED, value=least["beside"], beside=base)
    return pd.concat([table, picked])


def of_all_rows(stack: StackedForest) -> float:
    """Return the out-of-bag error of a stack whose weights have seen the labels."""
    read = OutOfBagReading(stack._stages, known=stack.related_).mean
    error = stack._combine("y", read) - stack._stages.labels.of("y")
    return float(np.sqrt(np.nanmean(error**2)))


def compute(world: str, n_labels: int, seeds: range) -> pd.DataFrame:
    """Look at many tables of one kind."""
    return pd.concat(Parallel(n_jobs=2)(delayed(look)(world, n_labels, seed) for seed in seeds))


def main(tables: int = 16) -> None:
    """Look at every kind of table that is missing, and write the ratios."""
    cases = [(world, n) for world in WORLDS for n in SIZES]
    found = [
        part(
            f"picking_{world}_{n}_{tables}",
            lambda w=world, n=n: compute(w, n, range(FIRST, FIRST + tables)),
        )
        for world, n in tqdm(cases, desc="worlds and sizes")
    ]
    by_size = pd.concat(found).groupby("n_labels")
    table = pd.concat({n: summarize(part_) for n, part_ in by_size}, names=["n_labels"])
    table = table.rename(columns={"setting": "way", "value": "ratio"}).reset_index("n_labels")
    table.round(4).to_csv(RESULTS / "picking.csv", index=False)
    print(table.round(3).to_string())


if __name__ == "__main__":
    run_from_command_line(main)
