"""Whether intervals hold the share of new measurements that they state.

    python experiments/interval_coverage.py [--tables N]

Artificial tables like those of `stack_worlds`, with 600 rows, of which 20, 100 or 400 carry the
target; coverage is counted on 5,000 fresh rows with noise. In the world "noise grows" the noise of
the target rises with the first feature. How residuals are scaled was chosen on other tables, whose
target is Friedman's function. Of two usual models that read z the intervals come from ten folds
(`tlhelpers.table.inner_folds`).

The case studies are cross-validated, in five folds by groups. The three barriers of NO reduction
are counted together.

Writes a row a world or study, setting, number of labels and model to
data/results/interval_coverage.csv: `coverage`, how often 90% intervals (for a class, sets) hold the
label, with `low` and `high`, over tables the mean and two standard errors, in a study the 95%
interval of a bootstrap of groups; `n`, how many tables or test labels; and `width`, the mean width
of an interval in standard deviations of the label, or the number of classes in a set.
"""

import itertools
import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from parts import RESULTS, part, run_from_command_line
from sklearn.base import clone
from sklearn.model_selection import GroupKFold
from stack_worlds import NOISE, WORLDS, waves
from tqdm import tqdm

from tlhelpers import (
    DifferenceForest,
    SingleTaskForest,
    StackedForest,
    band_gap_study,
    color_study,
    no_study,
)
from tlhelpers.book.bootstrap import bootstrap_counts
from tlhelpers.book.lab import LEARNED_SLOPE
from tlhelpers.data import Study
from tlhelpers.evaluation import SETTINGS, Split, prepare_model, split_table, usual_rivals
from tlhelpers.forests import shared_stages
from tlhelpers.table.inner_folds import with_unseen

N_ROWS, N_FRESH, SIZES, TREES, COVERAGE = 600, 5000, (20, 100, 400), 100, 0.9
UNEVEN = "noise grows"
USUAL = "usual mixture, with columns", "Gaussian process, with columns"
DRAWN = ("unrelated", "systematic error", UNEVEN)


