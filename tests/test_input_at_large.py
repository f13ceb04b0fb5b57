"""Whatever a user gives: a right answer, or an error that says where and what.

Tables of any shape, type, index and order, with holes, weights, groups, classes and magnitudes of
any kind, go through every public estimator and the functions beside them. An answer is finite, of
the right shape, and free of RuntimeWarnings (pyproject.toml makes these errors). An error is a
ValueError or a TypeError, raised on purpose by this package or by scikit-learn's checks.

The usual run draws the same 504 cases each time, and with other versions of the packages a third of
them. A long one draws 20,000; its seed repeats it:

    pytest tests/test_input_at_large.py --hypothesis-profile=long --hypothesis-seed=1
"""

import pickle
import re
import traceback
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

import tlhelpers
from tlhelpers import (
    CompositionFeaturizer,
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    PooledForest,
    SingleTaskForest,
    StackedForest,
    forest_jackknife_variance,
    jackknife_variance,
)
from tlhelpers.evaluation import (
    RelatedAsFeatures,
    calibration_table,
    compare_models,
    compare_sizes,
    corrected_resampled_t_test,
    coverage,
    cross_validate_predictions,
    hold_out_rows,
    holm,
    label_saving,
    learning_curve,
    miscalibration_area,
    predict_held_out,
    score_predictions,
    summarize,
)

PROFILE = settings.get_current_profile_name()
CASES = settings(
    max_examples=settings.default.max_examples if PROFILE in ("long", "few") else 42,
    derandomize=PROFILE != "long",
    suppress_health_check=list(HealthCheck),  # tables take long to draw
)
OURS = str(Path(tlhelpers.__file__).parent)
ON_PURPOSE = re.compile(re.escape(OURS) + r"|sklearn[/\\](utils|model_selection|base)")
PLACE = re.compile(
    r"\b(X|Y|y|row|rows|column|columns|task|tasks|target|known|known_|related|base|latent|source|"
    r"sample_weight|task_types|groups|bags|labels?|samples?|index|n_\w+|m\w+_\w+|bounds|pull|return_std|bag|"
    r"coverage|test_size|sizes|tree_predictions|inbag_counts|formula|formulas|difference\w*|truth|"
    r"test_to_train|split\w*|model|table|feature\w*|test|predictions|levels|setting|slope|group|correction|p_values|baseline|weights)\b"
)


def answer(ask: Callable, *arguments: Any, **options: Any) -> tuple[bool, Any]:
    """Return (True, the answer), or (False, the words) of an error that was raised on purpose."""
    try:
        found = ask(*arguments, **options)
        event(f"{ask.__name__}: answered")
        return True, found
    except (ValueError, TypeError) as error:
        event(f"{ask.__name__}: refused")
        last = traceback.extract_tb(error.__traceback__)[-1]
        on_purpose = ON_PURPOSE.search(last.filename) and str(last.line).startswith("raise")
        assert on_purpose, f"an accident at {last.filename}:{last.lineno}: {error!r}"
        assert PLACE.search(str(error)), f"no place is named: {error!r}"
        assert len(str(error)) < 1000, f"an error of {len(str(error))} letters"
        return False, str(error)


# Tables ---------------------------------------------------------------------------------------

seeds = st.integers(0, 2**16)
faulty = st.integers(0, 4).map(lambda n: n == 3)  # whether a case may hold what is refused


def either(good: list, bad: list, is_bad: bool) -> st.SearchStrategy:
    """Return a strategy of good values, or of bad ones among them."""
    return st.sampled_from(good + bad if is_bad else good)


