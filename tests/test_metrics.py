"""Metrics and comparisons against definitions, brute force and scikit-learn."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from tlhelpers import load_no_dissociation, no_study
from tlhelpers.book import bootstrap_scores, cancellation_scores, error_cancellation
from tlhelpers.book.bootstrap import bootstrap_counts, resampled_score
from tlhelpers.evaluation import (
    calibration_table,
    compare_models,
    compare_sizes,
    confusion_table,
    corrected_resampled_t_test,
    coverage,
    holm,
    judge,
    label_saving,
    miscalibration_area,
    score_predictions,
    summarize,
)


def predictions(errors, model="m", target="y", kind="regression", repeat=0):
    """Make a table of predictions with given errors."""
    rng = np.random.default_rng(len(errors))
    truth = rng.normal(size=len(errors))
    return pd.DataFrame(
        {
            "model": model, "target": target, "task_type": kind, "repeat": repeat,
            "row": range(len(errors)), "group": range(len(errors)),
            "truth": truth, "prediction": truth + errors,
        }
    )  # fmt: skip


def test_coverage_of_right_and_of_narrow_errors():
    rng = np.random.default_rng(0)
    std = rng.uniform(0.5, 2, size=20_000)
    truth = std * rng.normal(size=20_000)
    levels = [0.5, 0.9, 0.95]
    np.testing.assert_allclose(coverage(truth, 0 * truth, std, levels), levels, atol=0.01)
    assert miscalibration_area(truth, 0 * truth, std) < 0.01
    halved = coverage(truth, 0 * truth, std / 2, [0.9])[0]
    assert halved == pytest.approx(2 * stats.norm.cdf(stats.norm.ppf(0.95) / 2) - 1, abs=0.01)


@settings(max_examples=50)
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_miscalibration_area_is_the_integral(z):
    z = np.array(z)
    levels = (np.arange(20_000) + 0.5) / 20_000
    gap = np.abs(coverage(z, 0 * z, np.ones(len(z)), levels) - levels).mean()
    assert miscalibration_area(z, 0 * z, np.ones(len(z))) == pytest.approx(gap, abs=2e-4)


def test_worst_calibration():
    assert miscalibration_area([1.0], [0.0], [1e-9]) == pytest.approx(0.5)
    assert miscalibration_area([0.0], [0.0], [0.0]) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="finite"):
        coverage([1.0], [0.0], [np.nan], [0.5])
    with pytest.raises(ValueError, match="one length"):
        coverage([1.0, 2.0], [0.0], [1.0], [0.5])
    for level in (0, 1, 90, np.nan):
        with pytest.raises(ValueError, match="levels must lie between 0 and 1"):
            coverage([1.0], [0.0], [1.0], [0.5, level])


def test_calibration_table():
    table = predictions(np.random.default_rng(1).normal(size=5000)).assign(observation_std=1.0)
    row = calibration_table(table).loc["m"]
    assert row["68%"] == pytest.approx(0.68, abs=0.03)
    assert row["sd_of_residuals"] == pytest.approx(1, abs=0.03)
    with pytest.raises(ValueError, match="return_std"):
        calibration_table(table, "std")
    table.loc[:2499, "observation_std"] = 0
    row = calibration_table(table).loc["m"]
    assert row["n_zero"] == 2500 and row["95%"] == pytest.approx(0.475, abs=0.03)
    assert row["sd_of_residuals"] == pytest.approx(1, abs=0.05)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(["accuracy", "f1_macro", "f1_weighted"]))
def test_resampled_classification_scores_are_scikit_learns(seed, metric):
    rng = np.random.default_rng(seed)
    truth, guess = pd.Series(rng.choice(list("abcd"), 25)), pd.Series(rng.choice(list("abce"), 25))
    counts = np.vstack([np.ones((1, 25), int), bootstrap_counts(np.arange(25), 3, seed)])
    for value, count in zip(resampled_score(truth, guess, metric, counts), counts, strict=True):
        t, g = np.repeat(truth, count), np.repeat(guess, count)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = {
                "accuracy": lambda t=t, g=g: accuracy_score(t, g),
                "f1_macro": lambda t=t, g=g: f1_score(t, g, average="macro"),
                "f1_weighted": lambda t=t, g=g: f1_score(t, g, average="weighted"),
            }[metric]()
        assert value == pytest.approx(expected)


def test_bootstrap_draws_whole_groups():
    groups = np.array(["a", "a", "b", "c", "c", "c"])
    counts = bootstrap_counts(groups, 500, 0)
    assert (counts[:, 0] == counts[:, 1]).all() and (counts[:, 3] == counts[:, 5]).all()
    assert (counts[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_bootstrap_interval_is_that_of_the_mean():
    """The interval of a mean absolute error against the normal theory; a paired difference."""
    errors = np.random.default_rng(2).normal(size=400)
    table = pd.concat([predictions(errors, "a"), predictions(errors * 1.5, "b")])
    result = bootstrap_scores(table, "mae", baseline="a").loc["y"]
    assert result.loc["a", "score"] == pytest.approx(np.abs(errors).mean())
    half = 1.96 * np.abs(errors).std() / 20
    assert result.loc["a", "high"] - result.loc["a", "score"] == pytest.approx(half, rel=0.15)
    assert result.loc["b", "difference_low"] > 0 and "verdict" not in result
    with pytest.raises(ValueError, match="same rows"):
        bootstrap_scores(table[(table["model"] == "a") | (table["row"] > 3)], "mae")
    with pytest.raises(ValueError, match="'c' is no model"):
        bootstrap_scores(table, "mae", baseline="c")


def test_repeats_are_averaged():
    errors = np.ones(10)
    table = pd.concat([predictions(errors * k, repeat=k) for k in (1, 2, 3)])
    assert bootstrap_scores(table, "rmse").loc[("y", "m"), "score"] == pytest.approx(2)


def test_confusion_table():
    table = predictions(np.zeros(4), kind="classification").assign(
        truth=["r", "r", "g", "b"], prediction=["r", "g", "g", "g"]
    )
    counts = confusion_table(pd.concat([table, table.assign(repeat=1)]), ["r", "g", "b"])
    assert counts.to_numpy().tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    assert score_predictions(table)["f1_macro"].item() == pytest.approx((2 / 3 + 0.5 + 0) / 3)
    with pytest.raises(ValueError, match="'g'"):
        confusion_table(table, ["r", "b"])
    with pytest.raises(ValueError, match="one model"):
        confusion_table(pd.concat([table, table.assign(model="n")]))
    with pytest.raises(ValueError, match="classification"):
        confusion_table(predictions(np.zeros(3)))


def test_errors_that_share_a_part_cancel():
    rng = np.random.default_rng(3)
    shared, own = rng.normal(size=(2, 4000))
    table = pd.concat(
        [
            predictions(shared, "cancel", "y"),
            predictions(shared + 0.1 * own, "cancel", "w"),
            predictions(shared, "independent", "y"),
            predictions(own, "independent", "w"),
        ]
    )
    result = error_cancellation(table, "y", "w", n_bootstrap=200)
    assert result.loc["cancel", "ratio"] < 0.1 and result.loc["cancel", "correlation"] > 0.98
    assert result.loc["independent", "low"] < 1 < result.loc["independent", "high"]
    assert result.loc["independent", "ratio"] == pytest.approx(1, abs=0.03)
    np.testing.assert_allclose(result["independent"], np.hypot(result["rmse_a"], result["rmse_b"]))
    np.testing.assert_allclose(result["ratio"], result["rmse_difference"] / result["independent"])
    assert result.loc["independent", "rmse_difference"] == pytest.approx(2**0.5, rel=0.05)
    with pytest.raises(ValueError, match="fewer than two rows"):
        error_cancellation(table, "y", "v")


def test_the_cycle_is_the_same_on_every_surface_and_fills_what_it_can():
    table = load_no_dissociation().set_index("surface")
    full, holes = no_study(fill_cycle=True).Y, no_study(fill_cycle=False).Y
    for Y, n in [(full, 46), (holes, 24)]:
        assert Y["dE_O2_diss"].notna().sum() == n
    cycle = full["dE_NO_diss"] - full["dE_NO_des"] - (full["dE_N2_diss"] + full["dE_O2_diss"]) / 2
    assert cycle.notna().sum() == 44 and np.allclose(cycle.dropna(), -0.905, atol=0.006)
    seen = holes["dE_O2_diss"].dropna()
    np.testing.assert_array_equal(full.loc[seen.index, "dE_O2_diss"], seen)
    assert (no_study(group_by="metal").groups == table["metal"]).all()
    for wrong in ({"direction": "up"}, {"group_by": "facet"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            no_study(**wrong)


def test_comparison_over_folds():
    rng = np.random.default_rng(5)
    rows = [
        {"model": m, "target": "y", "repeat": r, "fold": f, "n_test": 20, "n_pool": 80,
         "rmse": e + 0.05 * rng.normal(), "f1_macro": 1 - e}
        for r in range(5) for f in range(5) for m, e in [("a", 0.5), ("b", 0.3), ("c", 0.5)]
    ]  # fmt: skip
    scores = pd.DataFrame(rows)
    result = compare_models(scores, "a").loc["y"]
    wide = scores.pivot_table(index=["repeat", "fold"], columns="model", values="rmse")
    expected = corrected_resampled_t_test(wide["b"] - wide["a"], 0.25)
    row = result.loc["b"]
    assert (row["difference"], row["p_value"]) == pytest.approx((expected[0], expected[2]))
    assert row["high"] - row["difference"] == pytest.approx(expected[1])
    assert row["score"] - row["baseline_score"] == pytest.approx(row["difference"])
    assert result["p_adjusted"].tolist() == holm(result["p_value"]).tolist()
    assert result["verdict"].to_dict() == {"b": "better", "c": "no difference seen"}
    larger = compare_models(scores, "a", "f1_macro").loc["y"]
    assert larger.loc["b", "verdict"] == "better"  # larger is better here
    with pytest.raises(ValueError, match="metric must be one of"):
        compare_models(scores, "a", "mae")


@pytest.mark.parametrize(("metric", "sign"), [("rmse", -1), ("r2", 1)])
def test_a_verdict_has_the_sign_of_the_difference(metric, sign):
    table = pd.DataFrame({"difference": [0.1, -0.1, 0.1], "p_value": [1e-3, 1e-3, 0.4]})
    verdicts = judge(table.assign(metric=metric))["verdict"].tolist()
    assert verdicts == [*["better", "worse"][::sign], "no difference seen"]


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.9]).tolist() == [0.8, 0.9] and holm([]).tolist() == []
    for wrong in ([0.1, 1.1], [-0.1], [np.nan], [[0.1]]):
        with pytest.raises(ValueError, match="p_values must be a list of numbers from 0 to 1"):
            holm(wrong)


@settings(max_examples=100)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_raises_p_values_and_keeps_their_order(p_values):
    raw = np.array(p_values)
    adjusted = holm(raw)
    assert (adjusted >= raw).all() and (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(raw, kind="stable")]) >= 0).all()
    assert adjusted.min() == pytest.approx(min(1, len(raw) * raw.min()))


def test_the_family_is_the_table():
    table = pd.DataFrame(
        {"difference": [-1.0, 1.0, 0.0, 1.0], "p_value": [0.01, 0.03, np.nan, 0.8]}
    ).assign(metric="rmse")
    verdicts = judge(table)["verdict"]
    assert verdicts.isna().tolist() == [False, False, True, False]
    assert verdicts.dropna().tolist() == ["better", *["no difference seen"] * 2]
    assert judge(table, adjust=False)["verdict"].tolist()[:2] == ["better", "worse"]
    assert judge(table[1:2].assign(metric="accuracy"))["verdict"].tolist() == ["better"]
    both = pd.concat([table[:2], table[:2].assign(metric="r2")])
    assert judge(both, adjust=False)["verdict"].tolist() == ["better", "worse", "worse", "better"]
    assert judge(judge(table)).equals(judge(table))
    with pytest.raises(ValueError, match="got 'Accuracy'"):
        judge(table.assign(metric="Accuracy"))
    with pytest.raises(ValueError, match=r"no \['metric'\]"):
        judge(table.drop(columns="metric"))


def test_a_table_of_tests_says_what_its_verdicts_are_about():
    fold = {"target": "y", "n_test": 2, "n_pool": 8}
    rows = [
        fold | {"model": m, "repeat": r, "fold": f, "accuracy": a + 0.01 * r}
        for m, a in [("a", 0.5), ("b", 0.7)] for r in range(3) for f in range(2)
    ]  # fmt: skip
    table = compare_models(pd.DataFrame(rows), "a", "accuracy")
    assert table["metric"].tolist() == ["accuracy"]
    assert judge(table)["verdict"].tolist() == table["verdict"].tolist() == ["better"]


def test_errors_that_cancel_are_seen_over_folds():
    rng = np.random.default_rng(4)
    shared, own, other = rng.normal(size=(3, 60))
    models = {"cancel": (shared, shared + 0.1 * own), "independent": (own, other)}
    table = pd.concat(
        predictions(errors, model, target, repeat=r).assign(fold=np.arange(60) % 5)
        for model, pair in models.items()
        for target, errors in zip("yw", pair, strict=True)
        for r in range(3)
    )
    scores = cancellation_scores(table, "y", "w")
    assert set(scores["n_test"]) == {12} and set(scores["n_pool"]) == {48}
    first = scores.query("target == 'cancel' and fold == 0 and repeat == 0").set_index("model")
    mine = np.arange(60) % 5 == 0
    expected = np.sqrt(np.mean((0.1 * own[mine]) ** 2))
    assert first.loc["difference", "rmse"] == pytest.approx(expected)
    verdicts = compare_models(scores, "independent errors")["verdict"].droplevel("model")
    assert verdicts.to_dict() == {"cancel": "better", "independent": "no difference seen"}


def scores_of(models="ab", settings=("cold",), sizes=None):
    """Return scores of folds, or of a learning curve with `sizes`."""
    places = [("fold", f) for f in range(2)] if sizes is None else [("size", n) for n in sizes]
    return pd.DataFrame(
        [
            {"model": m, "target": "y", "repeat": r, name: place, "setting": setting,
             "n_test": 20, "n_pool": 80, "rmse": 1.0 + r + (m == "b") * (setting == "warm")}
            for m in models for setting in settings for r in range(3) for name, place in places
        ]
    )  # fmt: skip


COMPARISONS = [
    (compare_models, ("a",), {}),
    (compare_sizes, ("a", "b"), {"sizes": (10, 20)}),
    (label_saving, ("a", "b"), {"sizes": (10, 20)}),
    (summarize, (), {}),
    (summarize, (["model", "size"],), {"sizes": (10, 20)}),
]


@pytest.mark.parametrize(("compare", "arguments", "options"), COMPARISONS)
def test_two_settings_are_not_averaged(compare, arguments, options):
    two = scores_of(settings=("cold", "warm"), **options)
    with pytest.raises(ValueError, match=r"select one value of \['setting'\]"):
        compare(two, *arguments)
    one = scores_of(**options)
    with pytest.raises(ValueError, match="holds them twice"):
        compare(pd.concat([one, one]), *arguments)
    assert len(compare(one, *arguments))


def test_a_mean_over_sizes_is_refused():
    with pytest.raises(ValueError, match=r"select one value of \['size'\]"):
        summarize(scores_of(sizes=(10, 20)))
    assert list(summarize(scores_of("a", sizes=(10, 20)), ["size"]).index) == [10, 20]


@pytest.mark.parametrize(("compare", "arguments", "options"), COMPARISONS[:3])
def test_a_missing_score_is_an_error(compare, arguments, options):
    scores = scores_of(**options)
    for hole in (scores["model"] == "b", scores["repeat"] == 1, scores.index == 1):
        with pytest.raises(ValueError, match="is missing in some split"):
            compare(scores.assign(rmse=scores["rmse"].mask(hole)), *arguments)
    last = scores["model"].eq("b") & scores.iloc[:, 3].eq(scores.iloc[-1, 3])
    with pytest.raises(ValueError, match=r"missing in some split|no model|differ in their sizes"):
        compare(scores[~last], *arguments)
    with pytest.raises(ValueError, match="no model of the table"):
        compare(scores[scores["model"] != "a"], *arguments)


@pytest.mark.parametrize(("compare", "arguments", "options"), COMPARISONS[:3])
def test_a_table_of_another_kind_is_refused(compare, arguments, options):
    other = scores_of(**({"sizes": (10, 20)} if not options else {}))
    with pytest.raises(ValueError, match=r"the table has no \['(fold|size)'\]"):
        compare(other, *arguments)
