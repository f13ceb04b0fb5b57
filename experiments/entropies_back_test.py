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
from tqdm.auto import tqdm

from tlhelpers import DifferenceForest, SingleTaskForest, StackedForest, load_thermochemistry
from tlhelpers.evaluation import corrected_resampled_t_test
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.table import guess_roles, read_roles
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


def repeated(X: pd.DataFrame, Y: pd.DataFrame, trees: int, repeat: int) -> list[dict]:
    """Return the errors on one test set: before, with the chosen labels, and with random ones."""
    order = np.random.default_rng([0, repeat]).permutation(len(X))
    test, rest = order[:N_TEST], order[N_TEST:]
    table, labels = X.iloc[rest], Y.iloc[rest]
    asked, truth = Y.iloc[test].drop(columns=TARGET), Y[TARGET].iloc[test]
    shown = np.arange(len(rest)) < N_KEPT
    rows = []
    for name, model in models(list(asked), trees).items():

        def fitted(measured, name=name, model=model):
            seen = labels.assign(**{TARGET: labels[TARGET].where(shown | measured)})
            task = Experiment.of({name: model}, table, seen, None, [TARGET], "warm")
            fits, losses, _ = fit_all(task, [name], ["warm"], repeat)
            guess = fits[name].predict(X.iloc[test], known=usable_known(fits[name], asked))
            rmse = float(np.sqrt(np.mean((truth - guess) ** 2)))
            return fits[name], seen, losses["warm"][name], rmse

        first, seen, error, before = fitted(np.zeros(len(rest), dtype=bool))
        picked = measure_next(first, table, seen, TARGET, error, N_PICKS)["row"]
        chosen = table.index.isin(picked)
        drawn = (np.arange(len(rest)) >= N_KEPT) & (np.arange(len(rest)) < N_KEPT + N_PICKS)
        errors = (before, fitted(chosen)[-1], fitted(drawn)[-1])
        case = {"repeat": repeat, "model": name}
        rows += [case | {"how": h, "rmse": e} for h, e in zip(HOW, errors, strict=True)]
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
    frame = load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms"])
    own = read_roles(frame, guess_roles(frame, target=TARGET))
    known = own.Y[TARGET].notna().to_numpy()
    X, Y = own.X[known], own.Y[known]
    rows = [row for r in tqdm(range(repeats)) for row in repeated(X, Y, trees, r)]
    scores = pd.DataFrame(rows)
    parts.write("entropies", {"back_test": scores})
    # the labels that are shown are a draw from all outside the test set, as in `compare_sizes`
    print(tests(scores, N_TEST / (len(X) - N_TEST)).round(3).to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
