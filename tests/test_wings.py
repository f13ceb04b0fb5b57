"""The package keeps its shape: arrows point one way, modules are short, names are where they say.

| wing | may import |
|---|---|
| forests, data | no other wing |
| evaluation | forests |
| table | forests, evaluation, data |
| book | all |
"""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import jupytext
import pytest
from conftest import ROOT

import tlhelpers

PACKAGE = ROOT / "tlhelpers"
MAY_IMPORT = {
    "forests": set(),
    "data": set(),
    "evaluation": {"forests"},
    "table": {"forests", "evaluation", "data"},
    "book": {"forests", "evaluation", "data", "table"},
}
WINGS = [wing for wing in MAY_IMPORT if (PACKAGE / wing).exists()]
MODULES = sorted(PACKAGE.rglob("*.py"))
CHAPTERS = sorted([*(ROOT / "notebooks").glob("*.md"), *(ROOT / "book").glob("*.md")])
DIRECTIVE = re.compile(r"^\.\. (?:auto\w+|py:\w+):: tlhelpers\.([\w.]+)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


# ---- Arrows


def imported(source: str, package: str = "") -> set[str]:
    """Return the modules that a source imports, wherever in it; `package` resolves dots."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            # `from tlhelpers import book` imports a wing too
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def arrows_back(source: str, wing: str, package: str = "") -> set[str]:
    """Return what a module imports that its wing may not know."""
    back = set()
    for module in imported(source, package):
        top, _, rest = module.partition(".")
        other = rest.partition(".")[0]
        if top != "tlhelpers" or other == wing or other in MAY_IMPORT[wing]:
            continue
        if other in MAY_IMPORT:
            back.add(module)
        elif other:  # a name of the root, which leads to the wing that it comes from
            leads_to = tlhelpers._WING_OF.get(other)
            if leads_to not in {wing, *MAY_IMPORT[wing]}:
                back.add(module)
    return back


def test_every_folder_is_a_wing_of_the_table() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == set(WINGS)
    assert {path.stem for path in PACKAGE.glob("*.py")} <= {"__init__", "__main__"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent != PACKAGE], ids=name_of)
def test_arrows_point_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT).parent.parts
    assert arrows_back(path.read_text("utf8"), parts[1], ".".join(parts)) == set()


@pytest.mark.parametrize(
    ("source", "wing", "back"),
    [
        ("import tlhelpers.book.lab", "forests", {"tlhelpers.book.lab"}),
        ("def f():\n    from tlhelpers.data import no_study", "forests", {"tlhelpers.data"}),
        ("from tlhelpers import no_study", "evaluation", {"tlhelpers.no_study"}),
        ("from tlhelpers import book", "table", {"tlhelpers.book"}),
        ("from ..evaluation import coverage", "data", {"tlhelpers.evaluation"}),
        ("from tlhelpers.forests.bags import draw\nimport numpy", "evaluation", set()),
        ("from tlhelpers import DifferenceForest, no_study", "table", set()),
        ("from . import labels\nfrom .bags import draw", "forests", set()),
    ],
)
def test_an_arrow_back_is_seen(source: str, wing: str, back: set[str]) -> None:
    found = arrows_back(source, wing, f"tlhelpers.{wing}")
    assert {name for name in found if name in back} == back and bool(found) == bool(back)


# ---- Size


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short(path: Path) -> None:
    source = path.read_text("utf8")
    assert len(source.splitlines()) <= 350
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            assert sum(isinstance(part, functions) for part in node.body) <= 20, node.name


# ---- Names


@pytest.mark.parametrize("wing", ["", *WINGS])
def test_every_public_name_exists(wing: str) -> None:
    module = import_module(f"tlhelpers.{wing}".rstrip("."))
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_root_gives_what_its_wings_export() -> None:
    for wing, names in tlhelpers._PUBLIC.items():
        assert set(names) <= set(import_module(f"tlhelpers.{wing}").__all__)


def used(source: str) -> set[tuple[str, str]]:
    """Return the (module, name) pairs of this package that a cell imports or reads from `tl`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tlhelpers"):
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {(name, "") for name in names if name.startswith("tlhelpers.")}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {("tlhelpers", node.attr)} if node.value.id == "tl" else set()
    return found


def test_a_name_that_is_not_public_is_seen() -> None:
    source = "import tlhelpers as tl\nfrom tlhelpers.forests.bags import x\ntl.y(tl.z)"
    expected = {("tlhelpers.forests.bags", "x"), ("tlhelpers", "y"), ("tlhelpers", "z")}
    assert used(source) == expected


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_uses_public_names_only(path: Path) -> None:
    cells = [cell for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    names = {pair for cell in cells for pair in used(cell.source)}
    homes = {"tlhelpers", *(f"tlhelpers.{wing}" for wing in WINGS)}
    assert {module for module, _ in names} <= homes
    assert [n for module, n in names if n not in import_module(module).__all__] == []


def listed() -> list[str]:
    """Return what the API page describes, in its order, without the leading `tlhelpers.`."""
    return DIRECTIVE.findall((ROOT / "book" / "api.md").read_text("utf8"))


def public() -> dict[str, str]:
    """Return every public name, where users find it, and the wing that it is of."""
    names = dict(tlhelpers._WING_OF)
    for wing in WINGS:
        own = import_module(f"tlhelpers.{wing}").__all__
        names |= {f"{wing}.{name}": f"more of {wing}" for name in own if name not in names}
    return names


def test_the_api_page_lists_every_public_name_once() -> None:
    names = listed()
    assert len(set(names)) == len(names)
    assert public().keys() - set(names) == set()


def test_what_the_api_page_lists_exists() -> None:
    for name in listed():
        place, _, last = f"tlhelpers.{name}".rpartition(".")
        assert hasattr(import_module(place), last), name


def test_the_api_page_stands_in_the_order_of_the_exports() -> None:
    places = [public()[name] for name in listed() if name in public()]
    order = [*tlhelpers._PUBLIC, *(f"more of {wing}" for wing in WINGS)]
    assert places == sorted(places, key=order.index)
