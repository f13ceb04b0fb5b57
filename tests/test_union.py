"""The floors of a union, beside draws of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tlhelpers.book import floors_of_union


def test_the_floors_of_a_union_are_those_of_draws() -> None:
    """True means, one fixed label off each, and what the mean of all labels misses on average."""
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 6, 400)
    truth, off = rng.normal(3, 1, 400), rng.normal(0, 1.2, 400)
    rows = pd.Series(np.repeat(np.arange(400), counts), name="composition")
    computed = pd.Series(truth + off)
    best = truth + off / (counts + 1)  # of the true mean of the measurements and the fixed label
    found, alone, everything = [], [], []
    for _ in range(60):
        gaps = truth[rows] + rng.normal(0, 0.5, len(rows))
        found.append(
            pd.Series(
                floors_of_union(pd.DataFrame({"composition": rows, "gap": gaps}), computed, 0.5)
            )
        )
        misses = (gaps - best[rows]) ** 2
        alone.append(misses.mean())
        everything.append(np.append(misses, (computed - best) ** 2).mean())
    mean = (pd.concat(found, axis=1) ** 2).mean(axis=1) ** 0.5
    assert mean["measurements"] == pytest.approx(np.mean(alone) ** 0.5, rel=0.01)
    assert mean["all labels"] == pytest.approx(np.mean(everything) ** 0.5, rel=0.01)


def test_a_union_that_agrees_has_the_scatter_as_its_floor() -> None:
    measured = pd.DataFrame({"composition": ["a", "a"], "gap": [1.0, 3.0]})
    floors = floors_of_union(measured, pd.Series({"a": 2 + 2**0.5}), 2.0)
    assert floors["measurements"] == pytest.approx(2.0)


@pytest.mark.parametrize("label", [{"b": 1.0}, {"a": np.nan}])
def test_a_composition_without_a_computed_label_is_named(label: dict) -> None:
    measured = pd.DataFrame({"composition": ["a", "a"], "gap": [1.0, 3.0]})
    with pytest.raises(ValueError, match="no label of 'a'"):
        floors_of_union(measured, pd.Series(label), 2.0)
