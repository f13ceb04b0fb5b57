"""What an explorer shows: small checked records, and their JSON form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from numbers import Real
from typing import Any

MARKERS = ("circle", "square", "diamond", "triangle", "star", "pentagon", "cross", "arrow")


@dataclass(frozen=True, eq=False)
class Slider:
    """A control with a few discrete positions: a slider, or buttons for two, or for texts.

    Parameters
    ----------
    name : str
        Argument of the explorer's function that receives the value.
    label : str
        Text beside the control.
    values : sequence
        The positions, at least two, in order: numbers or short texts.
    unit : str
        Follows the value on screen and in a screen reader.
    start : object, optional
        The value shown first; the first of `values` if not given.
    texts : mapping of {value: str}, optional
        What a reader sees in place of a value that is a code name.
    """

    name: str
    label: str
    values: Sequence[Any]
    unit: str = ""
    start: Any = None
    texts: Mapping[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if not self.name.isidentifier():
            raise ValueError(f"Slider: name={self.name!r} must be a Python argument name")
        if len(self.values) < 2 or len(set(self.values)) < len(self.values):
            raise ValueError(f"Slider {self.name!r}: values must be at least two, all different")
        if self.start is None:
            object.__setattr__(self, "start", self.values[0])
        self.position(self.start)

    @property
    def has_buttons(self) -> bool:
        """Whether it is a row of buttons: a choice between names, or between two."""
        return len(self.values) == 2 or all(isinstance(value, str) for value in self.values)

    @property
    def shown(self) -> tuple[str, ...]:
        """The values as a reader sees them."""
        return tuple(self.texts.get(value, str(value)) for value in self.values)

    def position(self, value: object) -> int:
        """Return the index of `value`; a ValueError if the slider has no such value."""
        if value not in self.values:
            raise ValueError(f"Slider: {self.name}={value!r} must be one of {self.values}")
        return self.values.index(value)


@dataclass(frozen=True, eq=False)
class Series:
    """One line or set of points.

    Parameters
    ----------
    label : str
        Legend entry; empty for none.
    color : str
        Any CSS colour.
    x, y : sequence of float
        Equally long. A hole (NaN) interrupts a line and drops a point.
    low, high : sequence of float, optional
        Interval in the units of y: a band around a line, error bars on points.
    kind : str
        'line' or 'points'.
    marker : str
        '', 'circle', 'square', 'diamond', 'triangle', 'star', 'cross' or 'arrow', which points up;
        points without one get circles.
    dash : str
        SVG dash pattern of a line, such as '6 3'. Marker and dash tell series apart without colour.
    emphasis : bool
        Large outlined markers with a line down to the axis: the current position.
    note : str
        Stands behind the label in the legend, such as its value at the current position.
    faded : bool
        Thin: one that stands behind those that are chosen.
    aside : float
        How far to the right of its place it is drawn, in widths of a marker: of several marks at
        one place none hides another.
    """

    label: str
    color: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    kind: str = "line"
    marker: str = ""
    dash: str = ""
    emphasis: bool = False
    note: str = ""
    faded: bool = False
    aside: float = 0.0

    def __post_init__(self) -> None:
        _check_choice(self, "kind", "line", "points")
        _check_choice(self, "marker", "", *MARKERS)
        if (self.low is None) != (self.high is None):
            raise ValueError(f"Series {self.label!r}: low and high come together")
        for name in ("y", "low", "high"):
            column = getattr(self, name)
            if column is not None and len(column) != len(self.x):
                size = f"{name} has {len(column)} values, x has {len(self.x)}"
                raise ValueError(f"Series {self.label!r}: {size}")


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes.

    Parameters
    ----------
    title, xlabel, ylabel : str
        Labels carry their units.
    series : sequence of Series
        Drawn in this order.
    diagonal : bool
        Draw y = x and give both axes the same limits (parity plot).
    xscale, yscale : str
        'linear' or 'log'; a log axis leaves out what is not positive.
    xlim, ylim : (float, float), optional
        Fixed limits, so that the axes stand still while a slider moves; from the data if not given.
    """

    title: str
    xlabel: str
    ylabel: str
    series: Sequence[Series]
    diagonal: bool = False
    xscale: str = "linear"
    yscale: str = "linear"
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for axis in "xy":
            _check_choice(self, f"{axis}scale", "linear", "log")
            limits, log = getattr(self, f"{axis}lim"), getattr(self, f"{axis}scale") == "log"
            if limits is not None and not (limits[0] < limits[1] and (limits[0] > 0 or not log)):
                must = "(low, high)" + ", both positive on a log axis" * log
                raise ValueError(f"Panel {self.title!r}: {axis}lim={limits!r} must be {must}")


@dataclass(frozen=True, eq=False)
class Frame:
    """What the explorer shows at one position of its sliders.

    Parameters
    ----------
    readout : str
        What the figure shows now: first what all draws say, with the verdict, then the one draw.
    panels : sequence of Panel
        Side by side where there is room.
    cells : mapping of {str: str}, optional
        The numbers of `readout` by their names, of the same names at every position: a row of the
        table of all positions.
    """

    readout: str
    panels: Sequence[Panel]
    cells: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.readout, str):
            raise TypeError(f"Frame: readout={self.readout!r} must be a text, empty for none")


def plain(value: Any) -> Any:
    """Return the JSON form of a record: without defaults, five digits, NaN as None."""
    if is_dataclass(value):
        pairs = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: plain(item) for each, item in pairs if item is not each.default}
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Real):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return [plain(item) for item in value]


def _check_choice(record: Any, name: str, *allowed: str) -> None:
    value = getattr(record, name)
    if value not in allowed:
        raise ValueError(f"{type(record).__name__}: {name}={value!r} must be one of {allowed}")
