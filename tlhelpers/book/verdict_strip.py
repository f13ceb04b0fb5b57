"""A test in one fixed form: errors, change with its interval on one scale, and the verdict."""

from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from tlhelpers.book.names import in_words
from tlhelpers.book.prose import p_words, signed
from tlhelpers.book.verdict_tables import percent_of_baseline
from tlhelpers.evaluation.scores import check_columns
from tlhelpers.table.palette import look_of

SCALES = (30, 60, 120)  # percent of the baseline's error to either side; a table has one of them
_WIDE, _HIGH = 200, 18  # of the drawing, in CSS pixels
_COLUMNS = ["score", "baseline_score", "difference", "low", "high", "verdict"]
SIGN = {"better": "▼", "worse": "▲"}
_CHANGE = "change, 95% interval"
_STYLE = Path(__file__).with_suffix(".css")


def show_tests(tests: pd.DataFrame, unit: str, *, beside: str = "baseline") -> HTML:
    """Show tests of errors in the form that they have on every page.

    Parameters
    ----------
    tests : pandas.DataFrame
        A row a test, named by the index or its levels: ``score``, ``baseline_score``,
        ``difference``, ``low``, ``high``, ``verdict``, and ``p_adjusted`` or ``p_value``.
    unit : str
        Of the error; empty where the names of the rows say it.
    beside : str
        Whose error stands below that of the model.

    Returns
    -------
    IPython.display.HTML
        A table: the model, the two errors, the change in percent of the latter with its 95%
        interval, drawn on one scale for the table, and the verdict. A full mark and a full label
        say that a difference is seen.

    Raises
    ------
    ValueError
        The table lacks one of these columns.
    """
    p_value = "p_adjusted" if "p_adjusted" in tests else "p_value"
    check_columns(tests, [*_COLUMNS, p_value])
    percent = percent_of_baseline(tests)
    widest = percent[["low", "high"]].abs().max(axis=None)
    ends = next((end for end in SCALES if widest <= end), SCALES[-1])
    named = f"error ({unit})" if unit else "error"
    body = "".join(
        _row(_named(name), test, named, beside, ends) for name, test in percent.iterrows()
    )
    scale = "".join(f"<span>{end}</span>" for end in _scale(ends).split())
    head = (
        f'<tr><th scope="col">model</th><th scope="col">{escape(named)}</th>'
        f'<th scope="col" class="tl-change">{_CHANGE}'
        f'<span class="tl-scale" aria-hidden="true">{scale}</span></th>'
        '<th scope="col">verdict</th></tr>'
    )
    return HTML(
        f'<style data-once="tests">{_STYLE.read_text("utf8")}</style>'
        f'<table class="tl-tests"><thead>{head}</thead><tbody>{body}</tbody></table>'
    )


def _named(name: object) -> str:
    """Return the name of a row, of its parts where the index has levels."""
    return in_words(", ".join(map(str, name)) if isinstance(name, tuple) else str(name))


def _scale(end: int) -> str:
    """Return the numbers of the scale, from left to right."""
    return f"−{end}% 0 +{end}%"


def _row(name: str, test: pd.Series, error: str, beside: str, scale: int) -> str:
    """Return a test as a row of the table; its change and the scale are in percent.

    A phone, which has no head beside the values, shows what `data-head` and `data-scale` say.
    """
    verdict = str(test["verdict"])
    seen = verdict in SIGN
    look = look_of(name.partition(", ")[0])
    ends = f"{signed(test['low'], 0)} to {signed(test['high'], 0)}"
    change = f"{signed(test['difference'], 0)}% ({ends})"
    p = (
        f"adjusted {p_words(test['p_adjusted'])}"
        if "p_adjusted" in test
        else p_words(test["p_value"])
    )
    kind = f"tl-verdict tl-seen tl-{verdict}" if seen else "tl-verdict"
    sign = f'<span aria-hidden="true">{SIGN[verdict]} </span>' if seen else ""
    return (
        f'<tr style="--tl-light: {look.color}; --tl-dark: {look.dark}">'
        f'<th scope="row">{escape(name)}</th>'
        f'<td data-head="{escape(error)}">{test["score"]:.2f}'
        f"<small>{escape(beside)} {test['baseline_score']:.2f}</small></td>"
        f'<td class="tl-change" data-head="{_CHANGE}" data-scale="{_scale(scale)}">'
        f"{_drawing(test, scale, full=seen)}<small>{change}</small></td>"
        f'<td><span class="{kind}">{sign}{escape(verdict)}</span>'
        f"<small>{escape(p)}</small></td></tr>"
    )


def _drawing(test: pd.Series, scale: int, *, full: bool) -> str:
    """Return an interval on the scale of its table; what lies beyond it ends in an arrow."""
    middle, end = _WIDE / 2, _HIGH / 2

    def at(percent: float) -> float:
        return middle + max(-1, min(1, percent / scale)) * (middle - 6)

    low, high, mean = at(test["low"]), at(test["high"]), at(test["difference"])
    beyond = [(low, -4)] if test["low"] < -scale else []
    beyond += [(high, 4)] if test["high"] > scale else []
    arrows = "".join(
        f'<path d="M{x:.1f} {end - 4} l{to} 4 l{-to} 4" fill="none" stroke="currentColor"/>'
        for x, to in beyond
    )
    side = 4.5 if test["difference"] > 0 else -4.5
    mark = f'<circle cx="{mean:.1f}" cy="{end}" r="4.5"'
    if abs(test["difference"]) > scale:  # a triangle that points to where it lies
        mark = f'<path d="M{mean - side:.1f} {end - 5} l{2 * side} 5 l{-2 * side} 5 z"'
    fill = "currentColor" if full else "var(--pst-color-background, #ffffff)"
    return (
        f'<svg aria-hidden="true" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f'<path d="M{middle} 0 V{_HIGH}" stroke="#808080" stroke-dasharray="2 2"/>'
        f'<path d="M{low:.1f} {end} H{high:.1f}" stroke="currentColor" stroke-width="2"/>{arrows}'
        f'{mark} stroke="currentColor" stroke-width="2" '
        f'style="fill: {fill}"/></svg>'
    )
