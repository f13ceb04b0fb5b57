"""Ask of the entropies what all their columns are worth to good models, the heat capacity included.

    python experiments/entropies_all_columns.py [--trees N] [--repeats N]

Asked last, when the scores without the heat capacity were known. Two questions, a family of three
tests each: is a usual model better with the three columns than without, and is the stack, which
reads them, better than a usual model that reads none? Warm, on the splits of `entropies.py`, so the
score holds for solids whose columns are as full as those of the labelled ones. Writes
data/results/entropies_all_columns.csv.
"""

import pandas as pd
import parts
from stronger_models import both_ways, stronger
from tqdm.auto import tqdm

from tlhelpers import StackedForest, cross_validate_transfer
from tlhelpers.evaluation import judge, usual_rivals
from tlhelpers.table.candidates import STACK


def scores(trees: int, repeats: int) -> pd.DataFrame:
    """Score the stack, and the usual models with and without the columns, in every fold."""
    own = parts.own_entropies()
    related = [name for name in own.Y if name != own.target]
    models = {"usual mixture": usual_rivals(trees)["usual mixture, no columns"]} | stronger()
    stack = StackedForest(own.target, related, n_estimators=trees)
    return cross_validate_transfer(
        {STACK: stack} | both_ways([own.target], related, models), own.X, own.Y, own.groups,
        target=own.target, setting="warm", n_repeats=repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def main(trees: int = 100, repeats: int = 5) -> None:
    """Judge both questions."""
    found = parts.part(f"entropies_all_columns_{trees}_{repeats}", lambda: scores(trees, repeats))
    kinds = ["usual mixture", *stronger()]
    asked = {
        "with the columns": [(f"{kind}, no columns", f"{kind}, with columns") for kind in kinds],
        "stack": [(f"{kind}, no columns", STACK) for kind in kinds],
    }
    tests = pd.concat(
        judge(parts.judge_pairs([found], pairs).reset_index(drop=True)).assign(question=question)
        for question, pairs in asked.items()
    )
    parts.write("entropies", {"all_columns": tests})
    tqdm.write(tests.to_string(index=False))


if __name__ == "__main__":
    parts.run_from_command_line(main)
