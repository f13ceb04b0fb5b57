"""What a reader sees of a column that has a code name."""

_SUBSCRIPTS = str.maketrans("23", "₂₃")
_STEPS = {"diss": "dissociation", "assoc": "association", "des": "desorption"}


def molecule_of(task: object) -> str:
    """Return the molecule of a barrier or a reaction energy, as a reader sees it.

    Parameters
    ----------
    task : str
        Such as ``"Ea_N2_diss"``.

    Returns
    -------
    str
        Such as ``"N₂"``; another name as it is.
    """
    parts = _parts(task)
    return parts[1] if parts else str(task)


def in_words(name: object) -> str:
    """Return the name of a task in words; the unit is on the axis.

    Parameters
    ----------
    name : str
        Such as ``"gap_pbe"`` or ``"Ea_N2_diss"``. What stands behind a comma stays.

    Returns
    -------
    str
        Such as ``"computed gap"`` or ``"N₂, dissociation"``; another name as it is.
    """
    first, comma, rest = str(name).partition(",")
    parts = _parts(first)
    words = f"{parts[1]}, {_STEPS[parts[2]]}" if parts else _GAPS.get(first, first)
    return words + comma + rest


def barrier_in_words(name: object) -> str:
    """Return the name of a barrier in words where other things may stand beside it."""
    parts = _parts(name)
    return f"barrier, {parts[1]} {_STEPS[parts[2]]}" if parts else in_words(name)


def _parts(name: object) -> list[str]:
    """Return the kind, the molecule and the step of an energy's name; nothing of another name."""
    parts = str(name).split("_")
    if len(parts) != 3 or parts[0] not in ("Ea", "dE") or parts[2] not in _STEPS:
        return []
    return [parts[0], parts[1].translate(_SUBSCRIPTS), parts[2]]


_GAPS = {
    "gap_exp": "measured gap",
    "gap_optical": "optical gap",
    "gap_thermal": "thermal gap",
    "gap_pbe": "computed gap",
}
