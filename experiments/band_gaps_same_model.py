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
from band_gaps import COMPUTED, curve, held_out, of_two_labels
from joblib import Parallel, delayed
from stronger_models import stronger
from tqdm.auto import tqdm

from tlhelpers import band_gap_study
from tlhelpers.evaluation import RelatedAsFeatures, judge, usual_rivals
from tlhelpers.table.candidates import STACK

KINDS = ["usual mixture", "boosting", "Gaussian process"]
WAYS = {"with columns": [COMPUTED], "no columns": []}


def both_ways(target: str, trees: int) -> dict[str, RelatedAsFeatures]:
    """Return each model with the computed gap among its features, and without."""
    blind = {"usual mixture": usual_rivals(trees)["usual mixture, no columns"]} | stronger()
    return {
        f"{kind}, {way}": RelatedAsFeatures(blind[kind], target, related)
        for kind in KINDS
        for way, related in WAYS.items()
    }


def main(trees: int = 50, draws: int = 20) -> None:
    """Score the models, and judge what the computed gap gives each."""
    study = of_two_labels(band_gap_study())
    development = study.select(~held_out(study))
    compared = both_ways(study.target, trees)
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
            (f"{kind}, with columns", f"{kind}, no columns") for kind in KINDS
        ],
        "stack": [(STACK, f"{kind}, with columns") for kind in KINDS],
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
