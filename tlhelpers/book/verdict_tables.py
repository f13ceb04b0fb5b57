"""Tables of tests, a column a case: what each model scores, and what the test says of it."""

import pandas as pd

from tlhelpers.book.prose import interval


def scores_by(tests: pd.DataFrame, by: str, baseline: str = "single-task") -> pd.DataFrame:
    """Put the mean scores of models beside each other, a column a case.

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


def intervals_by(tests: pd.DataFrame, by: str, *, with_score: bool = False) -> pd.DataFrame:
    """Put the intervals of differences from a baseline beside each other, with their verdicts.

    Parameters
    ----------
    tests : pandas.DataFrame
        Tests against one baseline, with `by`, ``model``, ``low``, ``high`` and ``verdict``.
    by : str
        The column that names the case, such as ``"size"``.
    with_score : bool
        Whether the ``score`` of the model stands before the interval.

    Returns
    -------
    pandas.DataFrame of str, shape (n_models, n_cases)
        Such as ``"-0.37 to -0.11, better"``; where no difference is seen, the interval alone.
    """
    text = tests.apply(interval, axis=1)
    if with_score:
        text = tests["score"].map("{:.2f}".format) + " (" + text + ")"
    seen = tests["verdict"].where(tests["verdict"].isin(["better", "worse"]))
    return _beside(tests, text + (", " + seen).fillna(""), by)


def _beside(tests: pd.DataFrame, values: pd.Series, by: str) -> pd.DataFrame:
    """Return values in a row a model, in the order of the tests, and a column a case."""
    table = tests.assign(value=values)
    table = table.pivot(index="model", columns=by, values="value")  # noqa: PD010 - a case is once
    return table.loc[tests["model"].unique()].rename_axis(index=None)
