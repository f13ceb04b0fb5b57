"""The compiled growth of a tree of the multi-task forest."""

import numpy as np

from tlhelpers.forests._engine.nodes import (
    OPEN,
    SETTLED,
    Labels,
    Tree,
    inner,
    kernel,
    moment_of,
    weight_of,
)
from tlhelpers.forests._engine.search import find_split


@inner
def _slice(labels, start, end):
    """Return some of the labels, as a view."""
    return Labels(labels.place[start:end], labels.pair[start:end], labels.value[start:end])


@inner
def _describe(i, labels, edges, tasks, bits, min_samples_leaf, total, state, kept, value):
    """Write state and kept score of node i by task, sum of pairs and value by channel.

    Say whether the node should be split: whether an open task has a voice. The kept score is the
    part of sum(w y^2) that is not impurity: moment^2 / weight.
    """
    is_heard = False
    for t in range(tasks.voice.size):
        kept[i, t] = 0
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


@inner
def _partition(bins, f, last, labels, edges, left_edges, right_edges, goes_left, spare):
    """Move the labels up to bin `last` of feature f before the others; write the edges of both."""
    n_left = left_edges[0] = right_edges[0] = 0
    for c in range(edges.size - 1):
        for j in range(edges[c], edges[c + 1]):
            goes_left[j] = bins[np.uint64(labels.place[j]) + np.uint64(f)] <= last
            n_left += goes_left[j]
        left_edges[c + 1], right_edges[c + 1] = n_left, edges[c + 1] - n_left
    _part(labels.place, goes_left, spare.place)
    _part(labels.pair, goes_left, spare.pair)
    _part(labels.value, goes_left, spare.value)
    return n_left


@inner
def _hold(bag, row, given, edges, held, held_edges):
    """Write the labels that a bag holds, weighted by its counts; return their number."""
    n = held_edges[0] = 0
    for c in range(edges.size - 1):
        for j in range(edges[c], edges[c + 1]):
            count = bag[row[j]]
            if count > 0:
                held.place[n], held.value[n] = given.place[j], given.value[j]
                held.pair[n] = given.pair[j] * count
                n += 1
        held_edges[c + 1] = n
    return n


@kernel
def grow_trees(
    table, row, place, z, edges, tasks, voices, setting, bags, seeds, trees, states, importance,
    roots, work, *pairs
):  # fmt: skip
    """Grow a tree on each bag, one after the other; return the number of nodes of all.

    The table holds (bins, n_bins, lowest, highest); the setting (max_features, min_samples_leaf,
    max_depth, bits of a weight). Channel c has the labels `edges[c]` to `edges[c + 1] - 1`, and
    `voices` those of `Tasks`, tree by tree. Written to are the trees, of which each starts at its
    root, the state (zeros) of each (node, task), and for each tree the importance (zeros) of each
    (feature, task): what splits on it added to the kept scores. Labels and pairs come as arrays:
    of tuples that differ in the type of one array, numba 0.60 mistakes the types.
    """
    given, spare_pair, total, histogram, held_pair = pairs
    n_nodes = 0
    for b in range(seeds.size):
        held = Labels(work.held, held_pair, work.z)
        n = _hold(bags[b], row, Labels(place, given, z), edges, held, work.held_edges)
        own = _slice(held, 0, n)
        for t in range(tasks.voice.size):
            tasks.voice[t] = voices[b, t]
        tree = Tree(
            trees.feature[n_nodes:], trees.threshold[n_nodes:], trees.child[n_nodes:],
            trees.value[n_nodes:],
        )  # fmt: skip
        room = tree, states[n_nodes:], importance[b], work, spare_pair, total, histogram
        size = _grow(table, own, work.held_edges, tasks, setting, seeds[b], *room)
        for i in range(size):
            tree.child[i] += n_nodes
        roots[b] = n_nodes
        n_nodes += size
    return n_nodes


@inner
def _new_leaf(tree, i):
    tree.feature[i], tree.threshold[i], tree.child[i] = 0, np.inf, i


@inner
def _grow(
    table, labels, edges, tasks, setting, seed, tree, state, importance, work, spare_pair, total,
    histogram,
):  # fmt: skip
    """Grow one tree of the labels, which are reordered; return its number of nodes."""
    bins, n_bins, lowest, highest = table
    spare = Labels(work.place, spare_pair, work.value)
    _, min_samples_leaf, max_depth, bits = setting
    n_features, n_channels = lowest.shape[0], edges.size - 1
    constant, waiting = work.constant, work.waiting
    for f in range(n_features):
        constant[0, f] = 0
    for c in range(n_channels + 1):
        work.edges[0, c] = edges[c]
    waiting[0, 0] = waiting[0, 1] = waiting[0, 2] = 0
    n_nodes, n_waiting = 1, 1
    _new_leaf(tree, 0)
    while n_waiting > 0:
        n_waiting -= 1
        i, start, depth = waiting[n_waiting, 0], waiting[n_waiting, 1], waiting[n_waiting, 2]
        edges = work.edges[i]
        own = _slice(labels, start, start + edges[n_channels])
        about = min_samples_leaf, total, state, work.kept, tree.value
        is_heard = _describe(i, own, edges, tasks, bits, *about)
        n_rows = _count_rows(own, edges, tasks, n_features) if min_samples_leaf > 1 else 2
        if not is_heard or depth >= max_depth or n_rows < 2 * min_samples_leaf:
            continue
        work.search.rng[0] = seed ^ (np.uint64(i) << np.uint64(32))
        here = constant[depth + 1]
        for f in range(n_features):
            here[f] = constant[depth, f]
        about = own, edges, n_rows, tasks, state[i], total, setting, histogram, here
        f, last, first = find_split(bins, n_bins, *about, work.search)
        if f < 0:
            continue
        both = work.edges[n_nodes], work.edges[n_nodes + 1]
        middle = start + _partition(bins, f, last, own, edges, *both, work.goes_left, spare)
        work.ends[i, 0], work.ends[i, 1] = last, first
        _new_leaf(tree, n_nodes)
        _new_leaf(tree, n_nodes + 1)
        tree.feature[i], tree.child[i] = f, n_nodes
        for side in range(2):  # the left one is described first
            waiting[n_waiting, 0] = n_nodes + 1 - side
            waiting[n_waiting, 1] = start if side == 1 else middle
            waiting[n_waiting, 2] = depth + 1
            n_waiting += 1
        n_nodes += 2
    for i in range(n_nodes):
        f, left = tree.feature[i], tree.child[i]
        if left == i:
            continue
        low, high = highest[f, work.ends[i, 0]], lowest[f, work.ends[i, 1]]
        midway = low / 2 + high / 2
        tree.threshold[i] = midway if low <= midway < high else low  # of neighbouring floats
        for t in range(state.shape[1]):
            if state[i, t] == OPEN:
                kept = work.kept[left, t] + work.kept[left + 1, t]
                importance[f, t] += kept - work.kept[i, t]
    return n_nodes
