"""Is the jackknife right? Its mean against the variance of predictions over many training sets.

    python experiments/jackknife_truth.py [--sets N] [--trees N] [--second-seeds N]

Friedman's function with noise, 200 rows, 10 features. For each model, fit one forest to each of
many training sets and predict the same 30 queries: the variance of the served predictions over the
sets is the truth, the mean of the jackknife variances the estimate. Writes a row a case and
correction to data/results/jackknife_truth.csv and, of the models that are not the paper's and from
half as many sets, to jackknife_truth_beyond.csv.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from sklearn.datasets import make_friedman1
from tqdm import tqdm

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
)
from tlhelpers.forests import shared_stages
from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.jackknife import BagForm

N_ROWS, N_QUERIES = 200, 30
QUERIES, Z_OF_QUERIES = make_friedman1(N_QUERIES, random_state=987_654)
LEARNED, FEATURE = {"slope": "learned", "shrink_to": 1.0}, {"base_as_feature": True}


def training_set(seed: int, share_missing: float) -> tuple[np.ndarray, pd.DataFrame]:
    """Draw features and two related tasks; `y` misses a share of its labels."""
    rng = np.random.default_rng(seed)
    X, z = make_friedman1(N_ROWS, noise=0.0, random_state=seed)
    y = z + 5 * X[:, 5] + rng.normal(size=N_ROWS)
    y[rng.permutation(N_ROWS)[: int(share_missing * N_ROWS)]] = np.nan
    return X, pd.DataFrame({"y": y, "z": z + rng.normal(size=N_ROWS)})


def cases(n_trees: int, seed: int) -> dict:
    """Return {case: (model, share of y missing)}."""
    options = {"n_estimators": n_trees, "random_state": seed}
    return {
        "single-task": (SingleTaskForest("y", **options), 0.0),
        "multi-task, 75% missing": (MultiTaskForest("y", **options), 0.75),
        "difference, 75% missing": (DifferenceForest("y", "z", **options), 0.75),
        "latent variable, 75% missing": (LatentVariableForest("y", "z", **options), 0.75),
        "y - z of one multi-task forest": (MultiTaskForest(["y", "z"], **options), 0.0),
        "learned slope, 75% missing": (DifferenceForest("y", "z", **options, **LEARNED), 0.75),
        "z as a feature, 75% missing": (DifferenceForest("y", "z", **options, **FEATURE), 0.75),
        "z as a feature and known, 75% missing": (
            DifferenceForest("y", "z", **options, **FEATURE),
            0.75,
        ),
        "stack, 75% missing": (StackedForest("y", **options), 0.75),
        "stack, z known, 75% missing": (StackedForest("y", **options), 0.75),
    }


CASES = list(cases(2, 0))[:5]
BEYOND = list(cases(2, 0))[5:]  # the models that are not the paper's


def estimates(names: list[str], data_seed: int, seed: int, n_trees: int) -> dict[str, dict]:
    """Fit some cases to one training set: the served predictions and their estimated variances.

    A model that two cases ask is fitted once, and equal stages are grown once.
    """
    given, fitted, found = cases(n_trees, seed), {}, {}
    with shared_stages():
        for name in names:
            model, missing = given[name]
            key = repr(model), missing
            if key not in fitted:
                fitted[key] = model.fit(*training_set(data_seed, missing))
            found[name] = estimate(name, fitted[key], n_trees)
    return found


def estimate(case: str, model: TransferForest, n_trees: int) -> dict:
    """Ask a fitted model for the queries of a case."""
    known = pd.DataFrame({"z": Z_OF_QUERIES}) if "known" in case else None
    trees = model.tree_predictions(QUERIES, known=known)
    served = np.asarray(model.predict(QUERIES, known=known))
    if case.startswith("y - z"):
        trees, served = trees[:, :, 0] - trees[:, :, 1], served[:, 0] - served[:, 1]
    rows = model.inbag_counts_.any(axis=0)  # those in use
    if known is not None:  # without those that only the stage of z was grown on
        combine, queries = partial(model._combine, "y"), model._check_query(QUERIES, known)
        ((_, rows),) = model._uncertainty.influence(combine, queries)
    counts = model.inbag_counts_[:, rows]
    form = BagForm.of(counts, "counts")  # the corrections share all but what is subtracted
    by_size = replace(form, bias=0.5 * np.e * (counts.shape[1] - 1) / n_trees**2)
    return {
        "served": served,
        "counts": form.variance(trees)[0],
        "size": by_size.variance(trees)[0],
    }


def summary(case: str, first: list[dict], second: list[dict], n_trees: int) -> list[dict]:
    """Return the ratio of means and the Monte-Carlo noise of a single estimate."""
    truth = np.var([f["served"] for f in first], axis=0, ddof=1).mean()
    rows = []
    for correction in ("counts", "size"):
        estimates = np.array([f[correction] for f in first])
        again = np.array([s[correction] for s in second])
        pair = estimates[: len(again)]
        noise = np.abs(pair - again) / np.sqrt(2) / ((pair + again) / 2)
        rows.append(
            {
                "case": case,
                "correction": correction,
                "trees": n_trees,
                "training sets": len(first),
                "jackknife / truth": round(estimates.mean() / truth, 3),
                "median relative Monte-Carlo SD": round(float(np.median(noise)), 3),
            }
        )
    return rows


def rows_of(names: list[str], sets: int, trees: int, second_seeds: int, jobs: int) -> pd.DataFrame:
    """Run some cases."""
    work = [(names, s, s, trees) for s in range(sets)]
    work += [(names, s, s + 10_000, trees) for s in range(second_seeds)]
    done = Parallel(n_jobs=jobs, return_as="generator")(delayed(estimates)(*item) for item in work)
    results = list(tqdm(done, total=len(work), desc="training sets"))
    rows = []
    for name in names:
        own = [result[name] for result in results]
        rows += summary(name, own[:sets], own[sets:], trees)
    return pd.DataFrame(rows)


def main(sets: int = 200, trees: int = 10 * N_ROWS, second_seeds: int = 20, jobs: int = 2) -> None:
    """Run all cases that are missing and write the tables."""
    whole = (sets, trees, second_seeds)
    half = sets // 2, trees, second_seeds // 2
    for name, names, size in [("truth", CASES, whole), ("truth_beyond", BEYOND, half)]:
        frame = part(
            "_".join(["jackknife", name, *map(str, size)]),
            lambda names=names, size=size: rows_of(names, *size, jobs),
        )
        print(frame.to_string(index=False))
        frame.to_csv(RESULTS / f"jackknife_{name}.csv", index=False)


if __name__ == "__main__":
    run_from_command_line(main)
