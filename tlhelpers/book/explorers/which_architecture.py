"""The explorer of the artificial lab: which architecture wins, and where."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.lab_map import KNOB_LABELS
from tlhelpers.book.figures.style import style_of
from tlhelpers.book.lab import LAB_DRAWS, lab_errors, lab_models
from tlhelpers.forests.sharing import StageStore, shared_stages

USUAL_TOP = 1.2  # of an axis, in SD of the target; a few positions have larger errors

MARK_STEP = 1.06  # from mark to mark of one table, side by side on the logarithmic axis


def lab_explorer(
    results: pd.DataFrame,
    knobs: Mapping[str, Sequence],
    start: Mapping[str, float],
    seed: int = 0,
    n_estimators: int = 20,
) -> Explorer:
    """Make four sliders over the artificial lab that retrain all models on one table.

    Parameters
    ----------
    results : pandas.DataFrame
        The repeated experiment, from `load_results("lab_map")`; drawn as lines, a line per model of
        `lab_models`.
    knobs : mapping of {knob: positions}
        Positions of `results`; ``n_labels`` is one of the knobs.
    start : mapping of {knob: position}
        What is shown first.
    seed : int
        Of the one table that is drawn and learned at each position.
    n_estimators : int
        Trees of each forest that learns that table.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        A position that is not in `results`.
    """
    for name, values in knobs.items():
        if not set(values) <= set(results[name]):
            raise ValueError(f"knobs[{name!r}]: the results know {sorted(set(results[name]))}")
    models = lab_models(n_estimators)
    results = results[results["model"].isin(list(models))]
    shown = results[np.all([results[name].isin(values) for name, values in knobs.items()], axis=0)]
    highest = 1.05 * float(shown["rmse"].max())
    kept = StageStore()  # what one slider does not touch is not grown anew

    def compute(n_labels: int, **world: Any) -> Frame:
        mask = np.all([results[name] == value for name, value in world.items()], axis=0)
        with shared_stages(kept):
            once = lab_errors(seed, n_labels, models=models, **world)
        table, panels, parts = results[mask], [], []
        low = max(table["rmse"].max(), once["rmse"].max()) < USUAL_TOP
        top = USUAL_TOP if low else highest  # two limits only, as axes that move confuse
        for setting in results["setting"].unique():
            here, now = (t[t["setting"] == setting] for t in (table, once))
            panels.append(_lab_panel(setting, here, now.set_index("model")["rmse"], n_labels, top))
            lowest = here[here["n_labels"] == n_labels].sort_values("rmse").iloc[0]
            parts.append(f"{setting}: {lowest['model']} {_in_words(lowest)}")
        readout = f"Lowest mean error (RMSE) with {n_labels} labels, {'; '.join(parts)}."
        return Frame(readout, panels)

    sliders = [
        Slider(
            name,
            KNOB_LABELS[name][0].upper() + KNOB_LABELS[name][1:],
            values,
            start=start.get(name),
        )
        for name, values in knobs.items()
    ]
    return Explorer(
        compute,
        sliders,
        title="The artificial lab",
        description=(
            f"Error against the number of target labels. Lines: mean over {LAB_DRAWS} tables. "
            f"Large marks, side by side: one table, learned anew with {n_estimators} trees a "
            "forest where the sliders stand. An error of 1 is that of always answering with the "
            "mean. Beside a name stands its mean error there, with “better” or “worse” where a "
            "difference from the single-task forest is seen over the tables."
        ),
    )


def _in_words(row: pd.Series) -> str:
    """Return the mean error of a model, with the verdict where a difference is seen."""
    seen = f" ({row['verdict']})" if row["verdict"] in ("better", "worse") else ""
    return f"{row['rmse']:.2f}{seen}"


def _lab_panel(
    setting: str, table: pd.DataFrame, now: pd.Series, n_labels: int, top: float
) -> Panel:
    """Return the lines of all models in one setting, with the marks of one table."""
    series = []
    for number, (model, rows) in enumerate(table.groupby("model", sort=False)):
        style = style_of(str(model))
        line, marker = (list(rows["n_labels"]), list(rows["rmse"])), style.symbol
        note = _in_words(rows.set_index("n_labels").loc[n_labels])
        look = Series(str(model), style.color, *line, marker=marker, dash=style.pattern, note=note)
        series.append(look)
        aside = n_labels * MARK_STEP ** (number - (len(now) - 1) / 2)
        here = ([aside], [now[model]], None, None, "points", marker)
        series.append(Series("", style.color, *here, emphasis=True))
    title = {"cold": "Cold: related label unknown", "warm": "Warm: related label known"}[setting]
    labels = KNOB_LABELS["n_labels"], "RMSE (SD of the target)"
    sizes = table["n_labels"]
    xlim = (sizes.min() / 1.25, sizes.max() * 1.25)  # room for the marks
    return Panel(title, *labels, series, xscale="log", xlim=xlim, ylim=(0, top))
