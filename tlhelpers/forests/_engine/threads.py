"""Threads that share out work whose kernels release the lock.

`joblib.Parallel` polls for results, which costs more than the prediction of a few thousand rows;
joblib still says how many threads there are.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from joblib.parallel import get_active_backend


def count_threads(n_jobs: int | None) -> int:
    """Return what joblib makes of `n_jobs` where it is asked for threads."""
    backend, default = get_active_backend(prefer="threads")
    return backend.effective_n_jobs(default if n_jobs is None else n_jobs)


def run_in_threads(function: Callable, parts: Sequence, n_jobs: int | None) -> list:
    """Call the function for each part; a single part needs no pool.

    The main thread leaves many parts to others, if only to one: an interrupt then ends its waiting.
    Inside a kernel, where numba runs Python to return arrays, it could end the process.
    """
    n_threads = count_threads(n_jobs) if len(parts) > 1 else 1
    is_main = threading.current_thread() is threading.main_thread()
    if len(parts) <= 1 or (n_threads == 1 and not is_main):
        return [function(part) for part in parts]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(function, parts))


def share_out(n: int, n_jobs: int | None, a_thread: int = 4) -> list[slice]:
    """Cut n things into a few parts a thread; fewer things leave some parts empty."""
    n_parts = a_thread * count_threads(n_jobs)
    edges = [n * i // n_parts for i in range(n_parts + 1)]
    return [slice(*pair) for pair in itertools.pairwise(edges)]
