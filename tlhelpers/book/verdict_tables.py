"""Tables of tests, a column per case: what each model scores, and what the test says of it."""

import pandas as pd

from tlhelpers.book.prose import interval
from tlhelpers.evaluation import holm
from tlhelpers.evaluation.comparison import LEVEL
from tlhelpers.evaluation.power import power_ratio


def scores_by(tests: pd.DataFrame, by: str, baseline: str = "single-task") -> pd.DataFrame:
    """Put the mean scores of models beside each other, a column per case.

    Parameters
    ----------
    tests : pandas.DataFrame
        Tests against one baseline, with `by`, ``model``, ``score`` and ``baseline_score``.
    by : str
        The column that names the case, such as ``"size"``.
    baseline : str
        The name of the first row.

    Returns
    -------
    pandas.DataFrame of float, shape (1 + n_models, n_cases)
        NaN where a model has no test.
    """
    first = tests.groupby(by)["baseline_score"].first().to_frame(baseline).T
    return pd.concat([first, _beside(tests, tests["score"], by)]).rename_axis(columns=by)


def intervals_by(
    tests: pd.DataFrame, by: str, *, with_score: bool = False, baseline: str | None = None
) -> pd.DataFrame:
    """Put the intervals of differences from a baseline beside each other, with their verdicts.

    Parameters
    ----------
    tests : pandas.DataFrame
        Tests against one baseline, with `by`, ``model``, ``low``, ``high`` and ``verdict``.
    by : str
        The column that names the case, such as ``"size"``.
    with_score : bool
        Whether the ``score`` of the model stands before the interval.
    baseline : str, optional
        The name of the baseline; its scores then stand in the first row.

    Returns
    -------
    pandas.DataFrame of str, shape (n_models, n_cases), or one row more
        Such as ``"−0.37 to −0.11, better"``; where no difference is seen, the interval alone.
    """
    text = tests.apply(interval, axis=1)
    if with_score:
        text = tests["score"].map("{:.2f}".format) + " (" + text + ")"
    seen = tests["verdict"].where(tests["verdict"].isin(["better", "worse"]))
    table = _beside(tests, text + (", " + seen).fillna(""), by)
    if baseline is None:
        return table
    return pd.concat([scores_by(tests, by, baseline).iloc[:1].map("{:.2f}".format), table])


def tell_tests(tests: pd.DataFrame, beside: str = "baseline's") -> pd.DataFrame:
    """Tell tests in three columns, narrow enough for a phone: what is read first stands first.

    Parameters
    ----------
    tests : pandas.DataFrame
        With ``verdict``, ``low``, ``high``, ``score`` and ``baseline_score``.
    beside : str
        Whose score stands in brackets.

    Returns
    -------
    pandas.DataFrame of str
        With the index of `tests`: the verdict, the 95% interval of the difference, such as
        ``"−1.44 to −0.89"``, and the error, such as ``"3.03 (4.20)"``.
    """
    columns = {
        "verdict": tests["verdict"],
        "95% interval": tests.apply(interval, axis=1),
        f"error ({beside})": [
            f"{score:.2f} ({other:.2f})"
            for score, other in zip(tests["score"], tests["baseline_score"], strict=True)
        ],
    }
    return pd.DataFrame(columns, tests.index)


def percent_of_baseline(tests: pd.DataFrame) -> pd.DataFrame:
    """Turn differences and their intervals into percent of the baseline's error.

    Parameters
    ----------
    tests : pandas.DataFrame
        Columns ``baseline_score``, ``difference``, ``low`` and ``high``, in one unit.

    Returns
    -------
    pandas.DataFrame
        The same tests, the latter three in percent of the first.
    """
    ends = ["difference", "low", "high"]
    return tests.assign(**{end: 100 * tests[end] / tests["baseline_score"] for end in ends})


def gain_to_be_seen(
    tests: pd.DataFrame, n_scores: int | pd.Series, longer: float | pd.Series = 1.0
) -> pd.Series:
    """Return how large a true difference must be to be seen in four of five such tables.

    Parameters
    ----------
    tests : pandas.DataFrame
        With ``low`` and ``high``, the 95% interval of the corrected resampled t-test.
    n_scores : int or pandas.Series
        Scores behind each test: folds times repeats.
    longer : float or pandas.Series
        How many times as long the interval of the test in question is, where that of `tests`
        tells how much the mean difference scatters.

    Returns
    -------
    pandas.Series
        Before any adjustment for the number of tests: with one it must be larger.
    """
    return (tests["high"] - tests["low"]) / 2 * (longer + power_ratio(n_scores))


def count_once(tests: pd.DataFrame, family: str = "question") -> pd.DataFrame:
    """Judge anew with each distinct test counted once.

    A model that reads no related label has the same numbers cold and warm, and would count twice.

    Parameters
    ----------
    tests : pandas.DataFrame
        Tests against one baseline, with ``model``, ``difference``, ``p_value`` and `family`.
    family : str
        The column whose tests are counted together.

    Returns
    -------
    pandas.DataFrame
        The distinct tests, with ``p_once``, adjusted by Holm's rule among them, and ``changed``:
        whether that lies on the other side of 0.05 than ``p_adjusted``.
    """
    own = [name for name in ("size", "target") if name in tests]
    once = tests.drop_duplicates(["model", "difference", "p_value", family, *own]).copy()
    once["p_once"] = once.groupby(family)["p_value"].transform(holm)
    once["changed"] = (once["p_once"] < LEVEL) != (once["p_adjusted"] < LEVEL)
    return once


def _beside(tests: pd.DataFrame, values: pd.Series, by: str) -> pd.DataFrame:
    """Return values in a row per model, in the order of the tests, and a column per case."""
    table = tests.assign(value=values)
    table = table.pivot(index="model", columns=by, values="value")  # noqa: PD010 - a case is once
    return table.loc[tests["model"].unique()].rename_axis(index=None)
