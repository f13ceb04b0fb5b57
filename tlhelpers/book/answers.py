"""An answer to a question of an exercise, and what is said of a wrong one."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real


def tell(question: str, fault: str) -> bool:
    """Print that an answer is right, or what is wrong with it; return whether it is right."""
    print(f"{question}: {f'not yet: {fault}' if fault else 'right'}")
    return not fault


@dataclass(frozen=True)
class Answer:
    """The right answer of a question, and remarks on wrong ones.

    Parameters
    ----------
    right : float or str
        In a text, case does not count, nor a "the" before it or a "forest" behind it, and a space
        is as good as ``-`` or ``_``; of letters such as "ad" the order does not count, nor what
        stands between them.
    within : float
        How far a number may lie from it.
    wrong : mapping from float or str to str
        What to say of a wrong answer. Of the numbers that lie within reach the nearest counts.
    also : sequence of str
        Other words that are as right.
    """

    right: float | str
    within: float = 0.005
    wrong: Mapping[float | str, str] = field(default_factory=dict)
    also: Sequence[str] = ()

    def fault(self, name: str, answer: object) -> str:
        """Return what is wrong with an answer, nothing if it is right."""
        if isinstance(self.right, str):
            if not isinstance(answer, str):
                raise TypeError(f"{name} must be a text, got {type(answer).__name__}")
            return self._fault_of_text(answer)
        if not isinstance(answer, Real) or isinstance(answer, bool):
            raise TypeError(f"{name} must be a number, got {type(answer).__name__}")
        if not math.isfinite(answer):
            raise ValueError(f"{name} must be a finite number, got {answer}")
        return self._fault_of_number(float(answer))

    def _fault_of_text(self, answer: str) -> str:
        remarks = {_plain(text): remark for text, remark in self._remarks.items()}
        unknown = f"it is not {answer!r}, or is called otherwise; the hint says where to look"
        return remarks.get(_plain(answer), unknown)

    def _fault_of_number(self, answer: float) -> str:
        right, remarks = float(self.right), self._remarks
        near = min(remarks, key=lambda x: abs(x - answer))
        if abs(near - answer) <= self.within:
            return remarks[near]
        digits = 0 if "e" in repr(answer) else len(repr(answer).partition(".")[2].rstrip("0"))
        if digits and answer and abs(answer - right) * 10**digits < 0.4999999:
            return "that is right, but rounded: give more digits"
        mended = {
            "the sign is wrong": -answer,
            "a hundred times too large: a percentage?": answer / 100,
            "a thousand times too large: another unit?": answer / 1000,
            "that is the square: take the root": math.copysign(math.sqrt(abs(answer)), answer),
        }
        if abs(right * right - right) < abs(right) / 4:  # nearly its own square: no reader's slip
            del mended["that is the square: take the root"]
        if not right:  # all of these would be right about it
            mended = {}
        usual = (remark for remark, x in mended.items() if abs(x - right) <= self.within)
        return next(usual, f"too {'large' if answer > right else 'small'}; the hint says how")

    @property
    def _remarks(self) -> dict:
        return dict.fromkeys([self.right, *self.also], "") | dict(self.wrong)


def _plain(text: str) -> str:
    """Return a text without what does not count; of a list of letters, the letters in order."""
    words = (
        re.sub(r"[\s_-]+", " ", text.strip().strip("\"'").lower())
        .removeprefix("the ")
        .removesuffix(" forest")
    )
    letters = re.sub(r"\band\b|[\s,;()]", "", words)
    return "".join(sorted(letters)) if re.fullmatch("[a-j]+", letters) else words
