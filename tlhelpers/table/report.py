"""The report of a comparison: one HTML file that stands alone, and its summary for a notebook."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tlhelpers.table.outcome import Comparison
from tlhelpers.table.palette import DARK_INK, INK, LOOKS, RIVAL
from tlhelpers.table.purchases import GAIN, check_projection
from tlhelpers.table.units import SCORES, in_unit, rounded, score_label, signed, unit_of

if TYPE_CHECKING:
    from tlhelpers.table.checks import Finding

_SOURCES = (
    "report.html.j2", "report.py", "figures.py", "palette.py", "purchases.py", "units.py"
)  # fmt: skip

Table = tuple[list[str], list[list[str]]]  # a header, and rows of cells


def render(found: Comparison, findings: Sequence["Finding"] = (), source: str = "") -> str:
    """Return the report as HTML.

    Parameters
    ----------
    found : Comparison
    findings : sequence of Finding
    source : str
        What the comparison was made from, for the last line.

    Returns
    -------
    str
        One file without script, that loads nothing; the same for the same input.
    """
    from tlhelpers.table.figures import draw_all

    return _template("report.html.j2").render(
        found=found,
        findings=findings,
        figures=draw_all(found),
        models=[_models(found, setting) for setting in found.recommendations],
        buy=_purchases(found),
        measure=_next(found),
        calibration=_calibration(found),
        differences=_differences(found),
        looks={name.replace(" ", "-"): look for name, look in LOOKS.items()} | {"rival": RIVAL},
        ink=INK,
        dark_ink=DARK_INK,
        score=_describe_score(found),
        no_gain=_no_gain(found),
        tried=_tried(found),
        digest=digest(),
        source=source,
        version=version("tlhelpers"),
    )


def digest() -> str:
    """Return a digest of the sources of the report: a kept report of another digest is stale."""
    found = hashlib.sha256()
    for name in _SOURCES:
        found.update((Path(__file__).parent / name).read_bytes())
    return found.hexdigest()[:16]


def summary(found: Comparison) -> str:
    """Return the recommendation and the table of models, for a notebook."""
    models = [_models(found, setting) for setting in found.recommendations]
    score = _describe_score(found)
    return _template("summary.html.j2").render(found=found, models=models, score=score)


def _template(name: str) -> Template:
    loader = PackageLoader("tlhelpers.table", "")
    options: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True}
    options["undefined"] = StrictUndefined
    return Environment(loader=loader, autoescape=True, **options).get_template(name)


def _describe_score(found: Comparison) -> str:
    """Return what of the score the recommendation does not say."""
    name, _, better = SCORES[found.metric]
    unit = "" if found.metric == "accuracy" or unit_of(found.target) else in_unit(found.target)
    return f"Scores are of {name}{unit}; the {better} the better."


def _models(found: Comparison, setting: str) -> tuple[str, str, Table]:
    """Return the setting, its sentence, and its models with their scores and intervals."""
    said = found.recommendations[setting]
    score = score_label(found.metric, found.target)
    head = ["model", score, "difference", "95% interval", "p, adjusted", "verdict"]
    rows = []
    if len(found.verdicts):
        own = found.verdicts[found.verdicts["setting"] == setting]
        rows.append(["single-task (baseline)", rounded(said.baseline_score), "", "", "", ""])
        rows += [
            [
                row.model, rounded(row.score), signed(row.difference), _between(row),
                _p(row.p_adjusted), row.verdict,
            ]
            for row in own.itertuples()
        ]  # fmt: skip
        rows.append([
            "picked in each fold", rounded(said.score), signed(said.difference), _between(said),
            _p(said.p_adjusted) + (" (one test)" if len(found.recommendations) == 1 else ""), "",
        ])  # fmt: skip
    return setting, said.sentence, (head, rows)


def _between(row: Any) -> str:
    return f"{signed(row.low)} to {signed(row.high)}"


def _purchases(found: Comparison) -> Table:
    """Return the purchases from which a gain is seen."""
    score = "error" if found.metric == "accuracy" else score_label(found.metric, found.target)
    head = ["label", "for which rows", "labels", score, "gain (95% interval)"]
    rows = [
        [
            str(row.label), f"{row.rows} ({row.setting}, {row.model})",
            f"{row.labels_now} + {row.buy}",
            f"{rounded(row.error_now)} to {rounded(row.error_then)}", _gain(row),
        ]
        for row in found.labels_to_buy.itertuples()
        if row.verdict == GAIN
    ]  # fmt: skip
    return head, rows


def _no_gain(found: Comparison) -> list[str]:
    """Return the purchases from which no gain is seen, in words."""
    return [
        f"{row.buy} more of {row.label} ({row.setting} setting, {row.rows} rows: {_gain(row)})"
        for row in found.labels_to_buy.itertuples()
        if row.verdict != GAIN
    ]


def _gain(row: Any) -> str:
    return f"{_percent(row.gain)} ({_percent(row.low)} to {_percent(row.high)})"


def _percent(share: float) -> str:
    text = f"{share:.1%}"
    return text.removeprefix("-") if float(text.strip("%")) == 0 else text


def _tried(found: Comparison) -> list[str]:
    """Return how the projection of each setting did where the answer is known, in sentences."""
    told = []
    for setting, said in found.recommendations.items():
        own = found.curve
        if len(own):
            own = own[(own["setting"] == setting) & (own["model"] == said.model)]
        tried = check_projection(own, found.metric)
        if tried is not None:
            size, projected, seen = tried
            told.append(
                f"Tried on the curve itself ({setting} setting, {said.model}): projected from its "
                f"smaller sizes, the error with {size} labels would be {rounded(projected)}; it "
                f"was {rounded(seen)}."
            )
    return told


def _next(found: Comparison) -> Table:
    rows = [
        [str(row.row), f"{row.share:.1%}", f"{row.in_all:.1%}"]
        for row in found.measure_next.itertuples()
    ]
    return ["row", "share of the variance", "in all"], rows


def _calibration(found: Comparison) -> Table:
    head = ["setting", "model", "nominal", "observed", "95% interval", "width"]
    rows = [
        [
            row.setting, row.model, f"{row.level:.0%}", f"{row.coverage:.1%}",
            f"{row.low:.1%} to {row.high:.1%}", rounded(row.width),
        ]
        for row in found.calibration.itertuples()
    ]  # fmt: skip
    return head, rows


def _differences(found: Comparison) -> Table:
    """Return what lies between the target and each related label, without a column of nothing."""
    head = ["related label", "rows with both", "correlation", "mean difference ± spread"]
    head += ["slope", "slope where guessed"]
    rows = []
    for row in found.differences.itertuples():
        between = f"{rounded(row.mean_difference)} ± {rounded(row.sd_difference)}"
        slope = "" if pd.isna(row.slope) else f"{rounded(row.slope)} ± {row.slope_std:.2g}"
        cells = ["" if pd.isna(row.correlation) else rounded(row.correlation)]
        cells += ["" if pd.isna(row.mean_difference) else between]
        guessed = "" if pd.isna(row.slope_guessed) else rounded(row.slope_guessed)
        rows.append([str(row.label), str(row.n_both), *cells, slope, guessed])
    kept = [place for place in range(len(head)) if place == 0 or any(row[place] for row in rows)]
    return [head[place] for place in kept], [[row[place] for place in kept] for row in rows]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
