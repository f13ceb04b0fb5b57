"""What an attack on the forests found: each fault mended, each with its case."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import KFold

from tlhelpers import DifferenceForest, LatentVariableForest, MultiTaskForest, SingleTaskForest
from tlhelpers.forests import shared_stages
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.plan import Stage

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
    with pytest.raises(ValueError, match="1 features, and 8"):
        engine.predict(X, 0)


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
