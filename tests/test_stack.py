"""The difference with a slope, stages trained as they are asked, and the stack."""

import itertools
import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import nnls
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, KFold

from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    SingleTaskForest,
    StackedForest,
    load_results,
)
from tlhelpers.forests._engine.engine import ForestEngine
from tlhelpers.forests.lines import PULL, fit_lines
from tlhelpers.forests.plan import Line, Stage
from tlhelpers.forests.stacked import stacking_weights

PULL_OF_STACK = StackedForest().pull


def rmse(a, b):
    return float(np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2)))


@pytest.fixture(scope="module")
def world():
    """y = 1 - 2 z + a small function; z is known for all 300 rows, y for 60."""
    rng = np.random.default_rng(3)
    X = rng.uniform(size=(300, 5))
    z = 5 * np.sin(4 * X[:, 0]) + 3 * X[:, 1] + 0.1 * rng.normal(size=300)
    truth = 1 - 2 * z + X[:, 2]
    Y = pd.DataFrame({"y": np.where(np.arange(300) < 60, truth, np.nan), "z": z})
    return X, Y, truth


def test_lines_are_ridge_regressions_of_each_bag():
    """Against the normal equations with the pull as rows of data."""
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(30, 2)) * [1.0, 20.0], rng.normal(size=30)
    weights = rng.integers(0, 3, size=(7, 30)).astype(float)
    line = Line((Stage(("a",)), Stage(("b",))), learned=True, shrink_to=1.0)
    for found, w in zip(fit_lines(line, z, y, weights), weights, strict=True):
        share = w / w.sum() * len(y)
        design = np.vstack([np.column_stack([np.ones(30), z]), np.zeros((2, 3))])
        design[30:, 1:] = np.diag(z.std(axis=0))
        target = np.append(y, z.std(axis=0) * 0.5)  # a half of the one for each of two
        root = np.sqrt(np.append(share, [PULL, PULL]))[:, None]
        expected = np.linalg.lstsq(root * design, root[:, 0] * target, rcond=None)[0]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_slope_of_one_base_is_drawn_as_the_docstring_says():
    """(n v rho + 2 shrink_to) / (n v + 2), v the variance of z in the bag over that in all n."""
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=(8, 1)), rng.normal(size=8)
    weights = np.array([np.bincount(rng.integers(0, 8, 8), minlength=8) for _ in range(5)], float)
    line = Line((Stage(("a",)),), learned=True, shrink_to=1.0)
    for found, w in zip(fit_lines(line, z, y, weights), weights, strict=True):
        rho = np.polyfit(z[:, 0], y, 1, w=np.sqrt(w))[0]
        v = np.cov(z[:, 0], fweights=w.astype(int), ddof=0) / z.var()
        np.testing.assert_allclose(found[1], (8 * v * rho + 2) / (8 * v + 2))


def test_an_engine_takes_labels_of_its_own_for_every_tree():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(50, 4)), rng.normal(size=(3, 50, 1))
    bags = rng.integers(0, 3, size=(3, 50))
    own = ForestEngine().fit(X, labels, np.array([0]), bags, seed=5).tree_values(X, 0)
    for tree, bag, label in zip(own, bags, labels, strict=True):  # grown to the last row
        np.testing.assert_allclose(tree[bag > 0], label[bag > 0, 0])
    shared = np.repeat(labels[:1], 3, axis=0)
    np.testing.assert_allclose(
        ForestEngine().fit(X, shared, np.array([0]), bags, seed=5).tree_values(X, 0),
        ForestEngine().fit(X, labels[0], np.array([0]), bags, seed=5).tree_values(X, 0),
    )


