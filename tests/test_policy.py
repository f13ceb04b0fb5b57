"""The policy of the pages: their own scripts run, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import load_extension
from test_site import PAGES, WITH_EXPLORER, WITH_FORMULAS

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
INTRUDERS = [  # each tells its number
    "<script>ran.push(0)</script>",
    '<script type="module">ran.push(1)</script>',
    '<script src="data:text/javascript,ran.push(2)"></script>',
    '<img src="none.png" onerror="ran.push(3)">',
    '<img src="none.png" onerror="window.print(4)">',  # a handler of our own elsewhere, changed
]


def directives(text: str) -> dict[str, list[str]]:
    """Return what a page allows, by kind."""
    (policy,) = POLICY.findall(text)
    return {name: values for name, *values in map(str.split, policy.split(";"))}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_allows_its_own_scripts_only(site: Path, page: str) -> None:
    allowed = directives((site / page).read_text("utf8"))
    assert set(allowed["default-src"]) == {"'self'", "file:"}
    assert allowed["object-src"] == allowed["base-uri"] == ["'none'"]
    others = {s for s in allowed["script-src"] if not s.startswith("'sha256-")}
    assert others <= {"'self'", "file:", "'unsafe-hashes'"}


def serving(site: Path, changed: dict[str, str]) -> Callable:
    """Return what answers requests with the site, in which some pages are changed."""

    def answer(route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/")
        if path in changed:
            route.fulfill(body=changed[path], content_type="text/html")
        elif (site / path).is_file():
            route.fulfill(path=site / path)
        else:
            route.fulfill(status=404)

    return answer


def test_an_added_script_does_not_run(browser, site: Path) -> None:
    """The same page without a policy runs each: the test sees what it looks for."""
    name = next(page for page in WITH_EXPLORER if page in WITH_FORMULAS)
    text = (site / name).read_text("utf8")
    changed = text.replace("<article", f"{''.join(INTRUDERS)}<article", 1)
    assert changed != text
    ran, blocked = [], []
    for content in (changed, POLICY.sub("", changed)):
        page = browser.new_page()
        page.route("**/*", serving(site, {name: content}))
        page.add_init_script(
            "window.ran = []; window.print = (it) => { ran.push(it) };"
            "window.blocked = 0;"
            "addEventListener('securitypolicyviolation', () => window.blocked++);"
        )
        page.goto(f"http://book.test/{name}", wait_until="networkidle")
        ran.append(sorted(page.evaluate("ran")))
        blocked.append(page.evaluate("blocked"))
        page.close()
    everyone = [*range(len(INTRUDERS))]
    assert ran == [[], everyone] and blocked == [len(everyone), 0]


def test_text_is_not_evaluated(visit) -> None:
    page = visit.open(WITH_EXPLORER[0])
    blocked = page.evaluate(
        """() => new Promise((done) => {
          addEventListener('securitypolicyviolation', (event) => done(event.blockedURI));
          const button = document.createElement('button');
          document.body.append(button);
          button.addEventListener('click', () => { try { setTimeout('1', 0) } catch {} });
          button.click();
        })"""
    )
    assert blocked == "eval"
    visit.faults[:] = [fault for fault in visit.faults if "unsafe-eval" not in fault]


def test_hashes_are_those_of_the_standard() -> None:
    policy = load_extension("policy")
    text = "<script>alert('Hello, world.');</script><script src='a.js'></script>"
    found = policy.policy_of(text)  # the example of Content Security Policy Level 3, section 8.2
    assert "script-src 'self' file: 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';" in found
    code = "a('x') && b()"
    handler = policy.policy_of(f'<p onclick="{escape(code)}"><br onload="">')
    told = [base64.b64encode(hashlib.sha256(c.encode()).digest()).decode() for c in ("", code)]
    assert f"script-src 'self' file: 'sha256-{told[0]}' 'sha256-{told[1]}' 'unsafe-hashes';" in (
        handler
    )
    assert policy.insert("<m>", '<html><meta charset="utf-8"><p>') == (
        '<html><meta charset="utf-8"><m><p>'
    )
    assert policy.insert("<m>", "<p>") == "<m><p>"
    once = policy.insert(policy.META.format(policy.policy_of(text)), text)
    assert policy.OLD.sub("", once) == text != once
