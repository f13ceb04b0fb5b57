"""How often does a test call a difference that is none? Three tests, on three kinds of experiment.

    python experiments/false_positives.py [--sets N] [--forest-sets N] [--linear-sets N]
        [--normal-sets N] [--jobs N]

Each data set has six features of equal weight in the label. Two models of one kind are compared,
one that sees the first three features and one that sees the others: over data sets, their expected
errors are equal, so each p below a level is a false positive. Cross-validation deals and repeats
as `cross_validate_transfer` does, learning curves as `learning_curve`; of groups each is left out
once, as metals in the study of NO. Tables with as few rows as its barriers have cross-validation
only. The corrected resampled t-test stands beside the plain paired
one, on learning curves with the ratio of the book and with the published one. Single trees have
`sets` data sets in every world, forests of ten trees `forest_sets` in all but the one with heavy
tails, linear regression `linear_sets`, and `normal_sets` with normal noise (data/README.md says
why). Of the world with as many rows as the band gaps there are forests only, `sets` data sets.
Writes data/results/false_positives.csv, and of linear regression under normal noise what the data
sets drawn first gave and those that were added, false_positives_by_block.csv.
"""

import numpy as np
import pandas as pd
import sklearn
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from scipy.stats import binomtest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneGroupOut, RepeatedKFold
from sklearn.tree import DecisionTreeRegressor
from tqdm import tqdm

from tlhelpers import SingleTaskForest
from tlhelpers.evaluation import corrected_resampled_t_test, training_order

N_ROWS, N_REPEATS, N_DRAWS, TEST_SIZE, LEVEL = 100, 10, 20, 0.2, 0.05
LEVELS = (LEVEL, 0.01, 0.001)
BLOCKS = [0, 1000, 4000, *range(10_000, 50_001, 10_000)]  # added in steps: the first looked odd
SIZES = (20, 40, 80)
STUDY_ROWS, STUDY_SIZES = 294, (20, 50, 100, 200, 235)  # those of the band gaps' learning curve
LINE = "linear regression"
LEARNERS = {
    LINE: LinearRegression(),
    "tree": DecisionTreeRegressor(random_state=0),
    "forest": SingleTaskForest(n_estimators=10, random_state=0),
}
VIEWS = slice(0, 3), slice(3, 6)  # what each of the two models sees
NORMAL, HEAVY, SHARED = "normal noise", "heavy tails", "shared table"
STUDY = "shared table, rows of the band gaps"
GROUPS = {  # barriers of each metal outside the hold-out set of the study of NO, for O2 and for NO
    "7 groups": (1, 1, 2, 3, 3, 4, 5),
    "10 groups": (1, 3, 3, 3, 4, 4, 4, 5, 5, 5),
}
FEW = {f"{n} rows, {noise}": n for n in (19, 39) for noise in (NORMAL, HEAVY)}  # barriers of O2, N2
WORLDS = (NORMAL, HEAVY, SHARED, STUDY, *GROUPS, *FEW)
N_SHARED = 3000
RELATED = DecisionTreeRegressor(min_samples_leaf=5, random_state=0)  # learns a related label


def data_set(seed: int, world: str = NORMAL) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw the features of both models, and a label in which they take equal parts."""
    rng = np.random.default_rng(seed)
    if world in GROUPS:  # half of the variance of features and noise is that of the group
        group = np.repeat(np.arange(len(GROUPS[world])), GROUPS[world])
        values = rng.normal(size=(group[-1] + 1, 7))[group] + rng.normal(size=(len(group), 7))
        values /= np.sqrt(2)
        return [values[:, view] for view in VIEWS], values.sum(axis=1)
    n, _ = sizes_of(world)
    X = rng.normal(size=(n, 6))
    heavy = world.endswith(HEAVY)  # of variance 3 without the root
    noise = rng.standard_t(3, n) / np.sqrt(3) if heavy else rng.normal(size=n)
    views = [X[:, view] for view in VIEWS]
    if world not in (SHARED, STUDY):
        return views, X.sum(axis=1) + noise
    truth = [curved(view) for view in views]
    return [np.column_stack([view, guess(view, rng)]) for view in views], sum(truth) + noise


def sizes_of(world: str) -> tuple[int, tuple[int, ...]]:
    """Return the number of rows, and how many of them a learning curve trains on."""
    if world in FEW:
        return FEW[world], ()
    return (STUDY_ROWS, STUDY_SIZES) if world == STUDY else (N_ROWS, SIZES)


def curved(view: np.ndarray) -> np.ndarray:
    """Return a function of one view that a line misses in part."""
    return view.sum(axis=1) + view.prod(axis=1)


def guess(view: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Predict a view's related label by a model of a large table, one for all draws of a set."""
    X = rng.normal(size=(N_SHARED, view.shape[1]))
    return RELATED.fit(X, curved(X) + rng.normal(size=N_SHARED)).predict(view)


