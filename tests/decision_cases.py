"""A small session to decide on: seven themes, seven accounts, and a sheet that keeps every rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from vocanalytics import decisions
from vocanalytics.report import RunTables
from vocanalytics.settings import Quarter, Session, read_model
from vocanalytics.tables import conform, empty
from vocanalytics.vocabulary import QUARANTINE, TABLES

MODEL = read_model(Path(__file__).resolve().parent.parent / "pipelines" / "model.yml")
QUARTER = Quarter(2026, 3)

#: theme_id, theme_name, rank, start, composite
THEMES = (
    ("T-0001", "Offline work orders", 1, "build", 14),
    ("T-0002", "HubSpot integration", 2, "build", 12),
    ("T-0003", "Bulk export", 3, "settle", 10),
    ("T-0004", "Dark mode", 4, "defer", 8),
    ("T-0005", "Kiosk mode", 5, "decline", 5),
    ("T-0006", "Erasure on request", None, "escalate", 9),
    ("P-a1/b2", "Lone workers", None, "unscored", None),
)

#: account_id, account_name, aliases, lifecycle, csm
ACCOUNTS = (
    ("A-1", "Norrdal Wind", ["NDW"], "customer", "Ines Okafor"),
    ("A-2", "Tessaly Cold Chain GmbH", ["Tessaly"], "customer", "ines  okafor"),
    ("A-3", "Target", [], "customer", "Łukasz Żak"),
    ("A-4", "HubSpot", [], "prospect", None),
    ("A-5", "=Fiddler's <b>Elbow</b>", [], "customer", None),
    ("A-6", "apple", [], "customer", "田中"),
    ("A-7", "Umbra Works Inc.", [], "churned", None),
)

SHEET: dict[str, dict[str, str]] = {
    "T-0001": {
        "status": "build_next_quarter",
        "owner": "Petra Lind",
        "rationale": "Leads on all three dimensions",
        "csm_words": "We are building offline job lists next quarter. I will show you the first version.",
    },
    "T-0002": {
        "status": "build_next_quarter",
        "owner": "Radu Menard",
        "rationale": "Direct fit with the bet",
        "csm_words": "We are building the link between the two systems. I would like your team to test it.",
    },
    "T-0003": {
        "status": "build_next_quarter",
        "owner": "Radu Menard",
        "rationale": "A baseline of the tier",
        "csm_words": "We are building exports without a limit of rows. Our support helps until then.",
    },
    "T-0004": {
        "status": "defer_q_plus_2",
        "owner": "",
        "rationale": "Good idea, few accounts",
        "csm_words": "We put dark mode off and look at it again in February. I will tell you what comes of it.",
    },
    "T-0005": {
        "status": "decline",
        "owner": "",
        "rationale": "No bet and one account",
        "csm_words": "We decided against a kiosk mode, because one site asked. A shared login helps; I can set it up.",
    },
}


def scores() -> pl.DataFrame:
    """`theme_scores` of the run that was decided on."""
    rows = [
        {
            "theme_id": theme_id,
            "theme_name": name,
            "mentions": 3,
            "accounts": 0 if start == "unscored" else 2,  # asked for only outside the scope
            "arr_exposed": Decimal("300000.00"),
            "arr_signalled": Decimal("100000.00"),
            "arr_at_risk": Decimal("100000.00"),
            "expansion": Decimal("0.00"),
            "revenue": Decimal("100000.00"),
            "weighted_count": 4,
            "revenue_score": 2,
            "breadth_score": 3,
            "composite": composite,
            "rank": rank,
            "start": start,
            "flags": [],
        }
        for theme_id, name, rank, start, composite in THEMES
    ]
    return conform(pl.DataFrame(rows, infer_schema_length=None), TABLES["theme_scores"], name="theme_scores")


def accounts(extra: Sequence[tuple[str, str, list[str], str, str | None]] = ()) -> pl.DataFrame:
    """The accounts of the run, with renewals in the order of their ids; A-2 is overdue and A-6 has none."""
    rows = [
        {
            "account_id": account_id,
            "account_name": name,
            "aliases": aliases,
            "lifecycle": lifecycle,
            "tier": "enterprise",
            "is_icp": True,
            "arr": Decimal("150000.00"),
            "currency": "USD",
            "renewal_date": {"A-2": dt.date(2026, 9, 1), "A-6": None}.get(account_id, dt.date(2026, 11, 18)),
            "csm": csm,
        }
        for account_id, name, aliases, lifecycle, csm in (*ACCOUNTS, *extra)
    ]
    return conform(pl.DataFrame(rows, infer_schema_length=None), TABLES["accounts"], name="accounts")


def sheet(changes: Mapping[str, Mapping[str, str | None] | None] | None = None, **columns: str) -> pl.DataFrame:
    """The sheet that keeps every rule, with cells changed by theme; None takes the line out."""
    lines = [
        {"theme_id": theme_id, "theme": name, **SHEET.get(theme_id, {}), **(change or {}), **columns}
        for theme_id, name, *_ in THEMES
        if (change := (changes or {}).get(theme_id, {})) is not None
    ]
    names = ("theme_id", "theme", "status", "owner", "rationale", "csm_words", *columns)
    cells = [{name: line.get(name) or None for name in names} for line in lines]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))
    numbers = pl.Series("export_row", range(2, len(lines) + 2), pl.Int64)
    return frame.with_columns(pl.lit("decisions.csv").alias("export"), numbers)


def review(rows: pl.DataFrame, session: Session | None = None, **changes: Any) -> decisions.Review:
    """What the check finds in a sheet."""
    given = {
        "scores": scores(),
        "accounts": accounts(),
        "session": session or Session(),
        "model": MODEL,
        "quarter": QUARTER,
        **changes,
    }
    return decisions.check(rows, given.pop("unreadable", empty(QUARANTINE)), **given)


#: theme_id, account_id, days_to_renewal, churn_signal
PAIRS = (
    ("T-0001", "A-1", 49, "explicit"),
    ("T-0001", "A-2", -29, "none"),
    ("T-0001", "A-5", 49, "none"),
    ("T-0004", "A-1", 49, "none"),
    ("T-0005", "A-3", 49, "inferred"),
    ("T-0005", "A-6", None, "none"),
    ("T-0006", "A-1", 49, "none"),
)

#: feedback_id, account_id, theme_id, day of September, voice, verbatim
SAID = (
    ("f-1", "A-1", "T-0001", 1, "customer", "My phone is a brick in the lift shaft."),
    ("f-2", "A-1", "T-0001", 9, "customer", "=Still no signal <script>alert(1)</script>"),
    ("f-3", "A-1", "T-0001", 20, "paraphrase", "They are unhappy about offline."),
    ("f-4", "A-2", "T-0001", 3, "customer", "Norrdal Wind has it already, why not we?"),
    ("f-5", "A-5", "T-0001", 4, "paraphrase", "Wants it soon."),
    ("f-6", "A-1", "T-0004", 5, "customer", "Too bright at Norrdal Wind at night."),
    ("f-7", "A-6", "T-0005", 6, "customer", "One screen for all."),
)


def run() -> RunTables:
    """The run as the report reads it."""
    feedback = [
        {
            "feedback_id": feedback_id,
            "source": "desk",
            "channel": "support_ticket",
            "voice": voice,
            "account_id": account_id,
            "created_at": dt.datetime(2026, 9, day, 9, tzinfo=dt.UTC),
            "verbatim": verbatim,
            "account_match": "id",
            "scope": "scored",
            "scope_reason": "customer in the ICP",
        }
        for feedback_id, account_id, _, day, voice, verbatim in SAID
    ]
    mentions = [
        {"feedback_id": feedback_id, "theme_id": theme_id, "assigned_by": "person"}
        for feedback_id, _, theme_id, *_ in SAID
    ]
    zero, one = Decimal("0"), Decimal("1")
    pairs = [
        {
            "theme_id": theme_id,
            "account_id": account_id,
            "mentions": 1,
            "churn_signal": signal,
            "days_to_renewal": days,
            "renewal_factor": one,
            "churn_factor": one,
            "arr": Decimal("150000.00"),
            "arr_at_risk": zero,
            "headroom_arr": zero,
            "dependency": zero,
            "expansion": zero,
            "weighted": zero,
        }
        for theme_id, account_id, days, signal in PAIRS
    ]
    frames = {"feedback": feedback, "mentions": mentions, "theme_accounts": pairs}
    tables = {name: empty(table) for name, table in TABLES.items()}
    for name, rows in frames.items():
        tables[name] = conform(pl.DataFrame(rows, infer_schema_length=None), TABLES[name], name=name)
    tables |= {"theme_scores": scores(), "accounts": accounts()}
    return RunTables(
        quarter=QUARTER,
        as_of=dt.date(2026, 9, 30),
        run_id="2026Q3-0123456789ab",
        ledger_head=None,
        tables=tables,
        reading={},
        session=Session(company="Torvane", mark="Invented data"),
    )
