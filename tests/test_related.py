"""Any scikit-learn estimator stands beside the forests, with or without related labels."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tlhelpers import DifferenceForest, SingleTaskForest, learning_curve
from tlhelpers.evaluation import (
    RelatedAsFeatures,
    cross_validate_predictions,
    cross_validate_transfer,
    predict_held_out,
    prepare_model,
    split_table,
    usual_rivals,
)


@pytest.fixture
def table():
    """Two scarce targets, each with a related energy of its own; some energies are missing."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(60, 2)), index=[f"r{i}" for i in range(60)])
    Y = pd.DataFrame({"dE": X[0] + rng.normal(size=60), "dF": rng.normal(size=60)}, index=X.index)
    Y["E"] = 2 * Y["dE"] + 0.1 * rng.normal(size=60)
    Y["F"] = 1 - Y["dF"] + 0.1 * rng.normal(size=60)
    Y.loc["r50":, ["E", "F"]] = np.nan
    Y.loc[["r3", "r7", "r20"], "dE"] = np.nan
    return X, Y, np.repeat(np.arange(30), 2)


ENERGY = {"E": "dE", "F": "dF"}
QUICK = {"n_splits": 4, "n_repeats": 2, "progress": False}


def test_the_straight_line_by_hand(table):
    X, Y, groups = table
    line = RelatedAsFeatures(LinearRegression(), related=ENERGY, keep_features=False)
    models = {"forest": DifferenceForest(["E", "F"], ENERGY, n_estimators=3), "line": line}
    found = cross_validate_predictions(models, X, Y, groups, setting="warm", **QUICK)
    assert found["model"].unique().tolist() == ["forest", "line"]
    lines = found[found["model"] == "line"]
    assert len(lines) == 2 * 2 * 50
    for (_, _, target), fold in lines.groupby(["repeat", "fold", "target"]):
        z = Y[ENERGY[target]]
        outside = Y.index[~np.isin(groups, groups[X.index.isin(fold["row"])])]
        both = outside[Y.loc[outside, target].notna() & z[outside].notna()]
        slope, start = np.polyfit(z[both], Y.loc[both, target], 1)
        expected = start + slope * z[fold["row"]]
        expected = expected.fillna(Y.loc[outside, target].mean())  # no energy: the mean
        np.testing.assert_allclose(fold["prediction"].astype(float), expected, rtol=0, atol=1e-9)


def test_a_pipeline_that_imputes_is_given_the_holes(table):
    X, Y, _ = table
    filled = make_pipeline(SimpleImputer(), LinearRegression())
    line = RelatedAsFeatures(filled, "E", "dE", keep_features=False).fit(X, Y)
    z, E = Y.loc[Y["E"].notna(), "dE"], Y["E"].dropna()
    slope, start = np.polyfit(z.fillna(z.mean()), E, 1)
    holes = Y[["dE"]].assign(dE=[np.nan, *Y["dE"][1:]])
    expected = start + slope * holes["dE"].fillna(z.mean())
    np.testing.assert_allclose(line.predict(X, known=holes), expected, rtol=0, atol=1e-9)


def test_the_most_common_class_is_that_of_the_other_folds(table):
    X, Y, groups = table
    labels = pd.DataFrame({"c": np.where(Y["dF"] > 0.3, "rare", "usual")}, index=X.index)
    labels.iloc[50:] = None
    models = {
        "forest": SingleTaskForest("c", n_estimators=3),
        "most common class": DummyClassifier(strategy="most_frequent"),
    }
    found = cross_validate_predictions(models, X, labels, groups, return_std=True, **QUICK)
    trivial = found[found["model"] == "most common class"]
    for _, fold in trivial.groupby(["repeat", "fold"]):
        other = labels.loc[~np.isin(groups, groups[X.index.isin(fold["row"])]), "c"].dropna()
        assert (
            set(fold["prediction"]) == {other.mode()[0]} and (fold["n_train"] == len(other)).all()
        )
    assert trivial["std"].isna().all() and found["std"].notna().any()
    assert "observation_std" not in found


