"""The training-size explorer of the chapters: what its sliders retrain, and what it shows."""

import warnings
from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from sklearn.base import clone

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.style import style_of
from tlhelpers.data.studies import Study
from tlhelpers.evaluation.comparison import label_saving
from tlhelpers.evaluation.scores import ERRORS, score_predictions
from tlhelpers.evaluation.splits import split_table, training_order
from tlhelpers.forests.base import TransferForest

_NAMES = {"rmse": "RMSE", "mae": "MAE", "accuracy": "accuracy", "f1_macro": "macro F1"}
_WORDS = {  # columns of the case studies
    "gap_exp": "measured gap",
    "Ea_NO_diss": "barrier, NO dissociation",
    "Ea_N2_diss": "barrier, N₂ dissociation",
    "Ea_O2_diss": "barrier, O₂ dissociation",
    "Ea_N2_assoc": "barrier, N₂ association",
    "Ea_O2_assoc": "barrier, O₂ association",
}


def training_size_explorer(
    models: Mapping[str, TransferForest],
    study: Study,
    curve: pd.DataFrame,
    *,
    baseline: str = "single-task",
    metric: str = "rmse",
    start: int | None = None,
    along: Hashable | None = None,
    test_size: float = 0.2,
    random_state: int = 0,
    unit: str = "eV",
) -> Explorer:
    """Make sliders over the number of target labels and the model that is retrained with them.

    Test rows are taken out of training (cold). A stage that does not depend on the target's
    labels is kept while the rows in use stay the same. Error bars are jackknife standard errors;
    they are left out where the number of trees makes them noise.

    Parameters
    ----------
    models : mapping of {name: estimator}
        Unfitted, with the study's target or targets; the baseline and the models to compare with.
    study : Study
    curve : pandas.DataFrame
        From `learning_curve` on the same study: the repeated experiment, drawn behind the single
        one. Its sizes are the positions of the slider.
    baseline : str
    metric : {"rmse", "mae", "accuracy", "f1_macro"}
    start : int, optional
        The size shown first; default the smallest.
    along : task name, optional
        For a classification: the related number on the axis of the right figure.
    test_size : float
        The share of labelled groups that is held out, as in `learning_curve`.
    random_state : int
        Seed of the hold-out set and of the models.
    unit : str
        Of the target, or of `along`.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        A baseline or size that the models or the data do not have.
    """
    targets = [study.target] if isinstance(study.target, str) else list(study.target)
    others = [name for name in models if name != baseline]
    if baseline not in models:
        raise ValueError(f"models must hold the baseline {baseline!r}, got {list(models)}")
    sizes = sorted(int(size) for size in curve["size"].unique())
    labelled = study.Y[targets].notna().any(axis=1).to_numpy()
    order, test = training_order(labelled, study.groups, test_size, [random_state, 0])
    if max(sizes) > len(order):
        raise ValueError(
            f"the sizes of the curve reach {max(sizes)}, but {len(order)} labels are left"
        )
    retrainer = _Retrainer(models, study, targets, order, test, random_state)
    view = _View(study, curve, metric, unit, along)

    def compute(
        labels: int, task: str = str(targets[0]), model: str = "".join(others[:1])
    ) -> Frame:
        target = next(t for t in targets if str(t) == task)
        shown = [name for name in (baseline, model) if name]
        found = {name: retrainer.predict(name, labels)[target] for name in shown}
        return view.frame(labels, target, found)

    sliders = [Slider("labels", "Target labels for training", sizes, "labels", start)]
    if len(targets) > 1:
        tasks = [str(target) for target in targets]
        sliders.append(Slider("task", "What is predicted", tasks, texts=_WORDS))
    if len(others) > 1:
        sliders.append(Slider("model", "Beside the baseline", others))
    return Explorer(
        compute,
        sliders,
        title="The labels that each model needs",
        description=(
            "First: the repeated experiment, with the spread of the models shown, and as large "
            f"marks one retraining at the chosen size. Second: the {len(test)} test rows of "
            "that retraining. A slider trains anew what learns from the target."
        ),
    )


