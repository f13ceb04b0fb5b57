"""Small helps for chapters: prose and tables whose numbers come from a cell."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display

from tlhelpers.evaluation.comparison import summarize

_HYPHEN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|(?<![^\s(\[])-(?=\d)", re.DOTALL)
_TAG = re.compile(r"((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|<(?=[A-Za-z/!?])", re.DOTALL)
# What an answer or a finding is, before what it rests on.
_HEAD = re.compile(
    r"(?:Use|No difference seen|Not decided|Cannot tell)\b.*?[.:](?= |$)|(?:error|warning), [^:]+:"
)


def say(text: str) -> Markdown:
    """Return text as Markdown, so that a sentence can hold computed numbers.

    Parameters
    ----------
    text : str
        Markdown, usually an f-string. A name in it may look like HTML: it is shown as it is.

    Returns
    -------
    IPython.display.Markdown
        Shown where it is the last expression of a cell.
    """
    return Markdown(_with_minus(_without_html(" ".join(text.split()))))


def show_text(text: str) -> None:
    """Show plain text that flows with the page, each line of it as a paragraph; several hang in.

    The first words of an answer of `compare_architectures`, a warning or an error are bold.
    """
    lines = text.splitlines()
    hang = "padding-left: 1em; text-indent: -1em; " if len(lines) > 1 else ""
    look = f"white-space: pre-wrap; {hang}margin: 0 0 0.3em 0"
    shown = [f'<p style="{look}">{_with_bold_head(_with_minus(line))}</p>' for line in lines]
    display(HTML(f'<div class="tl-shown">{"".join(shown)}</div>'))


def _with_bold_head(line: str) -> str:
    """Return a line as HTML."""
    if not (head := _HEAD.match(line)):
        return escape(line)
    return f"<strong>{escape(head[0])}</strong>{escape(line[head.end() :])}"


def show_words(table: pd.DataFrame) -> HTML:
    """Return a table of words with its cells in full, which pandas would cut at fifty characters.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    IPython.display.HTML
    """
    with pd.option_context("display.max_colwidth", None):
        return HTML(table.to_html())


def say_list(items: Iterable[str]) -> Markdown:
    """Return a list as Markdown: what a table would hold in columns too wide for a phone.

    Parameters
    ----------
    items : iterable of str
        Markdown; white space within an item is joined.

    Returns
    -------
    IPython.display.Markdown
    """
    lines = (f"- {_with_minus(' '.join(item.split()))}" for item in items)
    return Markdown(_without_html("\n".join(lines)))


def say_claims(table: pd.DataFrame) -> Markdown:
    """Return a table of claims as a numbered list: the claim, the verdict, and what it rests on.

    One number stands beside the verdict; all others, their intervals and their source are folded.

    Parameters
    ----------
    table : pandas.DataFrame
        From `claims_table` or `beyond_table`.

    Returns
    -------
    IPython.display.Markdown
    """
    parts = []
    for number, (text, short, ours, interval, verdict, chapter, source) in zip(
        table.index, table.itertuples(index=False), strict=True
    ):
        files = ", ".join(f"<code>{escape(name)}</code>" for name in source.split(", "))
        parts.append(
            _without_html(
                f"{number}. **{text}** One number of ours: {short}.\n\n"
                f"    **Verdict:** {verdict}.\n\n"
            )
            + f"    <details><summary>All numbers of claim {number}</summary>"
            f"{_numbers(ours, interval)}Chapter {escape(chapter)}; {files}.</details>"
        )
    return Markdown(_with_minus("\n".join(parts)))


def _numbers(ours: str, interval: str) -> str:
    """Return the lines of a claim as a table in one line of HTML."""
    lines = zip(map(escape, ours.split("\n")), map(escape, interval.split("\n")), strict=True)
    rows = "".join(f"<tr><td>{number}</td><td>{ends}</td></tr>" for number, ends in lines)
    return f"<table><tr><th>ours</th><th>95% interval</th></tr>{rows}</table>"


def _without_html(text: str) -> str:
    """Return Markdown in which nothing opens a tag; code between backticks shows none anyway."""
    return _TAG.sub(lambda found: found[1] or "&lt;", text)


def _with_minus(text: str) -> str:
    """Return Markdown with a minus before a number where a hyphen stood, code left as it is."""
    return _HYPHEN.sub(lambda found: found[0] if found[0] != "-" else "−", text)


def verdict_words(row: Mapping[str, Any] | pd.Series) -> str:
    """Return the verdict on a model with the p-value that it rests on.

    Parameters
    ----------
    row : mapping or pandas.Series
        Of `compare_models`, `compare_sizes`, `compare_lab` or a table of verdicts.

    Returns
    -------
    str
        Such as ``"better, adjusted p = 0.012"``; below a thousandth, ``"p < 0.001"``.
    """
    return f"{row['verdict']}, adjusted {p_words(row['p_adjusted'])}"


def p_words(p: float) -> str:
    """Return a p-value as text, such as ``"p = 0.012"``; below a thousandth, ``"p < 0.001"``.

    Close to 0.05 it has a digit more, so that its side is seen.
    """
    digits = 3 if f"{p:.2g}" == "0.05" else 2
    return f"p {'< 0.001' if p < 0.001 else f'= {p:.{digits}g}'}"


def interval(row: Mapping[str, Any] | pd.Series) -> str:
    """Return the bounds of a difference as text.

    Parameters
    ----------
    row : mapping or pandas.Series
        With ``low`` and ``high``.

    Returns
    -------
    str
        Such as ``"−0.37 to −0.11"``; a bound that would round to zero has more digits, so that
        its side is seen.
    """
    return f"{signed(row['low'])} to {signed(row['high'])}"


def signed(number: float, fewest: int = 2) -> str:
    """Return a number with its sign and the fewest decimals, or with as many as show its side."""
    for digits in range(fewest, 7):
        if round(abs(number), digits):
            return f"{number:+.{digits}f}".replace("-", "−")
    return "0"


def grouped(said: Mapping[str, str]) -> str:
    """Return the word on all parts of a claim, or each word with its parts."""
    alike = list(dict.fromkeys(said.values()))
    if len(alike) == 1:
        return alike[0]
    named = [", ".join(part for part in said if said[part] == word) for word in alike]
    return "; ".join(f"{word} ({parts})" for word, parts in zip(alike, named, strict=True))


def numbers(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return the cells of a row from its cases: what it is, our number, and its interval."""
    named, ours, intervals = zip(*rows, strict=True)
    lines = map(": ".join, zip(named, ours, strict=True))
    return {"ours": "\n".join(lines), "interval": "\n".join(intervals)}


