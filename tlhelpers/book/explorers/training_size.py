"""The training-size explorer of the chapters: its sliders, and what they show."""

import re
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.retrainer import Retrainer
from tlhelpers.book.explorers.widget import Explorer
from tlhelpers.book.figures.style import style_of
from tlhelpers.book.names import barrier_in_words, in_words
from tlhelpers.book.prose import interval
from tlhelpers.data.studies import Study
from tlhelpers.evaluation.comparison import VERDICTS, compare_sizes, judge, label_saving
from tlhelpers.evaluation.scores import ERRORS, score_predictions
from tlhelpers.evaluation.splits import training_order
from tlhelpers.forests.base import TransferForest

_NAMES = {"rmse": "RMSE", "mae": "MAE", "accuracy": "accuracy", "f1_macro": "macro F1"}
_KEYS = ["setting", "target", "model", "size"]
_WORDS = {"cold": "unknown (cold)", "warm": "known (warm)"}


def training_size_explorer(
    models: Mapping[str, TransferForest],
    study: Study,
    curve: pd.DataFrame,
    *,
    verdicts: pd.DataFrame | None = None,
    baseline: str = "single-task",
    metric: str = "rmse",
    start: int | Mapping[str, Any] | None = None,
    along: Hashable | None = None,
    test_size: float = 0.2,
    random_state: int = 0,
    own_seeds: bool = False,
    unit: str = "eV",
) -> Explorer:
    """Make sliders over the number of target labels and the model that is retrained with them.

    The one draw that is retrained is the one whose scores lie closest to the mean curves, in the
    root mean square over all that `curve` holds.

    Parameters
    ----------
    models : mapping of {name: estimator}
        Unfitted, with the study's target or targets; the baseline and the models to compare with.
    study : Study
    curve : pandas.DataFrame
        From `learning_curve` on the same study: the repeated experiment, drawn behind the single
        draw. Its sizes are the positions of the slider; of a column ``setting`` the settings are
        those of a switch. Without that column, test rows are cold.
    verdicts : pandas.DataFrame, optional
        What the test says of every model, with the columns ``setting``, ``target``, ``model``,
        ``size``, ``metric`` and ``verdict``, and ``low`` and ``high`` of the difference, if it is
        to be shown. Default: of `compare_sizes`, all that the sliders can show as one family.
    baseline : str
    metric : {"rmse", "mae", "accuracy", "f1_macro"}
    start : int or mapping of {slider: value}, optional
        The size shown first, or what is shown first of ``labels``, ``setting``, ``task`` and
        ``model``; default the first of each.
    along : task name, optional
        For a classification: the related number on the axis of the right figure.
    test_size : float
        The share of labelled groups that is held out, as in `learning_curve`.
    random_state : int
        That of `learning_curve`.
    own_seeds : bool
        Whether every draw of `curve` is a run of its own, with its number as `random_state`.
    unit : str
        Of the target, or of `along`.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        A baseline, size or verdict that the models, the data or the table do not have.
    """
    targets = [study.target] if isinstance(study.target, str) else list(study.target)
    others = [name for name in models if name != baseline]
    if baseline not in models:
        raise ValueError(f"models must hold the baseline {baseline!r}, got {list(models)}")
    where = "setting" in curve
    curve = curve if where else curve.assign(setting="cold")
    sizes = sorted(int(size) for size in curve["size"].unique())
    settings = list(curve["setting"].unique())
    labelled = study.Y[targets].notna().any(axis=1).to_numpy()
    draw = _usual_draw(curve, metric)
    seed = [draw, 0] if own_seeds else [random_state, draw]
    order, test = training_order(labelled, study.groups, test_size, seed)
    if max(sizes) > len(order):
        raise ValueError(
            f"the sizes of the curve reach {max(sizes)}, but {len(order)} labels are left"
        )
    retrainer = Retrainer(models, study, targets, order, test, sum(seed))
    said = _verdicts(verdicts, curve, baseline, others, metric)
    view = _View(study, curve, said, metric, unit, along, where)

    def compute(
        labels: int,
        setting: str = settings[0],
        task: str = str(targets[0]),
        model: str = "".join(others[:1]),
    ) -> Frame:
        target = next(t for t in targets if str(t) == task)
        shown = [name for name in (baseline, model) if name]
        found = {name: retrainer.predict(name, labels, setting)[target] for name in shown}
        return view.frame(labels, setting, target, found)

    first = start if isinstance(start, Mapping) else {"labels": start}
    rest = [
        ("setting", "Related label of the test rows", settings),
        ("task", "What is predicted", [str(target) for target in targets]),
        ("model", "Beside the baseline", others),
    ]
    counted = (
        " The interval (95%) is that of one comparison; "
        "the verdict counts all tests of its question."
    )
    name = "Target labels for training" if len(targets) == 1 else "Labelled rows for training"
    sliders = [Slider("labels", name, sizes, "labels", first.get("labels"))]
    sliders += [
        Slider(name, label, values, start=first.get(name), texts=_texts(values))
        for name, label, values in rest
        if len(values) > 1
    ]
    return Explorer(
        compute,
        sliders,
        title="The labels that each model needs",
        description=(
            "First: the repeated experiment, with the spread of the models shown; large marks, "
            "beside the dotted line: one draw, retrained with as many labels. Second: the "
            f"{len(test)} test rows of that draw.{counted if others else ''}"
        ),
    )