class _Retrainer:
    """Fit a model with some of the target labels, keeping what does not change."""

    def __init__(self, models, study, targets, order, test, random_state):
        self.study, self.targets, self.order, self.test = study, targets, order, test
        self.models = {name: clone(model) for name, model in models.items()}
        self.answers: dict[tuple[str, int], dict] = {}
        for model in self.models.values():
            model.set_params(random_state=random_state)
            if "warm_start" in model.get_params():
                model.set_params(warm_start=True)

    def predict(self, name: str, n_labels: int) -> dict[Hashable, pd.DataFrame]:
        """Return each target's held-out rows: truth, prediction and std."""
        if (name, n_labels) not in self.answers:
            self.answers[name, n_labels] = self._predict(name, n_labels)
        return self.answers[name, n_labels]

    def _predict(self, name: str, n_labels: int) -> dict[Hashable, pd.DataFrame]:
        split = split_table(
            self.study.X, self.study.Y, self.study.groups, self.targets, self.test,
            trained=self.order[:n_labels],
        )  # fmt: skip
        model, query = self.models[name].fit(split.X_train, split.Y_train), split.X_test
        with warnings.catch_warnings(record=True) as noisy:
            warnings.simplefilter("always")
            prediction, std = split.ask(model, return_std=True)
        if len(self.targets) == 1:
            prediction, std = ({self.targets[0]: values} for values in (prediction, std))
        tables = {}
        for target in self.targets:
            columns = {
                "truth": self.study.Y[target].iloc[self.test].to_numpy(),
                "prediction": np.asarray(prediction[target]),
                "std": np.nan if noisy else np.asarray(std[target]),
            }
            table = pd.DataFrame(columns, index=query.index)
            if hasattr(model, "classes_"):
                probability = model.predict_proba(query)
                found = {c: probability[:, i] for i, c in enumerate(model.classes_)}
                table["right"] = [
                    found.get(c, np.zeros(len(table)))[i] for i, c in enumerate(columns["truth"])
                ]
            tables[target] = table[table["truth"].notna()]
        return tables


