"""The training-size explorer shows what a direct computation gives."""

import re

import numpy as np
import pandas as pd
import pytest

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    SingleTaskForest,
    color_study,
    label_saving,
    learning_curve,
    no_study,
)
from tlhelpers.book.explorers.training_size import training_size_explorer
from tlhelpers.book.prose import interval
from tlhelpers.data.studies import Study
from tlhelpers.evaluation.comparison import VERDICTS, compare_sizes, judge
from tlhelpers.evaluation.protocol import training_order


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(120, 3)), index=[f"row {i}" for i in range(120)])
    z = 3 * np.sin(4 * X[0]) + X[1]
    Y = pd.DataFrame({"y": z + X[2], "z": z})
    Y.iloc[80:, 0] = np.nan
    return Study(X, Y, np.repeat(np.arange(60), 2), "y", "")


OPTIONS = {"sizes": [10, 20, 50], "n_repeats": 3, "progress": False}


@pytest.fixture(scope="module")
def made(study):
    """Return models, their curve cold and warm, its usual draw by hand, and the explorer."""
    models = {
        "single-task": SingleTaskForest("y", n_estimators=20),
        "difference": DifferenceForest("y", "z", n_estimators=20, fixed_stage=True),
        "latent variable": LatentVariableForest("y", "z", n_estimators=20, fixed_stage=True),
    }
    curve = pd.concat(
        learning_curve(models, study.X, study.Y, study.groups, setting=setting, **OPTIONS).assign(
            setting=setting
        )
        for setting in ("cold", "warm")
    )
    cases = curve.groupby(["setting", "model", "size"])["rmse"]
    off = (curve["rmse"] - cases.transform("mean")) ** 2
    usual = off.groupby(curve["repeat"]).mean().idxmin()
    start = {"labels": 20, "setting": "warm", "model": "difference"}
    return models, curve, usual, training_size_explorer(models, study, curve, start=start)


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_the_points_are_the_draw_closest_to_the_mean_curves(study, made, setting):
    models, curve, usual, explorer = made
    frame = explorer.at(labels=20, model="difference", setting=setting)
    labelled = study.Y["y"].notna().to_numpy()
    order, test = training_order(labelled, study.groups, 0.2, [0, usual])
    outside = ~np.isin(study.groups, study.groups[test])
    rows = outside | (setting == "warm")
    Y = study.Y.copy()
    Y["y"] = Y["y"].where(np.isin(np.arange(120), order[:20]))
    model = models["difference"].set_params(random_state=int(usual)).fit(study.X[rows], Y[rows])
    known = study.Y[["z"]].iloc[test] if setting == "warm" else None
    predicted = model.predict(study.X.iloc[test], known=known)
    shown = frame.panels[1].series[1]
    assert shown.label == "difference"
    np.testing.assert_array_equal(shown.y, predicted)
    np.testing.assert_array_equal(shown.x, study.Y["y"].iloc[test])
    error = np.sqrt(np.mean((predicted - study.Y["y"].iloc[test]) ** 2))
    assert f"One draw: {error:.2f} against" in frame.readout
    row = curve.query("model == 'difference' and repeat == @usual and size == 20")
    row = row[row["setting"] == setting]
    assert row["rmse"].item() == pytest.approx(error)  # that draw of the curve


def test_draws_with_seeds_of_their_own(study):
    models = {"single-task": SingleTaskForest("y", n_estimators=20)}
    runs = [
        learning_curve(
            models, study.X, study.Y, study.groups, **OPTIONS | {"n_repeats": 1}, random_state=draw
        ).assign(repeat=draw)
        for draw in range(3)
    ]
    curve = pd.concat(runs)
    errors = curve.pivot_table("rmse", "repeat", "size")
    usual = ((errors - errors.mean()) ** 2).mean(axis=1).idxmin()
    explorer = training_size_explorer(models, study, curve, own_seeds=True)
    for size in errors:
        assert f"One draw: {errors.loc[usual, size]:.2f} eV" in explorer.at(labels=size).readout


def test_the_readout_leads_with_all_draws_and_their_verdict(study, made):
    _, curve, _, explorer = made
    for (setting, size), rows in curve.groupby(["setting", "size"]):
        mean = rows.groupby("model")["rmse"].mean()
        for model in ("difference", "latent variable"):
            readout = explorer.at(labels=size, model=model, setting=setting).readout
            lead = f"Over 3 draws, {model}, {setting}, {size} labels: mean RMSE {mean[model]:.2f} "
            assert readout.startswith(
                f"{lead}against the baseline's {mean['single-task']:.2f} eV, "
            )
    assert explorer.at().readout == explorer.frame["readout"]
    assert explorer.frame["readout"].startswith("Over 3 draws, difference, warm, 20 labels")


