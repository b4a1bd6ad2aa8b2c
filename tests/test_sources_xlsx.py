"""Workbooks: cells as careful text, nothing hidden taken for nothing, and no bomb opened."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vocanalytics.errors import SourceError
from vocanalytics.sources import archive
from vocanalytics.sources.records import Records
from vocanalytics.sources.sheet_scan import column_index, column_letters
from vocanalytics.sources.workbook import number_text, read_workbook
from vocanalytics.vocabulary import ROADMAP

HEADER = ("roadmap_id", "name", "description", "published_on")


def workbook(*sheets: tuple[str, list[tuple[object, ...]]], change: Callable[..., None] | None = None) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    formats = {
        dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        dt.time: book.add_format({"num_format": "hh:mm:ss"}),
    }
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(at, column, cell, formats.get(type(cell)))
        if change is not None:
            change(book, sheet)
    book.close()
    return written.getvalue()


def read(*rows: tuple[object, ...], change: Callable[..., None] | None = None) -> Records:
    return read_workbook(workbook(("Sheet1", [HEADER, *rows]), change=change), "roadmap.xlsx", ROADMAP)


CELLS = {
    "text": (" as it is\n", " as it is\n"),
    "text that looks like a formula": ("=1+1", "=1+1"),
    "whole number": (7, "7"),
    "number": (2400.5, "2400.5"),
    "money": (1234.1, "1234.1"),
    "large": (1e20, "100000000000000000000"),
    "small": (1e-7, "0.0000001"),
    "true": (True, "true"),
    "false": (False, "false"),
    "date": (dt.date(2026, 9, 30), "2026-09-30"),
    "moment": (dt.datetime(2026, 9, 30, 13, 5, 9), "2026-09-30T13:05:09"),  # noqa: DTZ001
    "nothing": (None, None),
    "leap day": (dt.date(2024, 2, 29), "2024-02-29"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_becomes_text(case: str) -> None:
    cell, expected = CELLS[case]
    records = read(("R1", "x", cell, "y"))
    assert records.rows["description"].to_list() == [expected]
    assert records.numbers.to_list() == [2]


def test_a_workbook_that_counts_from_1904_gives_the_same_day() -> None:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_datetime(1, 0, dt.date(2026, 9, 30), book.add_format({"num_format": "d mmm yyyy"}))
    sheet.write_string(1, 1, "x")
    book.close()
    assert read_workbook(written.getvalue(), "any.xlsx").rows.rows() == [("2026-09-30", "x")]


def test_a_time_of_day_is_kept_apart() -> None:
    records = read(("R1", "x", dt.time(13, 5), "y"), ("R2", "x", "z", "y"))
    assert records.rows["roadmap_id"].to_list() == ["R2"]
    assert [(broken.row, broken.column) for broken in records.broken] == [(2, "description")]


def test_an_error_cell_is_never_taken_for_an_empty_one() -> None:
    def errors(_: object, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_formula("C3", "=NA()", None, "#N/A")
        sheet.write_formula("D3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C4", "=A1", None, "computed")

    records = read(("R1", "x", "y", "z"), ("R2", "x"), ("R3", "x", "", "z"), change=errors)
    assert records.rows["description"].to_list() == ["y", "computed"]
    assert [(b.row, b.column, b.value, b.reason) for b in records.broken] == [
        (3, "description", "#N/A", "the cell C3 is #N/A")
    ]
    assert records.total == 3


def test_blank_rows_and_stray_blank_cells_are_left_out() -> None:
    def formatted(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        bold = book.add_format({"bold": True})
        for column in range(1024):
            sheet.write_blank(5, column, None, bold)
        sheet.write_string("F8", "")

    records = read(("R1", "x", "y", "z"), (), ("R2", "x", "y", "z"), change=formatted)
    assert records.numbers.to_list() == [2, 4]
    assert records.broken == ()
    assert "left out" in records.notes[0]


def test_a_value_outside_the_table_makes_its_row_broken() -> None:
    records = read(("R1", "x", "y", "z"), ("R2", "x", "y", "z", "a remark"))
    assert [(broken.row, broken.reason) for broken in records.broken] == [(3, "5 cells where the header has 4")]
    assert "a remark" in records.broken[0].value


def test_the_sheet_named_like_the_table_is_read_and_the_others_are_named() -> None:
    data = workbook(("Read me", [("hello",)]), ("Roadmap", [HEADER, ("R1", "x", "y", "z")]))
    records = read_workbook(data, "plan.xlsx", ROADMAP, title="roadmap")
    assert records.rows["roadmap_id"].to_list() == ["R1"]
    assert records.notes == ("only the sheet Roadmap is read, not Read me",)


def test_otherwise_the_first_visible_sheet_is_read() -> None:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written)
    book.add_worksheet("secret").hide()
    shown = book.add_worksheet("shown")
    shown.activate()
    shown.write_row(0, 0, HEADER)
    book.close()
    records = read_workbook(written.getvalue(), "roadmap.xlsx", ROADMAP, title="roadmap")
    assert records.total == 0
    assert records.notes == ()


def merge(_: object, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.merge_range("B2:B3", "both")


def uncomputed(_: object, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write_formula("C2", "=1+1", None, "")


STOPPED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: workbook(("Sheet1", [])), "sheet Sheet1: is empty"),
    "preamble": (lambda: workbook(("S", [("Our plan",), (), HEADER])), "the header, which seems to be on line 3"),
    "table further down": (lambda: workbook(("S", [(), (), HEADER])), "the header, which seems to be on line 3"),
    "repeated name": (lambda: workbook(("S", [(*HEADER, "name")])), "stands twice in the header (found 'name')"),
    "blank name": (lambda: workbook(("S", [("roadmap_id", "", "name")])), "no name for column 2 of 3"),
    "missing": (lambda: workbook(("S", [("roadmap_id", "name")])), "expected published_on"),
    "merged": (lambda: workbook(("S", [HEADER]), change=merge), "only the first holds a value (found B2:B3)"),
    "uncomputed": (lambda: workbook(("S", [HEADER]), change=uncomputed), "formulas that were never computed (found C2"),
    "not a zip": (lambda: b"PK\x03\x04 and nothing else", "is not a whole workbook"),
    "cut off": (lambda: workbook(("S", [HEADER]))[:-200], "is not a whole workbook"),
    "another zip": (lambda: zipped({"a.txt": b"a"}), "is not a whole workbook"),
    "locked": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is locked with a password"),
}  # fmt: skip


@pytest.mark.parametrize("case", STOPPED)
def test_stops_with_one_line(case: str) -> None:
    data, said = STOPPED[case]
    with pytest.raises(SourceError) as caught:
        read_workbook(data(), "roadmap.xlsx", ROADMAP)
    assert said in str(caught.value)
    assert str(caught.value).startswith("roadmap.xlsx")


def zipped(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in entries.items():
            bundle.writestr(name, content)
    return written.getvalue()


def with_sheet(xml: str) -> bytes:
    """A plain workbook whose sheet is exactly this XML."""
    plain = zipfile.ZipFile(io.BytesIO(workbook(("Sheet1", [("a",)]))))
    entries = {name: plain.read(name) for name in plain.namelist()}
    return zipped(entries | {"xl/worksheets/sheet1.xml": xml.encode()})


def sheet_of(rows: str) -> str:
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>'


FAR = {
    "wide": '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>',
    "wide and tall": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
    "taller than any sheet": '<row r="4294967295"><c r="A4294967295"><v>2</v></c></row>',
    "a row that only says so": '<row r="4294967295"><c><v>2</v></c></row>',
    "in single quotes": "<row r='1'><c\n r = 'xfd1'><v>2</v></c></row>",
    "inline text": '<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>',
}


def test_a_formatted_sheet_may_reach_far_as_long_as_its_values_do_not() -> None:
    xml = sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="AMJ1" s="0"/></row>')
    assert read_workbook(with_sheet(xml), "roadmap.xlsx").rows.columns == ["a"]


def test_a_sheet_that_cannot_be_found_or_parsed_stops() -> None:
    with pytest.raises(SourceError, match="is not a whole workbook"):
        read_workbook(with_sheet("<worksheet><sheetData>"), "roadmap.xlsx")
    with pytest.raises(SourceError, match="is not a whole workbook"):
        read_workbook(with_sheet(sheet_of('<row r="one"/>')), "roadmap.xlsx")
    plain = zipfile.ZipFile(io.BytesIO(workbook(("Sheet1", [("a",)]))))
    entries = {name: plain.read(name) for name in plain.namelist()}
    entries["xl/renamed.xml"] = entries.pop("xl/worksheets/sheet1.xml")
    with pytest.raises(SourceError, match="no way to the sheet 'Sheet1'"):
        read_workbook(zipped(entries), "roadmap.xlsx")


def test_a_formula_that_computed_to_empty_text_is_an_empty_cell() -> None:
    text = '<c r="{}1" t="inlineStr"><is><t>{}</t></is></c>'
    header = f'<row r="1">{text.format("A", "a")}{text.format("B", "b")}</row>'
    row = '<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    assert read_workbook(with_sheet(sheet_of(header + row)), "any.xlsx").rows.rows() == [(None, "2")]


def test_cells_without_places_are_counted_in_order() -> None:
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = f"<row>{text.format('a')}{text.format('b')}</row><row>{text.format('x')}<c t='e'><v>#REF!</v></c></row>"
    records = read_workbook(with_sheet(sheet_of(rows)), "any.xlsx")
    assert [(broken.row, broken.column, broken.value) for broken in records.broken] == [(2, "b", "#REF!")]


@pytest.mark.parametrize("case", FAR)
def test_two_far_apart_cells_do_not_exhaust_the_memory(case: str) -> None:
    with pytest.raises(SourceError, match="the sheet reaches too far"):
        read_workbook(with_sheet(sheet_of(FAR[case])), "roadmap.xlsx")


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(SourceError, match="carries a document type"):
        read_workbook(with_sheet(f'<?xml version="1.0"?>{bomb}<worksheet>&b;</worksheet>'), "roadmap.xlsx")


def test_an_archive_that_unpacks_into_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="unpacks into too much"):
        read_workbook(zipped({"xl/workbook.xml": b" " * 30_000_000}), "roadmap.xlsx")
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 1_000_000)
    noise = {f"{i}.xml": random.Random(i).randbytes(300_000) for i in range(4)}
    with pytest.raises(SourceError, match="more than 1,000,000 bytes"):
        read_workbook(zipped(noise), "roadmap.xlsx")
    monkeypatch.setattr(archive, "ENTRIES", 3)
    with pytest.raises(SourceError, match="4 entries, expected at most 3"):
        read_workbook(zipped(noise), "roadmap.xlsx")


def test_an_archive_that_lies_about_its_size_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 5_000_000)
    data = bytearray(zipped({"xl/workbook.xml": b" " * 9_000_000}))
    listed = data.find(b"PK\x01\x02")
    data[listed + 24 : listed + 28] = data[22:26] = struct.pack("<I", 100)
    with pytest.raises(SourceError, match="more than 5,000,000 bytes"):
        read_workbook(bytes(data), "roadmap.xlsx")


def test_a_locked_entry_is_not_opened() -> None:
    data = bytearray(zipped({"xl/workbook.xml": b"x" * 100}))
    listed = data.find(b"PK\x01\x02")
    data[listed + 8] = data[6] = 1
    with pytest.raises(SourceError, match="is encrypted"):
        read_workbook(bytes(data), "roadmap.xlsx")


@given(st.integers(0, 20_000))
def test_columns_are_counted_as_a_spreadsheet_does(index: int) -> None:
    assert column_index(column_letters(index)) == index
    assert [column_letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_from_its_text(number: float) -> None:
    assert float(number_text(number)) == number
    assert "e" not in number_text(number).lower()


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=12)


@settings(max_examples=50, deadline=None)
@example([("_x0041_", "a\rb\r\nc"), ("\0\x07", " \t "), ("\x85\u2028", "😀")])
@given(st.lists(st.tuples(CELL, CELL).filter(any), max_size=5))
def test_what_a_writer_writes_comes_back(rows: list[tuple[str, ...]]) -> None:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, cells in enumerate([("a", "b"), *rows]):
        for column, cell in enumerate(cells):
            sheet.write_string(at, column, cell)
    book.close()
    records = read_workbook(written.getvalue(), "any.xlsx")
    assert records.rows.rows() == [tuple(cell or None for cell in row) for row in rows]


def test_the_borrowed_workbooks_are_read_or_stopped_in_one_line(shared: Path) -> None:
    outcomes = {"read": 0, "stopped": 0}
    for path in sorted(shared.joinpath("cases").rglob("*.xlsx")):
        try:
            read_workbook(path.read_bytes(), path.name)
            outcomes["read"] += 1
        except SourceError as stopped:
            assert "\n" not in str(stopped)
            outcomes["stopped"] += 1
    assert min(outcomes.values()) > 10


def test_borrowed_dates_of_both_epochs_agree(shared: Path) -> None:
    folder = shared / "cases" / "calamine-xlsx"
    both = [read_workbook((folder / name).read_bytes(), name) for name in ("date.xlsx", "date_1904.xlsx")]
    assert both[0].rows.equals(both[1].rows)
    assert both[0].rows.columns[0] == "2021-01-01"
