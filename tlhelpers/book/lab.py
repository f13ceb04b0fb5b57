"""Artificial worlds, whose rule is known: draw them as often as it takes to see the truth."""

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.base import clone
from sklearn.metrics import root_mean_squared_error

from tlhelpers.data.studies import Study
from tlhelpers.evaluation.comparison import judge
from tlhelpers.evaluation.experiment import fit_models
from tlhelpers.evaluation.scores import check_models, pair_scores
from tlhelpers.evaluation.splits import SETTINGS, split_table
from tlhelpers.forests import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
)
from tlhelpers.forests.base import TransferForest

LAB_GRID: dict[str, tuple] = {  # the positions of the knobs in data/results/lab_map.csv
    "correlation": (0.0, 0.5, 0.8, 0.95, 1.0),
    "systematic_error": (0.0, 0.5, 1.5),
    "noise": (0.0, 0.3, 0.6),
    "n_labels": (10, 25, 60, 150),
}
LAB_DRAWS = 10
LEARNED_SLOPE: dict = {"slope": "learned", "base_as_feature": True}
SIGNS = {"learned slope": "\N{GREEK SMALL LETTER RHO}", "stack": "\N{GREEK CAPITAL LETTER SIGMA}"}
_MEAN, _SD = 14.4131, 4.8792  # of Friedman's function over uniform features


def related_tasks(
    n_samples: int = 250,
    n_labels: int = 25,
    correlation: float = 0.95,
    systematic_error: float = 0.5,
    noise: float = 0.3,
    seed: int = 0,
) -> Study:
    """Draw a table of two related tasks, one scarce and one plentiful.

    The target is y = f(x). The related label is z = r f(x) + sqrt(1 - r^2) g(x) + s d(x), with
    r the correlation, s the systematic error, and f, g, d uncorrelated functions of mean 0 and
    standard deviation 1. So the unit of all labels is the standard deviation of the true target.

    Parameters
    ----------
    n_samples : int
        Rows; all carry the related label ``z``.
    n_labels : int
        Rows that carry the target ``y``, drawn at random.
    correlation : float
        Between the two tasks before systematic error and noise, in [0, 1]. f is Friedman's
        function of the first five features, g the same function of the next five.
    systematic_error : float
        Standard deviation over the rows of d, a smooth function (a plane) of the last two
        features.
    noise : float
        Standard deviation of the noise in every label.
    seed : int
        With the same seed, another `noise` or `n_labels` leaves the features and the true
        labels as they are.

    Returns
    -------
    Study
        Twelve features, uniform in [0, 1].

    Raises
    ------
    ValueError
        A correlation outside [0, 1], a negative amplitude, or more labels than rows.
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation must lie between 0 and 1, got {correlation}")
    if min(systematic_error, noise) < 0:
        raise ValueError("systematic_error and noise must not be negative")
    if not 1 <= n_labels <= n_samples:
        raise ValueError(f"n_labels must lie between 1 and n_samples={n_samples}, got {n_labels}")
    generator = np.random.default_rng(seed)
    x = generator.uniform(size=(n_samples, 12))
    hidden = generator.permutation(n_samples)[n_labels:]
    deviation = noise * generator.normal(size=(n_samples, 2))
    y, own = _friedman(x[:, :5]), _friedman(x[:, 5:10])
    drift = np.sqrt(6) * (x[:, 10] + x[:, 11] - 1)
    z = correlation * y + np.sqrt(1 - correlation**2) * own + systematic_error * drift
    Y = pd.DataFrame({"y": y, "z": z}) + deviation
    Y.loc[hidden, "y"] = np.nan
    return Study(
        X=pd.DataFrame(x, columns=[f"x{i}" for i in range(1, 13)]),
        Y=Y,
        groups=np.arange(n_samples),
        target="y",
        description=(
            "Artificial: y is scarce, z is its related label; the unit is the standard "
            "deviation of the true target."
        ),
    )


def _friedman(x: np.ndarray) -> np.ndarray:
    """Return Friedman's function of five features, with mean 0 and standard deviation 1."""
    a, b, c, d, e = x.T
    value = 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e
    return (value - _MEAN) / _SD


