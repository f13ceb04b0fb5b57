"""Recompute data/results: every experiment that is too long for a chapter (about half an hour).

    python benchmarks/results.py

Each experiment keeps its parts in .results/, so that a run that was stopped goes on where it
stopped. Remove that folder to compute all of it anew.
"""

import importlib
import time

EXPERIMENTS = ["results_band_gaps", "results_color", "results_no", "lab_map", "jackknife_truth"]

if __name__ == "__main__":
    for name in EXPERIMENTS:
        start = time.time()
        print(f"{name} ...", flush=True)
        importlib.import_module(name).main()
        print(f"{name}: {(time.time() - start) / 60:.1f} min", flush=True)
