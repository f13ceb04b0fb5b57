"""What a comparison is given that it cannot use: each said, with its place and remedy."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from tlhelpers import LatentVariableForest, SingleTaskForest
from tlhelpers.book.bootstrap import bootstrap_scores
from tlhelpers.evaluation import (
    RelatedAsFeatures,
    compare_sizes,
    cross_validate_transfer,
    hold_out_rows,
    label_saving,
    learning_curve,
    predict_held_out,
)

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(30, 2)), columns=["a", "b"])
Y = pd.DataFrame({"y": X["a"] + X["b"]})
MODEL = SingleTaskForest("y", n_estimators=3, random_state=0)
QUIET = {"progress": False}


def validate(models=MODEL, **options):
    return cross_validate_transfer(models, X, Y, **({"n_repeats": 1} | QUIET | options))


def curve(models=MODEL, **options):
    return learning_curve(models, X, Y, **({"n_repeats": 1, "sizes": [5]} | QUIET | options))


def hold_out(**options):
    return hold_out_rows(Y, **options)


def held_out(models=MODEL, **options):
    return predict_held_out(models, X, Y, test=np.arange(30) < 8, **options)


def resample(**options):
    return bootstrap_scores(held_out(), **({"n_bootstrap": 5} | options))


@pytest.mark.parametrize("ask", [validate, curve, held_out])
def test_no_model_is_said(ask):
    with pytest.raises(ValueError, match="models is empty: give at least one"):
        ask({})


@pytest.mark.parametrize("ask", [validate, curve, hold_out, held_out, resample])
@pytest.mark.parametrize("seed", [None, 1.5, "a", True, -1, 2**31, np.random.RandomState(0)])
def test_a_seed_is_a_number(ask, seed):
    with pytest.raises((ValueError, TypeError), match="random_state"):
        ask(random_state=seed)


@pytest.mark.parametrize("ask", [validate, curve, hold_out, held_out, resample])
def test_a_seed_may_be_a_number_of_numpy(ask):
    assert len(ask(random_state=np.int64(3)))


@pytest.mark.parametrize(
    ("ask", "name", "bad"),
    [
        (validate, "n_repeats", [0, -1, 1.5, "3", None, True]),
        (curve, "n_repeats", [0, -1, 1.5, "3", None, True]),
        (validate, "n_splits", [0, 1, 2.5, None, True]),
        (resample, "n_bootstrap", [0, -1, 1.7, None, True]),
        (curve, "sizes", [[1.7], ["5"], [True], [None], [np.nan], 5, "57", None, [], [5, 5]]),
        (curve, "sizes", [[0], [-1], [99]]),
        (curve, "test_size", [0, 1, -0.5, 2, np.nan, "a", None, 0.999]),
        (hold_out, "test_size", [0, 1, -0.5, 2, np.nan, "a", None, 0.999]),
    ],
)
def test_a_number_out_of_range_is_named(ask, name, bad):
    for value in bad:
        with pytest.raises((ValueError, TypeError), match=name):
            ask(**{name: value})


@pytest.mark.parametrize(
    ("ask", "where"),
    [
        (validate, "model 'worse', repeat 0, fold 0: "),
        (curve, "model 'worse', repeat 0, size 5: "),
        (held_out, "model 'worse': "),
    ],
)
def test_an_error_in_a_fold_names_model_and_fold(ask, where):
    with pytest.raises(ValueError, match=rf"^{where}.*alpha"):
        ask({"good": MODEL, "worse": Ridge(alpha=-1)})


def test_the_fold_that_lacks_a_label_is_named():
    sparse = Y.assign(z=np.where(np.arange(30) == 3, 1.0, np.nan))
    model = LatentVariableForest("y", "z", n_estimators=3)
    with pytest.raises(ValueError, match=r"model 'latent', repeat 0, fold \d: task 'z' has no"):
        cross_validate_transfer({"latent": model}, X, sparse, n_repeats=1, **QUIET)


def test_an_error_when_it_predicts_names_model_and_fold():
    class Silent(LinearRegression):
        def predict(self, X):
            raise TypeError("not today")

    with pytest.raises(TypeError, match="model 'mute', repeat 0, fold 0: not today"):
        validate({"mute": Silent()})


@pytest.mark.parametrize("of_two", [compare_sizes, label_saving])
@pytest.mark.parametrize("size", [np.nan, 0, -5, np.inf, "many", None])
def test_a_curve_without_sizes_is_refused(of_two, size):
    rows = [
        {"model": m, "size": s, "repeat": r, "rmse": 1 / s + r, "n_test": 2, "n_pool": 8}
        for m in "ab" for s in (10, 20) for r in range(3)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    for bad in (table.assign(size=size), table.assign(size=table["size"].astype(object))):
        bad.loc[4, "size"] = size
        with pytest.raises(ValueError, match=r"the curve has the size .* in row"):
            of_two(bad, "a", "b")


def test_labels_that_are_none_and_rows_in_two_time_zones():
    zone = pd.date_range("2020", periods=30, tz="UTC")
    with pytest.raises(ValueError, match="Y is None"):
        RelatedAsFeatures(LinearRegression()).fit(X, None)
    with pytest.raises(ValueError, match=r"the index of Y is not that of X: row 0 is .*UTC"):
        cross_validate_transfer(
            MODEL, X.set_axis(zone), Y.set_axis(zone.tz_convert("Asia/Tokyo")), **QUIET
        )
    with pytest.raises(ValueError, match="X has 29 rows and Y has 30"):
        cross_validate_transfer(MODEL, X.to_numpy()[1:], Y, **QUIET)


def test_numbered_columns_in_another_order_are_refused_by_any_estimator():
    numbered = X.set_axis([10, 20], axis=1)
    model = RelatedAsFeatures(LinearRegression(), "y", related=[]).fit(numbered, Y)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(numbered[[20, 10]])
