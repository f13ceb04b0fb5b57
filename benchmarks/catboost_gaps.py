"""Our stack beside CatBoost on measured band gaps: the same splits, CatBoost in its environment.

    python benchmarks/catboost_gaps.py FILE      (with CatBoost: reads splits, prints its errors)

CatBoost is asked three ways: from the composition; with the computed gap among the features, which
is missing (NaN) where it is not known; and, with its loss `MultiRMSEWithMissingValues`, for both
gaps at once, from a table with holes. Its settings are its defaults.
"""

import json
import sys
from pathlib import Path

import numpy as np

SIZES, DRAWS, DRAWS_OF_TWO = (100, 235), 10, 2  # the last: of two gaps at once, minutes each


def write_splits(path: Path) -> list:
    """Write the splits of the learning curve of chapter 08, and return our stack's errors."""
    from tlhelpers import StackedForest, band_gap_study
    from tlhelpers.evaluation import SETTINGS, hold_out_rows, training_order
    from tlhelpers.evaluation.splits import split_table

    study = band_gap_study()
    study = study.select(~hold_out_rows(study.Y, study.groups, target=study.target))
    Y = study.Y[["gap_optical", "gap_pbe"]]
    table, errors = {}, []
    labelled = Y["gap_optical"].notna().to_numpy()
    for draw in range(DRAWS):
        order, test = training_order(labelled, study.groups, 0.2, [draw, 0])
        for size in SIZES:
            for setting in SETTINGS:
                split = split_table(
                    study.X, Y, study.groups, ["gap_optical"], test, setting, order[:size]
                )
                stack = StackedForest("gap_optical", n_estimators=50, random_state=draw, n_jobs=2)
                answer = split.ask(stack.fit(split.X_train, split.Y_train))
                truth = Y["gap_optical"].to_numpy()[test]
                errors.append((size, setting, draw, rmse(truth, answer)))
                z = np.full(len(test), np.nan)
                if split.known is not None:
                    z = split.known["gap_pbe"].to_numpy()
                parts = {"X": split.X_train, "Y": split.Y_train, "Q": split.X_test}
                parts |= {"z": z, "truth": truth}
                for name, values in parts.items():
                    table[f"{size}|{setting}|{draw}|{name}"] = np.asarray(values, dtype=np.float32)
    np.savez(path, **table)
    return errors


def rmse(truth, answer) -> float:
    """Return the root mean squared error."""
    return float(np.sqrt(np.mean((np.asarray(truth) - np.asarray(answer)) ** 2)))


def errors_of_catboost(path: Path) -> dict:
    """Return {way to ask: [(size, setting, draw, error)]}."""
    from catboost import CatBoostRegressor

    table, found = np.load(path), {"alone": [], "z as a feature": [], "two gaps with holes": []}
    options = {"verbose": False, "thread_count": 2, "random_seed": 0, "allow_writing_files": False}
    for case in sorted({name.rpartition("|")[0] for name in table.files}):
        size, setting, draw = case.split("|")
        X, Y, Q, z, truth = (table[f"{case}|{name}"] for name in ("X", "Y", "Q", "z", "truth"))
        rows = ~np.isnan(Y[:, 0])
        ways = {"z as a feature": (np.column_stack([X, Y[:, 1]]), np.column_stack([Q, z]))}
        if setting == "cold":
            ways["alone"] = X, Q
        for way, (features, queries) in ways.items():
            model = CatBoostRegressor(**options).fit(features[rows], Y[rows, 0])
            error = rmse(truth, model.predict(queries))
            found[way].append((int(size), setting, int(draw), error))
        if int(draw) < DRAWS_OF_TWO:
            both = CatBoostRegressor(loss_function="MultiRMSEWithMissingValues", **options)
            answer = both.fit(X, Y).predict(Q)[:, 0]
            found["two gaps with holes"].append(
                (int(size), setting, int(draw), rmse(truth, answer))
            )
    return found


if __name__ == "__main__":
    print(json.dumps(errors_of_catboost(Path(sys.argv[1]))))
