"""A made-up table of alloys: no formulas, one setting of a furnace, two cheap measurements."""

import numpy as np
import pandas as pd

DENSITY = {"Fe": 7.87, "Cr": 7.19, "Ni": 8.91}  # g/cm³, of the elements


def made_up_alloys(n: int = 80, n_measured: int = 50, *, seed: int = 0) -> pd.DataFrame:
    """Return a table whose strength was measured for some rows, drawn by a known rule.

    Parameters
    ----------
    n : int
        Alloys.
    n_measured : int
        Those with a strength, the first ones.
    seed : int

    Returns
    -------
    pandas.DataFrame, shape (n, 8)
        ``alloy``, a name; the features ``Fe``, ``Cr``, ``Ni`` (atomic percent) and ``anneal`` (°C);
        ``density`` (g/cm³) and ``hardness`` (HV); ``strength`` (MPa), NaN where not measured.

    Raises
    ------
    ValueError
        More measured alloys than alloys.

    Notes
    -----
    The strength follows a line in composition and annealing, and a grain that no feature tells; the
    standard deviation of either part is about 60 MPa. The hardness follows the strength, with
    noise of 8 HV; the density follows the composition alone. No number is that of a real alloy.

    Examples
    --------
    >>> from tlhelpers.book import made_up_alloys
    >>> int(made_up_alloys()["strength"].count())
    50
    """
    if not 0 <= n_measured <= n:
        raise ValueError(f"n_measured must be from 0 to n = {n}, got {n_measured}")
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"alloy": [f"A{number:02d}" for number in range(1, n + 1)]})
    table["Cr"], table["Ni"] = rng.uniform(10, 25, n).round(1), rng.uniform(5, 20, n).round(1)
    table.insert(1, "Fe", (100 - table["Cr"] - table["Ni"]).round(1))
    table["anneal"] = rng.uniform(800, 1200, n).round(-1)
    told = 8 * (table["Cr"] - 17.5) + 6 * (table["Ni"] - 12.5) - 0.35 * (table["anneal"] - 1000)
    strength = 400 + told + 60 * rng.normal(size=n)
    table["density"] = sum(DENSITY[e] * table[e] / 100 for e in DENSITY).round(2)
    table["hardness"] = (strength / 3 + 8 * rng.normal(size=n)).round(0)
    table["strength"] = strength.round(0).where(table.index < n_measured)
    return table
