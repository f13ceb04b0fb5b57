"""Score rivals on the standard entropies of solids, on the splits of entropies.py.

    python experiments/entropies_rivals.py [--trees N] [--repeats N]

Asked after the comparison of entropies.py: are its gains those of the architectures, or would any
model that reads the related labels have them? Two questions, a family each: every rival beside the
single-task forest, and every rival beside the stack. A third was asked later: is the stack better
than the other models of the call, equal weights among them? These stand beside the single-task
forest in entropies_verdicts.csv. All is asked once more without the heat capacity, which few of
the rows to predict have. Writes data/results/entropies_rivals.csv and
entropies_rivals_without.csv.
"""

import pandas as pd
import parts
from entropies import WITHOUT
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from tlhelpers import cross_validate_transfer
from tlhelpers.evaluation import RelatedAsFeatures, compare_models, judge, usual_models
from tlhelpers.table import OwnTable
from tlhelpers.table.candidates import BASELINE, STACK, find_candidates


def models(target: str, related: list[str], trees: int) -> dict:
    """Return the rivals, with the settings of band_gaps.py."""
    usual = usual_models(trees)
    extra, boosted = usual["extra trees"], usual["gradient boosting"]
    line = make_pipeline(SimpleImputer(), LinearRegression())  # an empty cell: its column's mean
    return {
        "extra trees": RelatedAsFeatures(extra, target, []),
        "extra trees, z seen": RelatedAsFeatures(extra, target, related),
        "gradient boosting": RelatedAsFeatures(boosted, target, []),
        "gradient boosting, z seen": RelatedAsFeatures(boosted, target, related),
        "line through z": RelatedAsFeatures(line, target, related, keep_features=False),
    }


def judged(own: OwnTable, Y: pd.DataFrame, trees: int, repeats: int) -> pd.DataFrame:
    """Score all on these labels, and judge each question."""
    rivals = models(own.target, [name for name in Y if name != own.target], trees)
    compared = find_candidates(Y, own.target, rivals, n_estimators=trees)
    others = [name for name in compared if name not in (BASELINE, STACK, *rivals)]
    scores = cross_validate_transfer(
        compared, own.X, Y, own.groups, target=own.target, setting="warm",
        n_repeats=repeats, n_jobs=2,
    )  # fmt: skip
    tests = []
    for question, beside, asked in (
        ("rivals", BASELINE, list(rivals)),
        ("stack against rivals", STACK, list(rivals)),
        ("stack against architectures", STACK, others),
    ):
        some = scores[scores["model"].isin([beside, *asked])]
        tests.append(judge(compare_models(some, beside)).assign(question=question))
    return pd.concat(tests).reset_index()


def main(trees: int = 100, repeats: int = 5) -> None:
    """Judge all questions with the heat capacity, and without it."""
    own = parts.own_entropies()
    for name, Y in (("rivals", own.Y), ("rivals_without", own.Y.drop(columns=WITHOUT))):
        found = judged(own, Y, trees, repeats)
        parts.write("entropies", {name: found})
        print(found.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
