"""What the experiments of `make results` share: parts that are kept, and their settings."""

import importlib.metadata
import platform
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from tlhelpers.evaluation.comparison import bootstrap_scores

ROOT = Path(__file__).parents[1]
RESULTS, PARTS = ROOT / "data" / "results", ROOT / ".results"
PACKAGES = ("numpy", "numba", "scikit-learn", "pandas")


def part(name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return one part of an experiment, from its file if there is one.

    `make results` can so be stopped and resumed; remove the folder to forget the parts.
    """
    path = PARTS / f"{name}.pkl"
    if not path.exists():
        PARTS.mkdir(exist_ok=True)
        table, partial = compute(), path.with_suffix(".partial")
        table.to_pickle(partial)
        partial.rename(path)
    return pd.read_pickle(path)


def intervals(predictions: pd.DataFrame, metrics: tuple, baseline: str, **case) -> list:
    """Return the bootstrap intervals of several scores, a table each."""
    return [
        bootstrap_scores(predictions, metric, baseline=baseline)
        .reset_index()
        .assign(**case, metric=metric)
        for metric in metrics
    ]


def write(study: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write the tables of an experiment to data/results."""
    RESULTS.mkdir(exist_ok=True)
    for name, rows in tables.items():
        path = RESULTS / f"{study}_{name}.csv"
        rows.to_csv(path, index=False, float_format="%.10g")
        print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def settings(command: str, **values) -> pd.DataFrame:
    """Return what a reader needs to compute the tables anew."""
    rows = {"command": command, **values, "seed": 0, "python": platform.python_version()}
    rows |= {name: importlib.metadata.version(name) for name in PACKAGES}
    return pd.DataFrame(rows.items(), columns=["setting", "value"])
