"""Sheets of the workbook on what goes to others: Sales, the CPO, and the session that looks back."""

from __future__ import annotations

from vocanalytics.report.labels import label, yes_or_no
from vocanalytics.report.not_counted import prospects_without_theme
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.verdicts import VERDICTS


def list_sheets(book: Book, run: RunTables) -> None:
    """The sheets Sales list, CPO list and Decisions before."""
    _sales_list(book, run)
    _cpo_list(book, run)
    _decisions_before(book, run)


_SALES_LIST = (
    Column("Theme", 40),
    Column("Prospects", 10, "whole"),
    Column("Mentions", 10, "whole"),
    Column("Theme id", 18),
    Column("Several prospects", 10),
    Column("ARR of the prospects", 15, "money"),
    Column("Deals won", 9, "whole"),
    Column("Deals lost", 9, "whole"),
    Column("Deals open", 9, "whole"),
)


def _sales_list(book: Book, run: RunTables) -> None:
    rows = [
        (
            row["theme_name"],
            row["prospects"],
            row["mentions"],
            row["theme_id"],
            yes_or_no(row["is_repeated"]),
            *(row.get(name) for name in ("prospect_arr", "won", "lost", "open")),
        )
        for row in run.rows("sales_list")
    ]
    note = "What prospects ask for; none of it enters the score. Each prospect with its words is in sales_list.csv."
    without = prospects_without_theme(run)
    book.sheet("Sales list", _SALES_LIST, rows, f"{note} {without}." if without else note)


_CPO_LIST = (
    Column("Theme", 34),
    Column("Status", 11),
    Column("Reason", 50),
    Column("Requested by", 18),
    Column("Approved by", 18),
    Column("Expires", 12, "date"),
    Column("Why not applied", 40),
    Column("Words found", 40),
    Column("Mentions with them", 10, "whole"),
    Column("Mentions", 9, "whole"),
    Column("Accounts", 9, "whole"),
    Column("ARR behind", 15, "money"),
    Column("Rank", 6, "whole"),
    Column("Theme id", 18),
)


def _cpo_list(book: Book, run: RunTables) -> None:
    rows = [
        (
            row["theme_name"],
            label(row["status"]),
            one_line(row["reason"]) or None,
            one_line(row["requested_by"]) or None,
            one_line(row["approved_by"]) or None,
            row["expires_on"],
            None if row["status"] == "listed" else one_line(row["why"]) or None,
            ", ".join(row["words"] or []) or None,
            *(row[name] for name in ("word_mentions", "mentions", "accounts", "arr_exposed", "rank")),
            row["theme_id"],
        )
        for row in run.rows("cpo_list")
    ]
    note = "Listed: by an approved override. Requested: not applied. Suggested: by words alone, which changes nothing."
    book.sheet("CPO list", _CPO_LIST, rows, note)


_DECISIONS = (
    Column("Decided in", 10),
    Column("Theme", 34),
    Column("Decision", 18),
    Column("What became of it", 16),
    Column("Delivery report", 14),
    Column("Delivered on", 12, "date"),
    Column("Evidence", 40),
    Column("Owner", 18),
    Column("Rationale", 50),
    Column("Still heard", 9),
    Column("ARR then", 15, "money"),
    Column("ARR now", 15, "money"),
    Column("Accounts then", 9, "whole"),
    Column("Accounts now", 9, "whole"),
    Column("Rank then", 8, "whole"),
    Column("Rank now", 8, "whole"),
    Column("Back with more ARR", 10),
    Column("Theme id", 18),
)
_THEN_AND_NOW = ("arr_then", "arr_now", "accounts_then", "accounts_now", "rank_then", "rank_now")


def _decisions_before(book: Book, run: RunTables) -> None:
    rows = [
        (
            row["decided_in"],
            row["theme_name"],
            label(row["status"]) or "Undecided",
            VERDICTS.get(row["verdict"]) or label(row["verdict"]),
            label(row["delivery"]),
            row["delivered_on"],
            one_line(row["evidence"]) or None,
            one_line(row["owner"]) or None,
            one_line(row["rationale"]) or None,
            yes_or_no(row["heard"]),
            *(row[name] for name in _THEN_AND_NOW),
            yes_or_no(row["returned_with_more"]),
            row["theme_id"],
        )
        for row in run.rows("outcomes")
    ]
    note = "The latest decision of the earlier sessions on each theme. ARR and accounts are those in scope."
    book.sheet("Decisions before", _DECISIONS, rows, note)