def draw(world: str, rng: np.random.Generator, n: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Return features, and labels with noise."""
    x = rng.uniform(size=(n, 12))
    true = waves(x)
    z = WORLDS["smooth function" if world == UNEVEN else world](x, true, rng)
    noise = NOISE * rng.normal(size=(n, 2))
    if world == UNEVEN:
        noise[:, 0] *= 3 * x[:, 0]
    return x, pd.DataFrame(np.column_stack([true, z]), columns=["y", "z"]) + noise


def of_world(world: str, seed: int) -> list[dict]:
    """Return the coverage on one table and fresh rows of its world."""
    rng = np.random.default_rng([seed, DRAWN.index(world), 13])
    (x, Y), (new, labels) = draw(world, rng, N_ROWS), draw(world, rng, N_FRESH)
    options, rows = {"n_estimators": TREES, "random_state": seed}, []
    models = {
        "single-task": SingleTaskForest("y", **options),
        "learned slope": DifferenceForest("y", "z", **LEARNED_SLOPE, **options),
        "stack": StackedForest("y", **options),
    }
    rivals = usual_rivals(TREES)
    models |= {name: prepare_model(rivals[name], ["y"], seed) for name in USUAL}
    with shared_stages():
        for n_labels, (name, fresh) in itertools.product(SIZES, models.items()):
            shown = Y.assign(y=Y["y"].where(Y.index < n_labels))
            split = Split(pd.DataFrame(x), shown, pd.DataFrame(new), None, np.arange(N_ROWS))
            model = with_unseen(clone(fresh).fit(pd.DataFrame(x), shown), fresh, split, "y")
            for setting in SETTINGS if model.uses_known else SETTINGS[:1]:
                known = labels[["z"]] if setting == "warm" else None
                low, high = model.predict_interval(new, known, COVERAGE).T
                held = (low <= labels["y"]) & (labels["y"] <= high)
                row = {"setting": setting, "n_labels": n_labels, "model": name}
                width = np.mean(high - low) / labels["y"].std()
                rows.append(row | {"coverage": held.mean(), "width": width})
    return rows


def compute_world(world: str, tables: int) -> pd.DataFrame:
    """Return the mean coverage over many tables of one world."""
    done = Parallel(n_jobs=2)(delayed(of_world)(world, seed) for seed in range(tables))
    table = pd.DataFrame([row for rows in done for row in rows])
    found = table.groupby(["setting", "n_labels", "model"], sort=False).agg(
        n=("coverage", "size"), coverage=("coverage", "mean"), error=("coverage", "sem"),
        width=("width", "mean"),
    )  # fmt: skip
    found["low"] = found["coverage"] - 2 * found["error"]
    found["high"] = found["coverage"] + 2 * found["error"]
    return found.drop(columns="error").reset_index()


def studies() -> Iterator[tuple]:
    """Yield the name of each study, the study and its models."""
    options = {"n_estimators": TREES, "random_state": 0}
    gaps, color, no = band_gap_study(), color_study(), no_study()
    slope = {**LEARNED_SLOPE, "shrink_to": 1.0}
    yield "band gaps", gaps, {
        "single-task": SingleTaskForest(gaps.target, **options),
        "learned slope": DifferenceForest(gaps.target, "gap_pbe", **slope, **options),
        "stack": StackedForest(gaps.target, "gap_pbe", **options),
    }  # fmt: skip
    yield "color", color, {
        "single-task": SingleTaskForest("color", **options),
        "stack": StackedForest("color", "gap_exp", **options),
    }  # fmt: skip
    related = [task for task in no.Y if task not in no.target]
    yield "NO reduction", no, {
        "single-task": SingleTaskForest(no.target, **options),
        "learned slope": DifferenceForest(no.target, related, **LEARNED_SLOPE, **options),
        "stack": StackedForest(no.target, related, **options),
    }  # fmt: skip


def of_fold(study: Study, models: dict, setting: str, test: np.ndarray) -> list:
    """Return whether the interval of each test row holds its label, and how wide it is."""
    targets = [study.target] if isinstance(study.target, str) else study.target
    split = split_table(study.X, study.Y, study.groups, targets, test, setting)
    rows = []
    with shared_stages(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, model in models.items():
            if setting == "warm" and not model.uses_known:
                continue
            model = clone(model).fit(split.X_train, split.Y_train)
            answer = split.ask(model, "predict_interval", coverage=COVERAGE)
            for target in targets:
                found = answer if len(targets) == 1 else answer[target]
                truth = study.Y[target].iloc[test]
                seen = truth.notna().to_numpy()
                truth, found = truth[seen].to_numpy(), found[seen]
                if found.dtype == bool:
                    held = (found & (truth[:, None] == model.classes_)).any(axis=1)
                    width = found.sum(axis=1)
                else:
                    held = (found[:, 0] <= truth) & (truth <= found[:, 1])
                    width = np.diff(found)[:, 0] / study.Y[target].std()
                table = {"row": test[seen], "held": held, "width": width}
                rows.append(pd.DataFrame(table).assign(setting=setting, model=name))
    return rows


def compute_study(study: Study, models: dict) -> pd.DataFrame:
    """Return the coverage of each model and setting, by grouped cross-validation."""
    targets = [study.target] if isinstance(study.target, str) else study.target
    labelled = np.flatnonzero(study.Y[targets].notna().any(axis=1))
    folds = GroupKFold(5, shuffle=True, random_state=0)
    tests = [labelled[test] for _, test in folds.split(labelled, groups=study.groups[labelled])]
    jobs = [(setting, test) for setting in SETTINGS for test in tests]
    done = Parallel(n_jobs=2)(delayed(of_fold)(study, models, *job) for job in jobs)
    found = pd.concat([table for tables in done for table in tables])
    rows = []
    for (setting, name), table in found.groupby(["setting", "model"], sort=False):
        counts = bootstrap_counts(study.groups[table["row"]], 2000)
        shares = counts @ table["held"].to_numpy(dtype=float) / counts.sum(axis=1)
        low, high = np.quantile(shares, [0.025, 0.975])
        row = {"setting": setting, "n_labels": len(table), "model": name, "n": len(table)}
        row |= {"coverage": table["held"].mean(), "low": low, "high": high}
        rows.append(row | {"width": table["width"].mean()})
    return pd.DataFrame(rows)


def main(tables: int = 40) -> None:
    """Compute what is missing, and write the table."""
    found = {
        world: part(f"interval_coverage_{world}_{tables}", lambda w=world: compute_world(w, tables))
        for world in tqdm(DRAWN, desc="worlds")
    }
    for name, *given in tqdm(studies(), desc="studies", total=3):
        found[name] = part(f"interval_coverage_{name}", lambda g=given: compute_study(*g))
    table = pd.concat(found, names=["case"]).reset_index("case")
    columns = ["case", "setting", "n_labels", "model", "n", "coverage", "low", "high", "width"]
    table[columns].round(4).to_csv(RESULTS / "interval_coverage.csv", index=False)
    print(f"interval_coverage.csv: {len(table)} rows")


if __name__ == "__main__":
    run_from_command_line(main)
