"""Whether to take a difference or a mixture with few labels, by the band gaps."""

import pandas as pd

from tlhelpers.book.prose import interval, join_words, name_tests
from tlhelpers.book.record import BEYOND, PAPER
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation import compare_sizes, judge

FEW = 50  # labels, at most
MIXTURES = ["equal weights", "stack"]


def difference_beside_mixtures() -> pd.DataFrame:
    """Test the difference against the two mixtures on the learning curves of the band gaps.

    This was asked when all scores had been seen; the tests are one family.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``labels`` (all, or those that name their method), ``setting``, ``baseline`` (the
        mixture) and ``size``; columns as in `compare_sizes`. The model is the difference.
    """
    runs = {"all": "band_gaps_curve", "named": "band_gaps_named_curve"}
    tests = {}
    for labels, name in runs.items():
        for setting, curve in load_results(name).query("size <= @FEW").groupby("setting"):
            for mixture in MIXTURES:
                found = compare_sizes(curve, mixture, "difference")
                tests[labels, setting, mixture] = found
    return judge(pd.concat(tests, names=["labels", "setting", "baseline"]))


def beside_mixtures_words() -> str:
    """Say how the difference stands beside the mixtures, with few labels."""
    tests = difference_beside_mixtures()
    plain = tests.xs("equal weights", level="baseline")
    at = plain.loc[("all", "warm")].iloc[0]
    seen = tests[tests["verdict"] != "no difference seen"]
    named = "; ".join(
        f"{row['verdict']} than {mixture} with {size} labels, {setting}"
        + (", without the labels that name no method" if labels == "named" else "")
        for (labels, setting, mixture, size), row in seen.iterrows()
    )
    lower = int((tests["difference"] < 0).sum())
    return (
        f"A `DifferenceForest` gains more on average, and varies more: with {plain.index[0][2]} "
        f"labels, warm, it misses by {at['score']:.2f} eV and equal weights by "
        f"{at['baseline_score']:.2f} eV, and the interval of the difference is {interval(at)} eV. "
        f"Its mean error is the lower one in {lower} of {len(tests)} comparisons: two numbers "
        f"of labels, cold and warm, two mixtures, with all labels and with those that name their "
        f"method. They were asked afterwards. A difference is seen in {len(seen)}: {named}."
    )


def gains_with_few_words() -> str:
    """Say which models were called better than the baseline with few labels."""
    few = load_results("band_gaps_curve_verdicts").query("size <= @FEW and verdict == 'better'")
    few = few[few["question"].isin([PAPER, BEYOND, "rivals"])]
    return f"With few labels, gains were seen for band gaps: {name_tests(few)}."


def few_labels_words() -> str:
    """Say which model leads with few labels, and whether the computed gap is what helps."""
    curve = load_results("band_gaps_curve_verdicts").query("size <= @FEW")
    names = ["difference", *MIXTURES]
    scores = curve.pivot_table("score", ["size", "setting"], "model")[names]
    leads = (scores.idxmin(axis=1) == "difference").groupby("size").all()
    lead = join_words(leads.index[leads])
    plain = curve[curve["question"] == PAPER].query("model == 'difference'")["verdict"]
    seen = "is" if (plain == "better").any() else "is not"
    control = load_results("band_gaps_control_verdicts").query(
        "metric == 'rmse' and size <= @FEW and verdict == 'better'"
    )
    helped, beside = (
        name_tests(control[control["question"] == question])
        for question in ("z shuffled", "mixture without z")
    )
    return (
        f"This was seen on one table, the band gaps. With {lead} labels a `DifferenceForest` has "
        f"the lowest mean error of the three, but it varies more: that it is better than the "
        f"baseline {seen} seen. Is it the computed gap that helps, or the mixing? With shuffled "
        f"computed gaps the mixtures are not told apart from the baseline. With the true gaps they "
        f"are better than with shuffled ones: {helped}. Better than a mixture of other models that "
        f"never sees a computed gap: {beside}."
    )
