"""The figures of a report, as SVG that stands in a page: light or dark, read aloud, printed."""

import html
import re
import warnings
from collections.abc import Callable
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tlhelpers.evaluation.comparison import VERDICTS
from tlhelpers.table.candidates import BASELINE, PICKED
from tlhelpers.table.outcome import Comparison
from tlhelpers.table.palette import INK, LOOKS, RIVAL, look_of
from tlhelpers.table.units import score_label

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
_LONG = 28  # characters of a name in a figure


def one_line(name: object) -> str:
    """Return text without control characters, which no XML may hold."""
    return "".join(c if c.isprintable() else " " for c in str(name))


def plain(name: object) -> str:
    """Return a name that can stand in a figure: one line, no control characters, not too long."""
    text = one_line(name)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "\N{HORIZONTAL ELLIPSIS}"


def draw_svg(key: str, title: str, size: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    """Return a figure as an SVG element with a title that is read aloud.

    Parameters
    ----------
    key : str
        In front of every id of the figure, so that no two of a page are the same.
    title : str
        What the figure shows.
    size : (float, float)
        Inches.
    draw : callable
        ``draw(axes)``.

    Returns
    -------
    str
        The same for the same input. Colours of models are variables of the style sheet, ink is
        that of the text around.
    """
    settings = _SETTINGS | {"svg.hashsalt": key}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's font draws the text
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        buffer = StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) xmlns="[^"]*"', r"\1", svg)  # inside a page it needs neither
    svg = re.sub(r'(<svg[^>]*?) xmlns:xlink="[^"]*"', r"\1", svg).replace("xlink:href=", "href=")
    svg = re.sub(r'(<[^<>]*\bid=")', rf"\g<1>{key}-", svg)
    svg = re.sub(r'(<[^<>]*(?:url\(|href=")#)', rf"\g<1>{key}-", svg)
    svg = re.sub(r"(<[^<>]*)", _colour, svg)
    said = html.escape(one_line(title))
    head = f'<svg role="img" aria-label="{said}" '
    svg = head + svg[len("<svg ") :]
    end = svg.index(">") + 1
    return f"{svg[:end]}<title>{said}</title>{svg[end:]}".strip()


def _colour(tag: re.Match) -> str:
    """Return a tag with the colours that a style sheet gives."""
    names = {look.color: f"var(--{name.replace(' ', '-')})" for name, look in LOOKS.items()}
    names |= {RIVAL.color: "var(--rival)", INK: "currentColor"}
    return re.sub("#[0-9a-f]{6}", lambda found: names.get(found[0], found[0]), tag[0])


def draw_all(found: Comparison) -> dict[str, tuple[str, str]]:
    """Return the figures that a comparison has numbers for: {key: (caption, SVG)}."""
    figures: dict[str, tuple[str, str]] = {}
    for place, setting in enumerate(found.recommendations):
        more = "" if len(found.recommendations) == 1 else f", {setting} setting"
        for name, (caption, make) in _FIGURES.items():
            svg = make(found, setting, f"{name}{place}", more)
            if svg:
                figures[f"{name}{place}"] = caption + more, svg
    if len(found.importances):
        caption = "Features of the recommended model; related labels are not among them"
        figures["features"] = caption, _features(found)
    return figures


def _models(found: Comparison, setting: str, key: str, more: str) -> str:
    """Draw what each model changes, with its interval."""
    if not len(found.verdicts):
        return ""
    rows = found.verdicts[found.verdicts["setting"] == setting]
    score = score_label(found.metric, found.target)
    words = "; ".join(
        f"{row.model} {row.difference:+.2g} ({row.low:+.2g} to {row.high:+.2g}), {row.verdict}"
        for row in rows.itertuples()
    )
    title = (
        f"{score} of each model minus that of the single-task forest, with 95% intervals{more}: "
        f"{words}."
    )

    def draw(ax: Axes) -> None:
        for y, row in enumerate(rows.itertuples()):
            look = look_of(row.model)
            ax.plot([row.low, row.high], [y, y], color=look.color, lw=2)
            fill = "full" if row.verdict in VERDICTS[:2] else "none"
            ax.plot(row.difference, y, look.marker, color=look.color, ms=8, fillstyle=fill)
        ax.axvline(0, color=INK, lw=0.8)
        ax.set_yticks(range(len(rows)), [plain(model) for model in rows["model"]])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlabel(f"{score} minus that of the single-task forest")

    return draw_svg(key, title, (6.0, 1.0 + 0.38 * len(rows)), draw)


