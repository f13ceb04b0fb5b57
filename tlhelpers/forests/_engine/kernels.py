"""The compiled growth of a tree of the multi-task forest."""

import numpy as np

from tlhelpers.forests._engine.nodes import (
    N_BINS,
    OPEN,
    SETTLED,
    Labels,
    Tree,
    inner,
    kernel,
    moment_of,
    weight_of,
)
from tlhelpers.forests._engine.search import FEATURES, find_split


@inner
def _slice(labels, start, end):
    """Return some of the labels, as a view."""
    return Labels(labels.place[start:end], labels.pair[start:end], labels.value[start:end])


@kernel
def _describe(i, labels, edges, tasks, bits, min_samples_leaf, total, state, kept, value):
    """Write state and kept score of node i by task, sum of pairs and value by channel.

    Say whether the node should be split: whether an open task has a voice. The kept score is the
    part of sum(w y^2) that is not impurity: moment^2 / weight.
    """
    is_heard = False
    for t in range(tasks.voice.size):
        start, stop = tasks.start[t], tasks.start[t + 1]
        n = edges[stop] - edges[start]
        if n == 0:
            continue
        weight, n_values = 0.0, 0
        for c in range(start, stop):
            total[c] = 0
            mean, own = 0.0, 0.0
            for j in range(edges[c], edges[c + 1]):
                total[c] += labels.pair[j]
                w = weight_of(labels.pair[j], bits)
                mean += w * labels.value[j]
                own += w
            weight += own
            value[i, c] = own
            if edges[c] < edges[c + 1]:
                n_values += 1
                if stop == start + 1:
                    value[i, c] = mean / own
                    n_values += labels.value[edges[c]] < labels.value[edges[c + 1] - 1]
        for c in range(start, stop):
            moment = moment_of(total[c], bits)
            kept[i, t] += moment * moment / weight
            if stop > start + 1:
                value[i, c] /= weight
        state[i, t] = OPEN if n > min_samples_leaf and n_values > 1 else SETTLED
        is_heard |= state[i, t] == OPEN and tasks.voice[t] > 0
    return is_heard


