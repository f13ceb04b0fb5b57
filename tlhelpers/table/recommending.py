"""From held-out predictions to one recommendation, whose error includes what wrong picks cost."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tlhelpers.evaluation import compare_models, judge, score_predictions
from tlhelpers.evaluation.comparison import VERDICTS
from tlhelpers.evaluation.power import power_ratio
from tlhelpers.table.candidates import BASELINE, EQUAL, PICKED, STACK
from tlhelpers.table.relations import FEW, SMALL
from tlhelpers.table.units import SCORES, rounded, signed

_SETTINGS = {
    "cold": "cold setting: nothing but the features of the rows to predict is known",
    "warm": "warm setting: a row to predict comes with the related labels that it has",
}
BETTER, WORSE, UNSEEN = VERDICTS
UNDECIDED = "not decided"
SCORED = ["model", "repeat", "fold", "target", "n_train", "n_pool"]


@dataclass(frozen=True)
class Recommendation:
    """Which model to use in one setting, and what that rests on.

    Attributes
    ----------
    setting : {"cold", "warm"}
    model : str
        The recommended one.
    picked : str or None
        The model of the least error on all rows; it is recommended if the test allows.
    metric : str
    baseline_score, score : float
        Held out: of the baseline, and of the model picked anew in every fold.
    difference, low, high, p_value : float
        The second score minus the first: its 95% interval and the test.
    p_adjusted : float
        The p-value, adjusted for the settings that were compared (Holm).
    n_labels, n_groups : int
        Labels of the target, and the groups that they are of.
    verdict : {"better", "worse", "no difference seen", "not decided"}
        On picking, beside the baseline. It is not decided where labels are too few to tell.
    sentence : str
    """

    setting: str
    model: str
    picked: str | None
    metric: str
    n_labels: int
    n_groups: int
    verdict: str
    sentence: str
    baseline_score: float = np.nan
    score: float = np.nan
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    p_adjusted: float = np.nan


def score_folds(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of every setting, model, repeat and fold, those of "picked" among them.

    For these ``choice`` names the model that was picked.
    """
    parts = predictions.groupby("setting", sort=False)
    scored = {setting: score_predictions(part, SCORED) for setting, part in parts}
    scores = pd.concat(scored, names=["setting", None]).reset_index("setting")
    split = ["setting", "model", "repeat", "fold"]
    chosen = predictions.loc[predictions["model"] == PICKED, [*split, "choice"]]
    return scores.merge(chosen.drop_duplicates(), how="left", on=split)


