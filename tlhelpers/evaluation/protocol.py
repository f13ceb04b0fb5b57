"""Hold rows out and predict them: by groups, over repeats, with only the target's labels taken."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.model_selection import GroupKFold

from tlhelpers.evaluation.experiment import Experiment, Job
from tlhelpers.evaluation.scores import score_predictions
from tlhelpers.evaluation.splits import Target, training_order
from tlhelpers.forests.checks import check_count, check_seed

Models = Mapping[str, Any] | Any


def cross_validate_predictions(
    models: Models,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    target: Target = None,
    setting: str = "cold",
    split_on: Target = None,
    n_splits: int = 5,
    n_repeats: int = 10,
    return_std: bool = False,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Predict every labelled row from the others, by repeated grouped cross-validation.

    Parameters
    ----------
    models : mapping of names to estimators, or one estimator
        Unfitted; cloned for every fold. Forests, `RelatedAsFeatures`, and any other regressor or
        classifier of scikit-learn, which is fitted to each target alone.
    X : pandas.DataFrame, shape (n_samples, n_features)
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes.
    groups : array-like, shape (n_samples,), optional
        Rows of one group are never split. None: each row is its own group.
    target : task name or list of them, optional
        The tasks that are predicted; default the models' common `target`, else every task.
    setting : {"cold", "warm"}
        Test rows always lose their target labels. Cold: they are absent from training. Warm: their
        other labels are known, in training and, where a model can use them, as `known`.
    split_on : task name or list of them, optional
        The tasks whose labelled rows are dealt into folds; default the targets. Models of different
        targets get the same folds where they name the same tasks here.
    n_splits, n_repeats : int
        Folds, and how often the groups are dealt anew.
    return_std : bool
        Whether to add the uncertainties of the predictions.
    random_state : int
        Seed of the folds and of models that have none.
    n_jobs : int, optional
        Splits at the same time, in threads.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        A row per model, repeat, fold, target and test row that carries the target: ``model``,
        ``repeat``, ``fold``, ``target``, ``task_type``; ``row``, its name in the index of `X`
        (its number where names repeat), and ``group``; ``n_train`` and ``n_pool`` (labels of the
        target trained with, and outside the test set); ``truth`` and ``prediction``; with
        `return_std` also ``std``, the jackknife error of the prediction, and ``observation_std``,
        the spread of observations (not with a class). Both are NaN for a
        model that states none.

    Raises
    ------
    ValueError
        An unknown setting or target, fewer labelled groups than folds, or a row with a label of
        the target and none of `split_on`.
    TypeError
        A model that is neither a regressor nor a classifier.
    """
    task = Experiment.of(models, X, Y, groups, target, setting, return_std)
    jobs = deal_folds(task.dealt(split_on), task.groups, n_splits, n_repeats, random_state)
    return task.run(jobs, n_jobs, progress)


def deal_folds(
    dealt: np.ndarray, groups: np.ndarray, n_splits: int, n_repeats: int, random_state: int
) -> list[Job]:
    """Deal groups of rows into folds, anew in every repeat.

    Parameters
    ----------
    dealt : numpy.ndarray of bool, shape (n_samples,)
        Which rows are dealt.
    groups : numpy.ndarray, shape (n_samples,)
    n_splits, n_repeats, random_state : int
        As in `cross_validate_predictions`.

    Returns
    -------
    list of Job
        One a repeat and fold, in this order.

    Raises
    ------
    ValueError
        Fewer groups than folds.
    """
    n_splits, n_repeats = check_count("n_splits", n_splits, 2), check_count("n_repeats", n_repeats)
    random_state = check_seed(random_state)
    rows = np.flatnonzero(dealt)
    n_groups = len(np.unique(groups[rows]))
    if n_groups < n_splits:
        raise ValueError(f"{n_groups} labelled groups cannot fill n_splits={n_splits} folds")
    jobs = []
    for repeat in range(n_repeats):
        # shuffle=True deals the groups by the seed
        folds = GroupKFold(n_splits, shuffle=True, random_state=random_state + repeat)
        for fold, (_, test) in enumerate(folds.split(rows, groups=groups[rows])):
            place = {"repeat": repeat, "fold": fold}
            jobs.append(Job(rows[test], [(place, None)], random_state + repeat))
    return jobs


