"""Grow a stage once for every model that asks for the same one."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import numpy as np

_KEPT = 64  # engines; those asked for longest ago go first
_TABLES = 16  # tables of features in bins


class StageStore:
    """Grown engines, each under a fingerprint of everything that it was grown from.

    Parameters
    ----------
    size : int
        How many are kept.
    """

    def __init__(self, size: int = _KEPT):
        self.size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, grow: Callable):
        """Return what is kept under the key, grown now if there is nothing."""
        if key not in self._kept:
            self._kept[key] = grow()
        self._kept.move_to_end(key)
        while len(self._kept) > self.size:
            self._kept.popitem(last=False)
        return self._kept[key]

    @cached_property
    def tables(self) -> "StageStore":
        """The features in bins that stages were grown on, each under its fingerprint."""
        return StageStore(_TABLES)

    def __getstate__(self) -> dict:
        return {name: kept for name, kept in self.__dict__.items() if name != "tables"}


def fingerprint(*parts: object) -> bytes:
    """Return a digest of arrays, and of what its representation tells from all else."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(np.ascontiguousarray(part).data)
            part = part.dtype, part.shape, part.strides  # sums depend on the last, by rounding
        digest.update(repr(part).encode())
    return digest.digest()


_SHARED: ContextVar[StageStore | None] = ContextVar("shared", default=None)


@contextmanager
def shared_stages(store: StageStore | None = None) -> Iterator[StageStore]:
    """Within this block and thread, grow equal stages of all forests once.

    Stages are equal if their rows, labels, bags, weights, settings and seed are: what is predicted
    does not depend on the sharing.

    Parameters
    ----------
    store : StageStore, optional
        What an earlier block gave, to go on with. Default: that of the block around, or a new one.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tlhelpers.forests import DifferenceForest, LatentVariableForest, shared_stages
    >>> X = np.linspace(0, 1, 40).reshape(-1, 1)
    >>> Y = pd.DataFrame({"y": X[:, 0] + 1, "z": X[:, 0]})
    >>> with shared_stages():  # the forest of z is grown once
    ...     a = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    ...     b = LatentVariableForest("y", "z", random_state=0).fit(X, Y)
    """
    used = store or _SHARED.get() or StageStore()
    token = _SHARED.set(used)
    try:
        yield used
    finally:
        _SHARED.reset(token)


def current_store() -> StageStore | None:
    """Return the store of the block around, if there is one."""
    return _SHARED.get()
