"""The compiled growth of a tree of the multi-task forest.

A *label* is one known value of one task in one row. A node is a slice of one list of labels, so a
missing label costs nothing. Sums are fixed-point integers: exact, whatever the order of the rows.
A regression task has one channel, a classification task one a class. Hot loops use flat arrays and
unsigned indices (no check for their sign); no kernel uses fastmath (rounding must be the same
everywhere) or prange (its pools die in a fork).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numba.cpython.unsafe.numbers import trailing_zeros

N_BINS = 256
FEATURES = 4  # searched together in nodes with more labels than that
SMALL = 16  # labels in a node up to which `_best_conceivable` is worth its time
NO_LABEL, OPEN, SETTLED = 0, 1, 2  # what a node holds of a task
ONE, TWO, THREE, EIGHT, BINS = map(np.uint64, (1, 2, 3, 8, N_BINS))

kernel = njit(nogil=True, cache=True, error_model="numpy")
inner = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)  # a call costs 30 ns


class Labels(NamedTuple):
    """Labels sorted by value; in each node they still are."""

    place: np.ndarray  # where the row's bins start
    channel: np.ndarray
    weight: np.ndarray
    moment: np.ndarray  # weight times z-score; of a class, the weight
    rank: np.ndarray  # of the value
    is_first: np.ndarray  # 1 at one label of each row, so that its sum counts rows


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
    value: np.ndarray  # (nodes, channels): mean z-score (for a task: label) or class frequency


@inner
def _slice(labels, start, end):
    """Return some of the labels, as a view."""
    (place, channel, weight, moment, rank, first), at = labels, slice(start, end)
    return Labels(place[at], channel[at], weight[at], moment[at], rank[at], first[at])


@inner
def _draw(rng, n):
    """Draw an integer below n (splitmix64)."""
    rng[0] += np.uint64(0x9E3779B97F4A7C15)
    x = (rng[0] ^ (rng[0] >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(((x >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@inner
def _kept(moment, weight):
    """Return moment^2 / weight: the part of sum(w y^2) that is not impurity (0 without labels)."""
    return float(moment) * float(moment) / max(float(weight), 1.0)


@kernel
def _add_up(labels, tasks, total, extent):
    """Write weight, moment by channel; labels, lowest, highest rank by task; return the rows."""
    total[:], extent[:], n_rows = 0, 0, 0
    for j in range(labels.place.size):
        c = labels.channel[j]
        total[2 * c] += labels.weight[j]
        total[2 * c + 1] += labels.moment[j]
        t, rank = 3 * tasks.owner[c], labels.rank[j]
        extent[t + 1] = rank if extent[t] == 0 else extent[t + 1]
        extent[t + 2] = rank
        extent[t] += 1
        n_rows += labels.is_first[j]
    return n_rows


@kernel
def _describe(i, tasks, total, extent, min_samples_leaf, state, kept, value):
    """Write state and kept score of node i by task, value by channel; say if it should split."""
    is_heard = False  # an open task with a voice
    for t in range(tasks.voice.size):
        n, lowest, highest = extent[3 * t], extent[3 * t + 1], extent[3 * t + 2]
        if n > 0:
            state[i, t] = OPEN if n > min_samples_leaf and lowest < highest else SETTLED
            is_heard |= state[i, t] == OPEN and tasks.voice[t] > 0
            weight = 0
            for c in range(tasks.start[t], tasks.start[t + 1]):
                weight += total[2 * c]
            for c in range(tasks.start[t], tasks.start[t + 1]):
                value[i, c] = float(total[2 * c + 1]) / float(weight)
                kept[i, t] += _kept(total[2 * c + 1], weight)
    return is_heard


@inner
def _varies(bins, f, labels):
    """Say whether a node's labels lie in several bins of feature f."""
    for j in range(labels.place.size):
        if bins[np.uint64(labels.place[j]) + f] != bins[np.uint64(labels.place[0]) + f]:
            return True
    return False


