"""What an attack on the forests found: each fault mended, each with its case."""

import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import KFold

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
    jackknife_variance,
)
from tlhelpers.forests import shared_stages, uncertainty
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.jackknife import warn_if_noisy
from tlhelpers.forests.plan import Stage
from tlhelpers.forests.sharing import StageStore, current_store

X = np.arange(40.0)[:, None]


def test_trees_that_agree_have_no_spread():
    y = np.where(np.arange(40) % 20 == 0, 1.0, 0.1)
    forest = SingleTaskForest(n_estimators=100, random_state=0).fit(X, y)
    spread = forest.observation_std(X)
    assert (spread >= 0).all() and spread.max() <= 0.9  # no residual is larger


def test_no_spread_of_a_cross_validation_exceeds_what_was_seen():
    """Labels of two values, of which one is rare, in every fold and unit."""
    rng = np.random.default_rng(0)
    for unit in (1e-6, 1.0, 1e6):
        y = unit * np.where(rng.uniform(size=40) < 0.1, 1.0, 0.1)
        for train, test in KFold(5, shuffle=True, random_state=0).split(X):
            forest = SingleTaskForest(n_estimators=100, random_state=0).fit(X[train], y[train])
            try:
                spread = forest.observation_std(X[test])
            except ValueError as error:
                assert "trees that differ" in str(error)
                continue
            assert spread.max() <= np.ptp(y[train]) + 1e-12 * unit


@pytest.mark.parametrize("forest", [SingleTaskForest, MultiTaskForest, LatentVariableForest])
def test_after_a_failed_fit_nothing_is_fitted(forest):
    rng = np.random.default_rng(0)
    model = forest(n_estimators=5, random_state=0).fit(rng.normal(size=(40, 8)), X[:, 0])
    for bad_X, bad_y in [(np.full((40, 1), np.nan), X[:, 0]), (X, None), (X, ["a"] * 39)]:
        with pytest.raises(ValueError):
            model.fit(bad_X, bad_y)
        with pytest.raises(NotFittedError):
            model.predict(X)


def test_the_engine_refuses_rows_of_another_width():
    bags = np.ones((3, 40), int)
    engine = ForestEngine().fit(np.hstack([X] * 8), X, np.array([0]), bags, seed=0)
    for n in (1, 9):
        with pytest.raises(ValueError, match=f"{n} features, and 8"):
            engine.predict(np.hstack([X] * n), 0)


@pytest.mark.parametrize("forest", [DifferenceForest, LatentVariableForest])
def test_a_share_and_a_number_of_features_are_not_the_same_setting(forest):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 6))
    Y = pd.DataFrame({"y": features[:, 0] + features[:, 1], "z": features[:, 0]})
    options = {"n_estimators": 10, "random_state": 0}
    warm = forest("y", "z", warm_start=True, max_features=1.0, **options).fit(features, Y)
    warm.set_params(max_features=1).fit(features, Y)
    cold = forest("y", "z", max_features=1, **options).fit(features, Y)
    np.testing.assert_array_equal(warm.predict(features), cold.predict(features))


@pytest.mark.parametrize("value", [0.1, -3.0, 1e34, -1e34, 1e99, 1e-99])
def test_constant_labels_are_predicted(value):
    forest = SingleTaskForest(n_estimators=20, random_state=0).fit(X, np.full(40, value))
    np.testing.assert_allclose(forest.predict(X), value)


@pytest.mark.parametrize(
    "model",
    [LatentVariableForest(latents="y"), DifferenceForest(base="y")],
    ids=["latents", "base"],
)
@pytest.mark.parametrize("y", [X[:, 0], pd.Series(X[:, 0], name="y")], ids=["array", "series"])
def test_no_target_left_is_said(model, y):
    with pytest.raises(ValueError, match="no target is left"):
        model.fit(X, y)


