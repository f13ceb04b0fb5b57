"""What numba keeps of the compiled forest, where it cannot be kept or read, in child processes.

Nothing here rests on permissions, which hold nobody who is root: a file stands where a directory
is wanted.
"""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tlhelpers
from tlhelpers.forests._engine.caching import compile_and_keep

PACKAGE = Path(tlhelpers.__file__).parent
# Grows and applies no tree but compiles one kernel, the one that applies trees.
ONE_KERNEL = """
import numpy as np
from tlhelpers.forests._engine.nodes import Tree
from tlhelpers.forests._engine.trees import apply_trees
{between}
zero, at = np.zeros((2, 1), np.uint32)
leaf = Tree(zero, np.full(1, np.inf), zero, np.full((1, 1), 7.0))
out = np.empty((1, 2, 1))
apply_trees(leaf, np.zeros(1, np.int64), np.zeros((2, 1)), at, out)
print(*out.ravel(), sum(apply_trees.stats.cache_hits.values()))
"""


@pytest.fixture
def copy(tmp_path):
    """Copy the package, with what numba kept of it."""
    shutil.copytree(PACKAGE, tmp_path / "tlhelpers", ignore=shutil.ignore_patterns("tables"))
    return tmp_path


def run(copy, *arguments, **environment):
    """Run Python with the copy of the package; return what it printed, and its errors."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_CACHE")}
    found = subprocess.run(
        [sys.executable, *arguments],
        env=clean | {"PYTHONPATH": str(copy)} | environment,
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout, found.stderr


def block(copy):
    """Put files where numba would make its directories; return the environment that says so."""
    engine = copy / "tlhelpers" / "forests" / "_engine"
    shutil.rmtree(engine / "__pycache__", ignore_errors=True)
    (engine / "__pycache__").write_text("no directory")
    (copy / "file").write_text("no directory")
    inside = str(copy / "file" / "cache")
    return {"NUMBA_CACHE_DIR": inside, "XDG_CACHE_HOME": inside, "HOME": inside}


def test_a_forest_grows_where_nothing_can_be_kept(copy):
    _, said = run(copy, "-m", "tlhelpers.forests.compile", **block(copy))
    assert said.count("the compiled forest cannot be kept") == 1
    assert "let NUMBA_CACHE_DIR name a directory that can be written" in said


def test_a_directory_that_is_lost_after_the_import_is_no_error(copy):
    between = (
        "import shutil\n"
        f"shutil.rmtree({str(copy / 'kept')!r})\n"
        f"open({str(copy / 'kept')!r}, 'w').close()"
    )
    code = ONE_KERNEL.format(between=between)
    out, said = run(copy, "-c", code, NUMBA_CACHE_DIR=str(copy / "kept"))
    assert out.split() == ["7.0", "7.0", "0"]
    assert said.count("the compiled forest cannot be kept") == 1


def test_damaged_files_are_written_anew(copy):
    code, where = ONE_KERNEL.format(between=""), {"NUMBA_CACHE_DIR": str(copy / "kept")}
    assert run(copy, "-c", code, **where) == ("7.0 7.0 0\n", "")
    for damaged in (copy / "kept").rglob("*.nb?"):
        content = damaged.read_bytes()
        damaged.write_bytes(content[: len(content) // 2])
    out, said = run(copy, "-c", code, **where)
    assert out == "7.0 7.0 0\n" and said.count("\n") == 1 and "is damaged" in said
    assert run(copy, "-c", code, **where) == ("7.0 7.0 1\n", "")


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: bytes(len(content)),
        lambda content: np.random.default_rng(0).bytes(len(content)),
    ],
    ids=["empty", "short", "zeros", "noise"],
)
def test_a_damaged_file_of_any_kind_is_written_anew(tmp_path, monkeypatch, suffix, damage):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "halves.py").write_text("def half(x):\n    return x / 2\n")
    monkeypatch.delitem(sys.modules, "halves", raising=False)
    function = importlib.import_module("halves").half

    def hits():
        compiled = compile_and_keep(function, "stamp")
        assert compiled(3.0) == 1.5
        return sum(compiled.stats.cache_hits.values())

    assert (hits(), hits()) == (0, 1)
    (damaged,) = tmp_path.rglob(f"*.{suffix}")
    damaged.write_bytes(damage(damaged.read_bytes()))
    assert (hits(), hits()) == (0, 1)


def test_what_is_kept_of_other_sources_is_not_used(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "thirds.py").write_text("def third(x):\n    return x / 3\n")
    function = importlib.import_module("thirds").third
    for stamp, hits in [("a", 0), ("a", 1), ("b", 0)]:
        compiled = compile_and_keep(function, stamp)
        compiled(3.0)
        assert sum(compiled.stats.cache_hits.values()) == hits
