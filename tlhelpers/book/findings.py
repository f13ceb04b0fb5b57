"""The claims of the paper beside our numbers, computed from the tables in ``data/results``."""

from collections.abc import Callable, Iterable

import pandas as pd

from tlhelpers.book.prose import interval, saving_interval, saving_words
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

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot tell"
UNIONS = ["pooled", "pooled, flag"]


def claims_table() -> pd.DataFrame:
    """Put each claim of the paper beside our number, its interval and a verdict.

    Returns
    -------
    pandas.DataFrame, shape (10, 7)
        Indexed by the number of the claim: ``claim``; ``short``, one number in words; ``ours``, all
        of them; ``interval``, 95%; ``verdict``; ``chapter``; and ``source``, the tables of
        ``data/results``.

    Notes
    -----
    The word follows from the verdicts of `tlhelpers.evaluation.judge` on the model against its
    baseline: a claim holds where every case it names is as claimed, it does not hold where one is
    the opposite, and else the data cannot tell. "Most accurate" asks for more: better than every
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
    """Return the word on each case of a claim."""
    return cases(rows, lambda row: word([row["verdict"]], claimed))


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


def _difference_is_most_accurate() -> dict:
    ours, intervals, said = [], [], []
    scores = load_results("band_gaps_scores")
    scores = scores[scores["model"].isin(["single-task", *ARCHITECTURES, *UNIONS])]
    settings = scores.groupby("setting", sort=False)
    tests = {setting: compare_models(part, "difference") for setting, part in settings}
    family = judge(pd.concat(tests, names=["setting"])).reset_index(["setting", "model"])
    for setting, rivals in family.groupby("setting", sort=False):
        best = rivals.loc[rivals["score"] == rivals["score"].min()].iloc[0]
        ours.append(
            f"{setting}: {best['baseline_score']:.2f} eV, best other {best['score']:.2f} eV "
            f"({best['model']})"
        )
        intervals.append(f"{setting}: {interval(best)} eV")
        # to lead, all rivals must be worse, each at the plain level; one that is better refutes
        leads = word(judge(rivals, adjust=False)["verdict"], "worse") == HOLDS
        said.append(f"{setting}: {HOLDS if leads else word(rivals['verdict'], 'worse')}")
    return {
        "short": f"RMSE, {ours[0]}",
        "ours": "; ".join(ours),
        "interval": "best other minus difference, " + "; ".join(intervals),
        "verdict": "; ".join(said),
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
    ours, intervals, verdicts = [], [], []
    tests = _curve_tests()["verdict"]
    for setting, part in load_results("band_gaps_curve").groupby("setting", sort=False):
        saving, seen = label_saving(part, "single-task", "difference"), tests[setting, "difference"]
        cells = [(str(n), row) for n, row in saving.iterrows()]
        ours.append(
            f"{setting}: " + ", ".join(f"{saving_words(r['saving'])} ({n})" for n, r in cells)
        )
        bounds = ", ".join(f"{saving_interval(r['low'], r['high'])} ({n})" for n, r in cells)
        intervals.append(f"{setting}: {bounds}")
        said = pd.Series({n: _word_of_saving(r, seen[int(n)]) for n, r in cells})
        grouped = [f"{w} ({', '.join(part.index)})" for w, part in said.groupby(said, sort=False)]
        verdicts.append(f"{setting}: " + ", ".join(grouped))
    largest = label_saving(
        load_results("band_gaps_curve").query("setting == 'warm'"), "single-task", "difference"
    ).loc[20]
    return {
        "short": f"a saving of {saving_words(largest['saving'])} with 20 labels, warm, the largest "
        "that has a number",
        "ours": "label saving (labels), " + "; ".join(ours),
        "interval": "of each size alone, " + "; ".join(intervals),
        "verdict": "; ".join(verdicts),
        "chapter": "08",
        "source": "band_gaps_curve, band_gaps_curve_verdicts",
    }


def _multi_task_for_colour() -> dict:
    rows = colour_tests().query("model == 'multi-task'").set_index("setting")
    cells = _against(
        rows, "accuracy, mean over folds", "better", "09", "color_verdicts, color_scores", digits=3
    )
    scores = load_results("color_scores").query("grouping == 'five'")
    f1 = scores.groupby(["setting", "model"])["f1_macro"].mean()
    beside = cases(
        rows,
        lambda row: f"{f1[row.name, 'multi-task']:.2f}, baseline {f1[row.name, 'single-task']:.2f}",
    )
    others = colour_tests().query("question == @PAPER and model != 'multi-task'")
    best = others.set_index("setting")[["model", "score"]]
    other = cases(best, lambda row: f"{row['score']:.3f} ({row['model']})")
    return cells | {
        "short": f"accuracy {rows.loc['cold', 'difference']:+.3f} against the baseline, cold",
        "ours": f"{cells['ours']}; the other architecture, {other}; macro F1, {beside}",
        "verdict": f"that it is better than the baseline, {cells['verdict']}; "
        f"that it improves the colour most: {OPEN}, not tested",
    }


def _against(
    rows: pd.DataFrame, metric: str, claimed: str, chapter: str, source: str, digits: int = 2
) -> dict:
    """Return the cells of a claim about one model against the baseline, a row per case."""
    scores = cases(
        rows,
        lambda row: f"{row['score']:.{digits}f}, baseline {row['baseline_score']:.{digits}f}",
    )
    first = rows.iloc[0]
    return {
        "short": f"{metric}, {rows.index[0]}: {first['score']:.{digits}f}, "
        f"baseline {first['baseline_score']:.{digits}f}",
        "ours": f"{metric}, {scores}",
        "interval": f"difference, {cases(rows, interval)}",
        "verdict": words(rows, claimed),
        "chapter": chapter,
        "source": source,
    }


def _imbalance_hurts_multi_task() -> dict:
    weights = load_results("color_weight_verdicts").query("setting == 'cold' and model == 7")
    row = weights.iloc[0]
    steps = _step_tests("multi-task")
    return {
        "short": f"accuracy of the colour, cold, with balanced weights {row['difference']:+.2f}",
        "ours": (
            f"cold: accuracy of the colour with balanced weights: {row['difference']:+.2f}; the "
            f"rate-determining step, multi-task minus baseline, {cases(steps, _step_number)}"
        ),
        "interval": f"weights: {interval(row)}; accuracy of the step, {cases(steps, interval)}",
        "verdict": (
            f"that it suffers from imbalance: {word(weights['verdict'], 'better')}; "
            f"that it does badly on the step, {words(steps, 'worse')}"
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
        "ours": f"of {len(rows)} cases: better in {better}, worse in {worse}, no difference seen "
        f"in {none}",
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
    scores = cases(
        rows,
        lambda row: (
            f"{row['score']:.2f}, baseline {row['baseline_score']:.2f}, best other architecture "
            f"{best.loc[row.name, 'score']:.2f} ({best.loc[row.name, 'model']})"
        ),
    )
    # to lead, all rivals must be worse, each at the plain level; one that is better refutes
    rivals = cold[cold["question"] == "the latent variable leads"]
    lead = rivals.groupby("target", sort=False)
    leads = "; ".join(
        f"{target}: {word(judge(part, adjust=False)['verdict'], 'worse')}" for target, part in lead
    )
    first = rows.iloc[0]
    return {
        "short": f"RMSE of {rows.index[0]}, cold, {first['score']:.2f} eV, baseline "
        f"{first['baseline_score']:.2f} eV",
        "ours": f"cold: RMSE in eV, {scores}; the step against the baseline, "
        f"{cases(steps, _step_number)}",
        "interval": f"minus baseline, {cases(rows, interval)} eV; "
        f"accuracy of the step, {cases(steps, interval)}",
        "verdict": f"that it is the most accurate, {leads}; "
        f"that it improves the step, {words(steps, 'better')}",
        "chapter": "10",
        "source": "no_verdicts, no_step_verdicts, no_step_rivals",
    }


def _errors_cancel() -> dict:
    here = "setting == 'cold' and group_by == 'surface' and model == 'latent variable'"
    ratios = load_results("no_cancellation").query(here).set_index("direction")
    tests = load_results("no_cancellation_verdicts").query(here).set_index("direction")
    first = ratios.iloc[0]
    return {
        "short": f"{ratios.index[0]}, cold: {first['ratio']:.2f} times the error of independent "
        "errors",
        "ours": "cold: error of the difference over that of independent errors, "
        + cases(ratios, lambda row: f"{row['ratio']:.2f}"),
        "interval": f"error minus that of independent errors, {cases(tests, interval)} eV",
        "verdict": words(tests, "better"),
        "chapter": "10",
        "source": "no_cancellation, no_cancellation_verdicts",
    }


def _interpretable() -> dict:
    table = load_results("band_gaps_learned")
    r = table["learned mean"].corr(table["difference mean"])
    return {
        "short": f"r = {r:.2f} of learned and true family means",
        "ours": f"learned against true difference, means of {len(table)} families: r = {r:.2f}",
        "interval": "none; r of a few means is weak evidence",
        "verdict": f"{OPEN} (not measured: r says what was learned, not how well it can be read)",
        "chapter": "04, 06, 08",
        "source": "band_gaps_learned",
    }


def _unions_carry_an_error() -> dict:
    union, flagged = (
        gap_tests().query("model == @name").set_index("setting")
        for name in ("pooled", "pooled, flag")
    )
    scores = load_results("band_gaps_scores")
    settings = scores[scores["model"].isin(UNIONS)].groupby("setting", sort=False)
    family = judge(pd.concat({name: compare_models(part, "pooled") for name, part in settings}))
    told = word(family.xs("pooled, flag", level="model")["verdict"], "better")
    only = "only for a model that is not told the source (floor in chapter 01)"
    cells = _against(union, "RMSE in eV", "worse", "01, 08", "band_gaps_verdicts, band_gaps_scores")
    return cells | {
        "ours": f"{cells['ours']}; with a flag, "
        + cases(flagged, lambda row: f"{row['score']:.2f}"),
        "verdict": f"that they are worse than the baseline, {cells['verdict']}; "
        f"that the error is irreducible: {only if told == HOLDS else OPEN}",
    }


def _unasked_labels_help() -> dict:
    curve = load_results("band_gaps_curve").query("setting == 'warm'")
    row = label_saving(curve, "single-task", "difference").loc[20]
    test = _curve_tests().loc[("warm", "difference", 20)]
    return {
        "short": f"the mean error with 20 labels is that of the baseline with "
        f"{row['baseline_labels']:.0f} ({20 * row['low']:.0f} to {20 * row['high']:.0f})",
        "ours": (
            "the mean error of the difference forest with a known computed gap and 20 measured "
            f"labels is that of the baseline with {row['baseline_labels']:.0f}"
        ),
        "interval": f"labels, of this size alone, {20 * row['low']:.0f} to {20 * row['high']:.0f}",
        "verdict": f"{word([test['verdict']], 'better')} (the difference forest, with 20 labels)",
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
