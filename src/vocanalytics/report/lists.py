"""The two lists that leave the session as files: for Sales what prospects ask for, for the CPO what compliance asks."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from vocanalytics.report.labels import yes_or_no
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import inert, visible

SALES_COLUMNS = (
    *("theme", "account", "account_id", "arr", "deal_outcome", "competitor", "mentions", "verbatim"),
    *("feedback_id", "theme_id", "prospects", "is_repeated"),
)
CPO_COLUMNS = (
    *("theme", "status", "reason", "requested_by", "approved_by", "expires_on", "why", "words", "word_mentions"),
    *("mentions", "accounts", "arr_exposed", "rank", "theme_id"),
)
#: Columns of the files that the frames name otherwise.
_FROM = {"theme": "theme_name", "account": "account_name"}


def sales_csv(run: RunTables) -> bytes:
    """One row per theme and prospect, with how the deal stands and the latest words, for Sales Ops.

    `prospects` counts those behind the theme; `is_repeated` says whether they are several, for the PM lead.

    Returns
    -------
    bytes
        CSV in UTF-8 with the columns of `SALES_COLUMNS`; no cell can act as a formula.
    """
    themes = {row["theme_id"]: row for row in run.rows("sales_list")}
    rows = [{**row, **_of_theme(themes.get(row["theme_id"], {}))} for row in run.rows("sales_accounts")]
    return _csv(SALES_COLUMNS, rows)


def _of_theme(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"prospects": row.get("prospects"), "is_repeated": yes_or_no(row.get("is_repeated"))}


def cpo_csv(run: RunTables) -> bytes:
    """One row per theme that is listed, requested or suggested for the CPO.

    Returns
    -------
    bytes
        CSV in UTF-8 with the columns of `CPO_COLUMNS`; no cell can act as a formula.
    """
    return _csv(CPO_COLUMNS, run.rows("cpo_list"))


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([_cell(row[_FROM.get(column, column)]) for column in columns] for row in rows)
    # The mark at the start tells a spreadsheet that the file is UTF-8.
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = ", ".join(value)
    if isinstance(value, Decimal | dt.date):
        return str(value)
    return inert(visible(value) if isinstance(value, str) else value)
