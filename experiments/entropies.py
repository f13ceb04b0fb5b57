"""Compare all models on standard entropies of solids, as a user would; for chapter 12.

    python experiments/entropies.py [--trees N] [--repeats N]

The table is that of `load_thermochemistry`, per mole of atoms. Writes the tables of the comparison
to data/results/entropies_*.csv, and the report to book/entropy_report.html. The comparison is made
once more without `WITHOUT`, which most labelled rows have, and few of those to predict; what the
call says of that is asked with the usual models taking part, as on the first page. Each of these is
tested with the columns against itself without, and the picked model against those without.
"""

from pathlib import Path

import pandas as pd
import parts
from tqdm.auto import tqdm

from tlhelpers import compare_architectures
from tlhelpers.evaluation import compare_models, judge, usual_rivals
from tlhelpers.table import check
from tlhelpers.table.purchases import check_projection

REPORT = parts.ROOT / "book" / "entropy_report.html"
KEPT = parts.PARTS / f"entropies_{parts.digest(Path(__file__))}"  # parts of other code are not read
WITHOUT = "heat_capacity"
TABLES = ("verdicts", "labels_to_buy", "measure_next", "calibration", "differences")


def main(trees: int = 100, repeats: int = 5) -> None:
    """Compare, and write the report and the tables."""
    own = parts.own_entropies()
    options = {"n_estimators": trees, "n_repeats": repeats, "n_jobs": 2, "keep": KEPT}
    found = compare_architectures(own.X, own.Y, own.target, own.groups, **options)
    found.write_html(REPORT, check(own), "load_thermochemistry(per_atom=True)")
    curve = found.curve.groupby(["setting", "model", "size"])["rmse"].agg(["mean", "std"])
    tried = check_projection(found.curve.query("model == @found.recommended"), found.metric)
    names = ["size", "projected", "seen"]
    command = f"python experiments/entropies.py --trees {trees} --repeats {repeats}"
    tables = {name: getattr(found, name) for name in TABLES}
    tables |= {"projection": pd.DataFrame([tried], columns=names)}
    tables |= {"curve": curve.reset_index(), "settings": parts.settings(command)}
    less = own.X, own.Y.drop(columns=WITHOUT), own.target, own.groups
    tables |= {"without_verdicts": compare_architectures(*less, **options).verdicts}
    asked = compare_architectures(*less, rivals=usual_rivals(trees), **options)
    said = asked.recommendation
    tables |= {
        "without_said": pd.DataFrame({"recommendation": [said]}),
        "without_columns": columns_tests(asked.scores),
        "without_picked": count_picks(asked.scores),
        "without_calibration": asked.calibration,
    }
    parts.write("entropies", tables)
    tqdm.write(f"{found.recommendation}\nWithout {WITHOUT}: {said}")


def columns_tests(scores: pd.DataFrame) -> pd.DataFrame:
    """Return tests of usual models with columns, and of the picked one, beside those without.

    Each of the two questions is a family.
    """
    warm, tests = scores.query("setting == 'warm'"), []
    for blind in [name for name in warm["model"].unique() if name.endswith("no columns")]:
        told = blind.replace("no columns", "with columns")
        for model in (told, "picked"):
            test = compare_models(warm[warm["model"].isin([model, blind])], blind)
            tests.append(test.reset_index().assign(beside=blind))
    table = pd.concat(tests, ignore_index=True)
    of_picked = table["model"] == "picked"
    return pd.concat([judge(table[~of_picked]), judge(table[of_picked])])


def count_picks(scores: pd.DataFrame) -> pd.DataFrame:
    """Return in how many splits each model was picked."""
    times = scores.query("setting == 'warm'")["choice"].value_counts()
    return times.rename_axis("model").reset_index(name="splits")


if __name__ == "__main__":
    parts.run_from_command_line(main)
