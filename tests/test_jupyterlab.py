"""A real JupyterLab: arrow keys move the slider, the kernel answers, the figure changes."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import nbformat
import pytest
from conftest import ROOT
from playwright.sync_api import Locator, Page

CELL = """
import time
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from tlhelpers.book import Explorer, Frame, Panel, Series, Slider

X, y = load_diabetes(return_X_y=True)
asked = []

def compute(n):
    asked.append(n)
    if n > 220:
        time.sleep(0.4)
    if n == 400:
        raise ZeroDivisionError("too many labels")
    forest = RandomForestRegressor(10, random_state=0).fit(X[:n], y[:n])
    predicted = forest.predict(X[-50:])
    series = Series("held out", "#0072b2", y[-50:], predicted, kind="points")
    panel = Panel("Parity", "measured", "predicted", [series], diagonal=True)
    return Frame(f"{n} labels, fit {len(asked)}", [panel])

Explorer(compute, [Slider("n", "Labels", range(20, 420, 20))], title="Live")
"""
MOVE = """() => {
  const readout = document.querySelector('.tl-readout');
  const before = readout.textContent;
  window.moved = new Promise((done, fail) => {
    setTimeout(() => fail(new Error('the explorer did not move in a minute')), 60_000);
    document.querySelector('.tl-explorer input[type=range]').addEventListener('keydown', () => {
      const start = performance.now();
      new MutationObserver((_, observer) => {
        if (readout.textContent === before) return;
        observer.disconnect();
        done(performance.now() - start);
      }).observe(readout, { childList: true, characterData: true, subtree: true });
    }, { once: true, capture: true });
  });
}"""


def chapter_08() -> str:
    """Return the cells of the chapter that its explorer needs, as one."""
    cells = nbformat.read(ROOT / "notebooks/08_band_gaps.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    parts = ["tl.band_gap_study()", "= hold_out_rows(", '"band_gaps_curve"', "= replace(dev"]
    parts += ['"band_gaps_curve_verdicts"', "small = {", "= training_size_explorer("]
    return "\n".join(next(source for source in code if part in source) for part in parts)


@pytest.fixture
def lab(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve one notebook from a JupyterLab with settings of its own; yield its address."""
    source = request.param()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "live.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    environment = os.environ | {
        "HOME": str(tmp_path),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "PYTHONPATH": str(ROOT),
        "TLHELPERS_STATIC": "0",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={tmp_path}"]
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=2)
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "lab.log").read_text()
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/live.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(30)


def run_first_cell(page: Page, address: str) -> Locator:
    """Open the notebook, run its cell, and return the first slider."""
    page.goto(address)
    page.wait_for_selector(".jp-CodeCell .cm-content", timeout=90_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    slider = page.locator(".tl-explorer input[type=range]").first
    slider.wait_for(timeout=90_000)
    return slider


@pytest.mark.full
@pytest.mark.parametrize("lab", [chapter_08], indirect=True, ids=["chapter 08"])
def test_the_slider_of_chapter_08_retrains(browser, lab: str, record_property) -> None:
    """From 50 labels to the left end, then to the right: five sizes, each trained once."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    slider = run_first_cell(page, lab)
    slider.focus()
    times, drawings, readouts = [], [], []
    for key in ["ArrowLeft"] + ["ArrowRight"] * 4:
        page.evaluate(MOVE)
        page.keyboard.press(key)
        times.append(page.evaluate("window.moved"))
        drawings.append(page.locator(".tl-panels").inner_html())
        readouts.append(page.locator(".tl-readout").inner_text())
    first = [0, 2, 3, 4]  # the other returns to a size that is remembered
    trained = [times[i] for i in first]
    assert len(set(drawings)) == len(set(readouts)) == 5
    assert "Over 20 draws, stack, warm, 235 labels:" in readouts[-1]
    record_property("median_ms", median(trained))
    print(f"chapter 08: median {median(trained):.0f} ms, slowest {max(trained):.0f} ms, {trained}")
    context.close()


@pytest.mark.full
@pytest.mark.parametrize("lab", [lambda: CELL], indirect=True, ids=["any function"])
def test_arrow_keys_retrain_in_jupyterlab(browser, lab: str, record_property) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    slider = run_first_cell(page, lab)
    assert page.locator(".tl-readout").inner_text().startswith("20 labels")
    slider.focus()

    def drawing() -> str:
        return page.locator(".tl-panels").inner_html()

    times = []
    for _ in range(10):
        before = drawing()
        page.evaluate(MOVE)
        page.keyboard.press("ArrowRight")
        times.append(page.evaluate("window.moved"))
        assert drawing() != before
    assert page.locator(".tl-readout").inner_text().startswith("220 labels")
    record_property("median_ms", median(times))
    print(f"JupyterLab: median {median(times):.0f} ms, slowest {max(times):.0f} ms of ten moves")

    # A burst of keys while the kernel works: the first and the last position are computed.
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.locator(".tl-status").inner_text() == "retraining…"
    assert page.locator(".tl-explorer [aria-busy=true]").count() == 1
    page.locator(".tl-readout", has_text="320 labels, fit 13").wait_for()
    assert page.locator(".tl-explorer [aria-busy=true]").count() == 0

    page.keyboard.press("End")
    alert = page.locator(".tl-error")
    alert.wait_for()
    assert alert.inner_text() == "ZeroDivisionError: too many labels"
    page.keyboard.press("Home")
    page.locator(".tl-readout", has_text="20 labels, fit 1").wait_for()
    assert alert.is_hidden()
    context.close()
