"""A small table to start from: real rows, with holes, in the form that is read best."""

import pandas as pd

from tlhelpers.data import GAP_LABELS, load_pbe_gaps, load_strehlow_cook

_MEASURED = ("GaAs", "InP", "GaP", "KCl", "ZnO", "ZnS", "CdS", "MgO", "LiF", "NaCl")
_LEFT_EMPTY = ("CdTe", "AlN", "SnO2", "TiO2")


def template_table() -> pd.DataFrame:
    """Return fourteen materials with a measured and a computed band gap, some not measured.

    Returns
    -------
    pandas.DataFrame
        ``formula``; ``gap_measured``, the median of the optical measurements, empty for
        the last rows, which a model predicts; ``gap_computed``, the median over the computed
        structures (PBE). Gaps in eV. Sources: `load_strehlow_cook`, `load_pbe_gaps`.
    """
    measured = load_strehlow_cook().query("origin == 'experimental'")
    optical = measured["method"].fillna("none given").map(GAP_LABELS) == "gap_optical"
    gaps = measured[optical].groupby("composition")["band_gap"].median()
    computed = load_pbe_gaps().set_index("composition")["gap_median"]
    order = [*_MEASURED, *_LEFT_EMPTY]
    table = pd.DataFrame({"formula": order})
    table["gap_measured"] = gaps.reindex(_MEASURED).reindex(order).to_numpy().round(4)
    table["gap_computed"] = computed.reindex(order).to_numpy()
    return table
