"""The explorer of the artificial lab: which architecture wins, and where."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.lab_map import KNOB_LABELS
from tlhelpers.book.figures.style import style_of
from tlhelpers.book.lab import LAB_DRAWS, lab_errors


def lab_explorer(
    results: pd.DataFrame, knobs: Mapping[str, Sequence], start: Mapping[str, float], seed: int = 0
) -> Explorer:
    """Make four sliders over the artificial lab that retrain all models on one table.

    Parameters
    ----------
    results : pandas.DataFrame
        The repeated experiment, from `load_results("lab_map")`; drawn as lines.
    knobs : mapping of {knob: positions}
        Positions of `results`; ``n_labels`` is one of the knobs.
    start : mapping of {knob: position}
        What is shown first.
    seed : int
        Of the one table that is drawn and learned at each position.

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
    sizes = sorted(knobs["n_labels"])
    shown = results[np.all([results[name].isin(values) for name, values in knobs.items()], axis=0)]
    top = 1.05 * float(shown["rmse"].max())

    @functools.lru_cache(maxsize=256)
    def retrain(correlation: float, systematic_error: float, noise: float) -> pd.DataFrame:
        return lab_errors(
            seed, sizes, correlation=correlation, systematic_error=systematic_error, noise=noise
        )

    def compute(n_labels: int, **world: float) -> Frame:
        mask = np.all([results[name] == value for name, value in world.items()], axis=0)
        table, once = results[mask], retrain(**world)
        panels, parts = [], []
        for setting in results["setting"].unique():
            here, now = (t[t["setting"] == setting] for t in (table, once))
            now = now[now["n_labels"] == n_labels].set_index("model")["rmse"]
            panels.append(_lab_panel(setting, here, now, n_labels, top))
            errors = here[here["n_labels"] == n_labels].set_index("model")["rmse"]
            parts.append(f"{setting}: " + ", ".join(f"{m} {e:.2f}" for m, e in errors.items()))
        readout = f"Mean error (RMSE) with {n_labels} labels, {'; '.join(parts)}."
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
            f"Error against the number of target labels. Lines: mean over {LAB_DRAWS} tables, "
            "with a band of one standard deviation. Large marks: one table, learned anew at the "
            "position of the sliders. An error of 1 is that of always answering with the mean."
        ),
    )


def _lab_panel(
    setting: str, table: pd.DataFrame, now: pd.Series, n_labels: int, top: float
) -> Panel:
    """Return the lines of all models in one setting, with the marks of one table."""
    series = []
    for model, rows in table.groupby("model", sort=False):
        style = style_of(str(model))
        mean, sd = rows["rmse"], rows["sd"]
        line = (list(rows["n_labels"]), list(mean), list(mean - sd), list(mean + sd))
        marker, dash = style.symbol, style.pattern
        series.append(Series(str(model), style.color, *line, marker=marker, dash=dash))
        here = ([n_labels], [now[model]], None, None, "points", marker)
        series.append(Series("", style.color, *here, emphasis=True))
    title = {"cold": "Cold: related label unknown", "warm": "Warm: related label known"}[setting]
    labels = KNOB_LABELS["n_labels"], "RMSE (SD of the target)"
    return Panel(title, *labels, series, xscale="log", ylim=(0, top))
