"""What the project is made of and how it is published."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from conftest import ROOT
from packaging.requirements import Requirement

BIN = Path(sys.executable).parent


def test_the_workflows_have_no_known_fault():
    """zizmor: actions pinned by commit, least permissions, no credentials left behind."""
    command = [BIN / "zizmor", "--offline", "--persona", "pedantic", ROOT / ".github" / "workflows"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_is_the_same_bytes_twice(tmp_path):
    built = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        command = [BIN / "uv", "build", "--wheel", "--no-build-isolation", "--offline"]
        subprocess.run([*command, "--out-dir", folder, ROOT], check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        built.append((wheel.name, wheel.read_bytes()))
    assert built[0] == built[1]


def test_each_direct_dependency_says_why_it_is_there():
    lines = (ROOT / "requirements.in").read_text().splitlines()
    asked = [line for line in lines if line and not line.startswith("#")]
    assert not [line for line in asked if " # " not in line]
    text = (ROOT / "pyproject.toml").read_text()
    for name in tomllib.loads(text)["project"]["dependencies"]:
        assert re.search(rf'"{re.escape(name)}", # \w', text), name


def test_every_locked_package_has_its_hashes():
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    locked = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(locked) > 50 and all("==" in line and "--hash=sha256:" in line for line in locked)


def test_the_bill_of_materials_holds_every_locked_package_and_no_licence_that_binds():
    """Licences that ask a whole work to be under the same one: docutils offers it for one file."""
    command = [BIN / "cyclonedx-py", "environment", "--output-format", "JSON", BIN.parent]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    listed = {part["name"].lower(): part for part in json.loads(done.stdout)["components"]}
    lines = [line.rstrip(" \\") for line in (ROOT / "requirements.txt").read_text().splitlines()]
    locked = [Requirement(line) for line in lines if re.match(r"[a-z0-9]", line)]
    asked = [pin for pin in locked if pin.marker is None or pin.marker.evaluate()]
    plain = {re.sub(r"[-_.]+", "-", name): part for name, part in listed.items()}
    wrong = [pin.name for pin in asked if f"=={plain[pin.name]['version']}" != str(pin.specifier)]
    assert len(asked) > 100 and wrong == []
    licences = {name: json.dumps(part.get("licenses", [])) for name, part in plain.items()}
    binding = {name for name, text in licences.items() if re.search(r"\bA?GPL|GNU (Aff|Gen)", text)}
    assert binding <= {"docutils"}
