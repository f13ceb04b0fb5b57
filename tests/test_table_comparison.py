"""The comparison on a user's own table: what it chooses, what it says, in what time."""

import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
    compare_architectures,
    cross_validate_transfer,
    load_results,
)
from tlhelpers.book import gain_to_be_seen
from tlhelpers.evaluation import (
    RelatedAsFeatures,
    compare_models,
    cross_validate_predictions,
    split_table,
)
from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.forests.stacked import stacking_weights
from tlhelpers.forests.stages import OutOfBagReading
from tlhelpers.table import comparison, recommending, running, share_outside
from tlhelpers.table import parts as table_parts
from tlhelpers.table.answers import describe_rows
from tlhelpers.table.candidates import find_candidates
from tlhelpers.table.learned import find_differences, find_importances
from tlhelpers.table.parts import Part, fit_all
from tlhelpers.table.relations import relate, same_unit
from tlhelpers.table.running import Runner

QUICK = {"n_repeats": 2, "n_estimators": 20, "progress": False}
NO_CURVES = QUICK | {"max_seconds": 1e-3}  # two repeats of the cross-validation, and no more
FEW_TREES = {"n_estimators": 5}  # where they are enough to show it


def make(n=90, n_labels=60, n_related=None, seed=0, noise=0.1):
    """Return a table whose related label is the target with a systematic error."""
    rng = np.random.default_rng(seed)
    names = [f"m{i}" for i in range(n)]
    X = pd.DataFrame(rng.uniform(size=(n, 5)), names, [f"x{i}" for i in range(5)])
    y = np.sin(6 * X["x0"]) + 2 * X["x1"] * X["x2"]
    Y = pd.DataFrame({"y": y, "z": y + X["x3"]}) + noise * rng.normal(size=(n, 2))
    Y.loc[names[n_labels:], "y"] = np.nan
    if n_related is not None:
        Y.loc[names[n_related:], "z"] = np.nan
    return X, Y


@pytest.fixture(scope="module")
def found():
    X, Y = make()
    return compare_architectures(X, Y, "y", **NO_CURVES)


# ---- Out of bag, with known labels


def test_out_of_bag_with_known_labels_is_read_in_the_regime_of_each_row():
    X, Y = make(n_related=80)
    Y.iloc[5:15, 1] = np.nan
    for model in (DifferenceForest("y", "z"), StackedForest("y", "z", pull=np.inf)):
        model.set_params(n_estimators=30, random_state=0).fit(X, Y)
        mine = model.out_of_bag_prediction(known="z")
        stages = model._stages
        known = model._combine("y", OutOfBagReading(stages, known=["z"]).mean)
        cold = model._combine("y", OutOfBagReading(stages).mean)
        told = Y["z"].notna().to_numpy()
        np.testing.assert_allclose(mine[told], known[told])
        np.testing.assert_allclose(mine[~told], cold[~told])
        np.testing.assert_allclose(model.out_of_bag_prediction(), cold)
        assert np.abs(known - cold)[told].max() > 0.01


@pytest.mark.parametrize("known", [None, "z"])
def test_out_of_bag_the_stack_mixes_a_row_with_weights_from_the_other_folds(known):
    X, Y = make(n_related=80)
    groups = np.arange(len(X)) // 2
    model = StackedForest("y", "z", n_estimators=30, random_state=0).fit(X, Y, groups=groups)
    mine, label = model.out_of_bag_prediction(known), Y["y"].to_numpy()
    read = OutOfBagReading(model._stages, known=[known] if known else []).mean
    F = np.column_stack([member._combine("y", read) for member in model._members.values()])
    rows = np.flatnonzero(Y[["y", "z"] if known else ["y"]].notna().all(axis=1))
    own = list(model._members), ["known" if known else "guessed"]
    fitted = model.weights_.set_index("regime").loc[own[1][0], own[0]].to_numpy(dtype=float)
    moved = 0.0
    for kept, left in GroupKFold(10).split(rows, groups=groups[rows]):
        weights = stacking_weights(F[rows[kept]], label[rows[kept]], len(kept), model.pull)
        np.testing.assert_allclose(mine[rows[left]], F[rows[left]] @ weights)
        moved = max(moved, np.abs(weights - fitted).max())
    assert moved > 0.01  # so the weights of all rows would be seen
    if not known:
        rest = np.setdiff1d(np.arange(len(X)), rows)
        np.testing.assert_allclose(mine[rest], F[rest] @ fitted)


def test_out_of_bag_difference_is_the_known_label_plus_what_unseen_trees_add():
    X, Y = make(n_labels=40)
    model = DifferenceForest("y", "z", n_estimators=25, random_state=1).fit(X, Y)
    added = model.tree_predictions(X, known=Y[["z"]])  # z plus each tree's difference
    taught = (model.inbag_counts_.T > 0) & Y["y"].notna().to_numpy()[:, None]
    unseen = np.where(taught, np.nan, added)
    expected = np.nanmean(unseen, axis=1)
    np.testing.assert_allclose(model.out_of_bag_prediction("z"), expected, atol=1e-9)


def test_out_of_bag_with_labels_that_a_model_cannot_use_is_an_error():
    X, Y = make()
    with pytest.raises(ValueError, match="MultiTaskForest cannot use known"):
        MultiTaskForest("y", n_estimators=5).fit(X, Y).out_of_bag_prediction("z")
    with pytest.raises(ValueError, match="'w' is no task"):
        DifferenceForest("y", "z", n_estimators=5).fit(X, Y).out_of_bag_prediction("w")


# ---- Candidates


@pytest.mark.parametrize(
    ("factor", "offset", "same"),
    [(1, 0, True), (1, 273.15, True), (1.3, 0, True), (1000, 0, False), (1e-3, 0, False),
     (1.8, 32, False), (-1, 0, False), (0, 0, False), (27.2, 0, False)],
)  # fmt: skip
def test_units_are_judged_by_the_slope(factor, offset, same):
    rng = np.random.default_rng(0)
    z = pd.Series(rng.normal(size=60))
    y = factor * z + offset + 0.1 * (factor or 1) * rng.normal(size=60)
    y[::7] = np.nan
    y[1] = 1e4 * (factor or 1)  # one wrong label turns no robust slope
    assert same_unit(y, z) is same


