"""The package's tests, with another version of Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from environments import install, new_environment, run_tests_of_the_package

PYTHONS = ("3.11", "3.12", "3.13")  # as pyproject.toml and the Makefile say


def version_of(python: str) -> str:
    """Return the version of an interpreter, such as 3.13."""
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def other_pythons() -> dict[str, str]:
    """Return the interpreters of this machine of other versions than this one."""
    named = [shutil.which(f"python{version}") for version in PYTHONS]
    found = {version_of(python): python for python in (*named, "/usr/bin/python3") if python}
    own = "{}.{}".format(*sys.version_info[:2])
    return {version: found[version] for version in PYTHONS if version in found and version != own}


@pytest.mark.full
def test_another_python(checkout: Path, tmp_path: Path) -> None:
    """The newest that the machine has; the published workflow tests all."""
    others = other_pythons()
    if not others:
        pytest.fail(f"there is no other Python of {', '.join(PYTHONS)} here: install one of them")
    commands = new_environment(tmp_path / "env", others[max(others)])
    install(commands, checkout, "--no-deps", "-r", "requirements.txt")
    install(commands, checkout, "--no-deps", "--no-build-isolation", ".")
    run_tests_of_the_package(commands, checkout)
