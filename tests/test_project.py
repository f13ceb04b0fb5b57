"""The closing project grades what is right as right, and says where to look for the rest."""

import pandas as pd
import pytest

from tlhelpers import compare_architectures, load_thermochemistry
from tlhelpers.book import (
    check_answer,
    check_comparison,
    project_rubric,
    show_words,
    write_project_table,
)
from tlhelpers.book.project import LEAK, TARGET
from tlhelpers.table import (
    TableError,
    check,
    guess_roles,
    predict_table,
    read_roles,
    read_table,
)

LIMIT = 24.94  # J/K per mole of atoms: three times the gas constant


@pytest.fixture(scope="module")
def frame(tmp_path_factory) -> pd.DataFrame:
    path = write_project_table(tmp_path_factory.mktemp("project") / "solids.csv")
    with pytest.raises(TableError, match=r"'see text' is no number.*'see text' \(rows \d+, \d+\)"):
        read_table(path)
    path.write_text(path.read_text().replace("see text", ""))
    return read_table(path)


def test_the_repaired_file_holds_the_data(frame) -> None:
    solids = load_thermochemistry()
    assert frame[TARGET].count() == solids[TARGET].count() and len(frame) == len(solids)
    leaks = check(read_roles(frame, guess_roles(frame, target=TARGET)))
    assert [f.topic for f in leaks if f.level == "error"] == ["leakage"]


def test_numbers_of_the_file_are_right(frame, capsys) -> None:
    n, measured = int(frame[TARGET].count()), int((frame[TARGET] > LIMIT).sum())
    assert check_answer("15.1", labels=n) and check_answer("15.2", leak=LEAK)
    assert not check_answer("15.1", labels=n + 3) and not check_answer("15.1", labels=len(frame))
    assert not check_answer("15.5", above=measured) and not check_answer("15.2", leak=TARGET)
    said = capsys.readouterr().out
    for remark in ("a remark was counted", "those are measured", "number of rows", "target itself"):
        assert remark in said


@pytest.mark.once
def test_a_comparison_is_graded(frame) -> None:
    few = {"n_estimators": 3, "n_repeats": 1, "n_splits": 2, "max_seconds": 0.1, "progress": False}
    small = frame.iloc[::6]

    def compare(table: pd.DataFrame, target: str = TARGET):
        own = read_roles(table, guess_roles(table, target=target))
        return compare_architectures(own.X, own.Y, own.target, own.groups, **few)

    kept = small.drop(columns=LEAK)
    assert check_comparison(compare(kept))
    assert not check_comparison(compare(small))
    assert not check_comparison(compare(kept, "entropy")) and not check_comparison(1)


def test_predictions_are_graded_and_measured_values_are_not(frame, capsys) -> None:
    """Whatever model of the comparison is taken, with fewer trees than in the solution."""
    kept = frame.drop(columns=[LEAK, "entropy"])
    own = read_roles(kept, guess_roles(kept, target=TARGET))
    predicted = predict_table("learned slope", own, n_estimators=30)
    assert check_answer("15.5", above=(predicted["prediction"] > LIMIT).sum())
    assert not check_answer("15.5", above=(predicted["high"] > LIMIT).sum())
    assert "a part of their interval" in capsys.readouterr().out


def test_the_rubric_has_ten_points() -> None:
    rubric = project_rubric()
    assert rubric.shape == (5, 2) and rubric.index.is_unique
    shown = show_words(rubric).data
    assert "..." not in shown and all(text in shown for text in rubric.to_numpy().ravel())
