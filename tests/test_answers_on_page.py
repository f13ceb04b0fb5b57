"""The boxes of an exercise say on its page what `check_answer` says in a notebook."""

from __future__ import annotations

import pytest
from conftest import ROOT, visiting

from tlhelpers.book.check_answers import ANSWERS

ASK = """([number, asked]) => {
  const name_of_form = `Check exercise ${number} on this page`;
  const form = document.querySelector(`form.tl-check[aria-label="${name_of_form}"]`);
  return asked.map(([name, answer]) => {
    for (const box of form.elements) box.value = box.name === name ? answer : "";
    form.requestSubmit();
    return form.querySelector("output").textContent;
  });
}"""
PAGES = sorted({number.partition(".")[0] for number in ANSWERS})


def page_of(chapter: str) -> str:
    (path,) = (ROOT / "notebooks").glob(f"{chapter}_*.md")
    return f"notebooks/{path.stem}.html"


def tries(answer) -> list:
    """Return right answers, known wrong ones, near ones, and some of which nothing is known."""
    known = [answer.right, *answer.also, *answer.wrong]
    if isinstance(answer.right, str):
        return [
            *known,
            answer.right.upper(),
            f" {answer.right} ",
            f" the {answer.right} forest",
            "nothing like it",
            "(d) and (a)",
        ]
    beside = [
        x + sign * answer.within * share for x in known for sign in (-1, 1) for share in (0.9, 1.1)
    ]
    right = answer.right
    rounded = [round(right, digits) for digits in (0, 1)]
    return [
        *known,
        *rounded,
        *beside,
        -right,
        100 * right,
        1000 * right,
        right**2,
        right + 1e4,
        right - 1e4,
    ]


def told(name: str, fault: str) -> str:
    return f"✗ {name}: not yet: {fault}" if fault else f"✓ {name}: right"


@pytest.mark.parametrize("chapter", PAGES)
def test_the_boxes_say_what_the_function_says(browser, site, chapter: str) -> None:
    with visiting(browser, site.as_uri()) as visit:
        page = visit.open(page_of(chapter))
        forms = page.locator("form.tl-check")
        asked = {number: of for number, of in ANSWERS.items() if number.startswith(f"{chapter}.")}
        assert forms.count() == len(asked) and all(form.is_visible() for form in forms.all())
        for number, answers in asked.items():
            tried = [(name, value) for name, of in answers.items() for value in tries(of)]
            said = page.evaluate(ASK, [number, [(n, repr(v).strip("'")) for n, v in tried]])
            assert said == [told(name, answers[name].fault(name, value)) for name, value in tried]


def test_a_box_takes_a_comma_and_says_what_is_no_number(browser, site) -> None:
    with visiting(browser, site.as_uri()) as visit:
        page = visit.open(page_of("01"))
        form = page.locator("form.tl-check").first
        form.get_by_label("floor").fill("2,83")
        for no_number in ("a lot", "2√2", "2*1.41", "12 ^2"):
            form.get_by_label("too_low").fill(no_number)
            form.get_by_role("button", name="Check").click()
            said = form.locator("output").inner_text().splitlines()
            assert said == ["✓ floor: right", "✗ too_low: not yet: a number is asked for"]
        for written in ("2.83 eV", " 283/100", "+2,83"):
            form.get_by_label("floor").fill(written)
            form.get_by_label("too_low").fill("1.63")
            form.get_by_role("button", name="Check").click()
            assert form.locator("output").inner_text() == "✓ floor: right\n✓ too_low: right"
        form.get_by_label("floor").fill("")
        form.get_by_label("too_low").fill("")
        form.get_by_label("floor").press("Enter")
        assert form.locator("output").inner_text() == "write an answer into a box"


def test_a_share_may_be_written_in_percent(browser, site) -> None:
    with visiting(browser, site.as_uri()) as visit:
        form = visit.open("notebooks/03_uncertainty.html").locator("form.tl-check").first
        for written, said in [("77%", "✓ chance: right"), ("77", "✗ chance: not yet: a hundred")]:
            form.get_by_label("chance").fill(written)
            form.get_by_role("button", name="Check").click()
            assert form.locator("output").inner_text().startswith(said)


def test_one_click_opens_the_whole_answer(browser, site) -> None:
    """A result, the words beside it, and no answer of a later question."""
    with visiting(browser, site.as_uri()) as visit:
        page = visit.open("notebooks/05_multi_task.html")
        results = page.locator("details.below-input")
        table = results.filter(has_text="change of the error in percent")
        later = results.filter(has_text="the changes with a weight of 13")
        page.get_by_text("Show the answer: change of the error in percent").click()
        assert table.get_by_text("The scarce task gains where").is_visible()
        page.wait_for_timeout(100)
        assert later.count() == 1 and later.get_attribute("open") is None
        figure = results.filter(has_text="the best splits")
        page.get_by_text("Show the answer: the best splits").click()
        assert figure.locator(".tl-answer p").first.is_visible()  # the words beside the figure
