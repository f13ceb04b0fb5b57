"""Tell whether this machine is ready for the book: ``make check``, a line each, about a minute.

    python tools/check.py      # by the Python of the book's environment

Exit code 1 where something is missing; its line says what to do.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
IN_ARCHIVE = (HERE / "wheels").is_dir()  # of a classroom; else in `tools` of the repository
LOCK = HERE / "wheels" / "requirements.txt" if IN_ARCHIVE else HERE.parent / "requirements.txt"
ANEW = (
    "delete the folder env, then run python3 install.py"
    if IN_ARCHIVE
    else "delete the folder .venv, then run make env"
)
OLDEST, NEWEST = (3, 11), (3, 13)
MEMORY, DISK = 2.0, 1.0  # GB
COMPILE = (sys.executable, "-m", "tlhelpers.forests.compile")
FAR = 0.02  # the difference misses by 0.008, a forest of y alone by 0.037
SLIDER = """
from tlhelpers.book import Explorer, Frame, Panel, Series, Slider

def compute(n):
    return Frame(f"answer {n}", [Panel("a", "x", "y", [Series("s", "#0072b2", [0, 1], [0, n])])])

explorer = Explorer(compute, [Slider("n", "n", [1, 2])], title="A slider")
"""


class NotReady(Exception):
    """What is wrong, and what to do."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(f"{found}. What to do: {remedy}")


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> str:
    """Compare the version of Python with those that the book runs on."""
    found, oldest, newest = (".".join(map(str, v)) for v in (version, OLDEST, NEWEST))
    if not OLDEST <= version[:2] <= NEWEST:
        raise NotReady(f"{found}, but {oldest} to {newest} is needed", f"install one, and {ANEW}")
    return found


def check_packages(lock: Path = LOCK) -> str:
    """Compare the installed versions with the locked ones."""
    from packaging.requirements import Requirement

    lines = [line.rstrip(" \\") for line in lock.read_text("utf8").splitlines()]
    pins = [Requirement(line) for line in lines if line[:1].isalnum()]
    asked = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    wrong = []
    for pin in asked:
        try:
            own = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            own = "missing"
        if f"=={own}" != str(pin.specifier):
            wrong.append(f"{pin.name} {own} instead of {str(pin.specifier)[2:]}")
    if wrong or not asked:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise NotReady(", ".join(wrong[:3]) + more or f"{lock} pins nothing", ANEW)
    return f"{len(asked)} in the locked versions"


def check_memory(needed: float = MEMORY) -> str:
    """Compare the memory that is free with what a chapter takes."""
    import psutil

    free = psutil.virtual_memory().available / 1e9
    if free < needed:
        raise NotReady(f"{free:.1f} GB free, {needed:.0f} are needed", "close other programs")
    return f"{free:.1f} GB free"


def check_disk(needed: float = DISK) -> str:
    """Compare the room on the disk with what notebooks and their caches take."""
    free = shutil.disk_usage(HERE).free / 1e9
    if free < needed:
        raise NotReady(f"{free:.1f} GB free, {needed:.0f} is needed", "delete what you can spare")
    return f"{free:.1f} GB free"


def check_forest(command: Sequence[str] = COMPILE) -> str:
    """Compile the forest where that was not done, and time the first fit of a new process."""
    for _ in range(2):  # the first compiles, and says so
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode:
            raise NotReady((done.stderr.splitlines() or ["it stops"])[-1], ANEW)
        if "tlhelpers: " not in done.stderr:
            return f"compiled, a first fit takes {seconds:.1f} s"
    raise NotReady(
        f"a first fit takes {seconds:.0f} s, as what was compiled is not kept",
        "set the environment variable NUMBA_CACHE_DIR to a folder that you can write to",
    )


def check_fit() -> str:
    """Fit a difference to 60 made-up rows, in which z is the target but for a line in x."""
    import numpy as np
    import pandas as pd

    from tlhelpers import DifferenceForest

    x = np.linspace(0, 1, 60)
    z = np.sin(12 * x)
    Y = pd.DataFrame({"y": z + 2 * x, "z": z})
    model = DifferenceForest("y", "z", n_estimators=50, random_state=0)
    answer = model.fit(x[:, None], Y).predict(x[:, None], known=Y[["z"]])
    error = float(np.sqrt(np.mean((answer - Y["y"]) ** 2)))
    if not error < FAR:
        raise NotReady(f"the answers miss by {error:.3g}, not by less than {FAR}", ANEW)
    return f"right to {error:.3f} where the labels spread by {Y['y'].std():.1f}"


def check_kernel() -> str:
    """Start a kernel, make an explorer in it, move its slider, and wait for the answer."""
    from jupyter_client.manager import start_new_kernel

    start = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60, **quiet)
    try:
        opened: list[str] = []

        def listen(message: dict) -> None:
            if message["msg_type"] == "comm_open":
                opened.append(message["content"]["comm_id"])

        reply = client.execute_interactive(SLIDER, timeout=60, output_hook=listen)["content"]
        if reply["status"] == "error":
            raise NotReady(f"{reply['ename']}: {reply['evalue']}", ANEW)
        if not opened:
            raise NotReady("no slider appears", ANEW)
        move = {"method": "update", "state": {"selection": [1]}, "buffer_paths": []}
        content = {"comm_id": opened[-1], "data": move}
        client.shell_channel.send(client.session.msg("comm_msg", content))
        while "answer 2" not in str(client.get_iopub_msg(timeout=20)):
            pass
    except queue.Empty:
        raise NotReady("the slider does not answer within 20 s", ANEW) from None
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return f"starts, and a slider answers, in {time.perf_counter() - start:.1f} s"


CHECKS: dict[str, Callable[[], str]] = {
    "Python": check_python,
    "packages": check_packages,
    "memory": check_memory,
    "disk": check_disk,
    "forest": check_forest,
    "fit": check_fit,
    "kernel": check_kernel,
}


def main(checks: dict[str, Callable[[], str]] = CHECKS) -> int:
    """Print a line a check; return 0 where the machine is ready, else 1."""
    failed = 0
    for name, check in checks.items():
        try:
            print(f"ok      {name:9} {check()}", flush=True)
        except Exception as error:  # whatever it is, the other lines are worth reading
            failed += 1
            known = isinstance(error, NotReady)
            words = error if known else f"{type(error).__name__}: {error}. What to do: {ANEW}"
            print(f"NOT OK  {name:9} {words}", flush=True)
    print("Not ready." if failed else "Ready.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
