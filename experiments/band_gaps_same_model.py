"""Models of scikit-learn with the computed gap and without it, on few measured gaps.

    python experiments/band_gaps_same_model.py [--trees N] [--draws N]

The control that band_gaps.py lacks: one and the same model that reads the computed gap or does not.
Asked afterwards, when all other scores of the band gaps were known. Warm, on the draws of the
learning curve of band_gaps.py: the usual mixture, and the boosting and the Gaussian process of
stronger_models.py. Two questions, each a family of three models at five sizes: does a model gain by
the computed gap, and does the stack gain over the model that reads it? Writes their scores to
data/results/band_gaps_same_model.csv and the tests to band_gaps_same_model_verdicts.csv.
"""

import pandas as pd
import parts
from band_gaps import BLIND, COMPUTED, curve, held_out, of_two_labels
from joblib import Parallel, delayed
from stronger_models import both_ways, stronger
from tqdm.auto import tqdm

from tlhelpers import band_gap_study
from tlhelpers.evaluation import judge, usual_rivals
from tlhelpers.table.candidates import STACK


def main(trees: int = 50, draws: int = 20) -> None:
    """Score the models, and judge what the computed gap gives each."""
    study = of_two_labels(band_gap_study())
    development = study.select(~held_out(study))
    models = {"usual mixture": usual_rivals(trees)[BLIND]} | stronger()
    compared = both_ways([study.target], [COMPUTED], models)
    done = Parallel(n_jobs=2, prefer="threads", return_as="generator")(
        delayed(parts.part)(
            f"band_gaps_same_model_{trees}_{r}",
            lambda r=r: curve(development, compared, "warm", r),
        )
        for r in range(draws)
    )
    scores = pd.concat(tqdm(done, total=draws, desc="draws"), ignore_index=True)
    of_curve = pd.read_csv(parts.RESULTS / "band_gaps_curve.csv")
    stack = of_curve.query("model == @STACK and setting == 'warm'")
    every = pd.concat([scores, stack]).assign(fold=0)  # a draw is a split
    asked = {
        "with the computed gap": [
            (f"{kind}, with columns", f"{kind}, no columns") for kind in models
        ],
        "stack": [(STACK, f"{kind}, with columns") for kind in models],
    }
    found = []
    for question, pairs in asked.items():
        tests = [
            parts.verdicts(every[every["model"].isin(pair)], pair[1], ("rmse",), ["size"])
            .assign(beside=pair[1], question=question)
            for pair in pairs
        ]  # fmt: skip
        found.append(judge(pd.concat(tests, ignore_index=True)))
    tests = pd.concat(found)
    parts.write("band_gaps", {"same_model": scores, "same_model_verdicts": tests})
    tqdm.write(tests.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
