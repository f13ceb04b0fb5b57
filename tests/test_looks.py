"""The site as a reader sees it: what fits, what stands out, what is reached by keyboard."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from conftest import SIZES, Visit, visiting, wait_until
from matplotlib.colors import to_hex, to_rgb
from matplotlib.image import imread
from test_palette import EVERY, contrast, shown
from test_palette import PAGES as PAPER
from test_site import CONTENT, PAGES, WITH_EXPLORER

from tlhelpers.book.explorers.frames import Frame, Panel, Series, Slider
from tlhelpers.book.explorers.widget import Explorer

CHAPTERS = [page for page in CONTENT if page.startswith("notebooks/")]
DOUBLE = "html { font-size: 200% !important; }"

# What of a page a reader cannot reach: what leaves the window, or is cut off by a box.
CUT = """() => {
  const edge = document.documentElement.clientWidth + 1;
  const held = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement) {
      const how = getComputedStyle(box).overflowX;
      if (how === 'auto' || how === 'scroll') return true;
      if (how === 'hidden' && box.scrollWidth > box.clientWidth + 1) return false;
    }
    return element.getBoundingClientRect().right <= edge;
  };
  const kinds = 'p, li, h1, h2, h3, td, th, pre, img, summary';
  return [...document.querySelectorAll(`article :is(${kinds})`)]
    .filter((e) => !e.closest('svg, mjx-container') && e.getBoundingClientRect().width && !held(e))
    .map((e) => `${e.tagName}: ${e.textContent.trim().slice(0, 60)}`);
}"""


@pytest.fixture
def at(browser, site):
    """Open pages of the built files at a size and in a theme."""

    def at(width: int, height: int, scheme: str = "light", **settings):
        size = {"width": width, "height": height}
        return visiting(browser, site.as_uri(), viewport=size, color_scheme=scheme, **settings)

    return at


def open_results(page) -> None:
    """Open what is folded behind a question: a figure there is drawn only then."""
    page.locator("details.below-input").evaluate_all("all => all.forEach((e) => { e.open = true })")
    page.wait_for_timeout(200)  # tables that were folded are looked at now


@pytest.fixture(scope="class")
def page(browser, site, request):
    """Open a page once for all tests of a class, which only look at it."""
    name, (width, height) = request.param
    size = {"width": width, "height": height}
    with visiting(browser, site.as_uri(), viewport=size, color_scheme="light") as visit:
        open_results(visit.open(name))
        yield visit.page


def looked_at(names: list[str], size: tuple[int, int]):
    """Let the tests of a class look at pages of one size, each opened once."""
    cases = [(name, size) for name in names]
    return pytest.mark.parametrize("page", cases, ids=names, indirect=True, scope="class")


def width_of(visit: Visit) -> int:
    return visit.page.evaluate("document.documentElement.scrollWidth")


# Words that a table breaks: a box one letter wide is lower than it is long.
BROKEN = """() => [...document.querySelectorAll('article table :is(th, td)')].flatMap((cell) => {
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  for (let text; (text = walk.nextNode()); ) {
    for (const word of text.data.matchAll(/[A-Za-z]{3,}/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const shown = range.getBoundingClientRect().width;
      if (shown && range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""


# Words of inline code and of signatures that are broken inside, though they fit a line.
TORN = """() => [...document.querySelectorAll('article :is(code, dt.sig)')].flatMap((code) => {
  const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT), torn = [];
  for (let text; (text = walk.nextNode()); ) {
    if (text.parentElement.closest('pre')) continue;
    for (const word of text.data.matchAll(/[A-Za-z0-9]{2,}/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter((e) => e.width);
      const whole = parts.reduce((sum, e) => sum + e.width, 0);
      const lines = new Set(parts.map((e) => Math.round(e.top)));
      if (lines.size > 1 && whole < code.parentElement.clientWidth) torn.push(word[0]);
    }
  }
  return torn;
})"""


# Words smaller than 12 pixels; those of pictures, and indices, are none.
SMALL = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  for (let text; (text = walk.nextNode()); ) {
    const box = text.parentElement, apart = 'svg, mjx-container, sub, sup, script, style, noscript';
    if (!text.data.trim() || box.closest(apart) || !box.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(box).fontSize);
    if (size < 12) small.push(`${size}: ${text.data.trim().slice(0, 40)}`);
  }
  return small;
}"""
UNFOLD = "document.querySelectorAll('article details').forEach((e) => { e.open = true })"


@pytest.mark.parametrize("name", PAGES)
def test_words_are_large_enough_and_those_of_code_are_not_torn(at, name: str) -> None:
    for size in SIZES:
        with at(*size) as visit:
            page = visit.open(name)
            page.evaluate(UNFOLD)
            page.wait_for_timeout(100)  # tables that were folded are looked at now
            assert page.evaluate(SMALL) == []
            assert page.evaluate(TORN) == []
            assert width_of(visit) <= size[0]


def test_a_small_word_and_a_torn_one_are_seen(at) -> None:
    with at(*SIZES[2]) as visit:
        page = visit.open("book/guide.html")
        assert page.evaluate(SMALL) == page.evaluate(TORN) == []
        html = f"<p style='font-size: 11.9px'>small <code>{'x' * 30}_{'torn' * 8}</code></p>"
        page.locator("article h1").evaluate(
            "(e, html) => e.insertAdjacentHTML('afterend', html)", html
        )
        assert [text.partition(": ")[2][:5] for text in page.evaluate(SMALL)] == ["small", "xxxxx"]
        assert page.evaluate(TORN) == ["torn" * 8]


# Of each value of a table of verdicts: its name, as it is shown, and whether both are close.
NAMED = """(table) => [...table.querySelectorAll('tbody td[data-head]')].map((cell) => {
  const before = getComputedStyle(cell, '::before');
  const range = document.createRange();
  range.selectNodeContents(cell);
  const [box, value] = [cell.getBoundingClientRect(), range.getBoundingClientRect()];
  const shown = before.content === 'none' ? null : before.content.split('"')[1];
  return [shown, value.left - box.left, value.top - box.top, cell.dataset.head];
})"""


@pytest.mark.parametrize("size", SIZES)
def test_a_verdict_stands_by_its_name_on_a_phone(at, size: tuple[int, int]) -> None:
    """Behind it or below it; on a wider screen the head of the table has the name."""
    pages = {"notebooks/11_findings.html": ".tl-gains", "book/results.html": ".tl-gains"}
    pages |= {"notebooks/08_band_gaps.html": ".tl-tests"}
    for name, kind in pages.items():
        with at(*size) as visit:
            page = visit.open(name)
            page.evaluate(UNFOLD)
            for table in page.locator(kind).all():
                heads = table.locator("thead").is_visible()
                assert heads == (size == SIZES[0]), "each value has one name"
                cells = table.evaluate(NAMED)
                assert len(cells) > 1
                for shown, beside, below, head in cells:
                    assert shown == (None if heads else head)
                    assert heads or (beside < 240 and below < 60), head


# Formulas on lines of their own that are longer than the text.
LONG = """() => [...document.querySelectorAll('div.math')]
  .filter((box) => [...box.querySelectorAll('mjx-math')]
    .some((e) => e.getBoundingClientRect().width > box.clientWidth + 1))
  .map((box) => box.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_or_broken_or_wider_than_the_window(at, name: str) -> None:
    with at(*SIZES[0]) as visit:
        page = visit.open(name)
        for zoom in (False, True):
            if zoom:
                page.add_style_tag(content=DOUBLE)
            for width, height in SIZES[: 1 if zoom else 3]:
                page.set_viewport_size({"width": width, "height": height})
                assert width_of(visit) <= width
                assert page.evaluate(CUT) == []
                assert zoom or name not in CONTENT or page.evaluate(BROKEN) == []
                assert zoom or page.evaluate(LONG) == []


SQUEEZED = """all => all.filter((e) =>
  Math.abs(e.height * e.naturalWidth / e.width / e.naturalHeight - 1) > 0.02).map((e) => e.alt)"""


# A second row of headers that only names the columns of the index, under empty cells.
LOOSE_NAMES = """() => [...document.querySelectorAll('table.dataframe')].filter((table) => {
  const rows = [...table.querySelectorAll('thead tr')].map((row) => [...row.cells]);
  const n = table.querySelectorAll('tbody tr:first-child th').length;
  const spans = rows[0]?.some((cell) => cell.colSpan > 1);
  return rows.length === 2 && !spans && !rows[0].slice(0, n).some((cell) => cell.textContent);
}).map((table) => table.textContent.slice(0, 80))"""
CELLS = """() => [...document.querySelectorAll('table.dataframe td')].map((cell) => {
  const style = getComputedStyle(cell);
  return [cell.textContent.trim(), style.textAlign, parseFloat(style.paddingLeft)];
})"""


@looked_at(CHAPTERS, SIZES[0])
class TestOnAScreen:
    def test_every_column_of_a_table_is_in_sight(self, page) -> None:
        assert page.locator("article .tl-wide").all_inner_texts() == []

    def test_figures_are_drawn_at_the_width_they_are_shown(self, page) -> None:
        pictures = page.locator("article img")
        sizes = pictures.evaluate_all("all => all.map(e => [e.naturalWidth, e.width])")
        wide = [drawn for drawn, shown in sizes if drawn / 2 > 1.05 * shown]
        assert wide == []  # two pixels for one

    def test_tables_are_read_at_a_glance(self, page) -> None:
        assert page.evaluate(LOOSE_NAMES) == []
        for text, align, padding in page.evaluate(CELLS):
            assert padding >= 4, text
            if re.fullmatch(r"[-+]?\d*\.\d+", text):
                assert align == "right", text

    def test_sections_after_the_exercises_are_set_back_in_the_contents(self, page) -> None:
        sizes = "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
        more = page.locator(".page-toc details a").evaluate_all(sizes)
        rest = page.locator(".page-toc a:not(details a)").evaluate_all(sizes)
        assert max(more, default=0) < min(rest)

    def test_folded_code_is_named(self, page) -> None:
        shut = page.locator("details.hide:not([open]) > summary").all_inner_texts()
        opened = page.locator("details.hide[open] > summary").all_inner_texts()
        shadows = page.locator("details.hide").evaluate_all(
            "all => all.map(e => getComputedStyle(e).boxShadow)"
        )
        kinds = "the (code|(solution|figure|table|answer|numbers)(: .+)?)"
        assert all(re.fullmatch(f"Show {kinds}", name) for name in shut), shut
        assert all(re.fullmatch(f"Hide {kinds}", name) for name in opened), opened
        assert set(shadows) <= {"none"}


@looked_at(CHAPTERS, SIZES[2])
class TestOnAPhone:
    def test_a_table_that_goes_on_says_so(self, page) -> None:
        marked = page.locator(".output.text_html:has(> div > table), .tl-scroll").evaluate_all(
            "all => all.filter(e => e.clientWidth && e.checkVisibility()).map(e =>"
            " [e.scrollWidth > e.clientWidth + 1, e.classList.contains('tl-more')])"
        )
        assert all(wide == said for wide, said in marked)

    def test_the_names_of_the_rows_stay_on_a_sheet_while_a_table_moves(self, page) -> None:
        names = page.locator(".tl-wide table.dataframe tbody tr > th:first-child")
        sheets = names.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert set(sheets) <= {paper}

    def test_a_table_that_goes_on_says_so_in_words(self, page) -> None:
        wide = page.locator(".tl-wide").evaluate_all(
            "all => all.map(e => getComputedStyle(e, '::before').content)"
        )
        assert all("goes on" in text for text in wide)
        shorter = page.locator(".pst-scrollable-table-container.tl-wide tbody").evaluate_all(
            "all => all.map(e => e.rows.length)"
        )
        assert all(rows > 12 for rows in shorter)  # of few rows each is a card

    def test_figures_keep_their_shape(self, page) -> None:
        pictures = page.locator("article .cell_output img")
        if page.url.endswith("14_beyond_forests.html"):  # the one chapter of tables alone
            assert pictures.count() == 0 < page.locator(".tl-tests").count()
            return
        assert pictures.evaluate_all(SQUEEZED) == []
        page.add_style_tag(content="article .cell_output img { height: 9px !important }")
        assert len(pictures.evaluate_all(SQUEEZED)) == pictures.count() > 0
        page.locator("style").last.evaluate("e => e.remove()")

    def test_code_stays_in_its_box_and_is_read(self, page) -> None:
        page.locator("article details").evaluate_all("all => all.forEach(e => { e.open = true })")
        boxes = page.locator("article div[class*=highlight-] pre").evaluate_all(
            "all => all.map(e => [e.scrollWidth - e.clientWidth,"
            " parseFloat(getComputedStyle(e).fontSize)])"
        )
        assert boxes and all(over <= 0 and size >= 12 for over, size in boxes)


def test_a_line_of_code_of_75_characters_fits(at) -> None:
    with at(*SIZES[0]) as visit:
        page = visit.open("notebooks/02_baseline.html")
        code = page.locator(".cell_input pre").first
        one, two = (
            code.evaluate("(e, n) => { e.textContent = 'x'.repeat(n); return e.clientHeight }", n)
            for n in (1, 75)
        )
    assert one == two


# Where a line of code begins, and where what goes on below begins, in characters.
SET_IN = """all => all.map((line) => {
  const range = document.createRange();
  range.selectNodeContents(line);
  const lefts = [...range.getClientRects()].filter((e) => e.width).map((e) => [e.bottom, e.left]);
  const last = Math.max(...lefts.map(([bottom]) => bottom));
  const below = Math.min(...lefts.filter(([bottom]) => last - bottom < 3).map(([, left]) => left));
  const goesOn = lefts.some(([bottom]) => last - bottom > 3);
  const letter = 0.602 * parseFloat(getComputedStyle(line).fontSize);
  const indent = line.textContent.search(/\\S|$/);
  const start = line.closest("pre").firstChild.getBoundingClientRect().left;
  return goesOn ? [Math.min(indent, 8) + 2, (below - start) / letter] : null;
}).filter(Boolean)"""


@pytest.mark.parametrize("zoom", [False, True])
def test_a_long_line_of_code_goes_on_below_set_in(at, site, zoom: bool) -> None:
    name = "notebooks/08_band_gaps.html"
    with at(*SIZES[2]) as visit:
        page = visit.open(name)
        if zoom:
            page.add_style_tag(content=DOUBLE)
        found = page.locator(".cell_input:not(.tl-source *) .tl-line").evaluate_all(SET_IN)
        assert len(found) > 10
        assert all(abs(told - seen) < 0.3 for told, seen in found)
        shown = page.locator("article div[class*=highlight-] pre").evaluate_all(
            "all => all.map(e => e.textContent)"
        )
    built = BeautifulSoup((site / name).read_text("utf8"), "html.parser")
    built = [e.get_text() for e in built.article.select("div[class*=highlight-] pre")]
    assert shown == built  # what is copied stays as it was


BAR = "e => [getComputedStyle(e).backgroundColor, e.clientLeft]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_heading_that_a_link_leads_to_is_not_filled(at, scheme: str) -> None:
    with at(*SIZES[0], scheme) as visit:
        page = visit.open("notebooks/08_band_gaps.html#move-the-sliders")
        look = page.locator(":target > h2")
        assert look.evaluate(BAR) == ["rgba(0, 0, 0, 0)", 4]  # a bar at its left
        visit.open("notebooks/08_band_gaps.html#more-the-two-controls-by-size-and-setting")
        look = page.locator(":target > details > summary")
        assert look.evaluate(BAR) == ["rgba(0, 0, 0, 0)", 4]


def pixels(page, locator) -> np.ndarray:
    locator.scroll_into_view_if_needed()
    return imread(io.BytesIO(locator.screenshot()), format="png")[..., :3]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_stand_on_the_page_itself(at, scheme: str) -> None:
    with at(*SIZES[0], scheme) as visit:
        page = visit.open("notebooks/02_baseline.html")
        open_results(page)
        for picture in page.locator(".cell_output img").all():
            seen = pixels(page, picture)
            color = page.evaluate("getComputedStyle(document.body).backgroundColor")
            paper = np.array([int(part) / 255 for part in re.findall(r"\d+", color)[:3]])
            assert np.abs(seen[2, 2] - paper).max() < 0.02
            ink = seen[2:-2, 2:-2].mean(axis=2)
            assert ink.min() < 0.35 and ink.max() > 0.7, "drawn and page are one"


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_have_two_pixels_for_one(site, name: str) -> None:
    text = (site / name).read_text("utf8")
    image = r'<img[^>]*src="(?:\.\./)*(_images/[0-9a-f]{64}\.png)"'
    figures, widths = re.findall(image, text), re.findall(image + r' style="width: (\d+)px', text)
    assert [path for path, _ in widths] == figures
    for path, width in widths:
        assert abs(imread(site / path).shape[1] - 2 * int(width)) <= 1


# Where the picture stands in its explorer, and how high it is, at the ends of every control.
STILL = """async () => {
  const [box, panels] = ['.tl-explorer', '.tl-panels'].map((name) => document.querySelector(name));
  const places = new Set();
  const look = async () => {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const [here, there] = [panels, box].map((e) => e.getBoundingClientRect());
    places.add([here.top - there.top, here.height, there.height].map(Math.round).join());
  };
  await look();
  for (const control of box.querySelectorAll('input')) {
    if (control.type === 'radio') control.click();
    for (const end of control.type === 'range' ? [control.max, control.min] : []) {
      control.value = end;
      control.dispatchEvent(new Event('input', { bubbles: true }));
      await look();
    }
    await look();
  }
  return [...places];
}"""


def drawn_at(page, width: int) -> None:
    """Give the window a width and wait until the explorer is drawn for it."""
    page.set_viewport_size({"width": width, "height": 900})
    wait_until(page, "document.querySelector('.tl-explorer svg[role=img]')")
    page.wait_for_timeout(100)


def answers_scroll_under_their_head(page) -> None:
    page.locator(".tl-page > details").first.evaluate("e => { e.open = true }")
    page.wait_for_timeout(200)
    box = page.locator(".tl-page > details > .tl-scroll").first
    over, height = box.evaluate("e => [e.scrollHeight - e.clientHeight, e.clientHeight]")
    wider = box.evaluate("e => e.scrollWidth - e.clientWidth")
    assert height < 0.7 * page.viewport_size["height"] + 1
    assert box.get_attribute("aria-label") and box.get_attribute("role") == "region"
    assert box.evaluate("e => e.tabIndex") == (0 if max(over, wider) > 1 else -1)
    box.evaluate("e => { e.scrollTop = 200 }")
    head = box.locator("th").first.bounding_box()
    assert over < 2 or abs(head["y"] - box.bounding_box()["y"]) < 2
    page.emulate_media(media="print")
    assert box.evaluate("e => e.scrollHeight - e.clientHeight") <= 0
    page.emulate_media(media="screen")


@looked_at(WITH_EXPLORER, SIZES[0])
class TestAnExplorerOnAScreen:
    """The tests that change the size of the window or of the text are the last."""

    def test_it_fits_the_window(self, page) -> None:
        for explorer in page.locator(".tl-explorer").all():
            top = explorer.locator(".tl-controls").bounding_box()
            end = explorer.locator(".tl-panels").bounding_box()
            assert end["y"] + end["height"] - top["y"] < 900 - 60

    def test_names_are_chosen_by_buttons(self, page) -> None:
        values = page.locator(".tl-explorer output").all_inner_texts()
        assert all(re.match(r"-?\d", value) for value in values)
        assert not re.search(r"\w_\w", page.locator(".tl-controls").first.inner_text())
        for group in page.locator(".tl-choices").all():
            before = page.locator(".tl-readout").first.inner_text()
            group.locator("input:checked").focus()
            page.keyboard.press("ArrowRight")
            assert page.locator(".tl-readout").first.inner_text() != before
            for label in group.locator("label").all():
                assert label.bounding_box()["height"] >= 24

    def test_a_few_tabs_lead_to_it_and_show_its_picture(self, page) -> None:
        focused = page.locator(":focus")
        tabs = 0
        page.locator("#main-content, main").first.evaluate("e => { e.tabIndex = -1; e.focus() }")
        while "tl-skip" not in (focused.get_attribute("class") or ""):
            page.keyboard.press("Tab")
            tabs += 1
            assert tabs < 20, "no way to skip to the explorer"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert focused.get_attribute("type") in ("range", "radio")
        panels = page.locator(".tl-panels").first.bounding_box()
        assert panels["y"] >= 0 and panels["y"] + panels["height"] <= 900

    def test_its_answers_as_a_table_scroll_under_their_head(self, page) -> None:
        answers_scroll_under_their_head(page)

    def test_the_picture_stands_still_while_controls_move(self, page) -> None:
        for width, _ in SIZES:
            drawn_at(page, width)
            assert len(page.evaluate(STILL)) == 1, width

    def test_its_text_keeps_its_size(self, page) -> None:
        for width in (320, 390, 520, 700, 1000, 1600):
            drawn_at(page, width)
            shown = page.locator(".tl-panels svg[role=img] text").evaluate_all(
                "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) *"
                " e.ownerSVGElement.getScreenCTM().a)"
            )
            assert shown and min(shown) > 13 and max(shown) < 16, width

    def test_controls_and_their_values_stay_in_sight(self, page) -> None:
        for width, height in reversed(SIZES):
            page.set_viewport_size({"width": width, "height": height})
            if width == 1300:
                page.add_style_tag(content=DOUBLE)
            page.wait_for_timeout(100)  # drawn for this size
            explorer = page.locator(".tl-explorer").first
            box = explorer.bounding_box()
            for part in explorer.locator(".tl-controls :is(input, output)").all():
                here = part.bounding_box()
                assert here["x"] >= box["x"] - 1
                assert here["x"] + here["width"] <= box["x"] + box["width"] + 1


@looked_at(WITH_EXPLORER, SIZES[2])
class TestAnExplorerOnAPhone:
    """The test that changes the size of the text is the last."""

    def test_the_first_picture_and_all_controls_are_seen_together(self, page) -> None:
        explorer = page.locator(".tl-explorer").first
        explorer.locator(".tl-buttons").evaluate(
            "e => { e.style.scrollMargin = '5rem 0 0'; e.scrollIntoView() }"
        )
        picture = explorer.locator("svg[role=img]").first.bounding_box()
        moved = explorer.locator(".tl-sliders").bounding_box()
        assert picture["y"] + picture["height"] <= moved["y"]
        assert moved["y"] + moved["height"] <= SIZES[2][1]

    def test_its_answers_as_a_table_fade_alone(self, page) -> None:
        page.locator(".tl-page > details").evaluate_all(
            "all => all.forEach(e => { e.open = true })"
        )
        page.wait_for_timeout(200)
        assert page.locator(".tl-more:has(.tl-explorer)").count() == 0
        assert page.locator(".tl-page > details > .tl-scroll > table").count() > 0

    def test_its_answers_as_a_table_scroll_under_their_head(self, page) -> None:
        answers_scroll_under_their_head(page)

    def test_all_pictures_and_the_slider_are_seen_together(self, page) -> None:
        explorer = page.locator(".tl-explorer").first
        sliders, head = explorer.locator(".tl-sliders"), page.locator("#pst-header, .bd-header")
        pictures = explorer.locator("svg[role=img]")
        pictures.first.evaluate("e => { e.style.scrollMargin = '4rem 0 0'; e.scrollIntoView() }")
        moved = sliders.bounding_box()
        assert moved["y"] + moved["height"] <= SIZES[2][1]
        for picture in pictures.all():
            seen = picture.bounding_box()
            assert seen["y"] >= head.first.bounding_box()["height"]
            assert seen["y"] + seen["height"] <= moved["y"]
        page.add_style_tag(content=DOUBLE)  # large, it would fill the window
        assert sliders.evaluate("e => getComputedStyle(e).position") == "static"


def test_on_a_phone_a_choice_between_two_stands_beside_its_name(at) -> None:
    """So that the controls of the lab leave room for a picture on the screen."""
    with at(*SIZES[2]) as visit:
        choices = visit.open("notebooks/07_which_one.html").locator(".tl-buttons").first
        names, groups = choices.locator("> span").all(), choices.locator("> .tl-choices").all()
        assert len(names) == len(groups) == 3
        for name, group in zip(names, groups, strict=True):
            left, right = name.bounding_box(), group.bounding_box()
            assert right["x"] >= left["x"] + left["width"]
            assert left["y"] < right["y"] + right["height"] / 2 < left["y"] + left["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_tabs_sees_where_he_is(at, scheme: str) -> None:
    with at(*SIZES[0], scheme) as visit:
        page = visit.open("notebooks/02_baseline.html")
        for _ in range(70):
            page.keyboard.press("Tab")
            kind, style, width = page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)] }"
            )
            assert (style != "none" and width >= 2) or kind.startswith("<body"), kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_checks_that_failed_are_tinted(at, scheme: str) -> None:
    with at(*SIZES[0], scheme) as visit:
        page = visit.open("book/more_verdicts.html")
        look = "all => all.map(e => [e.textContent, getComputedStyle(e).backgroundColor])"
        marks = page.locator("table.dataframe td:text-matches('^[✓✘]$')").evaluate_all(look)
        tints = {mark: {tint for text, tint in marks if text == mark} for mark in "✓✘"}
        assert len(marks) > 30 and len(tints["✘"]) == 1
        assert tints["✓"].isdisjoint(tints["✘"])


FOLDED = (
    """<details id="ours"><summary>Hint</summary><p id="inside">Look at the mean.</p></details>"""
)
GUESS = "<blockquote><p><strong>Guess first.</strong> Which is lower?</p></blockquote>"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hints_and_questions_are_quiet_and_reachable(at, scheme: str) -> None:
    with at(*SIZES[0], scheme) as visit:
        page = visit.open("notebooks/02_baseline.html")
        section = page.locator("article section section").first
        section.evaluate("(e, html) => e.insertAdjacentHTML('afterbegin', html)", GUESS + FOLDED)
        summary = page.locator("#ours > summary")
        assert summary.bounding_box()["height"] >= 24
        assert summary.evaluate("e => getComputedStyle(e.parentElement).boxShadow") == "none"
        summary.focus()
        assert page.locator("#inside").is_hidden()
        page.keyboard.press("Enter")
        assert page.locator("#inside").is_visible()
        page.keyboard.press("Enter")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#inside").is_visible()
        assert page.locator("html").get_attribute("data-theme") == "light"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("#inside").is_hidden()
        assert page.locator("html").get_attribute("data-theme") == scheme


def test_sentences_beside_a_table_do_not_fade(at) -> None:
    with at(*SIZES[2]) as visit:
        page = visit.open("notebooks/09_color.html")
        page.wait_for_timeout(100)
        assert page.locator(".tl-more :is(p, li)").count() == 0
        assert page.locator(".tl-scroll > table").count() > 0


def test_a_table_of_contents_has_room_and_is_cards_on_a_phone(at) -> None:
    with at(*SIZES[0]) as visit:
        page = visit.open("book/guide.html")
        cells = page.locator(".tl-contents tbody td:nth-child(odd) p")
        lines = "all => all.map(e => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight))"
        assert 1 <= max(cells.evaluate_all(lines)) < 6.5
        box = page.locator(".pst-scrollable-table-container:has(.tl-contents)").first
        assert box.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        page.set_viewport_size({"width": SIZES[2][0], "height": SIZES[2][1]})
        page.wait_for_timeout(100)
        assert page.locator(".tl-more:has(> .tl-contents)").count() == 0
        assert box.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        for row in page.locator(".tl-contents tbody tr").all():
            heights = [cell.bounding_box()["y"] for cell in row.locator("td").all()]
            assert heights == sorted(set(heights)), "a cell under the other"
        named = "e => getComputedStyle(e, '::before').content"
        of_tables = page.locator(".tl-contents:has(th:has-text('begin')) tbody td")
        assert "begin" in of_tables.nth(1).evaluate(named)


def test_the_filter_of_dark_figures_is_measured_on_this_page(at) -> None:
    with at(*SIZES[0], "dark") as visit:
        page = visit.open("notebooks/02_baseline.html")
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert color == "rgb({}, {}, {})".format(
            *(int(PAPER["dark"][i : i + 2], 16) for i in (1, 3, 5))
        )


# Of each line of an explorer: its colour, how much of it is seen, and its width.
LINES = """() => [...document.querySelectorAll('[role=img] path[stroke-dasharray]')].map((line) => {
  let seen = Number(getComputedStyle(line).strokeOpacity);
  for (let e = line; e; e = e.parentElement) seen *= getComputedStyle(e).opacity;
  return [line.getAttribute('stroke'), seen, parseFloat(getComputedStyle(line).strokeWidth)];
})"""


def test_a_curve_that_is_not_chosen_is_read_and_stands_behind(browser, monkeypatch) -> None:
    monkeypatch.setenv("TLHELPERS_STATIC", "1")
    colors = list(dict.fromkeys(style.color for style in EVERY))
    ones = [Series("one", colors[0], [1, 2], [3, 4])]
    ones += [Series(c, c, [1, 2], [3, 4], marker="circle", faded=True) for c in colors]
    frame = Frame("", [Panel("", "x", "y", ones)])
    explorer = Explorer(lambda n: frame, [Slider("n", "n", [1, 2])], title="")
    page = browser.new_page()
    page.set_content(explorer.to_html())
    *behind, chosen = page.evaluate(LINES)
    page.close()
    assert [color for color, *_ in behind] == colors and chosen[0] == colors[0]
    for color, seen, width in behind:
        assert 1 <= width <= chosen[2] / 2
        for theme, paper in PAPER.items():
            ink, page = (np.array(to_rgb(c)) for c in (shown(color, theme), paper))
            assert contrast(to_hex(seen * ink + (1 - seen) * page), paper) > 3


TABLE = """<div class="cell_output"><div class="output text_html ours"><div>
<table border="1" class="dataframe">{}</table></div></div></div>"""
SPANNING = """<thead><tr><th>model</th><th>labels</th>
<th>error_of_the_model_in_validation</th><th>interval_of_the_difference</th></tr></thead>
<tbody><tr><th rowspan="2">stack</th><th>20</th><td>4.76</td><td>-3.13 to -1.15 in J/K</td></tr>
<tr><th>50</th><td>4.09</td><td>-2.29 to -1.06 in J/K</td></tr></tbody>"""
CARDS = """table => [table.classList.contains('tl-cards'), [...table.tBodies[0].rows].map(row =>
  [...row.cells].map(cell => {
    const name = getComputedStyle(cell, '::before').content;
    return (name === 'none' ? '' : name.replaceAll('"', '')) + cell.textContent;
  }))]"""


@pytest.mark.parametrize("size", SIZES)
def test_a_cramped_table_of_words_is_cards_on_a_phone(at, size: tuple[int, int]) -> None:
    with at(*size) as visit:
        table = visit.open("notebooks/12_own_table.html").locator(
            "table", has_text="what check warns of"
        )
        is_cards, rows = table.evaluate(CARDS)
        assert is_cards == (size[0] == 390) and len(rows) == 5


def test_on_a_phone_the_clock_and_the_minutes_of_a_plan_stand_in_one_line(at) -> None:
    with at(390, 844) as visit:
        page = visit.open("book/instructors_two_days.html")
        plans, below = (
            page.locator("table", has=page.get_by_text(head, exact=True))
            for head in ("from", "until")
        )
        assert plans.count() == 2
        for plan in plans.all():
            clock, minutes = (plan.locator("tbody td").nth(n).bounding_box() for n in (0, 1))
            assert clock["y"] == minutes["y"] and clock["x"] < minutes["x"]
            words = plan.locator("tbody td").nth(2).bounding_box()
            assert words["y"] > clock["y"] and words["x"] == clock["x"], "a card"
        after = "e => getComputedStyle(e, '::after').content"
        second = "tbody tr:nth-child(2) > td:nth-child(2)"
        assert plans.first.locator(second).evaluate(after) == '" min"'
        assert below.first.locator(second).evaluate(after) == "none"


@pytest.mark.parametrize("width", [390, 1300])
def test_on_a_phone_the_rows_of_a_table_that_does_not_fit_are_cards(at, width: int) -> None:
    short = re.sub("_of_the_model_in_validation|_of_the_difference| in J/K", "", SPANNING)
    long = SPANNING.replace("</tbody>", "<tr><th>a</th><th>1</th><td>2</td><td>3</td></tr>" * 11)
    with at(width, 844) as visit:
        page = visit.open("notebooks/09_color.html")
        add = "(e, html) => e.insertAdjacentHTML('afterend', html)"
        for inner in (long, short, SPANNING):
            page.locator("article h1").evaluate(add, TABLE.format(inner))
        page.evaluate("dispatchEvent(new Event('DOMContentLoaded'))")
        found = [table.evaluate(CARDS) for table in page.locator(".ours table").all()]
    assert [cards for cards, _ in found] == [width == 390, False, False]
    if width == 390:
        _, (first, second) = found[0]
        assert first[1:] == [
            "labels: 20",
            "error_of_the_model_in_validation: 4.76",
            "interval_of_the_difference: -3.13 to -1.15 in J/K",
        ]
        assert (first[0], second[0]) == ("stack", "stack, labels: 50")


@pytest.mark.parametrize("kind", ["", 'class="tl-text"'])
def test_on_a_phone_many_rows_of_numbers_scroll_and_rows_of_words_are_cards(at, kind: str) -> None:
    heads = "".join(f"<th>a_long_name_of_column_{i}</th>" for i in range(4))
    row = f"<tr><th>0</th><td {kind}>4.76</td><td>1</td><td></td></tr>"
    with at(390, 844) as visit:
        page = visit.open("notebooks/09_color.html")
        table = TABLE.format(f"<thead><tr>{heads}</tr></thead><tbody>{row * 7}</tbody>")
        page.locator("article h1").evaluate(
            "(e, html) => e.insertAdjacentHTML('afterend', html)", table
        )
        page.evaluate("dispatchEvent(new Event('DOMContentLoaded'))")
        page.wait_for_timeout(100)
        (is_cards, _), box = page.locator(".ours table").evaluate(CARDS), page.locator(".ours")
        assert is_cards == bool(kind)
        assert page.locator(".ours td:empty:visible").count() == (0 if is_cards else 7)
        assert box.evaluate("e => e.classList.contains('tl-wide')") != is_cards
