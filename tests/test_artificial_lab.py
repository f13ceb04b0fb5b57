"""Artificial worlds: what the simulations of the chapters measure."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_friedman1
from sklearn.linear_model import LinearRegression

import tlhelpers as tl
from tlhelpers.book import jackknife_explorer, lab_explorer, plot_lab_changes, plot_lab_map
from tlhelpers.book.lab import (
    LAB_DRAWS,
    LAB_GRID,
    compare_lab,
    lab_errors,
    lab_models,
    lab_winners,
    related_tasks,
    repeat_training,
    visible_relation,
)
from tlhelpers.evaluation import RelatedAsFeatures, corrected_resampled_t_test


def draw(seed):
    return make_friedman1(30, noise=1.0, random_state=seed)


QUERIES = make_friedman1(6, random_state=99)[0]


@pytest.mark.filterwarnings("error")
def test_repeated_training_gives_each_set_its_own_forest():
    model = tl.SingleTaskForest(n_estimators=20)
    runs = repeat_training(model, draw, QUERIES, n_sets=4, n_jobs=2)
    assert runs.groupby("set")["query"].count().tolist() == [6] * 4
    third = tl.SingleTaskForest(n_estimators=20, random_state=2).fit(*draw(2))
    np.testing.assert_allclose(runs.loc[runs["set"] == 2, "prediction"], third.predict(QUERIES))
    assert (runs["std"] > 0).all()
    pd.testing.assert_frame_equal(runs, repeat_training(model, draw, QUERIES, n_sets=4))


@pytest.mark.filterwarnings("ignore:the jackknife variance from")
def test_training_is_repeated_with_known_labels():
    def table(seed):
        drawn = related_tasks(40, 30, seed=seed)
        return drawn.X, drawn.Y

    asked = related_tasks(5, 5, seed=99)
    model = tl.DifferenceForest("y", "z", n_estimators=20)
    runs = repeat_training(model, table, asked.X, n_sets=3, known=asked.Y[["z"]])
    fitted = model.set_params(random_state=1).fit(*table(1))
    alone = fitted.predict(asked.X, known=asked.Y[["z"]])
    np.testing.assert_allclose(runs.loc[runs["set"] == 1, "prediction"], alone)


def test_jackknife_explorer_says_when_an_error_bar_is_noise():
    explorer = jackknife_explorer(*draw(0), QUERIES, sizes=[10, 1500], unit="a.u.")
    assert "may not be shown" in explorer.at(trees=10).readout
    assert "may be shown" in explorer.at(trees=1500).readout
    estimates, noise = explorer.at(trees=1500).panels
    assert len(estimates.series) == 2 and all(len(s.x) == 6 for s in estimates.series)
    assert estimates.ylabel == "estimated variance (a.u.²)" and noise.series[-1].emphasis


def test_related_tasks_are_what_the_knobs_say():
    knobs = {"n_samples": 40_000, "n_labels": 40_000, "correlation": 0.6, "noise": 0.0}
    Y = related_tasks(systematic_error=0.0, **knobs).Y
    assert Y.corr().loc["y", "z"] == pytest.approx(0.6, abs=0.02)
    np.testing.assert_allclose(Y.std(), 1, atol=0.02)
    np.testing.assert_allclose(Y.mean(), 0, atol=0.03)
    off = related_tasks(systematic_error=2.0, **knobs)
    drift = (off.Y["z"] - Y["z"]) / 2
    assert drift.std() == pytest.approx(1, abs=0.02)
    assert abs(drift.corr(Y["y"])) < 0.02 and off.X["x12"].corr(drift) > 0.6
    noisy = related_tasks(systematic_error=0.0, **knobs | {"noise": 0.5}).Y
    np.testing.assert_allclose((noisy - Y).std(), 0.5, atol=0.01)


def test_related_tasks_with_a_seed_share_features_and_nest_labels():
    few, many = (related_tasks(50, n, seed=4) for n in (5, 20))
    pd.testing.assert_frame_equal(few.X, many.X)
    pd.testing.assert_series_equal(few.Y["z"], many.Y["z"])
    known = few.Y["y"].dropna()
    assert len(known) == 5 and many.Y["y"].count() == 20
    pd.testing.assert_series_equal(known, many.Y.loc[known.index, "y"])
    for wrong, message in [
        ({"correlation": 1.1}, "correlation"),
        ({"noise": -0.1}, "noise"),
        ({"n_labels": 51}, "n_labels"),
    ]:
        with pytest.raises(ValueError, match=message):
            related_tasks(50, **wrong)


def test_lab_errors_hold_the_test_rows_out():
    world = {"correlation": 0.9, "noise": 0.2, "systematic_error": 0.5}
    errors = lab_errors(3, [10, 30], n_samples=60, n_test=20, **world)
    assert len(errors) == 2 * 2 * len(lab_models()) and errors["seed"].eq(3).all()
    study = related_tasks(60, 30, seed=3, **world)
    test = related_tasks(60, 40, seed=3).Y["y"].isna()
    truth = related_tasks(60, 60, seed=3, **world | {"noise": 0.0}).Y["y"]
    assert study.Y.loc[test, "y"].isna().all() and test.sum() == 20
    found = errors.set_index(["setting", "n_labels", "model"])["rmse"]
    model = tl.DifferenceForest("y", "z", n_estimators=30, random_state=3)
    for setting, keep in [("cold", ~test), ("warm", test | True)]:
        model.fit(study.X[keep], study.Y[keep])
        known = study.Y.loc[test, ["z"]] if setting == "warm" else None
        miss = model.predict(study.X[test], known=known) - truth[test]
        expected = found[setting, 30, "difference"]
        assert np.sqrt((miss**2).mean()) == pytest.approx(expected)
    assert found["cold", 10, "single-task"] == found["warm", 10, "single-task"]
    alone = lab_errors(3, 10, n_samples=60, n_test=20, models=lab_models(), **world)
    np.testing.assert_allclose(alone["rmse"], errors.query("n_labels == 10")["rmse"])
    with pytest.raises(ValueError, match="at most 40"):
        lab_errors(3, 41, n_samples=60, n_test=20)


def test_any_estimator_enters_the_lab():
    line = {"line": RelatedAsFeatures(LinearRegression(), related="z")}
    world = {"correlation": 1.0, "systematic_error": 0.0, "noise": 0.0}
    errors = lab_errors(0, 30, models=line, n_samples=60, n_test=20, **world)
    rmse = errors.set_index("setting")["rmse"]
    assert rmse["warm"] < 1e-9 and rmse["cold"] > 0.5  # cold, the line has nothing to go by


def constructed(a: list, b: list) -> pd.DataFrame:
    """Return errors of the baseline and of another model over draws."""
    names = {"single-task": a, "multi-task": b}
    return pd.DataFrame(
        [
            {"setting": "cold", "n_labels": 10, "model": name, "seed": seed, "rmse": value}
            for name, values in names.items()
            for seed, value in enumerate(values)
        ]
    )


def test_the_test_of_the_lab_is_the_paired_t_test():
    a, b = [1.0, 1.1, 0.9, 1.2], [0.8, 1.0, 0.9, 0.9]
    table = compare_lab(constructed(a, b)).set_index("model")
    row, base = table.loc["multi-task"], table.loc["single-task"]
    mean, half, p_value = corrected_resampled_t_test(np.subtract(b, a), 0.0)
    assert (row["difference"], row["p_value"]) == pytest.approx((mean, p_value))
    assert (row["low"], row["high"]) == pytest.approx((mean - half, mean + half))
    assert row["baseline_rmse"] == base["rmse"] and base["difference"] == 0
    assert np.isnan(base["p_value"]) and pd.isna(base["verdict"])
    assert set(table["metric"]) == {"rmse"}


def test_the_lab_compares_one_position_and_all_of_its_draws():
    errors = constructed([1.0, 1.1, 0.9, 1.2], [0.8, 1.0, 0.9, 0.9])
    two = pd.concat([errors.assign(noise=0.0), errors.assign(noise=0.3)])
    with pytest.raises(ValueError, match="noise"):
        compare_lab(two)
    with pytest.raises(ValueError, match="missing in some split"):
        compare_lab(errors[:-1])
    with pytest.raises(ValueError, match="no model"):
        compare_lab(errors, "difference")


@pytest.mark.parametrize(
    ("other", "text", "seen"),
    [
        ([0.79, 0.81, 0.80, 0.80], "M −20%", True),
        ([0.60, 1.30, 0.70, 1.20], "", False),
        ([1.19, 1.21, 1.20, 1.20], "S", True),
        ([0.70, 1.40, 0.80, 1.30], "", False),
    ],
)
def test_winners_are_seen_only_beyond_the_interval(other, text, seen):
    table = compare_lab(constructed([1.0, 1.0, 1.0, 1.0], other))
    (row,) = lab_winners(table, ["setting", "n_labels"]).to_dict("records")
    assert row["text"] == text and row["seen"] is seen
    with pytest.raises(ValueError, match="several rows"):
        lab_winners(pd.concat([table, table]), ["setting"])


def test_the_stored_map_is_complete_and_drawn():
    lab = tl.load_results("lab_map")
    assert {name: tuple(sorted(set(lab[name]))) for name in LAB_GRID} == LAB_GRID
    models = [*lab_models(), "equal weights"]
    assert list(lab["model"].unique()) == models
    assert len(lab) == 2 * len(models) * np.prod([len(values) for values in LAB_GRID.values()])
    by = ["setting", "correlation", "n_labels"]
    winners = lab_winners(lab.query("noise == 0.3 and systematic_error == 0.5"), by)
    axes = plot_lab_map(winners, "correlation", "n_labels")
    assert [ax.get_title() for ax in axes] == ["cold", "warm"]
    assert [len(ax.texts) for ax in axes] == [20, 20]
    written = [text.get_text() != "" for ax in axes for text in ax.texts]
    in_panels = winners.sort_values("setting", kind="stable")
    assert written == list(in_panels["seen"])
    legend = [text.get_text() for text in axes[0].figure.legends[0].get_texts()]
    assert legend[-1] == "the lowest one is not better" and set(legend[:-1]) == set(
        winners.query("seen")["winner"]
    )


def test_changes_are_a_row_of_points_a_model():
    changes = visible_relation(tl.load_results("lab_map")).query("model != 'single-task'")
    axes = plot_lab_changes(changes)
    assert [ax.get_title() for ax in axes] == ["cold", "warm"]
    models = list(changes["model"].unique())
    assert [label.get_text() for label in axes[0].get_yticklabels()] == models
    points = next(line for line in axes[1].lines if len(line.get_xdata()) > 2)
    first = changes.query("setting == 'warm' and model == @models[0]")["change"]
    np.testing.assert_allclose(points.get_xdata(), first)
    ends = [list(line.get_xdata()) for line in axes[1].lines if line.get_marker() == "|"]
    assert [first.min(), first.max()] in ends  # marked, to be read off
    assert all(len(ax.get_xticklabels()) > 2 for ax in axes)  # the visible ones
    plt.close("all")


def test_lab_explorer_retrains_at_its_position():
    lab = tl.load_results("lab_map")
    knobs = {"correlation": [0.95, 1.0], "systematic_error": [0.5, 1.5], "noise": [0.0, 0.3]}
    knobs |= {"n_labels": [10, 25]}
    explorer = lab_explorer(lab, knobs, start={"noise": 0.3})
    world = {"correlation": 0.95, "systematic_error": 0.5, "noise": 0.3}
    for place in (
        {"n_labels": 25},
        {"correlation": 1.0},
    ):  # stages kept from the first change nothing
        frame = explorer.at(**place)
        once = lab_errors(0, **{"n_labels": 10} | world | place, models=lab_models(20))
        notes = [s.note for panel in frame.panels for s in panel.series if s.label]
        assert [note.split(" | ")[1] for note in notes] == [f"{e:.2f}" for e in once["rmse"]]
        for setting, rows in once.groupby("setting"):
            lowest = rows.set_index("model")["rmse"]
            one = frame.readout.partition("In one table: ")[2]
            assert f"{setting} {lowest.idxmin()} {lowest.min():.2f}" in one
        for panel in frame.panels:
            assert [s.label for s in panel.series if s.label] == list(lab_models())
        assert [panel.title for panel in frame.panels] == ["Cold", "Warm"]
    assert explorer.description.count(f"mean of {LAB_DRAWS} | one table") == 1
    frame = explorer.at(n_labels=25)
    assert f"mean error over {LAB_DRAWS} tables" in explorer.description
    assert "25 labels" in frame.readout and "warm" in frame.readout
    here = lab[np.all([lab[k] == v for k, v in world.items()], axis=0)].query("n_labels == 25")
    for panel, setting in zip(frame.panels, ["cold", "warm"], strict=True):
        rows = here.query("setting == @setting").set_index("model").loc[list(lab_models())]
        notes = {s.label: s.note.partition(" | ")[0] for s in panel.series if s.label}
        assert {n: t.split()[0] for n, t in notes.items()} == dict(
            rows["rmse"].map("{:.2f}".format)
        )
        words = {n: t.partition(" ")[2] for n, t in notes.items()}
        assert words == dict(rows["verdict"].where(rows["verdict"].isin(["better", "worse"]), ""))
        lowest = rows["rmse"].idxmin()
        said = f"{rows.loc[lowest, 'rmse']:.2f}, {rows.loc[lowest, 'verdict']}"
        assert f"{setting} {lowest} {said}" in frame.readout.partition("In one table: ")[0]
    with pytest.raises(ValueError, match="noise"):
        lab_explorer(lab, knobs | {"noise": [0.1, 0.2]}, start={})


def test_lab_explorer_marks_what_lies_above_its_axis():
    lab = tl.load_results("lab_map")
    knobs = {"correlation": [0.0, 1.0], "systematic_error": [0.0, 1.5], "noise": [0.0, 0.3]}
    explorer = lab_explorer(lab, knobs | {"n_labels": [10, 25]}, start={})
    tops, marked = set(), 0
    for world in ({"systematic_error": 1.5}, {"correlation": 1.0}):
        for panel in explorer.at(**world).panels:
            (top,) = tops = tops | {panel.ylim[1]}
            arrows = [s for s in panel.series if s.marker == "arrow"]
            assert all(max(s.y) < top for s in arrows)
            above = {
                (s.color, x) for s in panel.series for x, y in zip(s.x, s.y, strict=True) if y > top
            }
            assert {(s.color, x) for s in arrows for x in s.x} == above
            marked += len(above)
    assert marked and len(tops) == 1 and f"end at {top}" in explorer.description


@pytest.mark.once
def test_lab_explorer_has_its_answers_in_columns():
    lab = tl.load_results("lab_map")
    knobs = {"correlation": [0.0, 0.95], "systematic_error": [0.0, 0.5], "noise": [0.0, 0.3]}
    explorer = lab_explorer(lab, knobs | {"n_labels": [10, 25]}, start={})
    world = {"correlation": 0.95, "systematic_error": 0.5, "noise": 0.3, "n_labels": 25}
    cells = explorer.at(**world).cells
    here = lab[np.all([lab[k] == v for k, v in world.items()], axis=0)]
    here = here[here["model"].isin(list(lab_models()))]
    for setting, rows in here.groupby("setting"):
        lowest = rows.loc[rows["rmse"].idxmin()]
        said = f"{lowest['model']} {lowest['rmse']:.2f}, {lowest['verdict']}"
        assert cells[f"{setting}: lowest mean"] == said
    assert len(cells) == 4 and list(cells) == list(explorer.at().cells)
    html = explorer.to_html()
    assert "<th>warm: lowest mean</th>" in html and "<th>Answer</th>" not in html
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.count("<tr>") == 16 and "Lowest mean" not in rows


def test_visible_relation_is_that_of_many_rows():
    lab = visible_relation(tl.load_results("lab_map"))
    place = {"correlation": 0.8, "systematic_error": 0.5, "noise": 0.6}
    rows = lab[np.all([lab[name] == value for name, value in place.items()], axis=0)]
    Y = related_tasks(20_000, 20_000, **place).Y
    visible = rows["visible_correlation"].iloc[0], rows["visible_spread"].iloc[0]
    seen = Y.corr().loc["y", "z"], (Y["y"] - Y["z"]).std() / Y["y"].std()
    assert visible == pytest.approx(seen, abs=0.02)
    assert (lab.loc[lab["model"] == "single-task", "change"] == 0).all()
    pair = rows.query("setting == 'cold' and n_labels == 10").set_index("model")
    expected = pair.loc["difference", "rmse"] / pair.loc["single-task", "rmse"] - 1
    assert pair.loc["difference", "change"] == pytest.approx(expected)
