"""Triage pages for tests: a month of a given size, written as files."""

from __future__ import annotations

from pathlib import Path

from quarters import AS_OF, Row, Rows, account, in_days, inputs, said
from test_triage import FIXED, SEPTEMBER, of

from vocanalytics.report import TriagePage, build_triage_page, write_triage
from vocanalytics.triage import Triaged

ATTACK = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>"
WORDS = "We wait for the regional filter since spring and the board asks me every month when it comes."


def month_of(count: int, **changes: str) -> Triaged:
    """A month with so many urgent accounts, the third a logo, and a competitor in the first three."""
    accounts = [
        account(
            f"A-{n:03d}",
            **{
                "account_name": f"Brackwater Utilities {n}",
                "arr": "300000.00",
                "renewal_date": in_days(7 * n - 8),
                "csm": "Marek Dolan",
                "is_referenceable": "true" if n == 2 else "",
            }
            | changes,
        )
        for n in range(count)
    ]
    feedback: list[Row] = [
        said(
            f"calls:{n}",
            row["account_id"],
            channel="call",
            voice="customer",
            created_at="2026-09-10T09:00:00Z",
            verbatim=changes.get("account_name", WORDS),
            churn_signal=("explicit", "inferred")[n % 2],
            competitor=changes.get("competitor", "Kuvero") if n < 3 else "",
        )
        for n, row in enumerate(accounts)
    ]
    mentions = {row["feedback_id"]: ["T"] for row in feedback}
    return of(inputs(Rows(feedback, accounts, {"T": changes.get("account_name", "Regional filtering")}, mentions)))


_NAMES = ("Aldermoor Fire & Safety", "Coppergate Electrical", "Halvorsen Elevators", "Tannerford Refrigeration")
_THEMES = {
    "T1": "Single sign-on and user provisioning",
    "T2": "Arrival messages to the end customer",
    "T3": "Bulk export of job history",
}
#: How many themes each account of a full month stands behind: 18 rows of 11 accounts.
_BEHIND = (3, 1, 2, 2, 1, 1, 2, 3, 1, 1, 1)


def full_month(words: str = WORDS) -> Triaged:
    """A month as full as the demonstration's: 18 rows of 11 accounts, one emergency and three logos."""
    accounts = [
        account(
            f"A-{n:03d}",
            account_name=_NAMES[n % 4],
            arr="300000.00",
            renewal_date=in_days(9 * n - 18),
            csm="Sam Whitcombe",
            is_referenceable="true" if n in (0, 4, 9) else "",
        )
        for n in range(len(_BEHIND))
    ]
    feedback = [
        said(
            f"calls:{n}-{theme}",
            accounts[n]["account_id"],
            channel="call",
            voice="customer",
            created_at="2026-09-10T09:00:00Z",
            verbatim=words,
            churn_signal=("explicit", "inferred")[theme % 2],
            competitor="Kuvero" if n < 3 and not theme else "",
        )
        for n, behind in enumerate(_BEHIND)
        for theme in range(behind)
    ]
    mentions = {row["feedback_id"]: [f"T{int(row['feedback_id'][-1]) + 1}"] for row in feedback}
    return of(inputs(Rows(feedback, accounts, _THEMES, mentions)))


def viewed(found: Triaged) -> TriagePage:
    return build_triage_page(found, SEPTEMBER, AS_OF, FIXED, run_id="2026-09-test")


def triage_page(found: Triaged, folder: Path) -> Path:
    """The page of a triage, written with its files."""
    return write_triage(viewed(found), found, folder)[0]
