"""The tables and figures of the case studies are what they say."""

import numpy as np
import pandas as pd
import pytest

from tlhelpers import (
    LatentVariableForest,
    SingleTaskForest,
    color_study,
    load_pbe_gaps,
    load_results,
    no_study,
)
from tlhelpers.book import (
    plot_colors,
    plot_confusion,
    plot_gains,
    plot_intervals,
    plot_lines,
    plot_strip,
)
from tlhelpers.data import COARSE_COLOR_CLASSES, COLOR_CLASSES
from tlhelpers.evaluation import cross_validate_predictions


def predictions(truths, target="y", kind="regression"):
    """Return two models of one repeat."""
    n = len(truths)
    one = pd.DataFrame(
        {
            "model": "a", "repeat": 0, "fold": np.arange(n) % 2, "target": target,
            "task_type": kind, "row": [f"r{i}" for i in range(n)], "truth": truths,
            "prediction": truths, "std": 1.0,
        }
    )  # fmt: skip
    return pd.concat([one, one.assign(model="b")], ignore_index=True)


def test_models_of_different_targets_get_the_same_folds_with_split_on():
    study = no_study()
    barriers = cross_validate_predictions(
        SingleTaskForest(study.target, n_estimators=2), study.X, study.Y, study.groups,
        n_repeats=2, progress=False,
    )  # fmt: skip
    fold_of = barriers.drop_duplicates(["repeat", "row"]).set_index(["repeat", "row"])["fold"]
    o2 = cross_validate_predictions(
        LatentVariableForest("Ea_O2_assoc", "dE_O2_diss", n_estimators=2),
        study.X, study.Y, study.groups, split_on=study.target, n_repeats=2, progress=False,
    )  # fmt: skip
    assert len(o2) == 48
    where = pd.MultiIndex.from_frame(o2[["repeat", "row"]])
    assert (fold_of.loc[where].to_numpy() == o2["fold"]).all()
    with pytest.raises(ValueError, match="none of split_on"):
        cross_validate_predictions(
            SingleTaskForest("dE_N2_diss"), study.X, study.Y, split_on="Ea_O2_assoc",
            progress=False,
        )  # fmt: skip


def test_the_coarse_classes_hold_the_same_colours():
    groupings = COLOR_CLASSES, COARSE_COLOR_CLASSES
    fine, coarse = (sorted(c for names in g.values() for c in names) for g in groupings)
    assert fine == coarse
    assert color_study(COARSE_COLOR_CLASSES).Y["color"].nunique() == 3


def test_results_are_loaded_by_name():
    assert "jackknife / truth" in load_results("jackknife_truth")


def test_some_rows_of_the_lines_are_drawn_open():
    x = pd.DataFrame({"u": [0.0, 1.0, 2.0, 3.0], "v": [1.0, np.nan, 3.0, 4.0]})
    plain = plot_lines(x, 2 * x, "x (eV)", "y (eV)")
    ends = [True, False, False, True]
    axes = plot_lines(x, 2 * x, "x (eV)", "y (eV)", hollow=ends, hollow_label="s")
    line, full, opened = ([ax.lines[i] for ax in axes] for i in range(3))
    assert [list(of.get_xdata()) for of in full] == [[1, 2], [3]]
    assert [list(of.get_xdata()) for of in opened] == [[0, 3], [1, 4]]
    assert {of.get_markerfacecolor() for of in opened} == {"white"}
    assert [of.get_color() for of in opened] == [of.get_color() for of in full]
    assert [of.get_marker() for of in opened] == [of.get_marker() for of in full]
    assert len({of.get_color() for of in full}) == len({of.get_marker() for of in full}) == 2
    before = [ax.lines[0].get_xydata().tolist() for ax in plain]
    assert [of.get_xydata().tolist() for of in line] == before  # through all rows
    assert [ax.get_title() for ax in axes] == [ax.get_title() for ax in plain] == ["u", "v"]
    figure, other = axes[0].figure, plain[0].figure
    assert (figure.get_suptitle(), other.get_suptitle()) == ("open: s", "")
    assert (figure.get_supxlabel(), axes[0].get_ylabel()) == ("x (eV)", "y (eV)")
    assert figure.get_size_inches().tolist() == other.get_size_inches().tolist()