@pytest.mark.parametrize("kind", [None, "regression", "classification"])
@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (pd.Series(pd.date_range("2020", periods=40)), "datetime64"),
        (pd.Series(pd.timedelta_range("1D", periods=40)), "timedelta64"),
        (pd.Series(pd.period_range("2020", periods=40, freq="D")), "period"),
        (pd.Series(pd.cut(np.arange(40), 4)), "interval"),
        (pd.Series([pd.Timestamp("2020").date()] * 40), "date"),
        (pd.Series([b"a", b"b"] * 20), "bytes"),
    ],
)
def test_labels_of_a_type_that_is_no_label_are_named(labels, name, kind):
    with pytest.raises(ValueError, match=f"'y' holds labels of type {name}"):
        SingleTaskForest(task_types=kind).fit(X, labels.rename("y"))


def test_decimals_are_numbers_and_categories_of_text_are_classes():
    decimals = pd.Series([Decimal(i) / 4 for i in range(40)])
    forest = SingleTaskForest(n_estimators=20, random_state=0)
    np.testing.assert_array_equal(
        forest.fit(X, decimals).predict(X), forest.fit(X, np.arange(40) / 4).predict(X)
    )
    low = pd.Series(pd.cut(np.arange(40), 2, labels=["low", "high"]))
    assert list(forest.fit(X, low).predict(X[[0, -1]])) == ["low", "high"]
    whole = SingleTaskForest(task_types="classification", n_estimators=20, random_state=0)
    assert whole.fit(X, pd.Series([Decimal(i // 20) for i in range(40)])).predict(X)[0] == 0


@pytest.mark.parametrize("kind", [None, "regression", "classification"])
@pytest.mark.parametrize("text", ["n/a", "<0.1", ""])
def test_text_among_numbers_is_named_with_its_row(text, kind):
    Y = pd.DataFrame({"y": X[:, 0], "z": pd.Series([None, 1.5, text, *range(37)], dtype=object)})
    with pytest.raises(ValueError, match=r"'z' holds numbers and text, such as .* in row 2"):
        LatentVariableForest("y", "z", task_types=kind and {"z": kind}).fit(X, Y)


def test_a_known_class_that_fit_has_not_seen_is_named():
    Y = pd.DataFrame({"y": X[:, 0], "c": np.where(X[:, 0] > 20, "high", "low")})
    forest = LatentVariableForest("y", "c", n_estimators=5, random_state=0).fit(X, Y)
    known = pd.DataFrame({"c": ["low", None, "middle"]})
    with pytest.raises(
        ValueError, match=r"known has 'middle' in column 'c', row 2: .* \['high', 'low"
    ):
        forest.predict(X[:3], known=known)
    assert np.isfinite(forest.predict(X[:2], known=known[:2])).all()


def test_the_first_known_column_that_stands_twice_is_named():
    Y = pd.DataFrame({"y": X[:, 0], "z": X[:, 0], "v": X[:, 0]})
    forest = LatentVariableForest("y", n_estimators=3, random_state=0).fit(X, Y)
    with pytest.raises(ValueError, match="known has several columns named 'v'; keep one"):
        forest.predict(X, known=Y[["v", "z", "v", "z"]])


def test_names_as_numbers_are_refused():
    Y = pd.DataFrame({"y": ["a", "b"] * 20})
    message = (
        r"'y' is a regression task but .* such as 'a'; say task_types=\{'y': 'classification'\}"
    )
    with pytest.raises(ValueError, match=message):
        SingleTaskForest(task_types="regression").fit(X, Y)


def test_labels_without_a_column_are_refused():
    with pytest.raises(ValueError, match="Y has no column: give at least one task"):
        SingleTaskForest().fit(X, pd.DataFrame(index=range(40)))


def test_a_block_uses_the_store_that_it_is_given_or_that_of_the_block_around():
    store = StageStore()
    with shared_stages(store) as outer, shared_stages() as inner:
        assert outer is store and inner is store and current_store() is store
    with shared_stages() as first, shared_stages(store) as own:
        assert own is store is not first
    assert current_store() is None


@pytest.mark.parametrize("size", [1, 2])
def test_a_store_keeps_what_was_asked_for_last(size):
    store, grown = StageStore(size), []

    def grow(key):
        return store.get(key, lambda: grown.append(key) or key.upper())

    assert [grow(key) for key in "aabab"] == list("AABAB")
    assert grown == {1: list("abab"), 2: list("ab")}[size]
    assert grow("c") == "C" and grow("b") == "B"  # with room for two, a goes
    assert grown[-1] == {1: "b", 2: "c"}[size]


def test_equal_stages_are_grown_once_and_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 6))
    Y = pd.DataFrame({"y": features[:, 0] + features[:, 1], "z": features[:, 0]})
    models = [
        DifferenceForest("y", "z", n_estimators=10, random_state=0),
        LatentVariableForest("y", "z", n_estimators=10, random_state=0),
    ]
    alone = [model.fit(features, Y).predict(features) for model in models]
    grown, fit = [], ForestEngine.fit
    monkeypatch.setattr(ForestEngine, "fit", lambda *a, **k: grown.append(1) or fit(*a, **k))
    with shared_stages():
        together = [model.fit(features, Y).predict(features) for model in models]
        assert len(grown) == 5  # of z once, and two of each model's own, one a regime
        engines = {id(model._stages[Stage(("z",))].engine) for model in models}
        assert len(engines) == 1
        models[1].set_params(random_state=1).fit(features, Y)
        assert len(grown) == 8
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_stage_for_a_regime_between_is_grown_once_too(monkeypatch):
    """Two stacks with one label of two known: the second grows nothing, also when it is asked."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 4))
    Y = pd.DataFrame({"y": features[:, 0], "z": features[:, 1], "w": features[:, 2]})
    half = Y[["z", "w"]].assign(w=np.nan)
    models = [
        StackedForest("y", ["z", "w"], pull=pull, n_estimators=10, random_state=0)
        for pull in (0.5, np.inf)
    ]
    alone = [model.fit(features, Y).predict(features, known=half) for model in models]
    grown, fit = [], ForestEngine.fit
    monkeypatch.setattr(ForestEngine, "fit", lambda *a, **k: grown.append(1) or fit(*a, **k))
    with shared_stages():
        first = models[0].fit(features, Y).predict(features, known=half)
        n = len(grown)
        second = models[1].fit(features, Y).predict(features, known=half)
        assert len(grown) == n
    models[0].fit(features, Y).predict(features, known=half)
    assert len(grown) == 2 * n  # outside of the block nothing is kept
    np.testing.assert_array_equal(first, alone[0])
    np.testing.assert_array_equal(second, alone[1])


@pytest.mark.parametrize(
    "columns",
    [[0, 1, 2], [10, 20, 30], pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])],
    ids=["range", "numbers", "tuples"],
)
def test_columns_in_another_order_are_refused_whatever_their_names(columns):
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(40, 3)))
    features.columns = columns
    forest = SingleTaskForest(n_estimators=5, random_state=0).fit(features, X[:, 0])
    turned = features.iloc[:, ::-1]
    with pytest.raises(
        ValueError, match=r"columns of X are not those of fit: column 0 is .*30|b|2"
    ):
        forest.predict(turned)
    kept = turned[features.columns]
    np.testing.assert_array_equal(forest.predict(kept), forest.predict(features))
    assert len(forest.predict(features.to_numpy())) == 40  # an array has no names
    assert len(forest.fit(features.to_numpy(), X[:, 0]).predict(turned)) == 40


def test_rows_in_two_time_zones_are_refused():
    index = pd.date_range("2020", periods=40, tz="UTC")
    features = pd.DataFrame(X, index=index)
    for other in (index.tz_convert("Europe/Berlin"), index.tz_localize(None)):
        with pytest.raises(ValueError, match=r"row 0 is Timestamp\(.*UTC.*align them"):
            SingleTaskForest().fit(features, pd.Series(X[:, 0], index=other))


def test_the_first_row_that_differs_is_named_whatever_the_index():
    index = pd.Index([np.nan, "a", None, 3, *range(100, 136)], dtype=object)
    other = index[:39].append(pd.Index(["z"]))
    with pytest.raises(ValueError, match="row 39 is 135 in X and 'z' in Y"):
        SingleTaskForest().fit(pd.DataFrame(X, index=index), pd.Series(X[:, 0], index=other))


@pytest.mark.parametrize("kind", [None, "regression"])
@pytest.mark.parametrize(
    "number",
    [10**400, 10**5000, -(10**400), Decimal("1e400")],
    ids=["large", "too long for str", "negative", "decimal"],
)
def test_a_label_that_no_float_can_hold_is_named(number, kind):
    Y = pd.DataFrame({"y": X[:, 0], "z": pd.Series([0.5, None, number, *range(37)], dtype=object)})
    with pytest.raises(ValueError, match=r"too large for dtype\('float64'\): task 'z', row 2"):
        LatentVariableForest("y", "z", task_types=kind).fit(X, Y)


def test_whole_numbers_beyond_64_bits_are_numbers():
    forest = SingleTaskForest(n_estimators=5, random_state=0)
    big = pd.Series([10**30 + i * 10**29 for i in range(40)], dtype=object)
    np.testing.assert_allclose(
        forest.fit(X, big).predict(X), forest.fit(X, big.astype(float)).predict(X)
    )


def test_a_feature_that_no_float_can_hold_is_said():
    features = pd.DataFrame({"a": pd.Series([10**400] * 40, dtype=object)})
    with pytest.raises(ValueError, match="Input X contains a number too large"):
        SingleTaskForest().fit(features, X[:, 0])


@pytest.mark.parametrize("kind", [None, "regression", "classification"])
def test_a_signaling_nan_is_named_wherever_labels_are_read(kind):
    labels = pd.Series([Decimal(1), Decimal("sNaN"), *[Decimal(i) for i in range(38)]])
    Y = pd.DataFrame({"y": X[:, 0], "z": labels})
    message = "'z' holds the signaling NaN of decimal in row 1"
    with pytest.raises(ValueError, match=message):
        LatentVariableForest("y", "z", task_types=kind and {"z": kind}).fit(X, Y)
    forest = LatentVariableForest("y", "z", n_estimators=3).fit(X, Y.assign(z=X[:, 0]))
    for ask in (lambda: forest.predict(X, known=Y[["z"]]), lambda: forest.score(X, Y)):
        with pytest.raises(ValueError, match=message):
            ask()


@pytest.mark.parametrize(("y", "message"), [(None, "Y is None"), (3.0, "must be a column")])
def test_labels_to_score_against_are_asked_for(y, message):
    forest = SingleTaskForest(n_estimators=3).fit(X, X[:, 0])
    with pytest.raises(ValueError, match=message):
        forest.score(X, y)


@pytest.mark.parametrize("correction", ["counts", "size", "none"])
def test_bags_that_are_all_the_same_have_no_jackknife(correction):
    trees = np.random.default_rng(0).normal(size=(5, 10))
    for counts in (np.ones((10, 20), int), np.tile([0, 1, 2, 1], (10, 5))):
        with pytest.raises(ValueError, match="all 10 bags hold the same rows"):
            jackknife_variance(trees, counts, correction)


def test_the_jackknife_is_never_negative_and_has_no_unit_of_its_own():
    rng = np.random.default_rng(0)
    for n_trees, n in [(2, 3), (6, 2), (10, 4), (5, 40), (40, 5)]:
        counts = rng.multinomial(n, [1 / n] * n, size=n_trees)
        trees = rng.choice([0.0, 1.0], size=(30, n_trees))
        plain = jackknife_variance(trees, counts)
        assert (plain >= 0).all()
        for unit in (1e-99, 1e-50, 1e50, 1e99):
            scaled = jackknife_variance(unit * trees, counts) / unit / unit
            np.testing.assert_allclose(scaled, plain, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("unit", [1e150, 1e-150])
def test_predictions_whose_squares_have_no_float_are_refused(unit):
    rng = np.random.default_rng(0)
    trees, counts = unit * rng.normal(size=(5, 10)), rng.multinomial(20, [0.05] * 20, size=10)
    with pytest.raises(ValueError, match=r"tree_predictions are at most .* in a unit"):
        jackknife_variance(trees, counts)
    with pytest.raises(ValueError, match="inbag_counts are at most"):
        jackknife_variance(trees / unit, counts * 1e150)


def test_importances_are_shares_however_far_the_labels_span():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(3, 60))
        features = rng.normal(size=(n, 3))
        y = rng.choice([-1, 1], n) * 10.0 ** rng.uniform(-90, 90, n)
        Y = pd.DataFrame({"y": y, "z": rng.normal(size=n)})
        forest = MultiTaskForest(n_estimators=5, max_features=1, random_state=0).fit(features, Y)
        for found in (forest.feature_importances_, *forest.shared_splits().to_numpy().T):
            assert (found >= 0).all() and found.sum() == pytest.approx(1)


@pytest.mark.parametrize("forest", [DifferenceForest, LatentVariableForest, StackedForest])
def test_a_warm_start_keeps_the_related_stage_while_the_rows_stay(forest, monkeypatch):
    """With another number of rows each bag is another draw, and all stages are grown anew."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 4))
    Y = pd.DataFrame({"y": features[:, 0] + features[:, 1], "z": features[:, 0]})
    Y.loc[:19, "z"] = np.nan  # rows with a label of the target alone
    model = forest("y", "z", n_estimators=5, random_state=0, warm_start=True).fit(features, Y)
    related, grown, fit = model._stages[Stage(("z",))].engine, [], ForestEngine.fit
    monkeypatch.setattr(ForestEngine, "fit", lambda *a, **k: grown.append(1) or fit(*a, **k))
    other = features.copy()
    other[:20] += 1
    for changed in [(features, Y), (features, Y.assign(y=Y["y"] + 1)), (other, Y)]:
        model.fit(*changed)
        assert model._stages[Stage(("z",))].engine is related
        cold = forest("y", "z", n_estimators=5, random_state=0).fit(*changed)
        np.testing.assert_array_equal(model.predict(features), cold.predict(features))
    model.fit(features[1:], Y[1:])
    assert model._stages[Stage(("z",))].engine is not related and grown


def test_noise_of_any_size_is_warned_of_and_none_is_not():
    for noise in (5e133, 1e-300):
        with pytest.warns(UserWarning, match="1000000.0 times the estimate"):
            warn_if_noisy(np.zeros(4), np.full(4, noise), 2, stacklevel=1)
    with pytest.warns(UserWarning, match=r"100 trees .* 1.0 times .* it takes 400 trees at least"):
        warn_if_noisy(np.ones(4), np.ones(4), 100, stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_noisy(np.zeros(0), np.zeros(0), 2, stacklevel=1)
        warn_if_noisy(np.ones(3), np.array([0.0, 0.0, 9.0]), 2, stacklevel=1)


# ---- Each refusal names what it refuses

Y = pd.DataFrame({"y": X[:, 0], "z": X[:, 0] % 7, "c": ["a", "b"] * 20})
TINY = {"n_estimators": 5, "random_state": 0}


@pytest.mark.parametrize("categories", [["a", 1], [1, "a"]])
def test_categories_that_cannot_be_sorted_are_named(categories):
    mixed = pd.Series(pd.Categorical(categories * 20), name="c")
    with pytest.raises(ValueError, match="'c' mixes classes that cannot be sorted"):
        SingleTaskForest(**TINY).fit(X, mixed)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (Y["y"] * 1j, "Complex data not supported: labels must be real numbers"),
        (Y[[]], "Y has no column: give at least one task"),
        (Y[["y", "z", "y"]], "Y has several columns named 'y'; rename them"),
    ],
)
def test_labels_that_cannot_be_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        SingleTaskForest(**TINY).fit(X, labels)


@pytest.mark.parametrize(
    ("weight", "z", "message"),
    [
        (np.r_[1e-10, np.ones(39)], Y["z"], "spans more than nine orders of magnitude"),
        (np.zeros(40), Y["z"], "non-zero|zero for every row"),
        (np.arange(40.0), Y["z"].where(Y.index == 0), "no row with a positive weight .* task 'z'"),
    ],
)
def test_weights_that_cannot_be_are_named(weight, z, message):
    with pytest.raises(ValueError, match=message):
        LatentVariableForest("y", "z", **TINY).fit(X, Y.assign(z=z), sample_weight=weight)


def test_features_that_are_masked_or_too_few_are_named():
    numbered = pd.DataFrame(np.hstack([X, X]), columns=[10, 20])
    forest = SingleTaskForest("y", **TINY)
    with pytest.raises(ValueError, match="masked array with masked values: fill or drop them"):
        forest.fit(np.ma.array(X, mask=X > 30), Y)
    with pytest.raises(ValueError, match=r"X has 1 features, but .* is expecting 2"):
        forest.fit(numbered, Y).predict(numbered[[10]])


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (X, "known must be a DataFrame, a column a task, got ndarray"),
        (Y[["z"]][:5], "known has 5 rows and X has 40"),
        (Y[["z", "z"]], "known has several columns named 'z'; keep one"),
        (Y[["c"]].replace("b", "q"), r"known has 'q' in column 'c', row 1: not a class seen"),
    ],
)
def test_known_labels_that_cannot_be_are_named(known, message):
    forest = LatentVariableForest("y", ["z", "c"], **TINY).fit(X, Y)
    with pytest.raises((TypeError, ValueError), match=message):
        forest.predict(X, known=known)


