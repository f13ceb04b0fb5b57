"""Each architecture does what it says."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    StackedForest,
)
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.plan import Stage
from tlhelpers.forests.stages import OutOfBagReading


@pytest.fixture(scope="module")
def data():
    """Features, a cheap label z for all rows, and a scarce y = z + 2 + a small function."""
    rng = np.random.default_rng(1)
    X = rng.uniform(size=(300, 5))
    z = 5 * np.sin(4 * X[:, 0]) + 3 * X[:, 1]
    Y = pd.DataFrame({"y": z + 2 + X[:, 2], "z": z})
    truth = Y["y"].copy()
    Y.loc[30:, "y"] = np.nan
    return X, Y, truth


def rmse(a, b):
    return float(np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2)))


@pytest.mark.parametrize("forest", [DifferenceForest, LatentVariableForest, MultiTaskForest])
def test_a_related_label_helps(forest, data):
    X, Y, truth = data
    baseline = SingleTaskForest("y", random_state=0).fit(X, Y)
    model = forest("y", random_state=0).fit(X, Y)
    assert rmse(model.predict(X[30:]), truth[30:]) < rmse(baseline.predict(X[30:]), truth[30:])


@pytest.mark.parametrize(
    ("forest", "kind"),
    [(DifferenceForest, "numbers")]
    + [
        (forest, kind)
        for forest in (SingleTaskForest, MultiTaskForest, LatentVariableForest)
        for kind in ("numbers", "classes")
    ],
)
@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_predictions_with_and_without_errors_are_the_same(forest, kind, data):
    """To the last bit: with four trees two classes are often level."""
    X, Y, truth = data
    if kind == "classes":
        Y = Y.assign(y=np.where(truth > truth.median(), "high", "low"))
    model = forest("y", n_estimators=4, random_state=0).fit(X, Y)
    queries = np.random.default_rng(0).uniform(size=(2000, 5))
    np.testing.assert_array_equal(
        model.predict(queries), model.predict(queries, return_std=True)[0]
    )


@pytest.mark.parametrize("forest", [SingleTaskForest, DifferenceForest])
@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_a_row_is_predicted_alone_as_among_others(forest, data):
    """To the last bit, with and without errors; 3,000 trees leave a chunk of one row."""
    X, Y, _ = data
    model = forest("y", n_estimators=3000, max_depth=3, random_state=0).fit(X, Y)
    queries = np.random.default_rng(0).uniform(size=(2**22 // 3000 + 1, 5))
    together = model.predict(queries)
    np.testing.assert_array_equal(together, model.predict(queries, return_std=True)[0])
    for i in (0, 7, -1):
        assert model.predict(queries[[i]])[0] == together[i]
        assert model.predict(queries[[i]], return_std=True)[0] == together[i]


@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_what_is_kept_for_errors_ends_with_the_fit_and_is_not_pickled(data):
    X, Y, _ = data
    model = SingleTaskForest("z", random_state=0).fit(X, Y)
    model.predict(X[:5], return_std=True)
    size = len(pickle.dumps(model))
    model.set_params(random_state=1).fit(X, Y)
    assert len(pickle.dumps(model)) == pytest.approx(size, rel=0.02)
    fresh = SingleTaskForest("z", random_state=1).fit(X, Y)
    again = pickle.loads(pickle.dumps(model))
    for other in (fresh, again):
        pairs = zip(
            model.predict(X, return_std=True), other.predict(X, return_std=True), strict=True
        )
        for ours, theirs in pairs:
            np.testing.assert_array_equal(ours, theirs)


def test_difference_adds_back_the_known_label_where_it_is_known(data):
    X, Y, _ = data
    model = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    known = Y[["z"]].copy()
    known.iloc[::2] = np.nan
    mixed, cold = model.predict(X, known=known), model.predict(X)
    np.testing.assert_array_equal(mixed[::2], cold[::2])
    difference = model.difference(X, known=known)
    np.testing.assert_allclose(mixed[1::2], known["z"][1::2] + difference[1::2])


def test_difference_is_a_forest_on_the_differences(data):
    """The second stage alone, by hand on the same bags: from measured z, and from guessed z."""
    X, Y, _ = data
    Y = Y.assign(z=Y["z"].where(Y.index > 9))  # rows without the base teach too
    model = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    stages, rows = model._stages, Y["y"].notna().to_numpy()
    guessed = stages.out_of_bag(Stage(("z",)))
    for base, known in [(guessed, None), (Y["z"].fillna(pd.Series(guessed)), Y[["z"]].fillna(0))]:
        values = (Y["y"] - base).to_numpy()[rows, None]
        bags = model.inbag_counts_[:, rows]
        by_hand = ForestEngine().fit(
            X[rows], values, np.array([0]), bags, seed=[stages._seed, 0, 0]
        )
        np.testing.assert_allclose(by_hand.predict(X, 0), model.difference(X, known), atol=1e-12)


def test_without_a_related_label_the_model_is_the_baseline(data):
    X, Y, _ = data
    y = Y["z"]
    baseline = SingleTaskForest(random_state=0).fit(X, y).predict(X)
    for forest in (DifferenceForest, LatentVariableForest):
        np.testing.assert_array_equal(forest(random_state=0).fit(X, y).predict(X), baseline)


@pytest.mark.parametrize("n_trees", [3, 40])  # of three trees some rows are in every bag
def test_what_is_out_of_bag_does_not_depend_on_the_rows_that_are_asked_for(data, n_trees):
    X, Y, _ = data
    options = {"n_estimators": n_trees, "random_state": 0}
    model = DifferenceForest("y", "z", slope="learned", base_as_feature=True, **options)
    whole, rows = model.fit(X, Y)._stages, np.random.default_rng(0).permutation(len(X))
    every = {stage: whole.out_of_bag(stage) for stage in whole.planned}
    few = model.fit(X, Y)._stages
    for some in (rows[:7], rows[5:60], rows):
        for stage, expected in every.items():
            np.testing.assert_array_equal(few.out_of_bag(stage, rows=some), expected[some])
    assert n_trees > 3 or any(np.isnan(found).any() for found in every.values())


def test_latents_in_training_are_out_of_bag():
    """A latent of pure noise, equal to the target: in-bag values would give the target away."""
    rng = np.random.default_rng(2)
    X, noise = rng.normal(size=(200, 3)), rng.normal(size=200)
    Y = pd.DataFrame({"y": noise, "z": noise})
    model = LatentVariableForest("y", "z", random_state=0).fit(X, Y)
    seen = model._stages.training_features(model._own["y"])[:, -1]
    in_bag = model._stages[Stage(("z",))].engine.predict(X, 0)
    assert np.corrcoef(in_bag, noise)[0, 1] > 0.8
    assert abs(np.corrcoef(seen, noise)[0, 1]) < 0.3
    assert rmse(model.out_of_bag_prediction(), noise) > 0.9
    leak = OutOfBagReading(model._stages, known=["z"]).mean(model._own["y"])
    assert rmse(leak, noise) < 0.5  # what a leak would look like


def test_chain_of_latents_and_a_latent_class(data):
    X, Y, truth = data
    Y = Y.assign(c=pd.Series(np.where(Y["z"] > 2, "high", "low"), dtype=object))
    model = LatentVariableForest("y", ["c", "z"], random_state=0).fit(X, Y)
    latents = model.latent(X)
    assert list(latents) == ["P(c=high)", "P(c=low)", "z"]
    np.testing.assert_allclose(latents.iloc[:, :2].sum(axis=1), 1)
    known = Y[["c"]].iloc[:5]
    fixed = model.latent(X[:5], known=known)
    assert (fixed["P(c=high)"] == (known["c"] == "high")).all()
    assert rmse(model.predict(X[30:]), truth[30:]) < 2


def test_known_latents_replace_predictions(data):
    X, Y, _ = data
    model = LatentVariableForest("y", "z", random_state=0).fit(X, Y)
    assert rmse(model.predict(X, known=Y[["z"]]), Y["z"]) < rmse(model.predict(X), Y["z"])
    assert not np.allclose(model.predict(X, known=Y[["z"]] + 3), model.predict(X))


def test_a_kept_stage_changes_nothing(data):
    X, Y, _ = data
    for forest in (DifferenceForest, LatentVariableForest):
        warm = forest("y", random_state=0, warm_start=True).fit(X, Y)
        fewer = Y.assign(y=Y["y"].where(Y.index < 20))
        engine = warm._stages[Stage(("z",))].engine
        warm.fit(X, fewer)
        assert warm._stages[Stage(("z",))].engine is engine
        cold = forest("y", random_state=0).fit(X, fewer)
        np.testing.assert_array_equal(warm.predict(X), cold.predict(X))


def test_fixed_stage_leaves_out_the_error_of_the_base(data):
    X, Y, _ = data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        free = DifferenceForest("y", "z", n_estimators=1000, random_state=0).fit(X, Y)
        fixed = DifferenceForest("y", "z", n_estimators=1000, random_state=0, fixed_stage=True)
        fixed.fit(X, Y)
        means, errors = zip(*(m.predict(X, return_std=True) for m in (free, fixed)), strict=True)
        known = [m.predict(X, known=Y[["z"]], return_std=True)[1] for m in (free, fixed)]
    np.testing.assert_allclose(means[0], means[1])
    assert np.median(errors[1]) < np.median(errors[0])
    np.testing.assert_allclose(*known)  # a measured base has no error in either


def test_relations_that_make_no_sense_are_errors(data):
    X, Y, _ = data
    three = Y.assign(w=Y["z"], c=np.where(Y["z"] > 0, "a", "b"))
    for model, message in [
        (DifferenceForest("y"), "name the target and the base"),
        (DifferenceForest("y", "y"), "would be zero"),
        (DifferenceForest("y", "c"), "classification"),
        (DifferenceForest("y", "q"), "no task of Y"),
        (DifferenceForest("y", []), "base is empty; name at least one task"),
        (DifferenceForest("y", {"z": "y"}), r"base maps \['z'\]; it must map the targets"),
        (DifferenceForest(["y", "z"], {"y": "z", "z": "w"}), "base 'z' of 'y' is a target too"),
        (DifferenceForest(["y", "z", "w", "c"]), "none is left as a base"),
        (PooledForest(["y", "z"]), r"predicts one target, not \['y', 'z'\]: name the target"),
        (PooledForest("y", ["y", "z"]), "'y' is the target; sources are mixed with it"),
        (PooledForest("y", "c"), "task 'c' is a classification: a union needs regressions"),
        (StackedForest("y", ["z", "y"]), "'y' is both a target and related"),
        (LatentVariableForest("y", ["y"]), "both a target and a latent"),
        (LatentVariableForest("y", ["q"]), "no task of Y"),
        (LatentVariableForest(), "none is left as a latent"),
        (MultiTaskForest("y", task_weights={"q": 1}), "task_weights"),
        (MultiTaskForest("y", task_weights={"y": 0}), "task_weights"),
        (MultiTaskForest("y", task_weights={"y": 1e300}), "task_weights"),
        (SingleTaskForest("y", task_types={"q": "regression"}), "task_types"),
        (SingleTaskForest("y", task_types="ordinal"), "ordinal"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.fit(X, three)


def test_arguments_of_a_wrong_type_are_named(data):
    X, Y, _ = data
    for model, message in [
        (MultiTaskForest("y", task_weights=2), "task_weights must map tasks to weights, got 2"),
        (SingleTaskForest("y", task_types=3), "task_types must be text, a mapping or None, got 3"),
        (SingleTaskForest("y", n_estimators=True), "n_estimators must be a number, got True"),
    ]:
        with pytest.raises(TypeError, match=message):
            model.fit(X, Y)


def test_bases_of_a_mapping_name_the_targets(data):
    X, Y, _ = data
    model = DifferenceForest(base={"y": "z"}, random_state=0).fit(X, Y)
    assert model.targets_ == ["y"] and model.bases_ == {"y": ["z"]}
    named = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    np.testing.assert_array_equal(model.predict(X), named.predict(X))


def test_shared_splits_find_the_common_feature(data):
    X, Y, _ = data
    shares = MultiTaskForest(random_state=0).fit(X, Y).shared_splits()
    assert shares.shape == (5, 2) and np.allclose(shares.sum(), 1)
    assert shares["z"].idxmax() == 0 and shares["y"].idxmax() == 0


def test_observation_std_is_calibrated_on_out_of_bag_residuals():
    rng = np.random.default_rng(3)
    X = rng.uniform(size=(400, 2))
    y = X[:, 0] + rng.normal(size=400)
    model = SingleTaskForest(random_state=0, min_samples_leaf=5).fit(X, y)
    new = rng.uniform(size=(400, 2))
    residual = new[:, 0] + rng.normal(size=400) - model.predict(new)
    assert np.sqrt(np.mean((residual / model.observation_std(new)) ** 2)) == pytest.approx(
        1, abs=0.15
    )


def test_observation_std_is_calibrated_with_a_known_base(data):
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(500, 3))
    z = 5 * X[:, 0] + rng.normal(size=500)
    y = z + X[:, 1] + 0.2 * rng.normal(size=500)
    Y = pd.DataFrame({"y": y, "z": z})
    model = DifferenceForest("y", "z", min_samples_leaf=5, random_state=0).fit(X[:300], Y[:300])
    for known in (None, Y[["z"]][300:]):
        residual = y[300:] - model.predict(X[300:], known=known)
        ratio = residual / model.observation_std(X[300:], known=known)
        assert np.sqrt(np.mean(ratio**2)) == pytest.approx(1, abs=0.2)


def test_score_refuses_rows_or_labels_of_another_kind(data):
    X, Y, _ = data
    X = pd.DataFrame(X, columns=list("abcde"))
    model = SingleTaskForest("y", random_state=0).fit(X, Y)
    with pytest.raises(ValueError, match="align them"):
        model.score(X, Y.iloc[::-1])
    classes = pd.Series(np.where(Y["z"] > 2, 1, 2), name="c")
    forest = SingleTaskForest(task_types="classification", random_state=0).fit(X, classes)
    assert forest.score(X, classes) > 0.95
    assert forest.score(X, classes + 0.7) == 0  # 1.7 is not class 1


def test_tasks_named_twice_are_refused(data):
    X, Y, _ = data
    with pytest.raises(ValueError, match="named twice"):
        LatentVariableForest("y", ["z", "z"]).fit(X, Y)
    with pytest.raises(ValueError, match="named twice"):
        SingleTaskForest(["y", "y"]).fit(X, Y)


def test_the_difference_needs_no_row_with_both_labels(data):
    """Where z was not measured it is predicted, so y can still be set against it."""
    X, Y, truth = data
    apart = Y.assign(z=Y["z"].where(Y["y"].isna()))
    errors = [
        rmse(forest("y", random_state=0).fit(X, apart).predict(X)[30:], truth[30:])
        for forest in (DifferenceForest, SingleTaskForest)
    ]
    assert errors[0] < 0.7 * errors[1]


def test_a_masked_label_is_a_hole(data):
    X, Y, _ = data
    masked = np.ma.masked_invalid(np.where(Y.isna(), np.nan, Y))
    masked.data[masked.mask] = 999
    one = SingleTaskForest(0, random_state=0).fit(X, masked).predict(X)
    other = SingleTaskForest(0, random_state=0).fit(X, Y.to_numpy()).predict(X)
    np.testing.assert_array_equal(one, other)


def test_holes_at_random_equal_fewer_rows(data):
    X, Y, _ = data
    with_holes = SingleTaskForest("y", random_state=0).fit(X, Y).predict(X)
    rows = Y["y"].notna().to_numpy()
    without = SingleTaskForest("y", random_state=0).fit(X[rows], Y[["y"]][rows]).predict(X)
    np.testing.assert_array_equal(with_holes, without)


def test_trees_of_a_chain_average_to_the_prediction_and_know_what_is_known(data):
    X, Y, _ = data
    Y = Y.assign(c=pd.Series(np.where(Y["z"] > 2, "high", "low"), dtype=object))
    model = LatentVariableForest(["y"], ["c", "z"], n_estimators=40, random_state=0).fit(X, Y)
    known = Y[["c", "z"]].copy()
    known.loc[::2, "z"] = np.nan
    trees = model.tree_predictions(X, known=known)
    np.testing.assert_allclose(trees.mean(axis=1), model.predict(X, known=known))
    fixed = LatentVariableForest(
        ["y"], ["c", "z"], n_estimators=40, random_state=0, fixed_stage=True
    ).fit(X, Y)
    held = fixed.tree_predictions(X, known=known)
    np.testing.assert_array_equal(trees[1::2], held[1::2])  # all latents known: nothing to add
    assert (np.abs(trees[::2] - held[::2]).max(axis=1) > 0).mean() > 0.5


def test_each_tree_moves_along_the_slope_of_the_forest(data):
    X, Y, _ = data
    model = LatentVariableForest("y", "z", n_estimators=50, random_state=0).fit(X, Y)
    moved = model.tree_predictions(X)
    held = model.set_params(fixed_stage=True).tree_predictions(X)
    z_trees = model._stages[Stage(("z",))].engine.tree_values(X, 0).T
    z, step = model.latent(X)["z"], z_trees.std(axis=1)
    h = model._stages[model._own["y"].in_regime(frozenset())].engine
    low, high = (h.predict(np.column_stack([X, z + s]), 0) for s in (-step, step))
    slope = (high - low) / (2 * step)
    expected = slope[:, None] * (z_trees - z.to_numpy()[:, None])
    np.testing.assert_allclose(moved - held, expected, atol=1e-9)
    assert np.median(slope) > 0.2


def test_spread_of_observations_is_right_for_each_architecture(data):
    """On fresh rows, residuals in units of the stated spread have a size of about one."""
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(900, 5))
    z = 5 * np.sin(4 * X[:, 0]) + 3 * X[:, 1]
    Y = pd.DataFrame({"y": z + 2 + X[:, 2] + rng.normal(size=900), "z": z})
    train = Y.iloc[:300]
    for forest in (SingleTaskForest, MultiTaskForest, DifferenceForest, LatentVariableForest):
        model = forest("y", n_estimators=200, random_state=0).fit(X[:300], train)
        residual = Y["y"][300:] - model.predict(X[300:])
        ratio = residual / model.observation_std(X[300:])
        assert 0.75 < np.sqrt((ratio**2).mean()) < 1.3


def test_a_pooled_forest_cannot_undo_an_offset_without_its_flag(data):
    X, Y, truth = data
    Y = Y.assign(z=truth - 10)  # the same quantity, ten too low
    plain = PooledForest("y", random_state=0).fit(X, Y)
    flagged = PooledForest("y", source_flag=True, random_state=0).fit(X, Y)
    bias = np.mean(plain.predict(X[30:]) - truth[30:])
    assert bias < -5 and rmse(flagged.predict(X[30:]), truth[30:]) < abs(bias)
    assert rmse(plain.out_of_bag_prediction()[30:], truth[30:] - 10) < 3


def test_a_pooled_forest_is_a_forest_on_the_stacked_rows(data):
    X, Y, _ = data
    model = PooledForest("y", "z", source_flag=True, n_estimators=500, random_state=0).fit(X, Y)
    few = Y["y"].dropna()
    stacked = np.vstack([np.c_[X[few.index], [[1, 0]] * len(few)], np.c_[X, [[0, 1]] * len(X)]])
    peer = RandomForestRegressor(500, max_features=1 / 3, random_state=0)
    peer.fit(stacked, [*few, *Y["z"]])
    theirs = peer.predict(np.c_[X, [[1, 0]] * len(X)])
    assert rmse(model.predict(X), theirs) < 0.15 * theirs.std()
