"""Compiled kernels of the multi-task forest: grow a tree, apply trees.

A *label* is one known value of one task in one row. A node is a slice of one list of labels, so a
missing label costs nothing. Sums are fixed-point integers: exact, whatever the order of the rows.
A regression task has one channel, a classification task one a class. Hot loops use flat arrays;
no kernel uses fastmath (rounding must be the same everywhere) or prange (its pools die in a fork).
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

N_BINS = 256
SMALL = 8  # labels in a node up to which `_best_conceivable` is worth its time
NO_LABEL, OPEN, SETTLED = 0, 1, 2  # what a node holds of a task
# Rows of a label table (6, n_labels): where the row's bins start, channel, weight, weight times
# z-score, rank of the value, 1 at the first label of a row (so that its sum counts rows).
PLACE, CHANNEL, WEIGHT, MOMENT, RANK, FIRST = range(6)
ONE, TWO = np.uint64(1), np.uint64(2)

kernel = njit(nogil=True, cache=True)
inner = njit(nogil=True, cache=True, forceinline=True)  # a call with many arrays costs 30 ns


class Tasks(NamedTuple):
    """Task t owns the channels `start[t]` to `start[t + 1] - 1`; `owner` says it backwards."""

    start: np.ndarray
    owner: np.ndarray
    voice: np.ndarray  # weight of the task's kept score in a split


class Tree(NamedTuple):
    """Nodes. The children of node i are `child[i]` and `child[i] + 1`; a leaf is its own child."""

    feature: np.ndarray
    threshold: np.ndarray  # to the left up to and including it; infinite in a leaf
    child: np.ndarray
    value: np.ndarray  # (nodes, channels): mean label or class frequency


@inner
def _draw(random, n):
    """Draw an integer below n (splitmix64)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    x = (random[0] ^ (random[0] >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(((x >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@inner
def _kept(moment, weight):
    """Return moment^2 / weight: the part of sum(w y^2) that is not impurity (0 without labels)."""
    return float(moment) * float(moment) / max(float(weight), 1.0)


@kernel
def _describe(node, tasks, min_samples_leaf, state, kept, value):
    """Return a node's sums by channel; write state and kept score by task, value by channel."""
    total, count = np.zeros(2 * value.size, np.int64), np.zeros(state.size, np.int64)
    smallest, largest = np.full(state.size, np.inf), np.full(state.size, -np.inf)
    for j in range(node.shape[1]):
        c = node[CHANNEL, j]
        t = tasks.owner[c]
        count[t] += 1
        smallest[t] = min(smallest[t], node[RANK, j])
        largest[t] = max(largest[t], node[RANK, j])
        total[2 * c] += node[WEIGHT, j]
        total[2 * c + 1] += node[MOMENT, j]
    for t in range(state.size):
        if count[t] > 0:
            state[t] = OPEN if count[t] > min_samples_leaf and smallest[t] < largest[t] else SETTLED
            weight = total[2 * tasks.start[t] : 2 * tasks.start[t + 1] : 2].sum()
            for c in range(tasks.start[t], tasks.start[t + 1]):
                value[c] = float(total[2 * c + 1]) / float(weight)
                kept[t] += _kept(total[2 * c + 1], weight)
    return total


@inner
def _fill_histogram(bins, feature, node, width, histogram, seen, occupied):
    """Add up a node's labels by bin of a feature; list the occupied bins, return their number."""
    place, channel, weight, moment = node  # unsigned: an index needs no check for its sign
    for j in range(weight.size):
        b = np.uint64(bins[place[j] + feature])
        slot = b * width + TWO * channel[j]
        histogram[slot] += weight[j]
        histogram[slot + ONE] += moment[j]
        seen[b >> np.uint64(6)] |= ONE << (b & np.uint64(63))
    n_occupied = 0
    for block in range(seen.size):
        bits = seen[block]
        seen[block] = 0
        while bits != 0:  # the lowest bit, a power of two, says which bin
            lowest = bits & (~bits + ONE)
            occupied[n_occupied] = 64 * block + math.frexp(float(lowest))[1] - 1
            n_occupied += 1
            bits ^= lowest
    return n_occupied


@inner
def _add_score(histogram, width, bins, first, stop, total, voice, left, score):
    """Add what each cut keeps of a task: sum_c s_c^2 / w on the left and on the right."""
    w_left, w_right = 0, 0
    for c in range(first, stop):
        left[c] = 0
        w_right += total[2 * c]
    for k in range(score.size):
        kept_left, kept_right = 0.0, 0.0
        for c in range(first, stop):
            slot = bins[k] * width + 2 * c
            w_left += histogram[slot]
            w_right -= histogram[slot]
            left[c] += histogram[slot + 1]
            s_left, s_right = float(left[c]), float(total[2 * c + 1] - left[c])
            kept_left += s_left * s_left
            kept_right += s_right * s_right
        kept_left /= max(float(w_left), 1.0)
        score[k] += voice * (kept_left + kept_right / max(float(w_right), 1.0))


@kernel
def _best_conceivable(node, tasks, state, total):
    """Return a score that no cut exceeds.

    It is that of the best cut of the sorted labels if a small node has one open task, of one
    channel; else it is infinite.
    """
    t = np.argmax(state == OPEN)
    c = tasks.start[t]
    if node.shape[1] > SMALL or (state == OPEN).sum() > 1 or tasks.start[t + 1] > c + 1:
        return np.inf
    best, w_left, s_left = 0.0, 0, 0
    for j in np.argsort(node[RANK]):
        if node[CHANNEL, j] == c:
            w_left += node[WEIGHT, j]
            s_left += node[MOMENT, j]
            right = _kept(total[2 * c + 1] - s_left, total[2 * c] - w_left)
            best = max(best, tasks.voice[t] * (_kept(s_left, w_left) + right))
    return best


@kernel
def _find_split(bins, node, start, tasks, state, total, setting, constant, random):
    """Return (feature, last bin left, first bin right) of the best split; feature -1: none.

    Draws features without replacement: `max_features` of them, and on until a split is found.
    A feature found constant in a node is known to be so in all nodes inside its label interval.
    """
    max_features, min_samples_leaf, _ = setting
    features = np.arange(constant.size // 2)
    end, n_rows, width = start + node.shape[1], node[FIRST].sum(), total.size + 1
    place, is_first = node[PLACE], node[FIRST]
    unsigned = node.view(np.uint64)
    labels = (unsigned[PLACE], unsigned[CHANNEL], node[WEIGHT], node[MOMENT])
    histogram = np.zeros(N_BINS * width, np.int64)  # weight and moment by channel, then rows
    seen, occupied = np.zeros(N_BINS // 64, np.uint64), np.empty(N_BINS, np.int64)
    scores, left = np.zeros(N_BINS), np.empty(tasks.owner.size, np.int64)
    conceivable = _best_conceivable(node, tasks, state, total)
    best, best_score, drawn = (-1, -1, -1), -1.0, 0
    while drawn < features.size and (drawn < max_features or best[0] < 0):
        pick = drawn + _draw(random, features.size - drawn)
        feature = features[pick]
        features[pick], features[drawn] = features[drawn], feature
        drawn += 1
        if constant[2 * feature] <= start and end <= constant[2 * feature + 1]:
            continue
        n_occupied = _fill_histogram(
            bins, np.uint64(feature), labels, np.uint64(width), histogram, seen, occupied
        )
        if n_occupied == 1:
            constant[2 * feature], constant[2 * feature + 1] = start, end
        score = scores[: n_occupied - 1]
        for t in range(state.size):
            if state[t] == OPEN:
                first, stop, voice = tasks.start[t], tasks.start[t + 1], tasks.voice[t]
                _add_score(histogram, width, occupied, first, stop, total, voice, left, score)
        if min_samples_leaf > 1:
            for j in range(place.size):
                histogram[(bins[place[j] + feature] + 1) * width - 1] += is_first[j]
        rows_left = 0
        for k in range(score.size):
            rows_left += histogram[(occupied[k] + 1) * width - 1]
            is_allowed = min(rows_left, n_rows - rows_left) >= min_samples_leaf
            if score[k] > best_score and (is_allowed or min_samples_leaf == 1):
                best, best_score = (feature, occupied[k], occupied[k + 1]), score[k]
            score[k] = 0.0
        for k in range(n_occupied):
            for slot in range(occupied[k] * width, (occupied[k] + 1) * width):
                histogram[slot] = 0
        if best_score >= conceivable:
            break
    return best


@kernel
def grow_tree(bins, lowest, highest, labels, tasks, setting, seed):
    """Grow one tree; return it with the state and kept score of each (node, task).

    The setting is (max_features, min_samples_leaf, max_depth).
    """
    _, min_samples_leaf, max_depth = setting
    capacity = 2 * labels[FIRST].sum() - 1
    feature, child = np.zeros(capacity, np.uint32), np.arange(capacity).astype(np.uint32)
    threshold, value = np.full(capacity, np.inf), np.zeros((capacity, tasks.owner.size))
    state = np.zeros((capacity, tasks.voice.size), np.int8)
    kept = np.zeros(state.shape)
    members = np.arange(labels.shape[1])
    random, constant = np.zeros(1, np.uint64), np.full(2 * lowest.shape[0], -1)
    stack, n_nodes = [(0, 0, members.size, 0)], 1  # node, start and end in `members`, depth
    while len(stack) > 0:
        i, start, end, depth = stack.pop()
        node = labels[:, members[start:end]]
        total = _describe(node, tasks, min_samples_leaf, state[i], kept[i], value[i])
        is_heard = ((state[i] == OPEN) & (tasks.voice > 0)).any()
        if not is_heard or depth >= max_depth or node[FIRST].sum() < 2 * min_samples_leaf:
            continue
        random[0] = seed ^ (np.uint64(i) << np.uint64(32))
        f, last, first = _find_split(
            bins, node, start, tasks, state[i], total, setting, constant, random
        )
        if f < 0:
            continue
        goes_left, inside = bins[node[PLACE] + f] <= last, members[start:end].copy()
        middle = start + goes_left.sum()
        members[start:middle], members[middle:end] = inside[goes_left], inside[~goes_left]
        midway = highest[f, last] / 2 + lowest[f, first] / 2
        is_between = highest[f, last] <= midway < lowest[f, first]  # not so for neighbouring floats
        threshold[i] = midway if is_between else highest[f, last]
        feature[i], child[i] = f, n_nodes
        stack.append((n_nodes + 1, middle, end, depth + 1))
        stack.append((n_nodes, start, middle, depth + 1))
        n_nodes += 2
    tree = Tree(feature[:n_nodes], threshold[:n_nodes], child[:n_nodes], value[:n_nodes])
    return tree, state[:n_nodes], kept[:n_nodes]


@kernel
def apply_trees(trees, roots, x, out):
    """Write the value of each query in each tree to `out` (trees, queries, channels).

    Queries walk in lockstep, several at a time: their memory accesses overlap.
    """
    n_queries, n_features = x.shape
    flat, at = x.ravel(), np.zeros(16, np.uint32)
    for b in range(roots.size):
        for first in range(0, n_queries, at.size):
            n = min(at.size, n_queries - first)
            at[:] = roots[b]
            moved = True
            while moved:
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
