"""Read a table of labels with holes: one column a task, numbers or classes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TypeGuard

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.multiclass import check_classification_targets

REGRESSION, CLASSIFICATION = "regression", "classification"
TaskTypes = str | Mapping[Hashable, str] | None


@dataclass(frozen=True)
class Labels:
    """The labels of every task as numbers.

    Attributes
    ----------
    names : list
        The tasks, in the order of the columns.
    classes : dict of {task: numpy.ndarray or None}
        The sorted classes of a classification task, None for a regression task.
    values : numpy.ndarray, shape (n_samples, n_tasks)
        Labels, NaN for a hole; a class stands as its position in `classes`.
    form : {"vector", "matrix", "frame"}
        What the labels came as: a column, a 2-d array, or a DataFrame.
    """

    names: list
    classes: dict
    values: np.ndarray
    form: str

    def of(self, task: Hashable) -> np.ndarray:
        """Return the labels of one task, shape (n_samples,)."""
        return self.values[:, self.names.index(task)]

    def take(self, tasks: list) -> np.ndarray:
        """Return the labels of some tasks, shape (n_samples, len(tasks))."""
        return self.values[:, [self.names.index(task) for task in tasks]]

    def is_class(self, task: Hashable) -> bool:
        """Return whether a task is a classification."""
        return self.classes[task] is not None

    def decode(self, task: Hashable, mean: np.ndarray) -> np.ndarray:
        """Return the number itself, or the most probable class (None where nothing is known)."""
        classes = self.classes[task]
        if classes is None:
            return mean
        lost = np.isnan(mean).any(axis=1)
        labels = classes[np.where(lost[:, None], 0, mean).argmax(axis=1)]
        if lost.any():
            labels = labels.astype(object)
            labels[lost] = None
        return labels


def as_table(Y: ArrayLike) -> tuple[pd.DataFrame, str]:
    """Return labels as a DataFrame, with what they came as.

    Parameters
    ----------
    Y : array-like, shape (n_samples,) or (n_samples, n_tasks)
        A 1-d array becomes the only column, named ``"y"`` or as the Series is.

    Returns
    -------
    table : pandas.DataFrame
    form : {"vector", "matrix", "frame"}

    Raises
    ------
    ValueError
        Not one or two dimensions, or two columns of one name.
    """
    if Y is None:
        raise ValueError("Y is None: give a column or a table of labels")
    if isinstance(Y, np.ma.MaskedArray):
        Y = pd.DataFrame(Y).to_numpy() if Y.ndim == 2 else pd.Series(Y).to_numpy()  # holes: NaN
    if isinstance(Y, pd.DataFrame):
        repeated = Y.columns[Y.columns.duplicated()]
        if len(repeated):
            raise ValueError(f"Y has several columns named {repeated[0]!r}; rename them")
        return _without_signals(Y), "frame"
    if isinstance(Y, pd.Series):
        return _without_signals(Y.to_frame("y" if Y.name is None else Y.name)), "vector"
    array = np.asarray(Y)
    if array.ndim == 1:
        return _without_signals(pd.DataFrame({"y": array})), "vector"
    if array.ndim == 2:
        return _without_signals(pd.DataFrame(array)), "matrix"
    raise ValueError(f"Y must be a column or a table of labels, got shape {array.shape}")


def _without_signals(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table, or raise an error where a label is a NaN that raises one when looked at."""
    for task, column in table.items():
        for row, label in enumerate(column if pd.api.types.is_object_dtype(column.dtype) else ()):
            if isinstance(label, Decimal) and label.is_snan():
                raise ValueError(
                    f"task {task!r} holds the signaling NaN of decimal in row {row}: make it NaN"
                )
    return table


def encode_labels(
    Y: ArrayLike, task_types: TaskTypes = None, tasks: Sequence | None = None
) -> Labels:
    """Turn a table of labels into numbers.

    Parameters
    ----------
    Y : array-like, shape (n_samples,) or (n_samples, n_tasks)
        Labels; NaN, None or NA is a hole.
    task_types : {"regression", "classification"}, mapping of {task: type}, or None
        None infers: numbers -> regression; text, booleans, categories -> classification.
    tasks : sequence of task names, optional
        The columns in use; the others are not read. None: all.

    Returns
    -------
    Labels

    Raises
    ------
    ValueError
        An infinite label, a task without any label, an unknown task or type, text in a
        regression task, or continuous numbers in a classification task.
    """
    table, form = as_table(Y)
    if table.shape[1] == 0:
        raise ValueError("Y has no column: give at least one task")
    kinds = find_task_types(table, task_types, tasks)
    table = table if tasks is None else table[list(tasks)]
    classes: dict[Hashable, np.ndarray | None] = {}
    columns = []
    for task in table:
        _check_type(table[task])
        encode = _encode_classes if kinds[task] == CLASSIFICATION else _encode_numbers
        classes[task], column = encode(table[task])
        columns.append(column)
    return Labels(list(table.columns), classes, np.column_stack(columns), form)


