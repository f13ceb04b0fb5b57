"""The multi-task forest: one set of trees for several tasks, whose tables may have holes."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from tlhelpers.forests.base import TransferForest, shares
from tlhelpers.forests.plan import Answers, Stage


@dataclass(eq=False, repr=False)
class MultiTaskForest(TransferForest):
    """Predict all tasks from one set of trees, so that a split serves them all.

    A split lowers the summed impurity of all tasks; a missing label adds nothing. Where a task has
    no more labels to split, it stops; where only one child holds labels of the task, it follows
    that child. Regression and classification tasks may be mixed. Related labels help at
    training time only: to use labels known for new rows, put those rows into `fit`.

    Parameters
    ----------
    target : task name, list of them, or None
        What `predict` returns; None for every task. All columns of `Y` shape the trees.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers it from the labels: numbers are regression, anything else classification.
    n_estimators : int
        The number of trees. For `return_std`, begin with twenty or thirty a row.
    max_features : float, int or None
        How many features a node may choose from: a fraction, a number, or all.
    min_samples_leaf : int
        The least number of rows in a leaf.
    max_depth : int or None
        The most splits from the root to a leaf.
    random_state : int, RandomState or None
        The seed of bags and splits; the result does not depend on `n_jobs`.
    n_jobs : int or None
        Threads over trees, as in joblib.
    task_weights : mapping of {task: weight} or None
        The weight of a task's impurity, 1 where not given. A task with more labels weighs more by
        itself; a larger weight can balance that.

    Attributes
    ----------
    inbag_counts_ : numpy.ndarray, shape (n_estimators, n_train)
        How often each bag holds each training row.
    feature_importances_ : numpy.ndarray, shape (n_features,)
        The share of each feature in the impurity that the splits took away, over all tasks.
    targets_, related_ : list
        The tasks that are predicted, and those that only help.
    classes_ : numpy.ndarray, or {target: numpy.ndarray or None}
        Only with a classification target.

    Notes
    -----
    The tree follows the multi-task tree of lolo (M. Hutchinson, Citrine Informatics), the
    library behind arXiv:1711.05099.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tlhelpers import MultiTaskForest
    >>> X = np.linspace(0, 1, 40).reshape(-1, 1)
    >>> Y = pd.DataFrame({"a": X[:, 0], "b": 2 * X[:, 0]})
    >>> Y.loc[1::2, "b"] = np.nan
    >>> forest = MultiTaskForest("b", random_state=0).fit(X, Y)
    >>> bool(abs(forest.predict([[0.5]])[0] - 1.0) < 0.1)
    True
    """

    task_weights: Mapping[Hashable, float] | None = field(default=None, kw_only=True)

    def shared_splits(self) -> pd.DataFrame:
        """Return which features split for which task.

        Returns
        -------
        pandas.DataFrame, shape (n_features, n_tasks)
            The share of each feature (rows) in the impurity of each task (columns) that the
            splits took away; a column sums to one, or to zero where no split served the task.
            Features high in several columns carry the splits that those tasks share.
        """
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", np.arange(self.n_features_in_))
        taken = self._stages[self._stage].engine.importances
        return pd.DataFrame(shares(taken), names, self._stage.tasks)

    def _relate(self, names: list) -> list:
        related = [task for task in names if task not in self.targets_]
        if self.task_weights is not None:
            self._check_weights([*self.targets_, *related])
        return related

    def _check_weights(self, tasks: list) -> None:
        if not isinstance(self.task_weights, Mapping):
            raise TypeError(f"task_weights must map tasks to weights, got {self.task_weights!r}")
        for task, weight in self.task_weights.items():
            if task not in tasks:
                raise ValueError(f"task_weights names {task!r}; the tasks are {tasks}")
            if not (np.isreal(weight) and 1e-100 <= weight <= 1e100):
                raise ValueError(
                    f"task_weights[{task!r}] must be from 1e-100 to 1e100, got {weight}"
                )

    def _plan(self, classes: dict) -> list[Stage]:
        tasks, given = (*self.targets_, *self.related_), self.task_weights or {}
        weights = tuple(float(given.get(task, 1.0)) for task in tasks) if given else None
        self._stage = Stage(tasks, task_weights=weights)
        return [self._stage]

    def _combine(self, target: Hashable, read: Answers) -> np.ndarray:
        return read(self._stage, target)
