"""Sheets of a workbook: cells written by what they hold, so that nothing from data becomes a formula or a link."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from vocanalytics.report.safe_text import visible

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: What a cell of a workbook can hold.
CELL_CHARACTERS = 32_767
_CUT = " … (cut)"


class Column(NamedTuple):
    """A column of a sheet: its title, its width in characters, what its cells hold, and whether bars are drawn."""

    title: str
    width: int
    kind: str = "text"
    bar: bool = False


class Book:
    """One workbook being written: its formats, and cells by the kind of what they hold."""

    def __init__(self, stream: io.BytesIO, created: dt.date, title: str) -> None:
        import xlsxwriter

        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.file = xlsxwriter.Workbook(stream, options)
        # The date of the file is the as-of date, so that the same run gives the same bytes.
        self.file.set_properties({"title": title, "created": dt.datetime.combine(created, dt.time())})
        self.formats = {
            "text": self.file.add_format({"valign": "top", "text_wrap": True}),
            "whole": self.file.add_format({"valign": "top", "num_format": "#,##0"}),
            "money": self.file.add_format({"valign": "top", "num_format": "#,##0.00"}),
            "factor": self.file.add_format({"valign": "top", "num_format": "0.0##"}),
            "date": self.file.add_format({"valign": "top", "num_format": "yyyy-mm-dd"}),
            "head": self.file.add_format({"bold": True, "bottom": 1, "valign": "bottom", "text_wrap": True}),
        }

    def sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], note: str = "") -> Worksheet:
        """A sheet with a frozen, filtered head; a note, where there is one, stands after the last row."""
        sheet = self.file.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self.formats["head"])
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._write(sheet, last, place, column.kind, value)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        for place, column in enumerate(columns):
            if column.bar and last:
                sheet.conditional_format(
                    1, place, last, place, {"type": "data_bar", "bar_solid": True, "bar_color": "#B3CFE8"}
                )
        if note:
            sheet.write_string(last + 2, 0, note)
        return sheet

    def _write(self, sheet: Worksheet, row: int, place: int, kind: str, value: Any) -> None:
        form = self.formats[kind]
        if value is None:
            sheet.write_blank(row, place, None, form)
        elif kind == "text":
            sheet.write_string(row, place, cell_text(value), form)
        elif kind == "date":
            sheet.write_datetime(row, place, dt.datetime.combine(value, dt.time()), form)
        else:
            sheet.write_number(row, place, float(value) if isinstance(value, Decimal) else value, form)


def cell_text(value: object) -> str:
    """A text as a cell can hold it: control characters visible, too long ones cut and marked."""
    text = visible(str(value))
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(_CUT)] + _CUT
