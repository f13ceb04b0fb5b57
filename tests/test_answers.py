"""Answers to exercises: right ones pass, and each typical mistake gets its remark."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tlhelpers.book import check_answer
from tlhelpers.book.check_answers import ANSWERS
from tlhelpers.evaluation import holm

QUESTIONS = [
    (exercise, name, answer)
    for exercise, answers in ANSWERS.items()
    for name, answer in answers.items()
]
WRONG = [
    (exercise, name, value, remark)
    for exercise, name, answer in QUESTIONS
    for value, remark in answer.wrong.items()
]


@pytest.mark.parametrize("exercise", ANSWERS)
def test_right_answers_are_right(exercise, capsys) -> None:
    answers = {name: answer.right for name, answer in ANSWERS[exercise].items()}
    assert check_answer(exercise, **answers)
    assert capsys.readouterr().out.count(": right\n") == len(answers)


@pytest.mark.parametrize(("exercise", "name", "value", "remark"), WRONG)
def test_a_typical_mistake_gets_its_remark(exercise, name, value, remark, capsys) -> None:
    assert not check_answer(exercise, **{name: value})
    assert capsys.readouterr().out == f"{exercise}, {name}: not yet: {remark}\n"


@pytest.mark.parametrize(
    ("answers", "remark"),
    [
        ({"low_c": 0.10}, "the sign is wrong"),
        ({"high_c": 20}, "a percentage"),
        ({"high_c": 199}, "another unit"),
        ({"high_c": 0.04}, "take the root"),
        ({"high_c": 5}, "too large"),
        ({"high_c": 0.15}, "too small"),
        ({"c": "as good"}, "it is not 'as good'"),
    ],
)
def test_usual_mistakes_are_seen_without_a_remark_of_their_own(answers, remark, capsys) -> None:
    assert not check_answer("02.2", **answers)
    assert remark in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "remark"), [(-3, "too small"), (0.05, "too large")])
def test_of_zero_no_factor_and_no_sign_is_wrong(answer, remark, capsys) -> None:
    assert not check_answer("03.3", should_be=answer)
    assert remark in capsys.readouterr().out


def test_case_spaces_and_rounding_do_not_count() -> None:
    assert check_answer("02.2", a=" No difference  seen", p_a=np.float32(0.06), high_c=0.2)
    assert check_answer("02.2", c="no_difference seen") and check_answer("07.2", minds="Difference")
    assert check_answer("01.3", room=np.int64(85))


def test_one_wrong_answer_of_several_is_named(capsys) -> None:
    assert not check_answer("02.2", a="better", b="better")
    first, second = capsys.readouterr().out.splitlines()
    assert "one comparison alone; adjust the p-values" in first and second == "02.2, b: right"


@pytest.mark.parametrize(
    ("exercise", "answers", "error", "message"),
    [
        ("2.2", {"a": "better"}, ValueError, r"exercise must be one of 01\.1, .*, got '2\.2'"),
        (2.2, {"a": "better"}, ValueError, r"exercise must be one of .*, got 2\.2"),
        ("01.1", {}, ValueError, "01.1 asks for floor, too_low, got nothing"),
        ("01.1", {"root": 1}, ValueError, "01.1 asks for floor, too_low, got root"),
        ("01.1", {"floor": "2.83"}, TypeError, "floor must be a number, got str"),
        ("01.1", {"floor": ...}, TypeError, "floor must be a number, got ellipsis"),
        ("01.1", {"floor": True}, TypeError, "floor must be a number, got bool"),
        ("01.1", {"floor": [2.83]}, TypeError, "floor must be a number, got list"),
        ("01.1", {"floor": np.nan}, ValueError, "floor must be a finite number, got nan"),
        ("02.2", {"a": 0.05}, TypeError, "a must be a text, got float"),
    ],
)
def test_what_is_no_answer_is_refused(exercise, answers, error, message, capsys) -> None:
    with pytest.raises(error, match=message):
        check_answer(exercise, **answers)
    assert capsys.readouterr().out == ""


def remark_on(capsys, exercise, **answer) -> str:
    assert not check_answer(exercise, **answer)
    return capsys.readouterr().out


def test_the_wrong_verdicts_by_hand_are_those_of_the_wrong_tests(capsys) -> None:
    """Chapter 02: a plain test, no adjustment, three times each p, no error of the mean."""
    mean, sd = np.array([-0.30, -0.10, 0.05]), np.array([0.23, 0.05, 0.13])
    half = stats.t.isf(0.025, 19)

    def p_of(error: np.ndarray) -> np.ndarray:
        return 2 * stats.t.sf(np.abs(mean / error), 19)

    corrected, plain = sd * (1 / 20 + 1 / 4) ** 0.5, sd / 20**0.5
    assert check_answer(
        "02.2", **dict(zip(("p_a", "p_b", "p_c"), holm(p_of(corrected)), strict=True))
    )
    assert check_answer("02.2", low_c=(mean - half * corrected)[2])
    for name, once, naive, free in zip(
        ("p_a", "p_b", "p_c"), p_of(corrected), holm(p_of(plain)), holm(p_of(sd)), strict=True
    ):
        if name != "p_c":  # the largest p is the same, adjusted or not
            assert "one test alone" in remark_on(capsys, "02.2", **{name: once})
        if name != "p_b":  # the smallest is multiplied by three
            assert "by three" in remark_on(capsys, "02.2", **{name: min(3 * once, 1)})
        if name != "p_c":
            assert "plain test" in remark_on(capsys, "02.2", **{name: naive})
            assert "for the error" in remark_on(capsys, "02.2", **{name: free})
    for name, sign in ("low_c", -1), ("high_c", 1):
        ends = (mean + sign * half * plain)[2], (mean + sign * half * sd)[2]
        assert "plain test" in remark_on(capsys, "02.2", **{name: ends[0]})
        assert "for the error" in remark_on(capsys, "02.2", **{name: ends[1]})


def test_the_wrong_floors_by_hand_are_those_of_a_wrong_divisor(capsys) -> None:
    labels = pd.DataFrame({"composition": list("AAB"), "gap": [2, 6, 4]})
    away = labels["gap"] - labels.groupby("composition")["gap"].transform("mean")
    squares = (away**2).sum()
    assert check_answer("01.1", floor=(squares / (3 - 2)) ** 0.5, too_low=(squares / 3) ** 0.5)
    assert "3 - 2" in remark_on(capsys, "01.1", floor=(squares / 3) ** 0.5)
    assert "each composition" in remark_on(capsys, "01.1", floor=(squares / (3 - 1)) ** 0.5)
    assert "take the root" in remark_on(capsys, "01.1", floor=squares)
