"""The verdicts of the learning curves, had we counted otherwise."""

import pandas as pd
from scipy import stats

from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation import holm


def count_otherwise(tests: pd.DataFrame) -> pd.DataFrame:
    """Adjust the tests of the band gaps' learning curves in the two ways that we did not choose.

    Parameters
    ----------
    tests : pandas.DataFrame
        Rows of the result ``band_gaps_curve_verdicts``.

    Returns
    -------
    pandas.DataFrame
        The tests with ``p_one_family``, adjusted as if all were one family; ``longer``, how many
        times as long the interval is if the corrected test takes the labels for its number of
        training rows, not all rows that they are drawn from; and ``p_stricter``, adjusted in each
        question, with that ratio.
    """
    curve = load_results("band_gaps_curve")
    n_test, n_pool = curve.loc[0, ["n_test", "n_pool"]]
    draws = curve["repeat"].nunique()
    longer = ((1 / draws + n_test / tests["size"]) / (1 / draws + n_test / n_pool)) ** 0.5
    t = stats.t.isf(tests["p_value"] / 2, draws - 1) / longer
    p_value = pd.Series(2 * stats.t.sf(t, draws - 1), tests.index)
    return tests.assign(
        p_one_family=holm(tests["p_value"]),
        longer=longer,
        p_stricter=p_value.groupby(tests["question"]).transform(holm),
    )
