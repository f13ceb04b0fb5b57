"""The claims of the paper beside our numbers, computed from the tables in ``data/results``."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation.comparison import compare_models, compare_sizes, judge, label_saving

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot tell"
ARCHITECTURES = ["difference", "multi-task", "latent variable"]


def claims_table() -> pd.DataFrame:
    """Put each claim of the paper beside our number, its interval and a verdict.

    Returns
    -------
    pandas.DataFrame, shape (10, 6)
        Indexed by the number of the claim: ``claim``; ``ours``, the number in words; ``interval``,
        95%; ``verdict``; ``chapter``; and ``source``, the tables of ``data/results``.

    Notes
    -----
    The word follows from the verdicts of `tlhelpers.evaluation.judge` on the model against its
    baseline: a claim holds where every case it names is as claimed, it does not hold where one is
    the opposite, and else the data cannot tell. Intervals are unadjusted. Beside a classification's
    test, which is of the accuracy, stands the macro F1.
    """
    rows = [{"claim": text, **check()} for text, check in _CLAIMS]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="claim number"))


def architecture_record() -> pd.DataFrame:
    """Say where each architecture was better or worse than the baseline in cross-validation.

    Returns
    -------
    pandas.DataFrame
        A row a study, target, setting and architecture: ``metric``; ``difference`` from the
        single-task forest with its 95% interval ``low`` to ``high``, in the unit of the metric;
        ``p_adjusted``; and ``verdict``: better, worse, or no difference seen.
    """
    parts = {"band gap": _gap_tests(), "colour": _colour_tests(), "NO reduction": _barrier_tests()}
    table = pd.concat(parts, names=["study"]).reset_index("study")
    table = table[table["model"].isin(ARCHITECTURES)]
    columns = ["study", "target", "setting", "model", "metric", "difference", "low", "high"]
    return table[[*columns, "p_adjusted", "verdict"]].reset_index(drop=True)


def _word(verdicts: Iterable[str], claimed: str) -> str:
    """Return what the verdicts on every case of a claim say together."""
    opposite = {"better": "worse", "worse": "better"}[claimed]
    seen = set(verdicts)
    return HOLDS if seen == {claimed} else FAILS if opposite in seen else OPEN


def _words(rows: pd.DataFrame, claimed: str) -> str:
    """Return the word on each case of a claim."""
    return _cases(rows, lambda row: _word([row["verdict"]], claimed))


def _cases(rows: pd.DataFrame, say: Callable[[pd.Series], str]) -> str:
    """Return one text a row, with what the index calls the case."""
    return "; ".join(f"{case}: {say(row)}" for case, row in rows.iterrows())


def _interval(row: pd.Series, unit: str = "") -> str:
    return f"{row['low']:+.2f} to {row['high']:+.2f}{unit}"


def _gap_tests() -> pd.DataFrame:
    """Return the comparisons of the band gap study with its baseline."""
    return load_results("band_gaps_verdicts").query("metric == 'rmse'")


def _colour_tests() -> pd.DataFrame:
    """Return the comparisons of five classes of colour with the baseline."""
    return load_results("color_verdicts").query("grouping == 'five'")


def _barrier_tests() -> pd.DataFrame:
    """Return the comparisons of the barriers with the baseline, on new surfaces."""
    return load_results("no_verdicts").query("metric == 'rmse' and direction == 'dissociation'")


def _curve_tests() -> pd.DataFrame:
    """Compare the architectures with the baseline at every size of the band gap curves."""
    tests = {
        (setting, model): compare_sizes(part, "single-task", model)
        for setting, part in load_results("band_gaps_curve").groupby("setting", sort=False)
        for model in ARCHITECTURES
    }
    return judge(pd.concat(tests, names=["setting", "model"]))


def _step_tests(model: str) -> pd.DataFrame:
    """Return the comparisons of a classifier of the step with the baseline, its F1 beside."""
    tests = load_results("no_step_verdicts").query("model == @model").copy()
    scores = load_results("no_step_scores").query("group_by == 'surface'")
    f1 = scores.groupby(["model", "n_steps"])["f1_macro"].mean()
    change = f1[f"classifier, {model}"] - f1["classifier, single-task"]
    tests["f1"] = tests["n_steps"].map(change)
    return tests.set_index(tests["n_steps"].astype(str) + " steps")


def _step_number(row: pd.Series) -> str:
    return f"accuracy {row['difference']:+.2f}, macro F1 {row['f1']:+.2f}"


def _difference_is_most_accurate() -> dict:
    ours, intervals, words = [], [], []
    settings = load_results("band_gaps_scores").groupby("setting", sort=False)
    tests = {setting: compare_models(part, "difference") for setting, part in settings}
    family = judge(pd.concat(tests, names=["setting"])).reset_index(["setting", "model"])
    for setting, rivals in family.groupby("setting", sort=False):
        best = rivals.loc[rivals["score"] == rivals["score"].min()].iloc[0]
        ours.append(
            f"{setting}: {best['baseline_score']:.2f} eV, best other {best['score']:.2f} eV "
            f"({best['model']})"
        )
        intervals.append(f"{setting}: {_interval(best, ' eV')}")
        # to lead, all rivals must be worse, each at the plain level; one that is better refutes
        leads = _word(judge(rivals, adjust=False)["verdict"], "worse") == HOLDS
        words.append(f"{setting}: {HOLDS if leads else _word(rivals['verdict'], 'worse')}")
    return {
        "ours": "; ".join(ours),
        "interval": "best other minus difference, " + "; ".join(intervals),
        "verdict": "; ".join(words),
        "chapter": "08",
        "source": "band_gaps_scores",
    }


def _a_quarter_of_the_labels() -> dict:
    curve, ours, intervals, verdicts = load_results("band_gaps_curve"), [], [], []
    for setting, part in curve.groupby("setting", sort=False):
        saving = label_saving(part, "single-task", "difference").loc[[20, 50, 100]]
        text = {n: f"{row['saving']:.1f}" for n, row in saving.iterrows()}
        ours.append(f"{setting}: " + ", ".join(f"{s} with {n} labels" for n, s in text.items()))
        bounds = ", ".join(f"{row['low']:.1f} to {row['high']:.1f}" for _, row in saving.iterrows())
        intervals.append(f"{setting}: {bounds}")
        inside = (saving["low"] >= 2) & (saving["high"] <= 8)
        holding = (saving["low"] <= 4) & (4 <= saving["high"])
        each = np.where(inside, HOLDS, np.where(holding, OPEN, FAILS))
        words = [f"{word} with {n} labels" for n, word in zip(saving.index, each, strict=True)]
        verdicts.append(f"{setting}: " + ", ".join(words))
    return {
        "ours": "label saving, " + "; ".join(ours),
        "interval": "; ".join(intervals),
        "verdict": "; ".join(verdicts),
        "chapter": "08",
        "source": "band_gaps_curve",
    }


def _multi_task_for_colour() -> dict:
    rows = _colour_tests().query("model == 'multi-task'").set_index("setting")
    cells = _against(rows, "accuracy", "better", "09", "color_verdicts, color_scores")
    scores = load_results("color_scores").query("grouping == 'five'")
    f1 = scores.groupby(["setting", "model"])["f1_macro"].mean()
    beside = _cases(
        rows,
        lambda row: f"{f1[row.name, 'multi-task']:.2f}, baseline {f1[row.name, 'single-task']:.2f}",
    )
    return cells | {"ours": f"{cells['ours']}; macro F1, {beside}"}


def _against(rows: pd.DataFrame, metric: str, claimed: str, chapter: str, source: str) -> dict:
    """Return the cells of a claim about one model against the baseline, a row a case."""
    scores = _cases(rows, lambda row: f"{row['score']:.2f}, baseline {row['baseline_score']:.2f}")
    return {
        "ours": f"{metric}, {scores}",
        "interval": f"difference, {_cases(rows, _interval)}",
        "verdict": _words(rows, claimed),
        "chapter": chapter,
        "source": source,
    }


def _imbalance_hurts_multi_task() -> dict:
    weights = load_results("color_weight_verdicts").query("setting == 'cold' and model == 7")
    row = weights.iloc[0]
    steps = _step_tests("multi-task")
    return {
        "ours": (
            f"accuracy of the colour with balanced weights: {row['difference']:+.2f}; the "
            f"rate-determining step, multi-task minus baseline, {_cases(steps, _step_number)}"
        ),
        "interval": f"weights: {_interval(row)}; accuracy of the step, {_cases(steps, _interval)}",
        "verdict": (
            f"imbalance: {_word(weights['verdict'], 'better')}; badly with {_words(steps, 'worse')}"
        ),
        "chapter": "05, 09, 10",
        "source": "color_weight_verdicts, no_step_verdicts, no_step_scores",
    }


def _latent_variable_is_robust() -> dict:
    record = architecture_record()
    rows = record[record["model"] == "latent variable"]
    counts = rows["verdict"].value_counts().reindex(["better", "worse", "no difference seen"])
    better, worse, none = counts.fillna(0).astype(int)
    return {
        "ours": f"of {len(rows)}: better {better}, worse {worse}, no difference seen {none}",
        "interval": "each case has its own, see the record",
        "verdict": _word(rows["verdict"], "better"),
        "chapter": "08, 09, 10",
        "source": "band_gaps_verdicts, color_verdicts, no_verdicts",
    }


def _latent_variable_for_barriers() -> dict:
    table = _barrier_tests().query("setting == 'cold' and model == 'latent variable'")
    rows, steps = table.set_index("target"), _step_tests("latent variable")
    sources = "no_verdicts, no_step_verdicts, no_step_scores"
    cells = _against(rows, "RMSE in eV", "better", "10", sources)
    return cells | {
        "ours": f"{cells['ours']}; the step against the baseline, {_cases(steps, _step_number)}",
        "interval": f"{cells['interval']}; accuracy of the step, {_cases(steps, _interval)}",
        "verdict": (f"barriers: {_word(rows['verdict'], 'better')}; {_words(steps, 'better')}"),
    }


def _errors_cancel() -> dict:
    here = "setting == 'cold' and group_by == 'surface' and model == 'latent variable'"
    ratios = load_results("no_cancellation").query(here).set_index("direction")
    tests = load_results("no_cancellation_verdicts").query(here).set_index("direction")
    return {
        "ours": "error of the difference over that of independent errors, "
        + _cases(ratios, lambda row: f"{row['ratio']:.2f}"),
        "interval": f"error minus that of independent errors, {_cases(tests, _interval)} eV",
        "verdict": _words(tests, "better"),
        "chapter": "10",
        "source": "no_cancellation, no_cancellation_verdicts",
    }


def _interpretable() -> dict:
    table = load_results("band_gaps_learned")
    r = table["learned mean"].corr(table["difference mean"])
    return {
        "ours": f"learned against true difference, {len(table)} families of compounds: r = {r:.2f}",
        "interval": "none: the claim is about what can be shown",
        "verdict": HOLDS if r > 0.8 else OPEN,
        "chapter": "04, 06, 08",
        "source": "band_gaps_learned",
    }


def _unions_carry_an_error() -> dict:
    table = _gap_tests().query("model == 'pooled'").set_index("setting")
    return _against(table, "RMSE in eV", "worse", "01, 08", "band_gaps_verdicts")


def _unasked_labels_help() -> dict:
    curve = load_results("band_gaps_curve").query("setting == 'warm'")
    row = label_saving(curve, "single-task", "difference").loc[20]
    test = _curve_tests().loc[("warm", "difference", 20)]
    return {
        "ours": (
            f"a computed gap, known for a compound, makes 20 measured labels worth "
            f"{row['baseline_labels']:.0f}"
        ),
        "interval": f"{20 * row['low']:.0f} to {20 * row['high']:.0f}",
        "verdict": _word([test["verdict"]], "better"),
        "chapter": "08",
        "source": "band_gaps_curve",
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
