"""The figures of the chapters: one message each, the same colour for the same model everywhere."""

from tlhelpers.book.figures.architecture import plot_architecture
from tlhelpers.book.figures.cells import plot_cells
from tlhelpers.book.figures.growth import plot_growth
from tlhelpers.book.figures.held_out import plot_picking, plot_same_holes
from tlhelpers.book.figures.lab_map import plot_lab_changes, plot_lab_map
from tlhelpers.book.figures.learned import (
    plot_curves,
    plot_difference,
    plot_shared_splits,
    plot_trends,
)
from tlhelpers.book.figures.learning_curve import plot_learning_curve, plot_size_differences
from tlhelpers.book.figures.scores import (
    plot_confusion,
    plot_gains,
    plot_intervals,
    plot_scores,
)
from tlhelpers.book.figures.settings import plot_settings
from tlhelpers.book.figures.tables import (
    plot_colors,
    plot_lines,
    plot_parity,
    plot_sparsity,
    plot_spread,
    plot_strip,
)
from tlhelpers.book.figures.toys import plot_against, plot_best_splits
from tlhelpers.book.figures.uncertainty import (
    plot_coverage,
    plot_estimate_against_truth,
    plot_jackknife_by_trees,
    plot_two_uncertainties,
)

__all__ = [
    "plot_against",
    "plot_architecture",
    "plot_best_splits",
    "plot_cells",
    "plot_colors",
    "plot_confusion",
    "plot_coverage",
    "plot_curves",
    "plot_difference",
    "plot_estimate_against_truth",
    "plot_gains",
    "plot_growth",
    "plot_intervals",
    "plot_jackknife_by_trees",
    "plot_lab_changes",
    "plot_lab_map",
    "plot_learning_curve",
    "plot_lines",
    "plot_parity",
    "plot_picking",
    "plot_same_holes",
    "plot_scores",
    "plot_settings",
    "plot_shared_splits",
    "plot_size_differences",
    "plot_sparsity",
    "plot_spread",
    "plot_strip",
    "plot_trends",
    "plot_two_uncertainties",
]
