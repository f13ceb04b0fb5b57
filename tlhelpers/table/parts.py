"""The pieces of work of a comparison: models fitted to one test set's training sets, and asked."""

import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.evaluation import Split, prepare_model, split_table
from tlhelpers.evaluation.experiment import Experiment, fit_models
from tlhelpers.evaluation.splits import outside_groups
from tlhelpers.forests import shared_stages
from tlhelpers.forests.labels import CLASSIFICATION
from tlhelpers.table.answers import prediction_interval, unseen_error
from tlhelpers.table.candidates import BASELINE, PICKED
from tlhelpers.table.inner_folds import with_unseen

Arrays = dict[str, np.ndarray]  # numbers only: a class stands as its place among the classes


@dataclass(frozen=True)
class Part:
    """One test set, and the training sets that models are fitted to.

    Attributes
    ----------
    name : str
        Of its file.
    kind : str
        "folds", "target labels", or the related label that is subsampled.
    setting : {"cold", "warm"}
    models : tuple of str
    test : numpy.ndarray of int
        Row numbers.
    seed : int
    cases : sequence of dict
        How each training set is called, such as ``{"repeat": 0, "fold": 1}``.
    trained : sequence of numpy.ndarray or None
        The rows whose target labels train, for each training set; None: all outside the test
        groups.
    hidden : sequence of (task name, numpy.ndarray of int)
        Labels that a training set does not show: of which task, in which rows; empty for none.
    judged : bool
        Whether the errors on training rows and the intervals are asked too.
    """

    name: str
    kind: str
    setting: str
    models: tuple[str, ...]
    test: np.ndarray
    seed: int
    cases: Sequence[dict]
    trained: Sequence[np.ndarray | None] = (None,)
    hidden: Sequence[tuple] = ((),)
    judged: bool = False


@shared_stages()  # for answers too: regimes that are first asked for there are grown then
def work(part: Part, task: Experiment) -> Arrays:
    """Fit the models of a part and ask them.

    Parameters
    ----------
    part : Part
    task : Experiment
        The models, the table and its one target; the setting is that of the part.

    Returns
    -------
    dict of numpy.ndarray
        ``prediction``, shape (n_training_sets, n_models, n_test); if judged ``loss``, (n_models,),
        and of the baseline and of the model with the least loss ``covered`` and ``width``,
        (2, n_test), of the 90% interval.
    """
    task = replace(task, setting=part.setting)
    target, names = task.targets[0], list(part.models)
    table = task.groups, [target], part.test, part.setting
    splits = [
        split_table(task.X, hide(task.Y, *hidden), *table, trained)
        for trained, hidden in zip(part.trained, part.hidden, strict=True)
    ]
    answers = np.empty((len(splits), len(names), len(part.test)))
    fits = {}
    for place, name in enumerate(names):
        with naming(name):
            for _, number, fitted in _fit(task, name, splits, part.seed):
                answers[number, place] = codes(task, splits[number].ask(fitted))
                if part.judged:
                    fresh = prepare_model(task.models[name], [target], part.seed)
                    own = splits[number]
                    fits[name] = with_unseen(fitted, fresh, own, target, [part.setting], own.known)
    if not part.judged:
        return {"prediction": answers}
    loss = []
    for name in names:
        with naming(name):
            loss.append(unseen_error(fits[name], splits[0], task))
    truth = task.Y[target].iloc[part.test]
    pair = BASELINE, names[int(np.argmin(loss))]
    hits = np.array([_hits(fits[name], splits[0], truth) for name in pair])
    return {
        "prediction": answers, "loss": np.array(loss), "covered": hits[:, 0], "width": hits[:, 1],
    }  # fmt: skip


def fit_all(
    task: Experiment, names: Sequence[str], settings: Sequence[str], seed: int
) -> tuple[dict[str, Any], dict[str, dict[str, float]], dict[str, float]]:
    """Fit models to all rows.

    Parameters
    ----------
    task : Experiment
    names : sequence of str
    settings : sequence of {"cold", "warm"}
    seed : int

    Returns
    -------
    fitted : dict of {model: fitted clone, as from `with_unseen`}
    losses : dict of {setting: {model: error on rows that it did not see}}
    seconds : dict of {model: seconds of the fit}
    """
    split, target = Split(task.X, task.Y, task.X, None, task.groups), task.targets[0]
    fitted, seconds = {}, {}
    losses: dict[str, dict[str, float]] = {setting: {} for setting in settings}
    with shared_stages():
        for name in names:
            begun = time.perf_counter()
            with naming(name):
                model = next(_fit(task, name, [split], seed))[2]
                seconds[name] = time.perf_counter() - begun
                fresh = prepare_model(task.models[name], task.targets, seed)
                asked = task.Y[~task.labelled]
                fitted[name] = with_unseen(model, fresh, split, target, settings, asked)
                for setting in settings:
                    own = replace(task, setting=setting)
                    losses[setting][name] = unseen_error(fitted[name], split, own)
    return fitted, losses, seconds


