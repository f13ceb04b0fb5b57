"""Compare models fairly: by groups, over repeats, with only the target's labels taken away."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.base import clone
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)
from sklearn.model_selection import GroupKFold
from tqdm.auto import tqdm

from tlhelpers.base import TransferForest, name_tasks
from tlhelpers.labels import CLASSIFICATION, as_table, find_task_types

SETTINGS = ("cold", "warm")


def cross_validate_transfer(
    models: Mapping[str, TransferForest] | TransferForest,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    target: Hashable | None = None,
    setting: str = "cold",
    n_splits: int = 5,
    n_repeats: int = 10,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Score models by repeated grouped cross-validation.

    Parameters
    ----------
    models : mapping of {name: estimator}, or one estimator
        Unfitted; cloned for every fold.
    X : pandas.DataFrame, shape (n_samples, n_features)
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes.
    groups : array-like, shape (n_samples,), optional
        Rows of one group are never split. None: each row is its own group.
    target : task name, optional
        The task that is scored; default the models' common `target`.
    setting : {"cold", "warm"}
        Test rows always lose their target label. Cold: they are absent from training. Warm: their
        other labels are known, in training and, where a model can use them, as `known`.
    n_splits, n_repeats : int
        Folds, and how often the groups are dealt anew.
    random_state : int
        Seed of the folds and of models that have none.
    n_jobs : int, optional
        Fits at the same time, in threads.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        A row a model, repeat and fold: ``model``, ``repeat``, ``fold``; ``n_train``, ``n_test``
        and ``n_pool`` (target labels trained with, tested on, and outside the test set);
        ``rmse``, ``mae`` and ``r2``, in the unit of the target, or ``accuracy`` and ``f1_macro``.

    Raises
    ------
    ValueError
        An unknown setting or target, or fewer labelled groups than folds.
    """
    task = _Task.of(models, X, Y, groups, target, setting)
    labelled = np.unique(task.groups[task.labelled])
    if len(labelled) < n_splits:
        raise ValueError(f"{len(labelled)} labelled groups cannot fill n_splits={n_splits} folds")
    jobs = []
    for repeat in range(n_repeats):
        # shuffle=True deals the groups by the seed
        folds = GroupKFold(n_splits, shuffle=True, random_state=random_state + repeat)
        rows = np.flatnonzero(task.labelled)
        for fold, (_, test) in enumerate(folds.split(rows, groups=task.groups[rows])):
            place = {"repeat": repeat, "fold": fold}
            jobs.append((place, rows[test], {None: None}, random_state + repeat))
    return task.run(jobs, n_jobs, progress)


