"""What the band gaps say of tables with few target labels."""

import pandas as pd

from tlhelpers.book.counted_otherwise import beside_equal_weights
from tlhelpers.book.prose import join_words
from tlhelpers.book.record import BEYOND, PAPER
from tlhelpers.data.loaders import load_results

FEW = 50  # labels, at most
MODELS = ["equal weights", "stack", "difference"]
QUESTIONS = [PAPER, BEYOND, "rivals", "named methods"]  # beside the baseline
RUNS = {"named or not": "band_gaps_curve", "named": "band_gaps_named_curve"}


def few_labels_table() -> pd.DataFrame:
    """Return the errors of three models and the baseline with few labels, and where they differ.

    Returns
    -------
    pandas.DataFrame of str
        Indexed by ``method`` (of the measurements: named or not, or named) and ``model``; a column
        for each number of labels and setting, as in "20, cold": the mean RMSE in eV, and the
        verdict if one is seen.
    """
    rows = []
    for method, name in RUNS.items():
        for row in _with_few(name).query("model in @MODELS").itertuples():
            seen = "" if row.verdict == "no difference seen" else f", {row.verdict}"
            where = (method, f"{row.size}, {row.setting}")
            rows.append((*where, row.model, f"{row.score:.2f}{seen}"))
            rows.append((*where, "baseline", f"{row.baseline_score:.2f}"))
    columns = ["method", "at", "model", "error (eV)"]
    table = pd.DataFrame(rows, columns=columns).pivot_table(
        "error (eV)", ["method", "model"], "at", aggfunc="first"
    )
    order = [(method, model) for method in RUNS for model in ["baseline", *MODELS]]
    return table.loc[order].rename_axis(columns=None)


def few_labels_words() -> str:
    """Say how equal weights and the difference compare with few labels."""
    curve = _with_few("band_gaps_curve")
    scores = curve.pivot_table("score", ["size", "setting"], "model")
    lower = int((scores["difference"] < scores["equal weights"]).sum())
    beside = beside_equal_weights().query("model == 'difference'")["verdict"]
    better = curve["verdict"].eq("better").groupby(curve["model"]).sum()
    return (
        f"This was seen on one table, the band gaps. With {join_words(curve['size'].unique())} "
        f"labels equal weights are better than the baseline in {better['equal weights']} of "
        f"{len(scores)} cases, the difference in {better['difference'] or 'none'}. Yet the "
        f"difference has a lower mean error than equal weights in "
        f"{'all' if lower == len(scores) else lower} of them, but its error varies more from draw "
        f"to draw. Compared with each other: {join_words(beside.unique())}."
    )


def _with_few(curve: str) -> pd.DataFrame:
    """Return the tests beside the baseline, of a learning curve, with few labels."""
    return load_results(f"{curve}_verdicts").query("size <= @FEW and question in @QUESTIONS")
