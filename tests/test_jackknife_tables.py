"""Tables about the jackknife: errors that cancel, and the noise of few trees."""

import numpy as np
import pytest
from sklearn.datasets import make_friedman1

import tlhelpers as tl
from tlhelpers.book import jackknife_by_trees, jackknife_of_difference

TRAINING = make_friedman1(30, noise=1.0, random_state=0)
QUERIES = make_friedman1(6, random_state=99)[0]


def test_the_first_trees_are_the_smaller_forest():
    large = tl.SingleTaskForest(n_estimators=60, random_state=3).fit(*TRAINING)
    small = tl.SingleTaskForest(n_estimators=20, random_state=3).fit(*TRAINING)
    table = jackknife_by_trees(large.tree_predictions(QUERIES), large.inbag_counts_, [20, 60])
    own = small.tree_predictions(QUERIES), small.inbag_counts_
    first = table[table["trees"] == 20]
    np.testing.assert_allclose(first["estimate"], tl.jackknife_variance(*own))
    np.testing.assert_allclose(first["raw"], tl.jackknife_variance(*own, "none"))
    assert list(table.columns) == ["trees", "query", "raw", "estimate", "monte_carlo_sd"]
    for sizes in ([61], []):
        with pytest.raises(ValueError, match="at most 60"):
            jackknife_by_trees(large.tree_predictions(QUERIES), large.inbag_counts_, sizes)


def test_jackknife_of_difference_knows_of_shared_errors():
    rng = np.random.default_rng(0)
    counts = rng.multinomial(20, np.full(20, 1 / 20), size=2000)
    common = counts @ rng.normal(size=20)
    trees = np.stack([common, common + 1.0, -common], axis=1)[None]
    same, opposite = (jackknife_of_difference(trees, counts, 0, b).iloc[0] for b in (1, 2))
    assert same["difference"] < 1e-6 and opposite["difference"] == pytest.approx(
        2 * opposite["std_a"]
    )
    assert opposite["independent"] == pytest.approx(np.hypot(opposite["std_a"], opposite["std_b"]))
    assert opposite["noise"] < 0.3
