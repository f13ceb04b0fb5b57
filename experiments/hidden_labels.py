"""What it brings to take the model that is picked where a table has few labels.

    python experiments/hidden_labels.py [--draws N] [--trees N]

Asked afterwards, when all other scores were known. Of each column of the handbook of chapter 12 so
many labels are kept, drawn at random, and the others hidden. All models of a comparison are fitted
to the table that is left, warm, and one is picked by the errors on its labelled rows, as
`compare_architectures` picks it. Then the hidden labels are looked at. Related columns that `check`
warns of are left out. Writes a row a draw and model to data/results/hidden_labels_scores.csv, and
what the whole comparison says of the first table with 60 entropies to hidden_labels_said.csv.
"""

import numpy as np
import pandas as pd
import parts
from handbook import LACKING
from joblib import Parallel, delayed
from sklearn.metrics import root_mean_squared_error
from tqdm.auto import tqdm

from tlhelpers.evaluation import usual_rivals
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.table import compare_architectures
from tlhelpers.table.answers import usable_known
from tlhelpers.table.candidates import find_candidates
from tlhelpers.table.parts import fit_all

SIZES = (30, 60, 120)
SHOWN = ("entropy", 60, 0)  # the table that is compared as a user would


def keep_few(target: str, n_labels: int, draw: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return the features, the labels with few of the target, and those that are hidden."""
    own = parts.own_entropies()
    labels = own.Y[[target, *own.Y.columns.drop([target, *LACKING[target]])]].copy()
    known = np.flatnonzero(labels[target].notna())
    hidden = np.random.default_rng([draw, n_labels]).permutation(known)[n_labels:]
    truth = labels[target].iloc[hidden]
    labels.iloc[hidden, 0] = np.nan
    return own.X, labels, truth


def look(target: str, n_labels: int, draw: int, trees: int) -> pd.DataFrame:
    """Pick a model by the labels that are kept, and return the error of each on those hidden."""
    X, labels, truth = keep_few(target, n_labels, draw)
    models = find_candidates(labels, target, usual_rivals(trees), n_estimators=trees)
    task = Experiment.of(models, X, labels, None, [target], "warm")
    fitted, losses, _ = fit_all(task, list(models), ["warm"], draw)
    rows, asked = labels.index.get_indexer(truth.index), labels.drop(columns=target)
    found = []
    for name, model in fitted.items():
        guess = model.predict(X.iloc[rows], known=usable_known(model, asked.iloc[rows]))
        rmse = root_mean_squared_error(truth, guess)
        found.append({"model": name, "loss": losses["warm"][name], "rmse": rmse})
    table = pd.DataFrame(found)
    table["picked"] = table.index == table["loss"].argmin()
    case = {"target": target, "n_labels": n_labels, "draw": draw, "n_hidden": len(truth)}
    return table.assign(**case)[[*case, *table.columns]]


def say(trees: int) -> pd.DataFrame:
    """Compare the models on one table as a user would, with all settings as they come."""
    target, *_ = SHOWN
    X, labels, _ = keep_few(*SHOWN)
    found = compare_architectures(
        X, labels, target, rivals=usual_rivals(trees), n_estimators=trees, random_state=SHOWN[-1],
        n_jobs=2, progress=False,
    )  # fmt: skip
    return pd.DataFrame({"recommendation": [found.recommendation], "picked": [found.picked]})


def compute(target: str, n_labels: int, draws: int, trees: int) -> pd.DataFrame:
    """Look behind all tables with so many labels of one target."""
    cases = [(target, n_labels, draw, trees) for draw in range(draws)]
    return pd.concat(Parallel(n_jobs=2)(delayed(look)(*case) for case in cases))


def main(draws: int = 20, trees: int = 100) -> None:
    """Look behind the tables of every target and size."""
    cases = [(target, n) for target in LACKING for n in SIZES]
    found = [
        parts.part(
            f"hidden_labels_{target}_{n}_{draws}_{trees}",
            lambda t=target, n=n: compute(t, n, draws, trees),
        )
        for target, n in tqdm(cases, desc="targets and sizes")
    ]
    said = parts.part(f"hidden_labels_said_{trees}", lambda: say(trees))
    parts.write("hidden_labels", {"scores": pd.concat(found), "said": said})


if __name__ == "__main__":
    parts.run_from_command_line(main)
