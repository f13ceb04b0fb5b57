"""The same code on a cluster: joblib's dask backend, with two worker processes."""

import os
import sys
from collections.abc import Iterator

import distributed
import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import tlhelpers as tl
from tlhelpers.evaluation import RelatedAsFeatures
from tlhelpers.evaluation.experiment import Experiment


@pytest.fixture(scope="module")
def client() -> Iterator:
    size = {"n_workers": 2, "threads_per_worker": 1, "preload": "tlhelpers"}
    options = size | {"dashboard_address": "localhost:0"}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as found:
        loaded = found.run(lambda: "tlhelpers" in sys.modules)
        assert len(loaded) == 2 and all(loaded.values()), "before the first work"
        yield found


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(120, 4)), columns=list("abcd"))
    z = X["a"] + X["b"] ** 2
    return X, pd.DataFrame({"y": (z + X["c"]).where(X.index < 60), "z": z})


class HereForest(tl.SingleTaskForest):
    """A forest that says in which process it was asked."""

    def predict(self, X, known=None, return_std=False):
        return np.full(len(X), float(os.getpid()))


def models() -> dict:
    few = {"n_estimators": 10, "random_state": 0}
    return {
        "single-task": tl.SingleTaskForest("y", **few),
        "difference": tl.DifferenceForest("y", "z", **few),
    }


def both(client, call):
    """Return what a call gives in threads and on the workers, and how often the table was sent."""
    here, sent = call(), []
    state = Experiment.__reduce_ex__

    def counting(self, protocol):
        sent.append(1)
        return state(self, protocol)

    with pytest.MonkeyPatch.context() as patch, joblib.parallel_config(backend="dask"):
        patch.setattr(Experiment, "__reduce_ex__", counting, raising=False)
        there = call()
    return here, there, len(sent)


def test_cross_validation_is_the_same_to_the_last_digit(client, table):
    options = {"n_repeats": 3, "random_state": 0, "progress": False}
    here, there, sent = both(
        client, lambda: tl.cross_validate_transfer(models(), *table, target="y", **options)
    )
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert sent == 1  # fifteen splits


def test_a_learning_curve_is_the_same_to_the_last_digit(client, table):
    options = {"sizes": [10, 20], "n_repeats": 6, "random_state": 0, "progress": False}
    here, there, sent = both(
        client, lambda: tl.learning_curve(models(), *table, target="y", **options)
    )
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert sent == 1


def test_a_comparison_is_the_same_to_the_last_digit(client, table):
    few = {"n_estimators": 5, "n_repeats": 2, "n_splits": 3, "progress": False}
    here, there, sent = both(client, lambda: tl.compare_architectures(*table, "y", **few))
    for name in ("scores", "verdicts", "curve", "labels_to_buy", "measure_next"):
        pd.testing.assert_frame_equal(getattr(here, name), getattr(there, name), check_exact=True)
    assert here.recommendation == there.recommendation and 1 <= sent <= 3


def test_a_model_that_no_worker_can_import_travels_too(client, table):
    class Local(Ridge):
        shrink = staticmethod(lambda values: 0.5 * values)

        def predict(self, X):
            return self.shrink(super().predict(X))

    line = RelatedAsFeatures(Local(), related=["z"], target="y")
    options = {"n_repeats": 1, "random_state": 0, "progress": False}
    here, there, _ = both(client, lambda: tl.cross_validate_transfer(line, *table, **options))
    pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_the_work_is_done_by_the_workers(client, table):
    options = {"n_repeats": 4, "random_state": 0, "progress": False}
    with joblib.parallel_config(backend="dask"):
        told = tl.evaluation.cross_validate_predictions(HereForest("y"), *table, **options)
    workers = set(client.run(os.getpid).values())
    assert set(told["prediction"].astype(int)) == workers and os.getpid() not in workers
