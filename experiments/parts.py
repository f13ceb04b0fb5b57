"""What the experiments of `make results` share: parts that are kept, and their settings."""

import importlib.metadata
import platform
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from tlhelpers.evaluation import bootstrap_scores, compare_models, judge, score_predictions

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


def fold_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of every fold, as `cross_validate_transfer` does."""
    by = ["model", "repeat", "fold", "target", "n_train", "n_pool"]
    return score_predictions(predictions, by)


def verdicts(scores: pd.DataFrame, baseline: str, metrics: tuple, by: list, **case) -> pd.DataFrame:
    """Return the tests of one question: for each metric one family over all cases in `by`."""
    found = []
    for metric in metrics:
        cases = scores.groupby(by, sort=False)
        tests = {name: compare_models(part, baseline, metric) for name, part in cases}
        table = pd.concat(tests, names=by).reset_index()
        found.append(judge(table, metric).assign(**case, metric=metric))
    return pd.concat(found)


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
