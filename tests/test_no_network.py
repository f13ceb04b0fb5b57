"""nbval's notebooks run without a network (Makefile): what stands in for its absence."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT

FOLDER = "tests/no_network"


def run_without_network(code: str) -> subprocess.CompletedProcess:
    """Run Python code as the Makefile runs the notebooks."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / FOLDER)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), 5)",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 80))",
        "import urllib.request as u; u.urlopen('https://example.org', timeout=5)",
        "import pandas as pd; pd.read_csv('https://example.org/table.csv')",
    ],
)
def test_what_leaves_the_machine_fails(code: str) -> None:
    done = run_without_network(code)
    assert done.returncode == 1 and "Network is unreachable" in done.stderr


def test_the_machine_itself_is_reached() -> None:
    code = """
import socket
server = socket.create_server(("127.0.0.1", 0))
for host in ("127.0.0.1", "localhost"):
    socket.create_connection((host, server.getsockname()[1]), 5).close()
print("here")
"""
    assert run_without_network(code).stdout == "here\n"


def test_a_notebook_that_leaves_the_machine_fails_as_the_makefile_runs_it(tmp_path) -> None:
    """The kernel of a notebook starts in its folder, and not where `make` was called."""
    lines = (ROOT / "Makefile").read_text("utf8").splitlines()
    (nbval,) = (line for line in lines if "--nbval-lax" in line)
    path = re.match(r"\s*PYTHONPATH=(\S+) ", nbval)[1].replace("$(CURDIR)", str(ROOT))
    for name, host in ("here", "127.0.0.1"), ("away", "192.0.2.1"):
        code = f"import socket\nsocket.socket(type=socket.SOCK_DGRAM).connect(('{host}', 80))"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": ""}
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--nbval-lax", tmp_path]
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "Network is unreachable: '192.0.2.1'" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
