"""Compare plain models that have the related columns among their features.

    python experiments/plain_columns.py [--trees N] [--repeats N]

Asked afterwards, when all other scores were known, of the eight columns of `gains_by_column`: warm,
with all labels, on their splits and with their related labels. A random forest of scikit-learn,
with the settings of the single-task forest, reads holes itself. Seven questions, a family each:
this forest beside the single-task forest, and the stack beside this forest; then the same two of a
mixture, the plain mean of this forest, extra trees and gradient boosting, as a gain of the stack
might be that of mixing; this mixture beside the same one without the columns; and, asked after
these five, the latter beside the single-task forest, and the stack beside it. Writes
data/results/plain_columns.csv.
"""

from collections.abc import Iterator
from typing import NamedTuple

import band_gaps
import no_reduction
import numpy as np
import pandas as pd
import parts
from handbook import LACKING
from tqdm.auto import tqdm

from tlhelpers import SingleTaskForest, StackedForest, band_gap_study, cross_validate_transfer
from tlhelpers.evaluation import RelatedAsFeatures, usual_models, usual_rivals
from tlhelpers.table.candidates import BASELINE, STACK

FOREST, MIXTURE = "usual forest, with columns", "usual mixture, with columns"
BLIND = band_gaps.BLIND
QUESTIONS = [(BASELINE, FOREST), (FOREST, STACK), (BASELINE, MIXTURE), (MIXTURE, STACK)]
QUESTIONS += [(BLIND, MIXTURE), (BASELINE, BLIND), (BLIND, STACK)]  # a family each


class Table(NamedTuple):
    """A table with one or more targets, and how it was scored before."""

    X: pd.DataFrame
    Y: pd.DataFrame
    groups: np.ndarray
    targets: list[str]
    related: list[str]
    times_repeats: int = 2  # of the case studies
    times_trees: float = 1.0


def tables() -> Iterator[Table]:
    """Yield the tables of the eight columns."""
    own = parts.own_entropies()
    for target in own.Y:
        related = list(own.Y.columns.drop([target, *LACKING[target]]))
        yield Table(own.X, own.Y[[target, *related]], own.groups, [target], related, 1)
    study = band_gaps.of_two_labels(band_gap_study())
    gaps = study.select(~band_gaps.held_out(study))
    target, related = gaps.target, band_gaps.COMPUTED
    labels = gaps.Y[[target, related]]
    yield Table(gaps.X, labels, gaps.groups, [target], [related], times_trees=0.5)
    reaction = no_reduction.development("dissociation")
    energies = [*no_reduction.energy_of(reaction.target).values(), "dE_NO_des"]
    yield Table(reaction.X, reaction.Y, reaction.groups, reaction.target, energies)


def scores(table: Table, trees: int, repeats: int) -> pd.DataFrame:
    """Score the baseline, the stack and the plain models in every fold."""
    trees, targets = int(table.times_trees * trees), table.targets
    forest, mixture = usual_models(trees)["random forest"], usual_rivals(trees)[BLIND]
    models = {
        BASELINE: SingleTaskForest(targets, n_estimators=trees),
        STACK: StackedForest(targets, table.related, n_estimators=trees),
        FOREST: RelatedAsFeatures(forest, targets, table.related),
        MIXTURE: RelatedAsFeatures(mixture, targets, table.related),
        BLIND: RelatedAsFeatures(mixture, targets, []),
    }
    return cross_validate_transfer(
        models, table.X, table.Y, table.groups, target=targets, setting="warm",
        n_repeats=table.times_repeats * repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def main(trees: int = 100, repeats: int = 5) -> None:
    """Judge all questions on all columns."""
    found = [
        parts.part(
            f"plain_{table.targets[0]}_{trees}_{repeats}",
            lambda t=table: scores(t, trees, repeats),
        )
        for table in tqdm(list(tables()), desc="tables")
    ]
    tests = parts.judge_pairs(found, QUESTIONS)
    parts.write("plain", {"columns": tests})
    tqdm.write(tests.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