@inner
def _add(b, slot, first, weight, moment, histogram, seen):
    """Add a label to bin b, and mark the bin as seen."""
    histogram[slot + TWO * b] += weight
    histogram[slot + TWO * b + ONE] += moment
    seen[first + b // EIGHT] |= ONE << (b % EIGHT)


@inner
def _fill_histogram(bins, f, number, labels, histogram, seen):
    """Add up a node's labels by bin of feature f, in one of the histograms."""
    base, first = number * np.uint64(histogram.size // FEATURES), number * np.uint64(N_BINS // 8)
    for j in range(labels.place.size):
        b = np.uint64(bins[np.uint64(labels.place[j]) + f])
        slot = base + TWO * np.uint64(labels.channel[j]) * BINS
        _add(b, slot, first, labels.weight[j], labels.moment[j], histogram, seen)


@inner
def _fill_four(bins, features, labels, histogram, seen):
    """Do the same for four features: a label is read once, and their bins lie close together."""
    size, wide = np.uint64(histogram.size // FEATURES), np.uint64(N_BINS // 8)
    f0, f1, f2, f3 = features[0], features[1], features[2], features[3]
    for j in range(labels.place.size):
        i, w, m = np.uint64(labels.place[j]), labels.weight[j], labels.moment[j]
        slot = TWO * np.uint64(labels.channel[j]) * BINS
        _add(np.uint64(bins[i + f0]), slot, np.uint64(0), w, m, histogram, seen)
        _add(np.uint64(bins[i + f1]), slot + size, wide, w, m, histogram, seen)
        _add(np.uint64(bins[i + f2]), slot + TWO * size, TWO * wide, w, m, histogram, seen)
        _add(np.uint64(bins[i + f3]), slot + THREE * size, THREE * wide, w, m, histogram, seen)


@inner
def _list_occupied(seen, first, occupied):
    """Write the bins that were seen, in order; return their number."""
    n = 0
    for block in range(N_BINS // 64):
        bits = seen[first + block]
        seen[first + block] = 0
        while bits != 0:
            occupied[n] = np.uint64(64 * block) + trailing_zeros(bits)
            bits &= bits - ONE
            n += 1
    return n


@inner
def _add_score(histogram, base, occupied, n_cuts, start, stop, total, voice, left, score):
    """Add what a cut behind each bin keeps of a task: sum_c s_c^2 / w on the left and right."""
    w_left, w_right = 0, 0
    for c in range(start, stop):
        left[c] = 0
        w_right += total[2 * c]
    for k in range(n_cuts):
        kept_left, kept_right = 0.0, 0.0
        for c in range(start, stop):
            slot = base + TWO * (np.uint64(c) * BINS + occupied[k])
            w_left += histogram[slot]
            w_right -= histogram[slot]
            left[c] += histogram[slot + ONE]
            s_left, s_right = float(left[c]), float(total[2 * c + 1] - left[c])
            kept_left += s_left * s_left
            kept_right += s_right * s_right
        kept_left /= max(float(w_left), 1.0)
        score[k] += voice * (kept_left + kept_right / max(float(w_right), 1.0))


@inner
def _exclude_small_leaves(bins, f, labels, n_rows, least, occupied, n_cuts, rows, score):
    """Set the score of a cut that leaves fewer than `least` rows on a side to -1."""
    n_left = 0
    for j in range(labels.place.size):
        rows[bins[np.uint64(labels.place[j]) + f]] += labels.is_first[j]
    for k in range(n_cuts + 1):
        n_left += rows[occupied[k]]
        rows[occupied[k]] = 0
        if min(n_left, n_rows - n_left) < least:
            score[k] = -1.0


@inner
def _best_conceivable(labels, tasks, state, total):
    """Return a score that no cut exceeds: every open task at the best cut of its sorted labels.

    It is infinite in a large node, or where an open task has several channels.
    """
    if labels.place.size > SMALL:
        return np.inf
    score = 0.0
    for t in range(state.size):
        if state[t] == OPEN:
            c, best, w_left, s_left = tasks.start[t], 0.0, 0, 0
            if tasks.start[t + 1] > c + 1:
                return np.inf
            for j in range(labels.place.size):
                if labels.channel[j] == c:
                    w_left += labels.weight[j]
                    s_left += labels.moment[j]
                    right = _kept(total[2 * c + 1] - s_left, total[2 * c] - w_left)
                    best = max(best, tasks.voice[t] * (_kept(s_left, w_left) + right))
            score += best
    return score


@inner
def _find_split(bins, labels, n_rows, tasks, state, total, setting, rng, constant, work):
    """Return (feature, last bin left, first bin right) of the best split; feature -1: none.

    Draws features without replacement: `max_features` of them, and on until a split is found. Stops
    at a split that none can exceed.
    """
    max_features, least, _ = setting
    histogram, seen, occupied, rows, score, left, features, batch = work
    features[:] = np.arange(features.size)
    words = seen.view(np.uint64)  # written by the byte (no wait for the bit before), read by eight
    conceivable = _best_conceivable(labels, tasks, state, total)
    best, best_score, drawn = (-1, np.uint64(0), np.uint64(0)), -1.0, 0
    size, is_large = np.uint64(histogram.size // FEATURES), labels.place.size > SMALL
    wanted = min(max_features, features.size)
    while drawn < features.size and (drawn < wanted or best[0] < 0):
        limit = wanted if drawn < wanted else features.size
        n_batch, most = 0, FEATURES if is_large and drawn < wanted else 1
        while n_batch < most and drawn < limit:
            pick = drawn + _draw(rng, features.size - drawn)
            f = np.uint64(features[pick])
            features[pick], features[drawn] = features[drawn], features[pick]
            drawn += 1
            constant[f] = constant[f] == 1 or not _varies(bins, f, labels)
            batch[n_batch] = f
            n_batch += 1 - constant[f]
        if n_batch == FEATURES:
            _fill_four(bins, batch, labels, histogram, seen)
        else:
            for number in range(n_batch):
                _fill_histogram(bins, batch[number], np.uint64(number), labels, histogram, seen)
        for number in range(n_batch):
            f, base = batch[number], np.uint64(number) * size
            n_cuts = _list_occupied(words, N_BINS // 64 * number, occupied) - 1
            score[:n_cuts] = 0.0
            for t in range(state.size):
                if state[t] == OPEN:
                    c, stop, voice = tasks.start[t], tasks.start[t + 1], tasks.voice[t]
                    _add_score(
                        histogram, base, occupied, n_cuts, c, stop, total, voice, left, score
                    )
            if least > 1:
                _exclude_small_leaves(bins, f, labels, n_rows, least, occupied, n_cuts, rows, score)
            for k in range(n_cuts):
                if score[k] > best_score:
                    best, best_score = (np.int64(f), occupied[k], occupied[k + 1]), score[k]
            for k in range(n_cuts + 1):
                for c in range(left.size):
                    slot = base + TWO * (np.uint64(c) * BINS + occupied[k])
                    histogram[slot] = histogram[slot + ONE] = 0
        if best_score >= conceivable:
            break
    return best


@kernel
def _partition(bins, f, last, labels, goes_left, spare):
    """Move the labels up to bin `last` of feature f before the others; return their number."""
    for j in range(labels.place.size):
        goes_left[j] = np.uint64(bins[labels.place[j] + f] <= last)
    for column in labels:
        n_left, n_right = np.uint64(0), np.uint64(0)
        for j in range(column.size):
            column[n_left] = spare[n_right] = column[j]
            n_left += goes_left[j]
            n_right += ONE - goes_left[j]
        column[n_left:] = spare[:n_right]
    return np.int64(n_left)


@kernel
def grow_tree(bins, lowest, highest, labels, tasks, setting, seed):
    """Grow one tree; return it, the state of each (node, task), and importances.

    The importance of a (feature, task) is what splits on it added to the kept scores. The setting
    is (max_features, min_samples_leaf, max_depth). Reorders the labels.
    """
    _, min_samples_leaf, max_depth = setting
    n_features, n_channels, n_tasks = lowest.shape[0], tasks.owner.size, tasks.voice.size
    capacity = 2 * labels.is_first.sum() - 1
    feature, child = np.zeros(capacity, np.uint32), np.arange(capacity).astype(np.uint32)
    threshold, value = np.full(capacity, np.inf), np.zeros((capacity, n_channels))
    state, kept = np.zeros((capacity, n_tasks), np.int8), np.zeros((capacity, n_tasks))
    rng = np.zeros(1, np.uint64)
    total, extent = np.empty(2 * n_channels, np.int64), np.empty(3 * n_tasks, np.int64)
    goes_left, spare = np.empty(labels.place.size, np.uint64), np.empty(labels.place.size, np.int64)
    work = (  # of `_find_split`, which leaves the zeros as zeros
        np.zeros(FEATURES * total.size * N_BINS, np.int64),  # weight, moment of (channel, bin)
        np.zeros(FEATURES * N_BINS // 8, np.uint8),  # a bit for each bin that holds labels
        np.empty(N_BINS, np.uint64),  # these bins, in order
        np.zeros(N_BINS, np.int64),  # the rows in each bin
        np.empty(N_BINS),  # the score of each cut
        np.empty(n_channels, np.int64),  # the moment to the left of a cut
        np.empty(n_features, np.int64),  # in the order in which they are drawn
        np.empty(FEATURES, np.uint64),  # those that are searched together
    )
    constant = np.empty((capacity + 2) * n_features, np.uint8)  # what a node knows, by its depth
    constant[:n_features] = 0
    stack, n_nodes = [(0, 0, labels.place.size, 0)], 1  # node, its slice of the labels, depth
    while len(stack) > 0:
        i, start, end, depth = stack.pop()
        own = _slice(labels, start, end)
        n_rows = _add_up(own, tasks, total, extent)
        is_heard = _describe(i, tasks, total, extent, min_samples_leaf, state, kept, value)
        if not is_heard or depth >= max_depth or n_rows < 2 * min_samples_leaf:
            continue
        rng[0] = seed ^ (np.uint64(i) << np.uint64(32))
        here = constant[n_features * (depth + 1) : n_features * (depth + 2)]
        here[:] = constant[n_features * depth : n_features * (depth + 1)]
        about = own, n_rows, tasks, state[i], total
        f, last, first = _find_split(bins, *about, setting, rng, here, work)
        if f < 0:
            continue
        middle = start + _partition(bins, f, last, own, goes_left, spare)
        midway = highest[f, last] / 2 + lowest[f, first] / 2
        is_between = highest[f, last] <= midway < lowest[f, first]  # not so for neighbouring floats
        threshold[i] = midway if is_between else highest[f, last]
        feature[i], child[i] = f, n_nodes
        stack.append((n_nodes + 1, middle, end, depth + 1))
        stack.append((n_nodes, start, middle, depth + 1))
        n_nodes += 2
    importance = np.zeros((n_features, n_tasks))
    for i in range(n_nodes):
        for t in range(n_tasks):
            if child[i] != i and state[i, t] == OPEN:
                importance[feature[i], t] += kept[child[i], t] + kept[child[i] + 1, t] - kept[i, t]
    tree = Tree(feature[:n_nodes], threshold[:n_nodes], child[:n_nodes], value[:n_nodes])
    return tree, state[:n_nodes], importance
