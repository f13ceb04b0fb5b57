"""Predictions and jackknife variances of every forest on a tiny table stay what they were.

golden_forests.csv holds them. Where they are meant to change, write it anew and say why in the
commit:

    python tests/test_golden_forests.py
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    StackedForest,
)

GOLDEN = Path(__file__).with_name("golden_forests.csv")
MODELS = {
    "single-task": SingleTaskForest("y"),
    "single-task, two targets": SingleTaskForest(["y", "z"]),
    "single-task, class": SingleTaskForest("c"),
    "multi-task": MultiTaskForest("y"),
    "multi-task, class": MultiTaskForest("c", task_weights={"y": 2.0}),
    "latent variable": LatentVariableForest("y", ["z", "c"]),
    "latent variable, class": LatentVariableForest("c", ["z", "y"]),
    "difference": DifferenceForest("y", "z"),
    "difference, learned slope": DifferenceForest("y", "z", slope="learned", base_as_feature=True),
    "pooled": PooledForest("y", "z"),
    "pooled, flag": PooledForest("y", "z", source_flag=True),
    "stack": StackedForest("y"),
    "stack, class": StackedForest("c", ["y", "z"]),
}


def make_table() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return features and labels with holes; the last six rows are asked."""
    rng = np.random.default_rng(20261126)
    X = pd.DataFrame(rng.uniform(size=(46, 3)), columns=["a", "b", "d"])
    z = 3 * X["a"] + X["b"] + 0.1 * rng.normal(size=46)
    Y = pd.DataFrame({"y": 1.2 * z + X["d"] + 0.1 * rng.normal(size=46), "z": z})
    Y["c"] = np.where(Y["y"] > 2.4, "high", "low")
    Y.loc[:14, "y"] = np.nan
    Y.loc[10:19, "c"] = None
    Y.loc[Y.index[::5], "z"] = np.nan
    return X, Y


def ask(name: str, n_jobs: int | None = None) -> pd.DataFrame:
    """Return what a model says of the last six rows, with nothing known of them and with z."""
    X, Y = make_table()
    model = MODELS[name].set_params(n_estimators=60, random_state=7, n_jobs=n_jobs)
    weight, groups = np.linspace(1, 2, 40), np.arange(40) // 2
    model.fit(X[:40], Y[:40], sample_weight=weight, groups=groups)
    tables = []
    for known in [None, Y[["z"]][40:]] if model.uses_known else [None]:
        mean, error = model.predict(X[40:], known, return_std=True)
        for target in model.targets_:
            several = len(model.targets_) > 1
            found = {"prediction": mean[target] if several else mean}
            if hasattr(model, "classes_"):
                found["prediction"] = model.predict_proba(X[40:], known)[:, 0]
            found["variance"] = (error[target] if several else error) ** 2
            where = {"model": name, "target": target, "known": "" if known is None else "z"}
            tables.append(pd.DataFrame(found).assign(**where, row=range(40, 46)))
    keys = ["model", "target", "known", "row"]
    return pd.concat(tables).set_index(keys)[["prediction", "variance"]]


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("name", MODELS)
def test_a_forest_says_what_it_said(name, n_jobs):
    golden = pd.read_csv(
        GOLDEN, keep_default_na=False, index_col=["model", "target", "known", "row"]
    )
    pd.testing.assert_frame_equal(ask(name, n_jobs), golden.loc[[name]], rtol=1e-9, atol=0)


if __name__ == "__main__":
    pd.concat(map(ask, MODELS)).to_csv(GOLDEN, float_format="%.17g", lineterminator="\n")