def judge_models(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Compare every single model with the baseline; those of all settings are one family.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `score_folds`.
    metric : str

    Returns
    -------
    pandas.DataFrame
        A row per setting and model, columns as in `tlhelpers.evaluation.compare_models`.
    """
    single = scores[scores["model"] != PICKED]
    if single["model"].nunique() < 2:
        return pd.DataFrame(columns=["setting", "model", "metric", "score", "verdict"])
    return _compare(single, metric).drop(columns="target")


def _compare(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the test of each model in each setting, all of them one family."""
    tables = {s: compare_models(part, BASELINE, metric) for s, part in scores.groupby("setting")}
    return judge(pd.concat(tables, names=["setting"]).reset_index())


def recommend(
    scores: pd.DataFrame,
    verdicts: pd.DataFrame,
    setting: str,
    metric: str,
    picked: str,
    n_groups: int,
    n_labels: int,
    unit: str = "",
    holds: str = "",
) -> Recommendation:
    """Decide between the baseline and the picked model, by one test of the whole procedure.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `score_folds`.
    verdicts : pandas.DataFrame
        On single models: from `judge_models`.
    setting : str
    metric : str
    picked : str
        The model that is picked on all rows.
    n_groups, n_labels : int
    unit : str
        What follows an error in the sentence: `tlhelpers.table.units.in_unit`.
    holds : str
        For which rows the score holds, said last: `tlhelpers.table.known.say_apart`.

    Returns
    -------
    Recommendation
        Of `picked` if picking in every fold is better than the baseline by the corrected
        resampled t-test at 0.05, adjusted for the settings, else of the baseline. Where that is for
        want of labels, the sentence says that it is not decided. Where no difference is seen, it
        names the single models that are better by tests of their own.
    """
    both = scores[scores["model"].isin([BASELINE, PICKED])]
    tests = _compare(both, metric).set_index("setting")
    test = tests.loc[setting]
    numbers = ["baseline_score", "score", "difference", "low", "high", "p_value", "p_adjusted"]
    values = {name: float(test[name]) for name in numbers}
    n_scores = len(both.query("setting == @setting and model == @PICKED"))
    verdict = _verdict(test["verdict"], values, metric, n_groups, n_scores, len(tests))
    sentence = _sentence(values, metric, picked, verdict, unit, n_scores, len(tests))
    sentence += _say_picks(scores[scores["setting"] == setting], metric, picked)
    if verdict == UNSEEN:
        sentence += _say_better(verdicts, setting)
    groups = "" if n_groups == n_labels else (
        f" in {n_groups} groups, whose rows are held out together"
    )  # fmt: skip
    sentence += f" ({_SETTINGS[setting]}; {n_labels} labels{groups}.)"
    sentence += f" {holds}" if holds else ""
    model = picked if verdict == BETTER else BASELINE
    head = setting, model, picked, metric, n_labels, n_groups, verdict, sentence
    return Recommendation(*head, *values.values())


def cannot_tell(
    setting: str, metric: str, target: Hashable, n_groups: int, n_labels: int
) -> Recommendation:
    """Return the recommendation where labels are too few for any comparison."""
    sentence = (
        f"Cannot tell: {n_labels} labels of {target!r}, in {n_groups} groups, are too few to "
        f"compare models; {FEW} groups are the least. Until then use the single-task forest, and "
        f"measure more of {target!r}."
    )
    return Recommendation(setting, BASELINE, None, metric, n_labels, n_groups, UNDECIDED, sentence)


def _verdict(
    judged: str, values: dict, metric: str, n_groups: int, n_scores: int, n_settings: int
) -> str:
    """Return the verdict of the test, or that labels are too few for it to see anything."""
    if judged != UNSEEN or _is_baseline(values):
        return judged
    needed = _needed(values, n_scores, n_settings)
    few = n_groups < SMALL or needed >= _most(values["baseline_score"], metric) > 0
    return UNDECIDED if few else UNSEEN


def _is_baseline(values: dict) -> bool:
    """Return whether the baseline was picked in every split."""
    return values["difference"] == 0 and values["high"] == values["low"]


def _needed(values: dict, n_scores: int, n_settings: int) -> float:
    """Return the difference that is seen in four of five such tables."""
    return (values["high"] - values["low"]) / 2 * (1 + power_ratio(n_scores, n_settings))


def _sentence(
    values: dict, metric: str, picked: str, verdict: str, unit: str, n_scores: int, n_settings: int
) -> str:
    """Say in words what the test says."""
    base, low, high = values["baseline_score"], values["low"], values["high"]
    (name, meaning, _), p = SCORES[metric], values["p_adjusted"]
    name = f"{name} ({meaning})"
    p_text = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    p_text += ", raised for both settings" if n_settings > 1 else ""
    alone = picked == BASELINE
    on_all = f"the {BASELINE} forest itself" if alone else _article(picked)
    on_all = f"By the errors on all rows {on_all} is picked."
    moved = (
        f"On held-out rows the {name} of the single-task forest is {rounded(base)}, that of the "
        f"picked model {rounded(values['score'])}{unit} (difference "
        f"{signed(values['difference'])}, 95% interval {signed(low)} to {signed(high)}, {p_text}). "
        f"In each split a model is picked without the held-out rows, so the "
        f"{rounded(values['score'])} includes what wrong picks cost."
    )
    if verdict == BETTER:
        return f"Use the single-task forest. {moved} {on_all}" if alone else (
            f"Use {_article(picked)}. {moved}"
        )  # fmt: skip
    if verdict == WORSE:
        return f"Use the single-task forest: the picked model is worse. {moved}"
    if _is_baseline(values):
        return (
            "No difference seen: the single-task forest was picked in every split. "
            f"On held-out rows its {name} is {rounded(base)}{unit}."
        )
    power = _say_power(base, _needed(values, n_scores, n_settings), metric)
    if verdict == UNDECIDED:
        more = "So few labels may mislead: begin with what the guide of the book says of such a "
        more += "table, or get more labels."
        return f"Not decided, for want of labels. {moved} {power} {on_all} {more}"
    if alone:
        return f"No difference seen. {on_all} {moved} {power}"
    choice = "If a simple model will do, take the single-task forest; if a low error counts, "
    choice += f"{_article(picked)}, picked by the errors on all rows."
    return f"No difference seen: the choice is yours. {choice} {moved} {power}"


def _say_picks(scores: pd.DataFrame, metric: str, picked: str) -> str:
    """Say how often each model was picked, and its own error, if not always the one named."""
    times = scores["choice"].value_counts()
    if picked == BASELINE or set(times.index) <= {picked}:
        return ""
    own = scores.groupby("model")[metric].mean().map(rounded)
    counted = [f"{_article(str(m))} {n} time{'s' * (n > 1)} ({own[m]})" for m, n in times.items()]
    if picked not in times:
        counted.append(f"{_article(picked)} never ({own[picked]})")
    return (
        f" Picked in the {times.sum()} splits, with the {SCORES[metric][0]} of each by itself: "
        f"{', '.join(counted)}."
    )


def _say_better(verdicts: pd.DataFrame, setting: str) -> str:
    """Name the single models whose own gain is seen, though that of picking is not."""
    seen = verdicts[(verdicts["setting"] == setting) & (verdicts["verdict"] == BETTER)]
    if seen.empty:
        return ""
    *first, last = map(_article, seen["model"])
    names = f"{', '.join(first)} and {last}" if first else last
    be, take = ("are", "one of them") if first else ("is", "it")
    return (
        f" But by a test for each model, with p raised for all of them, {names} {be} better than "
        f"the single-task forest: you may take {take}, if you report this answer, too."
    )


def _most(base: float, metric: str) -> float:
    """Return the difference of a perfect model from the score of the baseline."""
    return base if metric == "rmse" else 1 - base


def _say_power(base: float, seen: float, metric: str) -> str:
    """Say which model would have been seen to be better, if one can be."""
    most = _most(base, metric)
    if most <= 0:
        return "No model can be better."
    if seen >= most:
        return (
            "Even a model without any error would be seen to be better in fewer than four of five "
            "such tables."
        )
    amount = f"{seen / base:.0%} less error" if metric == "rmse" else f"{seen:.3f} more accuracy"
    return (
        f"To be seen in four of five such tables, a model must have {amount} than the single-task "
        "forest."
    )


def _article(model: str) -> str:
    """Return the name of a model in a sentence."""
    kind = model.partition(" (")[0]
    forests = {BASELINE, "difference", "learned slope", "latent variable", "multi-task"}
    if kind in (STACK, EQUAL):
        return "the stack" if kind == STACK else f"the stack with {EQUAL}"
    return f"the {model} forest" if kind in forests else f"{model!r}"