def splits(seed: int, world: str = NORMAL) -> dict[tuple[str, int], list]:
    """Return the (training, test) rows of each experiment."""
    if world in GROUPS:
        group = np.repeat(np.arange(len(GROUPS[world])), GROUPS[world])
        folds = list(LeaveOneGroupOut().split(group, groups=group))
        size = round(np.mean([len(train) for train, _ in folds]))
        return {("leave one group out", size): folds}
    n, sizes = sizes_of(world)
    rows, found = np.arange(n), {}
    if world != STUDY:
        folds = RepeatedKFold(n_splits=5, n_repeats=N_REPEATS, random_state=seed)
        found["cross-validation", round(0.8 * n)] = list(folds.split(rows))
    draws = [
        training_order(np.ones(n, dtype=bool), rows, TEST_SIZE, [seed, repeat])
        for repeat in range(N_DRAWS)
    ]
    for size in sizes:
        found["learning curve", size] = [(order[:size], test) for order, test in draws]
    return found


def errors(learner: str, view: np.ndarray, y: np.ndarray, pairs: list) -> np.ndarray:
    """Return the RMSE of one model on each test set."""
    if learner == LINE:
        return errors_of_lines(view, y, pairs)
    found = []
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for train, test in pairs:
            answer = LEARNERS[learner].fit(view[train], y[train]).predict(view[test])
            found.append(np.square(y[test] - answer).mean() ** 0.5)
    return np.array(found)


def errors_of_lines(view: np.ndarray, y: np.ndarray, pairs: list) -> np.ndarray:
    """Return what `LinearRegression` would, all splits at once: one by one takes far longer."""
    X = np.column_stack([np.ones(len(y)), view])
    shown = np.array([np.bincount(train, minlength=len(y)) for train, _ in pairs])
    squares, moments = (shown[:, :, None] * X).transpose(0, 2, 1) @ X, shown @ (y[:, None] * X)
    slopes = np.linalg.solve(squares, moments[:, :, None])[:, :, 0]
    missed = np.square(y - slopes @ X.T)
    return np.array(
        [miss[test].mean() ** 0.5 for miss, (_, test) in zip(missed, pairs, strict=True)]
    )


def tested(learner: str, seed: int, world: str = NORMAL) -> list[dict]:
    """Return the p-values of the tests on one data set."""
    (views, y), rows = data_set(seed, world), []
    for (experiment, size), pairs in splits(seed, world).items():
        a, b = (errors(learner, view, y, pairs) for view in views)
        # the test set over all outside it, as `compare_models` and `compare_sizes` take it
        corrected = np.mean([len(test) / (len(y) - len(test)) for _, test in pairs])
        case = {"experiment": experiment, "n_train": size, "learner": learner, "world": world}
        ratios = {"corrected": corrected, "plain": 0.0}
        if experiment == "learning curve":
            ratios["published"] = np.mean([len(test) / len(train) for train, test in pairs])
        for name, ratio in ratios.items():
            p_value = corrected_resampled_t_test(b - a, ratio)[2]
            rows.append(case | {"t_test": name, "seed": seed, "p_value": p_value})
    return rows


def p_values(learner: str, world: str, sets: int, jobs: int) -> pd.DataFrame:
    """Return the p-values of the tests on many data sets."""
    done = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(tested)(learner, seed, world) for seed in range(sets)
    )
    title = f"{learner}, {world}"
    return pd.DataFrame([row for rows in tqdm(done, total=sets, desc=title) for row in rows])


def rates(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return the share of p-values below a level, with its 95% interval."""
    by = ["world", "experiment", "n_train", "learner", "t_test"]
    cases = table.assign(called=table["p_value"] < level).groupby(by, sort=False)["called"]
    found = cases.agg(sets="size", false_positives="mean", count="sum").reset_index()
    bounds = [
        binomtest(int(count), int(n)).proportion_ci()
        for count, n in found[["count", "sets"]].to_numpy()
    ]
    found = found.drop(columns="count").assign(low=[b.low for b in bounds])
    return found.assign(high=[b.high for b in bounds])


def by_block(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rates of the data sets that were drawn first, and of those that were added."""
    blocks = table.groupby(pd.cut(table["seed"], BLOCKS, right=False), observed=True)
    found = [rates(rows).assign(first=where.left) for where, rows in blocks]
    return pd.concat(found, ignore_index=True).drop(columns=["world", "learner"]).round(4)


def main(
    sets: int = 1000,
    forest_sets: int = 500,
    linear_sets: int = 20_000,
    normal_sets: int = 50_000,
    jobs: int = 2,
) -> None:
    """Compute the p-values that are missing and write the table."""
    drawn = {"tree": sets, "forest": forest_sets}
    linear = dict.fromkeys(WORLDS, linear_sets) | {NORMAL: normal_sets}
    cases = [
        (world, name, drawn.get(name, linear[world]))
        for world in WORLDS
        for name in LEARNERS
        if world != STUDY and (world, name) != (HEAVY, "forest")  # for their time
    ]
    cases.append((STUDY, "forest", sets))
    table = pd.concat(
        part(
            f"false_positives_{name}_{world.replace(' ', '_')}_{n}",
            lambda name=name, world=world, n=n: p_values(name, world, n, jobs),
        )
        for world, name, n in cases
    )
    found = pd.concat(rates(table, level).assign(level=level) for level in LEVELS).round(4)
    normal = table.query("learner == @LINE and world == @NORMAL")
    for name, rows in (("false_positives", found), ("false_positives_by_block", by_block(normal))):
        print(rows.to_string(index=False))
        rows.to_csv(RESULTS / f"{name}.csv", index=False)


if __name__ == "__main__":
    run_from_command_line(main)
