"""axe-core on every page of the site, light and dark: it finds nothing."""

from __future__ import annotations

import pytest
from conftest import visiting, wait_until
from test_site import PAGES

SETTINGS = {"resultTypes": ["violations"], "preload": False}  # it would fetch the style sheets
SCHEMES = ("light", "dark")


def violations(page, scheme: str) -> list[str]:
    """Return what axe finds on a page in one theme."""
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)  # a page that is open follows, a report by its style
    wait_until(page, f"(document.documentElement.dataset.theme ?? '{scheme}') === '{scheme}'")
    found = Axe().run(page, options=SETTINGS).response["violations"]
    return [
        f"{v['id']}: {node['html'][:200]} {node['failureSummary']}"
        for v in found
        for node in v["nodes"]
    ]


@pytest.mark.full
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser, site, name: str) -> None:
    with visiting(browser, site.as_uri()) as visit:
        page = visit.open(name)
        for folded in page.locator("article details").all():
            folded.evaluate("element => { element.open = true }")
        found = {scheme: violations(page, scheme) for scheme in SCHEMES}
    assert found == {scheme: [] for scheme in SCHEMES}


@pytest.mark.full
def test_what_is_pale_in_one_theme_is_found_in_that_one(browser, site) -> None:
    with visiting(browser, site.as_uri()) as visit:
        page = visit.open("index.html")
        for theme, color in (("light", "#ddd"), ("dark", "#333")):
            page.add_style_tag(
                content=f"html[data-theme={theme}] article p {{ color: {color} !important }}"
            )
        page.evaluate("document.querySelector('article').append(document.createElement('button'))")
        for scheme in SCHEMES:
            found = violations(page, scheme)
            assert {"color-contrast", "button-name"} <= {told.partition(":")[0] for told in found}
            pale = next(told for told in found if told.startswith("color-contrast"))
            assert ("#dddddd" in pale) == (scheme == "light")
