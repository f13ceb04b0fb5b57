"""Sliders that answer in a live kernel, and in the published page without one."""

from tlhelpers.book.explorers.explorer import Explorer
from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.lab import jackknife_explorer, lab_explorer
from tlhelpers.book.explorers.training_size import training_size_explorer

__all__ = [
    "Explorer",
    "Frame",
    "Panel",
    "Series",
    "Slider",
    "jackknife_explorer",
    "lab_explorer",
    "training_size_explorer",
]
