"""Compare the architectures on a user's own table, and recommend one."""

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.evaluation.experiment import Experiment
from tlhelpers.evaluation.protocol import deal_folds
from tlhelpers.evaluation.splits import SETTINGS, group_codes
from tlhelpers.forests.compile import main as compile_kernels
from tlhelpers.forests.labels import CLASSIFICATION, as_table
from tlhelpers.table.candidates import BASELINE, STACK, find_candidates
from tlhelpers.table.known import say_apart
from tlhelpers.table.learned import calibrate, find_differences, find_importances
from tlhelpers.table.next_rows import measure_next
from tlhelpers.table.outcome import Comparison
from tlhelpers.table.parts import Part, fit_all, tabulate
from tlhelpers.table.purchases import (
    TARGET,
    curve_parts,
    labels_to_buy,
    related_parts,
    score_sizes,
)
from tlhelpers.table.recommending import (
    Recommendation,
    cannot_tell,
    judge_models,
    recommend,
    score_folds,
)
from tlhelpers.table.relations import FEW
from tlhelpers.table.running import Runner, folder_of, one_thread
from tlhelpers.table.units import in_unit

CURVE_REPEATS = 10
_FIRST = 3  # repeats of the learning curve that come before the curves of related labels
_MUST = 2  # repeats of the cross-validation that no budget takes away


def compare_architectures(
    X: pd.DataFrame,
    Y: pd.DataFrame,
    target: Hashable,
    groups: ArrayLike | None = None,
    *,
    rivals: Mapping[str, Any] | None = None,
    setting: str | None = None,
    n_splits: int = 5,
    n_repeats: int = 5,
    n_estimators: int = 100,
    max_seconds: float | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool = True,
    keep: str | PathLike | None = None,
) -> Comparison:
    """Say which architecture to use for a table, by how much it is better and how sure that is.

    The single-task forest, every architecture that applies, the stack, equal weights (the plain
    mean of the stack's members) and any rivals are compared by repeated grouped cross-validation.
    In every fold the model with the least error on the training rows, each predicted without its
    label, is picked; one test compares the picked models with the single-task forest, so that the
    error of the recommendation includes what wrong picks cost. Where both settings are compared,
    p is adjusted for the two tests. The error of a model on the training rows is that out of bag,
    of a rival that of ten inner folds; the weights of the stack are then fitted without the rows
    that they mix.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n_samples, n_features)
        Features, finite numbers.
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes; every column but the target is a related label.
    target : task name
        The label to predict.
    groups : array-like, shape (n_samples,), optional
        Rows of one group, such as one composition, are never split. None: each row is its own.
    rivals : mapping of names to scikit-learn estimators, optional
        Regressors or classifiers, fitted to the features alone; `RelatedAsFeatures` for one that
        reads related labels too. A forest of this package reads them as ever, such as
        ``DifferenceForest(target, "z", base_as_feature=True)``. The names of the models that are
        compared anyway, "equal weights" among them, are taken.
    setting : {"cold", "warm", "both"}, optional
        Whether the related labels of the rows to predict are known. None: as they are in the rows
        without a target label; both where some carry one and some do not, cold where there are no
        such rows.
    n_splits, n_repeats : int
        Folds, and how often the groups are dealt anew.
    n_estimators : int
        Trees of every forest.
    max_seconds : float, optional
        The time for all. What does not fit is left out, in this order: repeats of the learning
        curve, the curves of related labels, the learning curve, repeats of the cross-validation
        but for two.
    random_state : int
        Seed of the folds and of models that have none.
    n_jobs : int, optional
        Fits at the same time, as in joblib.
    progress : bool
        Whether to show a progress bar, with the time that all is expected to take.
    keep : path, optional
        A folder where finished parts are kept: a run of the same table and settings goes on from
        there.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        An unknown target, setting or column type, no label, features that are missing, or a rival
        that cannot be fitted; the message names it.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tlhelpers.table import compare_architectures
    >>> X = pd.DataFrame({"x": np.linspace(0, 1, 30)})
    >>> Y = pd.DataFrame({"y": X["x"].where(X["x"] < 0.25), "z": 2 * X["x"]})
    >>> print(compare_architectures(X, Y, "y", progress=False).recommended)
    single-task
    """
    started = time.monotonic()
    _check(setting, max_seconds, n_splits, n_repeats)
    labels, left_out = _usable_labels(Y, target, groups)
    options = {"n_estimators": n_estimators}
    models = find_candidates(labels, target, rivals, **options)
    task = Experiment.of(models, X, labels, groups, [target], "cold")
    settings = judged_settings(task, setting)
    n_groups = len(np.unique(task.groups[task.labelled]))
    metric = "accuracy" if task.kinds[target] == CLASSIFICATION else "rmse"
    head: dict[str, Any] = {"target": str(target), "metric": metric}
    head["made"] = date.today().isoformat()
    head["ranges"] = task.X[task.labelled].agg(["min", "max"])
    if n_groups < FEW:
        fitted, _, _ = fit_all(task, [BASELINE], settings, random_state)
        n = int(task.labelled.sum())
        few = {s: cannot_tell(s, metric, target, n_groups, n) for s in settings}
        answers = {s: fitted[BASELINE] for s in settings}
        return Comparison(**head, recommendations=few, models=answers, left_out=tuple(left_out))
    compile_kernels()
    with one_thread():
        fitted, losses, seconds = fit_all(task, list(models), settings, random_state)
    deadline = started + (np.inf if max_seconds is None else max_seconds)
    folder = folder_of(keep, task, n_splits, random_state)
    runner = Runner(task, seconds, n_jobs, folder, deadline, started, progress)
    study = _Study(task, settings, runner, left_out, n_splits, n_repeats, random_state, metric)
    try:
        picked = {own: min(losses[own], key=losses[own].__getitem__) for own in settings}
        predictions = study.cross_validate(picked)
        scores = score_folds(predictions)
        verdicts = judge_models(scores, metric)
        counts = n_groups, int(task.labelled.sum())
        unit = in_unit(target) if metric == "rmse" else ""
        holds = {"warm": say_apart(task.Y, target)}  # cold, no row is told any
        found = {
            own: recommend(
                scores, verdicts, own, metric, picked[own], *counts, unit, holds.get(own, "")
            )
            for own in settings
        }
        curves = study.curves(found)
    finally:
        runner.close()
    first = found[settings[0]]
    model = fitted[first.model]
    teacher, error = (
        (first.model, losses[settings[0]][first.model])
        if hasattr(model, "tree_predictions")
        else (BASELINE, losses[settings[0]][BASELINE])
    )
    return Comparison(
        **head,
        recommendations=found,
        models={own: fitted[found[own].model] for own in settings},
        predictions=predictions,
        scores=scores,
        verdicts=verdicts,
        **curves,
        measure_next=measure_next(fitted[teacher], task.X, task.Y, target, error),
        calibration=calibrate(predictions),
        importances=find_importances(model, task.X.columns),
        differences=find_differences(task, random_state, **options),
        left_out=tuple(left_out),
        notes=tuple(study.notes),
        seconds=time.monotonic() - started,
    )


