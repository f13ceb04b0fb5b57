"""Which model is better, by how much and how sure: the protocol, scores, tests and intervals."""

from tlhelpers.evaluation.calibration import calibration_table, coverage, miscalibration_area
from tlhelpers.evaluation.comparison import (
    compare_models,
    compare_sizes,
    corrected_resampled_t_test,
    holm,
    judge,
    label_saving,
    summarize,
)
from tlhelpers.evaluation.experiment import prepare_model
from tlhelpers.evaluation.protocol import (
    cross_validate_predictions,
    cross_validate_transfer,
    learning_curve,
    predict_held_out,
)
from tlhelpers.evaluation.related import RelatedAsFeatures
from tlhelpers.evaluation.scores import (
    confusion_table,
    score_predictions,
)
from tlhelpers.evaluation.splits import SETTINGS, Split, hold_out_rows, split_table, training_order
from tlhelpers.evaluation.usual import usual_models, usual_rivals

__all__ = [
    "SETTINGS",
    "RelatedAsFeatures",
    "Split",
    "calibration_table",
    "compare_models",
    "compare_sizes",
    "confusion_table",
    "corrected_resampled_t_test",
    "coverage",
    "cross_validate_predictions",
    "cross_validate_transfer",
    "hold_out_rows",
    "holm",
    "judge",
    "label_saving",
    "learning_curve",
    "miscalibration_area",
    "predict_held_out",
    "prepare_model",
    "score_predictions",
    "split_table",
    "summarize",
    "training_order",
    "usual_models",
    "usual_rivals",
]
