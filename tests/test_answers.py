"""Answers to exercises: right ones pass, and each typical mistake gets its remark."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats

from tlhelpers.book import all_answers, check_answer
from tlhelpers.book.answers import Answer
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


@pytest.mark.parametrize(("exercise", "name", "answer"), QUESTIONS)
def test_other_words_are_as_right(exercise, name, answer, capsys) -> None:
    assert all(check_answer(exercise, **{name: f" {other.upper()}"}) for other in answer.also)
    assert not {*answer.also} & {answer.right, *answer.wrong}


@pytest.mark.parametrize(("exercise", "name", "value", "remark"), WRONG)
def test_a_typical_mistake_gets_its_remark(exercise, name, value, remark, capsys) -> None:
    assert not check_answer(exercise, **{name: value})
    assert capsys.readouterr().out == f"{exercise}, {name}: not yet: {remark}\n"


@pytest.mark.parametrize(
    ("exercise", "answers", "remark"),
    [
        ("02.2", {"t": 2.38}, "the sign is wrong"),
        ("02.2", {"p": 2.79}, "a percentage"),
        ("02.2", {"low": -564}, "another unit"),
        ("02.2", {"p": 0.0279**2}, "take the root"),
        ("02.2", {"high": 5}, "too large"),
        ("02.2", {"t": -3}, "too small"),
        ("02.3", {"c": "as good"}, "it is not 'as good'"),
    ],
)
def test_usual_mistakes_are_seen_without_a_remark_of_their_own(
    exercise, answers, remark, capsys
) -> None:
    assert not check_answer(exercise, **answers)
    assert remark in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "remark"), [(-3, "too small"), (0.05, "too large")])
def test_of_zero_no_factor_and_no_sign_is_wrong(answer, remark, capsys, monkeypatch) -> None:
    monkeypatch.setitem(ANSWERS, "00.1", {"nothing": Answer(0)})
    assert not check_answer("00.1", nothing=answer)
    assert remark in capsys.readouterr().out


def test_case_spaces_and_rounding_do_not_count() -> None:
    assert check_answer("02.3", a=" No difference  seen", p_a=np.float32(0.06))
    assert check_answer("03.1", which="The spread of observations")
    assert check_answer("02.2", high=-0.04, low=-0.56)
    assert check_answer("02.3", c="no_difference seen") and check_answer(
        "07.2", minds="The difference forest"
    )
    assert check_answer("01.3", room=np.int64(85))


@pytest.mark.parametrize(
    ("exercise", "answers"),
    [("01.1", {"floor": 2.8}), ("03.1", {"least": 3.5}), ("10.2", {"n2": 0.8})],
)
def test_a_rounded_answer_is_told_so(exercise, answers, capsys) -> None:
    assert not check_answer(exercise, **answers)
    assert "that is right, but rounded: give more digits" in capsys.readouterr().out


def test_a_whole_number_is_not_called_rounded(capsys) -> None:
    assert not check_answer("01.1", floor=3) and not check_answer("02.2", high=0.0)
    assert capsys.readouterr().out.count("the hint says how") == 2


def test_two_digits_are_enough_and_four_for_a_p_value(capsys) -> None:
    """As chapter 01 says."""
    for exercise, answers in ANSWERS.items():
        for name, answer in answers.items():
            if not isinstance(answer.right, str):
                digits = 4 if re.match("p(_|$)", name) else 2
                assert check_answer(exercise, **{name: round(float(answer.right), digits)}), name


def test_one_wrong_answer_of_several_is_named(capsys) -> None:
    assert not check_answer("02.3", a="better", b="better")
    first, second = capsys.readouterr().out.splitlines()
    assert "one comparison alone; adjust the p-values" in first and second == "02.3, b: right"


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
        ("02.3", {"a": 0.05}, TypeError, "a must be a text, got float"),
    ],
)
def test_what_is_no_answer_is_refused(exercise, answers, error, message, capsys) -> None:
    with pytest.raises(error, match=message):
        check_answer(exercise, **answers)
    assert capsys.readouterr().out == ""


def remark_on(capsys, exercise, **answer) -> str:
    assert not check_answer(exercise, **answer)
    return capsys.readouterr().out


MEAN, SD, HALF = (
    np.array([-0.30, -0.10, 0.05]),
    np.array([0.23, 0.05, 0.13]),
    stats.t.isf(0.025, 19),
)
CORRECTED, PLAIN = SD * (1 / 20 + 1 / 4) ** 0.5, SD / 20**0.5


def p_of(error: np.ndarray) -> np.ndarray:
    return 2 * stats.t.sf(np.abs(MEAN / error), 19)


def test_the_wrong_tests_by_hand_are_a_plain_one_and_one_without_the_error_of_the_mean(
    capsys,
) -> None:
    """Chapter 02, model A; also one side of p, and two errors for 2.09."""
    given = [
        {"t": (MEAN / e)[0], "p": p_of(e)[0], "low": (MEAN - h)[0], "high": (MEAN + h)[0]}
        for e in (CORRECTED, PLAIN, SD)
        for h in [HALF * e]
    ]
    assert check_answer("02.2", **given[0])
    for answers, remark in zip(given[1:], ("plain test", "for the error"), strict=True):
        for name, answer in answers.items():
            assert remark in remark_on(capsys, "02.2", **{name: answer})
    assert "one side" in remark_on(capsys, "02.2", p=given[0]["p"] / 2)
    for name, sign in ("low", -1), ("high", 1):
        two = (MEAN + sign * 2 * CORRECTED)[0]
        assert "not 2" in remark_on(capsys, "02.2", **{name: two})


def test_the_wrong_verdicts_by_hand_are_those_without_holms_rule(capsys) -> None:
    """Chapter 02: no adjustment, three times each p, p of A from a wrong test."""
    names, alone = ("p_a", "p_b", "p_c"), p_of(CORRECTED)
    assert check_answer("02.3", **dict(zip(names, holm(alone), strict=True)))
    for name, once in zip(names, alone, strict=True):
        if name != "p_c":  # the largest p is the same, adjusted or not
            assert "one test alone" in remark_on(capsys, "02.3", **{name: once})
        if name != "p_b":  # the smallest is multiplied by three
            assert "by three" in remark_on(capsys, "02.3", **{name: min(3 * once, 1)})
    assert "plain test" in remark_on(capsys, "02.3", p_a=2 * p_of(PLAIN)[0])
    assert "for the error" in remark_on(capsys, "02.3", p_a=2 * p_of(SD)[0])


def test_the_table_of_two_more_tests_is_that_of_the_corrected_test() -> None:
    """Chapter 02: made up as three means and three standard deviations."""
    text = (ROOT / "notebooks/02_baseline.md").read_text("utf8")
    rows = re.findall(r"^\| [BC] \| (\S+) \| (\S+) to (\S+) \| (\S+) \|$", text, re.MULTILINE)
    whole = np.column_stack(
        [MEAN, MEAN - HALF * CORRECTED, MEAN + HALF * CORRECTED, p_of(CORRECTED)]
    )
    given = np.array([[float(cell.replace("−", "-")) for cell in row] for row in rows])
    assert given.shape == (2, 4) and np.allclose(given[:, :3], whole[1:, :3], atol=0.0051)
    assert np.allclose(given[:, 3], whole[1:, 3], rtol=0.01)


def test_the_wrong_floors_by_hand_are_those_of_a_wrong_divisor(capsys) -> None:
    labels = pd.DataFrame({"composition": list("AAB"), "gap": [2, 6, 4]})
    away = labels["gap"] - labels.groupby("composition")["gap"].transform("mean")
    squares = (away**2).sum()
    assert check_answer("01.1", floor=(squares / (3 - 2)) ** 0.5, too_low=(squares / 3) ** 0.5)
    assert "3 - 2" in remark_on(capsys, "01.1", floor=(squares / 3) ** 0.5)
    assert "each composition" in remark_on(capsys, "01.1", floor=(squares / (3 - 1)) ** 0.5)
    assert "take the root" in remark_on(capsys, "01.1", floor=squares)


def test_a_teacher_has_all_answers() -> None:
    """As they are printed, rounded, they are right."""
    told = all_answers()["answers"]
    assert [*told.index] == sorted(ANSWERS)
    for exercise, asked in ANSWERS.items():
        said = dict(part.split(" ", 1) for part in told[exercise].split("; "))
        assert said.keys() == asked.keys()
        for name, answer in asked.items():
            given = said[name] if isinstance(answer.right, str) else float(said[name])
            assert not answer.fault(name, given), (exercise, name)
