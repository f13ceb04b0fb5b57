"""Ask whether the tests notice faults: ``make mutants``, a random sample of them (hours).

    python tools/mutants.py measure               # what new tests reach, and how long they take
    python tools/mutants.py run --seed 1 --n 400  # a sample
    python tools/mutants.py again                 # what survived, with the tests as they are now
    python tools/mutants.py count                 # the table

A mutant is the code with one fault, made by an operator of cosmic-ray: another number, comparison
or operation, a condition negated, a loop left out. First the place is drawn, then what happens to
it. Annotations, imports, docstrings and `__all__` are left alone, and so is what does not compile.
Only tests that reach the line are run, those of its own part and the fastest first, as far as the
time goes; the first that fails, or no end, kills the mutant. Two workers have a copy of the
repository each, in ``_build/mutants``, where times and outcomes are kept too.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import coverage
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider
from scipy.stats import binomtest

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "_build" / "mutants"
# Tests of these parts alone: no site, no notebook, no other program
TESTS = {
    "engine": "engine golden_forests",
    "forests": """forest_faults intervals jackknife stack transfer estimators contributing
        input_at_large""",
    "evaluation": "metrics evaluation evaluation_faults related names_from_data case_studies",
    "table": """table_checks table_reading units roles report command_line table_comparison parts
        labels_to_buy""",
}
FILES = {
    part: tuple(f"tests/test_{name}.py" for name in names.split()) for part, names in TESTS.items()
}
PARTS = [f"tlhelpers/{part}" for part in ("forests", "evaluation", "table")]
ALL = [file for files in FILES.values() for file in files] + PARTS
QUIET = ["-q", "--tb=line", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
QUIET += ["--hypothesis-seed=0"]
QUIET += [  # the first fails after any change; the others wait for signals and other programs
    "--deselect=tests/test_report.py::test_the_committed_report_is_of_this_style",
    "--deselect=tests/test_command_line.py::test_a_signal_ends_a_process_with_130",
    "--deselect=tests/test_table_comparison.py::test_stopped_by_ctrl_c_a_second_run_goes_on",
    "--deselect=tests/test_report.py::test_in_a_browser",
    "--deselect=tests/test_report.py::test_the_wheel_holds_the_templates",
]
WORKERS = 2
SECONDS = 25  # of the processor, or four times by the clock: no further test of a mutant is begun
MOST = 200  # then it has no end; by the clock, five times as much
MEMORY = 8 * 2**30  # bytes
COMPILED = ("kernels.py", "search.py", "nodes.py")  # no line of theirs is seen when it runs
LEFT_OUT = ("VariableReplacer", "VariableInserter")  # would have to be told the variables
PRELOADED = """numba pandas pyarrow openpyxl jinja2 scipy.stats scipy.optimize matplotlib.pyplot
sklearn.ensemble sklearn.linear_model sklearn.model_selection sklearn.utils.estimator_checks
hypothesis.extra.numpy""".split()


@dataclass(frozen=True)
class Mutant:
    """What `operator` does to the node that it meets as number `occurrence`."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int


# ---- Mutants


def part_of(path: str) -> str:
    """Return the part of the package that a module is of."""
    return "engine" if "/_engine/" in path else path.split("/")[1]


def find_mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module, but those of annotations and the like."""
    source = path.read_text("utf8")
    nodes, spared = list(ast_nodes(get_ast(source))), list(_spared(ast.parse(source)))
    provider = OperatorProvider()
    for name in provider:
        if name in LEFT_OUT:
            continue
        places = [pair for node in nodes for pair in provider[name]().mutation_positions(node)]
        for occurrence, ((line, column), _) in enumerate(places):
            if not any(first <= (line, column) < last for first, last in spared):
                yield Mutant(str(path.relative_to(ROOT)), line, column, name, occurrence)


def _spared(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(tree):
        part: ast.stmt | ast.expr | None = None
        if isinstance(node, ast.Import | ast.ImportFrom):
            part = node
        elif isinstance(node, ast.AnnAssign | ast.arg):
            part = node.annotation
        elif isinstance(node, ast.FunctionDef):
            part = node.returns
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            part = node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            part = node
        if part is not None:
            last = part.end_lineno or part.lineno, part.end_col_offset or 0
            yield (part.lineno, part.col_offset), last


def source_of(mutant: Mutant, source: str) -> str | None:
    """Return the source with the fault; None if it is no Python, or no other Python than before."""
    text = mutate_code(source, OperatorProvider()[mutant.operator](), mutant.occurrence)
    try:
        same = ast.dump(ast.parse(text)) == ast.dump(ast.parse(source))
    except SyntaxError:
        return None
    return None if same else text


def draw(n: int, seed: int) -> list[Mutant]:
    """Draw n places, and for each what happens to it."""
    places = defaultdict(list)
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            for mutant in find_mutants(path):
                places[mutant.path, mutant.line, mutant.column].append(mutant)
    rng = random.Random(seed)
    drawn: list[Mutant] = []
    for place in rng.sample(sorted(places), len(places)):
        mutant = rng.choice(places[place])
        if len(drawn) < n and source_of(mutant, (ROOT / mutant.path).read_text("utf8")):
            drawn.append(mutant)
    print(f"{len(drawn)} of {sum(map(len, places.values()))} mutants at {len(places)} places")
    return drawn


# ---- Which test reaches which line


class Reach:
    """A plugin of pytest that tells coverage which test is running, and keeps its time."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured, self.now = measured, ""
        self.times: dict[str, float] = {}
        self.setups: dict[tuple[str, str], float] = {}  # of fixtures that tests share
        self.just = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Iterator[None]:
        """Keep a test's time, as if it ran alone."""
        self.now, self.just, start = item.nodeid, 0.0, time.perf_counter()
        self.measured.switch_context(self.now)
        result = yield
        shared = [(item.nodeid.partition("::")[0], name) for name in item.fixturenames]
        seconds = time.perf_counter() - start - self.just
        self.times[item.nodeid] = seconds + sum(self.setups.get(key, 0.0) for key in shared)
        self.measured.switch_context("")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef) -> Iterator[None]:
        """Count what a fixture of several tests reaches for all tests of its file."""
        inner, start = self.just, time.perf_counter()
        is_shared = fixturedef.scope != "function"
        if is_shared:
            self.measured.switch_context(fixturedef.baseid)
        result = yield
        if is_shared:  # it may have asked for others
            seconds = time.perf_counter() - start - (self.just - inner)
            self.setups[fixturedef.baseid, fixturedef.argname] = seconds
            self.just += seconds
        self.measured.switch_context(self.now)
        return result


