"""Sliders that answer in a live kernel, and in the published page without one.

`Explorer` is one widget with two lives, drawn by one script, ``widget.js``. With a kernel, a
moved slider calls a Python function. In the book build (environment variable ``TLHELPERS_STATIC``)
the frames of all slider positions are computed at once and written into the page.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import itertools
import json
import math
import os
import string
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from tlhelpers.book.explorers.frames import Frame, Slider, plain

MAX_FRAMES = 1000  # more would take a page minutes to build and megabytes to load
_MODULE, _STYLE, _PAGE = (Path(__file__).with_suffix(s) for s in (".js", ".css", ".html"))


class Explorer(anywidget.AnyWidget):
    """A figure that answers its sliders.

    Parameters
    ----------
    compute : callable
        Called as ``compute(**{slider name: value})``, returns a `Frame`. Answers are remembered.
    sliders : sequence of Slider
        One or more.
    title, description : str
        What the figure is, and what to try.

    Attributes
    ----------
    error : BaseException or None
        What the last movement raised: in a notebook it is seen only inside the widget.

    Raises
    ------
    ValueError
        If sliders share a name, or have too many positions together for a page.
    TypeError
        If `compute` returns something else than a `Frame`.

    Examples
    --------
    >>> from tlhelpers.book import Explorer, Frame, Panel, Series, Slider
    >>> def compute(n):
    ...     line = Series("n x", "#0072b2", x=[0, 1], y=[0, n])
    ...     return Frame(f"The slope is {n}.", [Panel("A line", "x", "y", [line])])
    >>> explorer = Explorer(compute, [Slider("n", "Slope", [1, 2, 3])], title="Slopes")
    >>> explorer.at(n=2).readout
    'The slope is 2.'
    """

    _esm = _MODULE
    _css = _STYLE
    title = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    sliders: traitlets.List = traitlets.List().tag(sync=True)
    selection = traitlets.List(traitlets.Int()).tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        compute: Callable[..., Frame],
        sliders: Sequence[Slider],
        *,
        title: str,
        description: str = "",
    ) -> None:
        if len({slider.name for slider in sliders}) < max(1, len(sliders)):
            raise ValueError("sliders: at least one is needed, each with a name of its own")
        if math.prod(len(slider.values) for slider in sliders) > MAX_FRAMES:
            raise ValueError(f"sliders: more than {MAX_FRAMES} positions together")
        self.error: BaseException | None = None
        self._compute, self._sliders = compute, tuple(sliders)
        self._answer = functools.lru_cache(MAX_FRAMES)(self._ask)
        start = [slider.position(slider.start) for slider in sliders]
        first = {"key": start, **_drawn(self._answer(*start))}
        if is_static():  # here, as IPython would swallow what a representation raises
            self._answers()
        super().__init__(
            title=title,
            description=description,
            sliders=[
                {
                    "label": s.label,
                    "unit": s.unit,
                    "values": list(s.shown),
                    "buttons": s.has_buttons,
                }
                for s in sliders
            ],
            selection=start,
            frame=first,
        )
        self.observe(self._move, "selection")

    # traitlets hides the arguments from `help`, editors and the API page
    __signature__ = inspect.signature(__init__)
    __signature__ = __signature__.replace(parameters=[*__signature__.parameters.values()][1:])

    def at(self, **values: Any) -> Frame:
        """Return the frame at these slider values; a slider left out stands at its start."""
        unknown = values.keys() - {slider.name for slider in self._sliders}
        if unknown:
            raise ValueError(f"no slider is named {', '.join(sorted(unknown))}")
        return self._answer(*(s.position(values.get(s.name, s.start)) for s in self._sliders))

    def to_html(self) -> str:
        """Return a page fragment that needs neither kernel nor network: every frame is computed."""
        answers = self._answers()
        pool: dict[str, int] = {}
        frames = [_drawn(frame) for frame in answers.values()]
        for panel in itertools.chain.from_iterable(frame["panels"] for frame in frames):
            # A curve that does not change from frame to frame is written once.
            panel["series"] = [pool.setdefault(json.dumps(s), len(pool)) for s in panel["series"]]
        state = {name: getattr(self, name) for name in ("title", "description", "sliders")}
        state |= {"selection": self.selection, "frames": frames}
        state |= {"series": [json.loads(series) for series in pool]}
        module, style = _MODULE.read_text("utf8"), _STYLE.read_text("utf8")
        rows = (
            [f"{s.shown[i]} {s.unit}" for s, i in zip(self._sliders, key, strict=True)]
            + ([*frame.cells.values()] or [frame.readout])
            for key, frame in answers.items()
        )
        names = next(iter(answers.values())).cells
        return string.Template(_PAGE.read_text("utf8")).substitute(
            title=escape(self.title),
            description=escape(self.description),
            readout=escape(self.frame.get("readout", "")),
            head=_cells(
                "th", [*(slider.label for slider in self._sliders), *(names or ["Answer"])]
            ),
            kind="tl-numbers" if names else "tl-sentences",
            rows="".join(f"<tr>{_cells('td', row)}</tr>" for row in rows),
            digest=hashlib.sha256((module + style).encode()).hexdigest()[:12],
            css=style,
            module=module,
            data=_script(state),
        )

    def open(self) -> None:
        """Open the comm to the front end; in the book build there is none."""
        if not is_static():
            super().open()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        text = {"text/plain": f"{self.title}. {self.frame.get('readout', '')}"}
        if is_static():
            return text | {"text/html": self.to_html()}, {}
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return data | text, metadata

    def _ask(self, *key: int) -> Frame:
        sizes = [len(slider.values) for slider in self._sliders]
        if len(key) != len(sizes) or not all(0 <= i < n for i, n in zip(key, sizes, strict=True)):
            raise ValueError(
                f"selection={list(key)} must hold a position of each slider, from 0 and below "
                f"{sizes}"
            )
        values = {s.name: s.values[i] for s, i in zip(self._sliders, key, strict=True)}
        frame = self._compute(**values)
        if not isinstance(frame, Frame):
            raise TypeError(f"compute must return a Frame, not {type(frame).__name__} ({values})")
        return frame

    def _answers(self) -> dict[tuple[int, ...], Frame]:
        keys = itertools.product(*(range(len(slider.values)) for slider in self._sliders))
        return {key: self._answer(*key) for key in keys}

    def _move(self, change: dict) -> None:
        key, self.error, shown = list(change["new"]), None, {}
        try:
            shown = _drawn(self._answer(*key))
        except BaseException as error:  # an interrupt too must not leave the page waiting
            self.error = error
            shown = {"error": f"{type(error).__name__}: {error}"}
            raise
        finally:
            self.frame = {"key": key, **shown}


def is_static() -> bool:
    """Return whether this is the book build, whose pages have no kernel."""
    return os.environ.get("TLHELPERS_STATIC") == "1"


def _drawn(frame: Frame) -> dict[str, Any]:
    """Return what the script draws of a frame: its words and panels."""
    return {"readout": frame.readout, "panels": plain(frame.panels)}


def _script(value: Any) -> str:
    """JSON that no text inside can end early as a script."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _cells(tag: str, texts: Sequence[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