@pytest.mark.parametrize(
    ("slope", "same"), [(0.59, False), (0.61, True), (1.59, True), (1.61, False)]
)
def test_slopes_of_one_unit_end_at_the_bounds(slope, same):
    z = pd.Series(np.random.default_rng(0).normal(size=2500))
    assert same_unit(slope * z + 3, z) is same
    assert relate(slope * z + 3, z).same_unit is same
    assert not same_unit(slope * z[:9], z[:9]) and relate(slope * z[:9], z[:9]) is None


def test_a_difference_stands_only_where_the_unit_is_the_same():
    _, Y = make()
    assert list(find_candidates(Y, "y")) == [
        "single-task", "difference", "learned slope", "latent variable", "multi-task", "stack",
        "equal weights",
    ]  # fmt: skip
    Y["w"] = 96.485 * Y["z"]
    Y["v"] = Y["z"] + 0.1
    Y["kind"] = np.where(Y["z"] > 1, "a", "b")
    models = find_candidates(Y, "y")
    assert [name for name in models if name.startswith("difference")] == [
        "difference (z)", "difference (v)"
    ]  # fmt: skip
    assert models["learned slope"].base == ["z", "w", "v"]
    assert list(find_candidates(Y[["y"]], "y")) == ["single-task"]
    of_classes = list(find_candidates(Y[["kind", "z"]], "kind"))
    assert "learned slope" not in of_classes and of_classes[-2:] == ["stack", "equal weights"]


@pytest.mark.parametrize("n", [9, 10])
def test_a_difference_is_described_from_ten_rows_with_both_labels(n):
    X, Y = make()
    Y["z"] = Y["z"].where(np.arange(90) < n)
    task = Experiment.of({"single-task": SingleTaskForest("y")}, X, Y, None, ["y"], "cold")
    (row,) = find_differences(task, random_state=0, n_estimators=5).to_dict("records")
    assert (row["label"], row["n_both"]) == ("z", n)
    assert (n < 10) is all(np.isnan(row[name]) for name in ("correlation", "slope"))


def test_a_classifier_without_intervals_states_none():
    X, Y = make()
    Y["y"] = np.where(X["x0"] > 0.5, "high", "low").astype(object)
    model = RelatedAsFeatures(LogisticRegression(), "y", related=[]).fit(X, Y)
    table = describe_rows(model, X)
    assert list(table) == ["prediction", "low", "high"]
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["prediction"].tolist() == list(model.predict(X)) and (table.index == X.index).all()


# ---- The choice


def test_single_models_are_scored_by_the_one_protocol(found):
    assert list(found.scores)[:4] == ["setting", "model", "repeat", "fold"]
    X, Y = make()
    models = find_candidates(Y, "y", n_estimators=20)
    options = {"target": "y", "setting": "warm", "n_repeats": 2, "progress": False}
    expected = cross_validate_transfer(models, X, Y, **options)
    mine = found.scores[found.scores["model"] != "picked"]
    order = ["model", "repeat", "fold"]
    pd.testing.assert_frame_equal(
        mine.sort_values(order)[expected.columns].reset_index(drop=True),
        expected.sort_values(order).reset_index(drop=True),
        check_like=True,
    )
    verdicts = compare_models(expected, "single-task").reset_index()
    columns = ["model", "score", "low", "high", "p_adjusted", "verdict"]
    pd.testing.assert_frame_equal(found.verdicts[columns], verdicts[columns])


def test_the_choice_is_made_in_each_fold_by_the_error_on_its_training_rows(found):
    X, Y = make()
    rows = found.predictions
    for fold in (0, 3):
        part = rows[(rows["repeat"] == 1) & (rows["fold"] == fold)]
        test = np.flatnonzero(X.index.isin(part["row"]))
        split = split_table(X, Y, np.arange(len(X)), ["y"], test, "warm")
        errors = {}
        for name, model in find_candidates(Y, "y", n_estimators=20, random_state=1).items():
            model.fit(split.X_train, split.Y_train)
            guess = model.out_of_bag_prediction("z" if model.uses_known else None)
            errors[name] = np.nanmean((guess - split.Y_train["y"]) ** 2)
        best = min(errors, key=errors.get)
        assert set(part["choice"].dropna()) == {best}
        predicted = part.set_index(["model", "row"])["prediction"]
        pd.testing.assert_series_equal(predicted["picked"], predicted[best])
        scores = found.scores.query("repeat == 1 and fold == @fold").set_index("model")
        assert scores["choice"].dropna().to_dict() == {"picked": best}
        assert scores.loc["picked", "rmse"] == scores.loc[best, "rmse"]


def test_related_labels_that_help_are_recommended(found):
    assert found.setting == "warm" and list(found.recommendations) == ["warm"]
    assert found.recommended != "single-task" and found.recommended in found.recommendation.lower()
    said = found.recommendations["warm"]
    assert said.high < 0 and said.p_value < 0.05 and said.score < 0.8 * said.baseline_score
    assert type(found.model) is type(find_candidates(make()[1], "y")[found.recommended])


@pytest.mark.once
def test_unrelated_labels_are_not():
    X, Y = make()
    Y["z"] = np.random.default_rng(1).normal(size=len(Y))
    found = compare_architectures(X, Y, "y", **NO_CURVES)
    assert found.recommended == "single-task"
    assert found.picked == found.recommendations["warm"].picked
    alone = found.picked == "single-task"
    answer = ". By the errors on all rows the" if alone else ": the choice is yours. If a simple"
    assert found.recommendation.startswith(f"No difference seen{answer}")
    assert isinstance(found.model, SingleTaskForest)
    said = found.recommendations["warm"]
    n_scores = found.scores.query("model == 'single-task'").groupby("setting").size()["warm"]
    ends = pd.DataFrame({"low": [said.low], "high": [said.high]})
    seen = gain_to_be_seen(ends, n_scores).item() / said.baseline_score  # the rule of the pages
    assert f"a model must have {seen:.0%} less error" in found.recommendation


def test_with_eight_labels_it_cannot_tell_and_runs_nothing(monkeypatch):
    monkeypatch.setattr(running, "work", lambda *_: pytest.fail("something ran"))
    X, Y = make(n_labels=8)
    found = compare_architectures(X, Y, "y", **QUICK)
    assert found.recommended == "single-task" and found.recommendation.startswith("Cannot tell: 8")
    assert found.picked is None
    assert len(found.verdicts) == len(found.scores) == len(found.labels_to_buy) == 0
    assert found.predict(X[:3])["prediction"].notna().all()


