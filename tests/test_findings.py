"""Chapter 11's table agrees with the files that it names."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tlhelpers import load_results
from tlhelpers.book import (
    all_label_tests,
    architecture_record,
    beyond_table,
    claims_table,
    decision_table,
    gains_outside_record,
    guide_evidence,
    guide_tables,
    saving_interval,
    saving_words,
    say_claims,
    say_list,
)
from tlhelpers.book.findings import (
    FAILS,
    HOLDS,
    OPEN,
    UNMEASURED,
    UNTESTED,
    _curve_tests,
    _word_of_saving,
    word,
)
from tlhelpers.book.prose import grouped, numbers
from tlhelpers.book.record import ARCHITECTURES
from tlhelpers.data.files import result_names
from tlhelpers.evaluation.comparison import corrected_resampled_t_test, holm

pytestmark = pytest.mark.once  # files of ours and words; with Colab's packages the chapters run


@pytest.fixture(scope="module")
def claims():
    return claims_table()


def test_every_claim_has_a_row_and_names_its_files(claims):
    assert list(claims.index) == list(range(1, 11)) and claims.notna().all(axis=None)
    for sources in claims["source"]:
        assert set(sources.split(", ")) <= set(result_names())
    for verdict in claims["verdict"]:
        assert any(word in verdict for word in (HOLDS, FAILS, OPEN, UNTESTED, UNMEASURED))


@pytest.mark.parametrize(
    "verdicts, claimed, expected",
    [
        (["better", "better"], "better", "holds"),
        (["better", "no difference seen"], "better", "tested, not decided"),
        (["better", "worse"], "better", "does not hold"),
        (["worse"], "worse", "holds"),
        (["better"], "worse", "does not hold"),
        (["no difference seen"], "worse", "tested, not decided"),
    ],
)
def test_a_claim_holds_where_every_case_is_as_claimed(verdicts, claimed, expected):
    assert word(verdicts, claimed) == expected


def test_a_word_on_all_parts_stands_alone_and_else_beside_its_parts():
    assert grouped({"cold": OPEN, "warm": OPEN}) == OPEN
    assert grouped({"a": OPEN, "b": UNTESTED, "c": OPEN}) == f"{OPEN} (a, c); {UNTESTED} (b)"


def test_what_is_not_decided_and_what_has_no_test_are_apart(claims):
    """Six are tested and not decided, two in part; one is not measured, one holds in part."""
    verdicts = claims["verdict"]
    assert verdicts[verdicts == OPEN].index.tolist() == [1, 2, 4, 5, 7, 10]
    assert verdicts[3] == f"{OPEN} (that it improves); {UNTESTED} (that it improves most)"
    assert verdicts[6].endswith(f"{UNTESTED} (its F1)") and verdicts[8] == UNMEASURED
    assert verdicts[9] == (
        f"{HOLDS} (that they are worse than the baseline); "
        f"{UNTESTED} (that the error is irreducible)"
    )


def test_a_number_and_its_interval_stand_in_one_line(claims):
    cells = numbers([("cold", "1.0", "0 to 2"), ("warm", "2.0", "1 to 3")])
    assert cells == {"ours": "cold: 1.0\nwarm: 2.0", "interval": "0 to 2\n1 to 3"}
    for row in claims.itertuples():
        assert row.ours.count("\n") == row.interval.count("\n")
        assert all(": " in line for line in row.ours.splitlines())


def test_the_union_from_the_scores_by_hand(claims):
    for setting, part in load_results("band_gaps_scores").groupby("setting"):
        wide = part.pivot_table(index=["repeat", "fold"], columns="model", values="rmse")
        ratio = (part["n_test"] / part["n_pool"]).mean()
        assert len(wide) == 50 and ratio == pytest.approx(0.25, abs=0.01)
        mean, half, _ = corrected_resampled_t_test(wide["pooled"] - wide["single-task"], ratio)
        cells = claims.loc[9]
        line = [c.startswith(setting) for c in cells["ours"].splitlines()].index(True)
        assert f"{setting}: RMSE {wide['pooled'].mean():.2f} eV" in cells["ours"]
        ends = f"{mean - half:+.2f} to {mean + half:+.2f} eV"
        assert cells["interval"].splitlines()[line].startswith(ends)


def test_the_most_accurate_for_band_gaps_by_hand(claims):
    for setting, part in load_results("band_gaps_scores").groupby("setting"):
        mean = part.groupby("model")["rmse"].mean()
        mean = mean[["single-task", *ARCHITECTURES, "pooled", "pooled, flag"]]
        best = mean.drop("difference").idxmin()
        expected = (
            f"{setting}: {mean['difference']:.2f} eV, best other {mean[best]:.2f} eV ({best})"
        )
        assert expected in claims.loc[1, "ours"]


def test_the_saving_by_hand(claims):
    curve = load_results("band_gaps_curve").query("setting == 'warm'")
    mean = curve.pivot_table(index="size", columns="model", values="rmse")
    reached = mean["single-task"].cummin()
    labels = np.interp(-mean.loc[50, "difference"], -reached, np.log(reached.index))
    assert f"warm, 50 labels: saving {np.exp(labels) / 50:.1f}" in claims.loc[2, "ours"]


@pytest.mark.parametrize(
    "low, high, verdict, expected",
    [
        (2.4, 6.5, "better", "holds"),
        (1.4, 4.2, "better", "tested, not decided"),
        (3.0, np.inf, "better", "tested, not decided"),
        (1.4, 3.7, "better", "does not hold"),
        (4.5, 9.0, "better", "does not hold"),
        (2.4, 6.5, "no difference seen", "tested, not decided"),
        (1.4, 3.7, "no difference seen", "tested, not decided"),
        (0.2, 0.7, "worse", "does not hold"),
    ],
)
def test_a_saving_is_about_four_by_its_verdict_and_interval(low, high, verdict, expected):
    assert _word_of_saving(pd.Series({"low": low, "high": high}), verdict) == expected


def test_a_saving_beyond_the_curve_has_no_number():
    assert saving_words(3.44) == "3.4" and saving_words(np.inf) == "more than we have"
    assert saving_interval(2.06, 6.4) == "2.1 to 6.4"
    assert saving_interval(0.9, np.inf) == "0.9 or more"
    assert saving_interval(np.inf, np.inf) == "more than we have"


def test_the_saving_and_the_labels_nobody_asked_for_follow_one_rule(claims):
    tests = _curve_tests()
    assert len(tests) == 30 and tests.loc[("warm", "difference", 20), "p_adjusted"] > 0.05
    assert claims.loc[10, "verdict"] == claims.loc[2, "verdict"] == "tested, not decided"
    assert len(claims.loc[2, "ours"].splitlines()) == 10


def test_a_correlation_of_family_means_is_no_interpretability(claims):
    assert claims.loc[8, "verdict"] == "not measured"


def test_no_claim_of_a_lead_without_a_test_against_every_rival(claims):
    assert "tested, not decided (the most accurate" in claims.loc[6, "verdict"]
    assert "best other architecture" in claims.loc[6, "ours"]


def test_the_f1_of_the_step_is_that_of_the_table_of_rivals(claims):
    rivals = load_results("no_step_rivals").query("metric == 'f1_macro' and group_by == 'surface'")
    found = rivals.set_index(["model", "n_steps"])["difference"]
    for number, model in [(4, "multi-task"), (6, "latent variable")]:
        for n in (2, 3):
            change = found[f"classifier, {model}", n]
            assert f"macro F1 {change:+.2f}" in claims.loc[number, "ours"]


def test_cancellation_is_the_row_of_the_file(claims):
    rows = load_results("no_cancellation").query(
        "setting == 'cold' and group_by == 'surface' and model == 'latent variable'"
    )
    for row in rows.itertuples():
        assert f"{row.direction}, cold: {row.ratio:.2f} times" in claims.loc[7, "ours"]
        assert row.ratio == pytest.approx(row.rmse_difference / np.hypot(row.rmse_a, row.rmse_b))


def test_the_record_counts_each_case_once():
    record = architecture_record()
    assert not record.duplicated(["target", "setting", "model"]).any()
    cases = record.groupby("study").size()
    assert cases.to_dict() == {"band gap": 12, "colour": 6, "NO reduction": 36}
    apart = (record["low"] > 0) | (record["high"] < 0)
    seen = record["verdict"] != "no difference seen"
    assert apart[seen].all() and (record["p_adjusted"] < 0.05).equals(seen)


def test_what_lies_beyond_the_paper_names_its_files():
    table = beyond_table()
    assert table.notna().all(axis=None) and len(table) == 8
    for sources in table["source"]:
        assert set(sources.split(", ")) <= set(result_names())
    assert table.loc[5, "verdict"] == "not contradicted"
    tests = load_results("band_gaps_curve_verdicts").query("model == 'stack' and size == 50")
    assert (tests["verdict"] == "better").all()
    assert (
        "holds in 2 of 12 cases (cold 50, warm 50); tested, not decided in the other 10"
        in table.loc[3, "verdict"]
    )


def test_the_guide_says_what_the_tables_say():
    guide = decision_table()["what we saw"]
    gains = (
        load_results("band_gaps_curve_verdicts")
        .query("size == 20")
        .set_index(["model", "question", "setting"])
    )
    for setting in ("cold", "warm"):  # the plain mean is confirmed, the lowest mean is not
        plain = gains.loc[("difference", "the paper's models", setting)]
        equal = gains.loc[("equal weights", "rivals", setting)]
        assert plain["difference"] < equal["difference"] < 0 and equal["verdict"] == "better"
        assert plain["verdict"] == "no difference seen"
    models = {"LatentVariableForest": "latent variable", "MultiTaskForest": "multi-task"}
    nothing = load_results("stack_worlds").query("world in ['unrelated', 'noise', 'no signal']")
    for model, name in models.items():  # the worst that a reader of this advice may meet
        text = decision_table().set_index("model").loc[model, "what we saw"]
        worst = nothing.loc[nothing["model"] == name, "ratio"].max()
        assert f"has up to {worst:.2f} times the baseline's error" in text and worst > 1
    worst = load_results("stack_worlds").query("model == 'stack'")["ratio"].max()
    assert any(f"the stack up to {worst:.2f} times" in text for text in guide)


def test_the_tables_of_the_guide_by_hand():
    tables = guide_tables()
    worlds = load_results("stack_worlds").groupby(["model", "world"])["ratio"]
    low, high = worlds.min(), worlds.max()
    columns = {"shared structure": "shares structure only", "another unit": "in another unit"}
    for world, column in columns.items():
        for model in ("stack", "equal weights"):
            cell = f"{low[model, world]:.2f} to {high[model, world]:.2f}"
            assert tables["worlds"].loc[model, column] == cell
    more = [low["stack", world] for world in ("smooth function", "systematic error")]
    assert tables["worlds"].loc["stack", "tells more"].startswith(f"{min(more):.2f} to")
    shared = tables["worlds"]["shares structure only"].str.split().str[-1].astype(float)
    assert (shared > 1).all()
    tests = load_results("band_gaps_verdicts").query("model == 'pooled' and metric == 'rmse'")
    for row in tests.itertuples():
        cells = tables["union"].loc[row.setting].tolist()
        assert cells == [
            row.verdict,
            f"{row.score:.2f}",
            f"{row.baseline_score:.2f}",
            f"{row.low:+.2f} to {row.high:+.2f}",
        ]
    few = load_results("band_gaps_curve_verdicts").query(
        "size == 50 and setting == 'warm' and model == 'equal weights' and question == 'rivals'"
    )
    cells = tables["few labels"]["50, warm"]
    assert cells["named or not", "equal weights"] == f"{few['score'].item():.2f}, better"
    assert cells["named or not", "baseline"] == f"{few['baseline_score'].item():.2f}"
    named = load_results("band_gaps_named_curve_verdicts").set_index(["model", "setting", "size"])
    row = named.loc[("difference", "cold", 20)]
    cell = tables["few labels"].loc[("named", "difference"), "20, cold"]
    assert cell == f"{row['score']:.2f}, better" and row["verdict"] == "better"
    held = load_results("no_held_out").query(
        "metric == 'rmse' and direction == 'dissociation' and setting == 'warm' "
        "and target == 'Ea_N2_diss' and model == 'learned slope'"
    )
    lines = load_results("no_two_lines_verdicts").query(
        "metric == 'rmse' and group_by == 'surface' and target == 'Ea_N2_diss' "
        "and baseline == 'two lines'"
    )
    row = tables["known energies"].loc[("two lines", "N₂")]
    cells = [row["verdict"], row["error (eV)"], row["compared with"]]
    errors = [f"{lines[column].item():.2f}" for column in ("score", "baseline_score")]
    assert cells == [lines["verdict"].item(), *errors]
    row = tables["known energies"].loc[("baseline, hold-out surfaces", "N₂")]
    assert row["error (eV)"] == f"{held['score'].item():.2f}"
    assert (
        row["95% interval"] == "−0.08 to +0.30" and round(held["difference_low"].item(), 2) == -0.08
    )


def test_results_say_how_many_gains_are_outside():
    others = gains_outside_record()["metric"].value_counts()
    assert others.to_dict() == {"rmse": 3, "mae": 3}
    said = guide_evidence()["outside"]
    assert f"{others.sum()} gains on the baseline are seen" in said
    assert f"By root mean squared error it is {others['rmse']} gains" in said
    assert '["outside"])' in (Path(__file__).parents[1] / "book/more_claims.md").read_text("utf8")


def test_what_lies_beyond_the_paper_by_hand():
    """The change of the mismatch with all labels, and the rivals that the stack is seen to beat."""
    table = beyond_table()
    wide = load_results("band_gaps_scores").query("setting == 'cold'")
    mean = wide.groupby("model")["rmse"].mean()
    cost = mean["difference, mismatched"] - mean["difference"]
    assert f"difference, cold: +0.10 (20), {cost:+.2f} (all)" in table.loc[1, "ours"]
    assert table.loc[2, "verdict"] == "tested, not decided in any of 12"
    tests = load_results("band_gaps_verdicts").query(
        "metric == 'rmse' and question == 'stack against rivals'"
    )
    worse = tests[tests["verdict"] == "worse"].set_index(["model", "setting"])
    assert ("gradient boosting, z seen", "cold") in worse.index and len(worse) == 2  # a mismatch
    assert table.loc[6, "verdict"].startswith("holds in 1 of 8 cases (straight line (warm));")
    assert f"z seen, cold {worse['score'].iloc[0]:.2f}" in table.loc[6, "ours"]


def test_the_record_holds_no_rival():
    models = architecture_record()["model"]
    assert set(models) == {*ARCHITECTURES, "difference, z seen", "learned slope", "stack"}


def test_with_equal_weights_counted_there_would_be_ten_more_cases_and_one_gain():
    counted = architecture_record(rivals=["equal weights"])
    more = counted[counted["model"] == "equal weights"].set_index(["target", "setting"])
    assert len(counted) == 64 and len(more) == 10 and more.index.is_unique
    assert more.index[more["verdict"] == "better"].tolist() == [("gap_optical", "warm")]
    assert (
        counted.drop(counted.index[counted["model"] == "equal weights"])["verdict"]
        .eq("no difference seen")
        .all()
    )


def test_the_gains_outside_the_record_by_hand():
    others = gains_outside_record()
    found = set(others[["model", "setting", "metric"]].itertuples(index=False, name=None))
    assert found == {
        ("equal weights", "warm", "rmse"),
        ("stack, both", "warm", "rmse"),
        ("learned slope, all energies", "warm", "rmse"),
        ("stack", "warm", "mae"),
        ("latent variable", "warm", "mae"),
    }
    assert (others["score"] < others["baseline_score"]).all() and len(others) == 6
    tests = all_label_tests()
    assert (tests["p_adjusted"] <= tests["p_all"] + 1e-12).all()
    for _, family in tests.groupby("family"):
        assert np.allclose(holm(family["p_value"]), family["p_adjusted"], atol=1e-6)


def test_the_page_of_the_guide_has_a_section_a_row():
    page = (Path(__file__).parents[1] / "book/guide.md").read_text("utf8")
    headings = re.findall(r"^##+ (.+)$", page, re.M)
    table, seen = decision_table(), guide_evidence()
    assert headings == [
        "In a hurry",
        "If no difference is seen",
        "Your table",
        *table.index,
    ]
    sections = dict(zip(headings, re.split(r"^##+ .+$", page, flags=re.M)[1:], strict=True))
    for case, row in table.iterrows():
        assert row["model"] in sections[case] and f'table["{case}"]' in sections[case]
        first = row["chapter"][:2]
        assert f"[{first}](../notebooks/{first}_" in sections[case]
    shown = re.findall(r'say\(seen\["(.+?)"\]\)', page)
    assert shown == [name for name in seen.index if name != "outside"]  # on the page of claims
    for name in guide_tables():
        assert f'\nnumbers["{name}"]\n' in page
    rows = re.findall(r"^\| \[.+$", sections["Your table"], re.M)
    for row, model in zip(rows, table["model"], strict=True):
        assert model.partition("(")[0] in row


def test_lists_are_markdown():
    assert say_list(["a\n  b", "c"]).data == "- a b\n- c"
    table = claims_table()
    text = say_claims(table).data.replace("−", "-")
    assert re.findall(r"^(\d+)\. \*\*", text, re.M) == [str(n) for n in table.index]
    for row in table.replace("−", "-", regex=True).itertuples():
        assert f"**Verdict:** {row.verdict}." in text
        assert f"One number of ours: {row.short}." in text
        for line, ends in zip(row.ours.splitlines(), row.interval.splitlines(), strict=True):
            assert f"<td>{line}</td><td>{ends}</td>" in text
    assert text.count("<details><summary>") == text.count("</details>") == len(table)


def test_where_the_computed_gap_is_seen_to_help() -> None:
    """Chapters 08 and 11 say so."""
    tests = load_results("band_gaps_control_verdicts").query("metric == 'rmse'")
    assert len(tests) == 72 and (tests["verdict"] != "worse").all()
    tests = tests.astype({"size": object}).fillna({"size": "all"}).set_index("question")
    better = tests[tests["verdict"] == "better"]
    named = ["model", "setting", "size"]
    assert set(map(tuple, better.loc["usual mixture, no columns", named].to_numpy())) == {
        ("equal weights", "warm", size) for size in (20, 50, "all")
    }
    assert set(map(tuple, better.loc["z shuffled", named].to_numpy())) == {
        *(("equal weights", "warm", size) for size in (20, 50, 100, 200, 235, "all")),
        *(("equal weights", "cold", size) for size in (20, 50, 100)),
        *(("stack", "warm", 20), ("stack", "warm", 50), ("stack", "cold", 50)),
    }


def test_the_difference_has_the_lower_mean_and_varies_more() -> None:
    """As the guide says of few labels."""
    curve = load_results("band_gaps_curve_verdicts").query("size <= 50").set_index("model")
    equal = curve.loc["equal weights"].query("question == 'rivals'").set_index(["setting", "size"])
    wide = curve.loc["difference"].query('question == "the paper\'s models"')
    wide = wide.set_index(["setting", "size"])
    assert ((wide["high"] - wide["low"]) > (equal["high"] - equal["low"])).all()
    lower = int((wide["score"] < equal["score"]).sum())
    said = decision_table()["what we saw"].filter(like="second source").item()
    assert lower == 4 and "a lower mean error than equal weights in all of them" in said


def test_shuffling_takes_the_gain_of_the_mixtures() -> None:
    """By hand: mean errors over the draws, with the true and with shuffled computed gaps."""
    curve = load_results("band_gaps_curve")
    error = curve.pivot_table("rmse", ["setting", "size"], "model")
    for name in ("stack", "equal weights"):
        assert (error[f"{name}, z shuffled"] - error["single-task"]).abs().max() < 0.05
        assert (error[name] < error[f"{name}, z shuffled"] - 0.07).all()
