"""The training-size explorer shows what a direct computation gives."""

import numpy as np
import pandas as pd
import pytest

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    SingleTaskForest,
    color_study,
    learning_curve,
    no_study,
)
from tlhelpers.book.explorers.training_size import training_size_explorer
from tlhelpers.data.studies import Study
from tlhelpers.evaluation.protocol import training_order


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(120, 3)), index=[f"row {i}" for i in range(120)])
    z = 3 * np.sin(4 * X[0]) + X[1]
    Y = pd.DataFrame({"y": z + X[2], "z": z})
    Y.iloc[80:, 0] = np.nan
    return Study(X, Y, np.repeat(np.arange(60), 2), "y", "")


def make(study, trees=20):
    models = {
        "single-task": SingleTaskForest("y", n_estimators=trees),
        "difference": DifferenceForest("y", "z", n_estimators=trees, fixed_stage=True),
        "latent variable": LatentVariableForest("y", "z", n_estimators=trees, fixed_stage=True),
    }
    options = {"sizes": [10, 20, 50], "n_repeats": 3, "progress": False}
    curve = learning_curve(models, study.X, study.Y, study.groups, **options)
    return models, curve, training_size_explorer(models, study, curve, start=20)


def test_the_points_are_a_refit_without_the_held_out_groups(study):
    models, curve, explorer = make(study)
    frame = explorer.at(labels=20, model="difference")
    labelled = study.Y["y"].notna().to_numpy()
    order, test = training_order(labelled, study.groups, 0.2, [0, 0])
    outside = ~np.isin(study.groups, study.groups[test])
    Y = study.Y.copy()
    Y["y"] = Y["y"].where(np.isin(np.arange(120), order[:20]))
    model = models["difference"].set_params(random_state=0).fit(study.X[outside], Y[outside])
    predicted = model.predict(study.X.iloc[test])
    shown = frame.panels[1].series[1]
    assert shown.label == "difference"
    np.testing.assert_array_equal(shown.y, predicted)
    np.testing.assert_array_equal(shown.x, study.Y["y"].iloc[test])
    error = np.sqrt(np.mean((predicted - study.Y["y"].iloc[test]) ** 2))
    assert f"difference {error:.2f} eV" in frame.readout
    row = curve.query("model == 'difference' and repeat == 0 and size == 20")
    assert row["rmse"].item() == pytest.approx(error)  # the first draw of the curve


def test_error_bars_are_shown_where_they_are_no_noise(study):
    few, many = make(study, trees=20)[2], make(study, trees=800)[2]
    frame = few.at(labels=50, model="difference")
    assert "would be noise" in frame.readout and frame.panels[1].series[0].low is None
    frame = many.at(labels=20, model="difference")
    assert "one jackknife standard error" in frame.readout
    for series in frame.panels[1].series:
        assert all(
            low < y < high for low, y, high in zip(series.low, series.y, series.high, strict=True)
        )


def test_the_readout_says_the_saving_of_the_repeated_experiment(study):
    from tlhelpers.evaluation.comparison import label_saving

    _, curve, explorer = make(study)
    for model in ("difference", "latent variable"):
        table = label_saving(curve, "single-task", model)
        for size, row in table.iterrows():
            readout = explorer.at(labels=size, model=model).readout
            if np.isfinite(row["saving"]) and row["saving"] > 0:
                assert f"label saving {row['saving']:.1f}" in readout
            else:
                assert "more than it has" in readout or "fewer than" in readout


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


def test_errors(study):
    models, curve, _ = make(study)
    with pytest.raises(ValueError, match="baseline"):
        training_size_explorer({"m": models["difference"]}, study, curve)
    with pytest.raises(ValueError, match="labels are left"):
        training_size_explorer(models, study, curve.assign(size=999))
