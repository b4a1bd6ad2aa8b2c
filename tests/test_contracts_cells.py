"""Cells that hold something other than money: dates, moments, numbers, yes and no, words out of a list."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from vocanalytics.contracts.cells import read_cells, tidy_cells
from vocanalytics.contracts.moments import NO_TIME, NO_ZONE, ORDER_NOT_STATED
from vocanalytics.contracts.parsing import parse
from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import FEEDBACK, Column, Kind

UTC = dt.UTC


def read(column: Column, text: str | None) -> tuple[object, str | None, str | None]:
    """Value, reason and note of one cell."""
    cell = pl.DataFrame({column.name: [text]}, schema={column.name: pl.String}).select(tidy_cells(column).alias("cell"))
    reading = read_cells(column, pl.col("cell"), pl.lit("USD"))
    return cell.select(
        reading.value.alias("value"), reading.reason.alias("reason"), reading.note.alias("note")
    ).row(0)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "moment", "note"),
    [
        ("2026-07-01T12:00:00Z", dt.datetime(2026, 7, 1, 12, tzinfo=UTC), None),
        ("2026-07-01t12:00:00z", dt.datetime(2026, 7, 1, 12, tzinfo=UTC), None),
        ("2026-07-01 12:00:00 UTC", dt.datetime(2026, 7, 1, 12, tzinfo=UTC), None),
        ("2026-07-01T00:30:00+02:00", dt.datetime(2026, 6, 30, 22, 30, tzinfo=UTC), None),
        ("2026-07-01T12:00:00-0530", dt.datetime(2026, 7, 1, 17, 30, tzinfo=UTC), None),
        ("2026-07-01T12:00:00.1234567Z", dt.datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC), None),
        ("2026-07-01T12:00:00.5Z", dt.datetime(2026, 7, 1, 12, 0, 0, 500000, tzinfo=UTC), None),
        ("2026-07-01T12:34", dt.datetime(2026, 7, 1, 12, 34, tzinfo=UTC), NO_ZONE),
        ("2026-07-01 12:34:56", dt.datetime(2026, 7, 1, 12, 34, 56, tzinfo=UTC), NO_ZONE),
        (" 2026-07-01 ", dt.datetime(2026, 7, 1, tzinfo=UTC), NO_TIME),
    ],
)
def test_a_moment_is_read_in_utc(text: str, moment: dt.datetime, note: str | None) -> None:
    assert read(Column("created_at", "datetime"), text) == (moment, None, note)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2026", ORDER_NOT_STATED),
        ("31-12-2026 10:00", ORDER_NOT_STATED),
        ("3.4.26", ORDER_NOT_STATED),
        ("2026-02-30T10:00:00Z", "there is no such day"),
        ("2026-07-01T24:00:00Z", "not a date and time"),
        ("2026-07-01T12:60:00Z", "not a date and time"),
        ("2026-07-01T12:00:60Z", "not a date and time"),
        ("2026-07-01T12:00:00+15:00", "not a date and time"),
        ("2026-7-1", "not a date and time"),
        ("1026-07-01T00:00:00Z", "not a date and time"),
        ("09/Oct/25 1:42 PM", "not a date and time"),
        ("46204", "not a date and time"),
        ("1782900000", "not a date and time"),
    ],
)
def test_a_moment_that_must_be_guessed_is_refused(text: str, reason: str) -> None:
    assert read(Column("created_at", "datetime"), text) == (None, reason, None)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2026-09-30", dt.date(2026, 9, 30)),
        ("date", "2026-09-30T00:00:00", dt.date(2026, 9, 30)),
        ("date", "2026-09-30 00:00:00.000Z", dt.date(2026, 9, 30)),
        ("date", "2028-02-29", dt.date(2028, 2, 29)),
        ("date", "9999-12-31", dt.date(9999, 12, 31)),
        ("integer", "7", 7),
        ("integer", "-3", -3),
        ("integer", "+3", 3),
        ("integer", "7.0", 7),
        ("factor", "0.5", Decimal("0.5")),
        ("factor", "1", Decimal(1)),
        ("factor", "0.5000000", Decimal("0.5")),
        ("factor", "100", Decimal(100)),
        ("boolean", "TRUE", True),
        ("boolean", "Yes", True),
        ("boolean", "1", True),
        ("boolean", "false", False),
        ("boolean", "NO", False),
        ("boolean", "0", False),
        ("texts", "a; b;;c ", ["a", "b", "c"]),
        ("texts", " ; ", None),
    ],
)
def test_a_clear_cell_is_read(kind: Kind, text: str, value: object) -> None:
    assert read(Column("cell", kind), text) == (value, None, None)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("date", "2026-02-29", "there is no such day"),
        ("date", "2026-09-30T10:00:00", "not a date"),
        ("date", "03/04/2026", ORDER_NOT_STATED),
        ("date", "20260930", "not a date"),
        ("integer", "7.5", "not a whole number"),
        ("integer", "1,200", "not a whole number"),
        ("integer", "9" * 19, "not a whole number"),
        ("factor", "0,5", "not a number with at most three decimals"),
        ("factor", "0.3333", "not a number with at most three decimals"),
        ("factor", "1000", "not a number with at most three decimals"),
        ("boolean", "y", "neither yes nor no"),
        ("boolean", "maybe", "neither yes nor no"),
        ("text", "#REF!", "a spreadsheet formula failed in this cell"),
        ("texts", "#N/A", "a spreadsheet formula failed in this cell"),
    ],
)
def test_an_unclear_cell_is_refused(kind: Kind, text: str, reason: str) -> None:
    assert read(Column("cell", kind), text)[1] == reason


@pytest.mark.parametrize("kind", ["money", "date", "datetime", "integer", "factor", "boolean", "texts", "text"])
@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_cell_is_no_fault(kind: Kind, text: str | None) -> None:
    assert read(Column("cell", kind), text) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "word"), [("Mid-Market", "mid_market"), (" At  Risk ", "at_risk"), ("SMB", "smb"), ("s\u200bmb", "smb")]
)
def test_a_word_out_of_a_list_is_read_however_it_is_cased_or_spaced(text: str, word: str) -> None:
    assert read(Column("tier", choices=("enterprise", "mid_market", "smb")), text)[0] == word


@pytest.mark.parametrize("text", ["  It broke \u200b\n#REF!  ", "", " "])
def test_what_a_customer_said_is_never_touched(text: str) -> None:
    assert read(Column("verbatim", required=True), text) == (text, None, None)


def test_a_row_without_words_is_still_a_row() -> None:
    assert read(Column("verbatim", required=True), None) == ("", None, None)


def test_rows_without_a_required_column_stop_and_a_similar_one_is_named() -> None:
    rows = pl.DataFrame({"feedback_id": ["a:1"], "source": ["a"], "chanel": ["call"], "created_at": [""]})
    rows = rows.with_columns(verbatim=pl.lit("x"), export=pl.lit("feedback.csv"), export_row=pl.lit(2))
    with pytest.raises(ContractError, match=r"feedback\.csv: feedback lacks the column channel \(found .*chanel"):
        parse(rows, FEEDBACK, "feedback")


def test_columns_that_the_table_does_not_know_are_left_aside_and_named() -> None:
    rows = pl.DataFrame({column.name: ["1"] for column in FEEDBACK if column.required} | {"mood": ["glum"]})
    parsed = parse(rows.with_columns(export=pl.lit("f.csv"), export_row=pl.lit(2)), FEEDBACK, "feedback")
    assert "mood" not in parsed.values.columns
    assert any("mood" in note for note in parsed.notes)