def collect() -> list[str]:
    """Return the names of all tests."""
    words = [sys.executable, "-m", "pytest", "--collect-only", *QUIET, *ALL]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if "::" in line]


def measure() -> None:
    """Run the tests that were not measured yet, and keep which of them reach which line."""
    path = KEPT / "reach.json"
    kept = (
        json.loads(path.read_text()) if path.exists() else {"names": [], "times": {}, "lines": {}}
    )
    measured = coverage.Coverage(None, source=[str(ROOT / part) for part in PARTS])
    reach = Reach(measured)
    new = [name for name in collect() if name not in kept["times"]]
    measured.start()
    code = pytest.main([*QUIET, *new], plugins=[reach])
    measured.stop()
    if code:
        sys.exit("the tests fail without any mutant")
    kept["times"] |= reach.times
    data = measured.get_data()
    number = {name: i for i, name in enumerate(kept["names"])}
    for file in data.measured_files():
        lines = kept["lines"].setdefault(str(Path(file).relative_to(ROOT)), {})
        for line, found in data.contexts_by_lineno(file).items():
            numbers = {number.setdefault(name, len(number)) for name in found}
            lines[str(line)] = sorted(numbers.union(lines.get(str(line), [])))
    kept["names"] = list(number)
    KEPT.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept))


def tests_of(mutant: Mutant, kept: dict) -> list[str]:
    """Return the tests that reach a mutant, the fastest first.

    What an import executes is reached by all tests of the module; what is compiled is seen by
    nobody, and reached by the tests of the engine.
    """
    path, names, times = Path(mutant.path), kept["names"], kept["times"]
    is_compiled = path.name in COMPILED
    lines = kept["lines"].get(str(path.with_name("engine.py") if is_compiled else path), {})
    shared = [] if is_compiled else _statement(ROOT / path, mutant.line)
    found = {names[i] for line in shared for i in lines.get(str(line), [])} - {""}
    if not found:
        found = {names[i] for reached in lines.values() for i in reached} - {""}
    files = tuple(found - times.keys())  # of fixtures
    own = FILES[part_of(mutant.path)]
    chosen = [name for name in times if name in found or name.startswith(files)]
    return sorted(chosen, key=lambda name: (not name.startswith(own), times[name]))


def _statement(path: Path, line: int) -> range:
    """Return the lines of the statement that a line belongs to, without those of its body."""
    best = range(line, line + 1)
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or line
            best = range(node.lineno, max(last, line) + 1)
    return best


# ---- Runs