def labels_of(Y: ArrayLike, target: Hashable, targets: list, names: list) -> pd.Series:
    """Return the labels of one target from a table, or from the one column of the only target."""
    table, form = as_table(Y)
    if form == "vector" and len(targets) == 1:
        name = table.columns[0]
        if name != target and name in names:
            raise ValueError(f"y holds the labels of {name!r}, and the target is {target!r}")
        return table.iloc[:, 0]
    if target not in table:
        raise ValueError(f"Y has no column {target!r} to score against: {list(table.columns)}")
    return table[target]


def encode_known(known: pd.DataFrame, classes: Mapping, n_samples: int) -> dict:
    """Return {task: numbers with NaN holes} for labels known at prediction time.

    Parameters
    ----------
    known : pandas.DataFrame, shape (n_samples, some tasks)
    classes : mapping of {task: classes or None}
        The tasks that may be known.
    n_samples : int
        The number of rows asked for.

    Raises
    ------
    TypeError
        Not a DataFrame.
    ValueError
        A column that is not among the tasks, a wrong number of rows, an unseen class.
    """
    if not isinstance(known, pd.DataFrame):
        raise TypeError(f"known must be a DataFrame, a column a task, got {type(known).__name__}")
    if len(known) != n_samples:
        raise ValueError(f"known has {len(known)} rows and X has {n_samples}")
    for task in known:
        if task not in classes:
            raise ValueError(
                f"known has the column {task!r}, which is no related task of this model; related "
                f"tasks: {list(classes)}"
            )
    if known.columns.has_duplicates:
        task = known.columns[known.columns.duplicated()][0]
        raise ValueError(f"known has several columns named {task!r}; keep one")
    encoded = {}
    for task, column in _without_signals(known).items():
        if classes[task] is None:
            encoded[task] = _encode_numbers(column, may_be_empty=True)[1]
        else:
            hole = column.isna().to_numpy()
            codes = pd.Index(classes[task]).get_indexer(column).astype(float)
            unseen = np.flatnonzero((codes < 0) & ~hole)
            if len(unseen):
                raise ValueError(
                    f"known has {column.iloc[unseen[0]]!r} in column {task!r}, row {unseen[0]}: "
                    f"not a class seen in fit; classes: {list(classes[task])}"
                )
            encoded[task] = np.where(hole, np.nan, codes)
    return encoded


def find_task_types(
    table: pd.DataFrame, task_types: TaskTypes, tasks: Sequence | None = None
) -> dict:
    """Return {task: type} of some tasks or all, inferred where `task_types` does not say it."""
    if task_types is None:
        given = {}
    elif isinstance(task_types, str):
        given = dict.fromkeys(table, task_types)
    elif isinstance(task_types, Mapping):
        given = dict(task_types)
    else:
        raise TypeError(f"task_types must be text, a mapping or None, got {task_types!r}")
    for task, kind in given.items():
        if task not in table:
            raise ValueError(f"task_types names {task!r}; the tasks are {list(table.columns)}")
        if kind not in (REGRESSION, CLASSIFICATION):
            raise ValueError(
                f"task_types[{task!r}] is {kind!r}; use 'regression' or 'classification'"
            )
    tasks = table.columns if tasks is None else tasks
    return {task: given.get(task) or _infer(table[task]) for task in tasks}


