"""A real Chromium, and a real Firefox, that can reach nothing but what a test serves."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # the package's own tests run without playwright too
    from firefox import Firefox
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
SIZES = [(1300, 900), (520, 900), (390, 844)]  # of windows
settings.register_profile(
    "untimed", deadline=None
)  # how long an example takes hangs on the machine
settings.load_profile("untimed")  # and the parent of those below
settings.register_profile("long", max_examples=1700, print_blob=True)  # twelve tests: 20,000
settings.register_profile("few", max_examples=14)  # with other versions: tests/environments.py
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as under `make test &`; children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
LONGEST = (  # of `make test-full`, minutes each; a worker takes the next before it has ended one
    *("test_colab", "test_versions", "test_oldest_packages", "test_launch"),
    *("test_accessibility", "test_jackknife", "test_classroom"),
)
OFF = (  # of Chromium
    # two pages that each window loads for what its address bar may show below
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # what Playwright turns off by the same flag, of which the last one counts alone
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    f"--disable-features={','.join(OFF)}",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, so that no worker is left alone with one of them."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def load_extension(name: str) -> ModuleType:
    """Return an extension of the book, which is no part of a package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_program(*names: str) -> str:
    """Return the first program there is; the first is installed where we may, else a failure."""

    def find() -> str | None:
        return next(
            filter(None, (shutil.which(n) or shutil.which(n, path="/usr/bin") for n in names)), None
        )

    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update"], check=True)
        subprocess.run(["apt-get", "install", "-y", names[0]], check=True)
    return find() or pytest.fail(f"the browser tests need the package `{names[0]}`: install it")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium."""
    return find_program("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Start one Firefox for all tests."""
    from firefox import Firefox

    window = Firefox(find_program("firefox-esr", "firefox"), tmp_path_factory.mktemp("firefox"))
    yield window
    window.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start one browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail("there is no site in _build/html: run `make book` first")
    return SITE


AT_REST = """!document.querySelector('meta[http-equiv=refresh]')
    && document.readyState === 'complete' && document.fonts.status === 'loaded'
    && (!window.MathJax || MathJax.startup?.promise)"""


# What stands in a folded section is asked the same as all else.
OPEN_FURTHER = "document.querySelectorAll('.tl-further').forEach((fold) => { fold.open = true })"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        """Answer as ever, but to a browser that looks for an icon that no page names."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture(scope="session", params=["http", "file"])
def base(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Serve the site, over http and as plain files."""
    if request.param == "file":
        yield site.as_uri()
        return
    handler = functools.partial(_Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def wait_until(page: Page, expression: str) -> None:
    """Wait up to ten seconds until a JavaScript expression is true.

    Playwright's `wait_for_function` asks again by `eval`, which the pages' policy forbids.
    """
    from playwright.sync_api import Error

    for _ in range(200):
        with suppress(Error):  # a redirect takes the page away
            if page.evaluate(f"Boolean({expression})"):
                return
        page.wait_for_timeout(50)
    pytest.fail(f"not true within ten seconds: {expression}")


@dataclass
class Visit:
    """An open page, and everything it should not have done."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of the site and wait until it is at rest, after any redirect."""
        self.page.goto(f"{self.base}/{path}")  # to its load event, which waits for the images
        wait_until(self.page, AT_REST)
        self.page.evaluate("window.MathJax && MathJax.startup.promise.then(() => null)")
        self.page.evaluate(OPEN_FURTHER)
        return self.page


@contextmanager
def visiting(browser: Browser, base: str, **settings: str) -> Iterator[Visit]:
    """Open a page without network; a request or an error that nobody expects is a failure."""
    context = browser.new_context(reduced_motion="reduce", **settings)
    context.set_default_timeout(10_000)
    visit = Visit(context.new_page(), base)

    def asked(request) -> None:  # what is asked elsewhere fails as well: no name resolves
        if not request.url.startswith((base, "data:", "blob:")):
            visit.faults.append(f"asks for {request.url}")

    def failed(response) -> None:
        if response.status >= 400:
            visit.faults.append(f"{response.status} {response.url}")

    context.on("request", asked)
    context.on("requestfailed", lambda r: visit.faults.append(f"failed: {r.url[:100]}"))
    context.on("response", failed)
    visit.page.on("pageerror", lambda error: visit.faults.append(f"page error: {error}"))
    visit.page.on(
        "console", lambda m: m.type == "error" and visit.faults.append(f"console: {m.text}")
    )
    yield visit
    context.close()
    assert visit.faults == []


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    """Offer a page of the site, without network."""
    with visiting(browser, base) as visit:
        yield visit


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy the repository, as it would be cloned."""
    from environments import copy_of_the_repository

    return copy_of_the_repository(tmp_path / "checkout")