def learning_curve(
    models: Mapping[str, TransferForest] | TransferForest,
    X: pd.DataFrame,
    Y: pd.DataFrame,
    groups: ArrayLike | None = None,
    *,
    sizes: Sequence[int],
    target: Hashable | None = None,
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
        As in `cross_validate_transfer`.
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
    task = _Task.of(models, X, Y, groups, target, setting)
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
    return task.run(jobs, n_jobs, progress)


def spread_table(scores: pd.DataFrame, by: Sequence[str] = ("size",)) -> pd.DataFrame:
    """Return `summarize` as text, "mean ± std", with a column a score and model.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer` or `learning_curve`.
    by : sequence of str
        The columns that name a row.

    Returns
    -------
    pandas.DataFrame of str
        Errors only (``rmse``, ``mae``), or the scores of a classification.
    """
    summary = summarize(scores, [*by, "model"]).drop(columns="r2", level=0, errors="ignore")
    text = {
        metric: summary[metric].apply(lambda row: f"{row['mean']:.2f} ± {row['std']:.2f}", axis=1)
        for metric in summary.columns.unique(level=0)
    }
    return pd.DataFrame(text).unstack("model")  # noqa: PD010 - the index holds the rows


def corrected_resampled_t_test(
    differences: ArrayLike, test_to_train: float
) -> tuple[float, float, float]:
    """Test whether a mean difference of scores over resampled splits is zero.

    The splits share training data, so their scores are correlated; the variance is enlarged by
    the ratio of test to training size (Nadeau and Bengio, doi:10.1023/A:1024068626366).

    Parameters
    ----------
    differences : array-like, shape (n_splits,)
        Score of one model minus score of the other on the same split.
    test_to_train : float
        Test rows divided by training rows.

    Returns
    -------
    mean, half_width, p_value : float
        The mean difference, half its 95% interval, and the two-sided p-value.

    Raises
    ------
    ValueError
        Fewer than two splits, a missing score, or a negative ratio.
    """
    values = np.asarray(differences, dtype=float)
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
        raise ValueError("differences must be at least two finite numbers, one a split")
    if not test_to_train >= 0:
        raise ValueError(f"test_to_train must not be negative, got {test_to_train}")
    error = np.sqrt((1 / values.size + test_to_train) * values.var(ddof=1))
    mean, free = values.mean(), values.size - 1
    half_width = stats.t.ppf(0.975, free) * error
    p_value = 2 * stats.t.sf(abs(mean) / error, free) if error > 0 else float(mean == 0)
    return float(mean), float(half_width), float(p_value)


def compare_sizes(curve: pd.DataFrame, a: str, b: str, metric: str = "rmse") -> pd.DataFrame:
    """Say at which training sizes one model is better than another.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`.
    a, b : str
        Two of its models.
    metric : str
        An error: smaller is better.

    Returns
    -------
    pandas.DataFrame
        Indexed by size: mean scores ``a`` and ``b``, ``difference`` (b minus a) with
        ``half_width`` of its 95% interval, ``p_value`` of the corrected resampled t-test, and
        ``verdict`` in words. The sizes are tested one by one, without a correction for their
        number.

    Raises
    ------
    ValueError
        A model that is not in `curve`.

    Notes
    -----
    The draw of a few labels from the pool outside the test set counts as part of the learning
    algorithm, so the ratio of the test is test set to pool, whatever the size.
    """
    _check_models(curve, a, b)
    _check_error(curve, metric)
    rows = {}
    for size, part in curve[curve["model"].isin([a, b])].groupby("size"):
        scores = part.pivot_table(index="repeat", columns="model", values=metric)
        if scores.shape[1] < 2 or scores.isna().any(axis=None):
            raise ValueError(f"size {size}: {metric} of {a!r} or {b!r} is missing in some repeat")
        ratio = (part["n_test"] / part["n_pool"]).mean()
        mean, half_width, p_value = corrected_resampled_t_test(scores[b] - scores[a], ratio)
        better = f"{a if mean > 0 else b} is better, p = {p_value:.2g}"
        rows[size] = {
            "a": scores[a].mean(),
            "b": scores[b].mean(),
            "difference": mean,
            "half_width": half_width,
            "p_value": p_value,
            "verdict": better if p_value < 0.05 else f"no difference seen, p = {p_value:.2g}",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("size")


def label_saving(
    curve: pd.DataFrame,
    baseline: str,
    model: str,
    *,
    metric: str = "rmse",
    n_bootstrap: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Say how many labels the baseline needs for the error that a model reaches with fewer.

    At each size, the model's mean error is the level; the baseline's learning curve, interpolated
    in the logarithm of the size, says how many labels reach that level. Their ratio is the
    saving: 4 means a quarter of the labels.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `learning_curve`.
    baseline, model : str
        Two of its models.
    metric : str
        An error: smaller is better.
    n_bootstrap : int
        Resamples of the repeats, for the interval.
    random_state : int

    Returns
    -------
    pandas.DataFrame
        Indexed by the model's size: ``level``, the error; ``baseline_labels``; ``saving`` with its
        95% interval ``low`` to ``high``. Outside the baseline's curve nothing is extrapolated:
        there the saving is infinite (the baseline never gets that far) or 0 (its smallest size
        is already better).

    Raises
    ------
    ValueError
        A model that is not in `curve`, or fewer than two sizes or repeats.
    """
    _check_models(curve, baseline, model)
    _check_error(curve, metric)
    table = curve.pivot_table(index="repeat", columns=["model", "size"], values=metric)
    sizes = np.array(sorted(curve["size"].unique()), dtype=float)
    errors = {name: table[name][sizes].to_numpy() for name in (baseline, model)}
    if len(sizes) < 2 or len(table) < 2:
        raise ValueError("label saving needs at least two sizes and two repeats")

    def needed(repeats: np.ndarray) -> np.ndarray:
        levels = errors[model][repeats].mean(axis=0)
        # A mean curve may rise by chance; "reached by n labels" is its running minimum.
        reached = np.minimum.accumulate(errors[baseline][repeats].mean(axis=0))
        labels = np.exp(np.interp(-levels, -reached, np.log(sizes)))
        labels[levels < reached[-1]] = np.inf
        labels[levels > reached[0]] = 0.0
        return labels

    generator = np.random.default_rng(random_state)
    n = len(table)
    draws = [needed(generator.integers(n, size=n)) / sizes for _ in range(n_bootstrap)]
    low, high = np.quantile(draws, [0.025, 0.975], axis=0, method="nearest")
    labels = needed(np.arange(n))
    columns = {
        "level": errors[model].mean(axis=0),
        "baseline_labels": labels,
        "saving": labels / sizes,
        "low": low,
        "high": high,
    }
    return pd.DataFrame(columns, index=pd.Index(sizes.astype(int), name="size"))


def _check_error(curve: pd.DataFrame, metric: str) -> None:
    """Raise an error unless the metric is one that is smaller when better, and at hand."""
    if metric not in ("rmse", "mae") or metric not in curve or "size" not in curve:
        raise ValueError(f"metric must be 'rmse' or 'mae' of a learning curve, got {metric!r}")


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


def _check_models(curve: pd.DataFrame, *names: str) -> None:
    """Raise an error that names a model which the curve does not hold."""
    for name in names:
        if name not in set(curve["model"]):
            raise ValueError(f"{name!r} is no model of the curve: {list(curve['model'].unique())}")


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


def summarize(scores: pd.DataFrame, by: Sequence[str] = ("model",)) -> pd.DataFrame:
    """Return the mean and the spread over repeats of each score.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `cross_validate_transfer` or `learning_curve`.
    by : sequence of str
        The columns that name a case, such as ``["model", "size"]``.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`; columns (score, "mean") and (score, "std"), the standard deviation over
        repeats of the mean over folds.
    """
    metrics = [c for c in ("rmse", "mae", "r2", "accuracy", "f1_macro") if c in scores]
    repeats = scores.groupby([*by, "repeat"], sort=False)[metrics].mean()
    return repeats.groupby(list(by), sort=False).agg(["mean", "std"])


class _Task:
    """One comparison: the models, the table, and which rows carry the target."""

    def __init__(self, models, X, Y, groups, target, setting):
        self.models, self.X, self.Y, self.groups = models, X, Y, groups
        self.target, self.setting = target, setting
        self.labelled = Y[target].notna().to_numpy()
        kinds = {find_task_types(Y, model.task_types)[target] for model in models.values()}
        if len(kinds) > 1:
            raise ValueError(f"the models disagree on the type of {target!r}; say task_types")
        self.is_class = kinds == {CLASSIFICATION}

    @classmethod
    def of(cls, models, X, Y, groups, target, setting) -> "_Task":
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
        target = cls._find_target(models, table, target)
        return cls(models, X, table, _check_groups(groups, X), target, setting)

    @staticmethod
    def _find_target(models, table, target) -> Hashable:
        """Return the one task that every model predicts and that is scored."""
        found = set()
        for model in models.values():
            named = list(table.columns) if model.target is None else model.target
            named = name_tasks("target", named, list(table.columns))
            found.add(named[0] if len(named) == 1 else None)
        if len(found) > 1 or None in found or target not in {None, *found}:
            raise ValueError(
                f"every model must have the one target that is scored: the models have {found}, "
                f"target is {target!r}"
            )
        return found.pop()

    def run(self, jobs: list, n_jobs: int | None, progress: bool) -> pd.DataFrame:
        """Fit and score every model on every split, in threads, in a fixed order."""
        work = [(name, *job) for job in jobs for name in self.models]
        done = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
            delayed(self._score)(*item) for item in work
        )
        bar = tqdm(done, total=len(work), desc="fits", disable=not progress)
        return pd.DataFrame([row for rows in bar for row in rows])

    def _score(self, name, place, test, subsets, seed) -> list[dict]:
        """Fit one model with each subset of target labels (None: all outside the test groups)."""
        in_test_group = np.isin(self.groups, self.groups[test])
        keep = np.ones(len(self.X), dtype=bool) if self.setting == "warm" else ~in_test_group
        model = clone(self.models[name])
        if model.random_state is None:
            model.set_params(random_state=seed)
        if "warm_start" in model.get_params():
            model.set_params(warm_start=True)  # stages without the target are grown once
        truth = self.Y[self.target].iloc[test].to_numpy()
        rows = []
        for size, train in subsets.items():
            hidden = in_test_group.copy()
            if train is not None:
                hidden |= ~np.isin(np.arange(len(hidden)), train)
            table = self.Y.copy()
            table[self.target] = table[self.target].mask(hidden, None if self.is_class else np.nan)
            model.fit(self.X[keep], table[keep])
            known = None
            if self.setting == "warm" and model.uses_known:
                known = self.Y.iloc[test][model.related_]
            predicted = np.asarray(model.predict(self.X.iloc[test], known=known))
            counts = {"n_train": int((~hidden & self.labelled).sum()), "n_test": len(test)}
            counts["n_pool"] = int((~in_test_group & self.labelled).sum())
            where = place if size is None else place | {"size": size}
            rows.append({"model": name, **where, **counts, **self._metrics(truth, predicted)})
        return rows

    def _metrics(self, truth: np.ndarray, predicted: np.ndarray) -> dict:
        if self.is_class:
            _, codes = np.unique([*truth.tolist(), *predicted.tolist()], return_inverse=True)
            truth, predicted = codes[: len(truth)], codes[len(truth) :]
            return {
                "accuracy": accuracy_score(truth, predicted),
                "f1_macro": f1_score(truth, predicted, average="macro"),
            }
        return {
            "rmse": root_mean_squared_error(truth, predicted),
            "mae": mean_absolute_error(truth, predicted),
            "r2": r2_score(truth, predicted) if len(truth) > 1 else np.nan,
        }
