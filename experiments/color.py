"""The full experiment of chapter 09, colour with band gaps: all models, settings and groupings.

    python experiments/color.py [--repeats N] [--trees N]

Writes data/results/color_*.csv. Parts are kept in .results/ and computed anew where code or data
have changed.
"""

import numpy as np
import pandas as pd
from parts import (
    fold_scores,
    intervals,
    part,
    questions,
    run_from_command_line,
    settings,
    verdicts,
    write,
)
from sklearn.dummy import DummyClassifier
from tqdm import tqdm

from tlhelpers import (
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
    color_study,
    learning_curve,
)
from tlhelpers.data import COARSE_COLOR_CLASSES, COLOR_CLASSES, Study
from tlhelpers.evaluation import (
    SETTINGS,
    RelatedAsFeatures,
    cross_validate_predictions,
    hold_out_rows,
    predict_held_out,
    score_predictions,
    usual_models,
)

CLASSES = {"five": COLOR_CLASSES, "three": COARSE_COLOR_CLASSES}
METRICS = ("f1_macro", "f1_weighted", "accuracy")
WEIGHTS = (1, 7, 50, 1000)  # of the colour: 7 makes up for the numbers of labels
SIZES = [12, 24, 36, 48]
TRIVIAL = {"most common class": DummyClassifier(strategy="most_frequent")}
PAPER = ["multi-task", "latent variable"]
RIVALS = [
    *("equal weights", "extra trees", "gradient boosting", "gradient boosting, z seen"),
    *("gap alone", "most common class"),
]


def models(trees: int) -> dict:
    """Return the models that classify the colour."""
    options = {"n_estimators": trees}
    usual = usual_models(trees, classes=True)
    extra, boosted = usual["extra trees"], usual["gradient boosting"]
    return {
        "single-task": SingleTaskForest("color", **options),
        "multi-task": MultiTaskForest("color", **options),
        "latent variable": LatentVariableForest("color", "gap_exp", **options),
        "stack": StackedForest("color", "gap_exp", **options),
        "equal weights": StackedForest("color", "gap_exp", pull=np.inf, **options),
        "extra trees": RelatedAsFeatures(extra, "color", []),
        "gradient boosting": RelatedAsFeatures(boosted, "color", []),
        "gradient boosting, z seen": RelatedAsFeatures(boosted, "color", "gap_exp"),
    }


def with_both_gaps(trees: int) -> dict:
    """Return the models that can use the computed gap beside the measured one."""
    options, gaps = {"n_estimators": trees}, ["gap_exp", "gap_pbe"]
    return {
        "single-task": SingleTaskForest("color", **options),
        "multi-task, both": MultiTaskForest("color", **options),
        "latent variable, both": LatentVariableForest("color", gaps, **options),
        "stack, both": StackedForest("color", gaps, **options),
    }


def weighted(trees: int) -> dict:
    """Return multi-task forests in which the colour weighs more and more."""
    return {
        str(w): MultiTaskForest("color", n_estimators=trees, task_weights={"color": w})
        for w in WEIGHTS
    }


def development(grouping: str) -> Study:
    """Return the compositions outside the hold-out set, which is one for all groupings."""
    fine = color_study()
    held_out = set(fine.X.index[hold_out_rows(fine.Y, fine.groups, target="color")])
    study = color_study(CLASSES[grouping])
    return study.select(~study.X.index.isin(held_out))


