"""Which model is better, by how much and how sure: the protocol, scores, tests and intervals."""

from tlhelpers.evaluation.baselines import most_common_class, straight_line
from tlhelpers.evaluation.comparison import (
    bootstrap_scores,
    compare_models,
    compare_sizes,
    corrected_resampled_t_test,
    label_saving,
    spread_table,
    summarize,
)
from tlhelpers.evaluation.protocol import (
    cross_validate_predictions,
    cross_validate_transfer,
    hold_out_rows,
    learning_curve,
    predict_held_out,
    training_order,
)
from tlhelpers.evaluation.scores import (
    calibration_table,
    confusion_table,
    coverage,
    error_cancellation,
    miscalibration_area,
    score_predictions,
)

__all__ = [
    "bootstrap_scores",
    "calibration_table",
    "compare_models",
    "compare_sizes",
    "confusion_table",
    "corrected_resampled_t_test",
    "coverage",
    "cross_validate_predictions",
    "cross_validate_transfer",
    "error_cancellation",
    "hold_out_rows",
    "label_saving",
    "learning_curve",
    "miscalibration_area",
    "most_common_class",
    "predict_held_out",
    "score_predictions",
    "spread_table",
    "straight_line",
    "summarize",
    "training_order",
]
