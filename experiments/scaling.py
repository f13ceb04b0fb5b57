"""How time and memory of a fit grow with rows, tasks and trees, and what two workers bring.

    python experiments/scaling.py

Each fit runs in a process of its own, in one thread, after a small fit that compiles: ``cpu`` and
``wall`` are the seconds of the fit, ``memory`` is the peak of the process during the fit in GB,
less what it held before the table was made (Linux only). The real rows are the computed band gaps;
the million rows are made. Of the workers, ``wall`` is that of a learning curve on a cluster of this
machine, and ``cpu`` the seconds that the busiest of them computed, which other work on the machine
hardly changes. Takes about eight minutes; writes data/results/scaling.csv, which is not the same
to the digit in two runs.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from parts import RESULTS
from tqdm import tqdm

import tlhelpers as tl
from tlhelpers.forests.compile import main as compile_kernels

GAPS = 78_164
ROWS = [{"question": "rows", "rows": n, "trees": 20} for n in (1_000, 5_000, 20_000, GAPS)]
TREES = [{"question": "trees", "rows": 9_000, "trees": n} for n in (25, 50, 100, 200)]
TASKS = [{"question": "tasks", "rows": 9_000, "trees": 20, "tasks": n} for n in (1, 2, 4, 8)]
MILLION = [
    {"question": "a million rows", "rows": 1_000_000, "features": 50, **options}
    for options in (
        {"trees": 5},
        {"trees": 10},
        {"trees": 100},
        {"trees": 10, "float32": True},
        {"trees": 10, "min_samples_leaf": 50},
        {"trees": 10, "max_depth": 12},
        {"trees": 100, "max_depth": 8},
    )
]
WORKERS = [{"question": "workers", "rows": 9_000, "trees": 100, "workers": n} for n in (1, 2)]


def gaps(n: int, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return features and computed gaps of `n` compositions drawn at random."""
    path = folder / "gaps.npz"
    if not path.exists():
        table = tl.load_pbe_gaps().sample(GAPS, random_state=0)
        X = tl.CompositionFeaturizer().fit_transform(table["composition"])
        np.savez(path, X=np.asarray(X), y=table["gap_median"].to_numpy())
    with np.load(path) as file:
        return file["X"][:n].copy(), file["y"][:n]


def made(n: int, features: int, tasks: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return artificial features and related labels."""
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(n, features))
    common = np.sin(6 * X[:, 0]) + X[:, 1] * X[:, 2]
    noise = rng.normal(0, 0.1, (tasks, n))
    return X, (common + X[:, 3 : 3 + tasks].T + noise).T


def memory(what: str) -> float:
    """Return the memory of this process in GB: VmRSS, that of now, or VmHWM, the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1e6


def fit(case: dict, folder: Path) -> dict:
    """Fit one forest and return what it cost."""
    tl.MultiTaskForest(n_estimators=2).fit(*made(100, 5)).predict(made(100, 5)[0])
    before, tasks = memory("VmRSS"), case.get("tasks", 1)
    if "features" in case:
        X, Y = made(case["rows"], case["features"])
    else:
        X, y = gaps(case["rows"], folder)
        noise = np.random.default_rng(0).normal(0, 0.3, (len(y), tasks))
        Y = y[:, None] + noise * (np.arange(tasks) > 0)
    X = X.astype(np.float32) if case.get("float32") else X
    options = {name: case[name] for name in ("max_depth", "min_samples_leaf") if name in case}
    model = tl.MultiTaskForest if tasks > 1 else tl.SingleTaskForest
    forest = model(n_estimators=case["trees"], random_state=0, n_jobs=1, **options)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    wall, cpu = time.perf_counter(), time.process_time()
    forest.fit(X, Y)
    cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return cost | {"memory": memory("VmHWM") - before, "features": X.shape[1]}


def curve_on(case: dict, folder: Path) -> dict:
    """Compute a learning curve on a cluster of this machine and return the time."""
    from distributed import Client, LocalCluster

    X, y = gaps(case["rows"], folder)
    X, known = pd.DataFrame(X), np.arange(len(y)) % 10 > 0
    Y = pd.DataFrame({"y": y + X[0] / 100, "z": np.where(known, y, np.nan)})
    few = {"n_estimators": case["trees"], "n_jobs": 1, "random_state": 0}
    models = {"single-task": tl.SingleTaskForest("y", **few)}
    models["difference"] = tl.DifferenceForest("y", "z", **few)
    options = {"n_workers": case["workers"], "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        run = {"sizes": [2000, 7000], "n_repeats": 8, "random_state": 0, "progress": False}
        client.run(compile_kernels)
        here, start, before = (
            time.process_time(),
            time.perf_counter(),
            client.run(time.process_time),
        )
        with joblib.parallel_config("dask"):
            tl.learning_curve(models, X, Y, target="y", **run)
        wall, after = time.perf_counter() - start, client.run(time.process_time)
        here = time.process_time() - here  # where joblib runs what has one worker only
        busiest = max(here, *(after[worker] - before[worker] for worker in after))
        return {"wall": wall, "cpu": busiest, "features": X.shape[1]}


def measure(case: dict, folder: Path) -> dict:
    """Measure one case in a new process."""
    words = [sys.executable, __file__, json.dumps(case), str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return case | json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure every case and write the table."""
    with tempfile.TemporaryDirectory() as name:
        gaps(1, Path(name))
        cases = [*ROWS, *TREES, *TASKS, *MILLION, *WORKERS]
        table = pd.DataFrame([measure(case, Path(name)) for case in tqdm(cases, desc="fits")])
    front = ["question", "rows", "features", "tasks", "trees", "workers"]
    table = table[front + [column for column in table if column not in front]]
    table = table.fillna({"tasks": 1, "float32": False}).astype({"tasks": int})
    table.to_csv(RESULTS / "scaling.csv", index=False, float_format="%.3g")
    print(table.to_string())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        case = json.loads(sys.argv[1])
        run = curve_on if case["question"] == "workers" else fit
        print(json.dumps(run(case, Path(sys.argv[2]))))
    else:
        main()