def _held_out(found: Comparison, setting: str, key: str, more: str) -> str:
    """Draw held-out predictions of numbers beside what was measured."""
    if found.metric != "rmse" or not len(found.predictions):
        return ""
    name = found.recommendations[setting].model
    rows = found.predictions[found.predictions["setting"] == setting]
    rows = rows[rows["model"] == (BASELINE if name == BASELINE else PICKED)]
    means = rows.groupby("row", sort=False)[["truth", "prediction"]].mean()
    if len(means) > 500:
        means = means.iloc[:: -(-len(means) // 500)]
    truth, predicted = (means[c].to_numpy(dtype=float) for c in ("truth", "prediction"))
    spread = [min(truth.min(), predicted.min()), max(truth.max(), predicted.max())]
    r = np.corrcoef(truth, predicted)[0, 1] if np.ptp(predicted) > 0 else 0.0
    title = (
        f"Held-out predictions against measured values{more}: {len(means)} rows, correlation "
        f"{r:.2f}; the line is a perfect prediction."
    )

    def draw(ax: Axes) -> None:
        ax.plot(spread, spread, color=INK, lw=0.8)
        ax.plot(truth, predicted, ".", color=look_of(name).color, ms=5, alpha=0.7)
        ax.set_xlabel(f"{plain(found.target)}, measured")
        ax.set_ylabel("predicted, held out")

    return draw_svg(key, title, (4.6, 4.2), draw)


def _curve(found: Comparison, setting: str, key: str, more: str) -> str:
    """Draw the learning curve."""
    if not len(found.curve):
        return ""
    rows = found.curve[found.curve["setting"] == setting]
    if not len(rows):
        return ""
    table = rows.pivot_table(index="size", columns="model", values=found.metric, sort=False)
    spread = rows.pivot_table(
        index="size", columns="model", values=found.metric, sort=False, aggfunc="std"
    )
    first, last = table.sort_index().iloc[[0, -1]].to_dict("records")
    words = ", ".join(f"{model} from {first[model]:.3g} to {last[model]:.3g}" for model in table)
    score = score_label(found.metric, found.target)
    title = (
        f"Learning curve{more}: {score} with {table.index.min()} to {table.index.max()} "
        f"target labels, {words}; bars are standard deviations over repeats."
    )

    def draw(ax: Axes) -> None:
        _draw_curve(ax, table.sort_index(), spread.sort_index())
        ax.set_ylabel(score)

    return draw_svg(key, title, (6.0, 3.4), draw)


def _draw_curve(ax: Axes, table: pd.DataFrame, spread: pd.DataFrame) -> None:
    for model in table:
        look = look_of(str(model))
        dashes: dict[str, Any] = {"linestyle": (0, look.dash)} if look.dash else {}
        ax.errorbar(
            table.index, table[model], spread[model].fillna(0), color=look.color, lw=2, ms=7,
            marker=look.marker, capsize=3, label=plain(model), **dashes,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(list(table.index), [str(size) for size in table.index])
    ax.minorticks_off()
    ax.set_xlabel("target labels")
    ax.legend()


def _features(found: Comparison) -> str:
    """Draw the features that the recommended model leans on."""
    rows = found.importances
    words = ", ".join(f"{row.feature} {row.importance:.2f}" for row in rows.itertuples())
    title = f"Importance of features in the recommended model, related labels left out: {words}."

    def draw(ax: Axes) -> None:
        ax.barh(range(len(rows)), rows["importance"], color=look_of(found.recommended).color)
        ax.set_yticks(range(len(rows)), [plain(name) for name in rows["feature"]])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlabel("share of what the splits took away")

    return draw_svg("features", title, (6.0, 0.9 + 0.3 * len(rows)), draw)


_FIGURES = {
    "models": ("What each model changes, with 95% intervals; hollow: no difference seen", _models),
    "held": ("Held-out predictions of the recommended procedure", _held_out),
    "curve": ("Learning curve: means over repeats and their standard deviations", _curve),
}
