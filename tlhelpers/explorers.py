"""The explorers of the chapters: which models a slider retrains, and what it shows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import root_mean_squared_error

from tlhelpers.base import TransferForest
from tlhelpers.datasets import Study
from tlhelpers.evaluation import training_order
from tlhelpers.explorer import Explorer, Frame, Panel, Series, Slider
from tlhelpers.plots import style_of

_MARKERS = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond"}


def training_size_explorer(
    models: Mapping[str, TransferForest],
    study: Study,
    curve: pd.DataFrame,
    *,
    sizes: Sequence[int],
    start: int | None = None,
    test_size: float = 0.2,
    random_state: int = 0,
    unit: str = "eV",
) -> Explorer:
    """Make a slider over the number of target labels that retrains regression models.

    Test rows are taken out of training (cold). A stage that does not depend on the target's
    labels is grown once and kept, and the explorer says so.

    Parameters
    ----------
    models : mapping of {name: estimator}
        Unfitted, with the study's target.
    study : Study
    curve : pandas.DataFrame
        From `learning_curve`: the repeated experiment, drawn behind the single one.
    sizes : sequence of int
        The positions of the slider: numbers of target labels.
    start : int, optional
        The first position shown; default the smallest.
    test_size : float
        The share of labelled groups that is held out.
    random_state : int
        Seed of the hold-out set and of the models.
    unit : str

    Returns
    -------
    Explorer
    """
    labelled = study.Y[study.target].notna().to_numpy()
    order, test = training_order(labelled, study.groups, test_size, [random_state, 0])
    if max(sizes) > len(order):
        raise ValueError(
            f"sizes reach {max(sizes)}, but {len(order)} labels are left to train with"
        )
    retrainer = _Retrainer(models, study, order, test, random_state)
    top = 1.05 * float(study.Y[study.target].max())

    def compute(labels: int) -> Frame:
        truth, predictions = retrainer.predict(labels)
        errors = {name: root_mean_squared_error(truth, p) for name, p in predictions.items()}
        return Frame(
            _readout(labels, len(test), errors, unit),
            [
                _curve_panel(curve, labels, errors, unit),
                _parity_panel(truth, predictions, top, unit),
            ],
        )

    return Explorer(
        compute,
        [Slider("labels", "Target labels for training", sizes, "labels", start)],
        title="The labels that each model needs",
        description=(
            "Left: the repeated experiment with its spread, and as large marks one retraining at "
            f"the chosen size. Right: the {len(test)} held-out rows of that retraining. The slider "
            "retrains every stage that uses the target; a stage that does not is kept."
        ),
    )


class _Retrainer:
    """Fit every model with some of the target labels, keeping what does not change."""

    def __init__(self, models, study, order, test, random_state):
        self.study, self.order, self.test = study, order, test
        outside = ~np.isin(study.groups, study.groups[test])
        self.keep = np.flatnonzero(outside)
        self.X = study.X.iloc[self.keep]
        self.models = {name: clone(model) for name, model in models.items()}
        for model in self.models.values():
            model.set_params(random_state=random_state)
            if "warm_start" in model.get_params():
                model.set_params(warm_start=True)

    def predict(self, n_labels: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the held-out labels, and each model's prediction of them."""
        target = self.study.target
        shown = np.isin(self.keep, self.order[:n_labels])
        Y = self.study.Y.iloc[self.keep]
        Y = Y.assign(**{target: Y[target].where(shown)})
        query = self.study.X.iloc[self.test]
        truth = self.study.Y[target].iloc[self.test].to_numpy()
        return truth, {n: m.fit(self.X, Y).predict(query) for n, m in self.models.items()}


def _readout(labels: int, n_test: int, errors: Mapping[str, float], unit: str) -> str:
    """Return the sentence that says what a frame shows."""
    parts = ", ".join(f"{name} {error:.2f} {unit}" for name, error in errors.items())
    return f"Trained with {labels} labels, the error (RMSE) on {n_test} held-out rows is: {parts}."


def _curve_panel(curve: pd.DataFrame, labels: int, errors: Mapping[str, float], unit: str) -> Panel:
    """Return the learning curves with the current size marked."""
    series = []
    for name, error in errors.items():
        style, rows = style_of(name), curve[curve["model"] == name]
        table = rows.groupby("size")["rmse"].agg(["mean", "std"])
        mean, low, high = table["mean"], table["mean"] - table["std"], table["mean"] + table["std"]
        marker, dash = _MARKERS[style.marker], " ".join(map(str, style.dash))
        line = (list(table.index), list(mean), list(low), list(high))
        series.append(Series(name, style.color, *line, marker=marker, dash=dash))
        here = ([labels], [error], None, None, "points", marker)
        series.append(Series("", style.color, *here, emphasis=True))
    top = 1.1 * float(
        (curve.groupby(["model", "size"])["rmse"].agg(["mean", "std"]).sum(axis=1)).max()
    )
    xlabel, ylabel = "target labels for training", f"held-out RMSE ({unit})"
    return Panel("Learning curve", xlabel, ylabel, series, xscale="log", ylim=(0, top))


def _parity_panel(
    truth: np.ndarray, predictions: Mapping[str, np.ndarray], top: float, unit: str
) -> Panel:
    """Return predicted against measured labels of the held-out rows."""
    series = [
        Series(
            name,
            style.color,
            list(truth),
            list(values),
            kind="points",
            marker=_MARKERS[style.marker],
        )
        for name, values in predictions.items()
        for style in [style_of(name)]
    ]
    limits = (0.0, top)
    xlabel, ylabel = f"measured ({unit})", f"predicted ({unit})"
    return Panel("Held-out rows", xlabel, ylabel, series, diagonal=True, xlim=limits, ylim=limits)
