"""Errors and spreads of a combination of stages: which rows count, in blocks of queries."""

from collections.abc import Callable, Collection, Hashable, Iterator

import numpy as np

from tlhelpers.forests.jackknife import BagForm, warn_if_noisy
from tlhelpers.forests.plan import Answers, Queries, Stage
from tlhelpers.forests.stages import GrownStages, OutOfBagReading, Reading

_KEPT = 2**26  # bytes of a jackknife that is kept for the next prediction
_ROUNDING = 1e-9  # of the range of the labels: trees that lie closer agree

Combination = Callable[[Callable], np.ndarray]  # of what it is told that stages answer


class Uncertainty:
    """The uncertainties of what is read from grown stages.

    Parameters
    ----------
    stages : GrownStages

    Notes
    -----
    Errors of the stages of tasks that are `exact` are left out.
    """

    def __init__(self, stages: GrownStages):
        self.stages = stages
        self._forms: dict[bytes, BagForm] = {}
        self._factors: dict[tuple, tuple[float, float]] = {}  # the training rows are walked once

    def __getstate__(self) -> dict:
        return self.__dict__ | {"_forms": {}}  # made again when asked for

    def with_error(
        self,
        combine: Combination,
        queries: Queries,
        target: Hashable,
        exact: Collection[Hashable] = (),
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the served prediction and its jackknife standard error, from the same trees.

        Parameters
        ----------
        combine : callable
            ``combine(read)`` returns the prediction of the target, with ``read(stage, task)`` the
            answer of a stage.
        queries : Queries
        target : task name
        exact : collection of task names

        Returns
        -------
        prediction : numpy.ndarray, shape (n_queries,) or (n_queries, n_classes)
        error : numpy.ndarray, shape (n_queries,)
            For a class, that of the probability of the likeliest one.
        """
        if len(self.stages.bags) < 2:
            raise ValueError("return_std needs n_estimators of at least 2; hundreds are better")
        n_classes = len(self.stages.classes_of(target))
        mean = np.empty((len(queries), n_classes) if n_classes else len(queries))
        variance, noise = np.empty((2, len(queries)))
        parts = [(here, queries[here]) for here in queries.regimes()]
        found = [
            (here[at], rows) for here, q in parts for at, rows in self.influence(combine, q, exact)
        ]
        for places, rows in found:
            form = self._form(rows)
            for block in self.stages.blocks(len(places), target):
                here = places[block]
                reading = Reading(self.stages, queries[here], by_tree=True, exact=exact)
                trees = combine(reading.trees)
                mean[here] = combine(reading.mean)
                if n_classes:
                    trees = trees[:, np.arange(len(here)), mean[here].argmax(axis=1)]
                variance[here], noise[here] = form.variance(np.ascontiguousarray(trees.T))
        warn_if_noisy(variance, noise, len(self.stages.bags), stacklevel=4)
        return mean, np.sqrt(variance)

    def influence(
        self, combine: Combination, queries: Queries, exact: Collection[Hashable] = ()
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield queries and the training rows that can influence their prediction.

        Those of a stage count where its trees answer; where its label is known they do not, though
        they had a say in the features of later stages.

        Yields
        ------
        places : numpy.ndarray of int
            Of queries that consult the same stages.
        rows : numpy.ndarray of bool, shape (n_train,)
        """
        consulted: dict[Stage, np.ndarray] = {}  # the queries that each stage has a say in
        every = np.ones(len(queries), dtype=bool)

        def read(stage: Stage, task: Hashable = None, where: np.ndarray = every) -> np.ndarray:
            stage = stage.in_regime(queries.regime)
            known = queries.known_to(stage)
            where = where if known is None else where & np.isnan(known)
            before = consulted.get(stage, ~every)
            if stage.tasks[0] not in exact and (where & ~before).any():  # else seen on another way
                consulted[stage] = before | where
                for earlier in stage.earlier:
                    read(earlier, where=where)
            n_classes = len(self.stages.classes_of(stage.tasks[0] if task is None else task))
            return np.zeros((len(queries), n_classes) if n_classes else len(queries))

        combine(Answers(read, queries.regime))
        masks = np.array(list(consulted.values()))
        rows = np.array([self.stages[stage].rows for stage in consulted])
        patterns, pattern_of = np.unique(masks, axis=1, return_inverse=True)
        for number, used in enumerate(patterns.T):
            yield np.flatnonzero(pattern_of.ravel() == number), rows[used].any(axis=0)

    def spread(self, combine: Combination, queries: Queries, target: Hashable) -> np.ndarray:
        """Return the expected spread of observations around the prediction, (n_queries,).

        The standard deviation over the trees, times the factor that gives the out-of-bag
        residuals a root mean square of one; at most the largest of these residuals. Queries of
        which the same labels are known have a factor of their own.
        """
        spread = np.empty(len(queries))
        for places in queries.regimes():
            known = queries[places].regime
            key = target, known
            if key not in self._factors:
                self._factors[key] = self._spread_factor(combine, known, target)
            factor, largest = self._factors[key]
            for block in self.stages.blocks(len(places), target):
                here = places[block]
                reading = Reading(self.stages, queries[here], by_tree=True)
                spread[here] = np.minimum(factor * combine(reading.trees).std(axis=0), largest)
        return spread

    def _spread_factor(
        self, combine: Combination, known: frozenset, target: Hashable
    ) -> tuple[float, float]:
        """Return the root mean square of residuals in units of the spread, and the largest one."""
        truth = self.stages.labels.of(target)
        rows = np.flatnonzero(~np.isnan(truth))
        least = _ROUNDING * np.ptp(truth[rows])
        ratios, residuals = [], []
        for block in self.stages.blocks(len(rows), target):
            here = rows[block]
            trees = combine(OutOfBagReading(self.stages, here, known, by_tree=True).trees)
            unseen = np.where(self.stages.bags[:, here] == 0, trees, np.nan)
            usable = np.isfinite(unseen).sum(axis=0) > 1
            spread = np.nanstd(unseen[:, usable], axis=0)
            residual = truth[here][usable] - np.nanmean(unseen[:, usable], axis=0)
            ratios.append(residual[spread > least] / spread[spread > least])
            residuals.append(residual)
        squares = np.concatenate(ratios) ** 2
        if not len(squares):
            raise ValueError(
                f"no training row of {target!r} is out of bag with trees that differ: grow more "
                "trees (n_estimators) to learn the spread of observations"
            )
        return float(np.sqrt(squares.mean())), float(np.abs(np.concatenate(residuals)).max())

    def _form(self, rows: np.ndarray) -> BagForm:
        """Return the jackknife of these training rows, each group of them one; kept if small."""
        held = np.flatnonzero(rows)
        groups, first = np.unique(self.stages.groups[held], return_index=True)
        if len(groups) < 2:
            raise ValueError("return_std needs at least two training rows, or groups of them")
        key = rows.tobytes()
        if key in self._forms:
            return self._forms[key]
        form = BagForm.of(self.stages.bags[:, held[first]], "counts")
        if form.nbytes <= _KEPT:
            self._forms[key] = form
        return form