def test_a_learned_slope_finds_another_unit(world):
    X, Y, truth = world
    model = DifferenceForest("y", "z", slope="learned", shrink_to=0, random_state=0).fit(X, Y)
    slopes = model.slope_.set_index("regime")
    assert abs(slopes.loc["known", "slope"] + 2) < 3 * slopes.loc["known", "std"] + 0.1
    known, rows = Y[["z"]], slice(60, None)
    error = rmse(model.predict(X, known=known)[rows], truth[rows])
    unit = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    assert error < 0.3 * rmse(unit.predict(X, known=known)[rows], truth[rows])
    difference = model.difference(X, known=known)
    line = model._stages[model._own["y"].in_regime(frozenset("z"))].line.mean(axis=0)
    np.testing.assert_allclose(
        model.predict(X, known=known), line[0] + line[1] * Y["z"] + difference
    )


def test_the_mean_of_the_trees_is_the_prediction_in_both_regimes(world):
    X, Y, _ = world
    known = Y["z"].where(Y.index % 2 == 0).to_frame()
    for model in (
        DifferenceForest("y", "z", slope="learned", n_estimators=30, random_state=0),
        DifferenceForest("y", "z", base_as_feature=True, n_estimators=30, random_state=0),
        StackedForest("y", n_estimators=30, random_state=0),
    ):
        model.fit(X, Y)
        mixed = model.predict(X, known=known)
        trees = model.tree_predictions(X, known=known)
        np.testing.assert_allclose(trees.mean(axis=1), mixed, rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(mixed[1::2], model.predict(X)[1::2])
        whole = model.predict(X, known=Y[["z"]])
        np.testing.assert_allclose(mixed[::2], whole[::2], rtol=1e-12)


@pytest.mark.filterwarnings("ignore:the jackknife variance")
def test_errors_come_with_the_same_predictions(world):
    X, Y, _ = world
    known = Y["z"].where(Y.index % 3 > 0).to_frame()
    for model in (
        DifferenceForest("y", "z", slope="learned", base_as_feature=True, random_state=0),
        StackedForest("y", random_state=0),
    ):
        model.fit(X, Y)
        prediction, std = model.predict(X, known=known, return_std=True)
        np.testing.assert_array_equal(prediction, model.predict(X, known=known))
        assert np.isfinite(std).all() and (std >= 0).all()
        again = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(again.predict(X, known=known), prediction)


def test_two_stages_are_grown_as_they_will_be_asked(world):
    """By hand: on measured z, and on out-of-bag predictions of it alone."""
    X, Y, _ = world
    model = DifferenceForest("y", "z", base_as_feature=True, random_state=0).fit(X, Y)
    stages, own = model._stages, model._own["y"]
    rows = Y["y"].notna().to_numpy()
    z = stages.out_of_bag(Stage(("z",)))
    for known, base in [(True, Y["z"].to_numpy()), (False, z)]:
        by_hand = ForestEngine().fit(
            np.column_stack([X, base])[rows],
            (Y["y"].to_numpy() - base)[rows, None],
            np.array([0]),
            model.inbag_counts_[:, rows],
            seed=[stages._seed, 0, 1],
        )
        queries = np.column_stack(
            [X, Y["z"] if known else stages[Stage(("z",))].engine.predict(X, 0)]
        )
        expected = by_hand.predict(queries, 0) + queries[:, -1]
        asked = model.predict(X, known=Y[["z"]] if known else None)
        np.testing.assert_allclose(asked, expected, rtol=1e-9)
        assert own.in_regime(frozenset("z" if known else ())).known == ({"z"} if known else set())


def test_a_target_row_without_the_base_teaches_too(world):
    """The base is then predicted out of bag: a label of y is never lost."""
    X, Y, _ = world
    holes = Y.copy()
    holes.loc[:9, "z"] = np.nan
    moved = holes.copy()
    moved.loc[:9, "y"] += 100
    fits = [
        DifferenceForest("y", "z", slope="learned", random_state=0).fit(X, table).predict(X)
        for table in (holes, moved)
    ]
    assert np.abs(fits[1] - fits[0])[:10].min() > 1


def test_several_bases_get_a_slope_each():
    rng = np.random.default_rng(0)
    X, parts = rng.uniform(size=(200, 3)), rng.normal(size=(200, 2))
    Y = pd.DataFrame({"y": parts @ [2.0, -3.0], "a": parts[:, 0], "b": parts[:, 1]})
    model = DifferenceForest("y", slope="learned", shrink_to=0, random_state=0).fit(X, Y)
    slopes = model.slope_.query("regime == 'known'").set_index("base")["slope"]
    assert slopes["a"] == pytest.approx(2, abs=0.1) and slopes["b"] == pytest.approx(-3, abs=0.1)
    with pytest.raises(ValueError, match="slope='learned'"):
        DifferenceForest("y").fit(X, Y)


def test_a_prediction_is_clipped_to_what_the_label_can_be(world):
    X, Y, _ = world
    Y = Y.assign(y=Y["y"].clip(lower=0))
    free = DifferenceForest("y", "z", random_state=0).fit(X, Y)
    clipped = DifferenceForest("y", "z", bounds=(0, None), random_state=0).fit(X, Y)
    np.testing.assert_array_equal(clipped.predict(X), np.maximum(free.predict(X), 0))
    assert free.predict(X).min() < 0
    seen = Y["y"].notna()
    served = r2_score(Y.loc[seen, "y"], clipped.predict(X)[seen])
    assert clipped.score(X, Y) == pytest.approx(served)
    with pytest.raises(ValueError, match="bounds are those of one target"):
        DifferenceForest(base="z", bounds=(0, 1)).fit(X, Y.assign(w=Y["y"]))


@pytest.mark.parametrize("model", [StackedForest("y"), DifferenceForest("y", slope="learned")])
def test_a_related_label_that_is_constant_but_for_rounding_does_no_harm(model):
    X = np.random.default_rng(0).normal(size=(60, 3))
    Y = pd.DataFrame({"y": X[:, 0], "z": 0.1})
    Y.loc[30:, "y"] = np.nan
    Y.loc[5:14, "z"] = np.nan
    known = pd.DataFrame({"z": [0.2, 0.3]})
    predicted = clone(model).set_params(random_state=0).fit(X, Y).predict(X[40:42], known=known)
    assert np.abs(predicted).max() < 3


def test_the_unit_of_the_base_does_not_matter_to_a_learned_slope(world):
    X, Y, truth = world
    errors = []
    for unit in (1.0, 1e6):
        for model in (DifferenceForest("y", "z", slope="learned"), StackedForest("y")):
            table = Y.assign(z=Y["z"] * unit)
            fitted = model.set_params(random_state=0).fit(X, table)
            errors.append(rmse(fitted.predict(X)[60:], truth[60:]))
    assert errors[2:] == pytest.approx(errors[:2], rel=0.05)


def test_a_stack_asks_what_is_related(world):
    X, Y, _ = world
    with pytest.raises(ValueError, match="name the target or the related"):
        StackedForest().fit(X, Y)
    with pytest.raises(TypeError, match="got a mapping"):
        StackedForest("y", related={"z": "y"}).fit(X, Y)
    assert StackedForest(related="z", random_state=0).fit(X, Y).targets_ == ["y"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slope": "free"}, "slope must be"),
        ({"shrink_to": "one"}, "shrink_to"),
        ({"shrink_to": np.inf}, "shrink_to must be finite"),
        ({"bounds": 3}, "bounds must be"),
        ({"bounds": (0, "high")}, "bounds must be"),
        ({"bounds": (1, 0)}, "the lower one first"),
        ({"bounds": (np.nan, 1)}, "bounds must be finite"),
        ({"bounds": (np.inf, None)}, "bounds must be finite"),
        ({"base_as_feature": "no"}, "base_as_feature must be True or False"),
        ({"warm_start": 2}, "warm_start must be True or False"),
    ],
)
def test_parameters_out_of_range_are_named(world, options, message):
    X, Y, _ = world
    with pytest.raises((TypeError, ValueError), match=message):
        DifferenceForest("y", "z", **options).fit(X, Y)


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_the_best_on_the_simplex(seed):
    """Against every support, solved exactly; without a pull, against scipy's nnls."""
    rng = np.random.default_rng(seed)
    n, k = 40, 4
    y = rng.normal(size=n)
    F = y[:, None] * rng.uniform(0, 1, k) + rng.normal(size=(n, k))
    w = stacking_weights(F, y, n, PULL_OF_STACK)
    assert w.min() >= 0 and w.sum() == pytest.approx(1)

    def loss(v, pull=PULL_OF_STACK):
        return ((y - F @ v) ** 2).sum() + pull * y.var() * ((v - 1 / k) ** 2).sum()

    best = np.inf
    for size in range(1, k + 1):
        for support in map(list, itertools.combinations(range(k), size)):
            A = F[:, support].T @ F[:, support] + PULL_OF_STACK * y.var() * np.eye(size)
            system = np.block([[A, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
            right = np.append(F[:, support].T @ y + PULL_OF_STACK * y.var() / k, 1.0)
            part = np.linalg.solve(system, right)[:size]
            if part.min() >= 0:
                whole = np.zeros(k)
                whole[support] = part
                best = min(best, loss(whole))
    assert loss(w) == pytest.approx(best, rel=1e-6)
    heavy = 1e4
    free = nnls(np.vstack([F, heavy * np.ones(k)]), np.append(y, heavy))[0]
    np.testing.assert_allclose(stacking_weights(F, y, n, pull=0.0), free, atol=1e-3)


@pytest.mark.parametrize("pull", [0.0, 1.0])
@pytest.mark.parametrize("k", [1, 2])
def test_perfect_members_weigh_the_same(k, pull):
    y = np.array([0.0, 1.0, 1.0])
    np.testing.assert_allclose(stacking_weights(np.repeat(y[:, None], k, 1), y, 3, pull), 1 / k)
    wrong = np.array([1.0, 0.0, 0.0])
    weights = stacking_weights(np.column_stack([wrong, *[y] * k]), y, 3, 0.0)
    np.testing.assert_allclose(weights, [0, *[1 / k] * k], atol=1e-6)


def test_where_nothing_transfers_the_stack_is_about_as_good_as_the_baseline():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(300, 5))
    Y = pd.DataFrame({"y": np.sin(6 * X[:, 0]), "z": 50 * rng.normal(size=300)})
    model = StackedForest("y", random_state=0).fit(X, Y)
    baseline = SingleTaskForest("y", random_state=0).fit(X, Y)
    queries = rng.uniform(size=(500, 5))
    truth = np.sin(6 * queries[:, 0])
    assert rmse(model.predict(queries), truth) < 1.1 * rmse(baseline.predict(queries), truth)


def test_the_stack_is_its_members_weighed(world):
    X, Y, _ = world
    model = StackedForest("y", random_state=0).fit(X, Y)
    weights = model.weights_.query("regime == 'guessed'").iloc[0]
    read = [(name, member) for name, member in model._members_of("y").items()]
    queries = model._check_query(X, None)
    parts = [
        weights[name] * model._ask(queries, ["y"], combine=member._combine)["y"]
        for name, member in read
    ]
    np.testing.assert_allclose(np.sum(parts, axis=0), model.predict(X))
    assert list(weights.index[2:]) == [
        "single-task", "learned slope", "latent variable", "multi-task",
    ]  # fmt: skip
    assert weights.iloc[2:].sum() == pytest.approx(1)


def test_a_stack_of_equal_weights_is_the_plain_mean_of_its_members_in_every_regime():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(80, 4))
    Y = pd.DataFrame({"y": X[:, 0], "z": X[:, 0] + X[:, 1], "w": -X[:, 0]})
    Y.loc[60:, "y"] = np.nan
    known = Y.loc[60:, ["z", "w"]].copy()
    known.iloc[5:10, 0] = known.iloc[8:15, 1] = np.nan  # both, either, none
    model = StackedForest("y", pull=np.inf, n_estimators=20, random_state=0).fit(X, Y)
    queries = model._check_query(X[60:], known)
    parts = [
        model._ask(queries, ["y"], combine=member._combine)["y"]
        for member in model._members_of("y").values()
    ]
    np.testing.assert_allclose(np.mean(parts, axis=0), model.predict(X[60:], known=known))
    weights = model.weights_.set_index("regime").drop(columns="target")
    assert len(parts) == 4 and weights.eq(1 / 4).all(axis=None)
    assert set(weights.index) == {"known", "guessed", "z", "w"}


def test_a_stack_of_classes_of_numbers_and_of_both():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(200, 4))
    Y = pd.DataFrame({"y": X[:, 0] + X[:, 1], "z": X[:, 0], "c": np.where(X[:, 1] > 0.5, "b", "a")})
    Y.loc[60:, ["y"]] = np.nan
    Y.loc[100:, "c"] = None
    model = StackedForest(["y", "c"], random_state=0).fit(X, Y)
    assert model.score(X, Y) > 0.7
    proba = model.predict_proba(X)["c"]
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert set(model.weights_["target"]) == {"y", "c"}
    alone = StackedForest("c", random_state=0).fit(X, Y[["c", "z"]])
    assert list(alone.weights_.columns[2:]) == ["single-task", "latent variable", "multi-task"]
    numbers = StackedForest("y", random_state=0).fit(X, Y)  # related: a number and a class
    known = Y[["z", "c"]]
    assert rmse(numbers.predict(X, known=known)[60:], (X[:, 0] + X[:, 1])[60:]) < 0.2


