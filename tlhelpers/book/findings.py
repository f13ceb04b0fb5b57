"""The claims of the paper beside our numbers, computed from the tables in ``data/results``."""

from collections.abc import Callable, Iterable

import pandas as pd

from tlhelpers.book.names import molecule_of
from tlhelpers.book.prose import grouped, interval, numbers, saving_interval, saving_words
from tlhelpers.book.record import (
    ARCHITECTURES,
    PAPER,  # noqa: F401 - queries read it
    architecture_record,
    barrier_tests,
    colour_tests,
    gap_tests,
)
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation.comparison import compare_models, judge, label_saving

HOLDS, FAILS, OPEN = "holds", "does not hold", "tested, not decided"
UNTESTED, UNMEASURED = "not tested", "not measured"
UNIONS = ["pooled", "pooled, flag"]


def claims_table() -> pd.DataFrame:
    """Put each claim of the paper beside our number, its interval and a verdict.

    Returns
    -------
    pandas.DataFrame, shape (10, 7)
        Indexed by the number of the claim: ``claim``; ``short``, one number in words; ``ours``, all
        of them, a line per case; ``interval``, 95%, in the same lines; ``verdict``; ``chapter``;
        and ``source``, the tables of ``data/results``.

    Notes
    -----
    The word follows from the verdicts of `tlhelpers.evaluation.judge` on the model against its
    baseline: a claim holds where every case it names is as claimed, it does not hold where one is
    the opposite, and else it is tested and not decided. What no test or number of ours is about is
    "not tested" or "not measured". "Most accurate" asks for more: better than every
    rival. A saving of about four asks for an adjusted verdict "better" first; then it holds where
    its interval lies between 2 and 8, and does not where the interval leaves out 4. Intervals are
    unadjusted. Beside a classification's test, which is of the accuracy, stands the macro F1.
    """
    rows = [{"claim": text, **check()} for text, check in _CLAIMS]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="claim number"))


def word(verdicts: Iterable[str], claimed: str) -> str:
    """Return what the verdicts on every case of a claim say together."""
    opposite = {"better": "worse", "worse": "better"}[claimed]
    seen = set(verdicts)
    return HOLDS if seen == {claimed} else FAILS if opposite in seen else OPEN


def words(rows: pd.DataFrame, claimed: str) -> str:
    """Return the words on the cases of a claim."""
    return grouped({case: word([row["verdict"]], claimed) for case, row in rows.iterrows()})


def cases(rows: pd.DataFrame, say: Callable[[pd.Series], str]) -> str:
    """Return one text a row, with what the index calls the case."""
    return "; ".join(f"{case}: {say(row)}" for case, row in rows.iterrows())


def _curve_tests() -> pd.DataFrame:
    """Return the comparisons of the paper's models with the baseline at every size."""
    tests = load_results("band_gaps_curve_verdicts").query("question == @PAPER")
    return tests.set_index(["setting", "model", "size"]).sort_index()


def _step_tests(model: str) -> pd.DataFrame:
    """Return the comparisons of a classifier of the step with the baseline, its F1 beside."""
    tests = load_results("no_step_verdicts").query("model == @model").copy()
    here = "group_by == 'surface' and metric == 'f1_macro' and model == @name"
    name = f"classifier, {model}"  # noqa: F841 - the query reads it
    f1 = load_results("no_step_rivals").query(here).set_index("n_steps")["difference"]
    tests["f1"] = tests["n_steps"].map(f1)
    return tests.set_index(tests["n_steps"].astype(str) + " steps")


def _step_number(row: pd.Series) -> str:
    return f"accuracy {row['difference']:+.2f}, macro F1 {row['f1']:+.2f}"


