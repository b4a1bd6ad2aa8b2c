"""Parquet: typed columns as the text that a careful person would have written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from vocanalytics.errors import SourceError
from vocanalytics.sources.headers import check_header
from vocanalytics.sources.json_lines import LIST_SEPARATOR
from vocanalytics.sources.records import Broken, Records, blank_to_null, clip
from vocanalytics.vocabulary import Table

_PLAIN = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Decimal, pl.Null)


def read_parquet(data: bytes, where: str, table: Table | None = None, *, lenient: bool = False) -> Records:
    """The records of a Parquet file, as text, numbered from 1.

    Decimals keep their places, floats take the shortest text that is the same number, dates are ISO, instants with a
    zone are UTC ending in Z, and those without one stay without, for the suites to refuse. A column that holds several
    texts may be a list of them.

    Raises
    ------
    SourceError
        When the file is broken, its columns are wrong, or a type has no plain text (binary, struct, time, duration).
    """
    frame = _opened(data, where)
    if not frame.width:
        raise SourceError("holds no columns", where=where, advice="Export the file again")
    extra = check_header(frame.columns, table, where, lenient=lenient)
    frame = frame.drop(extra)
    lists = {column.name for column in table or () if column.kind == "texts"}
    texts = [_text(frame[name], where, lists) for name in frame.columns]
    rows = blank_to_null(pl.DataFrame(texts))
    broken = _unfit(frame, lists)
    numbers = pl.Series("export_row", range(1, frame.height + 1), pl.Int64)
    kept = ~numbers.is_in([item.row for item in broken])
    notes = (f"columns left out: {', '.join(extra)}",) if extra else ()
    return Records(rows.filter(kept), numbers.filter(kept), broken, notes=notes)


def _opened(data: bytes, where: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        said = (str(error).splitlines() or [""])[0]
        raise SourceError(
            "is not a whole Parquet file", where=where, found=said[:120], advice="Export the file again"
        ) from None


def _text(column: pl.Series, where: str, lists: set[str]) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, _PLAIN) or dtype.is_integer():
        return column.cast(pl.String)
    if dtype.is_float():
        return float_texts(column)
    if isinstance(dtype, pl.Date):
        return column.dt.to_string("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        return _instants(column, dtype)
    if isinstance(dtype, pl.List) and dtype.inner == pl.String and column.name in lists:
        return column.list.join(LIST_SEPARATOR)
    raise SourceError(
        f"the column {column.name} has a type without a plain text",
        where=where,
        found=str(dtype),
        expected="text, numbers, dates or true and false",
        advice="Write the column as text",
    )


def _instants(column: pl.Series, dtype: pl.Datetime) -> pl.Series:
    if dtype.time_zone is None:
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f")
    return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ")


def float_texts(column: pl.Series) -> pl.Series:
    """Each number as the shortest decimal text that is the same number: no exponent, no ``.0`` on a whole one."""
    texts = column.cast(pl.String).str.strip_suffix(".0").replace({"-0": "0"})
    exponents = texts.filter(texts.str.contains("e", literal=True)).unique().to_list()
    return texts.replace(exponents, [format(Decimal(text), "f") for text in exponents]) if exponents else texts


def _unfit(frame: pl.DataFrame, lists: set[str]) -> tuple[Broken, ...]:
    """Rows with a value that has a type but no plain text, each once, for its first such column."""
    found: dict[int, Broken] = {}
    numbered = frame.with_row_index("", 1)
    for name, bad, (reason, advice) in _checks(frame.schema, lists):
        for row, value in numbered.filter(bad).select("", name).iter_rows():
            found.setdefault(row, Broken(row, reason, advice, clip(str(value)), name))
    return tuple(found[row] for row in sorted(found))


_NOT_FINITE = ("not a finite number", "Leave the cell empty where there is no number")
_TORN = ("a list item with a semicolon or without text", "List texts without semicolons")


def _checks(schema: pl.Schema, lists: set[str]) -> Iterator[tuple[str, pl.Expr, tuple[str, str]]]:
    item = pl.element()
    torn = item.is_null() | item.str.contains(LIST_SEPARATOR, literal=True)
    for name, dtype in schema.items():
        if dtype.is_float():
            yield name, pl.col(name).is_finite().not_(), _NOT_FINITE
        elif isinstance(dtype, pl.List) and name in lists:
            yield name, pl.col(name).list.eval(torn).list.any(), _TORN
