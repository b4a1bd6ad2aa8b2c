"""XLSX workbooks: one sheet as text, with nothing that a spreadsheet hides taken for an empty cell."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any

from vocanalytics.errors import SourceError
from vocanalytics.sources.archive import open_archive
from vocanalytics.sources.headers import PREAMBLE_LINES, check_header
from vocanalytics.sources.records import Gathering, Records
from vocanalytics.sources.sheet_scan import Hidden, Place, column_letters, scan_sheet
from vocanalytics.vocabulary import Table

# A cell as the workbook reader gives it: text, number, boolean, date, time or duration.
Cell = Any


def read_workbook(
    data: bytes, where: str, table: Table | None = None, *, title: str | None = None, lenient: bool = False
) -> Records:
    """The records of one sheet of a workbook, as text, numbered as the spreadsheet shows its rows.

    Dates become ISO text, whole numbers have no decimals, other numbers take the shortest text that is the same number,
    booleans are true and false. A row with an error cell is broken.

    Parameters
    ----------
    data
        The file.
    where
        Its name, for messages.
    table
        The table that the sheet is meant for.
    title
        The sheet with this name is read if there is one, whatever its case; otherwise the first visible sheet.
    lenient
        Unknown columns are left out with a note instead of stopping.

    Raises
    ------
    SourceError
        When the workbook is locked, damaged or a bomb; when the sheet is empty, has merged cells or formulas that were
        never computed; when the first row is not the header.
    """
    archive = open_archive(data, where)
    with _whole(where):
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, notes = _chosen(book.sheets_metadata, title, where)
        place = f"{where}, sheet {name}"
        hidden = scan_sheet(archive, name, place)
        _refuse_hidden(hidden, place)
        sheet = book.get_sheet_by_name(name)
        first_column = sheet.start[1] if sheet.start else 0
        records = _records(sheet.iter_rows(), first_column, hidden, table, place, lenient=lenient)
    return records._replace(notes=(*notes, *records.notes))


@contextmanager
def _whole(where: str) -> Iterator[None]:
    """Says in one line what the workbook reader raises; its panics are not exceptions of the ordinary kind."""
    from python_calamine import CalamineError

    try:
        yield
    except BaseException as error:
        if not isinstance(error, CalamineError | OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(
            "is not a whole workbook",
            where=where,
            found=str(error)[:120],
            advice="Open it in a spreadsheet program and save it again as .xlsx",
        ) from None


def _chosen(metadata: list[Any], title: str | None, where: str) -> tuple[str, list[str]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    named = [sheet.name for sheet in sheets if title and sheet.name.strip().casefold() == title.casefold()]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    if not named and not visible:
        raise SourceError("has no visible sheet", where=where, expected="a sheet with a header and rows")
    name = (named or visible)[0]
    others = [other for other in visible if other != name]
    return name, [f"only the sheet {name} is read, not {', '.join(others)}"] if others else []


def _refuse_hidden(hidden: Hidden, where: str) -> None:
    if hidden.merged:
        raise SourceError(
            "has merged cells, of which only the first holds a value",
            where=where,
            found=", ".join(hidden.merged[:5]),
            advice="Unmerge them and fill in the values",
        )
    if hidden.uncomputed:
        raise SourceError(
            "holds formulas that were never computed",
            where=where,
            found=", ".join(_named(place) for place in hidden.uncomputed[:5]),
            expected="values",
            advice="Open it in a spreadsheet program and save it, or paste the formulas as values",
        )


def _records(
    rows: Iterator[list[Cell]], first_column: int, hidden: Hidden, table: Table | None, where: str, *, lenient: bool
) -> Records:
    first = next(rows, None)
    if first is None:
        raise SourceError("is empty", where=where, expected="a header and rows", advice="Export the sheet again")
    header = _trimmed([_label(cell) for cell in first])
    # The rows below are only looked at when this ends in an error, so none is missing afterwards.
    below = ((number, [_label(cell) for cell in cells]) for number, cells in enumerate(islice(rows, PREAMBLE_LINES), 2))
    extra = check_header(header, table, where, below=below, lenient=lenient)
    gathering = Gathering(header)
    errors = {place[0]: place for place in reversed(hidden.errors)}
    for number, cells in enumerate(rows, 2):
        if number in errors:
            _reject_error(gathering, errors[number], hidden.errors[errors[number]], first_column)
        else:
            _add(gathering, number, cells)
    records = gathering.records(notes=[f"columns left out: {', '.join(extra)}"] if extra else [])
    return records._replace(rows=records.rows.drop(extra))


def _reject_error(gathering: Gathering, place: Place, code: str, first_column: int) -> None:
    at = place[1] - first_column
    column = gathering.header[at] if 0 <= at < len(gathering.header) else None
    gathering.reject(place[0], f"the cell {_named(place)} is {code}", "Correct the cell or empty it", code, column)


def _add(gathering: Gathering, number: int, cells: list[Cell]) -> None:
    texts = [cell if cell.__class__ is str else _text(cell) for cell in cells]
    if None in texts:
        at = texts.index(None)
        column = gathering.header[at] if at < len(gathering.header) else None
        reason = f"a time of day or a duration in {column or 'a column without a name'}"
        gathering.reject(number, reason, "Write a date, a number or text", str(cells[at]), column)
        return
    known = _trimmed([text or "" for text in texts], len(gathering.header))
    gathering.add(number, known, ", ".join(known) if len(known) > len(gathering.header) else "")


def _text(cell: Cell) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_text(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else None


def _label(cell: Cell) -> str:
    return str(cell) if (text := _text(cell)) is None else text


def number_text(number: float) -> str:
    """The shortest decimal text that is the same number, whole numbers without decimals."""
    if not math.isfinite(number):
        return str(number)
    return format(Decimal(repr(number)).normalize(), "f") if number else "0"


def _trimmed(texts: list[str], width: int = 0) -> list[str]:
    """Without the blank cells to the right of the table, which a sheet often carries."""
    while len(texts) > width and not texts[-1]:
        texts.pop()
    return texts


def _named(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0]}"
