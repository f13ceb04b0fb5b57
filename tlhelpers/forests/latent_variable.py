"""The explicit latent variable: related labels are predicted first, and are then features."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.checks import name_tasks
from tlhelpers.forests.plan import Answers, Stage


@dataclass(eq=False, repr=False)
class LatentVariableForest(TransferForest):
    """Predict related labels first, then use them as features for the target.

    z = g(x), then y = h(x, z); several latents form a chain, each a feature of the next. A
    latent class enters as its probabilities.

    h is trained as it will be asked: for queries whose latents are known on measured labels
    (predictions where there are none), for the others on predictions alone; for queries of which
    some latents are known it is grown when they are first asked. These predictions of g are out of
    bag, never in bag: that would know the label it stands for.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every task that is not a latent.
    latents : task name, list of them, or None
        The related labels, in the order of the chain. None: every other column of `Y`.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers it from the labels: numbers are regression, anything else classification.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.
    fixed_stage : bool
        Whether `return_std` takes the predicted latents as exact.
    warm_start : bool
        Whether a further `fit` keeps each stage whose rows, labels, bags and settings are those of
        the previous one. The result is the same; the trees stay in memory.

    Attributes
    ----------
    latents_ : list
        The latents, in order.
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for all stages.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits of h on features took away; what
        the latents took is left out.

    Notes
    -----
    `predict` serves h(x, z) with z the mean latent. The trees behind `return_std` are
    h_b(x, z) + slope (z_b - z), with the slope of the whole forest h. Their mean is the served
    prediction; their jackknife holds the earlier stages' error and its correlation with that
    of h. (The plainer h_b(x, z_b) gives three quarters of the true variance in the simulation of
    ``experiments/jackknife_truth.py``: a single tree is a step function and hardly moves.)
    """

    uses_known = True
    needs_relation = True

    latents: Hashable | Sequence = None
    fixed_stage: bool = field(default=False, kw_only=True)
    warm_start: bool = field(default=False, kw_only=True)

    def latent(self, X: ArrayLike, known: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the latent variables that the target's forest sees.

        Parameters
        ----------
        X, known
            As in `predict`.

        Returns
        -------
        pandas.DataFrame, shape (n_samples, n_latents)
            A column a latent; of a latent class a column a class, its probability.
        """
        queries = self._check_query(X, known)
        answers = self._ask(queries, self.latents_, combine=lambda t, read: read(self._own[t]))
        features = [values.reshape(len(queries), -1) for values in answers.values()]
        names = []
        for task in self.latents_:
            classes = self._stages.classes_of(task)
            names += [f"P({task}={c})" for c in classes] if len(classes) else [task]
        index = X.index if isinstance(X, pd.DataFrame) else None
        columns = np.column_stack([np.empty((len(queries), 0)), *features])
        return pd.DataFrame(columns, columns=names, index=index)

    def _find_targets(self, names: list) -> list:
        if self.target is not None or self.latents is None:
            return super()._find_targets(names)
        latents = name_tasks("latent", self.latents, names)
        return [task for task in names if task not in latents]

    def _relate(self, names: list) -> list:
        others = [task for task in names if task not in self.targets_]
        if not others and len(names) > 1:
            raise ValueError(
                f"every column of Y is a target {self.targets_} and none is left as a latent: "
                "name the target or the latents"
            )
        latents = others if self.latents is None else name_tasks("latent", self.latents, names)
        for task in latents:
            if task in self.targets_:
                raise ValueError(f"{task!r} is both a target and a latent")
        self.latents_ = latents
        return latents

    def _plan(self, classes: dict) -> list[Stage]:
        self._own: dict[Hashable, Stage] = {}
        for task in [*self.latents_, *self.targets_]:
            reads = tuple(self._own[latent] for latent in self.latents_ if latent in self._own)
            self._own[task] = Stage((task,), reads=reads)
        return list(self._own.values())

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        return read(self._own[target])
