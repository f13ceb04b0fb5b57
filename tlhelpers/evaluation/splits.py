"""Deal rows into training and test: by groups, cold or warm, with the test labels hidden."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_scalar

from tlhelpers.forests.checks import check_seed, group_codes, name_tasks
from tlhelpers.forests.labels import as_table

SETTINGS = ("cold", "warm")
Target = Hashable | Sequence[Hashable] | None


@dataclass(frozen=True)
class Split:
    """What a model learns from, what it is asked, and what is known of the rows it is asked for.

    Attributes
    ----------
    X_train : pandas.DataFrame, shape (n_train, n_features)
    Y_train : pandas.DataFrame, shape (n_train, n_tasks)
        Labels, with holes where the target is hidden.
    X_test : pandas.DataFrame, shape (n_test, n_features)
    known : pandas.DataFrame, shape (n_test, n_tasks - n_targets), or None
        The other labels of the test rows; None in the cold setting.
    groups : numpy.ndarray, shape (n_train,), or None
        Of the training rows.
    """

    X_train: pd.DataFrame
    Y_train: pd.DataFrame
    X_test: pd.DataFrame
    known: pd.DataFrame | None
    groups: np.ndarray | None = None

    def ask(self, model: Any, method: str = "predict", **options) -> Any:
        """Return what a fitted model says of the test rows, told what it can use."""
        return getattr(model, method)(self.X_test, known=self.known_to(model), **options)

    def known_to(self, model: Any) -> pd.DataFrame | None:
        """Return the known labels that a fitted model can use; None where there are none."""
        return self.known[model.related_] if self.known is not None and model.uses_known else None


def split_table(
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: np.ndarray,
    targets: Sequence[Hashable],
    test: np.ndarray,
    setting: str = "cold",
    trained: np.ndarray | None = None,
) -> Split:
    """Hold rows out: no row of their groups shows its target to a model.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n_samples, n_features)
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes.
    groups : numpy.ndarray, shape (n_samples,)
    targets : sequence of task names
    test : numpy.ndarray of int, shape (n_test,)
        Row numbers.
    setting : {"cold", "warm"}
        Cold: the test groups are absent from training. Warm: their other labels are known, in
        training and, where a model can use them, when it predicts.
    trained : numpy.ndarray of int, optional
        The row numbers whose target labels train; default all outside the test groups. All other
        labels stay.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        An unknown setting.
    """
    check_setting(setting)
    outside = outside_groups(groups, test)
    shown = outside if trained is None else outside & np.isin(np.arange(len(X)), trained)
    rows = outside if setting == "cold" else np.ones(len(X), dtype=bool)
    table = Y[rows].copy()
    for target in targets:
        table[target] = _hide(table[target], ~shown[rows])
    known = Y.drop(columns=list(targets)).iloc[test] if setting == "warm" else None
    return Split(X[rows], table, X.iloc[test], known, groups[rows])


def _hide(labels: pd.Series, hidden: np.ndarray) -> pd.Series:
    """Return labels with holes; a class that is a whole number stays one."""
    whole = pd.api.types.is_integer_dtype(labels.dtype)
    return (labels.astype(object) if whole else labels).mask(hidden)


def outside_groups(groups: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return which rows share no group with the test rows, (n_samples,) bool."""
    return ~np.isin(groups, groups[test])


def check_setting(setting: str) -> None:
    """Raise an error that names an unknown setting."""
    if setting not in SETTINGS:
        raise ValueError(f"setting must be one of {SETTINGS}, got {setting!r}")


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
    codes, random_state = group_codes(groups, table), check_seed(random_state)
    labelled = table[tasks].notna().any(axis=1).to_numpy()
    _, test = training_order(labelled, codes, test_size, random_state)
    return np.isin(codes, codes[test])


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
    check_scalar(test_size, "test_size", Real)
    if not 0 < test_size < 1:
        raise ValueError(f"test_size={test_size} must lie between 0 and 1, such as 0.2")
    generator = np.random.default_rng(seed)
    rows = np.flatnonzero(labelled)
    code, names = pd.factorize(groups[rows])
    place = generator.permutation(len(names))
    n_test = int(np.ceil(test_size * len(names)))
    if n_test >= len(names):
        raise ValueError(
            f"test_size={test_size} holds out {n_test} of {len(names)} labelled groups; it must "
            "leave some on both sides"
        )
    order = np.argsort(place[code], kind="stable")
    held_out = place[code][order] < n_test
    return rows[order[~held_out]], rows[order[held_out]]
