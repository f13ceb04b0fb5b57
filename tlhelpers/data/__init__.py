"""The tables of the case studies, and what turns formulas into features."""

from tlhelpers.data.composition import CompositionFeaturizer, anion_family
from tlhelpers.data.datasets import (
    COARSE_COLOR_CLASSES,
    COLOR_CLASSES,
    Study,
    band_gap_study,
    color_study,
    load_no_dissociation,
    load_pbe_gaps,
    load_results,
    load_strehlow_cook,
    no_study,
    turn_energies,
)

__all__ = [
    "COARSE_COLOR_CLASSES",
    "COLOR_CLASSES",
    "CompositionFeaturizer",
    "Study",
    "anion_family",
    "band_gap_study",
    "color_study",
    "load_no_dissociation",
    "load_pbe_gaps",
    "load_results",
    "load_strehlow_cook",
    "no_study",
    "turn_energies",
]
