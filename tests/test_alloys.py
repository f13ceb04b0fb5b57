"""The made-up alloys are drawn by the rule that they state."""

import numpy as np
import pytest

from tlhelpers.book import made_up_alloys
from tlhelpers.book.alloys import DENSITY
from tlhelpers.table import guess_roles


def test_the_columns_follow_the_rule() -> None:
    table = made_up_alloys(5000, 5000)
    np.testing.assert_allclose(table[["Fe", "Cr", "Ni"]].sum(axis=1), 100)
    mixed = sum(DENSITY[element] * table[element] / 100 for element in DENSITY)
    np.testing.assert_allclose(table["density"], mixed, atol=0.006)
    features = table[["Cr", "Ni", "anneal"]].assign(one=1.0)
    weights, *_ = np.linalg.lstsq(features, table["strength"], rcond=None)
    np.testing.assert_allclose(weights[:3], [8, 6, -0.35], rtol=0.1)
    grain = table["strength"] - features @ weights
    assert grain.std() == pytest.approx(60, rel=0.05)
    assert (features @ weights).std() == pytest.approx(60, rel=0.1)  # in equal parts
    noise = table["hardness"] - table["strength"] / 3
    assert noise.std() == pytest.approx(8, rel=0.05)
    assert abs(np.corrcoef(noise, grain)[0, 1]) < 0.05


def test_what_was_not_measured_is_empty_and_a_guess_takes_all_numbers_for_features() -> None:
    table = made_up_alloys(30, 20, seed=3)
    assert table["strength"].notna().tolist() == [True] * 20 + [False] * 10
    assert table.drop(columns="strength").notna().all(axis=None)
    assert guess_roles(table).related == () and guess_roles(table).target == "strength"
    assert not table.equals(made_up_alloys(30, 20, seed=4))
    with pytest.raises(ValueError, match="n_measured must be from 0 to n = 30, got 31"):
        made_up_alloys(30, 31)
