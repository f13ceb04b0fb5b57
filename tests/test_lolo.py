"""On lolo's own bags and trees, the jackknife is the one that lolo computes.

The golden values are written by benchmarks/make_golden_lolo.py.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from tlhelpers import jackknife_variance


def read(case):
    """Return a case's tree predictions, bag counts, and lolo's two variances."""
    counts = np.array([[int(digit) for digit in bag] for bag in case["inbag_counts"]])
    lolo = [np.square(case[key]) for key in ("std_several", "std_one_by_one")]
    return np.array(case["tree_predictions"]), counts, *lolo


GOLDEN = {
    case["case"]: read(case)
    for case in json.loads(Path(__file__).with_name("golden_lolo.json").read_text("utf-8"))
}
IN_EVERY_BAG = [name for name, (_, counts, *_) in GOLDEN.items() if counts.all(axis=0).any()]


def ours(trees, counts, correction="size"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jackknife_variance(trees, counts, correction)


def row_noise(trees, counts):
    """Return the noise of a row that the correction takes from IJ, (n-1) S / (n B^2)."""
    n_trees, n = counts.shape
    return (n - 1) / n * trees.var(axis=1) / n_trees


@pytest.mark.parametrize("name", [name for name in GOLDEN if name not in IN_EVERY_BAG])
def test_equals_lolo(name):
    trees, counts, several, one_by_one = GOLDEN[name]
    scale = 2 * ours(trees, counts, "none")  # IJ + J
    difference = [abs(ours(trees, counts) - lolo) / scale for lolo in (several, one_by_one)]
    assert np.max(difference) < 1e-8


@pytest.mark.parametrize("name", IN_EVERY_BAG)
def test_row_in_every_bag(name):
    """Without an out-of-bag tree, J has no term for the row, and three rules exist.

    We keep half of its IJ and take off the noise as for any row. lolo's loops keep the whole IJ
    and take off the noise of IJ alone; its matrices leave half the squared mean in, a slip.
    """
    trees, counts, several, one_by_one = GOLDEN[name]
    always = counts.all(axis=0)
    n_trees, n = counts.shape
    centred = trees - trees.mean(axis=1, keepdims=True)
    covariance = centred @ (counts - counts.mean(axis=0)) / n_trees
    noise = row_noise(trees, counts)
    loops = (covariance[:, always] ** 2).sum(axis=1) / 2 + (np.e / 2 - 1) * noise * always.sum()
    matrices = (n - 1) / n * trees.mean(axis=1) ** 2 / 2 * always.sum()
    scale = 2 * ours(trees, counts, "none")
    assert np.max(abs(ours(trees, counts) + loops - one_by_one) / scale) < 1e-8
    assert np.max(abs(ours(trees, counts) + matrices - several) / scale) < 1e-8


def test_estimates_that_are_not_positive_are_covered():
    """Once from lolo's own forests (the largest score), once by hand (minus the smallest)."""
    low = {}
    for name, (trees, counts, *_) in GOLDEN.items():
        noise = np.e * counts.shape[1] * row_noise(trees, counts) / 2
        low[name] = np.count_nonzero(ours(trees, counts, "none") <= noise)
    assert low.pop("bags by hand: no score is positive") == 1
    assert sum(low.values()) >= 2
