"""The right answers to all exercises that `check_answer` checks."""

from collections.abc import Mapping

from tlhelpers.book.answers import Answer
from tlhelpers.book.answers_of_methods import OF_METHODS
from tlhelpers.book.answers_of_studies import OF_STUDIES
from tlhelpers.book.answers_of_yours import OF_YOURS

ANSWERS: Mapping[str, Mapping[str, Answer]] = {**OF_METHODS, **OF_STUDIES, **OF_YOURS}