@pytest.mark.parametrize(
    ("rows", "labels", "message"),
    [
        (40, Y["z"], "y holds the labels of 'z', and the target is 'y'"),
        (40, Y[["z"]], r"Y has no column 'y' to score against: \['z'\]"),
        (40, Y.assign(y=np.nan), "Y has no label of target 'y' to score against"),
        (1, Y[:1], "R2 needs two labels of target 'y' at least, Y has one"),
    ],
)
def test_labels_without_a_score_are_named(rows, labels, message):
    forest = LatentVariableForest("y", "z", **TINY).fit(X, Y)
    with pytest.raises(ValueError, match=message):
        forest.score(X[:rows], labels)


def test_stages_that_cannot_be_are_named():
    z = Stage(("z",))
    with pytest.raises(ValueError, match="a stage of several tasks neither reads nor is read"):
        Stage(("y", "c"), reads=(z,))
    with pytest.raises(ValueError, match="a stage of pooled labels reads no other"):
        Stage(("y",), reads=(z,), pooled=("c",))
    forest = SingleTaskForest("y", **TINY).fit(X, Y)
    with pytest.raises(KeyError, match="is not in the plan"):
        forest._stages[z]


# ---- Answers of few trees, known by hand


@pytest.mark.parametrize(
    ("types", "target", "said"),
    [
        ({"y": "classification"}, "y", True),
        ({"y": "regression", "z": "classification"}, "y", False),
        ({"z": "classification"}, None, True),
        ({"z": "regression"}, None, False),
    ],
)
def test_probabilities_are_offered_before_the_fit_where_a_target_is_said_to_be_classes(
    types, target, said
):
    assert hasattr(SingleTaskForest(target, task_types=types), "predict_proba") is said


