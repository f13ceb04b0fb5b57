"""The figures of the chapters on architectures draw what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from tlhelpers.book.figures import (
    plot_architecture,
    plot_cells,
    plot_curves,
    plot_picking,
    plot_same_holes,
    plot_settings,
    plot_shared_splits,
    plot_trends,
    plot_two_uncertainties,
)
from tlhelpers.book.figures.style import INK, OTHER, STYLES


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def covers_data(ax) -> bool:
    """Whether the legend stands on the axes, where its marks could be read as data."""
    ax.figure.canvas.draw()
    (legend,) = ax.figure.legends
    return legend.get_window_extent().overlaps(ax.get_window_extent())


def keep_apart(ax):
    ax.figure.canvas.draw()
    ends = [text.get_window_extent() for text in ax.texts if text.get_text()]
    return not any(a.overlaps(b) for i, a in enumerate(ends) for b in ends[:i])


def test_curves_take_the_colour_of_their_model():
    x = np.linspace(0, 1, 5)
    curves = pd.DataFrame({"truth": x, "difference": 2 * x, "difference, warm": 3 * x}, index=x)
    ax = plot_curves(curves, "x (m)", "y (K)", pd.Series(x, x, name="labels"))
    points, truth, first, second = ax.lines
    assert [line.get_label() for line in ax.lines] == ["labels", *curves]
    assert first.get_color() == second.get_color() == STYLES["difference"].color
    assert truth.get_color() == INK != first.get_color()
    assert not covers_data(ax)
    dashes = [line._unscaled_dash_pattern for line in (truth, first, second)]
    assert len(set(map(str, dashes))) == 3
    assert points.get_linestyle() == "None" and ax.get_xlabel() == "x (m)"
    assert second.get_ydata().tolist() == (3 * x).tolist()


def test_trends_draw_means_in_bins():
    table = pd.DataFrame({"x": np.arange(80.0), "a": np.arange(80.0), "difference, b": 1.0})
    ax = plot_trends(table, "x", "x", "y (eV)", bins=8)
    a, b = ax.containers
    assert np.allclose(a.lines[0].get_ydata(), np.arange(8) * 10 + 4.5)
    assert np.allclose(b.lines[0].get_ydata(), 1)
    assert b.lines[0].get_color() == STYLES["difference"].color


def test_both_uncertainties_lie_about_their_prediction():
    rows = pd.DataFrame({"row": ["A", "B"], "truth": [9.0, 1.0], "prediction": [3.0, 2.0]})
    ax = plot_two_uncertainties(rows.assign(std=[0.5, 0.25], observation_std=[2.0, 1.0]))
    wide, narrow = (
        [line[:, 0].tolist() for line in part.get_segments()] for part in ax.collections
    )
    assert wide == [[1.0, 5.0], [1.0, 3.0]] and narrow == [[2.5, 3.5], [1.75, 2.25]]
    middle, measured = (line.get_xdata().tolist() for line in ax.lines)
    assert middle == [3.0, 2.0] and measured == [9.0, 1.0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["A", "B"] and ax.yaxis_inverted()


def test_shared_splits_draw_the_largest_shares():
    shares = pd.DataFrame({"p": [0.1, 0.6, 0.3], "q": [0.0, 0.2, 0.8]}, index=["a", "b", "c"])
    ax = plot_shared_splits(shares, n_features=2)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "c"]  # the largest on top
    assert [line.get_xdata().tolist() for line in ax.lines] == [[0.6, 0.3], [0.2, 0.8]]
    assert not covers_data(ax)


@pytest.mark.parametrize("name", ["difference", "latent variable", "multi-task"])
def test_an_architecture_leads_from_the_features_to_the_target(name):
    ax = plot_architecture(name)
    boxes = [text for text in ax.texts if text.get_text()]
    texts = [text.get_text() for text in boxes]
    assert texts[0] == "features x" and texts[-1] == "y"
    ax.figure.canvas.draw()
    ends = [text.get_bbox_patch().get_window_extent() for text in boxes]
    assert not any(a.overlaps(b) for i, a in enumerate(ends) for b in ends[:i])
    edges = {text.get_bbox_patch().get_edgecolor() for text in boxes if "rows" in text.get_text()}
    assert edges == {to_rgba(STYLES[name].color)}


def test_the_labels_that_a_model_learns_from_have_its_colour():
    """Three targets for the baseline; the others learn from six related labels, too."""
    labels = {}
    for ax in plot_cells():
        name = ax.get_title().strip()
        own = to_rgba(STYLES[name].color)[:3]
        filled = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_facecolor()[3] > 0]
        labels[name] = sum(patch.get_facecolor()[:3] == own for patch in filled)
        assert len(filled) - labels[name] == 7  # the features
        assert [text.get_text() for text in ax.texts].count("?") == 4
    assert labels == {"single-task": 3, "difference": 9, "multi-task": 9, "latent variable": 9}


def test_an_unknown_architecture_is_named():
    with pytest.raises(ValueError, match="pooled"):
        plot_architecture("pooled")


def test_a_cold_row_has_no_z_and_a_warm_one_has():
    ax = plot_settings()
    filled = [patch for patch in ax.patches if patch.get_fill()]
    assert len(ax.patches) - len(filled) == 3 * 7  # the frame of every cell
    rows = {}
    for patch in filled:
        rows.setdefault(patch.get_y(), []).append("xzy"[int(patch.get_x())])
    *training, warm, cold = ("".join(rows[y]) for y in sorted(rows))
    assert (warm, cold) == ("xz", "x")
    counts = ["".join(training).count(name) for name in "xzy"]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) == 3 and counts[-1] > 0
    colors = {patch.get_facecolor()[:3] for patch in filled}
    assert colors == {to_rgba(OTHER.color)[:3], to_rgba(STYLES["difference"].color)[:3]}


def test_the_settings_say_what_the_difference_is_added_to():
    ax = plot_settings()
    said = {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}
    beside = [said[f"y = {how} z + d"][1] for how in ("known", "guessed")]
    assert beside == [said[f"new, {setting}"][1] for setting in ("warm", "cold")]
    asked = [text.get_position()[1] for text in ax.texts if text.get_text() == "?"]
    assert asked == beside
    assert keep_apart(ax)


def filled_by_line(ax):
    """Return where the filled cells begin, in each line of a figure from the top."""
    lines = {}
    for patch in ax.patches:
        lines.setdefault(patch.get_y(), set())
        if patch.get_fill():
            lines[patch.get_y()].add(patch.get_x())
    return [lines[y] for y in sorted(lines)]


def test_a_held_out_row_gets_the_hole_of_a_row_to_predict():
    ax = plot_same_holes()
    asked, held_out, tested = filled_by_line(ax)
    assert tested == asked < held_out and len(held_out - asked) == 1
    assert keep_apart(ax)


def test_a_model_is_picked_without_the_rows_that_score_it_and_last_on_all():
    ax = plot_picking()
    *splits, last = filled_by_line(ax)
    places = set().union(*splits)
    assert all(len(places - filled) == 1 for filled in splits) and len(last) == 1
    assert not set.intersection(*splits)  # each part scores once
    said = [text.get_text() for text in ax.texts]
    assert said.count("score") == len(splits) and said.count("pick") == len(splits) * 2 + 1
    assert keep_apart(ax)
