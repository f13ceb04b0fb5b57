"""The command line: ``tlhelpers check | compare | predict | template``."""

import argparse
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tlhelpers.table.errors import TableError
from tlhelpers.table.options import MOST_FOR_PROCESS, again, make_parser

if TYPE_CHECKING:
    import pandas as pd

    from tlhelpers.table.roles import OwnTable

FAULT, INPUT, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after the name of the program; None: those of this process.

    Returns
    -------
    int
        0; 1 for a fault of this package; 2 for a table, an option or a file that cannot be used;
        130 when interrupted.
    """
    try:
        options = make_parser(_RUNS).parse_args(argv)
    except SystemExit as stopped:  # argparse has said why
        return int(stopped.code or 0)
    try:
        with warnings.catch_warnings():
            if not options.debug:
                told: set[str] = set()
                warnings.showwarning = lambda message, *where: _warn(str(message), told)
            options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        kept = "; what is finished is kept, and a second run goes on"
        say(f"interrupted{kept if options.command == 'compare' else ''}")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except TableError as error:
        return _fail(options, str(error), INPUT)
    except OSError as error:
        where = f" {error.filename!r}" if error.filename else ""
        return _fail(options, f"cannot read or write{where}: {error.strerror or error}", INPUT)
    except MemoryError:
        return _fail(options, "the memory of this machine is too small for this table", FAULT)
    except Exception as error:
        last = traceback.format_exception_only(error)[-1].strip()
        more = "" if options.debug else ", with what --debug shows"
        return _fail(options, f"a fault of tlhelpers ({last}); please report it{more}", FAULT)
    return 0


def say(message: str) -> None:
    """Write a message for the user, apart from the results."""
    print(message, file=sys.stderr, flush=True)


def _warn(message: str, told: set[str]) -> None:
    """Write a warning, once, without the line of code that it comes from."""
    if message not in told:
        told.add(message)
        say(f"warning: {message}")


def _fail(options: argparse.Namespace, message: str, code: int) -> int:
    if options.debug:
        traceback.print_exc()
    say(f"tlhelpers {options.command}: {message}")
    return code


# ---- Commands


def _check(options: argparse.Namespace) -> None:
    from tlhelpers.table.checks import check

    table = _read(options)
    for finding in check(table):
        print(finding)


def _compare(options: argparse.Namespace) -> None:
    report = options.report or Path(f"{options.table.stem}_report.html")
    _check_output(report, options.table)
    if options.predictions:
        _check_output(options.predictions, options.table, report)
    own = _read(options)
    from tlhelpers.table import check, compare_architectures

    findings = check(own)
    for finding in findings:
        if finding.level != "note":
            place = f"{finding.place}: " if finding.place else ""
            say(f"{finding.level}: {place}{finding.message}")
    small = own.Y[own.target].count() <= MOST_FOR_PROCESS
    if options.usual and not small:
        say(f"the Gaussian process is left out: more than {MOST_FOR_PROCESS} labelled rows")
    rivals = _usual(own, process=small) if options.usual else {}
    comparison = compare_architectures(
        own.X,
        own.Y,
        own.target,
        own.groups,
        rivals=rivals,
        max_seconds=options.max_seconds,
        random_state=options.seed,
        n_jobs=-1,
        keep=_kept(),
    )
    print(comparison.recommendation)
    for sentence in comparison.notes:
        say(sentence)
    for sentence in comparison.left_out:
        say(f"left out: {sentence}")
    sheet = f", sheet {options.sheet}" if options.sheet else ""
    limit = f", at most {options.max_seconds:g} s" if options.max_seconds else ""
    source = f"{options.table.name}{sheet} ({len(own.X)} rows; seed {options.seed}{limit})"
    comparison.write_html(report, findings, source)
    say(f"report: {report}")
    say(f"next: {again(options, 'predict', '--model', comparison.recommended)}")
    if options.predictions:
        holes = own.Y[own.target].isna()
        if not holes.any():
            say(f"no predictions: every row has a label of {own.target!r}")
            return
        known = own.Y.loc[holes, list(own.roles.related)]
        predicted = comparison.predict(own.X[holes], known=known if known.shape[1] else None)
        _write(predicted, options.predictions, own.target)


def _usual(own: "OwnTable", *, process: bool = True) -> dict:
    """Return the usual models for the target of a table."""
    from tlhelpers.evaluation import usual_rivals
    from tlhelpers.forests.labels import CLASSIFICATION, find_task_types

    kind = find_task_types(own.Y, None, [own.target])[own.target]
    return usual_rivals(classes=kind == CLASSIFICATION, process=process)


def _predict(options: argparse.Namespace) -> None:
    if options.output:
        _check_output(options.output, options.table, options.new)
    own = _read(options)
    new = None
    if options.new:
        from tlhelpers.table.new_rows import read_new_rows
        from tlhelpers.table.reading import read_table

        new = read_new_rows(read_table(options.new, options.new_sheet), own)
        for note in new.notes:
            say(note)
    elif not own.Y[own.target].isna().any():
        raise TableError(
            f"every row has a label of {own.target!r}, so there is no hole to fill",
            remedy="Give rows to predict with --new FILE",
        )
    told = _know_related(own, new)
    model = options.model or f"usual mixture, {'with' if told else 'no'} columns"
    from tlhelpers.table import predict_table

    _say_model(options, model, told=told)
    predicted = predict_table(model, own, new, rivals=_usual(own), n_jobs=-1)
    _write(predicted, options.output, own.target)


def _know_related(own: "OwnTable", new: "OwnTable | None") -> bool:
    """Return whether any row to predict has a related label."""
    asked = own.Y[own.Y[own.target].isna()] if new is None else new.Y
    return bool(asked[list(own.roles.related)].notna().any(axis=None))


def _say_model(options: argparse.Namespace, model: str, *, told: bool) -> None:
    """Say which model is asked, why, and how models are judged."""
    if options.model:
        say(f"model: {model}, as --model says")
        return
    kind = "have" if told else "have no"
    say(
        f"model: {model}, the default where the rows to predict {kind} related labels. It was "
        "not judged on this table. To compare all models, and be told which to name with "
        f"--model:\n    {again(options, 'compare', '--usual')}"
    )


def _write(predicted: "pd.DataFrame", path: Path | None, target: str) -> None:
    """Write predictions, to the terminal where there is no path; say which rows lie outside."""
    from tlhelpers.table import write_predictions
    from tlhelpers.table.reach import OUTSIDE, describe_outside

    outside = describe_outside(predicted[OUTSIDE], target)
    if outside:
        say(outside)
    if "low" in predicted and predicted["low"].isna().all():
        say("this model states no intervals: their columns stay empty")
    with tempfile.TemporaryDirectory() as folder:
        file = path or Path(folder) / "predictions.csv"
        write_predictions(predicted, file, float_format="%.6g")
        if path is None:
            sys.stdout.write(file.read_text("utf-8-sig"))
        else:
            say(f"{len(predicted)} predictions: {path}")


def _template(options: argparse.Namespace) -> None:
    from tlhelpers.table.template import template_table

    if options.table.exists():
        raise TableError(f"{options.table} exists", remedy="Choose another name.")
    _check_output(options.table)
    template_table().to_csv(options.table, index=False)
    say(f"written: {options.table}. Put your own rows in place of these, then: tlhelpers check")


def _read(options: argparse.Namespace) -> "OwnTable":
    """Return the table of the command line, after saying what its columns were taken for."""
    from tlhelpers.table.guessing import guess_roles
    from tlhelpers.table.reading import read_table
    from tlhelpers.table.roles import read_roles

    frame: pd.DataFrame = read_table(options.table, options.sheet)
    named = {name: getattr(options, name) for name in ("target", "formula", "group", "features")}
    roles = guess_roles(frame, **named)
    say(f"{options.table}: {len(frame)} rows, {frame.shape[1]} columns\n{roles.describe()}")
    say("Set them with --target NAME --formula COLUMN --group COLUMN --features A,B")
    own = read_roles(frame, roles)
    for note in own.notes:
        say(note)
    return own


def _check_output(path: Path, *inputs: Path | None) -> None:
    """Raise an error, before any work, where a file cannot be written or is one that is read."""
    for other in inputs:
        if other is not None and _is_same(path, other):
            raise TableError(f"{path} is read or written by this very command, and would be lost",
                             remedy="Choose another name for the output.")  # fmt: skip
    if path.is_dir():
        raise TableError(f"{path} is a folder", remedy="Name a file in it.")
    if not path.parent.is_dir():
        raise TableError(f"there is no folder {path.parent}", remedy="Make it, or name another.")


def _is_same(path: Path, other: Path) -> bool:
    exist = path.exists() and other.exists()
    return path.samefile(other) if exist else path.resolve() == other.resolve()


def _kept() -> Path | None:
    """Return the folder in which finished parts of comparisons are kept."""
    named = os.environ.get("TLHELPERS_CACHE")
    if os.name == "nt":  # pragma: no cover - Windows alone
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else base / "tlhelpers"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        say(f"{folder} cannot be written: a run that is stopped will start anew")
        return None
    return folder


_RUNS = {"check": _check, "compare": _compare, "predict": _predict, "template": _template}
