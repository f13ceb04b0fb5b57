"""What an architecture is made of: stages, which labels they learn, and what they read."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import joblib
import numpy as np

from tlhelpers.forests.labels import Labels


@dataclass(frozen=True)
class Line:
    """What a stage learns first: a line in the answers of other stages; its trees learn the rest.

    Attributes
    ----------
    bases : tuple of Stage
    learned : bool
        Whether intercept and slopes are fitted, in every bag anew; else they are 0 and 1.
    shrink_to : float
        What the slopes of every bag are drawn to, as `PULL` labels would that spread as all do.
    """

    bases: tuple["Stage", ...]
    learned: bool = False
    shrink_to: float = 0.0


@dataclass(frozen=True)
class Stage:
    """One forest of an architecture, before it is grown; equal stages are one and the same.

    Attributes
    ----------
    tasks : tuple of task names
        Learned together, in one set of trees.
    reads : tuple of Stage
        Earlier stages, whose answers are features after those of `X`. In training they are
        out-of-bag predictions.
    line : Line, optional
        A line in the answers of earlier stages, which its trees complete.
    known : frozenset of task names, optional
        The regime it is grown for: the tasks whose measured labels stand, in training, for the
        answers of the stages that it reads. None, as in a plan: once for every regime that it is
        asked in, with the labels that are known there.
    pooled : tuple of task names
        Tasks whose labels are mixed with those of the only task, a training row a label.
    flagged : bool
        Whether the source of a pooled label is a feature: a column a source.
    task_weights : tuple of float, optional
        The weight of each task in the choice of a split, 1 if not given.
    """

    tasks: tuple = field(compare=False)
    reads: tuple["Stage", ...] = field(default=(), compare=False)
    line: Line | None = field(default=None, compare=False)
    known: frozenset | None = field(default=None, compare=False)
    pooled: tuple = field(default=(), compare=False)
    flagged: bool = field(default=False, compare=False)
    task_weights: tuple[float, ...] | None = field(default=None, compare=False)
    key: str = field(init=False, repr=False)  # a digest: nested stages are compared at once

    def __post_init__(self):
        alone = len(self.tasks) == 1 and all(len(stage.tasks) == 1 for stage in self.earlier)
        if not alone and (self.earlier or self.pooled):
            raise ValueError(f"{self.tasks}: a stage of several tasks neither reads nor is read")
        if self.pooled and self.earlier:
            raise ValueError(f"{self.tasks}: a stage of pooled labels reads no other")
        line = self.line and (self.line.learned, self.line.shrink_to, len(self.line.bases))
        known = self.known and [task for task in self.before if task in self.known]
        own = (self.tasks, line, known, self.pooled, self.flagged, self.task_weights)
        keys = [stage.key for stage in self.earlier]
        object.__setattr__(self, "key", joblib.hash((own, keys)))

    @property
    def is_plain(self) -> bool:
        """Whether it answers with the label of its only task, for which that label may stand."""
        return len(self.tasks) == 1 and not self.pooled

    @property
    def earlier(self) -> tuple["Stage", ...]:
        """The stages whose answers it needs."""
        return self.reads + self.bases

    @property
    def bases(self) -> tuple["Stage", ...]:
        """The stages whose answers its line is in."""
        return self.line.bases if self.line else ()

    @cached_property
    def before(self) -> tuple:
        """The tasks of all stages whose answers it needs, and of those that these need."""
        tasks = [t for stage in self.earlier for t in (*stage.before, *stage.tasks)]
        return tuple(dict.fromkeys(tasks))

    def in_regime(self, known: frozenset) -> "Stage":
        """Return the stage as it is grown for queries of which these labels are known."""
        if self.known is not None or not self.earlier:
            return self
        known = known.intersection(self.before)
        if known not in self._forms:

            def grown(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
                return tuple(stage.in_regime(known) for stage in stages)

            line = self.line and replace(self.line, bases=grown(self.bases))
            self._forms[known] = replace(self, known=known, reads=grown(self.reads), line=line)
        return self._forms[known]

    @cached_property
    def _forms(self) -> dict[frozenset, "Stage"]:
        """The stage in the regimes that it was asked in."""
        return {}

    def carriers(self, labels: Labels) -> dict[str, np.ndarray]:
        """Return {what a bag must hold: which rows carry it, (n_samples,) bool}."""
        seen = {task: ~np.isnan(labels.of(task)) for task in (*self.tasks, *self.pooled)}
        if self.pooled:
            return {f"a label of any of {list(seen)}": np.any(list(seen.values()), axis=0)}
        return {f"a label of task {task!r}": rows for task, rows in seen.items()}

    def training_set(
        self, features: Callable, labels: Labels, usable: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows that it is grown on, their features and their labels.

        A row that carries several pooled labels is there as often.

        Parameters
        ----------
        features : callable
            ``features(rows)`` returns the features of rows, with the answers of the stages that it
            reads.
        labels : Labels
        usable : numpy.ndarray of bool, shape (n_samples,)

        Returns
        -------
        rows, features, values : numpy.ndarray, shapes (n,), (n, ...), (n, n_tasks)
        """
        if not self.pooled:
            values = labels.take(list(self.tasks))
            rows = np.flatnonzero(usable & ~np.isnan(values).all(axis=1))
            return rows, features(rows), values[rows]
        parts = [labels.of(task) for task in (*self.tasks, *self.pooled)]
        seen = [np.flatnonzero(usable & ~np.isnan(part)) for part in parts]
        flagged = [self.flag(features(rows), source) for source, rows in enumerate(seen)]
        mixed = [part[rows] for part, rows in zip(parts, seen, strict=True)]
        return np.concatenate(seen), np.concatenate(flagged), np.concatenate(mixed)[:, None]

    def flag(self, X: np.ndarray, source: int = 0) -> np.ndarray:
        """Return features with the flag of a source of pooled labels; 0 is the task's own."""
        if not (self.flagged and self.pooled):
            return X
        flags = np.zeros((len(X), 1 + len(self.pooled)))
        flags[:, source] = 1
        return np.column_stack([X, flags])


