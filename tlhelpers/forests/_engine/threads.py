"""Threads that share out work whose kernels release the lock.

`joblib.Parallel` polls for results, which costs more than the prediction of a few thousand rows;
joblib still says how many threads there are.
"""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from joblib.parallel import get_active_backend


def count_threads(n_jobs: int | None) -> int:
    """Return what joblib makes of `n_jobs` where it is asked for threads."""
    backend, default = get_active_backend(prefer="threads")
    return backend.effective_n_jobs(default if n_jobs is None else n_jobs)


def run_in_threads(function: Callable, parts: Sequence, n_jobs: int | None) -> list:
    """Call the function for each part; one thread or a single part needs no pool."""
    n_threads = count_threads(n_jobs) if len(parts) > 1 else 1
    if n_threads == 1:
        return [function(part) for part in parts]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(function, parts))


def share_out(n: int, n_jobs: int | None, a_thread: int = 4) -> list[slice]:
    """Cut n things into a few parts a thread; fewer things leave some parts empty."""
    n_parts = a_thread * count_threads(n_jobs)
    edges = [n * i // n_parts for i in range(n_parts + 1)]
    return [slice(*pair) for pair in itertools.pairwise(edges)]
