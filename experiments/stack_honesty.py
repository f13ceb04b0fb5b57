"""Whether the stack and its members leak, and are as good with one of two related labels known.

    python experiments/stack_honesty.py [--tables N]

Three checks on artificial tables like those of `stack_worlds`, each with 100 labels; the last two
on half as many:

- "out of bag": the out-of-bag error over that on fresh rows, both against labels; 500 trees;
- "permuted labels": the out-of-fold R2 of labels that were dealt anew among their rows;
- "one of two known": the error with one of two related labels known, over that of the same model
  fitted to a table where the other one was never measured on a row with the target.

Writes a row a check, setting and model to data/results/stack_honesty.csv: the mean over tables (for
the ratios, of both errors), and its standard error.
"""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from sklearn.base import clone
from sklearn.metrics import root_mean_squared_error
from stack_worlds import NOISE, draw, waves
from tqdm import tqdm

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    StackedForest,
    cross_validate_transfer,
)
from tlhelpers.book.lab import LEARNED_SLOPE, lab_models

N_LABELS, N_ROWS = 100, 400
WORLD = "systematic error"


def out_of_bag(seed: int) -> list[dict]:
    """Compare the out-of-bag error with that on fresh rows."""
    (x, Y, _), (fresh, labels, _) = draw(WORLD, seed), draw(WORLD, 10_000 + seed)
    table, rows = Y.assign(y=Y["y"].where(Y.index < N_LABELS)), []
    for name, model in lab_models(500).items():
        model.set_params(random_state=seed).fit(x, table)
        inside = model.out_of_bag_prediction()[:N_LABELS]
        value = root_mean_squared_error(Y["y"][:N_LABELS], inside)
        beside = root_mean_squared_error(labels["y"], model.predict(fresh))
        rows.append({"setting": "cold", "model": name, "value": value, "beside": beside})
    return rows


def permuted(seed: int) -> list[dict]:
    """Predict labels that were dealt anew: there is nothing to learn."""
    x, Y, _ = draw(WORLD, seed)
    dealt = np.random.default_rng(seed).permutation(Y["y"][:N_LABELS])
    Y["y"] = pd.Series(dealt, index=Y.index[:N_LABELS])
    rows = []
    for setting in ("cold", "warm"):
        given = pd.DataFrame(x), Y
        options = {"setting": setting, "n_repeats": 1, "random_state": seed, "progress": False}
        scores = cross_validate_transfer(lab_models(100), *given, target="y", **options)
        for name, value in scores.groupby("model", sort=False)["r2"].mean().items():
            rows.append({"setting": setting, "model": name, "value": value, "beside": 1.0})
    return rows


def one_of_two(seed: int) -> list[dict]:
    """Ask with one of two related labels, beside a model that was grown for exactly that."""
    rng = np.random.default_rng([seed, 77])
    x = rng.uniform(size=(N_ROWS, 12))
    true = waves(x)
    a, b = true + 0.5 * waves(x[:, 4:8]), np.exp(0.7 * true) + 0.3 * x[:, 9]
    Y = pd.DataFrame({"y": true, "a": a, "b": b}) + NOISE * rng.normal(size=(N_ROWS, 3))
    test, rows = slice(300, None), []
    table = Y.assign(y=Y["y"].where(Y.index < N_LABELS))
    options = {"n_estimators": 100, "random_state": seed}
    two = ["a", "b"]
    asked = {
        "learned slope": DifferenceForest("y", two, **LEARNED_SLOPE, **options),
        "latent variable": LatentVariableForest("y", two, **options),
        "stack": StackedForest("y", two, **options),
    }
    for name, model in asked.items():
        for known, other in (two, two[::-1]):
            errors = []
            for labels in (table, table.assign(**{other: table[other].where(table["y"].isna())})):
                labels = labels.assign(**{other: labels[other].where(labels.index < 300)})
                fitted = clone(model).fit(x, labels)
                answer = fitted.predict(x[test], known=Y[[known]][test])
                errors.append(root_mean_squared_error(true[test], answer))
            value, beside = errors
            row = {"setting": f"{known} known", "model": name, "value": value, "beside": beside}
            rows.append(row)
    return rows


CHECKS: dict[str, Callable] = {
    "out of bag": out_of_bag,
    "permuted labels": permuted,
    "one of two known": one_of_two,
}


def compute(check: str, seeds: range) -> pd.DataFrame:
    """Run one check on many tables."""

    def quietly(seed: int) -> list[dict]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CHECKS[check](seed)

    done = Parallel(n_jobs=2, return_as="generator")(delayed(quietly)(seed) for seed in seeds)
    return pd.DataFrame([row for rows in tqdm(done, total=len(seeds), desc=check) for row in rows])


def summarize(found: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over tables and its standard error; of a ratio, by the delta method."""
    rows = []
    for case, table in found.groupby(["setting", "model"], sort=False):
        ratio = table["value"].mean() / table["beside"].mean()
        spread = (table["value"] - ratio * table["beside"]).std() / table["beside"].mean()
        rows.append((*case, len(table), ratio, spread / np.sqrt(len(table))))
    return pd.DataFrame(rows, columns=["setting", "model", "tables", "value", "se"])


def main(tables: int = 50) -> None:
    """Run every check that is missing, and write the table."""
    found = {}
    for check in CHECKS:
        size = tables if check == "out of bag" else tables // 2
        name = f"stack_honesty_{check}_{size}"
        found[check] = summarize(part(name, lambda c=check, n=size: compute(c, range(n))))
    table = pd.concat(found, names=["check"]).reset_index("check").round(4)
    table.to_csv(RESULTS / "stack_honesty.csv", index=False)
    print(f"stack_honesty.csv: {len(table)} rows")


if __name__ == "__main__":
    run_from_command_line(main)
