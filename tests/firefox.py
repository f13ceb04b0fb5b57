"""A small client of Firefox, by WebDriver BiDi: no driver, one connection, no network."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from conftest import OPEN_FURTHER
from websocket import WebSocketTimeoutException, create_connection

PREFERENCES = {  # only what a test serves can be reached
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "ui.prefersReducedMotion": 1,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "browser.startup.page": 0,
}
INSIDE = ("data:", "blob:", "about:", "chrome:", "resource:")
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Home": "\ue011", "End": "\ue010"}
EVENTS = ["log.entryAdded", "network.beforeRequestSent"]


class Firefox:
    """One window. `faults` collects errors of the console and requests that leave `allowed`."""

    def __init__(self, program: str, folder: Path) -> None:
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        folder.joinpath("user.js").write_text("\n".join(lines), "utf8")
        self.log = (folder / "log").open("w+")
        command = [program, "--headless", "--remote-debugging-port", "0", "--profile", str(folder)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.faults: list[str] = []
        self.allowed = "http://127.0.0.1"
        self.count = 0
        self.socket = create_connection(self._address() + "/session", suppress_origin=True)
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=EVENTS)
        tree = self._send("browsingContext.getTree")
        self.context = tree["contexts"][0]["context"]

    def open(self, url: str) -> None:
        """Open a page and wait until it has loaded, its formulas are drawn and all is unfolded."""
        self.load(url)
        self.run("window.MathJax?.startup?.promise?.then(() => null)")
        self.run(OPEN_FURTHER)

    def load(self, url: str) -> None:
        """Open a file of any kind."""
        self._send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def resize(self, width: int, height: int) -> None:
        """Set the size of the viewport."""
        viewport = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=self.context, viewport=viewport)

    def run(self, script: str) -> Any:
        """Return the value of an expression, or of its promise; as JSON."""
        text = f"(async () => JSON.stringify(await ({script})) ?? 'null')()"
        target = {"context": self.context}
        found = self._send("script.evaluate", expression=text, target=target, awaitPromise=True)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def press(self, key: str) -> None:
        """Press a key and wait for the next frame."""
        strokes = [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
        self._send("input.performActions", context=self.context, actions=actions)
        self.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def _address(self) -> str:
        for _ in range(600):
            self.log.seek(0)
            if found := re.search(r"BiDi listening on (ws://\S+)", self.log.read()):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"Firefox did not start: {self.log.read()[-2000:]}")

    def _send(self, method: str, **parameters: Any) -> dict:
        self.count += 1
        self.socket.settimeout(60)
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            try:
                answer = json.loads(self.socket.recv())
            except WebSocketTimeoutException:
                raise TimeoutError(f"Firefox does not answer {method} {parameters}") from None
            if answer.get("type") == "event":
                self._note(answer["method"], answer["params"])
            elif answer["type"] == "error":
                raise RuntimeError(f"{method}: {answer['message']}")
            elif answer["id"] == self.count:
                return answer["result"]

    def _note(self, event: str, what: dict) -> None:
        if event == "log.entryAdded" and what["level"] == "error":
            self.faults.append(f"console: {what['text']}")
        elif event == "network.beforeRequestSent":
            url = what["request"]["url"]
            if not url.startswith((self.allowed, *INSIDE)):
                self.faults.append(f"asks for {url}")