@st.composite
def indexes(draw, n: int) -> pd.Index:
    kinds = ["range", "turned", "text", "zone", "pairs", "repeated", "mixed"]
    kind, numbers = draw(st.sampled_from(kinds)), np.arange(n)
    if kind == "turned":
        return pd.Index(numbers[::-1] * 3)
    if kind == "text":
        return pd.Index([f"row {i}" for i in numbers])
    if kind == "zone":
        return pd.date_range("2020", periods=n, tz="Europe/Berlin")
    if kind == "pairs":
        return pd.MultiIndex.from_arrays([numbers // 2, numbers])
    if kind == "repeated":
        return pd.Index(numbers // 2)
    if kind == "mixed":
        return pd.Index([i if i % 2 else str(i) for i in numbers], dtype=object)
    return pd.RangeIndex(n)


@st.composite
def features(draw, n: int) -> np.ndarray:
    """Return finite features, some of them constant, repeated, or of odd magnitude."""
    rng, p = np.random.default_rng(draw(seeds)), draw(st.integers(1, 4))
    X = rng.normal(size=(n, p))
    for column in range(p):
        kind = draw(st.sampled_from(["normal", "normal", "constant", "few", "magnitude", "wide"]))
        if kind == "constant":
            X[:, column] = draw(st.sampled_from([0.0, 1.0, -1e300]))
        elif kind == "few":
            X[:, column] = rng.integers(0, 3, n)
        elif kind == "magnitude":
            X[:, column] *= 10.0 ** draw(st.integers(-300, 300))
        elif kind == "wide":
            X[:, column] = rng.choice([-1, 1], n) * 10.0 ** rng.uniform(-300, 300, n)
    return X


@st.composite
def as_given(draw, X: np.ndarray, index: pd.Index, bad: bool) -> Any:
    """Return features in one of the forms in which users hold them."""
    form = draw(st.sampled_from(["frame", "frame", "array", "list", "numbers", "pairs", "slow"]))
    if bad and draw(st.booleans()):
        X = X.copy()
        X.flat[draw(st.integers(0, X.size - 1))] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    if form == "array":
        return np.asfortranarray(X) if draw(st.booleans()) else np.repeat(X, 2, axis=0)[::2]
    if form == "list":
        return X.tolist()
    frame = pd.DataFrame(X, index=index).set_axis([f"x{i}" for i in range(X.shape[1])], axis=1)
    if form == "numbers":
        return frame.set_axis(range(5, 5 + X.shape[1]), axis=1)
    if form == "pairs":
        names = pd.MultiIndex.from_tuples([("a", i) for i in range(X.shape[1])])
        return frame.set_axis(names, axis=1)
    return frame.astype(object) if form == "slow" else frame


@st.composite
def numbers(draw, X: np.ndarray, bad: bool) -> pd.Series:
    rng, n = np.random.default_rng(draw(seeds)), len(X)
    kind = draw(st.sampled_from(["smooth", "smooth", "constant", "few", "wide", "equal"]))
    scale = np.abs(X[:, 0]).max() or 1.0
    y = X[:, 0] / scale + 0.1 * rng.normal(size=n)
    if kind == "constant":
        y = np.full(n, draw(st.sampled_from([0.0, 1.0, -3.5, 0.1])))
    elif kind == "few":
        y = rng.choice([0.0, 1.0, 0.1], n)
    elif kind == "wide":
        y = rng.choice([-1, 1], n) * 10.0 ** rng.uniform(-90, 90, n)
    elif kind == "equal":
        y = np.where(rng.uniform(size=n) < 0.9, 1.0, 1.0 + 1e-15)
    y = y * 10.0 ** draw(st.sampled_from([0, 0, 0, 5, -5, 9, -9]))
    if bad and draw(st.booleans()):
        with np.errstate(over="ignore"):
            y = y * 10.0 ** draw(st.sampled_from([-200, 95, 150, 300]))
    return pd.Series(y)


@st.composite
def classes(draw, X: np.ndarray, bad: bool) -> pd.Series:
    rng, n = np.random.default_rng(draw(seeds)), len(X)
    names = draw(
        st.sampled_from([["a", "b"], ["a"], list("abcde"), [True, False], ["1", "2"], ["", "é 𝛼"]])
    )
    return pd.Series(rng.choice(np.array(names, dtype=object), n), dtype=object)


@st.composite
def with_holes(draw, labels: pd.Series, bad: bool) -> pd.Series:
    """Return labels with holes, in one of the types in which users hold them."""
    rng, share = np.random.default_rng(draw(seeds)), draw(either([0, 0, 0.3], [0.9, 1.0], bad))
    holes = rng.uniform(size=len(labels)) < share
    sparse = labels.mask(holes)
    if labels.dtype == float:
        kind = draw(st.sampled_from(["float", "float", "Float64", "object", "decimal"]))
        if kind == "decimal":
            cells = [None if hole else Decimal(x) for x, hole in zip(labels, holes, strict=True)]
            return pd.Series(cells, dtype=object)
        return sparse if kind == "float" else sparse.astype(kind)
    kind = draw(st.sampled_from(["object", "category", "string", "None"]))
    if kind == "None":
        return sparse.where(~holes, None)
    if kind == "string" and not all(isinstance(x, str) for x in labels):
        return sparse
    return sparse.astype(kind)


@st.composite
def tables(draw, least: int = 1, bad: bool = False) -> tuple:
    """Return X as a user holds it, X as numbers, and labels: numbers y, perhaps z, w, a class c."""
    n = draw(st.integers(least, 24))
    X, index = draw(features(n)), draw(indexes(n))
    tasks = {"y": numbers, "z": numbers} if draw(st.booleans()) else {"y": numbers}
    tasks |= {"w": numbers} if draw(faulty) else {}
    tasks |= {"c": classes} if draw(st.booleans()) else {}
    columns = {name: draw(with_holes(draw(kind(X, bad)), bad)) for name, kind in tasks.items()}
    Y = pd.DataFrame(columns).set_axis(index)
    order = draw(st.permutations(list(Y)))
    given = draw(as_given(X, index, bad))
    if isinstance(given, pd.DataFrame):
        return given, X, Y[order]
    return given, X, Y[order].reset_index(drop=True)


@st.composite
def weights(draw, n: int, bad: bool) -> Any:
    rng, faults = (
        np.random.default_rng(draw(seeds)),
        ["nothing", "negative", "NaN", "wide", "short"],
    )
    kind = draw(either([None, None, "ones", "any", "few zeros"], faults, bad))
    if kind is None:
        return None
    weight = rng.uniform(0.5, 2, n) if kind != "ones" else np.ones(n)
    if kind == "few zeros":
        weight[1:][rng.uniform(size=n - 1) < 0.2] = 0
    elif kind == "nothing":
        weight[:] = 0
    elif kind in ("negative", "NaN"):
        weight[0] = -1 if kind == "negative" else np.nan
    elif kind == "wide":
        weight = 10.0 ** rng.uniform(-12, 12, n)
    return weight[1:] if kind == "short" else weight


@st.composite
def groups_of(draw, n: int, bad: bool) -> Any:
    rng = np.random.default_rng(draw(seeds))
    kind = draw(either([None, None, "numbers", "text"], ["one", "hole", "short"], bad))
    if kind is None:
        return None
    groups: Any = rng.integers(0, max(1, n // 2), n)
    if kind == "text":
        return [f"group {g}" for g in groups]
    if kind == "one":
        return np.zeros(n)
    if kind == "hole":
        return [None, *groups[1:]]
    return groups[1:] if kind == "short" else groups


# Estimators -----------------------------------------------------------------------------------


@st.composite
def forests(draw, names: list, bad: bool) -> Any:
    """Return an unfitted forest for a table of these tasks; a bad one may not apply."""
    options: dict[str, Any] = {
        "n_estimators": draw(either([1, 2, 3, 6], [0, 2.5], bad)),
        "max_features": draw(either([1 / 3, 1.0, None, 1, 99], [0, 1.5], bad)),
        "min_samples_leaf": draw(st.sampled_from([1, 1, 1, 2, 30])),
        "max_depth": draw(st.sampled_from([None, None, 1, 3])),
        "random_state": draw(st.integers(0, 99)),
        "n_jobs": draw(st.sampled_from([None, None, 2])),
    }
    related = [name for name in names if name in ("z", "w")]
    numbers_only = [DifferenceForest, PooledForest]
    kinds = [SingleTaskForest, MultiTaskForest, LatentVariableForest, StackedForest]
    kind = draw(either(kinds + numbers_only * bool(related), numbers_only, bad))
    others = draw(st.sampled_from([related, related[0]])) if related else None
    targets = ["y", "y", "c", ["y", "c"]] if "c" in names and kind in kinds else ["y"]
    targets += [None] if kind in (SingleTaskForest, MultiTaskForest) else []
    options["target"] = draw(either(targets, [None, "nothing"], bad))
    if kind is LatentVariableForest:
        options["latents"] = draw(st.sampled_from([others, None]))
    elif kind is StackedForest:
        options["related"] = draw(st.sampled_from([others, None]))
        options["pull"] = draw(st.sampled_from([0.5, 0.0, np.inf]))
    elif kind is PooledForest:
        options["sources"] = others
        options["source_flag"] = draw(st.booleans())
    elif kind is DifferenceForest:
        options["slope"] = draw(st.sampled_from(["unit", "learned"]))
        options["base"] = "z" if options["slope"] == "unit" and related else others
        options["base_as_feature"] = draw(st.booleans())
        options["bounds"] = draw(either([None, (None, 1e100)], [(-1e100, 0.5), (1, 0)], bad))
    elif kind is MultiTaskForest:
        options["task_weights"] = draw(either([None, {"y": 3.0}], [{"y": 0}, {"q": 1}], bad))
    if kind in (LatentVariableForest, StackedForest, DifferenceForest):
        options["fixed_stage"] = draw(st.booleans())
        options["warm_start"] = draw(st.booleans())
    return kind(**options)


@st.composite
def known_labels(draw, Y: pd.DataFrame, forest: Any, bad: bool) -> Any:
    """Return known labels of the related tasks; rarely those that a forest cannot use."""
    tasks = list(forest.related_)
    kinds = [None, "all", "some", "none"] if forest.uses_known else [None]
    kind = draw(either(kinds, ["all", "wrong", "array"], bad))
    if kind is None or (not tasks and kind != "wrong"):
        return None
    if kind == "wrong":
        return Y[list(forest.targets_)[:1]]
    if kind == "array":
        return Y[tasks].to_numpy()
    known = Y[tasks]
    if kind == "some":
        known = known[draw(st.lists(st.sampled_from(tasks), unique=True))]
    return known.map(lambda cell: np.nan) if kind == "none" else known


def as_dict(found: Any, targets: list) -> dict:
    """Return what is predicted as {target: array}, with one target or several."""
    if len(targets) == 1:
        return {targets[0]: np.asarray(found)}
    if isinstance(found, pd.DataFrame):
        return {target: found[target].to_numpy() for target in targets}
    return dict(zip(targets, np.asarray(found, dtype=object).T, strict=True))


def check_equal(one: Any, other: Any, targets: list) -> None:
    """Check that two answers are the same to the last bit."""
    expected = as_dict(other, targets)
    for target, values in as_dict(one, targets).items():
        assert list(values) == list(expected[target])


def check_predictions(forest: Any, found: Any, Y: pd.DataFrame, n: int) -> None:
    """Check shape and range: classes that were seen, means of labels that were seen."""
    for target, values in as_dict(found, forest.targets_).items():
        assert values.shape == (n,)
        seen = Y[target].dropna()
        if forest._stages.labels.is_class(target):
            assert set(values) <= set(seen)
            continue
        values, seen = values.astype(float), seen.to_numpy(dtype=float)
        assert np.isfinite(values).all()
        if not isinstance(forest, (DifferenceForest, PooledForest, StackedForest)):
            margin = 1e-6 * max(np.abs(seen).max(), np.ptp(seen))
            assert (values >= seen.min() - margin).all() and (values <= seen.max() + margin).all()


def check_every_method(draw: Callable, forest: Any, X: Any, Y: pd.DataFrame, bad: bool) -> None:
    """Ask a fitted forest all that it can be asked."""
    known, n, targets = draw(known_labels(Y, forest, bad)), len(Y), forest.targets_
    is_class = [forest._stages.labels.is_class(target) for target in targets]
    ok, plain = answer(forest.predict, X, known)
    if not ok:
        assert known is not None
        known = None
        plain = forest.predict(X)
    check_predictions(forest, plain, Y, n)
    if forest.uses_known and forest.related_:
        nothing = Y[list(forest.related_)].map(lambda cell: np.nan)
        check_equal(forest.predict(X, nothing), forest.predict(X), targets)
    rows = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4))
    part = X.iloc[rows] if isinstance(X, pd.DataFrame) else [X[row] for row in rows]
    asked = forest.predict(part, None if known is None else known.iloc[rows])
    for target, values in as_dict(asked, targets).items():
        whole = as_dict(plain, targets)[target][rows]
        if is_class[targets.index(target)]:
            assert list(values) == list(whole)
        else:
            np.testing.assert_allclose(values.astype(float), whole.astype(float), rtol=1e-9)
    ok, found = answer(forest.predict, X, known, return_std=True)
    if ok:
        check_predictions(forest, found[0], Y, n)
        for error in as_dict(found[1], targets).values():
            assert error.shape == (n,)
            assert np.isfinite(error.astype(float)).all() and (error.astype(float) >= 0).all()
    ok, found = answer(forest.observation_std, X, known)
    if ok:
        for spread in as_dict(found, targets).values():
            assert np.isfinite(spread.astype(float)).all() and (spread.astype(float) >= 0).all()
    share = draw(st.sampled_from([0.01, 0.5, 0.9, 0.999]))
    found = forest.predict_interval(X, known, coverage=share)
    for target, ends in (found if len(targets) > 1 else {targets[0]: found}).items():
        if is_class[targets.index(target)]:
            assert ends.dtype == bool and ends.any(axis=1).all() and len(ends) == n
        else:
            assert ends.shape == (n, 2) and (ends[:, 0] <= ends[:, 1]).all()
    if any(is_class):
        found = forest.predict_proba(X, known)
        for shares in found.values() if isinstance(found, dict) else [found]:
            np.testing.assert_allclose(shares.sum(axis=1), 1)
            assert (shares >= -1e-9).all() and (shares <= 1 + 1e-9).all()
    trees = forest.tree_predictions(X, known)
    for values in trees.values() if isinstance(trees, dict) else [trees]:
        assert values.shape[:2] == (n, forest.n_estimators) and np.isfinite(values).all()
    assert len(forest.out_of_bag_prediction()) == n
    ok, score = answer(forest.score, X, Y, known)
    assert not ok or score <= 1
    importances = forest.feature_importances_
    assert (importances >= 0).all() and importances.sum() <= 1 + 1e-9
    for name in ("difference", "latent"):
        if hasattr(forest, name):
            assert len(getattr(forest, name)(X, known)) == n
    for name in ("slope_", "weights_"):
        found = getattr(forest, name, None)
        assert found is None or np.isfinite(found.select_dtypes("number").fillna(0)).all(axis=None)
    if hasattr(forest, "shared_splits"):
        assert (forest.shared_splits() >= 0).all(axis=None)


def check_is_not_fitted(forest: Any, X: Any) -> None:
    with pytest.raises(NotFittedError):
        forest.predict(X)


@CASES
@given(st.data())
def test_forests(data):
    bad = data.draw(faulty)
    X, _, Y = data.draw(tables(2, bad))
    forest = data.draw(forests(list(Y), bad))
    weight, groups = data.draw(weights(len(Y), bad)), data.draw(groups_of(len(Y), bad))
    ok, _ = answer(forest.fit, X, Y, sample_weight=weight, groups=groups)
    if not ok:
        check_is_not_fitted(forest, X)
        return
    check_every_method(data.draw, forest, X, Y, bad)
    again = clone(forest).set_params(n_jobs=2)
    again.fit(X, Y, sample_weight=weight, groups=groups)
    loaded = pickle.loads(pickle.dumps(forest))
    for other in (again, loaded):
        check_equal(other.predict(X), forest.predict(X), forest.targets_)
    if isinstance(X, pd.DataFrame) and X.shape[1] > 1:
        ok, _ = answer(forest.predict, X.iloc[:, ::-1])
        assert not ok


@CASES
@given(st.data())
def test_refits_and_failed_fits(data):
    """What a forest was before changes nothing, nor that each row is called a group."""
    bad = data.draw(faulty)
    first, second = data.draw(tables(2, data.draw(faulty))), data.draw(tables(2, bad))
    forest = data.draw(forests(list(second[2]), bad))
    answer(forest.fit, first[0], first[2])
    ok, _ = answer(forest.fit, second[0], second[2])
    if not ok:
        check_is_not_fitted(forest, second[0])
        return
    grouped = clone(forest).fit(second[0], second[2], groups=range(len(second[2])))
    for fresh in (clone(forest).fit(second[0], second[2]), grouped):
        check_equal(forest.predict(second[0]), fresh.predict(second[0]), fresh.targets_)


@CASES
@given(st.data())
def test_one_column_of_labels(data):
    """A vector, a matrix without names, a list, masked or of odd shape."""
    n, bad = data.draw(st.integers(2, 20)), data.draw(faulty)
    X = data.draw(features(n))
    labels = data.draw(with_holes(data.draw(st.one_of(numbers(X, bad), classes(X, bad))), bad))
    masked = np.ma.masked_invalid(pd.to_numeric(labels, errors="coerce").to_numpy(float))
    forms = [labels, labels.to_numpy(), labels.tolist(), labels.to_numpy()[:, None],
             labels.to_frame("y"), masked if labels.dtype == float else labels]  # fmt: skip
    faults = [labels[1:], masked, labels.to_numpy()[:, None, None], None, 3]
    y = (forms + faults * bad)[data.draw(st.integers(0, len(forms + faults * bad) - 1))]
    forest = data.draw(forests([], False)).set_params(target=None)
    kind = data.draw(either([None], ["regression", "classification", "other"], bad))
    ok, _ = answer(forest.set_params(task_types=kind).fit, X, y)
    if not ok:
        check_is_not_fitted(forest, X)
        return
    found = forest.predict(X)
    assert len(found) == n
    ok, score = answer(forest.score, X, y)
    assert not ok or score <= 1


odd_labels = st.sampled_from(
    [None, np.nan, pd.NA, pd.NaT, 0, 1, -1, True, 2**70, 10**400, 1e300, np.inf, 1 + 2j, "a", "1",
     "1.5", "", b"x", Decimal("0.1"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), (1, 2),
     pd.Timestamp("2020"), np.float32(0.1), np.int8(3), float("-0.0"), 5e-324]
)  # fmt: skip


whole = [1, 0, 2, np.int8(3), Decimal(4), True, None]
alike = [
    [0.5, 1.5, 2, np.float32(0.1), Decimal("0.1"), 5e-2, float("-0.0")],
    whole,
    ["a", "b", "1"],
]


@CASES
@given(st.data())
def test_cells_of_any_type(data):
    """Of one kind, with holes, or with one cell of any other kind."""
    one_of = st.sampled_from([*data.draw(st.sampled_from(alike)), None, np.nan, pd.NA])
    cells = data.draw(st.lists(one_of, min_size=3, max_size=8))
    cells += data.draw(st.lists(odd_labels, max_size=1))
    kind = data.draw(st.sampled_from([None, None, "regression", "classification"]))
    forest = data.draw(st.sampled_from([SingleTaskForest, LatentVariableForest, StackedForest]))
    X = np.arange(len(cells), dtype=float)[:, None]
    Y = pd.DataFrame({"y": X[:, 0], "z": pd.Series(cells, dtype=object)})
    model = forest("y", task_types=kind and {"z": kind, "y": "regression"}, n_estimators=3)
    ok, _ = answer(model.set_params(random_state=0).fit, X, Y)
    if ok:
        assert np.isfinite(model.predict(X)).all()
    answer(SingleTaskForest("z", n_estimators=3, random_state=0).fit, X, Y)
    answer(RelatedAsFeatures(LinearRegression(), "y", "z").fit, X, Y)


@CASES
@given(st.data())
def test_related_labels_as_features(data):
    bad = data.draw(faulty)
    X, numbers_of_X, Y = data.draw(tables(3, bad))
    parts = [numbers_of_X, Y.drop(columns="c", errors="ignore").to_numpy(float, na_value=0)]
    assume(max(np.abs(part).max() for part in parts) < 1e30)  # scikit-learn's tree: 32 bits
    estimator = data.draw(st.sampled_from([LinearRegression(), DecisionTreeRegressor(max_depth=2)]))
    good = ["z", {"y": "z"}, []] if "z" in Y else [[]]
    related = data.draw(either(good, [None, "c", "y"], bad))
    keep = data.draw(st.booleans())
    model = RelatedAsFeatures(estimator, "y", related, keep_features=keep)
    assume(not isinstance(X, list))  # scikit-learn's estimators check these
    ok, _ = answer(model.fit, X, Y)
    if ok:
        ok, found = answer(model.predict, X, Y[model.related_])
        assert not ok or len(found) == len(Y)


# Comparisons ----------------------------------------------------------------------------------


@CASES
@given(st.data())
def test_comparisons(data):
    bad = data.draw(faulty)
    X, _, Y = data.draw(tables(12, bad))
    models = {"single": SingleTaskForest("y", n_estimators=3)}
    if "z" in Y:
        models["latent"] = LatentVariableForest("y", "z", n_estimators=3)
        models["rival"] = RelatedAsFeatures(DummyRegressor(), "y", "z")
    options = {
        "setting": data.draw(either(["cold", "warm"], ["hot"], bad)),
        "n_splits": data.draw(either([2, 3], [9, 1], bad)),
        "n_repeats": data.draw(either([1, 2], [0], bad)),
        "return_std": data.draw(st.booleans()),
    }
    groups = data.draw(groups_of(len(Y), bad))
    ask = cross_validate_predictions
    ok, table = answer(ask, models, X, Y, groups, progress=False, **options)
    if not ok:
        return
    labelled = int(Y["y"].notna().sum())
    assert len(table) == labelled * options["n_repeats"] * len(models)
    assert np.isfinite(table["prediction"].to_numpy(dtype=float)).all()
    scores = score_predictions(table, ["model", "repeat", "fold", "target", "n_train", "n_pool"])
    assert np.isfinite(scores[["rmse", "mae"]]).all(axis=None) and (scores["rmse"] >= 0).all()
    assert len(summarize(scores)) == len(models)
    ok, verdicts = answer(compare_models, scores, "single")
    assert not ok or (verdicts["p_adjusted"].between(0, 1)).all()
    answer(calibration_table, table)


@CASES
@given(st.data())
def test_learning_curves_and_hold_out_sets(data):
    bad = data.draw(faulty)
    X, _, Y = data.draw(tables(12, bad))
    models = {"a": SingleTaskForest("y", n_estimators=2), "b": MultiTaskForest("y", n_estimators=2)}
    groups = data.draw(groups_of(len(Y), bad))
    size = data.draw(either([0.2, 0.3], [0.01, 0.99, 0], bad))
    ok, mask = answer(hold_out_rows, Y, groups, target="y", test_size=size)
    if ok:
        ok, table = answer(predict_held_out, models, X, Y, groups, test=mask)
        assert not ok or len(table) == 2 * Y["y"].notna()[mask].sum()
    options = {
        "sizes": data.draw(st.sampled_from([[2, 3], [5], [3, 4, 1]] + [[0], [1.5], []] * bad)),
        "n_repeats": data.draw(either([2, 3], [0], bad)),
        "test_size": size,
    }
    ok, curve = answer(learning_curve, models, X, Y, groups, progress=False, **options)
    if ok:
        assert len(curve) == 2 * len(options["sizes"]) * options["n_repeats"]
        answer(compare_sizes, curve, "a", "b")
        answer(label_saving, curve, "a", "b")


# Functions of numbers -------------------------------------------------------------------------

any_number = st.one_of(st.floats(), st.sampled_from([0.0, 1e150, -1e308, 1e-300]))


def numbers_from(low: float, high: float, bad: bool) -> st.SearchStrategy:
    return st.one_of(st.floats(low, high), any_number) if bad else st.floats(low, high)


@CASES
@given(st.data())
def test_jackknife(data):
    bad = data.draw(faulty)
    n_trees, n = (data.draw(st.integers(2 - bad, 12)) for _ in range(2))
    rng = np.random.default_rng(data.draw(seeds))
    counts = rng.multinomial(n, [1 / n] * n, size=n_trees)
    cells = [rng.normal(), 0.0, 1.0, data.draw(numbers_from(-9, 9, bad))]
    trees = rng.choice(cells, size=(3, n_trees))
    correction = data.draw(either(["counts", "size", "none"], ["other"], bad))
    counts = counts * data.draw(either([1, 0.5], [0.0, -1.0, np.nan, 1e200], bad))
    ok, variance = answer(jackknife_variance, trees, counts, correction)
    if ok:
        assert variance.shape == (3,) and np.isfinite(variance).all() and (variance >= 0).all()


@CASES
@given(seeds, st.integers(2, 20), st.integers(1, 10))
def test_jackknife_of_scikit_learns_forest(seed, n, n_trees):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, 2)), rng.choice([0.0, 1.0, 5.0], n)
    forest = RandomForestRegressor(n_estimators=n_trees, random_state=0).fit(X, y)
    ok, variance = answer(forest_jackknife_variance, forest, X)
    if ok:
        assert np.isfinite(variance).all() and (variance >= 0).all()


@CASES
@given(st.data())
def test_t_test_and_holm(data):
    bad = data.draw(faulty)
    values = data.draw(st.lists(numbers_from(-9, 9, bad), min_size=2 - 2 * bad, max_size=6))
    ratio = data.draw(numbers_from(0, 2, bad))
    ok, found = answer(corrected_resampled_t_test, values, ratio)
    if ok:
        mean, half_width, p_value = found
        assert np.isfinite([mean, half_width]).all() and 0 <= p_value <= 1 and half_width >= 0
    assert ok or bad
    p_values = data.draw(st.lists(numbers_from(0, 1, bad), max_size=6))
    ok, adjusted = answer(holm, p_values)
    if ok:
        assert len(adjusted) == len(p_values) and ((adjusted >= p_values) & (adjusted <= 1)).all()
    assert ok or bad


@CASES
@given(st.data())
def test_calibration(data):
    bad = data.draw(faulty)
    value, spread = numbers_from(-9, 9, bad), numbers_from(0, 9, bad)
    rows = data.draw(st.lists(st.tuples(value, value, spread), min_size=1 - bad, max_size=6))
    columns, level = np.array(rows).reshape(-1, 3).T, data.draw(numbers_from(0.01, 0.99, bad))
    ok, share = answer(coverage, *columns, [level])
    if ok:
        assert 0 <= share[0] <= 1
    assert ok or bad
    ok, area = answer(miscalibration_area, *columns)
    if ok:
        assert 0 <= area <= 0.5 + 1e-9
    assert ok or bad


symbols = st.sampled_from(["H", "O", "Fe", "Na", "Cl", "I", "V", "In", "Si", "U"])
amounts = st.one_of(st.just(""), st.integers(1, 12).map(str), st.sampled_from(["0.5", "1.25"]))
readable = st.lists(st.tuples(symbols, amounts).map("".join), min_size=1, max_size=5).map("".join)
letters = st.text(st.sampled_from("HOFeNaClIV0123456789.()[]{} @+-*·•"), max_size=12)


@CASES
@given(st.data())
def test_formulas(data):
    formula = st.one_of(readable, letters, st.text(max_size=8)) if data.draw(faulty) else readable
    formulas = data.draw(st.lists(formula, min_size=1, max_size=4))
    ok, found = answer(CompositionFeaturizer().transform, formulas)
    if ok:
        assert found.shape == (len(formulas), 135) and np.isfinite(found).all()
        alone = CompositionFeaturizer().transform(formulas[-1:])
        np.testing.assert_array_equal(found[-1:], alone)