def test_trees_of_two_targets_stand_side_by_side():
    both = SingleTaskForest(["y", "z"], **TINY).fit(X, Y)
    trees = both.tree_predictions(X)
    assert trees.shape == (40, 5, 2)
    np.testing.assert_allclose(trees.mean(axis=1), both.predict(X))


def test_a_difference_from_nothing_is_the_prediction():
    forest = DifferenceForest("y", **TINY).fit(X, Y[["y"]])
    np.testing.assert_array_equal(forest.difference(X), forest.predict(X))


def test_a_stack_of_equal_labels_weighs_all_members_alike():
    weights = StackedForest("y", **TINY).fit(X, Y[["y", "z"]].assign(y=1.0)).weights_
    np.testing.assert_array_equal(weights.iloc[:, 2:], 0.25)


def test_errors_that_are_asked_again_or_too_large_to_keep_are_the_same(monkeypatch):
    forest = SingleTaskForest("y", n_estimators=60, random_state=0).fit(X, Y)
    spread, error = forest.observation_std(X), forest.predict(X, return_std=True)[1]
    np.testing.assert_array_equal(forest.observation_std(X), spread)
    monkeypatch.setattr(uncertainty, "_KEPT", 0)
    again = SingleTaskForest("y", n_estimators=60, random_state=0).fit(X, Y)
    np.testing.assert_array_equal(again.predict(X, return_std=True)[1], error)
