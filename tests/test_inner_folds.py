"""Models without bags: what their clones say of rows they have not seen, and the intervals."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsRegressor
from test_table_comparison import make

from tlhelpers import SingleTaskForest
from tlhelpers.evaluation import RelatedAsFeatures, Split, prepare_model, usual_rivals
from tlhelpers.table import predict_table
from tlhelpers.table.inner_folds import InnerFolds, with_unseen
from tlhelpers.table.roles import OwnTable, Roles


def two_columns(n: int = 60) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return features, and a target with two related labels, one of them with holes."""
    X, Y = make(n=n, n_labels=n)
    w = np.where(np.arange(n) % 3, Y["y"] ** 2, np.nan)
    return X, Y.assign(w=w)


def judged(estimator, X, Y, groups=None, asked=None) -> InnerFolds:
    """Return a fitted model with its inner folds."""
    groups = np.arange(len(X)) if groups is None else groups
    fresh = prepare_model(estimator, ["y"], 0)
    split = Split(X, Y, X, None, groups)
    settings = [] if asked is None else ["cold", "warm"]
    return with_unseen(clone(fresh).fit(X, Y), fresh, split, "y", settings, asked)


def by_hand(X, Y, told, groups) -> np.ndarray:
    """Return what lines of the features and both labels say of each row, fitted without it."""
    holes = {"z": Y["z"].mean(), "w": Y["w"].mean()}
    guess = np.empty(len(X))
    for train, test in GroupKFold(10).split(X, groups=groups):
        whole = train[Y[["z", "w"]].notna().all(axis=1).to_numpy()[train]]
        line = LinearRegression().fit(
            np.column_stack([X, Y[["z", "w"]]])[whole], Y["y"].iloc[whole]
        )
        answer = np.full(len(test), Y["y"].iloc[train].mean())
        if set(told) == set(holes):
            rows = Y[["z", "w"]].iloc[test].notna().all(axis=1).to_numpy()
            told_rows = np.column_stack([X, Y[["z", "w"]]])[test][rows]
            answer[rows] = line.predict(told_rows)
        guess[test] = answer
    return guess


@pytest.mark.parametrize("told", [(), ("z", "w"), ("z",)])
def test_an_interval_is_of_the_errors_with_the_same_labels_told(told):
    """A line takes no holes: where a label is missing its prediction is the mean."""
    X, Y = two_columns()
    groups = np.arange(60) // 2
    model = judged(RelatedAsFeatures(LinearRegression()), X, Y, groups)
    guess = by_hand(X, Y, told, groups)
    np.testing.assert_allclose(model.unseen_prediction(told), guess)
    error, counts = np.abs(guess - Y["y"].to_numpy()), Y[list(told)].notna().all(axis=1)
    order = np.flatnonzero(counts)[np.argsort(error[counts])]
    n_of = pd.Series(groups[counts]).value_counts()
    weight = np.cumsum(1 / n_of.loc[groups[order]].to_numpy())
    half = error[order][np.searchsorted(weight, 0.9 * (len(n_of) + 1) - 1e-9)]
    known = Y[list(told)][counts][:3] if told else None
    ends = model.predict_interval(X[counts][:3], known, 0.9)
    middle = model.predict(X[counts][:3], known)
    np.testing.assert_allclose(ends, np.column_stack([middle - half, middle + half]))


def test_rows_with_other_labels_have_other_intervals():
    X, Y = two_columns()
    model = judged(usual_rivals(5)["Gaussian process, with columns"], X, Y)
    known = Y[["z", "w"]].iloc[:4].copy()
    known.loc[known.index[[1, 3]], ["z", "w"]] = np.nan
    low, high = model.predict_interval(X[:4], known).T
    width = high - low
    assert width[1] == pytest.approx(width[3]) and width[1] > 2 * width[0]
    bare = model.predict_interval(X[:4])
    assert np.diff(bare)[1, 0] == pytest.approx(width[1])
    held = model.predict_interval(X[:4], known, 0.5)
    assert (np.diff(held)[:, 0] < width).all()


def test_no_label_of_its_own_group_speaks_for_a_row():
    X, Y = make(n=40, n_labels=40)
    groups = np.arange(40) // 4
    first = judged(KNeighborsRegressor(1), X, Y, groups).unseen_prediction()
    Y.loc[Y.index[:4], "y"] += 1e6
    second = judged(KNeighborsRegressor(1), X, Y, groups).unseen_prediction()
    pd.testing.assert_series_equal(first[:4], second[:4])


class Counted(RegressorMixin, BaseEstimator):
    """The mean, and how often it was fitted."""

    fits = 0

    def fit(self, X, y):
        type(self).fits += 1
        self.mean_ = np.mean(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


def test_the_folds_are_fitted_once_for_all_that_is_asked():
    X, Y = two_columns()
    Counted.fits = 0
    model = judged(RelatedAsFeatures(Counted()), X, Y, asked=Y[["z", "w"]])
    assert Counted.fits == 11
    for told in ((), ("z", "w"), ("z",)):  # z alone is known where w has a hole
        model.unseen_prediction(told)
    model.predict_interval(X, Y[["z", "w"]])
    assert Counted.fits == 11
    model.predict_interval(X, Y[["w"]])
    assert Counted.fits == 21  # nobody had told which of the labels, w alone, would be known


class Classes(ClassifierMixin, Counted):
    """The first class, and how often it was fitted."""

    def fit(self, X, y):
        type(self).fits += 1
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def test_no_fold_is_fitted_for_classes_that_get_no_interval():
    X, Y = make(n=60, n_labels=40)
    Y["y"] = Y["y"].gt(0).map({True: "high", False: "low"}).where(Y["y"].notna(), None)
    table = OwnTable(X, Y, None, "y", Roles("y", related=("z",), features=tuple(X)))
    Classes.fits = 0
    found = predict_table("first", table, rivals={"first": Classes()})
    assert Classes.fits == 1 and found["low"].isna().all()


@pytest.mark.parametrize("n_groups", [1, 8])
def test_with_few_groups_an_interval_is_infinite_and_says_why(n_groups):
    X, Y = make(n=30, n_labels=24)
    groups = np.arange(30) % n_groups
    roles = Roles("y", related=("z",), features=tuple(X))
    table = OwnTable(X, Y, groups, "y", roles)
    with pytest.warns(UserWarning, match=f"has {n_groups} labels"):
        found = predict_table("line", table, rivals={"line": LinearRegression()})
    assert np.isneginf(found["low"]).all() and np.isposinf(found["high"]).all()
    assert np.isfinite(found["prediction"]).all()


def test_a_coverage_that_is_none_is_refused():
    X, Y = make(n=30, n_labels=30)
    with pytest.raises(ValueError, match="coverage must lie between 0 and 1"):
        judged(LinearRegression(), X, Y).predict_interval(X, coverage=90)


def test_a_forest_keeps_its_bags():
    X, Y = make(n=30, n_labels=30)
    forest = SingleTaskForest("y", n_estimators=5).fit(X, Y)
    assert with_unseen(forest, SingleTaskForest("y"), Split(X, Y, X, None), "y") is forest
