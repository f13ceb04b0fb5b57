"""The explorer of the artificial lab: which architecture wins, and where."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.lab_map import KNOB_LABELS
from tlhelpers.book.figures.style import INK, style_of
from tlhelpers.book.lab import LAB_DRAWS, lab_errors, lab_models
from tlhelpers.forests.sharing import StageStore, shared_stages

_TOP = 1.25  # of every axis: few means lie above, and axes that move confuse


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
    kept = StageStore()  # what one slider does not touch is not grown anew

    def compute(n_labels: int, **world: Any) -> Frame:
        mask = np.all([results[name] == value for name, value in world.items()], axis=0)
        with shared_stages(kept):
            once = lab_errors(seed, n_labels, models=models, **world)
        table, panels, means, ones = results[mask], [], [], []
        cells: dict[str, str] = {}
        for setting in results["setting"].unique():
            here, now = (t[t["setting"] == setting] for t in (table, once))
            now = now.set_index("model")["rmse"]
            panels.append(_lab_panel(setting, here, now, n_labels))
            lowest = here[here["n_labels"] == n_labels].sort_values("rmse").iloc[0]
            said = "the baseline" if pd.isna(lowest["verdict"]) else lowest["verdict"]
            means.append(f"{setting} {lowest['model']} {lowest['rmse']:.2f}, {said}")
            ones.append(f"{setting} {now.idxmin()} {now.min():.2f}")
            cells |= {
                f"{setting}: lowest mean": f"{lowest['model']} {lowest['rmse']:.2f}, {said}",
                f"{setting}: in one table": f"{now.idxmin()} {now.min():.2f}",
            }
        readout = (
            f"Lowest mean RMSE over {LAB_DRAWS} tables, {n_labels} labels: {'; '.join(means)}. "
            f"In one table: {'; '.join(ones)}."
        )
        return Frame(readout, panels, cells)

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
            f"Lines: mean error over {LAB_DRAWS} tables against the number of target labels. "
            f"Beside a name stands: mean of {LAB_DRAWS} | one table. The mean error is that where "
            "the sliders stand, with “better” or “worse” where a difference from the single-task "
            f"forest is seen over the tables; the one table has seed {seed}, and forests of "
            f"{n_estimators} trees learn it. An error of 1 is that of always answering with the "
            f"mean. The axes end at {_TOP}: an arrow at the top stands for a mean error above that."
        ),
    )


def _in_words(row: pd.Series) -> str:
    """Return the mean error of a model, with the verdict where a difference is seen."""
    seen = f" {row['verdict']}" if row["verdict"] in ("better", "worse") else ""
    return f"{row['rmse']:.2f}{seen}"


def _lab_panel(setting: str, table: pd.DataFrame, now: pd.Series, n_labels: int) -> Panel:
    """Return the lines of all models in one setting; the legend has the errors of one table too."""
    series = [Series("", INK, [n_labels, n_labels], [0, _TOP], dash="2 3")]
    for model, rows in table.groupby("model", sort=False):
        style, line = style_of(str(model)), (list(rows["n_labels"]), list(rows["rmse"]))
        note = f"{_in_words(rows.set_index('n_labels').loc[n_labels])} | {now[model]:.2f}"
        look = Series(
            str(model), style.color, *line, marker=style.symbol, dash=style.pattern, note=note
        )
        series.append(look)
        above = list(rows.loc[rows["rmse"] > _TOP, "n_labels"])
        if above:
            edge = [0.97 * _TOP] * len(above)
            series.append(Series("", style.color, above, edge, kind="points", marker="arrow"))
    labels = KNOB_LABELS["n_labels"], "RMSE (SD of the target)"
    return Panel(setting.capitalize(), *labels, series, xscale="log", ylim=(0, _TOP))