def cross_validate_transfer(
    models: Models,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    **options,
) -> pd.DataFrame:
    """Score models by repeated grouped cross-validation.

    Parameters
    ----------
    models, X, Y, groups, **options
        As in `cross_validate_predictions`.

    Returns
    -------
    pandas.DataFrame
        A row per model, repeat, fold and target: their names; ``n_train``, ``n_test`` and
        ``n_pool`` (target labels trained with, tested on, and outside the test set); and the
        scores of `score_predictions`.

    Raises
    ------
    ValueError
        As `cross_validate_predictions`.
    """
    predictions = cross_validate_predictions(models, X, Y, groups, **options)
    by = ["model", "repeat", "fold", "target", "n_train", "n_pool"]
    return score_predictions(predictions, by)


def predict_held_out(
    models: Models,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    test: ArrayLike,
    target: Target = None,
    setting: str = "cold",
    return_std: bool = False,
    random_state: int = 0,
) -> pd.DataFrame:
    """Predict a hold-out set with models trained on everything else.

    Parameters
    ----------
    models, X, Y, groups, target, setting, return_std, random_state
        As in `cross_validate_predictions`.
    test : array-like of bool, shape (n_samples,)
        Which rows are held out, such as from `hold_out_rows`; a group that has one is held out
        whole, and its rows that carry a target are scored.

    Returns
    -------
    pandas.DataFrame
        As `cross_validate_predictions`, without ``repeat`` and ``fold``.

    Raises
    ------
    ValueError
        A mask that does not fit, or holds no labelled row.
    """
    task = Experiment.of(models, X, Y, groups, target, setting, return_std)
    random_state, mask = check_seed(random_state), np.asarray(test)
    if mask.dtype != bool or mask.shape != (len(task.X),):
        raise ValueError(f"test must be a mask of {len(task.X)} booleans, one a row of X")
    held_out = np.isin(task.groups, task.groups[mask])
    if not (held_out & task.labelled).any():
        raise ValueError("test holds no row with a label of the target")
    job = Job(np.flatnonzero(held_out), [({}, None)], random_state)
    return task.run([job], n_jobs=None, progress=False)


def learning_curve(
    models: Models,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    sizes: Sequence[int],
    target: Target = None,
    setting: str = "cold",
    test_size: float = 0.2,
    n_repeats: int = 10,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Score models that see fewer of the target's labels; all other labels stay.

    Each repeat draws a test set of groups and an order of the remaining target labels; a
    training set of n labels is the first n in that order, so that the sizes are nested.

    Parameters
    ----------
    models, X, Y, groups, target, setting, random_state, n_jobs, progress
        As in `cross_validate_predictions`. Of several targets, rows with any of them count.
    sizes : sequence of int
        Numbers of target labels to train with.
    test_size : float
        The share of labelled groups that is held out.
    n_repeats : int
        How often test set and order are drawn.

    Returns
    -------
    pandas.DataFrame
        As `cross_validate_transfer`, with ``size`` instead of ``fold``.

    Raises
    ------
    ValueError
        As `cross_validate_transfer`, or a size larger than the labels at hand.
    """
    task = Experiment.of(models, X, Y, groups, target, setting)
    sizes = _check_sizes(sizes)
    n_repeats, random_state = check_count("n_repeats", n_repeats), check_seed(random_state)
    jobs = []
    for repeat in range(n_repeats):
        order, test = training_order(task.labelled, task.groups, test_size, [random_state, repeat])
        if max(sizes) > len(order) or min(sizes) < 1:
            raise ValueError(
                f"sizes must lie between 1 and {len(order)}, the target labels outside the test "
                f"set; got {list(sizes)}"
            )
        training = [({"repeat": repeat, "size": size}, order[:size]) for size in sizes]
        jobs.append(Job(test, training, random_state + repeat))
    by = ["model", "repeat", "size", "target", "n_train", "n_pool"]
    return score_predictions(task.run(jobs, n_jobs, progress), by)


def _check_sizes(sizes: Sequence[int]) -> list[int]:
    """Return different numbers of labels, or raise an error that names one that is none."""
    if not isinstance(sizes, Iterable) or isinstance(sizes, str | bytes):
        raise TypeError(f"sizes must be a list of numbers of labels, got {sizes!r}")
    found = [check_count("each of sizes", size, 0) for size in sizes]
    if not found or len(set(found)) < len(found):
        raise ValueError(f"sizes must be different numbers, at least one, got {found}")
    return found