ESTIMATORS = {
    "mean": DummyRegressor(),
    "line": LinearRegression(),
    "boosting": HistGradientBoostingRegressor(max_iter=5),
    "pipeline": make_pipeline(StandardScaler(), RandomForestRegressor(5)),
}


def test_any_regressor_stands_in_a_comparison(table):
    X, Y, groups = table
    models = {"forest": SingleTaskForest("E", n_estimators=5)} | ESTIMATORS
    options = {"setting": "warm", "return_std": True} | QUICK
    found, again = (
        cross_validate_predictions(models, X, Y, groups, n_jobs=n, **options) for n in (1, 2)
    )
    pd.testing.assert_frame_equal(found, again)  # every seed is set, nested ones too
    assert found.groupby("model")["prediction"].count().eq(100).all()
    stated = found.groupby("model")[["std", "observation_std"]].count()
    assert stated.loc["forest"].gt(0).all() and stated.drop("forest").eq(0).all(axis=None)
    curve = learning_curve(models, X, Y, groups, sizes=[10, 30], n_repeats=2, progress=False)
    assert curve["n_train"].tolist() == [10, 30] * 10 and curve["rmse"].notna().all()
    alone = predict_held_out(LinearRegression(), X, Y, groups, test=X.index < "r3", target="F")
    assert alone["model"].unique().tolist() == ["LinearRegression"]


class Witness(LinearRegression):
    """Remember what each fit was given."""

    seen: list = []

    def fit(self, X, y):
        Witness.seen.append((X, y))
        return super().fit(X, y)


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_a_plain_estimator_never_sees_the_test_groups(table, setting):
    X, Y, groups = table
    Witness.seen = []
    held_out = groups < 6
    predict_held_out(Witness(), X, Y, groups, test=held_out, target=["E", "F"], setting=setting)
    assert len(Witness.seen) == 2
    for (features, labels), target in zip(Witness.seen, "EF", strict=True):
        rows = X.index[~held_out & Y[target].notna()]
        assert features.index.equals(rows) and (labels == Y.loc[rows, target]).all()


@pytest.mark.parametrize("model", [SingleTaskForest("E"), RelatedAsFeatures(LinearRegression())])
def test_cold_hides_related_labels_of_test_groups_and_warm_does_not(table, model):
    X, Y, groups = table
    test = np.flatnonzero((groups == 4) | (groups == 7))
    cold = split_table(X, Y, groups, ["E"], test)
    warm = split_table(X, Y, groups, ["E"], test, "warm", trained=np.arange(20))
    assert cold.known is None and not X.index[test].isin(cold.X_train.index).any()
    pd.testing.assert_frame_equal(warm.known, Y.drop(columns="E").iloc[test])
    pd.testing.assert_frame_equal(warm.Y_train.drop(columns="E"), Y.drop(columns="E"))
    shown = np.setdiff1d(np.arange(20), test)
    assert warm.Y_train["E"].notna().to_numpy().nonzero()[0].tolist() == shown.tolist()
    pd.testing.assert_series_equal(warm.Y_train["E"].iloc[shown], Y["E"].iloc[shown])
    fitted = prepare_model(model, ["E"], 0).fit(warm.X_train, warm.Y_train)
    given = warm.known_to(fitted)
    assert cold.known_to(fitted) is None
    assert given is None if not model.uses_known else list(given) == ["dE", "dF", "F"]
    with pytest.raises(ValueError, match="setting"):
        split_table(X, Y, groups, ["E"], test, "hot")


def test_holes_stay_for_an_estimator_that_accepts_them(table):
    X, Y, _ = table
    boosting = HistGradientBoostingRegressor(max_iter=20, min_samples_leaf=3)
    model = RelatedAsFeatures(boosting, "E").fit(X, Y)
    assert model.related_ == ["dE", "dF", "F"] and is_regressor(model)
    labelled = Y["E"].notna()
    features = pd.concat([X, Y[model.related_]], axis=1).rename(columns=str)
    own = boosting.fit(features[labelled], Y.loc[labelled, "E"])
    np.testing.assert_array_equal(model.predict(X, known=Y[model.related_]), own.predict(features))
    features[model.related_] = np.nan
    np.testing.assert_array_equal(model.predict(X), own.predict(features))


