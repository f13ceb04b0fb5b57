"""Load the data files and build the table of each case study."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tlhelpers.data.composition import CompositionFeaturizer
from tlhelpers.data.files import read_table, result_names

# A choice, after the part of visible light that is absorbed; another can be given.
COLOR_CLASSES = {
    "white": ["White"],
    "yellow-orange": [
        *("Yellow", "Pale Yellow", "Yellow-White", "Yellow-Orange", "Orange", "Ocher", "Amber"),
    ],
    "red-brown": [
        *("Red", "Dark Red", "Copper-Red", "Orange-Red", "Red-Yellow", "Brown", "Dark Brown"),
        "Bronze",
    ],
    "gray-black": ["Light Gray", "Gray", "Dark Gray", "Black", "Brown-Black"],
    "blue-green": ["Blue", "Bluish", "Violet", "Dark Green"],
}
# A coarser choice: no light absorbed, some of it, nearly all.
COARSE_COLOR_CLASSES = {
    "transparent": COLOR_CLASSES["white"],
    "coloured": [
        *COLOR_CLASSES["yellow-orange"],
        *COLOR_CLASSES["red-brown"],
        *COLOR_CLASSES["blue-green"],
    ],
    "dark": COLOR_CLASSES["gray-black"],
}
# Lowest coordination number of a surface atom in the ideal fcc cut.
COORDINATION = {"111": 9, "110": 7, "211": 7, "311": 7, "532": 6}


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
    target : str or list of str
        The column or columns of `Y` that the study is about.
    description : str
        What the rows and the labels are, with units and choices made.
    """

    X: pd.DataFrame
    Y: pd.DataFrame
    groups: np.ndarray
    target: str | list[str]
    description: str

    def select(self, rows: np.ndarray) -> "Study":
        """Return the study with some of its rows.

        Parameters
        ----------
        rows : numpy.ndarray of bool, shape (n_samples,)

        Returns
        -------
        Study
        """
        return replace(self, X=self.X[rows], Y=self.Y[rows], groups=self.groups[rows])


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


def color_study(classes: Mapping[str, list[str]] | None = None) -> Study:
    """Join the colours and the measured band gaps of compounds.

    Parameters
    ----------
    classes : mapping of {class: list of colours as the source names them}, optional
        How colours are grouped; default `COLOR_CLASSES`. Colours that no class lists are left
        out; a table with `load_strehlow_cook` shows which there are.

    Returns
    -------
    Study
        A row for each composition that has a colour or a measured gap. ``Y["color"]`` is the
        class, None where there is no colour, or where the measurements fall in several
        classes; ``Y["gap_exp"]`` the median measured gap in eV, NaN where there is none. Each
        composition is a group.

    Raises
    ------
    ValueError
        A colour that the source does not have, or one in two classes.
    """
    rows = load_strehlow_cook()
    class_of = _class_of_color(COLOR_CLASSES if classes is None else classes, set(rows["color"]))
    color = rows["color"].map(class_of)
    measured = rows[rows["origin"] == "experimental"]
    gap_exp = measured.groupby("composition")["band_gap"].median().dropna()
    found = color.groupby(rows["composition"]).agg(lambda c: sorted(set(c.dropna())))
    several = found.index[found.map(len) > 1]
    one = found[found.map(len) == 1].map(lambda c: c[0])
    index = gap_exp.index.union(one.index)
    Y = pd.DataFrame(
        {
            "color": one.reindex(index).astype(object).where(index.isin(one.index), None),
            "gap_exp": gap_exp.reindex(index),
        }
    )
    X = CompositionFeaturizer().set_output(transform="pandas").fit_transform(index)
    return Study(
        X=X.set_axis(index),
        Y=Y,
        groups=index.to_numpy(),
        target="color",
        description=(
            f"Colour in {len(set(class_of.values()))} classes and band gap in eV, one "
            "row a composition, after Strehlow and Cook (1973). No colour is given to "
            f"{', '.join(several) or 'none'}, whose measurements fall in several classes."
        ),
    )


