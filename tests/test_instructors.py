"""The instructor guide: minutes that add up, every chapter, exercises in every plan."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path

import jupytext
import pytest
from conftest import ROOT, visiting
from test_exercises import CHAPTERS as ALL
from test_exercises import GUESS, MINUTES, exercises_of

from tlhelpers import label_saving, load_results, load_thermochemistry
from tlhelpers.book import (
    few_entropies,
    hidden_labels,
    lab_errors,
    plain_column_tests,
    smaller_tables,
)
from tlhelpers.book.check_answers import ANSWERS
from tlhelpers.table import guess_roles, read_roles, read_table
from tools.classroom.build import needed
from tools.pair import notebook_of

*CHAPTERS, PROJECT = ALL
PAGES = (  # one name for each; the plans' headings do not repeat that of their page
    "instructors",
    "instructors_half_day",
    "instructors_day",
    "instructors_two_days",
    "instructors_answers",
)
TEXT = "\n".join((ROOT / "book" / f"{name}.md").read_text("utf8") for name in PAGES)
NAMES = {
    "From 9:00 to 12:00": "Half a day",
    "From 9:00 to 16:00": "A day",
    "The first day": "Two days: the first",
    "The second day": "Two days: the second",
}


def named(head: str) -> str:
    """Return the heading of a plan with the plan's name."""
    start = head.split(" (")[0]
    return head.replace(start, NAMES.get(start, start), 1)


def sections(text: str) -> dict[str, str]:
    """Return the text below each heading of the second level."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(map(named, parts[1::2]), parts[2::2], strict=True))


HEADS = r"---|\| \| \*|from|min \||until|group|level|chap|exercise \||to get|pitfall"
PLAN = re.compile(r"^\| (?:from \| )?min \| what \|", re.MULTILINE)
CLOCK = re.compile(r"^\| (\d+):(\d\d) \| (\d+) \|", re.MULTILINE)
TIME = re.compile(r"\*\*Time\.\*\*\s(\d+)")
CHAPTER = r"\[\d\d\]\(\.\./notebooks/\w+\.md(?:#exercises)?\)"


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables in a text, their heads left out.

    Of a plan: the minutes, the text, and the chapters that stand before it.
    """
    lines = re.findall(r"^\| *(.+?) *\|$", text, re.MULTILINE)
    cells = [re.split(r" *\| *", line) for line in lines if not re.match(HEADS, line)]
    if not PLAN.search(text):
        return cells
    split = [
        (at, *re.match(rf"((?:{CHAPTER}[,.] )*)(.*)", rest).groups()) for *_, at, rest in cells
    ]
    return [[minutes, text, chapters] for minutes, chapters, text in split]


def timed(plan: str) -> list[tuple[int, int, list[str]]]:
    """Return for each row of a plan the minute of the day when it begins and ends, and the row."""
    starts = [60 * int(h) + int(m) for h, m, _ in CLOCK.findall(plan)]
    return [(at, at + int(c[0]), c) for at, c in zip(starts, rows(plan), strict=True)]


def minutes(text: str) -> int:
    return sum(int(cells[0]) for cells in rows(text))


def practice(cells: list[str]) -> int:
    """Return how many minutes of a row of a plan are practice: what learners do themselves.

    That is the whole row where a line begins with **Do**, or the minutes that stand beside it; none
    where it is done meanwhile.
    """
    done = re.search(r"\*\*Do\*\*(?: \((?:(\d+) min|(meanwhile))\))?", cells[1])
    if not done or done[2]:
        return 0
    return int(done[1] or cells[0])


KINDS = {"lesson": "", "practice": ' class="tl-do"', "slack": ' class="tl-rest"'}


def blocks_of(plan: str) -> list[tuple[str, dict[str, int], list[str]]]:
    """Return the blocks of a plan and its breaks: from when, minutes of each kind, chapters."""
    blocks: list[tuple[str, dict[str, int], list[str]]] = []
    for start, _, cells in timed(plan):
        length, done = int(cells[0]), practice(cells)
        if re.match(r"\*(Break|Lunch)", cells[1]):
            blocks.append(("", {"slack": length}, []))
            continue
        if not blocks or not blocks[-1][0]:
            blocks.append((f"{start // 60}:{start % 60:02}", dict.fromkeys(KINDS, 0), []))
        _, counted, chapters = blocks[-1]
        counted["practice"] += done
        counted["slack" if cells[1].startswith("Slack") else "lesson"] += length - done
        chapters += re.findall(r"\[(\d\d)\]", cells[2])
    return blocks


