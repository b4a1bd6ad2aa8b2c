"""The sheet of the workbook that shows each account behind each theme with everything its weighted sum is made of."""

from __future__ import annotations

import polars as pl

from vocanalytics.report.facts import HEARD
from vocanalytics.report.labels import label
from vocanalytics.report.run import RunTables
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead
from vocanalytics.vocabulary import Health

STATED, BY_HEALTH, NOT_STATED = "Stated", "Account health", "Nothing stated"
FROM_EXPORT, FROM_SEATS, UNKNOWN = "Export", "Seats", "Unknown"
OVERDUE, NO_DATE = "Overdue", "Renewal unknown"

_ACCOUNTS = (
    (Column("Theme", 30), "theme_name"),
    (Column("Account", 30), "account_name"),
    (Column("Account id", 16), "account_id"),
    (Column("Tier", 12), "tier"),
    (Column("CSM", 18), "csm"),
    (Column("ARR", 15, "money", bar=True), "arr"),
    (Column("Renewal", 12, "date"), "renewal_date"),
    (Column("Days to renewal", 9, "whole"), "days_to_renewal"),
    (Column("Renewal mark", 12), "renewal_mark"),
    (Column("Churn signal", 10), "churn_signal"),
    (Column("Signal from", 14), "signal_from"),
    (Column("Health", 10), "health"),
    (Column("Renewal factor", 9, "factor"), "renewal_factor"),
    (Column("Churn factor", 9, "factor"), "churn_factor"),
    (Column("At risk, weighted", 15, "money"), "arr_at_risk"),
    (Column("Headroom ARR", 15, "money"), "headroom_arr"),
    (Column("Headroom from", 11), "headroom_from"),
    (Column("Seats owned", 9, "whole"), "seats_owned"),
    (Column("Seats addressable", 11, "whole"), "seats_addressable"),
    (Column("Dependency", 10, "factor"), "dependency"),
    (Column("Expansion", 15, "money"), "expansion"),
    (Column("Weighted", 15, "money", bar=True), "weighted"),
    (Column("Mentions", 9, "whole"), "mentions"),
)
_OF_ACCOUNT = (
    *("account_id", "account_name", "tier", "csm", "renewal_date", "health", "seats_owned", "seats_addressable"),
    pl.col("headroom_arr").alias("headroom_given"),
)
_NOTE = (
    "An account stands once under each theme it asks for, so columns do not add up over themes. Signal from: the "
    "strongest one stated on the theme counts; where none is stated, an account at risk counts as inferred and any "
    "other as none. Headroom from: the export, else ARR of the untapped seats at the price of the owned ones, else 0."
)


def theme_order(view: PreRead) -> pl.DataFrame:
    """`theme_id, theme_name` of every theme in the order of the page, numbered by `_order`."""
    themes = (*view.themes, *view.tracked)
    return pl.DataFrame(
        {"theme_id": [theme.theme_id for theme in themes], "theme_name": [theme.theme_name for theme in themes]},
        schema={"theme_id": pl.String, "theme_name": pl.String},
    ).with_row_index("_order")


def accounts_sheet(book: Book, view: PreRead, run: RunTables) -> None:
    """The sheet Accounts per theme: each figure of the score beside the inputs it was made from."""
    rows = (
        traced(run)
        .join(theme_order(view), on="theme_id")
        .sort("_order", "arr", "account_id", descending=[False, True, False], maintain_order=True)
        .select(name for _, name in _ACCOUNTS)
    )
    book.sheet("Accounts per theme", [column for column, _ in _ACCOUNTS], rows.iter_rows(), _NOTE)


def traced(run: RunTables) -> pl.DataFrame:
    """The table `theme_accounts` with what its figures can be read back to.

    Returns
    -------
    polars.DataFrame
        Its columns, those of the account, and `signal_from, headroom_from, renewal_mark`; the last is null where a
        renewal lies ahead.
    """
    return (
        run["theme_accounts"]
        .join(run["accounts"].select(_OF_ACCOUNT), on="account_id", how="left", maintain_order="left")
        .join(_stated(run), on=["theme_id", "account_id"], how="left", maintain_order="left")
        .with_columns(_signal_from(), _headroom_from(), _renewal_mark())
        .with_columns(pl.col("health").map_elements(label, return_dtype=pl.String))
    )


def _stated(run: RunTables) -> pl.DataFrame:
    """The pairs of theme and account of which a mention states a churn signal, among those the score reads."""
    stating = run["feedback"].filter(pl.col("scope").is_in(HEARD) & pl.col("churn_signal").is_not_null())
    pairs = run["mentions"].join(stating.select("feedback_id", "account_id"), on="feedback_id")
    return pairs.select("theme_id", "account_id").unique(maintain_order=True).with_columns(stated=pl.lit(True))


def _signal_from() -> pl.Expr:
    known = pl.col("health").is_not_null() & (pl.col("health") != Health.UNKNOWN.value)
    by_health = pl.when(known).then(pl.lit(BY_HEALTH)).otherwise(pl.lit(NOT_STATED))
    return pl.when(pl.col("stated")).then(pl.lit(STATED)).otherwise(by_health).alias("signal_from")


def _headroom_from() -> pl.Expr:
    from_seats = (pl.col("seats_owned") > 0) & pl.col("seats_addressable").is_not_null()
    other = pl.when(from_seats).then(pl.lit(FROM_SEATS)).otherwise(pl.lit(UNKNOWN))
    given = pl.col("headroom_given").is_not_null()
    return pl.when(given).then(pl.lit(FROM_EXPORT)).otherwise(other).alias("headroom_from")


def _renewal_mark() -> pl.Expr:
    days = pl.col("days_to_renewal")
    dated = pl.when(days < 0).then(pl.lit(OVERDUE))
    return pl.when(days.is_null()).then(pl.lit(NO_DATE)).otherwise(dated).alias("renewal_mark")