@pytest.mark.once
def test_a_fold_of_few_labels_warns_of_no_interval(recwarn):
    X, Y = make(n=14, n_labels=10, n_related=14)
    compare_architectures(X, Y, "y", **NO_CURVES)
    assert not [w for w in recwarn if "an interval of coverage" in str(w.message)]


def said_of(
    values, metric, picked, verdict="no difference seen", n_groups=30, unit=" eV", n_settings=1
):
    """Return the words of the recommendation, of 25 scores in each setting."""
    verdict = recommending._verdict(verdict, values, metric, n_groups, 25, n_settings)
    return recommending._sentence(values, metric, picked, verdict, unit, 25, n_settings)


def recommend(scores, setting, *told):
    """Return the recommendation, with the verdicts on single models; it was picked throughout."""
    verdicts = recommending.judge_models(scores, "rmse")
    if "choice" not in scores:
        scores = scores.assign(choice=np.where(scores["model"] == "picked", told[0], None))
    return recommending.recommend(scores, verdicts, setting, "rmse", *told)


def folds_with(p_values):
    """Return scores of the baseline and the choice, which differ with this p in each setting."""
    noise = np.random.default_rng(0).normal(size=25)
    noise -= noise.mean()
    error = np.sqrt((1 / 25 + 1 / 4) * noise.var(ddof=1))
    tables = []
    for setting, p in p_values.items():
        gain = stats.t.isf(p / 2, 24) * error
        for model, own in (("single-task", 20 + noise), ("picked", 20 - gain + 0 * noise)):
            table = pd.DataFrame({"rmse": own, "model": model, "setting": setting, "target": "y"})
            tables.append(table.assign(repeat=np.arange(25) // 5, fold=np.arange(25) % 5))
    return pd.concat(tables, ignore_index=True).assign(n_test=20, n_pool=80, n_train=80)


class AtItsBound(LinearRegression):
    """It says what a Gaussian process says of its kernel, in the threads of a comparison."""

    said = 0

    def fit(self, X, y):
        if threading.current_thread() is not threading.main_thread():
            AtItsBound.said += 1
            warnings.warn(
                "The optimal value found for dimension 0 of parameter k2__noise_level is close to "
                "the specified lower bound 1e-05.\nDecreasing the bound may help.",
                ConvergenceWarning,
                stacklevel=1,
            )
        return super().fit(X, y)


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_a_process_without_noise_is_no_warning_in_threads_either():
    """A filter within a fit does not hold there: threads share one list of filters."""
    X, Y = make()
    compare_architectures(X, Y, "y", rivals={"process": AtItsBound()}, n_jobs=2, **NO_CURVES)
    assert AtItsBound.said > 0


def test_a_fit_has_one_thread():
    """Others of its own would wait for each other: boosting on a small table with two jobs."""
    code = """
import threading, numpy as np, pandas as pd
from sklearn.linear_model import LinearRegression
from threadpoolctl import threadpool_info
from tlhelpers import compare_architectures

class Spy(LinearRegression):
    seen = set()
    def fit(self, X, y):
        beside = threading.current_thread() is not threading.main_thread()
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "openmp"]
        self.seen.update((beside, pool["num_threads"]) for pool in pools)
        return super().fit(X, y)

x = np.random.default_rng(0).uniform(size=(40, 2))
Y = pd.DataFrame({"y": x[:, 0], "z": x.sum(axis=1)})
options = {"n_estimators": 5, "n_repeats": 2, "max_seconds": 0.1, "progress": False}
compare_architectures(pd.DataFrame(x), Y, "y", rivals={"spy": Spy()}, n_jobs=2, **options)
print(sorted(Spy.seen))
"""
    environment = os.environ | {"OMP_NUM_THREADS": "4"}
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.stdout == "[(False, 1), (True, 1)]\n", done.stdout + done.stderr


def test_p_is_raised_where_both_settings_are_compared():
    """One choice in two settings is two tests."""
    told = "stack", 100, 100
    alone = recommend(folds_with({"warm": 0.04}), "warm", *told)
    assert alone.model == "stack" and "p = 0.040)" in alone.sentence
    assert alone.verdict == "better"
    assert alone.p_adjusted == alone.p_value == pytest.approx(0.04)
    both = folds_with({"warm": 0.04, "cold": 0.3})
    said = recommend(both, "warm", *told)
    assert said.p_value == pytest.approx(0.04) and said.p_adjusted == pytest.approx(0.08)
    assert said.model == "single-task" and said.sentence.startswith("No difference seen")
    assert "p = 0.080, raised for both settings)" in said.sentence and said.high < 0
    error = (said.high - said.low) / 2 / stats.t.isf(0.025, 24)
    needed = error * (stats.t.isf(0.0125, 24) + stats.t.isf(0.2, 24))  # p of half the level
    assert f"must have {needed / said.baseline_score:.0%} less error" in said.sentence
    clear = recommend(folds_with({"warm": 0.02, "cold": 0.3}), "warm", *told)
    assert clear.model == "stack" and clear.p_adjusted == pytest.approx(0.04)


@pytest.mark.parametrize("times", [0, 10, 25])
def test_it_is_said_in_how_many_splits_each_model_was_picked(times):
    """Where another one was picked, the error of picking is not its own."""
    scores = folds_with({"warm": 0.01})
    named = scores.query("model == 'picked'").assign(model="stack")
    own = named["rmse"] + 0.5 * (np.arange(25) >= times)
    slope = named.assign(model="learned slope", rmse=30.0)
    both = pd.concat([scores, named.assign(rmse=own), slope], ignore_index=True)
    choice = np.where(both.groupby("model").cumcount() < times, "stack", "learned slope")
    both["choice"] = np.where(both["model"] == "picked", choice, None)
    said = recommend(both, "warm", "stack", 100, 100).sentence
    counted = f"the learned slope forest {25 - times} times (30.0), the stack"
    counted += f" {times} times" if times else " never"
    clause = "Picked in the 25 splits, with the RMSE of each by itself: "
    clause += f"{counted} ({own.mean():.1f})."
    assert (clause in said) == (times < 25)
    assert ("Picked in the" in said) == (times < 25)


def own_p(name, p_values):
    """Return the scores of one more model, which differs with this p in each setting."""
    folds = folds_with(p_values).query("model == 'picked'")
    return folds.assign(model=name)


@pytest.mark.parametrize(
    ("p_equal", "p_mixture", "named"),
    [
        (0.2, 0.3, ""),
        (0.001, 0.3, "the stack with equal weights is better than the single-task forest: you may "
         "take it, if"),
        (0.03, 0.3, ""),  # twice 0.03: raised for both models
        (0.001, 0.002, "the stack with equal weights and 'usual mixture' are better than the "
         "single-task forest: you may take one of them, if"),
    ],
)  # fmt: skip
def test_where_no_difference_is_seen_the_models_whose_own_gain_is_seen_are_named(
    p_equal, p_mixture, named
):
    told = "stack", 100, 100
    extra = [own_p("equal weights", {"warm": p_equal}), own_p("usual mixture", {"warm": p_mixture})]
    unseen = pd.concat([folds_with({"warm": 0.2}), *extra], ignore_index=True)
    said = recommend(unseen, "warm", *told)
    assert said.sentence.startswith("No difference seen: the choice is yours.")
    assert ("by a test for each model" in said.sentence) == bool(named) and named in said.sentence
    seen = pd.concat([folds_with({"warm": 0.01}), *extra], ignore_index=True)
    assert "by a test for each model" not in recommend(seen, "warm", *told).sentence
    few = recommend(unseen, "warm", "stack", 20, 20)
    assert few.sentence.startswith("Not decided") and "by a test" not in few.sentence
    assert (said.verdict, few.verdict) == ("no difference seen", "not decided")


def test_a_gain_of_one_setting_is_not_named_in_the_other():
    own = own_p("equal weights", {"warm": 0.001, "cold": 0.5})
    scores = pd.concat([folds_with({"warm": 0.2, "cold": 0.3}), own], ignore_index=True)
    told = "stack", 100, 100
    assert "equal weights is better" in recommend(scores, "warm", *told).sentence
    assert "equal weights" not in recommend(scores, "cold", *told).sentence


@pytest.mark.parametrize("half", [0.69, 0.71])
def test_a_difference_that_cannot_be_is_not_promised(half):
    values = {"baseline_score": 1.0, "score": 0.4, "difference": -0.6, "p_adjusted": 0.1}
    values |= {"low": -0.6 - half, "high": -0.6 + half}
    said = said_of(values, "rmse", "stack")
    assert ("Even a model without any error" in said) == (half > 0.7)
    assert ("a model must have 98% less error" in said) == (half < 0.7)


@pytest.mark.parametrize("half", [0.06, 0.08, 0.15])  # a tenth more accuracy is all there is
def test_a_difference_of_accuracy_that_cannot_be_is_not_promised(half):
    values = {"baseline_score": 0.9, "score": 0.91, "difference": 0.01, "p_adjusted": 0.7}
    values |= {"low": 0.01 - half, "high": 0.01 + half}
    said = said_of(values, "accuracy", "stack")
    assert ("Even a model without any error" in said) == (half > 0.07)
    assert ("a model must have 0.085 more accuracy" in said) == (half < 0.07)


@pytest.mark.parametrize("n_groups", [29, 30])
def test_no_choice_is_offered_where_the_baseline_is_picked_on_all_rows(n_groups):
    values = {"baseline_score": 1.0, "score": 1.01, "difference": 0.01, "p_adjusted": 0.6}
    values |= {"low": -0.03, "high": 0.05}
    said = said_of(values, "rmse", "single-task", n_groups=n_groups)
    assert "By the errors on all rows the single-task forest itself is picked." in said
    assert "choice" not in said and "if a low error counts" not in said


@pytest.mark.parametrize("n_groups", [29, 30])
@pytest.mark.parametrize("half", [0.69, 0.71])
def test_for_want_of_labels_it_is_not_decided_and_both_errors_are_told(n_groups, half):
    values = {"baseline_score": 1.0, "score": 0.41, "difference": -0.59, "p_adjusted": 0.1}
    values |= {"low": -0.59 - half, "high": -0.59 + half}
    said = said_of(values, "rmse", "stack", n_groups=n_groups)
    undecided = n_groups < 30 or half > 0.7
    assert said.startswith("Not decided" if undecided else "No difference seen")
    assert " is 1.00, " in said and " 0.410 eV " in said
    choice = "if a low error counts, the stack, picked by the errors on all rows."
    begin = "the stack is picked. So few labels may mislead: begin with what the guide"
    assert (begin in said, choice in said) == (undecided, not undecided)


@pytest.mark.parametrize(
    ("difference", "verdict", "said"),
    [
        (-0.5, "better", "By the errors on all rows the single-task forest itself is picked."),
        (0.5, "worse", "the picked model is worse. On held-out rows"),
    ],
)
def test_a_choice_that_falls_on_the_baseline_or_is_worse_is_told(difference, verdict, said):
    values = {"baseline_score": 1.0, "score": 1 + difference, "difference": difference}
    values |= {"low": difference - 0.1, "high": difference + 0.1, "p_adjusted": 0.001}
    sentence = said_of(values, "rmse", "single-task", verdict)
    assert sentence.startswith("Use the single-task forest") and said in sentence


@pytest.mark.parametrize(("metric", "base"), [("rmse", 0.0), ("accuracy", 1.0)])
def test_a_perfect_baseline_cannot_be_beaten(metric, base):
    assert recommending._say_power(base, 0.1, metric) == "No model can be better."


def test_labels_of_few_groups_are_few():
    X, Y = make()
    groups = np.arange(len(X)) % 9
    assert "in 9 groups" in compare_architectures(X, Y, "y", groups, **QUICK).recommendation


def test_a_table_without_related_labels_says_so_by_the_baseline():
    X, Y = make()
    found = compare_architectures(X, Y[["y"]], "y", **NO_CURVES)
    assert found.recommended == "single-task" and len(found.verdicts) == 0
    assert "picked in every split" in found.recommendation


def test_a_rival_can_win_and_is_chosen_by_inner_folds():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 6))).add_prefix("x")
    truth = X.sum(axis=1)
    Y = pd.DataFrame({"y": truth.where(X.index < 75), "z": rng.normal(size=80)})
    rivals = {
        "line": LinearRegression(),
        "line of z": RelatedAsFeatures(LinearRegression(), "y", "z", keep_features=False),
    }
    found = compare_architectures(X, Y, "y", rivals=rivals, **NO_CURVES)
    assert found.recommended == "line" and "Use 'line'" in found.recommendation
    np.testing.assert_allclose(found.predict(X)["prediction"], truth)
    width = found.predict(X)["high"] - found.predict(X)["low"]
    assert width.max() < 1e-9
    assert set(found.calibration["model"]) == {"single-task", "picked"}
    assert set(found.measure_next["row"]) == {75, 76, 77, 78, 79}  # as the baseline says
    assert set(found.verdicts["model"]) >= set(rivals)


