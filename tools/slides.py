"""Make slides of the built book, one file that needs no network: ``make slides``.

Nothing is written anew: a chapter gives its title and aims, each figure and each table of verdicts
with the heading and the sentences around it, each question that stands before one, its summary and
its exercises.

    python -m tools.slides [SITE [FILE]]
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader

from tlhelpers.book import verdict_strip

HERE = Path(__file__).resolve().parent
SITE = HERE.parent / "_build" / "html"
TARGET = HERE.parent / "_build" / "slides.html"
LONGEST = 280  # characters of a message
GUESS, ANSWER = "Guess first.", "Answer"
EXERCISE = re.compile(r"Exercise \d+ \((.+?)\): (.+)")


@dataclass
class Slide:
    """One slide: a title, then a message, points, a figure or a table of verdicts."""

    title: str
    message: str = ""
    points: tuple[str, ...] = ()
    image: str = ""
    alt: str = ""
    table: str = ""
    opens: str = ""  # a chapter's name, on its first slide
    asks: bool = False


def first(part: Tag, selector: str) -> Tag:
    """Return the first element that a selector finds."""
    found = part.select_one(selector)
    if found is None:
        raise ValueError(f"the built page has no {selector}: is it a chapter?")
    return found


def text_of(part: Tag) -> str:
    """Return the text of an element in one line, formulas without their delimiters."""
    text = re.sub(r"\\\((.*?)\\\)", r"\1", part.get_text())
    return " ".join(text.split()).removesuffix("#")


def first_sentences(text: str, longest: int = LONGEST) -> str:
    """Return the first sentences that fit; none that holds a formula a slide cannot draw."""
    kept = ""
    for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z])", text):
        if "\\" in sentence or len(f"{kept} {sentence}".strip()) > longest:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def embedded(source: Path) -> str:
    """Return an image as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(source.read_bytes()).decode()}"


def chapter_slides(page: Path) -> Iterator[Slide]:
    """Yield the slides of one built chapter."""
    article = first(BeautifulSoup(page.read_text("utf8"), "html.parser"), "article")
    chapter = text_of(first(article, "h1"))
    aims = next(p for p in article.find_all("p") if p.get_text().startswith("Objectives."))
    yield Slide(chapter, text_of(aims).removeprefix("Objectives. "), opens=page.stem)
    for section in article.find_all("section"):
        title = text_of(first(section, "h1, h2, h3, h4"))
        if title == "Summary":
            yield Slide("Summary", points=tuple(map(text_of, section.select(":scope > ul > li"))))
        elif not EXERCISE.match(title):
            yield from _figures(section, title, page.parent)
    found = [m for h in article.find_all("h3") if (m := EXERCISE.match(text_of(h)))]
    if found:
        yield Slide("Exercises", points=tuple(f"{m[1]}: {m[2]}" for m in found))


def _figures(section: Tag, title: str, folder: Path) -> Iterator[Slide]:
    """Yield the questions, the figures and the tables of verdicts of a section.

    What follows a figure is its message. A question without a figure has its answer on a slide.
    """
    waiting: Slide | None = None
    asked = False
    folded = section.select_one(":scope > details.tl-further")
    for part in (folded or section).find_all(True, recursive=False):
        solution = "tag_hide-cell" in (part.get("class") or [])
        if part.name == "section" or solution:
            continue
        image = part.select_one(".cell_output img[alt], .cell_output :is(.tl-tests, .tl-gains)")
        said = part if part.name in ("p", "details") else part.select_one(".cell_output p")
        is_answer = part.name == "details" and text_of(part).startswith(ANSWER)
        answer = part if is_answer else part.select_one(".tl-answer")  # in the fold of a result
        asks = part.name == "blockquote" and text_of(part).startswith(GUESS)
        if waiting and (image or asks or said):
            if said and not image and not waiting.message:
                waiting.message = first_sentences(text_of(said).removeprefix(ANSWER).strip())
            yield waiting
            waiting = None
        elif asked and answer and not image:
            yield Slide(title, text_of(answer).removeprefix(ANSWER).strip())
            asked = False
        if asks:
            asked = True  # the heading often tells the answer: it is left out
            yield Slide(GUESS.rstrip("."), text_of(part).removeprefix(GUESS).strip(), asks=True)
        if image:
            asked = False
            after = image.find_all_next("p")
            within = [p for p in part.select("p:not(summary p)") if p in after]
            waiting = Slide(title, first_sentences(text_of(within[0])) if within else "")
            if image.name == "table":
                waiting.table = str(image)
            else:
                waiting.image = embedded((folder / str(image["src"])).resolve())
                waiting.alt = str(image["alt"])
    if waiting:
        yield waiting


def build(site: Path = SITE) -> str:
    """Return the file of all slides.

    Parameters
    ----------
    site : pathlib.Path
        The folder of the built book.

    Returns
    -------
    str
        HTML that holds its images, its style and its script.
    """
    pages = sorted((site / "notebooks").glob("[0-9]*.html"))
    if not pages:
        sys.exit(f"there are no chapters in {site}: run `make book` first")
    slides = [slide for page in pages for slide in chapter_slides(page)]
    template = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
    style = Path(verdict_strip.__file__).with_suffix(".css").read_text("utf8")
    return template.get_template("slides.html.j2").render(slides=slides, style=style)


def main(site: Path = SITE, target: Path = TARGET) -> None:
    """Write the slides."""
    text = build(site)
    target.write_text(text, "utf8")
    print(f"{target}: {text.count('<section')} slides, {len(text) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
