"""What only the book uses: figures, explorers, the artificial lab, the findings."""

from tlhelpers.book.explorers import (
    Explorer,
    Frame,
    Panel,
    Series,
    Slider,
    jackknife_explorer,
    lab_explorer,
    training_size_explorer,
)
from tlhelpers.book.figures import *  # noqa: F403 - every figure of the book
from tlhelpers.book.figures import __all__ as _figures
from tlhelpers.book.findings import architecture_record, claims_table
from tlhelpers.book.lab import (
    LAB_DRAWS,
    LAB_GRID,
    compare_lab,
    lab_errors,
    lab_models,
    lab_winners,
    related_tasks,
    repeat_training,
    visible_relation,
)
from tlhelpers.book.prose import say, spread_table, verdict_words

__all__ = [
    "LAB_DRAWS",
    "LAB_GRID",
    "Explorer",
    "Frame",
    "Panel",
    "Series",
    "Slider",
    "architecture_record",
    "claims_table",
    "compare_lab",
    "jackknife_explorer",
    "lab_errors",
    "lab_explorer",
    "lab_models",
    "lab_winners",
    "related_tasks",
    "repeat_training",
    "say",
    "spread_table",
    "training_size_explorer",
    "verdict_words",
    "visible_relation",
    *_figures,
]