def _infer(column: pd.Series) -> str:
    """Return the type of a task from the type of its labels."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return CLASSIFICATION
    seen = _narrow(column.dropna())
    is_number = pd.api.types.is_numeric_dtype(seen) and not pd.api.types.is_bool_dtype(seen)
    if is_number or (len(seen) and all(map(_is_number, seen))):
        return REGRESSION
    read = pd.to_numeric(seen.astype(str), errors="coerce")
    if len(read) and read.notna().all() and (read % 1 != 0).any():
        raise ValueError(
            f"task {column.name!r} holds numbers as text, such as {seen.iloc[0]!r}: turn them into "
            f"numbers with pd.to_numeric, or say task_types={{{column.name!r}: 'classification'}}"
        )
    return CLASSIFICATION


def _narrow(labels: pd.Series) -> pd.Series:
    """Return labels of type object in the type of what they hold, where one fits."""
    try:
        return labels.infer_objects()
    except OverflowError:  # pragma: no cover - pandas 2, of a number that no float can hold
        return labels


def _is_number(label: object) -> TypeGuard[Real | Decimal]:
    return isinstance(label, Real | Decimal) and not isinstance(label, bool | np.bool_)


def _check_type(column: pd.Series) -> None:
    """Raise an error where labels are neither numbers nor names of classes."""
    seen = column.dropna()
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    kind = pd.api.types.infer_dtype(column.cat.categories if is_category else seen)
    if kind.startswith("mixed") and not is_category:
        is_text = seen.map(lambda label: isinstance(label, str)).to_numpy()
        if is_text.any() and not is_text.all():
            row = np.flatnonzero(column.notna())[is_text.argmax()]
            raise ValueError(
                f"task {column.name!r} holds numbers and text, such as {column.iloc[row]!r} in row "
                f"{row}: make the text a number or NaN (pd.to_numeric with errors='coerce'), or "
                "all of it text with .astype(str) if these are names of classes"
            )
    if kind.startswith(("date", "time", "period", "interval", "bytes")):
        raise ValueError(
            f"task {column.name!r} holds labels of type {kind}, such as {seen.iloc[0]!r}: turn "
            "them into numbers, or into text with .astype(str) if they are names of classes"
        )


def _encode_numbers(column: pd.Series, may_be_empty: bool = False) -> tuple[None, np.ndarray]:
    """Return a regression task's labels as floats."""
    if pd.api.types.is_complex_dtype(column.dtype):
        raise ValueError("Complex data not supported: labels must be real numbers")
    try:
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
    except OverflowError:
        numbers = np.array([_as_float(label) for label in column])
    except (TypeError, ValueError):
        raise ValueError(
            f"task {column.name!r} is a regression task but holds labels that are no numbers, such "
            f"as {column.dropna().iloc[0]!r}; say task_types={{{column.name!r}: 'classification'}}"
        ) from None
    if np.isinf(numbers).any():
        row = int(np.flatnonzero(np.isinf(numbers))[0])
        raise ValueError(
            "Input y contains infinity or a value too large for dtype('float64'): "
            f"task {column.name!r}, row {row}"
        )
    largest = np.nanmax(np.abs(numbers), initial=0)
    if largest > 1e100 or 0 < largest < 1e-100:
        raise ValueError(
            f"task {column.name!r} has labels of {largest:.3g}: give them in a unit in which they "
            "are between 1e-100 and 1e100"
        )
    if np.isnan(numbers).all() and not may_be_empty:
        raise ValueError(f"task {column.name!r} has no label: Input y contains NaN only")
    return None, numbers


def _as_float(label: object) -> float:
    """Return a number; one that no float can hold is infinite, what is no number a hole."""
    try:
        return float(label) if _is_number(label) else np.nan
    except OverflowError:
        return np.inf


def _encode_classes(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return a classification task's classes, and its labels as positions among them."""
    hole = column.isna().to_numpy()
    if hole.all():
        raise ValueError(f"task {column.name!r} has no label: Input y contains NaN only")
    seen = np.asarray(_narrow(column[~hole]))
    if pd.api.types.infer_dtype(seen) == "decimal":
        seen = seen.astype(float)
    if seen.dtype.kind == "f":
        _encode_numbers(column)  # an infinite label has its own message
    try:
        classes, codes = np.unique(seen, return_inverse=True)
        with np.errstate(invalid="ignore"):  # it casts numbers beyond 64 bits
            check_classification_targets(seen)
    except TypeError:
        raise ValueError(
            f"task {column.name!r} mixes classes that cannot be sorted, such as text and numbers"
        ) from None
    except ValueError as error:
        raise ValueError(f"task {column.name!r} is a classification task: {error}") from None
    values = np.full(len(column), np.nan)
    values[~hole] = codes
    return classes, values
