"""The verdicts on the band gaps, had we counted otherwise, or left doubtful labels out."""

import pandas as pd
from scipy import stats

from tlhelpers.book.prose import join_words, name_tests
from tlhelpers.book.verdict_tables import percent_of_baseline
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation import SETTINGS, compare_sizes, holm, judge
from tlhelpers.evaluation.comparison import LEVEL


def count_otherwise(tests: pd.DataFrame, curve: str = "band_gaps_curve") -> pd.DataFrame:
    """Adjust the tests of the band gaps' learning curves in the two ways that we did not choose.

    Parameters
    ----------
    tests : pandas.DataFrame
        Verdicts at the sizes of a learning curve, such as ``band_gaps_curve_verdicts``.
    curve : str
        The result that they were made from: it has the numbers of draws, test rows and pool.

    Returns
    -------
    pandas.DataFrame
        The tests with ``p_one_family``, adjusted as if all were one family; ``longer``, how many
        times as long the interval is if the corrected test takes the labels for its number of
        training rows, not all rows that they are drawn from; ``p_alone``, the p-value with that
        ratio; and ``p_stricter``, the same adjusted in each question.
    """
    scores = load_results(curve)
    n_test, n_pool = scores.loc[0, ["n_test", "n_pool"]]
    draws = scores["repeat"].nunique()
    longer = ((1 / draws + n_test / tests["size"]) / (1 / draws + n_test / n_pool)) ** 0.5
    t = stats.t.isf(tests["p_value"] / 2, draws - 1) / longer
    p_value = pd.Series(2 * stats.t.sf(t, draws - 1), tests.index)
    return tests.assign(
        p_one_family=holm(tests["p_value"]),
        longer=longer,
        p_alone=p_value,
        p_stricter=p_value.groupby(tests["question"]).transform(holm),
    )


def _by_published_form(tests: pd.DataFrame) -> pd.DataFrame:
    """Judge the same tests by the published form; p is adjusted in each question."""
    counted = count_otherwise(tests)
    middle, longer = counted["difference"], counted["longer"]
    ends = {end: middle + (counted[end] - middle) * longer for end in ("low", "high")}
    found = judge(counted.assign(p_value=counted["p_stricter"], **ends), adjust=False)
    return found.assign(p_value=counted["p_alone"])[tests.columns]


def both_formulas(tests: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals of the verdicts "better", by both formulas of the test.

    Parameters
    ----------
    tests : pandas.DataFrame
        The questions of ``band_gaps_curve_verdicts`` that are counted.

    Returns
    -------
    pandas.DataFrame
        Two rows a verdict: ``model``, with size and setting before its name; ``formula``, ours or
        the published one; ``difference``, ``low`` and ``high``, in percent of the baseline's error;
        and ``verdict``, that of the formula.
    """
    ours = tests[tests["verdict"] == "better"].sort_values(["setting", "size"])
    published = _by_published_form(tests).loc[ours.index]
    found = pd.concat({"our formula": ours, "published formula": published}, names=["formula"])
    found = percent_of_baseline(found)
    found["model"] = found["setting"] + ", " + found["size"].astype(str) + ", " + found["model"]
    columns = ["model", "formula", "difference", "low", "high", "verdict"]
    return found.reset_index("formula")[columns].reset_index(drop=True)


def check_verdicts(tests: pd.DataFrame) -> pd.DataFrame:
    """Ask of each verdict "better" on the band gaps' learning curves whether it stands otherwise.

    Parameters
    ----------
    tests : pandas.DataFrame
        The questions of ``band_gaps_curve_verdicts`` that are counted.

    Returns
    -------
    pandas.DataFrame
        A row per verdict, named by model, size and setting, and a column per check; None where the
        check was not run. Beside a control, what counts is its own verdict.
    """
    case = ["model", "size", "setting"]
    counted = count_otherwise(tests)
    firm = counted[counted["verdict"] == "better"].set_index(case).sort_index()
    few = load_results("band_gaps_named_curve_verdicts").set_index(case)["verdict"]
    controls = load_results("band_gaps_control_verdicts").query("verdict == 'better'")
    of_control = controls.set_index(case).groupby("question")
    shuffled, blind = (
        of_control.get_group(x).index for x in ("z shuffled", "usual mixture, no columns")
    )
    named = few.reindex(firm.index)
    return pd.DataFrame(
        {
            "z shuffled": firm.index.isin(shuffled),
            "one question": firm["p_one_family"] < 0.05,
            "named methods": (named == "better").astype(object).where(named.notna(), None),
            "no columns": firm.index.isin(blind),
            "published formula": firm["p_stricter"] < 0.05,
        }
    )


def beside_equal_weights() -> pd.DataFrame:
    """Test the models of few labels beside equal weights, a question that was asked afterwards.

    Returns
    -------
    pandas.DataFrame
        Columns of `compare_sizes`, with ``model`` and ``setting``, for 20 and 50 labels of the band
        gaps. All rows are one family.
    """
    curve = load_results("band_gaps_curve").query("size <= 50")
    found = [
        compare_sizes(rows, "equal weights", model).reset_index().assign(model=model, setting=how)
        for how, rows in ((how, curve[curve["setting"] == how]) for how in SETTINGS)
        for model in ("difference", "difference, z seen", "learned slope", "stack")
    ]
    return judge(pd.concat(found, ignore_index=True))


def nameless_words() -> str:
    """Say what was seen when labels that name no method were left out.

    The mark ‡ is for what the published form of the test, the stricter one here, does not see.
    """
    few = load_results("band_gaps_named_curve_verdicts")
    better = few[few["verdict"] == "better"]
    stricter = count_otherwise(few, "band_gaps_named_curve").loc[better.index, "p_stricter"]
    missed = int((stricter >= LEVEL).sum())
    marked = f", {'all' if missed == len(better) else missed} with the mark ‡" if missed else ""
    stack = better.query("model == 'stack'")
    every = load_results("band_gaps_named_verdicts").query("verdict == 'better'")
    gains = [
        f"by {metric.upper()} {_cases(tests)}"
        for metric, tests in every.groupby("metric", sort=False)
    ]
    return (
        "Some labels of the band gaps name no method, and may be thermal. A run without them was "
        f"added after the other scores were seen. With {join_words(few['size'].unique())} labels "
        f"it calls a model better in {len(better)} of {len(few)} tests{marked}: "
        f"{name_tests(better)}. "
        f"{len(stack) or 'None'} of these "
        f"{'is' if len(stack) < 2 else 'are'} of the stack. With all labels it calls better, "
        f"{'; '.join(gains)}. These tests are in no other count of ours."
    )


def _cases(tests: pd.DataFrame) -> str:
    """Name the models of some tests, and where each."""
    named = tests.groupby("model", sort=False)["setting"].agg(" and ".join)
    return ", ".join(f"{model} ({where})" for model, where in named.items())
