"""Load the tables of the package, and the results of the long experiments."""

import pandas as pd

from tlhelpers.data.files import read_table, result_names


def load_strehlow_cook() -> pd.DataFrame:
    """Load measured band gaps and colours, one row a measurement.

    Returns
    -------
    pandas.DataFrame, shape (1459, 13)
        ``formula`` as the source writes it; ``composition``, its reduced formula;
        ``band_gap`` and ``band_gap_uncertainty`` in eV; ``temperature`` in K; ``transition``
        (direct, indirect, excitonic, with the bands where given); ``polarization`` of the
        electric field; ``method``; ``origin`` of the gap (``"experimental"``, in six rows
        ``"computational"``); ``color``; ``crystallinity``; ``morphology``; ``phase``.
        A missing value is NaN.

    Notes
    -----
    Source: W. H. Strehlow and E. L. Cook, J. Phys. Chem. Ref. Data 2, 163 (1973),
    doi:10.1063/1.3253115, as distributed with the package gemd. One typing error is mended
    (``In1p1`` is InP); ``Mg1Cl1`` looks suspect and is kept.

    Examples
    --------
    >>> from tlhelpers import load_strehlow_cook
    >>> measurements = load_strehlow_cook()
    >>> int(measurements["band_gap"].count())
    1447
    """
    return read_table("strehlow_cook_1973.csv")


def load_pbe_gaps() -> pd.DataFrame:
    """Load computed band gaps (density functional theory, PBE), one row a composition.

    Returns
    -------
    pandas.DataFrame, shape (78164, 6)
        ``composition``, a reduced formula; ``n_elements``; ``n_entries``, how many computed
        structures share it; ``gap_min``, ``gap_median`` and ``gap_max`` over them, in eV.
        No value is missing; 0 eV means a metal.

    Notes
    -----
    Source: the Materials Project as of 2019-04-02 (106,113 entries) in the matbench selection,
    doi:10.1063/1.4812323 and doi:10.1038/s41524-020-00406-3, as distributed with the package
    crabnet. The file has no energies, so it does not say which polymorph is the stable one.
    """
    return read_table("mp_pbe_gaps.csv.gz")


def load_no_dissociation() -> pd.DataFrame:
    """Load reaction energies and barriers of NO, N2 and O2 dissociation, one row a surface.

    Returns
    -------
    pandas.DataFrame, shape (50, 10)
        ``surface`` (such as ``"Pt 111"``), its ``metal`` and ``facet`` (text, in fcc notation);
        ``dE_NO_diss``, ``dE_N2_diss``, ``dE_O2_diss``, reaction energies, and ``Ea_NO_diss``,
        ``Ea_N2_diss``, ``Ea_O2_diss``, activation energies, of the dissociations;
        ``dE_NO_des``, the desorption energy of NO. All in eV, NaN where not published.

    Notes
    -----
    Source: H. Falsig et al., Top. Catal. 57, 80 (2014), doi:10.1007/s11244-013-0164-5, computed
    with DACAPO and the RPBE functional, as collected in CatApp (J. S. Hummelshoj et al.,
    Angew. Chem. Int. Ed. 51, 272 (2012), doi:10.1002/anie.201107947).
    """
    table = read_table("no_dissociation.csv")
    table[["metal", "facet"]] = table["surface"].str.split(" ", expand=True)
    front = ["surface", "metal", "facet"]
    return table[front + [column for column in table if column not in front]]


def load_thermochemistry(per_atom: bool = False) -> pd.DataFrame:
    """Load standard entropies of inorganic solids and what goes with them, one row a substance.

    Parameters
    ----------
    per_atom : bool
        Whether the labels are given per mole of atoms instead, rounded to three decimals.

    Returns
    -------
    pandas.DataFrame, shape (487, 8)
        ``cas``; ``name``; ``formula``, reduced, each once; ``n_atoms`` of the formula unit; at
        298.15 K and per mole of formula units ``entropy`` and ``heat_capacity`` in J/(K mol),
        ``enthalpy_of_formation`` in kJ/mol and ``molar_volume`` in cm3/mol. A missing value is NaN.

    Notes
    -----
    Source: CRC Handbook of Chemistry and Physics (2014), as distributed with the package
    chemicals. Elements, compounds with hydrogen and organic solids are left out.

    Examples
    --------
    >>> from tlhelpers import load_thermochemistry
    >>> solids = load_thermochemistry().set_index("formula")
    >>> float(solids.loc["NaCl", "entropy"])
    72.1
    """
    solids = read_table("crc_solids.csv")
    if per_atom:
        labels = solids.columns.drop(["cas", "name", "formula", "n_atoms"])
        solids[labels] = solids[labels].div(solids["n_atoms"], axis=0).round(3)
    return solids


def load_results(name: str) -> pd.DataFrame:
    """Load a table that took too long to compute in a chapter.

    Parameters
    ----------
    name : str
        The name of a file in ``data/results``, without ``.csv``; ``data/README.md`` says for
        each of them what it holds and which command wrote it.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        There is no such file; the message names those there are.

    Examples
    --------
    >>> from tlhelpers import load_results
    >>> float(load_results("jackknife_truth")["training sets"].iloc[0])
    200.0
    """
    names = result_names()
    if name not in names:
        raise ValueError(f"there is no result {name!r}; there are: {', '.join(names)}")
    return read_table(f"results/{name}.csv")
