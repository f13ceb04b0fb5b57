"""Every figure of the book as it is drawn: text of a size that a phone leaves to be read."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from test_names_from_data import DRAWN

import tlhelpers as tl
from tlhelpers.book import figures, lab_winners, visible_relation
from tlhelpers.book.figures.style import literal

PHONE = 358  # px: a window of 390 without its margins
LEAST = 11.5  # px, the size of the type
BESIDE = {"three panels": 10, "growth": 10.5}  # panels beside each other, and names beside them


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def first(drawn):
    return np.atleast_1d(drawn).ravel()[0]


def lab_map():
    lab = tl.load_results("lab_map").query("noise == 0.3 and systematic_error == 0.5")
    winners = lab_winners(lab, ["setting", "correlation", "n_labels"])
    return figures.plot_lab_map(winners, "correlation", "n_labels")


def differences(draw, panel):
    five = ["difference", "multi-task", "latent variable", "stack", "equal weights"]
    tests = tl.load_results("band_gaps_curve_verdicts").query("question != 'control'")
    return draw(tests[tests["model"].isin(five)], panel)


def barriers(draw):
    scores = tl.load_results("no_intervals").query("metric == 'rmse' and group_by == 'surface'")
    return draw(scores[scores["direction"] == "dissociation"])


def best_splits(task="gap", other="hardness"):
    """Where a row has no label of a task, the splits on both of its sides cost the same."""
    size = pd.Series(range(1, 7), name="size", dtype=float)
    labels = pd.DataFrame({task: [-1, -1, np.nan, 1, 1, 1], other: [-1, -1, -1, np.nan, 1, 1]})
    costs = pd.DataFrame(
        {task: [3, 0, 0, 2, 3], other: [4, 3, 1e-17, 0, 2]}, index=range(1, 6), dtype=float
    )
    return figures.plot_best_splits(size, labels, costs.assign(both=costs.sum(axis=1)))


def against():
    table = pd.DataFrame({"a": [0, 1, 2], "z": [1.0, np.nan, 3]})
    titles = {"a": "Against the feature a:\na wide cloud", "z": "Against z:\na narrow band"}
    return figures.plot_against(pd.Series([1, 2, 3], name="y"), table, titles)


FIGURES = {name: draw for name, (draw, _) in DRAWN.items()} | {
    "architecture": lambda: figures.plot_architecture("latent variable"),
    "against": against,
    "best splits": best_splits,
    "settings": figures.plot_settings,
    "same holes": figures.plot_same_holes,
    "picking": figures.plot_picking,
    "growth": lambda: figures.plot_growth(tl.load_results("scaling")),
    "parity": lambda: figures.plot_parity([1, 2], [1, 2], "x (eV)", "y (eV)"),
    "map": lab_map,
    "changes": lambda: figures.plot_lab_changes(visible_relation(tl.load_results("lab_map"))),
    "differences by size": lambda: differences(
        lambda tests, panel: figures.plot_size_differences(tests, panel, "RMSE (eV)"), "setting"
    ),
    "three panels": lambda: barriers(
        lambda scores: figures.plot_intervals(scores, "target", "RMSE (eV)", dash="setting")
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_read_on_a_phone(name):
    figure = first(FIGURES[name]()).figure
    figure.canvas.draw()
    width = figure.get_tightbbox().width + 0.2  # as a notebook saves it
    least = min(text.get_fontsize() for text in figure.findobj(plt.Text) if text.get_text().strip())
    assert least / 72 * PHONE / width >= BESIDE.get(name, LEAST)


@pytest.mark.parametrize("n_columns", [3, 5])
def test_names_of_the_columns_of_a_sparse_table_keep_apart(n_columns):
    names = ["PBE gap", "measured gap", "method", "crystallinity", "color"][:n_columns]
    ax = figures.plot_sparsity(pd.DataFrame(True, range(9), names))
    ax.figure.canvas.draw()
    labels = ax.get_xticklabels()
    told = [" ".join(label.get_text().split()) for label in labels]
    assert all(name in text for name, text in zip(names, told, strict=True))
    if n_columns < 4:
        boxes = [label.get_window_extent() for label in labels]
        assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))
    else:  # slanted: the lines of text are farther apart than a letter is high
        assert {label.get_rotation() for label in labels} == {30}
        ends = ax.transData.transform([(0, 0), (1, 0)])[:, 0]
        height = labels[0].get_fontsize() / 72 * ax.figure.dpi
        assert np.diff(ends)[0] * np.sin(np.radians(30)) > height


def test_titles_of_three_panels_keep_apart():
    axes = FIGURES["three panels"]()
    axes[0].figure.canvas.draw()
    titles = [ax.title.get_window_extent() for ax in axes]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(titles))


def test_a_full_marker_beside_an_interval_is_a_difference_seen():
    tests = tl.load_results("no_verdicts").query("question == 'against the line'")
    tests = tests.query(
        "direction == 'dissociation' and metric == 'rmse' and group_by == 'surface'"
    )
    axes = figures.plot_intervals(tests, "target", "eV", score="difference", line=0)
    marks = [line for ax in axes for line in ax.lines if len(line.get_xdata()) == 1]
    seen = [line for line in marks if line.get_markerfacecolor() != "white"]
    assert len(marks) == len(tests) and len(seen) == (tests["verdict"] == "better").sum() > 0
    assert {line.get_xdata()[0] for line in seen} == set(
        tests.query("verdict == 'better'")["difference"]
    )
    (legend,) = axes[0].figure.legends
    assert legend.get_title().get_text() == "full marker: difference seen; hollow: none seen"
    assert not legend.get_lines()


def test_a_setting_is_told_by_the_line_and_a_mark_without_verdict_is_neither_full_nor_hollow():
    axes = FIGURES["three panels"]()
    marks = [line for ax in axes for line in ax.lines if len(line.get_xdata()) == 1]
    assert {line.get_marker() for line in marks} == {"|"}
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["cold", "warm"]
    solid, dashed = (line.get_linestyle() for line in legend.get_lines())
    assert solid == "-" and dashed == "--"


def test_texts_of_a_map_keep_apart():
    for ax in lab_map():
        ax.figure.canvas.draw()
        cells = [patch.get_window_extent() for patch in ax.patches]
        for text, cell in zip(ax.texts, cells, strict=True):
            inside = text.get_window_extent()
            assert inside.width < 0.8 * cell.width and inside.height < 0.6 * cell.height


def test_panels_of_wide_figures_stand_over_each_other():
    two = pd.DataFrame({"model": ["stack"] * 2, "score": 1.0, "low": 0.5, "high": 2.0})
    drawn = figures.plot_intervals(two.assign(setting=["cold", "warm"]), "setting", "RMSE (eV)")
    for axes in (drawn, lab_map(), FIGURES["changes"](), against()):
        axes[0].figure.canvas.draw()
        one, two = (ax.get_position() for ax in axes)
        assert one.x0 == pytest.approx(two.x0) and one.y0 > two.y1


def test_many_rows_of_panels_stand_beside_each_other():
    """Over each other they would be longer than a screen."""
    one, two, three = (ax.get_position() for ax in FIGURES["three panels"]())
    assert one.x1 < two.x0 < two.x1 < three.x0 and one.y0 == two.y0 == three.y0


def test_columns_are_named_in_words():
    assert literal("Ea_NO_diss") == "NO, dissociation"
    assert literal("gap_optical, forest of its own") == "optical gap, forest of its own"
    assert literal("cost ($)") == r"cost (\$)"
    columns = {*tl.load_results("no_intervals")["target"], "gap_pbe", "gap_optical"}
    assert not any("_" in literal(name) for name in columns)
    scores = barriers(lambda scores: figures.plot_intervals(scores, "target", "RMSE (eV)"))
    assert {ax.get_title() for ax in scores} == {f"{m},\ndissociation" for m in ("NO", "N₂", "O₂")}


def test_a_tie_of_splits_is_shaded_and_the_best_for_both_lies_in_both():
    axes = best_splits()
    shaded = [{(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches} for ax in axes]
    assert shaded == [{(2, 3), (3, 4)}, {(3, 4), (4, 5)}]
    for ax, missing in zip(axes, (3, 4), strict=True):
        line, points, holes = ax.lines
        assert set(line.get_xdata()) == {3.5} and np.isfinite(points.get_ydata()).sum() == 5
        assert list(holes.get_xdata()) == [missing]
        assert ax.get_yticks()[0] == holes.get_ydata()[0] < np.nanmin(points.get_ydata())
        assert ax.get_yticklabels()[0].get_text() == "no label"
    assert axes[0].texts[-1].get_text() == "line: best for both, size up to 3"


def test_texts_beside_shaded_splits_hide_no_label():
    for ax in best_splits():
        ax.figure.canvas.draw()
        points = ax.transData.transform(np.column_stack(ax.lines[1].get_data()))
        box = ax.texts[0].get_window_extent()
        assert not any(box.contains(*point) for point in points if np.isfinite(point).all())


def test_a_quantity_against_two_has_one_scale():
    one, two = against()
    assert one.get_ylim() == two.get_ylim()
    assert list(one.lines[0].get_ydata()) == list(two.lines[0].get_ydata()) == [1, 2, 3]
    assert (one.get_xlabel(), two.get_xlabel(), one.get_ylabel()) == ("a", "z", "y")
