"""Sliders that answer in a live kernel, and in the published page without one."""

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.jackknife_noise import jackknife_explorer
from tlhelpers.book.explorers.training_size import training_size_explorer
from tlhelpers.book.explorers.which_architecture import lab_explorer
from tlhelpers.book.explorers.widget import Explorer

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
