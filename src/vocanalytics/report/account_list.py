"""Appendix B: every in-scope account heard, by renewal date, so that a VP finds the own ones."""

from __future__ import annotations

from vocanalytics.report.account_rows import ListedAccount, listed
from vocanalytics.report.facts import Facts
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import counted, elsewhere

_SHOWN = 600


class AccountList(Shown):
    """The accounts, those that renew first at the top."""

    heading: Heading
    rows: tuple[ListedAccount, ...]
    left_out: str


def account_list(facts: Facts) -> AccountList:
    """All accounts heard up to 600; the workbook has every one behind a theme."""
    rows = facts.heard.head(_SHOWN)
    left = facts.heard.height - rows.height
    heard = facts.heard.height
    return AccountList(
        heading=f"All {heard:,} accounts, by renewal date"
        if heard > 1
        else f"{counted(heard, 'account')} heard".capitalize(),
        rows=listed(facts, rows, facts.pairs),
        left_out=f"The {rows.height} that renew first; {elsewhere(left, 'account', 'the workbook')}." if left else "",
    )