def _step_lines(steps: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the lines of a row about the step: the accuracy has an interval, the F1 has none."""
    return [
        (f"the step, {case}", _step_number(row), f"{interval(row)}, accuracy")
        for case, row in steps.iterrows()
    ]


def _leads(rivals: pd.DataFrame) -> str:
    """Return the word on a lead: every rival is worse at the plain level; one better refutes it."""
    alone = judge(rivals, adjust=False)["verdict"]
    return HOLDS if word(alone, "worse") == HOLDS else word(rivals["verdict"], "worse")


def _together(said: Iterable[str]) -> str:
    """Return one word for several cases of the same statement."""
    seen = set(said)
    return HOLDS if seen == {HOLDS} else FAILS if FAILS in seen else OPEN


def _difference_is_most_accurate() -> dict:
    scores = load_results("band_gaps_scores")
    scores = scores[scores["model"].isin(["single-task", *ARCHITECTURES, *UNIONS])]
    settings = scores.groupby("setting", sort=False)
    tests = {setting: compare_models(part, "difference") for setting, part in settings}
    family = judge(pd.concat(tests, names=["setting"])).reset_index(["setting", "model"])
    lines, said = [], {}
    for setting, rivals in family.groupby("setting", sort=False):
        best = rivals.loc[rivals["score"] == rivals["score"].min()].iloc[0]
        ours = f"{best['baseline_score']:.2f} eV, best other {best['score']:.2f} eV"
        ends = f"{interval(best)} eV, best other minus difference"
        lines.append((setting, f"{ours} ({best['model']})", ends))
        said[setting] = _leads(rivals)
    return {
        "short": f"RMSE, {': '.join(lines[0][:2])}",
        **numbers(lines),
        "verdict": grouped(said),
        "chapter": "08",
        "source": "band_gaps_scores",
    }


def _word_of_saving(row: pd.Series, verdict: str) -> str:
    """Return the word on a saving of about four at one size: its adjusted verdict comes first."""
    if verdict != "better":
        return FAILS if verdict == "worse" else OPEN
    if row["low"] >= 2 and row["high"] <= 8:
        return HOLDS
    return OPEN if row["low"] <= 4 <= row["high"] else FAILS


def _a_quarter_of_the_labels() -> dict:
    tests = _curve_tests()["verdict"]
    lines, said = [], {}
    for setting, part in load_results("band_gaps_curve").groupby("setting", sort=False):
        for n, row in label_saving(part, "single-task", "difference").iterrows():
            case = f"{setting}, {n} labels"
            ends = saving_interval(row["low"], row["high"])
            lines.append((case, f"saving {saving_words(row['saving'])}", ends))
            said[case] = _word_of_saving(row, tests[setting, "difference", n])
    warm = load_results("band_gaps_curve").query("setting == 'warm'")
    largest = label_saving(warm, "single-task", "difference").loc[20, "saving"]
    return {
        "short": f"a saving of {saving_words(largest)} with 20 labels, warm, the largest that has "
        "a number",
        **numbers(lines),
        "verdict": grouped(said),
        "chapter": "08",
        "source": "band_gaps_curve, band_gaps_curve_verdicts",
    }


def _multi_task_for_colour() -> dict:
    tests = colour_tests().query("question == @PAPER")
    rows = tests.query("model == 'multi-task'").set_index("setting")
    other = tests.query("model != 'multi-task'").set_index("setting")
    scores = load_results("color_scores").query("grouping == 'five'")
    f1 = scores.groupby(["setting", "model"])["f1_macro"].mean()
    lines = []
    for setting, row in rows.iterrows():
        ours = f"accuracy {row['score']:.3f}, baseline {row['baseline_score']:.3f}, "
        ours += f"{other.loc[setting, 'model']} {other.loc[setting, 'score']:.3f}; macro F1 "
        ours += f"{f1[setting, 'multi-task']:.2f}, baseline {f1[setting, 'single-task']:.2f}"
        lines.append((setting, ours, f"{interval(row)}, accuracy minus that of the baseline"))
    improves = word(rows["verdict"], "better")
    return {
        "short": f"accuracy {rows.loc['cold', 'difference']:+.3f} against the baseline, cold",
        **numbers(lines),
        "verdict": grouped({"that it improves": improves, "that it improves most": UNTESTED}),
        "chapter": "09",
        "source": "color_verdicts, color_scores",
    }


def _imbalance_hurts_multi_task() -> dict:
    weights = load_results("color_weight_verdicts").query("setting == 'cold' and model == 7")
    row = weights.iloc[0]
    steps = _step_tests("multi-task")
    gain = f"accuracy with balanced weights {row['difference']:+.2f}"
    return {
        "short": f"colour, cold: {gain}",
        **numbers([("colour, cold", gain, interval(row)), *_step_lines(steps)]),
        "verdict": grouped(
            {
                "that it suffers from imbalance": word(weights["verdict"], "better"),
                "that it does badly on the step": _together(
                    word([verdict], "worse") for verdict in steps["verdict"]
                ),
            }
        ),
        "chapter": "05, 09, 10",
        "source": "color_weight_verdicts, no_step_verdicts, no_step_rivals",
    }


def _latent_variable_is_robust() -> dict:
    record = architecture_record()
    rows = record[record["model"] == "latent variable"]
    counts = rows["verdict"].value_counts().reindex(["better", "worse", "no difference seen"])
    better, worse, none = counts.fillna(0).astype(int)
    return {
        "short": f"better in {better} of {len(rows)} cases",
        "ours": f"{len(rows)} cases: better in {better}, worse in {worse}, no difference seen in "
        f"{none}",
        "interval": "each case has its own, see the record",
        "verdict": word(rows["verdict"], "better"),
        "chapter": "08, 09, 10",
        "source": "band_gaps_verdicts, color_verdicts, no_verdicts",
    }


def _latent_variable_for_barriers() -> dict:
    cold = barrier_tests().query("setting == 'cold'")
    rows = cold.query("model == 'latent variable' and question == @PAPER").set_index("target")
    paper = cold[cold["model"].isin(ARCHITECTURES) & (cold["model"] != "latent variable")]
    best = paper.sort_values("score").groupby("target").first()
    steps = _step_tests("latent variable")
    lines = []
    for target, row in rows.iterrows():
        ours = f"RMSE {row['score']:.2f} eV, baseline {row['baseline_score']:.2f}, best other "
        ours += f"architecture {best.loc[target, 'score']:.2f} ({best.loc[target, 'model']})"
        lines.append((f"{molecule_of(target)}, cold", ours, f"{interval(row)} eV, minus baseline"))
    rivals = cold[cold["question"] == "the latent variable leads"].groupby("target")
    first = rows.iloc[0]
    return {
        "short": f"barrier of {molecule_of(rows.index[0])}, cold: {first['score']:.2f} eV, "
        f"baseline {first['baseline_score']:.2f} eV",
        **numbers([*lines, *_step_lines(steps)]),
        "verdict": grouped(
            {
                "the most accurate": _together(_leads(part) for _, part in rivals),
                "the accuracy of the step": _together(
                    word([verdict], "better") for verdict in steps["verdict"]
                ),
                "its F1": UNTESTED,
            }
        ),
        "chapter": "10",
        "source": "no_verdicts, no_step_verdicts, no_step_rivals",
    }


def _errors_cancel() -> dict:
    here = "setting == 'cold' and group_by == 'surface' and model == 'latent variable'"
    ratios = load_results("no_cancellation").query(here).set_index("direction")["ratio"]
    tests = load_results("no_cancellation_verdicts").query(here).set_index("direction")
    lines = [
        (
            f"{direction}, cold",
            f"{ratio:.2f} times the error of independent errors",
            f"{interval(tests.loc[direction])} eV, minus the error of independent ones, over folds",
        )
        for direction, ratio in ratios.items()
    ]
    return {
        "short": ": ".join(lines[0][:2]),
        **numbers(lines),
        "verdict": words(tests, "better"),
        "chapter": "10",
        "source": "no_cancellation, no_cancellation_verdicts",
    }


def _interpretable() -> dict:
    table = load_results("band_gaps_learned")
    r = table["learned mean"].corr(table["difference mean"])
    return {
        "short": f"r = {r:.2f} of learned and true family means",
        "ours": f"means of {len(table)} families: learned against true difference, r = {r:.2f}",
        "interval": "none; r of a few means is weak evidence",
        "verdict": UNMEASURED,
        "chapter": "04, 06, 08",
        "source": "band_gaps_learned",
    }


def _unions_carry_an_error() -> dict:
    union, flagged = (
        gap_tests().query("model == @name").set_index("setting")
        for name in ("pooled", "pooled, flag")
    )
    lines = [
        (
            setting,
            f"RMSE {row['score']:.2f} eV, baseline {row['baseline_score']:.2f}, with a flag "
            f"{flagged.loc[setting, 'score']:.2f}",
            f"{interval(row)} eV, minus baseline",
        )
        for setting, row in union.iterrows()
    ]
    first = union.iloc[0]
    return {
        "short": f"RMSE, {union.index[0]}: {first['score']:.2f} eV, baseline "
        f"{first['baseline_score']:.2f} eV",
        **numbers(lines),
        "verdict": grouped(
            {
                "that they are worse than the baseline": word(union["verdict"], "worse"),
                "that the error is irreducible": UNTESTED,
            }
        ),
        "chapter": "01, 08",
        "source": "band_gaps_verdicts",
    }


def _unasked_labels_help() -> dict:
    curve = load_results("band_gaps_curve").query("setting == 'warm'")
    row = label_saving(curve, "single-task", "difference").loc[20]
    test = _curve_tests().loc[("warm", "difference", 20)]
    same = f"the mean error is that of the baseline with {row['baseline_labels']:.0f}"
    ends = f"{20 * row['low']:.0f} to {20 * row['high']:.0f}"
    return {
        "short": f"difference, warm, 20 labels: {same} ({ends})",
        **numbers([("difference, warm, 20 labels", same, f"{ends}, of this size alone")]),
        "verdict": word([test["verdict"]], "better"),
        "chapter": "08",
        "source": "band_gaps_curve, band_gaps_curve_verdicts",
    }


_CLAIMS: list[tuple[str, Callable[[], dict]]] = [
    ("Difference is the most accurate for band gaps.", _difference_is_most_accurate),
    ("It reaches the same error with about a quarter of the labels.", _a_quarter_of_the_labels),
    ("Multi-task most improves the classification of colour.", _multi_task_for_colour),
    (
        "Multi-task suffers from unbalanced labels, and may do badly on the rate-determining step.",
        _imbalance_hurts_multi_task,
    ),
    ("The latent variable is a robust improvement across tasks.", _latent_variable_is_robust),
    (
        "It is the most accurate for barriers, and improves the F1 of the rate-determining step.",
        _latent_variable_for_barriers,
    ),
    ("Under it, errors cancel in functions of several tasks.", _errors_cancel),
    ("Latent-variable and difference models are more interpretable.", _interpretable),
    ("Simple unions of sources carry an irreducible error.", _unions_carry_an_error),
    ("Labels nobody asked for can carry what others need.", _unasked_labels_help),
]