def judged_settings(task: Experiment, setting: str | None) -> tuple[str, ...]:
    """Return the settings that are judged, that of most rows to predict first."""
    target = task.targets[0]
    related = task.Y.columns.drop(target)
    lacking = task.Y[target].isna()
    told = task.Y.loc[lacking, related].notna().any(axis=1)
    share = float(told.mean()) if len(told) else 0.0
    if not len(related):
        return ("cold",)
    if setting in SETTINGS:
        return (str(setting),)
    both = ("warm", "cold") if share > 0.5 else ("cold", "warm")
    return both if setting == "both" or 0 < share < 1 else both[:1]


@dataclass
class _Study:
    """The cross-validation and the curves of one comparison; what was left out, and notes."""

    task: Experiment
    settings: tuple[str, ...]
    runner: Runner
    left_out: list[str]
    n_splits: int
    n_repeats: int
    random_state: int
    metric: str
    notes: list[str] = field(default_factory=list)

    def cross_validate(self, picked: Mapping[str, str]) -> pd.DataFrame:
        """Return the held-out predictions of all models, and of the model picked in every fold."""
        deal = self.n_splits, self.n_repeats, self.random_state
        jobs = deal_folds(self.task.labelled, self.task.groups, *deal)
        names = tuple(self.task.models)
        parts = [
            Part(
                "folds_{}_{repeat}_{fold}".format(setting, **job.training[0][0]), "folds", setting,
                names, job.test, job.seed, [job.training[0][0]], judged=True,
            )
            for job in jobs
            for setting in self.settings
        ]  # fmt: skip
        a_repeat = self.n_splits * len(self.settings)
        ahead = [p for s in self.settings for p in self._curves(s, self._shown(picked[s]))]
        later = sum(self.runner.cost(part) for part in ahead)
        left = self.runner.run(parts, min(_MUST, self.n_repeats) * a_repeat, later)
        if time.monotonic() > self.runner.deadline:
            self.notes.append("The first repeats took longer than the time given.")
        whole = (len(parts) - len(left)) // a_repeat
        if whole < self.n_repeats:
            self.left_out.append(
                f"{self.n_repeats - whole} of {self.n_repeats} repeats of the cross-validation, "
                "for want of time"
            )
        return tabulate(parts[: whole * a_repeat], self.runner.found, self.task)

    def _shown(self, model: str) -> tuple[str, ...]:
        """Return the models of the curves: the baseline, and the recommended one or the stack."""
        other = STACK if STACK in self.task.models else list(self.task.models)[-1]
        return tuple(dict.fromkeys([BASELINE, other if model == BASELINE else model]))

    def _curves(self, setting: str, models: tuple[str, ...]) -> list[Part]:
        """Return the parts of all curves, in the order of their worth."""
        given = CURVE_REPEATS, self.random_state
        own = curve_parts(self.task, setting, models, *given)
        related = related_parts(self.task, setting, models[-1], *given) if len(models) > 1 else []
        return own[:_FIRST] + related + own[_FIRST:]

    def curves(self, found: Mapping[str, Recommendation]) -> dict[str, pd.DataFrame]:
        """Return the learning curve, and which labels to buy."""
        used, parts = {}, []
        for setting, recommendation in found.items():
            shown = self._shown(recommendation.model)
            used[setting] = (recommendation.model, shown[-1])
            parts += self._curves(setting, shown)
        if not parts:
            self.left_out.append("learning curve and labels to buy: too few labels for three sizes")
        parts.sort(key=_worth)
        gone = {part.name for part in self.runner.run(parts)}
        for kind in dict.fromkeys(part.kind for part in parts):
            lost = [p for p in parts if p.kind == kind and p.name in gone]
            if lost:
                total = sum(part.kind == kind for part in parts)
                what = "learning curve" if kind == TARGET else f"curve of {kind}"
                self.left_out.append(
                    f"{len(lost)} of {total} repeats of the {what}, for want of time"
                )
        scored = {}
        for what in ("target", "related", "known"):
            done = [p for p in parts if p.name.startswith(what) and p.name not in gone]
            scored[what] = self._score(done, ["label"] if what == "related" else [])
        bought = labels_to_buy(self.task, scored, self.metric, used)
        return {"curve": scored["target"], "labels_to_buy": bought}

    def _score(self, parts: list[Part], extra: list[str]) -> pd.DataFrame:
        """Return the scores of every size of some parts."""
        if not parts:
            return pd.DataFrame()
        return score_sizes(tabulate(parts, self.runner.found, self.task), extra)


