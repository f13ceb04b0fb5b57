"""The full experiment of chapter 08, band gaps: all models, both settings, the learning curves.

    python experiments/band_gaps.py [--repeats N] [--trees N]

Writes data/results/band_gaps_*.csv. Parts are kept in .results/ and computed anew where code or
data have changed.
"""

import warnings

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import (
    fold_scores,
    intervals,
    part,
    run_from_command_line,
    settings,
    verdicts,
    write,
)
from tqdm import tqdm

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    band_gap_study,
    learning_curve,
)
from tlhelpers.data import Study
from tlhelpers.data.composition import anion_family
from tlhelpers.evaluation import (
    SETTINGS,
    calibration_table,
    cross_validate_predictions,
    hold_out_rows,
    predict_held_out,
)

SIZES = [20, 30, 50, 75, 100, 150, 200, 310]


def models(trees: int) -> dict:
    """Return the two baselines, the second with and without a flag, and the architectures."""
    options = {"n_estimators": trees}
    return {
        "single-task": SingleTaskForest("gap_exp", **options),
        "pooled": PooledForest("gap_exp", **options),
        "pooled, flag": PooledForest("gap_exp", source_flag=True, **options),
        "difference": DifferenceForest("gap_exp", "gap_pbe", **options),
        "multi-task": MultiTaskForest("gap_exp", **options),
        "latent variable": LatentVariableForest("gap_exp", "gap_pbe", **options),
    }


def held_out(study: Study) -> np.ndarray:
    """Return the hold-out set: a fifth of the measured compositions."""
    return hold_out_rows(study.Y, study.groups, target="gap_exp", test_size=0.2, random_state=0)


def cross_validate(study: Study, setting: str, trees: int, repeat: int) -> pd.DataFrame:
    """Predict every development composition once, by five folds."""
    found = cross_validate_predictions(
        models(trees), study.X, study.Y, study.groups, setting=setting,
        n_repeats=1, random_state=repeat, progress=False,
    )  # fmt: skip
    return found.assign(repeat=repeat)


def curve(study: Study, setting: str, trees: int, repeat: int) -> pd.DataFrame:
    """Return the errors at every size for one draw of the test set."""
    found = learning_curve(
        models(trees), study.X, study.Y, study.groups, sizes=SIZES, setting=setting,
        n_repeats=1, random_state=repeat, progress=False,
    )  # fmt: skip
    return found.assign(repeat=repeat)


def uncertain(study: Study, setting: str, trees: int) -> pd.DataFrame:
    """Predict the development compositions with the spread of observations."""
    with warnings.catch_warnings():  # of the jackknife, which is not used
        warnings.simplefilter("ignore")
        return cross_validate_predictions(
            models(trees), study.X, study.Y, study.groups, setting=setting, return_std=True,
            n_repeats=1, n_jobs=2, progress=False,
        )  # fmt: skip


def learned(study: Study, trees: int) -> pd.DataFrame:
    """Return the learned and the true difference by family, both of rows left out of the bags."""
    both = study.select(study.Y.notna().all(axis=1).to_numpy())
    # the base is exact here: the target is the difference itself
    Y = pd.DataFrame({"difference": both.Y["gap_exp"] - both.Y["gap_pbe"]})
    forest = SingleTaskForest("difference", n_estimators=trees, random_state=0).fit(both.X, Y)
    table = Y.assign(learned=forest.out_of_bag_prediction(), family=anion_family(both.X.index))
    found = table.groupby("family")[["learned", "difference"]].agg(["mean", "std", "size"])
    found.columns = [" ".join(name) for name in found.columns]
    return found.reset_index()


def touch_once(study: Study, setting: str, trees: int) -> pd.DataFrame:
    """Predict the hold-out set with models trained on everything else."""
    found = predict_held_out(
        models(trees), study.X, study.Y, study.groups,
        test=held_out(study), setting=setting,
    )  # fmt: skip
    return found.assign(setting=setting)


def main(trees: int = 50, repeats: int = 10) -> None:
    """Compute every part that is missing, and write the tables."""
    study = band_gap_study()
    development = study.select(~held_out(study))
    tables: dict[str, list] = {}

    def keep(name: str, *rows: pd.DataFrame) -> None:
        tables.setdefault(name, []).extend(rows)

    def over_repeats(name: str, compute, setting: str) -> pd.DataFrame:
        done = Parallel(n_jobs=2, prefer="threads", return_as="generator")(
            delayed(part)(
                f"band_gaps_{name}_{setting}_{trees}_{r}",
                lambda r=r: compute(development, setting, trees, r),
            )
            for r in range(repeats)
        )
        return pd.concat(tqdm(done, total=repeats, desc=f"{name}, {setting}"))

    for setting in SETTINGS:
        found = over_repeats("cv", cross_validate, setting)
        keep("scores", fold_scores(found).assign(setting=setting))
        keep("intervals", *intervals(found, ("rmse", "mae"), "single-task", setting=setting))
        rows = found.groupby(["model", "row"], sort=False)[["truth", "prediction"]].mean()
        keep("rows", rows.astype(float).round(3).reset_index().assign(setting=setting))
        keep("curve", over_repeats("curve", curve, setting).assign(setting=setting))
        name = f"band_gaps_uncertain_{setting}_{trees}"
        spread = part(name, lambda s=setting: uncertain(development, s, trees))
        keep("calibration", calibration_table(spread).reset_index().assign(setting=setting))
        name = f"band_gaps_held_out_{setting}_{trees}"
        last = part(name, lambda s=setting: touch_once(study, s, trees))
        keep("held_out", *intervals(last, ("rmse", "mae"), "single-task", setting=setting))
    done = {name: pd.concat(rows, ignore_index=True) for name, rows in tables.items()}
    done["verdicts"] = verdicts(done["scores"], "single-task", ("rmse", "mae"), by=["setting"])
    done["learned"] = learned(development, trees)
    command = f"python experiments/band_gaps.py --repeats {repeats} --trees {trees}"
    done["settings"] = settings(command, trees=trees, repeats=repeats)
    write("band_gaps", done)


if __name__ == "__main__":
    run_from_command_line(main)