def bar(plan: str) -> str:
    """Return what stands above a plan: a bar with the minutes of each block, and their sums."""
    columns, spoken, sums = [], [], dict.fromkeys(KINDS, 0)
    for start, counted, chapters in blocks_of(plan):
        parts = {kind: n for kind, n in counted.items() if n}
        inside = "".join(f'<i{KINDS[kind]} style="flex: {n}">{n}</i>' for kind, n in parts.items())
        columns.append(
            f'<div style="flex: {sum(parts.values())}"><b>{start}</b><span>{inside}</span>'
            f"{', '.join(sorted(set(chapters)))}</div>"
        )
        told = ", ".join(f"{kind} {n}" for kind, n in parts.items())
        spoken.append(f"from {start} {told}" if start else f"break {parts['slack']}")
        sums = {kind: n + counted.get(kind, 0) for kind, n in sums.items()}
    names = {"lesson": "lesson, ", "practice": "practice, ", "slack": "slack and breaks. "}
    legend = "".join(f"<i{KINDS[kind]}>{n}</i> {names[kind]}" for kind, n in sums.items())
    lines = [
        f'<div class="tl-bar" role="img" aria-label="Minutes: {"; ".join(spoken)}.">',
        *columns,
        "</div>",
        f'<p class="tl-legend">Minutes: {legend}Below the bar: chapters.</p>',
    ]
    return "\n".join(lines)


ONE_DAY = ["Half a day", "A day"]
TWO_DAYS = ["Two days: the first", "Two days: the second"]
EXERCISES = r"\*\*Do\*\* One exercise per pair \((?:(any of them)|(any but \*extend\*))\)"
PLANS = {  # of a section what stands above its first heading of the third level
    h: text.partition("\n### ")[0] for h, text in sections(TEXT).items() if PLAN.search(text)
}
OWN = "on their own table"


@pytest.mark.parametrize("head", [head for head in PLANS if "day" in head])
def test_the_bar_above_a_plan_is_that_of_its_rows(head: str) -> None:
    above = PLANS[head].partition("\n| from")[0]
    assert above.strip() == bar(PLANS[head])


@pytest.mark.parametrize("head", [head for head in PLANS if "day" in head])
def test_the_practice_of_a_plan_is_counted(head: str) -> None:
    text = sections(TEXT)[head]
    said, whole = re.search(r"\*\*Practice\.\*\* (\d+) of the (\d+) minutes", text).groups()
    assert int(said) == sum(map(practice, rows(PLANS[head]))) and int(whole) == minutes(PLANS[head])


def test_a_plan_has_slack_where_it_is_used() -> None:
    """After lunch in a day, and in the first of two days, too; in half a day after the break."""
    for name, least in (("Half a day", 10), ("A day", 15), ("Two days: the first", 10)):
        plan = rows(next(text for head, text in PLANS.items() if head.split(" (")[0] == name))
        rest = [cells[1] for cells in plan].index("*Break*" if "Half" in name else "*Lunch*")
        assert sum(int(c[0]) for c in plan[rest:] if c[1].startswith("Slack")) >= least


MOST_WORDS = 60
VERB = re.compile(
    r"(?:\[[^\]]+\]\(\S+\)\. )?\*\*(?:Show|Say|Ask|Do)\*\*( \((?:\d+ min|meanwhile)\))? \S"
)


def words_of(cells: list[str]) -> int:
    """Count the words of a row that a teacher reads, without the targets of links and the marks."""
    return len(re.sub(r"\]\(\S*?\)|<br>|\*+", " ", " ".join(cells[1:])).split())


LINES = [
    pytest.param(c, id=f"{h.split(' (')[0]} {c[1][:30]}") for h in PLANS for c in rows(PLANS[h])
]


@pytest.mark.parametrize("cells", LINES)
def test_a_row_is_read_at_a_glance(cells: list[str]) -> None:
    """Few words, in lines that begin with what happens."""
    assert words_of(cells) <= MOST_WORDS, words_of(cells)
    if not re.match(r"Slack|\*(Break|Lunch)", cells[1]):
        assert all(map(VERB.match, cells[1].split("<br>"))), cells[1]


def test_a_long_row_is_seen() -> None:
    assert words_of(["5", "**Say** one [two](a.md#b).<br>**Do** three", "[01](x.md). "]) == 6 + 2
    assert not VERB.match("Everybody runs it") and VERB.match("[First page](a.md). **Do** It.")


@pytest.mark.parametrize("cells", LINES)
def test_a_row_that_is_not_all_practice_says_how_much_is(cells: list[str]) -> None:
    """What the teacher shows before learners begin takes time of the row."""
    before, do, _ = cells[1].partition("**Do**")
    whole = practice(cells) == int(cells[0])
    assert not (do and whole) or not re.search(r"\*\*(Show|Say|Ask)", before)
    assert cells[1].count("**Do**") <= 1 and practice(cells) <= int(cells[0])
    alone = (
        r"[Ii]n pairs|in groups?|per group|[Ee]xercise \d|their own table or|Each half|half of the"
    )
    assert do or not re.search(alone, cells[1]), cells[1]


END = (
    "Do not mix two sources without a flag.",
    "Compare a mixture of models with the baseline, on your own table.",
    "Try the rule of your field first.",
    "Not seen is not the same as not there.",
)


