"""Compare plain models that have the related columns among their features.

    python experiments/plain_columns.py [--trees N] [--repeats N]

Asked last, when all other scores were known, of the eight columns of `gains_by_column`: warm, with
all labels, on their splits and with their related labels. A random forest of scikit-learn, with the
settings of the single-task forest; it reads holes itself. Two questions, a family each: this
forest beside the single-task forest, and the stack beside this forest. Then the same two of a
mixture, the plain mean of this forest, extra trees and gradient boosting: else a gain of the stack
might be that of mixing. And is it the columns that help this mixture? It stands beside the same
mixture without them. Writes data/results/plain_columns.csv.
"""

from collections.abc import Iterator

import band_gaps
import no_reduction
import pandas as pd
import parts
from handbook import LACKING
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingRegressor,
)
from tqdm.auto import tqdm

from tlhelpers import SingleTaskForest, StackedForest, band_gap_study, cross_validate_transfer
from tlhelpers.evaluation import RelatedAsFeatures, compare_models, judge
from tlhelpers.table.candidates import BASELINE, STACK

FOREST, MIXTURE = "forest, columns as features", "mixture, columns as features"
BLIND = "mixture without columns"


def tables() -> Iterator[tuple]:
    """Yield features, labels, groups, targets, related labels; repeats for five, trees for 100."""
    own = parts.own_entropies()
    for target in own.Y:
        related = list(own.Y.columns.drop([target, *LACKING[target]]))
        yield own.X, own.Y[[target, *related]], own.groups, [target], related, 1, 1
    study = band_gaps.of_two_labels(band_gap_study())
    gaps = study.select(~band_gaps.held_out(study))
    named = [gaps.target, band_gaps.COMPUTED]
    yield gaps.X, gaps.Y[named], gaps.groups, [gaps.target], [band_gaps.COMPUTED], 2, 0.5
    reaction = no_reduction.development("dissociation")
    energies = [*no_reduction.energy_of(reaction.target).values(), "dE_NO_des"]
    yield reaction.X, reaction.Y, reaction.groups, reaction.target, energies, 2, 1


def scores(X, Y, groups, targets, related, repeats, trees) -> pd.DataFrame:
    """Score the baseline, the stack and the plain models in every fold."""
    members = {
        "random forest": RandomForestRegressor(trees, max_features=1 / 3),
        "extra trees": ExtraTreesRegressor(trees, max_features=1 / 3),
        "gradient boosting": HistGradientBoostingRegressor(min_samples_leaf=band_gaps.FEW),
    }
    plain = {FOREST: members["random forest"], MIXTURE: VotingRegressor(list(members.items()))}
    columns = dict.fromkeys(targets, related)
    models = {
        BASELINE: SingleTaskForest(targets, n_estimators=trees),
        STACK: StackedForest(targets, related, n_estimators=trees),
        **{name: RelatedAsFeatures(one, targets, columns) for name, one in plain.items()},
        BLIND: RelatedAsFeatures(plain[MIXTURE], targets, []),
    }
    return cross_validate_transfer(
        models, X, Y, groups, target=targets, setting="warm", n_repeats=repeats, n_jobs=2,
        progress=False,
    )  # fmt: skip


def main(trees: int = 100, repeats: int = 5) -> None:
    """Judge all questions on all columns."""
    found = [
        parts.part(
            f"plain_{table[3][0]}_{trees}_{repeats}",
            lambda t=table: scores(*t[:5], t[5] * repeats, int(t[6] * trees)),
        )
        for table in tqdm(list(tables()), desc="tables")
    ]
    tests = []
    questions = [(BASELINE, FOREST), (FOREST, STACK), (BASELINE, MIXTURE), (MIXTURE, STACK)]
    questions += [(BLIND, MIXTURE)]
    for beside, asked in questions:
        pairs = [table[table["model"].isin([beside, asked])] for table in found]
        compared = pd.concat(compare_models(pair, beside) for pair in pairs)
        tests.append(judge(compared.reset_index()).assign(beside=beside))
    found = pd.concat(tests)
    parts.write("plain", {"columns": found})
    tqdm.write(found.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
