"""The search for the best split of a node, compiled."""

import numpy as np

from tlhelpers.forests._engine.nodes import (
    N_BINS,
    OPEN,
    inner,
    lowest_bit,
    moment_of,
    weight_of,
)
from tlhelpers.forests._engine.workspace import FEATURES

FEW = 48  # labels in a node up to which its bins are marked one by one
ROUNDING = 1e-12  # of a score of several tasks: by so little two equal ones can differ
SMALL = 16  # labels in a node up to which `_best_conceivable` is worth its time
ONE, TWO, THREE, EIGHT, BINS = map(np.uint64, (1, 2, 3, 8, N_BINS))


@inner
def _draw(rng, n):
    """Draw an integer below n (splitmix64)."""
    rng[0] += np.uint64(0x9E3779B97F4A7C15)
    x = (rng[0] ^ (rng[0] >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(((x >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@inner
def _varies(bins, f, labels):
    """Say whether a node's labels lie in several bins of feature f."""
    for j in range(labels.place.size):
        if bins[np.uint64(labels.place[j]) + f] != bins[np.uint64(labels.place[0]) + f]:
            return True
    return False


@inner
def _fill_one(bins, f, labels, edges, histogram, occupied, seen):
    """Add up a node's labels by bin of feature f; write the bins that hold any, return how many."""
    for c in range(edges.size - 1):
        slot = np.uint64(c) * BINS
        for j in range(np.uint64(edges[c]), np.uint64(edges[c + 1])):
            b = np.uint64(bins[np.uint64(labels.place[j]) + f])
            histogram[slot + b] += labels.pair[j]
            seen[b // EIGHT] |= ONE << (b % EIGHT)
    n, words = 0, seen.view(np.uint64)  # written by the byte (no wait for the bit before)
    for block in range(N_BINS // 64):
        bits = words[block]
        words[block] = 0
        while bits != 0:
            occupied[n] = np.uint64(64 * block) + lowest_bit(bits)
            bits &= bits - ONE
            n += 1
    return n


@inner
def _fill_four(bins, features, labels, edges, histogram):
    """Add up a node's labels by bin of four features: their bins lie close together."""
    size = np.uint64(histogram.size // FEATURES)
    f0, f1, f2, f3 = features[0], features[1], features[2], features[3]
    for c in range(edges.size - 1):
        h0 = np.uint64(c) * BINS
        h1, h2, h3 = h0 + size, h0 + TWO * size, h0 + THREE * size
        for j in range(np.uint64(edges[c]), np.uint64(edges[c + 1])):
            i, pair = np.uint64(labels.place[j]), labels.pair[j]
            histogram[h0 + np.uint64(bins[i + f0])] += pair
            histogram[h1 + np.uint64(bins[i + f1])] += pair
            histogram[h2 + np.uint64(bins[i + f2])] += pair
            histogram[h3 + np.uint64(bins[i + f3])] += pair


@inner
def _list_occupied(histogram, base, n_bins, n_channels, held, occupied):
    """Write the bins that hold labels of any channel; return their number."""
    n, n_bins = 0, np.uint64(n_bins)
    for b in range(n_bins):
        held[b] = histogram[base + b] != 0
    for c in range(ONE, np.uint64(n_channels)):
        for b in range(n_bins):
            held[b] |= histogram[base + c * BINS + b] != 0
    for b in range(n_bins):
        occupied[n] = b
        n += held[b]
    return n


@inner
def _kept(w, s, w_all, s_all):
    """Return what a cut keeps of a task of one channel: s^2 / w on the left and on the right."""
    w, w_right, s_right = max(w, 1.0), max(w_all - w, 1.0), s_all - s
    return (s * s * w_right + s_right * s_right * w) / (w * w_right)


@inner
def _best_cut(histogram, slot, occupied, n_cuts, total, bits, voice, best_score):
    """Return the best cut behind a bin for a task of one channel, or -1, and its score."""
    best, left = -1, total - total
    w_all, s_all = weight_of(total, bits), moment_of(total, bits)
    for k in range(np.uint64(n_cuts)):
        left += histogram[slot + occupied[k]]
        score = voice * _kept(weight_of(left, bits), moment_of(left, bits), w_all, s_all)
        if score > best_score:
            best, best_score = np.int64(k), score
    return best, best_score


@inner
def _add_score(histogram, base, occupied, n_cuts, channels, total, bits, voice, sums, score):
    """Add what a cut behind each bin keeps of a task: sum_c s_c^2 / w on the left and right."""
    start, stop = channels
    if stop == start + 1:
        left, slot = total[start] - total[start], base + np.uint64(start) * BINS
        w_all, s_all = weight_of(total[start], bits), moment_of(total[start], bits)
        for k in range(np.uint64(n_cuts)):
            left += histogram[slot + occupied[k]]
            kept = _kept(weight_of(left, bits), moment_of(left, bits), w_all, s_all)
            score[k] += voice * kept
        return
    w_left, kept_left, kept_right = sums[0], sums[1], sums[2]
    w_all = 0.0
    for k in range(np.uint64(n_cuts)):
        w_left[k] = kept_left[k] = kept_right[k] = 0.0
    for c in range(start, stop):
        left, slot = total[c] - total[c], base + np.uint64(c) * BINS
        s_all = moment_of(total[c], bits)
        w_all += weight_of(total[c], bits)
        for k in range(np.uint64(n_cuts)):
            left += histogram[slot + occupied[k]]
            s = moment_of(left, bits)
            w_left[k] += weight_of(left, bits)
            kept_left[k] += s * s
            kept_right[k] += (s_all - s) * (s_all - s)
    for k in range(np.uint64(n_cuts)):
        left = kept_left[k] / max(w_left[k], 1.0)
        score[k] += voice * (left + kept_right[k] / max(w_all - w_left[k], 1.0))


@inner
def _exclude_small_leaves(
    bins, f, labels, edges, tasks, n_rows, least, occupied, n_cuts, rows, score
):
    """Set the score of a cut that leaves fewer than `least` rows on a side to -1."""
    n_left, n_features = 0, bins.size // tasks.first.size
    for c in range(edges.size - 1):
        for j in range(edges[c], edges[c + 1]):
            place = labels.place[j]
            is_row = tasks.voice.size == 1 or tasks.first[place // n_features] == c
            rows[bins[np.uint64(place) + f]] += is_row
    for k in range(np.uint64(n_cuts + 1)):
        n_left += rows[occupied[k]]
        rows[occupied[k]] = 0
        if min(n_left, n_rows - n_left) < least:
            score[k] = -1.0


@inner
def _best_conceivable(labels, edges, tasks, bits, state, total):
    """Return a score that no cut exceeds: every open task at the best cut of its sorted labels.

    It is infinite in a large node, or where an open task has several channels.
    """
    if labels.place.size > SMALL:
        return np.inf
    score = 0.0
    for t in range(state.size):
        if state[t] == OPEN:
            c, best = tasks.start[t], 0.0
            if tasks.start[t + 1] > c + 1:
                return np.inf
            left = total[c] - total[c]
            w_all, s_all = weight_of(total[c], bits), moment_of(total[c], bits)
            for j in range(edges[c], edges[c + 1]):
                left += labels.pair[j]
                kept = _kept(weight_of(left, bits), moment_of(left, bits), w_all, s_all)
                best = max(best, tasks.voice[t] * kept)
            score += best
    return score


@inner
def _only_voice(tasks, state):
    """Return the one open task if it has one channel, else -1."""
    alone = -1
    for t in range(state.size):
        if state[t] == OPEN:
            if alone >= 0 or tasks.start[t + 1] > tasks.start[t] + 1:
                return -1
            alone = t
    return alone


@inner
def find_split(
    bins, n_bins, labels, edges, n_rows, tasks, state, total, setting, histogram, constant, search
):
    """Return (feature, last bin left, first bin right) of the best split; feature -1: none.

    Draws features without replacement: `max_features` of them, and on until a split is found. Stops
    at a split that none can exceed.
    """
    max_features, least, _, bits = setting
    rng, seen, held, occupied, rows, score, sums, features, batch = search
    for f in range(features.size):
        features[f] = f
    alone = _only_voice(tasks, state) if least == 1 else -1
    conceivable = _best_conceivable(labels, edges, tasks, bits, state, total)
    best, best_score, drawn = (-1, np.uint64(0), np.uint64(0)), -1.0, 0
    size, is_large = np.uint64(histogram.size // FEATURES), labels.place.size > FEW
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
        is_full = n_batch == FEATURES
        if is_full:
            _fill_four(bins, batch, labels, edges, histogram)
        for number in range(n_batch):
            f, base = batch[number], np.uint64(number) * size * np.uint64(is_full)
            if is_full:
                about = n_bins[f], total.size, held
                n_cuts = _list_occupied(histogram, base, *about, occupied) - 1
            else:
                n_cuts = _fill_one(bins, f, labels, edges, histogram, occupied, seen) - 1
            if alone >= 0:
                c = tasks.start[alone]
                slot, about = base + np.uint64(c) * BINS, (total[c], bits, tasks.voice[alone])
                k, best_score = _best_cut(histogram, slot, occupied, n_cuts, *about, best_score)
                if k >= 0:
                    best = np.int64(f), occupied[k], occupied[k + 1]
            else:
                for k in range(np.uint64(n_cuts)):
                    score[k] = 0.0
                for t in range(state.size):
                    if state[t] == OPEN:
                        channels = tasks.start[t], tasks.start[t + 1]
                        about = total, bits, tasks.voice[t], sums
                        _add_score(histogram, base, occupied, n_cuts, channels, *about, score)
                if least > 1:
                    about = labels, edges, tasks, n_rows, least
                    _exclude_small_leaves(bins, f, *about, occupied, n_cuts, rows, score)
                for k in range(np.uint64(n_cuts)):
                    if score[k] > best_score + ROUNDING * abs(best_score):
                        best, best_score = (np.int64(f), occupied[k], occupied[k + ONE]), score[k]
            for c in range(np.uint64(total.size)):
                for k in range(np.uint64(n_cuts + 1)):
                    histogram[base + c * BINS + occupied[k]] = 0
        if best_score >= conceivable:
            break
    return best
