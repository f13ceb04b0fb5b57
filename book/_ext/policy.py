"""Sphinx extension: each page carries a policy that lets only its own scripts run."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

LAST = 900  # after the redirect of the front page is written
META = '\n<meta http-equiv="Content-Security-Policy" content="{}">'
OLD = re.compile(META.format('[^"]*'))  # of an earlier build
CHARSET = re.compile(r"<meta charset=[^>]*>", re.IGNORECASE)
SELF = "'self' file:"  # without a server, a page is not of one origin with its own files
POLICY = {
    "default-src": SELF,  # a browser may fetch the next page ahead
    "object-src": "'none'",
    "script-src": SELF,
    "style-src": f"{SELF} 'unsafe-inline'",  # formulas and figures bring their styles
    "img-src": f"{SELF} data:",
    "font-src": SELF,
    "connect-src": SELF,
    "frame-src": SELF,
    "form-action": "'self'",
    "base-uri": "'none'",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("build-finished", write_policies, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_policies(app: Sphinx, exception: Exception | None) -> None:
    """Give each page its policy."""
    if exception or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        if "_static" not in page.parts:
            text = OLD.sub("", page.read_text("utf8"))
            page.write_text(insert(META.format(policy_of(text)), text), "utf8")


def insert(meta: str, text: str) -> str:
    """Put an element behind that of the encoding, which has to stand first; or at the start."""
    found = CHARSET.search(text)
    place = found.end() if found else 0
    return text[:place] + meta + text[place:]


def policy_of(text: str) -> str:
    """Return the policy of a page: what its inline scripts and handlers say is known by hash."""
    page = Inline()
    page.feed(text)
    allowed = [*map(_hash, sorted(page.scripts)), *map(_hash, sorted(page.handlers))]
    if page.handlers:
        allowed.append("'unsafe-hashes'")
    policy = POLICY | {"script-src": " ".join([POLICY["script-src"], *allowed])}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class Inline(HTMLParser):
    """Collects what inline scripts and handlers of a page say; a tree of it would take longer."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: set[str] = set()
        self.handlers: set[str] = set()
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep handlers; begin an inline script."""
        self.handlers |= {code or "" for name, code in attrs if name.startswith("on")}
        if tag == "script" and not dict(attrs).get("src"):
            self._script = []

    def handle_data(self, data: str) -> None:
        """Go on with the script."""
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Keep the script."""
        if tag == "script" and self._script is not None:
            self.scripts.add("".join(self._script))
            self._script = None


def _hash(code: str) -> str:
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"'sha256-{digest}'"
