"""The same rows as CSV, JSON Lines, Parquet or a workbook, always the same bytes for the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from typing import Any

Row = dict[str, str]
_NUMBERS = ("arr", "headroom_arr", "seats_owned", "seats_addressable", "dependency")
_CREATED = dt.datetime(
    2026, 10, 1, tzinfo=dt.UTC
)  # a workbook records when it was made; the clock would change its bytes
_WIDTHS = {"verbatim": 80, "account_name": 30, "subject": 28, "url": 40, "created_at": 22, "theme": 34}


def as_csv(
    rows: Sequence[Row], columns: Sequence[str], ragged: frozenset[int] = frozenset(), *, bom: bool = False
) -> bytes:
    """Comma-separated text in UTF-8; `ragged` numbers the rows with a cell too many, as a stray comma leaves one."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows):
        writer.writerow([row[column] for column in columns] + (["please"] if number in ragged else []))
    return buffer.getvalue().encode("utf-8-sig" if bom else "utf-8")


def as_json_lines(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """One JSON object a line; an empty cell is null, NPS is a number."""
    lines = [json.dumps({c: _json(c, row[c]) for c in columns}, ensure_ascii=False) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def as_parquet(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Typed columns: instants in UTC, dependency as a number, the rest as text; an empty cell is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"created_at": pa.timestamp("us", tz="UTC"), "dependency": pa.float64()}
    arrays = [pa.array([_typed(c, row[c]) for row in rows], kinds.get(c, pa.string())) for c in columns]
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(columns)), buffer)
    return buffer.getvalue()


def as_workbook(rows: Sequence[Row], columns: Sequence[str], sheet: str) -> bytes:
    """One sheet: money, seats and dependency as numbers, renewal dates as date cells, everything else as text."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet, "created": _CREATED})
    page = book.add_worksheet(sheet)
    bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, column in enumerate(columns):
        page.set_column(at, at, _WIDTHS.get(column, 14))
        page.write_string(0, at, column, bold)
    for down, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            _write_cell(page, down, at, column, row[column], date)
    page.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


def _write_cell(page: Any, down: int, at: int, column: str, value: str, date: Any) -> None:
    if not value:
        return
    if column == "renewal_date":
        page.write_datetime(down, at, dt.datetime.fromisoformat(value), date)
    elif column in _NUMBERS:
        page.write_number(down, at, float(value))
    else:
        page.write_string(down, at, value)


def _json(column: str, value: str) -> str | int | None:
    return None if not value else int(value) if column == "nps" else value


def _typed(column: str, value: str) -> str | float | dt.datetime | None:
    if not value:
        return None
    if column == "created_at":
        return dt.datetime.fromisoformat(value)
    return float(value) if column == "dependency" else value
