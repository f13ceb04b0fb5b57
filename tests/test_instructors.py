"""The instructor guide: minutes that add up, every chapter, exercises in every plan."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from test_exercises import CHAPTERS, LEVELS, exercises_of

TEXT = (ROOT / "book" / "instructors.md").read_text("utf8")


def sections(text: str) -> dict[str, str]:
    """Return the text below each heading of the second level."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables in a text, their heads left out."""
    lines = re.findall(r"^\| *(.+?) *\|$", text, re.MULTILINE)
    return [
        re.split(r" *\| *", line)
        for line in lines
        if not re.match(r"---|minutes|level|chap|saves|exercise \|", line)
    ]


def minutes(text: str) -> int:
    return sum(int(cells[0]) for cells in rows(text))


PLANS = {head: text for head, text in sections(TEXT).items() if "| minutes |" in text}


@pytest.mark.parametrize("head", PLANS)
def test_the_minutes_of_a_plan_are_those_of_its_heading(head: str) -> None:
    assert minutes(PLANS[head]) == int(re.search(r"\((\d+) minutes", head)[1])


def test_a_wrong_minute_is_seen() -> None:
    text = next(iter(PLANS.values()))
    assert minutes(text.replace("| 25 |", "| 26 |", 1)) == minutes(text) + 1


def test_there_are_a_half_day_and_a_day_with_exercises_and_breaks() -> None:
    assert len(PLANS) == 3
    for head in [head for head in PLANS if "day" in head]:
        exercises = [c for c in rows(PLANS[head]) if re.search(r"xercise.*\*\w", c[1])]
        assert sum(int(cells[0]) for cells in exercises) >= 0.15 * minutes(PLANS[head])
        assert sum("Break" in cells[1] for cells in rows(PLANS[head])) >= 1


def test_no_lesson_is_longer_than_its_chapter() -> None:
    times = {
        p.stem[:2]: int(re.search(r"\*\*Time\.\*\*\s(\d+)", p.read_text())[1]) for p in CHAPTERS
    }
    for cells in [cells for text in PLANS.values() for cells in rows(text)]:
        named = re.findall(r"\[(\d\d)\]", cells[2])
        assert not named or int(cells[0]) <= sum(times[name] for name in named), cells[1]


def test_breaks_come_in_time() -> None:
    """Nobody sits longer than 95 minutes."""
    for head in [head for head in PLANS if "day" in head]:
        sat = 0
        for cells in rows(PLANS[head]):
            sat = 0 if re.match("Break|Lunch", cells[1]) else sat + int(cells[0])
            assert sat <= 95, (head, cells[1])


def exercises_named(cells: list[str]) -> list[tuple[str, str, str]]:
    """Return the chapter, number and level of each exercise that a row names."""
    chapters = re.findall(r"\[(\d\d)\]", cells[-1])
    found = re.findall(r"(?:(\d\d), )?[Ee]xercise (\d) \(\*([a-z ]+)\*\)", " ".join(cells))
    assert all(chapter or len(chapters) == 1 for chapter, _, _ in found), cells
    return [(chapter or chapters[0], number, level) for chapter, number, level in found]


IN_PLANS = {
    name for text in PLANS.values() for cells in rows(text) for name in exercises_named(cells)
}
EXPECTED = {
    name: cells[1]
    for cells in rows(sections(TEXT)["Exercises: what an answer shows"])
    if len(cells) == 2
    for name in exercises_named(cells)
}


def test_exercises_of_the_plans_are_those_of_the_chapters_and_have_their_numbers() -> None:
    """A number alone would go wrong when an exercise is put in: its level stands beside it."""
    there = {
        (path.stem[:2], *name.split(" ", 1))
        for path in CHAPTERS
        for name in exercises_of(path.read_text("utf8"))
    }
    assert len(IN_PLANS) >= 9 and IN_PLANS <= there
    assert set(EXPECTED) == IN_PLANS
    assert len(re.findall(r"[Ee]xercises? \d", TEXT)) == len(
        re.findall(r"[Ee]xercise \d \(\*[a-z ]+\*\)", TEXT)
    )


def test_cuts_save_what_they_say() -> None:
    """A cut of an exercise or a chapter saves no more than the plan gives to it."""
    late = sections(TEXT)["When you are late"]
    _, half, day = re.split(r"^(?:Half a day|A day):$", late, flags=re.MULTILINE)
    for plan, cuts in zip((head for head in PLANS if "day" in head), (half, day), strict=True):
        saved = [(int(minutes), cut) for minutes, cut in rows(cuts)]
        assert sum(minutes for minutes, _ in saved) >= 30
        for minutes, cut in saved:
            named = set(re.findall(r"\b(0[1-9])\b", cut))
            given = sum(
                int(cells[0])
                for cells in rows(PLANS[plan])
                if named & set(re.findall(r"\[(\d\d)\]", cells[2]))
                and ("xercise" in cut) == ("xercise" in cells[1])
            )
            assert not named or minutes <= given, cut


def test_every_chapter_and_level_has_its_wrong_answer() -> None:
    part = sections(TEXT)["Exercises: what an answer shows"]
    first = [cells[0] for cells in rows(part) if len(cells) == 4]
    assert first[:4] == list(LEVELS)
    assert [re.match(r"\[(\d\d)\]\(\.\./notebooks/(.+)\)", c).group(2) for c in first[4:]] == [
        path.name for path in CHAPTERS
    ]
