"""Printed from either theme, a page loses nothing: read back from the PDF by Firefox's viewer."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import visiting
from firefox import Firefox

NAMES = ["notebooks/08_band_gaps.html", "notebooks/11_findings.html"]
# What a reader of the page sees: texts, cells, code; and the solutions, which are folded there.
TEXTS = """() => {
  const kinds = ['p', 'li', 'td', 'th', 'h2', 'h3', '.cell_input:not(.tl-source *) pre'];
  const all = [...document.querySelectorAll(kinds.map((kind) => `article ${kind}`).join())];
  const folded = '.tl-source, .tl-page details, summary, svg, mjx-container';
  return all.filter((e) => !e.closest(folded) && !e.querySelector('mjx-container, ul, ol, p'))
    .map((e) => e.innerText || e.textContent);
}"""
READ = """(async () => {
  for (let i = 0; i < 400 && !window.PDFViewerApplication?.pdfDocument; i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const pdf = PDFViewerApplication.pdfDocument;
  const pages = [];
  for (let i = 1; i <= pdf.numPages; i++) {
    const page = await pdf.getPage(i);
    const items = (await page.getTextContent()).items.filter((item) => item.str.trim());
    const ends = items.map((item) => item.transform[4] + item.width);
    pages.push([items.map((item) => item.str).join(''), Math.max(0, ...ends), page.view[2]]);
  }
  return pages;
})()"""


def squeezed(text: str) -> str:
    """Without what a line break, a ligature or a sign for a link changes."""
    text = text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff").replace("ﬃ", "ffi")
    return re.sub(r"[\s#\u00ad\u200b]", "", text)


def pieces(text: str, printed: str) -> int:
    """Return in how many pieces a text is found: one more where a page ends within."""
    count = 0
    while text:
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if text[:middle] in printed else (low, middle - 1)
        if not low:
            return len(text) + count
        text, count = text[low:], count + 1
    return count


def test_a_lost_line_is_seen() -> None:
    assert pieces("abcdef", "xabcdefx") == 1
    assert pieces("abcdef", "defxabc") == 2
    assert pieces("abcdef", "abcx") > 3


@pytest.fixture(scope="module", params=NAMES)
def prints(request, browser, site: Path, tmp_path_factory) -> dict[str, tuple[Path, list[str]]]:
    """Print a page from both themes: the file, and what should be in it."""
    folder, made = tmp_path_factory.mktemp("prints"), {}
    for scheme in ("light", "dark"):
        with visiting(browser, site.as_uri(), color_scheme=scheme) as visit:
            page = visit.open(request.param)
            texts = page.evaluate(TEXTS)
            made[scheme] = folder / f"{scheme}.pdf", texts
            page.pdf(path=made[scheme][0], format="A4")
    return made


def read(firefox: Firefox, path: Path) -> list:
    """Return the text of each page of a PDF, where its lines end, and its width."""
    firefox.faults.clear()
    firefox.load(path.as_uri())
    pages = firefox.run(READ)
    assert firefox.faults == []
    return pages


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_print_loses_nothing(firefox: Firefox, prints: dict, scheme: str) -> None:
    path, texts = prints[scheme]
    pages = read(firefox, path)
    printed = squeezed("".join(text for text, _, _ in pages))
    assert len(texts) > 100
    assert [text for text in texts if pieces(squeezed(text), printed) > 2] == []
    counts = Counter(filter(None, map(squeezed, texts)))
    assert [text for text, n in counts.items() if n > 2 and printed.count(text) < n] == []
    assert [end for _, end, width in pages if end > width - 10] == []


def test_both_themes_print_the_same(firefox: Firefox, prints: dict) -> None:
    assert prints["light"][1] == prints["dark"][1]
    light, dark = (read(firefox, path) for path, _ in prints.values())
    assert light == dark
