"""Small text tables as a pull hands them to validation, and a run of the suites on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from vocanalytics.contracts import Validated, validate
from vocanalytics.settings import Quarter, read_model
from vocanalytics.tables import empty
from vocanalytics.vocabulary import INCOMING, QUARANTINE, names

ROOT = Path(__file__).resolve().parent.parent
MODEL = read_model(ROOT / "pipelines" / "model.yml")
QUARTER = Quarter.parse("2026Q3")
AS_OF = dt.date(2026, 9, 30)

Row = dict[str, str | None]


def said(feedback_id: str, **changes: str | None) -> Row:
    """A row of feedback with which nothing is wrong."""
    plain: Row = {
        "feedback_id": feedback_id,
        "source": "desk",
        "channel": "call",
        "account_id": "A1",
        "created_at": "2026-08-01T10:00:00Z",
        "verbatim": "It is slow",
    }
    return plain | changes


def account(account_id: str, **changes: str | None) -> Row:
    """An account with which nothing is wrong."""
    plain: Row = {
        "account_id": account_id,
        "account_name": f"Account {account_id}",
        "lifecycle": "customer",
        "tier": "smb",
        "is_icp": "true",
        "arr": "1200.00",
        "currency": "USD",
    }
    return plain | changes


def text_table(table: str, rows: Sequence[Mapping[str, str | None]]) -> pl.DataFrame:
    """Rows as text; they stand in one CSV, whose first row is in line 2, unless they say otherwise."""
    columns = [name for name in names(INCOMING[table]) if name != "export_row"]
    text = pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )
    numbers = [int(row.get("export_row") or place) for place, row in enumerate(rows, start=2)]
    return text.with_columns(pl.col("export").fill_null(f"{table}.csv"), pl.Series("export_row", numbers, pl.Int64))


def text_tables(**rows: Sequence[Mapping[str, str | None]]) -> dict[str, pl.DataFrame]:
    """Every incoming table; one good row of feedback and of accounts where nothing else is given."""
    given: dict[str, Sequence[Mapping[str, str | None]]] = {
        "feedback": [said("f:0")],
        "accounts": [account("A1")],
        **rows,
    }
    return {table: text_table(table, given.get(table, [])) for table in INCOMING}


def run(
    suites: Path = ROOT / "expectations", as_of: dt.date = AS_OF, **rows: Sequence[Mapping[str, str | None]]
) -> Validated:
    """Validate small tables."""
    return validate(text_tables(**rows), suites, QUARTER, as_of, MODEL)


@dataclass(frozen=True)
class Pulled:
    """What the pull hands over."""

    tables: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame = field(default_factory=lambda: empty(QUARANTINE))
    notes: tuple[str, ...] = ()