@pytest.mark.parametrize(("n_groups", "folds"), [(60, 10), (6, 6)])
def test_a_model_without_bags_is_scored_by_ten_inner_folds_of_groups(n_groups, folds):
    X, Y = make(n=60, n_labels=60)
    groups = np.arange(60) % n_groups
    task = Experiment.of({"line": LinearRegression()}, X, Y, groups, ["y"], "cold")
    _, losses, _ = fit_all(task, ["line"], ["cold"], 0)
    guess = cross_val_predict(LinearRegression(), X, Y["y"], groups=groups, cv=GroupKFold(folds))
    assert losses["cold"]["line"] == pytest.approx(np.sqrt(np.mean((guess - Y["y"]) ** 2)))


@pytest.mark.once
@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_equal_weights_have_a_verdict(setting):
    X, Y = make(n_labels=40)
    found = compare_architectures(X, Y, "y", setting=setting, **NO_CURVES)
    table = found.verdicts.set_index("model")
    assert list(table.index[-2:]) == ["stack", "equal weights"]
    assert table.loc["equal weights", "score"] != table.loc["stack", "score"]


def test_equal_weights_can_be_picked_before_the_stack():
    """Its weights have not seen the rows by whose errors it is picked."""
    lower = []
    for seed in range(8):
        X, Y = make(n_labels=20, seed=seed, noise=1.0)
        models = find_candidates(Y, "y", n_estimators=20)
        task = Experiment.of(models, X, Y, None, ["y"], "cold")
        _, losses, _ = fit_all(task, ["stack", "equal weights"], ["cold"], seed)
        lower.append(losses["cold"]["equal weights"] < losses["cold"]["stack"])
    assert any(lower)