def test_a_column_alone_is_the_baseline_in_predictions():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(60, 3))
    y = X[:, 0]
    stack, baseline = (
        forest(random_state=0).fit(X, y) for forest in (StackedForest, SingleTaskForest)
    )
    np.testing.assert_array_equal(stack.predict(X), baseline.predict(X))
    assert list(stack.weights_.columns) == ["target", "regime", "single-task"]


def test_grid_search_and_threads(world):
    X, Y, _ = world
    search = GridSearchCV(
        StackedForest("y", n_estimators=20, random_state=0),
        {"min_samples_leaf": [1, 30]},
        cv=KFold(3, shuffle=True, random_state=0),
    ).fit(X[:60], Y[:60])
    assert search.best_params_ == {"min_samples_leaf": 1}
    one, two = (
        clone(search.best_estimator_).set_params(n_jobs=jobs).fit(X, Y).predict(X)
        for jobs in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


def test_no_leak_through_latents_weights_or_lines():
    """Labels of pure noise, the same in y and z: nothing can be predicted out of fold."""
    rng = np.random.default_rng(1)
    X, noise = rng.normal(size=(200, 3)), rng.normal(size=200)
    Y = pd.DataFrame({"y": noise, "z": noise})
    for model in (
        StackedForest("y", random_state=0),
        DifferenceForest("y", "z", slope="learned", base_as_feature=True, random_state=0),
        LatentVariableForest("y", "z", random_state=0),
    ):
        assert rmse(model.fit(X, Y).out_of_bag_prediction(), noise) > 0.95 * noise.std()


def test_the_worlds_of_the_stack_are_safe_and_near_the_best():
    """The whole experiment, as `make results` stores it; no single ratio may hide in a mean."""
    table = load_results("stack_worlds")
    stack = table[table["model"] == "stack"]
    nothing = stack[stack["world"].isin(["unrelated", "noise", "no signal"])]
    upper = nothing["ratio"] + 2 * nothing["ratio_se"]
    few = nothing["n_labels"] == 20
    assert upper[few].max() <= 1.06 and upper[~few].max() <= 1.02
    assert nothing["ratio_95"][few].max() <= 1.25 and nothing["ratio_95"][~few].max() <= 1.08
    related = stack[stack["world"].isin(["systematic error", "another unit", "smooth function"])]
    assert (related["ratio"] + 2 * related["ratio_se"]).max() < 0.85
    place = ["world", "setting", "n_labels"]
    members = table[~table["model"].isin(["stack", "equal weights"])]
    best = members.groupby(place)["rmse"].min()
    near = stack.set_index(place)["rmse"] / best
    assert near[:, :, 20].max() <= 1.10 and near.drop(20, level="n_labels").max() <= 1.05
    equal = table[table["model"] == "equal weights"].set_index(place)["rmse"]
    gain = (stack.set_index(place)["rmse"] / equal)[related.set_index(place).index]
    assert gain.max() < 1


def test_nothing_leaks_and_one_of_two_labels_is_used_as_well_as_could_be():
    """The whole experiment, as `make results` stores it."""
    table = load_results("stack_honesty").set_index(["check", "model"]).sort_index()
    outside = table.loc["out of bag"].loc[["learned slope", "stack"], "value"]
    assert outside.between(0.93, 1.07).all()
    dealt = table.loc["permuted labels"]
    assert (dealt["value"] <= 2 * dealt["se"]).all() and len(dealt) == 12
    assert table.loc["one of two known", "value"].max() <= 1.05


def test_the_jackknife_of_slopes_and_stacks_is_honest():
    table = load_results("jackknife_truth_beyond").query("correction == 'counts'")
    assert len(table) == 5 and table["jackknife / truth"].between(0.8, 1.35).all()


def test_one_table_of_the_worlds_is_what_the_experiment_computes():
    """The smallest part of it, anew: the stack gains where z is y in another unit."""
    import stack_worlds

    x, Y, true = stack_worlds.draw("another unit", 0)
    table = Y.assign(y=Y["y"].where(Y.index < 50))
    rows = np.arange(len(x)) >= 300
    model = StackedForest("y", random_state=0).fit(x, table)
    error = rmse(model.predict(x[rows], known=Y.loc[rows, ["z"]]), true[rows])
    stored = load_results("stack_worlds").query(
        "world == 'another unit' and setting == 'warm' and n_labels == 50 and model == 'stack'"
    )["rmse"]
    assert error == pytest.approx(stored.iloc[0], rel=0.5)


def test_a_forest_of_scikit_learn_is_as_good_where_there_is_nothing_related():
    rng = np.random.default_rng(2)
    X = rng.uniform(size=(200, 6))
    y = np.sin(5 * X[:, 0]) + X[:, 1]
    queries = rng.uniform(size=(400, 6))
    truth = np.sin(5 * queries[:, 0]) + queries[:, 1]
    peer = RandomForestRegressor(100, max_features=1 / 3, random_state=0).fit(X, y)
    ours = StackedForest(random_state=0).fit(X, y)
    assert rmse(ours.predict(queries), truth) < 1.1 * rmse(peer.predict(queries), truth)


def test_a_spread_without_known_labels_does_not_look_at_measured_ones(world):
    """Asked cold, its residuals are cold ones."""
    X, Y, _ = world
    model = LatentVariableForest("y", "z", random_state=0).fit(X, Y)
    largest = {}
    for known in ("", "z"):
        combine = partial(model._combine, "y")
        largest[known] = model._uncertainty._spread_factor(combine, frozenset(known), "y")[1]
    assert largest[""] > 1.1 * largest["z"]  # residuals from guessed latents are larger


def two_related(n=300, labelled=60):
    """A target from two related labels, of which some are missing."""
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(n, 6))
    truth = pd.Series(np.sin(6 * X[:, 0]) + X[:, 1])
    Y = pd.DataFrame({"y": truth, "a": truth + X[:, 2], "b": 2 * X[:, 0] - X[:, 3]})
    Y += 0.1 * rng.normal(size=Y.shape)
    table = Y.assign(y=Y["y"].where(Y.index < labelled), a=Y["a"].where(Y.index % 7 > 0))
    return X, table, Y