def run(mutants: list[Mutant]) -> None:
    """Try mutants, and keep what becomes of each."""
    kept = json.loads((KEPT / "reach.json").read_text())
    there = set(collect())
    work: multiprocessing.SimpleQueue = multiprocessing.SimpleQueue()
    workers = [multiprocessing.Process(target=_work, args=(i, work)) for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    for mutant in sorted(mutants, key=lambda m: part_of(m.path) == "engine"):  # these compile anew
        work.put((mutant, [name for name in tests_of(mutant, kept) if name in there]))
    for _ in workers:
        work.put(None)
    for worker in workers:
        worker.join()


def _work(number: int, work: multiprocessing.SimpleQueue) -> None:
    """Try one mutant after the other in a copy of the repository."""
    copy = KEPT / f"copy{number}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("_build", ".git", ".venv", "*_cache"))
    os.environ |= {"PYTHONPATH": str(copy), "MPLBACKEND": "agg"}
    for name in PRELOADED:  # once, before the forks
        import_module(name)
    gc.freeze()
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    for step, (mutant, tests) in enumerate(iter(work.get, None)):
        path, start = copy / mutant.path, time.monotonic()
        source = path.read_text("utf8")
        text = source_of(mutant, source) or ""
        _write(path, text, 2 * step)
        outcome, by = _try(tests, copy / "output.txt")
        _write(path, source, 2 * step + 1)
        before, after = (version.splitlines() for version in (source, text))
        record = asdict(mutant) | {
            "before": before[mutant.line - 1].strip(),
            "after": after[mutant.line - 1].strip(),
            "outcome": outcome,
            "by": by,
            "tests": len(tests),
            "seconds": round(time.monotonic() - start, 1),
        }
        with (KEPT / "outcomes.jsonl").open("a") as file:
            file.write(json.dumps(record) + "\n")


class Limit:
    """A plugin of pytest that leaves out tests when the time is over."""

    def __init__(self) -> None:
        self.end, self.last = time.process_time() + SECONDS, time.monotonic() + 4 * SECONDS

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> bool | None:
        """Say that a test needs no run."""
        is_over = time.process_time() > self.end or time.monotonic() > self.last
        return True if is_over else None


def _write(path: Path, source: str, step: int) -> None:
    """Write a source with a stamp of its own, or Python might take one version for another."""
    path.write_text(source, "utf8")
    stamp = time.time() + 10 * step
    os.utime(path, (stamp, stamp))


def _try(tests: list[str], output: Path) -> tuple[str, str]:
    """Run tests in a fork; return what becomes of the mutant, and the test that kills it."""
    if not tests:
        return "survived", "no test reaches it"
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST, MOST))
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1), os.dup2(file, 2)
        os._exit(pytest.main([*QUIET, "-x", *tests], plugins=[Limit()]))
    limit, status, done = time.monotonic() + 5 * MOST, 0, 0
    while not done and time.monotonic() < limit:
        time.sleep(0.05)
        done, status = os.waitpid(child, os.WNOHANG)
    try:
        os.killpg(child, signal.SIGKILL)  # also what the tests have started
    except ProcessLookupError:
        pass
    if not done:
        os.waitpid(child, 0)
    if not done or status in (signal.SIGXCPU, signal.SIGKILL):
        return "killed", "no end"
    if status == 0:
        return "survived", ""
    if os.WIFSIGNALED(status):
        return "killed", f"signal {os.WTERMSIG(status)}"
    text = output.read_text("utf8", "replace")
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", text, re.M)
    if found:
        return "killed", found[1]
    files = sorted({name.partition("::")[0] for name in tests})
    if "ERROR: not found" in text and files != tests:  # the mutant renames a case
        return _try(files, output)
    raise RuntimeError(f"no test says why pytest failed:\n{text}")


# ---- Outcomes


def outcomes() -> list[dict]:
    """Return the last outcome of each mutant, and with it the first."""
    found: dict[tuple, dict] = {}
    for line in (KEPT / "outcomes.jsonl").read_text("utf8").splitlines():
        record = json.loads(line)
        key = tuple(record[name] for name in ("path", "operator", "before", "after", "column"))
        first = found.get(key, record).get("first", record["outcome"])
        found[key] = record | {"first": first}
    return list(found.values())


def survivors() -> list[Mutant]:
    """Return the mutants that survived and are still there, though their lines may have moved."""
    left = []
    for record in outcomes():
        path = ROOT / record["path"]
        if record["outcome"] != "survived" or not path.exists():
            continue
        source, found = path.read_text("utf8"), []
        for mutant in find_mutants(path):
            if (mutant.operator, mutant.column) == (record["operator"], record["column"]):
                place, text = mutant.line - 1, source_of(mutant, source) or source
                lines = [version.splitlines()[place].strip() for version in (source, text)]
                if lines == [record["before"], record["after"]]:
                    found.append(mutant)
        left += sorted(found, key=lambda mutant: abs(mutant.line - record["line"]))[:1]
    return left


def count() -> None:
    """Print how many mutants of each part were killed, at the first try and at the last."""
    rows = defaultdict(list)
    for record in outcomes():
        for name in (part_of(record["path"]), "all"):
            rows[name].append(record)
    print(f"{'part':12} {'mutants':>7} {'first':>6} {'killed':>6} share (95%)")
    for name, records in sorted(rows.items(), key=lambda row: row[0] == "all"):
        n = len(records)
        first, last = (sum(r[k] == "killed" for r in records) for k in ("first", "outcome"))
        low, high = binomtest(last, n).proportion_ci(method="wilson")
        print(f"{name:12} {n:7} {first:6} {last:6} {last / n:.1%} ({low:.1%} to {high:.1%})")


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=["measure", "run", "again", "count"])
    parser.add_argument("--n", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer than many a test
    sys.dont_write_bytecode = False
    if options.what == "measure":
        measure()
    elif options.what == "run":
        run(draw(options.n, options.seed))
    elif options.what == "again":
        run(survivors())
    if options.what != "measure":
        count()


if __name__ == "__main__":
    main()
