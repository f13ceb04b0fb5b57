"""Ask the one call of chapter 12 about the band gaps of chapter 08, as a user would.

    python experiments/band_gaps_call.py [--trees N] [--repeats N]

The table is the development part: the optical gaps as the target, the computed ones as the related
label. Asked afterwards, when all other scores were known. Writes data/results/band_gaps_call*.csv.
"""

import pandas as pd
import parts
from band_gaps import COMPUTED, held_out, of_two_labels
from tqdm.auto import tqdm

from tlhelpers import band_gap_study, compare_architectures

SECONDS = 420  # the learning curves, which nothing here needs, give way first


def main(trees: int = 100, repeats: int = 5) -> None:
    """Compare, and write what is said and the verdicts."""
    study = of_two_labels(band_gap_study())
    gaps = study.select(~held_out(study))
    found = compare_architectures(
        gaps.X, gaps.Y[[gaps.target, COMPUTED]], gaps.target, gaps.groups,
        n_estimators=trees, n_repeats=repeats, n_jobs=2, max_seconds=SECONDS,
    )  # fmt: skip
    repeats_done = found.scores["repeat"].nunique()
    if repeats_done < repeats:  # the curves may be left out, a repeat must not
        raise ValueError(f"{SECONDS} s were enough for {repeats_done} repeats; raise SECONDS")
    said = [
        {"setting": name, "recommended": told.model, "picked": told.picked,
         "score": told.score, "baseline_score": told.baseline_score, "low": told.low,
         "high": told.high, "p_value": told.p_value, "p_adjusted": told.p_adjusted,
         "sentence": told.sentence}
        for name, told in found.recommendations.items()
    ]  # fmt: skip
    parts.write("band_gaps", {"call": pd.DataFrame(said), "call_verdicts": found.verdicts})
    tqdm.write(found.recommendation)


if __name__ == "__main__":
    parts.run_from_command_line(main)
