"""Sentences of the book."""

import pytest
from bs4 import BeautifulSoup

from tlhelpers.book import molecule_of, prose, say, say_list, verdict_words
from tlhelpers.book.names import barrier_in_words, in_words
from tlhelpers.book.prose import interval


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0123, "better, adjusted p = 0.012"), (0.0009, "better, adjusted p < 0.001")],
)
def test_a_verdict_stands_with_its_p_value(p, words):
    assert verdict_words({"verdict": "better", "p_adjusted": p}) == words


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-0.374, -0.106, "−0.37 to −0.11"),
        (-0.24, -0.003, "−0.24 to −0.003"),
        (-0.0002, 0.004, "−0.0002 to +0.004"),
        (-0.005, 0.0, "−0.01 to 0"),
    ],
)
def test_a_bound_shows_on_which_side_of_zero_it_lies(low, high, text):
    assert interval({"low": low, "high": high}) == text


def test_a_hyphen_before_a_number_is_a_minus_but_not_in_code():
    said = say("-0.2 eV (-0.3 to -0.1), `x[-1]`, 5-10, trade-off, arXiv:1-2, - 3").data
    assert said == "−0.2 eV (−0.3 to −0.1), `x[-1]`, 5-10, trade-off, arXiv:1-2, - 3"
    assert say_list(["-1 eV"]).data == "- −1 eV"


def test_tasks_have_names_in_words():
    assert [molecule_of(t) for t in ("Ea_N2_diss", "dE_O2_diss", "gap")] == ["N₂", "O₂", "gap"]
    assert in_words("Ea_N2_assoc, cold") == "N₂, association, cold"
    assert in_words("dE_NO_des") == "NO, desorption" and in_words("Ea_x") == "Ea_x"
    assert barrier_in_words("Ea_O2_diss") == "barrier, O₂ dissociation"
    assert barrier_in_words("gap_exp") == "measured gap"


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("Use the stack. On held-out rows", "Use the stack."),
        ("No difference seen: the choice is yours. If", "No difference seen:"),
        ("Not decided, for want of labels. On", "Not decided, for want of labels."),
        ("warning, known labels: column 'a<b'", "warning, known labels:"),
        ("error, leakage: column 'x'", "error, leakage:"),
        ("note, overlap: column 'x'", None),
        ("Useful rows: 3", None),
        ("left out: 3 of 5 repeats", None),
    ],
)
def test_the_first_words_of_an_answer_are_bold_and_nothing_is_lost(text, head, monkeypatch):
    shown = []
    monkeypatch.setattr(prose, "display", lambda part: shown.append(part.data))
    prose.show_text(text)
    page = BeautifulSoup(shown[0], "html.parser")
    assert page.get_text() == text and (page.strong and page.strong.text) == head
