"""Our forests and jackknife beside scikit-learn, lolopy, forestci and CatBoost, in one table.

    python benchmarks/peers.py

A peer that cannot live beside our packages gets an environment under .bench/ (lolopy needs a JVM
as well). Prints the table and writes it to data/results/benchmarks.csv. Minutes; two threads each.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from importlib.metadata import version
from pathlib import Path

import catboost_gaps
import forest_speed
import pandas as pd

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "data" / "results" / "benchmarks.csv"
PEERS = {
    "lolopy": ["lolopy==3.0.7", "scikit-learn<1.7"],
    "catboost": ["catboost==1.2.10"],
    "forestci": ["forestci==0.9", f"scikit-learn=={version('scikit-learn')}"],
}


CASE = ["size", "setting", "draw", "rmse"]


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment, made at the first call."""
    folder = ROOT / ".bench" / peer
    ready = folder / "ready"
    python = folder / "bin" / "python"
    if not ready.exists() or ready.read_text() != str(PEERS[peer]):
        print(f"installing {peer} under {folder.relative_to(ROOT)} ...", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEERS[peer]], check=True)
        ready.write_text(str(PEERS[peer]))
    return python


def measure(name: str, *arguments: str, python: str | Path = sys.executable) -> dict:
    """Run one function of measure.py in a process of its own."""
    print("measuring", name, *arguments, "...", file=sys.stderr)
    threads = {f"{library}_NUM_THREADS": "2" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    done = subprocess.run(
        [python, Path(__file__).with_name("measure.py"), name, *arguments],
        env=os.environ | threads,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures = done.stdout.splitlines()[-1]
    print(figures, file=sys.stderr)
    return json.loads(figures)


def medians(rounds: int, **runs: tuple) -> dict[str, pd.Series]:
    """Return the median figures of some measurements, made in turn."""
    figures: dict[str, list] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (*arguments, python) in runs.items():
            figures[name].append(measure(*arguments, python=python))
    return {name: pd.json_normalize(found).median() for name, found in figures.items()}


def row(what: str, ours: float, peer: float, bar: str, unit: str, label: str) -> dict:
    """Return a row of the table; the ratio is ours / peer."""
    return {
        "what": what,
        "ours": f"{ours:.3g} {unit}",
        "peer": f"{peer:.3g} {unit} ({label})",
        "ratio": f"{ours / peer:.3f}",
        "bar": bar,
    }


def beside_sklearn() -> list[dict]:
    """Return time and accuracy beside scikit-learn, on the same rows and folds."""
    label = f"scikit-learn {version('scikit-learn')}"
    rows = [
        row(what, *(times[name][0] for name in (ours, "sklearn")), f"<= {bar}", "s", label)
        for what, times, ours, bar in forest_speed.timings()
    ]
    for name, kind, scores in forest_speed.scores():
        ours, theirs = scores.mean(axis=0)
        bar = "<= 1.01" if kind == "RMSE" else ">= 0.99"
        rows.append(row(f"{kind} of {name}, {len(scores)} splits", ours, theirs, bar, "", label))
    return rows


def beside_lolopy() -> list[dict]:
    """Return the times of a forest with holes beside lolo's."""
    rows, label = [], PEERS["lolopy"][0].replace("==", " ")
    for n in (494, 1200, 8941):
        both = medians(
            1 if n > 2000 else 3,
            ours=("holes_ours", str(n), sys.executable),
            peer=("holes_lolopy", str(n), python_of("lolopy")),
        )
        what = f"fit {n:,} x 135, two tasks, one 75% empty"
        seconds = both["ours"]["seconds"], both["peer"]["seconds"]
        rows.append(row(what, *seconds, "<= 0.033", "s", label))
    return rows


def beside_forestci() -> list[dict]:
    """Return time and memory of predictions with errors beside forestci's."""
    ours, bare, peer = medians(
        3,
        ours=("errors_ours", sys.executable),
        bare=("errors_bare", sys.executable),
        peer=("errors_forestci", python_of("forestci")),
    ).values()
    label = PEERS["forestci"][0].replace("==", " ")
    rows = []
    for key, call in (("default", label), ("raw", f"{label}, uncalibrated")):
        for what, own, bar in (("our forest", ours, 0.1), ("scikit-learn's forest", bare, 0.4)):
            name = f"5,000 predictions with errors, {what}"
            rows.append(row(name, own["seconds"], peer[f"{key}.seconds"], f"<= {bar}", "s", call))
        name = "memory that these add, our forest"
        rows.append(row(name, ours["MB"], peer[f"{key}.MB"], "<= 0.1", "MB", call))
    return rows


def beside_catboost() -> list[dict]:
    """Return the errors of our stack beside CatBoost's, on measured band gaps."""
    python, label = python_of("catboost"), PEERS["catboost"][0].replace("==", " ")
    with tempfile.TemporaryDirectory() as folder:
        splits = Path(folder) / "splits.npz"
        print("measuring catboost ...", file=sys.stderr)
        ours = pd.DataFrame(catboost_gaps.write_splits(splits), columns=CASE).set_index(CASE[:3])
        command = [python, Path(__file__).with_name("catboost_gaps.py"), splits]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = []
    for way, found in json.loads(done.stdout.splitlines()[-1]).items():
        theirs = pd.DataFrame(found, columns=CASE).set_index(CASE[:3])
        both = ours.join(theirs, rsuffix="_peer", how="inner")
        for (size, setting), table in both.groupby(CASE[:2]):
            what = f"RMSE of {size} band gaps, {setting}, {len(table)} draws"
            mean = table.mean()
            call = f"{label}, {way}"
            rows.append(row(what, mean["rmse"], mean["rmse_peer"], "", "eV", call))
    return rows


def cost_of_the_stack() -> list[dict]:
    """Return what a stack costs beside its stages, and beside its members."""
    rows = []
    for n in (494, 8941):
        times = measure("stack_cost", str(n))
        what = f"fit a stack, {n:,} x 135, beside its distinct stages"
        rows.append(row(what, times["fit"], times["stages"], "<= 1.3", "s", "the stages alone"))
        what = f"errors of a stack, {n:,} x 135, beside its members'"
        rows.append(row(what, times["errors"], times["members"], "<= 1.5", "s", "the members"))
    return rows


def main() -> None:
    """Measure everything, print the table and write it."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    if (load := os.getloadavg()[0]) > 0.5:
        machine += f", busy with other work (load {load:.1f}): times are unreliable"
        print(machine, file=sys.stderr)
    table = beside_lolopy() + beside_forestci() + beside_sklearn()
    table += cost_of_the_stack() + beside_catboost()
    table.append({"what": "(the machine)", "ours": machine})
    frame = pd.DataFrame(table).fillna("")
    print(frame.to_string(index=False))
    frame.to_csv(RESULT, index=False)


if __name__ == "__main__":
    main()
