"""What lies beyond the paper: statements about our own models, tested as its claims are."""

from collections.abc import Callable

import pandas as pd

from tlhelpers.book.findings import (
    BEYOND,
    FAILS,
    architecture_record,
    cases,
    interval,
    word,
    words,
)
from tlhelpers.data.loaders import load_results
from tlhelpers.evaluation.comparison import compare_models, judge


def beyond_table() -> pd.DataFrame:
    """Put what could be hoped of the models beyond the paper beside our numbers.

    Returns
    -------
    pandas.DataFrame, shape (7, 6)
        Columns and words as in `claims_table`.
    """
    rows = [{"statement": text, **check()} for text, check in _STATEMENTS]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="statement number"))


def _by_size(question: str, model: str) -> pd.DataFrame:
    """Return the tests of one model on the learning curves of the band gaps, a row a case."""
    tests = load_results("band_gaps_curve_verdicts").query(
        "question == @question and model == @model"
    )
    return tests.set_index(tests["setting"] + " " + tests["size"].astype(str))


def _grouped(rows: pd.DataFrame, claimed: str) -> str:
    """Return which cases have which word."""
    said = pd.Series({case: word([row["verdict"]], claimed) for case, row in rows.iterrows()})
    return "; ".join(f"{w} ({', '.join(p.index)})" for w, p in said.groupby(said, sort=False))


def _scores(rows: pd.DataFrame, other: str = "baseline") -> str:
    return cases(rows, lambda r: f"{r['score']:.2f}, {other} {r['baseline_score']:.2f}")


def _mismatch() -> dict:
    ours, intervals, said = [], [], []
    for model in ("difference", "latent variable"):
        rows = _by_size("mismatch", f"{model}, mismatched")
        ours.append(f"{model}, RMSE in eV, {_scores(rows, 'trained as asked')}")
        intervals.append(f"{model}, {cases(rows, interval)}")
        said.append(f"{model}: {_grouped(rows, 'worse')}")
    return {
        "ours": "; ".join(ours),
        "interval": "; ".join(intervals),
        "verdict": "; ".join(said),
        "chapter": "04, 06, 08",
        "source": "band_gaps_curve_verdicts",
    }


def _of_curve(model: str) -> dict:
    rows = _by_size(BEYOND, model)
    return {
        "ours": f"RMSE in eV, {_scores(rows)}",
        "interval": f"difference, {cases(rows, interval)}",
        "verdict": _grouped(rows, "better"),
        "chapter": "08",
        "source": "band_gaps_curve_verdicts",
    }


def _never_worse() -> dict:
    record = architecture_record().query("model == 'stack'")
    counts = record["verdict"].value_counts()
    better, worse = (int(counts.get(name, 0)) for name in ("better", "worse"))
    return {
        "ours": f"of {len(record)} cases: better {better}, worse {worse}, no difference seen "
        f"{len(record) - better - worse}",
        "interval": "each case has its own, see the record",
        "verdict": FAILS if worse else "not contradicted",
        "chapter": "08, 09, 10",
        "source": "band_gaps_verdicts, color_verdicts, no_verdicts",
    }


def _beside_rivals() -> dict:
    rows = load_results("band_gaps_verdicts").query(
        "metric == 'rmse' and question == 'stack against rivals'"
    )
    rows = rows.set_index(rows["model"] + ", " + rows["setting"])
    return {
        "ours": f"RMSE in eV with all labels, {_scores(rows, 'stack')}",
        "interval": f"rival minus stack, {cases(rows, interval)} eV",
        "verdict": words(rows, "worse"),
        "chapter": "08",
        "source": "band_gaps_verdicts",
    }


def _second_label() -> dict:
    one = load_results("band_gaps_scores").query("model == 'stack'")
    both = load_results("band_gaps_both_scores").query("model == 'stack, both'")
    settings = pd.concat([one, both]).groupby("setting", sort=False)
    tests = pd.concat({name: compare_models(part, "stack") for name, part in settings})
    rows = judge(tests).droplevel([1, 2])
    return {
        "ours": f"RMSE in eV, {_scores(rows, 'one related label')}",
        "interval": f"difference, {cases(rows, interval)} eV",
        "verdict": words(rows, "better"),
        "chapter": "08",
        "source": "band_gaps_scores, band_gaps_both_scores",
    }


def _beside_the_line() -> dict:
    rows = load_results("no_verdicts").query(
        "metric == 'rmse' and direction == 'dissociation' and question == 'against the line' "
        "and model == 'learned slope'"
    )
    rows = rows.set_index(rows["target"] + ", new " + rows["group_by"] + "s")
    return {
        "ours": f"RMSE in eV, {_scores(rows, 'line')}",
        "interval": f"difference, {cases(rows, interval)} eV",
        "verdict": words(rows, "better"),
        "chapter": "10",
        "source": "no_verdicts",
    }


_STATEMENTS: list[tuple[str, Callable[[], dict]]] = [
    ("Trained on measured labels and asked with guessed ones, a model is worse.", _mismatch),
    (
        "A learned slope is better than the baseline for band gaps.",
        lambda: _of_curve("learned slope"),
    ),
    ("The stack is better than the baseline for band gaps.", lambda: _of_curve("stack")),
    ("The stack is never seen to be worse than the baseline.", _never_worse),
    ("The stack is better than simpler rivals for band gaps.", _beside_rivals),
    ("A second related label makes the stack of band gaps better.", _second_label),
    ("With known energies a learned slope is better than a straight line.", _beside_the_line),
]
