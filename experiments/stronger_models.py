"""Compare stronger models of scikit-learn with the forests on the eight columns.

    python experiments/stronger_models.py [--trees N] [--repeats N] [--draws N]

Asked last of all, when trials on the entropies had shown that such models do well: gradient
boosting of 200 trees, each split of which looks at a third of the features, and the Gaussian
process of chapter 14. Neither is tuned; each is scored with the related columns among its
features, holes filled with the mean, and without them. Warm, on the splits of `plain_columns`: ten
questions, a family of eight tests each, in data/results/stronger_models.csv (first of the four
columns of the handbook alone; the others were added when those were known). On the learning curves
of handbook.py, without the heat capacity, the draws are in data/results/stronger_few.csv.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import parts
from entropies import WITHOUT
from handbook import SIZES
from plain_columns import Table, tables
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from tqdm.auto import tqdm

from tlhelpers import SingleTaskForest, StackedForest, cross_validate_transfer, learning_curve
from tlhelpers.evaluation import RelatedAsFeatures, usual_rivals
from tlhelpers.table.candidates import BASELINE, STACK


def stronger() -> dict[str, Pipeline]:
    """Return the two models, which fill holes first."""
    boosting = GradientBoostingRegressor(n_estimators=200, max_features=1 / 3, min_samples_leaf=5)
    return {
        "boosting": make_pipeline(SimpleImputer(), boosting),
        "Gaussian process": usual_rivals()["Gaussian process, no columns"],
    }


def both_ways(
    targets: list[str], related: list[str], models: Mapping[str, Any] | None = None
) -> dict[str, RelatedAsFeatures]:
    """Return each model with the columns among its features, and without; None: the two here."""
    ways = {"with columns": related, "no columns": []}
    return {
        f"{name}, {way}": RelatedAsFeatures(model, targets, columns)
        for name, model in (stronger() if models is None else models).items()
        for way, columns in ways.items()
    }


def questions() -> list[tuple[str, str]]:
    """Return the pairs of models that are compared, a family each."""
    asked = []
    for name in stronger():
        told, blind = f"{name}, with columns", f"{name}, no columns"
        asked += [(BASELINE, told), (BASELINE, blind), (blind, told), (told, STACK), (blind, STACK)]
    return asked


def scores(table: Table, trees: int, repeats: int) -> pd.DataFrame:
    """Score the baseline, the stack and the models in every fold."""
    trees = int(table.times_trees * trees)
    models = {
        BASELINE: SingleTaskForest(table.targets, n_estimators=trees),
        STACK: StackedForest(table.targets, table.related, n_estimators=trees),
    }
    return cross_validate_transfer(
        models | both_ways(table.targets, table.related), table.X, table.Y, table.groups,
        target=table.targets, setting="warm", n_repeats=table.times_repeats * repeats, n_jobs=2,
        progress=False,
    )  # fmt: skip


def curve(draw: int) -> pd.DataFrame:
    """Score the models with few entropies; those of the forests are in entropies_few.csv."""
    own = parts.own_entropies()
    labels = own.Y.drop(columns=WITHOUT)
    related = [name for name in labels if name != own.target]
    found = learning_curve(
        both_ways([own.target], related), own.X, labels, own.groups, target=own.target,
        setting="warm", sizes=SIZES, n_repeats=1, random_state=draw, n_jobs=2, progress=False,
    )  # fmt: skip
    return found.assign(repeat=draw)


def main(trees: int = 100, repeats: int = 5, draws: int = 20) -> None:
    """Judge all questions on the eight columns, and draw the curves."""
    few = pd.concat(
        parts.part(f"stronger_few_{draw}", lambda d=draw: curve(d))
        for draw in tqdm(range(draws), desc="draws")
    )
    found = [
        parts.part(
            f"stronger_{table.targets[0]}_{trees}_{repeats}",
            lambda t=table: scores(t, trees, repeats),
        )
        for table in tqdm(list(tables()), desc="tables")
    ]
    tests = parts.judge_pairs(found, questions())
    parts.write("stronger", {"models": tests, "few": few})
    tqdm.write(tests.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
