"""What the energies of a reaction's steps mean: directions, and the rate-determining step."""

import numpy as np
import pandas as pd
import pytest

from tlhelpers import no_study
from tlhelpers.book import step_predictions
from tlhelpers.data import barrier_margin, rate_determining_step, turn_energies
from tlhelpers.evaluation import score_predictions


def test_the_rate_determining_step_of_the_published_barriers():
    study = no_study()
    three, two = study.Y[study.target], study.Y[study.target[:2]]
    assert rate_determining_step(three).value_counts().to_dict() == {
        "Ea_NO_diss": 15, "Ea_O2_assoc": 7,
    }  # fmt: skip
    assert rate_determining_step(two).value_counts().to_dict() == {
        "Ea_N2_assoc": 25, "Ea_NO_diss": 19,
    }  # fmt: skip
    margin = barrier_margin(three)
    assert (margin < 0.2).sum() == 6 and margin["Pt 532"] == pytest.approx(0.05)
    assert rate_determining_step(three).isna().sum() == margin.isna().sum() == 28
    published = no_study("dissociation")
    assert set(rate_determining_step(published.Y[published.target]).dropna()) == {"Ea_N2_diss"}


def test_a_margin_needs_two_steps():
    with pytest.raises(ValueError, match="two steps"):
        barrier_margin(pd.DataFrame({"a": [1.0]}))


def test_turned_energies_make_the_difference_the_way_back():
    study, published = no_study(), no_study("dissociation")
    Y = turn_energies(study.Y)
    back = Y["Ea_N2_assoc"] - Y["dE_N2_assoc"]
    np.testing.assert_allclose(back, published.Y["Ea_N2_diss"])
    assert "dE_N2_diss" not in Y and "dE_O2_assoc" in Y


def test_step_predictions_name_the_highest_barriers_of_complete_rows():
    truths = {"p": [1.0, 2.0, 5.0], "q": [3.0, 1.0, np.nan]}
    rows = [
        {
            "model": model, "repeat": 0, "fold": row % 2, "row": row, "target": target,
            "task_type": "regression", "truth": truth,
            "prediction": 0.0 if (model, target) == ("b", "q") else truth,
        }
        for model in "ab"
        for target, column in truths.items()
        for row, truth in enumerate(column)
    ]  # fmt: skip
    found = step_predictions(pd.DataFrame(rows), ["p", "q"])
    assert found[found["model"] == "a"]["prediction"].tolist() == ["q", "p"]
    assert found[found["model"] == "b"]["prediction"].tolist() == ["p", "p"]
    scores = score_predictions(found).set_index("model")["accuracy"]
    assert scores.to_dict() == {"a": 1.0, "b": 0.5}
