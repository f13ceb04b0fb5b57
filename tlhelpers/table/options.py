"""The options of the command line, and a command written as a terminal takes it."""

import argparse
import csv
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

MODELS = (
    "single-task", "difference", "learned slope", "latent variable", "multi-task", "stack",
    "equal weights", "usual mixture, no columns", "usual mixture, with columns",
    "Gaussian process, no columns", "Gaussian process, with columns",
)  # fmt: skip
MOST_FOR_PROCESS = 1000  # labelled rows: the time of a fit grows with their third power
_ABOUT = """\
Which model predicts a scarce property best, from a table with holes: a row a material, a column a
property, an empty cell where a label is missing."""
_EXAMPLES = {
    "check": "tlhelpers check gaps.csv --target gap_measured",
    "compare": "tlhelpers compare gaps.xlsx --sheet data --report gaps.html --max-seconds 120",
    "predict": "tlhelpers predict gaps.csv --new candidates.csv --output predicted.csv",
    "template": "tlhelpers template my_table.csv",
}


def make_parser(runs: Mapping[str, Callable]) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    runs : mapping of {command: callable}
        Called with the options that were read.
    """
    top = argparse.ArgumentParser(
        "tlhelpers",
        description=_ABOUT,
        epilog="examples:\n  " + "\n  ".join(_EXAMPLES.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = _command(commands, runs, "check", "look for what makes a table hard to learn from")
    compare = _command(commands, runs, "compare", "compare all models, and write a report")
    predict = _command(commands, runs, "predict", "fill the holes of the target, or new rows")
    template = _command(commands, runs, "template", "write a small table to start from")
    template.add_argument("table", type=Path, metavar="FILE.csv", help="a file that is new")
    for command in (check, compare, predict):
        _add_roles(command)
    compare.add_argument(
        "--report", type=Path, metavar="FILE.html", help="default: TABLE_report.html, here"
    )
    compare.add_argument("--max-seconds", type=_seconds, metavar="S", help="default: no limit")
    compare.add_argument("--seed", type=_seed, default=0, metavar="N", help="default: 0")
    compare.add_argument(
        "--usual", action="store_true", help="also usual models of scikit-learn, with and without "
        f"the related columns: a mixture and, up to {MOST_FOR_PROCESS} labelled rows, a Gaussian "
        "process"
    )  # fmt: skip
    compare.add_argument(
        "--predictions", type=Path, metavar="FILE.csv", help="also predict the holes of the target"
    )
    predict.add_argument(
        "--new", type=Path, metavar="FILE", help="rows to predict; default: the holes of TABLE"
    )
    predict.add_argument("--new-sheet", metavar="NAME", help="the sheet of an Excel file --new")
    predict.add_argument(
        "--model", type=_model, metavar="NAME", help=f"{'; '.join(MODELS)}. Default: usual "
        "mixture, with columns, or no columns where no row to predict has a related label",
    )  # fmt: skip
    predict.add_argument(
        "--output", type=Path, metavar="FILE.csv", help="default: written to the terminal"
    )
    return top


def _command(
    commands, runs: Mapping[str, Callable], name: str, words: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}.",
        epilog=f"example:\n  {_EXAMPLES[name]}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--debug", action="store_true", help="show where in the code it failed")
    command.set_defaults(run=runs[name])
    return command


def _add_roles(command: argparse.ArgumentParser) -> None:
    command.add_argument("table", type=Path, metavar="TABLE", help="CSV, Parquet or Excel (.xlsx)")
    command.add_argument("--sheet", metavar="NAME", help="the sheet of an Excel file")
    roles = command.add_argument_group("columns (guessed, and shown, where not given)")
    roles.add_argument("--target", metavar="NAME", help="the label to predict")
    roles.add_argument("--formula", metavar="COLUMN", help="chemical formulas, made features")
    roles.add_argument("--group", metavar="COLUMN", help="rows of a group stay together in tests")
    roles.add_argument(
        "--features", type=_names, metavar="A,B", help="columns of numbers that are features"
    )


def _names(text: str) -> tuple[str, ...]:
    parts = next(csv.reader([text], skipinitialspace=True), [])  # a name with a comma: in quotes
    return tuple(name for part in parts if (name := part.strip()))


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no time: give a number above 0")
    return seconds


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed < 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number from 0")
    return seed


def _model(text: str) -> str:
    """Return the name of a model, however its words are joined; "difference (label)" stays."""
    if re.fullmatch(r"difference \(.+\)", text):
        return text
    plain = {"".join(filter(str.isalpha, name.lower())): name for name in MODELS}
    name = plain.get("".join(filter(str.isalpha, text.lower())))
    if name is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no model; there are: {'; '.join(MODELS)}")
    return name


def again(options: argparse.Namespace, command: str, *more: str) -> str:
    """Return a command for the same table and columns, as a terminal takes it."""
    words = ["tlhelpers", command, str(options.table)]
    for name in ("sheet", "target", "formula", "group", "features"):
        given = getattr(options, name)
        if given is not None:
            if not isinstance(given, str):
                given = ",".join(f'"{g}"' if "," in g else g for g in given)
            words += [f"--{name}", given]
    words += more
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