def test_equal_weights_are_the_plain_mean_of_the_members_of_the_stack():
    X, Y = make(n=60, n_labels=60)  # all rows carry both labels, so all models draw the same bags
    found = compare_architectures(X, Y, "y", setting="cold", **NO_CURVES | FEW_TREES)
    members = {
        "single-task": SingleTaskForest("y"),
        "learned slope": DifferenceForest("y", "z", slope="learned", base_as_feature=True),
        "latent variable": LatentVariableForest("y", "z"),
        "multi-task": MultiTaskForest("y"),
    }
    options = {"target": "y", "n_repeats": 2, "progress": False}
    for model in members.values():
        model.set_params(**FEW_TREES)
    apart = cross_validate_predictions(members, X, Y, **options)
    case = ["repeat", "fold", "row"]
    mean = apart.groupby(case)["prediction"].mean()
    mine = found.predictions.query("model == 'equal weights'").set_index(case)["prediction"]
    assert len(mine) == len(mean) == 120
    np.testing.assert_allclose(mine.sort_index(), mean.sort_index(), rtol=1e-12)


def test_of_two_with_one_error_the_stack_is_chosen(monkeypatch):
    """As many classes wrong is a tie; here everything is."""
    monkeypatch.setattr(table_parts, "unseen_error", lambda model, *_: float(rank(model)))

    def rank(model):
        return 0 if isinstance(model, StackedForest) else 1

    X, Y = make(n_labels=40)
    found = compare_architectures(X, Y, "y", **NO_CURVES | FEW_TREES)
    assert set(found.predictions["choice"].dropna()) == {"stack"}
    assert found.recommendations["warm"].picked == "stack"


def test_of_classes_the_choice_may_fall_on_equal_weights_and_says_so(monkeypatch):
    def error(model, *_):
        return 0.0 if getattr(model, "pull", 0) == np.inf else 1.0

    monkeypatch.setattr(table_parts, "unseen_error", error)
    X, Y = make(noise=0.02)
    found = compare_architectures(X, Y, "y", **QUICK | FEW_TREES)
    assert set(found.predictions["choice"].dropna()) == {found.recommended} == {"equal weights"}
    assert found.recommendation.startswith("Use the stack with equal weights.")
    assert set(found.curve["model"]) == {"single-task", "equal weights"}
    assert found.model.pull == np.inf and len(found.labels_to_buy)


def test_equal_weights_alone_pay_for_the_stages_of_their_members():
    X, Y = make()
    task = Experiment.of(find_candidates(Y, "y", n_estimators=5), X, Y, None, ["y"], "warm")
    seconds = dict.fromkeys(task.models, 1.0)
    cost = {
        name: Runner(task, seconds, progress=False).cost(
            Part("", "folds", "warm", ("single-task", name), np.arange(0), 0, [{}])
        )
        for name in ("stack", "equal weights", "multi-task")
    }
    assert cost["stack"] == cost["equal weights"] == cost["multi-task"] + 3


def test_classes_are_compared_by_accuracy():
    X, Y = make(noise=0.02)
    names = np.array(["low", "high"])
    table = pd.DataFrame({"y": names[(Y["z"] > 1.2).astype(int)], "z": Y["z"]}, Y.index)
    table["y"] = table["y"].where(Y["y"].notna(), None)
    rivals = {"logistic": LogisticRegression()}
    found = compare_architectures(X, table, "y", rivals=rivals, **QUICK)
    assert found.metric == "accuracy" and set(found.verdicts["model"]) >= {"stack", "logistic"}
    assert set(found.predict(X[-5:], table[["z"]][-5:])["prediction"]) <= set(names)
    assert len(found.measure_next) and len(found.curve)


# ---- Settings


