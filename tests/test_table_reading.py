"""Odd files are read as their plain twin is; broken ones are refused with place and remedy."""

import sys
import time
import zipfile
from io import StringIO
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest
from pandas.testing import assert_frame_equal

from tlhelpers.data.files import table_path
from tlhelpers.table import TableError, read_table
from tlhelpers.table.cells import FAULTS, settle
from tlhelpers.table.number_cells import read_numbers

PLAIN = "formula,gap,T\nNaCl,8.5,300\nGaAs,,77\nFe2O3,-2.25e1,1200\n"


def twin(text: str = PLAIN) -> pd.DataFrame:
    """Return a table as pandas reads its plain form."""
    frame = pd.read_csv(StringIO(text), keep_default_na=False, na_values=[""])
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert_frame_equal(found, expected, check_names=False, check_index_type=False)


@pytest.fixture
def write(tmp_path: Path):
    def written(content: str | bytes, name: str = "table.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path.write_bytes(data)
        return path

    return written


def sheet(path: Path, rows: list[list], merged: str = "", **others: list[list]) -> Path:
    """Write an Excel file, its first sheet called data."""
    book = openpyxl.Workbook()
    book.active.title = "data"
    for title, cells in {"data": rows, **others}.items():
        page = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in cells:
            page.append(row)
    if merged:
        book["data"].merge_cells(merged)
    book.save(path)
    return path


COMMAS = PLAIN.replace(",", ";").replace(".", ",")
ODD = {
    "semicolons, decimal commas": (COMMAS, "utf-8"),
    "semicolons, decimal points": (PLAIN.replace(",", ";"), "utf-8"),
    "tabs": (PLAIN.replace(",", "\t"), "utf-8"),
    "tabs, decimal commas": (COMMAS.replace(";", "\t"), "utf-8"),
    "bars": (PLAIN.replace(",", "|"), "utf-8"),
    "byte-order mark": (PLAIN, "utf-8-sig"),
    "UTF-16": (PLAIN, "utf-16"),
    "UTF-16, semicolons": (COMMAS, "utf-16"),
    "Windows line ends": (PLAIN.replace("\n", "\r\n"), "utf-8"),
    "no last line end": (PLAIN[:-1], "utf-8"),
    "quoted": ('"formula","gap","T"\n"NaCl","8.5","300"\nGaAs,"",77\nFe2O3,-22.5,1200', "utf-8"),
    "quoted decimal commas": (PLAIN.replace("8.5", '"8,5"').replace("-2.25e1", '"-22,5"'), "utf-8"),
    "spaces": (PLAIN.replace(",", " , "), "utf-8"),
    "typographic minus": (PLAIN.replace("-2", "\u22122"), "utf-8"),
    "empty columns beside": (PLAIN.replace("\n", ",,\n"), "utf-8"),
    "row numbers": (pd.read_csv(StringIO(PLAIN)).to_csv(), "utf-8"),
    "row numbers from 1": (
        ",formula,gap,T\n1,NaCl,8.5,300\n2,GaAs,,77\n3,Fe2O3,-22.5,1200", "utf-8"
    ),
    "empty rows below": (PLAIN + ",,\n,,\n\n", "utf-8"),
    "thousands marks": (PLAIN.replace("1200", "1'200"), "utf-8"),
    "hole words": (PLAIN.replace("GaAs,,", "GaAs,n/a,"), "utf-8"),
    "a dash as a hole": (PLAIN.replace("GaAs,,", "GaAs,-,"), "utf-8"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_file_is_read_as_its_plain_twin(kind: str, write) -> None:
    same(read_table(write(ODD[kind][0], encoding=ODD[kind][1])), twin())


def test_a_line_that_names_the_separator_is_followed_and_counted(write) -> None:
    found = read_table(write("sep=;\n" + COMMAS))
    same(found, twin().set_axis([3, 4, 5]))


def test_latin_1_is_read_and_said(write) -> None:
    found = read_table(write("größe;probe é\n1,5;2\n0,5;3\n", encoding="latin-1"))
    assert found.to_dict("list") == {"größe": [1.5, 0.5], "probe é": [2, 3]}
    assert "Latin-1" in found.attrs["notes"][0]


def test_rows_keep_their_number_and_holes_are_told(write) -> None:
    found = read_table(write("a,b\n1,NA\n\n2,none\n3,1.5\n"))
    assert found.index.tolist() == [2, 4, 5]
    assert found["b"].isna().tolist() == [True, True, False]
    notes = " ".join(found.attrs["notes"])
    assert "left out: 1" in notes and "'NA' (1), 'none' (1)" in notes


def test_sodium_nitride_is_no_hole(write) -> None:
    assert read_table(write("formula,y\nNaN,1\nNa3N,2\nNaCl,\n"))["formula"].tolist()[0] == "NaN"


def test_thousands_are_read_where_the_column_tells(write) -> None:
    cells = {"1.234,5": 1234.5, "1.234": 1234.0, "12": 12.0}
    found = read_table(write("a;b\n" + "".join(f"{cell};x{cell}\n" for cell in cells)))
    assert found["a"].tolist() == list(cells.values())
    found = read_table(write('a,b\n"1,234,567",x\n"1,234",y\n2.5,z\n'))
    assert found["a"].tolist() == [1234567, 1234, 2.5]


def test_a_decimal_comma_elsewhere_tells_a_column_of_three_decimals(write) -> None:
    found = read_table(write("a;b\n1,234;0,5\n2,345;1,5\n"))
    assert found["a"].tolist() == [1.234, 2.345]


def test_five_columns_with_a_fault_are_named_and_the_others_counted(write) -> None:
    head, good, bad = (",".join(f"{x}{i}" for i in range(8)) for x in ("c", "", "x"))
    path = write(f"{head}\n{good}\n{good}\n{bad}\n")
    with pytest.raises(TableError, match="row 4, column 'c0': 'x0' is no number") as refused:
        read_table(path)
    said = str(refused.value)
    assert "row 4, column 'c4'" in said and "'c5'" not in said and "3 more columns" in said


def test_a_number_of_a_spreadsheet_does_not_say_what_a_point_in_a_text_is() -> None:
    found = read_numbers([1.5, "3.456"])
    assert {sign: values.tolist() for sign, values in found.values.items()} == {
        ".": [1.5, 3.456], ",": [1.5, 3456.0],
    }  # fmt: skip
    assert list(read_numbers(["1.5", "3.456"]).values) == ["."]


def test_numbers_in_any_notation_agree_with_float(write) -> None:
    rng = np.random.default_rng(0)
    texts = [
        f"{x:{form}}" for x in rng.normal(0, 1e4, 200) for form in (".3f", ".5g", "+.2e", ".0f")
    ]
    for separator, sign in ((",", "."), (";", ","), ("\t", ","), ("\t", ".")):
        body = "".join(f"{t.replace('.', sign)}{separator}x\n" for t in texts)
        found = read_table(write(f"a{separator}b\n{body}"))
        assert found["a"].tolist() == list(map(float, texts))


def test_names_so_long_that_another_separator_is_no_table(write) -> None:
    names = [letter * 60_000 for letter in "abc"]  # in one cell, they are more than csv allows
    assert list(read_table(write(f"{';'.join(names)}\n1;2;3\n"))) == names


def test_thousands_of_columns(write) -> None:
    values = np.random.default_rng(0).normal(size=(40, 5000)).round(4)
    plain = pd.DataFrame(values, columns=[f"c{j}" for j in range(5000)])
    start = time.process_time()
    found = read_table(write(plain.to_csv(index=False, sep=";", decimal=",")))
    assert time.process_time() - start < 20
    assert (found.to_numpy() == values).all() and list(found) == list(plain)


def test_the_tables_of_the_package_are_read_as_their_loader_reads_them() -> None:
    for name in ("no_dissociation.csv", "magpie_elements.csv", "strehlow_cook_1973.csv"):
        found = read_table(table_path(name))
        plain = pd.read_csv(table_path(name), keep_default_na=False, na_values=[""])
        numbers = plain.select_dtypes("number")
        same(found[list(numbers)].astype(float).reset_index(drop=True), numbers.astype(float))
        assert list(found) == list(plain) and len(found) == len(plain)


def test_parquet_and_excel_are_read_as_the_plain_twin(tmp_path: Path) -> None:
    plain = twin().reset_index(drop=True)
    plain.to_parquet(tmp_path / "a.parquet")
    same(read_table(tmp_path / "a.parquet"), plain.set_axis([1, 2, 3]))
    plain.set_index("formula").to_parquet(tmp_path / "b.parquet")
    same(read_table(tmp_path / "b.parquet"), plain.set_axis([1, 2, 3]))
    plain.to_excel(tmp_path / "a.xlsx", index=False)
    same(read_table(tmp_path / "a.xlsx"), twin())
    plain.to_excel(tmp_path / "b.xlsx")  # with the index, and a name that tells nothing
    (tmp_path / "b.xlsx").rename(tmp_path / "b.table")
    same(read_table(tmp_path / "b.table"), twin())


def test_numbers_as_text_and_a_table_lower_down_in_a_sheet(tmp_path: Path) -> None:
    rows = [[], [], ["formula", "gap", None], ["NaCl", "8,5", None], [], ["GaAs", "n/a", None]]
    found = read_table(sheet(tmp_path / "a.xlsx", rows))
    assert found.index.tolist() == [4, 6] and found["gap"].tolist()[0] == 8.5
    assert list(found) == ["formula", "gap"]


def test_text_among_the_numbers_of_a_sheet_is_said(tmp_path: Path) -> None:
    typed = read_table(sheet(tmp_path / "a.xlsx", [["a", "b"], [1.5, 1], ["2,26", 2], [" 3 ", 3]]))
    assert typed["a"].tolist() == [1.5, 2.26, 3]
    assert typed.attrs["notes"] == (
        "Column 'a': text read as a number: '2,26' (row 3), '3' (row 4).",
    )


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["a", "b"], [1, 2]], other=[["c", "d"], [3, 4]], empty=[])
    with pytest.raises(TableError, match=r"2 sheets hold data: data, other. Say .* --sheet NAME"):
        read_table(path)
    assert read_table(path, "other").to_dict("list") == {"c": [3], "d": [4]}
    with pytest.raises(TableError, match=r"no sheet 'x'. The sheets are data, other, empty"):
        read_table(path, "x")


def formula_without_result(path: Path) -> Path:
    return sheet(path, [["a", "b"], [1, "=A2*2"]])


REFUSED = {
    "text in a number column": ("a,b\n1,2\n2,3\n3,see text\n", r"row 4, column 'b': 'see text' is"),
    "a mark again and again": ("a,b\n1,2.5\n2,3.5\n3,4.5\n" + "4,n.m.\n" * 5,
                               r"row 5, column 'b': 'n.m.' is"),
    "a bound": ("a,b\n1,2\n2,<0.1\n", r"row 3, column 'b': '<0.1' is a bound, .* Leave the cell"),
    "a unit": ("a,b\n1,1.2 eV\n2,3\n", r"row 2, column 'b': '1.2 eV' holds a unit .* name"),
    "units only": ("a,b\n1,1.2 eV\n2,3 eV\n", r"row 2, column 'b': '1.2 eV' holds a unit"),
    "an uncertainty": ("a,b\n1,1.2±0.1\n2,3\n", r"row 2, column 'b': .* uncertainty .* of its own"),
    "digits in doubt": ("a,b\n1,1.23(4)\n2,3\n", r"row 2, column 'b': '1.23\(4\)' holds an"),
    "a range": ("a,b\n1,1.2-1.4\n2,3\n", r"row 2, column 'b': '1.2-1.4' is a range"),
    "a spreadsheet error": ("a,b\n1,#DIV/0!\n2,3\n", r"row 2, column 'b': '#DIV/0!' is an"),
    "infinity": ("a,b\n1,2\n2,-inf\n", r"row 3, column 'b': '-inf' is infinite"),
    "too large": ("a,b\n1,2\n2,1e999\n", r"row 3, column 'b': '1e999' is infinite or too large"),
    "both signs": ("a;b\n1;2.5\n2;2,5\n", r"row 3, column 'b': '2.5' has a decimal point"),
    "thousands in doubt": ("a;b\n1;1.234\n2;8\n", r"'1.234' can be read as 1234 and as 1.234"),
    "commas in doubt": ('a,b\n1,"1,234"\n2,8\n', r"'1,234' can be read as 1234 and as 1.234"),
    "double header": ("a,b,a\n1,2,3\n", r"row 1: columns 1 and 3 are both named 'a'"),
    "header of numbers": ("1,2\n3,4\n", r"row 1: the first row holds numbers only, .* names"),
    "a column without name": ("a,,c\n1,2,3\n", r"row 1: column 2 has no name"),
    "an index without name": (",b\nx,2\ny,3\n", r"row 1: column 1 has no name"),
    "a short row": ("a,b\n1,2\n3\n", r"row 3: the row has 1 cells, and the header in row 1 2"),
    "a long row": ("a,b\n1,2\n3,4,5\n", r"row 3: the row has 3 cells.* quotation marks"),
    "an open quote in the first row": ('"a,b\n1,2\n', r"row 1: a quotation mark is not closed"),
    "an open quote": ('a,b\n1,"2\n3,4\n', r"row 2: a quotation mark is not closed"),
    "a title above": ("My table,,\na,b,c\n1,2,3\n", r"row 1: column 2 has no name.*delete titles"),
    "a remark above": ("# of 2020\na,b\n1,2\n", r"row 2: the row has 2 cells.* delete titles"),
    "empty": ("", r".csv is empty"),
    "no cell": (",,\n,,\n", r"the file is empty. Give a table with a header and rows"),
    "white only": (" \n\n", r".csv is empty"),
    "header only": ("a,b\n", r"row 1: the file holds a header and no row below it"),
    "binary": (b"a,b\n\x00\x01\x02,3\n", r"bytes that are no text"),
    "binary, no UTF-8": (b"a,b\n\x00\xff\xfe,3\n", r"bytes that are no text, so it is no CSV"),
    "a cell without end": ('a,b\n1,"' + "x" * 2**18, r"row 2: a quotation mark is not closed"),
    "unreadable encoding": (b"a,b\n1,\x81\x8d\n", r"row 2: the encoding .* cannot be told"),
    "two encodings": ("é,ü\n1,ö\n".encode() + b"2,\xe9\n", r"row 3: .* UTF-8 text with"),
    "broken UTF-16": ("a,b\n".encode("utf-16") + b"\x00", r"starts as utf-16 text and breaks"),
    "JSON": ('[{"a": 1}]', r"the file is JSON"),
    "HTML": ("<html><table>", r"the file is HTML or XML"),
    "gzip": (b"\x1f\x8b\x08\x00", r"compressed with gzip. Unpack it"),
    "old Excel": (bytes.fromhex("d0cf11e0a1b11ae1") + b"Workbook", r"old Excel format"),
    "a password": (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
                   r"protected by a password"),
    "broken Excel": (b"PK\x03\x04 and then nothing", r"Excel file is broken or cut off"),
    "broken Parquet": (b"PAR1 and then nothing", r"Parquet file is broken"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_broken_file_is_refused_with_its_place(kind: str, write) -> None:
    content, message = REFUSED[kind]
    with pytest.raises(TableError, match=message):
        read_table(write(content))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.xlsx", "ends in .xlsx, but the content is no Excel file"),
        ("a.parquet", "ends in .parquet, but the content is no Parquet file"),
        ("a.xls", "ends in .xls, but the content is text"),
        ("a.json", "the file is JSON"),
    ],
)
def test_a_name_that_the_content_contradicts(name: str, message: str, write) -> None:
    with pytest.raises(TableError, match=message):
        read_table(write(PLAIN, name))


def test_broken_spreadsheets_are_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path / "m.xlsx", [["a", "b"], [1, 2], [None, 3]], merged="A2:A3")
    with pytest.raises(TableError, match=r"the cells A2:A3 of sheet 'data' are merged. Unmerge"):
        read_table(path)
    with pytest.raises(TableError, match="cell B2 is a formula whose result is not stored"):
        read_table(formula_without_result(tmp_path / "f.xlsx"))
    with zipfile.ZipFile(tmp_path / "no.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no sheet")
    with pytest.raises(TableError, match=r"the file is a zip archive or other file, no Excel file"):
        read_table(tmp_path / "no.xlsx")
    with zipfile.ZipFile(tmp_path / "no.xlsx", "a") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(TableError, match=r"an OpenDocument or other file.*Save the table as .xlsx"):
        read_table(tmp_path / "no.xlsx")
    with zipfile.ZipFile(tmp_path / "no.xlsx", "a") as archive:
        archive.writestr("xl/workbook.xml", "no XML")
    with pytest.raises(
        TableError, match=r"the Excel file is broken \(.+\)\. Open it in the spread"
    ):
        read_table(tmp_path / "no.xlsx")
    with pytest.raises(TableError, match="no sheet of the Excel file holds data"):
        read_table(sheet(tmp_path / "e.xlsx", []))
    with pytest.raises(TableError, match=r"row 3, column 'b': '2024-03-01' is no number"):
        date = pd.Timestamp("2024-03-01").to_pydatetime()
        read_table(sheet(tmp_path / "d.xlsx", [["a", "b"], [1, 2], [2, date]]))
    good = sheet(tmp_path / "g.xlsx", [["a", "b"], [1, 2]])
    (tmp_path / "cut.xlsx").write_bytes(good.read_bytes()[:-200])
    with pytest.raises(TableError, match="broken or cut off"):
        read_table(tmp_path / "cut.xlsx")
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "no workbook")
    with pytest.raises(TableError, match=r"the Excel file is broken \(\w+: .*save it as .xlsx"):
        read_table(tmp_path / "odd.xlsx")
    with pytest.raises(TableError, match="has no sheets"):
        read_table(table_path("no_dissociation.csv"), "data")


