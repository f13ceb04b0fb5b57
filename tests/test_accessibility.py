"""axe-core on every page of the site, light and dark: it finds nothing."""

from __future__ import annotations

import pytest
from conftest import visiting
from test_site import PAGES

SETTINGS = {"resultTypes": ["violations"], "preload": False}  # it would fetch the style sheets
COLORS = ["color-contrast", "link-in-text-block"]  # a theme changes nothing else
ONLY = {"dark": {"runOnly": {"type": "rule", "values": COLORS}}}


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser, site, name: str, scheme: str) -> None:
    with visiting(browser, site.as_uri(), color_scheme=scheme) as visit:
        page = visit.open(name)
        for folded in page.locator("article details").all():
            folded.evaluate("element => { element.open = true }")
        assert violations(page, scheme) == []


def violations(page, scheme: str) -> list[str]:
    """Return what axe finds on a page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=SETTINGS | ONLY.get(scheme, {})).response["violations"]
    return [
        f"{v['id']}: {node['html'][:200]} {node['failureSummary']}"
        for v in found
        for node in v["nodes"]
    ]


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pale_text_is_found_in_both_themes_and_a_missing_name_in_one(browser, site, scheme) -> None:
    with visiting(browser, site.as_uri(), color_scheme=scheme) as visit:
        page = visit.open("index.html")
        page.add_style_tag(content="article p { color: #888 !important; background: #999 }")
        page.evaluate("document.querySelector('article').append(document.createElement('button'))")
        named = {found.partition(":")[0] for found in violations(page, scheme)}
    assert "color-contrast" in named and ("button-name" in named) == (scheme == "light")
