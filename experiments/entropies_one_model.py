"""Compare one architecture alone with the single-task forest on the entropies (chapters 04, 06).

    python experiments/entropies_one_model.py [--trees N] [--repeats N]

Two questions, a family each, on the splits of entropies.py:

- "learned slope": warm, with the molar volume as the only related label;
- "latent variable": cold and warm, with all three related labels.

Writes data/results/entropies_one_model.csv.
"""

import pandas as pd
import parts

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    SingleTaskForest,
    cross_validate_transfer,
)

SINGLE, VOLUME = "single-task", "molar_volume"
ASKED = {"learned slope": ["warm"], "latent variable": ["cold", "warm"]}


def scores(model: str, setting: str, trees: int, repeats: int) -> pd.DataFrame:
    """Return the errors of one architecture and of the baseline, on the same folds."""
    own = parts.own_entropies()
    options = {"n_estimators": trees}
    labels = own.Y
    if model == "learned slope":
        labels = own.Y[[own.target, VOLUME]]
        learned = {"slope": "learned", "base_as_feature": True}
        forest = DifferenceForest(own.target, VOLUME, **learned, **options)
    else:
        forest = LatentVariableForest(own.target, list(labels.columns.drop(own.target)), **options)
    pair = {SINGLE: SingleTaskForest(own.target, **options), model: forest}
    how = {"setting": setting, "n_repeats": repeats, "n_jobs": 2}
    return cross_validate_transfer(pair, own.X, labels, own.groups, **how)


def main(trees: int = 100, repeats: int = 5) -> None:
    """Judge both questions."""
    found = []
    for model, settings in ASKED.items():
        folds = pd.concat(
            parts.part(
                f"one_model_{model}_{setting}_{trees}_{repeats}",
                lambda m=model, s=setting: scores(m, s, trees, repeats),
            ).assign(setting=setting)
            for setting in settings
        )
        found.append(parts.verdicts(folds, SINGLE, ("rmse",), ["setting"]))
    parts.write("entropies", {"one_model": pd.concat(found)})


if __name__ == "__main__":
    parts.run_from_command_line(main)
