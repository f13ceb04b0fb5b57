"""What is said of a table that cannot be used: the cause, the place and the remedy."""

from collections.abc import Callable, Hashable, Iterable
from importlib import import_module
from types import ModuleType
from typing import TypeVar

SHOWN = 8  # names that one message lists
NEXT = "\n- "  # between faults that are told together
Read = TypeVar("Read")


class TableError(ValueError):
    """A table, or a name given for one of its columns, that cannot be used.

    Parameters
    ----------
    cause : str
        What is wrong, without a full stop.
    place : str
        Where, as the user counts: see `place_of`.
    remedy : str
        What to do, a sentence.
    """

    def __init__(self, cause: str, place: str = "", remedy: str = "") -> None:
        what = f"{place}: {cause}" if place else cause
        super().__init__(f"{what}. {remedy}" if remedy else what)


class MissingPackage(TableError, ImportError):
    """A package that an extra of `tlhelpers` brings is not installed."""


class Faults:
    """What is wrong with a table, gathered to be told together.

    Attributes
    ----------
    told : list of str
    """

    def __init__(self) -> None:
        self.told: list[str] = []

    def attempt(self, read: Callable[..., Read], *given: object) -> Read | None:
        """Return what a call returns; keep its `TableError`, and return None, where it raises."""
        try:
            return read(*given)
        except MissingPackage:
            raise
        except TableError as error:
            self.add(error)
            return None

    def add(self, error: TableError | None) -> None:
        """Keep an error, where there is one, unless it was told already."""
        if error is not None and str(error) not in self.told:
            self.told.append(str(error))

    def settle(self) -> None:
        """Raise one `TableError` of all that was kept; nothing where nothing was."""
        if len(self.told) == 1:
            raise TableError(self.told[0])
        if self.told:
            raise TableError(f"{len(self.told)} faults\n- {some(self.told, NEXT, NEXT)}")


def place_of(row: Hashable = None, column: Hashable = None) -> str:
    """Return words for a place, such as ``row 7, column 'gap'``; the header is row 1."""
    words = [] if row is None else [f"row {row}"]
    return ", ".join(words if column is None else [*words, f"column {column!r}"])


def some(words: Iterable[str], between: str = ", ", last: str = " ") -> str:
    """Return the first few words, and how many more there are: ``a, b and 3 more``."""
    listed = list(words)
    more = f"{last}and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return between.join(listed[:SHOWN]) + more


def list_names(names: Iterable) -> str:
    """Return the first few names in quotation marks, and how many more there are."""
    return some(repr(name) for name in names)


def list_rows(rows: Iterable[Hashable]) -> str:
    """Return words for some rows, such as ``rows 3, 4 and 9 more``."""
    named = list(rows)
    return f"row{'s' if len(named) > 1 else ''} {some(map(str, named))}"


def list_cells(cells: Iterable[tuple[Hashable, object]]) -> str:
    """Return the contents of some cells, each once with its rows: ``'see SI' (rows 3, 4)``."""
    rows: dict[object, list[Hashable]] = {}
    for row, content in cells:
        rows.setdefault(content, []).append(row)
    return some(f"{content!r} ({list_rows(own)})" for content, own in rows.items())


def import_extra(package: str, purpose: str) -> ModuleType:
    """Return a package that the extra ``tlhelpers[table]`` brings, or say how to get it.

    Raises
    ------
    MissingPackage
        It is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        name = {"pymatgen.core": "pymatgen-core"}.get(package, package.partition(".")[0])
        raise MissingPackage(
            f"{purpose} needs the package {name}", remedy="pip install 'tlhelpers[table]'"
        ) from error
