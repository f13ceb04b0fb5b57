"""A test in the form that it has on every page."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tlhelpers.book import show_tests
from tlhelpers.book.verdict_strip import SCALES

SEEN = {"score": 3.0, "baseline_score": 4.0, "difference": -1.0, "low": -1.6, "high": -0.4}
SEEN |= {"verdict": "better", "p_adjusted": 0.0123}


def shown(*tests, names=None, **options):
    index = names or [f"model {i}" for i in range(len(tests))]
    html = show_tests(pd.DataFrame(tests, index), "eV", **options).data
    return BeautifulSoup(html, "html.parser")


def words(part):
    return " ".join(part.get_text(" ", strip=True).split())


@pytest.mark.parametrize(
    ("p", "said"), [(0.0123, "0.012"), (0.0502, "0.0502"), (0.0498, "0.0498"), (0.2, "0.2")]
)
def test_a_p_value_shows_on_which_side_of_the_level_it_lies(p, said):
    row = shown(SEEN | {"p_adjusted": p}).select_one("tbody tr")
    assert words(row).endswith(f"adjusted p = {said}")


def test_a_row_has_both_errors_the_change_in_percent_its_interval_and_the_verdict():
    row = shown(SEEN, names=["stack"], beside="single-task").select_one("tbody tr")
    assert [words(cell) for cell in row.find_all(["th", "td"])] == [
        "stack",
        "3.00 single-task 4.00",
        "−25% (−40 to −10)",
        "▼ better adjusted p = 0.012",
    ]


def test_each_value_has_its_name_and_the_scale_of_the_head():
    table = shown(SEEN, SEEN)
    heads = [words(head) for head in table.select("thead th")]
    scale = words(table.select_one("thead .tl-scale"))
    for row in table.select("tbody tr"):
        error, change, _ = row("td")
        assert error["data-head"] == heads[1] == "error (eV)"
        assert f"{change['data-head']} {change['data-scale']}" == heads[2]
        assert change["data-scale"] == scale


@pytest.mark.parametrize(
    ("verdict", "label"),
    [("better", "▼ better"), ("worse", "▲ worse"), ("no difference seen", "no difference seen")],
)
def test_a_full_label_and_a_full_mark_say_that_a_difference_is_seen(verdict, label):
    row = shown(SEEN | {"verdict": verdict}).select_one("tbody tr")
    box = row.select_one(".tl-verdict")
    seen = verdict != "no difference seen"
    assert words(box) == label and ("tl-seen" in box["class"]) == seen
    assert ("fill: currentColor" in row.svg.circle["style"]) == seen


def test_a_p_value_alone_is_called_p_and_a_small_one_has_its_bound():
    alone = {**SEEN, "p_value": 0.0004}
    del alone["p_adjusted"]
    assert words(shown(alone).select_one("tbody td:last-child")).endswith("p < 0.001")
    assert "adjusted" not in shown(alone).text


def test_a_model_has_its_colours_and_levels_of_the_index_are_its_name():
    table = pd.DataFrame([SEEN], pd.MultiIndex.from_tuples([("stack", "warm")]))
    row = BeautifulSoup(show_tests(table, "eV").data, "html.parser").select_one("tbody tr")
    assert words(row.th) == "stack, warm" and "#222222" in row["style"]


def test_what_lies_beyond_the_scale_is_an_arrow_and_its_number_is_told():
    far = SEEN | {"difference": 6.0, "low": 4.8, "high": 7.2, "verdict": "worse"}
    row = shown(far).select_one("tbody tr")
    assert row.svg.circle is None and "+150% (+120 to +180)" in words(row)


@pytest.mark.parametrize(("low", "end"), [(-1.2, 30), (-1.3, 60), (-2.4, 60), (-2.5, 120)])
def test_all_rows_of_a_table_share_the_smallest_scale_that_holds_their_intervals(low, end):
    table = shown(SEEN | {"low": -1.1, "high": -0.9}, SEEN | {"low": low, "high": 0.2})
    drawn = [float(row.svg.circle["cx"]) for row in table.select("tbody tr")]
    half = (float(table.select_one("tbody svg")["width"]) - 12) / 2
    assert words(table.select_one(".tl-scale")) == f"−{end}% 0 +{end}%"
    assert drawn[0] == drawn[1] == pytest.approx(half + 6 - half * 25 / end, abs=0.06)


@given(st.floats(-SCALES[-1], SCALES[-1]), st.floats(0, 200))
def test_the_drawing_stays_in_its_frame_and_zero_is_in_the_middle(change, width):
    test = SEEN | {"difference": change / 25, "low": (change - width) / 25}
    drawing = shown(test | {"high": (change + width) / 25}).select_one("tbody svg")
    x, wide = float(drawing.circle["cx"]), float(drawing["width"])
    assert 0 <= x - 4.5 and x + 4.5 <= wide
    assert abs(x - wide / 2) < 0.1 or (x > wide / 2) == (change > 0)


@pytest.mark.parametrize(
    ("change", "text"), [(-0.0016, "−0.04%"), (0.0, "0%"), (0.012, "+0.3%"), (-1.0, "−25%")]
)
def test_a_change_shows_on_which_side_of_zero_it_lies(change, text):
    assert text in words(shown(SEEN | {"difference": change}).select_one(".tl-change small"))


@pytest.mark.parametrize("column", ["score", "low", "verdict", "p_adjusted"])
def test_a_table_of_another_kind_is_refused(column):
    tests = pd.DataFrame([SEEN]).drop(columns=column)
    with pytest.raises(ValueError, match=f"the table has no .*{column.removesuffix('_adjusted')}"):
        show_tests(tests, "eV")


def test_a_name_from_the_data_is_text():
    assert shown(SEEN, names=["<b>x</b>"]).select_one("tbody th").text == "<b>x</b>"
