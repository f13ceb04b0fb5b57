"""Which labels to buy and what to measure next: power laws, held-back labels, brute force."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_table_comparison import make

from tlhelpers import SingleTaskForest, compare_architectures
from tlhelpers.evaluation import holm
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.table.candidates import find_candidates
from tlhelpers.table.next_rows import measure_next, pick_rows
from tlhelpers.table.parts import hide, work
from tlhelpers.table.purchases import (
    GAIN,
    NO_GAIN,
    curve_parts,
    gain_of_knowing,
    labels_to_buy,
    project,
    related_parts,
    sizes_of,
)

COUNTS = {"n_test": 25, "n_pool": 100}
SIZES = (12, 25, 50, 100)


def curve(exponent, spread=0.0, repeats=10, seed=0, metric="rmse"):
    """Return a learning curve a n^-b whose repeats have exponents of their own."""
    rng = np.random.default_rng(seed)
    cases = [{"repeat": r, "size": n, **COUNTS} for r in range(repeats) for n in SIZES]
    table = pd.DataFrame(cases)
    own = exponent + spread * rng.normal(size=repeats)
    error = 0.9 * table["size"].to_numpy() ** -own[table["repeat"]]
    table[metric] = error if metric == "rmse" else 1 - error
    return table


# ---- The projection


@pytest.mark.parametrize("metric", ["rmse", "accuracy"])
def test_a_power_law_is_projected_exactly(metric):
    found = project(curve(0.3, metric=metric), metric, 125)
    assert (found["labels_now"], found["labels_then"], found["buy"]) == (125, 200, 75)
    expected = 1 - (200 / 125) ** -0.3
    for name in ("gain", "low", "high"):
        assert found[name] == pytest.approx(expected)
    assert found["error_now"] == pytest.approx(0.9 * 125**-0.3)
    assert found["error_then"] == pytest.approx(0.9 * 200**-0.3)
    assert found["p_value"] == 0


def test_nothing_is_projected_beyond_twice_the_largest_size():
    assert project(curve(0.3), "rmse", 125)["labels_then"] == 200
    assert project(curve(0.3), "rmse", 125, available=10)["labels_then"] == 135
    assert project(curve(0.3), "rmse", 200) is None
    assert project(curve(0.3), "rmse", 125, available=0) is None
    assert project(curve(0.3, repeats=1), "rmse", 125) is None


def test_only_the_last_sizes_count():
    table = curve(0.3)
    table.loc[table["size"] == 12, "rmse"] = 50.0
    assert project(table, "rmse", 125)["gain"] == pytest.approx(1 - 1.6**-0.3)


def test_an_interval_that_holds_zero_is_no_gain():
    found = project(curve(0.05, spread=0.2), "rmse", 125)
    assert found["low"] < 0 < found["high"] and found["p_value"] > 0.05
    assert project(curve(-0.3), "rmse", 125)["gain"] < 0  # more labels, more error


@pytest.mark.once
def test_labels_that_gain_nothing_are_rarely_called_a_gain():
    """With exponents around zero whose repeats share data as the corrected test supposes."""
    rng, calls = np.random.default_rng(0), 0
    for _ in range(400):
        shared = 0.2 * np.sqrt(0.2) * rng.normal()  # correlation of repeats: test over all
        table = curve(shared, spread=0.2 * np.sqrt(0.8), seed=rng.integers(2**31))
        found = project(table, "rmse", 125)
        calls += found["p_value"] < 0.05 and found["gain"] > 0
    assert calls <= 0.05 * 400


def test_knowing_the_related_labels_of_the_rows_to_predict():
    before, after = curve(0.3), curve(0.3)
    after["rmse"] *= 0.5
    found = gain_of_knowing(before, after[after["size"] == 100], "rmse", 7)
    assert found["buy"] == 7 and found["p_value"] == 0
    assert found["gain"] == pytest.approx(0.5) and found["low"] == pytest.approx(0.5)
    assert gain_of_knowing(before, after, "rmse", 0) is None


# ---- The parts


def table_of(n_related=80, setting="warm", **options):
    X, Y = make(n_related=n_related, **options)
    models = find_candidates(Y, "y", n_estimators=10)
    return Experiment.of(models, X, Y, None, ["y"], setting)


def test_four_sizes_up_to_what_is_there():
    assert sizes_of(400) == [50, 100, 200, 400]
    assert sizes_of(40) == [10, 16, 25, 40]
    assert len(sizes_of(10)) == 1


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_the_curve_takes_target_labels_alone(setting):
    task = table_of()
    parts = curve_parts(task, setting, ["single-task", "stack"], 3, 0)
    assert len(parts) == 3
    for part in parts:
        sizes = [case["size"] for case in part.cases]
        assert [len(rows) for rows in part.trained] == sizes and part.hidden == [()] * len(sizes)
        for small, large in zip(part.trained, part.trained[1:], strict=False):
            assert set(small) < set(large)
        assert not set(part.test) & set(part.trained[-1])
        found = work(part, task)["prediction"]
        assert found.shape == (len(sizes), 2, len(part.test)) and np.isfinite(found).all()


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_related_labels_are_taken_apart_and_target_labels_stay(setting):
    task = table_of()
    parts = [p for p in related_parts(task, setting, "stack", 4, 0) if p.kind != "known labels"]
    assert len(parts) == 4 and {part.kind for part in parts} == {"labels of z"}
    for part in parts:
        for case, trained, hidden in zip(part.cases, part.trained, part.hidden, strict=True):
            Y = hide(task.Y, *hidden)
            pd.testing.assert_series_equal(Y["y"], task.Y["y"])
            assert Y["z"].count() == case["size"]
            assert Y["z"].dropna().equals(task.Y["z"][Y["z"].notna()])
            assert len(trained) == len(part.trained[0])
        assert np.isfinite(work(part, task)["prediction"]).all()


def test_a_related_label_of_every_row_is_not_for_sale():
    task = table_of(n_related=90)
    assert related_parts(task, "warm", "stack", 2, 0) == []
    assert [p.kind for p in related_parts(task, "cold", "stack", 2, 0)] == ["known labels"] * 2


def test_the_smallest_curve_of_related_labels_leaves_some_outside_the_test_set():
    """Related labels only where the target is: a test set could take all of the few."""
    X, Y = make(n_labels=60)
    Y["z"] = Y["z"].where(np.arange(90) < 13)
    Y.loc[Y.index[30:], "z"] = np.nan
    task = Experiment.of(find_candidates(Y, "y", n_estimators=5), X, Y, None, ["y"], "cold")
    for part in related_parts(task, "cold", "latent variable", 6, 0):
        assert np.isfinite(work(part, task)["prediction"]).all()


@pytest.mark.once
def test_what_can_be_bought_is_listed():
    X, Y = make(n=120, n_labels=80, n_related=90)
    found = compare_architectures(
        X, Y, "y", setting="cold", n_repeats=2, n_estimators=15, progress=False
    )
    table = found.labels_to_buy
    assert list(zip(table["label"], table["rows"], strict=True)) == [
        ("y", "any"), ("z", "any"), ("z", "to predict")
    ]  # fmt: skip
    assert table["labels_now"].tolist() == [80, 90, 0]
    assert table["labels_then"].tolist() == [128, 120, 30]
    assert (table["low"] <= table["gain"]).all() and (table["gain"] <= table["high"]).all()
    np.testing.assert_array_equal(table["p_adjusted"], holm(table["p_value"]))
    assert len(table) > 1 and (table["p_adjusted"] > table["p_value"]).any()
    known = table.iloc[2]
    assert known["verdict"] == GAIN and known["error_then"] < known["error_now"]
    assert set(found.curve["size"]) == set(sizes_of(64))


def test_a_gain_is_one_that_is_seen_and_above_zero():
    """Of hand-made curves: one that gains, one that loses beyond doubt, one with nothing."""
    Y = pd.DataFrame(dict.fromkeys("yzw", [1.0] * 125 + [np.nan] * 75))
    task = SimpleNamespace(Y=Y, targets=["y"])
    asked = {"setting": "warm", "model": "stack"}
    related = [curve(-0.3).assign(label="z"), curve(0.0, spread=0.2).assign(label="w")]
    curves = {
        "target": curve(0.3).assign(**asked), "related": pd.concat(related).assign(**asked),
        "known": pd.DataFrame(),
    }  # fmt: skip
    table = labels_to_buy(task, curves, "rmse", {"warm": ("stack", "stack")}).set_index("label")
    assert list(table.index) == ["y", "z", "w"]  # in the order of the curves
    assert table["verdict"].to_dict() == {"y": GAIN, "z": NO_GAIN, "w": NO_GAIN}
    assert (table["p_adjusted"] < 0.05).to_dict() == {"y": True, "z": True, "w": False}
    assert table.loc["z", "high"] < 0 < table.loc["y", "low"]


def test_what_knowing_gains_is_of_the_model_that_uses_related_labels_in_the_cold():
    Y = pd.DataFrame({"y": [1.0] * 125 + [np.nan] * 75, "z": [np.nan] * 200})
    task = SimpleNamespace(Y=Y, targets=["y"])
    cases = [("cold", "stack", 1.0), ("cold", "single-task", 3.0), ("warm", "stack", 5.0)]
    own = [curve(0.3).assign(setting=s, model=m) for s, m, _ in cases]
    for table, (_, _, factor) in zip(own, cases, strict=True):
        table["rmse"] *= factor
    known = own[0][own[0]["size"] == 100].assign(rmse=own[0]["rmse"] / 2)
    curves = {"target": pd.concat(own), "related": pd.DataFrame(), "known": known}
    table = labels_to_buy(task, curves, "rmse", {"cold": ("single-task", "stack")})
    row = table[table["rows"] == "to predict"].iloc[0]
    assert row["gain"] == pytest.approx(0.5) and row["error_now"] == pytest.approx(
        own[0].loc[own[0]["size"] == 100, "rmse"].mean()
    )
    assert (row["label"], row["model"], row["buy"]) == ("z", "stack", 75)


def test_without_curves_there_is_nothing_to_list():
    empty = {what: pd.DataFrame() for what in ("target", "related", "known")}
    found = labels_to_buy(table_of(), empty, "rmse", {"warm": ("stack", "stack")})
    assert len(found) == 0 and "gain" in found


# ---- What to measure next


def greedy(trees, noise, n_picks):
    """Return the picks by the covariance matrix itself and Gaussian conditioning."""
    values = np.asarray(trees, dtype=float)
    values = values if values.ndim == 3 else values[:, :, None]
    K = sum(np.cov(v.T, bias=True) for v in np.moveaxis(values, 2, 0))
    total, rows, shares = np.trace(K), [], []
    for _ in range(n_picks):
        left = []
        for i in range(len(K)):
            after = K - np.outer(K[i], K[i]) / (K[i, i] + noise)
            left.append(np.inf if i in rows else np.trace(after))
        best = int(np.argmin(left))
        shares.append((np.trace(K) - left[best]) / total)
        K = K - np.outer(K[best], K[best]) / (K[best, best] + noise)
        rows.append(best)
    return rows, shares


@pytest.mark.parametrize("shape", [(30, 12), (8, 25), (15, 10, 3)])
@pytest.mark.parametrize("noise", [1e-3, 0.5, 30.0])
def test_picks_are_those_of_brute_force(shape, noise):
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(shape[1], shape[1])) / 3
    trees = np.einsum("bi...,ij->bj...", rng.normal(size=shape), mix) + 5
    rows, shares = pick_rows(trees, noise, 6)
    expected, removed = greedy(trees, noise, 6)
    assert rows.tolist() == expected
    np.testing.assert_allclose(shares, removed, rtol=1e-8)


def test_picks_are_diverse():
    """Three kinds of rows that vary together: one pick of each comes before a second of any."""
    rng = np.random.default_rng(1)
    kinds = np.repeat([0, 1, 2], 20)
    trees = rng.normal(size=(60, 3))[:, kinds] * np.array([1.0, 0.9, 0.8])[kinds]
    rows, shares = pick_rows(trees, 0.05, 5)
    assert sorted(kinds[rows[:3]]) == [0, 1, 2]
    assert shares[:3].sum() > 0.9 and (np.diff(shares) <= 1e-12).all() and shares.sum() <= 1


def test_rows_on_which_all_trees_agree_are_not_picked():
    trees = np.zeros((10, 4))
    trees[:, 2] = np.arange(10)
    rows, shares = pick_rows(trees, 1e-9, 4)
    assert rows.tolist() == [2] and shares[0] == pytest.approx(1)
    assert len(pick_rows(np.ones((5, 3)), 1.0)[0]) == 0


@pytest.mark.parametrize(("trees", "noise"), [(np.ones(3), 1.0), (np.ones((3, 3)), 0.0)])
def test_bad_trees_are_an_error(trees, noise):
    with pytest.raises(ValueError, match=r"trees must have|noise must be"):
        pick_rows(trees, noise)


def test_rows_are_named_and_only_those_without_a_label():
    X, Y = make()
    model = SingleTaskForest("y", n_estimators=30, random_state=0).fit(X, Y)
    found = measure_next(model, X, Y, "y", 0.3)
    assert len(found) == 10 and set(found["row"]) <= set(Y.index[60:])
    assert (
        found["in_all"].iloc[-1] == pytest.approx(found["share"].sum()) and found["row"].is_unique
    )
    assert len(measure_next(model, X, Y.assign(y=1.0), "y", 0.3)) == 0


@pytest.mark.parametrize("is_class", [False, True])
def test_the_noise_of_a_label_is_a_squared_error_or_the_share_of_wrong_classes(is_class):
    X, Y = make()
    if is_class:
        Y["y"] = pd.Series(np.where(Y["y"] > 0.5, "high", "low"), Y.index).where(Y["y"].notna())
    model = SingleTaskForest("y", n_estimators=30, random_state=0).fit(X, Y)
    found = measure_next(model, X, Y, "y", 0.3, 4)
    trees = np.moveaxis(model.tree_predictions(X[60:]), 1, 0)
    rows, shares = pick_rows(trees, 0.3 if is_class else 0.09, 4)
    assert list(found["row"]) == list(X.index[60:][rows])
    np.testing.assert_allclose(found["share"], shares)


def test_a_measured_row_teaches_more_than_another():
    """Labels of the picked rows, of a true function, lower the error more than random ones do."""
    picked, drawn = [], []
    for seed in range(12):
        X, Y = make(n=160, n_labels=30, seed=seed, noise=0.0)
        truth = make(n=160, n_labels=160, seed=seed, noise=0.0)[1]["y"]
        model = SingleTaskForest("y", n_estimators=60, random_state=0).fit(X, Y)
        error = float(np.sqrt(np.nanmean((model.out_of_bag_prediction() - Y["y"]) ** 2)))
        chosen = measure_next(model, X, Y, "y", error)["row"]
        others = np.random.default_rng(seed).choice(Y.index[30:], 10, replace=False)
        for rows, errors in ((chosen, picked), (others, drawn)):
            table = Y.copy()
            table.loc[rows, "y"] = truth[rows]
            model = SingleTaskForest("y", n_estimators=60, random_state=0).fit(X, table)
            rest = table["y"].isna()
            errors.append(np.sqrt(np.mean((model.predict(X[rest]) - truth[rest]) ** 2)))
    assert np.mean(picked) < np.mean(drawn)
