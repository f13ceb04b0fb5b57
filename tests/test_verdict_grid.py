"""What every model gained on every column, at a glance."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tlhelpers.book import gains_by_column, show_grid

TESTS = [
    ("entropies", "stack", -17.4, "better"),
    ("entropies", "multi-task", 3.2, "no difference seen"),
    ("enthalpies", "stack", -1.3, "no difference seen"),
    ("molar volumes", "multi-task", 23.0, "worse"),
]
GAINS = pd.DataFrame(TESTS, columns=["target", "model", "difference", "verdict"])


def grid(gains):
    table = BeautifulSoup(show_grid(gains).data, "html.parser").table
    for label in table.select("td [aria-label]"):
        label.string = label["aria-label"]
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table("tr")]


def test_a_row_per_target_and_a_column_per_model_say_change_and_verdict():
    assert grid(GAINS) == [
        ["", "stack", "multi-task"],
        ["entropies", "−17%, better", "+3%"],
        ["enthalpies", "−1%", "–"],
        ["molar volumes", "–", "+23%, worse"],
    ]


def test_each_cell_has_the_name_of_its_model():
    for row in BeautifulSoup(show_grid(GAINS).data, "html.parser").select("tbody tr"):
        assert [cell["data-head"] for cell in row("td")] == ["stack", "multi-task"]


def test_the_dash_is_explained_where_there_is_one():
    full = GAINS[GAINS["model"] == "stack"]
    for gains in (GAINS, full):
        table = BeautifulSoup(show_grid(gains).data, "html.parser").table
        dash = "–" in [cell.get_text() for cell in table.find_all("td")]
        assert ("not compared" in table.caption.get_text()) == dash == (gains is GAINS)
        for cell in table.find_all("td"):
            told = cell.get("aria-label")
            assert told == ("not compared" if cell.get_text() == "–" else None)


def test_a_label_is_full_exactly_where_a_difference_is_seen():
    gains = gains_by_column()
    table = BeautifulSoup(show_grid(gains).data, "html.parser").tbody
    full = table.select(".tl-better, .tl-worse")
    said = gains.loc[gains["verdict"] != "no difference seen", "verdict"]
    assert sorted(box["class"][0] for box in full) == sorted("tl-" + verdict for verdict in said)
    assert all(cell.get_text() != "–" or not cell.span for cell in table.find_all("td"))


def test_a_model_that_stands_twice_and_a_missing_column_are_named():
    with pytest.raises(ValueError, match="'stack' stands twice for 'entropies'"):
        show_grid(pd.concat([GAINS, GAINS.head(1)]))
    with pytest.raises(ValueError, match="verdict"):
        show_grid(GAINS.drop(columns="verdict"))


def test_names_are_shown_as_written():
    strange = GAINS.assign(target="<b>a & b</b>", model=["stack", "x", "y", "z"])
    assert grid(strange)[1][0] == "<b>a & b</b>"
