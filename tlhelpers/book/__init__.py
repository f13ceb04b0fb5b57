"""What only the book uses: figures, explorers, the artificial lab, the findings."""

try:
    import anywidget  # noqa: F401
    import IPython  # noqa: F401
    import ipywidgets  # noqa: F401
    import matplotlib  # noqa: F401
except ImportError as error:
    raise ImportError(
        'figures and explorers need more packages: pip install "tlhelpers[book]"'
    ) from error

from tlhelpers.book.alloys import made_up_alloys
from tlhelpers.book.beyond import beyond_table
from tlhelpers.book.bootstrap import bootstrap_scores
from tlhelpers.book.check_answers import all_answers, check_answer
from tlhelpers.book.counted_otherwise import (
    beside_equal_weights,
    both_formulas,
    check_verdicts,
    count_otherwise,
    nameless_words,
)
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
from tlhelpers.book.findings import claims_table
from tlhelpers.book.guide import decision_table, guide_evidence
from tlhelpers.book.guide_tables import guide_tables
from tlhelpers.book.handbook import (
    entropy_controls,
    few_control_tests,
    few_entropies,
    few_entropy_tests,
    hidden_labels,
    smaller_tables,
    ten_picks,
)
from tlhelpers.book.jackknife_tables import jackknife_by_trees, jackknife_of_difference
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
from tlhelpers.book.mismatch import GuessAsMeasured
from tlhelpers.book.names import in_words, molecule_of
from tlhelpers.book.project import check_comparison, project_rubric, write_project_table
from tlhelpers.book.prose import (
    interval,
    p_words,
    saving_interval,
    saving_words,
    say,
    say_claims,
    say_list,
    show_text,
    show_words,
    signed,
    spread_table,
    verdict_words,
)
from tlhelpers.book.record import (
    all_label_tests,
    architecture_record,
    average_gains,
    gains_by_column,
    gains_outside_record,
    plain_column_tests,
)
from tlhelpers.book.several_tasks import (
    cancellation_scores,
    error_cancellation,
    step_predictions,
)
from tlhelpers.book.union import floors_of_union
from tlhelpers.book.upload import TableUpload
from tlhelpers.book.verdict_grid import show_grid
from tlhelpers.book.verdict_strip import show_tests
from tlhelpers.book.verdict_tables import (
    count_once,
    gain_to_be_seen,
    intervals_by,
    percent_of_baseline,
    scores_by,
    tell_tests,
)

__all__ = [
    "LAB_DRAWS",
    "LAB_GRID",
    "Explorer",
    "Frame",
    "GuessAsMeasured",
    "Panel",
    "Series",
    "Slider",
    "TableUpload",
    "all_answers",
    "all_label_tests",
    "architecture_record",
    "beside_equal_weights",
    "beyond_table",
    "bootstrap_scores",
    "both_formulas",
    "cancellation_scores",
    "check_answer",
    "check_comparison",
    "check_verdicts",
    "claims_table",
    "compare_lab",
    "count_once",
    "count_otherwise",
    "decision_table",
    "entropy_controls",
    "error_cancellation",
    "few_control_tests",
    "few_entropies",
    "few_entropy_tests",
    "floors_of_union",
    "gain_to_be_seen",
    "gains_by_column",
    "average_gains",
    "gains_outside_record",
    "guide_evidence",
    "guide_tables",
    "hidden_labels",
    "in_words",
    "interval",
    "intervals_by",
    "jackknife_by_trees",
    "jackknife_explorer",
    "jackknife_of_difference",
    "lab_errors",
    "lab_explorer",
    "lab_models",
    "lab_winners",
    "made_up_alloys",
    "molecule_of",
    "nameless_words",
    "p_words",
    "percent_of_baseline",
    "plain_column_tests",
    "project_rubric",
    "related_tasks",
    "repeat_training",
    "saving_interval",
    "saving_words",
    "say",
    "say_claims",
    "say_list",
    "scores_by",
    "show_grid",
    "show_tests",
    "show_text",
    "show_words",
    "signed",
    "smaller_tables",
    "spread_table",
    "step_predictions",
    "tell_tests",
    "ten_picks",
    "training_size_explorer",
    "verdict_words",
    "visible_relation",
    "write_project_table",
    *_figures,
]
