"""The forests keep scikit-learn's contract."""

import pickle
import warnings
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.inspection import permutation_importance
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    StackedForest,
)

FORESTS = [
    SingleTaskForest,
    MultiTaskForest,
    LatentVariableForest,
    DifferenceForest,
    PooledForest,
    StackedForest,
]
NUMBERS_ONLY = (DifferenceForest, PooledForest)  # classes have no difference and no union
ESTIMATORS = [
    forest(task_types=kind, n_estimators=20, random_state=0)
    for forest in FORESTS
    for kind in (None, "regression", "classification")
    if not (forest in NUMBERS_ONLY and kind == "classification")
]
ESTIMATORS += [
    DifferenceForest(slope="learned", shrink_to=0, base_as_feature=True, random_state=0),
    DifferenceForest(base_as_feature=True, bounds=(-1e6, None), n_estimators=20, random_state=0),
]
# As for scikit-learn's own forests: a bootstrap draws rows, so a weight of two is not two rows.
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "a bag draws rows whatever their weight"
}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=lambda estimator: EXPECTED)
def test_sklearn_check(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def table():
    """A table with holes: `y` is scarce, `z` and the class `c` are related."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(120, 4)), columns=list("abcd"))
    z = 3 * X["a"] + X["b"] + 0.1 * rng.normal(size=120)
    Y = pd.DataFrame({"y": z + X["c"], "z": z, "c": np.where(z > 2, "high", "low")})
    Y.loc[40:, "y"] = np.nan
    Y.loc[::7, "z"] = np.nan
    Y.loc[::5, "c"] = None
    return X, Y


def models(**options):
    return [
        SingleTaskForest("y", n_estimators=30, random_state=0, **options),
        MultiTaskForest("y", n_estimators=30, random_state=0, **options),
        LatentVariableForest("y", ["z", "c"], n_estimators=30, random_state=0, **options),
        DifferenceForest("y", "z", n_estimators=30, random_state=0, **options),
        PooledForest("y", "z", source_flag=True, n_estimators=30, random_state=0, **options),
        StackedForest("y", n_estimators=30, random_state=0, **options),
        DifferenceForest("y", "z", slope="learned", n_estimators=30, random_state=0, **options),
        DifferenceForest(
            "y", "z", base_as_feature=True, n_estimators=30, random_state=0, **options
        ),
    ]


names = [f"{i}-{type(model).__name__}" for i, model in enumerate(models())]


@pytest.mark.parametrize("model", models(), ids=names)
def test_holes_in_a_pipeline_and_a_grid_search(model, table):
    X, Y = table
    search = GridSearchCV(
        model, {"min_samples_leaf": [1, 30]}, cv=KFold(3, shuffle=True, random_state=0)
    )
    search.fit(X.iloc[:60], Y.iloc[:60])
    assert search.best_params_ == {"min_samples_leaf": 1}
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), clone(model))
    assert pipeline.fit(X, Y).score(X[:40], Y[:40]) > 0.7


@pytest.mark.parametrize("model", models(), ids=names)
def test_same_result_for_any_number_of_threads_and_after_a_pickle(model, table):
    X, Y = table
    one = clone(model).set_params(n_jobs=1).fit(X, Y)
    two = pickle.loads(pickle.dumps(clone(model).set_params(n_jobs=2).fit(X, Y)))
    for a, b in zip(one.predict(X, return_std=True), two.predict(X, return_std=True), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("forest", [SingleTaskForest, DifferenceForest])
def test_a_column_of_numbers_is_asked_about_where_a_related_label_is_needed(forest, table):
    """A frame of one column is named, and a matrix is what a forest of one label may be given."""
    X, Y = table
    one = Y[["z"]].dropna()
    asked = pytest.warns(DataConversionWarning) if forest is DifferenceForest else nullcontext()
    with warnings.catch_warnings(), asked:
        if forest is SingleTaskForest:
            warnings.simplefilter("error")
            forest(n_estimators=3).fit(X.loc[one.index], one)
        forest(n_estimators=3).fit(X.loc[one.index].to_numpy(), one.to_numpy())


def test_two_labels_are_enough_for_a_score(table):
    X, Y = table
    forest = SingleTaskForest(n_estimators=5, random_state=0).fit(X, Y["z"].fillna(1.0))
    asked = X.iloc[1:3]
    expected = r2_score(Y["z"][1:3], forest.predict(asked))
    assert forest.score(asked, Y["z"][1:3]) == pytest.approx(expected)
    with pytest.raises(ValueError, match="R2 needs two labels"):
        forest.score(asked[:1], Y["z"][1:2])


@pytest.mark.parametrize("forest", FORESTS)
def test_forests_of_equal_settings_are_two_forests(forest):
    one, other = forest("y"), forest("y")
    assert one != other and len({one, other}) == 2
    assert repr(one) == f"{forest.__name__}(target='y')"  # scikit-learn's: what is no default
    assert not getattr(one, "warm_start", False)  # a fit starts anew
    tags = get_tags(one).target_tags
    assert tags.required and tags.single_output


@pytest.mark.parametrize("model", models(), ids=names)
def test_tree_predictions_average_to_the_prediction(model, table):
    X, Y = table
    model = clone(model).fit(X, Y)
    trees = model.tree_predictions(X)
    assert trees.shape == (len(X), 30) and model.inbag_counts_.shape == (30, len(X))
    np.testing.assert_allclose(trees.mean(axis=1), model.predict(X), rtol=1e-12)


@pytest.mark.parametrize("forest", [SingleTaskForest, MultiTaskForest, StackedForest])
def test_several_targets_of_mixed_type(forest, table):
    X, Y = table
    model = forest(["y", "c"], n_estimators=30, random_state=0).fit(X, Y)
    predicted, error = model.predict(X, return_std=True)
    assert list(predicted) == list(error) == ["y", "c"] and list(predicted.index) == list(X.index)
    assert set(predicted["c"]) == {"high", "low"} and predicted["y"].dtype == float
    probability = model.predict_proba(X)
    assert list(probability) == ["c"] and np.allclose(probability["c"].sum(axis=1), 1)
    assert model.score(X, Y) > 0.7 and (error >= 0).all().all()


@pytest.mark.parametrize("model", models(), ids=names)
def test_errors_name_what_is_wrong(model, table):
    X, Y = table
    bad = X.copy()
    bad.loc[3, "b"] = np.nan
    with pytest.raises(ValueError, match="NaN in column 'b', row 3"):
        clone(model).fit(bad, Y)
    with pytest.raises(ValueError, match="no task of Y"):
        clone(model).set_params(target="nothing").fit(X, Y)
    with pytest.raises(ValueError, match="align them"):
        clone(model).fit(X, Y.iloc[::-1])
    with pytest.raises(ValueError, match="n_estimators == 0, must be >= 1"):
        clone(model).set_params(n_estimators=0).fit(X, Y)
    with pytest.raises(ValueError, match="max_features"):
        clone(model).set_params(max_features=1.5).fit(X, Y)
    with pytest.raises(ValueError, match="'y' has no label"):
        clone(model).fit(X, Y.assign(y=np.nan))
    for unit in (1e-170, 1e170):
        with pytest.raises(ValueError, match=r"'y' has labels of .* in a unit"):
            clone(model).fit(X, Y.assign(y=Y["y"] * unit))
    with pytest.raises(ValueError, match="regression task but holds"):
        clone(model).set_params(task_types="regression").fit(X, Y.assign(y=Y["c"]))
    fitted = clone(model).fit(X, Y)
    with pytest.raises(ValueError, match="known"):
        fitted.predict(X, known=Y[["y"]])


def test_known_labels_of_a_multi_task_forest_are_an_error(table):
    X, Y = table
    with pytest.raises(ValueError, match="into fit of a MultiTaskForest"):
        MultiTaskForest("y", random_state=0).fit(X, Y).predict(X, known=Y[["z"]])


@pytest.mark.parametrize("model", models(), ids=names)
def test_permutation_importance_finds_the_features_that_matter(model, table):
    X, Y = table
    model = clone(model).fit(X, Y)
    result = permutation_importance(model, X, Y, n_repeats=3, random_state=0)
    assert np.argmax(result.importances_mean) == 0


def test_numbers_as_text_are_refused_and_codes_are_classes(table):
    X, Y = table
    with pytest.raises(ValueError, match="'z' holds numbers as text"):
        SingleTaskForest("z").fit(X, Y.assign(z=Y["z"].astype(str).where(Y["z"].notna(), None)))
    codes = pd.Series(np.where(X["a"] > 0.5, "111", "532"), dtype=object)
    assert set(SingleTaskForest("f").fit(X, Y.assign(f=codes)).classes_) == {"111", "532"}
