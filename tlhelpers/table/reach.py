"""Rows that lie outside what a model was trained on: a forest does not extrapolate."""

import pandas as pd

from tlhelpers.table.errors import list_names

OUTSIDE = "outside"


def share_outside(seen: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Return the share of features that lie outside the range of the training rows.

    Parameters
    ----------
    seen : pandas.DataFrame, shape (n_seen, n_features)
        The rows that have a label of the target.
    asked : pandas.DataFrame, shape (n_asked, n_features)
        The rows to predict; columns as `seen`.

    Returns
    -------
    pandas.Series, shape (n_asked,)
        Of each row the number of features below the least or above the largest value of `seen`,
        over the number of all features.
    """
    outside = asked.lt(seen.min()) | asked.gt(seen.max())
    return outside.mean(axis=1).rename(OUTSIDE)


def describe_outside(share: pd.Series, target: str) -> str:
    """Return a sentence that names the rows with a feature outside, or nothing.

    Parameters
    ----------
    share : pandas.Series
        From `share_outside`.
    target : str
    """
    far = share[share > 0].sort_values(ascending=False, kind="stable")
    if far.empty:
        return ""
    return (
        f"{len(far)} of {len(share)} rows have features below or above those of all rows with a "
        f"label of {target!r}, and a forest does not extrapolate: {list_names(far.index)} "
        f"(column {OUTSIDE!r}: the share of such features)"
    )