def test_stored_results_of_formulas_and_truths_are_read(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2*2"], [True, 3]])
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    page = files["xl/worksheets/sheet1.xml"]
    files["xl/worksheets/sheet1.xml"] = page.replace(b"<v></v>", b"<v>2</v>").replace(
        b"<v />", b"<v>2</v>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(TableError, match="row 3, column 'a': 'True' is no number"):
        read_table(path)
    frame = read_table(sheet(tmp_path / "b.xlsx", [["a", "b"], [True, 2], [False, 3]]))
    assert frame["a"].tolist() == ["True", "False"] and frame["b"].tolist() == [2, 3]


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(TableError, match="there is no file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "file").write_text(PLAIN)
    with pytest.raises(TableError, match=r"a.csv' cannot be read \(Not a directory\)"):
        read_table(tmp_path / "file" / "a.csv")


def test_all_faulty_columns_are_told_at_once(write) -> None:
    with pytest.raises(TableError, match=r"row 2, column 'a'.* Also row 3, column 'b': '<3'"):
        read_table(write("a,b\n1 eV,2\n3,<3\n"))
    with pytest.raises(TableError, match=rf"column '{'c' * (FAULTS - 1)}'.*; 3 more columns\.$"):
        names = ["c" * i for i in range(FAULTS + 3)]
        names[0] = "first"
        read_table(
            write(f"{','.join(names)}\n{','.join(['<3'] * len(names))}\n1{',2' * len(names[1:])}")
        )


def test_all_faulty_cells_and_rows_are_told_at_once(write) -> None:
    with pytest.raises(TableError, match=r"row 3, .*'<3'.* So it is with 'see SI' \(rows 4, 6\)"):
        read_table(write("a,b\n1,2\n2,<3\n3,see SI\n4,5\n5,see SI\n6,7\n7,8\n"))
    with pytest.raises(TableError, match=r"row 3: the row has 1 cells.* So it is in row 5\."):
        read_table(write("a,b\n1,2\n3\n4,5\n6\n"))


def test_infinite_numbers_in_parquet(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1.0, np.inf]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="row 2, column 'a': the number is infinite"):
        read_table(tmp_path / "a.parquet")


def test_two_columns_of_one_name_in_parquet(tmp_path: Path) -> None:
    twice = pyarrow.table([[1.0], [2.0]], names=["a", "a"])
    pyarrow.parquet.write_table(twice, tmp_path / "a.parquet")
    with pytest.raises(TableError, match=r"several columns are named 'a'\. Rename them"):
        read_table(tmp_path / "a.parquet")


def test_a_table_of_python_may_be_empty_or_of_other_types() -> None:
    with pytest.raises(TableError, match="the table holds no row or no column"):
        settle(pd.DataFrame({"a": []}))
    frame = settle(pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [1.5, 2.5]}))
    assert frame["a"].dtype == frame["b"].dtype == float
    assert frame["a"].tolist()[0] == 1 and frame["a"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("package", "name"), [("openpyxl", "a.xlsx"), ("pyarrow.parquet", "a.pq")])
def test_a_missing_extra_is_named(package, name, tmp_path, monkeypatch) -> None:
    twin().to_excel(tmp_path / "a.xlsx") if name == "a.xlsx" else twin().to_parquet(tmp_path / name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"pip install 'tlhelpers\[table\]'") as caught:
        read_table(tmp_path / name)
    assert isinstance(caught.value, TableError)
