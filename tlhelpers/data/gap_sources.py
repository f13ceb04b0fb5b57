"""Tell measured band gaps apart by how they were measured."""

import pandas as pd

from tlhelpers.data.loaders import load_strehlow_cook

# Which label a measurement belongs to, by its method; None: to no label. Fixed before any model
# was scored with it; the values, and scores on the union, had been seen. Light and the slope of
# the conductivity find different energies.
GAP_LABELS: dict[str, str | None] = {
    "Absorption": "gap_optical",  # the photon energy above which light is absorbed
    "Reflection": "gap_optical",  # the photon energy at which the reflected spectrum changes
    "Electroreflection": "gap_optical",  # the same, made sharp by an electric field
    "Magnetoabsorption": "gap_optical",  # absorption lines, followed to a magnetic field of zero
    "Magnetoreflection": "gap_optical",  # the same in reflected light
    "Photoconduction": "gap_optical",  # the least photon energy that makes the crystal conduct
    # The source does not say: optical by choice. Four in five of those that name a method used
    # light. An optical transition or a polarization is named by 56% of the optical, 7% of the
    # thermal and 25% of these: many may be thermal.
    "none given": "gap_optical",
    # The slope of the conductivity over temperature: the band gap where a pure crystal is hot,
    # else what frees a carrier from a defect, lets it hop, or lets an ion move.
    "Thermal activation": "gap_thermal",
    "Estimated": None,  # a guess, such as from alike compounds: no measurement
}


def label_of_method(method: pd.Series) -> pd.Series:
    """Return the label that each measurement belongs to.

    Parameters
    ----------
    method : pandas.Series of str
        As in `load_strehlow_cook`; NaN where the source names none.

    Returns
    -------
    pandas.Series
        ``"gap_optical"``, ``"gap_thermal"`` or None, after `GAP_LABELS`.

    Raises
    ------
    ValueError
        A method that `GAP_LABELS` does not list.
    """
    named = method.fillna("none given")
    unknown = sorted(set(named) - set(GAP_LABELS))
    if unknown:
        raise ValueError(f"method {unknown[0]!r} has no label: GAP_LABELS must say which")
    return named.map(GAP_LABELS)


def gaps_by_source() -> pd.DataFrame:
    """Return the median gaps of each composition: all measurements, the optical, the thermal.

    Returns
    -------
    pandas.DataFrame, shape (491, 6)
        Index: the composition. ``gap_mixed``, ``gap_optical`` and ``gap_thermal`` in eV, NaN
        where there is none; ``n_optical``, ``n_thermal`` and ``n_left_out``, how many
        measurements there are of each kind.
    """
    measured = load_strehlow_cook().query("origin == 'experimental'")
    label = label_of_method(measured["method"])
    medians = {"gap_mixed": measured.groupby("composition")["band_gap"].median()}
    counts = {}
    for name in ("gap_optical", "gap_thermal"):
        gaps = measured[label == name].groupby("composition")["band_gap"]
        medians[name] = gaps.median()
        counts[name.replace("gap", "n")] = gaps.size()
    counts["n_left_out"] = measured[label.isna()].groupby("composition").size()
    sizes = pd.DataFrame(counts, index=medians["gap_mixed"].index).fillna(0).astype(int)
    return pd.DataFrame(medians).join(sizes)


def moved_gaps() -> pd.DataFrame:
    """Show which compositions change when measured gaps are kept apart by their source.

    Returns
    -------
    pandas.DataFrame, shape (229, 7)
        A row for each composition that has optical and thermal measurements, or whose
        ``gap_optical`` is not its ``gap_mixed``. Index: the composition. ``gap_mixed``,
        ``gap_optical`` and ``gap_thermal``, the medians in eV over all measurements, the optical
        and the thermal ones, NaN where there is none; ``change``, ``gap_optical`` less
        ``gap_mixed``; ``n_optical``, ``n_thermal`` and ``n_left_out``, how many measurements
        there are of each kind. The largest change comes first, what has no optical gap last.

    See Also
    --------
    tlhelpers.band_gap_study : The table of the study, with either kind of label.

    Examples
    --------
    >>> from tlhelpers.data import moved_gaps
    >>> moved_gaps().loc["ZrO2", ["gap_mixed", "gap_optical"]].tolist()
    [0.65, 4.99]
    """
    table = gaps_by_source()
    table.insert(3, "change", table["gap_optical"] - table["gap_mixed"])
    both = (table["n_optical"] > 0) & (table["n_thermal"] > 0)
    moved = table[both | (table["gap_optical"] != table["gap_mixed"])]
    return moved.sort_values("change", key=lambda change: -change.abs(), kind="stable")
