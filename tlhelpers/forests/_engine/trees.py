"""Grown trees: joined, as a task sees them, applied to queries."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray as Array

from tlhelpers.forests._engine.encoding import FixedPointLabels
from tlhelpers.forests._engine.nodes import NO_LABEL, OPEN, Tree, kernel

_MANY_NODES = 2**20  # trees are joined and viewed together up to so many


def join_trees(trees: Sequence[Tree]) -> tuple[Tree, Array]:
    """Put trees into one, and return where each of them starts."""
    roots = np.cumsum([0] + [tree.child.size for tree in trees[:-1]])
    moved = [t._replace(child=t.child + np.uint32(r)) for t, r in zip(trees, roots, strict=True)]
    return Tree(*map(np.concatenate, zip(*moved, strict=True))), roots


def view_forest(
    grown: list[list], encoded: FixedPointLabels, n_tasks: int
) -> tuple[list[Tree], Array]:
    """Return all trees as each task sees them, and where each tree starts.

    The list of (trees, state, roots) is emptied on the way: memory need not hold a large forest
    both as it was grown and as it is seen.
    """
    parts, starts, n_nodes = [], [], 0
    while grown:
        sizes = np.cumsum([trees.child.size for trees, *_ in grown])
        few = 1 + int(np.searchsorted(sizes, _MANY_NODES))
        trees, states, roots = zip(*grown[:few], strict=True)
        del grown[:few]
        joined, first = join_trees(trees)
        state = np.concatenate(states)
        parts.append([view_trees(joined, state, encoded, t) for t in range(n_tasks)])
        starts += [n_nodes + start + own for start, own in zip(first, roots, strict=True)]
        n_nodes += len(state)
    views = [join_trees([part.pop(0) for part in parts])[0] for _ in range(n_tasks)]
    return views, np.concatenate(starts)


def view_trees(trees: Tree, state: Array, encoded: FixedPointLabels, task: int) -> Tree:
    """Return trees as a task sees them, with its labels for values.

    They stop where a node settles the task, and follow the only child that holds labels of it
    (an infinite threshold sends every query there).
    """
    itself = np.arange(trees.child.size, dtype=np.uint32)
    child = np.where(state[:, task] == OPEN, trees.child, itself)
    left, right = np.minimum([child, child + 1], child.size - 1)
    threshold = np.where(state[left, task] == NO_LABEL, -np.inf, trees.threshold)
    threshold[(child == itself) | (state[right, task] == NO_LABEL)] = np.inf
    value = trees.value[:, slice(*encoded.start[task : task + 2])]
    return Tree(trees.feature, threshold, child, encoded.offset[task] + encoded.unit[task] * value)


@kernel
def apply_trees(trees, roots, x, at, out):
    """Write the value of each query in each tree to `out` (trees, queries, channels).

    Queries walk in lockstep, as many at a time as `at` has places: their memory accesses overlap.
    """
    n_queries, n_features = x.shape
    flat = x.reshape(x.size)
    for b in range(roots.size):
        for first in range(0, n_queries, at.size):
            n = min(at.size, n_queries - first)
            at[:] = roots[b]
            moved = True
            while moved:
                for _ in range(2):  # checked every other step; a leaf leads to itself
                    moved = False
                    row = np.uint64(first * n_features)
                    for q in range(n):
                        i = at[q]
                        goes_right = flat[row + trees.feature[i]] > trees.threshold[i]
                        at[q] = trees.child[i] + np.uint32(goes_right)
                        moved |= at[q] != i
                        row += np.uint64(n_features)
            for q in range(n):
                for c in range(out.shape[2]):
                    out[b, first + q, c] = trees.value[at[q], c]


def mean_over_trees(values: Array) -> Array:
    """Return the mean over axis 0: for a query alone, to the last bit what it is among others."""
    if values.shape[1] == 1:  # else numpy would add up along memory, in another order
        return np.repeat(values, 2, axis=1).mean(axis=0)[:1]
    return values.mean(axis=0)


def mean_over_unseen(values: Array, bags: Array) -> Array:
    """Return the mean over the trees whose bag does not hold the row; NaN if all bags do.

    For a row alone it is, as in `mean_over_trees`, what it is among others.
    """
    if values.shape[1] == 1:
        return mean_over_unseen(np.repeat(values, 2, axis=1), np.repeat(bags, 2, axis=1))[:1]
    unseen = (bags == 0).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.einsum("bm,bm...->m...", unseen / unseen.sum(axis=0), values)
