"""The site in Firefox: explorers answer the keyboard, no page is wider than the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import SITE, SIZES
from firefox import Firefox
from test_site import PAGES, WITH_EXPLORER

STATE = """(() => {
  const explorer = document.querySelector('.tl-explorer');
  const paths = [...explorer.querySelectorAll('.tl-panels path')].map((p) => p.getAttribute('d'));
  const shown = explorer.querySelector('input[type=range]').getAttribute('aria-valuetext');
  return [explorer.querySelector('.tl-readout').textContent, paths.join(), shown];
})()"""

pytestmark = pytest.mark.parametrize("base", ["http"], indirect=True)


@pytest.fixture(autouse=True)
def quiet(firefox: Firefox) -> Iterator[None]:
    """An error in the console, or a request that leaves the site, is a failure."""
    firefox.faults.clear()
    yield
    assert firefox.faults == []


@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_explorer_answers_the_keyboard(firefox: Firefox, base: str, name: str) -> None:
    firefox.resize(1300, 900)
    firefox.open(f"{base}/{name}")
    firefox.run("document.querySelector('.tl-explorer input[type=range]').focus()")
    firefox.press("Home")
    first = firefox.run(STATE)
    firefox.press("ArrowRight")
    second = firefox.run(STATE)
    assert all(a != b for a, b in zip(first, second, strict=True))
    firefox.press("ArrowLeft")
    assert firefox.run(STATE) == first


@pytest.fixture(scope="module")
def dark(firefox: Firefox, base: str) -> None:
    """Choose the dark theme, which the browser keeps from page to page."""
    firefox.open(f"{base}/genindex.html")
    firefox.run("['mode', 'theme'].forEach((key) => localStorage.setItem(key, 'dark'))")


@pytest.mark.parametrize("name", [page for page in PAGES if page != "index.html"])  # it redirects
@pytest.mark.usefixtures("dark")
def test_no_page_is_wider_than_the_window(firefox: Firefox, base: str, name: str) -> None:
    firefox.open(f"{base}/{name}")
    themed = "data-theme=" in (SITE / name).read_text("utf8")  # the report follows the system
    assert firefox.run("document.documentElement.dataset.theme") == ("dark" if themed else None)
    for theme in ("dark", "light") if themed else (None,):
        if theme:
            firefox.run(f"document.documentElement.dataset.theme = '{theme}'")
        for size in SIZES:
            firefox.resize(*size)
            width = firefox.run("document.documentElement.scrollWidth")
            assert width <= size[0], f"{width} px at {size}, {theme}"
