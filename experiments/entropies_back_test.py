"""Would the solids that `measure_next` names teach more than others? Labels are hidden to see.

    python experiments/entropies_back_test.py [--trees N] [--repeats N]

Of the solids whose entropy is known, a repeat holds out a hundred as a test set, and lets sixty
others keep their entropy. Ten of the rest get theirs back: those that `measure_next` names, or ten
at random. All other labels stay, those of the test set too. Writes
data/results/entropies_back_test.csv.
"""

import numpy as np
import pandas as pd
import parts
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator
from tqdm.auto import tqdm

from tlhelpers import DifferenceForest, SingleTaskForest, StackedForest
from tlhelpers.evaluation import corrected_resampled_t_test
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.table.answers import usable_known
from tlhelpers.table.next_rows import measure_next
from tlhelpers.table.parts import fit_all

TARGET, N_TEST, N_KEPT, N_PICKS = "entropy", 100, 60, 10
HOW = ("none", "chosen", "random")  # how the solids that are measured were found


def models(related: list, trees: int) -> dict:
    """Return a model that reads the formula alone, and two that read related labels too."""
    slope = {"slope": "learned", "n_estimators": trees}
    return {
        "single-task": SingleTaskForest(TARGET, n_estimators=trees),
        "learned slope": DifferenceForest(TARGET, "molar_volume", **slope),
        "stack": StackedForest(TARGET, related, n_estimators=trees),
    }


def fitted(model: BaseEstimator, X: pd.DataFrame, Y: pd.DataFrame, seed: int) -> tuple:
    """Return the model, fitted as a comparison fits it, and its error out of bag."""
    task = Experiment.of({"": model}, X, Y, None, [TARGET], "warm")
    fits, losses, _ = fit_all(task, [""], ["warm"], seed)
    return fits[""], losses["warm"][""]


def repeated(X: pd.DataFrame, Y: pd.DataFrame, trees: int, repeat: int) -> list[dict]:
    """Return the errors on one test set: before, with the chosen labels, and with random ones."""
    order = np.random.default_rng([0, repeat]).permutation(len(X))
    test, rest = order[:N_TEST], order[N_TEST:]
    table, labels, number = X.iloc[rest], Y.iloc[rest], np.arange(len(rest))
    asked, truth = Y.iloc[test].drop(columns=TARGET), Y[TARGET].iloc[test]

    def with_labels(shown: np.ndarray) -> pd.DataFrame:
        return labels.assign(**{TARGET: labels[TARGET].where(shown)})

    rows = []
    for name, model in models(list(asked), trees).items():
        shown = {"none": number < N_KEPT, "random": number < N_KEPT + N_PICKS}
        first, error = fitted(model, table, with_labels(shown["none"]), repeat)
        picked = measure_next(first, table, with_labels(shown["none"]), TARGET, error, N_PICKS)
        shown["chosen"] = shown["none"] | table.index.isin(picked["row"])
        fits = {"none": first} | {
            how: fitted(model, table, with_labels(shown[how]), repeat)[0] for how in HOW[1:]
        }
        for how, fit in fits.items():
            guess = fit.predict(X.iloc[test], known=usable_known(fit, asked))
            rmse = float(np.sqrt(np.mean((truth - guess) ** 2)))
            rows.append({"repeat": repeat, "model": name, "how": how, "rmse": rmse})
    return rows


def tests(scores: pd.DataFrame, ratio: float) -> pd.DataFrame:
    """Compare the errors, repeat by repeat."""
    found = []
    for name, own in scores.groupby("model", sort=False):
        at = own.pivot_table(index="repeat", columns="how", values="rmse")
        for how, other in (("chosen", "random"), ("chosen", "none"), ("random", "none")):
            mean, half, p_value = corrected_resampled_t_test(at[how] - at[other], ratio)
            bounds = {"low": mean - half, "high": mean + half, "p_value": p_value}
            found.append({"model": name, "how": how, "minus": other, "mean": mean} | bounds)
    return pd.DataFrame(found)


def main(trees: int = 100, repeats: int = 20) -> None:
    """Hide, measure, compare, and write the table."""
    own = parts.own_entropies()
    known = own.Y[TARGET].notna().to_numpy()
    X, Y = own.X[known], own.Y[known]
    done = Parallel(n_jobs=2, return_as="generator")(
        delayed(repeated)(X, Y, trees, r) for r in range(repeats)
    )
    scores = pd.DataFrame([row for rows in tqdm(done, total=repeats) for row in rows])
    parts.write("entropies", {"back_test": scores})
    # the labels that are shown are a draw from all outside the test set, as in `compare_sizes`
    print(tests(scores, N_TEST / (len(X) - N_TEST)).round(3).to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