def test_what_was_not_tried_is_called_advice() -> None:
    """How many helpers, and what to do in a room of several kinds of machines."""
    for words in ("for 20 learners two helpers", "Binder, or Colab, for all whose data are public"):
        (before,) = TEXT.split(words)[:-1]
        assert "Our advice, which we have not tried:" in before[-80:], words


def test_every_plan_ends_with_the_same_sentences() -> None:
    for name in ("Half a day", "A day", TWO_DAYS[1]):
        last = rows(next(text for head, text in PLANS.items() if head.split(" (")[0] == name))[-1]
        assert "](#take-home), the numbers and four sentences: read them aloud" in last[1]
    shown = re.findall("^> (.+)", TEXT.partition("(take-home)=")[2].partition("\n## The")[0], re.M)
    assert tuple(shown[2:]) == END  # after two paragraphs of numbers
    assert len(END) == 4  # as the plans say
    for page in ("book/intro.md", "notebooks/11_findings.md"):
        text = (ROOT / page).read_text("utf8")
        assert [sentence for sentence in END if sentence not in text] == [], page


def test_what_is_checked_has_its_full_name() -> None:
    """One word would mean a machine, a table and an answer."""
    pages = {name: (ROOT / "book" / f"{name}.md").read_text("utf8") for name in PAGES}
    pages |= {
        name: re.sub(r"make check|tlhelpers check|check_answer", "", t) for name, t in pages.items()
    }
    assert [name for name, text in pages.items() if re.search("check", text, re.IGNORECASE)] == []


def test_a_plan_begins_in_the_upper_half_of_a_screen(browser, site: Path) -> None:
    for name in PAGES[1:4]:
        with visiting(browser, site.as_uri(), viewport={"width": 1300, "height": 900}) as visit:
            row = visit.open(f"book/{name}.html").locator("article table tbody tr").first
            assert row.bounding_box()["y"] < 450, name


@pytest.mark.parametrize("head", PLANS)
def test_the_minutes_of_a_plan_are_those_of_its_heading(head: str) -> None:
    assert minutes(PLANS[head]) == int(re.search(r"\((\d+) minutes", head)[1])


