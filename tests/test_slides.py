"""The slides: made of the built book, whole without a network, each within a projector's screen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, visiting
from test_exercises import GUESS

from tools.slides import LONGEST, build, chapter_slides, first_sentences

PROJECTOR = {"width": 1280, "height": 720}
OUTSIDE = """sections => sections.flatMap(section => {
  const box = section.getBoundingClientRect();
  return [section, ...section.querySelectorAll("*")].filter(part => {
    const own = part.getBoundingClientRect();
    return own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1
      || own.bottom > box.bottom + 1 || box.height > innerHeight + 1
      || (part.tagName === "IMG" && (own.height < 200 || !part.naturalWidth));
  }).map(part => `${section.id}: ${part.tagName} ${part.textContent.trim().slice(0, 40)}`);
})"""
PAGE = """<article><section><h1>07 A chapter<a>#</a></h1><p>Objectives. To see.</p>
<section><h2>One<a>#</a></h2><blockquote><p>Guess first. Which?</p></blockquote>
<div class="cell"><div class="cell_output"><img alt="First" src="../_images/a.png"></div></div>
<div class="cell"><div class="cell_output"><p>It is 3. More of it.</p></div></div>
<div class="cell"><div class="cell_output"><img alt="Second" src="../_images/a.png"></div></div>
</section><section><h2>Two</h2><blockquote><p>Guess first. And how?</p></blockquote>
<details><summary>Answer</summary><p>Like this.</p></details></section>
<section><h2>Summary<a>#</a></h2><ul><li>All.</li><li>Of it.</li></ul></section>
<section><h2>Exercises</h2><section><h3>Exercise 1 (recall): a name</h3>
<div class="cell tag_hide-cell"><div class="cell_output"><img alt="Solved" src="../_images/a.png">
</div></div></section></section></section></article>"""


@pytest.fixture(scope="module")
def slides(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("slides") / "slides.html"
    target.write_text(build(site), "utf8")
    return target


@pytest.fixture
def page(slides: Path, browser) -> Iterator:
    """Open the slides at a projector's size; any request is a failure."""
    with visiting(browser, slides.parent.as_uri(), viewport=PROJECTOR) as visit:
        yield visit.open(slides.name)


def test_slides_of_a_chapter(tmp_path: Path) -> None:
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.png").write_bytes(b"png")
    chapter = tmp_path / "notebooks" / "07_a.html"
    chapter.parent.mkdir()
    chapter.write_text(PAGE)
    found = [(s.title, s.message, s.alt, s.points) for s in chapter_slides(chapter)]
    assert found == [
        ("07 A chapter", "To see.", "", ()),
        ("Guess first", "Which?", "", ()),
        ("One", "It is 3. More of it.", "First", ()),
        ("One", "", "Second", ()),
        ("Guess first", "And how?", "", ()),
        ("Two", "Like this.", "", ()),
        ("Summary", "", "", ("All.", "Of it.")),
        ("Exercises", "", "", ("recall: a name",)),
    ]


def test_a_message_is_whole_sentences() -> None:
    assert first_sentences("One. Two. Three.", 9) == "One. Two."
    assert first_sentences(r"One. A \frac{1}{2}. Three.") == "One."


def test_every_chapter_has_its_slides(slides: Path) -> None:
    soup = BeautifulSoup(slides.read_text("utf8"), "html.parser")
    sections = soup.find_all("section")
    chapters = [path.stem for path in sorted((ROOT / "notebooks").glob("*.md"))]
    assert [s["id"] for s in sections if not s["id"].startswith("slide-")] == chapters
    assert len(sections) >= 4 * len(chapters)
    assert len(soup.find_all("img")) >= 2 * len(chapters)
    assert [i for i in soup.find_all("img") if not i["src"].startswith("data:")] == []
    for section in sections:
        assert section.find(["h1", "h2"]).get_text(strip=True)
        image, text = section.img, section.find(["p", "li"])
        assert len(image["alt"]) > 60 if image else text.get_text(strip=True)
        assert not image or not text or len(text.get_text()) <= LONGEST


def test_every_question_of_a_chapter_is_on_a_slide(site: Path) -> None:
    for path in sorted((ROOT / "notebooks").glob("*.md")):
        slides = list(chapter_slides(site / "notebooks" / f"{path.stem}.html"))
        asked = len(GUESS.findall(path.read_text("utf8")))
        assert sum(slide.asks for slide in slides) == asked, path.stem


def test_there_are_as_many_slides_as_the_teacher_is_told(site: Path) -> None:
    guide = (ROOT / "book" / "instructors.md").read_text("utf8")
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", guide.partition("(slides)=")[2], re.MULTILINE)
    told = {kind.split()[1].strip(","): int(n) for kind, n in rows}
    made: Counter[str] = Counter()
    for path in sorted((site / "notebooks").glob("[0-9]*.html")):
        for slide in chapter_slides(path):
            figure = "figure" if slide.image else "table" if slide.table else "answer"
            kind = {"Summary": "summary", "Exercises": "list"}.get(slide.title, figure)
            made["title" if slide.opens else "question" if slide.asks else kind] += 1
    assert told == made
    assert f"there are {sum(told.values()) + 1}:" in guide  # with the contents


def test_nothing_overflows_and_nothing_is_loaded(page) -> None:
    sections = page.locator("section")
    assert sections.count() > 50
    assert sections.evaluate_all(OUTSIDE) == []


def test_a_slide_that_overflows_is_seen(page) -> None:
    page.evaluate("document.querySelector('section p').style.fontSize = '300px'")
    assert page.locator("section").evaluate_all(OUTSIDE) != []


def test_arrow_keys_turn_the_slides(page) -> None:
    def now() -> int:
        page.wait_for_timeout(100)
        return page.evaluate("Math.round(scrollY / innerHeight)")

    last = page.locator("section").count() - 1
    seen = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "PageDown", "Home"):
        page.keyboard.press(key)
        seen.append(now())
    assert seen == [0, 1, 2, 1, last, last, 0]
    page.get_by_role("link").nth(2).click()
    page.wait_for_timeout(100)
    chapter = page.locator("section").nth(now())
    assert re.match("03 ", chapter.inner_text())


def test_a_printed_page_holds_one_slide(page) -> None:
    document = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == page.locator("section").count()
