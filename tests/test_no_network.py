"""nbval's notebooks run without a network (Makefile): what stands in for its absence."""

from __future__ import annotations

import os
import subprocess
import sys

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


def test_the_makefile_runs_the_notebooks_so() -> None:
    lines = (ROOT / "Makefile").read_text("utf8").splitlines()
    (nbval,) = (line for line in lines if "--nbval-lax" in line)
    assert f"PYTHONPATH={FOLDER} " in nbval