@pytest.mark.once
def test_it_says_of_which_rows_the_score_is():
    X, Y = make()
    Y["w"] = Y["z"].where(np.arange(len(Y)) < 65)  # of all labelled rows, and of 5 of 30 others
    found = compare_architectures(X, Y, "y", **NO_CURVES | FEW_TREES)
    assert list(found.recommendations) == ["warm"]
    assert found.recommendation.endswith(
        "This score holds for rows that know their related labels as the labelled ones do: 'w' is "
        "known for 100% of the labelled rows and for 17% of the rows to predict."
    )
    assert "'w' is known for" in found._repr_html_().replace("&#39;", "'")
    cold = compare_architectures(X, Y, "y", setting="cold", **NO_CURVES | FEW_TREES)
    assert "This score holds" not in cold.recommendation


@pytest.mark.parametrize(
    ("n_related", "settings"), [(60, ["cold"]), (90, ["warm"]), (85, ["warm", "cold"])]
)
def test_the_setting_is_that_of_the_rows_to_predict(n_related, settings):
    X, Y = make(n_related=n_related)
    task = Experiment.of(find_candidates(Y, "y"), X, Y, None, ["y"], "cold")
    assert list(comparison.judged_settings(task, None)) == settings
    assert set(comparison.judged_settings(task, "both")) == {"cold", "warm"}
    assert comparison.judged_settings(task, "warm") == ("warm",)


def test_both_settings_are_judged_and_each_row_asks_its_own():
    X, Y = make(n_related=85)
    found = compare_architectures(X, Y, "y", **NO_CURVES)
    assert list(found.recommendations) == ["warm", "cold"]
    assert "warm setting" in found.recommendation and "cold setting" in found.recommendation
    rows = X.index[75:]
    answer = found.predict(X.loc[rows], Y.loc[rows, ["z"]])
    assert list(answer.index) == list(rows)
    for setting, part in (("warm", rows[:10]), ("cold", rows[10:])):
        assert set(answer.loc[part, "model"]) == {found.recommendations[setting].model}
        model = found.models[setting]
        known = Y.loc[part, ["z"]] if setting == "warm" and model.uses_known else None
        np.testing.assert_allclose(
            answer.loc[part, "prediction"], model.predict(X.loc[part], known=known)
        )
    assert (answer["low"] <= answer["prediction"]).all()
    outside = share_outside(X[Y["y"].notna()], X.loc[rows])
    pd.testing.assert_series_equal(answer["outside"], outside)
    assert outside.max() > 0
    untold = found.predict(X.loc[rows])  # nothing is known: the cold setting
    assert set(untold["model"]) == {found.recommendations["cold"].model}
    np.testing.assert_allclose(untold["prediction"], found.models["cold"].predict(X.loc[rows]))


@pytest.mark.once
def test_a_related_label_that_few_carry_is_left_out_and_named():
    X, Y = make()
    Y["rare"] = Y["z"].where(np.arange(len(Y)) < 5)
    Y["same"] = 1.0
    found = compare_architectures(X, Y, "y", **NO_CURVES)
    assert "related label 'rare': 5 groups carry it" in found.left_out[0]
    assert "related label 'same': it has one value" in found.left_out[1]
    assert "rare" not in found.model.related_


# ---- Time, progress, and going on


@pytest.mark.once
def test_without_time_two_repeats_run_and_the_rest_is_named():
    X, Y = make()
    found = compare_architectures(X, Y, "y", **NO_CURVES | {"n_repeats": 4})
    assert found.scores["repeat"].nunique() == 2 and len(found.curve) == 0
    assert found.notes == ("The first repeats took longer than the time given.",)
    assert found.notes[0] in found._repr_html_()
    assert found.left_out == (
        "2 of 4 repeats of the cross-validation, for want of time",
        "10 of 10 repeats of the learning curve, for want of time",
    )


def test_what_is_left_out_goes_in_order():
    X, Y = make(n_related=80)
    task = Experiment.of(find_candidates(Y, "y", n_estimators=5), X, Y, None, ["y"], "warm")
    study = comparison._Study(task, ("warm",), None, [], 5, 2, 0, "rmse")
    parts = sorted(study._curves("warm", ("single-task", "stack")), key=comparison._worth)
    kinds = [(part.kind, part.cases[0]["repeat"]) for part in parts]
    assert kinds[:3] == [("target labels", r) for r in range(3)]
    assert kinds[3:13] == [("labels of z", r) for r in range(10)]
    assert kinds[13:] == [("target labels", r) for r in range(3, 10)]


@pytest.fixture
def runner(monkeypatch):
    """Return what makes a runner of parts that only sleep."""

    def sleep(part, task):
        time.sleep(part.cases[0]["seconds"])
        return {"prediction": np.zeros(1)}

    monkeypatch.setattr(running, "work", sleep)
    X, Y = make(n=20, n_labels=20)
    task = Experiment.of({"single-task": SingleTaskForest("y")}, X, Y, None, ["y"], "cold")

    def start(max_seconds, n_jobs=1, factor=1.0):
        deadline = time.monotonic() + max_seconds
        return Runner(task, {"single-task": 0.05 * factor}, n_jobs, None, deadline, progress=False)

    return start


def parts_of(n, seconds=0.05):
    test = np.array([], dtype=int)
    return [
        Part(f"p{i}", "folds", "cold", ("single-task",), test, 0, [{"seconds": seconds}])
        for i in range(n)
    ]


@pytest.mark.once
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("factor", [0.2, 1, 5])  # the first guess of a part's time may be wrong
def test_the_time_is_kept(runner, n_jobs, factor):
    run, begun = runner(2.0, n_jobs, factor), time.monotonic()
    left = run.run(parts_of(200))
    taken = time.monotonic() - begun
    assert taken < 1.1 * 2.0
    assert taken > 0.75 * 2.0 and len(left) + len(run.found) == 200


def test_some_of_the_time_is_left_for_what_follows(runner):
    """Two percent: of 101 s the last second is not begun."""
    task, now = runner(1.0).task, time.monotonic()
    run = Runner(task, {"single-task": 0.0}, 1, None, now + 1, now - 100, progress=False)
    assert len(run.run(parts_of(3))) == 3
    run = Runner(task, {"single-task": 0.0}, 1, None, now + 600, now, progress=False)
    assert run.run(parts_of(3)) == []


def test_progress_is_shown_unless_it_is_not_wanted(capsys):
    X, Y = make(n=40, n_labels=30)
    quick = {"n_repeats": 2, "n_estimators": 2, "max_seconds": 1e-3}
    compare_architectures(X, Y, "y", **quick)
    assert "s in all" in capsys.readouterr().err
    compare_architectures(X, Y, "y", progress=False, **quick)
    assert capsys.readouterr().err == ""


