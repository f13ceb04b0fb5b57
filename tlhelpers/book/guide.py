"""The decision guide: which model, when, with the numbers that say so."""

import pandas as pd

from tlhelpers.book.few_labels import few_labels_words
from tlhelpers.book.prose import interval, join_words
from tlhelpers.book.record import (
    ALONE,
    BEYOND,
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
MISMATCHED = "difference, mismatched"


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
    """Say what speaks for each rule of the guide.

    Returns
    -------
    pandas.Series of str
        By a key what speaks for a rule (``baseline``, ``asked``, ``mismatch``, ``few``, ``stack``,
        ``pairs``, ``one split``), and what was seen in all: by comparisons of artificial tables
        (``compared``), with all labels (``seen``), and outside of that count (``outside``).
    """
    stack, extra, equal = (
        _gaps().query("model == @name and question in ['rivals', @BEYOND]").set_index("setting")
        for name in ("stack", "extra trees", "equal weights")
    )
    beside = _gaps("stack against rivals").set_index(["model", "setting"])["verdict"]
    wide = _folds("stack")
    wins = int((wide < 0).sum())
    return pd.Series(
        {
            "compared": _compared(),
            "baseline": f"Band gaps, all labels, cold: extra trees, which see no related label, "
            f"have an RMSE of {extra.loc['cold', 'score']:.2f} eV, the stack "
            f"{stack.loc['cold', 'score']:.2f} eV ({beside['extra trees', 'cold']}).",
            "asked": _asked(),
            "mismatch": _mismatch(),
            "few": _few(),
            "stack": f"Band gaps, all labels, warm: equal weights {equal.loc['warm', 'score']:.2f} "
            f"eV, the stack {stack.loc['warm', 'score']:.2f} eV "
            f"({beside['equal weights', 'warm']}). Learned weights are the default, as equal ones "
            "gain less where one member is far better (artificial worlds, another unit).",
            "pairs": f"Band gaps, all labels, warm: stack minus baseline "
            f"{stack.loc['warm', 'difference']:+.2f} eV, interval {interval(stack.loc['warm'])} "
            f"eV; counted among all comparisons of its question, "
            f"p = {stack.loc['warm', 'p_adjusted']:.2g}.",
            "one split": f"Stack minus baseline, cold, over the {len(wide)} folds of repeated "
            f"cross-validation: {wide.min():+.2f} to {wide.max():+.2f} eV; the stack has "
            f"the lower error in {wins} folds.",
            "outside": _outside(),
        }
    )


def _few() -> str:
    """Return how the gain of the stack and of equal weights goes with the number of labels."""
    curve = load_results("band_gaps_curve_verdicts")
    curve = curve[curve["question"].isin([BEYOND, "rivals"])]
    curve = curve.assign(gain=-curve["difference"] / curve["baseline_score"])
    gain = curve.set_index(["model", "setting", "size"])["gain"].sort_index()
    ends = [curve["size"].min(), curve["size"].max()]

    def ends_of(model: str, setting: str) -> str:
        return " and ".join(f"{gain[model, setting, size]:.0%}" for size in ends)

    return (
        f"On the band gaps, with {ends[0]} and with {ends[1]} labels, the gains in percent of the "
        f"baseline's mean error are these. Cold: {ends_of('stack', 'cold')} for the stack, "
        f"{ends_of('equal weights', 'cold')} for equal weights. Warm: {ends_of('stack', 'warm')} "
        f"for the stack, {ends_of('equal weights', 'warm')} for equal weights."
    )


def _gaps(question: str | None = None) -> pd.DataFrame:
    """Return the tests of the band gap study with all labels, of one question or all."""
    tests = gap_tests()
    return tests if question is None else tests[tests["question"] == question]


def _folds(model: str) -> pd.Series:
    """Return how far a model is from the baseline in every fold of the band gaps, cold."""
    scores = load_results("band_gaps_scores").query("setting == 'cold'")
    wide = scores.pivot_table(index=["repeat", "fold"], columns="model", values="rmse")
    return wide[model] - wide["single-task"]


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


def _asked() -> str:
    boosted = _gaps("rivals").query("model == 'gradient boosting, z seen'").set_index("setting")
    return (
        f"Band gaps, all labels: gradient boosting that learns with the computed gap has an error "
        f"of {boosted.loc['warm', 'score']:.2f} eV where the gap is known, and of "
        f"{boosted.loc['cold', 'score']:.2f} eV where it is not. A test with the gap known would "
        "have hidden that."
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
    wrong = int((moved & empty & (asked["true_ratio"] >= 1)).sum())
    return (
        f"How often does a comparison mislead? On {int(empty.sum())} artificial tables with "
        f"{_labels(asked[empty])} labels the related label tells nothing. For "
        f"{int((~moved & empty).sum())} of them no other model than the baseline was recommended, "
        f"and for {int((moved & empty).sum())} one was; for {wrong} of these that model was no "
        "better than the baseline on fresh rows. "
        f"On {int((~empty).sum())} tables with {_labels(asked[~empty])} labels the related label "
        f"tells something, and for {int((moved & ~empty).sum())} of them another model was "
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
        f"Barriers on new surfaces from known reaction energies: better than one straight line in "
        f"{one} cases, than two lines in {two}, than the baseline in {none}. (Two lines have one "
        "slope, and an offset for the closely packed facet 111; all by RMSE.)"
    )


def _union() -> str:
    tests = _gaps("unions").query("model == 'pooled'")
    worse = int((tests["verdict"] == "worse").sum())
    return (
        f"Band gaps, measured and computed as one label, all labels: worse than the baseline in "
        f"{worse} of {len(tests)} cases."
    )


def _mismatch() -> str:
    boosted = _gaps("rivals").query("model == 'gradient boosting, z seen' and setting == 'cold'")
    return (
        "Band gaps, all labels, cold: gradient boosting whose column of computed gaps is then "
        f"empty is {boosted['verdict'].item()} than the baseline. A difference forest that "
        "predicts from guesses as if they were measured was compared with one that is trained for "
        f"guesses: {_gaps('mismatch').query('model == @MISMATCHED')['verdict'].item()}."
    )


def _case(row: pd.Series) -> str:
    return (
        f"{row['score']:.2f} against {row['baseline_score']:.2f} eV "
        f"({interval(row)}, {row['verdict']})"
    )
