"""What `check` finds is what was put there, and nothing where nothing was."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tlhelpers as tl
from tlhelpers.table import Finding, check, guess_roles, read_roles
from tlhelpers.table.candidates import find_candidates
from tlhelpers.table.comparison import judged_settings
from tlhelpers.table.errors import SHOWN
from tlhelpers.table.odd_labels import find_outliers
from tlhelpers.table.relations import FEW, SMALL, Relation

RNG = np.random.default_rng


def world(n: int = 120, n_labels: int = 60, seed: int = 0, noise: float = 0.1) -> pd.DataFrame:
    """Return features, a scarce label y, and z that follows it."""
    rng = RNG(seed)
    frame = pd.DataFrame(rng.uniform(size=(n, 3)), columns=["a", "b", "c"])
    truth = 2 + 2 * frame["a"] + frame["b"]
    frame["y"] = (truth + noise * rng.normal(size=n)).where(np.arange(n) < n_labels)
    frame["z"] = (truth + noise * rng.normal(size=n)).where(np.arange(n) % 7 > 0)
    return frame


def found(frame: pd.DataFrame, *topics: str) -> list[Finding]:
    own = read_roles(frame, guess_roles(frame, target="y"))
    return [finding for finding in check(own) if finding.topic in topics]


def messages(findings: list[Finding]) -> str:
    return "\n".join(f"{f.level} {f.place}: {f.message}" for f in findings)


def test_a_clean_table_has_no_warning() -> None:
    for seed in range(8):
        assert [f for f in check(world(seed=seed)) if f.level != "note"] == []


def test_a_table_whose_numbers_are_all_features_is_told() -> None:
    """In such a table a related label may stand among the features."""
    full = world().assign(z=lambda frame: frame["a"] + frame["b"])
    (finding,) = found(full, "no related label")
    assert finding.level == "warning" and "4 complete columns" in finding.message
    every = read_roles(full, guess_roles(full, target="y", features=["a", "b", "c", "z"]))
    assert "no related label" not in [f.topic for f in check(every)]  # as they were named
    meant = guess_roles(full, target="y", features=["a", "b", "c"])
    own = read_roles(full, meant)
    assert meant.related == ("z",) and "no related label" not in [f.topic for f in check(own)]
    of_formulas = pd.DataFrame({"formula": ["NaCl", "KCl", "LiF"] * 8, "y": range(24)})
    assert not found(of_formulas, "no related label")


def test_sparsity_and_overlap_are_counted() -> None:
    frame = world()
    said = messages(found(frame, "sparsity", "overlap"))
    both = int((frame["y"].notna() & frame["z"].notna()).sum())
    assert "column 'y': 60 of 120 rows have a label (50%)" in said
    assert f"{both} rows have both 'y' and 'z'" in said
    apart = frame.assign(z=frame["z"].where(frame["y"].isna()))
    assert "warning" in messages(found(apart, "overlap"))


@pytest.mark.parametrize(("n_known", "told"), [(75, True), (101, True), (103, False)])
def test_labels_that_the_rows_to_predict_lack_are_told(n_known: int, told: bool) -> None:
    frame = world()
    frame["v"] = (3 + frame["c"] + 0.1 * RNG(3).normal(size=120)).where(frame.index > 0)
    frame["z"] = (2 + 2 * frame["a"]).where(frame.index < n_known)
    said = found(frame, "known labels")
    assert len(said) == told
    if told:
        share = f"for 100% of the labelled rows and for {(n_known - 60) / 60:.0%} of the rows"
        assert share in said[0].message and "may be larger" in said[0].message
        assert said[0].level == "warning" and said[0].place == "column 'z'"


def test_rows_that_know_no_related_label_are_asked_cold_and_do_not_count() -> None:
    frame = world()
    for n_known, told in ((60, False), (69, False), (70, False)):  # all that know any know z
        frame["z"] = (2 + 2 * frame["a"]).where(frame.index < n_known)
        assert bool(found(frame, "known labels")) == told
    frame["z"] = (2 + 2 * frame["a"]).where(frame.index >= 40)
    (said,) = found(frame, "known labels")
    assert "for 33% of the labelled rows and for 100%" in said.message
    assert "may be smaller" in said.message


FACTORS = [1000, 1 / 1000, 1e6, 96.485, 1 / 96.485, 23.061, 27.2114, 4.184, 100]  # chapter 12


@pytest.mark.parametrize("factor", FACTORS)
def test_a_unit_is_asked_about(factor: float) -> None:
    frame = world()
    frame["z"] *= factor
    (finding,) = found(frame, "units")
    size = max(factor, 1 / factor)
    assert f"{size:g} times" in finding.message and "may be" in finding.message
    larger = "'z'" if factor > 1 else "'y'"
    assert finding.message.startswith(larger) and finding.level == "warning"


def test_a_unit_is_seen_through_an_offset_and_a_bad_row() -> None:
    frame = world()
    frame["z"] = 1000 * frame["z"] * 0.7 - 300
    frame.loc[3, "z"] = 1e7
    assert "1000 times" in messages(found(frame, "units"))


@pytest.mark.parametrize(("kelvin", "celsius"), [("y", "z"), ("z", "y")])
def test_kelvin_and_celsius(kelvin: str, celsius: str) -> None:
    frame = world()
    frame[["y", "z"]] *= 100
    frame[kelvin] += 273.15
    said = messages(found(frame, "units"))
    assert f"'{celsius}' may be in degrees Celsius and '{kelvin}' in kelvin" in said


@pytest.mark.once
@pytest.mark.parametrize("slope", [1.0, 0.6, 1.7, 3.0, -2.0, 50.0])
def test_a_slope_of_nature_is_no_unit(slope: float) -> None:
    for seed in range(5):
        frame = world(seed=seed)
        frame["z"] *= slope
        assert found(frame, "units") == []
        (line,) = found(frame, "relation")
        sign, size = re.search(r" ([+-]) (\S+) '", line.message).groups()
        assert float(sign + size) == pytest.approx(1 / slope, rel=0.1)


@pytest.mark.once
@pytest.mark.parametrize("noise", [0.1, 0.5, 0.7])  # of both labels: it flattens the slope
@pytest.mark.parametrize("slope", [0.5, 0.65, 0.75, 1.0, 1.3, 1.5, 1.9])
def test_check_and_compare_judge_the_unit_alike(slope: float, noise: float) -> None:
    for seed in range(3):
        frame = world(seed=seed, noise=noise)
        frame["z"] /= slope
        own = read_roles(frame, guess_roles(frame, target="y"))
        (line,) = found(frame, "relation")
        learned_only = "compare tries a difference with a learned slope only" in line.message
        assert learned_only is ("difference" not in find_candidates(own.Y, "y"))


@pytest.mark.parametrize("n", [8, 9, 10, 11])
def test_no_line_is_told_of_few_rows(n: int) -> None:
    frame = world()
    frame["z"] = 3 * frame["z"].where(frame["y"].isna())
    frame.loc[: n - 1, "z"] = 6 * frame["a"] + 3 * frame["b"]
    said = messages(found(frame, "relation", "units"))
    assert (said == "") is (n < FEW) and ("compare tries" in said) is (n >= FEW)


def test_slope_one_fits_up_to_its_bound() -> None:
    line = Relation(1.0, 0.0, 0.9, shift=9.0, scatter=1.5, line_scatter=1.0, n=100, same_unit=True)
    assert line.slope_one_fits and line.has_offset
    wide = replace(line, scatter=1.51)
    assert not wide.slope_one_fits and not wide.has_offset
    assert not replace(line, same_unit=False).has_offset
    assert not replace(line, shift=0.7).has_offset  # below half the scatter


@pytest.mark.parametrize(("shift", "told"), [(4.01, True), (3.99, False), (-4.01, True)])
def test_an_offset_is_four_standard_errors_of_few_rows(shift: float, told: bool) -> None:
    line = Relation(1.0, 0.0, 0.9, shift, scatter=4.0, line_scatter=4.0, n=16, same_unit=True)
    assert line.has_offset == told


def test_an_offset_is_told_only_where_slope_one_fits() -> None:
    frame = world()
    frame["z"] = (frame["z"] - 0.9) / 1.45
    (line,) = found(frame, "relation")
    assert "constant" not in line.message


@pytest.mark.once
def test_unrelated_labels_have_no_unit() -> None:
    for seed in range(20):
        frame = world(seed=seed)
        frame["z"] = 1000 * RNG(seed + 100).normal(size=len(frame))
        assert found(frame, "units", "leakage", "mixed sources") == []
        assert found(frame, "relation") == []


def test_a_constant_offset_is_told() -> None:
    frame = world()
    frame["z"] -= 0.9
    assert "'z' may be too low by a constant 0.9" in messages(found(frame, "relation"))


def test_a_copy_is_leakage() -> None:
    frame = world()
    frame["z"] = 3 * frame["y"] + 1
    (finding,) = found(frame, "leakage")
    assert finding.level == "error" and "related label is a copy of the target" in finding.message
    frame["z"] = np.exp(frame["y"] * 3)
    assert "a function of the target" in messages(found(frame, "leakage"))
    frame = world(n_labels=120)
    frame.loc[5:9, "z"] = np.nan
    frame["d"] = 2 * frame["y"]
    assert "this feature is a copy" in messages(found(frame, "leakage"))


def test_a_copy_is_found_behind_a_label_of_another_type() -> None:
    frame = world()
    frame.insert(3, "kind", np.where(frame["a"] > 0.5, "high", "low"))
    frame.loc[:5, "kind"] = None
    frame["z"] = 3 * frame["y"] + 1
    (finding,) = found(frame, "leakage")
    assert finding.place == "column 'z'" and "this related label is a copy" in finding.message


def test_a_copied_class_is_leakage() -> None:
    frame = world()
    kinds = np.where(frame["y"] > frame["y"].median(), "high", "low").astype(object)
    frame["y"] = np.where(frame["y"].isna(), None, kinds)
    frame["z"] = np.where(frame["y"].isna(), None, np.where(kinds == "high", "H", "L"))
    assert "related label is a copy" in messages(found(frame, "leakage"))


def test_few_labels_are_told_by_their_number() -> None:
    assert "8 labels: too few to judge" in messages(found(world(n_labels=8), "few labels"))
    assert "only large differences" in messages(found(world(n_labels=25), "few labels"))
    for n in (SMALL, SMALL + 1):
        assert found(world(n_labels=n), "few labels") == []
    grouped = world().assign(family=np.arange(120) % 6)
    assert "6 groups with a label: too few" in messages(found(grouped, "few labels"))


@pytest.mark.parametrize(("decades", "told"), [(2.0, False), (2.4, True)])
@pytest.mark.parametrize("factor", [1e-6, 1.0])
def test_a_target_that_spans_decades_is_told(decades: float, told: bool, factor: float) -> None:
    """Nine tenths of 2.4 decades are more than two, of two decades they are less."""
    labels = factor * 10 ** np.linspace(0, decades, 40)
    frame = pd.DataFrame({"x": np.arange(60.0), "y": [*labels, *[np.nan] * 20]})
    roles = guess_roles(frame, target="y", features=["x"])
    topics = [finding.topic for finding in check(read_roles(frame, roles))]
    assert ("scale" in topics) == told
    for other in (-labels, np.log10(labels), np.append(0, labels[1:])):  # no logarithm, or done
        frame["y"] = [*other, *[np.nan] * 20]
        assert "scale" not in [f.topic for f in check(read_roles(frame, roles))]


def test_a_constant_related_label_and_feature() -> None:
    frame = world().assign(d=1.0)
    frame["z"] = frame["z"].where(frame["z"].isna(), 4.0)
    said = messages(found(frame, "constant label", "constant feature"))
    assert "column 'z': all" in said and "the same in every row: 'd'" in said


def test_duplicates_and_their_labels() -> None:
    frame = world()
    twice = pd.concat([frame, frame.iloc[:3]], ignore_index=True)
    said = messages(found(twice, "duplicates"))
    assert "3 sets of rows have equal features (up to 2 rows" in said and "--group" in said
    assert "differ" not in said
    twice.loc[121, "y"] += 0.2
    assert "labels of 1 sets of rows with equal features differ" in messages(
        found(twice, "duplicates")
    )


def test_repeats_are_sought_in_every_label() -> None:
    """Of a label without repeats nothing is said, of the next one what there is."""
    frame = world()
    frame.loc[100:103, ["a", "b", "c"]] = frame.loc[100, ["a", "b", "c"]].to_numpy(dtype=float)
    frame.loc[100:103, "z"] = [1.0, 1.1, 1.2, 1.3]  # without a label y
    said = [f.place for f in found(frame, "duplicates") if "differ, most for" in f.message]
    assert said == ["column 'z'"]


def test_groups_are_counted_and_the_largest_is_named() -> None:
    frame = world().assign(family=np.arange(120) % 60)
    frame.loc[frame["family"] == 3, "family"] = 4
    assert messages(found(frame, "groups")) == "note : 59 groups, the largest of 4 rows (4)"
    apart = frame.assign(family=[f"f{i}" for i in range(120)])
    own = read_roles(apart, guess_roles(apart, target="y", group="family"))
    said = [finding.message for finding in check(own) if finding.topic == "groups"]
    assert said == ["120 groups"]


def test_duplicates_that_disagree_are_mixed_sources() -> None:
    frame = world()
    again = frame.iloc[:20].assign(y=frame["y"].iloc[:20] + RNG(1).choice([-1.5, 1.5], 20))
    said = messages(found(pd.concat([frame, again], ignore_index=True), "mixed sources"))
    assert "rows of equal features differ" in said
    close = frame.iloc[:20].assign(y=frame["y"].iloc[:20] + 0.05)
    assert found(pd.concat([frame, close], ignore_index=True), "mixed sources") == []


def test_two_offsets_are_two_sources() -> None:
    frame = world(noise=0.1)
    second = RNG(2).uniform(size=len(frame)) < 0.4
    frame.loc[second, "y"] += 1.2
    assert "falls into two heaps" in messages(found(frame, "mixed sources"))


@pytest.mark.once
def test_heavy_tails_are_not_two_sources() -> None:
    for seed in range(10):
        frame = world(n=200, n_labels=150, seed=seed)
        frame["z"] += 0.3 * RNG(seed).standard_t(3, size=200)
        assert found(frame, "mixed sources") == []


def test_an_outlier_is_named() -> None:
    frame = world()
    frame["name"] = [f"sample {i}" for i in range(120)]
    frame.loc[17, "y"] = 40.0
    (finding,) = found(frame, "outliers")
    assert finding.place == "sample 17, column 'y'" and "the label is 40" in finding.message
    few = world(n_labels=20)
    few.loc[3, "y"] = 400.0
    assert "the median label is" in messages(found(few, "outliers"))


def test_of_many_outliers_five_are_named_and_the_others_counted() -> None:
    frame = world(n_labels=120)
    frame.loc[10:16, "y"] = np.arange(40.0, 47.0)
    said = [finding.message for finding in found(frame, "outliers")]
    assert len(said) == 5 and all("the label is 4" in message for message in said)
    counted = [message.endswith("(2 more labels are as far off)") for message in said]
    assert counted == [False] * 4 + [True]


def test_errors_come_first_and_a_frame_gives_what_its_table_gives() -> None:
    frame = world(n_labels=8)
    frame["z"] = 3 * frame["y"] + 1
    levels = [f.level for f in check(frame)]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert check(frame) == check(read_roles(frame, guess_roles(frame)))


def test_the_table_of_barriers() -> None:
    frame = tl.load_no_dissociation()[
        ["surface", "metal", "Ea_NO_diss", "dE_N2_diss", "dE_O2_diss"]
    ]
    findings = check(read_roles(frame, guess_roles(frame, target="Ea_NO_diss")))
    assert [f for f in findings if f.level == "error" or f.topic == "units"] == []


def test_many_related_labels_are_counted_together() -> None:
    frame = world()
    for i in range(SHOWN + 2):
        frame[f"v{i}"] = frame["z"].where(frame.index > i)
    said = messages(found(frame, "sparsity"))
    counts = frame.notna().sum()
    most, least = counts[f"v{SHOWN - 1}"], counts[f"v{SHOWN + 1}"]
    assert f"note : 3 more related labels have {least} to {most} labels each" in said
    assert "column 'z'" in said and f"column 'v{SHOWN - 2}'" in said and f"v{SHOWN - 1}" not in said


def test_few_groups_are_warned_of() -> None:
    frame = world().assign(family=list("abcd") * 30)
    own = read_roles(frame, guess_roles(frame, target="y", group="family"))
    (said,) = [finding for finding in check(own) if finding.topic == "groups"]
    assert said.level == "warning"
    assert said.message.startswith("4 groups, the largest of 30 rows (")
    assert said.message.endswith("too few to hold a fifth of them out; scores will be rough")


def test_classes_among_the_related_labels_have_no_line_and_no_spread() -> None:
    frame = world().assign(c=["low", "high", None] * 40)
    twice = pd.concat([frame, frame.iloc[:3].assign(c="mid")], ignore_index=True)
    topics = "relation", "units", "outliers", "duplicates", "mixed sources"
    without = messages(found(twice.drop(columns="c"), *topics))
    assert messages(found(twice, *topics)) == without != ""


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -7.7, 2.1e6])
def test_equal_labels_have_no_outlier(value: float) -> None:
    for n in (20, 60):  # few, and enough for a forest, whose means are rounded
        frame = world(n)
        assert find_outliers(frame[["a"]], pd.Series(value, frame.index)) == []


def test_kelvin_are_asked_about_only_where_the_scatter_is_small() -> None:
    line = Relation(1.0, 273.0, 0.9, 273.0, scatter=60.0, line_scatter=60.0, n=99, same_unit=True)
    assert "in degrees Celsius and 'y' in kelvin" in line.unit_question("y", "z")
    assert replace(line, scatter=80.0).unit_question("y", "z") == ""


@pytest.mark.parametrize(("n_labels", "setting"), [(59, "warm"), (60, "cold")])
def test_a_table_without_rows_to_predict_is_compared_cold_and_told_so(
    n_labels: int, setting: str
) -> None:
    frame = world(n=60, n_labels=n_labels)
    own = read_roles(frame, guess_roles(frame, target="y"))
    said = found(frame, "setting")
    assert judged_settings(SimpleNamespace(Y=own.Y, targets=["y"]), None) == (setting,)
    assert [(f.level, f.place) for f in said] == [("warning", "column 'y'")] * (setting == "cold")
    assert found(frame.drop(columns="z"), "setting") == []  # nothing to transfer
