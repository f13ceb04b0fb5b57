"""The stack: the baseline and the architectures, weighed by what they are worth out of bag."""

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold
from sklearn.utils import check_scalar
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.checks import name_tasks
from tlhelpers.forests.difference import DifferenceForest
from tlhelpers.forests.latent_variable import LatentVariableForest
from tlhelpers.forests.multi_task import MultiTaskForest
from tlhelpers.forests.plan import Answers, Stage
from tlhelpers.forests.single_task import SingleTaskForest
from tlhelpers.forests.stages import OutOfBagReading

FEW = 10  # rows with a known related label from which the known regime has weights of its own
FOLDS = 10  # of what is predicted out of bag, each with weights from the other folds


@dataclass(eq=False, repr=False)
class StackedForest(TransferForest):
    """Mix the single-task forest and every architecture that applies by out-of-bag predictions.

    Members are the single-task forest, the latent variable and the multi-task forest, and for
    numbers the difference with a learned slope that sees z. They share the bags, and equal stages
    are grown once. There is a set of weights for queries whose related labels are known, one for
    those with none and, made when they are first asked, for any regime between. Of fewer than ten
    training rows with the target and a label that is known in the regime, nothing is learned: the
    weights are then those for queries with none.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every task but the related ones.
    related : task name, list of them, or None
        The labels that may help, in the order of the latent variable's chain. None: every column
        of `Y` but the targets. One of the two is to be named.
    task_types, n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.
    pull : float
        How many labels draw the weights to equal ones; with ``np.inf`` they are equal. The default
        was chosen on artificial worlds.
    fixed_stage : bool
        Whether `return_std` takes the predicted related labels as exact.
    warm_start : bool
        Whether a further `fit` keeps each stage whose rows, labels, bags and settings are those of
        the previous one. The result is the same; the trees stay in memory.

    Attributes
    ----------
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for all members.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature, a mean over the stages that learn the target.

    Notes
    -----
    The weights w minimise sum_i (y_i - F_i w)^2 + pull var(y) sum_m (w_m - 1/k)^2 over the training
    rows i, F_i the out-of-bag predictions of the k members, subject to w >= 0 and sum w = 1 (L.
    Breiman, Machine Learning 24, 49, 1996, doi:10.1007/BF00117832). For classes the Brier score
    takes the place of the squared error. `return_std` holds the weights fixed. The weights with
    which `out_of_bag_prediction` mixes a labelled row are fitted without its fold of the groups,
    one of ten: its error is then not flattered by them.
    """

    uses_known = True
    needs_relation = True

    related: Hashable | Sequence = None
    pull: float = field(default=0.5, kw_only=True)
    fixed_stage: bool = field(default=False, kw_only=True)
    warm_start: bool = field(default=False, kw_only=True)

    @property
    def weights_(self) -> pd.DataFrame:
        """The weights of the members.

        Returns
        -------
        pandas.DataFrame
            A row a ``target`` and ``regime`` (all related labels of the query are "known", or all
            are "guessed"; where it was asked for a regime between the two, also the names of the
            known ones), a column a member: weights that are not negative and sum to one, NaN for
            what is no member for this target.
        """
        check_is_fitted(self)
        names = {frozenset(self.related_): "known", frozenset(): "guessed"}
        rows = [
            {"target": target, "regime": names.get(known, ", ".join(sorted(map(str, known))))}
            | dict(zip(self._members_of(target), weights, strict=True))
            for (target, known), weights in self._weights.items()
        ]
        return pd.DataFrame(rows)

    def _find_targets(self, names: list) -> list:
        if self.target is not None or self.related is None:
            return super()._find_targets(names)
        related = name_tasks("related", self.related, names)
        return [task for task in names if task not in related]

    def _relate(self, names: list) -> list:
        check_scalar(self.pull, "pull", Real)
        if not self.pull >= 0:
            raise ValueError(f"pull must not be negative, got {self.pull}")
        others = [task for task in names if task not in self.targets_]
        if not others and len(names) > 1 and self.related is None:
            raise ValueError(
                f"every column of Y is a target {self.targets_} and none is left to help: name the "
                "target or the related labels"
            )
        related = others if self.related is None else name_tasks("related", self.related, names)
        for task in related:
            if task in self.targets_:
                raise ValueError(f"{task!r} is both a target and related")
        return related

    def _plan(self, classes: dict) -> list[Stage]:
        self._is_number = {target: classes[target] is None for target in self.targets_}
        plan: dict[Stage, None] = {}
        for member in self._set_up(classes).values():
            plan |= dict.fromkeys(member._plan(classes | dict.fromkeys(self.targets_)))
        wrong = {s for s in plan if s.line and not self._is_number[s.tasks[0]]}  # no class differs
        return sorted(plan.keys() - wrong, key=list(plan).index)

    def _set_up(self, classes: dict) -> dict[str, TransferForest]:
        """Return the members that apply to any target."""
        numbers = [task for task in self.related_ if classes[task] is None]
        self._members: dict[str, TransferForest] = {"single-task": SingleTaskForest()}
        if numbers and any(self._is_number.values()):
            learned = DifferenceForest(slope="learned", shrink_to=0.0, base_as_feature=True)
            self._members["learned slope"] = learned
        if self.related_:
            self._members["latent variable"] = LatentVariableForest()
            self._members["multi-task"] = MultiTaskForest()
        for member in self._members.values():
            member.targets_, member.related_ = self.targets_, self.related_
            if isinstance(member, DifferenceForest):
                member.related_, member.bases_ = numbers, dict.fromkeys(self.targets_, numbers)
            elif isinstance(member, LatentVariableForest):
                member.latents_ = self.related_
        return self._members

    def _members_of(self, target: Hashable) -> dict[str, TransferForest]:
        """Return the members that apply to a target."""
        return {
            name: member
            for name, member in self._members.items()
            if self._is_number[target] or not isinstance(member, DifferenceForest)
        }

    def _finish(self) -> None:
        self._weights: dict[tuple, np.ndarray] = {}
        for target in self.targets_:
            for known in (frozenset(), frozenset(self.related_)):
                self._weights_of(target, known)

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        answer: np.ndarray | float = 0.0
        weights = self._weights_of(target, read.known)
        for weight, member in zip(weights, self._members_of(target).values(), strict=True):
            if weight > 0:
                answer = answer + weight * member._combine(target, read)
        return np.asarray(answer)

    def _combine_unseen(self, target: Hashable, reading: OutOfBagReading) -> np.ndarray:
        """Mix the members with weights that are fitted without the fold of a row."""
        if np.isinf(self.pull):  # no weight has seen a label
            return super()._combine_unseen(target, reading)
        weights = np.tile(self._weights_of(target, reading.known), (len(self._stages.X), 1))
        rows, answers, truth = self._learn_from(target, reading.known)
        groups = self._stages.groups[rows]
        folds = min(FOLDS, len(np.unique(groups)))
        if folds > 1:
            for kept, left in GroupKFold(folds).split(rows, groups=groups):
                weights[rows[left]] = self._fit_weights(answers[kept], truth[kept])
        mixed: np.ndarray | float = 0.0
        for name, weight in zip(self._members_of(target), weights[reading.places].T, strict=True):
            own = self._members[name]._combine(target, reading.mean)
            weight = weight.reshape(-1, *[1] * (own.ndim - 1))
            mixed = mixed + np.where(weight > 0, weight * own, 0.0)
        return np.asarray(mixed)

    def _weights_of(self, target: Hashable, known: frozenset) -> np.ndarray:
        """Return the weights of the members for one target, where these labels are known."""
        if (target, known) not in self._weights:
            self._weights[target, known] = self._weigh(target, known)
        return self._weights[target, known]

    def _weigh(self, target: Hashable, known: frozenset) -> np.ndarray:
        members = self._members_of(target)
        if np.isinf(self.pull):  # nothing is learned, so no row is asked
            return np.full(len(members), 1 / len(members))
        return self._fit_weights(*self._learn_from(target, known)[1:])

    def _fit_weights(self, answers: np.ndarray, truth: np.ndarray) -> np.ndarray:
        """Return the weights from what the members answer to rows, (n_rows, n_members, ...)."""
        predictions = np.moveaxis(answers, 1, -1).reshape(-1, answers.shape[1])
        return stacking_weights(predictions, truth.ravel(), len(truth), self.pull)

    def _learn_from(
        self, target: Hashable, known: frozenset
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return rows with a label, what the members answer to them out of bag, and the labels."""
        members = self._members_of(target).values()
        labels, related = self._stages.labels, [self._stages.labels.of(task) for task in known]
        drawn = self._stages.usable & self._stages.bags.any(axis=0)
        usable = drawn & ~np.isnan(labels.of(target))
        if related:
            usable &= ~np.isnan(related).all(axis=0)
            if usable.sum() < FEW:
                return self._learn_from(target, frozenset())
        rows = np.flatnonzero(usable)
        read = OutOfBagReading(self._stages, rows, known).mean
        answers = np.array([member._combine(target, read) for member in members])
        truth = self._stages.one_hot(target, labels.of(target))[rows]
        whole = np.isfinite(answers).reshape(len(answers), len(truth), -1).all(axis=(0, 2))
        return rows[whole], np.moveaxis(answers, 0, 1)[whole], truth[whole]


def stacking_weights(F: np.ndarray, y: np.ndarray, n: int, pull: float) -> np.ndarray:
    """Return the weights of a convex combination of predictions.

    Parameters
    ----------
    F : numpy.ndarray, shape (n_values, n_members)
        What each member predicts of the values.
    y : numpy.ndarray, shape (n_values,)
        The values: labels, or 0 and 1 for each row and class.
    n : int
        The number of rows.
    pull : float
        How many rows draw the weights to equal ones.

    Returns
    -------
    numpy.ndarray, shape (n_members,)
        Not negative, of sum one.
    """
    k = F.shape[1]
    equal = np.full(k, 1 / k)
    if len(y) == 0 or np.isinf(pull):
        return equal
    variance = np.mean((y - y.mean()) ** 2) * len(y) / max(n, 1)
    if variance == 0:
        return equal
    errors = (F - y[:, None]) / np.sqrt(variance)  # with sum one, y - F w = -errors w
    curvature = errors.T @ errors + max(pull, 1e-9) * np.eye(k)  # perfect members have none
    best, lowest = equal, np.inf
    for size in range(1, k + 1):  # the few members make 2^k - 1 supports: exact, and no iteration
        for support in itertools.combinations(range(k), size):
            weights = np.zeros(k)
            solved = np.linalg.lstsq(curvature[np.ix_(support, support)], np.ones(size))[0]
            weights[list(support)] = solved / solved.sum()  # the linear term is that of sum w = 1
            loss = weights @ curvature @ weights
            if weights.min() >= 0 and loss < lowest:
                best, lowest = weights, loss
    return best
