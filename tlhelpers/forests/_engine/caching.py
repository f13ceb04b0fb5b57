"""What numba keeps of the compiled kernels: a help where it works, never a reason to fail."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "_nrt": False,  # no kernel makes an array: else loops count references, up to half of the time
}
_SAID: set[str] = set()


def compile_and_keep(function: Callable, stamp: str) -> Any:
    """Compile a function; keep what is compiled for sources of this stamp, where that can be done.

    By itself numba looks at the file of the function alone, not at those that it calls. It raises
    an error where no directory can be written, and at every start where a kept file is damaged.
    """
    compiled: Any = njit(**OPTIONS)(function)
    try:
        compiled.enable_caching()
    except (RuntimeError, OSError) as error:
        _say_that_nothing_is_kept(error)
        return compiled
    with suppress(AttributeError):  # attributes of numba that are not public
        compiled._cache._cache_file._source_stamp = stamp
        compiled._cache = _Cache(compiled._cache)
    return compiled


class _Cache:
    """A cache of numba that compiles anew instead of raising an error."""

    def __init__(self, cache: Any):
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, *what: Any) -> Any:
        """Return what is kept; None where there is nothing or it cannot be read."""
        try:
            return self._cache.load_overload(*what)
        except Exception as error:  # a damaged pickle raises errors of many kinds
            if not isinstance(error, OSError):
                where = self._cache.cache_path
                _say_once("damaged", f"in {where} is damaged; compiling anew ...")
            with suppress(OSError):
                self._cache.flush()
            return None

    def save_overload(self, *what: Any) -> None:
        """Keep what was compiled, or say that it cannot be kept."""
        try:
            self._cache.save_overload(*what)
        except OSError as error:
            _say_that_nothing_is_kept(error)
            self._cache.disable()


def _say_that_nothing_is_kept(why: Exception) -> None:
    _say_once(
        "not kept",
        "cannot be kept, so each process compiles it anew, about 7 s: let NUMBA_CACHE_DIR name a "
        f"directory that can be written ({why})",
    )


def _say_once(fault: str, text: str) -> None:
    """Print a line the first time that a fault is met, of the many kernels that may meet it."""
    if fault not in _SAID:
        _SAID.add(fault)
        print(f"tlhelpers: the compiled forest {text}", file=sys.stderr, flush=True)