def predict(grouping: str, setting: str, trees: int, repeats: int) -> pd.DataFrame:
    """Predict the development colours, every model and the most common class."""
    study = development(grouping)
    return cross_validate_predictions(
        models(trees) | TRIVIAL, study.X, study.Y, study.groups,
        setting=setting, n_repeats=repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def predict_with_both(setting: str, trees: int, repeats: int) -> pd.DataFrame:
    """Predict the development colours from two related labels."""
    study, kept = color_study(computed=True), development("five")
    study = study.select(study.X.index.isin(kept.X.index))
    return cross_validate_predictions(
        with_both_gaps(trees), study.X, study.Y, study.groups,
        setting=setting, n_repeats=repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def predict_from_gap(grouping: str, trees: int, repeats: int) -> pd.DataFrame:
    """Predict the development colours from the measured gap alone, without the composition."""
    study = development(grouping)
    gap = study.Y[["gap_exp"]].fillna(-1.0)  # two compositions have a colour and no gap
    return cross_validate_predictions(
        {"gap alone": SingleTaskForest("color", n_estimators=trees)}, gap, study.Y[["color"]],
        study.groups, n_repeats=repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def predict_weighted(setting: str, trees: int, repeats: int) -> pd.DataFrame:
    """Predict the development colours with several weights of the colour."""
    study = development("five")
    return cross_validate_predictions(
        weighted(trees), study.X, study.Y, study.groups,
        setting=setting, n_repeats=repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def curve(setting: str, trees: int, repeats: int) -> pd.DataFrame:
    """Score the models with fewer colours, over three times as many draws."""
    study = development("five")
    forests = {name: models(trees)[name] for name in ["single-task", *PAPER, "stack"]}
    return learning_curve(
        forests, study.X, study.Y, study.groups,
        sizes=SIZES, setting=setting, n_repeats=3 * repeats, n_jobs=2, progress=False,
    )  # fmt: skip


def held_out(trees: int) -> pd.DataFrame:
    """Predict the hold-out set once, with models trained on all other compositions."""
    found = []
    for grouping, classes in CLASSES.items():
        study, kept = color_study(classes), development(grouping)
        test = ~study.X.index.isin(kept.X.index)
        for setting in SETTINGS:
            predictions = predict_held_out(
                models(trees) | TRIVIAL, study.X, study.Y, study.groups,
                test=test, setting=setting,
            )  # fmt: skip
            n_test = predictions["row"].nunique()
            case = {"grouping": grouping, "setting": setting, "n_test": n_test}
            found += intervals(predictions, METRICS, "single-task", **case)
    return pd.concat(found)


def main(trees: int = 100, repeats: int = 10) -> None:
    """Compute every part that is missing, and write the tables."""
    size = trees, repeats
    tables: dict[str, list] = {}
    folds: dict[str, list] = {}

    def kept(compute, *case: str) -> pd.DataFrame:
        name = "_".join(["color", compute.__name__, *case, *map(str, size)])
        return part(name, lambda: compute(*case, *size))

    for grouping, setting in tqdm([(g, s) for g in CLASSES for s in SETTINGS], desc="models"):
        found = kept(predict, grouping, setting)
        if setting == "warm":
            found = pd.concat([found, kept(predict_from_gap, grouping)], ignore_index=True)
        case = {"grouping": grouping, "setting": setting}
        confused = found.groupby(["model", "truth", "prediction"]).size() / repeats
        forests = found[found["model"] != "most common class"]
        for name, rows in {
            "scores": score_predictions(found, ["model", "repeat"]),
            "intervals": pd.concat(intervals(found, METRICS, "most common class")),
            "differences": pd.concat(intervals(forests, METRICS, "single-task")),
            "confusion": confused.rename("count").reset_index(),
        }.items():
            tables.setdefault(name, []).append(rows.assign(**case))
        folds.setdefault(grouping, []).append(fold_scores(found).assign(setting=setting))
    for setting in tqdm(SETTINGS, desc="weights and curves"):
        found = kept(predict_weighted, setting)
        rows = score_predictions(found, ["model", "repeat"])
        tables.setdefault("weights", []).append(rows.assign(setting=setting))
        tables.setdefault("weight_intervals", []).extend(
            intervals(found, METRICS, "1", setting=setting)
        )
        folds.setdefault("weights", []).append(fold_scores(found).assign(setting=setting))
        tables.setdefault("curve", []).append(kept(curve, setting).assign(setting=setting))
        found = kept(predict_with_both, setting)
        rows = score_predictions(found, ["model", "repeat"])
        tables.setdefault("both_scores", []).append(rows.assign(setting=setting))
        folds.setdefault("both", []).append(fold_scores(found).assign(setting=setting))
    by_fold = {name: pd.concat(scores) for name, scores in folds.items()}
    asked = {"the paper's models": PAPER, "beyond the paper": ["stack"], "rivals": RIVALS}
    both = {"two related labels": list(with_both_gaps(trees))[1:]}
    for name, question in [("five", asked), ("three", asked), ("both", both)]:
        tables.setdefault("verdicts", []).append(
            questions(
                by_fold[name], question, "single-task", ("accuracy",), by=["setting"],
                grouping="five" if name == "both" else name,
            )
        )  # fmt: skip
    tables["weight_verdicts"] = [verdicts(by_fold["weights"], "1", ("accuracy",), by=["setting"])]
    command = f"python experiments/color.py --repeats {repeats} --trees {trees}"
    tables["held_out"] = [held_out(trees)]
    draws = {"repeats of the learning curve": 3 * repeats}
    tables["settings"] = [settings(command, trees=trees, repeats=repeats, **draws)]
    write("color", {name: pd.concat(parts) for name, parts in tables.items()})


if __name__ == "__main__":
    run_from_command_line(main)
