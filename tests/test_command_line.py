"""The command line: exit codes, what is written where, and never a traceback for a bad file."""

import os
import re
import shlex
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from sklearn.ensemble import VotingClassifier, VotingRegressor
from test_table_reading import REFUSED, sheet

import tlhelpers.table
from tlhelpers import (
    DifferenceForest,
    LatentVariableForest,
    MultiTaskForest,
    SingleTaskForest,
    StackedForest,
)
from tlhelpers.table import command_line, predict_table
from tlhelpers.table.command_line import main
from tlhelpers.table.options import MODELS

FORMULAS = (
    "NaCl KCl LiF NaF KBr NaBr MgO CaO ZnO ZnS ZnSe CdS CdSe CdTe GaAs GaP GaN InP InAs InSb AlN "
    "AlP AlAs AlSb Si Ge SiC BN BP PbS PbSe PbTe SnO2 TiO2 Cu2O Ag2S MgS CaS SrO BaO"
).split()
FORESTS = SingleTaskForest, DifferenceForest, LatentVariableForest, MultiTaskForest, StackedForest
BAD = {
    "an unknown element": (
        "formula,y,z\nNaCl,1,2\nXx2,2,3\nZnO,,4\n",
        r"row 3, column 'formula': .*'Xx'",
    ),
    "a hydrate": (
        "formula,y,z\nNaCl,1,2\nCuSO4.5H2O,2,3\nZnO,,4\n",
        r"row 3, column 'formula': .*hydrate",
    ),
    "no target label": (
        "formula,y,z\nNaCl,,2\nMgO,,3\nZnO,,4\n",
        r"column 'y': the target has no label",
    ),
    "one label": (
        "formula,y,z\nNaCl,1,2\nMgO,,3\nZnO,,4\n",
        r"row 2, column 'y': the target has one label",
    ),
    "a constant label": ("formula,y,z\nNaCl,1,2\nMgO,1,3\nZnO,,4\n", r"column 'y': all 2 labels"),
    "no features": ("note,y\nsome,1\nother,2\nother,\n", r"no features"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a new folder that holds a good table."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TLHELPERS_CACHE", raising=False)
    rng = np.random.default_rng(0)
    z = rng.uniform(1, 9, len(FORMULAS)).round(3)
    y = (z + 1 + 0.1 * rng.normal(size=len(z))).round(3)
    y[20:] = np.nan
    frame = pd.DataFrame({"formula": FORMULAS, "measured": y, "computed": z})
    frame.to_csv("table.csv", index=False)
    return tmp_path


class StandIn:
    """What `compare_architectures` returns, without any work."""

    recommendation = "No difference seen: the single-task forest."
    recommended = "single-task"
    notes = ("The first repeats took long.",)
    left_out = ("The learning curve was left out.",)

    def predict(self, X: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
        assert known is not None and list(known) == ["computed"]
        return pd.DataFrame({"prediction": 1 / 3, "outside": 0.0}, index=X.index)

    def write_html(self, path: Path, findings, source: str) -> None:
        Path(path).write_text(f"<html>{len(findings)} findings from {source}", "utf-8")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list:
    """Put stand-ins in the place of what computes; return what they were called with."""
    seen: list = []

    def compare(X, Y, target, groups=None, **options):
        seen.append((X, Y, target, groups, options))
        return StandIn()

    def predict(model, table, new, **options):
        seen.append((model, table, new))
        rows = table.Y[table.target].isna() if new is None else slice(None)
        return pd.DataFrame({"prediction": 1.5, "outside": 0}, index=(new or table).X[rows].index)

    def write(frame: pd.DataFrame, path: Path, **options) -> None:
        frame.to_csv(path, **options)

    for name, value in (
        ("compare_architectures", compare), ("predict_table", predict), ("write_predictions", write)
    ):  # fmt: skip
        monkeypatch.setattr(tlhelpers.table, name, value)
    return seen


# As `-m tlhelpers`, but for the size of the mixtures, whose fits take nine tenths of the time.
LIGHT = """
from functools import partial
from runpy import run_module
from tlhelpers import evaluation
from tlhelpers.evaluation import usual
evaluation.usual_rivals = partial(usual.usual_rivals, 3)
usual.HistGradientBoostingRegressor = partial(usual.HistGradientBoostingRegressor, max_iter=3)
run_module("tlhelpers", run_name="__main__")
"""


def run(*words: object, how=("-m", "tlhelpers"), **options) -> subprocess.CompletedProcess:
    """Run the command in a process of its own."""
    command = [sys.executable, *how, *map(str, words)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=env, **options)


# ---- Bad input: code 2, the place, no traceback


@pytest.mark.parametrize("command", ["check", "compare", "predict"])
@pytest.mark.parametrize("kind", [*REFUSED, *BAD])
def test_a_broken_table_is_the_users(kind: str, command: str, folder: Path, calls, capsys) -> None:
    content, message = (REFUSED | BAD)[kind]
    Path("bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    named = ["--target", "y"] if kind in BAD else []
    assert main([command, "bad.csv", *named]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[-1].startswith(f"tlhelpers {command}: ")
    assert re.search(message, err) and "Traceback" not in err and calls == []
    assert sorted(path.name for path in folder.iterdir()) == ["bad.csv", "table.csv"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", "none.csv"], "there is no file 'none.csv'"),
        (["check", "."], "is a folder, not a file"),
        (["check", "table.csv", "--target", "mesured"], "Did you mean one of these: 'measured'"),
        (["check", "table.csv", "--group", "x"], "--group: the table has no column 'x'"),
        (["check", "table.csv", "--features", "x"], "--features: the table has no column 'x'"),
        (["check", "table.csv", "--target", "measured", "--features", "measured"], "is the target"),
        (["check", "table.csv", "--sheet", "a"], "table.csv has no sheets"),
        (["compare", "table.csv", "--report", "table.csv"], "would be lost"),
        (["compare", "table.csv", "--report", "./x/../table.csv"], "would be lost"),
        (["compare", "table.csv", "--report", "no/r.html"], "there is no folder no"),
        (["compare", "table.csv", "--report", "."], "is a folder"),
        (["compare", "table.csv", "--report", "r", "--predictions", "r"], "would be lost"),
        (["compare", "table.csv", "--max-seconds", "0"], "is no time"),
        (["compare", "table.csv", "--max-seconds", "soon"], "invalid"),
        (["compare", "table.csv", "--seed", "-1"], "is no seed"),
        (["predict", "table.csv", "--output", "table.csv"], "would be lost"),
        (["predict", "table.csv", "--model", "magic"], "there are: single-task; difference"),
        (["predict", "table.csv", "--target", "computed"], "there is no hole to fill"),
        (["predict", "table.csv", "--new", "none.csv"], "there is no file 'none.csv'"),
        (["predict", "table.csv", "--new", "cache.csv"], "no column 'formula'"),
        (["template", "table.csv"], "table.csv exists"),
        (["template", "no/table.csv"], "there is no folder"),
        ([], "required: COMMAND"),
        (["guess", "table.csv"], "invalid choice"),
    ],
)
def test_a_wrong_option_is_the_users(words, message, folder: Path, calls, capsys) -> None:
    Path("cache.csv").write_text("a,b\n1,2\n")
    before = Path("table.csv").read_bytes()
    assert main(words) == 2
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err and calls == []
    assert Path("table.csv").read_bytes() == before


def test_a_model_that_does_not_apply(folder: Path, monkeypatch, capsys) -> None:
    frame = pd.read_csv("table.csv").drop(columns="computed")
    frame.to_csv("alone.csv", index=False)
    with monkeypatch.context() as patch:
        for forest in FORESTS:
            patch.setattr(forest, "fit", lambda *_, **__: pytest.fail("something was fitted"))
        assert main(["predict", "alone.csv", "--model", "difference"]) == 2
    err = capsys.readouterr().err
    assert "'difference' does not apply" in err and "These do: 'single-task'" in err
    assert main(["predict", "alone.csv"]) == 0
    assert "model: usual mixture, no columns" in capsys.readouterr().err


@pytest.mark.once
def test_child_processes_exit_as_said(folder: Path, capfd) -> None:
    Path("bad.csv").write_text("formula,y\nNaCl,1\nKCl,<2\nZnO,3\n")
    sheet(folder / "merged.xlsx", [["formula", "y"], ["NaCl", 1], [None, 3]], merged="A2:A3")
    done = run("check", "bad.csv")
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
    assert "row 3, column 'y': '<2' is a bound" in done.stderr
    for name, place in (("merged.xlsx", "A2:A3"), ("none.csv", "none.csv")):
        assert main(["check", name]) == 2
        out, err = capfd.readouterr()
        assert out == "" and "Traceback" not in err and place in err
    good = run("check", "table.csv")
    assert good.returncode == 0 and "overlap" in good.stdout
    assert "Traceback" not in good.stderr


# ---- What is written where


def test_check_says_roles_first_and_findings_on_the_output(folder: Path, capsys) -> None:
    assert main(["check", "table.csv"]) == 0
    out, err = capsys.readouterr()
    assert "target:         'measured'" in err and "related labels: 'computed'" in err
    assert "20 of 40 rows have a label" in out and "few labels" in out


def test_compare_calls_with_the_roles_and_writes_a_report(folder: Path, calls, capsys) -> None:
    words = ["--max-seconds", "7.5", "--seed", "3", "--report", "r.html", "--predictions", "p.csv"]
    assert main(["compare", "table.csv", *words]) == 0
    ((X, Y, target, groups, options),) = calls
    assert (X.shape, list(Y), target) == ((40, 135), ["measured", "computed"], "measured")
    assert len(set(groups)) == 40 and {*groups} >= {"NaCl", "SnO2"}
    assert options == {
        "max_seconds": 7.5, "random_state": 3, "n_jobs": -1, "keep": folder / "cache" / "tlhelpers",
        "rivals": {},
    }  # fmt: skip
    assert options["keep"].is_dir()
    out, err = capsys.readouterr()
    assert out == StandIn.recommendation + "\n" and "report: r.html" in err
    assert "next: tlhelpers predict table.csv --model single-task" in err
    assert f"left out: {StandIn.left_out[0]}" in err
    assert StandIn.notes[0] in err.splitlines()
    assert Path("r.html").read_text().endswith("from table.csv (40 rows; seed 3, at most 7.5 s)")
    assert len(pd.read_csv("p.csv")) == 20 and "outside" in pd.read_csv("p.csv")
    assert pd.read_csv("p.csv")["prediction"].tolist() == [0.333333] * 20
    assert main(["compare", "table.csv"]) == 0 and Path("table_report.html").exists()


@pytest.mark.parametrize("kind", [VotingRegressor, VotingClassifier])
def test_usual_models_take_part_where_asked(kind, folder, calls, monkeypatch, capsys) -> None:
    """The command that is told next predicts with the one that wins."""
    winner = "usual mixture, no columns"
    monkeypatch.setattr(StandIn, "recommended", winner)
    if kind is VotingClassifier:
        frame = pd.read_csv("table.csv")
        named = frame["measured"].gt(5).map({True: "high", False: "low"})
        frame.assign(measured=named.where(frame["measured"].notna())).to_csv("table.csv")
    assert main(["compare", "table.csv", "--target", "measured", "--usual"]) == 0
    rivals = calls[0][-1]["rivals"]
    mixtures, processes = set(MODELS[-4:-2]), set(MODELS[-2:])
    takes = mixtures if kind is VotingClassifier else mixtures | processes
    assert isinstance(rivals[winner], kind) and set(rivals) == takes
    err = capsys.readouterr().err
    (told,) = re.findall(r"next: tlhelpers (.+)", err)
    monkeypatch.setattr(tlhelpers.table, "predict_table", predict_table)  # no stand-in
    assert main([*shlex.split(told), "--output", "filled.csv"]) == 0
    silent = kind is VotingClassifier
    assert ("states no intervals" in capsys.readouterr().err) is silent
    filled = pd.read_csv("filled.csv")
    assert len(filled) == pd.read_csv("table.csv")["measured"].isna().sum()
    assert filled["prediction"].notna().all()
    assert filled["low"].isna().all() == filled["high"].isna().any() == silent


def test_a_gaussian_process_takes_part_in_small_tables_only(
    folder, calls, monkeypatch, capsys
) -> None:
    """Its time grows with the third power of the labelled rows; asked for by name, it predicts."""
    labelled = pd.read_csv("table.csv")["measured"].count()
    words = ["compare", "table.csv", "--target", "measured", "--usual", "--report", "r.html"]
    for most in (labelled, labelled - 1):
        monkeypatch.setattr(command_line, "MOST_FOR_PROCESS", most)
        assert main(words) == 0
        left_out = "the Gaussian process is left out" in capsys.readouterr().err
        assert left_out == (most < labelled)
    asked = [set(call[-1]["rivals"]) for call in calls[:2]]
    assert asked == [set(MODELS[-4:]), set(MODELS[-4:-2])]
    monkeypatch.setattr(tlhelpers.table, "predict_table", predict_table)  # no stand-in
    words = ["predict", "table.csv", "--target", "measured", "--model", MODELS[-2]]
    assert main([*words, "--output", "filled.csv"]) == 0
    assert pd.read_csv("filled.csv")["prediction"].notna().all()


def test_compare_predicts_nothing_where_every_row_is_measured(folder: Path, calls, capsys) -> None:
    words = ["--target", "computed", "--report", "r.html", "--predictions", "p.csv"]
    assert main(["compare", "table.csv", *words]) == 0
    assert "no predictions: every row has a label of 'computed'" in capsys.readouterr().err
    assert Path("r.html").exists() and not Path("p.csv").exists()


def test_what_was_noted_of_a_file_is_said(folder: Path, capsys) -> None:
    Path("notes.csv").write_bytes("größe;y\n1,5;2\n2,5;3\n3,5;\n".encode("latin-1"))
    assert main(["check", "notes.csv"]) == 0
    assert "it was read as Windows-1252 (Latin-1)" in capsys.readouterr().err


def test_an_import_of_the_command_runs_nothing() -> None:
    assert import_module("tlhelpers.__main__").main is main


def test_predict_fills_holes_or_takes_new_rows(folder: Path, calls, capsys) -> None:
    assert main(["predict", "table.csv"]) == 0
    out = capsys.readouterr().out
    assert len(pd.read_csv(StringIO(out))) == 20 and calls[-1][0] == "usual mixture, with columns"
    Path("new.csv").write_text("formula;computed\nMgSe;2,5\nBeO;\n")
    words = ["--new", "new.csv", "--model", "Learned-Slope", "--output", "p.csv"]
    assert main(["predict", "table.csv", *words]) == 0
    model, own, new = calls[-1]
    assert model == "learned slope" and own.X.shape == (40, 135)
    assert main(["predict", "table.csv", "--model", "difference (computed)"]) == 0
    assert calls.pop()[0] == "difference (computed)"
    assert new.Y["computed"].tolist()[0] == 2.5 and new.Y["computed"].isna().tolist() == [
        False,
        True,
    ]
    assert list(new.X.index) == ["MgSe", "BeO"]
    assert "2 predictions: p.csv" in capsys.readouterr().err
    assert len(pd.read_csv("p.csv")) == 2


def test_predict_says_which_model_and_why(folder: Path, calls, capsys) -> None:
    Path("table.csv").rename("my table.csv")
    columns = ["--target", "measured", "--features", "computed"]
    assert main(["predict", "my table.csv", *columns]) == 0
    err = capsys.readouterr().err
    assert "model: usual mixture, no columns, the default where the rows to predict have no" in err
    assert "related labels. It was not judged on this table." in err
    command = "tlhelpers compare 'my table.csv' --target measured --features computed --usual"
    assert command in err.splitlines()[-1]
    assert main(["predict", "my table.csv"]) == 0
    told = "model: usual mixture, with columns, the default where the rows to predict have related"
    assert told in capsys.readouterr().err
    pd.DataFrame({"formula": ["MgS"]}).to_csv("cold.csv", index=False)
    assert main(["predict", "my table.csv", "--new", "cold.csv"]) == 0
    assert "model: usual mixture, no columns, the default" in capsys.readouterr().err
    assert [call[0] for call in calls[-2:]] == [
        f"usual mixture, {w} columns" for w in ("with", "no")
    ]
    assert main(["predict", "my table.csv", "--model", "multi-task"]) == 0
    assert "model: multi-task, as --model says" in capsys.readouterr().err


def test_the_next_command_names_the_same_columns(folder: Path, calls, capsys) -> None:
    assert main(["compare", "table.csv", "--target", "computed", "--report", "r.html"]) == 0
    command = "next: tlhelpers predict table.csv --target computed --model single-task"
    assert command in capsys.readouterr().err


def test_rows_outside_the_training_range_are_named(folder: Path, capsys) -> None:
    Path("plain.csv").write_text(
        "name,x,w,y\n"
        + "".join(f"s{i},{i}.5,{i % 3}.5,{i * i if i < 30 else ''}\n" for i in range(40))
    )
    Path("new.csv").write_text("name,x,w\ninside,3.5,1.5\nhigh,77.5,1.5\nboth,-1.5,9.5\n")
    table = ["predict", "plain.csv", "--target", "y", "--features", "x,w"]
    assert main([*table, "--new", "new.csv", "--output", "p.csv"]) == 0
    err = capsys.readouterr().err
    said = "2 of 3 rows have features below or above those of all rows with a label of 'y'"
    assert said in err and "'both', 'high' (column 'outside'" in err
    assert pd.read_csv("p.csv")["outside"].tolist() == [0, 0.5, 1]
    Path("new.csv").write_text("name,x,w\ninside,3.5,1.5\n")
    assert main([*table, "--new", "new.csv"]) == 0
    assert "extrapolate" not in capsys.readouterr().err


def test_a_misspelled_column_of_new_rows_is_the_users(folder: Path, calls, capsys) -> None:
    Path("new.csv").write_text("formula,Computed\nMgSe,2.5\n")
    assert main(["predict", "table.csv", "--new", "new.csv"]) == 2
    err = capsys.readouterr().err
    assert "a column 'Computed', which the table has not" in err and "rename it 'computed'" in err
    assert calls == []


def test_the_template_is_a_table_that_can_be_checked(folder: Path, capsys) -> None:
    assert main(["template", "mine.csv"]) == 0
    frame = pd.read_csv("mine.csv")
    assert list(frame) == ["formula", "gap_measured", "gap_computed"]
    assert frame["gap_computed"].notna().all() and 10 <= frame["gap_measured"].count() < len(frame)
    assert main(["check", "mine.csv"]) == 0
    assert "target:         'gap_measured'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "compare", "predict", "template"])
def test_help_has_an_example(command: str, capsys) -> None:
    assert main([command, "--help"]) == 0
    assert f"example:\n  tlhelpers {command} " in capsys.readouterr().out


def test_help_is_light() -> None:
    code = "import sys; from tlhelpers.table.command_line import main; main(['--help'])\n"
    code += "assert not {'pandas', 'numba', 'sklearn'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# ---- Faults of ours, interruptions


def break_compare(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*args, **options):
        raise error

    for name in ("compare_architectures", "write_predictions"):
        monkeypatch.setattr(tlhelpers.table, name, broken)


def test_a_fault_of_ours_is_said_and_shown_on_demand(folder: Path, monkeypatch, capsys) -> None:
    break_compare(monkeypatch, IndexError("index 7 is out of bounds"))
    assert main(["compare", "table.csv"]) == 1
    err = capsys.readouterr().err
    assert "a fault of tlhelpers (IndexError: index 7 is out of bounds); please report it" in err
    assert "Traceback" not in err
    assert main(["compare", "table.csv", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_too_little_memory_is_said(folder: Path, monkeypatch, capsys) -> None:
    break_compare(monkeypatch, MemoryError())
    assert main(["compare", "table.csv"]) == 1
    err = capsys.readouterr().err
    assert "the memory of this machine is too small for this table" in err and "fault" not in err


def test_a_warning_names_no_line_of_code(folder: Path, calls, monkeypatch, capsys) -> None:
    def predict(*tables, **options):
        for _ in range(3):
            with warnings.catch_warnings():  # it forgets what was shown
                warnings.simplefilter("always")
                warnings.warn("few trees", UserWarning, stacklevel=1)
        return pd.DataFrame({"prediction": [1.0], "outside": [0.0]})

    monkeypatch.setattr(tlhelpers.table, "predict_table", predict)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert main(["predict", "table.csv"]) == 0
    err = capsys.readouterr().err
    assert err.count("warning: few trees") == 1 and ".py" not in err


def test_an_interruption_says_that_a_second_run_goes_on(folder: Path, monkeypatch, capsys) -> None:
    break_compare(monkeypatch, KeyboardInterrupt())
    assert main(["compare", "table.csv"]) == 130
    assert "a second run goes on" in capsys.readouterr().err


def test_a_full_disk_is_no_fault_of_ours(folder: Path, monkeypatch, capsys) -> None:
    break_compare(monkeypatch, OSError(28, "No space left on device", "r.html"))
    assert main(["compare", "table.csv"]) == 2
    assert "'r.html': No space left on device" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_said(folder: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "table.csv"))
    assert command_line._kept() is None
    assert "cannot be written" in capsys.readouterr().err


def test_the_cache_can_be_moved(folder: Path, calls, monkeypatch) -> None:
    monkeypatch.setenv("TLHELPERS_CACHE", str(folder / "elsewhere" / "deep"))
    assert main(["compare", "table.csv", "--report", "r.html"]) == 0
    assert calls[0][-1]["keep"] == folder / "elsewhere" / "deep"
    assert calls[0][-1]["keep"].is_dir() and "TLHELPERS_CACHE" in (ROOT / "README.md").read_text()


@pytest.mark.once
def test_a_signal_ends_a_process_with_130(folder: Path) -> None:
    Path("plain.csv").write_text("x,y\n1.5,2\n2.5,3\n3.5,\n")
    os.mkfifo("slow.csv")  # reading it waits for a writer that never comes
    command = [sys.executable, "-m", "tlhelpers", "predict", "plain.csv", "--new", "slow.csv"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    try:
        while "Set them with" not in child.stderr.readline():  # said before the pipe is opened
            assert child.poll() is None
        for _ in range(20):  # one just before the pipe is opened is seen behind it, which is never
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                _, err = child.communicate(timeout=20)
                break
    finally:
        child.kill()
    assert child.returncode == 130 and "interrupted" in err and "Traceback" not in err


@pytest.mark.once
def test_a_closed_pipe_is_no_fault(folder: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    line = f"{sys.executable} -m tlhelpers check table.csv | true"
    done = subprocess.run(line, shell=True, env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "fault" not in done.stderr


# ---- From end to end, with what computes


def test_from_a_file_to_a_report_and_predictions(folder: Path, capfd) -> None:
    words = ["compare", "table.csv", "--usual", "--report", "r.html", "--max-seconds", 0.1]
    done = run(*words, how=("-c", LIGHT), timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and "Traceback" not in done.stderr
    report = Path("r.html").read_text("utf-8")
    assert (
        "<svg" in report
        and "usual mixture, with columns" in report
        and done.stdout.split()[0] in report
        and "http" not in report
    )
    Path("new.csv").write_text("formula,computed\nMgSe,2.5\nBeO,\n")
    words = ["predict", "table.csv", "--new", "new.csv", "--output", "p.csv"]
    assert main(words) == 0, capfd.readouterr().err
    predicted = pd.read_csv("p.csv")
    assert len(predicted) == 2 and {"prediction", "low", "high"} <= set(predicted)
    assert (predicted["low"] <= predicted["prediction"]).all()
