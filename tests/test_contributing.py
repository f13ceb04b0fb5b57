"""The architecture that CONTRIBUTING.md shows is one."""

import re
import sys
import types

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from tlhelpers import DifferenceForest, SingleTaskForest
from tlhelpers.forests.base import TransferForest

(CODE,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf8"), re.S)
shown = types.ModuleType("shown_in_contributing")
sys.modules[shown.__name__] = shown  # where pickle finds the class
exec(compile(CODE, "CONTRIBUTING.md", "exec"), shown.__dict__)
AveragedForest = shown.AveragedForest


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(80, 3))
    Y = pd.DataFrame({"y": X[:, 0] + X[:, 1], "z": X[:, 0]})
    Y.loc[40:, "y"] = np.nan
    return X, Y


def test_it_is_about_forty_lines():
    body = CODE[CODE.index("@dataclass") :]
    assert len(body.splitlines()) <= 45


def test_six_hooks_are_all_that_a_subclass_may_override():
    section = (ROOT / "CONTRIBUTING.md").read_text("utf8").split("## Add an architecture")[1]
    named = set(re.findall(r"`(_[a-z_]+)`", section.split("```python")[0]))
    assert len(named) == 6
    everything = {"__init__", "__replace__"}  # of a dataclass, the latter from Python 3.13 on
    for forest in [*TransferForest.__subclasses__(), AveragedForest]:
        overridden = {
            name
            for name, value in vars(forest).items()
            if callable(value) and any(name in vars(base) for base in forest.__mro__[1:])
        }
        assert overridden - everything <= named | set(dir(object)), forest


@parametrize_with_checks(
    [AveragedForest(n_estimators=20, random_state=0)],
    expected_failed_checks=lambda estimator: {
        "check_sample_weight_equivalence_on_dense_data": "a bag draws rows whatever their weight"
    },
)
def test_sklearn_check(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_mean_trees_and_errors_are_one_combination(table):
    X, Y = table
    model = AveragedForest("y", n_estimators=50, random_state=0).fit(X, Y)
    prediction, std = model.predict(X, return_std=True)
    np.testing.assert_array_equal(prediction, model.predict(X))
    np.testing.assert_allclose(model.tree_predictions(X).mean(axis=1), prediction)
    assert (std >= 0).all() and np.isfinite(model.observation_std(X)).all()
    known = Y[["z"]]
    halves = [
        forest("y", n_estimators=50, random_state=0).fit(X, Y).predict(X, known=given)
        for forest, given in [(SingleTaskForest, None), (DifferenceForest, known)]
    ]
    ours = clone(model).fit(X, Y).predict(X, known=known)
    assert np.abs(ours - np.mean(halves, axis=0)).max() < 0.2  # other bags
    error = np.abs(model.out_of_bag_prediction() - Y["y"])[:40]
    assert 0 < error.mean() < Y["y"].std()
