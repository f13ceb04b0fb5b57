"""The figures of the chapters on architectures draw what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from tlhelpers.book.figures import plot_curves, plot_shared_splits, plot_trends
from tlhelpers.book.figures.style import STYLES


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_curves_take_the_colour_of_their_model():
    x = np.linspace(0, 1, 5)
    curves = pd.DataFrame({"truth": x, "difference": 2 * x, "difference, warm": 3 * x}, index=x)
    ax = plot_curves(curves, "x (m)", "y (K)", pd.Series(x, x, name="labels"))
    points, truth, first, second = ax.lines
    assert [line.get_label() for line in ax.lines] == ["labels", *curves]
    assert first.get_color() == second.get_color() == STYLES["difference"].color
    assert truth.get_color() != first.get_color()
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


def test_shared_splits_draw_the_largest_shares():
    shares = pd.DataFrame({"p": [0.1, 0.6, 0.3], "q": [0.0, 0.2, 0.8]}, index=["a", "b", "c"])
    ax = plot_shared_splits(shares, n_features=2)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "c"]  # the largest on top
    assert [line.get_xdata().tolist() for line in ax.lines] == [[0.6, 0.3], [0.2, 0.8]]
