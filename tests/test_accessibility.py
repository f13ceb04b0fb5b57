"""axe-core on every page of the site, light and dark: it finds nothing."""

from __future__ import annotations

import pytest
from conftest import visiting
from test_site import PAGES

SETTINGS = {"resultTypes": ["violations"], "preload": False}  # it would fetch the style sheets


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser, site, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with visiting(browser, site.as_uri(), color_scheme=scheme) as visit:
        page = visit.open(name)
        for folded in page.locator("article details").all():
            folded.evaluate("element => { element.open = true }")
        violations = Axe().run(page, options=SETTINGS).response["violations"]
    assert [
        f"{v['id']}: {node['html'][:200]} {node['failureSummary']}"
        for v in violations
        for node in v["nodes"]
    ] == []
