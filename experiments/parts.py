"""What the experiments of `make results` share: parts that are kept, and their settings."""

import argparse
import functools
import hashlib
import importlib.metadata
import inspect
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

# Splits run side by side; threads of OpenMP inside each would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from tlhelpers import load_thermochemistry
from tlhelpers.book import bootstrap_scores
from tlhelpers.evaluation import compare_models, judge, score_predictions
from tlhelpers.table import OwnTable, guess_roles, read_roles

ROOT = Path(__file__).parents[1]
RESULTS, PARTS = ROOT / "data" / "results", ROOT / ".results"
PACKAGES = ("numpy", "numba", "scikit-learn", "pandas", "scipy")
DRAWING = [ROOT / "tlhelpers" / "book" / name for name in ("explorers", "figures")]


def part(name: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return one part of an experiment, from its file if the same code wrote it.

    `make results` can so be stopped and resumed. The file's name holds a digest of what the
    numbers come from: the sources of `tlhelpers` but its figures and explorers, this file and the
    one that `compute` is written in, the data files, and the versions of `PACKAGES`. The settings
    of an experiment belong in `name`. A part of other code is ignored, and removed when the new
    one is written.
    """
    folder = PARTS / name
    path = folder / f"{digest(Path(compute.__globals__['__file__']))}.pkl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        table, partial = compute(), path.with_suffix(".partial")
        table.to_pickle(partial)
        partial.rename(path)
        for other in folder.iterdir():
            if other != path:
                other.unlink()
    return pd.read_pickle(path)


@functools.cache  # once a process, as the code that runs is the one that was read
def digest(experiment: Path) -> str:
    """Return the digest of what the numbers of an experiment come from."""
    found = hashlib.sha256(repr([importlib.metadata.version(name) for name in PACKAGES]).encode())
    for path in sources(experiment):
        found.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def sources(experiment: Path) -> Iterator[Path]:
    """Yield the files that the numbers of an experiment come from."""
    yield from (Path(__file__), experiment)
    yield from sorted((ROOT / "data").glob("*.csv*"))
    for path in sorted((ROOT / "tlhelpers").rglob("*.py")):
        if not any(path.is_relative_to(folder) for folder in DRAWING):
            yield path


def intervals(predictions: pd.DataFrame, metrics: tuple, baseline: str, **case) -> list:
    """Return the bootstrap intervals of several scores, a table each."""
    return [
        bootstrap_scores(predictions, metric, baseline=baseline)
        .reset_index()
        .assign(**case, metric=metric)
        for metric in metrics
    ]


def judge_pairs(tables: list[pd.DataFrame], questions: list[tuple[str, str]]) -> pd.DataFrame:
    """Return the tests of pairs of models on all tables of scores, a family for each pair."""
    tests = []
    for beside, asked in questions:
        pairs = [table[table["model"].isin([beside, asked])] for table in tables]
        compared = pd.concat(compare_models(pair, beside) for pair in pairs)
        tests.append(judge(compared.reset_index()).assign(beside=beside))
    return pd.concat(tests)


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
        table = judge(pd.concat(tests, names=by).reset_index()).drop(columns="metric")
        found.append(table.assign(**case, metric=metric))  # the metric is the last column
    return pd.concat(found)


def questions(
    scores: pd.DataFrame, asked: dict[str, list], baseline: str, metrics: tuple, by: list, **case
) -> pd.DataFrame:
    """Return the tests of several questions, each of which is a family of its own.

    `asked` maps a question to its models; those that `scores` does not have are left out.
    """
    found = []
    for question, models in asked.items():
        table = scores[scores["model"].isin([baseline, *models])]
        table = table.groupby(by).filter(lambda cases: len(set(cases["model"])) > 1)
        if len(table):
            tests = verdicts(table, baseline, metrics, by, **case)
            found.append(tests.assign(question=question))
    return pd.concat(found) if found else pd.DataFrame()


def dealt_out(labels: pd.DataFrame, names: Iterable[str], seed: int) -> pd.DataFrame:
    """Deal some columns out at random, each among the rows that have it."""
    rng = np.random.default_rng(seed)
    known = {name: labels[name].dropna() for name in names}
    return labels.assign(
        **{name: pd.Series(rng.permutation(rows), rows.index) for name, rows in known.items()}
    )


def own_entropies() -> OwnTable:
    """Return the entropies of solids as a user would read them, per mole of atoms."""
    frame = load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms"])
    return read_roles(frame, guess_roles(frame, target="entropy"))


def write(study: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write the tables of an experiment to data/results."""
    RESULTS.mkdir(exist_ok=True)
    for name, rows in tables.items():
        path = RESULTS / f"{study}_{name}.csv"
        rows.to_csv(path, index=False, float_format="%.10g")
        print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def run_from_command_line(main: Callable) -> None:
    """Run an experiment; an option of the command line is a parameter of `main`, with its default.

    So ``main(trees=50)`` makes the option ``--trees``.
    """
    parser = argparse.ArgumentParser(
        description=inspect.getdoc(main), formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    for name, parameter in inspect.signature(main).parameters.items():
        option, default = f"--{name.replace('_', '-')}", parameter.default
        parser.add_argument(option, type=type(default), default=default, help=name)
    main(**vars(parser.parse_args()))


def settings(command: str, **values) -> pd.DataFrame:
    """Return what a reader needs to compute the tables anew."""
    rows = {"command": command, **values, "seed": 0, "python": platform.python_version()}
    rows |= {name: importlib.metadata.version(name) for name in PACKAGES}
    return pd.DataFrame(rows.items(), columns=["setting", "value"])
