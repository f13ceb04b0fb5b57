"""The instructor guide: minutes that add up, every chapter, exercises in every plan."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jupytext
import pytest
from conftest import ROOT
from test_exercises import CHAPTERS, GUESS, LEVELS, MINUTES, exercises_of

from tlhelpers.book import lab_errors
from tlhelpers.table import guess_roles, read_roles, read_table
from tools.classroom.build import needed

PROJECT = ROOT / "notebooks" / "15_project.md"
TEXT = (ROOT / "book" / "instructors.md").read_text("utf8")


def sections(text: str) -> dict[str, str]:
    """Return the text below each heading of the second level."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


HEADS = r"---|from|minutes|level|chap|saves|exercise \||to get|pitfall"
CLOCK = re.compile(r"^\| (\d+):(\d\d), (\d+) min \|", re.MULTILINE)
CHAPTER = r"\[\d\d\]\(\.\./notebooks/\w+\.md\)"


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables in a text, their heads left out.

    Of a plan: the minutes, the text, and the chapters that stand before it.
    """
    lines = re.findall(r"^\| *(.+?) *\|$", text, re.MULTILINE)
    cells = [re.split(r" *\| *", line) for line in lines if not re.match(HEADS, line)]
    if not re.search(r"^\| (from, )?minutes \|", text, re.MULTILINE):
        return cells
    split = [
        (first, *re.match(rf"((?:{CHAPTER}[,.] )*)(.*)", rest).groups()) for first, rest in cells
    ]
    return [[re.findall(r"\d+", a)[-1], text, chapters] for a, chapters, text in split]


def minutes(text: str) -> int:
    return sum(int(cells[0]) for cells in rows(text))


ONE_DAY = ["Half a day", "A day"]
TWO_DAYS = ["Two days: the first", "Two days: the second"]
EXERCISES = r"(All )?(?:[Ii]ts|[Tt]heir) exercises( but \*extend\*)?"
PLANS = {
    h: text for h, text in sections(TEXT).items() if re.search(r"^\| .*minutes \|", text, re.M)
}


@pytest.mark.parametrize("head", PLANS)
def test_the_minutes_of_a_plan_are_those_of_its_heading(head: str) -> None:
    assert minutes(PLANS[head]) == int(re.search(r"\((\d+) minutes", head)[1])


def test_a_wrong_minute_is_seen() -> None:
    text = next(iter(PLANS.values()))
    assert minutes(text.replace(", 25 min", ", 26 min", 1)) == minutes(text) + 1
    assert clock_is_right(text) and not clock_is_right(text.replace(", 25 min", ", 26 min", 1))


def clock_is_right(plan: str) -> bool:
    """Whether each row begins at nine plus the minutes of those above it."""
    times = [tuple(map(int, found)) for found in CLOCK.findall(plan)]
    starts = [9 * 60 + sum(m for *_, m in times[:i]) for i in range(len(times))]
    return len(times) == len(rows(plan)) and [60 * h + m for h, m, _ in times] == starts


@pytest.mark.parametrize("head", [head for head in PLANS if "day" in head])
def test_the_clock_of_a_plan_runs_with_its_minutes(head: str) -> None:
    assert clock_is_right(PLANS[head])


def fitting(levels: list[str]) -> int:
    """Return what a slot must hold: the longest exercise, and a minute to tell each."""
    return max(MINUTES[level] for level in levels) + len(levels)


def test_the_exercises_of_two_days_fit_their_slots_and_those_at_home_do_not() -> None:
    lines = [c for head, text in PLANS.items() if "Two days" in head for c in rows(text)]
    slots = [(c, found) for c in lines if (found := re.match(EXERCISES, c[1]))]
    assert len(slots) >= 10
    for cells, found in slots:
        whole, part = found.groups()
        assert bool(whole) != bool(part), cells
        each = [
            [name.split(" ", 1)[1] for name in exercises_of(path.read_text("utf8"))]
            for path in CHAPTERS
            if path.stem[:2] in re.findall(r"\[(\d\d)\]", cells[2])
        ]
        inside = [[level for level in levels if whole or level != "extend"] for levels in each]
        assert max(map(fitting, inside)) <= int(cells[0]), cells
        assert whole or max(map(fitting, each)) > int(cells[0]), cells


def test_one_exercise_of_a_slot_fits_it() -> None:
    for head in [head for head in PLANS if "Two days" not in head]:
        for cells in rows(PLANS[head]):
            levels = [level for _, _, level in exercises_named(cells)]
            first = levels if "[08]" in cells[2] else levels[:1]  # of a case study any
            assert all(MINUTES[level] <= int(cells[0]) for level in first), cells


def test_half_a_day_a_day_and_two_days_have_exercises_and_breaks() -> None:
    assert [head.split(" (")[0] for head in PLANS if "day" in head] == [*ONE_DAY, *TWO_DAYS]
    assert len(PLANS) == 5
    for head in [head for head in PLANS if "day" in head]:
        exercises = [c for c in rows(PLANS[head]) if re.search(rf"xercise.*\*\w|{EXERCISES}", c[1])]
        assert sum(int(cells[0]) for cells in exercises) >= 0.15 * minutes(PLANS[head])
        assert sum("Break" in cells[1] for cells in rows(PLANS[head])) >= 1


def test_two_days_have_every_exercise_the_own_table_and_the_project_as_their_end() -> None:
    lines = [c for head, text in PLANS.items() if "Two days" in head for c in rows(text)]
    slots = [c for c in lines if re.match(EXERCISES, c[1])]
    done = [name for cells in slots for name in re.findall(r"\[(\d\d)\]", cells[2])]
    assert done == [path.stem[:2] for path in CHAPTERS]
    assert lines[-1][2].startswith("[15]") and "closing project" in lines[-1][1]
    (hour,) = (text for head, text in PLANS.items() if "extra hour" in head)
    own = {cells[1].split(".")[0] for cells in lines if "[12]" in cells[2]}
    assert {cells[1].split(".")[0] for cells in rows(hour)} <= own


def reading_minutes(path: Path) -> float:
    """Count what stands before the exercises: 130 words, a figure, ten lines of shown code."""
    minutes = 0.0
    for cell in jupytext.read(path).cells:
        text, end, _ = cell.source.partition("## Exercises")
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and not tags & {"remove-cell", "hide-cell"}:
            minutes += bool(re.search(r"\bplot_\w+\(|_explorer\(", text))
            minutes += len(text.splitlines()) / 10 * ("hide-input" not in tags)
            text = " ".join(re.findall(r'\bsay\(f?"+(.+?)"+\)', text, re.DOTALL))
            text = re.sub(r"\{[^{}]*\}", "0", text)
        elif cell.cell_type == "code":
            text = ""
        minutes += len(re.sub(r"\]\(\S+\)|<[^>]+>", "", text).split()) / 130
        if end:
            break
    return minutes


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_stated_time_is_that_of_the_words(path: Path) -> None:
    """The project has its own: ten minutes a step."""
    stated = int(re.search(r"\*\*Time\.\*\*\s(\d+)", path.read_text("utf8"))[1])
    assert stated % 5 == 0
    assert 0.8 < stated / reading_minutes(path) < 1.25, round(reading_minutes(path))


@pytest.mark.parametrize("path", [*CHAPTERS, PROJECT], ids=lambda path: path.stem)
def test_a_chapter_opens_with_its_question(path: Path) -> None:
    opening = re.search(r"^# [^\n]+\n\n(.*?)\*\*Objectives", path.read_text("utf8"), re.M | re.S)[1]
    assert "?" in opening


def test_no_lesson_is_longer_than_its_chapter() -> None:
    times = {
        p.stem[:2]: int(re.search(r"\*\*Time\.\*\*\s(\d+)", p.read_text())[1])
        for p in [*CHAPTERS, PROJECT]
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
    heads = "|".join(["Half a day", "A day", "Two days, the first", "Two days, the second"])
    _, *parts = re.split(rf"^(?:{heads}):$", late, flags=re.MULTILINE)
    names = [[name] for name in (*ONE_DAY, *TWO_DAYS)]
    for plan, cuts in zip(names, parts, strict=True):
        planned = [c for h, text in PLANS.items() if h.split(" (")[0] in plan for c in rows(text)]
        saved = [(int(minutes), cut) for minutes, cut in rows(cuts)]
        assert sum(minutes for minutes, _ in saved) >= 30
        for minutes, cut in saved:
            named = set(re.findall(r"\b(0[1-9]|1[0-4])\b", cut))
            given = sum(
                int(cells[0])
                for cells in planned
                if named & set(re.findall(r"\[(\d\d)\]", cells[2]))
                and ("xercise" in cut) == ("xercise" in cells[1])
            )
            kept = re.search(r"in (five|ten) minutes", cut)
            left = {None: 0, "five": 5, "ten": 10}[kept and kept[1]]
            assert not named or minutes <= given - left, cut


def test_the_second_afternoon_can_be_cut_too() -> None:
    plan = rows(PLANS[next(head for head in PLANS if TWO_DAYS[1] in head)])
    late = sections(TEXT)["When you are late"].partition("Two days, the second:")[2]
    lunch = [cells[1] for cells in plan].index("Lunch")
    after = {name for c in plan[lunch:] for name in re.findall(r"\[(\d\d)\]", c[2])}
    cuts = [cut for _, cut in rows(late) if set(re.findall(r"\b1\d\b", cut)) & after]
    assert len(cuts) >= 2 and sum("project" in cut for _, cut in rows(late)) == 1


def test_every_chapter_and_level_has_its_wrong_answer() -> None:
    part = sections(TEXT)["Exercises: what an answer shows"]
    first = [cells[0] for cells in rows(part) if len(cells) == 4]
    assert first[:4] == list(LEVELS)
    assert [re.match(r"\[(\d\d)\]\(\.\./notebooks/(.+)\)", c).group(2) for c in first[4:]] == [
        path.name for path in CHAPTERS
    ]


def test_the_slides_and_the_archive_hold_what_is_said() -> None:
    """Counted in the sources; what the built slides hold is for `test_slides.py`."""
    paths = [*CHAPTERS, PROJECT]
    texts = [path.read_text("utf8") for path in paths]
    inside = [part for text in texts for part in exercises_of(text).values()]  # not on a slide
    asked, hidden = (sum(len(GUESS.findall(t)) for t in parts) for parts in (texts, inside))
    cells = [cell for path in paths for cell in jupytext.read(path).cells]
    figures = [
        cell
        for cell in cells
        if "alt" in cell.metadata.get("mystnb", {}).get("image", {})
        and "hide-cell" not in cell.metadata.get("tags", [])
    ]
    assert hidden == 0 and asked > 2 * len(paths) < len(figures)  # each is on a slide
    assert "every figure" in TEXT and 'every question "Guess first"' in TEXT
    assert f"each of the {len(paths)} chapters" in TEXT
    packages = needed("tlhelpers[book]", "jupyterlab") - {"tlhelpers"}
    assert abs(int(re.search(r"about (\d+) Python packages", TEXT)[1]) - len(packages)) <= 10


def test_the_wrong_unit_on_the_rail_gives_what_the_teacher_expects() -> None:
    """The cells of chapter 04 that the half day shows, with 1.8 and with 3."""
    sources = [c.source for c in jupytext.read(CHAPTERS[3]).cells if c.cell_type == "code"]
    named = re.search(r"Needed for it are, .*? the cells with (.+?);", TEXT)[1]
    names = [*re.findall(r"`(.+?)`", named), "def wrong_unit"]
    needs = [next(s for s in sources if name in s) for name in names]
    assert len(names) == 7 and "hide-input" in next(
        c.metadata["tags"] for c in jupytext.read(CHAPTERS[3]).cells if names[-2] in c.source
    )
    space: dict = {}
    for source in sorted(needs, key=sources.index):
        exec(compile(ast.parse(source), "chapter 04", "exec"), space)
    alone = space["ten"]["single"].tolist()
    once = space["unit"].mean()
    exec(needs[-1].replace("1.8", "3"), space)
    assert (space["unit"] > alone).all()
    numbers = once, sum(alone) / 10, space["unit"].mean()
    said = re.search(r"by (\S+) degrees, less .* with (\S+)\. With 3 it misses by (\S+),", TEXT)
    assert list(said.groups()) == [f"{number:.2f}" for number in numbers]


def test_two_tables_of_the_lab_name_two_models() -> None:
    """The question for the room: one draw is no result."""
    world = {"correlation": 0.95, "systematic_error": 0.5, "noise": 0.3}
    draws = [lab_errors(seed, n_labels=25, **world) for seed in range(2)]
    cold = [draw[draw["setting"] == "cold"].set_index("model")["rmse"] for draw in draws]
    found = [f"{errors[m]:.2f}" for errors in cold for m in ("difference", "learned slope")]
    said = re.search(
        r"misses by (\S+), the learned slope by (\S+)\. .*says (\S+) and (\S+)\.", TEXT
    )
    assert found == list(said.groups()) and found[0] < found[1] and found[2] > found[3]


def test_the_table_for_those_without_one_is_read(tmp_path: Path, monkeypatch) -> None:
    """The commands of the plan, with the target that they name."""
    monkeypatch.chdir(tmp_path)
    (code,) = {*re.findall(r"`(tl\.load_thermochemistry\(.+?\)\.to_csv\(.+?\))`", TEXT)}
    exec(f"import tlhelpers as tl\n{code}", {})
    ((name, target),) = {*re.findall(r"`(\w+\.csv) --target (\w+)`", TEXT)}
    frame = read_table(name)
    own = read_roles(frame, guess_roles(frame, target=target))
    assert own.target == target and own.Y[target].count() > 300 and len(own.Y.columns) == 4
