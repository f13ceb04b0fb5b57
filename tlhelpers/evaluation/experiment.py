"""Fit models on splits of a table and ask them: what every comparison of the protocol does."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter
from tqdm.auto import tqdm

from tlhelpers.evaluation.related import RelatedAsFeatures
from tlhelpers.evaluation.splits import (
    Split,
    Target,
    check_setting,
    outside_groups,
    split_table,
)
from tlhelpers.forests.checks import check_same_rows, group_codes, name_tasks
from tlhelpers.forests.labels import CLASSIFICATION, REGRESSION, as_table, find_task_types
from tlhelpers.forests.sharing import shared_stages


def prepare_model(model: Any, targets: Sequence[Hashable], seed: int) -> Any:
    """Return an unfitted clone that takes a table with holes, its randomness seeded.

    Parameters
    ----------
    model : estimator
        A model of tables (it has `uses_known`), or any regressor or classifier.
    targets : sequence of task names
        What is predicted, for a model that does not say so itself.
    seed : int
        For every parameter `random_state`, of the model or inside it, that is None.

    Returns
    -------
    estimator
    """
    fresh = (
        clone(model)
        if hasattr(model, "uses_known")
        else RelatedAsFeatures(clone(model), related=[])
    )
    unset = [
        name
        for name, value in fresh.get_params().items()
        if name.endswith("random_state") and value is None
    ]
    fresh.set_params(**dict.fromkeys(unset, seed))
    if isinstance(fresh, RelatedAsFeatures) and fresh.target is None:
        fresh.set_params(target=list(targets))
    return fresh


def fit_models(
    models: Mapping[str, Any],
    splits: Sequence[Split],
    targets: Sequence[Hashable],
    seed: int,
    grouped: bool = False,
    places: Sequence[Mapping[str, Any]] | None = None,
) -> Iterator[tuple[str, int, Any]]:
    """Yield each model fitted to each split: its name, the number of the split, the fitted clone.

    Stages that several of them ask for are grown once. Where it is `grouped`, a model whose fit
    takes groups is told those of the training rows: what is out of bag has seen none of a group.
    With `places`, an error names the model and what they call the split, such as
    ``{"repeat": 0, "fold": 1}``.
    """
    store = None
    for name, model in models.items():
        for number, split in enumerate(splits):
            fitted = prepare_model(model, targets, seed)
            told = told_groups(fitted, split.groups if grouped else None)
            named = nullcontext() if places is None else errors_of(name, places[number])
            with named, shared_stages(store) as store:
                fitted.fit(split.X_train, split.Y_train, **told)
            yield name, number, fitted


@contextmanager
def errors_of(name: str, place: Mapping[str, Any]) -> Iterator[None]:
    """Within this block, errors of a user's input say in which model and split they were raised."""
    try:
        yield
    except (ValueError, TypeError) as error:
        where = ", ".join([f"model {name!r}", *(f"{what} {n}" for what, n in place.items())])
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"{where}: {error}") from error


