"""Sentences of the book."""

import pytest

from tlhelpers.book import verdict_words
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
        (-0.371, -0.106, "-0.37 to -0.11"),
        (-0.2167, 0.0006, "-0.22 to +0.001"),
        (-0.0041, 0.0049, "-0.004 to +0.005"),
        (-0.00002, 0.0, "-0.00002 to 0.00"),
    ],
)
def test_a_bound_next_to_zero_shows_its_side(low, high, text):
    assert interval({"low": low, "high": high}) == text
