"""Artificial worlds: what the simulations of the chapters measure."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_friedman1

import tlhelpers as tl
from tlhelpers.jackknife import jackknife_by_trees
from tlhelpers.lab_explorers import jackknife_explorer
from tlhelpers.synthetic import repeat_training


def draw(seed):
    return make_friedman1(30, noise=1.0, random_state=seed)


QUERIES = make_friedman1(6, random_state=99)[0]


def test_the_first_trees_are_the_smaller_forest():
    large = tl.SingleTaskForest(n_estimators=60, random_state=3).fit(*draw(0))
    small = tl.SingleTaskForest(n_estimators=20, random_state=3).fit(*draw(0))
    table = jackknife_by_trees(large.tree_predictions(QUERIES), large.inbag_counts_, [20, 60])
    own = small.tree_predictions(QUERIES), small.inbag_counts_
    first = table[table["trees"] == 20]
    np.testing.assert_allclose(first["estimate"], tl.jackknife_variance(*own))
    np.testing.assert_allclose(first["raw"], tl.jackknife_variance(*own, "none"))
    assert list(table.columns) == ["trees", "query", "raw", "estimate", "monte_carlo_sd"]
    for sizes in ([61], []):
        with pytest.raises(ValueError, match="at most 60"):
            jackknife_by_trees(large.tree_predictions(QUERIES), large.inbag_counts_, sizes)


@pytest.mark.filterwarnings("error")
def test_repeated_training_gives_each_set_its_own_forest():
    model = tl.SingleTaskForest(n_estimators=20)
    runs = repeat_training(model, draw, QUERIES, n_sets=4, n_jobs=2)
    assert runs.groupby("set")["query"].count().tolist() == [6] * 4
    third = tl.SingleTaskForest(n_estimators=20, random_state=2).fit(*draw(2))
    np.testing.assert_allclose(runs.loc[runs["set"] == 2, "prediction"], third.predict(QUERIES))
    assert (runs["std"] > 0).all()
    pd.testing.assert_frame_equal(runs, repeat_training(model, draw, QUERIES, n_sets=4))


def test_jackknife_explorer_says_when_an_error_bar_is_noise():
    explorer = jackknife_explorer(*draw(0), QUERIES, sizes=[10, 1500], unit="a.u.")
    assert "may not be shown" in explorer.at(trees=10).readout
    assert "may be shown" in explorer.at(trees=1500).readout
    estimates, noise = explorer.at(trees=1500).panels
    assert len(estimates.series) == 2 and all(len(s.x) == 6 for s in estimates.series)
    assert estimates.ylabel == "estimated variance (a.u.²)" and noise.series[-1].emphasis