def told_groups(model: Any, groups: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the argument of fit that tells a model of groups, where it takes them.

    Empty where no group has two rows: then there is nothing to tell.
    """
    if groups is None or not has_fit_parameter(model, "groups"):
        return {}
    return {"groups": groups} if pd.Series(groups).duplicated().any() else {}


def _find_type(name: str, model: Any, Y: pd.DataFrame, target: Hashable) -> str:
    """Return whether a model takes a target as numbers or as classes."""
    if hasattr(model, "task_types"):
        return find_task_types(Y, model.task_types, [target])[target]
    return _estimator_type(name, model)


def _estimator_type(name: str, model: Any) -> str:
    """Return what scikit-learn says of an estimator, or raise an error."""
    types = {"regressor": REGRESSION, "classifier": CLASSIFICATION}
    is_model = hasattr(model, "get_params") and not isinstance(model, type)
    of_tables = hasattr(model, "uses_known") and not isinstance(model, RelatedAsFeatures)
    inside = model.get_params().values() if is_model and not of_tables else ()
    for forest in [part for part in inside if hasattr(part, "_combine")]:
        raise TypeError(
            f"model {name!r} holds a {type(forest).__name__}, which would see one label alone: "
            "compare the forest itself, on features prepared beforehand"
        )
    try:
        return types[get_tags(model).estimator_type]
    except (AttributeError, TypeError, KeyError):
        raise TypeError(
            f"model {name!r} is a {type(model).__name__}, neither a forest of tlhelpers nor a "
            "regressor or classifier of scikit-learn"
        ) from None


@dataclass(frozen=True)
class Job:
    """One test set, and the training sets that are compared on it.

    Attributes
    ----------
    test : numpy.ndarray of int
        Row numbers; their groups are held out whole.
    training : sequence of (dict, numpy.ndarray or None)
        How each training set is called in the result, such as ``{"repeat": 0, "size": 20}``, and
        the row numbers whose target labels train; None: all outside the test groups.
    seed : int
        Of models that have none.
    """

    test: np.ndarray
    training: Sequence[tuple[dict, np.ndarray | None]]
    seed: int


@dataclass(frozen=True)
class Experiment:
    """The models, the table, and which tasks are predicted."""

    models: Mapping[str, Any]
    X: pd.DataFrame
    Y: pd.DataFrame
    groups: np.ndarray
    targets: list
    kinds: dict
    setting: str
    return_std: bool

    @classmethod
    def of(cls, models, X, Y, groups, target, setting, return_std=False) -> "Experiment":
        """Check the arguments of a comparison."""
        check_setting(setting)
        if not isinstance(models, Mapping):
            models = {type(models).__name__: models}
        if not models:
            raise ValueError("models is empty: give at least one")
        for name, model in models.items():
            _estimator_type(name, model)
        table, _ = as_table(Y)
        if not isinstance(X, pd.DataFrame):
            check_same_rows(X, table, np.shape(X)[0], len(table))
            X = pd.DataFrame(np.asarray(X), index=table.index)
        check_same_rows(X, table, len(X), len(table))
        targets = _find_targets(models, list(table.columns), target)
        kinds = {}
        for task in targets:
            found = {_find_type(name, model, table, task) for name, model in models.items()}
            if len(found) > 1:
                raise ValueError(f"the models disagree on the type of {task!r}; say task_types")
            kinds[task] = found.pop()
        codes = group_codes(groups, X)
        return cls(models, X, table, codes, targets, kinds, setting, return_std)

    def __sizeof__(self) -> int:
        """Return the bytes of the table, by which joblib's dask backend sends it only once."""
        return int(self.X.memory_usage().sum() + self.Y.memory_usage().sum() + self.groups.nbytes)

    @cached_property
    def labelled(self) -> np.ndarray:
        """Return which rows carry a target."""
        return self.Y[self.targets].notna().any(axis=1).to_numpy()

    @property
    def names(self) -> np.ndarray:
        """Return what the rows are called."""
        return self.X.index.to_numpy() if self.X.index.is_unique else np.arange(len(self.X))

    def dealt(self, split_on: Target) -> np.ndarray:
        """Return which rows are dealt into folds."""
        if split_on is None:
            return self.labelled
        tasks = name_tasks("split_on", split_on, list(self.Y.columns))
        rows = self.Y[tasks].notna().any(axis=1).to_numpy()
        left = np.flatnonzero(self.labelled & ~rows)
        if len(left):
            row = self.names[left[0]]
            raise ValueError(f"row {row!r} has a target label and none of split_on={split_on!r}")
        return rows

    def run(self, jobs: list[Job], n_jobs: int | None, progress: bool) -> pd.DataFrame:
        """Fit every model on every split and predict, in threads, in a fixed order."""
        done = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
            delayed(Experiment._predict)(self, job) for job in jobs
        )
        bar = tqdm(done, total=len(jobs), desc="splits", disable=not progress)
        table = pd.concat([table for tables in bar for table in tables], ignore_index=True)
        return table.assign(**{c: np.nan for c in self._stated if c not in table})

    def _predict(self, job: Job) -> list[pd.DataFrame]:
        """Fit all models with each choice of target labels, and ask them."""
        table = self.X, self.Y, self.groups, self.targets, job.test, self.setting
        splits = [split_table(*table, trained) for _, trained in job.training]
        tables: list[pd.DataFrame] = []
        places = [place for place, _ in job.training]
        fitting = fit_models(self.models, splits, self.targets, job.seed, places=places)
        for name, number, fitted in fitting:
            split, where = splits[number], {"model": name} | places[number]
            with errors_of(name, places[number]):
                answers = self._ask(fitted, split)
            tables += self._tabulate(answers, split, job.test, where)
        return tables

    @property
    def _stated(self) -> list:
        """Return the uncertainties that are asked for; the labels of a class have no spread."""
        spread = [] if CLASSIFICATION in self.kinds.values() else ["observation_std"]
        return ["std", *spread] if self.return_std else []

    def _ask(self, model: Any, split: Split) -> dict[str, Any]:
        """Return the predictions of the test rows, and how sure the model says it is."""
        if not self._stated or not hasattr(model, "observation_std"):
            return {"prediction": split.ask(model)}
        prediction, std = split.ask(model, return_std=True)
        answers = {"prediction": prediction, "std": std}
        if "observation_std" in self._stated:
            answers["observation_std"] = split.ask(model, "observation_std")
        return answers

    def _tabulate(self, answers, split, test, where) -> Iterator[pd.DataFrame]:
        """Yield the predictions of the test rows that carry a target, a table a target."""
        pool = outside_groups(self.groups, test)
        for target in self.targets:
            labelled = self.Y[target].notna().to_numpy()
            rows = {"row": self.names[test], "group": self.groups[test]}
            rows["truth"] = self.Y[target].iloc[test].to_numpy()
            rows |= {
                column: np.asarray(values[target] if len(self.targets) > 1 else values)
                for column, values in answers.items()
            }
            yield pd.DataFrame(rows)[labelled[test]].assign(
                **where,
                target=target,
                task_type=self.kinds[target],
                n_train=int(split.Y_train[target].count()),
                n_pool=int((pool & labelled).sum()),
            )


def _find_targets(models: Mapping[str, Any], names: list, target: Target) -> list:
    """Return the tasks that are scored, and that every model predicts which names its own."""
    found = {}
    for name, model in models.items():
        given = not hasattr(model, "uses_known") or (
            isinstance(model, RelatedAsFeatures) and model.target is None
        )
        if not given:  # what a forest predicts may follow from its base or its latents
            found[name] = model._find_targets(names)
    if target is not None:
        wanted = name_tasks("target", target, names)
    else:
        wanted = next(iter(found.values()), names)
    if any(set(tasks) != set(wanted) for tasks in found.values()):
        raise ValueError(
            f"every model must have the targets that are scored: the models have {found}, "
            f"target is {target!r}"
        )
    return wanted
