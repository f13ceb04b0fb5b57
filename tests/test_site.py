"""The built site, without network: nothing external, formulas drawn, sliders that answer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import SITE, load_extension, visiting, wait_until

PAGES = sorted(
    p.relative_to(SITE).as_posix()
    for p in SITE.rglob("*.html")
    if "_static" not in p.parts and p.name != "slides.html"  # for which there is `test_slides.py`
)
WITH_EXPLORER = [p for p in PAGES if 'class="tl-page"' in (SITE / p).read_text("utf8")]
WITH_FORMULAS = [p for p in PAGES if 'class="math ' in (SITE / p).read_text("utf8")]
CONTENT = [p for p in PAGES if p.startswith(("book/", "notebooks/"))]
LOADS = {  # what a browser fetches by itself
    "script": ["src"],
    "img": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "source": ["src", "srcset"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "link": ["href"],
}
EXTERNAL = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
CSS_LOAD = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class Loads(HTMLParser):
    """Collects the external addresses that a page would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = CSS_LOAD.findall(text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element; a canonical link is an address, not a load."""
        values = dict(attrs)
        if tag == "link" and values.get("rel") == "canonical":
            return
        self.found += [v for a in LOADS.get(tag, []) if EXTERNAL.match(v := values.get(a) or "")]


def state(explorer) -> tuple[str, list[str]]:
    """Return what a reader sees: the readout and every drawn path."""
    paths = explorer.locator(".tl-panels path")
    return (
        explorer.locator(".tl-readout").inner_text(),
        paths.evaluate_all("paths => paths.map(path => path.getAttribute('d'))"),
    )


def press(page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_selector(".tl-explorer [aria-busy=true]", state="detached")


def test_site_has_pages_to_test(site: Path) -> None:
    assert WITH_EXPLORER and WITH_FORMULAS


def test_nothing_external_is_named_to_be_loaded(site: Path) -> None:
    texts = {
        p: p.read_text("utf8") for p in site.rglob("*") if p.suffix in {".html", ".css", ".svg"}
    }
    found = {
        str(path.relative_to(site)): loads
        for path, text in texts.items()
        if (loads := CSS_LOAD.findall(text) if path.suffix != ".html" else Loads(text).found)
    }
    assert found == {}


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_quietly_and_whole(visit, name: str) -> None:
    """No error and no request elsewhere; a language, one first heading, formulas drawn."""
    page = visit.open(name)
    page.wait_for_load_state("networkidle")  # what is asked for late is seen, too
    if name in CONTENT:
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("article h1, main > h1").count() == 1  # the second of a report
    if name in WITH_FORMULAS:
        page.wait_for_selector("mjx-container", state="attached")
        assert page.locator("mjx-container").count() >= page.locator(".math").count()
        assert page.locator("mjx-merror").count() == 0
        wait_until(page, "document.fonts.status === 'loaded'")
        assert page.evaluate(
            "[...document.fonts].some(f => /MJX/.test(f.family) && f.status === 'loaded')"
        )


@pytest.fixture(scope="class")
def explored(browser, base, request):
    """Open a page once for all tests of a class, which leave it as another reader might."""
    with visiting(browser, base) as visit:
        page = visit.open(request.param)
        page.wait_for_selector(".tl-explorer input")
        yield page


@pytest.mark.parametrize("explored", WITH_EXPLORER, indirect=True, scope="class")
class TestExplorers:
    def test_explorers_are_labelled(self, explored) -> None:
        ids = explored.locator("[id]").evaluate_all("all => all.map(e => e.id)")
        explorers = explored.locator(".tl-explorer")
        assert explorers.locator("input").count() == explorers.locator("label").count()
        for slider in explorers.locator("input").all():
            assert explored.locator(f"label[for='{slider.get_attribute('id')}']").inner_text()
            assert ids.count(slider.get_attribute("id")) == 1
        for drawing in explorers.locator("svg[role=img]").all():
            for part in drawing.get_attribute("aria-labelledby").split():
                assert explored.locator(f"#{part}").text_content()
        for readout in explored.locator(".tl-readout").all():
            assert readout.get_attribute("aria-live") == "polite"

    def test_every_slider_answers_the_keyboard(self, explored) -> None:
        count = explored.locator(".tl-page").count()
        for i in range(count):
            explorer = explored.locator(".tl-explorer").nth(i)
            sliders = explorer.locator("input[type=range]")
            sliders.first.wait_for(timeout=5000)
            for j in range(sliders.count()):
                slider = sliders.nth(j)
                slider.focus()
                press(explored, "Home")
                first, first_text = state(explorer), slider.get_attribute("aria-valuetext")
                press(explored, "ArrowRight")
                second = state(explorer)
                assert second[0] != first[0], "the readout stands still"
                assert second[1] != first[1], "the drawing stands still"
                assert slider.get_attribute("aria-valuetext") != first_text
                press(explored, "End")
                assert slider.input_value() == slider.get_attribute("max")
                press(explored, "ArrowLeft")
                press(explored, "Home")
                assert state(explorer) == first, "the way back leads elsewhere"

    def test_explorers_on_a_page_are_independent(self, explored) -> None:
        explorers = explored.locator(".tl-explorer")
        for i in range(explorers.count()):
            explorers.nth(i).locator("input[type=range]").first.wait_for()
        for i in range(explorers.count()):
            before = [state(e) for e in explorers.all()]
            slider = explorers.nth(i).locator("input[type=range]").first
            slider.focus()
            press(explored, "ArrowLeft" if slider.input_value() != "0" else "ArrowRight")
            after = [state(e) for e in explorers.all()]
            assert [a != b for a, b in zip(after, before, strict=True)] == [
                j == i for j in range(len(before))
            ]

    def test_answer_time_in_the_page(self, explored, record_property) -> None:
        times = explored.evaluate(MEASURE, 20)
        record_property("median_ms", median(times))
        middle, slowest = median(times), max(times)
        print(f"{explored.url}: median {middle:.1f} ms, slowest {slowest:.1f} ms, 20 moves")
        assert len(times) == 20


FRAGMENT = re.compile(
    r'<div class="tl-page"[^>]*>.*?<script type="module".*?</script>\n</div>', re.S
)


def test_two_explorers_of_the_book_share_a_page(browser, site: Path, tmp_path: Path) -> None:
    """No chapter has two, so here those of two chapters stand on one page, the script once."""
    first, second = (
        FRAGMENT.search((site / name).read_text("utf8"))[0] for name in WITH_EXPLORER[-2:]
    )
    shared = r'<style data-once.*?</style>|<script type="module".*?</script>'
    second = re.sub(shared, "", second, flags=re.S)
    path = tmp_path / "two.html"
    path.write_text(f'<!doctype html><html lang="en">{first}{second}</html>', "utf8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    explorers = page.locator(".tl-explorer")
    wait_until(page, "document.querySelectorAll('.tl-explorer input').length > 2")
    for moved in range(2):
        before = [state(explorer) for explorer in explorers.all()]
        slider = explorers.nth(moved).locator("input[type=range]").first
        slider.focus()
        press(page, "ArrowLeft")
        after = [state(explorer) for explorer in explorers.all()]
        assert [a != b for a, b in zip(after, before, strict=True)] == [moved == 0, moved == 1]
    context.close()


@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_script_and_style_stand_once_on_a_page(site: Path, name: str) -> None:
    text = (site / name).read_text("utf8")
    assert text.count('<script type="module" data-once') == 1
    styles = re.findall(r'<style data-once="(\w+)"', text)
    assert styles and len(styles) == len(set(styles))


@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_without_javascript_there_is_a_table(browser, site: Path, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / name).as_uri())
    for folded in page.locator(".tl-further:has(.tl-page) > summary").all():
        folded.click(position={"x": 2, "y": 10})
    for explorer in page.locator(".tl-page").all():
        assert explorer.locator(".tl-explorer p").inner_text()
        explorer.locator("summary").click()
        rows = explorer.locator("tbody tr")
        assert rows.count() > 1 and rows.first.is_visible()
    context.close()


MEASURE = """async (moves) => {
  const slider = document.querySelector('.tl-explorer input');
  const times = [];
  for (let i = 0; i < moves; i++) {
    const start = performance.now();
    slider.value = slider.valueAsNumber === 0 ? 1 : slider.valueAsNumber - 1;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times;
}"""


def test_no_link_leads_to_a_source_file(site):
    """A link in the output of a cell is not rewritten by the build."""
    pages = [*site.glob("book/*.html"), *site.glob("notebooks/*.html")]
    sources = [
        (page.name, link)
        for page in pages
        for link in re.findall(r'href="([^":]*\.md(?:#[^"]*)?)"', page.read_text())
        if not link.startswith("../_sources")
    ]
    assert pages and sources == []


RAW = re.compile(r"\|\s*:?-{3,}|\]\([^)\s]+\.(?:md|html)\b|\*\*\w[^*\n]*\w\*\*")


def left_raw(html: str) -> list[str]:
    """Return the Markdown that a page shows as it was written, outside code."""
    page = BeautifulSoup(html, "html.parser")
    article = page.find("article") or page
    for code in article.select("pre, code, script, style"):
        code.decompose()
    return RAW.findall(article.get_text())


def test_no_markdown_is_left_in_the_words(site: Path) -> None:
    """The output of a cell knows less Markdown than a page: no table, for example."""
    pages = [*site.glob("book/*.html"), *site.glob("notebooks/*.html")]
    assert (
        pages and {p.name: found for p in pages if (found := left_raw(p.read_text("utf8")))} == {}
    )
    for words in "| a |\n|---|", "[a](b.md#c)", "**bold**":
        assert left_raw(f"<article><p>{words}</p><code>**kwargs</code></article>")
    assert not left_raw("<article><p>a | b --- 2**3, **options</p><pre>|---|</pre></article>")


class Anchors(HTMLParser):
    """Collects what a page links to, and where a link into it may lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids |= {values[name] or "" for name in ("id", "name") if name in values}
        names = ("href",) if tag in ("a", "link") else ("src", "data")
        self.links += [values[name] or "" for name in names if name in values]


def broken_links(site: Path) -> list[str]:
    """Return the links of all pages that lead to no file, or to no place in it."""
    paths = [p for p in site.rglob("*.html") if "_static" not in p.parts]  # there lie templates
    pages = {p: Anchors(p.read_text("utf8")) for p in paths}
    broken = []
    for page, parsed in pages.items():
        for link in parsed.links:
            address = urlsplit(link)
            if address.scheme or address.netloc or not link:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            anchors = pages[target].ids if target in pages else {"", address.fragment}
            if not target.is_file() or unquote(address.fragment) not in anchors:
                broken.append(f"{page.relative_to(site)}: {link}")
    return broken


def test_no_internal_link_is_broken(site: Path) -> None:
    assert broken_links(site.resolve()) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#x"><a href="b.html#y"><img src="c.png">')
    (tmp_path / "b.html").write_text('<p id="x"><a href="#x"><a href="https://a.org/b">')
    assert broken_links(tmp_path.resolve()) == ["a.html: b.html#y", "a.html: c.png"]


def test_no_mark_stands_in_a_table(site: Path) -> None:
    """Its meaning is a link, in a sentence."""
    marked = [
        (page, table.get_text()[:80])
        for page in CONTENT
        for table in BeautifulSoup((site / page).read_text("utf8"), "html.parser")("table")
        if "†" in table.get_text()
    ]
    assert marked == []


def test_one_copy_a_page_is_kept() -> None:
    both = '<style data-once="a1">p {}</style><script data-once="a1">"x"</script>'
    context = {"body": f"1{both}2{both}3"}
    load_extension("offline").keep_first_copy(None, "page", "page.html", context, None)
    assert context["body"] == f"1{both}23"
