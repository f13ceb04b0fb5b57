"""What the energies of a reaction's steps mean: directions, and the rate-determining step."""

import numpy as np
import pandas as pd


def turn_energies(Y: pd.DataFrame) -> pd.DataFrame:
    """Turn the reaction energies of N2 and O2 into the direction of the reaction.

    Parameters
    ----------
    Y : pandas.DataFrame
        Labels of `no_study`, with ``dE_N2_diss`` and ``dE_O2_diss``.

    Returns
    -------
    pandas.DataFrame
        The same with ``dE_N2_assoc`` and ``dE_O2_assoc`` in their place: the energies of the
        associations, those of the dissociations with the other sign. Barrier minus reaction energy
        is then the barrier of the way back.
    """
    names = {f"dE_{gas}_diss": f"dE_{gas}_assoc" for gas in ("N2", "O2")}
    return Y.assign(**{old: -Y[old] for old in names}).rename(columns=names)


def rate_determining_step(barriers: pd.DataFrame) -> pd.Series:
    """Return which step has the highest barrier.

    Parameters
    ----------
    barriers : pandas.DataFrame, shape (n_samples, n_steps)
        Activation energies in the direction of the reaction, one column a step.

    Returns
    -------
    pandas.Series of str, shape (n_samples,)
        The name of the column; None where a barrier is missing.
    """
    complete = barriers.notna().all(axis=1)
    return barriers[complete].idxmax(axis=1).astype(object).reindex(barriers.index, fill_value=None)


def barrier_margin(barriers: pd.DataFrame) -> pd.Series:
    """Return by how much the highest barrier exceeds the next: how thin a label is.

    Parameters
    ----------
    barriers : pandas.DataFrame, shape (n_samples, n_steps)
        At least two steps; as in `rate_determining_step`.

    Returns
    -------
    pandas.Series of float, shape (n_samples,)
        In the unit of the barriers; NaN where one is missing.

    Raises
    ------
    ValueError
        Fewer than two steps.
    """
    if barriers.shape[1] < 2:
        raise ValueError("a margin needs at least two steps")
    top = np.sort(barriers.to_numpy(dtype=float), axis=1)
    margin = pd.Series(top[:, -1] - top[:, -2], index=barriers.index)
    return margin.where(barriers.notna().all(axis=1))
