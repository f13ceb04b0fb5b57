"""Recompute data/results: every experiment that is too long for a chapter (up to an hour).

    python experiments/run.py

Each experiment keeps its parts in .results/, so that a run that was stopped goes on where it
stopped. A part is computed anew when the code or the data that it comes from have changed.
"""

import importlib
import time

import joblib

EXPERIMENTS = [
    "band_gaps",
    "color",
    "no_reduction",
    "lab_map",
    "jackknife_truth",
    "false_positives",
    "stack_worlds",
    "stack_honesty",
    "picking",
    "own_table",
    "interval_coverage",
    "entropies",
    "entropies_one_model",
    "entropies_rivals",
    "entropies_back_test",
    "handbook",
    "entropies_controls",
    "own_size",
    "hidden_labels",
    "borrowed_tables",
    "ten_picks",
    "band_gaps_call",
    "plain_columns",
    "stronger_models",
    "entropies_all_columns",
    "band_gaps_same_model",
]

if __name__ == "__main__":
    for name in EXPERIMENTS:
        start = time.time()
        print(f"{name} ...", flush=True)
        with joblib.parallel_config(backend="loky"):  # threads wait for each other's Python
            importlib.import_module(name).main()
        print(f"{name}: {(time.time() - start) / 60:.1f} min", flush=True)
