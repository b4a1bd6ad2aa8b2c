"""A table of text becomes a table of values; a cell that is not what its column holds becomes a fault."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

from vocanalytics.contracts.cells import read_cells, tidy_cells
from vocanalytics.contracts.faults import FAULTS, gather, no_faults
from vocanalytics.contracts.reading import tidy
from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import Column, Table, names

READINGS = pl.Schema({"column": pl.String(), "kind": pl.String(), "rows": pl.Int64(), "failed": pl.Int64()})


class Parsed(NamedTuple):
    """A table after its cells were read.

    Attributes
    ----------
    text
        The rows as they arrived, every column as text, with `row` counting from 0.
    values
        The rows without a fault, typed as in the vocabulary, with `row`.
    faults
        One row per cell that could not be read.
    readings
        Per column that is more than text: `column`, `kind`, `rows` (cells that hold something), `failed`.
    notes
        What was assumed in order to read cells, and in how many.
    """

    text: pl.DataFrame
    values: pl.DataFrame
    faults: pl.DataFrame
    readings: pl.DataFrame
    notes: tuple[str, ...]


class _ReadColumn(NamedTuple):
    values: pl.Series
    faults: pl.DataFrame
    reading: dict[str, str | int]
    notes: list[str]


def parse(frame: pl.DataFrame, table: Table, name: str) -> Parsed:
    """Read every cell of a table as what its column holds.

    Parameters
    ----------
    frame
        Text columns as they were pulled, with `export` and `export_row`; absent optional columns count as empty.
    table, name
        The schema and the name of the table.

    Raises
    ------
    ContractError
        When there are rows but a required column is absent.
    """
    text = _complete(frame, table, name)
    read = [_read(text, name, place, column) for place, column in enumerate(table)]
    faults = gather(column.faults for column in read)
    whole = text.select("row").with_columns(column.values for column in read)
    values = whole.join(faults.select("row").unique(), on="row", how="anti", maintain_order="left")
    left_aside = [column for column in frame.columns if column not in names(table)]
    notes = [f"{name}: columns the table does not know were left aside: {', '.join(left_aside)}"] if left_aside else []
    notes += [note for column in read for note in column.notes]
    readings = pl.DataFrame([column.reading for column in read if column.reading["kind"] != "text"], schema=READINGS)
    return Parsed(text, values, faults, readings, tuple(notes))


def _complete(frame: pl.DataFrame, table: Table, name: str) -> pl.DataFrame:
    """The text with every column of the table, absent ones empty, and the rows counted."""
    types = {column: pl.Int64() if column == "export_row" else pl.String() for column in names(table)}
    if frame.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64(), **types})
    absent = [column.name for column in table if column.required and column.name not in frame.columns]
    if absent:
        raise _absent_columns(absent, frame, name)
    present = [pl.col(column) if column in frame.columns else pl.lit(None).alias(column) for column in types]
    rows = pl.int_range(pl.len(), dtype=pl.Int64).alias("row")
    return frame.select(rows, *present).cast(pl.Schema({"row": pl.Int64(), **types}))


def _absent_columns(absent: list[str], frame: pl.DataFrame, name: str) -> ContractError:
    near = [match for column in absent for match in get_close_matches(column, frame.columns, n=1)]
    exports = frame["export"].unique(maintain_order=True).to_list() if "export" in frame.columns else [name]
    return ContractError(
        f"{name} lacks {'columns' if len(absent) > 1 else 'the column'} {', '.join(absent)}",
        where=", ".join(map(str, exports)),
        found=f"similar columns {', '.join(near)}" if near else None,
        advice="Name the columns as in the canonical tables",
    )


def _read(text: pl.DataFrame, name: str, place: int, column: Column) -> _ReadColumn:
    """Read one column: its values, its faults, and what was assumed."""
    if column.name == "export_row":
        return _ReadColumn(text["export_row"], no_faults(), {"kind": "text"}, [])
    reading = read_cells(column, pl.col("cell"), pl.col("currency"))
    cells = text.select("row", tidy_cells(column).alias("cell"), _currency(text).alias("currency")).select(
        "row",
        pl.lit(place, dtype=pl.Int64).alias("place"),
        pl.lit(column.name).alias("column"),
        *(expression.alias(part) for part, expression in reading._asdict().items()),
    )
    faulty = cells.filter(pl.col("reason").is_not_null()).select(FAULTS.names())
    faults = faulty.with_columns(pl.concat_str("column", "reason", separator=": ").alias("reason"))
    assumed = cells["note"].drop_nulls().value_counts().rows()
    notes = [f"{name}.{column.name}: {note} in {count:,} rows" for note, count in sorted(assumed)]
    held = len(cells) - cells["value"].null_count() + len(faults)
    summary: dict[str, str | int] = {"column": column.name, "kind": column.kind, "rows": held, "failed": len(faults)}
    return _ReadColumn(cells["value"].alias(column.name), faults, summary, notes)


def _currency(text: pl.DataFrame) -> pl.Expr:
    known = "currency" in text.columns
    return tidy(pl.col("currency")).str.to_uppercase() if known else pl.lit(None, dtype=pl.String)
