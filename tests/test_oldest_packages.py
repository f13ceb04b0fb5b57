"""The package's tests, with the oldest packages that it allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from environments import UV, install, new_environment, run, run_tests_of_the_package


@pytest.mark.full
def test_the_oldest_packages(checkout: Path, tmp_path: Path) -> None:
    oldest = tmp_path / "oldest.txt"
    how = ["--resolution", "lowest-direct", "--all-extras", "--output-file", oldest]
    run([UV, "pip", "compile", "--quiet", *how, "pyproject.toml"], checkout)
    assert "numpy==2.0.0" in oldest.read_text().splitlines()  # what pyproject.toml allows at least
    commands = new_environment(tmp_path / "env")
    install(commands, checkout, "-r", oldest, "pytest", "hypothesis")
    install(commands, checkout, "--no-deps", ".")
    run_tests_of_the_package(commands, checkout)
