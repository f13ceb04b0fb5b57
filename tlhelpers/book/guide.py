"""The decision guide: which model, when, with the numbers that say so."""

import pandas as pd

from tlhelpers.book.prose import interval
from tlhelpers.book.record import (
    BEYOND,
    PAPER,  # noqa: F401 - queries read it
    architecture_record,
    barrier_tests,
    count_verdicts,
    gap_tests,
)
from tlhelpers.data.loaders import load_results

MOLECULES = ["NO", "N2", "O2"]
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
            "The same quantity from a second source, and few target labels (20 to 50)",
            "StackedForest(pull=np.inf)",
            _few_labels(),
            "08",
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
        ("Two sources under one name", "keep them apart", _union(), "01, 08"),
    ]
    names = ["your table", "model", "what we saw", "chapter"]
    return pd.DataFrame(rows, columns=names).set_index("your table")


def guide_evidence() -> pd.Series:
    """Say what was seen of each rule of the guide, and of each mistake.

    Returns
    -------
    pandas.Series of str
        By a key what was seen in all (``seen``), a rule
        (``baseline``, ``asked``, ``few``, ``stack``, ``pairs``) and a mistake
        (``mismatch``, ``one split``).
    """
    stack, extra, equal = (
        _gaps().query("model == @name and question in ['rivals', @BEYOND]").set_index("setting")
        for name in ("stack", "extra trees", "equal weights")
    )
    beside = _gaps("stack against rivals").set_index(["model", "setting"])["verdict"]
    slope = barrier_tests().query("model == 'learned slope' and question == @BEYOND")
    slope = _by_molecule(slope)
    known = slope.pivot_table("score", "molecule", "setting").loc[MOLECULES]
    few = _curve("stack", 50).set_index("setting")
    wide = _folds("stack")
    wins = int((wide < 0).sum())
    return pd.Series(
        {
            "seen": _seen(),
            "baseline": f"Band gaps, all labels, cold: extra trees, which see no related label, "
            f"have an RMSE of {extra.loc['cold', 'score']:.2f} eV, the stack "
            f"{stack.loc['cold', 'score']:.2f} eV ({beside['extra trees', 'cold']}).",
            "asked": "Barriers on new surfaces, learned slope, RMSE where the reaction energy is "
            "known and where it is not: "
            + ", ".join(f"{m} {r['warm']:.2f} and {r['cold']:.2f} eV" for m, r in known.iterrows())
            + ".",
            "few": f"Band gaps, the stack minus the baseline, cold: "
            f"{few.loc['cold', 'difference']:+.2f} eV with 50 labels "
            f"({few.loc['cold', 'verdict']}), {stack.loc['cold', 'difference']:+.2f} eV with all "
            f"({stack.loc['cold', 'verdict']}).",
            "stack": f"Band gaps, all labels, warm: equal weights {equal.loc['warm', 'score']:.2f} "
            f"eV, the stack {stack.loc['warm', 'score']:.2f} eV "
            f"({beside['equal weights', 'warm']}). {_weights()}",
            "pairs": f"Band gaps, all labels, warm: stack minus baseline "
            f"{stack.loc['warm', 'difference']:+.2f} eV, interval {interval(stack.loc['warm'])} "
            f"eV; counted among all comparisons of its question, "
            f"p = {stack.loc['warm', 'p_adjusted']:.2g}.",
            "mismatch": _mismatch(),
            "one split": f"Stack minus baseline, cold, over the {len(wide)} folds of repeated "
            f"cross-validation: {wide.min():+.2f} to {wide.max():+.2f} eV; the stack is better in "
            f"{wins} folds.",
        }
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
    return (
        f"It is the baseline of every comparison. Extra trees on the same labels, band gaps, all "
        f"labels: {_case(test)}."
    )


def _safe() -> str:
    table = load_results("stack_worlds").query("model == 'stack'")
    nothing = table.loc[table["world"].isin(NOTHING), "ratio"]
    related = table.loc[table["world"].isin(SOMETHING), "ratio"]
    shared = table.loc[table["world"] == "shared structure", "ratio"]
    return (
        f"In artificial worlds the mean error of the stack is {_range(nothing)} times the "
        f"baseline's where the related label tells nothing, {_range(shared)} times where the two "
        f"share structure only, and {_range(related)} times where it tells more. Case studies with "
        f"all labels: {_record('stack')}."
    )


def _paper(model: str) -> str:
    """Return what the case studies and the artificial worlds say of a model of the paper."""
    smooth, shared = (_world(model, world) for world in ("smooth function", "shared structure"))
    return (
        f"Named for its design. Case studies with all labels: {_record(model)}. In "
        f"artificial worlds {smooth} times the baseline's mean error where the related label is a "
        f"smooth function of the target, {shared} times where the two share structure only."
    )


def _world(model: str, world: str, setting: str | None = None) -> str:
    """Return the error of a model in an artificial world over that of the baseline."""
    table = load_results("stack_worlds").query("model == @model and world == @world")
    if setting is not None:
        table = table[table["setting"] == setting]
    return _range(table["ratio"])


def _range(ratios: pd.Series) -> str:
    return f"{ratios.min():.2f} to {ratios.max():.2f}"


def _seen() -> str:
    """Return the whole of what was and was not seen, in a sentence or two."""
    record = architecture_record()
    seen = int((record["verdict"] != "no difference seen").sum())
    few = load_results("band_gaps_curve_verdicts").query(
        "size <= 50 and verdict == 'better' and question in [@BEYOND, 'rivals']"
    )
    by = few.groupby(["model", "size"])["setting"].agg(" and ".join)
    names = {"equal weights": "the plain mean of the stack's members", "stack": "the stack"}
    gains = "; ".join(f"{names[m]} with {n} labels, {where}" for (m, n), where in by.items())
    return (
        f"With all labels a difference between an architecture and the baseline was seen in {seen} "
        f"of {len(record)} cases (by RMSE or accuracy; a few gains lie outside this count, see "
        f"chapter 11); with few, gains were seen for band gaps: {gains}."
    )


def _weights() -> str:
    """Return why the weights of the stack are learned although equal ones did better here."""
    table = load_results("stack_worlds").query("world in @NOTHING").groupby("model")["ratio"].max()
    far = {m: _world(m, "another unit", "warm") for m in ("stack", "equal weights")}
    return (
        f"In artificial worlds equal weights cost up to {table['equal weights']:.2f} times the "
        f"baseline's error where nothing can be learned (learned ones {table['stack']:.2f}); where "
        f"one member is far better they reach {far['equal weights']} times it, learned ones "
        f"{far['stack']}. So learned weights are the default."
    )


def _record(model: str) -> str:
    """Return how often a model was better and worse than the baseline in the case studies."""
    cases, better, worse = count_verdicts(model)
    return f"better than the baseline in {better} of {cases} cases, worse in {worse}"


def _few_labels() -> str:
    equal = load_results("band_gaps_curve_verdicts").query(
        "model == 'equal weights' and size == 20 and question == 'rivals'"
    )
    return (
        f"Band gaps, with 20 labels and equal weights: {_all(equal)}; with 50 and learned weights: "
        f"{_all(_curve('stack', 50))}. A `DifferenceForest` has a lower mean with 20, not "
        f"confirmed: {_all(_curve('difference', 20))}."
    )


def _curve(model: str, size: int) -> pd.DataFrame:
    """Return the tests of a model at one size of the learning curves of the band gaps."""
    return load_results("band_gaps_curve_verdicts").query(
        "model == @model and size == @size and question in [@PAPER, @BEYOND]"
    )


def _known_energies() -> str:
    warm = barrier_tests().query("setting == 'warm' and model == 'learned slope'")
    line = _by_molecule(warm[warm["question"] == "against the line"])
    alone = warm.loc[warm["question"] == BEYOND, "verdict"]
    better, worse = (int((alone == name).sum()) for name in ("better", "worse"))
    held = load_results("no_held_out").query(
        "metric == 'rmse' and direction == 'dissociation' and setting == 'warm' "
        "and model in ['learned slope', 'single-task']"
    )
    held = _by_molecule(held).pivot_table("score", "molecule", "model").loc[MOLECULES]
    apart = ", ".join(
        f"{m} {r['learned slope']:.2f} against {r['single-task']:.2f}" for m, r in held.iterrows()
    )
    return (
        f"Barriers on new surfaces from known reaction energies, beside a straight line: "
        f"{_all(line, 'molecule')}. Beside the baseline: better in {better} of {len(alone)}, "
        f"worse in {worse}; on the few surfaces of the hold-out set {apart} eV. In artificial "
        f"worlds with the label in another unit, warm: "
        f"{_world('learned slope', 'another unit', 'warm')} times the baseline's error."
    )


def _by_molecule(tests: pd.DataFrame) -> pd.DataFrame:
    """Name the molecule of each barrier."""
    return tests.assign(molecule=tests["target"].str.split("_").str[1])


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