@dataclass(frozen=True)
class Queries:
    """Rows to be predicted; sliced as an array is.

    Attributes
    ----------
    X : numpy.ndarray, shape (n_samples, n_features)
    known : mapping of {task: numpy.ndarray}
        Labels of related tasks that are known for these rows, shape (n_samples,), NaN where not.
    """

    X: np.ndarray
    known: Mapping[Hashable, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, rows) -> "Queries":
        return Queries(self.X[rows], {task: label[rows] for task, label in self.known.items()})

    @property
    def regime(self) -> frozenset:
        """The tasks of which any query has a known label."""
        return frozenset(task for task, label in self.known.items() if not np.isnan(label).all())

    def regimes(self) -> list[np.ndarray]:
        """Return the places of the queries of which the same labels are known."""
        if not self.known:
            return [np.arange(len(self))]
        masks = np.array([~np.isnan(label) for label in self.known.values()])
        patterns, number = np.unique(masks, axis=1, return_inverse=True)
        return [np.flatnonzero(number.ravel() == i) for i in range(patterns.shape[1])]

    def known_to(self, stage: Stage) -> np.ndarray | None:
        """Return the labels that stand for the answers of a stage, or None if there are none."""
        return self.known.get(stage.tasks[0]) if stage.is_plain else None


@dataclass(frozen=True)
class Answers:
    """What stages answer to queries of one regime, read in one way.

    Parameters
    ----------
    ask : callable
        ``ask(stage, task)`` returns the answer.
    known : frozenset of task names
        Whose labels are known.
    """

    ask: Callable
    known: frozenset

    def __call__(self, stage: Stage, task: Hashable = None) -> np.ndarray:
        return self.ask(stage, task)