def _fit(task: Experiment, name: str, splits: Sequence[Split], seed: int) -> Iterator:
    model = {name: task.models[name]}
    return fit_models(model, splits, task.targets, seed, grouped=True)


@contextmanager
def naming(model: str) -> Iterator[None]:
    """Say which model an error is of."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise ValueError(f"the model {model!r} could not be fitted and asked: {error}") from error


def hide(Y: pd.DataFrame, task: Hashable = None, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return labels without those of one task in some rows; all of them where no task is given."""
    if task is None or rows is None:
        return Y
    shown = np.ones(len(Y), dtype=bool)
    shown[rows] = False
    table = Y.copy()
    table[task] = Y[task].where(shown)
    return table


def classes_of(task: Experiment) -> pd.Index | None:
    """Return the sorted classes of the target, or None for a number."""
    target = task.targets[0]
    if task.kinds[target] != CLASSIFICATION:
        return None
    return pd.Index(sorted(task.Y[target].dropna().unique()), dtype=object)


def codes(task: Experiment, labels: Any) -> np.ndarray:
    """Return labels of the target as numbers: a class as its place among the classes."""
    classes = classes_of(task)
    if classes is None:
        return np.asarray(labels, dtype=float)
    return classes.get_indexer(np.asarray(labels, dtype=object)).astype(float)


def _hits(model: Any, split: Split, truth: pd.Series) -> np.ndarray:
    """Return whether the interval of each test row holds its label, and how wide it is."""
    interval = prediction_interval(model, split.X_test, split.known_to(model))
    if interval is None:
        return np.full((2, len(truth)), np.nan)
    if hasattr(model, "classes_"):
        places = pd.Index(model.classes_).get_indexer(truth)
        return np.array([(places >= 0) & interval[np.arange(len(truth)), places], interval.sum(1)])
    low, high = interval.T
    value = truth.to_numpy(dtype=float)
    return np.array([(low <= value) & (value <= high), high - low])


def tabulate(parts: Sequence[Part], found: dict[str, Arrays], task: Experiment) -> pd.DataFrame:
    """Return the predictions of parts as the protocol writes them.

    Parameters
    ----------
    parts : sequence of Part
        Those without an answer are left out.
    found : dict of {name of a part: its arrays}
    task : Experiment

    Returns
    -------
    pandas.DataFrame
        As `tlhelpers.evaluation.cross_validate_predictions`, with the ``setting`` and the
        ``size`` or ``fold`` of a training set. Where parts are judged, a model "picked" gives the
        predictions of the model with the least error on the training rows of each fold, named in
        ``choice``, and the two whose intervals are known have ``covered`` and ``width``.
    """
    classes, target, tables = classes_of(task), task.targets[0], []
    labelled = task.Y[target].notna().to_numpy()
    for part in [part for part in parts if part.name in found]:
        arrays, test = found[part.name], part.test
        rows = {
            "setting": part.setting, "target": target, "task_type": task.kinds[target],
            "row": task.names[test], "group": task.groups[test],
            "n_pool": int((outside_groups(task.groups, test) & labelled).sum()),
            "truth": task.Y[target].iloc[test].to_numpy(),
        }  # fmt: skip
        for case, answers, trained in zip(
            part.cases, arrays["prediction"], part.trained, strict=True
        ):
            n_train = rows["n_pool"] if trained is None else len(trained)
            own = dict(zip(part.models, answers, strict=True))
            stated = {}
            if part.judged:
                best = part.models[int(np.argmin(arrays["loss"]))]
                own[PICKED] = own[best]
                stated = {BASELINE: 0, PICKED: 1}
            for model, values in own.items():
                table = pd.DataFrame(rows | case | {"model": model, "n_train": n_train})
                table["prediction"] = values if classes is None else classes[values.astype(int)]
                if model in stated:
                    for column in ("covered", "width"):
                        table[column] = arrays[column][stated[model]]
                    table["choice"] = best
                tables.append(table)
    return pd.concat(tables, ignore_index=True)
