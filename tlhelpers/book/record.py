"""Where an architecture was seen to be better or worse than the baseline, with all labels."""

from collections.abc import Collection

import pandas as pd

from tlhelpers.book.names import molecule_of
from tlhelpers.book.verdict_tables import percent_of_baseline
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation import holm

ARCHITECTURES = ["difference", "multi-task", "latent variable"]
PAPER, BEYOND = "the paper's models", "beyond the paper"
_OTHER_BASELINES = ["stack against rivals", "mismatch", "against the line"]
_OTHER_BASELINES += ["the latent variable leads"]
ONE_LINE, TWO_LINES, ALONE = "one straight line", "two lines", "baseline"
_MODELS = ["stack", "equal weights", "latent variable", "learned slope", "multi-task", "difference"]
OWN = ["difference, z seen", "learned slope", "stack"]


def architecture_record(rivals: Collection[str] = ()) -> pd.DataFrame:
    """Say where each architecture was better or worse than the baseline in cross-validation.

    Parameters
    ----------
    rivals : collection of str
        Rivals to count as well, with the verdicts of their own family, such as "equal weights".

    Returns
    -------
    pandas.DataFrame
        A row per study, target, setting and architecture, ours among them: ``metric``;
        ``baseline_score`` of the single-task forest; ``difference`` from it with its 95% interval
        ``low`` to ``high``, in the unit of the metric; ``p_adjusted``; ``verdict``: better, worse,
        or no difference seen; and ``question``, whose tests are one family: the paper's models, or
        what lies beyond them.
    """
    parts = {"band gap": gap_tests(), "colour": colour_tests(), "NO reduction": barrier_tests()}
    table = pd.concat(parts, names=["study"]).reset_index("study")
    named = table["model"].isin([*ARCHITECTURES, *OWN, *rivals])  # a rival is no architecture
    table = table[named & table["question"].isin([PAPER, BEYOND, "rivals"])]
    columns = ["study", "target", "setting", "model", "metric", "baseline_score", "difference"]
    return table[[*columns, "low", "high", "p_adjusted", "verdict", "question"]].reset_index(
        drop=True
    )


def gains_by_column() -> pd.DataFrame:
    """Return what each model gains on each column of numbers, with all labels, warm.

    Returns
    -------
    pandas.DataFrame
        A row per model and target, those of the handbook first: ``task``, the name of the column,
        and ``target``, that in words; ``model``; ``difference``, ``low`` and ``high``,
        in percent of the error of the single-task forest; and ``verdict``, which counts the tests
        of its own question. A model reads no column that few of the rows to predict have: no heat
        capacity for the entropies, no entropy for the heat capacities, neither for the volumes.
    """
    entropies = load_results("entropies_without_verdicts").assign(target="entropy")
    enthalpies = load_results("entropies_other_columns").query("target == 'enthalpy_of_formation'")
    fewer = [load_results(f"entropies_{name}_without") for name in ("heat", "volume")]
    others = pd.concat([fewer[0], enthalpies, fewer[1]]).assign(setting="warm")
    studies = architecture_record(["equal weights"]).query("metric == 'rmse'")
    rows = pd.concat([entropies, others, studies]).query("setting == 'warm' and model in @_MODELS")
    rows = rows.sort_values("model", key=lambda models: models.map(_MODELS.index), kind="stable")
    columns = ["task", "target", "model", "difference", "low", "high", "verdict"]
    table = percent_of_baseline(rows).assign(task=rows["target"])
    return table.assign(target=table["task"].map(_in_words))[columns].reset_index(drop=True)


def average_gains() -> pd.DataFrame:
    """Return what the stack and models of scikit-learn gain on average over the eight targets.

    Returns
    -------
    pandas.DataFrame
        The mean change of the error, in percent of that of the single-task forest, with all
        labels, warm: a row per model, over ``all eight`` columns of `gains_by_column` and
        ``without the barriers``.
    """
    of_stack = gains_by_column().query("model == 'stack'").set_index("target")["difference"]
    changes = {"stack": of_stack} | {
        name: percent_of_baseline(plain_column_tests(name))["difference"]
        for way in ("with columns", "no columns")
        for name in (f"{kind}, {way}" for kind in ("Gaussian process", "boosting", "usual mixture"))
    }
    table = pd.DataFrame(changes)
    others = table[~table.index.str.startswith("barrier")]
    return pd.DataFrame({"all eight": table.mean(), "without the barriers": others.mean()})


