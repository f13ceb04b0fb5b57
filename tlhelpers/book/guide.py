"""The decision guide: which model, when, with the numbers that say so."""

import pandas as pd

from tlhelpers.book.findings import BEYOND, PAPER
from tlhelpers.data.loaders import load_results


def decision_table() -> pd.DataFrame:
    """Say which model to take for which table, and what was seen of it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``your table``: the ``model`` to take, ``what we saw``, with numbers from
        ``data/results``, and the ``chapter``.
    """
    rows = [
        ("no related label", "SingleTaskForest", "the baseline of every comparison", "02"),
        ("related labels; you do not know whether they help", "StackedForest", _safe(), "07, 08"),
        (
            "the same quantity from a second source, such as a calculation; few target labels",
            "DifferenceForest",
            _few_labels(),
            "04, 08",
        ),
        (
            "a related label in another unit, known for the rows to predict",
            'DifferenceForest(slope="learned", base_as_feature=True)',
            _known_energies(),
            "04, 10",
        ),
        (
            "a related class, or a label that is an intermediate step",
            "LatentVariableForest",
            _record("latent variable", PAPER),
            "06, 08 to 10",
        ),
        (
            "several labels that share their structure, none known for the rows to predict",
            "MultiTaskForest",
            _record("multi-task", PAPER),
            "05, 08 to 10",
        ),
        ("two sources under one name", "keep them apart", _union(), "01, 08"),
    ]
    names = ["your table", "model", "what we saw", "chapter"]
    return pd.DataFrame(rows, columns=names).set_index("your table")


def _safe() -> str:
    table = load_results("stack_worlds").query("model == 'stack'")
    nothing = table[table["world"].isin(["unrelated", "noise", "no signal"])]
    related = table[table["world"].isin(["systematic error", "another unit", "smooth function"])]
    return (
        f"artificial worlds: where nothing can be learned from the related label, its mean error "
        f"is {nothing['ratio'].min():.2f} to {nothing['ratio'].max():.2f} times the baseline's; "
        f"where something can, {related['ratio'].min():.2f} to {related['ratio'].max():.2f} times. "
        f"Case studies, all labels: {_record('stack', BEYOND)}; band gaps with 50 labels: "
        f"{_cases(_curve('stack', 50), 'setting')}"
    )


def _record(model: str, question: str) -> str:
    """Return how often a model was better and worse than the baseline in the case studies."""
    studies = [
        load_results("band_gaps_verdicts").query("metric == 'rmse'"),
        load_results("color_verdicts").query("grouping == 'five'"),
        load_results("no_verdicts").query(
            "metric == 'rmse' and direction == 'dissociation' and group_by == 'surface'"
        ),
    ]
    tests = pd.concat(studies).query("model == @model and question == @question")
    counts = tests["verdict"].value_counts()
    better, worse = (int(counts.get(name, 0)) for name in ("better", "worse"))
    return f"better than the baseline in {better} of {len(tests)} cases, worse in {worse}"


def _few_labels() -> str:
    return f"band gaps with 20 labels: {_cases(_curve('difference', 20), 'setting')}"


def _curve(model: str, size: int) -> pd.DataFrame:
    """Return the tests of a model at one size of the learning curves of the band gaps."""
    return load_results("band_gaps_curve_verdicts").query(
        "model == @model and size == @size and question in [@PAPER, @BEYOND]"
    )


def _known_energies() -> str:
    tests = load_results("no_verdicts").query(
        "metric == 'rmse' and direction == 'dissociation' and group_by == 'surface' "
        "and setting == 'warm' and model == 'learned slope' and question == @BEYOND"
    )
    return f"barriers from known reaction energies: {_cases(tests, 'target')}"


def _union() -> str:
    tests = load_results("band_gaps_verdicts").query("metric == 'rmse' and model == 'pooled'")
    return f"measured and computed gaps as one label: {_cases(tests, 'setting')}"


def _cases(tests: pd.DataFrame, name: str) -> str:
    """Return the error of each case beside that of the baseline."""
    return ", ".join(
        f"{row[name]} {row['score']:.2f} against {row['baseline_score']:.2f} eV ({row['verdict']})"
        for row in tests.to_dict("records")
    )
