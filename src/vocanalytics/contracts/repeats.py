"""Rows that arrive twice: said again it is a declared duplicate, said otherwise of an account it is a conflict."""

from __future__ import annotations

import polars as pl

#: The column, made here, in which an account that stands twice shows where its rows contradict each other.
CONFLICT = "conflict"

#: What identifies a row of a table, where something does.
KEYS = {"feedback": "feedback_id", "accounts": "account_id"}

#: Figures of an account that change a score; when two rows disagree in one, no order of the rows is right.
FIGURES = (
    "lifecycle",
    "tier",
    "is_icp",
    "arr",
    "currency",
    "renewal_date",
    "seats_owned",
    "seats_addressable",
    "headroom_arr",
    "health",
)

DUPLICATES = pl.Schema(
    {
        "table": pl.String(),
        "key": pl.String(),
        "duplicate_of": pl.String(),
        "export": pl.String(),
        "export_row": pl.Int64(),
    }
)


def fold_repeats(values: pl.DataFrame, table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one of each group of rows that say exactly the same.

    Returns
    -------
    tuple of polars.DataFrame
        The rows without the repeats, and the repeats (`DUPLICATES`): their id is also that of the row they repeat.
    """
    key = KEYS.get(table)
    if key is None or not values[key].is_duplicated().any():
        return values, pl.DataFrame(schema=DUPLICATES)
    content = [column for column in values.columns if column not in ("row", "export", "export_row")]
    again = values.filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
    repeats = again.filter(pl.col("row") != pl.col("row").first().over(content))
    kept = values.join(repeats.select("row"), on="row", how="anti", maintain_order="left")
    places = repeats.select(
        pl.lit(table).alias("table"),
        pl.col(key).alias("key"),
        pl.col(key).alias("duplicate_of"),
        "export",
        "export_row",
    )
    return kept, places


def with_conflicts(values: pl.DataFrame) -> pl.DataFrame:
    """Accounts with a column that names the figures in which rows of the same account differ; null where none do."""
    said = [_differing(figure) for figure in FIGURES]
    twice = values.filter(pl.col("account_id").is_not_null() & pl.col("account_id").is_duplicated()).select(
        "row", pl.concat_str(*said, separator="; ", ignore_nulls=True).alias(CONFLICT)
    )
    found = twice.select("row", pl.when(pl.col(CONFLICT) != "").then(pl.col(CONFLICT)))
    return values.join(found, on="row", how="left", maintain_order="left")


def _differing(figure: str) -> pl.Expr:
    text = pl.col(figure).cast(pl.String).fill_null("empty")
    both = text.unique(maintain_order=True).str.join(" or ").over("account_id")
    differs = text.n_unique().over("account_id") > 1
    return pl.when(differs).then(pl.concat_str(pl.lit(f"{figure} "), both))
