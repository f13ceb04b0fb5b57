"""The full experiment of chapter 08, band gaps: all models, both settings, the learning curves.

    python experiments/band_gaps.py [--repeats N] [--draws N] [--trees N]

Writes data/results/band_gaps_*.csv. Parts are kept in .results/ and computed anew where code or
data have changed.
"""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import (
    dealt_out,
    fold_scores,
    intervals,
    part,
    questions,
    run_from_command_line,
    settings,
    write,
)
from sklearn.linear_model import LinearRegression
from tqdm import tqdm

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    StackedForest,
    band_gap_study,
    learning_curve,
)
from tlhelpers.book import GuessAsMeasured
from tlhelpers.data import Study, load_strehlow_cook
from tlhelpers.data.composition import anion_family
from tlhelpers.data.gap_sources import label_of_method
from tlhelpers.evaluation import (
    SETTINGS,
    RelatedAsFeatures,
    calibration_table,
    cross_validate_predictions,
    hold_out_rows,
    judge,
    predict_held_out,
    usual_models,
    usual_rivals,
)

SIZES = [20, 50, 100, 200, 235]  # the last: all labels outside the test set of a draw
FEW_LABELS = [20, 50]  # of the curve without labels that name no method
COMPUTED, THERMAL = "gap_pbe", "gap_thermal"
SLOPE = {"slope": "learned", "shrink_to": 1.0, "base_as_feature": True}  # the same unit: towards 1
# What is asked; each is one family of tests. Fixed before these tables were computed, though early
# trials had scored the models on all rows.
QUESTIONS = {
    "the paper's models": ["difference", "multi-task", "latent variable"],
    "beyond the paper": ["difference, z seen", "learned slope", "stack"],
    "unions": ["pooled", "pooled, flag"],
}
MISMATCHED = {name: f"{name}, mismatched" for name in ("difference", "latent variable")}
# Is it z, or the mixing? Two rivals, added after all others were scored
BLIND = "usual mixture, no columns"
SHUFFLED = {name: f"{name}, z shuffled" for name in ("stack", "equal weights")}
CONTROL = "single-task, four times the trees"  # as many as a stack has; added after the others
RIVALS = [
    *("equal weights", "extra trees", "gradient boosting", "gradient boosting, z seen"),
    "straight line",
]


def models(target: str, trees: int) -> dict:
    """Return the baseline, the paper's three architectures, and what lies beyond them."""
    options = {"n_estimators": trees}
    return {
        "single-task": SingleTaskForest(target, **options),
        "difference": DifferenceForest(target, COMPUTED, **options),
        "multi-task": MultiTaskForest(target, **options),
        "latent variable": LatentVariableForest(target, COMPUTED, **options),
        "difference, z seen": DifferenceForest(target, COMPUTED, base_as_feature=True, **options),
        "learned slope": DifferenceForest(target, COMPUTED, **SLOPE, **options),
        "stack": StackedForest(target, COMPUTED, **options),
    }


def equal_weights(target: str, trees: int) -> dict:
    """Return the stack without weighing."""
    return {"equal weights": StackedForest(target, COMPUTED, pull=np.inf, n_estimators=trees)}


def others(target: str, trees: int, setting: str) -> dict:
    """Return the unions and the rivals; a line has no answer where z is unknown."""
    options = {"n_estimators": trees}
    usual = usual_models(trees)
    extra, boosted = usual["extra trees"], usual["gradient boosting"]
    line = LinearRegression()
    found = {
        CONTROL: SingleTaskForest(target, n_estimators=4 * trees),
        "pooled": PooledForest(target, **options),
        "pooled, flag": PooledForest(target, source_flag=True, **options),
        **equal_weights(target, trees),
        "extra trees": RelatedAsFeatures(extra, target, []),
        "gradient boosting": RelatedAsFeatures(boosted, target, []),
        "gradient boosting, z seen": RelatedAsFeatures(boosted, target, COMPUTED),
    }
    if setting == "cold":  # trained on measured labels, asked with guessed ones
        for name in MISMATCHED:
            found[MISMATCHED[name]] = GuessAsMeasured(models(target, trees)[name])
    else:
        found["straight line"] = RelatedAsFeatures(line, target, COMPUTED, keep_features=False)
    return found


def blind(target: str, trees: int) -> dict:
    """Return the usual mixture that reads no z."""
    return {BLIND: RelatedAsFeatures(usual_rivals(trees)[BLIND], target, [])}


def shuffled(study: Study, seed: int) -> Study:
    """Deal the computed gaps out at random among the compositions that have one."""
    return replace(study, Y=dealt_out(study.Y, [COMPUTED], seed))


def mixtures(target: str, trees: int) -> dict:
    """Return the two mixtures, under the names that they have with shuffled z."""
    whole = models(target, trees) | equal_weights(target, trees)
    return {SHUFFLED[name]: whole[name] for name in SHUFFLED}


