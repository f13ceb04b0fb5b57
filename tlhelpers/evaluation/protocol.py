"""Hold rows out and predict them: by groups, over repeats, with only the target's labels taken."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import GroupKFold
from tqdm.auto import tqdm

from tlhelpers.evaluation.scores import score_predictions
from tlhelpers.forests.base import TransferForest, name_tasks
from tlhelpers.forests.labels import CLASSIFICATION, as_table, find_task_types

SETTINGS = ("cold", "warm")
Models = Mapping[str, TransferForest] | TransferForest
Target = Hashable | Sequence[Hashable] | None


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
    models : mapping of {name: estimator}, or one estimator
        Unfitted; cloned for every fold.
    X : pandas.DataFrame, shape (n_samples, n_features)
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes.
    groups : array-like, shape (n_samples,), optional
        Rows of one group are never split. None: each row is its own group.
    target : task name or list of them, optional
        The tasks that are predicted; default the models' common `target`.
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
        Fits at the same time, in threads.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        A row a model, repeat, fold, target and test row that carries the target: ``model``,
        ``repeat``, ``fold``, ``target``, ``task_type``; ``row``, its name in the index of `X`
        (its number where names repeat), and ``group``; ``n_train`` and ``n_pool`` (labels of the
        target trained with, and outside the test set); ``truth`` and ``prediction``; with
        `return_std` also ``std``, the jackknife error of the prediction, and ``observation_std``,
        the spread of observations (NaN for a class).

    Raises
    ------
    ValueError
        An unknown setting or target, fewer labelled groups than folds, or a row with a label of
        the target and none of `split_on`.
    """
    task = _Comparison.of(models, X, Y, groups, target, setting, return_std)
    dealt = task.dealt(split_on)
    labelled = np.unique(task.groups[dealt])
    if len(labelled) < n_splits:
        raise ValueError(f"{len(labelled)} labelled groups cannot fill n_splits={n_splits} folds")
    jobs = []
    for repeat in range(n_repeats):
        # shuffle=True deals the groups by the seed
        folds = GroupKFold(n_splits, shuffle=True, random_state=random_state + repeat)
        rows = np.flatnonzero(dealt)
        for fold, (_, test) in enumerate(folds.split(rows, groups=task.groups[rows])):
            place = {"repeat": repeat, "fold": fold}
            jobs.append((place, rows[test], {None: None}, random_state + repeat))
    return task.run(jobs, n_jobs, progress)


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
        A row a model, repeat, fold and target: their names; ``n_train``, ``n_test`` and ``n_pool``
        (target labels trained with, tested on, and outside the test set); and the scores of
        `score_predictions`.

    Raises
    ------
    ValueError
        As `cross_validate_predictions`.
    """
    predictions = cross_validate_predictions(models, X, Y, groups, **options)
    by = ["model", "repeat", "fold", "target", "n_train", "n_pool"]
    return score_predictions(predictions, by)


def hold_out_rows(
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    target: Target = None,
    test_size: float = 0.2,
    random_state: int = 0,
) -> np.ndarray:
    """Choose the groups of a hold-out set, to be looked at once.

    Parameters
    ----------
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
    groups : array-like, shape (n_samples,), optional
    target : task name or list of them, optional
        Groups are drawn among those with a label of it; default any task.
    test_size : float
        The share of these groups that is held out.
    random_state : int

    Returns
    -------
    numpy.ndarray of bool, shape (n_samples,)
        All rows of the groups that are held out.
    """
    table, _ = as_table(Y)
    names = list(table.columns)
    tasks = names if target is None else name_tasks("target", target, names)
    codes = _check_groups(groups, table)
    labelled = table[tasks].notna().any(axis=1).to_numpy()
    _, test = training_order(labelled, codes, test_size, random_state)
    return np.isin(codes, codes[test])


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
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Predict a hold-out set with models trained on everything else.

    Parameters
    ----------
    models, X, Y, groups, target, setting, return_std, random_state, n_jobs
        As in `cross_validate_predictions`.
    test : array-like of bool, shape (n_samples,)
        Which rows are held out, such as from `hold_out_rows`; a group that has one is held out
        whole.

    Returns
    -------
    pandas.DataFrame
        As `cross_validate_predictions`, without ``repeat`` and ``fold``.

    Raises
    ------
    ValueError
        A mask that does not fit, or holds no labelled row.
    """
    task = _Comparison.of(models, X, Y, groups, target, setting, return_std)
    mask = np.asarray(test)
    if mask.dtype != bool or mask.shape != (len(task.X),):
        raise ValueError(f"test must be a mask of {len(task.X)} booleans, one a row of X")
    rows = np.flatnonzero(np.isin(task.groups, task.groups[mask]) & task.labelled)
    if not len(rows):
        raise ValueError("test holds no row with a label of the target")
    return task.run([({}, rows, {None: None}, random_state)], n_jobs, progress=False)


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
    task = _Comparison.of(models, X, Y, groups, target, setting)
    sizes = [int(size) for size in sizes]
    if not sizes or len(set(sizes)) < len(sizes) or n_repeats < 1:
        raise ValueError("sizes must be different numbers, at least one; n_repeats at least 1")
    jobs = []
    for repeat in range(n_repeats):
        order, test = training_order(task.labelled, task.groups, test_size, [random_state, repeat])
        if max(sizes) > len(order) or min(sizes) < 1:
            raise ValueError(
                f"sizes must lie between 1 and {len(order)}, the target labels outside the test "
                f"set; got {list(sizes)}"
            )
        subsets = {size: order[:size] for size in sizes}
        jobs.append(({"repeat": repeat}, test, subsets, random_state + repeat))
    by = ["model", "repeat", "size", "target", "n_train", "n_pool"]
    return score_predictions(task.run(jobs, n_jobs, progress), by)


