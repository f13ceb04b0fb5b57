"""Tests of the forest engine against definitions: brute force, hand-made tables, invariances."""

import itertools
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import warnings

import joblib
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tlhelpers import SingleTaskForest
from tlhelpers.forests._engine import engine as engine_module
from tlhelpers.forests._engine import trees as trees_module
from tlhelpers.forests._engine.caching import OPTIONS
from tlhelpers.forests._engine.encoding import N_BINS, bin_features
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests._engine.nodes import IS_COMPILED, Tree, moment_of, weight_of
from tlhelpers.forests._engine.threads import count_threads, run_in_threads, share_out
from tlhelpers.forests.bags import draw_bags

ALL = dict(max_features=None)


def make_table(seed, n=40, p=4, n_classes=(0, 0, 3), holes=0.4, ties=False):
    """Make features and labels with holes; every task keeps at least two labels."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    if ties:
        X = np.round(X)
    labels = np.empty((n, len(n_classes)))
    for t, k in enumerate(n_classes):
        signal = X @ rng.normal(size=p) + rng.normal(size=n)
        labels[:, t] = np.digitize(signal, np.linspace(-1, 1, k - 1)) if k else 10**t * signal
        labels[rng.permutation(n)[: int(t > 0) * int(holes * n)], t] = np.nan
    return X, labels, np.array(n_classes)


def fit(X, labels, n_classes, bags=None, *, engine=ALL, n_trees=20, seed=0, **kwargs):
    """Fit an engine; the default bags are bootstrap samples."""
    X, labels = np.asarray(X, float), np.asarray(labels, float)
    if bags is None:
        bags = draw_bags(~np.isnan(labels), n_trees, seed)
    return ForestEngine(**engine).fit(X, labels, n_classes, bags, seed=seed, **kwargs)


# ---------------------------------------------------------------- a tree from the definitions


class Oracle:
    """Check a grown tree node by node against a search over every split, in plain Python."""

    def __init__(self, X, labels, n_classes, bag, voice, weight, min_samples_leaf=1, max_depth=99):
        self.X, self.n_classes, self.voice = X, n_classes, voice
        self.weight = bag * weight
        self.known = ~np.isnan(labels) & (self.weight > 0)[:, None]
        self.min_samples_leaf, self.max_depth = min_samples_leaf, max_depth
        self.labels = labels.copy()
        self.raw = labels
        self.tasks = range(len(n_classes))
        self.importances = np.zeros((X.shape[1], len(n_classes)))
        for t in self.tasks:
            if n_classes[t] == 0:
                y, w = labels[self.known[:, t], t], self.weight[self.known[:, t]]
                mean = np.average(y, weights=w)
                spread = np.sqrt(np.average((y - mean) ** 2, weights=w))
                self.labels[:, t] = (labels[:, t] - mean) / (spread if spread > 1e-6 else np.inf)

    def impurity(self, rows, t):
        rows = rows[self.known[rows, t]]
        w, y = self.weight[rows], self.labels[rows, t]
        if rows.size == 0:
            return 0.0
        if self.n_classes[t]:
            return w.sum() - sum(w[y == k].sum() ** 2 for k in np.unique(y)) / w.sum()
        return (w * y**2).sum() - (w * y).sum() ** 2 / w.sum()

    def value(self, rows, t):
        rows = rows[self.known[rows, t]]
        w, y = self.weight[rows], self.raw[rows, t]
        if self.n_classes[t]:
            return np.array([w[y == k].sum() for k in range(self.n_classes[t])]) / w.sum()
        return (w * y).sum() / w.sum()

    def is_open(self, rows, t):
        y = self.raw[rows[self.known[rows, t]], t]
        return y.size > self.min_samples_leaf and np.unique(y).size > 1

    def loss(self, parts, tasks):
        return sum(self.voice[t] * self.impurity(part, t) for part in parts for t in tasks)

    def splits(self, rows):
        for f in range(self.X.shape[1]):
            x = self.X[rows, f]
            for low, high in itertools.pairwise(np.unique(x)):
                left = x <= low
                if min(left.sum(), (~left).sum()) >= self.min_samples_leaf:
                    yield f, (low + high) / 2, rows[left], rows[~left]

    def check(self, tree, node, rows=None, depth=0):
        """Assert that the node is what the definitions say, then its children."""
        rows = np.flatnonzero(self.known.any(axis=1)) if rows is None else rows
        heard = [t for t in self.tasks if self.is_open(rows, t) and self.voice[t] > 0]
        splits = list(self.splits(rows)) if heard and depth < self.max_depth else []
        if not splits:
            assert tree.child[node] == node
            return
        best = min(self.loss([left, right], heard) for _, _, left, right in splits)
        f, threshold = tree.feature[node], tree.threshold[node]
        assert tree.child[node] != node
        same = [s for s in splits if s[0] == f and np.isclose(s[1], threshold, rtol=1e-12)]
        assert len(same) == 1, "the threshold is not midway between two values of the node"
        left, right = same[0][2:]
        assert_allclose(self.loss([left, right], heard), best, atol=1e-9 * self.weight.sum())
        for t in self.tasks:
            gain = self.impurity(rows, t) - self.impurity(left, t) - self.impurity(right, t)
            if self.is_open(rows, t):
                self.importances[f, t] += gain / self.weight[self.known[:, t]].sum()
        self.check(tree, tree.child[node], left, depth + 1)
        self.check(tree, tree.child[node] + 1, right, depth + 1)

    def predict(self, tree, node, x, t):
        """Walk the joint tree from its root as the view of task t is defined."""
        rows = np.flatnonzero(self.known.any(axis=1))
        while tree.child[node] != node and self.is_open(rows, t):
            goes_left = self.X[rows, tree.feature[node]] <= tree.threshold[node]
            left, right = rows[goes_left], rows[~goes_left]
            follow_left = x[tree.feature[node]] <= tree.threshold[node]
            if not self.known[left, t].any():
                follow_left = False
            elif not self.known[right, t].any():
                follow_left = True
            node, rows = (tree.child[node], left) if follow_left else (tree.child[node] + 1, right)
        return self.value(rows, t)


CASES = {
    "one task": dict(n_classes=(0,)),
    "two classes": dict(n_classes=(2,)),
    "one task, ties": dict(n_classes=(0,), ties=True),
    "five classes, ties": dict(n_classes=(5,), ties=True),
    "holes": dict(n_classes=(0, 0), holes=0.75),
    "mixed, holes": dict(n_classes=(0, 3, 0), holes=0.5),
    "mixed, ties": dict(n_classes=(2, 0, 0), ties=True, holes=0.6),
}
SETTINGS = [dict(), dict(min_samples_leaf=3), dict(max_depth=3)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_brute_force(case, setting, weighted, monkeypatch):
    seen = []
    original = trees_module.view_trees

    def spy(tree, *args):
        seen.append(tree)
        return original(tree, *args)

    monkeypatch.setattr(trees_module, "view_trees", spy)
    for seed in range(3):
        X, labels, n_classes = make_table(seed, **CASES[case])
        rng = np.random.default_rng(seed)
        weight = rng.uniform(0.2, 3, len(X)) if weighted else np.ones(len(X))
        weight[:2] = 0 if weighted else 1
        voice = rng.uniform(0.2, 3, len(n_classes)) if weighted else np.ones(len(n_classes))
        bags = draw_bags(~np.isnan(labels) & (weight > 0)[:, None], 2, seed)
        seen.clear()
        engine = fit(
            X,
            labels,
            n_classes,
            bags,
            engine=ALL | setting,
            sample_weight=weight if weighted else None,
            task_weights=voice if weighted else None,
        )
        queries = np.vstack([X, rng.normal(size=(20, X.shape[1]))])
        importances = []
        for b, root in enumerate(engine._roots):
            oracle = Oracle(X, labels, n_classes, bags[b], voice, weight, **setting)
            oracle.check(seen[0], root)
            importances.append(oracle.importances)
            for t in range(len(n_classes)):
                expected = [oracle.predict(seen[0], root, x, t) for x in queries]
                assert_allclose(engine.tree_values(queries, t)[b], expected, atol=1e-9)
        assert_allclose(engine.importances, np.mean(importances, axis=0), atol=1e-9)


def test_trees_that_are_seen_part_by_part_are_the_same(monkeypatch):
    X, labels, n_classes = make_table(0, **CASES["mixed, holes"])
    whole = fit(X, labels, n_classes, n_trees=5)
    monkeypatch.setattr(trees_module, "_MANY_NODES", 1)  # each tree is a part
    parts = fit(X, labels, n_classes, n_trees=5)
    assert_array_equal(whole._roots, parts._roots)
    for t in range(len(n_classes)):
        assert_array_equal(whole.tree_values(X, t), parts.tree_values(X, t))


@pytest.mark.parametrize("min_samples_leaf", [1, 4])
def test_one_tree_is_scikit_learns(min_samples_leaf):
    X, labels, _ = make_table(3, n=150, p=1, n_classes=(0, 3), holes=0)
    bags = draw_bags(~np.isnan(labels), 1, 0)
    queries = np.linspace(-4, 4, 500)[:, None]
    setting = dict(min_samples_leaf=min_samples_leaf)
    for t, peer in enumerate([DecisionTreeRegressor(**setting), DecisionTreeClassifier(**setting)]):
        engine = fit(X, labels[:, [t]], [3 * t], bags, engine=ALL | setting)
        peer.fit(X, labels[:, t], sample_weight=bags[0])
        expected = peer.predict_proba(queries) if t else peer.predict(queries)
        assert_allclose(engine.tree_values(queries, 0)[0], expected, atol=1e-6)


def test_forest_is_as_accurate_as_scikit_learns():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(1000, 6))
    y = np.sin(6 * X[:, 0]) + 2 * X[:, 1] * X[:, 2] + 0.3 * rng.normal(size=1000)
    errors = []
    for seed in range(4):
        setting = dict(max_features=1 / 3, min_samples_leaf=2)
        ours = fit(X[:500], y[:500, None], [0], engine=setting, n_trees=100, seed=seed)
        peer = RandomForestRegressor(100, random_state=seed, n_jobs=2, **setting)
        peer.fit(X[:500], y[:500])
        errors.append(
            [np.std(m - y[500:]) for m in (ours.predict(X[500:], 0), peer.predict(X[500:]))]
        )
    ours, theirs = np.mean(errors, axis=0)
    assert ours < 1.03 * theirs


# ---------------------------------------------------------------------- hand-made tables: views

NAN = np.nan
X4 = np.arange(4.0)[:, None]
ONES = np.ones((1, 4), int)


def test_view_follows_the_only_child_with_labels():
    labels = np.array([[0, NAN], [0, NAN], [9, 5], [9, 7]])
    engine = fit(X4, labels, [0, 0], ONES)
    # The root splits at 1.5 for task 0; task 1 has labels on the right only.
    assert_array_equal(engine.predict(X4, 0), [0, 0, 9, 9])
    assert_allclose(engine.predict(X4, 1), [5, 5, 5, 7])


def test_view_stops_where_it_has_one_label_left():
    labels = np.array([[0, NAN], [1, 4], [2, NAN], [9, NAN]])
    engine = fit(X4, labels, [0, 0], ONES)
    assert_allclose(engine.predict(X4, 0), [0, 1, 2, 9])
    assert_allclose(engine.predict(X4, 1), [4, 4, 4, 4])


def test_view_stops_at_the_leaf_minimum():
    # Task 1 has two labels, no more than the leaf minimum: it is settled in the root.
    labels = np.array([[0, 4], [0, NAN], [9, NAN], [9, 8]])
    engine = fit(X4, labels, [0, 0], ONES, engine=ALL | dict(min_samples_leaf=2))
    assert_allclose(engine.predict(X4, 0), [0, 0, 9, 9])
    assert_allclose(engine.predict(X4, 1), [6, 6, 6, 6])
    assert engine.importances[0, 1] == pytest.approx(0)


def test_one_class_only_and_a_constant_label():
    labels = np.array([[0, 3, 0], [0, 3, 1], [0, 3, 2], [0, 3, 3]])
    engine = fit(X4, labels, [2, 0, 0], ONES)
    assert_array_equal(engine.predict(X4, 0), [[1, 0]] * 4)
    assert_array_equal(engine.predict(X4, 1), [3] * 4)
    assert_allclose(engine.predict(X4, 2), [0, 1, 2, 3])
    assert_array_equal(engine.importances[:, :2], [[0, 0]])


def test_three_tasks_none_of_which_share_a_row():
    X = np.arange(6.0)[:, None]
    labels = np.full((6, 3), NAN)
    labels[[0, 3], 0] = 1, 2
    labels[[1, 4], 1] = 0, 1
    labels[[2, 5], 2] = 30, 40
    engine = fit(X, labels, [0, 2, 0], np.ones((1, 6), int))
    # 2.5 is the only cut that separates the labels of all three tasks.
    assert_allclose(engine.predict(X, 0), [1, 1, 1, 2, 2, 2])
    assert_allclose(engine.predict(X, 1)[:, 1], [0, 0, 0, 1, 1, 1])
    assert_allclose(engine.predict(X, 2), [30, 30, 30, 40, 40, 40])
    assert_allclose(engine.importances, [[1, 0.5, 1]])


def test_no_feature_splits():
    engine = fit(np.zeros((4, 2)), [[0], [1], [2], [3]], [0], ONES)
    assert_allclose(engine.predict(np.ones((3, 2)), 0), 1.5)


def test_looks_past_constant_features_until_a_split_is_found():
    X = np.zeros((4, 50))
    X[:, 33] = np.arange(4)
    labels = np.array([[0], [1], [5], [6]])
    engine = fit(X, labels, [0], np.ones((20, 4), int), engine=dict(max_features=1))
    assert_allclose(engine.tree_values(X, 0), np.tile([0, 1, 5, 6], (20, 1)), atol=1e-12)


def test_silent_task_follows_the_others():
    labels = np.array([[0, 1], [0, 2], [9, 3], [9, 4]])
    engine = fit(X4, labels, [0, 0], ONES, task_weights=[1, 0])
    assert_allclose(engine.predict(X4, 1), [1.5, 1.5, 3.5, 3.5])


# ------------------------------------------------------------------------------ bags and bins


def test_bags_hold_every_task_and_leave_every_row_out_once():
    labelled = np.zeros((60, 3), bool)
    labelled[:, 0] = labelled[:3, 1] = labelled[7, 2] = True  # row 7 must be in every bag
    bags = draw_bags(labelled, 80, 1)
    assert bags.shape == (80, 60)
    assert_array_equal(bags.sum(axis=1), 60)
    assert ((bags @ labelled) > 0).all()
    assert_array_equal(np.flatnonzero((bags > 0).all(axis=0)), [7])
    assert_array_equal(bags, draw_bags(labelled, 80, 1))
    assert_array_equal(bags[:30], draw_bags(labelled, 30, 1))
    assert (bags != draw_bags(labelled, 80, 2)).any()


def test_bags_that_cannot_be():
    with pytest.raises(ValueError, match="task 1 has no label"):
        draw_bags(np.array([[True, False]] * 3), 2, 0)
    with pytest.raises(ValueError, match="10,000 bags hold no label of task 0 or another"):
        draw_bags(np.eye(30, dtype=bool), 1, 0)  # a bag of all rows, one in 10^12
    with pytest.raises(ValueError, match="bag 0 holds no label of task 0"):
        fit(X4, [[1], [NAN], [2], [3]], [0], np.array([[0, 4, 0, 0]]))


def test_bags_are_drawn_again_for_rows_in_every_bag_but_a_single_bag_is_plain():
    labelled = np.ones((50, 1), bool)
    shares = [
        [draw_bags(labelled, n, seed).all(axis=0).mean() for seed in range(60)] for n in (1, 2)
    ]
    in_one = 1 - (1 - 1 / 50) ** 50  # of a plain bootstrap
    assert abs(np.mean(shares[0]) - in_one) < 0.02 and np.mean(shares[1]) < in_one**2 - 0.04


@pytest.mark.parametrize("n_distinct", [1, 2, 255, 256, 257, 3000])
def test_bins_are_ordered_and_disjoint(n_distinct):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n_distinct)[rng.integers(n_distinct, size=4000)]
    x[rng.random(x.size) < 0.3] = x[0]
    bins, n_bins, lowest, highest = bin_features(x[:, None])
    used = np.unique(bins)
    lowest, highest = lowest[0], highest[0]
    assert_array_equal(used, np.arange(n_bins[0]))
    assert (lowest[bins[:, 0]] <= x).all() and (x <= highest[bins[:, 0]]).all()
    assert (highest[: used.size - 1] < lowest[1 : used.size]).all()
    n_values = np.unique(x).size
    assert used.size == n_values if n_values <= N_BINS else used.size > 200
    assert lowest[bins[0, 0]] == highest[bins[0, 0]] == x[0], "a frequent value has its own bin"


def test_a_frequent_lowest_value_has_the_first_bin():
    x = np.append(np.zeros(100), np.arange(1.0, 401))
    bins, _, lowest, highest = bin_features(x[:, None])
    assert (bins[:100] == 0).all() and (bins[100:] > 0).all()
    assert lowest[0, 0] == highest[0, 0] == 0


def test_a_pair_is_a_weight_and_a_moment_in_python_too():
    assert [part(5 << 8 | 3, 8) for part in (weight_of, moment_of)] == [3, 5]
    assert [part(-(5 << 8) + 3, 8) for part in (weight_of, moment_of)] == [3, -5]
    assert [part(3.5 + 5j, 0) for part in (weight_of, moment_of)] == [3.5, 5.0]


def test_the_features_drawn_are_those_of_a_forest():
    assert ForestEngine().max_features == SingleTaskForest().max_features == 1 / 3


# ----------------------------------------------------------------- threads, processes, storage


def predictions(engine, X):
    n_tasks = engine.importances.shape[1]
    return np.hstack([engine.predict(X, t).reshape(len(X), -1) for t in range(n_tasks)])


def test_same_result_for_any_n_jobs():
    X, labels, n_classes = make_table(0, n=700)
    results, bags = [], draw_bags(~np.isnan(labels), 20, 0)
    for n_jobs in (1, 2, 3, None):
        engine = fit(X, labels, n_classes, bags, engine=dict(max_features=0.5, n_jobs=n_jobs))
        oob = [engine.oob_predict(X, t, bags).ravel() for t in range(3)]
        results.append(np.concatenate([predictions(engine, X).ravel(), *oob]))
        results[-1] = np.append(results[-1], engine.importances)
    for other in results[1:]:
        assert_array_equal(results[0], other)


def test_two_forests_at_once():
    X, labels, n_classes = make_table(1, n=300)
    expected = predictions(fit(X, labels, n_classes), X)
    results = {}

    def work(name):
        for _ in range(3):
            results[name] = predictions(fit(X, labels, n_classes, engine=ALL | dict(n_jobs=2)), X)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    [t.start() for t in threads]
    [t.join(timeout=60) for t in threads]
    assert_array_equal(results["a"], expected)
    assert_array_equal(results["b"], expected)


def _fit_and_predict(seed):
    X, labels, n_classes = make_table(seed, n=200)
    return predictions(fit(X, labels, n_classes, engine=ALL | dict(n_jobs=2)), X)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_fit_in_a_forked_child():
    expected = _fit_and_predict(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork in a process with threads
        with multiprocessing.get_context("fork").Pool(2) as pool:
            for result in pool.map_async(_fit_and_predict, [2, 2]).get(timeout=60):
                assert_array_equal(result, expected)


def test_pickle_round_trip():
    X, labels, n_classes = make_table(4)
    engine = fit(X, labels, n_classes)
    again = pickle.loads(pickle.dumps(engine))
    assert_array_equal(predictions(engine, X), predictions(again, X))


def test_inputs_are_not_changed_and_any_layout_works():
    X, labels, n_classes = make_table(5)
    copies = X.copy(), labels.copy()
    expected = predictions(fit(X, labels, n_classes), X)
    assert_array_equal(X, copies[0])
    assert_array_equal(labels, copies[1])
    strided = np.asfortranarray(np.repeat(X, 2, axis=1))[:, ::2]
    labels.flags.writeable = strided.flags.writeable = False
    assert_array_equal(predictions(fit(strided, labels, n_classes), strided), expected)


# ---------------------------------------------------------------------------------- properties

tables = st.builds(
    make_table,
    st.integers(0, 10**6),
    n=st.integers(5, 60),
    p=st.integers(1, 5),
    n_classes=st.lists(st.sampled_from([0, 0, 2, 3]), min_size=1, max_size=3),
    holes=st.floats(0, 0.6),
    ties=st.booleans(),
)
quick = settings(max_examples=25)


@quick
@given(tables, st.integers(1, 4))
def test_predictions_stay_within_the_labels(table, min_samples_leaf):
    X, labels, n_classes = table
    engine = fit(X, labels, n_classes, engine=dict(min_samples_leaf=min_samples_leaf), n_trees=5)
    queries = np.random.default_rng(0).normal(scale=3, size=(30, X.shape[1]))
    for t, k in enumerate(n_classes):
        values = engine.tree_values(queries, t)
        assert_allclose(values.mean(axis=0), engine.predict(queries, t), rtol=1e-12, atol=1e-12)
        if k:
            assert_allclose(values.sum(axis=-1), 1, rtol=1e-12)
            assert values.min() >= 0
        else:
            low, high = np.nanmin(labels[:, t]), np.nanmax(labels[:, t])
            slack = 1e-9 * (high - low)
            assert low - slack <= values.min() and values.max() <= high + slack


@quick
@given(tables)
def test_row_order_does_not_matter(table):
    X, labels, n_classes = table
    rng = np.random.default_rng(0)
    bags, weight = draw_bags(~np.isnan(labels), 5, 0), rng.uniform(0.5, 2, len(X))
    order = rng.permutation(len(X))
    first = fit(X, labels, n_classes, bags, sample_weight=weight)
    second = fit(X[order], labels[order], n_classes, bags[:, order], sample_weight=weight[order])
    assert_allclose(predictions(first, X), predictions(second, X), rtol=1e-9, atol=1e-9)


@quick
@given(tables)
def test_a_duplicate_row_is_a_row_of_weight_two(table):
    X, labels, n_classes = table
    bags, twice = draw_bags(~np.isnan(labels), 5, 0), [0, 1, 2]
    weight = np.ones(len(X))
    weight[twice] = 2
    first = fit(X, labels, n_classes, bags, sample_weight=weight)
    second = fit(
        np.vstack([X, X[twice]]),
        np.vstack([labels, labels[twice]]),
        n_classes,
        np.hstack([bags, bags[:, twice]]),
    )
    assert_allclose(predictions(first, X), predictions(second, X), rtol=1e-9, atol=1e-9)


def test_equal_scores_of_several_tasks_are_a_tie_whatever_their_rounding():
    """Splits that serve one task or the other as well: the first stays, in either encoding."""
    X, labels, n_classes = make_table(116676, n=11, p=5, n_classes=[2, 0, 3], holes=0.35)
    bags, twice = draw_bags(~np.isnan(labels), 5, 0), [0, 1, 2]
    weight = np.ones(len(X))
    weight[twice] = 2
    first = fit(X, labels, n_classes, bags, sample_weight=weight)
    rows = [*range(len(X)), *twice]
    second = fit(X[rows], labels[rows], n_classes, bags[:, rows])
    assert_allclose(predictions(first, X), predictions(second, X), rtol=1e-9, atol=1e-9)


@quick
@given(tables)
def test_only_the_order_of_a_feature_matters(table):
    X, labels, n_classes = table
    bags, other = np.ones((3, len(X)), int), np.exp(X) + X**3  # monotone
    first, second = fit(X, labels, n_classes, bags), fit(other, labels, n_classes, bags)
    # A threshold lies midway between two labelled rows: one without the label may change sides.
    whole = ~np.isnan(labels).any(axis=1)
    assert_array_equal(predictions(first, X)[whole], predictions(second, other)[whole])


@quick
@given(tables, st.integers(1, 12))
def test_out_of_bag_is_the_explicit_sum(table, n_trees):
    X, labels, n_classes = table
    bags = draw_bags(~np.isnan(labels), n_trees, 0)
    engine = fit(X, labels, n_classes, bags)
    for t in range(len(n_classes)):
        values, oob = engine.tree_values(X, t), engine.oob_predict(X, t, bags)
        for i in range(len(X)):
            unseen = values[bags[:, i] == 0, i]
            expected = unseen.mean(axis=0) if len(unseen) else np.full(oob[i].shape, NAN)
            assert_allclose(oob[i], expected, rtol=1e-9, atol=1e-9)


def test_out_of_bag_of_more_values_than_bins():
    X, labels, n_classes = make_table(0, n=600)
    bags = draw_bags(~np.isnan(labels), 30, 0)
    engine = fit(X, labels, n_classes, bags)
    for t in range(len(n_classes)):
        values, oob = engine.tree_values(X, t), engine.oob_predict(X, t, bags)
        for i in range(len(X)):
            assert_allclose(oob[i], values[bags[:, i] == 0, i].mean(axis=0), atol=1e-9)


def test_chunks_change_nothing(monkeypatch):
    X, labels, n_classes = make_table(0, n=600)
    bags = draw_bags(~np.isnan(labels), 20, 0)
    engine = fit(X, labels, n_classes, bags)

    def answers():
        oob = [engine.oob_predict(X, t, bags) for t in range(3)]
        return [engine.predict(X, t) for t in range(3)] + oob

    whole = answers()
    monkeypatch.setattr(engine_module, "_CHUNK", 1000)
    for a, b in zip(whole, answers(), strict=True):
        assert_array_equal(a, b)


def test_a_query_alone_is_what_it_is_among_others():
    X, labels, n_classes = make_table(0, n=60)
    engine = fit(X, labels, n_classes, n_trees=300)
    for t in range(3):
        alone = np.concatenate([engine.predict(x[None], t) for x in X])
        assert_array_equal(alone, engine.predict(X, t))


# ---------------------------------------------------------------- units, draws, thresholds


@pytest.mark.parametrize("scale", [1e-12, 1e12, 1e60])
def test_the_unit_of_a_label_does_not_matter(scale):
    X, labels, n_classes = make_table(0)
    expected, other = (fit(X, labels * [unit, 1, 1], n_classes) for unit in (1, scale))
    assert_allclose(other.predict(X, 0) / scale, expected.predict(X, 0), rtol=1e-9)
    assert_allclose(other.predict(X, 1), expected.predict(X, 1), rtol=1e-9)


def test_labels_far_from_zero():
    X, y = np.arange(4.0)[:, None], 2.0**40 + np.array([[0.0], [1], [5], [6]])
    assert_array_equal(fit(X, y, [0], np.ones((1, 4), int)).predict(X, 0), y[:, 0])


def test_light_rows_with_large_labels_do_not_overflow():
    weight = np.repeat([1, 1e-6], 50)
    y = np.repeat([0, -1e6, 1e6], [50, 25, 25])
    X = np.arange(100.0)[:, None]
    bag = np.repeat([[0, 2]], 50, axis=1)
    engine = fit(X, y[:, None], [0], bag, sample_weight=weight)
    assert_allclose(engine.predict(X[50:], 0), y[50:])


def test_a_heavy_row_in_no_bag_is_not_seen():
    X, y = np.arange(6.0)[:, None], np.array([[1.0], [2], [3], [4], [5], [6]])
    weight = np.array([1e-7] * 5 + [1.0])
    engine = fit(X, y, [0], np.array([[1, 1, 1, 1, 1, 0]]), sample_weight=weight)
    assert_allclose(engine.predict(X, 0), [1, 2, 3, 4, 5, 5])


def test_every_feature_is_drawn_as_often():
    x = np.random.default_rng(0).permutation(16).astype(float)
    labels = np.arange(16) % 2
    bags = np.ones((500, 16), int)
    engine = fit(np.tile(x[:, None], 5), labels[:, None], [0], bags, engine=dict(max_features=1))
    trees, roots = engine._views[0], engine._roots
    n_drawn = np.bincount(trees.feature[roots], minlength=5)
    assert 60 < n_drawn.min() and n_drawn.max() < 140  # 100 expected, standard deviation 9
    again = trees.feature[roots + 1] == trees.feature[roots]
    assert 0.1 < again.mean() < 0.3  # a child draws anew


@pytest.mark.parametrize("max_features", [1, np.int64(1), 0.39])
def test_as_many_features_are_drawn_as_asked(max_features):
    X = np.array([[0.0, 0, 1, 1], [0, 1, 0, 0], [1, 0, 0, 1], [1, 1, 1, 0]])  # 0 tells the labels
    bags = np.ones((800, 4), int)
    labels = [[0], [0], [1], [1]]
    engine = fit(X, labels, [0], bags, engine=dict(max_features=max_features))
    assert 0.2 < np.mean(engine._views[0].feature[engine._roots] == 0) < 0.3


@pytest.mark.parametrize(
    "low, high",
    [
        (1.0, np.nextafter(1.0, 2)),
        (np.nextafter(1.0, 0), 1.0),
        (0.0, 5e-324),
        (1.6e308, 1.7e308),
        (-1.7e308, 1.7e308),
    ],
)
def test_thresholds_between_neighbouring_and_huge_numbers(low, high):
    X = np.array([[low], [high]])
    assert_array_equal(fit(X, [[0], [1]], [0], np.ones((1, 2), int)).predict(X, 0), [0, 1])


def test_a_threshold_is_midway_between_two_rows():
    x = np.sort(np.random.default_rng(0).exponential(size=3000))
    bags = np.ones((1, 3000), int)
    engine = fit(x[:, None], x[:, None] > 1, [2], bags, engine=ALL | dict(max_depth=1))
    middle = (x[1:] + x[:-1]) / 2
    assert np.isclose(engine._views[0].threshold[0], middle, rtol=1e-12).sum() == 1


def test_the_seed_decides():
    X, labels, n_classes = make_table(6)
    bags = draw_bags(~np.isnan(labels), 5, 0)
    one = [fit(X, labels, n_classes, bags, engine={}, seed=s) for s in (1, 1, 2)]
    assert_array_equal(predictions(one[0], X), predictions(one[1], X))
    assert (predictions(one[0], X) != predictions(one[2], X)).any()


@pytest.mark.parametrize("n", [1, 7, 100])
@pytest.mark.parametrize("n_jobs", [None, 1, 3, -1])
def test_threads_share_out_everything_once_and_in_order(n, n_jobs):
    parts = [range(n)[part] for part in share_out(n, n_jobs)]
    assert list(itertools.chain(*parts)) == list(range(n))
    assert run_in_threads(list, parts, n_jobs) == [list(part) for part in parts]


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_threads_are_as_many_as_joblib_says(backend):
    assert count_threads(None) == 1
    assert count_threads(-1) == joblib.cpu_count()
    with joblib.parallel_config(backend, n_jobs=3):
        assert count_threads(None) == 3
        assert count_threads(2) == 2


def test_one_part_is_worked_on_where_it_is_asked_for_and_several_are_not():
    def where(part):
        return threading.current_thread()

    assert run_in_threads(where, [0], 4) == [threading.current_thread()]
    assert threading.current_thread() not in run_in_threads(where, [0, 1], 4)


def test_an_error_in_a_thread_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        run_in_threads(lambda part: 1 / part, [1, 0], 2)


@pytest.mark.skipif(not IS_COMPILED, reason="as plain Python there is nothing to count")
def test_compiled_loops_count_no_references():
    """By a kernel that is compiled anew: numba does not show what it kept."""
    fresh = numba.njit(**OPTIONS)(trees_module.apply_trees.py_func)
    zero, at = np.zeros((2, 1), np.uint32)
    leaf, out = Tree(zero, np.full(1, np.inf), zero, np.full((1, 1), 7.0)), np.empty((1, 2, 1))
    fresh(leaf, np.zeros(1, np.int64), np.zeros((2, 1)), at, out)
    (code,) = fresh.inspect_llvm().values()
    assert (out == 7).all() and "apply_trees" in code and "NRT_incref" not in code


def test_says_why_the_first_fit_is_slow(tmp_path):
    code = "from tlhelpers.forests._engine import engine; engine._announce_compilation()"
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert "compiling the forest" in done.stderr


def test_a_row_alone_has_the_mean_that_it_has_among_others():
    """A lone column would be added up in another order, and its last bit depend on that."""
    rng = np.random.default_rng(0)
    values, bags = rng.normal(size=(50, 40)), rng.poisson(1, size=(50, 40))
    columns = [[i] for i in range(40)]
    alone = [trees_module.mean_over_trees(values[:, c])[0] for c in columns]
    np.testing.assert_array_equal(alone, trees_module.mean_over_trees(values))
    alone = [trees_module.mean_over_unseen(values[:, c], bags[:, c])[0] for c in columns]
    np.testing.assert_array_equal(alone, trees_module.mean_over_unseen(values, bags))