def saving_words(saving: float) -> str:
    """Return a label saving as text: beyond the end of the learning curve it has no number.

    Parameters
    ----------
    saving : float
        From `tlhelpers.evaluation.label_saving`.

    Returns
    -------
    str
        Such as ``"3.4"``, or ``"more than we have"``.
    """
    return "more than we have" if np.isinf(saving) else f"{saving:.1f}"


def saving_interval(low: float, high: float) -> str:
    """Return the bounds of a label saving as text.

    Parameters
    ----------
    low, high : float
        From `tlhelpers.evaluation.label_saving`.

    Returns
    -------
    str
        Such as ``"2.1 to 6.4"``, or ``"0.9 or more"`` where there is no upper bound.
    """
    if np.isinf(low):
        return saving_words(low)
    return f"{low:.1f} or more" if np.isinf(high) else f"{low:.1f} to {high:.1f}"


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


def name_tests(tests: pd.DataFrame) -> str:
    """Name the ``model``, ``setting`` and number of labels (``size``) of tests on a curve."""
    sizes = tests.astype({"size": int}).groupby(["model", "setting"])["size"].agg(join_words)
    named = sizes.reset_index().groupby(["model", "size"], sort=False)["setting"]
    where = named.agg(" and ".join)
    return "; ".join(f"{model}, {at}, with {n} labels" for (model, n), at in where.items())


def join_words(names: Iterable[Any]) -> str:
    """Put "and" between numbers or names."""
    return " and ".join(map(str, names))
