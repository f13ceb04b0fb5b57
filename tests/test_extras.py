"""The package asks for little: what is heavy is imported when used, and an extra brings it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT
from environments import install, new_environment, run, versions

HEAVY = ("IPython", "anywidget", "ipywidgets", "matplotlib", "pymatgen")
OURS = {"tlhelpers", "joblib", "numba", "numpy", "pandas", "scikit-learn", "scipy"}
OURS |= {"threadpoolctl", "tqdm"}
THEIRS = {  # what those need, by their versions
    *("cloudpickle", "llvmlite", "narwhals", "python-dateutil", "pytz", "six", "tzdata"),
}
MODELS = """
import numpy as np
import tlhelpers as tl

rng = np.random.default_rng(0)
X = rng.uniform(size=(60, 4))
z = X[:, 0] + X[:, 1]
y = np.where(np.arange(60) < 30, z + X[:, 2], np.nan)
for name in tl.__all__:
    if name.endswith("Forest"):
        forest = getattr(tl, name)(0, n_estimators=30, random_state=0)
        predicted = forest.fit(X, np.column_stack([y, z])).predict(X[30:])
        assert np.corrcoef(predicted, z[30:] + X[30:, 2])[0, 1] > 0.5, name
        print(name)
"""


def test_the_readme_names_what_is_needed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    needed = [name.partition(">=")[0] for name in project["dependencies"]]
    assert {"tlhelpers", *needed} == OURS and len(needed) == 8
    readme = " ".join((ROOT / "README.md").read_text("utf8").split())
    assert f"(it needs eight packages: {', '.join(needed)})" in readme


def fresh(code: str) -> str:
    """Run code in a new process and return what it printed."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.once
@pytest.mark.parametrize(
    "code",
    [
        "import tlhelpers",
        "import tlhelpers.forests",
        "import tlhelpers.data",
        "from tlhelpers import DifferenceForest, band_gap_study",
    ],
)
def test_imports_are_light(code: str) -> None:
    loaded = fresh(f"{code}\nimport sys; print([m for m in {HEAVY} if m in sys.modules])")
    assert loaded == "[]"


@pytest.mark.once
@pytest.mark.parametrize(
    ("missing", "code", "extra"),
    [
        ("pymatgen", "tl.CompositionFeaturizer().fit_transform(['NaCl'])", "formulas"),
        ("pymatgen", "tl.band_gap_study()", "formulas"),
        *((name, "import tlhelpers.book", "book") for name in HEAVY if name != "pymatgen"),
    ],
)
def test_a_missing_extra_is_named(missing: str, code: str, extra: str) -> None:
    message = fresh(f"""
import sys
sys.modules[{missing!r}] = None
import tlhelpers as tl
try:
    {code}
except ImportError as error:
    print(error)
""")
    assert f'pip install "tlhelpers[{extra}]"' in message


@pytest.mark.full
def test_the_wheel_alone_fits_and_predicts(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run([*pip, "--wheel-dir", tmp_path, ROOT], tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    commands = new_environment(tmp_path / "env")
    before = versions(commands).keys()
    install(commands, tmp_path, wheel)
    assert versions(commands).keys() - before - THEIRS == OURS
    assert "DifferenceForest" in run([commands / "python", "-c", MODELS], tmp_path)
