"""Measure one thing in a fresh process, of ours or of a peer in its own environment.

    python benchmarks/measure.py NAME [ROWS]

Prints a JSON object: seconds, and CPU seconds, which a busy machine disturbs less (the best of the
repeats, each); where asked for, the MB that a call added to the peak. peers.py runs these.
"""

import ctypes
import json
import sys
import time
import warnings
from collections.abc import Callable

from forest_speed import composition_like, two_tasks

N_TREES, N_TRAIN, N_QUERIES = 200, 20_000, 5_000
N_DRAWN = 45  # features a split of the forest with holes, of 135
FEW = 12  # of 135, where the fit is not measured


def best(function: Callable, repeats: int) -> dict:
    """Return the shortest wall and CPU time; the first call only warms up.

    Calls stand apart: the threads of a matrix product go on spinning for a while after it.
    """
    times = []
    for _ in range(repeats + 1):
        time.sleep(0.2)
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    walls, cpus = zip(*times[1:], strict=True)
    return {"seconds": min(walls), "cpu": min(cpus)}


def peak_mb() -> float:
    """Return the largest resident memory of this process since the last reset (Linux)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def with_memory(function: Callable, repeats: int) -> dict:
    """Return the memory that the first call adds to the peak, and the time of the others."""
    ctypes.CDLL(None).malloc_trim(0)  # what the fit freed would serve unseen
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    before = peak_mb()
    function()
    added = peak_mb() - before
    return {"MB": added, **best(function, repeats)}


def holes_ours(n: str) -> dict:
    """Fit two tasks, one three quarters empty."""
    from forest_speed import fit_engine

    X, y = composition_like(int(n))
    labels = two_tasks(X, y)
    return best(lambda: fit_engine(X, labels, max_features=N_DRAWN), 5)


def holes_lolopy(n: str) -> dict:
    """Do the same by lolo; the JVM is started and warmed by the first fit."""
    from lolopy.learners import MultiTaskRandomForest

    X, y = composition_like(int(n))
    labels = two_tasks(X, y)
    forest = MultiTaskRandomForest(num_trees=100, subset_strategy=N_DRAWN)
    return best(lambda: forest.fit(X, labels, random_seed=1), 2)


def errors_ours() -> dict:
    """Predict with errors, from our forest."""
    from tlhelpers import SingleTaskForest

    forest = SingleTaskForest(n_estimators=N_TREES, max_features=FEW, random_state=0, n_jobs=2)
    forest.fit(*composition_like(N_TRAIN))
    queries = composition_like(N_QUERIES, seed=5)[0]
    return with_memory(lambda: forest.predict(queries, return_std=True), 5)


def _bare_forest() -> tuple:
    from sklearn.ensemble import RandomForestRegressor

    X, y = composition_like(N_TRAIN)
    forest = RandomForestRegressor(N_TREES, max_features=FEW, random_state=0, n_jobs=2)
    return forest.fit(X, y), X, composition_like(N_QUERIES, seed=5)[0]


def errors_bare() -> dict:
    """Predict with errors, from scikit-learn's forest."""
    from tlhelpers import forest_jackknife_variance

    forest, _, queries = _bare_forest()

    def call():
        return forest.predict(queries), forest_jackknife_variance(forest, queries)

    return with_memory(call, 5)


def errors_forestci() -> dict:
    """Do the same by forestci, as it is called by default and without its calibration."""
    from forestci import random_forest_error

    forest, X, queries = _bare_forest()

    def call(calibrate):
        return forest.predict(queries), random_forest_error(
            forest, X.shape, queries, calibrate=calibrate
        )

    raw = with_memory(lambda: call(False), 5)
    return {"raw": raw, "default": with_memory(lambda: call(True), 3)}


def stack_cost(n: str) -> dict:
    """Fit a stack and its distinct stages alone; ask it and its members for errors."""
    import numpy as np
    import pandas as pd

    from tlhelpers.book import lab_models
    from tlhelpers.forests._engine.engine import ForestEngine

    X, y = composition_like(int(n))
    z = y + 0.5 * X[:, 43]
    few = np.random.default_rng(1).random(len(y)) < 0.25
    Y = pd.DataFrame({"y": np.where(few, y, np.nan), "z": z})
    models = lab_models(100)
    for model in models.values():
        model.set_params(random_state=0, n_jobs=2)
    stack, plain, calls = models["stack"], ForestEngine.fit, []
    queries = composition_like(500, seed=5)[0]

    def recorded(engine, *given, **how):
        calls.append((given, how))
        return plain(engine, *given, **how)

    ForestEngine.fit = recorded
    stack.fit(X, Y)
    ForestEngine.fit = plain
    settings = stack._stages._settings
    members = [models[name].fit(X, Y) for name in stack._members_of("y")]

    def grow() -> None:
        for given, how in calls:
            ForestEngine(**settings).fit(*given, **how)

    runs: dict[str, Callable] = {
        "fit": lambda: stack.fit(X, Y),
        "stages": grow,
        "errors": lambda: stack.predict(queries, return_std=True),
        "members": lambda: [member.predict(queries, return_std=True) for member in members],
    }
    return {name: best(run, 3)["cpu"] for name, run in runs.items()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
