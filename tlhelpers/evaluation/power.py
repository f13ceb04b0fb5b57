"""How large a true difference must be for a test to see it."""

import numpy as np
import pandas as pd
from scipy import stats


def power_ratio(n_scores: int | pd.Series, n_tests: int = 1) -> float | np.ndarray:
    """Return what a power of four in five adds to the half width of a 95% interval, as a share.

    Parameters
    ----------
    n_scores : int or pandas.Series
        Scores behind the corrected resampled t-test: folds times repeats.
    n_tests : int
        Tests that are counted together. A p-value is multiplied by their number, the most that
        Holm's rule does.

    Returns
    -------
    float or numpy.ndarray
        A true difference of 1 + this times the half width is seen in about four of five tables.
    """
    free = n_scores - 1
    called = stats.t.ppf(1 - 0.025 / n_tests, free)
    return (called + stats.t.ppf(0.8, free)) / stats.t.ppf(0.975, free) - 1