@inner
def _count_rows(labels, edges, tasks, n_features):
    """Return the number of rows."""
    if tasks.voice.size == 1:
        return labels.place.size
    n = 0
    for c in range(edges.size - 1):
        for j in range(edges[c], edges[c + 1]):
            n += tasks.first[labels.place[j] // n_features] == c
    return n


@inner
def _part(column, goes_left, spare):
    """Move the labels that go left before the others."""
    n_left, n_right = np.uint64(0), np.uint64(0)
    for j in range(np.uint64(column.size)):
        column[n_left] = spare[n_right] = column[j]
        n_left += goes_left[j]
        n_right += np.uint64(1) - goes_left[j]
    for j in range(n_right):
        column[n_left + j] = spare[j]


@kernel
def _partition(bins, f, last, labels, edges, left_edges, right_edges, goes_left, spare):
    """Move the labels up to bin `last` of feature f before the others; write the edges of both."""
    n_left = 0
    for c in range(edges.size - 1):
        for j in range(edges[c], edges[c + 1]):
            goes_left[j] = bins[np.uint64(labels.place[j]) + np.uint64(f)] <= last
            n_left += goes_left[j]
        left_edges[c + 1], right_edges[c + 1] = n_left, edges[c + 1] - n_left
    _part(labels.place, goes_left, spare.place)
    _part(labels.pair, goes_left, spare.pair)
    _part(labels.value, goes_left, spare.value)
    return n_left


@kernel
def grow_tree(bins, n_bins, lowest, highest, place, pair, z, edges, tasks, setting, capacity, seed):
    """Grow one tree; return it, the state of each (node, task), and importances.

    The importance of a (feature, task) is what splits on it added to the kept scores. The setting
    is (max_features, min_samples_leaf, max_depth, bits of a weight). Channel c of the root has the
    labels `edges[c]` to `edges[c + 1] - 1`. Reorders the labels. They come as arrays, not
    as `Labels`: of tuples that differ in the type of one array, numba 0.60 mistakes the types.
    """
    labels = Labels(place, pair, z)
    _, min_samples_leaf, max_depth, bits = setting
    n_features, n_channels, n_tasks = lowest.shape[0], edges.size - 1, tasks.voice.size
    feature, child = np.zeros(capacity, np.uint32), np.arange(capacity).astype(np.uint32)
    threshold, value = np.full(capacity, np.inf), np.zeros((capacity, n_channels))
    state, kept = np.zeros((capacity, n_tasks), np.int8), np.zeros((capacity, n_tasks))
    rng, n_labels = np.zeros(1, np.uint64), labels.place.size
    total, goes_left = np.zeros(n_channels, labels.pair.dtype), np.empty(n_labels, np.uint64)
    spare = Labels(
        np.empty(n_labels, np.int64), np.empty(n_labels, total.dtype), np.empty(n_labels)
    )
    constants = np.empty((capacity + 2) * n_features, np.uint8)  # what a node knows, by its depth
    constants[:n_features] = 0
    work = (  # of `find_split`, which leaves the zeros as zeros
        np.zeros(FEATURES * n_channels * N_BINS, total.dtype),  # sums of pairs by (channel, bin)
        np.zeros(N_BINS // 8, np.uint8),  # a bit for each bin that holds labels
        np.empty(N_BINS, np.uint8),  # 1 for each such bin
        np.empty(N_BINS, np.uint64),  # these bins, in order
        np.zeros(N_BINS, np.int64),  # the rows in each bin
        np.empty(N_BINS),  # the score of each cut
        np.empty((3, N_BINS)),  # what it is made of
        np.empty(n_features, np.int64),  # in the order in which they are drawn
        np.empty(FEATURES, np.uint64),  # those that are searched together
    )
    ends = np.empty((capacity, 2), np.uint64)  # the last bin to the left, the first to the right
    every_edge = np.zeros((capacity, n_channels + 1), np.int64)
    for c in range(n_channels + 1):
        every_edge[0, c] = edges[c]
    stack, n_nodes = [(0, 0, 0)], 1  # node, its first label, depth
    while len(stack) > 0:
        i, start, depth = stack.pop()
        edges = every_edge[i]
        own = _slice(labels, start, start + edges[n_channels])
        about = min_samples_leaf, total, state, kept, value
        is_heard = _describe(i, own, edges, tasks, bits, *about)
        n_rows = _count_rows(own, edges, tasks, n_features) if min_samples_leaf > 1 else 2
        if not is_heard or depth >= max_depth or n_rows < 2 * min_samples_leaf:
            continue
        rng[0] = seed ^ (np.uint64(i) << np.uint64(32))
        here = constants[n_features * (depth + 1) : n_features * (depth + 2)]
        for f in range(n_features):
            here[f] = constants[n_features * depth + f]
        about = own, edges, n_rows, tasks, state[i], total
        f, last, first = find_split(bins, n_bins, *about, setting, rng, (*work, here))
        if f < 0:
            continue
        both = every_edge[n_nodes], every_edge[n_nodes + 1]
        middle = start + _partition(bins, f, last, own, edges, *both, goes_left, spare)
        ends[i, 0], ends[i, 1] = last, first
        feature[i], child[i] = f, n_nodes
        stack.append((n_nodes + 1, middle, depth + 1))
        stack.append((n_nodes, start, depth + 1))
        n_nodes += 2
    importance = np.zeros((n_features, n_tasks))
    for i in range(n_nodes):
        if child[i] != i:
            low, high = highest[feature[i], ends[i, 0]], lowest[feature[i], ends[i, 1]]
            midway = low / 2 + high / 2
            threshold[i] = midway if low <= midway < high else low  # of neighbouring floats
        for t in range(n_tasks):
            if child[i] != i and state[i, t] == OPEN:
                importance[feature[i], t] += kept[child[i], t] + kept[child[i] + 1, t] - kept[i, t]
    tree = Tree(feature[:n_nodes], threshold[:n_nodes], child[:n_nodes], value[:n_nodes])
    return tree, state[:n_nodes], importance