def with_both(target: str, trees: int) -> dict:
    """Return the models of two related labels: the computed gap, and that of the conductivity."""
    both, options = [COMPUTED, THERMAL], {"n_estimators": trees}
    return {
        "single-task": SingleTaskForest(target, **options),
        "multi-task, both": MultiTaskForest(target, **options),
        "latent variable, both": LatentVariableForest(target, both, **options),
        "learned slope, both": DifferenceForest(target, both, **SLOPE, **options),
        "stack, both": StackedForest(target, both, **options),
    }


def held_out(study: Study) -> np.ndarray:
    """Return the hold-out set: a fifth of the measured compositions."""
    options = {"target": study.target, "test_size": 0.2, "random_state": 0}
    return hold_out_rows(study.Y, study.groups, **options)


def of_two_labels(study: Study) -> Study:
    """Return the study with the target and the computed gap alone."""
    return replace(study, Y=study.Y[[study.target, COMPUTED]])


def of_named_methods(study: Study) -> Study:
    """Return the study with optical gaps from measurements that name a method alone."""
    measured = load_strehlow_cook().query("origin == 'experimental'").dropna(subset="method")
    light = measured[label_of_method(measured["method"]) == study.target]
    medians = light.groupby("composition")["band_gap"].median()
    return replace(study, Y=study.Y.assign(**{study.target: medians}))


def cross_validate(study: Study, compared: dict, setting: str, repeat: int) -> pd.DataFrame:
    """Predict every composition once, by five folds."""
    found = cross_validate_predictions(
        compared, study.X, study.Y, study.groups, setting=setting,
        n_repeats=1, random_state=repeat, progress=False,
    )  # fmt: skip
    return found.assign(repeat=repeat)


def of_curve(target: str, trees: int, setting: str) -> dict:
    """Return the models of the learning curve."""
    names = {CONTROL, *RIVALS, *MISMATCHED.values()}
    rest = {n: m for n, m in others(target, trees, setting).items() if n in names}
    return models(target, trees) | rest | blind(target, trees)


def curve(
    study: Study, compared: dict, setting: str, draw: int, sizes: Sequence[int] = SIZES
) -> pd.DataFrame:
    """Return the errors at every size for one draw of the test set."""
    found = learning_curve(
        compared, study.X, study.Y, study.groups, sizes=sizes,
        setting=setting, n_repeats=1, random_state=draw, progress=False,
    )  # fmt: skip
    return found.assign(repeat=draw)


def judged(tests: list[pd.DataFrame]) -> pd.DataFrame:
    """Adjust the tests; a question may have several baselines: still one family a metric."""
    families = pd.concat(tests).groupby(["question", "metric"], sort=False)
    return pd.concat(judge(family) for _, family in families)


def uncertain(study: Study, setting: str, trees: int) -> pd.DataFrame:
    """Predict the development compositions with the spread of observations."""
    with warnings.catch_warnings():  # of the jackknife, which is not used
        warnings.simplefilter("ignore")
        return cross_validate_predictions(
            models(study.target, trees), study.X, study.Y, study.groups, setting=setting,
            return_std=True, n_repeats=1, n_jobs=2, progress=False,
        )  # fmt: skip


def learned(study: Study, trees: int) -> pd.DataFrame:
    """Return the learned and the true difference by family, both of rows left out of the bags."""
    both = study.select(study.Y[[study.target, COMPUTED]].notna().all(axis=1).to_numpy())
    # the base is exact here: the target is the difference itself
    Y = pd.DataFrame({"difference": both.Y[study.target] - both.Y[COMPUTED]})
    forest = SingleTaskForest("difference", n_estimators=trees, random_state=0).fit(both.X, Y)
    table = Y.assign(learned=forest.out_of_bag_prediction(), family=anion_family(both.X.index))
    found = table.groupby("family")[["learned", "difference"]].agg(["mean", "std", "size"])
    found.columns = [" ".join(name) for name in found.columns]
    return found.reset_index()


def touch_once(study: Study, setting: str, trees: int) -> pd.DataFrame:
    """Predict the hold-out set with models trained on everything else."""
    compared = models(study.target, trees) | others(study.target, trees, setting)
    found = predict_held_out(
        compared, study.X, study.Y, study.groups, test=held_out(study), setting=setting
    )
    return found.assign(setting=setting)


