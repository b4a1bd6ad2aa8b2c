"""What a file holds once it is read as text: the records that could be read, and the lines that could not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

# Lists of lists are what Python's garbage collector walks through again and again; small batches keep it idle.
BATCH_ROWS = 1_000

#: As much of a broken line as the quarantine shows.
SHOWN_CHARS = 200


class Broken(NamedTuple):
    """A record that could not be read, with what a person needs to correct it."""

    row: int
    reason: str
    advice: str
    value: str
    column: str | None = None


class Records(NamedTuple):
    """The records of one file.

    Attributes
    ----------
    rows
        Records that could be read: every column is text, an empty cell is null.
    numbers
        Where each of them begins: its line in a text file, its row in a spreadsheet, else its place from 1.
    broken
        One entry per record that could not be read.
    encoding, delimiter
        How the text was decoded and divided; null where the format leaves no choice.
    notes
        What a reader of the data should know, a sentence each.
    """

    rows: pl.DataFrame
    numbers: pl.Series
    broken: tuple[Broken, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Every record of the file, readable or not."""
        return self.rows.height + len(self.broken)


def clip(text: str) -> str:
    """Enough of a value to recognise it."""
    text = text.rstrip("\r\n")
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"


def blank_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    """The same text with empty cells as nulls; white space is kept, since it may be what the customer wrote."""
    return frame.select(
        pl.when(pl.col(column) != "").then(pl.col(column)).otherwise(None).alias(column) for column in frame.columns
    )


class Gathering:
    """Collects records under one header, refusing any that has not exactly one cell per column."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header = list(header)
        self.blank = 0
        self.broken: list[Broken] = []
        self._width = len(self.header)
        self._frames: list[pl.DataFrame] = []
        self._cells: list[list[str]] = []
        self._numbers: list[int] = []
        self._batch_numbers: list[int] = []

    def add(self, number: int, cells: list[str], raw: str) -> None:
        """Take a record in, or keep it as broken; a record without any content is only counted."""
        if not any(cells) or (len(cells) == 1 < self._width and not cells[0].strip()):
            self.blank += 1
        elif len(cells) != self._width:
            self.reject(number, *ragged(len(cells), self._width), raw)
        elif cells == self.header and self._width > 1:
            self.reject(number, "the header again", "Remove the line: two exports seem to have been joined", raw)
        else:
            self._cells.append(cells)
            self._batch_numbers.append(number)
            if len(self._cells) == BATCH_ROWS:
                self._flush()

    def reject(self, number: int, reason: str, advice: str, raw: str, column: str | None = None) -> None:
        """Keep a record as broken."""
        self.broken.append(Broken(number, reason, advice, clip(raw), column))

    def _flush(self) -> None:
        columns = list(zip(*self._cells, strict=True)) or [()] * self._width
        named = zip(self.header, columns, strict=True)
        self._frames.append(pl.DataFrame([pl.Series(name, cells, pl.String) for name, cells in named]))
        self._numbers += self._batch_numbers
        self._cells, self._batch_numbers = [], []

    def records(
        self, *, encoding: str | None = None, delimiter: str | None = None, notes: Sequence[str] = ()
    ) -> Records:
        """Everything gathered."""
        self._flush()
        said = [f"{self.blank:,} blank line{'s' * (self.blank != 1)} left out"] if self.blank else []
        return Records(
            rows=blank_to_null(pl.concat(self._frames, rechunk=True)),
            numbers=pl.Series("export_row", self._numbers, pl.Int64),
            broken=tuple(self.broken),
            encoding=encoding,
            delimiter=delimiter,
            notes=(*notes, *said),
        )


def ragged(found: int, expected: int) -> tuple[str, str]:
    """Reason and advice for a record with too few or too many cells."""
    reason = f"{found} cell{'s' * (found != 1)} where the header has {expected}"
    if found > expected:
        return reason, "Put cells that contain the delimiter or a line break in quotes, or remove what is too much"
    return reason, "Complete the line, or remove it if it is a footer or a note"
