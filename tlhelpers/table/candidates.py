"""Which models a table allows: the baseline, every architecture that applies, rivals."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tlhelpers.forests import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
)
from tlhelpers.forests.labels import REGRESSION, find_task_types
from tlhelpers.table.relations import same_unit

BASELINE, STACK, EQUAL, PICKED = "single-task", "stack", "equal weights", "picked"


def find_candidates(
    Y: pd.DataFrame,
    target: Hashable,
    rivals: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return the models that apply to a table of labels.

    Parameters
    ----------
    Y : pandas.DataFrame, shape (n_samples, n_tasks)
        Labels with holes; every column but the target is a related label.
    target : task name
    rivals : mapping of names to scikit-learn estimators, optional
    **options
        Of the forests, such as ``n_estimators``.

    Returns
    -------
    dict of {name: unfitted estimator}
        The baseline first; after the architectures the stack, and "equal weights", the plain mean
        of the stack's members; rivals last. Of two with one error the first is chosen: the stack
        comes before its mean. A difference with slope one stands for each related label that is
        judged to be in the unit of the target (`same_unit`), as "difference", or "difference
        (label)" if there are several.

    Raises
    ------
    ValueError, TypeError
        A rival with the name of another model, or rivals that are no mapping.
    """
    related = [task for task in Y.columns if task != target]
    kinds = find_task_types(Y, None, [target, *related])
    found: dict[str, Any] = {BASELINE: SingleTaskForest(target, **options)}
    numbers = [task for task in related if kinds[task] == REGRESSION]
    if kinds[target] == REGRESSION and numbers:
        bases = [task for task in numbers if same_unit(Y[target], Y[task])]
        for base in bases:
            name = "difference" if len(bases) == 1 else f"difference ({base})"
            found[name] = DifferenceForest(target, base, **options)
        learned: dict = {"slope": "learned", "base_as_feature": True}
        found["learned slope"] = DifferenceForest(target, numbers, **learned, **options)
    if related:
        found["latent variable"] = LatentVariableForest(target, related, **options)
        found["multi-task"] = MultiTaskForest(target, **options)
        found[STACK] = StackedForest(target, related, **options)
        found[EQUAL] = StackedForest(target, related, pull=np.inf, **options)
    if rivals is not None and not isinstance(rivals, Mapping):
        raise TypeError(f"rivals must map names to estimators, got {type(rivals).__name__}")
    for name, model in (rivals or {}).items():
        if name in found or name == PICKED:
            raise ValueError(f"a rival cannot be called {name!r}, which is a model of the table")
        found[str(name)] = model
    return found
