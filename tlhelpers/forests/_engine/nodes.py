"""What the kernels work on: labels of a node, pairs of a weight and a moment, trees.

A *label* is one known value of one task in one row. A regression task has one channel, a
classification task one a class. The labels of a node stand channel by channel, and sorted in each:
so no kernel asks a label for its channel, and a missing label costs nothing. A label's weight and
its weight times its z-score, the moment, are one number: one addition sums up both. These sums are
integers: exact, whatever the order of the rows. Hot loops use flat arrays and unsigned indices (no
check for their sign); no kernel uses fastmath (rounding must be the same everywhere) or prange (its
pools die in a fork). With NUMBA_DISABLE_JIT=1 kernels are plain Python, for a debugger or coverage.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import config, njit, types
from numba.cpython.unsafe.numbers import trailing_zeros
from numba.extending import overload

from tlhelpers.forests._engine.caching import OPTIONS, compile_and_keep

N_BINS = 256
NO_LABEL, OPEN, SETTLED = 0, 1, 2  # what a node holds of a task
IS_COMPILED = not vars(config)["DISABLE_JIT"]  # an attribute that numba sets when it is imported

_SOURCES = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
_STAMP = hashlib.sha256(b"".join(_SOURCES)).hexdigest()


def kernel(function: Callable) -> Any:
    """Compile a function, where numba compiles; what it keeps holds for these sources.

    It makes no array, writes to those that it is given, and returns a number at most: numba runs
    Python to return an array, and an interrupt there ends the process.
    """
    return compile_and_keep(function, _STAMP) if IS_COMPILED else function


def inner(function: Callable) -> Any:
    """Compile a function into the kernels that call it; none of it is kept, or called by Python."""
    alone = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # saves a second
    return njit(**OPTIONS | alone, forceinline=True)(function)


class Labels(NamedTuple):
    """Labels by channel, sorted by value in each; in every node they still are."""

    place: np.ndarray  # where the row's bins start
    pair: np.ndarray  # weight, and weight times z-score (of a class: the weight), in one number
    value: np.ndarray  # z-score


class Tasks(NamedTuple):
    """Task t owns the channels `start[t]` to `start[t + 1] - 1`."""

    start: np.ndarray
    voice: np.ndarray  # weight of the task's kept score in a split
    first: np.ndarray  # by row: the channel of one of its labels, which is counted as the row


class Tree(NamedTuple):
    """Nodes. The children of node i are `child[i]` and `child[i] + 1`; a leaf is its own child."""

    feature: np.ndarray
    threshold: np.ndarray  # to the left up to and including it; infinite in a leaf
    child: np.ndarray
    value: np.ndarray  # (nodes, channels): mean z-score (for a task: label) or class frequency


def weight_of(pair, bits):
    """Return the weight in a pair: its last bits, or its real part."""
    return pair.real if isinstance(pair, complex) else float(pair & ((1 << bits) - 1))


def moment_of(pair, bits):
    """Return the moment in a pair: its first bits, or its imaginary part."""
    return pair.imag if isinstance(pair, complex) else float(pair >> bits)


def lowest_bit(bits):
    """Return the number of the lowest bit that is set."""
    return np.uint64((int(bits) & -int(bits)).bit_length() - 1)


@overload(weight_of, inline="always")
def _(pair, bits):
    return (
        (lambda pair, bits: pair.real)
        if isinstance(pair, types.Complex)
        else (lambda pair, bits: float(pair & ((1 << bits) - 1)))
    )


@overload(moment_of, inline="always")
def _(pair, bits):
    return (
        (lambda pair, bits: pair.imag)
        if isinstance(pair, types.Complex)
        else (lambda pair, bits: float(pair >> bits))
    )


@overload(lowest_bit, inline="always")
def _(bits):
    return lambda bits: trailing_zeros(bits)