def main(trees: int = 50, repeats: int = 10, draws: int = 20) -> None:
    """Compute every part that is missing, and write the tables."""
    study = of_two_labels(band_gap_study())
    development = study.select(~held_out(study))
    apart = band_gap_study().select(~held_out(study))
    mixed = band_gap_study(sources="mixed")
    mixed = mixed.select(~held_out(mixed))
    named = of_named_methods(development)  # added after the others
    tables: dict[str, list] = {}

    def keep(name: str, *rows: pd.DataFrame) -> None:
        tables.setdefault(name, []).extend(rows)

    def over(times: int, name: str, setting: str, compute) -> pd.DataFrame:
        done = Parallel(n_jobs=2, prefer="threads", return_as="generator")(
            delayed(part)(f"band_gaps_{name}_{setting}_{trees}_{r}", lambda r=r: compute(r))
            for r in range(times)
        )
        return pd.concat(tqdm(done, total=times, desc=f"{name}, {setting}"))

    for s in SETTINGS:
        every = models(study.target, trees) | others(study.target, trees, s)
        cases = {
            "cv": (development, every | blind(study.target, trees)),
            "both": (apart, with_both(study.target, trees)),
            "mixed": (mixed, models(mixed.target, trees)),
            "named": (named, models(named.target, trees) | equal_weights(named.target, trees)),
        }
        predicted = {
            name: over(repeats, name, s, partial(cross_validate, *case, s))
            for name, case in cases.items()
        }
        for name, found in predicted.items():
            kept = "scores" if name == "cv" else f"{name}_scores"
            keep(kept, fold_scores(found).assign(setting=s))
        found = predicted["cv"]
        keep("intervals", *intervals(found, ("rmse", "mae"), "single-task", setting=s))
        rows = found.groupby(["model", "row"], sort=False)[["truth", "prediction"]].mean()
        keep("rows", rows.astype(float).round(3).reset_index().assign(setting=s))
        drawn = of_curve(study.target, trees, s)
        found = over(draws, "curve", s, partial(curve, development, drawn, s))
        keep("curve", found.assign(setting=s))
        few = partial(curve, *cases["named"], s, sizes=FEW_LABELS)  # added after the others
        found = over(draws, "named_curve", s, few)
        keep("named_curve", found.assign(setting=s))
        twins = mixtures(study.target, trees), s
        found = over(
            repeats,
            "cv_shuffled",
            s,
            lambda r, twins=twins: cross_validate(shuffled(development, r), *twins, r),
        )
        keep("scores", fold_scores(found).assign(setting=s))
        found = over(
            draws,
            "curve_shuffled",
            s,
            lambda r, twins=twins: curve(shuffled(development, r), *twins, r),
        )
        keep("curve", found.assign(setting=s))
        name = f"band_gaps_uncertain_{s}_{trees}"
        spread = part(name, lambda s=s: uncertain(development, s, trees))
        keep("calibration", calibration_table(spread).reset_index().assign(setting=s))
        name = f"band_gaps_held_out_{s}_{trees}"
        last = part(name, lambda s=s: touch_once(study, s, trees))
        keep("held_out", *intervals(last, ("rmse", "mae"), "single-task", setting=s))
    done = {name: pd.concat(rows, ignore_index=True) for name, rows in tables.items()}
    against = [("stack", {"stack against rivals": RIVALS})]
    against += [(name, {"mismatch": [wrong]}) for name, wrong in MISMATCHED.items()]
    both = {"two related labels": list(with_both(study.target, trees))[1:]}
    against += [("single-task", QUESTIONS | {"rivals": RIVALS, "control": [CONTROL]} | both)]
    for name, scores, by in [
        ("verdicts", done["scores"], ["setting"]),
        ("both_verdicts", done["both_scores"], ["setting"]),
        ("mixed_verdicts", done["mixed_scores"], ["setting"]),
        ("curve_verdicts", done["curve"].assign(fold=0), ["setting", "size"]),  # a draw: a split
    ]:
        metrics = ("rmse",) if "size" in by else ("rmse", "mae")
        tests = [questions(scores, asked, model, metrics, by=by) for model, asked in against]
        done[name] = judged(tests)
    again = {"named methods": [*models(named.target, trees), "equal weights"]}  # one family
    done["named_verdicts"] = questions(
        done["named_scores"], again, "single-task", ("rmse", "mae"), by=["setting"]
    )
    sized = done["named_curve"].assign(fold=0), again, "single-task", ("rmse",)
    done["named_curve_verdicts"] = questions(*sized, by=["setting", "size"])
    controls = [(BLIND, {BLIND: list(SHUFFLED)})]
    controls += [(twin, {"z shuffled": [name]}) for name, twin in SHUFFLED.items()]
    controls += [("single-task", {"z shuffled, beside the baseline": list(SHUFFLED.values())})]
    done["control_verdicts"] = pd.concat(
        judged([questions(scores, asked, model, metrics, by) for model, asked in controls])
        for scores, metrics, by in [
            (done["curve"].assign(fold=0), ("rmse",), ["setting", "size"]),
            (done["scores"], ("rmse", "mae"), ["setting"]),  # all labels
        ]
    )
    done["learned"] = learned(development, trees)
    command = f"python experiments/band_gaps.py --repeats {repeats} --draws {draws} --trees {trees}"
    done["settings"] = settings(command, trees=trees, repeats=repeats, draws=draws)
    write("band_gaps", done)


if __name__ == "__main__":
    run_from_command_line(main)
