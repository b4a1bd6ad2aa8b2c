"""What is wrong with rows, gathered until each row has exactly one line in quarantine."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from vocanalytics.tables import conform, empty
from vocanalytics.vocabulary import QUARANTINE

#: Longest piece of a cell that a quarantine line shows.
CLIP = 200

FAULTS = pl.Schema(
    {"row": pl.Int64(), "place": pl.Int64(), "column": pl.String(), "reason": pl.String(), "advice": pl.String()}
)


def no_faults() -> pl.DataFrame:
    """The frame of faults, one row per faulty cell, with nothing in it."""
    return pl.DataFrame(schema=FAULTS)


def gather(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Faults of several checks together, one per cell: of several faults in a cell the first that was found counts."""
    found = pl.concat([no_faults(), *parts])
    return found.unique(subset=["row", "column"], keep="first", maintain_order=True).sort("row", "place")


def quarantine_lines(faults: pl.DataFrame, text: pl.DataFrame, table: str) -> pl.DataFrame:
    """One line per faulty row, so that rows in = accepted + quarantined + duplicates can be counted.

    Parameters
    ----------
    faults
        Faulty cells, as `gather` returns them.
    text
        The rows as they arrived, with `row`, `export` and `export_row`.
    table
        Name of the table.

    Returns
    -------
    polars.DataFrame
        Columns of `QUARANTINE` in the order of the rows. Column, value and advice are those of the first faulty
        column in the order of the table; the reason names the further ones too.
    """
    if faults.is_empty():
        return empty(QUARANTINE)
    by_row = faults.group_by("row", maintain_order=True).agg(
        pl.col("column", "advice").first(), pl.col("reason").implode().list.join("; also ")
    )
    columns = by_row["column"].unique(maintain_order=True).to_list()
    shown = [pl.when(pl.col("column") == name).then(pl.col(f"cell {name}")) for name in columns if name in text.columns]
    cells = [pl.col(name).str.slice(0, CLIP).alias(f"cell {name}") for name in columns if name in text.columns]
    lines = by_row.join(text.select("row", "export", "export_row", *cells), on="row", how="left", maintain_order="left")
    return conform(
        lines.select(
            pl.lit(table).alias("table"),
            "export",
            "export_row",
            "column",
            pl.coalesce(*shown, pl.lit(None, dtype=pl.String)).alias("value"),
            "reason",
            "advice",
        ),
        QUARANTINE,
        name="quarantine",
    )


def places(failed: pl.DataFrame, shown: int = 3) -> str:
    """Where the first few of some rows stand, as a person would look them up."""
    rows = failed.select("export", "export_row").head(shown).rows()
    said = ", ".join(f"{export} row {number}" for export, number in rows)
    return f"{said} and {len(failed) - shown:,} more" if len(failed) > shown else said
