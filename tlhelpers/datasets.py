"""Load the data files and build the table of each case study."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tlhelpers._tables import read_table
from tlhelpers.composition import CompositionFeaturizer


@dataclass(frozen=True)
class Study:
    """The table of one case study, ready for a model.

    Attributes
    ----------
    X : pandas.DataFrame, shape (n_samples, n_features)
        Features; the index names the rows (compositions or surfaces).
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels, one column a task, NaN where a label is missing. Same index as `X`.
    groups : numpy.ndarray, shape (n_samples,)
        Rows that must stay on the same side of a split share a group.
    target : str
        The column of `Y` that the study is about.
    description : str
        What the rows and the labels are, with units and choices made.
    """

    X: pd.DataFrame
    Y: pd.DataFrame
    groups: np.ndarray
    target: str
    description: str


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
    crabnet. The source gives no energies, so polymorphs of one composition cannot be told apart.
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


def band_gap_study() -> Study:
    """Join measured and computed band gaps by composition.

    Returns
    -------
    Study
        A row for each composition that has a measured gap, and for each composition of one or
        two elements that has a computed one. ``Y["gap_exp"]`` is the median over the
        experimental measurements (491 compositions), ``Y["gap_pbe"]`` the median over the
        computed structures; both in eV, NaN where there is none. Each composition is a group.

    Notes
    -----
    The six gaps of the measured table that its authors took from calculations are left out: the
    column would mix two sources. Three compositions (BeS, BeSe, BeTe) have no other gap.
    """
    measured = load_strehlow_cook().query("origin == 'experimental'")
    computed = load_pbe_gaps().set_index("composition")
    gap_exp = measured.groupby("composition")["band_gap"].median()
    rows = computed.index[computed["n_elements"] <= 2].union(gap_exp.index)
    Y = pd.DataFrame(
        {"gap_exp": gap_exp.reindex(rows), "gap_pbe": computed["gap_median"].reindex(rows)}
    )
    X = CompositionFeaturizer().set_output(transform="pandas").fit_transform(rows)
    return Study(
        X=X.set_axis(rows),
        Y=Y,
        groups=rows.to_numpy(),
        target="gap_exp",
        description=(
            "Band gaps in eV, one row a composition. gap_exp: median of the measurements collected "
            "by Strehlow and Cook (1973). gap_pbe: median of the PBE calculations of the Materials "
            "Project (2019) over the structures of that composition."
        ),
    )
