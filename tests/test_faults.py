"""Faults of the machine, in real child processes: an error or a right result, never a hang."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, load_extension
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell, new_notebook
from test_kept_code import ONE_KERNEL

LONGEST = 120  # seconds that no child may take
TABLE = """
import os, signal, sys, time
import numpy as np, pandas as pd
import tlhelpers as tl
rng = np.random.default_rng(0)
X = rng.normal(size=(3000, 20))
y = X[:, 0] + rng.normal(size=3000)
def answer(n_trees=20, n_jobs=2):
    forest = tl.SingleTaskForest(n_estimators=n_trees, random_state=0, n_jobs=n_jobs)
    return forest.fit(X, y).predict(X[:50])
"""


def start(code: str, folder: Path, **environment: str) -> subprocess.Popen:
    """Start Python on a piece of code."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child: subprocess.Popen) -> tuple[str, str]:
    """Return what a child printed; one that hangs is killed, and a failure."""
    try:
        return child.communicate(timeout=LONGEST)
    finally:
        child.kill()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupted_fit_ends_soon_and_the_next_is_right(tmp_path: Path, n_jobs: int) -> None:
    child = start(
        TABLE
        + f"""
expected = answer()
started = time.perf_counter()
answer(200, {n_jobs})
whole = time.perf_counter() - started
signal.signal(signal.SIGALRM, signal.default_int_handler)  # what Ctrl-C does
signal.setitimer(signal.ITIMER_REAL, whole)
started = time.perf_counter()
try:
    answer(2000, {n_jobs})
except KeyboardInterrupt:
    print("interrupted", (time.perf_counter() - started) / whole)
print((answer() == expected).all())
""",
        tmp_path,
    )
    out, err = finish(child)
    assert child.returncode == 0, err
    (said, waited), (right,) = map(str.split, out.splitlines())
    assert said == "interrupted" and float(waited) < 5 and right == "True"  # all would take ten


def test_a_fit_can_be_interrupted_at_any_moment(tmp_path: Path) -> None:
    child = start(
        TABLE
        + """
forest, X, Y = tl.MultiTaskForest("y", n_estimators=20), X[:200], pd.DataFrame({"y": y[:200]})
Y["c"] = np.where(X[:, 1] > 0, "a", "b")
forest.fit(X, Y)
started = time.perf_counter()
forest.fit(X, Y)
whole = time.perf_counter() - started
signal.signal(signal.SIGALRM, signal.default_int_handler)  # what Ctrl-C does
interrupted = 0
for delay in rng.uniform(1e-5, whole, size=10_000):  # on a busy machine few are interrupted
    if interrupted > 300:
        break
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        forest.fit(X, Y)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        interrupted += 1
print(interrupted)
""",
        tmp_path,
    )
    out, err = finish(child)
    assert child.returncode == 0, err  # a kernel that returns arrays ended it: signal 11
    assert int(out) > 300


def test_a_killed_worker_is_an_error_and_the_next_run_is_right(tmp_path: Path) -> None:
    child = start(
        TABLE
        + """
import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.base import BaseEstimator, RegressorMixin
from tlhelpers.evaluation import cross_validate_predictions

class Victim(RegressorMixin, BaseEstimator):
    def fit(self, X, y):
        if os.environ.get("KILL"):
            os.kill(os.getpid(), signal.SIGKILL)
        self.mean_ = float(np.mean(y))
        return self
    def predict(self, X):
        return np.full(len(X), self.mean_)

def ask():
    Y = pd.DataFrame({"y": y[:60]})
    with joblib.parallel_config(backend="loky", n_jobs=2):
        return cross_validate_predictions({"m": Victim()}, X[:60], Y, target="y", n_repeats=1)

os.environ["KILL"] = "1"
try:
    ask()
except TerminatedWorkerError:
    print("killed")
del os.environ["KILL"]
from joblib.externals.loky import get_reusable_executor
get_reusable_executor().shutdown(wait=True)  # its workers have the old environment
print(len(ask()))
""",
        tmp_path,
    )
    out, err = finish(child)
    assert out.split() == ["killed", "60"], err


COMPARISON = (
    TABLE
    + """
Y = pd.DataFrame({"y": y[:60], "z": X[:60, 0]})
found = tl.compare_architectures(
    pd.DataFrame(X[:60, :5]).add_prefix("x"), Y, "y", setting="warm", n_repeats=2,
    n_estimators=10, keep="kept", progress=False, n_jobs=1, max_seconds=1e-3,  # without curves
)
found.verdicts.to_csv(sys.argv[1] if len(sys.argv) > 1 else "verdicts.csv")
"""
)