def lab_models(n_estimators: int = 30) -> dict[str, TransferForest]:
    """Return the baseline, the three architectures and what lies beyond for `related_tasks`.

    Parameters
    ----------
    n_estimators : int

    Returns
    -------
    dict of {name: estimator}
    """
    options: dict = {"n_estimators": n_estimators}
    return {
        "single-task": SingleTaskForest("y", **options),
        "difference": DifferenceForest("y", "z", **options),
        "multi-task": MultiTaskForest("y", **options),
        "latent variable": LatentVariableForest("y", "z", **options),
        "learned slope": DifferenceForest("y", "z", **LEARNED_SLOPE, **options),
        "stack": StackedForest("y", **options),
    }


def lab_errors(
    seed: int = 0,
    n_labels: int | Sequence[int] = 25,
    *,
    models: Mapping[str, TransferForest] | None = None,
    n_samples: int = 250,
    n_test: int = 100,
    **knobs: float,
) -> pd.DataFrame:
    """Draw one table, train every model on it, and measure the error against the true target.

    Parameters
    ----------
    seed : int
        Of the table, and of models that have none.
    n_labels : int or sequence of int
        Target labels to train with; the fewer are among the more.
    models : mapping of {name: estimator}, optional
        Default `lab_models()`; any that `cross_validate_transfer` takes.
    n_samples : int
        Rows of the table with the related label, test rows included.
    n_test : int
        Test rows, the same for every number of labels. Cold: they are absent from training. Warm:
        their related label is known, in training and, where a model can use it, as `known`.
    **knobs
        As in `related_tasks`.

    Returns
    -------
    pandas.DataFrame
        A row per setting (cold, warm), number of labels and model: ``setting``, ``n_labels``,
        ``model``, ``seed``, ``rmse``.

    Raises
    ------
    ValueError
        As `related_tasks`, or more labels than the rows outside the test set.
    """
    sizes = [n_labels] if isinstance(n_labels, int) else list(n_labels)
    most = n_samples - n_test
    if max(sizes) > most:
        raise ValueError(f"n_labels must be at most {most}, the rows outside the test set")
    tables = {n: related_tasks(n_samples, n, **knobs, seed=seed) for n in {*sizes, most}}
    test = tables[most].Y["y"].isna().to_numpy()
    true = related_tasks(n_samples, n_samples, **knobs | {"noise": 0.0}, seed=seed).Y["y"][test]
    rows, everyone = [], np.arange(n_samples)
    for setting in SETTINGS:
        splits = [
            split_table(tables[n].X, tables[n].Y, everyone, ["y"], everyone[test], setting)
            for n in sizes
        ]
        for name, number, fitted in fit_models(models or lab_models(), splits, ["y"], seed):
            rmse = root_mean_squared_error(true, splits[number].ask(fitted))
            rows.append((setting, sizes[number], name, seed, rmse))
    return pd.DataFrame(rows, columns=["setting", "n_labels", "model", "seed", "rmse"])


def compare_lab(errors: pd.DataFrame, baseline: str = "single-task") -> pd.DataFrame:
    """Compare each model with the baseline over the draws of one position of the knobs.

    Parameters
    ----------
    errors : pandas.DataFrame
        From `lab_errors` with several seeds, put together.
    baseline : str

    Returns
    -------
    pandas.DataFrame
        A row per number of labels, setting and model: mean ``rmse`` and its ``sd`` over the draws,
        ``baseline_rmse``, and the paired ``difference`` from the baseline with its 95% interval
        ``low`` to ``high``, ``p_value``, ``metric``, ``p_adjusted`` and ``verdict`` (none for the
        baseline itself). The draws share no data, so the test is the plain paired t-test. All
        rows are one family.

    Raises
    ------
    ValueError
        An unknown baseline, a model without an error in some draw, or with several, as where
        `errors` are of several positions of another knob.
    """
    check_models(errors, baseline)
    rows = []
    for (n_labels, setting), part in errors.groupby(["n_labels", "setting"], sort=False):
        table = pair_scores(part, ["seed"], "model", "rmse")
        for model in part["model"].unique():
            row = {"n_labels": n_labels, "setting": setting, "model": model}
            row |= {"rmse": table[model].mean(), "sd": table[model].std()}
            row |= {"baseline_rmse": table[baseline].mean(), "difference": 0.0}
            rows.append(row | (_paired(table, model, baseline) if model != baseline else {}))
    return judge(pd.DataFrame(rows).assign(metric="rmse"))


def _paired(table: pd.DataFrame, model: str, baseline: str) -> dict[str, float]:
    """Test two columns of errors on the same draws."""
    test = stats.ttest_rel(table[model], table[baseline])
    low, high = test.confidence_interval()
    mean = (table[model] - table[baseline]).mean()
    return {"difference": mean, "low": low, "high": high, "p_value": test.pvalue}


