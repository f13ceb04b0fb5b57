"""The claims of the paper beside our numbers, computed from the tables in ``data/results``."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation.comparison import compare_models, label_saving

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot tell"


def claims_table() -> pd.DataFrame:
    """Put each claim of the paper beside our number, its interval and a verdict.

    Returns
    -------
    pandas.DataFrame, shape (10, 6)
        Indexed by the number of the claim: ``claim``; ``ours``, the number in words; ``interval``,
        95%; ``verdict``; ``chapter``; and ``source``, the tables of ``data/results``.

    Notes
    -----
    A claim holds where the whole interval lies on its side of no effect, it does not hold where the
    whole interval lies on the other side or excludes what is claimed, and else the data cannot
    tell. Intervals of energies are those of the corrected resampled t-test, those of F1 scores
    and ratios come from drawing the test rows anew. Nothing is corrected for their number.
    """
    rows = [{"claim": text, **check()} for text, check in _CLAIMS]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="claim number"))


def architecture_record() -> pd.DataFrame:
    """Count where each architecture was better or worse than the baseline in cross-validation.

    Returns
    -------
    pandas.DataFrame
        A row a study, target, setting and architecture: ``difference`` from the single-task
        forest with its interval ``difference_low`` to ``difference_high``, in the unit of the
        metric, and ``verdict``: better, worse, or no difference seen.
    """
    color = load_results("color_differences").query("metric == 'f1_macro' and grouping == 'five'")
    parts = {
        "band gap": _gap_tests("single-task"),
        "colour": color,
        "NO reduction": _barrier_tests(),
    }
    table = pd.concat(parts, names=["study"]).reset_index("study")
    table = table[table["model"].isin(["difference", "multi-task", "latent variable"])]
    own = [v.startswith(f"{m} is") for v, m in zip(table["verdict"], table["model"], strict=True)]
    base = table["verdict"].str.startswith("single-task is")
    table = table.assign(verdict="no difference seen")
    table.loc[own, "verdict"], table.loc[base, "verdict"] = "better", "worse"
    columns = ["study", "target", "setting", "model", "metric", "difference"]
    columns += ["difference_low", "difference_high", "verdict"]
    return table[columns].reset_index(drop=True)


def _verdict(low: float, high: float, claimed: str) -> str:
    """Judge an interval of a difference that is claimed to be below or above zero."""
    if claimed == "above":
        low, high = -high, -low
    return HOLDS if high < 0 else FAILS if low > 0 else OPEN


def _interval(row: pd.Series | dict, unit: str = "") -> str:
    low, high = row["difference_low"], row["difference_high"]
    return f"{low:+.2f} to {high:+.2f}{unit}"


def _worst(verdicts: list[str]) -> str:
    """Return the verdict on a claim of which every part must hold."""
    return FAILS if FAILS in verdicts else OPEN if OPEN in verdicts else HOLDS


def _tested(table: pd.DataFrame) -> pd.DataFrame:
    """Give the result of a t-test the ends of its interval."""
    low, high = (table["difference"] + s * table["half_width"] for s in (-1, 1))
    return table.assign(difference_low=low, difference_high=high, score=table["b"])


def _gap_tests(baseline: str) -> pd.DataFrame:
    """Compare all models of the band gap study with one of them, cold and warm."""
    settings = load_results("band_gaps_scores").groupby("setting", sort=False)
    tests = {setting: compare_models(part, baseline) for setting, part in settings}
    table = pd.concat(tests, names=["setting"]).reset_index().assign(metric="rmse")
    return _tested(table)


def _barrier_tests() -> pd.DataFrame:
    """Return the comparisons of the barriers with the baseline, on new surfaces."""
    return _tested(
        load_results("no_verdicts").query("metric == 'rmse' and direction == 'dissociation'")
    )


def _difference_is_most_accurate() -> dict:
    ours, intervals, verdicts = [], [], []
    for setting, rivals in _gap_tests("difference").groupby("setting", sort=False):
        best = rivals.loc[rivals["score"].idxmin()]
        ours.append(
            f"{setting}: {best['a']:.2f} eV, best other {best['b']:.2f} eV ({best['model']})"
        )
        intervals.append(f"{setting}: {_interval(best, ' eV')}")
        bounds = zip(rivals["difference_low"], rivals["difference_high"], strict=True)
        verdict = _worst([_verdict(low, high, "above") for low, high in bounds])
        verdicts.append(f"{setting}: {verdict}")
    return {
        "ours": "; ".join(ours),
        "interval": "best other minus difference, " + "; ".join(intervals),
        "verdict": "; ".join(verdicts),
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
        bounded = saving[np.isfinite(saving["high"])]
        fits = [n for n, row in bounded.iterrows() if 1 < row["low"] <= 4 <= row["high"]]
        below = (saving["high"] < 4).all()
        where = f"{HOLDS} with {', '.join(map(str, fits))} labels" if fits else ""
        verdicts.append(f"{setting}: {where or (FAILS if below else OPEN)}")
    return {
        "ours": "label saving, " + "; ".join(ours),
        "interval": "; ".join(intervals),
        "verdict": "; ".join(verdicts),
        "chapter": "08",
        "source": "band_gaps_curve",
    }


def _multi_task_for_colour() -> dict:
    table = load_results("color_differences").query("metric == 'f1_macro' and grouping == 'five'")
    rows = table[table["model"] == "multi-task"].set_index("setting")
    base = table[table["model"] == "single-task"].set_index("setting")["score"]
    return _against(rows.assign(a=base), "macro F1", "above", "09", "color_differences")


def _against(rows: pd.DataFrame, metric: str, claimed: str, chapter: str, source: str) -> dict:
    """Return the cells of a claim about one model against the baseline, a row a case."""
    scores = [
        f"{case}: {row['score']:.2f}, baseline {row['a']:.2f}" for case, row in rows.iterrows()
    ]
    verdicts = [
        f"{case}: {_verdict(row['difference_low'], row['difference_high'], claimed)}"
        for case, row in rows.iterrows()
    ]
    bounds = "; ".join(f"{case}: {_interval(row)}" for case, row in rows.iterrows())
    return {
        "ours": f"{metric}, " + "; ".join(scores),
        "interval": f"difference, {bounds}",
        "verdict": "; ".join(verdicts),
        "chapter": chapter,
        "source": source,
    }


def _steps(model: str, claimed: str) -> tuple[str, str, str]:
    """Return number, interval and verdict of a classifier of the step against the baseline."""
    table = load_results("no_step_rivals").query("metric == 'f1_macro' and group_by == 'surface'")
    ours, bounds, verdicts = [], [], []
    for row in table[table["model"] == f"classifier, {model}"].to_dict("records"):
        steps = f"{row['n_steps']} steps"
        ours.append(f"{steps}: {row['difference']:+.2f}")
        bounds.append(f"{steps}: {_interval(row)}")
        verdict = _verdict(row["difference_low"], row["difference_high"], claimed)
        verdicts.append(f"{steps}: {verdict}")
    return "; ".join(ours), "; ".join(bounds), "; ".join(verdicts)


def _imbalance_hurts_multi_task() -> dict:
    weights = load_results("color_weight_intervals")
    row = weights.query("metric == 'f1_macro' and setting == 'cold' and model == 7").iloc[0]
    balanced = _verdict(row["difference_low"], row["difference_high"], "above")
    steps, bounds, badly = _steps("multi-task", "below")
    return {
        "ours": (
            f"macro F1 of the colour with balanced weights: {row['difference']:+.2f}; macro F1 of "
            f"the rate-determining step, multi-task minus baseline, {steps}"
        ),
        "interval": f"weights: {_interval(row)}; {bounds}",
        "verdict": f"imbalance: {balanced}; badly with {badly}",
        "chapter": "05, 09, 10",
        "source": "color_weight_intervals, no_step_rivals",
    }


def _latent_variable_is_robust() -> dict:
    record = architecture_record()
    rows = record[record["model"] == "latent variable"]
    counts = rows["verdict"].value_counts().reindex(["better", "worse", "no difference seen"])
    better, worse, none = counts.fillna(0).astype(int)
    verdict = HOLDS if better == len(rows) else FAILS if worse > better else OPEN
    return {
        "ours": f"of {len(rows)}: better {better}, worse {worse}, no difference seen {none}",
        "interval": "each case has its own, see the record",
        "verdict": verdict,
        "chapter": "08, 09, 10",
        "source": "band_gaps_scores, color_differences, no_verdicts",
    }


def _latent_variable_for_barriers() -> dict:
    table = _barrier_tests().query("setting == 'cold' and model == 'latent variable'")
    rows = table.set_index("target")
    cells = _against(rows, "RMSE in eV", "below", "10", "no_verdicts, no_step_rivals")
    pairs = zip(rows["difference_low"], rows["difference_high"], strict=True)
    barriers = _worst([_verdict(low, high, "below") for low, high in pairs])
    steps, bounds, improved = _steps("latent variable", "above")
    cells["ours"] += f"; macro F1 of the step against the baseline, {steps}"
    cells["interval"] += f"; {bounds}"
    cells["verdict"] = f"barriers: {barriers}; {improved}"
    return cells


def _errors_cancel() -> dict:
    table = load_results("no_cancellation").query("setting == 'cold' and group_by == 'surface'")
    rows = table[table["model"] == "latent variable"].set_index("direction")
    ours = [f"{d}: {row['ratio']:.2f}" for d, row in rows.iterrows()]
    bounds = [f"{d}: {row['low']:.2f} to {row['high']:.2f}" for d, row in rows.iterrows()]
    verdicts = [
        f"{d}: {_verdict(r['low'] - 1, r['high'] - 1, 'below')}" for d, r in rows.iterrows()
    ]
    return {
        "ours": "error of the difference over that of independent errors, " + "; ".join(ours),
        "interval": "; ".join(bounds),
        "verdict": "; ".join(verdicts),
        "chapter": "10",
        "source": "no_cancellation",
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
    table = _gap_tests("single-task").query("model == 'pooled'").set_index("setting")
    return _against(table, "RMSE in eV", "above", "01, 08", "band_gaps_scores")


def _unasked_labels_help() -> dict:
    curve = load_results("band_gaps_curve").query("setting == 'warm'")
    row = label_saving(curve, "single-task", "difference").loc[20]
    return {
        "ours": (
            f"a computed gap, known for a compound, makes 20 measured labels worth "
            f"{row['baseline_labels']:.0f}"
        ),
        "interval": f"{20 * row['low']:.0f} to {20 * row['high']:.0f}",
        "verdict": HOLDS if row["low"] > 1 else OPEN,
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