def test_classes_with_holes_among_the_related_labels(table):
    X, Y, _ = table
    Y = Y.assign(c=np.where(Y["E"] > 1, "high", "low"))
    model = RelatedAsFeatures(KNeighborsClassifier(3), "c", "dE").fit(X, Y)
    answer = model.predict(X, known=Y[["dE"]])
    assert is_classifier(model)
    assert answer[3] == Y["c"].mode()[0] and set(answer) == {"high", "low"}


@pytest.mark.parametrize("model", ["a name", LinearRegression, KMeans(), StandardScaler()])
def test_what_is_no_regressor_or_classifier_is_refused(table, model):
    with pytest.raises(TypeError, match="model 'odd' is a"):
        cross_validate_predictions({"odd": model}, *table, target="E", progress=False)


def test_errors(table):
    X, Y, _ = table
    line = LinearRegression()
    for model, message in [
        (RelatedAsFeatures(line, "E", {"F": "dF"}), "does not say"),
        (RelatedAsFeatures(line, "E", "E"), "holds a target"),
        (RelatedAsFeatures(line, "E", "other"), "no task"),
        (RelatedAsFeatures(line, "E", "text"), "no numbers"),
        (RelatedAsFeatures(line, "E", "empty"), "no row carries"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y.assign(text="a", empty=np.nan))
    for rows, message in [(Y.iloc[::-1], "align them"), (Y.iloc[:9], "inconsistent numbers")]:
        with pytest.raises(ValueError, match=message):
            RelatedAsFeatures(line, "F", "dF").fit(X, rows)
        with pytest.raises(ValueError, match=message):
            RelatedAsFeatures(line, "F", "dF").fit(X, Y).predict(X, known=rows[["dF"]])
    with pytest.raises(ValueError, match="disagree on the type"):
        cross_validate_predictions(
            {"a": SingleTaskForest("E"), "b": DummyClassifier()}, X, Y, progress=False
        )


def test_known_labels_that_the_model_does_not_use_are_named():
    Y = pd.DataFrame({"y": [1.0, 2.0, 3.0], "z": [0.0, 1.0, 2.0]})
    line = RelatedAsFeatures(LinearRegression(), "y", "z", keep_features=False).fit(Y[[]], Y)
    for known in (Y["z"], Y.to_numpy()):
        with pytest.raises(TypeError, match="known must be a DataFrame"):
            line.predict(Y[[]], known=known)
    with pytest.raises(ValueError, match="'y', which is no related task"):
        line.predict(Y[[]], known=Y)


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", ["number", "class", "process"])
def test_usual_rivals_join_a_comparison_and_only_one_reads_the_columns(kind: str) -> None:
    """For a number and for a class, with holes among the related labels."""
    classes = kind == "class"
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=60)})
    z = pd.Series(rng.normal(size=60)).where(rng.random(60) < 0.8)
    y = z.fillna(0) + 0.1 * X["x"]
    Y = pd.DataFrame({"y": y.gt(0).map({True: "high", False: "low"}) if classes else y, "z": z})
    rivals = usual_rivals(10, classes=classes, process=kind == "process")
    rivals = dict(list(rivals.items())[-2:])  # the process comes last

    def score(labels):
        options = {"target": "y", "setting": "warm", "n_repeats": 1, "progress": False}
        scores = cross_validate_transfer(rivals, X, labels, **options)
        return scores.groupby("model")["accuracy" if classes else "rmse"].mean()[list(rivals)]

    blind, reads = score(Y)
    blind_again, reads_again = score(Y.assign(z=Y["z"].to_numpy()[::-1]))
    assert blind_again == blind
    assert (
        (reads > blind + 0.2 and reads_again < reads - 0.2)
        if classes
        else (reads < 0.8 * blind and reads_again > 1.1 * reads)
    )
