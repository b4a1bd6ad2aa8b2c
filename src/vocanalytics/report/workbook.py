"""The workbook CS Ops keeps using: every number of the page as a number, no formula and no link made from data."""

from __future__ import annotations

import io
from typing import Any

import polars as pl

from vocanalytics.report.book_accounts import accounts_sheet, theme_order
from vocanalytics.report.book_beside import beside_sheets
from vocanalytics.report.book_curated import curated_sheets
from vocanalytics.report.book_firmness import firmness_sheets
from vocanalytics.report.book_left_out import not_counted_sheet
from vocanalytics.report.book_lists import list_sheets
from vocanalytics.report.facts import Theme
from vocanalytics.report.run import RunTables
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead

_KEPT_OUT_SHOWN = 50_000


def workbook(view: PreRead, run: RunTables, *, most_verbatims: int) -> bytes:
    """The workbook of a run.

    Parameters
    ----------
    view
        The pre-read, for the order of the themes and the method.
    run
        Tables that the page shows only in part.
    most_verbatims
        Rows of the sheets Verbatims and Not counted; how many are left out is said below them.

    Returns
    -------
    bytes
        An xlsx file; the same view and run give the same bytes.
    """
    stream = io.BytesIO()
    book = Book(stream, run.as_of, f"Pre-read {run.quarter}")
    _matrix(book, view)
    accounts_sheet(book, view, run)
    _verbatims(book, view, run, most_verbatims)
    not_counted_sheet(book, view, run, most_verbatims)
    curated_sheets(book, view, run)
    firmness_sheets(book, view, run)
    beside_sheets(book, view, run)
    list_sheets(book, run)
    _quarantine(book, run)
    method = view.method
    rules = [(rule.name, rule.value) for rule in (*method.rules, *method.shaken, *method.apart)]
    files = [(f"Input {receipt.path}", f"sha256 {receipt.sha256}") for receipt in method.inputs]
    book.sheet("Method", (Column("Rule", 28), Column("Value in this run", 110)), [*rules, *files])
    book.file.close()
    return stream.getvalue()


_MATRIX = (
    Column("Rank", 6, "whole"),
    Column("Theme", 34),
    Column("Revenue", 9, "whole"),
    Column("Breadth", 9, "whole"),
    Column("Alignment", 9, "whole"),
    Column("Composite", 10, "whole", bar=True),
    Column("Start", 10),
    Column("ARR behind", 15, "money"),
    Column("Signalled ARR", 15, "money", bar=True),
    Column("At risk, weighted", 15, "money"),
    Column("Expansion", 15, "money", bar=True),
    Column("Weighted revenue", 16, "money", bar=True),
    Column("Accounts", 9, "whole"),
    Column("Weighted count", 9, "whole"),
    Column("Mentions", 9, "whole"),
    Column("CS alignment", 9, "whole"),
    Column("Product alignment", 9, "whole"),
    Column("Rank last quarter", 9, "whole"),
    Column("Flags", 40),
    Column("Theme id", 18),
)


def _matrix(book: Book, view: PreRead) -> None:
    book.sheet(
        "Matrix",
        _MATRIX,
        (_matrix_row(theme) for theme in view.themes),
        "Accounts can stand behind several themes, so columns do not add up. Weighted figures rank; they are not "
        "money that could be lost.",
    )


def _matrix_row(theme: Theme) -> tuple[Any, ...]:
    return (
        theme.rank,
        theme.theme_name,
        theme.revenue_score,
        theme.breadth_score,
        theme.alignment_score,
        theme.composite,
        theme.start.value,
        theme.arr_exposed,
        theme.arr_signalled,
        theme.arr_at_risk,
        theme.expansion,
        theme.revenue,
        theme.accounts,
        theme.weighted_count,
        theme.mentions,
        theme.alignment_cs,
        theme.alignment_product,
        theme.previous_rank,
        ", ".join(flag.replace("_", " ") for flag in theme.flags),
        theme.theme_id,
    )


_VERBATIMS = (
    Column("Theme", 30),
    Column("Account", 28),
    Column("Verbatim", 80),
    Column("Date", 12, "date"),
    Column("Channel", 14),
    Column("Source", 14),
    Column("Role", 10),
    Column("Voice", 11),
    Column("Language", 9),
    Column("Scope", 12),
    Column("Churn signal", 10),
    Column("Dependency", 10, "factor"),
    Column("Link", 30),
    Column("Feedback id", 26),
)
_FROM_FEEDBACK = (
    "theme_name",
    "account_name",
    "verbatim",
    "day",
    "channel",
    "source",
    "author_role",
    "voice",
    "told",
    "scope",
    "churn_signal",
    "dependency",
    "url",
    "feedback_id",
)


def _verbatims(book: Book, view: PreRead, run: RunTables, most: int) -> None:
    mentions = (
        run["mentions"]
        .select("theme_id", "feedback_id", "similarity")
        .join(theme_order(view), on="theme_id")
        .sort(
            "_order", "similarity", "feedback_id", descending=[False, True, False], nulls_last=True, maintain_order=True
        )
    )
    shown = (
        mentions.head(most)
        .join(run["feedback"], on="feedback_id", how="left", maintain_order="left")
        .join(run["accounts"].select("account_id", "account_name"), on="account_id", how="left", maintain_order="left")
        .join(_languages(run), on="feedback_id", how="left", maintain_order="left")
        .with_columns(pl.col("created_at").dt.date().alias("day"), pl.coalesce("told", "language").alias("told"))
        .select(_FROM_FEEDBACK)
    )
    left = mentions.height - shown.height
    note = f"{left:,} more mentions are in the table mentions of the run {run.run_id}." if left > 0 else ""
    book.sheet("Verbatims", _VERBATIMS, shown.iter_rows(), note)


def _languages(run: RunTables) -> pl.DataFrame:
    """The language of each verbatim as the run told it; a run that did not leaves what the export says."""
    if run.has("verbatim_languages"):
        return run.reading["verbatim_languages"].select("feedback_id", told="language")
    return pl.DataFrame(schema={"feedback_id": pl.String, "told": pl.String})


_QUARANTINE = (
    Column("Table", 12),
    Column("Export", 26),
    Column("Row", 9, "whole"),
    Column("Column", 16),
    Column("Value", 40),
    Column("Reason", 50),
    Column("What to do", 50),
)


def _quarantine(book: Book, run: RunTables) -> None:
    kept_out = run["quarantine"]
    left = kept_out.height - _KEPT_OUT_SHOWN
    note = f"{left:,} more rows are in the table quarantine of the run {run.run_id}." if left > 0 else ""
    columns = ("table", "export", "export_row", "column", "value", "reason", "advice")
    book.sheet("Quarantine", _QUARANTINE, kept_out.select(columns).head(_KEPT_OUT_SHOWN).iter_rows(), note)
