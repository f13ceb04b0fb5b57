"""Comparisons split by group, hide only the target, and do not leak."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    SingleTaskForest,
    cross_validate_transfer,
    label_saving,
    learning_curve,
)
from tlhelpers.evaluation import (
    RelatedAsFeatures,
    calibration_table,
    compare_sizes,
    corrected_resampled_t_test,
    cross_validate_predictions,
    hold_out_rows,
    predict_held_out,
    summarize,
    training_order,
)
from tlhelpers.evaluation.experiment import told_groups


class Recorder(SingleTaskForest):
    """Remember what each fit and prediction was given."""

    calls = []
    uses_known = True

    def fit(self, X, y, sample_weight=None):
        self.given = X, y
        super().fit(X, y, sample_weight)
        self.related_ = ["z"]
        return self

    def predict(self, X, known=None, return_std=False):
        Recorder.calls.append((*self.given, X, known))
        return super().predict(X)


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 2)
    X = pd.DataFrame(rng.uniform(size=(60, 3)))
    Y = pd.DataFrame({"y": X[0] + rng.normal(size=60) * 0.1, "z": X[0]})
    Y.loc[40:, "y"] = np.nan
    Recorder.calls = []
    return X, Y, groups


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_only_the_target_of_the_test_groups_is_hidden(table, setting):
    X, Y, groups = table
    model = Recorder("y", n_estimators=3)
    cross_validate_transfer(
        model, X, Y, groups, setting=setting, n_splits=4, n_repeats=2, progress=False
    )
    assert len(Recorder.calls) == 8
    tested = []
    for X_train, Y_train, X_test, known in Recorder.calls:
        test = X_test.index
        tested += list(test)
        learned = Y_train.index[Y_train["y"].notna()]
        assert not set(groups[learned]) & set(groups[test])
        assert Y.loc[test, "y"].notna().all()
        if setting == "cold":
            assert known is None and not set(groups[X_train.index]) & set(groups[test])
        else:
            assert len(X_train) == 60 and Y_train["z"].equals(Y["z"])
            assert list(known) == ["z"] and known["z"].equals(Y.loc[test, "z"])
    assert sorted(tested) == sorted(list(range(40)) * 2)


def test_learning_curve_subsamples_target_labels_only(table):
    X, Y, groups = table
    models = {"a": Recorder("y", n_estimators=3)}
    curve = learning_curve(models, X, Y, groups, sizes=[5, 20], n_repeats=3, progress=False)
    assert curve["n_train"].tolist() == [5, 20] * 3 and len(curve) == 6
    seen = [set(call[1].index[call[1]["y"].notna()]) for call in Recorder.calls]
    for few, many in zip(seen[::2], seen[1::2], strict=True):
        assert few < many and len(few) == 5
    assert all(call[1]["z"].notna().all() for call in Recorder.calls)


def test_same_scores_for_any_number_of_threads(table):
    X, Y, groups = table
    models = {
        "s": SingleTaskForest("y", n_estimators=5),
        "d": DifferenceForest("y", "z", n_estimators=5),
    }
    options = {"sizes": [8, 20], "n_repeats": 2, "progress": False}
    one, two = (learning_curve(models, X, Y, groups, n_jobs=n, **options) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_scores_are_the_metrics_of_the_predictions(table):
    X, Y, groups = table
    scores = cross_validate_transfer(
        Recorder("y", n_estimators=3, random_state=0), X, Y, groups, n_repeats=1, progress=False
    )
    for (X_train, Y_train, X_test, _), rmse in zip(Recorder.calls, scores["rmse"], strict=True):
        model = SingleTaskForest("y", n_estimators=3, random_state=0).fit(X_train, Y_train)
        truth = Y.loc[X_test.index, "y"]
        assert rmse == pytest.approx(np.sqrt(np.mean((model.predict(X_test) - truth) ** 2)))


def test_classes_are_scored_by_accuracy_and_f1(table):
    X, _, groups = table
    labels = pd.DataFrame({"c": np.where(X[0] > 0.5, "high", "low")})
    scores = cross_validate_transfer(
        SingleTaskForest("c"), X, labels, groups, n_repeats=1, progress=False
    )
    assert scores["accuracy"].mean() > 0.8 and {"f1_macro"} < set(scores)


def test_groups_are_told_to_models_that_take_them():
    forest, line, groups = SingleTaskForest("y"), LinearRegression(), np.array([0, 0, 1])
    assert told_groups(forest, groups) == {"groups": groups}
    for model, given in ((line, groups), (forest, None), (forest, np.arange(3))):
        assert told_groups(model, given) == {}  # it takes none, there are none, or all of one row


@pytest.mark.parametrize("run", [cross_validate_predictions, learning_curve])
def test_progress_is_shown_unless_it_is_not_wanted(run, table, capsys):
    options = {"sizes": [10]} if run is learning_curve else {"n_splits": 2}
    for shown in ({}, {"progress": False}):
        run(SingleTaskForest("y", n_estimators=2), *table, n_repeats=1, **options, **shown)
        assert ("splits" in capsys.readouterr().err) is (shown == {})


def test_training_order_keeps_groups_together():
    groups = np.array(list("aabbccddee"))
    order, test = training_order(np.ones(10, bool), groups, 0.2, seed=0)
    assert len(test) == 2 and len(order) == 8
    assert not set(groups[order]) & set(groups[test])
    assert all(groups[a] == groups[b] for a, b in order.reshape(-1, 2))


def test_corrected_t_test_by_hand():
    d = np.array([0.1, 0.3, 0.2, 0.5, 0.1])
    error = np.sqrt((1 / 5 + 0.25) * d.var(ddof=1))
    mean, half_width, p_value = corrected_resampled_t_test(d, 0.25)
    assert mean == pytest.approx(d.mean())
    assert half_width == pytest.approx(stats.t.ppf(0.975, 4) * error)
    assert p_value == pytest.approx(2 * stats.t.sf(d.mean() / error, 4))
    plain = stats.ttest_1samp(d, 0).pvalue
    assert corrected_resampled_t_test(d, 0.0)[2] == pytest.approx(plain)
    for ratio in (-0.1, np.inf, np.nan, 1e150):
        with pytest.raises(ValueError, match="test_to_train must be from 0 to below 1e100"):
            corrected_resampled_t_test(d, ratio)


def test_verdicts():
    rows = [
        {"model": m, "size": s, "repeat": r, "rmse": e + 0.01 * r, "n_test": 20, "n_pool": 80}
        for s, errors in [(10, {"a": 2.0, "b": 1.0}), (50, {"a": 1.0, "b": 1.0})]
        for m, e in errors.items()
        for r in range(10)
    ]
    table = pd.DataFrame(rows)
    table.loc[(table["size"] == 50) & (table["model"] == "b"), "rmse"] += 0.1 * (-1) ** np.arange(
        10
    )
    verdict = compare_sizes(table, "a", "b")
    assert verdict["verdict"].to_dict() == {10: "better", 50: "no difference seen"}
    assert compare_sizes(table, "b", "a").loc[10, "verdict"] == "worse"
    assert summarize(table, ["model", "size"]).loc[("a", 10), ("rmse", "mean")] == pytest.approx(
        2.045
    )
    with pytest.raises(ValueError, match="'c' is no model"):
        compare_sizes(table, "a", "c")


def test_label_saving_of_known_curves():
    """Errors fall as n^-1/2; the model has those of the baseline with four times the labels."""
    sizes = [10, 20, 40, 80, 160, 320]
    rng = np.random.default_rng(0)
    rows = [
        {"model": m, "size": n, "repeat": r, "rmse": (f * n) ** -0.5 * (1 + 0.02 * rng.normal())}
        | {"n_test": 20, "n_pool": 80}
        for m, f in [("baseline", 1), ("model", 4)]
        for n in sizes
        for r in range(20)
    ]
    saving = label_saving(pd.DataFrame(rows), "baseline", "model")
    inside = saving.loc[[10, 20, 40]]
    assert inside["saving"].between(3.7, 4.3).all()
    assert (inside["low"] <= 4.1).all() and (inside["high"] >= 3.9).all()
    assert np.isinf(saving.loc[[160, 320], "saving"]).all()  # the baseline never gets that far
    assert np.isinf(saving.loc[160, "high"])
    back = label_saving(pd.DataFrame(rows), "model", "baseline")
    assert back.loc[10, "saving"] == 0
    assert back.loc[320, "saving"] == pytest.approx(0.25, abs=0.02)
    own = [row for row in rows if row["model"] == "baseline"]
    twin = label_saving(pd.DataFrame([*own, *(r | {"model": "m"} for r in own)]), "baseline", "m")
    np.testing.assert_allclose(twin["saving"], 1)  # at the ends of the curve too
    with pytest.raises(ValueError, match="'c' is no model"):
        label_saving(pd.DataFrame(rows), "c", "model")


@pytest.mark.parametrize("gain", [0.0, 0.03, 0.06, 0.3, -0.3])
def test_a_saving_is_seen_where_the_test_sees_a_difference(gain):
    """The interval of the saving leaves out 1 exactly where the corrected test rejects."""
    rng = np.random.default_rng(1)
    rows = [
        {"model": m, "size": n, "repeat": r, "n_test": 20, "n_pool": 80}
        | {"rmse": n**-0.3 * (1 - gain * (m == "model")) * (1 + 0.05 * rng.normal())}
        for m in ("baseline", "model") for n in (10, 20, 40, 80) for r in range(10)
    ]  # fmt: skip
    curve = pd.DataFrame(rows)
    saving = label_saving(curve, "baseline", "model")
    tests = compare_sizes(curve, "baseline", "model")
    inside = (saving["low"] <= 1) & (saving["high"] >= 1)
    pd.testing.assert_series_equal(inside, tests["p_value"] >= 0.05, check_names=False)
    assert (saving["low"] <= saving["saving"]).all() and (saving["saving"] <= saving["high"]).all()


@pytest.mark.parametrize("of_two", [compare_sizes, label_saving])
def test_a_curve_of_two_targets_is_refused(of_two):
    rows = [
        {"model": m, "size": s, "repeat": r, "target": t, "rmse": 1.0, "n_test": 2, "n_pool": 8}
        for m in "ab" for s in (10, 20) for r in range(3) for t in "yz"
    ]  # fmt: skip
    curve = pd.DataFrame(rows)
    with pytest.raises(ValueError, match=r"several targets, \['y', 'z'\]: select one"):
        of_two(curve, "a", "b")
    assert len(of_two(curve.query("target == 'y'"), "a", "b")) == 2


def test_errors(table):
    X, Y, groups = table
    model = SingleTaskForest("y")
    for options, message in [
        ({"setting": "hot"}, "setting"),
        ({"target": "z"}, "the targets that are scored"),
        ({"n_splits": 99}, "cannot fill"),
    ]:
        with pytest.raises(ValueError, match=message):
            cross_validate_transfer(model, X, Y, groups, progress=False, **options)
    with pytest.raises(ValueError, match="sizes must lie"):
        learning_curve(model, X, Y, groups, sizes=[500], progress=False)
    with pytest.raises(ValueError, match="groups has 3"):
        learning_curve(model, X, Y, groups[:3], sizes=[5], progress=False)


@pytest.mark.parametrize("classes", [[True, False], [3, 5], ["high", "low"]])
def test_classes_of_any_kind_are_scored_as_classes(table, classes):
    X, _, groups = table
    Y = pd.DataFrame({"c": pd.Series(np.where(X[0] > 0.5, *classes)).astype(object), "z": X[0]})
    Y.loc[::6, "c"] = None
    model = SingleTaskForest("c", task_types={"c": "classification"}, n_estimators=10)
    curve = learning_curve(model, X, Y, groups, sizes=[20, 30], n_repeats=2, progress=False)
    assert curve["accuracy"].mean() > 0.7


def test_tables_without_text_names(table):
    X, Y, groups = table
    one, other = (
        learning_curve(
            SingleTaskForest(target, n_estimators=5),
            X_, Y_, groups, sizes=[10], n_repeats=2, progress=False,
        )
        for target, X_, Y_ in [(0, X.to_numpy(), Y.to_numpy()), ("y", X, Y)]
    )  # fmt: skip
    assert one["rmse"].tolist() == other["rmse"].tolist()


def test_a_column_that_no_model_uses_is_no_matter(table):
    X, Y, groups = table
    Y = Y.assign(unused=[None, "text"] * 30)
    options = {"setting": "warm", "n_repeats": 1, "progress": False}
    model = DifferenceForest("y", "z", n_estimators=5)
    with_it = cross_validate_transfer(model, X, Y, groups, **options)
    without = cross_validate_transfer(model, X, Y.drop(columns="unused"), groups, **options)
    pd.testing.assert_frame_equal(with_it, without)


def test_groups_with_holes_or_in_another_order_are_refused(table):
    X, Y, groups = table
    model = SingleTaskForest("y", n_estimators=3)
    holes = groups.astype(float)
    holes[7] = np.nan
    for bad, message in [(holes, "row 7"), (pd.Series(groups)[::-1], "index of groups")]:
        with pytest.raises(ValueError, match=message):
            learning_curve(model, X, Y, bad, sizes=[5], progress=False)


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_a_hold_out_set_is_whole_groups_that_training_never_saw(table, setting):
    X, Y, groups = table
    test = hold_out_rows(Y, groups, target="y", test_size=0.3, random_state=1)
    assert len(set(groups[test])) == 6 and not set(groups[test]) & set(groups[~test])
    held = predict_held_out(Recorder("y", n_estimators=3), X, Y, groups, test=test, setting=setting)
    ((X_train, Y_train, X_test, known),) = Recorder.calls
    assert held["row"].tolist() == X_test.index.tolist() == np.flatnonzero(test).tolist()
    assert Y_train["y"].notna().sum() == 28 and Y_train["y"].reindex(held["row"]).isna().all()
    assert (len(X_train) == 60) == (setting == "warm") == (known is not None)
    np.testing.assert_array_equal(held["truth"], Y["y"][test])
    other = hold_out_rows(Y, groups, target="y", test_size=0.3, random_state=2)
    assert (other != test).any()
    with pytest.raises(ValueError, match="mask of 60"):
        predict_held_out(Recorder("y"), X, Y, groups, test=[1, 2])
    with pytest.raises(ValueError, match="no row with a label"):
        predict_held_out(Recorder("y"), X, Y, groups, test=np.arange(60) >= 50)


def test_a_masked_group_without_a_label_of_the_target_is_held_out_too(table):
    X, Y, groups = table
    test = (np.arange(60) < 6) | (np.arange(60) == 50)  # of the group of 50 and 51, without y
    held = predict_held_out(Recorder("y", n_estimators=3), X, Y, groups, test=test)
    ((X_train, _, _, _),) = Recorder.calls
    assert held["row"].tolist() == list(range(6))
    assert X_train.index.tolist() == [*range(6, 50), *range(52, 60)]


@pytest.mark.parametrize("target", [None, "y"])
@pytest.mark.parametrize(
    "model",
    [DifferenceForest(base="z", n_estimators=3), LatentVariableForest(latents="z", n_estimators=3)],
)
def test_what_a_forest_predicts_may_follow_from_its_relation(table, model, target):
    X, Y, groups = table
    models = {"a": model, "b": SingleTaskForest("y", n_estimators=3), "c": LinearRegression()}
    options = {"n_repeats": 1, "n_splits": 3, "progress": False, "target": target}
    found = cross_validate_predictions(models, X, Y, groups, **options)
    assert set(found["target"]) == {"y"} and set(found["model"]) == set(models)
    alone = cross_validate_predictions(model, X, Y, groups, **options)
    named = clone(model).set_params(target="y")
    again = cross_validate_predictions(named, X, Y, groups, **options)
    pd.testing.assert_frame_equal(alone, again)


def test_one_model_without_uncertainty_leaves_the_others_theirs(table):
    X, Y, groups = table
    models = {"forest": SingleTaskForest("y", n_estimators=20), "line": LinearRegression()}
    options = {"n_repeats": 1, "return_std": True, "progress": False}
    found = cross_validate_predictions(models, X, Y, groups, **options)
    both = calibration_table(found)
    alone = calibration_table(found[found["model"] == "forest"])
    assert both.loc["line"].isna().all()
    pd.testing.assert_frame_equal(both.loc[["forest"]], alone, check_dtype=False)
    hole = found.assign(observation_std=found["observation_std"].mask(found.index == 3))
    with pytest.raises(ValueError, match=r"1 of 40 predictions of .*forest"):
        calibration_table(hole)
    with pytest.raises(ValueError, match="return_std=True"):
        calibration_table(found[found["model"] == "line"])


def test_several_targets_are_all_hidden_and_scored_each_on_its_labels(table):
    X, Y, groups = table
    Y = Y.assign(w=Y["z"] + X[1], aux=X[2])
    Y.loc[::3, "w"] = np.nan
    targets = ["y", "w"]
    models = {
        "single-task": SingleTaskForest(targets, n_estimators=20),
        "latent variable": LatentVariableForest(targets, ["z", "aux"], n_estimators=20),
    }
    options = {"n_splits": 4, "n_repeats": 2, "setting": "warm", "progress": False}
    predictions = cross_validate_predictions(models, X, Y, groups, return_std=True, **options)
    for target in targets:
        part = predictions[predictions["target"] == target]
        labelled = Y.index[Y[target].notna()]
        for _, repeat in part.groupby(["model", "repeat"]):
            assert sorted(repeat["row"]) == labelled.tolist()
            assert (repeat["n_train"] < len(labelled)).all()
        np.testing.assert_array_equal(part["truth"], Y.loc[part["row"], target])
    assert (predictions[["std", "observation_std"]] > 0).all(axis=None)
    scores = cross_validate_transfer(models, X, Y, groups, **options)
    here = "model == 'single-task' and repeat == 1 and fold == 2 and target == 'w'"
    one, row = predictions.query(here), scores.query(here)
    assert row["rmse"].item() == pytest.approx(
        np.sqrt(((one["truth"] - one["prediction"]).astype(float) ** 2).mean())
    )
    with pytest.raises(ValueError, match="add 'target'"):
        summarize(scores)
    assert list(summarize(scores, ["target", "model"]).index) == [
        (t, m) for m in models for t in targets
    ]


def test_a_forest_inside_another_estimator_is_refused_as_it_would_lose_its_related_labels():
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)))
    Y = pd.DataFrame({"y": X[0], "z": X[0]})
    wrapped = make_pipeline(StandardScaler(), DifferenceForest("y", "z"))
    for model in (wrapped, RelatedAsFeatures(DifferenceForest("y", "z"))):
        with pytest.raises(TypeError, match="'p' holds a DifferenceForest"):
            cross_validate_transfer({"p": model}, X, Y, target="y", progress=False)
