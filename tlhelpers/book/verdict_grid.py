"""What every model gained on every column, in one grid: a glance says which model is safe."""

from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from tlhelpers.book.prose import signed
from tlhelpers.book.verdict_strip import SIGN
from tlhelpers.evaluation.scores import check_columns
from tlhelpers.table.palette import look_of

_HOLE = ' aria-label="not compared"'
_STYLE = Path(__file__).with_suffix(".css")


def show_grid(gains: pd.DataFrame) -> HTML:
    """Show the change of the error by model and target, with what a test says of each.

    Parameters
    ----------
    gains : pandas.DataFrame
        From `gains_by_column`: ``target``, ``model``, ``difference`` in percent of the baseline's
        error, and ``verdict``. Rows and columns stand in the order of their first appearance.

    Returns
    -------
    IPython.display.HTML
        A table with a row per target and a column per model. A full label says that the model is
        better or worse; "–" stands where a model was not compared.

    Raises
    ------
    ValueError
        The table lacks one of these columns, or names a model twice for one target.
    """
    check_columns(gains, ["target", "model", "difference", "verdict"])
    twice = gains.duplicated(["target", "model"])
    if twice.any():
        target, model = gains.loc[twice, ["target", "model"]].iloc[0]
        raise ValueError(f"{model!r} stands twice for {target!r}; leave one test of each")
    cells = {(test["target"], test["model"]): _cell(test) for _, test in gains.iterrows()}
    models = list(gains["model"].unique())
    head = "".join(_head(model) for model in models)
    holes = len(cells) < len(models) * gains["target"].nunique()
    rows = "".join(
        f'<tr><th scope="row">{escape(target)}</th>'
        + "".join(
            f"<td{_named(model)}{_HOLE * ((target, model) not in cells)}>"
            f"{cells.get((target, model), '–')}</td>"
            for model in models
        )
        + "</tr>"
        for target in gains["target"].unique()
    )
    return HTML(
        f'<style data-once="grid">{_STYLE.read_text("utf8")}</style>'
        f'<table class="tl-gains" style="--tl-pair: {0.4 * max(map(len, models)) + 4:.1f}rem">'
        "<caption>"
        "Change of the error in percent of that of the baseline. "
        f"{_full('better', 'better')} {_full('worse', 'worse')} No label: no difference seen."
        f"{' –: not compared.' * holes}</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _head(model: str) -> str:
    """Return the name of a model under a bar of its colour."""
    return f'<th scope="col" style="{_colors(model)}">{escape(model)}</th>'


def _colors(model: str) -> str:
    look = look_of(model)
    return f"--tl-light: {look.color}; --tl-dark: {look.dark}"


def _named(model: str) -> str:
    """Return the attributes by which a phone names a cell, beside a bar of the model's colour."""
    return f' data-head="{escape(model)}" style="{_colors(model)}"'


def _cell(test: pd.Series) -> str:
    percent = f"{signed(test['difference'], 0)}%"
    if test["verdict"] not in SIGN:
        return percent
    return _full(test["verdict"], percent, f"{percent}, ")


def _full(verdict: str, text: str, before: str = "") -> str:
    """Return a full label; the verdict that its mark and colour show is read aloud."""
    said = f'role="img" aria-label="{before}{verdict}"'
    return f'<span class="tl-{verdict}" {said}><i>{SIGN[verdict]} </i>{text}</span>'
