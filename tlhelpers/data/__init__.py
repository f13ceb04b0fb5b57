"""The tables of the case studies, and what turns formulas into features."""

from tlhelpers.data.composition import CompositionFeaturizer, anion_family
from tlhelpers.data.energies import barrier_margin, rate_determining_step, turn_energies
from tlhelpers.data.gap_sources import GAP_LABELS, moved_gaps
from tlhelpers.data.loaders import (
    load_no_dissociation,
    load_pbe_gaps,
    load_results,
    load_strehlow_cook,
    load_thermochemistry,
)
from tlhelpers.data.studies import (
    COARSE_COLOR_CLASSES,
    COLOR_CLASSES,
    Study,
    band_gap_study,
    color_study,
    no_study,
)

__all__ = [
    "COARSE_COLOR_CLASSES",
    "COLOR_CLASSES",
    "GAP_LABELS",
    "CompositionFeaturizer",
    "Study",
    "anion_family",
    "band_gap_study",
    "barrier_margin",
    "color_study",
    "load_no_dissociation",
    "load_pbe_gaps",
    "load_results",
    "load_strehlow_cook",
    "load_thermochemistry",
    "moved_gaps",
    "no_study",
    "rate_determining_step",
    "turn_energies",
]
