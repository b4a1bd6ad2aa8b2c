"""The sheet of the workbook with every accepted row that enters no score or stands in no theme, and why."""

from __future__ import annotations

import polars as pl

from vocanalytics.report.book_accounts import theme_order
from vocanalytics.report.labels import label
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead
from vocanalytics.vocabulary import Scope

_NO_THEME = "without a theme"
_COLUMNS = (
    (Column("Feedback id", 26), "feedback_id"),
    (Column("Source", 14), "source"),
    (Column("Channel", 14), "channel"),
    (Column("Date", 12, "date"), "day"),
    (Column("Account id", 16), "account_id"),
    (Column("Account hint", 26), "account_hint"),
    (Column("Scope", 12), "scope"),
    (Column("Reason", 44), "reason"),
    (Column("Theme, if any", 34), "themes"),
    (Column("Verbatim", 80), "verbatim"),
)
_WHAT = "Every accepted row that is not in the scope scored, and every row without a theme."


def not_counted_sheet(book: Book, view: PreRead, run: RunTables, most: int) -> None:
    """The sheet Not counted, with at most so many rows; how many are left out is said below them."""
    rows = not_counted_rows(view, run)
    left = rows.height - most
    more = f" {left:,} more rows are in the table feedback of the run {run.run_id}." if left > 0 else ""
    shown = rows.head(most).with_columns(pl.col("scope", "channel").map_elements(label, return_dtype=pl.String))
    book.sheet("Not counted", [column for column, _ in _COLUMNS], shown.iter_rows(), f"{_WHAT}{more}")


def not_counted_rows(view: PreRead, run: RunTables) -> pl.DataFrame:
    """One row per accepted feedback row that no score reads, or that stands in no theme.

    Returns
    -------
    polars.DataFrame
        `feedback_id, source, channel, day, account_id, account_hint, scope, reason, themes, verbatim`: by scope in the
        order of the vocabulary, then by id. `themes` are joined by semicolons, null where there is none.
    """
    scopes = [scope.value for scope in Scope]
    found = (
        run["feedback"]
        .join(_themes(view, run), on="feedback_id", how="left", maintain_order="left")
        .join(_unplaced(run), on="feedback_id", how="left", maintain_order="left")
        .filter((pl.col("scope") != Scope.SCORED.value) | pl.col("themes").is_null() | pl.col("unplaced").is_not_null())
    )
    place = pl.col("scope").replace_strict(scopes, range(len(scopes)), return_dtype=pl.Int64)
    return (
        found.with_columns(_reason(), pl.col("created_at").dt.date().alias("day"), place.alias("_place"))
        .sort("_place", "feedback_id")
        .select(name for _, name in _COLUMNS)
    )


def _themes(view: PreRead, run: RunTables) -> pl.DataFrame:
    """The themes of each row that has any, in the order of the page."""
    named = run["mentions"].select("feedback_id", "theme_id").join(theme_order(view), on="theme_id")
    in_order = named.sort("feedback_id", "_order")
    return in_order.group_by("feedback_id", maintain_order=True).agg(
        pl.col("theme_name").str.join("; ").alias("themes")
    )


def _unplaced(run: RunTables) -> pl.DataFrame:
    """Why a row has no theme, as the theme step says it."""
    said = run["unclustered"].unique("feedback_id", keep="first", maintain_order=True)
    return said.select(
        "feedback_id", pl.col("reason").map_elements(_readable, return_dtype=pl.String).alias("unplaced")
    )


def _readable(reason: str) -> str:
    return one_line(reason).replace("_", " ")


def _reason() -> pl.Expr:
    outside = pl.when(pl.col("scope") != Scope.SCORED.value).then(pl.col("scope_reason"))
    why = pl.format("{}: {}", pl.lit(_NO_THEME), pl.col("unplaced"))
    alone = pl.when(pl.col("unplaced").is_not_null()).then(why).when(pl.col("themes").is_null()).then(pl.lit(_NO_THEME))
    return pl.concat_str(outside, alone, separator="; ", ignore_nulls=True).alias("reason")
