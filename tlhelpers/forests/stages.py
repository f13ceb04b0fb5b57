"""Grow the stages of an architecture, and read their answers."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from sklearn.utils import gen_batches

from tlhelpers.forests._engine.encoding import bin_features, join_bins
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests._engine.trees import mean_over_trees, mean_over_unseen
from tlhelpers.forests.labels import Labels
from tlhelpers.forests.lines import fit_lines, move_trees
from tlhelpers.forests.plan import Answers, Queries, Stage
from tlhelpers.forests.sharing import StageStore, current_store, fingerprint

_BLOCK = 2**23  # numbers in one block of tree predictions: 64 MB
_ALL = slice(None)
Rows = slice | np.ndarray


@dataclass(frozen=True)
class Grown:
    """The trees of a stage, and the rows of all groups that they were grown on a row of."""

    engine: ForestEngine
    rows: np.ndarray  # (n_train,) bool
    line: np.ndarray | None = None  # (n_trees, 1 + n_bases): intercept and slopes of each bag


class GrownStages:
    """The stages of one architecture, grown from the same training rows and bags.

    Parameters
    ----------
    X : numpy.ndarray, shape (n_train, n_features)
    labels : Labels
    bags : numpy.ndarray of int, shape (n_trees, n_train)
    usable : numpy.ndarray of bool, shape (n_train,)
        The rows that the bags were drawn from.
    weight : numpy.ndarray, shape (n_train,), or None
    settings : dict
        Of `ForestEngine`.
    seed : int
        With the place of its task and how many stages it reads, the seed of a stage.
    groups : numpy.ndarray of int, shape (n_train,)
        A tree that saw a row has seen all rows of its group, which the bags hold as often.
    """

    def __init__(
        self,
        X: np.ndarray,
        labels: Labels,
        bags: np.ndarray,
        usable: np.ndarray,
        weight: np.ndarray | None,
        settings: dict,
        seed: int,
        groups: np.ndarray,
    ):
        self.X, self.labels, self.bags, self.usable, self.groups = X, labels, bags, usable, groups
        self._weight = np.ones(len(X)) if weight is None else weight
        self._settings, self._seed = settings, seed
        self.planned: list[Stage] = []
        self._grown: dict[Stage, Grown] = {}
        self._unseen: dict[tuple[Stage, Hashable], tuple[np.ndarray, np.ndarray]] = {}

    def __getitem__(self, stage: Stage) -> Grown:
        if stage not in self._grown:
            if stage.known is None:
                raise KeyError(f"{stage} is not in the plan, or stands after one that reads it")
            # few of the possible regimes are ever asked for
            self._grow(stage, current_store() or StageStore())
        return self._grown[stage]

    def grow(self, plan: Sequence[Stage], store: StageStore) -> None:
        """Grow every stage of a plan after those that it reads.

        A stage that reads others is grown for two regimes: all labels known, and none. For a
        regime between the two it is grown when it is first asked in it. A store is asked for what
        was grown from the same rows, labels, bags and settings.
        """
        regimes = [[s.in_regime(frozenset(s.before)), s.in_regime(frozenset())] for s in plan]
        self.planned = list(dict.fromkeys(form for both in regimes for form in both))
        for stage in self.planned:
            self._grow(stage, store)

    def _grow(self, stage: Stage, store: StageStore) -> None:
        features, line = partial(self.training_features, stage), None
        rows, X, labels = stage.training_set(features, self.labels, self.usable)
        bags, weight = self.bags[:, rows], self._weight[rows]
        if stage.line is not None:
            z = np.column_stack(self.training_answers(stage, stage.bases, rows))
            line = fit_lines(stage.line, z, labels[:, 0], bags * weight)
            fitted = line[:, :1] + line[:, 1:] @ z.T
            labels = (labels[:, 0] - fitted)[:, :, None] if stage.line.learned else labels - z
        n_classes = np.array([len(self.classes_of(task)) for task in stage.tasks])
        seed = [self._seed, self.labels.names.index(stage.tasks[0]), len(stage.reads)]
        own, answers = X[:, : self.X.shape[1]], X[:, self.X.shape[1] :]
        table = fingerprint(np.ascontiguousarray(own))

        def grow() -> ForestEngine:
            binned = store.tables.get(table, lambda: bin_features(own))
            binned = join_bins(binned, bin_features(answers)) if answers.size else binned
            how = {"task_weights": stage.task_weights, "sample_weight": weight, "seed": seed}
            return ForestEngine(**self._settings).fit(binned, labels, n_classes, bags, **how)

        settings = self._settings | {"n_jobs": None}  # what is grown does not depend on threads
        given = table, answers, labels, n_classes, bags, weight, stage.task_weights, seed, settings
        engine = store.get(fingerprint(*given), grow)
        held = np.isin(self.groups, self.groups[rows])
        self._grown[stage] = Grown(engine, held, line)

    def blocks(self, n: int, target: Hashable) -> Iterator[slice]:
        """Yield slices of n rows of which the trees' answers fit into one block of memory."""
        values = len(self.bags) * max(1, len(self.classes_of(target)))
        return gen_batches(n, max(1, _BLOCK // values)) if n else iter(())

    def classes_of(self, task: Hashable) -> Sequence:
        """Return the classes of a task, empty for a regression."""
        classes = self.labels.classes[task]
        return () if classes is None else classes

    def one_hot(self, task: Hashable, label: np.ndarray) -> np.ndarray:
        """Return labels as a stage answers: the number, or a column a class; NaN where missing."""
        if self.labels.classes[task] is None:
            return label
        columns = np.eye(len(self.classes_of(task)))[np.nan_to_num(label).astype(int)]
        columns[np.isnan(label)] = np.nan
        return columns

    def training_answers(
        self, stage: Stage, reads: Sequence[Stage], rows: Rows = _ALL
    ) -> list[np.ndarray]:
        """Return what stands for earlier stages in training rows, each (n_rows, n_columns)."""
        answers = []
        for read in reads:
            answer = self.out_of_bag(read, rows=rows)
            answer = answer.reshape(len(answer), -1)
            lost = np.isnan(answer)  # in every bag: only with a handful of trees
            if lost.any():  # the mean of all rows: its own answer would be in-bag
                answer = np.where(lost, self._mean_of(read), answer)
            if stage.known is not None and read.tasks[0] in stage.known:
                label = self.one_hot(read.tasks[0], self.labels.of(read.tasks[0])[rows])
                label = label.reshape(answer.shape)
                answer = np.where(np.isnan(label), answer, label)
            answers.append(answer)
        return answers

    def _mean_of(self, stage: Stage) -> np.ndarray:
        """Return the mean answer of a stage's trees to all training rows, computed once."""
        if stage not in self._means:
            features = stage.flag(self.training_features(stage))
            self._means[stage] = self[stage].engine.predict(features, 0).mean(axis=0)
        return self._means[stage]

    @cached_property
    def _means(self) -> dict[Stage, np.ndarray]:
        return {}

    def training_features(self, stage: Stage, rows: Rows = _ALL) -> np.ndarray:
        """Return features of training rows, with what stands for the stages that it reads."""
        answers = self.training_answers(stage, stage.reads, rows)
        return np.column_stack([self.X[rows], *answers]) if answers else self.X[rows]

    def out_of_bag(self, stage: Stage, task: Hashable = None, rows: Rows = _ALL) -> np.ndarray:
        """Return what a stage answers to training rows, none by a tree that saw the row.

        NaN where every tree saw it. Kept, as several stages may read it: what is computed are the
        rows that were not asked for before.
        """
        key, asked = (stage, task), np.zeros(len(self.X), dtype=bool)
        asked[rows] = True
        if key in self._unseen:
            asked &= ~self._unseen[key][1]
        if asked.any() or key not in self._unseen:
            found = self._answer_unseen(stage, task, np.flatnonzero(asked))
            empty = np.empty((len(self.X), *found.shape[1:])), np.zeros(len(self.X), dtype=bool)
            answer, known = self._unseen.setdefault(key, empty)
            answer[asked], known[asked] = found, True
        return self._unseen[key][0][rows]

    def _answer_unseen(self, stage: Stage, task: Hashable, rows: np.ndarray) -> np.ndarray:
        grown, place, bags = self[stage], _place(stage, task), self.bags[:, rows]
        features, learned = stage.flag(self.training_features(stage, rows)), grown.rows[rows]
        inside = grown.engine.oob_predict(features[learned], place, bags[:, learned])
        answer = np.empty((len(rows), *inside.shape[1:]))
        answer[learned] = inside
        if not learned.all():
            answer[~learned] = grown.engine.predict(features[~learned], place)
        if grown.line is not None:
            z = np.column_stack(self.training_answers(stage, stage.bases, rows))
            seen = bags * learned  # no tree saw a row that it was not grown on
            answer += mean_over_unseen(grown.line[:, :1] + grown.line[:, 1:] @ z.T, seen)
        return answer


class Reading:
    """What the stages answer to some queries: in the mean, or tree by tree.

    A label that is known stands for the answer of the stage that learned it. Where a stage reads
    others, their mean answers are its features; each of its trees is then moved along the slope
    of its forest by what the same tree of the others deviates from their mean.

    Parameters
    ----------
    stages : GrownStages
    queries : Queries
    by_tree : bool
        Whether `trees` will be asked too: then means are taken of the same trees.
    exact : collection of task names
        The trees of their stages are taken to agree with their mean.
    """

    def __init__(
        self,
        stages: GrownStages,
        queries: Queries,
        by_tree: bool = False,
        exact: Collection[Hashable] = (),
    ):
        self.stages, self.queries, self.by_tree, self.exact = stages, queries, by_tree, exact
        self.known = queries.regime
        self._kept: dict[tuple, np.ndarray] = {}

    @property
    def mean(self) -> Answers:
        """The mean answers, (n_queries,) or (n_queries, n_classes)."""
        return Answers(self._ask_mean, self.known)

    @property
    def trees(self) -> Answers:
        """The answers of each tree, (n_trees, n_queries) or (n_trees, n_queries, n_classes)."""
        return Answers(self._ask_trees, self.known)

    def _ask_mean(self, stage: Stage, task: Hashable) -> np.ndarray:
        return self._once("mean", stage.in_regime(self.known), task, self._mean)

    def _ask_trees(self, stage: Stage, task: Hashable) -> np.ndarray:
        stage = stage.in_regime(self.known)
        if stage.tasks[0] in self.exact:
            mean = self.mean(stage, task)
            return np.broadcast_to(mean, (len(self.stages.bags), *mean.shape))
        return self._once("trees", stage, task, self._moved)

    def features(self, stage: Stage) -> np.ndarray:
        """Return the features of the queries, with the mean answers that the stage reads."""
        return self._once("features", stage.in_regime(self.known), None, self._features)

    def _once(self, what: str, stage: Stage, task: Hashable, make: Callable) -> np.ndarray:
        if (what, stage, task) not in self._kept:
            self._kept[what, stage, task] = make(stage, task)
        return self._kept[what, stage, task]

    def _features(self, stage: Stage, task: Hashable) -> np.ndarray:
        answers = [self.mean(read).reshape(len(self.queries), -1) for read in stage.reads]
        return stage.flag(
            np.column_stack([self.queries.X, *answers]) if answers else self.queries.X
        )

    def _mean(self, stage: Stage, task: Hashable) -> np.ndarray:
        def ask(rows) -> np.ndarray:
            engine, line = self.stages[stage].engine, self.stages[stage].line
            if self.by_tree and stage.tasks[0] not in self.exact:
                answer = mean_over_trees(self._plain(stage, task)[:, rows])
            else:
                answer = engine.predict(self.features(stage)[rows], _place(stage, task))
            if line is not None:
                start, *slopes = line.mean(axis=0)
                z = [self.mean(base)[rows] for base in stage.bases]
                answer = answer + start + sum(s * x for s, x in zip(slopes, z, strict=True))
            return answer

        return self._unless_known(stage, ask)

    def _plain(self, stage: Stage, task: Hashable) -> np.ndarray:
        """Return each tree's answer to the mean answers of the stages before."""

        def ask(stage: Stage, task: Hashable) -> np.ndarray:
            engine = self.stages[stage].engine
            return engine.tree_values(self.features(stage), _place(stage, task))

        return self._once("plain", stage, task, ask)

    def _moved(self, stage: Stage, task: Hashable) -> np.ndarray:
        def ask(rows) -> np.ndarray:
            values, X = self._plain(stage, task)[:, rows].copy(), self.features(stage)[rows]
            column = self.queries.X.shape[1]
            for read in stage.reads:
                deviations = (self.trees(read) - self.mean(read))[:, rows]
                deviations = deviations.reshape(*deviations.shape[:2], -1)
                engine = self.stages[stage].engine
                for deviation in np.moveaxis(deviations, 2, 0):
                    values = move_trees(values, engine, X, column, deviation)
                    column += 1
            line = self.stages[stage].line
            if line is not None:
                values += line[:, :1]
                for slopes, base in zip(line.T[1:], stage.bases, strict=True):
                    mean = self.mean(base)
                    moved = slopes.mean() * (self.trees(base) - mean)
                    values += (slopes[:, None] * mean + moved)[:, rows]
            return values

        return self._unless_known(stage, ask, (len(self.stages.bags),))

    def _unless_known(self, stage: Stage, ask: Callable, outer: tuple = ()) -> np.ndarray:
        """Return known labels, and answers for the rows that have none."""
        label = self.queries.known_to(stage)
        if label is None or np.isnan(label).all():
            return ask(slice(None))
        missing = np.isnan(label)
        label = self.stages.one_hot(stage.tasks[0], label)
        answer = np.array(np.broadcast_to(label, (*outer, *label.shape)))
        if missing.any():
            place = (slice(None), missing) if outer else missing
            answer[place] = ask(missing)
        return answer


class OutOfBagReading(Reading):
    """What the stages answer to training rows: the mean of the trees that did not see a row.

    Parameters
    ----------
    stages : GrownStages
    rows : slice, or numpy.ndarray of int
        Of the training rows.
    known : collection of task names
        The tasks whose labels stand for the answers of their stages.
    by_tree, exact
        As in `Reading`. All trees are given; those that saw a row are for the caller to leave out.
    """

    def __init__(
        self, stages: GrownStages, rows: slice | np.ndarray = slice(None), known=(), **options
    ):
        labels = {task: stages.labels.of(task)[rows] for task in known}
        super().__init__(stages, Queries(stages.X[rows], labels), **options)
        self.known, self.places = frozenset(known), np.arange(len(stages.X))[rows]

    def _mean(self, stage: Stage, task: Hashable) -> np.ndarray:
        return self._unless_known(
            stage, lambda rows: self.stages.out_of_bag(stage, task, self.places[rows])
        )


def _place(stage: Stage, task: Hashable) -> int:
    return 0 if task is None else stage.tasks.index(task)
