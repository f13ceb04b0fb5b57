"""A part of an experiment is kept as long as the code that it came from."""

import importlib
import inspect
import sys
from functools import partial

import band_gaps
import entropies_all_columns
import entropies_back_test
import entropies_controls
import entropies_one_model
import entropies_rivals
import false_positives
import handbook
import hidden_labels
import jackknife_truth
import numpy as np
import own_size
import pandas as pd
import parts
import plain_columns
import pytest
import run as every_experiment
import stronger_models
import ten_picks
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error

import tlhelpers as tl
from tlhelpers.evaluation import corrected_resampled_t_test, holm, usual
from tlhelpers.table import check, guess_roles, read_roles
from tlhelpers.table.candidates import BASELINE, STACK, find_candidates


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Give the experiments a small repository of their own, and count what is computed."""
    for name in ("tlhelpers/forests/a.py", "tlhelpers/book/figures/b.py", "data/t.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    monkeypatch.setattr(parts, "PARTS", tmp_path / ".results")
    monkeypatch.setattr(parts, "DRAWING", [tmp_path / "tlhelpers/book/figures"])
    return []


def ask(asked, name="curve_0.5"):
    """Ask for one part as a new process would."""
    parts.digest.cache_clear()
    return parts.part(name, lambda: asked.append(name) or pd.DataFrame({"n": [len(asked)]}))


def kept():
    return sorted(path.parent.name for path in parts.PARTS.glob("*/*"))


def test_the_same_code_reuses(asked):
    assert ask(asked).equals(ask(asked)) and len(asked) == 1
    ask(asked, "curve_0.6")
    assert asked == ["curve_0.5", "curve_0.6"] == kept()


@pytest.mark.parametrize("name", ["tlhelpers/forests/a.py", "data/t.csv", "tlhelpers/new.py"])
def test_changed_code_or_data_computes_anew_and_removes_the_old(asked, name):
    ask(asked)
    (parts.ROOT / name).write_text("2")
    assert ask(asked)["n"].item() == 2 and kept() == ["curve_0.5"]


def test_another_version_of_numpy_computes_anew(asked, monkeypatch):
    ask(asked)
    monkeypatch.setattr(parts.importlib.metadata, "version", lambda name: "0")
    assert ask(asked)["n"].item() == 2


def test_the_file_of_the_experiment_counts(asked, tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("1")
    other.write_text("2")
    assert parts.digest(one) != parts.digest(other)


def test_a_changed_figure_reuses(asked):
    ask(asked)
    (parts.ROOT / "tlhelpers/book/figures/b.py").write_text("2")
    ask(asked)
    assert len(asked) == 1


def test_a_killed_run_goes_on(asked, monkeypatch):
    def killed(table, path):
        path.write_text("half")
        raise KeyboardInterrupt

    ask(asked, "first")
    with monkeypatch.context() as patch:
        patch.setattr(pd.DataFrame, "to_pickle", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(asked, "second")
    assert ask(asked, "first")["n"].item() == 1
    assert ask(asked, "second")["n"].item() == 3
    assert kept() == ["first", "second"]


def test_the_digest_covers_the_package():
    names = {path.relative_to(parts.ROOT).as_posix() for path in parts.sources(parts.ROOT / "e.py")}
    assert {"tlhelpers/forests/_engine/kernels.py", "tlhelpers/book/lab.py"} <= names
    assert {"data/no_dissociation.csv", "experiments/parts.py", "e.py"} <= names
    assert not any("/explorers/" in name or "/figures/" in name for name in names)


@pytest.mark.parametrize("name", every_experiment.EXPERIMENTS)
def test_an_experiment_reads_no_command_line_but_its_own(name, monkeypatch):
    """`run.py` calls every `main` without arguments, whatever it was given itself."""
    main = importlib.import_module(name).main
    assert all(p.default is not p.empty for p in inspect.signature(main).parameters.values())
    assert "parse_args" not in inspect.getsource(main)


def test_an_option_is_a_parameter_of_main(monkeypatch, capsys):
    seen = []

    def main(trees: int = 50, second_seeds: int = 20) -> None:
        """Compute."""
        seen.append((trees, second_seeds))

    for line in ([], ["--second-seeds", "3"]):
        monkeypatch.setattr(sys, "argv", ["experiment.py", *line])
        parts.run_from_command_line(main)
    assert seen == [(50, 20), (50, 3)]
    monkeypatch.setattr(sys, "argv", ["experiment.py", "--help"])
    with pytest.raises(SystemExit):
        parts.run_from_command_line(main)
    assert "default: 50" in capsys.readouterr().out


def test_all_settings_of_the_jackknife_experiment_name_its_parts(monkeypatch, tmp_path):
    names = []
    monkeypatch.setattr(jackknife_truth, "RESULTS", tmp_path)
    monkeypatch.setattr(
        jackknife_truth, "part", lambda name, compute: names.append(name) or pd.DataFrame()
    )
    jackknife_truth.main(sets=7, trees=8, second_seeds=9)
    assert names == ["jackknife_truth_7_8_9", "jackknife_truth_beyond_3_8_4"]  # half as many


def test_a_shared_fit_gives_what_each_case_gives_alone():
    together = jackknife_truth.estimates(jackknife_truth.BEYOND, 1, 2, 60)
    for name, found in together.items():
        alone = jackknife_truth.estimates([name], 1, 2, 60)[name]
        for what, values in found.items():
            np.testing.assert_array_equal(values, alone[what])


def test_two_models_without_a_difference_are_called_apart_by_the_plain_test():
    found = false_positives.p_values("linear regression", false_positives.NORMAL, sets=30, jobs=1)
    table = false_positives.rates(found)
    shares = dict(list(table.groupby("t_test")["false_positives"]))
    assert len(shares["corrected"]) == 4
    assert (shares["corrected"].to_numpy() <= shares["plain"].to_numpy()).all()
    stored = pd.read_csv(parts.RESULTS / "false_positives.csv").query("level == 0.05")
    shares = stored[stored["world"] == false_positives.NORMAL].groupby("t_test")["false_positives"]
    assert shares.max()["corrected"] < 0.1 < shares.min()["plain"]
    assert set(stored["learner"]) == set(false_positives.LEARNERS)


@pytest.mark.parametrize("world", false_positives.WORLDS)
def test_lines_fitted_at_once_are_those_of_scikit_learn(world):
    (view, _), y = false_positives.data_set(5, world)
    for pairs in false_positives.splits(5, world).values():
        at_once = false_positives.errors_of_lines(view, y, pairs)
        one_by_one = [
            root_mean_squared_error(
                y[test], LinearRegression().fit(view[train], y[train]).predict(view[test])
            )
            for train, test in pairs
        ]
        np.testing.assert_allclose(at_once, one_by_one, rtol=1e-10)


def test_all_worlds_and_levels_stand_in_one_table():
    more = pd.read_csv(parts.RESULTS / "false_positives.csv")
    assert set(more["world"]) == set(false_positives.WORLDS)
    # three learners, worlds with one cross-validation and three sizes, groups, few rows; no forests
    # with heavy tails, and of the rows of the band gaps forests alone, with five sizes
    rows = 3 * (3 * (2 + 3 * 3) + 2 * 2 + 4 * 2) - (2 + 3 * 3) + 5 * 3
    assert (more.groupby("level").size() == rows).all()
    curve = more["experiment"] == "learning curve"
    assert set(more.loc[curve, "t_test"]) == {"corrected", "plain", "published"}
    assert set(more.loc[~curve, "t_test"]) == {"corrected", "plain"}
    assert set(more["level"]) == set(false_positives.LEVELS)
    linear = more["learner"] == "linear regression"
    normal = more["world"] == false_positives.NORMAL
    assert (more.loc[more["learner"] == "tree", "sets"] == 1000).all()
    few = more[more["world"].isin(false_positives.FEW)]
    assert few.groupby("world")["n_train"].unique().map(list).to_dict() == {
        world: [round(0.8 * n)] for world, n in false_positives.FEW.items()
    }
    of_study = more["world"] == false_positives.STUDY
    assert (more.loc[(more["learner"] == "forest") & ~of_study, "sets"] == 500).all()
    assert (more.loc[of_study, "sets"] == 1000).all()
    assert set(more.loc[of_study, "n_train"]) == set(false_positives.STUDY_SIZES)
    assert (more.loc[linear, "sets"] == normal[linear].map({True: 50_000, False: 20_000})).all()
    by = ["world", "experiment", "n_train", "learner", "t_test"]
    shares = more.pivot_table("false_positives", by, "level")
    assert (shares[0.001] <= shares[0.01]).all() and (shares[0.01] <= shares[0.05]).all()


def test_each_test_of_equal_models_has_its_own_ratio():
    """100 rows, 20 of them for testing; the published formula takes the labels that are drawn."""
    learner, seed = false_positives.LINE, 3
    found = pd.DataFrame(false_positives.tested(learner, seed))
    p_values = found.set_index(["experiment", "n_train", "t_test"])["p_value"]
    views, y = false_positives.data_set(seed)
    for size in false_positives.SIZES:
        pairs = false_positives.splits(seed)["learning curve", size]
        a, b = (false_positives.errors(learner, view, y, pairs) for view in views)
        for name, ratio in (("corrected", 20 / 80), ("published", 20 / size), ("plain", 0)):
            p = corrected_resampled_t_test(b - a, ratio)[2]
            assert p_values["learning curve", size, name] == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("world", false_positives.WORLDS)
def test_both_models_of_a_world_see_as_much(world):
    sets = [false_positives.data_set(seed, world) for seed in range(200)]
    known = [[np.corrcoef(view.T, y)[-1, :-1].mean() for view in views] for views, y in sets]
    a, b = np.mean(known, axis=0)
    assert a > 0.2 and abs(a - b) < 0.03
    noise = [y - views[0][:, :3].sum(axis=1) - views[1][:, :3].sum(axis=1) for views, y in sets]
    if world in (false_positives.NORMAL, false_positives.HEAVY):
        assert np.std(noise) == pytest.approx(1, abs=0.1)
    for (_, n_train), folds in false_positives.splits(0, world).items():
        assert all(not set(train) & set(test) for train, test in folds)
        assert np.mean([len(train) for train, _ in folds]) == pytest.approx(n_train, abs=0.5)


def test_the_back_test_of_measure_next_is_stored():
    scores = pd.read_csv(parts.RESULTS / "entropies_back_test.csv")
    assert list(scores) == ["repeat", "model", "how", "rmse"]
    cases = scores.groupby(["model", "how"])["repeat"].nunique()
    assert len(cases) == 3 * 3 and (cases == 20).all() and len(scores) == 180
    found = entropies_back_test.tests(scores, 100 / 246).set_index(["model", "how", "minus"])
    assert ((found["low"] < found["mean"]) & (found["mean"] < found["high"])).all()
    means = scores.groupby(["model", "how"])["rmse"].mean()
    gap = means["stack", "chosen"] - means["stack", "random"]
    assert found["mean"]["stack", "chosen", "random"] == pytest.approx(gap)


def test_false_positives_are_told_by_the_order_of_their_data_sets():
    case = {"world": "w", "experiment": "e", "n_train": 20, "learner": "l", "t_test": "t"}
    called = [0, 999, 3999, 4000]
    table = pd.DataFrame([case | {"seed": s, "p_value": 1 - (s in called)} for s in range(5000)])
    found = false_positives.by_block(table)
    assert found["first"].tolist() == [0, 1000, 4000] and found["sets"].tolist() == [
        1000,
        3000,
        1000,
    ]
    assert (found["false_positives"] * found["sets"]).round().tolist() == [2, 1, 1]
    stored = pd.read_csv(parts.RESULTS / "false_positives_by_block.csv")
    every = pd.read_csv(parts.RESULTS / "false_positives.csv").query(
        "world == @false_positives.NORMAL and level == 0.05 and learner == 'linear regression'"
    )
    calls = stored.assign(calls=stored["false_positives"] * stored["sets"])
    keys = ["experiment", "n_train", "t_test"]
    shares = calls.groupby(keys)["calls"].sum() / calls.groupby(keys)["sets"].sum()
    whole = every.set_index(keys)["false_positives"].sort_index()
    assert len(whole) == len(shares) and (shares - whole).abs().max() < 2e-4


def test_ten_picks_are_stored_and_judged():
    scores = pd.read_csv(parts.RESULTS / "ten_picks_scores.csv")
    cases = scores.groupby(["table", "n_labels", "model"])["draw"].nunique()
    assert (cases == 20).all() and len(cases) == 2 * (4 + 4)
    assert ((scores["found"] <= scores["highest"]) & (scores["all"] < scores["highest"])).all()
    stored = pd.read_csv(parts.RESULTS / "ten_picks_tests.csv")
    again = ten_picks.tests(scores)
    pd.testing.assert_frame_equal(again, stored, check_dtype=False, rtol=1e-6)
    more = again.set_index(["table", "labels", "model", "minus"])["difference"]
    at = scores[scores["n_labels"] == 235].groupby("model")["found"].mean()
    assert more["band gaps", "all", "stack", "single-task"] == pytest.approx(
        at["stack"] - at["single-task"]
    )


def test_the_ten_highest_predictions_are_picked_and_their_labels_hidden():
    name, X, Y, groups, target, _ = next(ten_picks.tables())
    seen = {}

    class Noting(ten_picks.SingleTaskForest):
        def fit(self, X, Y, **told):
            seen[int(Y[target].notna().sum())] = Y
            return super().fit(X, Y, **told)

    table = name, X, Y, groups, target, {"one": Noting(target, n_estimators=10)}
    few, all_labels = (row for _, row in ten_picks.picked(table, draw=0).iterrows())
    assert set(seen) == {50, few["n_pool"]} and few["n_labels"] == 50
    hidden = Y[target].drop(seen[few["n_pool"]][target].dropna().index).dropna()
    assert len(hidden) == few["n_test"] and hidden.mean() == pytest.approx(few["all"])
    assert hidden.nlargest(10).mean() == pytest.approx(few["highest"])
    assert few["all"] < few["found"] <= few["highest"] and all_labels["found"] <= few["highest"]


def test_a_back_test_measures_ten_of_the_candidates(monkeypatch):
    seen = []

    def noted(models, X, Y, *rest):
        seen.append(Y["entropy"])
        return experiment(models, X, Y, *rest)

    experiment = entropies_back_test.Experiment.of
    monkeypatch.setattr(entropies_back_test.Experiment, "of", noted)
    table = tl.load_thermochemistry(per_atom=True).dropna(subset=["entropy", "molar_volume"])
    X, Y = table[["n_atoms"]].astype(float), table[["entropy", "molar_volume"]]
    rows = entropies_back_test.repeated(X, Y, trees=4, repeat=0)
    assert [row["how"] for row in rows[:3]] == list(entropies_back_test.HOW)
    for first, chosen, drawn in zip(*[iter(seen)] * 3, strict=True):
        assert [s.notna().sum() for s in (first, chosen, drawn)] == [60, 70, 70]
        assert chosen[first.notna()].equals(first.dropna())
        assert drawn[first.notna()].equals(first.dropna())
    assert seen[2].equals(seen[5]) and len(seen[0]) == len(X) - 100


def test_the_entropies_without_heat_capacity_are_tested_too():
    every, fewer = (
        pd.read_csv(parts.RESULTS / f"entropies_{name}.csv")
        for name in ("verdicts", "without_verdicts")
    )
    assert list(fewer) == list(every) and set(fewer["model"]) <= set(every["model"])
    assert set(fewer["baseline_score"]) == set(every["baseline_score"])


@pytest.mark.parametrize("columns", ["", "_without"])
def test_the_rivals_of_the_entropies_had_the_same_splits(columns):
    found = pd.read_csv(parts.RESULTS / f"entropies_rivals{columns}.csv").set_index("question")
    own = pd.read_csv(parts.RESULTS / f"entropies{columns}_verdicts.csv").set_index("model")
    beside = {
        "rivals": own["baseline_score"].iloc[0],
        "stack against rivals": own["score"]["stack"],
        "stack against architectures": own["score"]["stack"],
    }
    rivals = set(entropies_rivals.models("y", ["z"], trees=5))
    assert not rivals & set(own.index)  # no pair is tested twice
    for question, score in beside.items():
        tests = found.loc[question]
        assert np.allclose(tests["baseline_score"], score, atol=1e-9)
        asked = set(own.index) - {"stack"} if question.endswith("architectures") else rivals
        assert set(tests["model"]) == asked
        p_values = holm(tests["p_value"])
        assert np.allclose(tests["p_adjusted"], p_values)


def test_a_shuffled_column_keeps_its_values_and_holes_and_the_target_its_rows():
    own = parts.own_entropies()
    dealt = parts.dealt_out(own.Y, own.Y.columns.drop(own.target), seed=1)
    assert dealt[own.target].equals(own.Y[own.target])
    for name in own.Y.columns.drop(own.target):
        before, after = own.Y[name], dealt[name]
        assert after.isna().equals(before.isna()) and sorted(after.dropna()) == sorted(
            before.dropna()
        )
        assert abs(after.corr(own.Y[own.target])) < 0.2 < abs(before.corr(own.Y[own.target]))


def test_the_controls_of_the_entropies_had_the_same_splits():
    found = pd.read_csv(parts.RESULTS / "entropies_controls.csv").set_index("columns")
    for columns, name in {"all columns": "verdicts", "without": "without_verdicts"}.items():
        stack = pd.read_csv(parts.RESULTS / f"entropies_{name}.csv").set_index("model").loc["stack"]
        assert np.allclose(found.loc[columns, "score"], stack["score"], atol=1e-9)
    assert np.allclose(found["p_adjusted"], holm(found["p_value"])) and len(found) == 4
    blind = found[found["control"] == "usual mixture, no columns"]["baseline_score"]
    assert blind["all columns"] == blind["without"]  # it reads none
    curve = pd.read_csv(parts.RESULTS / "entropies_few_controls.csv")
    first = pd.read_csv(parts.RESULTS / "entropies_few.csv").query("model == 'stack'")
    case = ["columns", "size", "repeat"]
    for _, rows in curve.groupby("model"):
        both = rows.merge(first, on=case)
        assert len(rows) == len(both) == 200
        for name in ("n_train", "n_pool", "n_test"):
            assert (both[f"{name}_x"] == both[f"{name}_y"]).all()
    again = entropies_controls.scores("curve", "without", 3, trees=2)
    assert set(again["model"]) == {"stack, z shuffled"} and set(again) == set(curve)


def test_one_model_alone_had_the_splits_of_the_whole_comparison():
    alone = pd.read_csv(parts.RESULTS / "entropies_one_model.csv").set_index(["model", "setting"])
    whole = pd.read_csv(parts.RESULTS / "entropies_verdicts.csv").set_index("model")
    latent, slope = alone.loc["latent variable"], alone.loc[("learned slope", "warm")]
    assert np.isclose(latent.loc["warm", "score"], whole.loc["latent variable", "score"])
    assert np.allclose(alone["baseline_score"], whole["baseline_score"].iloc[0])
    assert np.allclose(latent["p_adjusted"], holm(latent["p_value"]))
    assert slope["p_adjusted"] == slope["p_value"] and len(alone) == 3
    again = entropies_one_model.scores("learned slope", "warm", trees=2, repeats=1)
    assert set(again["model"]) == {"single-task", "learned slope"} and len(again) == 10


def test_the_pages_say_by_learner_how_the_corrected_test_departs_from_its_level():
    stored = pd.read_csv(parts.RESULTS / "false_positives.csv").query("level == 0.05")
    assert (stored.query("t_test == 'plain'")["low"] > 0.05).all()
    stored = stored.query("t_test == 'corrected'")
    at = stored.set_index(["learner", "world", "experiment", "n_train"]).sort_index()
    side = (at["low"] > 0.05).astype(int) - (at["high"] < 0.05)
    curve = side.xs("learning curve", level="experiment")
    assert (curve["tree"].drop(80, level="n_train") == -1).all()  # conservative with few labels
    assert (side["tree", "shared table"].xs(80, level="n_train") == 1).all()  # too liberal
    forest = side["forest", "shared table"]
    assert (forest.drop(20, level="n_train") == 1).all() and forest["learning curve", 20] == 0
    assert list(curve["forest", "normal noise"]) == [-1, 0, 0]
    assert list(curve["forest", false_positives.STUDY]) == [-1, 0, 1, 1, 1]
    assert list(curve["linear regression", "normal noise"]) == [-1, 1, 1]
    assert side["linear regression", "normal noise", "cross-validation", 80] == 0
    pages = [(parts.ROOT / "book" / f"{name}.md").read_text() for name in ("api", "glossary")]
    api, glossary = (" ".join(page.split()) for page in pages)
    assert "For single trees with 20 or 40 labels it is conservative;" in api
    assert side["forest", "normal noise"]["cross-validation"].eq(1).any()
    assert "Where forests with 40 labels or more, or single trees with 80, read a label" in api
    assert "how-often-the-test-calls" in glossary
    assert "for both learners" not in api and "; with few labels more do" not in glossary


def test_the_named_methods_have_a_curve_of_one_family():
    stored = {
        name: pd.read_csv(parts.RESULTS / f"band_gaps_{name}.csv")
        for name in ("named_curve", "named_curve_verdicts", "named_verdicts")
    }
    curve, tests = stored["named_curve"], stored["named_curve_verdicts"]
    assert set(curve["size"]) == set(band_gaps.FEW_LABELS) and set(curve["repeat"]) == set(
        range(20)
    )
    assert set(tests["model"]) == set(stored["named_verdicts"]["model"]) and len(tests) == 28
    assert set(curve["n_test"] + curve["n_pool"]) == {271}
    again = {"named methods": list(tests["model"].unique())}
    found = parts.questions(
        curve.assign(fold=0), again, "single-task", ("rmse",), by=["setting", "size"]
    )
    pd.testing.assert_frame_equal(found.reset_index(drop=True), tests, rtol=1e-6)


def test_a_table_with_few_entropies_hides_the_others(monkeypatch):
    tables, compare = [], own_size.compare_architectures

    def listen(X, Y, *rest, **options):
        tables.append((X, Y))
        return compare(X, Y, *rest, **options)

    monkeypatch.setattr(own_size, "compare_architectures", listen)
    stored = pd.read_csv(parts.RESULTS / "entropies_own_size.csv")
    row = own_size.ask(30, 3, without=True, trees=2)
    ((X, Y),) = tables
    own = parts.own_entropies()
    shown = Y["entropy"].dropna()
    assert len(shown) == 30 and shown.equals(own.Y.loc[shown.index, "entropy"])
    rest = ["enthalpy_of_formation", "molar_volume"]
    assert X.equals(own.X) and Y[rest].equals(own.Y[rest]) and set(Y) == {"entropy", *rest}
    assert list(row) == list(stored) and row["setting"] == "warm"
    assert set(stored["setting"]) == {"warm"} and set(stored["n_labels"]) == {*own_size.SIZES}
    first = stored.query("draw == 3 and n_labels == 30").set_index("columns")
    assert first.loc["without", "baseline_score"] == first.loc["all columns", "baseline_score"]


def test_labels_are_hidden_before_a_model_is_picked(monkeypatch):
    """Of those hidden no model sees one, and each is asked for all of them."""
    seen, fit_all = [], hidden_labels.fit_all

    def listen(task, *rest):
        seen.append(task)
        return fit_all(task, *rest)

    monkeypatch.setattr(hidden_labels, "fit_all", listen)
    monkeypatch.setattr(hidden_labels, "usual_rivals", lambda trees: {})
    found = hidden_labels.look("entropy", 30, 3, trees=2)
    ((task,), own) = seen, parts.own_entropies()
    shown = task.Y["entropy"].dropna()
    assert len(shown) == 30 and shown.equals(own.Y.loc[shown.index, "entropy"])
    assert set(task.Y) == {"entropy", "enthalpy_of_formation", "molar_volume"}
    assert (found["n_hidden"] == own.Y["entropy"].notna().sum() - 30).all()
    *_, truth = hidden_labels.keep_few("entropy", 30, 3)
    assert truth.equals(own.Y.loc[truth.index, "entropy"])
    assert not shown.index.isin(truth.index).any()
    assert found.loc[found["picked"], "loss"].item() == found["loss"].min()
    stored = pd.read_csv(parts.RESULTS / "hidden_labels_scores.csv")
    assert list(stored) == list(found) and set(stored["n_labels"]) == {*hidden_labels.SIZES}
    sizes = stored.groupby(["target", "n_labels"])["draw"].nunique()
    assert (sizes == 20).all() and len(sizes) == 12


def test_the_stored_answer_is_of_the_first_table():
    """Its picked model is the one of least error there."""
    said = pd.read_csv(parts.RESULTS / "hidden_labels_said.csv").iloc[0]
    rows = pd.read_csv(parts.RESULTS / "hidden_labels_scores.csv")
    rows = rows.set_index(["target", "n_labels", "draw"]).loc[hidden_labels.SHOWN]
    assert rows.loc[rows["picked"], "model"].item() == said["picked"]
    assert f"; {hidden_labels.SHOWN[1]} labels.)" in said["recommendation"]


def test_a_column_is_left_out_exactly_where_check_warns_of_it():
    """`check` is asked about each column of the handbook, as the guide says."""
    frame = tl.load_thermochemistry(per_atom=True).drop(columns=["cas", "n_atoms"])
    for target, lacking in handbook.LACKING.items():
        own = read_roles(frame, guess_roles(frame, target=target))
        warned = [f.place for f in check(own) if f.topic == "known labels"]
        assert sorted(warned) == sorted(f"column {name!r}" for name in lacking), target


def test_plain_models_read_the_columns_or_not(monkeypatch):
    few_steps = partial(usual.HistGradientBoostingRegressor, max_iter=3)
    monkeypatch.setattr(usual, "HistGradientBoostingRegressor", few_steps)
    table = next(plain_columns.tables())
    assert table.targets == ["entropy"] and "heat_capacity" not in table.related
    scores = plain_columns.scores(table, trees=2, repeats=1)
    models = {model for pair in plain_columns.QUESTIONS for model in pair}
    assert set(scores["model"]) == models and len(scores) == 5 * len(models)
    empty = table._replace(Y=table.Y.assign(**dict.fromkeys(table.related, 0.0)))
    mean = (t.groupby("model")["rmse"].mean() for t in (scores, plain_columns.scores(empty, 2, 1)))
    moved = next(mean) - next(mean)
    assert moved[plain_columns.BLIND] == moved[BASELINE] == 0 != moved[plain_columns.MIXTURE]
    stored = pd.read_csv(parts.RESULTS / "plain_columns.csv").groupby(["beside", "model"]).size()
    assert stored.to_dict() == dict.fromkeys(plain_columns.QUESTIONS, 8)


def test_the_handbook_is_asked_as_its_tables_say():
    stored = pd.read_csv(parts.RESULTS / "entropies_few.csv")
    rows = handbook.curve(3, trees=2)
    assert list(rows) == list(stored)
    case = ["columns", "model", "size"]
    for name in ("n_train", "n_pool", "n_test"):
        again = rows.set_index(case)[name]
        first = stored.query("repeat == 3").set_index(case)[name]
        assert (again == first.loc[again.index]).all() and len(again) == 20
    others = pd.read_csv(parts.RESULTS / "entropies_other_columns.csv")
    assert np.allclose(others["p_adjusted"], holm(others["p_value"]))
    own = parts.own_entropies()
    tried = {
        (target, name)
        for target in own.Y.columns.drop(own.target)
        for name in find_candidates(own.Y[[target, *own.Y.columns.drop(target)]], target)
        if name != BASELINE
    }
    assert set(map(tuple, others[["target", "model"]].to_numpy())) == tried


def test_heat_capacities_without_the_entropy_had_the_splits_of_those_with_it():
    found = pd.read_csv(parts.RESULTS / "entropies_heat_without.csv").set_index("model")
    every = pd.read_csv(parts.RESULTS / "entropies_other_columns.csv").set_index("target")
    assert set(found["baseline_score"]) == set(every.loc["heat_capacity", "baseline_score"])
    assert np.allclose(found["p_adjusted"], holm(found["p_value"])) and len(found) == 5
    again = handbook.other_column("heat_capacity", trees=2, repeats=1, left_out=("entropy",))
    assert set(again["model"]) == set(found.index)


def test_the_call_without_the_heat_capacity_says_what_its_tests_say():
    said = pd.read_csv(parts.RESULTS / "entropies_without_said.csv")["recommendation"].item()
    stack = pd.read_csv(parts.RESULTS / "entropies_without_verdicts.csv").set_index("model")
    tests = pd.read_csv(parts.RESULTS / "entropies_without_columns.csv").set_index("model")
    (score,) = tests.loc["picked", "score"].unique()
    base = stack.loc["stack", "baseline_score"]
    assert said.startswith("Use 'Gaussian process, with columns'.")
    assert f"{score:.2f}" in said and f"{base:.2f}" in said


def test_the_question_of_the_columns_was_asked_of_the_same_call():
    """Of its picked model, and of the models that chapter 11 has with and without the columns."""
    rows = pd.read_csv(parts.RESULTS / "entropies_without_columns.csv")
    said = pd.read_csv(parts.RESULTS / "entropies_without_said.csv")["recommendation"].item()
    names = ("plain_columns", "stronger_models")
    tests = pd.concat([pd.read_csv(parts.RESULTS / f"{name}.csv") for name in names])
    tests = tests[tests["target"] == "entropy"].set_index(["model", "beside"])
    own = rows[rows["model"] != "picked"].set_index(["model", "beside"])
    columns = ["score", "baseline_score", "low", "high", "p_value"]
    assert np.allclose(own[columns], tests.loc[own.index, columns], rtol=1e-6) and len(own) == 2
    (picked,) = rows.loc[rows["model"] == "picked", "score"].unique()
    assert f"that of the picked model {picked:.2f}," in said
    for question, tests in rows.groupby(rows["model"] == "picked"):  # each is a family
        assert len(tests) == 2, question
        assert np.allclose(tests["p_adjusted"], holm(tests["p_value"]))
    assert (rows["verdict"] == "better").tolist() == [False, True, False, False]
    picks = pd.read_csv(parts.RESULTS / "entropies_without_picked.csv")
    assert picks["splits"].sum() == 25
    times = picks.set_index("model")["splits"]
    first, other = times.index
    assert (first, other) == ("Gaussian process, with columns", "stack")
    counted = f"'{first}' {times[first]} times (3.25), the stack {times[other]} times (3.40)."
    assert f"Picked in the 25 splits, with the RMSE of each by itself: {counted}" in said


def test_the_call_on_the_band_gaps_saw_the_labels_of_their_study():
    said = pd.read_csv(parts.RESULTS / "band_gaps_call.csv").set_index("setting")
    tests = pd.read_csv(parts.RESULTS / "band_gaps_call_verdicts.csv")
    assert set(said.index) == set(tests["setting"]) == {"warm", "cold"}
    assert said["sentence"].str.contains("294 labels").all()
    for _, family in tests.groupby("setting"):
        assert set(family["baseline_score"]) == set(said["baseline_score"])
    assert ((said["high"] < 0) == (said["p_value"] < 0.05)).all()
    assert np.allclose(said["p_adjusted"], holm(said["p_value"]))  # the two settings
    assert ((said["recommended"] == "single-task") == (said["p_adjusted"] > 0.05)).all()
    assert np.allclose(tests["p_adjusted"], holm(tests["p_value"]))


def test_the_columns_are_worth_more_where_the_heat_capacity_is_known():
    scores = entropies_all_columns.scores(trees=2, repeats=1)
    kinds = ["usual mixture", "boosting", "Gaussian process"]
    ways = [f"{kind}, {way}" for kind in kinds for way in ("with columns", "no columns")]
    assert sorted(scores["model"].unique()) == sorted([STACK, *ways])
    stored = pd.read_csv(parts.RESULTS / "entropies_all_columns.csv")
    assert np.allclose(stored.groupby("question")["p_value"].transform(holm), stored["p_adjusted"])
    asked = stored.set_index(["question", "beside"])
    assert len(asked) == 6 and asked.index.is_unique
    others = pd.read_csv(parts.RESULTS / "stronger_models.csv").query("target == 'entropy'")
    blind = others.set_index("beside")["baseline_score"].groupby(level=0).first()
    for kind in kinds[1:]:  # without columns they are the models of the other run, on its splits
        for question in ("with the columns", "stack"):
            beside = f"{kind}, no columns"
            assert asked.loc[(question, beside), "baseline_score"] == pytest.approx(blind[beside])
    whole = pd.read_csv(parts.RESULTS / "entropies_verdicts.csv").set_index("model")["score"]
    assert asked.loc["stack", "score"].to_numpy() == pytest.approx(whole["stack"])


def test_stronger_models_read_the_columns_or_not(monkeypatch):
    boosting = stronger_models.GradientBoostingRegressor
    few_trees = lambda **options: boosting(**options | {"n_estimators": 3})  # noqa: E731
    monkeypatch.setattr(stronger_models, "GradientBoostingRegressor", few_trees)
    table = next(plain_columns.tables())
    scores = stronger_models.scores(table, trees=2, repeats=1)
    ways = stronger_models.both_ways(table.targets, table.related)
    assert set(scores["model"]) == {BASELINE, STACK, *ways} and len(ways) == 4
    empty = table._replace(Y=table.Y.assign(**dict.fromkeys(table.related, 0.0)))
    mean = (
        t.groupby("model")["rmse"].mean() for t in (scores, stronger_models.scores(empty, 2, 1))
    )
    moved = next(mean) - next(mean)
    assert all((moved[name] == 0) == name.endswith("no columns") for name in ways)
    stored = pd.read_csv(parts.RESULTS / "stronger_models.csv")
    asked = stored.groupby(["beside", "model"]).size().to_dict()
    assert asked == dict.fromkeys(stronger_models.questions(), 8)
    few = pd.read_csv(parts.RESULTS / "stronger_few.csv")
    assert few.groupby(["model", "size"]).size().tolist() == [20] * 20
