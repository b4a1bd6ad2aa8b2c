"""Tables of a run as parquet files: written whole, checked against the vocabulary, the same bytes for the same rows."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import TABLES, Table, polars_schema


def empty(table: Table) -> pl.DataFrame:
    """A table of the vocabulary without rows."""
    return pl.DataFrame(schema=polars_schema(table))


def conform(frame: pl.DataFrame, table: Table, *, name: str) -> pl.DataFrame:
    """A frame with exactly the columns and types of a table; optional columns that are absent become null.

    Raises
    ------
    ContractError
        When a required column is absent or holds nulls, a column is unknown, or a value does not fit its type.
    """
    schema = polars_schema(table)
    unknown = [column for column in frame.columns if column not in schema]
    absent = [column.name for column in table if column.required and column.name not in frame.columns]
    if unknown or absent:
        said = [f"unknown {', '.join(unknown)}"] if unknown else []
        said += [f"absent {', '.join(absent)}"] if absent else []
        raise ContractError("columns do not fit the table", where=f"table {name}", found="; ".join(said))
    missing = [pl.lit(None).alias(column) for column in schema if column not in frame.columns]
    try:
        whole = frame.with_columns(missing).select(list(schema)).cast(pl.Schema(schema), strict=True)
    except pl.exceptions.PolarsError as error:
        raise ContractError(f"a value does not fit its column: {error}", where=f"table {name}") from error
    hollow = [column.name for column in table if column.required and whole[column.name].null_count()]
    if hollow:
        raise ContractError("required columns hold nulls", where=f"table {name}", found=", ".join(hollow))
    return whole


def write_table(run_dir: Path | str, name: str, frame: pl.DataFrame) -> Path:
    """Keep a table of the run, after checking it against the vocabulary.

    Parameters
    ----------
    run_dir
        Folder of the run.
    name
        Name in `vocabulary.TABLES`.
    frame
        The rows, already in their final order.

    Returns
    -------
    Path
        The parquet file written.
    """
    path = Path(run_dir) / f"{name}.parquet"
    return write_frame(path, conform(frame, TABLES[name], name=name))


def write_frame(path: Path, frame: pl.DataFrame) -> Path:
    """Write any frame as parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    frame.write_parquet(partial, compression="zstd", compression_level=3, row_group_size=250_000)
    partial.replace(path)
    return path


def read_table(run_dir: Path | str, name: str) -> pl.DataFrame:
    """A table of the run.

    Raises
    ------
    ContractError
        When the run does not have the table.
    """
    path = Path(run_dir) / f"{name}.parquet"
    if not path.is_file():
        raise ContractError("the run has no such table", where=str(path), advice="Run the earlier steps first")
    return pl.read_parquet(path)


def cents(money: pl.Expr) -> pl.Expr:
    """Decimal dollars as whole cents, the form in which the formulas count."""
    return (money.cast(pl.Decimal(38, 2)) * pl.lit(100).cast(pl.Decimal(38, 0))).cast(pl.Int64)


def dollars(whole_cents: pl.Expr) -> pl.Expr:
    """Whole cents as exact decimal dollars with two places."""
    text = pl.concat_str(
        pl.when(whole_cents < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        (whole_cents.abs() // 100).cast(pl.String),
        pl.lit("."),
        (whole_cents.abs() % 100).cast(pl.String).str.zfill(2),
    )
    return text.cast(pl.Decimal(18, 2))