@pytest.mark.parametrize(
    "model",
    [
        DifferenceForest("y", ["a", "b"], slope="learned", base_as_feature=True, random_state=0),
        LatentVariableForest("y", ["a", "b"], random_state=0),
        StackedForest("y", random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_of_two_related_labels_with_one_known_a_stage_is_grown_for_that(model):
    """Grown when asked, on measured labels of the known one and guesses of the other."""
    X, table, Y = two_related()
    known = Y[["b"]]
    importances = clone(model).fit(X, table).feature_importances_
    model = clone(model).fit(X, table)
    first = model.predict(X, known=known)
    np.testing.assert_array_equal(model.feature_importances_, importances)
    np.testing.assert_array_equal(model.predict(X, known=known), first)
    everything = model.predict(X, known=Y[["a", "b"]])
    mixed = Y[["a", "b"]].assign(a=Y["a"].where(Y.index % 2 == 0))
    np.testing.assert_array_equal(model.predict(X, known=mixed)[1::2], first[1::2])
    np.testing.assert_allclose(model.predict(X, known=mixed)[::2], everything[::2], rtol=1e-12)
    if not isinstance(model, StackedForest):
        own = model._own["y"].in_regime(frozenset("b"))
        features = model._stages.training_answers(own, own.earlier)
        rows = table["y"].notna().to_numpy()
        np.testing.assert_array_equal(features[1][rows, 0], table["b"][rows])
        a = own.earlier[0]
        np.testing.assert_array_equal(features[0], model._stages.out_of_bag(a)[:, None])


def test_a_fixed_stage_changes_no_spread_of_observations(world):
    X, Y, _ = world
    for known in (None, Y[["z"]]):
        free, fixed = (
            StackedForest("y", fixed_stage=on, random_state=0).fit(X, Y).observation_std(X, known)
            for on in (False, True)
        )
        np.testing.assert_array_equal(free, fixed)


def test_bounds_and_pulls_that_cannot_be_are_refused(world):
    X, Y, _ = world
    with pytest.raises(ValueError, match=r"bounds are \(50, None\), and 'y' has the label"):
        DifferenceForest("y", "z", bounds=(50, None)).fit(X, Y)
    for pull in (float("nan"), -1.0):
        with pytest.raises(ValueError, match="pull must not be negative"):
            StackedForest("y", pull=pull).fit(X, Y)
    one = Y.assign(y=Y["y"].where(Y.index < 1))  # no row is out of bag: no weight is learned
    weights = StackedForest("y", random_state=0).fit(X, one).weights_
    np.testing.assert_array_equal(weights.iloc[:, 2:], 0.25)


def test_what_is_no_member_for_a_class_has_no_weight(world):
    X, Y, _ = world
    Y = Y.assign(c=np.where(Y["z"] > 0, "a", "b"))
    weights = StackedForest(["y", "c"], "z", random_state=0).fit(X, Y).weights_
    assert weights.set_index("target")["learned slope"].isna()["c"].all()
    assert weights.iloc[:, 2:].sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_a_stack_of_one_related_label_grows_seven_forests(world, monkeypatch):
    """As chapter 13 says, and it says one for the baseline and three for a difference."""
    X, Y, *_ = world
    grown, fit = [], ForestEngine.fit
    monkeypatch.setattr(ForestEngine, "fit", lambda *a, **k: grown.append(1) or fit(*a, **k))
    options = {"n_estimators": 30, "random_state": 0}
    models = [
        SingleTaskForest("y", **options),
        DifferenceForest("y", "z", **options),
        StackedForest("y", "z", **options),
    ]
    numbers = []
    for model in models:
        grown.clear()
        model.fit(X, Y)
        numbers.append(len(grown))
    assert numbers == [1, 3, 7]


def test_the_error_by_which_a_model_is_picked_is_fair_to_all():
    """The whole experiment, as `make results` stores it: 48 artificial tables a size."""
    table = load_results("picking").set_index(["way", "n_labels", "model"])["ratio"].sort_index()
    now, before = (table[way] for way in sorted({way for way, *_ in table.index}))
    models = now.drop("picked", level="model")
    assert models.between(0.97, 1.03).all() and len(models) == 22
    rivals = before.index.get_level_values("model").str.contains("usual|Gaussian")
    assert before[rivals].min() > 1.03 and (before.xs("stack", level="model") < 1).all()
    picked = now.xs("picked", level="model") / before.xs("picked", level="model")
    assert (picked < 1).all()
