"""Which ten compounds would each model send to the laboratory? Measured labels are hidden to see.

    python experiments/ten_picks.py [--draws N]

Sought are the largest labels: optical band gaps (development part), and entropies. A draw holds a
fifth of the labelled compositions out as candidates, whose related labels stay known (warm), and
shows few or all of the other labels. A model predicts the candidates, and the ten with the highest
predictions are "measured": the score is the mean of their true labels. What is compared, and how,
was fixed before any score was computed. Writes data/results/ten_picks*.csv.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import parts
from band_gaps import COMPUTED, held_out, of_two_labels
from joblib import Parallel, delayed
from sklearn.linear_model import LinearRegression
from tqdm import tqdm

from tlhelpers import SingleTaskForest, StackedForest, band_gap_study
from tlhelpers.evaluation import RelatedAsFeatures
from tlhelpers.evaluation.experiment import fit_models
from tlhelpers.evaluation.splits import Split, split_table, training_order

N_PICKS, FEW = 10, 50
SCORE = "r2"  # for the tests what is found goes by the name of a score of which more is better
VOLUME, RULE = "molar_volume", "molar volume alone"  # the ten largest; asked afterwards, in no test
LINE = "computed gap alone"  # a straight line: the order is that of the computed gaps
# A family each: does transfer find more than the baseline, and more than no learning at all?
QUESTIONS = {"single-task": ["stack", "equal weights", LINE], LINE: ["stack", "equal weights"]}


def tables() -> Iterator[tuple]:
    """Yield each table: its name, features, labels, groups, target, and models."""
    study = of_two_labels(band_gap_study())
    gaps = study.select(~held_out(study))
    line = RelatedAsFeatures(LinearRegression(), gaps.target, COMPUTED, keep_features=False)
    mixed = models(gaps.target, COMPUTED) | {LINE: line}
    yield "band gaps", gaps.X, gaps.Y, gaps.groups, gaps.target, mixed
    own = parts.own_entropies()
    related = [task for task in own.Y if task != own.target]
    yield "entropies", own.X, own.Y, own.groups, own.target, models(own.target, related)


def models(target: str, related: str | list) -> dict:
    """Return the baseline, and two mixtures that read the related labels."""
    options = {"n_estimators": 50}
    return {
        "single-task": SingleTaskForest(target, **options),
        "stack": StackedForest(target, related, **options),
        "equal weights": StackedForest(target, related, pull=np.inf, **options),
    }


def picked(table: tuple, draw: int) -> pd.DataFrame:
    """Return the mean label of what each model picks in one draw."""
    title, X, Y, groups, target, compared = table
    codes = pd.factorize(np.asarray(groups))[0]
    order, test = training_order(Y[target].notna().to_numpy(), codes, 0.2, [draw, 7])
    truth = Y[target].iloc[test].to_numpy()
    sizes = [FEW, len(order)]
    splits = [split_table(X, Y, codes, [target], test, "warm", order[:n]) for n in sizes]
    rows = [
        {"model": name, "n_labels": sizes[i], "found": truth[best_of(splits[i], fit)].mean()}
        for name, i, fit in fit_models(compared, splits, [target], draw)
    ]
    about = {"all": truth.mean(), "highest": np.sort(truth)[-N_PICKS:].mean()}
    about |= {"n_test": len(test), "n_pool": len(order)}
    if title == "entropies":  # a rule without a model, of any number of labels
        largest = np.argsort(-Y[VOLUME].iloc[test].fillna(-np.inf).to_numpy(), kind="stable")
        found = truth[largest[:N_PICKS]].mean()
        rows += [{"model": RULE, "n_labels": n, "found": found} for n in sizes]
    return pd.DataFrame(rows).assign(table=title, draw=draw, **about)


def best_of(split: Split, fit: Any) -> np.ndarray:
    """Return the places of the ten candidates with the highest predictions."""
    return np.argsort(-np.ravel(split.ask(fit)), kind="stable")[:N_PICKS]


def tests(scores: pd.DataFrame) -> pd.DataFrame:
    """Compare what is found, draw by draw; each question is one family.

    For ``p_stricter`` the training rows of the test are the labels, not all but the candidates.
    """
    scores = scores.rename(columns={"draw": "repeat", "found": SCORE}).assign(fold=0, target="")
    scores["labels"] = np.where(scores["n_labels"] == FEW, "few", "all")
    by = ["table", "labels"]
    found = []
    for other, models in QUESTIONS.items():
        asked = {other: models}
        own = scores[scores.groupby("table")["model"].transform(lambda m, o=other: o in set(m))]
        pool, labels = (
            parts.questions(own.assign(n_pool=own[n]), asked, other, (SCORE,), by)
            for n in ("n_pool", "n_labels")
        )
        found.append(pool.assign(p_stricter=labels["p_adjusted"]))
    columns = {"question": "minus", "score": "found", "baseline_score": "found_minus"}
    table = pd.concat(found, ignore_index=True).rename(columns=columns)
    return table.drop(columns=["target", "metric"])


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