def _usual_draw(curve: pd.DataFrame, metric: str) -> int:
    """Return the draw whose scores lie closest to the mean curves."""
    scores = curve.pivot_table(metric, "repeat", _KEYS)
    return int(((scores - scores.mean()) ** 2).mean(axis=1).idxmin())


def _verdicts(
    table: pd.DataFrame | None, curve: pd.DataFrame, baseline: str, others: list[str], metric: str
) -> dict[tuple, dict[str, Any]]:
    """Return what the test says of each model, in each setting and at each size."""
    if not others:
        return {}
    if table is None:
        parts = curve.groupby(_KEYS[:2], sort=False)
        tests = {
            (*case, model): compare_sizes(part, baseline, model, metric)
            for case, part in parts
            for model in others
        }
        table = judge(pd.concat(tests, names=_KEYS[:3]).reset_index())
    table = table[(table["metric"] == metric) & table["model"].isin(others)]
    said = table.set_index(_KEYS).to_dict("index")
    cases = curve.loc[curve["model"].isin(others), _KEYS].itertuples(index=False, name=None)
    if lacking := [case for case in cases if case not in said]:
        raise ValueError(f"verdicts holds nothing of {lacking[0]}")
    return said


class _View:
    """Turn held-out predictions into a frame."""

    def __init__(self, study, curve, verdicts, metric, unit, along, where):
        self.study, self.curve, self.verdicts, self.metric = study, curve, verdicts, metric
        self.unit, self.along, self.where = unit, along, where
        self.is_class, self.spread = metric not in ERRORS, _spread(curve, metric)
        self.ends = "" if self.is_class else f" {unit}"
        self.saves = VERDICTS[0] in {row["verdict"] for row in verdicts.values()}

    def frame(
        self, labels: int, setting: str, target: Hashable, found: dict[str, pd.DataFrame]
    ) -> Frame:
        """Return the frame of one position: the baseline, and a model beside it."""
        spread = self.spread[self.spread["target"] == target]
        ends = max(0.0, 0.8 * spread["low"].min()), 1.1 * spread["high"].max()  # of all settings
        spread = spread[spread["setting"] == setting]
        scores = {name: self._score(table, target) for name, table in found.items()}
        means = spread[spread["size"] == labels].set_index("model")["mean"]
        where = f", {setting}" if self.where else ""
        model = list(found)[-1]
        cells = self._cells(means[list(found)], pd.Series(scores))
        readout = (
            f"Over {self.curve['repeat'].nunique()} draws, {model}{where}, {labels} labels: "
            f"mean {_NAMES[self.metric]} {self._against(means[list(found)], True)}"
        )
        if len(found) > 1:
            said = self.verdicts[setting, target, model, labels]
            verdict = said["verdict"]
            if "low" in said:
                cells = {"95% interval": interval(said)} | cells
                readout += f", interval {interval(said)}" + self.ends
            readout += f", {verdict}"
            if verdict == VERDICTS[0] and not self.is_class:
                case = (self.curve[_KEYS[:2]] == [setting, target]).all(axis=1)
                savings = label_saving(self.curve[case], *found, metric=self.metric)
                saving = _saving(savings.loc[labels])
                readout += f"; {saving}"
                cells["label saving"] = re.sub("^label saving |95% interval ", "", saving)
            cells = {"verdict": verdict} | cells  # the first that is looked for
        one = f"{self._against(pd.Series(scores))} on {len(found[model])} test rows"
        right = (
            self._probability_panel(found) if self.is_class else self._parity_panel(found, target)
        )
        left = self._curve_panel(f"Learning curve{where}", spread, labels, scores, ends)
        return Frame(f"{readout}. One draw: {one}.", [left, right], cells)

    def _score(self, table: pd.DataFrame, target: Hashable) -> float:
        kind = "classification" if self.is_class else "regression"
        table = table.assign(target=target, task_type=kind, model="")
        return float(score_predictions(table)[self.metric].iloc[0])

    def _cells(self, means: pd.Series, scores: pd.Series) -> dict[str, str]:
        """Return the numbers of a position by their names."""
        unit = "" if self.is_class else f", {self.unit}"
        columns = {f"mean {_NAMES[self.metric]}{unit}": means, f"one draw{unit}": scores}
        name, cell = ("{} (baseline)", "{:.2f} ({:.2f})") if len(means) > 1 else ("{}", "{:.2f}")
        cells = {name.format(c): cell.format(*values[::-1]) for c, values in columns.items()}
        return cells | ({"label saving": ""} if self.saves and not self.is_class else {})

    def _against(self, scores: pd.Series, named: bool = False) -> str:
        """Return the score of the model, against that of the baseline where there are two."""
        first, *rest = (f"{score:.2f}" for score in reversed(scores.to_list()))
        whose = "the baseline's " if named else ""
        return (f"{first} against {whose}{rest[0]}" if rest else first) + self.ends

    def _curve_panel(
        self, title: str, spread: pd.DataFrame, labels: int, scores: Mapping[str, float], ends: Any
    ) -> Panel:
        """Return the learning curves: of the models shown with their spread, the others thin."""
        series = []
        for name, rows in spread.groupby("model", sort=False):
            style, shown = style_of(name), name in scores
            series.append(Series(
                name, style.color, list(rows["size"]), list(rows["mean"]),
                low=list(rows["low"]) if shown else None,
                high=list(rows["high"]) if shown else None,
                marker=style.symbol, dash=style.pattern, faded=not shown,
            ))  # fmt: skip
        for number, (name, score) in enumerate(scores.items()):
            style = style_of(name)
            series.append(Series(
                "", style.color, [labels], [score], kind="points", marker=style.symbol,
                emphasis=True, aside=2 * number - len(scores) + 1,
            ))  # fmt: skip
        ylabel = f"held-out {_NAMES[self.metric]}" + ("" if self.is_class else f" ({self.unit})")
        return Panel(
            title, "target labels for training", ylabel, series, xscale="log",
            xlim=(spread["size"].min() / 1.25, spread["size"].max() * 1.25),  # room for the marks
            ylim=(0, min(ends[1], 1)) if self.is_class else ends,
        )  # fmt: skip

    def _parity_panel(self, found: Mapping[str, pd.DataFrame], target: Hashable) -> Panel:
        """Return predicted against measured labels of the held-out rows."""
        values = self.study.Y[target].dropna()
        margin = 0.05 * float(np.ptp(values))
        limits = (float(values.min()) - margin, float(values.max()) + margin)
        series = [_points(name, part["truth"], part["prediction"]) for name, part in found.items()]
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
        name = in_words(self.along)
        xlabel, ylabel = f"{name} ({self.unit})", "probability of the true class"
        limits = (0.0, 1.05 * float(along.max()))
        return Panel("Held-out rows", xlabel, ylabel, series, xlim=limits, ylim=(0.0, 1.0))


def _texts(values: list[str]) -> dict[str, str]:
    """Return what a control shows of each value."""
    return {value: _WORDS.get(value, barrier_in_words(value)) for value in values}


def _points(name: str, x: pd.Series, y: pd.Series) -> Series:
    """Return the points of one model."""
    style = style_of(name)
    return Series(name, style.color, list(x), list(y), kind="points", marker=style.symbol)


def _spread(curve: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the mean score of each case, and one standard deviation below and above it."""
    table = curve.groupby(_KEYS, sort=False)[metric].agg(["mean", "std"])
    low, high = table["mean"] - table["std"], table["mean"] + table["std"]
    return table.assign(low=low, high=high).reset_index()


def _saving(row: pd.Series) -> str:
    """Say how many labels a model saves that is called better, from the repeated experiment."""
    if not np.isfinite(row["saving"]):
        return "the baseline has too few labels for that error"
    high = f"{row['high']:.1f}" if np.isfinite(row["high"]) else "no bound"
    return f"label saving {row['saving']:.1f} (95% interval {row['low']:.1f} to {high})"
