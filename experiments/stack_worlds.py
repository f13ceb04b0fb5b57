"""Is the stack safe, and near the best of its members? Artificial worlds whose rule is known.

    python experiments/stack_worlds.py

Every world has twelve features, a related label z for all rows and a target y for few. A table is
drawn fifty times; the stack, the single-task forest and every member of the stack are compared on
the same test rows: against the true target, or where there is none (y is noise) against the labels.
Writes a row a world, setting, number of labels and model to data/results/stack_worlds.csv.

What the stack leaves open (how far its weights and slopes are drawn to their defaults, and its
members) was chosen on twelve tables a world whose target is Friedman's function. The worlds here
have another target, less noise and other tables.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from tqdm import tqdm

from tlhelpers import StackedForest
from tlhelpers.forests import shared_stages

N_ROWS, N_TEST, NOISE, TREES = 400, 100, 0.2, 100
SIZES = (20, 50, 150)


def waves(x: np.ndarray) -> np.ndarray:
    """Return the true target, of mean 0 and standard deviation 1 over uniform features."""
    a, b, c, d = (x[:, i] for i in range(4))
    value = np.sin(2 * np.pi * a) + 2 * b * c + np.where(d > 0.6, 1.0, 0.0)
    return (value - 0.9) / 0.966


def _plane(x: np.ndarray) -> np.ndarray:
    return np.sqrt(6) * (x[:, 10] + x[:, 11] - 1)


def _other(x: np.ndarray) -> np.ndarray:
    """Return a function of the features of the target that is no function of the target."""
    value = np.abs(x[:, 3] - 0.5) + np.cos(2 * np.pi * x[:, 0]) * x[:, 1] - x[:, 2]
    return (value - value.mean()) / value.std()


# The related label without its noise, from the features, the true target and random numbers.
WORLDS: dict[str, Callable] = {
    "unrelated": lambda x, y, rng: waves(x[:, 5:9]),
    "noise": lambda x, y, rng: rng.normal(size=len(x)),
    "systematic error": lambda x, y, rng: y + 0.5 * _plane(x),
    "another unit": lambda x, y, rng: -2 * y,
    "smooth function": lambda x, y, rng: np.exp(0.7 * y),
    "shared structure": lambda x, y, rng: _other(x),
    "no signal": lambda x, y, rng: waves(x[:, 5:9]),
}


def draw(world: str, seed: int) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Return features, labels of all rows with noise, and what predictions are scored against."""
    rng = np.random.default_rng([seed, list(WORLDS).index(world)])
    x = rng.uniform(size=(N_ROWS, 12))
    true = np.zeros(N_ROWS) if world == "no signal" else waves(x)
    z = WORLDS[world](x, true, rng)
    y = rng.normal(size=N_ROWS) if world == "no signal" else true + NOISE * rng.normal(size=N_ROWS)
    truth = y if world == "no signal" else true
    return x, pd.DataFrame({"y": y, "z": z + NOISE * rng.normal(size=N_ROWS)}), truth


def errors(world: str, seed: int) -> pd.DataFrame:
    """Return the error of the stack and of each member on one table."""
    x, Y, true = draw(world, seed)
    test = np.arange(N_ROWS) >= N_ROWS - N_TEST
    rows, store = [], None
    for n_labels in SIZES:
        table = Y.assign(y=Y["y"].where(Y.index < n_labels))
        for setting in ("cold", "warm"):
            keep = ~test if setting == "cold" else np.ones(N_ROWS, dtype=bool)
            stack = StackedForest("y", n_estimators=TREES, random_state=seed)
            with shared_stages(store) as store:  # the forest of z is that of other sizes
                stack.fit(x[keep], table[keep])
            known = None if setting == "cold" else Y.loc[test, ["z"]]
            queries = stack._check_query(x[test], known)
            found = {"stack": stack.predict(x[test], known=known)}
            for name, member in stack._members_of("y").items():
                found[name] = stack._ask(queries, ["y"], combine=member._combine)["y"]
            members = [value for name, value in found.items() if name != "stack"]
            found["equal weights"] = np.mean(members, axis=0)
            for name, value in found.items():
                error = np.sqrt(np.mean((value - true[test]) ** 2))
                rows.append((world, setting, n_labels, name, seed, error))
    columns = ["world", "setting", "n_labels", "model", "seed", "rmse"]
    return pd.DataFrame(rows, columns=columns)


def summarize(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean errors, and their ratios to those of the single-task forest."""
    rows = []
    for case, part_ in table.groupby(["world", "setting", "n_labels"], sort=False):
        wide = part_.pivot_table(index="seed", columns="model", values="rmse", sort=False)
        base = wide["single-task"]
        for model in wide:
            mean = wide[model].mean() / base.mean()
            residual = wide[model] - mean * base  # the delta method, of a ratio of means
            error = residual.std() / np.sqrt(len(wide)) / base.mean()
            high = (wide[model] / base).quantile(0.95)
            rows.append((*case, model, wide[model].mean(), mean, error, high))
    names = ["world", "setting", "n_labels", "model", "rmse", "ratio", "ratio_se", "ratio_95"]
    return pd.DataFrame(rows, columns=names)


def compute(world: str, seeds: range) -> pd.DataFrame:
    """Compare the models on many tables of one world."""
    done = Parallel(n_jobs=2)(delayed(errors)(world, seed) for seed in seeds)
    return pd.concat(done)


def main(tables: int = 50) -> None:
    """Compute every world that is missing, and write the table."""
    found = [
        part(f"stack_worlds_{world}_{tables}", lambda w=world: compute(w, range(tables)))
        for world in tqdm(WORLDS, desc="worlds")
    ]
    table = summarize(pd.concat(found)).round(4)
    table.to_csv(RESULTS / "stack_worlds.csv", index=False)
    print(f"stack_worlds.csv: {len(table)} rows")


if __name__ == "__main__":
    run_from_command_line(main)
