"""References: DOIs have their form, what a page cites stands in the bibliography, and once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = sorted([*(ROOT / "notebooks").glob("*.md"), *(ROOT / "book").glob("*.md")])
BIBLIOGRAPHY = (ROOT / "book" / "references.bib").read_text("utf8")
FORM = re.compile(r"10\.\d{4,9}/\S+[\w)]")
IN_LINK = re.compile(r"\]\(https?://(?:dx\.)?doi\.org/([^\s]*?)\)(?=[\s:.,;)]|$)", re.MULTILINE)
ENTRIES = dict(re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", BIBLIOGRAPHY, re.MULTILINE | re.DOTALL))
DOIS = {k: m[1] for k, text in ENTRIES.items() if (m := re.search(r"doi = \{(.+?)\}", text))}


def linked(text: str) -> list[str]:
    """Return what stands behind doi.org in the links of a text."""
    return IN_LINK.findall(text)


def faults(text: str) -> list[str]:
    """Return the DOIs of a text that are none, or that the bibliography lacks."""
    known = {doi.lower() for doi in DOIS.values()}
    return [d for d in linked(text) if not FORM.fullmatch(d) or d.lower() not in known]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_dois_of_a_page_are_dois_of_the_bibliography(path: Path) -> None:
    text = path.read_text("utf8")
    assert faults(text) == []
    assert len(linked(text)) == text.count("doi.org/"), "a DOI outside of a link"
    assert set(re.findall(r"\{cite\}`(\w+)`", text)) <= ENTRIES.keys()


def test_a_wrong_doi_is_seen() -> None:
    doi = DOIS["breiman2001"]
    good, bad = (
        f"[a](https://doi.org/{doi}): b",
        f"[a](https://doi.org/{doi}0), [b](https://doi.org/x).",
    )
    assert faults(good) == [] and faults(bad) == [f"{doi}0", "x"]


def test_entries_are_whole_and_stand_once() -> None:
    assert len(ENTRIES) == BIBLIOGRAPHY.count("@") and len(ENTRIES) > 30
    assert len({doi.lower() for doi in DOIS.values()}) == len(DOIS)
    assert all(FORM.fullmatch(doi) for doi in DOIS.values())
    for key, text in ENTRIES.items():
        assert f"year = {{{key[-4:]}}}" in text, key
        assert all(f"{part} = {{" in text for part in ("author", "title")), key
