"""Sphinx extension: each page carries a policy that lets only its own scripts run."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
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
    tags = BeautifulSoup(text, "html.parser").find_all(True)
    scripts = {tag.string or "" for tag in tags if tag.name == "script" and not tag.get("src")}
    handlers = {code for tag in tags for name, code in tag.attrs.items() if name.startswith("on")}
    allowed = [*map(_hash, sorted(scripts)), *map(_hash, sorted(handlers))]
    if handlers:
        allowed.append("'unsafe-hashes'")
    policy = POLICY | {"script-src": " ".join([POLICY["script-src"], *allowed])}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _hash(code: str) -> str:
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"'sha256-{digest}'"