def test_a_killed_comparison_goes_on_where_it_was(tmp_path: Path) -> None:
    child = start(COMPARISON, tmp_path)
    give_up = time.monotonic() + LONGEST
    while not (kept := list((tmp_path / "kept").rglob("*.npz"))) and time.monotonic() < give_up:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    finish(child)
    assert kept and not (tmp_path / "verdicts.csv").exists()
    times = {path: path.stat().st_mtime_ns for path in kept}
    again = start(COMPARISON, tmp_path)
    _, err = finish(again)
    assert again.returncode == 0, err
    assert {path: path.stat().st_mtime_ns for path in kept} == times
    (tmp_path / "other").mkdir()
    whole = start(COMPARISON, tmp_path / "other")
    finish(whole)
    first, second = (folder / "verdicts.csv" for folder in (tmp_path, tmp_path / "other"))
    assert first.read_text() == second.read_text()


def test_two_processes_compile_at_once(tmp_path: Path) -> None:
    code = ONE_KERNEL.format(between="")
    children = [start(code, tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache")) for _ in range(2)]
    for child in children:
        out, err = finish(child)
        assert out.split()[:2] == ["7.0", "7.0"] and err == ""
    out, _ = finish(start(code, tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache")))
    assert out.split() == ["7.0", "7.0", "1"]


def test_too_little_memory_is_an_error(tmp_path: Path) -> None:
    child = start(
        TABLE
        + """
import resource
expected = answer(n_jobs=1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, resource.RLIM_INFINITY))
try:
    tl.SingleTaskForest(n_estimators=10, n_jobs=1).fit(np.tile(X, (100, 1)), np.tile(y, 100))
except MemoryError:
    print("too little")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
print((answer(n_jobs=1) == expected).all())
""",
        tmp_path,
    )
    out, err = finish(child)
    assert out.split() == ["too", "little", "True"], err


def build(folder: Path, largest: int) -> subprocess.CompletedProcess:
    """Build a book of one page that is executed, where no file may exceed a size."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    command = [Path(sys.executable).parent / "jupyter-book", "build", ".", "-W", "-n"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, preexec_fn=limit
    )


def test_a_full_disk_stops_the_build_and_the_next_one_is_whole(tmp_path: Path) -> None:
    """A limit on the size of a file: writing fails in the same place, as it does on a full disk."""
    shutil.copytree(ROOT / "book" / "_ext", tmp_path / "book" / "_ext")
    for folder in ("_static", "_templates"):
        shutil.copytree(ROOT / "book" / folder, tmp_path / "book" / folder)
    for name in ("logo.svg", "references.bib", "entropy_report.html"):
        shutil.copy(ROOT / "book" / name, tmp_path / "book")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/intro\n")
    head, _, _ = (ROOT / "book" / "intro.md").read_text("utf8").partition("---\n\n")
    cell = "```{code-cell} ipython3\nprint('x' * 200_000)\n```\n"
    (tmp_path / "book" / "intro.md").write_text(f"{head}---\n\n# A page\n\n{cell}")
    full = build(tmp_path, 150_000)
    assert full.returncode != 0 and "File too large" in full.stdout + full.stderr
    whole = build(tmp_path, resource.RLIM_INFINITY)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    page = (tmp_path / "_build" / "html" / "book" / "intro.html").read_text("utf8")
    assert "x" * 200_000 in page and page.rstrip().endswith("</html>")


def test_a_page_that_the_cache_lost_is_executed_anew(tmp_path: Path) -> None:
    execution = load_extension("execution")
    cache = get_cache(tmp_path / "cache")
    names = ["kept", "cut", "gone"]
    for name in names:
        page = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(name)]), page)
        cache.cache_notebook_file(page, check_validity=False)
    files = {path.parent.name: path for path in (tmp_path / "cache").rglob("base.ipynb")}
    paths = {Path(r.uri).stem: files[r.hashkey] for r in cache.list_cache_records()}
    paths["cut"].write_text(paths["cut"].read_text()[:50])
    paths["gone"].unlink()
    execution.drop_damaged(cache)
    assert [Path(record.uri).stem for record in cache.list_cache_records()] == ["kept"]


BEYOND = ONE_KERNEL.format(between="").replace("np.zeros(1, np.int64)", "np.full(1, 5)")


@pytest.mark.full
def test_the_kernels_keep_within_bounds(tmp_path: Path) -> None:
    """Every index of the engine's own tests is checked; first, that it is: the root of no tree."""
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path / "checked")}
    child = start(BEYOND, tmp_path, **checked)
    _, err = finish(child)
    assert child.returncode == 1 and "IndexError" in err
    names = ["test_engine.py", "test_golden_forests.py"]
    command = [sys.executable, "-m", "pytest", "-q", *(ROOT / "tests" / name for name in names)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | checked, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-3000:]
