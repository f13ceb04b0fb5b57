"""The single-task baseline."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from tlhelpers.forests.base import TransferForest
from tlhelpers.forests.plan import Answers, Stage


@dataclass(eq=False, repr=False)
class SingleTaskForest(TransferForest):
    """Predict each target from its own labels alone: the baseline.

    Parameters
    ----------
    target : task name, list of them, or None
        What is predicted; None for every column of `Y`. Several targets get a forest each, on
        shared bags. Other columns of `Y` are not used.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers it from the labels: numbers are regression, anything else classification.
    n_estimators, max_features, min_samples_leaf, max_depth, random_state, n_jobs
        As in `MultiTaskForest`.

    Attributes
    ----------
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row: one matrix for all targets.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits took away.
    """

    def _plan(self, classes: dict) -> list[Stage]:
        return [Stage((target,)) for target in self.targets_]

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        return read(Stage((target,)))
