"""Tables and figures of tests show what the tests say."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from scipy import stats

from tlhelpers.book import (
    architecture_record,
    average_gains,
    both_formulas,
    check_verdicts,
    count_once,
    count_otherwise,
    few_entropies,
    few_entropy_tests,
    gain_to_be_seen,
    gains_by_column,
    hidden_labels,
    intervals_by,
    nameless_words,
    plain_column_tests,
    plot_learning_curve,
    plot_size_differences,
    scores_by,
    smaller_tables,
    tell_tests,
    ten_picks,
)
from tlhelpers.book.figures.style import style_of
from tlhelpers.data.loaders import load_results, load_thermochemistry
from tlhelpers.evaluation import corrected_resampled_t_test, holm, training_order


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def tests():
    columns = ["setting", "size", "model", "score", "low", "high", "verdict"]
    rows = [
        ("cold", 20, "stack", 1.5, -0.7, -0.3, "better"),
        ("cold", 50, "stack", 1.26, -0.204, 0.12, "no difference seen"),
        ("cold", 50, "difference", 1.7, 0.25, 0.55, "worse"),
    ]
    table = pd.DataFrame(rows, columns=columns)
    table["baseline_score"] = table["size"].map({20: 2.0, 50: 1.3})
    return table.assign(difference=table["score"] - table["baseline_score"])


def test_scores_stand_below_the_baseline(tests):
    table = scores_by(tests, "size")
    assert table.index.tolist() == ["single-task", "stack", "difference"]
    assert table.loc["single-task"].tolist() == [2.0, 1.3] and table.loc["stack", 50] == 1.26
    assert pd.isna(table.loc["difference", 20])


def test_intervals_have_a_word_where_a_difference_is_seen(tests):
    table = intervals_by(tests, "size")
    assert table.loc["stack"].tolist() == ["−0.70 to −0.30, better", "−0.20 to +0.12"]
    assert table.loc["difference", 50] == "+0.25 to +0.55, worse"
    table = intervals_by(tests[tests["size"] == 50], "setting", with_score=True)
    assert table["cold"].tolist() == [
        "1.26 (−0.20 to +0.12)",
        "1.70 (+0.25 to +0.55), worse",
    ]


@pytest.mark.parametrize("longer", [1.0, 2.5])
def test_a_gain_that_is_to_be_seen_is_seen_in_four_of_five_tables(longer):
    half = 2.0
    row = pd.DataFrame({"low": [-half], "high": [half]})
    needed = gain_to_be_seen(row, 50, longer).iloc[0]
    std = half / stats.t.ppf(0.975, 49)  # of the mean difference
    drawn = needed + std * stats.t.rvs(49, size=200_000, random_state=0)
    assert (drawn > longer * half).mean() == pytest.approx(0.8, abs=0.005)


def test_a_test_that_stands_twice_is_counted_once():
    rows = [("cold", "trees", -0.2, 0.03, 0.06), ("warm", "trees", -0.2, 0.03, 0.06)]
    rows += [("cold", "stack", -0.3, 0.02, 0.06), ("warm", "stack", -0.3, 0.9, 0.9)]
    columns = ["setting", "model", "difference", "p_value", "p_adjusted"]
    once = count_once(pd.DataFrame(rows, columns=columns).assign(question="rivals"))
    assert once["model"].tolist() == ["trees", "stack", "stack"]
    assert once["p_once"].tolist() == pytest.approx([0.06, 0.06, 0.9])
    rows = pd.DataFrame([r[:4] for r in rows[:2]], columns=columns[:4])
    once = count_once(rows.assign(question="rivals", p_adjusted=0.06))
    assert once["p_once"].tolist() == [0.03] and once["changed"].tolist() == [True]


def marks(axes):
    return [line for ax in axes for line in ax.lines if len(line.get_xdata()) == 1]


def test_a_full_marker_is_a_difference_seen(tests):
    axes = plot_size_differences(tests.iloc[[1, 0, 2]], "setting", "RMSE (eV)")  # 50 before 20
    assert [ax.get_title() for ax in axes] == ["stack, cold", "difference, cold"]
    drawn = sorted(marks(axes[:1]), key=lambda line: line.get_ydata()[0]) + marks(axes[1:])
    assert [line.get_xdata()[0] for line in drawn] == tests["difference"].tolist()
    color = style_of("stack").color
    faces = [to_hex(line.get_markerfacecolor()) for line in drawn]
    assert faces == [color, "#ffffff", style_of("difference").color]
    assert [tick.get_text() for tick in axes[0].get_yticklabels()] == ["20", "50"]


def test_each_model_has_panels_of_its_own_side_by_side(tests):
    both = pd.concat([tests, tests.assign(setting="warm")])
    axes = plot_size_differences(both, "setting", "RMSE (eV)")
    assert [ax.get_title() for ax in axes] == [
        *("stack, cold", "stack, warm"),
        *("difference, cold", "difference, warm"),
    ]
    places = [ax.get_position() for ax in axes]
    assert places[0].y0 == places[1].y0 > places[2].y1 and places[0].x1 < places[1].x0
    above = [ax.xaxis.get_major_ticks()[0].label2.get_visible() for ax in axes]
    assert above == [True, True, False, False]  # a scale at both ends of a tall figure


def test_a_legend_says_what_a_full_marker_means(tests):
    axes = plot_size_differences(tests, "setting", "RMSE (eV)")
    (legend,) = axes[0].figure.legends
    assert legend.get_title().get_text() == "full marker: difference seen; hollow: none seen"
    unseen = plot_size_differences(tests.assign(verdict="no difference seen"), "setting", "eV")[0]
    assert unseen.figure.legends == []
    stars = [line for line in marks(axes) if line.get_marker() == "*"]
    assert stars and min(line.get_markersize() for line in stars) > 10


def test_a_learning_curve_without_bands_and_with_numbers_apart():
    sizes = [20, 50, 200, 235]
    rows = [{"model": "stack", "size": n, "rmse": 1 / n + r} for n in sizes for r in (0, 1)]
    ax = plot_learning_curve(pd.DataFrame(rows), band=False)
    assert ax.get_title() == "means over the draws; their spread is not shown"
    assert plot_learning_curve(pd.DataFrame(rows)).get_title() == ""
    assert not ax.collections and len(plot_learning_curve(pd.DataFrame(rows)).collections) == 1
    _, panel = plt.subplots()
    assert plot_learning_curve(pd.DataFrame(rows), ax=panel) is panel and len(panel.lines) == 1
    names = ax.get_xticklabels()  # the last two stand close together, and part
    assert [name.get_text() for name in names] == ["20", "50", "200", "235"]
    assert [name.get_ha() for name in names] == ["center", "center", "right", "left"]


@pytest.mark.parametrize(
    ("name", "question"),
    [("band_gaps_curve", "beyond the paper"), ("band_gaps_named_curve", "named methods")],
)
def test_a_stricter_ratio_is_that_of_the_corrected_test(name: str, question: str) -> None:
    curve = load_results(name).query("setting == 'warm' and size == 50")
    wide = curve.pivot_table(index="repeat", columns="model", values="rmse")
    ratio = (curve["n_test"] / curve["size"]).iloc[0]
    p_value = corrected_resampled_t_test(wide["stack"] - wide["single-task"], ratio)[2]

    tests = load_results(f"{name}_verdicts").query("question == @question")
    alone = tests.query("model == 'stack' and setting == 'warm' and size == 50")
    found = count_otherwise(alone, name).iloc[0]
    assert found["p_stricter"] == pytest.approx(p_value, rel=1e-6)
    assert found["p_one_family"] == found["p_value"] < found["p_stricter"]

    both = count_otherwise(tests, name)
    assert (both["p_stricter"] >= both["p_adjusted"] - 1e-6).all()
    whole = both["size"] == curve["n_pool"].iloc[0]
    assert both.loc[whole, "longer"].to_numpy() == pytest.approx(1) and whole.any() == (
        name == "band_gaps_curve"
    )


def test_each_check_of_a_verdict_is_that_of_its_own_table():
    """Beside a search through the stored tables, a verdict and a check at a time."""
    tests = load_results("band_gaps_curve_verdicts")
    tests = tests[tests["question"].isin(["the paper's models", "beyond the paper", "rivals"])]
    named = load_results("band_gaps_named_curve_verdicts")
    controls = load_results("band_gaps_control_verdicts").query("metric == 'rmse'")

    def rows_of(table, model, size, setting):
        same = (table["model"] == model) & (table["size"] == size) & (table["setting"] == setting)
        return table[same]

    found, counted = check_verdicts(tests), count_otherwise(tests)
    assert len(found) == (tests["verdict"] == "better").sum()
    for case, checks in found.iterrows():
        (own,) = rows_of(counted, *case).query("verdict == 'better'").to_dict("records")
        assert checks["one question"] == (own["p_one_family"] < 0.05)
        assert checks["published formula"] == (own["p_stricter"] < 0.05)
        for check, question in (
            ("z shuffled", "z shuffled"),
            ("no columns", "usual mixture, no columns"),
        ):
            (verdict,) = rows_of(controls[controls["question"] == question], *case)["verdict"]
            assert checks[check] == (verdict == "better")
        verdicts = rows_of(named, *case)["verdict"].tolist()
        assert [checks["named methods"]] == [v == "better" for v in verdicts] or (
            checks["named methods"] is None and not verdicts
        )
    assert set(map(type, found["named methods"])) == {bool, type(None)}


def test_the_plain_forest_was_scored_on_the_splits_of_the_others():
    """Its baseline and its stack have the stored errors, to the last digit."""
    gains = gains_by_column()
    stack = gains[gains["model"] == "stack"].set_index("target")["difference"]
    mixture, blind = "usual mixture, with columns", "usual mixture, no columns"
    for plain in ("usual forest, with columns", mixture, blind):
        beside_forest, beside_plain = plain_column_tests(plain), plain_column_tests("stack", plain)
        assert list(beside_forest.index) == list(beside_plain.index) == list(stack.index)
        assert beside_forest["score"].tolist() == beside_plain["baseline_score"].tolist()
        change = 100 * (beside_plain["score"] / beside_forest["baseline_score"] - 1)
        assert (change - stack).abs().max() < 1e-6
        for part in (beside_forest, beside_plain, plain_column_tests(mixture, blind)):
            assert np.allclose(part["p_adjusted"], holm(part["p_value"]))


def test_average_gains_are_means_of_the_stored_errors():
    table = average_gains()
    stored = load_results("stronger_models").query("beside == 'single-task'")
    assert len(table) == 7 and stored["target"].nunique() == 8
    for model, rows in stored.groupby("model"):
        change = 100 * (rows["score"] / rows["baseline_score"] - 1)
        assert table.loc[model, "all eight"] == pytest.approx(change.mean())
        left = change[~rows["target"].str.startswith("Ea")]
        assert len(left) == 5
        assert table.loc[model, "without the barriers"] == pytest.approx(left.mean())


@pytest.mark.parametrize("way", ["with columns", "no columns"])
@pytest.mark.parametrize("kind", ["boosting", "Gaussian process"])
def test_stronger_models_were_scored_on_the_splits_of_the_others(kind: str, way: str):
    """In percent to five digits: the stack was grown anew there, in another run."""
    name = f"{kind}, {way}"
    beside_forest, beside_stack = plain_column_tests(name), plain_column_tests("stack", name)
    assert beside_forest["score"].tolist() == beside_stack["baseline_score"].tolist()
    gains = gains_by_column()
    stack = gains[gains["model"] == "stack"].set_index("target")["difference"]
    change = 100 * (beside_stack["score"] / beside_forest["baseline_score"] - 1)
    assert list(change.index) == list(stack.index) and (change - stack).abs().max() < 1e-5


def test_gains_by_column_are_told_in_percent_of_the_baseline():
    table = gains_by_column()
    assert not table.duplicated(["task", "model"]).any()
    assert table.groupby("model").size().to_dict() == dict.fromkeys(table["model"], 8) | {
        "difference": 4  # not where units differ
    }
    gains = table[table["model"] == "stack"].set_index("task")
    record = architecture_record().query("model == 'stack' and setting == 'warm'")
    record = record[record["metric"] == "rmse"].set_index("target")
    handbook = ["entropy", "heat_capacity", "enthalpy_of_formation", "molar_volume"]
    assert list(gains.index) == [*handbook, *record.index]
    others = load_results("entropies_other_columns").query("target == 'enthalpy_of_formation'")
    fewer = [load_results(f"entropies_{name}_without") for name in ("heat", "volume")]
    others = pd.concat([others, *fewer])
    others = others.query("model == 'stack'").set_index("target")
    in_percent = 100 * others["difference"] / others["baseline_score"]
    assert (gains.loc[others.index, "difference"] - in_percent).abs().max() < 1e-12
    for end in ("difference", "low", "high"):
        by_hand = 100 * record[end] / record["baseline_score"]
        assert (gains.loc[record.index, end] - by_hand).abs().max() < 1e-12
    assert gains["verdict"].loc[record.index].tolist() == record["verdict"].tolist()


def test_tests_are_told_with_their_verdict_first():
    rows = load_results("entropies_verdicts").set_index("model")
    told = tell_tests(rows, "theirs")
    assert list(told) == ["verdict", "95% interval", "error (theirs)"]
    for name, row in rows.iterrows():
        low, high = told.loc[name, "95% interval"].replace("−", "-").split(" to ")
        assert [float(low), float(high)] == [round(row["low"], 2), round(row["high"], 2)]
        said = f"{row['score']:.2f} ({row['baseline_score']:.2f})"
        assert told.loc[name].tolist()[::2] == [row["verdict"], said]


def test_the_tests_of_few_entropies_are_one_family_over_the_draws():
    curve = few_entropies()
    assert curve.groupby(["model", "size"])["repeat"].nunique().eq(20).all()
    tests = few_entropy_tests()
    assert len(tests) == 10 and (tests["p_adjusted"] == holm(tests["p_value"])).all()
    wide = curve.pivot_table("rmse", ["size", "repeat"], "model")
    for row in tests.itertuples():
        apart = wide.loc[row.size, row.model] - wide.loc[row.size, "single-task"]
        assert abs(apart.mean() - row.difference) < 1e-9
    whole = load_results("entropies_few").query("model == 'single-task'")
    alone = whole.pivot_table("rmse", ["size", "repeat"], "columns")
    assert (alone["without"] - alone["all columns"]).abs().max() < 1e-9  # it reads no column


def test_smaller_tables_are_summed_up_over_their_draws():
    said = load_results("entropies_own_size")
    table = smaller_tables()
    assert set(table.index) == set(zip(said["columns"], said["n_labels"], strict=True))
    for case, part in said.groupby(["columns", "n_labels"]):
        row = table.loc[case]
        alone = part["recommended"] == "single-task"
        assert (row["tables"], row["recommended"]) == (part["draw"].nunique(), (~alone).sum())
        assert row["gain"] == pytest.approx((1 - part["score"] / part["baseline_score"]).mean())
        wide = (part["high"] - part["low"]) / part["baseline_score"]
        assert 1.3 < row["needed"] / (wide.median() / 2) < 1.5
        assert (part.loc[~alone, "high"] < 0).all()  # what is recommended is seen to be better


def test_what_was_hidden_is_summed_up_table_by_table():
    """By hand, for the stack and the picked model."""
    scores = load_results("hidden_labels_scores")
    found = hidden_labels()
    for size, part in scores.groupby("n_labels"):
        changes = {"stack": {}, "picked": {}}
        for (target, _), rows in part.groupby(["target", "draw"]):
            rows = rows.set_index("model")
            alone = rows.loc["single-task", "rmse"]
            least = rows["loss"].idxmin()
            assert rows["picked"].sum() == 1 and rows.loc[least, "picked"]
            for name, model in (("stack", "stack"), ("picked", least)):
                change = 100 * (rows.loc[model, "rmse"] - alone) / alone
                changes[name].setdefault(target, []).append(change)
        for name, by_target in changes.items():
            row, every = found.loc[(size, name)], np.concatenate(list(by_target.values()))
            assert {t: len(part) for t, part in by_target.items()} == dict.fromkeys(by_target, 20)
            for target, part in by_target.items():
                assert row[target] == pytest.approx(np.mean(part))
            assert row["mean"] == pytest.approx(every.mean())
            assert (row["tables"], row["lower"]) == (80, (every < 0).sum())
            assert row["largest"] == pytest.approx(every.max())


def test_both_formulas_have_the_same_gain_and_their_own_interval():
    tests = load_results("band_gaps_curve_verdicts").query("question == 'rivals'")
    found = both_formulas(tests)
    counted = count_otherwise(tests).query("verdict == 'better'").sort_values(["setting", "size"])
    ours, published = (
        found[found["formula"] == f"{name} formula"].reset_index(drop=True)
        for name in ("our", "published")
    )
    assert len(ours) == len(published) == len(counted) > 3 and len(found) == 2 * len(ours)
    assert ours["difference"].equals(published["difference"])
    width, other = ours["high"] - ours["low"], published["high"] - published["low"]
    assert np.allclose(other / width, counted["longer"])
    by_hand = 100 * (counted["high"] - counted["low"]) / counted["baseline_score"]
    assert np.allclose(width, by_hand) and set(ours["verdict"]) == {"better"}
    stays = (counted["p_stricter"] < 0.05).to_numpy()
    assert ((published["verdict"] == "better") == stays).all() and 0 < stays.sum() < len(stays)
    outside = (published["low"] > 0) | (published["high"] < 0)
    assert (outside == (counted["p_alone"] < 0.05).to_numpy()).all()


def test_the_rule_by_volume_picks_among_the_candidates_of_the_models() -> None:
    """The stored mean label of the candidates says which rows they were."""
    solids = load_thermochemistry(per_atom=True)
    labelled = solids["entropy"].notna().to_numpy()
    picks = load_results("ten_picks_scores").query("table == 'entropies'")
    tens = []
    for draw, part in picks.groupby("draw"):
        _, rows = training_order(labelled, np.arange(len(solids)), 0.2, [draw, 7])
        candidates = solids.iloc[rows]
        assert part["all"].to_numpy() == pytest.approx(candidates["entropy"].mean())
        largest = candidates.sort_values("molar_volume", ascending=False)["entropy"].iloc[:10]
        tens.append(largest.mean())
    found = ten_picks().loc["entropies"]
    assert found["molar volume alone"].to_numpy() == pytest.approx(np.mean(tens))
    assert found["stack"].loc[50] == pytest.approx(
        picks.query("model == 'stack' and n_labels == 50")["found"].mean()
    )


def test_the_run_without_nameless_labels_has_the_mark_of_the_stricter_form():
    few = load_results("band_gaps_named_curve_verdicts")
    p_stricter = count_otherwise(few, "band_gaps_named_curve")["p_stricter"]
    assert (p_stricter[few["verdict"] == "better"] > 0.05).all()
    assert " in 10 of 28 tests, all with the mark ‡: " in nameless_words()
