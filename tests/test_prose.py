"""Sentences of the book."""

import pytest

from tlhelpers.book import verdict_words


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0123, "better, adjusted p = 0.012"), (0.0009, "better, adjusted p < 0.001")],
)
def test_a_verdict_stands_with_its_p_value(p, words):
    assert verdict_words({"verdict": "better", "p_adjusted": p}) == words