def test_open_rows_may_have_a_parallel_line_of_their_own():
    x = pd.DataFrame({"u": np.arange(6.0)})
    is_open = np.array([False, True] * 3)
    (ax,) = plot_lines(x, 2 * x + 5.0 * is_open[:, None], "x", "y", hollow=is_open, offset=True)
    for line, start, ends in zip(ax.lines, (0, 5), ([0, 4], [1, 5]), strict=False):
        assert list(line.get_xdata()) == ends
        assert np.allclose(line.get_ydata(), start + 2 * np.array(ends))


def test_classes_are_drawn_in_their_colours_on_no_sheet():
    values, names = pd.Series([0.0, 1.0, 2.0]), pd.Series(["a", "b", "a"])
    colors = {"a": "#a0432f", "b": "#ffffff"}
    ax = plot_colors(values, names, "u (eV)", colors, light=(0, 1))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a (2)", "b (1)"]
    drawn = {line.get_color(): sorted(line.get_xdata()) for line in ax.lines[:2]}
    assert drawn == {"#a0432f": [0, 2], "#ffffff": [1]}
    assert ax.figure.patch.get_alpha() == 0 and list(ax.images[0].get_extent()[:2]) == [0, 1]
    assert ax.get_xlim()[1] > 2 and ax.get_ylim() == (1.5, -0.5)
    with pytest.raises(ValueError, match="colors lack 'b'"):
        plot_colors(values, names, "u (eV)", {"a": "#a0432f"}, light=(0, 1))


def test_case_study_figures_show_every_row():
    frame = pd.DataFrame({"u": [0.0, 1.0, 2.0], "v": [1.0, np.nan, 3.0]})
    four = plot_lines(*[frame.join(frame.add_suffix("2"))] * 2, "x (eV)", "y (eV)")
    assert [len(ax.lines) for ax in four] == [2] * 4  # no pair is left out
    axes = plot_lines(frame, 2 * frame, "x (eV)", "y (eV)")
    assert [[len(line.get_xdata()) for line in ax.lines] for ax in axes] == [[2, 3], [2, 2]]
    ax = plot_strip(frame["u"], pd.Series(["a", "b", "a"]), "u (eV)", span=(0, 1), span_label="s")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a (2)", "b (1)"]
    ax = plot_confusion(pd.DataFrame([[2, 1], [0, 3]], index=["a", "b"], columns=["a", "b"]))
    assert [t.get_text() for t in ax.texts] == ["2.0", "1.0", "0.0", "3.0"]
    ax = plot_gains(pd.Series([11.0, 44.0, 25.0, 13.0]), pd.Series(["a", "b", "a", "b"]))
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]
    assert heights == [[0, 1, 1, 0, 0], [0, 1, 0, 0, 1]]
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == ["a: half need 18% or more", "b: half need 28% or more"]
    table = pd.DataFrame(
        {
            "model": ["m", "n"] * 2,
            "score": 1.0,
            "low": 0.5,
            "high": 2.0,
            "s": list("ccww"),
            "t": "t",
        }
    )
    axes = plot_intervals(table, "t", "RMSE (eV)", dash="s", line=1.0)
    assert len(axes) == 1 and len(axes[0].lines) == 9
    wide = pd.concat([table.assign(t=name) for name in "abc"])
    axes = plot_intervals(wide, "t", "RMSE (eV)", columns=2)
    assert [ax.get_title() for ax in axes] == ["a", "b", "c"]
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == (2, 2)


def test_a_study_keeps_chosen_rows_in_all_its_tables():
    study = color_study()
    rows = study.Y["gap_exp"].notna().to_numpy()
    part = study.select(rows)
    assert 0 < len(part.Y) == rows.sum() < len(study.Y) and part.target == "color"
    assert list(part.X.index) == list(part.Y.index) == list(part.groups) == list(study.groups[rows])


def test_colors_beside_computed_gaps():
    Y = color_study(computed=True).Y
    gaps = load_pbe_gaps().set_index("composition")["gap_median"]
    assert list(Y) == ["color", "gap_exp", "gap_pbe"]
    assert Y.loc["GaAs", "gap_pbe"] == gaps["GaAs"] and 0 < Y["gap_pbe"].count() < len(Y)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({"dark": ["blak"]}, r"classes\['dark'\]: 'blak' is no colour of the data"),
        ({"dark": ["Gray"], "other": ["Gray"]}, "'Gray' is in two classes, 'dark' and 'other'"),
    ],
)
def test_classes_of_colors_that_cannot_be(classes, message):
    with pytest.raises(ValueError, match=message):
        color_study(classes)
