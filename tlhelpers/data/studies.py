"""Build the table of each case study: features, labels with holes, groups."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tlhelpers.data.composition import CompositionFeaturizer
from tlhelpers.data.gap_sources import gaps_by_source
from tlhelpers.data.loaders import load_no_dissociation, load_pbe_gaps, load_strehlow_cook

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


def band_gap_study(sources: str = "apart") -> Study:
    """Join measured and computed band gaps by composition.

    Parameters
    ----------
    sources : {"apart", "mixed"}
        Whether the optical and the thermal measurements have a label each, or all measurements
        share one, however they were made.

    Returns
    -------
    Study
        A row for each composition that has a measured gap, and for each composition of one or
        two elements that has a computed one. ``Y["gap_pbe"]`` is the median over the computed
        structures. Apart, ``Y["gap_optical"]``, the target, is the median over the optical
        measurements (368 compositions), ``Y["gap_thermal"]`` over the thermal ones (195; 88 have
        both). Mixed, ``Y["gap_exp"]`` is the median over all experimental ones (491). All in
        eV, NaN where there is none. Each composition is a group.

    Raises
    ------
    ValueError
        An unknown value of `sources`.

    Notes
    -----
    The six gaps of the measured table that its authors took from calculations are left out: the
    column would mix two sources. Three compositions (BeS, BeSe, BeTe) have no other gap.

    The rule that keeps measurements apart is `tlhelpers.data.GAP_LABELS`. It was written down
    before any model was scored with it; the values, and scores on the union, had been seen.

    - Optical, as a photon lifts the electron: absorption (671 measurements), reflection (196),
      electroreflection (25), magnetoabsorption (23), magnetoreflection (13), and photoconduction
      (79), whose threshold is a photon energy.
    - Optical too, by a choice: the 129 that name no method. Of those that name one, four in five
      used light; but an optical transition or a polarization is named by 56% of the optical ones,
      7% of the thermal ones and 25% of the nameless, so many of these may be thermal. Without
      them 340 compositions have an optical gap.
    - Thermal: thermal activation (261), the slope of the conductivity over temperature. It is the
      band gap where a pure crystal is hot; else what frees a carrier from a defect, lets it hop,
      or lets an ion move (ZrO2). Mostly the two kinds are about equal; where they differ by more
      than 0.5 eV, the thermal one is the smaller in 25 of 28.
    - Left out: estimated (44), as an estimate is no measurement. 16 compositions have nothing
      else; Cd3Bi2, which was not computed either, has no row.

    `tlhelpers.data.moved_gaps` lists the compositions that the rule moves. ZrO2 is 0.65 eV mixed,
    4.99 eV optically and 0.605 eV thermally; BeO 10.885, 11.2 and 5.2 eV. Labels that look wrong
    are kept: PrB6, 4.9 eV by reflection, is a metal; Ce2Se3 is 0.09 eV by reflection and 1.6 to
    2.0 eV thermally. The optical label still mixes transitions (Mg2Si: indirect 0.66 eV, direct
    2.27 eV; the rule moves it from 0.775 to 2.17 eV), temperatures, polymorphs and films.
    """
    if sources not in ("mixed", "apart"):
        raise ValueError(f"sources must be 'mixed' or 'apart', got {sources!r}")
    measured = gaps_by_source()
    if sources == "mixed":
        labels = measured[["gap_mixed"]].set_axis(["gap_exp"], axis=1)
        means = "gap_exp: median of the measurements"
    else:
        labels = measured[["gap_optical", "gap_thermal"]].dropna(how="all")
        means = "gap_optical, gap_thermal: median of the measurements with light and with heat"
    computed = load_pbe_gaps().set_index("composition")
    rows = computed.index[computed["n_elements"] <= 2].union(labels.index)
    Y = labels.reindex(rows)
    Y.insert(1, "gap_pbe", computed["gap_median"].reindex(rows))
    X = CompositionFeaturizer().set_output(transform="pandas").fit_transform(rows)
    return Study(
        X=X.set_axis(rows),
        Y=Y,
        groups=rows.to_numpy(),
        target=Y.columns[0],
        description=(
            f"Band gaps in eV, one row a composition. {means} collected "
            "by Strehlow and Cook (1973). gap_pbe: median of the PBE calculations of the Materials "
            "Project (2019) over the structures of that composition."
        ),
    )


def color_study(classes: Mapping[str, list[str]] | None = None, *, computed: bool = False) -> Study:
    """Join the colours and the measured band gaps of compounds.

    Parameters
    ----------
    classes : mapping of classes to lists of colours, optional
        How colours, as the source names them, are grouped; default `COLOR_CLASSES`. Colours that no
        class lists are left out; a table with `load_strehlow_cook` shows which there are.
    computed : bool
        Whether a further label is the computed band gap of these compositions, ``"gap_pbe"``.

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
    if computed:
        Y["gap_pbe"] = load_pbe_gaps().set_index("composition")["gap_median"].reindex(index)
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