def test_a_wrong_minute_is_seen() -> None:
    text = next(text for head, text in PLANS.items() if head.startswith("Half"))
    assert minutes(text.replace("| 25 |", "| 26 |", 1)) == minutes(text) + 1
    assert clock_is_right(text) and not clock_is_right(text.replace("| 15 |", "| 16 |", 1))


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
        slack = 5 if re.search(r"\[0[19]\]", cells[2]) else 0
        assert -5 * (-max(map(fitting, inside)) // 5) + slack == int(cells[0]), cells
        assert whole or max(map(fitting, each)) > int(cells[0]), cells
    assert "A slot has the minutes of its longest exercise by [its level](#levels)" in TEXT


def test_one_exercise_of_a_slot_fits_it() -> None:
    for head in [head for head in PLANS if "Two days" not in head]:
        for cells in rows(PLANS[head]):
            named = exercises_named(cells)
            first = named[:1]
            assert all(minutes_of(name) <= int(cells[0]) for name in first), cells
            if first and minutes_of(first[0]) > MINUTES[first[0][2]]:  # no time for more
                assert "**Ask**" not in cells[1] and "eight minutes, and two to tell it" in cells[1]


def minutes_of(name: tuple[str, str, str]) -> int:
    """Return our estimate for an exercise, which is that of its level if none is named."""
    estimates = [c for c in rows(sections(TEXT)["The levels of the exercises"]) if len(c) == 4]
    own = {exercises_named([c[0], ""])[0]: int(c[2]) for c in estimates}
    return own.get(name, MINUTES[name[2]])


def test_half_a_day_a_day_and_two_days_have_exercises_and_breaks() -> None:
    assert [head.split(" (")[0] for head in PLANS if "day" in head] == [*ONE_DAY, *TWO_DAYS]
    assert len(PLANS) == 5
    for head in [head for head in PLANS if "day" in head]:
        exercises = [c for c in rows(PLANS[head]) if re.search(rf"xercise.*\*\w|{EXERCISES}", c[1])]
        assert sum(int(cells[0]) for cells in exercises) >= 0.15 * minutes(PLANS[head])
        assert sum("Break" in cells[1] for cells in rows(PLANS[head])) >= 1


def test_a_break_alone_is_in_italics() -> None:
    """The style sheet shades the rows whose only mark-up is that."""
    for head in [head for head in PLANS if "day" in head]:
        for cells in rows(PLANS[head]):
            rest = re.match(r"\*(Break|Lunch)[a-z, ]*\*$", cells[1])
            assert bool(rest) == bool(re.search("Break|Lunch", cells[1])), cells
            marks = re.findall(r"(?<!\*)\*\w[^*]*\*|`[^`]+`|\]\(", cells[2] + cells[1])
            assert rest or len(marks) != 1 or not marks[0].startswith("*"), cells


def test_half_a_day_has_practice_an_early_gain_and_the_own_table() -> None:
    plan = timed(PLANS[next(head for head in PLANS if head.startswith("Half"))])
    assert sum(practice(cells) for *_, cells in plan) >= 50
    (end,) = (end for _, end, cells in plan if "is the gain on the entropies?" in cells[1])
    assert end <= 10 * 60 + 5


def test_every_plan_has_its_card_and_the_own_table() -> None:
    card = {"Afterwards", "Cells that everybody runs", "From the slides"}
    for head, plan in PLANS.items():
        items = re.findall(r"^- \*\*(.+?)\.?\*\* ", sections(TEXT)[head], re.MULTILINE)
        assert card <= set(items) and len(items) == len(set(items)), head
        assert head.startswith(TWO_DAYS[0]) or any(
            OWN in cells[1] and "[12]" in cells[2] for cells in rows(plan)
        )
    targets = re.findall(r"^\((plan-[\w-]+)\)=\n## (.+)", TEXT, re.MULTILINE)
    heads = {named(head) for _, head in targets}
    assert heads == {*PLANS, "When you are late"}  # for the style sheet


def test_the_promise_of_the_first_page_is_its_number() -> None:
    said = (
        "with 20 to 100 entropies in the mean the stack needs half as many as the forest, or fewer."
    )
    assert TEXT.count(said) == 2
    assert TEXT.count("The heat capacity would help more, but") == 1
    mean = few_entropies().groupby(["model", "size"])["rmse"].mean().unstack(0)
    less = mean["stack, without heat capacity"]
    assert (mean["stack"] < less).all() and (less < mean["single-task"]).all()
    worth = label_saving(few_entropies(heat_capacity=False), "single-task", "stack")["saving"]
    assert (worth[[20, 50, 100]] >= 2).all()
    heat = load_thermochemistry()
    share = heat["heat_capacity"].notna()[heat["entropy"].isna()].mean()
    assert "but few have it." in TEXT and share < 0.15
    two = load_results("entropies_without_verdicts").set_index("model").loc["stack"]
    assert f"> *{two['score']:.1f} against {two['baseline_score']:.1f}: the errors on" in TEXT
    shares = heat[heat["entropy"].isna()].notna().mean()
    known = [f"{shares[name]:.0%}" for name in ("enthalpy_of_formation", "molar_volume")]
    assert f"Of the entropies' two, {' and '.join(known)} of the solids to predict have" in TEXT
    blind = [*plain_column_tests("usual mixture, no columns").loc[["entropies"], "score"]]
    blind += [plain_column_tests("boosting, no columns").loc["entropies", "score"]]
    assert [f"{score:.1f}" for score in blind] == ["3.9", "3.5"]
    assert "models of scikit-learn without these columns, 3.9 to 3.5;" in TEXT
    beside = plain_column_tests("stack", "Gaussian process, with columns").loc["entropies"]
    said = f"a Gaussian process that reads them, too, has {beside['baseline_score']:.1f}."
    assert said in TEXT and beside["verdict"] == "no difference seen"


def test_the_error_of_one_column_for_all_gaps_is_its_number() -> None:
    """The row of chapter 08 that half a day shows, for the first sentence to take home."""
    tests = load_results("band_gaps_verdicts").query("metric == 'rmse' and question == 'unions'")
    pooled = tests.set_index(["setting", "model"]).loc[("cold", "pooled")]
    said = f"the error is {pooled['score']:.2f} eV instead of {pooled['baseline_score']:.2f}."
    assert pooled["verdict"] == "worse" and said in PLANS["Half a day (180 minutes)"]


def test_what_is_said_of_the_picked_model_is_its_number() -> None:
    picked = hidden_labels().loc[(60, "picked")]
    assert f"{picked['lower']:.0f} of {picked['tables']:.0f}" == "66 of 80"
    assert picked["mean"].round() == -7
    assert TEXT.count("66 of 80") == 4 and ", 7% less on average.*" in TEXT


def test_what_a_class_with_small_tables_must_expect() -> None:
    table = smaller_tables().loc["without"]
    assert table["recommended"].to_dict() == {30: 2, 60: 4, 100: 5, 200: 9}
    assert (table["tables"] == 10).all() and table["gain"].loc[[30, 60]].between(0.16, 0.18).all()
    assert "for nine of our ten tables with 200 entropies" in TEXT
    assert "In four of them another model" in TEXT and "it was two of ten. Yet" in TEXT
    assert "Yet the gain was about a sixth of the error on average" in TEXT


def test_two_days_have_the_exercises_the_own_table_and_a_round_after_the_project() -> None:
    """Those of chapters 13 and 14 are read at home."""
    lines = [c for head, text in PLANS.items() if "Two days" in head for c in rows(text)]
    slots = [c for c in lines if re.match(EXERCISES, c[1])]
    done = [name for cells in slots for name in re.findall(r"\[(\d\d)\]", cells[2])]
    assert done == [path.stem[:2] for path in CHAPTERS if path.stem[:2] not in ("13", "14")]
    assert lines[-2][2].startswith("[15]") and "closing project" in lines[-2][1]
    assert "Monday" in lines[-1][1]
    (hour,) = (text for head, text in PLANS.items() if "extra hour" in head)
    own = {first_sentence(cells) for cells in lines if "[12]" in cells[2]}
    assert {first_sentence(cells) for cells in rows(hour)} <= own


def first_sentence(cells: list[str]) -> str:
    """Return the first sentence of a row; a link may have another way to its target."""
    return re.sub(r"\]\(\S*\)", "]", cells[1]).split(".")[0]


def section_minutes(path: Path) -> dict[str, float]:
    """Count the minutes of each section: 130 words, a figure, ten lines of shown code."""
    minutes, head = defaultdict(float), ""
    for cell in jupytext.read(path).cells:
        text, tags = cell.source, set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and not tags & {"remove-cell", "hide-cell"}:
            minutes[head] += bool(re.search(r"\bplot_\w+\(|_explorer\(", text))
            minutes[head] += (
                len(text.splitlines()) / 10 * (not tags & {"hide-input", "remove-input"})
            )
            text = " ".join(re.findall(r'\bsay\(f?"+(.+?)"+\)', text, re.DOTALL))
            text = re.sub(r"\{[^{}]*\}", "0", text)
        elif cell.cell_type == "code":
            text = ""
        for part in re.split(r"^(?=## )", text, flags=re.MULTILINE):
            head = part.partition("\n")[0][3:] if part.startswith("## ") else head
            if head == "Exercises":
                return dict(minutes)
            minutes[head] += len(re.sub(r"\]\(\S+\)|<[^>]+>", "", part).split()) / 130
    return dict(minutes)


def reading_minutes(path: Path) -> float:
    """Count what stands before the exercises."""
    return sum(section_minutes(path).values())


def cell_with(cells: list[str], words: str) -> str:
    """Return the cell that holds some words; no other one has them, nor has a longer word."""
    (cell,) = (cell for cell in cells if words in cell)
    return cell


def code_of(path: Path) -> list[str]:
    """Return the code of a chapter as its notebook is downloaded, with the cell that installs."""
    return [cell.source for cell in notebook_of(path).cells if cell.cell_type == "code"]


def test_a_notebook_begins_with_what_the_letter_to_the_learners_says() -> None:
    """The first code is folded and prints nothing; the second shows the table of five rows."""
    first, second, *_ = [c for c in notebook_of(CHAPTERS[0]).cells if c.cell_type == "code"]
    assert (
        first.metadata["jupyter"] == {"source_hidden": True}
        and "import tlhelpers.book" in first.source
    )
    *lines, last = second.source.splitlines()
    space: dict = {}
    exec("\n".join(lines), space)
    assert "tags" not in second.metadata and len(eval(last, space)) == 5
    assert "run its cells down to the first table, of five rows." in TEXT
    assert "first cell of chapter" not in TEXT
    assert TEXT.count("the cells of chapter 01 down to its first table") == 3


def cells_of(head: str, chapter: str, when: str) -> list[str]:
    """Return what names the cells of a chapter in the table below a plan."""
    (text,) = (text for name, text in sections(TEXT).items() if name.split(" (")[0] == head)
    needs = re.search(r"^### What .+ needs$.*?(?=^### )", text, re.MULTILINE | re.DOTALL)[0]
    found = [c for c in rows(needs) if f"[{chapter}]" in c[0] and when in c[1]]
    ((*_, cells),) = found
    return re.findall("`(.+?)`", cells)


def test_a_cell_is_named_by_what_no_other_has() -> None:
    with pytest.raises(ValueError, match="too many"):
        cell_with(["solids = 1", "on_solids = 2"], "solids =")


def test_the_recall_of_a_day_needs_what_its_card_says() -> None:
    code = code_of(CHAPTERS[4])
    needs = [cell_with(code, part) for part in cells_of("A day", "05", "exercise 1 (*recall*)")]
    assert len(needs) == 2
    begins = next(i for i, cell in enumerate(code) if cell.startswith("# Your answer"))
    its = code[begins : begins + 2]
    for left_out in [None, *needs]:  # run, as `w` is also the name of an argument
        space: dict = {"say": str}
        run = "\n".join(c for c in [*needs, *its] if c != left_out)
        with nullcontext() if left_out is None else pytest.raises(NameError):
            exec(run, space)


def test_the_sections_that_the_plans_name_are_there() -> None:
    for head, chapter in (("Is it the computed gap, or the mixing?", 7), ("Move the knobs", 6)):
        assert head.split("?")[0].lower() in TEXT.lower()
        assert f"## {head}\n" in CHAPTERS[chapter].read_text("utf8")
    assert "## Not choosing: the stack\n" in CHAPTERS[6].read_text("utf8")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_stated_time_is_that_of_the_words(path: Path) -> None:
    """The project has its own: ten minutes a step."""
    stated = int(TIME.search(path.read_text("utf8"))[1])
    assert stated == 5 * round(reading_minutes(path) / 5), reading_minutes(path)


@pytest.mark.parametrize("path", [*CHAPTERS, PROJECT], ids=lambda path: path.stem)
def test_a_chapter_opens_with_its_question(path: Path) -> None:
    opening = re.search(r"^# [^\n]+\n\n(.*?)\*\*Objectives", path.read_text("utf8"), re.M | re.S)[1]
    assert "?" in opening


def test_no_lesson_is_longer_than_its_chapter() -> None:
    times = {p.stem[:2]: int(TIME.search(p.read_text("utf8"))[1]) for p in [*CHAPTERS, PROJECT]}
    for cells in [cells for text in PLANS.values() for cells in rows(text)]:
        named = re.findall(r"\[(\d\d)\]", cells[2])
        assert not named or int(cells[0]) <= sum(times[name] for name in named), cells[1]


def test_breaks_come_in_time() -> None:
    """Nobody sits longer than 95 minutes."""
    for head in [head for head in PLANS if "day" in head]:
        sat = 0
        for cells in rows(PLANS[head]):
            sat = 0 if re.match(r"\*(Break|Lunch)", cells[1]) else sat + int(cells[0])
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
EXPECTED, WRONG = (
    {
        name: cells[column]
        for cells in rows(sections(TEXT)["What the exercises give"])
        if re.match(r"\d\d, exercise", cells[0])
        for name in exercises_named(cells[:1])
    }
    for column in (1, 2)
)


@pytest.mark.parametrize("name", [n for n in WRONG if re.search(r"\d", WRONG[n])], ids=" ".join)
def test_a_wrong_number_is_one_that_check_answer_knows(name: tuple) -> None:
    wrong = [key for answer in ANSWERS[".".join(name[:2])].values() for key in answer.wrong]
    known = [key for key in wrong if not isinstance(key, str)]
    for number in re.findall(r"(?<![\w/√.])−?\d+(?:\.\d+)?", WRONG[name]):
        digits = len(number.partition(".")[2])
        value = float(number.replace("−", "-"))
        assert any(abs(round(key, digits) - value) < 1e-9 for key in known), number


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


def cuts_of(plan: str) -> str:
    """Return the table of cuts that stands with a plan."""
    (text,) = (text for head, text in sections(TEXT).items() if head.split(" (")[0] == plan)
    return re.search(r"^### Cuts for .+?\n(.*?)(?=^\(|^##|\Z)", text, re.M | re.S)[1]


def test_cuts_save_what_they_say() -> None:
    """A cut saves no more than is left, at its clock, of the row of the plan that it cuts."""
    parts = [cuts_of(head) for head in (*ONE_DAY, *TWO_DAYS)]
    names = [[name] for name in (*ONE_DAY, *TWO_DAYS)]
    for (plan,), cuts in zip(names, parts, strict=True):
        planned = timed(next(text for h, text in PLANS.items() if h.split(" (")[0] == plan))
        saved = [(clock(until), int(minutes), cut) for until, minutes, cut in rows(cuts)]
        assert sum(minutes for _, minutes, _ in saved) >= 45
        untils = [until for until, *_ in saved]
        assert untils == sorted(untils), "the next cut is the first whose time has not come"
        kept = r"(The exercises? of .*04|wrong scale)" + "|The exercises of chapter 08" * (
            plan in TWO_DAYS
        )
        assert not re.search(kept, cuts), "the exercise that is never cut"
        late_ones = [m for until, m, _ in saved if until >= planned[-1][1] - 40]
        assert sum(late_ones) >= 20 or plan in TWO_DAYS
        for until, minutes, cut in saved:
            named = set(re.findall(r"\b(0[1-9]|1[0-5])\b", cut.split(". ")[0]))
            rest = re.search(r"in (five|ten) minutes", cut)
            left = {None: 0, "five": 5, "ten": 10}[rest and rest[1]]
            assert named and any(
                start <= until and until + minutes + left * (until == start) <= end
                for start, end, cells in planned
                if named & set(re.findall(r"\[(\d\d)\]", cells[2]))
                and ("xercise" in cut) <= ("xercise" in cells[1])
            ), cut


def test_the_example_of_a_late_class_makes_the_cut_that_the_rule_names() -> None:
    """Slack before the end, then the first cut with this place, or a later one, under "until"."""
    late = "the clock says 11:00, and in half a day you are about to begin the exercise of chapter"
    assert f"{late} 02, planned for 10:40. You are twenty minutes late. The slack planned" in TEXT
    place, plan = clock("10:40"), timed(PLANS["Half a day (180 minutes)"])
    (row,) = (c for start, _, c in plan if start == place)
    assert "[02]" in row[2] and "Exercise" in row[1]
    slack = [(start, end - start) for start, end, c in plan[::-1] if c[1].startswith("Slack")]
    assert slack[0] == (clock("11:05"), 10) and slack[1][0] < place
    saved, first = next(cut for until, *cut in rows(cuts_of("Half a day")) if clock(until) >= place)
    assert first.startswith("The exercise of chapter 02") and 10 + int(saved) == 20


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def test_the_second_afternoon_can_be_cut_too() -> None:
    plan = rows(PLANS[next(head for head in PLANS if TWO_DAYS[1] in head)])
    late = cuts_of(TWO_DAYS[1])
    lunch = [cells[1] for cells in plan].index("*Lunch*")
    after = {name for c in plan[lunch:] for name in re.findall(r"\[(\d\d)\]", c[2])}
    cuts = [cut for *_, cut in rows(late) if set(re.findall(r"\b1\d\b", cut)) & after]
    assert len(cuts) >= 2 and sum("project" in cut for *_, cut in rows(late)) == 1


def test_every_chapter_and_level_has_its_wrong_answer() -> None:
    levels = [cells for cells in rows(sections(TEXT)["The levels of the exercises"])]
    assert {c[0]: int(c[1]) for c in levels if len(c) == 5} == MINUTES
    first = [cells[0] for cells in rows(sections(TEXT)["What answers have in common"])]
    assert [re.match(r"\[(\d\d)\]\(\.\./notebooks/(.+)\)", c).group(2) for c in first] == [
        path.name for path in CHAPTERS
    ]


def test_exercises_that_take_longer_or_shorter_are_told_with_the_minutes_of_their_level() -> None:
    estimates = [c for c in rows(sections(TEXT)["The levels of the exercises"]) if len(c) == 4]
    there = {
        (path.stem[:2], *name.split(" ", 1))
        for path in CHAPTERS
        for name in exercises_of(path.read_text("utf8"))
    }
    assert len(estimates) == 5
    for cells in estimates:
        ((chapter, number, level),) = exercises_named([cells[0], ""])
        assert (chapter, number, level) in there
        assert int(cells[1]) == MINUTES[level] != int(cells[2])


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


def test_the_wrong_scale_on_the_rail_gives_what_the_teacher_expects() -> None:
    """The cells of chapter 04 that the half day names suffice, with 1.8 and with 2.1."""
    cells = [c for c in notebook_of(CHAPTERS[3]).cells if c.cell_type == "code"]
    names = cells_of("Half a day", "04", "exercise 3")
    assert names == cells_of("A day", "04", "exercise 3")
    sources = [c.source for c in cells]
    needs = [cells[sources.index(cell_with(sources, name))] for name in names]
    assert len(names) == 5 and needs == sorted(needs, key=cells.index)
    assert not any({"hide-input", "remove-input"} & set(c.metadata.get("tags", [])) for c in needs)
    space: dict = {}
    for cell in needs:
        exec(compile(ast.parse(cell.source), "chapter 04", "exec"), space)
    alone = space["ten"]["single"]
    wrong, less = ([space["wrong_scale"](seed, f) for seed in range(10)] for f in (2.1, 2.0))
    assert (wrong > alone).all() and "with 2.1 it loses in all ten draws" in TEXT
    assert f"with 2.0 in {(less > alone).sum()} |" in TEXT
    numbers = sum(wrong) / 10, alone.mean()
    said = re.search(r"error is (\S+) degrees with it, the baseline's (\S+);", TEXT)
    assert list(said.groups()) == [f"{number:.2f}" for number in numbers]


def test_two_tables_of_the_lab_name_two_models() -> None:
    """The question for the room: one draw is no result."""
    world = {"correlation": 0.95, "systematic_error": 0.5, "noise": 0.3}
    draws = [lab_errors(seed, n_labels=25, **world) for seed in range(2)]
    cold = [draw[draw["setting"] == "cold"].set_index("model")["rmse"] for draw in draws]
    found = [f"{errors[m]:.2f}" for errors in cold for m in ("difference", "learned slope")]
    said = re.search(
        r"has an error of (\S+), the learned slope of (\S+)\. .*gives (\S+) and (\S+)\.", TEXT
    )
    assert found == list(said.groups()) and found[0] < found[1] and found[2] > found[3]


def test_the_table_for_those_without_one_is_read() -> None:
    """The two cells of chapter 12 that the plan names, and the target of its command."""
    chapter = notebook_of(CHAPTERS[11])
    first, draw = (
        next(c.source for c in chapter.cells if c.cell_type == "code" and words in c.source)
        for words in ("import tempfile", "n, seat = 60, 1")
    )
    ((name, target),) = {*re.findall(r"check \{folder\}/(\w+\.csv) --target (\w+)`", TEXT)}
    labelled = []
    for cell in (draw, draw.replace("60, 1", "60, 2")):  # a pair, and another
        space: dict = {}
        exec(f"{first}\n{cell}", space)
        frame = read_table(space["folder"] / name)
        own = read_roles(frame, guess_roles(frame, target=target))
        assert own.target == target and own.Y[target].count() == 60 and len(own.Y.columns) == 3
        labelled.append(frame[target].notna())
    assert (labelled[0] & labelled[1]).sum() < 30


@pytest.mark.parametrize("seat", [1, 6])
def test_the_notebook_says_what_the_table_has_for_a_seat(seat: int) -> None:
    """Its own cells: the file of the seat, and the short run with that file and its target."""
    code = [c.source for c in notebook_of(CHAPTERS[11]).cells if c.cell_type == "code"]
    words = ("import tempfile", "n, seat = 60, 1", "yours = read_table")
    first, draw, run = (next(c for c in code if part in c) for part in words)
    draw = draw.replace("n, seat = 60, 1", f"n, seat = 60, {seat}")
    run = run.replace("upload.path", 'folder / "borrowed.csv"')
    run = run.replace("guess_roles(yours)", 'guess_roles(yours, target="entropy")')
    given = "from tlhelpers.book import show_text\n"
    given += "from tlhelpers.table import guess_roles, read_roles, read_table"
    space: dict = {}
    exec("\n".join((first, draw, given, run)), space)
    (said,) = space["answer"].recommendations.values()
    stored = load_results("borrowed_tables").query("run == 'short'").set_index("seat").loc[seat]
    told = [stored[name] for name in ("recommended", "verdict", "picked")]
    assert told == [said.model, said.verdict, said.picked]
    for name in ("baseline_score", "score", "difference", "low", "high", "p_value"):
        assert stored[name] == pytest.approx(getattr(said, name), rel=1e-8), name


@pytest.mark.full
@pytest.mark.parametrize("labels", [60, 200])
def test_the_whole_run_says_what_the_table_has_for_a_seat(monkeypatch, labels: int) -> None:
    """With time enough for its five repeats."""
    monkeypatch.syspath_prepend(ROOT / "experiments")
    import borrowed_tables

    row = borrowed_tables.ask(1, "whole", labels)
    found = load_results("borrowed_tables").query("run == 'whole' and seat == 1")
    (stored,) = found[found["labels"] == labels].to_dict("records")
    words = {name for name, value in row.items() if isinstance(value, str)}
    assert {name: row[name] for name in words} == {name: stored[name] for name in words}
    numbers = {name: value for name, value in row.items() if name not in words}
    assert numbers == pytest.approx({name: stored[name] for name in numbers}, rel=1e-8)
    assert list(row) == list(stored)


def test_the_seats_have_their_table() -> None:
    """Each seat in both runs, and with more labels in one, and the words of the page."""
    found = load_results("borrowed_tables")
    assert found.groupby(["run", "labels"])["seat"].agg(list).to_dict() == {
        ("short", 60): list(range(1, 21)),
        ("whole", 60): list(range(1, 21)),
        ("whole", 200): list(range(1, 21)),
        ("usual", 60): list(range(1, 21)),
    }
    assert "for the seats 1 to 20, in two runs; a third run" in TEXT
    assert "the answers of 20 seats" in TEXT
    assert "With 200 entropies (`n = 200`), in the whole run" in TEXT
    many = found.query("labels == 200")["verdict"].eq("better").sum() == 19
    assert many and "and in a whole run for 19 of the 20 seats" in TEXT
    assert "for 20 learners two helpers" in TEXT  # for whom there are as many seats


def test_a_seminar_has_the_minutes_of_its_chapters_and_ends_in_time() -> None:
    text = sections(TEXT)["A seminar (ten sessions of 90 minutes)"]
    table = re.findall(r"^\| (\d+) \| (.+?)(?: \((\d+)\))? \| ([\d, ]+) \((\d+)\) \|", text, re.M)
    assert [int(session) for session, *_ in table] == list(range(1, 11))
    pages = {path.stem[:2]: path.read_text("utf8") for path in CHAPTERS}
    for _, before, reading, inside, working in table:
        times = [TIME.search(pages[name]) for name in re.findall(r"\[(\d\d)\]", before)]
        assert sum(int(found[1]) for found in times) == int(reading or 0)
        done = [
            minutes_of((name, *exercise.split(" ", 1)))
            for name in re.findall(r"\d\d", inside)
            for exercise in exercises_of(pages[name])
            if not exercise.endswith("extend")
        ]
        assert sum(done) == int(working) <= 60
    assert re.findall(r"\d\d", "".join(row[3] for row in table)) == list(pages)[:12]


def test_the_shortest_way_takes_as_long_as_the_first_page_says() -> None:
    """Chapters whole or by section, as it lists them, with the guide, in minutes of reading."""
    (way,) = re.findall(
        r"takes a little less than three hours, without exercises:\n\n(.+?)\n```",
        (ROOT / "book/intro.md").read_text(),
        re.S,
    )
    read = {path.stem[:2]: section_minutes(path) for path in CHAPTERS}
    whole = sum(sum(read[n].values()) for n in ("01", "02", "03", "04", "12"))
    parts = sum(minutes for n in ("05", "06") for minutes in list(read[n].values())[:2])
    sections = ["A world with four knobs", "One table is not an answer", "The map"]
    sections += ["Not choosing: the stack"]
    parts += sum(read["07"][section] for section in sections)
    parts += sum(section_minutes(ROOT / "book/guide.md").values())
    assert all(f"notebooks/{n}_" in way for n in ("01", "02", "03", "04", "05", "06", "07", "12"))
    assert 165 < whole + parts <= 180, whole + parts