def lab_winners(
    table: pd.DataFrame, by: Sequence[str], baseline: str = "single-task"
) -> pd.DataFrame:
    """Say which model has the lowest mean error at each position, and whether that is seen.

    Parameters
    ----------
    table : pandas.DataFrame
        From `compare_lab` or `load_results("lab_map")`.
    by : sequence of str
        The columns that name a position; each position holds every model once.
    baseline : str

    Returns
    -------
    pandas.DataFrame
        A row per position: `by`; ``winner``; ``rmse``; ``change``, the winner's error over the
        baseline's, minus 1; ``seen``: the verdict on the winner is "better" or, where the baseline
        wins, that on all the others is "worse"; and ``text``, where it is seen: the winner's sign
        in `SIGNS` or its initial, with the change in percent.

    Raises
    ------
    ValueError
        A position with a model twice: `by` leaves out a column that varies.
    """
    if table.duplicated([*by, "model"]).any():
        raise ValueError(f"by={list(by)} leaves several rows of a model at one position")
    rows = []
    for place, part in table.groupby(list(by), sort=False):
        models = part.set_index("model")
        winner = models["rmse"].idxmin()
        verdict = models["verdict"].drop(baseline)
        seen = (verdict == "worse").all() if winner == baseline else verdict[winner] == "better"
        change = models["rmse"].min() / models.loc[baseline, "rmse"] - 1
        sign = SIGNS.get(winner, winner[0].upper())
        text = sign if winner == baseline else f"{sign} {round(100 * change)}%".replace("-", "−")
        row = dict(zip(by, place, strict=True)) | {"winner": winner, "rmse": models["rmse"].min()}
        rows.append(row | {"change": change, "seen": bool(seen), "text": text if seen else ""})
    return pd.DataFrame(rows)


def visible_relation(table: pd.DataFrame, baseline: str = "single-task") -> pd.DataFrame:
    """Add what a user of the table could see of the knobs, and each model's relative change.

    Parameters
    ----------
    table : pandas.DataFrame
        From `load_results("lab_map")`.
    baseline : str

    Returns
    -------
    pandas.DataFrame
        With three more columns: ``visible_correlation`` of the labels y and z, noise and
        systematic error included; ``visible_spread``, the standard deviation of y - z over that
        of y; both exact, for many rows. ``change``, the error over the baseline's, minus 1.
    """
    r, s, noise = (table[name] for name in ("correlation", "systematic_error", "noise"))
    variance = 1 + noise**2
    knobs = ["setting", *LAB_GRID]
    base = table[table["model"] == baseline].set_index(knobs)["rmse"].rename("base")
    change = table["rmse"] / table.join(base, on=knobs)["base"] - 1
    return table.assign(
        visible_correlation=r / np.sqrt(variance * (variance + s**2)),
        visible_spread=np.sqrt((2 - 2 * r + s**2 + 2 * noise**2) / variance),
        change=change,
    )


def repeat_training(
    model: TransferForest,
    draw: Callable[[int], tuple],
    queries: ArrayLike,
    n_sets: int = 40,
    *,
    known: pd.DataFrame | None = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Train one model on many training sets and predict the same queries each time.

    The spread of the predictions over the sets is what the jackknife estimates from one of them.

    Parameters
    ----------
    model : estimator
        Unfitted, of one target; cloned for every set, with the number of the set as its seed.
    draw : callable
        ``draw(seed)`` returns features and labels of a training set.
    queries : array-like, shape (n_queries, n_features)
    n_sets, n_jobs : int, optional
    known : pandas.DataFrame, optional
        Labels of the queries.

    Returns
    -------
    pandas.DataFrame
        A row a training set and query: ``set``, ``query``, ``prediction`` and its jackknife
        standard error ``std``. The jackknife's warning of too few trees is not shown.
    """

    def train(seed: int) -> pd.DataFrame:
        fitted = clone(model).set_params(random_state=seed).fit(*draw(seed))
        prediction, std = fitted.predict(queries, known, return_std=True)
        columns = {"query": np.arange(len(prediction)), "prediction": prediction, "std": std}
        return pd.DataFrame({"set": seed} | columns)

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the jackknife variance from")
        tables = Parallel(n_jobs=n_jobs, prefer="threads")(map(delayed(train), range(n_sets)))
    return pd.concat(tables, ignore_index=True)
