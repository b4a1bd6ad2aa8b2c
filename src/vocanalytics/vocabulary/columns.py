"""What a column is, and the type with which it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["text", "integer", "money", "factor", "ratio", "date", "datetime", "boolean", "texts"]


class Column(NamedTuple):
    """One column of a table: its name, what it holds, and whether it may be empty or absent."""

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


Table = tuple[Column, ...]


def names(table: Table) -> tuple[str, ...]:
    """Column names of a table, in order."""
    return tuple(column.name for column in table)


def polars_schema(table: Table) -> dict[str, pl.DataType]:
    """The types with which a table is kept: money is decimal dollars with two places, factors have three.

    Returns
    -------
    dict
        Column name to polars type, in the order of the table.
    """
    import polars as pl

    types: dict[Kind, pl.DataType] = {
        "text": pl.String(),
        "integer": pl.Int64(),
        "money": pl.Decimal(18, 2),
        "factor": pl.Decimal(6, 3),
        "ratio": pl.Float64(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us", "UTC"),
        "boolean": pl.Boolean(),
        "texts": pl.List(pl.String),
    }
    return {column.name: types[column.kind] for column in table}