def _class_of_color(classes: Mapping[str, list[str]], known: set) -> dict[str, str]:
    """Return the class of each colour."""
    class_of: dict[str, str] = {}
    for name, colors in classes.items():
        for color in colors:
            if color not in known:
                raise ValueError(f"classes[{name!r}]: {color!r} is no colour of the data")
            if color in class_of:
                raise ValueError(
                    f"colour {color!r} is in two classes, {class_of[color]!r} and {name!r}"
                )
            class_of[color] = name
    return class_of


def no_study(
    direction: str = "reaction", *, group_by: str = "surface", fill_cycle: bool = True
) -> Study:
    """Set up the barriers of NO reduction on metal surfaces.

    Parameters
    ----------
    direction : {"reaction", "dissociation"}
        The direction of the barriers. In that of the reaction 2 NO -> N2 + O2 the steps are the
        dissociation of NO and the associations of N and of O, with barriers Ea - dE; as
        published, all three are dissociations.
    group_by : {"surface", "metal"}
        What a group is. By metal, a test asks about metals that were never seen.
    fill_cycle : bool
        Whether to fill missing reaction energies of O2 from the thermodynamic cycle
        2 NO -> N2 + O2 in the gas, whose energy is the same on every surface.

    Returns
    -------
    Study
        A row a surface (50). Targets are the barriers ``Ea_NO_diss`` and, by direction,
        ``Ea_N2_assoc`` and ``Ea_O2_assoc`` or ``Ea_N2_diss`` and ``Ea_O2_diss``; the related
        labels are the reaction energies ``dE_NO_diss``, ``dE_N2_diss``, ``dE_O2_diss`` of the
        dissociations and ``dE_NO_des`` of the desorption. All in eV, NaN where missing.
        Features are 22 properties of the metal, the lowest coordination number of the facet's
        atoms, and a column a facet.

    Raises
    ------
    ValueError
        An unknown direction or group.
    """
    if direction not in ("reaction", "dissociation"):
        raise ValueError(f"direction must be 'reaction' or 'dissociation', got {direction!r}")
    if group_by not in ("surface", "metal"):
        raise ValueError(f"group_by must be 'surface' or 'metal', got {group_by!r}")
    table = load_no_dissociation().set_index("surface")
    Y = table.drop(columns=["metal", "facet"])
    if fill_cycle:
        of_no = Y["dE_NO_diss"] - Y["dE_NO_des"]
        energy = (2 * of_no - Y["dE_N2_diss"] - Y["dE_O2_diss"]).median()  # 2 NO -> N2 + O2
        Y["dE_O2_diss"] = Y["dE_O2_diss"].fillna(2 * of_no - Y["dE_N2_diss"] - energy)
    target = ["Ea_NO_diss", "Ea_N2_diss", "Ea_O2_diss"]
    if direction == "reaction":
        for gas in ("N2", "O2"):
            Y[f"Ea_{gas}_assoc"] = Y.pop(f"Ea_{gas}_diss") - Y[f"dE_{gas}_diss"]
        target = ["Ea_NO_diss", "Ea_N2_assoc", "Ea_O2_assoc"]
    metal = CompositionFeaturizer().set_output(transform="pandas").fit_transform(table["metal"])
    metal = metal.filter(regex="^mean ").rename(columns=lambda name: name.removeprefix("mean "))
    facets = pd.get_dummies(table["facet"], prefix="facet", prefix_sep=" ", dtype=float)
    X = metal.set_axis(table.index).join(facets)
    X["coordination"] = table["facet"].map(COORDINATION).astype(float)
    return Study(
        X=X,
        Y=Y[target + [column for column in Y if column not in target]],
        groups=table.index.to_numpy() if group_by == "surface" else table["metal"].to_numpy(),
        target=target,
        description=(
            "Activation energies (Ea) and reaction energies (dE) in eV of NO reduction on 50 "
            "surfaces of ten metals, computed with the RPBE functional (Falsig et al., 2014)."
        ),
    )


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
