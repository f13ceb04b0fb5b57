"""The decision guide: which model, when, with the numbers that say so."""

import pandas as pd

from tlhelpers.book.few_labels import few_labels_words
from tlhelpers.book.prose import interval, join_words
from tlhelpers.book.record import (
    ALONE,
    ONE_LINE,
    TWO_LINES,
    count_verdicts,
    gains_outside_record,
    gap_tests,
    known_energy_tests,
    plain_column_tests,
)
from tlhelpers.data.loaders import load_results

NOTHING = ["unrelated", "noise", "no signal"]


def decision_table() -> pd.DataFrame:
    """Say which model comes into question for which table, and what was seen of it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``your table``: a ``model`` to try, ``what we saw``, with numbers from
        ``data/results``, and the ``chapter``. What takes more than four numbers stands in
        `guide_tables`.
    """
    rows = [
        ("Two sources under one name", "two columns", _union(), "01, 08"),
        ("No related label", "the usual mixture", _alone(), "02, 11"),
        (
            "The same quantity from a second source",
            "DifferenceForest",
            few_labels_words(),
            "07, 08",
        ),
        (
            "A related number that runs in a line with the target, known for the rows to predict",
            'DifferenceForest(slope="learned", base_as_feature=True)',
            _known_energies(),
            "04, 10",
        ),
        (
            "A related class, or a label that is a step on the way to the target",
            "LatentVariableForest",
            _paper("latent variable"),
            "06, 08 to 10",
        ),
        (
            "Several targets, of mixed kinds, to be predicted by one forest",
            "MultiTaskForest",
            _paper("multi-task"),
            "05, 08 to 10",
        ),
        ("Related labels, and no idea whether they help", "StackedForest", _safe(), "07, 08"),
    ]
    names = ["your table", "model", "what we saw", "chapter"]
    return pd.DataFrame(rows, columns=names).set_index("your table")


def guide_evidence() -> pd.Series:
    """Say what was seen over many tables at once.

    Returns
    -------
    pandas.Series of str
        What was seen by comparisons of artificial tables (``compared``), and with all labels
        outside of the cases that `decision_table` counts (``outside``).
    """
    return pd.Series({"compared": _compared(), "outside": _outside()})


def _gaps(question: str) -> pd.DataFrame:
    """Return the tests of one question of the band gap study, with all labels."""
    return gap_tests().query("question == @question")


def _alone() -> str:
    test = _gaps("rivals").query("model == 'extra trees' and setting == 'cold'").iloc[0]
    mixed = plain_column_tests("usual mixture, no columns")["verdict"].value_counts()
    return (
        "A random forest, extra trees and gradient boosting, each with the features alone: their "
        f"plain mean is better than the `SingleTaskForest` on {mixed['better']} of "
        f"{mixed.sum()} columns, and worse on {mixed.get('worse', 0)}. Extra trees by themselves, "
        f"band gaps, all labels: {_case(test)}."
    )


def _safe() -> str:
    worlds = load_results("stack_worlds").query("world in @NOTHING")
    cost = worlds.groupby("model")["ratio"].max()
    single = worlds.query("model == 'stack'").groupby("n_labels")["ratio_95"].max()
    few = load_results("lab_map").query("model == 'stack' and correlation == 0 and n_labels == 10")
    least, most = worlds["n_labels"].agg(["min", "max"])
    return (
        f"Where the related label tells nothing, in artificial worlds with {least} to {most} "
        f"labels, equal weights have up to {cost['equal weights']:.2f} times the baseline's mean "
        f"error, the stack up to {cost['stack']:.2f} times. These are means over tables. On "
        f"one table it may be more: in the worst of these worlds, one table in twenty gives the "
        f"stack more than {single.loc[least]:.2f} times the baseline's error with {least} labels, "
        f"and more than {single.loc[most]:.2f} times with {most}. In the lab, with "
        f"10 labels, the stack has up to {(few['rmse'] / few['baseline_rmse']).max():.2f} times. "
        f"Case studies with all labels: the stack was {_record('stack')}."
    )


def _paper(model: str) -> str:
    """Return what the case studies and the artificial worlds say of a model of the paper."""
    table = load_results("stack_worlds").query("model == @model and world in @NOTHING")
    worst = table["ratio"].max()
    return (
        f"Case studies with all labels: {_record(model)}. In artificial worlds it has up to "
        f"{worst:.2f} times the baseline's error where the related label tells nothing."
    )


def _outside() -> str:
    """Return the gains that the record leaves out."""
    others = gains_outside_record()
    by = others["metric"].value_counts()
    warm = ", all where the related labels are known" if set(others["setting"]) == {"warm"} else ""
    return (
        f"Outside these cases {len(others)} gains on the baseline are seen with all labels{warm}. "
        f"By root mean squared error it is {by['rmse']} gains, and by mean absolute error alone it "
        f"is {by['mae']} more. The run on named labels is not among them."
    )


def _compared() -> str:
    """Say how often `compare_architectures` recommends a model rightly, on artificial tables."""
    asked = load_results("own_table").query("n_labels > 8")
    moved = asked["recommended"] != "single-task"
    empty = asked["world"].isin(NOTHING)
    return (
        f"How often does a comparison mislead? On {int(empty.sum())} artificial tables with "
        f"{_labels(asked[empty])} labels the related label tells nothing, and another model than "
        f"the baseline was recommended for {int((moved & empty).sum())} of them. "
        f"On {int((~empty).sum())} tables with {_labels(asked[~empty])} labels the related label "
        f"tells much, and for {int((moved & ~empty).sum())} of them another model was "
        "recommended."
    )


def _labels(tables: pd.DataFrame) -> str:
    return join_words(tables["n_labels"].unique())


def _record(model: str) -> str:
    """Return how often a model was better and worse than the baseline in the case studies."""
    cases, better, worse = count_verdicts(model)
    return (
        f"better than the baseline in {better} of {cases} cases, worse in {worse}, by root mean "
        "squared error or accuracy"
    )


def _known_energies() -> str:
    tests = known_energy_tests()
    better = tests["verdict"].eq("better").groupby(tests["beside"]).sum()
    count = tests.groupby("beside").size()
    one, two, none = (f"{better[name]} of {count[name]}" for name in (ONE_LINE, TWO_LINES, ALONE))
    return (
        "Barriers on new surfaces from known energies: the learned slope is better than one line "
        f"in {one} cases, than two lines in {two}, than the baseline in {none}. (Two lines have "
        "one slope, and an offset for the closely packed facet 111; all by RMSE.)"
    )


def _union() -> str:
    tests = _gaps("unions").query("model == 'pooled'")
    worse = int((tests["verdict"] == "worse").sum())
    return (
        f"Band gaps, measured and computed as one label, all labels: worse than the baseline in "
        f"{worse} of {len(tests)} cases."
    )


def _case(row: pd.Series) -> str:
    return (
        f"{row['score']:.2f} against {row['baseline_score']:.2f} eV "
        f"({interval(row)}, {row['verdict']})"
    )