def _check_groups(groups: ArrayLike | None, X: pd.DataFrame) -> np.ndarray:
    """Return the group of each row as a number; None makes each row its own group."""
    if groups is None:
        return np.arange(len(X))
    if isinstance(groups, pd.Series) and not groups.index.equals(X.index):
        raise ValueError("the index of groups is not that of X; align them, or pass an array")
    values = np.asarray(groups, dtype=object)
    if values.shape != (len(X),):
        raise ValueError(
            f"groups has {values.size} entries (shape {values.shape}) and X has {len(X)} rows"
        )
    codes = pd.factorize(values)[0]
    if (codes < 0).any():
        raise ValueError(f"groups is missing in row {int(np.flatnonzero(codes < 0)[0])}")
    return codes


def training_order(
    labelled: np.ndarray, groups: np.ndarray, test_size: float, seed: int | Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Hold out groups of labelled rows, and put the other labelled rows in a random order.

    Parameters
    ----------
    labelled : numpy.ndarray of bool, shape (n_samples,)
        Which rows carry the target.
    groups : numpy.ndarray, shape (n_samples,)
    test_size : float
        The share of labelled groups that is held out.
    seed : int or sequence of int

    Returns
    -------
    order : numpy.ndarray
        Row numbers for training; rows of one group stand together.
    test : numpy.ndarray
        Row numbers of the test set.
    """
    generator = np.random.default_rng(seed)
    rows = np.flatnonzero(labelled)
    code, names = pd.factorize(groups[rows])
    place = generator.permutation(len(names))
    n_test = int(np.ceil(test_size * len(names)))
    if not 0 < n_test < len(names):
        raise ValueError(
            f"test_size={test_size} holds out {n_test} of {len(names)} labelled groups; it must "
            "leave some on both sides"
        )
    order = np.argsort(place[code], kind="stable")
    held_out = place[code][order] < n_test
    return rows[order[~held_out]], rows[order[held_out]]


class _Comparison:
    """The models, the table, and which rows carry a target."""

    def __init__(self, models, X, Y, groups, targets, setting, return_std):
        self.models, self.X, self.Y, self.groups = models, X, Y, groups
        self.targets, self.setting, self.return_std = targets, setting, return_std
        self.labelled = Y[targets].notna().any(axis=1).to_numpy()
        self.names = X.index.to_numpy() if X.index.is_unique else np.arange(len(X))
        self.kinds = {}
        for target in targets:
            kinds = {find_task_types(Y, model.task_types)[target] for model in models.values()}
            if len(kinds) > 1:
                raise ValueError(f"the models disagree on the type of {target!r}; say task_types")
            self.kinds[target] = kinds.pop()

    @classmethod
    def of(cls, models, X, Y, groups, target, setting, return_std=False) -> "_Comparison":
        """Check the arguments of a comparison."""
        if setting not in SETTINGS:
            raise ValueError(f"setting must be one of {SETTINGS}, got {setting!r}")
        if not isinstance(models, Mapping):
            models = {type(models).__name__: models}
        for name, model in models.items():
            if not isinstance(model, TransferForest):
                raise TypeError(
                    f"model {name!r} is a {type(model).__name__}, no forest of tlhelpers"
                )
        table, _ = as_table(Y)
        X = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X), index=table.index)
        if len(X) != len(table) or not X.index.equals(table.index):
            raise ValueError(f"X ({len(X)} rows) and Y ({len(table)} rows) differ in their index")
        targets = cls._find_targets(models, table, target)
        return cls(models, X, table, _check_groups(groups, X), targets, setting, return_std)

    @staticmethod
    def _find_targets(models: Mapping, table: pd.DataFrame, target: Target) -> list:
        """Return the tasks that every model predicts and that are scored."""
        names = list(table.columns)
        found = {}
        for name, model in models.items():
            found[name] = names if model.target is None else model.target
            found[name] = name_tasks("target", found[name], names)
        first = next(iter(found.values()))
        wanted = first if target is None else name_tasks("target", target, names)
        if any(set(tasks) != set(wanted) for tasks in found.values()):
            raise ValueError(
                f"every model must have the targets that are scored: the models have {found}, "
                f"target is {target!r}"
            )
        return wanted

    def dealt(self, split_on: Target) -> np.ndarray:
        """Return which rows are dealt into folds."""
        if split_on is None:
            return self.labelled
        tasks = name_tasks("split_on", split_on, list(self.Y.columns))
        rows = self.Y[tasks].notna().any(axis=1).to_numpy()
        if (self.labelled & ~rows).any():
            row = self.names[np.flatnonzero(self.labelled & ~rows)[0]]
            raise ValueError(f"row {row!r} has a target label and none of split_on={split_on!r}")
        return rows

    def run(self, jobs: list, n_jobs: int | None, progress: bool) -> pd.DataFrame:
        """Fit every model on every split and predict, in threads, in a fixed order."""
        work = [(name, *job) for job in jobs for name in self.models]
        done = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
            delayed(self._predict)(*item) for item in work
        )
        bar = tqdm(done, total=len(work), desc="fits", disable=not progress)
        return pd.concat([table for tables in bar for table in tables], ignore_index=True)

    def _predict(self, name, place, test, subsets, seed) -> list[pd.DataFrame]:
        """Fit one model with each subset of target labels (None: all outside the test groups)."""
        in_test_group = np.isin(self.groups, self.groups[test])
        keep = np.ones(len(self.X), dtype=bool) if self.setting == "warm" else ~in_test_group
        model = clone(self.models[name])
        if model.random_state is None:
            model.set_params(random_state=seed)
        if "warm_start" in model.get_params():
            model.set_params(warm_start=True)  # stages without the target are grown once
        tables = []
        for size, train in subsets.items():
            hidden = in_test_group.copy()
            if train is not None:
                hidden |= ~np.isin(np.arange(len(hidden)), train)
            table = self.Y.copy()
            for target in self.targets:
                hole = None if self.kinds[target] == CLASSIFICATION else np.nan
                table[target] = table[target].mask(hidden, hole)
            model.fit(self.X[keep], table[keep])
            where = {"model": name, **place} | ({} if size is None else {"size": size})
            tables += self._predict_rows(model, test, where, ~hidden, ~in_test_group)
        return tables

    def _predict_rows(self, model, test, where, trained, pool) -> list[pd.DataFrame]:
        """Return the predictions of the test rows, a table a target."""
        X, known = self.X.iloc[test], None
        if self.setting == "warm" and model.uses_known:
            known = self.Y.iloc[test][model.related_]
        columns = {"prediction": model.predict(X, known=known)}
        if self.return_std:
            columns["prediction"], columns["std"] = model.predict(X, known=known, return_std=True)
            if CLASSIFICATION not in self.kinds.values():
                columns["observation_std"] = model.observation_std(X, known=known)
        tables = []
        for target in self.targets:
            labelled = self.Y[target].notna().to_numpy()
            counts = {"n_train": int((trained & labelled).sum())}
            counts["n_pool"] = int((pool & labelled).sum())
            kind = {"target": target, "task_type": self.kinds[target]}
            rows = {"row": self.names[test], "group": self.groups[test]}
            rows["truth"] = self.Y[target].iloc[test].to_numpy()
            rows |= {
                c: np.asarray(v[target] if len(self.targets) > 1 else v) for c, v in columns.items()
            }
            table = pd.DataFrame(rows)[labelled[test]]
            tables.append(table.assign(**where, **kind, **counts))
        return tables