def test_differences_are_told_of_ten_rows_with_both():
    X, Y = make()
    Y["few"], Y["names"] = Y["z"].where(Y.index.isin(Y.index[:9])), "a"
    task = Experiment.of({"single-task": SingleTaskForest("y")}, X, Y, None, ["y"], "warm")
    table = find_differences(task, 0, n_estimators=10).set_index("label")
    assert table["n_both"].to_dict() == {"z": 60, "few": 9}
    assert table.loc["few"].drop("n_both").isna().all()
    row, between = table.loc["z"], (Y["y"] - Y["z"]).dropna()
    assert row["correlation"] == pytest.approx(Y["y"].corr(Y["z"]))
    assert row["mean_difference"] == pytest.approx(between.mean())
    assert row["sd_difference"] == pytest.approx(between.std())
    assert 0.5 < row["slope"] < 1.5 and row["slope_std"] > 0


def test_importances_are_those_of_the_features():
    X, Y = make()
    forest = SingleTaskForest("y", n_estimators=20, random_state=0).fit(X, Y)
    table = find_importances(forest, X.columns)
    assert set(table["feature"]) <= set(X) and table["importance"].is_monotonic_decreasing
    assert table["feature"][0] in ("x0", "x1", "x2")
    for model, names in ((forest, X.columns[:3]), (LinearRegression().fit(X, Y["z"]), X.columns)):
        none = find_importances(model, names)  # of other features than these, or of none
        assert len(none) == 0 and list(none) == ["feature", "importance"]


def test_the_first_parts_run_whatever_the_time(runner):
    run = runner(0.1)
    assert len(run.run(parts_of(30), must=6)) == 24 and len(run.found) == 6


def test_a_second_run_counts_the_parts_that_must_run_and_are_kept(runner, tmp_path):
    for _ in range(2):
        run = runner(0.01)
        run.folder = tmp_path
        assert len(run.run(parts_of(30), must=6)) == 24 and len(run.found) == 6


@pytest.mark.once
def test_the_estimate_is_near_the_time_that_was_taken(runner):
    run, begun = runner(np.inf, 2, factor=4.0), time.monotonic()
    run.run(parts_of(120))
    taken = time.monotonic() - begun
    assert run.estimate is not None and taken / 1.5 < run.estimate < 1.5 * taken


def test_what_takes_a_moment_has_no_estimate(runner):
    run = runner(np.inf)
    run.run(parts_of(3, 0.01))
    assert run.estimate is None


def test_the_cost_of_a_part_is_that_of_its_fits(runner):
    """A model that reads related labels takes half of its time whatever the target labels."""
    X, Y = make(n=20, n_labels=20)
    models = {"single-task": SingleTaskForest("y"), "multi-task": MultiTaskForest("y")}
    task = Experiment.of(models, X, Y, None, ["y"], "cold")
    run = Runner(task, {"single-task": 1.0, "multi-task": 10.0}, progress=False)
    part = Part("p", "folds", "cold", ("single-task",), np.arange(5), 0, [{}, {}])
    part = replace(part, trained=[np.arange(10), None], hidden=[(), ()])
    assert run.cost(part) == pytest.approx(10 / 20 + 15 / 20)
    both = replace(part, models=("single-task", "multi-task"))
    half = (0.5 + 0.5 * 10 / 20) + (0.5 + 0.5 * 15 / 20)
    assert run.cost(both) == pytest.approx(run.cost(part) + 10 * half)
    judged = replace(both, judged=True)  # of a model with bags, no inner folds
    assert run.cost(judged) == pytest.approx(11 * run.cost(part))
    hidden = replace(part, hidden=[("z", np.arange(12)), ("z", np.arange(2))])
    assert run.cost(hidden) == pytest.approx(8 / 20 + 15 / 20)


def test_a_second_run_takes_what_the_first_one_kept(tmp_path, monkeypatch):
    X, Y = make()
    few = NO_CURVES | FEW_TREES
    first = compare_architectures(X, Y, "y", keep=tmp_path, **few)
    assert len(list(tmp_path.glob("*/*.npz"))) == 10
    calls = []
    work = running.work
    monkeypatch.setattr(running, "work", lambda *a: calls.append(a) or work(*a))
    again = compare_architectures(X, Y, "y", keep=tmp_path, **few)
    assert calls == []
    pd.testing.assert_frame_equal(first.scores, again.scores)
    assert first.recommendation == again.recommendation
    next(tmp_path.glob("*/folds_warm_0_0.npz")).write_bytes(b"cut off")
    compare_architectures(X, Y, "y", keep=tmp_path, **few)
    assert len(calls) == 1
    compare_architectures(X, Y + 1e-9, "y", keep=tmp_path, **few)  # another table
    assert len(calls) == 11


@pytest.mark.once
def test_a_second_run_is_quiet(tmp_path):
    """Of two workers joblib has something to say where nothing is left to do."""
    X, Y = make()
    compare_architectures(X, Y, "y", keep=tmp_path, n_jobs=2, **QUICK)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*tasks? which were still being processed")
        compare_architectures(X, Y, "y", keep=tmp_path, n_jobs=2, **QUICK)


