"""Install the book's environment from the folder `wheels`, without network, and open JupyterLab.

    python3 install.py              # once, and again to open JupyterLab later
    python3 install.py --no-start   # install, and tell whether the machine is ready
Other options go to JupyterLab, for instance --no-browser.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENV = HERE / "env"
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile"]


def here() -> str:
    """Return what the wheels depend on: the Python version, the system, the processor."""
    major, minor = sys.version_info[:2]
    return f"Python {major}.{minor}, {sys.platform} {platform.machine()}"


def install() -> bool:
    """Make the environment, once; return whether it is new."""
    wanted = (HERE / "wheels" / "made-for.txt").read_text().strip()
    if here() != wanted:
        sys.exit(f"These wheels are for {wanted}; this is {here()}.")
    if (ENV / "ready").exists():
        return False
    print("Installing, a minute or two ...", flush=True)
    venv.create(ENV, with_pip=True, clear=True)
    wheels = ["--disable-pip-version-check", "--no-index", "--find-links", str(HERE / "wheels")]
    subprocess.run([*PIP, *wheels, "tlhelpers[book]", "jupyterlab"], check=True)
    subprocess.run([str(PYTHON), "-m", "tlhelpers.forests.compile"], check=True, cwd=HERE)
    (ENV / "ready").touch()
    return True


def check() -> int:
    """Tell whether the machine is ready; return the exit code, 0 if it is."""
    return subprocess.call([str(PYTHON), str(HERE / "check.py")], cwd=HERE)


def start(options: list[str]) -> int:
    """Open JupyterLab at the learners' notebooks."""
    lab = [str(PYTHON), "-m", "jupyterlab", f"--ServerApp.root_dir={HERE}"]
    return subprocess.call([*lab, "--LabApp.default_url=/lab/tree/learner", *options])


if __name__ == "__main__":
    new = install()
    if "--no-start" in sys.argv:
        sys.exit(check())
    if new and check():
        print("JupyterLab opens all the same; what the lines above name may fail.", flush=True)
    sys.exit(start(sys.argv[1:]))
