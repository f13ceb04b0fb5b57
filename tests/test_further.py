"""Sections that no later page needs are folded, and open where someone wants to read them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from conftest import AT_REST, visiting, wait_until
from playwright.sync_api import expect

PAGE = "notebooks/08_band_gaps.html"
SECTION = "more-with-all-labels-and-one-related-label"


@pytest.fixture(params=[""])
def page(browser, site, request):
    """Open a page as a reader has it: `Visit.open` unfolds these sections for the other tests."""
    with visiting(browser, site.as_uri()) as visit:
        visit.page.goto(f"{visit.base}/{PAGE}{request.param}")
        wait_until(visit.page, AT_REST)
        yield visit.page


def test_they_are_those_after_the_exercises(site) -> None:
    n_folded = 0
    for path in site.glob("notebooks/[0-9]*.html"):
        article = BeautifulSoup(path.read_text("utf8"), "html.parser").article
        ids = [section["id"] for section in article.section.find_all("section", recursive=False)]
        folded = [fold.parent["id"] for fold in article.select("section > details.tl-further")]
        assert folded == [name for name in ids if name.startswith("more-")]
        assert folded == [] or ids.index("exercises") < ids.index(folded[0])
        for fold in article.select("details.tl-further"):
            assert fold.parent.find_all(recursive=False) == [fold], "something stands outside"
            assert fold.summary.h2 and fold.summary.h2.get_text().startswith("More: ")
        n_folded += len(folded)
    assert n_folded > 40


def test_a_heading_opens_its_section(page) -> None:
    folds = page.locator("details.tl-further")
    assert folds.count() > 3 and page.locator("details.tl-further[open]").count() == 0
    text = page.locator(f"#{SECTION} > details > p").first
    expect(text).to_be_hidden()
    page.locator(f"#{SECTION} h2").click(position={"x": 5, "y": 5})
    expect(text).to_be_visible()
    page.locator(f"#{SECTION} > details > summary").press("Enter")
    expect(text).to_be_hidden()
    assert page.locator("details.tl-further[open]").count() == 0


def test_a_link_opens_what_it_leads_to(page) -> None:
    link = page.locator(f'article a.reference[href="#{SECTION}"]:visible').first
    text = page.locator(f"#{SECTION} > details > p").first
    for _ in range(2):  # the second time the address stays as it is
        link.click()
        expect(text).to_be_in_viewport()
        assert page.locator("details.tl-further[open]").count() == 1
        page.locator(f"#{SECTION} > details > summary").press("Enter")
        expect(text).to_be_hidden()


@pytest.mark.parametrize("page", [f"#{SECTION}"], indirect=True)
def test_so_does_a_link_from_another_page(page) -> None:
    expect(page.locator(f"#{SECTION} > details > p").first).to_be_in_viewport()


def test_their_names_are_one_entry_of_the_contents(site) -> None:
    for path in site.glob("notebooks/[0-9]*.html"):
        page = BeautifulSoup(path.read_text("utf8"), "html.parser")
        contents = page.select_one("nav.page-toc")
        folded = [link["href"][1:] for link in contents.select("details > ul > li > a")]
        named = [fold.parent["id"] for fold in page.select("article details.tl-further")]
        assert folded == named
        assert len(contents.select("details:not([open])")) == bool(named)
        assert not [link for link in contents("a") if link.get_text().startswith("More: ")]


def test_the_entry_opens_by_keyboard_and_for_who_reads_there(page) -> None:
    fold = page.locator("nav.page-toc details")
    link = fold.locator(f'a[href="#{SECTION}"]')
    expect(link).to_be_hidden()
    fold.locator("summary").press("Enter")
    expect(link).to_be_visible()
    fold.locator("summary").press("Enter")
    expect(link).to_be_hidden()
    page.locator(f"#{SECTION} > details > summary").press("Enter")
    page.locator(f"#{SECTION}").evaluate("e => e.scrollIntoView()")
    expect(link).to_be_visible()
    assert fold.locator("summary").bounding_box()["height"] >= 24
