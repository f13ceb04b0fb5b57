"""The jackknife equals its definition, its noise is what it says, and its mean the truth."""

import warnings
from pathlib import Path

import jackknife_truth as truth
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_friedman1
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from tlhelpers import SingleTaskForest, forest_jackknife_variance, jackknife_variance
from tlhelpers.forests.jackknife import BagForm


def direct_rows(t, N, correction):
    """Return IJ + J and the corrected contribution of each training row, by plain loops."""
    n_trees, n = N.shape
    c = t - t.mean()
    S = (c**2).sum()
    terms, noise = np.zeros(n), 0.0
    for i in range(n):
        out = N[:, i] == 0
        C = sum((N[b, i] - N[:, i].mean()) * c[b] for b in range(n_trees)) / n_trees
        D = t[out].mean() - t.mean() if out.any() else 0.0
        terms[i] = C**2 + (n - 1) / n * D**2
        noise += N[:, i].var() + ((n - 1) / n * (n_trees / out.sum() - 1) if out.any() else 0)
    bias = {
        "none": 0.0,
        "size": np.e * (n - 1) * S / n_trees**2,
        "counts": noise * S / (n_trees * (n_trees - 1)),
    }[correction]
    return terms.sum(), (terms - bias / n) / 2


@settings(max_examples=30)
@given(
    st.integers(2, 12), st.integers(2, 40), st.integers(0, 10**6),
    st.sampled_from(["counts", "size", "none"]), st.sampled_from([1, 300]),
)  # fmt: skip
def test_equals_the_direct_sums(n, n_trees, seed, correction, times):
    rng = np.random.default_rng(seed)
    N = times * rng.multinomial(n, np.ones(n) / n, size=n_trees)
    assume((N != N[0]).any())  # equal bags are refused
    t = rng.normal(size=(3, n)) @ N.T + rng.normal(size=(3, n_trees))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        V = jackknife_variance(t, N, correction)
    for q in range(3):
        scale, rows = direct_rows(t[q], N, correction)
        expected = rows.sum()
        if abs(expected) < 1e-9 * scale:
            continue  # on the edge between the two rules
        if expected <= 0:
            expected = rows.max() if rows.max() > 0 else -rows.min()
        assert V[q] == pytest.approx(expected, rel=0, abs=1e-10 * scale) and V[q] >= 0


def low_estimates(t, N):
    """Return which estimates are not positive, the sums, and the contribution of every row."""
    (B, n), out = N.shape, N == 0
    c = t - t.mean(axis=1, keepdims=True)
    S, unseen = (c**2).sum(axis=1), np.maximum(out.sum(axis=0), 1)
    rows = (c @ (N - N.mean(axis=0)) / B) ** 2 + (n - 1) / n * (c @ out / unseen) ** 2
    seen = out.any(axis=0)
    bias = (N.var(axis=0) + seen * (n - 1) / n * (B / unseen - 1)).sum() * S / (B * (B - 1))
    low = rows.sum(axis=1) <= bias
    return low, (rows.sum(axis=1) - bias) / 2, (rows - bias[:, None] / n) / 2


@pytest.mark.parametrize(("B", "least"), [(4, 0.5), (12, 0.8), (40, 0.85)])
@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_the_short_search_with_few_trees(B, least):
    """Trees that ignore their bags; a row in every bag has no out-of-bag part."""
    rng, n = np.random.default_rng(0), 2**20 // B + 1
    N = np.stack([np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(B)])
    t = rng.normal(size=(24, B))
    low, _, rows = low_estimates(t, N)
    assert low.sum() > 3
    share = jackknife_variance(t, N)[low] / rows[low].max(axis=1)
    assert least < share.min() and share.max() < 1 + 1e-9


@pytest.mark.once
@pytest.mark.parametrize("where", ["new rows", "training rows"])
def test_the_short_search_finds_about_the_largest_row(where):
    """With more than a million bag counts; at a training row one row often decides."""
    rng, B, n = np.random.default_rng(0), 180, 6000
    X = rng.uniform(size=(n, 4))
    forest = SingleTaskForest(n_estimators=B, random_state=0)
    forest.fit(X, X[:, 0] + rng.normal(size=n))
    queries = X[:300] if where == "training rows" else rng.uniform(size=(300, 4))
    t, N = forest.tree_predictions(queries), forest.inbag_counts_
    with pytest.warns(UserWarning, match="trees at least"):
        V = jackknife_variance(t, N)
    low, estimates, rows = low_estimates(t, N)
    assert 50 < low.sum() < 250
    np.testing.assert_allclose(V[~low], estimates[~low], rtol=1e-9)
    share = V[low] / rows[low].max(axis=1)
    assert share.mean() > 0.98 and share.min() > 0.8 and share.max() < 1 + 1e-9


