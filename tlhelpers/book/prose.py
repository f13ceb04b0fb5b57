"""Small helps for chapters: prose and tables whose numbers come from a cell."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from IPython.display import Markdown

from tlhelpers.evaluation.comparison import summarize


def say(text: str) -> Markdown:
    """Return text as Markdown, so that a sentence can hold computed numbers.

    Parameters
    ----------
    text : str
        Markdown, usually an f-string.

    Returns
    -------
    IPython.display.Markdown
        Shown where it is the last expression of a cell.
    """
    return Markdown(" ".join(text.split()))


def verdict_words(row: Mapping[str, Any] | pd.Series) -> str:
    """Return the verdict on a model with the p-value that it rests on.

    Parameters
    ----------
    row : mapping or pandas.Series
        Of `compare_models`, `compare_sizes`, `compare_lab` or a table of verdicts.

    Returns
    -------
    str
        Such as ``"better, adjusted p = 0.012"``.
    """
    return f"{row['verdict']}, adjusted p = {row['p_adjusted']:.2g}"


def spread_table(scores: pd.DataFrame, by: Sequence[str] = ("size",)) -> pd.DataFrame:
    """Return `summarize` as text, "mean ± std", with a column a score and model.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer` or `learning_curve`.
    by : sequence of str
        The columns that name a row.

    Returns
    -------
    pandas.DataFrame of str
        Errors only (``rmse``, ``mae``), or the scores of a classification.
    """
    summary = summarize(scores, [*by, "model"]).drop(columns=["r2", "nrmse"], errors="ignore")
    text = {
        metric: summary[metric].apply(lambda row: f"{row['mean']:.2f} ± {row['std']:.2f}", axis=1)
        for metric in summary.columns.unique(level=0)
    }
    return pd.DataFrame(text).unstack("model")  # noqa: PD010 - the index holds the rows