@pytest.mark.once
def test_stopped_by_ctrl_c_a_second_run_goes_on(tmp_path):
    script = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(ROOT / "tests")!r})
        from test_table_comparison import compare_architectures, make
        X, Y = make()
        found = compare_architectures(
            X, Y, "y", n_estimators=10, n_repeats=2, n_jobs=2, progress=False,
            keep={str(tmp_path)!r},
        )
        print(found.scores["rmse"].sum(), found.curve["rmse"].sum())
    """)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 100
    while len(list(tmp_path.glob("*/*.npz"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*/*.npz")}
    assert child.returncode != 0 and "KeyboardInterrupt" in said
    assert 4 <= len(kept) < 20 and not list(tmp_path.glob("*/*.partial"))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*/*.npz")}
    assert len(after) == 20 and kept.items() <= after.items()  # 10 folds and 10 curves
    X, Y = make()
    whole = compare_architectures(X, Y, "y", n_estimators=10, n_repeats=2, progress=False)
    expected = f"{whole.scores['rmse'].sum()} {whole.curve['rmse'].sum()}"
    assert done.stdout.split() == expected.split()


def test_a_part_whose_keeping_is_stopped_leaves_no_half_of_it(tmp_path, monkeypatch):
    def stopped(file, **named):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", stopped)
    X, Y = make()
    with pytest.raises(KeyboardInterrupt):
        compare_architectures(X, Y, "y", n_estimators=2, n_repeats=2, progress=False, keep=tmp_path)
    assert list(tmp_path.iterdir())  # it came so far
    assert not list(tmp_path.glob("*/*.partial")) and not list(tmp_path.glob("*/*.npz"))


def test_the_result_does_not_depend_on_jobs(found):
    X, Y = make()
    again = compare_architectures(X, Y, "y", n_jobs=2, **NO_CURVES)
    pd.testing.assert_frame_equal(found.scores, again.scores)
    pd.testing.assert_frame_equal(found.measure_next, again.measure_next)


def test_it_can_be_pickled(found):
    again = pickle.loads(pickle.dumps(found))
    X, _ = make()
    pd.testing.assert_frame_equal(found.predict(X), again.predict(X))


# ---- Bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": "w"}, "target 'w' is no column of Y"),
        ({"setting": "hot"}, "setting must be None, 'cold', 'warm' or 'both'"),
        ({"max_seconds": 0}, "max_seconds must be above zero"),
        ({"n_splits": 1}, "n_splits must be a whole number of at least 2"),
        ({"n_splits": 11}, "n_splits must be at most 10"),
        ({"n_repeats": 0}, "n_repeats must be"),
        ({"groups": [1, 2]}, "groups has 2 entries"),
        ({"rivals": {"stack": LinearRegression()}}, "cannot be called 'stack'"),
        ({"rivals": {"equal weights": StackedForest("y")}}, "cannot be called 'equal weights'"),
        ({"rivals": [LinearRegression()]}, "rivals must map names"),
        ({"rivals": {"it": "text"}}, "model 'it' is a str"),
        ({"rivals": {"it": LogisticRegression()}}, "disagree on the type of 'y'"),
    ],
)
def test_a_bad_argument_is_named(change, message):
    X, Y = make()
    arguments = {"target": "y"} | change
    with pytest.raises((ValueError, TypeError), match=message):
        compare_architectures(X, Y, **QUICK | arguments)


def test_a_bad_table_is_named():
    X, Y = make()
    with pytest.raises(ValueError, match="'y' has no label"):
        compare_architectures(X, Y.assign(y=np.nan), "y", **QUICK)
    with pytest.raises(ValueError, match="'y' has one value only"):
        compare_architectures(X, Y.assign(y=1.0), "y", **QUICK)
    with pytest.raises(ValueError, match="NaN in column 'x1', row 3"):
        compare_architectures(X.assign(x1=X["x1"].where(np.arange(90) != 3)), Y, "y", **QUICK)
    with pytest.raises(ValueError, match="the index of Y is not that of X"):
        compare_architectures(X[1:], Y[:-1], "y", **QUICK)


def test_a_rival_that_fails_is_named():
    class Broken(LinearRegression):
        def fit(self, X, y):
            raise ValueError("no such thing")

    X, Y = make()
    with pytest.raises(ValueError, match=r"model 'mine' could not be fitted .* no such thing"):
        compare_architectures(X, Y, "y", rivals={"mine": Broken()}, **QUICK)


# ---- What it recommends on artificial tables (data/results/own_table.csv)


def counted():
    import own_table

    table = load_results("own_table")
    return own_table.count(table.assign(picked=table["picked"].fillna("")))


def test_little_is_recommended_where_nothing_transfers():
    assert len(load_results("own_table")) == 700
    rows = counted().xs(60, level="n_labels")
    assert list(rows.index) == ["unrelated", "noise", "no signal"]
    assert (rows["no better"] <= 5).all() and (rows["recommended"] <= 10).all()


def test_what_transfers_is_recommended():
    rows = counted().xs(100, level="n_labels")
    assert (rows["at most 0.8"] >= 50).all()
    assert (rows["of these recommended"] >= 0.9 * rows["at most 0.8"]).all()


def test_with_eight_labels_it_cannot_tell_of_any_table():
    rows = counted()
    assert rows.xs(8, level="n_labels")["cannot tell"].tolist() == [100]
    assert rows["cannot tell"].sum() == 100


@pytest.mark.parametrize("case", [0, 3])
def test_the_stored_answers_are_those_of_the_code(case):
    import own_table

    answer = own_table.ask(*own_table.CASES[case], 1)
    stored = load_results("own_table")
    for name in ("world", "n_labels", "seed"):
        stored = stored[stored[name] == answer[name]]
    assert stored["recommended"].item() == answer["recommended"]
    for name in ("score", "p_value", "true_ratio"):
        assert stored[name].item() == pytest.approx(answer[name], rel=1e-3)


@pytest.mark.parametrize("setting", ["warm", "cold"])
def test_what_is_stored_of_the_band_gaps_is_what_is_said_today(setting):
    """The pages show the stored words: a sentence that is written anew must be stored anew."""
    told = load_results("band_gaps_call").set_index("setting").loc[setting]
    numbers = ("baseline_score", "score", "low", "high", "p_adjusted")
    values = {name: told[name] for name in numbers}
    values["difference"] = told["score"] - told["baseline_score"]
    assert told["recommended"] == "single-task" != told["picked"]
    unit = ", in the unit of 'gap_optical'"
    said = said_of(values, "rmse", told["picked"], unit=unit, n_settings=2)
    alone = load_results("band_gaps_call_verdicts").set_index(["setting", "model"])
    own = alone.loc[(setting, told["picked"]), "score"]
    if own != pytest.approx(told["score"]):  # another model was picked in some splits
        clause = r" Picked in the 25 splits, with the RMSE of each by itself: (.*?\))\."
        counted = re.search(clause, told["sentence"])
        said += counted[0]
        times = dict(re.findall(r"(?:the )?([^,]*?) (?:forest )?(\d+) times?", counted[1]))
        assert sum(map(int, times.values())) == 25 and f"({own:.3f})" in counted[1]
    if setting == "warm":
        said += recommending._say_better(load_results("band_gaps_call_verdicts"), setting)
        assert said.endswith("you may take it, if you report this answer, too.")
    assert told["sentence"].startswith(said + f" ({setting} setting: ")
