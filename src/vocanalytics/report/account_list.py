"""Appendix B: every in-scope account heard, by renewal date, so that a VP finds the own ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.money import themes_of_accounts
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import clip, counted, elsewhere

_SHOWN = 600


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


class AccountList(Shown):
    """The accounts, those that renew first at the top."""

    heading: Heading
    rows: tuple[ListedAccount, ...]
    left_out: str


def account_list(facts: Facts) -> AccountList:
    """All accounts heard up to 600; the workbook has every one behind a theme."""
    rows = facts.heard.head(_SHOWN)
    asked, known = themes_of_accounts(facts, facts.pairs), facts.by_id
    left = facts.heard.height - rows.height
    heard = facts.heard.height
    return AccountList(
        heading=f"All {heard:,} accounts, by renewal date"
        if heard > 1
        else f"{counted(heard, 'account')} heard".capitalize(),
        rows=tuple(
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
        ),
        left_out=f"The {rows.height} that renew first; {elsewhere(left, 'account', 'the workbook')}." if left else "",
    )