def plain_column_tests(model: str, beside: str = "single-task") -> pd.DataFrame:
    """Return the tests of scikit-learn's models, most of which have the columns as features.

    Parameters
    ----------
    model : str
        Whose error is ``score``: "usual forest, with columns", "stack", or the "usual mixture",
        "boosting" or "Gaussian process", each ", with columns" or ", no columns".
    beside : str
        Whose error is ``baseline_score``: "single-task" beside one of these models, one of them
        beside the stack, and a model with no columns beside the same one with columns.

    Returns
    -------
    pandas.DataFrame
        A family of tests with all labels, warm: a row per column of `gains_by_column`, by its name
        in words.
    """
    tests = pd.concat(map(load_results, ["plain_columns", "stronger_models"]))
    tests = tests.query("model == @model and beside == @beside")
    return tests.assign(target=tests["target"].map(_in_words)).set_index("target")


def _in_words(task: str) -> str:
    names = {"entropy": "entropies", "gap_optical": "band gaps", "heat_capacity": "heat capacities"}
    names |= {"enthalpy_of_formation": "enthalpies", "molar_volume": "molar volumes"}
    return names.get(task) or f"barrier of {molecule_of(task)}"


def count_verdicts(model: str) -> tuple[int, int, int]:
    """Return in how many cases of the record a model stands, and where it is better and worse."""
    verdicts = architecture_record().query("model == @model")["verdict"]
    return len(verdicts), int((verdicts == "better").sum()), int((verdicts == "worse").sum())


def all_label_tests() -> pd.DataFrame:
    """Return every test against the baseline with all labels, of all three studies.

    Returns
    -------
    pandas.DataFrame
        The tables of verdicts one below the other, with their ``study``; ``family``, a number for
        the tests whose p-values were raised together; and ``p_all``, raised by Holm's rule as if
        all of them were one family.
    """
    tables = {
        "band gap": "band_gaps_verdicts",
        "band gap, two related labels": "band_gaps_both_verdicts",
        "band gap, mixed sources": "band_gaps_mixed_verdicts",
        "colour": "color_verdicts",
        "NO reduction": "no_verdicts",
    }
    tests = pd.concat({study: load_results(name) for study, name in tables.items()})
    tests = tests.rename_axis(["study", None]).reset_index("study")
    tests = tests[~tests["question"].isin(_OTHER_BASELINES)].reset_index(drop=True)
    own = ["study", "question", "metric", "grouping", "direction", "group_by"]
    families = tests.groupby(own, dropna=False, sort=False)
    return tests.assign(family=families.ngroup(), p_all=holm(tests["p_value"]))


def gains_outside_record() -> pd.DataFrame:
    """Say where else, with all labels, a model was seen to be better than the baseline.

    Returns
    -------
    pandas.DataFrame
        A row per ``study``, ``target``, ``model`` and ``setting`` that `architecture_record` leaves
        out: rivals, several related labels, mixed sources, and the mean absolute error (``metric``)
        where only that is seen to be lower. ``p_adjusted`` counts the tests of its family,
        ``p_all`` those of all families.
    """
    tests = all_label_tests().query("verdict == 'better'")
    tests = tests.sort_values("metric", ascending=False, kind="stable")  # RMSE before MAE
    case = ["study", "target", "model", "setting"]
    tests = tests.drop_duplicates([*case, "group_by"])
    inside = pd.MultiIndex.from_frame(architecture_record()[[*case, "verdict"]])
    tests = tests[~pd.MultiIndex.from_frame(tests[[*case, "verdict"]]).isin(inside)]
    columns = [*case, "metric", "baseline_score", "score", "p_adjusted", "p_all"]
    return tests[columns].reset_index(drop=True)


def gap_tests() -> pd.DataFrame:
    """Return the comparisons of the band gap study with its baseline."""
    return load_results("band_gaps_verdicts").query("metric == 'rmse'")


def colour_tests() -> pd.DataFrame:
    """Return the comparisons of five classes of colour with the baseline."""
    return load_results("color_verdicts").query("grouping == 'five'")


def barrier_tests() -> pd.DataFrame:
    """Return the comparisons of the barriers with the baseline, on new surfaces."""
    return load_results("no_verdicts").query(
        "metric == 'rmse' and direction == 'dissociation' and group_by == 'surface'"
    )


def known_energy_tests() -> pd.DataFrame:
    """Return what the learned slope is compared with where the reaction energies are known.

    Returns
    -------
    pandas.DataFrame
        A row per barrier, on new surfaces, and what stands ``beside`` the learned slope: one
        straight line, two lines with one slope, and the baseline.
    """
    slope = barrier_tests().query("setting == 'warm' and model == 'learned slope'")
    lines = load_results("no_two_lines_verdicts").query(
        "metric == 'rmse' and group_by == 'surface' and model == 'learned slope'"
    )
    parts = {
        ONE_LINE: slope[slope["question"] == "against the line"],
        TWO_LINES: lines,
        ALONE: slope[slope["question"] == BEYOND],
    }
    return pd.concat(parts, names=["beside"]).reset_index("beside")
