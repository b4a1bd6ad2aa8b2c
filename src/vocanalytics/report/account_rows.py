"""Accounts as the tables of the page list them: renewal, strongest signal, themes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl

from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import clip


class ListedAccount(Shown):
    """One account with its renewal, its strongest signal and its themes."""

    account_id: str
    account: str
    tier: str
    arr: Decimal
    renewal_date: dt.date | None
    days: int | None
    overdue: bool
    signal: str
    csm: str
    themes: tuple[ThemeRef, ...]


def listed(facts: Facts, rows: pl.DataFrame, pairs: pl.DataFrame) -> tuple[ListedAccount, ...]:
    """Rows of `facts.heard` with the themes that the given pairs of theme and account name for each."""
    known, asked = facts.by_id, _themes_of_accounts(facts, pairs)
    return tuple(
        ListedAccount(
            account_id=row["account_id"],
            account=one_line(row["account_name"]),
            tier=TIER_NAMES[row["tier"]],
            arr=row["arr"],
            renewal_date=row["renewal_date"],
            days=row["days"],
            overdue=row["overdue"],
            signal=row["signal"],
            csm=clip(one_line(row["csm"]), 80) or "–",
            themes=tuple(known[theme_id].ref for theme_id in asked.get(row["account_id"], ())),
        )
        for row in rows.iter_rows(named=True)
    )


def _themes_of_accounts(facts: Facts, pairs: pl.DataFrame) -> dict[str, list[str]]:
    """The themes of each account, in the order of the ranking."""
    order = {theme.theme_id: position for position, theme in enumerate(facts.themes)}
    asked: dict[str, list[str]] = {}
    for account_id, theme_id in pairs.select("account_id", "theme_id").iter_rows():
        asked.setdefault(account_id, []).append(theme_id)
    return {account: sorted(themes, key=order.__getitem__) for account, themes in asked.items()}
