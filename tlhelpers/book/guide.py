"""The decision guide: which model, when, with the numbers that say so."""

import pandas as pd

from tlhelpers.book.findings import BEYOND, PAPER, interval
from tlhelpers.data.loaders import load_results

NOTHING = ["unrelated", "noise", "no signal"]
SOMETHING = ["systematic error", "another unit", "smooth function"]


def decision_table() -> pd.DataFrame:
    """Say which model to take for which table, and what was seen of it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``your table``: the ``model`` to take, ``what we saw``, with numbers from
        ``data/results``, and the ``chapter``.
    """
    rows = [
        ("No related label", "SingleTaskForest", _alone(), "02, 08"),
        ("Related labels, and no idea whether they help", "StackedForest", _safe(), "07, 08"),
        (
            "The same quantity from a second source, in the same unit, and few target labels",
            "DifferenceForest",
            _few_labels(),
            "04, 08",
        ),
        (
            "A related label in another unit, known for the rows to predict",
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
        ("Two sources under one name", "keep them apart", _union(), "01, 08"),
    ]
    names = ["your table", "model", "what we saw", "chapter"]
    return pd.DataFrame(rows, columns=names).set_index("your table")


def guide_evidence() -> pd.Series:
    """Say what was seen of each rule of the guide, and of each mistake.

    Returns
    -------
    pandas.Series of str
        By a key a rule (``baseline``, ``asked``, ``few``, ``stack``, ``pairs``) and a mistake
        (``union``, ``mismatch``, ``one split``).
    """
    stack, extra, equal = (
        _gaps().query("model == @name and question in ['rivals', @BEYOND]").set_index("setting")
        for name in ("stack", "extra trees", "equal weights")
    )
    beside = _gaps("stack against rivals").set_index(["model", "setting"])["verdict"]
    slope = _barriers().query("model == 'learned slope' and question == @BEYOND")
    slope = slope.set_index(["target", "setting"])["score"]
    few = _curve("stack", 50).set_index("setting")
    wide = _folds("stack")
    wins = int((wide < 0).sum())
    return pd.Series(
        {
            "baseline": f"Band gaps, all labels, cold: extra trees, which see no related label, "
            f"have an RMSE of {extra.loc['cold', 'score']:.2f} eV, the stack "
            f"{stack.loc['cold', 'score']:.2f} eV ({beside['extra trees', 'cold']}).",
            "asked": f"Barrier of NO on new surfaces, learned slope: an RMSE of "
            f"{slope['Ea_NO_diss', 'warm']:.2f} eV where the reaction energy is known, "
            f"{slope['Ea_NO_diss', 'cold']:.2f} eV where it is not.",
            "few": f"Band gaps, the stack minus the baseline, cold: "
            f"{few.loc['cold', 'difference']:+.2f} eV with 50 labels "
            f"({few.loc['cold', 'verdict']}), {stack.loc['cold', 'difference']:+.2f} eV with all "
            f"({stack.loc['cold', 'verdict']}).",
            "stack": f"Band gaps, all labels, warm: equal weights of the stack's members "
            f"{equal.loc['warm', 'score']:.2f} eV, the stack {stack.loc['warm', 'score']:.2f} eV "
            f"({beside['equal weights', 'warm']}).",
            "pairs": f"Band gaps, all labels, warm: stack minus baseline "
            f"{stack.loc['warm', 'difference']:+.2f} eV, interval {interval(stack.loc['warm'])} "
            f"eV; counted among all comparisons of its question, "
            f"p = {stack.loc['warm', 'p_adjusted']:.2g}.",
            "union": _union(),
            "mismatch": _mismatch(),
            "one split": f"Stack minus baseline, cold, over the {len(wide)} folds of repeated "
            f"cross-validation: {wide.min():+.2f} to {wide.max():+.2f} eV; the stack is better in "
            f"{wins} folds.",
        }
    )


def _gaps(question: str | None = None) -> pd.DataFrame:
    """Return the tests of the band gap study with all labels, of one question or all."""
    tests = load_results("band_gaps_verdicts").query("metric == 'rmse'")
    return tests if question is None else tests[tests["question"] == question]


def _barriers() -> pd.DataFrame:
    """Return the tests of the barriers of dissociation on new surfaces."""
    return load_results("no_verdicts").query(
        "metric == 'rmse' and direction == 'dissociation' and group_by == 'surface'"
    )


def _folds(model: str) -> pd.Series:
    """Return how far a model is from the baseline in every fold of the band gaps, cold."""
    scores = load_results("band_gaps_scores").query("setting == 'cold'")
    wide = scores.pivot_table(index=["repeat", "fold"], columns="model", values="rmse")
    return wide[model] - wide["single-task"]


def _alone() -> str:
    test = _gaps("rivals").query("model == 'extra trees' and setting == 'cold'").iloc[0]
    return (
        f"It is the baseline of every comparison. Extra trees on the same labels, band gaps, all "
        f"labels: {_case(test)}."
    )


def _safe() -> str:
    table = load_results("stack_worlds").query("model == 'stack'")
    nothing = table.loc[table["world"].isin(NOTHING), "ratio"]
    related = table.loc[table["world"].isin(SOMETHING), "ratio"]
    return (
        f"In artificial worlds its mean error is {nothing.min():.2f} to {nothing.max():.2f} times "
        f"the baseline's where the related label tells nothing, and {related.min():.2f} to "
        f"{related.max():.2f} times where it tells something. Case studies with all labels: "
        f"{_record('stack', BEYOND)}. Band gaps with 50 labels: {_all(_curve('stack', 50))}."
    )


def _paper(model: str) -> str:
    """Return what the case studies and the artificial worlds say of a model of the paper."""
    table = load_results("stack_worlds").query("model == @model").groupby("world")["ratio"]
    low, high = table.min(), table.max()
    smooth, shared = (
        f"{low[world]:.2f} to {high[world]:.2f}"
        for world in ("smooth function", "shared structure")
    )
    return (
        f"Case studies with all labels: {_record(model, PAPER)}. In artificial worlds its mean "
        f"error is {smooth} times the baseline's where the related label is a smooth function of "
        f"the target, and {shared} times where the two share structure only."
    )


def _record(model: str, question: str) -> str:
    """Return how often a model was better and worse than the baseline in the case studies."""
    colours = load_results("color_verdicts").query("grouping == 'five'")
    tests = pd.concat([_gaps(), colours, _barriers()])
    tests = tests.query("model == @model and question == @question")
    counts = tests["verdict"].value_counts()
    better, worse = (int(counts.get(name, 0)) for name in ("better", "worse"))
    return f"better than the baseline in {better} of {len(tests)} cases, worse in {worse}"


def _few_labels() -> str:
    equal = load_results("band_gaps_curve_verdicts").query(
        "model == 'equal weights' and size == 20 and question == 'rivals'"
    )
    return (
        f"Band gaps with 20 labels: {_all(_curve('difference', 20))}. Equal weights of the stack's "
        f"members gain less, and more surely: {_all(equal)}."
    )


def _curve(model: str, size: int) -> pd.DataFrame:
    """Return the tests of a model at one size of the learning curves of the band gaps."""
    return load_results("band_gaps_curve_verdicts").query(
        "model == @model and size == @size and question in [@PAPER, @BEYOND]"
    )


def _known_energies() -> str:
    warm = _barriers().query("setting == 'warm' and model == 'learned slope'")
    line = warm[warm["question"] == "against the line"]
    line = line.assign(molecule=line["target"].str.split("_").str[1])
    alone = warm.loc[warm["question"] == BEYOND, "verdict"]
    better, worse = (int((alone == name).sum()) for name in ("better", "worse"))
    return (
        f"Barriers on new surfaces from known reaction energies, beside a straight line: "
        f"{_all(line, 'molecule')}. Beside the baseline: better in {better} of {len(alone)}, "
        f"worse in {worse}."
    )


def _union() -> str:
    tests = _gaps("unions").query("model == 'pooled'")
    return f"Band gaps, measured and computed as one label: {_all(tests)}."


def _mismatch() -> str:
    forest = _gaps("mismatch").query("model == 'difference, mismatched'").iloc[0]
    boosted = _gaps("rivals").query("model == 'gradient boosting, z seen' and setting == 'cold'")
    return (
        f"Band gaps, all labels, cold: a difference forest asked with guesses as if they were "
        f"measured, beside the same trained for guesses, {_case(forest)}; gradient boosting with "
        f"a column that is then empty, beside the baseline, {_case(boosted.iloc[0])}."
    )


def _case(row: pd.Series) -> str:
    return (
        f"{row['score']:.2f} against {row['baseline_score']:.2f} eV "
        f"({interval(row)}, {row['verdict']})"
    )


def _all(tests: pd.DataFrame, name: str = "setting") -> str:
    """Return the error of each case beside that of the baseline."""
    return ", ".join(f"{row[name]} {_case(row)}" for _, row in tests.iterrows())
