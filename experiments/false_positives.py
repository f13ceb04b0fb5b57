"""How often does a test call a difference that is none? Both tests, on both kinds of experiment.

    python experiments/false_positives.py [--sets N] [--jobs N]

Each data set has six features of equal weight in the label. Two models of one kind are compared,
one that sees the first three features and one that sees the others: over training sets, their
expected errors are equal, so each p < 0.05 is a false positive. Cross-validation deals and repeats
as `cross_validate_transfer` does, learning curves as `learning_curve`. The corrected resampled
t-test stands beside the plain paired one. Writes data/results/false_positives.csv.
"""

import numpy as np
import pandas as pd
import sklearn
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from scipy.stats import binomtest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import RepeatedKFold
from sklearn.tree import DecisionTreeRegressor
from tqdm import tqdm

from tlhelpers.evaluation import corrected_resampled_t_test, training_order

N_ROWS, N_REPEATS, N_DRAWS, TEST_SIZE, LEVEL = 100, 10, 20, 0.2, 0.05
SIZES = (20, 40, 80)
LEARNERS = {"linear regression": LinearRegression(), "tree": DecisionTreeRegressor(random_state=0)}
VIEWS = slice(0, 3), slice(3, 6)  # what each of the two models sees


def data_set(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw features and a label in which the two views take equal parts."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_ROWS, 6))
    return X, X.sum(axis=1) + rng.normal(size=N_ROWS)


def splits(seed: int) -> dict[tuple[str, int], list]:
    """Return the (training, test) rows of each experiment."""
    rows = np.arange(N_ROWS)
    folds = RepeatedKFold(n_splits=5, n_repeats=N_REPEATS, random_state=seed)
    found = {("cross-validation", 80): list(folds.split(rows))}
    draws = [
        training_order(np.ones(N_ROWS, dtype=bool), rows, TEST_SIZE, [seed, repeat])
        for repeat in range(N_DRAWS)
    ]
    for size in SIZES:
        found["learning curve", size] = [(order[:size], test) for order, test in draws]
    return found


def called(learner: str, seed: int) -> list[dict]:
    """Say which tests call a difference on one data set."""
    (X, y), rows = data_set(seed), []
    for (experiment, size), pairs in splits(seed).items():
        differences = []
        with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
            for train, test in pairs:
                fits = (LEARNERS[learner].fit(X[train, view], y[train]) for view in VIEWS)
                a, b = (
                    np.square(y[test] - model.predict(X[test, view])).mean() ** 0.5
                    for model, view in zip(fits, VIEWS, strict=True)
                )
                differences.append(b - a)
        case = {"experiment": experiment, "n_train": size, "learner": learner}
        for name, ratio in (("corrected", TEST_SIZE / (1 - TEST_SIZE)), ("plain", 0.0)):
            p_value = corrected_resampled_t_test(differences, ratio)[2]
            rows.append(case | {"t_test": name, "called": p_value < LEVEL})
    return rows


def rates(learner: str, sets: int, jobs: int) -> pd.DataFrame:
    """Return the share of false positives over many data sets, with its 95% interval."""
    done = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(called)(learner, seed) for seed in range(sets)
    )
    table = pd.DataFrame([row for rows in tqdm(done, total=sets, desc=learner) for row in rows])
    cases = table.groupby(["experiment", "n_train", "learner", "t_test"], sort=False)["called"]
    found = cases.agg(sets="size", false_positives="mean").reset_index()
    bounds = [binomtest(count, sets).proportion_ci() for count in cases.sum()]
    return found.assign(low=[b.low for b in bounds], high=[b.high for b in bounds]).round(3)


def main(sets: int = 1000, jobs: int = 2) -> None:
    """Compute the rates that are missing and write the table."""
    tables = [
        part(f"false_positives_{name}_{sets}", lambda name=name: rates(name, sets, jobs))
        for name in LEARNERS
    ]
    frame = pd.concat(tables)
    print(frame.to_string(index=False))
    frame.to_csv(RESULTS / "false_positives.csv", index=False)


if __name__ == "__main__":
    run_from_command_line(main)
