"""`make check`: a line each, a remedy where something is broken, and the exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import tlhelpers
from tools import check

COMPILES_EACH_TIME = (sys.executable, "-c", "import sys; sys.stderr.write('tlhelpers: compiling')")


def run_check(**variables: str) -> tuple[int, list[str]]:
    command = [sys.executable, str(ROOT / "tools" / "check.py")]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


def test_this_machine_is_ready() -> None:
    code, lines = run_check()
    assert code == 0 and lines[-1] == "Ready."
    assert [line.split()[:2] for line in lines[:-1]] == [["ok", name] for name in check.CHECKS]


def test_a_broken_widget_library_is_named_and_the_other_lines_still_come(tmp_path: Path) -> None:
    (tmp_path / "anywidget.py").write_text("raise ImportError('broken')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", str(ROOT))])
    code, lines = run_check(PYTHONPATH=path)
    assert code == 1 and lines[-1] == "Not ready."
    bad = [line for line in lines if line.startswith("NOT OK")]
    assert len(bad) == 1 and len(lines) == len(check.CHECKS) + 1
    assert "kernel" in bad[0] and "explorers need more packages" in bad[0]
    assert "What to do: delete the folder .venv" in bad[0]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda: check.check_python((3, 10, 2)), "3.10.2, but 3.11 to 3.13 is needed"),
        (lambda: check.check_python((3, 14, 0)), "3.14.0, but"),
        (lambda: check.check_memory(1e6), "GB free, 1000000 are needed. What to do: close"),
        (lambda: check.check_disk(1e9), "GB free, 1000000000 is needed. What to do: delete"),
        (
            lambda: check.check_forest(COMPILES_EACH_TIME),
            "not kept. What to do: set .* NUMBA_CACHE_DIR",
        ),
    ],
)
def test_a_check_that_fails_says_what_to_do(broken, words: str) -> None:
    with pytest.raises(check.NotReady, match=words):
        broken()


def test_another_version_and_a_missing_package_are_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    pins = ["numpy==1.0.0 \\", "    --hash=sha256:00", "not-there==2 ; sys_platform != 'x' \\"]
    lock.write_text("\n".join([*pins, "elsewhere==1 ; sys_platform == 'x' \\"]))
    with pytest.raises(check.NotReady) as error:
        check.check_packages(lock)
    assert "instead of 1.0.0, not-there missing instead of 2. What to do" in str(error.value)
    assert "elsewhere" not in str(error.value)
    lock.write_text("")
    with pytest.raises(check.NotReady, match="pins nothing"):
        check.check_packages(lock)


def test_a_forest_that_answers_wrongly_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(tlhelpers.DifferenceForest):
        def predict(self, X, **options):
            return super().predict(X, **options) + 0.3

    class Alone(tlhelpers.DifferenceForest):
        """What a forest of the target says, which the known labels do not help."""

        def fit(self, X, Y):
            self.alone = tlhelpers.SingleTaskForest("y", n_estimators=50, random_state=0).fit(X, Y)
            return super().fit(X, Y)

        def predict(self, X, known):
            return self.alone.predict(X)

    for broken, words in [(Wrong, r"miss by 0\.[23]"), (Alone, r"miss by 0\.03")]:
        monkeypatch.setattr(tlhelpers, "DifferenceForest", broken)
        with pytest.raises(check.NotReady, match=words):
            check.check_fit()
        monkeypatch.undo()


def test_a_kernel_without_a_slider_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "SLIDER", "1")
    with pytest.raises(check.NotReady, match="no slider appears"):
        check.check_kernel()


def test_an_error_of_any_kind_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    def breaks() -> str:
        raise ZeroDivisionError("by zero")

    assert check.main({"a": breaks, "b": lambda: "fine"}) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("NOT OK  a         ZeroDivisionError: by zero. What to do: ")
    assert second == "ok      b         fine" and last == "Not ready."
