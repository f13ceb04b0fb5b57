"""Held-out rows that know as little as the rows to predict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from tlhelpers import SingleTaskForest
from tlhelpers.table import held_out_warm

N = 200


class Echo(BaseEstimator):
    """Answers with the related label that it is told, and checks what it learned from."""

    uses_known = True

    def fit(self, X: pd.DataFrame, Y: pd.DataFrame) -> Echo:
        self.seen_ = Y
        return self

    def predict(self, X: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
        assert self.seen_.loc[known.index, "y"].isna().all()  # no target of a held-out row
        pd.testing.assert_frame_equal(self.seen_.loc[known.index, ["z"]], known)
        assert self.seen_["y"].notna().sum() == 100 - len(known)
        return known["z"]


@pytest.fixture
def table() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Half of the rows have y, all of these z; of the others one in ten."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.uniform(size=N)}, index=[f"row {i}" for i in range(N)])
    y = np.where(np.arange(N) < 100, X["x"] + 0.1 * rng.normal(size=N), np.nan)
    z = np.where((np.arange(N) < 100) | (np.arange(N) % 10 == 0), X["x"], np.nan)
    return X, pd.DataFrame({"y": y, "z": z}, index=X.index), np.arange(N) // 2


def test_each_labelled_row_is_held_out_once_with_its_own_labels(table):
    X, Y, groups = table
    found = held_out_warm(Echo(), X, Y, "y", groups)
    assert sorted(found.index) == sorted(X.index[:100])
    assert list(found) == ["truth", "prediction"]
    assert (found["truth"] == Y.loc[found.index, "y"]).all()
    assert (found["prediction"] == Y.loc[found.index, "z"]).all()


def test_held_out_rows_lose_what_the_rows_to_predict_lack(table):
    X, Y, groups = table
    told = [
        held_out_warm(Echo(), X, Y, "y", groups, same_holes=True, random_state=seed)["prediction"]
        for seed in range(20)
    ]
    assert 0.07 < pd.concat(told).notna().mean() < 0.13  # one in ten


def test_the_intervals_are_those_of_the_model(table):
    X, Y, groups = table
    found = held_out_warm(SingleTaskForest("y"), X, Y, "y", groups, coverage=0.8)
    assert (found["low"] < found["prediction"]).all() and (
        found["prediction"] < found["high"]
    ).all()
    assert 0.65 < found["truth"].between(found["low"], found["high"]).mean() < 0.95


def test_rows_of_one_name_are_held_out_by_place(table):
    X, Y, groups = table
    named = [frame.set_axis(np.arange(N) // 4, axis=0) for frame in (X, Y)]
    for how in ({}, {"same_holes": True}):
        found = held_out_warm(SingleTaskForest("y", n_estimators=5), *named, "y", groups, **how)
        apart = held_out_warm(SingleTaskForest("y", n_estimators=5), X, Y, "y", groups, **how)
        assert (found["truth"].to_numpy() == apart["truth"].to_numpy()).all() and len(found) == 100


def test_what_cannot_be_held_out_is_named(table):
    X, Y, groups = table
    with pytest.raises(ValueError, match="target 'w' is no column of Y"):
        held_out_warm(Echo(), X, Y, "w", groups)
    full, forest = Y.assign(y=X["x"]), SingleTaskForest("y", n_estimators=5)
    assert len(held_out_warm(forest, X, full, "y", groups)) == N
    with pytest.raises(ValueError, match="leave same_holes out"):
        held_out_warm(forest, X, full, "y", groups, same_holes=True)
    with pytest.raises(ValueError, match="number of groups"):
        held_out_warm(forest, X, full, "y", np.zeros(N))
