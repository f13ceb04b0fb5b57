"""Which ten compounds would each model send to the laboratory? Measured labels are hidden to see.

    python experiments/ten_picks.py [--draws N]

Sought are the largest labels: optical band gaps (development part), and entropies. A draw holds a
fifth of the labelled compositions out as candidates, whose related labels stay known (warm), and
shows few or all of the other labels. A model predicts the candidates, and the ten with the highest
predictions are "measured": the score is the mean of their true labels. What is compared, and how,
was fixed before any score was computed. Writes data/results/ten_picks*.csv.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import parts
from band_gaps import COMPUTED, held_out, of_two_labels
from joblib import Parallel, delayed
from sklearn.linear_model import LinearRegression
from tqdm import tqdm

from tlhelpers import SingleTaskForest, StackedForest, band_gap_study, load_thermochemistry
from tlhelpers.evaluation import RelatedAsFeatures, corrected_resampled_t_test, holm, judge
from tlhelpers.evaluation.experiment import fit_models
from tlhelpers.evaluation.splits import split_table, training_order
from tlhelpers.table import guess_roles, read_roles

N_PICKS, FEW = 10, 50
LINE = "computed gap alone"  # a straight line: the order is that of the computed gaps
# A family each: does transfer find more than the baseline, and more than no learning at all?
QUESTIONS = {"single-task": ["stack", "equal weights", LINE], LINE: ["stack", "equal weights"]}


def tables() -> Iterator[tuple]:
    """Yield each table: its name, features, labels, groups, target, and models."""
    study = of_two_labels(band_gap_study())
    gaps = study.select(~held_out(study))
    line = RelatedAsFeatures(LinearRegression(), gaps.target, COMPUTED, keep_features=False)
    mixed = models(gaps.target, COMPUTED, 50) | {LINE: line}
    yield "band gaps", gaps.X, gaps.Y, gaps.groups, gaps.target, mixed
    frame = load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms"])
    own = read_roles(frame, guess_roles(frame, target="entropy"))
    related = [task for task in own.Y if task != own.target]
    yield "entropies", own.X, own.Y, own.groups, own.target, models(own.target, related, 50)


def models(target: str, related: str | list, trees: int) -> dict:
    """Return the baseline, and two mixtures that read the related labels."""
    options = {"n_estimators": trees}
    return {
        "single-task": SingleTaskForest(target, **options),
        "stack": StackedForest(target, related, **options),
        "equal weights": StackedForest(target, related, pull=np.inf, **options),
    }


def picked(table: tuple, draw: int) -> pd.DataFrame:
    """Return the mean label of what each model picks in one draw."""
    name, X, Y, groups, target, compared = table
    codes = pd.factorize(np.asarray(groups))[0]
    order, test = training_order(Y[target].notna().to_numpy(), codes, 0.2, [draw, 7])
    truth = Y[target].iloc[test].to_numpy()
    sizes = [FEW, len(order)]
    splits = [split_table(X, Y, codes, [target], test, "warm", order[:n]) for n in sizes]
    rows = [
        {"model": model, "n_labels": sizes[number], "found": truth[best_of(split, fit)].mean()}
        for model, number, fit in fit_models(compared, splits, [target], draw)
        for split in [splits[number]]
    ]
    about = {"all": truth.mean(), "highest": np.sort(truth)[-N_PICKS:].mean()}
    about |= {"n_test": len(test), "n_pool": len(order)}
    return pd.DataFrame(rows).assign(table=name, draw=draw, **about)


def best_of(split, fit) -> np.ndarray:
    """Return the places of the ten candidates with the highest predictions."""
    return np.argsort(-np.ravel(split.ask(fit)), kind="stable")[:N_PICKS]


def tests(scores: pd.DataFrame) -> pd.DataFrame:
    """Compare what is found, draw by draw; each question is one family."""
    scores = scores.assign(labels=np.where(scores["n_labels"] == FEW, "few", "all"))
    found = []
    for other, asked in QUESTIONS.items():
        family = []
        for (table, labels), own in scores.groupby(["table", "labels"], sort=False):
            at = own.pivot_table(index="draw", columns="model", values="found")
            ratios = {"p_value": own["n_test"] / own["n_pool"]}
            ratios["p_stricter"] = own["n_test"] / own["n_labels"]
            for model in [m for m in asked if {m, other} <= set(at)]:
                row = {"table": table, "labels": labels, "model": model, "minus": other}
                row |= {"found": at[model].mean(), "found_minus": at[other].mean()}
                for column, ratio in ratios.items():
                    mean, half, p = corrected_resampled_t_test(at[model] - at[other], ratio.mean())
                    row |= {column: p}
                    if column == "p_value":
                        row |= {"difference": mean, "low": mean - half, "high": mean + half}
                family.append(row)
        family = pd.DataFrame(family)
        family["p_stricter"] = holm(family["p_stricter"])
        found.append(judge(family.assign(metric="r2")).drop(columns="metric"))  # larger is better
    return pd.concat(found, ignore_index=True)


def main(draws: int = 20) -> None:
    """Hide, pick, compare, and write the tables."""
    jobs = [(table, draw) for table in tables() for draw in range(draws)]
    run = Parallel(n_jobs=2, prefer="threads", return_as="generator")
    done = run(
        delayed(parts.part)(f"ten_picks_{table[0]}_{d}", lambda t=table, d=d: picked(t, d))
        for table, d in jobs
    )
    scores = pd.concat(tqdm(done, total=len(jobs)), ignore_index=True)
    parts.write("ten_picks", {"scores": scores, "tests": tests(scores)})


if __name__ == "__main__":
    parts.run_from_command_line(main)
