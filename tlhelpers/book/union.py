"""What a union of two sources in one column costs a model that is not told the source."""

import pandas as pd


def floors_of_union(
    measured: pd.DataFrame, computed: pd.Series, scatter: float
) -> dict[str, float]:
    """Return the error of the best answers to a union of measured and computed labels.

    A composition has n measurements, which scatter around their true mean, and one computed label,
    which does not scatter and lies at a distance b from that mean. The best single answer to all
    n + 1 labels lies at b / (n + 1) from the mean, and at b n / (n + 1) from the computed label.

    Parameters
    ----------
    measured : pandas.DataFrame
        Columns ``composition`` and ``gap``, a row per measurement.
    computed : pandas.Series
        The computed label, indexed by composition; each composition of `measured` has one.
    scatter : float
        Standard deviation of the measurements around their true mean, in the unit of the labels.

    Returns
    -------
    dict of str to float
        Root mean square errors, of the ``measurements`` and of ``all labels``.

    Raises
    ------
    ValueError
        A composition of `measured` without a computed label.
    """
    without = measured.loc[~measured["composition"].isin(computed.dropna().index), "composition"]
    if not without.empty:
        raise ValueError(f"computed has no label of {without.iloc[0]!r}: leave its rows out")
    by_composition = measured.groupby("composition")["gap"]
    n, mean = by_composition.size(), by_composition.mean()
    square = (mean - computed.loc[n.index]) ** 2 - scatter**2 / n  # the mean of n scatters itself
    of_measured = n * (scatter**2 + square / (n + 1) ** 2)
    of_computed = square * (n / (n + 1)) ** 2
    return {
        "measurements": float((of_measured.sum() / n.sum()) ** 0.5),
        "all labels": float(((of_measured + of_computed).sum() / (n + 1).sum()) ** 0.5),
    }