def _worth(part: Part) -> int:
    """Return when a part of a curve has its turn; what is last is left out first."""
    repeat = part.cases[0]["repeat"]
    if part.kind != TARGET:
        return 1
    return 0 if repeat < _FIRST else 2


def _check(setting: str | None, max_seconds: float | None, n_splits: int, n_repeats: int) -> None:
    """Raise an error that names an argument that is out of range."""
    if setting not in (None, "both", *SETTINGS):
        raise ValueError(f"setting must be None, 'cold', 'warm' or 'both', got {setting!r}")
    if max_seconds is not None and not max_seconds > 0:
        raise ValueError(f"max_seconds must be above zero, got {max_seconds!r}")
    for name, value, least in (("n_splits", n_splits, 2), ("n_repeats", n_repeats, 1)):
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    if n_splits > FEW:
        raise ValueError(f"n_splits must be at most {FEW}, got {n_splits}")


def _usable_labels(
    Y: pd.DataFrame, target: Hashable, groups: ArrayLike | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return the labels in use, the target first, and which related ones are left out, and why."""
    table, _ = as_table(Y)
    if target not in table:
        raise ValueError(f"target {target!r} is no column of Y: {list(table.columns)}")
    if table[target].isna().all():
        raise ValueError(f"target {target!r} has no label")
    if table[target].nunique() < 2:
        raise ValueError(f"target {target!r} has one value only: there is nothing to predict")
    codes, said, used = group_codes(groups, table), [], [target]
    for label in table.columns.drop(target):
        n = len(np.unique(codes[table[label].notna().to_numpy()]))
        if n < FEW or table[label].nunique() < 2:
            why = f"{n} groups carry it, and {FEW} are the least" if n < FEW else "it has one value"
            said.append(f"related label {label!r}: {why}")
        else:
            used.append(label)
    return table[used], said
