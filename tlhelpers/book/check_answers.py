"""Check a learner's answers to exercises."""

from collections.abc import Mapping

import pandas as pd

from tlhelpers.book.answers import Answer, tell
from tlhelpers.book.answers_of_methods import OF_METHODS
from tlhelpers.book.answers_of_studies import OF_STUDIES
from tlhelpers.book.answers_of_transfer import OF_TRANSFER
from tlhelpers.book.answers_of_yours import OF_YOURS

ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    **OF_METHODS,
    **OF_TRANSFER,
    **OF_STUDIES,
    **OF_YOURS,
}


def check_answer(exercise: str, **answers: float | str) -> bool:
    """Say which answers to an exercise are right, and what a wrong one may come from.

    Parameters
    ----------
    exercise : str
        Chapter and number, such as ``"02.2"``.
    **answers : float or str
        By the names that the exercise gives; not all need be there.

    Returns
    -------
    bool
        Whether all that are there are right.

    Raises
    ------
    ValueError
        An exercise without stored answers, no answer or one of another name, a number that is not
        finite.
    TypeError
        A text where a number is asked for, or the other way round.

    Examples
    --------
    >>> check_answer("01.1", floor=8)
    01.1, floor: not yet: that is the square: take the root
    False
    """
    if exercise not in ANSWERS:
        raise ValueError(f"exercise must be one of {', '.join(ANSWERS)}, got {exercise!r}")
    asked = ANSWERS[exercise]
    if not answers or not answers.keys() <= asked.keys():
        raise ValueError(
            f"{exercise} asks for {', '.join(asked)}, got {', '.join(answers) or 'nothing'}"
        )
    faults = {name: asked[name].fault(name, answer) for name, answer in answers.items()}
    return all([tell(f"{exercise}, {name}", fault) for name, fault in faults.items()])


def all_answers() -> pd.DataFrame:
    """Return the right answers of all exercises, for a teacher: a row for each exercise.

    Returns
    -------
    pandas.DataFrame
        Index ``exercise``; ``answers`` by their names, as the chapter asks for them.
    """
    told = {
        exercise: "; ".join(f"{name} {_shown(answer.right)}" for name, answer in asked.items())
        for exercise, asked in sorted(ANSWERS.items())
    }
    return pd.Series(told, name="answers").rename_axis("exercise").to_frame()


def _shown(right: float | str) -> str:
    return right if isinstance(right, str) else f"{right:.4g}"