def test_reported_noise_is_the_noise_over_seeds():
    """Trees that ignore their bags: the estimate is zero in the mean, and scatters as it says."""
    rng = np.random.default_rng(0)
    N = rng.multinomial(100, np.ones(100) / 100, size=200).astype(float)
    t = rng.normal(size=(4000, 200))
    form = BagForm.of(N, "counts")
    c = t - t.mean(axis=1, keepdims=True)
    scale = (c**2).sum(axis=1)
    raw = form.shares(c).sum(axis=1) - form.bias * scale
    with pytest.warns(UserWarning, match="trees at least"):
        _, noise = jackknife_variance(t, N, return_monte_carlo_sd=True)
    assert abs(raw.mean()) < 4 * raw.std() / np.sqrt(len(t))
    assert np.median(noise) == pytest.approx(raw.std(), rel=0.05)
    assert 1 < noise.mean() / raw.std() < 1.1  # never below what chance alone does


@pytest.mark.once
def test_reported_noise_is_that_between_forests():
    """Of trees that follow their bags: one large forest is cut into many that share no tree."""
    X, y = make_friedman1(60, noise=1.0, random_state=0)
    queries, _ = make_friedman1(20, random_state=1000)
    forest = SingleTaskForest(n_estimators=24_000, random_state=0).fit(X, y)
    trees, bags = forest.tree_predictions(queries), forest.inbag_counts_
    for size in (400, 1600):
        cuts = [slice(start, start + size) for start in range(0, 24_000, size)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            found = [
                jackknife_variance(trees[:, cut], bags[cut], return_monte_carlo_sd=True)
                for cut in cuts
            ]
        estimates, said = map(np.array, zip(*found, strict=True))
        ratio = np.sqrt((said**2).mean(axis=0)) / estimates.std(axis=0, ddof=1)
        assert 0.95 < ratio.mean() < 1.3, size


def test_recovers_the_error_of_a_mean():
    """Each tree is the mean of its bag: the variance of the mean is known."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=100)
    N = rng.multinomial(100, np.ones(100) / 100, size=20_000)
    V = jackknife_variance((N @ y / 100)[None], N)
    assert V[0] == pytest.approx(y.var() / 100, rel=0.05)


def test_targets_are_treated_one_by_one():
    rng = np.random.default_rng(2)
    N = rng.multinomial(20, np.ones(20) / 20, size=500)
    t = rng.normal(size=(6, 20, 2)).transpose(0, 2, 1) @ N.T
    both = jackknife_variance(t.transpose(0, 2, 1), N)
    assert both.shape == (6, 2)
    np.testing.assert_allclose(both[:, 1], jackknife_variance(t[:, 1], N))


def test_scikit_learn_forest():
    rng = np.random.default_rng(3)
    X = rng.uniform(size=(60, 3))
    y = X[:, 0] + 0.1 * rng.normal(size=60)
    forest = RandomForestRegressor(1500, random_state=0, n_jobs=2).fit(X, y)
    V = forest_jackknife_variance(forest, X[:9])
    trees = np.stack([tree.predict(X[:9]) for tree in forest.estimators_], axis=1)
    N = np.stack([np.bincount(s, minlength=60) for s in forest.estimators_samples_])
    np.testing.assert_allclose(V, jackknife_variance(trees, N))


def test_a_warning_of_noise_is_of_the_line_that_asks():
    rng = np.random.default_rng(0)
    N = rng.multinomial(50, np.ones(50) / 50, size=5)
    with pytest.warns(UserWarning, match="from 5 trees is noisy") as said:
        jackknife_variance(rng.normal(size=(9, 5)), N)
    assert [Path(warning.filename).name for warning in said] == ["test_jackknife.py"]


def test_trees_that_all_predict_zero_have_no_variance():
    N = np.random.default_rng(0).multinomial(20, np.ones(20) / 20, size=30)
    np.testing.assert_array_equal(jackknife_variance(np.zeros((2, 30)), N), 0)


def test_errors():
    N = np.ones((4, 5))
    with pytest.raises(ValueError, match="correction"):
        jackknife_variance(np.zeros((1, 4)), N, "sqrt")
    with pytest.raises(ValueError, match="4 trees"):
        jackknife_variance(np.zeros((1, 5)), N)
    with pytest.raises(ValueError, match="inbag_counts"):
        jackknife_variance(np.zeros((1, 4)), N[0])
    for bad in (-1, np.nan, np.inf):
        with pytest.raises(ValueError, match="inbag_counts holds NaN, infinity or a negative"):
            jackknife_variance(np.zeros((1, 4)), np.where(np.eye(4, 5) > 0, bad, N))
    with pytest.raises(ValueError, match="NaN"):
        jackknife_variance(np.full((1, 4), np.nan), N)
    with pytest.raises(TypeError, match="RandomForestRegressor"):
        forest_jackknife_variance(RandomForestClassifier(), [[0.0]])
    forest = RandomForestRegressor(5, bootstrap=False).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ValueError, match="without bootstrap"):
        forest_jackknife_variance(forest, [[0.0]])


CASES = [*truth.CASES, *truth.BEYOND]


@pytest.fixture(scope="module")
def estimates():
    """Return the estimates of each of 25 training sets, for which equal forests are grown once."""
    return [truth.estimates(CASES, seed, seed, n_trees=1000) for seed in range(25)]


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_mean_estimate_is_the_variance_over_training_sets(estimates, case):
    """A small form of experiments/jackknife_truth.py, where the ratios are near one."""
    first = [found[case] for found in estimates]
    rows = truth.summary(case, first, first[:1], n_trees=1000)
    assert all(0.7 < row["jackknife / truth"] < 1.5 for row in rows)
