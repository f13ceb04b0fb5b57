"""The arrays in which trees are grown. numpy makes them: to compile that would take two seconds."""

from typing import NamedTuple

import numpy as np

from tlhelpers.forests._engine.nodes import N_BINS, Tree

FEATURES = 4  # searched together in a node of many labels


class Search(NamedTuple):
    """What `find_split` works in. The zeros are zeros again when it returns."""

    rng: np.ndarray
    seen: np.ndarray  # zeros: a bit for each bin that holds labels
    held: np.ndarray  # 1 for each such bin
    occupied: np.ndarray  # these bins, in order
    rows: np.ndarray  # zeros: the rows in each bin
    score: np.ndarray  # of each cut
    sums: np.ndarray  # what it is made of
    features: np.ndarray  # in the order in which they are drawn
    batch: np.ndarray  # those that are searched together


class Workspace(NamedTuple):
    """What one tree after the other is grown in."""

    held: np.ndarray  # the place, and the z-score, of the labels that the bag holds
    z: np.ndarray
    held_edges: np.ndarray  # of these labels by channel
    place: np.ndarray  # of labels that go right, as in `Labels`
    value: np.ndarray
    goes_left: np.ndarray  # by label
    edges: np.ndarray  # by node and channel
    ends: np.ndarray  # by node: the last bin to the left, the first to the right
    kept: np.ndarray  # by node and task: the kept score
    waiting: np.ndarray  # nodes to be described: number, first label, depth
    constant: np.ndarray  # by depth and feature: whether the node knows that it is constant
    search: Search


def make_workspace(
    n_nodes: int, n_labels: int, n_features: int, n_channels: int, n_tasks: int
) -> Workspace:
    """Make room for trees of at most so many nodes each, labels, features, channels and tasks."""
    search = Search(
        np.empty(1, np.uint64),
        np.zeros(N_BINS // 8, np.uint8),
        np.empty(N_BINS, np.uint8),
        np.empty(N_BINS, np.uint64),
        np.zeros(N_BINS, np.int64),
        np.empty(N_BINS),
        np.empty((3, N_BINS)),
        np.empty(n_features, np.int64),
        np.empty(FEATURES, np.uint64),
    )
    return Workspace(
        np.empty(n_labels, np.int64),
        np.empty(n_labels),
        np.empty(n_channels + 1, np.int64),
        np.empty(n_labels, np.int64),
        np.empty(n_labels),
        np.empty(n_labels, np.uint64),
        np.empty((n_nodes, n_channels + 1), np.int64),
        np.empty((n_nodes, 2), np.uint64),
        np.empty((n_nodes, n_tasks)),
        np.empty((n_nodes + 1, 3), np.int64),
        np.empty((n_nodes + 2, n_features), np.uint8),
        search,
    )


def make_pairs(n_labels: int, n_channels: int, kind: np.dtype) -> tuple[np.ndarray, ...]:
    """Make room for pairs: by label, sums by channel, zeros by (channel, bin), and by label."""
    sizes = n_labels, n_channels, FEATURES * n_channels * N_BINS, n_labels
    return tuple(np.zeros(size, kind) for size in sizes)


def make_trees(n_nodes: int, n_channels: int) -> Tree:
    """Make room for trees of so many nodes in all, without values."""
    return Tree(
        np.empty(n_nodes, np.uint32),
        np.empty(n_nodes),
        np.empty(n_nodes, np.uint32),
        np.zeros((n_nodes, n_channels)),
    )
