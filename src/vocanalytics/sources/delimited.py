"""CSV, read strictly: every cell as text, every record as wide as the header, and no line lost in silence.

A quote that is never closed swallows the lines after it. The reader notices, keeps only the line with the quote as
broken, and goes on with the next one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from vocanalytics.errors import SourceError
from vocanalytics.sources.decoding import decode
from vocanalytics.sources.headers import PREAMBLE_LINES, check_delimiter, check_header
from vocanalytics.sources.records import Gathering, Records, clip
from vocanalytics.vocabulary import Table

#: A cell longer than this is taken for an unclosed quote; the longest call transcripts are a tenth of it.
CELL_CHARS = 1_048_576


class Fault(NamedTuple):
    """Why a record is not one, and what to do about it."""

    reason: str
    advice: str


class Span(NamedTuple):
    """A record: from which line (from 0) up to which, and its cells or what is wrong with it."""

    start: int
    end: int
    cells: list[str] | Fault


def read_delimited(
    data: bytes,
    where: str,
    table: Table | None = None,
    *,
    encoding: str | None = None,
    delimiter: str = ",",
    lenient: bool = False,
) -> Records:
    """The records of a CSV file, as text.

    Parameters
    ----------
    data
        The file.
    where
        Its name, for messages.
    table
        The table that the file is meant for; without one, any distinct column names will do.
    encoding, delimiter
        As stated by a person; by default UTF-8 (or what a byte-order mark says) and commas.
    lenient
        Unknown columns are left out with a note instead of stopping.

    Returns
    -------
    Records
        Records by line number, broken lines apart.

    Raises
    ------
    SourceError
        When the file cannot be decoded, is empty, or its header is not one.
    """
    text = decode(data, where, encoding=encoding)
    if not any(line.strip() for line in text.lines):
        raise SourceError("is empty", where=where, expected="a header and records", advice="Export the file again")
    with _long_cells():
        header, body = _header(text.lines, delimiter, where)
        below = ((span.start + 1, span.cells) for span in islice(spans(text.lines, body, delimiter), PREAMBLE_LINES))
        readable = ((number, cells) for number, cells in below if not isinstance(cells, Fault))
        extra = check_header(header, table, where, below=readable, lenient=lenient)
        gathering, suspects = _gathered(text.lines, body, delimiter, header)
    notes = [f"columns left out: {', '.join(extra)}"] if extra else []
    notes += [_suspicion(suspects)] if suspects else []
    records = gathering.records(encoding=text.encoding, delimiter=delimiter, notes=notes)
    return records._replace(rows=records.rows.drop(extra))


def _gathered(lines: Sequence[str], body: int, delimiter: str, header: list[str]) -> tuple[Gathering, list[int]]:
    """The records, and where one of the right width may still have swallowed others."""
    gathering, suspects, width = Gathering(header), [], len(header)
    for start, end, cells in spans(lines, body, delimiter, width=width):
        if isinstance(cells, Fault):
            gathering.reject(start + 1, *cells, lines[start])
            continue
        gathering.add(start + 1, cells, lines[start])
        if end - start > 1 and _swallowed(lines[start + 1 : end], delimiter, width):
            suspects.append(start + 1)
    return gathering, suspects


def _suspicion(suspects: list[int]) -> str:
    places = ", ".join(f"{line:,}" for line in suspects[:5]) + (" and more" if len(suspects) > 5 else "")
    return f"a cell holds a whole line that looks like a record; check the quotes on line {places}"


def spans(lines: Sequence[str], start: int, delimiter: str, *, width: int | None = None) -> Iterator[Span]:
    """Divide lines into records.

    Parameters
    ----------
    lines
        Every line of the file, with its line end.
    start
        The line to begin with, from 0.
    delimiter
        What divides cells.
    width
        Number of cells of a right record; with it, a quote that swallowed right records is found out.
    """
    while start < len(lines):
        reader = csv.reader(_from(lines, start), delimiter=delimiter, strict=True)
        base = start
        try:
            for cells in reader:
                end = base + reader.line_num
                if len(cells) != width and end - start > 1 and _swallowed(lines[start + 1 : end], delimiter, width):
                    yield Span(start, start + 1, _UNCLOSED)
                    start += 1
                    break
                yield Span(start, end, cells)
                start = end
        except csv.Error as error:
            swallowed_lines = base + reader.line_num - start > 1
            after_quote = "expected after" in str(error) and not swallowed_lines
            yield Span(start, start + 1, _AFTER_QUOTE if after_quote else _UNCLOSED)
            start += 1


_UNCLOSED = Fault("a quote is opened and not closed", "Close the quote, or write a quote inside a cell twice")
_AFTER_QUOTE = Fault("text follows a closing quote", "Write a quote inside a quoted cell twice")


def _from(lines: Sequence[str], start: int) -> Iterator[str]:
    for index in range(start, len(lines)):
        yield lines[index]


def _swallowed(lines: Sequence[str], delimiter: str, width: int | None) -> bool:
    """Whether a line inside a record of the wrong width would be a right record by itself."""
    return width is not None and any(_width(line, delimiter) == width for line in lines)


def _width(line: str, delimiter: str) -> int | None:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True)))
    except csv.Error:
        return None


def _header(lines: Sequence[str], delimiter: str, where: str) -> tuple[list[str], int]:
    _, end, cells = next(spans(lines, 0, delimiter))
    if isinstance(cells, Fault):
        raise SourceError(
            f"the header cannot be read: {cells.reason}", where=where, found=repr(clip(lines[0])), advice=cells.advice
        )
    check_delimiter(cells, delimiter, where)
    return cells, end


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(CELL_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
