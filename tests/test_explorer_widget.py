"""The explorer in Python: what it checks, when it computes, what it writes."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider, plain
from tlhelpers.book.explorers.widget import Explorer


@pytest.fixture
def asked() -> list[dict]:
    return []


@pytest.fixture
def make(asked, monkeypatch):
    """Build an explorer of two sliders, live or static; `asked` collects the calls of compute."""

    def compute(n, kind="a"):
        asked.append({"n": n, "kind": kind})
        if n == 40 and kind == "broken":
            raise ZeroDivisionError("no labels left")
        line = Series("same", "#0072b2", [1, 2], [3.0, 4.0])
        now = Series("now", "#d55e00", [n], [n / 3], kind="points", emphasis=True)
        return Frame(f"</script> {n} & {kind}", [Panel("Curve", "n", "error (eV)", [line, now])])

    def make(static=False, kinds=("a", "b"), sizes=(20, 40, 80), function=compute):
        monkeypatch.setenv("TLHELPERS_STATIC", "1" if static else "0")
        sliders = [Slider("n", "Labels", sizes, "rows", start=40), Slider("kind", "Kind", kinds)]
        return Explorer(function, sliders, title="A <title>", description="Move it.")

    return make


def data_of(html: str) -> dict:
    return json.loads(re.search(r'class="tl-data">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Slider("two words", "x", [1, 2]), "name='two words'"),
        (lambda: Slider("n", "x", [1]), "'n': values"),
        (lambda: Slider("n", "x", [1, 1]), "'n': values"),
        (lambda: Slider("n", "x", [1, 2], start=3), "n=3"),
        (lambda: Series("s", "red", [1, 2], [1]), "y has 1 values, x has 2"),
        (lambda: Series("s", "red", [1], [1], low=[0]), "low and high"),
        (lambda: Series("s", "red", [1], [1], [0], [1, 2]), "high has 2"),
        (lambda: Series("s", "red", [1], [1], kind="bars"), "kind='bars'"),
        (lambda: Series("s", "red", [1], [1], marker="moon"), "marker='moon'"),
        (lambda: Panel("p", "x", "y", [], xscale="ln"), "xscale='ln'"),
        (lambda: Panel("p", "x", "y", [], ylim=(2, 1)), "ylim"),
        (lambda: Panel("p", "x", "y", [], xscale="log", xlim=(0, 1)), "xlim"),
        (lambda: Explorer(print, [], title="t"), "sliders"),
        (lambda: Explorer(print, [Slider("n", "x", [1, 2])] * 2, title="t"), "sliders"),
        (lambda: Explorer(print, [Slider("n", "x", range(2000))], title="t"), "sliders"),
    ],
)
def test_wrong_arguments_are_named(build, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        build()


def test_compute_must_return_a_frame(make) -> None:
    with pytest.raises(TypeError, match="Frame, not str"):
        make(function=lambda n, kind: "text")


def test_live_computes_what_is_asked_and_remembers(make, asked) -> None:
    explorer = make()
    assert asked == [{"n": 40, "kind": "a"}]
    explorer.selection = [2, 1]
    assert asked[1:] == [{"n": 80, "kind": "b"}]
    assert explorer.frame["key"] == [2, 1] and "80 & b" in explorer.frame["readout"]
    explorer.selection = [1, 0]
    assert len(asked) == 2
    data, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data and "text/html" not in data
    assert len(asked) == 2


def test_static_computes_every_position_and_opens_no_comm(make, asked) -> None:
    explorer = make(static=True)
    assert len(asked) == 6
    data, _ = explorer._repr_mimebundle_()
    assert explorer.comm is None
    assert set(data) == {"text/html", "text/plain"}
    assert len(data_of(data["text/html"])["frames"]) == 6
    assert data["text/html"].count("<tr>") == 7


def test_frames_stand_in_the_order_of_nested_loops(make) -> None:
    html = make().to_html()
    readouts = [frame["readout"] for frame in data_of(html)["frames"]]
    assert readouts == [f"</script> {n} & {kind}" for n in (20, 40, 80) for kind in "ab"]


def test_a_series_that_stays_is_written_once(make) -> None:
    data = data_of(make().to_html())
    assert [s["label"] for s in data["series"]].count("same") == 1
    assert len(data["series"]) == 1 + 3


def test_text_is_escaped(make) -> None:
    html = make().to_html()
    assert html.count("</script>") == 2
    assert "A <title>" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_an_error_is_shown_kept_and_raised(make) -> None:
    explorer = make(kinds=("a", "broken"))
    with pytest.raises(ZeroDivisionError):
        explorer.selection = [1, 1]
    assert isinstance(explorer.error, ZeroDivisionError)
    assert explorer.frame == {"key": [1, 1], "error": "ZeroDivisionError: no labels left"}
    explorer.selection = [0, 1]
    assert explorer.error is None and "20 & broken" in explorer.frame["readout"]


def test_an_error_in_any_frame_stops_the_build(make) -> None:
    with pytest.raises(ZeroDivisionError):
        make(static=True, kinds=("a", "broken"))


@pytest.mark.parametrize("selection", [[-1, 0], [3, 0], [0, 2], [0], [0, 0, 0], []])
def test_a_position_that_no_slider_has_is_no_other_one(make, asked, selection) -> None:
    explorer = make()
    with pytest.raises(ValueError, match="must hold a position of each slider"):
        explorer.selection = selection
    assert "selection=" in explorer.frame["error"] and len(asked) == 1


@pytest.mark.parametrize("readout", [None, 3, b"text"])
def test_a_readout_is_a_text(make, readout) -> None:
    with pytest.raises(TypeError, match=r"readout=.* must be a text"):
        make(function=lambda n, kind: Frame(readout, []))


def test_at_answers_without_moving(make) -> None:
    explorer = make()
    assert "80 & a" in explorer.at(n=80).readout
    assert explorer.selection == [1, 0]
    with pytest.raises(ValueError, match="n=81"):
        explorer.at(n=81)
    with pytest.raises(ValueError, match="no slider is named size"):
        explorer.at(size=80)


def test_arrays_and_holes_become_json() -> None:
    series = Series("s", "red", np.arange(3), np.array([1 / 3, np.nan, np.inf]))
    assert plain(series) == {
        "label": "s",
        "color": "red",
        "x": [0.0, 1.0, 2.0],
        "y": [0.33333, None, None],
    }