class _View:
    """Turn held-out predictions into a frame."""

    def __init__(self, study, curve, metric, unit, along):
        self.study, self.curve, self.metric = study, curve, metric
        self.unit, self.along = unit, along
        self.is_class = metric not in ERRORS
        self.savings: dict[tuple, pd.DataFrame] = {}

    def frame(self, labels: int, target: Hashable, found: dict[str, pd.DataFrame]) -> Frame:
        """Return the frame of one size and target: the baseline, and a model beside it."""
        scores = {name: self._score(table, target) for name, table in found.items()}
        curve, readout = self.curve, self._readout(labels, found, scores)
        curve = curve[curve["target"] == target]
        if self.is_class:
            right = self._probability_panel(found)
        else:
            right = self._parity_panel(found, target)
            readout += self._saving(curve, labels, target, *found) + _about_bars(found)
        return Frame(readout, [self._curve_panel(curve, labels, scores), right])

    def _score(self, table: pd.DataFrame, target: Hashable) -> float:
        kind = "classification" if self.is_class else "regression"
        table = table.assign(target=target, task_type=kind, model="")
        return float(score_predictions(table)[self.metric].iloc[0])

    def _amount(self, score: float) -> str:
        return f"{score:.2f}" if self.is_class else f"{score:.2f} {self.unit}"

    def _readout(self, labels: int, found: dict, scores: dict) -> str:
        parts = ", ".join(f"{name} {self._amount(score)}" for name, score in scores.items())
        n_test = len(next(iter(found.values())))
        return (
            f"Trained with {labels} labels, the {_NAMES[self.metric]} on {n_test} test rows "
            f"is: {parts}."
        )

    def _saving(
        self, curve: pd.DataFrame, labels: int, target: Hashable, baseline: str, model: str = ""
    ) -> str:
        """Say how many labels the baseline needs, from the repeated experiment."""
        if not model:
            return ""
        key = target, model
        if key not in self.savings:
            self.savings[key] = label_saving(curve, baseline, model, metric=self.metric)
        row = self.savings[key].loc[labels]
        if not np.isfinite(row["saving"]) or row["saving"] == 0:
            bound = "more than it has" if row["saving"] else "fewer than the smallest number here"
            return f" Over all draws the baseline needs {bound} for the mean error of {model}."
        ends = f"{row['low']:.1f}" if row["low"] else "no bound"  # 0: below the smallest size
        ends += " to " + (f"{row['high']:.1f}" if np.isfinite(row["high"]) else "no bound")
        interval = "an interval without bounds" if ends.count("no") == 2 else f"95% interval {ends}"
        return (
            f" Over all draws, {model} with {labels} labels is as good as the baseline with "
            f"{row['baseline_labels']:.0f} (label saving {row['saving']:.1f}, {interval})."
        )

    def _curve_panel(self, curve: pd.DataFrame, labels: int, scores: Mapping[str, float]) -> Panel:
        """Return the learning curves, those of the models shown with their spread and the size."""
        series, top = [], 0.0
        for name, rows in curve.groupby("model", sort=False):
            style, table = style_of(name), rows.groupby("size")[self.metric].agg(["mean", "std"])
            mean, low, high = (
                table["mean"],
                table["mean"] - table["std"],
                table["mean"] + table["std"],
            )
            shown = name in scores
            line = Series(
                name, style.color, list(table.index), list(mean),
                low=list(low) if shown else None, high=list(high) if shown else None,
                marker=style.symbol, dash=style.pattern,
            )  # fmt: skip
            series.append(line)
            if shown:
                here = ([labels], [scores[name]], None, None, "points", style.symbol)
                series.append(Series("", style.color, *here, emphasis=True))
            top = max(top, 1.1 * float(high.max()))
        ylabel = f"held-out {_NAMES[self.metric]}" + ("" if self.is_class else f" ({self.unit})")
        limits = (0, min(top, 1)) if self.is_class else (0, top)
        xlabel = "target labels for training"
        return Panel("Learning curve", xlabel, ylabel, series, xscale="log", ylim=limits)

    def _parity_panel(self, found: Mapping[str, pd.DataFrame], target: Hashable) -> Panel:
        """Return predicted against measured labels of the held-out rows, with error bars."""
        values = self.study.Y[target].dropna()
        margin = 0.05 * float(np.ptp(values))
        limits = (float(values.min()) - margin, float(values.max()) + margin)
        series = [
            _points(name, table["truth"], table["prediction"], table["std"])
            for name, table in found.items()
        ]
        xlabel, ylabel = f"known label ({self.unit})", f"predicted ({self.unit})"
        return Panel(
            "Held-out rows", xlabel, ylabel, series, diagonal=True, xlim=limits, ylim=limits
        )

    def _probability_panel(self, found: Mapping[str, pd.DataFrame]) -> Panel:
        """Return the probability given to the true class against the related number."""
        along = self.study.Y[self.along]
        series = [
            _points(name, along.loc[table.index], table["right"]) for name, table in found.items()
        ]
        name = _WORDS.get(str(self.along), self.along)
        xlabel, ylabel = f"{name} ({self.unit})", "probability of the true class"
        limits = (0.0, 1.05 * float(along.max()))
        return Panel("Held-out rows", xlabel, ylabel, series, xlim=limits, ylim=(0.0, 1.0))


def _points(name: str, x: pd.Series, y: pd.Series, std: pd.Series | None = None) -> Series:
    """Return the points of one model, with error bars where they are known."""
    style = style_of(name)
    shown = std is not None and bool(std.notna().all())
    return Series(
        name, style.color, list(x), list(y),
        low=list(y - std) if shown else None,
        high=list(y + std) if shown else None,
        kind="points", marker=style.symbol,
    )  # fmt: skip


def _about_bars(found: Mapping[str, pd.DataFrame]) -> str:
    """Say which points have error bars, and why the others have none."""
    bare = [name for name, table in found.items() if table["std"].isna().any()]
    if not bare:
        return " The bars are one jackknife standard error."
    return f" No error bars for {' and '.join(bare)}: from so few trees they would be noise."
