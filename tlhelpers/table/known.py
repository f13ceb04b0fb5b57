"""Which related labels the rows to predict know, beside the labelled rows that are scored."""

from collections.abc import Hashable

import pandas as pd

from tlhelpers.table.relations import FEW

APART = 0.3  # a difference of shares from which a score is of other rows than it is used for


def known_shares(Y: pd.DataFrame, target: Hashable) -> pd.DataFrame:
    """Return how many labelled rows, and how many rows to predict, know each related label.

    Parameters
    ----------
    Y : pandas.DataFrame
        Labels with holes.
    target : task name

    Returns
    -------
    pandas.DataFrame
        A row a related label: ``labelled``, its share of the rows with a label of the target;
        ``to_predict``, its share of the rows without one that know any related label, as those
        that know none are asked cold; ``apart``, whether these differ by `APART` or more. No row
        where fewer than ten rows to predict know a related label.

    Examples
    --------
    >>> Y = pd.DataFrame({"y": [1.0] * 10 + [None] * 10, "z": 1.0, "w": [2.0] * 11 + [None] * 9})
    >>> known_shares(Y, "y").query("apart").index.tolist()
    ['w']
    """
    related = Y.columns.drop(target)
    labelled = Y[target].notna()
    told = ~labelled & Y[related].notna().any(axis=1)
    wanted = related if told.sum() >= FEW else related[:0]
    shares = pd.DataFrame(
        {
            "labelled": Y.loc[labelled, wanted].notna().mean(),
            "to_predict": Y.loc[told, wanted].notna().mean(),
        }
    )
    return shares.assign(apart=(shares["labelled"] - shares["to_predict"]).abs() >= APART)


def say_apart(Y: pd.DataFrame, target: Hashable) -> str:
    """Say of which rows a warm score is, where the rows to predict know other labels; or nothing.

    Parameters
    ----------
    Y : pandas.DataFrame
        Labels with holes.
    target : task name
    """
    shares = known_shares(Y, target).query("apart")
    if shares.empty:
        return ""
    each = "; ".join(
        f"{name!r} is known for {row.labelled:.0%} of the labelled rows and for "
        f"{row.to_predict:.0%} of the rows to predict"
        for name, row in zip(shares.index, shares.itertuples(index=False), strict=True)
    )
    return (
        f"This score holds for rows that know their related labels as the labelled ones do: {each}."
    )