def test_the_saving_stands_with_the_verdict_alone(study, made):
    models, curve, _, _ = made
    curve = curve.copy()
    baseline = curve["model"] == "single-task"
    curve.loc[curve["model"] == "difference", "rmse"] = 0.9 * curve.loc[baseline, "rmse"].to_numpy()
    cases = curve.query("model != 'single-task'")[["setting", "target", "model", "size"]]
    verdicts = cases.drop_duplicates().assign(metric="rmse", verdict="better")
    explorer = training_size_explorer(models, study, curve, verdicts=verdicts)
    said = []
    for setting, rows in curve.groupby("setting"):
        for size, row in label_saving(rows, "single-task", "difference").iterrows():
            readout = explorer.at(labels=size, setting=setting, model="difference").readout
            finite = np.isfinite(row["saving"])
            assert ", better; " in readout
            assert (f"label saving {row['saving']:.1f} (95%" in readout) == finite
            assert ("too few labels" in readout) == (not finite)
            said.append(finite)
    assert len(set(said)) == 2
    for verdict in VERDICTS[1:]:
        other = training_size_explorer(
            models, study, curve, verdicts=verdicts.assign(verdict=verdict)
        )
        readout = other.frame["readout"]
        assert f", {verdict}." in readout and "saving" not in readout and "too few" not in readout
    with pytest.raises(ValueError, match=r"nothing of \('cold', 'y', 'difference', 10\)"):
        training_size_explorer(models, study, curve, verdicts=verdicts.query("size > 10"))


def test_the_verdicts_of_all_positions_are_one_family(study, made):
    models, curve, _, explorer = made
    shifted = curve.copy()  # so that the test sees something
    shifted.loc[shifted["model"] == "difference", "rmse"] /= 100
    explorer = training_size_explorer(models, study, shifted)
    tests = [
        compare_sizes(rows, "single-task", model).assign(setting=setting, model=model)
        for setting, rows in shifted.groupby("setting")
        for model in ("difference", "latent variable")
    ]
    family = judge(pd.concat(tests))
    assert len(set(family["verdict"])) > 1
    for size, row in family.iterrows():
        readout = explorer.at(labels=size, setting=row["setting"], model=row["model"]).readout
        assert f", interval {interval(row)} eV, {row['verdict']}" in readout


def test_the_table_of_all_positions_has_the_numbers_of_the_sentence(made):
    explorer = made[3]
    frame = explorer.at(labels=20, model="difference", setting="warm")
    first, saved, one = frame.readout.partition("One draw: ")
    for name, value in frame.cells.items():
        for number in re.findall(r"[-−+]?\d+\.\d\d?", value):
            assert number in (one if "draw" in name else first), name
    assert list(frame.cells)[:2] == ["verdict", "95% interval"] and len(frame.cells) == 5 and saved
    assert frame.cells["95% interval"] in first and frame.cells["verdict"] in first
    assert re.fullmatch(r"\d\.\d\d \(\d\.\d\d\)", frame.cells["mean RMSE, eV (baseline)"])
    html = explorer.to_html()
    assert "<th>mean RMSE, eV (baseline)</th>" in html and "<th>Answer</th>" not in html
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.count("<tr>") == 12 and "Over 3 draws" not in rows


def test_the_marks_stand_side_by_side(made):
    series = made[3].at().panels[0].series
    assert [s.aside for s in series if s.emphasis] == [-1, 1]
    assert {tuple(s.x) for s in series if s.emphasis} == {(20,)}


def test_a_curve_that_is_not_chosen_stands_behind(made):
    curves = [s for s in made[3].at().panels[0].series if s.label]
    assert {s.label for s in curves if not s.faded} == {"single-task", "difference"}
    assert all(s.faded == (s.low is None) for s in curves) and any(s.faded for s in curves)


@pytest.mark.parametrize("setting", ["cold", "warm"])
def test_the_axis_holds_every_curve_and_is_the_same_in_both_settings(made, setting):
    panel = made[3].at(setting=setting).panels[0]
    low, high = panel.ylim
    assert (low, high) == made[3].at().panels[0].ylim and low > 0
    assert all(
        low < y < high for s in panel.series for y in (*s.y, *(s.low or ()), *(s.high or ()))
    )


def test_one_model_alone_and_several_targets_and_classes():
    study = no_study()
    models = {"single-task": SingleTaskForest(study.target, n_estimators=10)}
    options = {"sizes": [10, 30], "n_repeats": 2, "progress": False}
    curve = learning_curve(models, study.X, study.Y, study.groups, **options)
    explorer = training_size_explorer(models, study, curve)
    assert len(explorer.sliders) == 2
    frames = [explorer.at(task=task) for task in study.target]
    assert len({frame.readout for frame in frames}) == 3
    study = color_study()
    models = {"single-task": SingleTaskForest("color", n_estimators=10)}
    curve = learning_curve(models, study.X, study.Y, study.groups, **options)
    explorer = training_size_explorer(models, study, curve, metric="f1_macro", along="gap_exp")
    points = explorer.at(labels=30).panels[1].series[0]
    assert all(0 <= p <= 1 for p in points.y) and "macro F1" in explorer.at(labels=30).readout


def test_errors(study, made):
    models, curve, _, _ = made
    with pytest.raises(ValueError, match="baseline"):
        training_size_explorer({"m": models["difference"]}, study, curve)
    with pytest.raises(ValueError, match="labels are left"):
        training_size_explorer(models, study, curve.assign(size=999))
