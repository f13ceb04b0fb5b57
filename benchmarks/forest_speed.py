"""Time, memory and accuracy of the forest engine beside scikit-learn.

    python benchmarks/forest_speed.py [speed] [start] [memory] [accuracy]

Alternating runs, 100 trees, max_features 1/3, two threads each; medians of wall time, and of CPU
time (steadier when the machine is shared).
"""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

N_TREES, SETTING = 100, dict(max_features=1 / 3, n_jobs=2)


def composition_like(n, p=135, seed=0):
    """Make statistics of element properties over one to four elements, zeros and ties included."""
    rng = np.random.default_rng(seed)
    elements = np.round(rng.normal(size=(60, p // 5)), 1)
    elements[:, ::3] = np.maximum(elements[:, ::3], 0.5) - 0.5  # mostly zero, like f electrons
    X = np.empty((n, p))
    for i in range(n):
        k = rng.integers(1, 5)
        v = elements[rng.choice(60, k, replace=False)]
        w = rng.integers(1, 5, size=k).astype(float)
        mean = w @ v / w.sum()
        spread = w @ np.abs(v - mean) / w.sum()
        X[i] = np.stack([v.min(0), v.max(0), v.max(0) - v.min(0), mean, spread], 1).ravel()
    y = 2 * X[:, 8] + np.sin(3 * X[:, 13]) + X[:, 28] * X[:, 34] + 0.3 * rng.normal(size=n)
    return X, y


def two_tasks(X, y, seed=1):
    """Add a second task, three quarters of it empty."""
    rng = np.random.default_rng(seed)
    other = y + 0.5 * X[:, 43] + 0.2 * rng.normal(size=len(y))
    return np.column_stack([y, np.where(rng.random(len(y)) < 0.25, other, np.nan)])


def fit_engine(X, labels, n_classes=None, seed=0, **setting):
    from tlhelpers.forests._engine.engine import ForestEngine
    from tlhelpers.forests.bags import draw_bags

    labels = labels.reshape(len(X), -1)
    n_classes = np.zeros(labels.shape[1], int) if n_classes is None else n_classes
    bags = draw_bags(~np.isnan(labels), N_TREES, seed)
    return ForestEngine(**SETTING | setting).fit(X, labels, n_classes, bags, seed=seed)


def alternate(functions, repeats):
    """Return {name: (median wall seconds, median CPU seconds)} of alternating runs."""
    times = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            wall, cpu = time.perf_counter(), time.process_time()
            function()
            times[name].append([time.perf_counter() - wall, time.process_time() - cpu])
    return {name: np.median(t, axis=0) for name, t in times.items()}


def report(name, times, ours, peer, target):
    wall, cpu = times[ours] / times[peer]
    print(
        f"{name:34s} {times[ours][0]:7.3f} s / {times[peer][0]:7.3f} s = {wall:.3f} wall, "
        f"{cpu:.3f} CPU (target {target})",
        flush=True,
    )


def timings():
    """Yield (what, times by name, ours, target) beside scikit-learn."""
    from sklearn.ensemble import RandomForestRegressor

    for n, repeats, target in ((494, 11, 0.5), (8941, 3, 0.3)):
        X, y = composition_like(n)
        both = two_tasks(X, y)
        peer = RandomForestRegressor(N_TREES, random_state=0, **SETTING)
        fit_engine(X, y)
        runs = {
            "one": lambda X=X, y=y: fit_engine(X, y),
            "two": lambda X=X, both=both: fit_engine(X, both),
            "sklearn": lambda X=X, y=y, peer=peer: peer.fit(X, y),
        }
        times = alternate(runs, repeats)
        yield f"fit {n:,} x 135", times, "one", target
        yield f"fit {n:,} x 135, two tasks", times, "two", 0.4
    queries = composition_like(5000, seed=5)[0]
    engine = fit_engine(X, y)
    runs = {"ours": lambda: engine.predict(queries, 0), "sklearn": lambda: peer.predict(queries)}
    yield "predict 5,000 rows", alternate(runs, 11), "ours", 1.0


def speed():
    for name, times, ours, target in timings():
        report(name, times, ours, "sklearn", target)


def scores(n_seeds=20):
    """Yield (name, RMSE or accuracy, [ours, scikit-learn's] a split)."""
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, make_friedman1
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.model_selection import train_test_split

    friedman = make_friedman1(1500, noise=1, random_state=0)
    cases = {
        "diabetes": (*load_diabetes(return_X_y=True), 0, 0.25),
        "friedman1, 500 rows": (*friedman, 0, 1000),
        "breast cancer": (*load_breast_cancer(return_X_y=True), 2, 0.25),
        "digits": (*load_digits(return_X_y=True), 10, 0.25),
    }
    for name, (X, y, k, test_size) in cases.items():
        pairs = []
        for seed in range(n_seeds):
            split = train_test_split(X, y, test_size=test_size, random_state=seed)
            X_train, X_test, y_train, y_test = split
            engine = fit_engine(X_train, y_train.astype(float), [k], seed=seed)
            ours = engine.predict(X_test, 0)
            model = RandomForestClassifier if k else RandomForestRegressor
            peer = model(N_TREES, random_state=seed, **SETTING).fit(X_train, y_train)
            theirs = peer.predict(X_test)
            if k:
                pairs.append([np.mean(p == y_test) for p in (ours.argmax(axis=1), theirs)])
            else:
                pairs.append([np.sqrt(np.mean((p - y_test) ** 2)) for p in (ours, theirs)])
        yield name, "accuracy" if k else "RMSE", np.array(pairs)


def accuracy():
    for name, kind, pairs in scores():
        ours, theirs = pairs.mean(axis=0)
        ratio = pairs[:, 0] / pairs[:, 1]
        error = ratio.std(ddof=1) / np.sqrt(len(pairs))
        print(
            f"{name:34s} {kind} {ours:.4f} / {theirs:.4f}; paired ratio "
            f"{ratio.mean():.4f} +- {error:.4f} (target within 1%)",
            flush=True,
        )


def in_a_new_process(code, cache):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    env |= {"NUMBA_CACHE_DIR": cache} if cache else {}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    return out.stdout.strip() or out.stderr


def start():
    code = (
        "import time, numpy as np, forest_speed as b, tlhelpers.forests._engine\n"
        "X, y = b.composition_like(494)\n"
        "times = []\n"
        "for _ in range(3):\n"
        "    t = time.perf_counter(); e = b.fit_engine(X, y); e.predict(X, 0)\n"
        "    times.append(time.perf_counter() - t)\n"
        "print('first fit and predict %.2f s, warm %.3f s' % (times[0], min(times[1:])))"
    )
    with tempfile.TemporaryDirectory() as cache:
        print("empty cache:", in_a_new_process(code, cache), "(target 20 s)")
        print("later process:", in_a_new_process(code, cache), "(target: 1 s more than warm)")


def memory():
    code = (
        "import resource, time, forest_speed as b\n"
        "X, y = b.composition_like(78164)\n"
        "t, c = time.perf_counter(), time.process_time()\n"
        "e = b.fit_engine(X, y)\n"
        "t, c = time.perf_counter() - t, time.process_time() - c\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "e.predict(X[:5000], 0); e.oob_predict(X, 0)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "print('%.1f s wall, %.1f s CPU, peak %.2f GB, with out-of-bag %.2f' % (t, c, peak, after))"
    )
    print("fit 78,164 x 135:", in_a_new_process(code, os.environ.get("NUMBA_CACHE_DIR", "")))


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["speed", "start", "memory", "accuracy"]
    for name in wanted:
        globals()[name]()
