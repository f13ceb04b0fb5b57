"""The button of chapter 12 takes real bytes, and the published page has none."""

from datetime import UTC, datetime

import ipywidgets
import pandas as pd
import pytest

from tlhelpers.book import TableUpload
from tlhelpers.table import read_table

GOOD = b"formula;gap (eV);z\nNaCl;8,5;5\nKCl;;5,1\nZnO;3,4;0,7\nMgO;7,7;4,4\n"


@pytest.fixture
def example(tmp_path, monkeypatch):
    monkeypatch.delenv("TLHELPERS_STATIC", raising=False)
    (tmp_path / "example.csv").write_text("formula,gap\nNaCl,8.5\nKCl,\nZnO,3.4\n")
    return tmp_path / "example.csv"


def give(upload: TableUpload, name: str, content: bytes) -> None:
    """Do what the browser does when a file is chosen."""
    if ipywidgets.__version__.startswith("7."):  # Colab
        value = {name: {"metadata": {"name": name}, "content": content}}
    else:
        file = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
        value = (file | {"last_modified": datetime.now(UTC)},)
    upload.button.set_trait("value", value)


def test_the_example_stands_until_a_file_is_given(example) -> None:
    upload = TableUpload(example)
    assert upload.path == example and "target:         'gap'" in upload.message
    give(upload, "mine.csv", GOOD)
    assert upload.path.name == "mine.csv" and upload.path.read_bytes() == GOOD
    assert read_table(upload.path)["gap (eV)"].tolist()[0] == 8.5
    assert "mine.csv: 4 rows" in upload.message and "&#x27;gap (eV)&#x27;" in upload._said.value


def test_excel_is_taken_too(example, tmp_path) -> None:
    pd.DataFrame({"formula": ["NaCl", "KCl", "ZnO"], "y": [1, None, 2]}).to_excel(
        tmp_path / "t.xlsx", index=False
    )
    upload = TableUpload(example)
    give(upload, "t.xlsx", (tmp_path / "t.xlsx").read_bytes())
    assert read_table(upload.path)["y"].count() == 2


def test_a_refused_file_says_why_and_changes_nothing(example) -> None:
    upload = TableUpload(example)
    give(upload, "<b>.csv", b"formula,y\nNaCl,1\nKCl,<2\nZnO,3\n")
    assert upload.path == example and "row 3, column 'y': '<2' is a bound" in upload.message
    assert "<b>" not in upload._said.value and "&lt;b&gt;" in upload._said.value
    give(upload, "../../good.csv", GOOD)
    assert upload.path.name == "good.csv" and ".." not in upload.path.parts
    give(upload, "good.csv", b"formula,y\nNaCl,<1\n")
    assert "is not used" in upload.message and upload.path.read_bytes() == GOOD


def test_files_go_with_the_folder_of_the_button(example) -> None:
    upload = TableUpload(example)
    give(upload, "mine.csv", GOOD)
    kept = upload.path
    assert kept.exists()
    upload._folder.cleanup()
    assert not kept.exists()


def test_the_older_widget_gives_a_mapping(example) -> None:
    upload = TableUpload(example)
    upload._take({"new": {"old.csv": {"metadata": {}, "content": GOOD}}})
    assert upload.path.name == "old.csv"


def test_a_page_has_no_button(example, monkeypatch) -> None:
    shown: list = []
    monkeypatch.setattr("tlhelpers.book.upload.display", lambda it, **options: shown.append(it))
    monkeypatch.setenv("TLHELPERS_STATIC", "1")
    upload = TableUpload(example)
    upload._ipython_display_()
    assert upload.button is None and set(shown[0]) == {"text/plain", "text/html"}
    assert "In a running notebook a button stands here" in shown[0]["text/html"]
    monkeypatch.delenv("TLHELPERS_STATIC")
    live = TableUpload(example)
    live._ipython_display_()
    assert live.button in shown[1].children
