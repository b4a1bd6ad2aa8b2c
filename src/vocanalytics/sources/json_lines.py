"""JSON Lines: one flat object a line, its numbers kept digit by digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import NoReturn

import polars as pl

from vocanalytics.errors import SourceError
from vocanalytics.sources.decoding import decode
from vocanalytics.sources.headers import check_header
from vocanalytics.sources.records import BATCH_ROWS, Broken, Records, blank_to_null, clip
from vocanalytics.vocabulary import Table

#: Between the texts of a list, where a column holds several.
LIST_SEPARATOR = ";"

Flat = dict[str, str | None]


class _UnfitError(ValueError):
    """A line that is JSON but not a flat record; carries reason, advice and column."""

    def __init__(self, reason: str, advice: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.column = reason, advice, column


def read_json_lines(
    data: bytes, where: str, table: Table | None = None, *, encoding: str | None = None, lenient: bool = False
) -> Records:
    """The records of a JSON Lines file, as text.

    Numbers keep the digits they were written with, true and false stay words, null and empty text are empty cells.
    A column that holds several texts may be a list of them.

    Raises
    ------
    SourceError
        When the file cannot be decoded, is empty, holds one JSON document instead of lines, or has wrong columns.
    """
    text = decode(data, where, encoding=encoding, newline="\n")
    first = next((line.strip() for line in text.lines if line.strip()), None)
    if first is None:
        raise SourceError("is empty", where=where, expected="one JSON object a line", advice="Export the file again")
    if first.startswith("["):
        raise SourceError(
            "is a JSON list",
            where=where,
            expected="JSON Lines: one object a line, no brackets around them",
            advice="Export the file as JSON Lines",
        )
    lists = frozenset(column.name for column in table or () if column.kind == "texts")
    broken: list[Broken] = []
    rows, numbers = _gather(_flat_lines(text.lines, lists, broken))
    if not rows.width:
        raise SourceError(
            "no line is a record",
            where=where,
            found=f"line {broken[0].row}: {broken[0].reason}" if broken else "empty objects",
            expected="JSON Lines: one object a line",
            advice="Export the file as JSON Lines",
        )
    extra = check_header(rows.columns, table, where, lenient=lenient)
    notes = (f"columns left out: {', '.join(extra)}",) if extra else ()
    return Records(rows.drop(extra), numbers, tuple(broken), text.encoding, None, notes)


def _gather(flat: Iterator[tuple[int, Flat]]) -> tuple[pl.DataFrame, pl.Series]:
    frames: list[pl.DataFrame] = [pl.DataFrame()]
    numbers: list[int] = []
    while batch := list(islice(flat, BATCH_ROWS)):
        columns = dict.fromkeys(column for _, record in batch for column in record)
        texts = {name: pl.Series([record.get(name) for _, record in batch], dtype=pl.String) for name in columns}
        frames.append(pl.DataFrame(texts))
        numbers += [number for number, _ in batch]
    rows = blank_to_null(pl.concat(frames, how="diagonal", rechunk=True))
    return rows, pl.Series("export_row", numbers, pl.Int64)


def _flat_lines(lines: list[str], lists: frozenset[str], broken: list[Broken]) -> Iterator[tuple[int, Flat]]:
    decode_line = _decoder().decode
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            yield number, _flat(decode_line(line), lists, has_escaped_surrogate="\\ud" in line.lower())
        except _UnfitError as unfit:
            broken.append(Broken(number, unfit.reason, unfit.advice, clip(line), unfit.column))
        except json.JSONDecodeError as error:
            reason = f"not a JSON object: {error.msg} at character {error.pos + 1}"
            broken.append(Broken(number, reason, "Correct the line; each must be one whole object", clip(line)))
        except RecursionError:
            broken.append(Broken(number, "nested too deeply", "Export plain values, one per column", clip(line)))


def _flat(record: object, lists: frozenset[str], *, has_escaped_surrogate: bool) -> Flat:
    if not isinstance(record, dict):
        raise _UnfitError("not a JSON object", "Write each record as an object with column names")
    flat = {name: _text(value, name, lists) for name, value in record.items()}
    if has_escaped_surrogate:
        _refuse_surrogates(flat)
    return flat


def _text(value: object, column: str, lists: frozenset[str]) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and column in lists:
        return _joined(value, column)
    raise _UnfitError(
        f"a nested value in {column}", "Export a plain value; a cell holds text, a number, true or false", column
    )


def _joined(values: list[object], column: str) -> str:
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(LIST_SEPARATOR in text for text in texts):
        raise _UnfitError(f"a list in {column} that is not one of plain texts", "List texts without semicolons", column)
    return LIST_SEPARATOR.join(texts)


def _refuse_surrogates(flat: Flat) -> None:
    for column, text in flat.items():
        try:
            f"{column}{text}".encode()
        except UnicodeEncodeError:
            raise _UnfitError(
                "half of a surrogate pair", "Export the text again; a character was cut", column
            ) from None


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_distinct, parse_float=str, parse_int=str, parse_constant=_refuse_constant
    )


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _UnfitError(f"the key {twice!r} stands twice", "Keep one of them", twice)
    return record


def _refuse_constant(said: str) -> NoReturn:
    raise _UnfitError(f"{said} is not a number", "Write null where there is no number")
