"""Torvane's accounts in each quarter: Enterprise and Mid-Market as written down, SMB money drawn from the seed."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from vocanalytics.demo import days, plan
from vocanalytics.demo.chance import seeded
from vocanalytics.demo.resources import read_records

COLUMNS = (
    "account_id",
    "account_name",
    "domains",
    "aliases",
    "parent_id",
    "lifecycle",
    "tier",
    "is_icp",
    "arr",
    "currency",
    "renewal_date",
    "seats_owned",
    "seats_addressable",
    "headroom_arr",
    "is_referenceable",
    "health",
    "csm",
    "industry",
)
Account = dict[str, str]
_MEDIAN_MONTHLY = 640
_SEAT_PER_MONTH = 49
_DRIFTS = ("1", "1", "1", "1", "0.97", "0.95", "0.92", "1.03")
_RULED_OUT = {"A-1119", "A-1120"}


def accounts_of(quarter: str, seed: int) -> list[Account]:
    """The accounts export of a quarter: one row per account, in canonical columns, every cell as text.

    Returns
    -------
    list of dict
        120 rows in order of account id; the last two must not pass (an unknown tier, a negative ARR).
    """
    accounts = [_as_of_q3(dict(record), seed) for record in read_records("company/accounts.csv")]
    return accounts if quarter == "2026Q3" else [_as_of_q2(account, seed) for account in accounts]


def in_scope(account: Account) -> bool:
    """Whether feedback of this account counts in the score."""
    known = account["account_id"] not in _RULED_OUT
    return known and account["lifecycle"] == "customer" and account["is_icp"] == "true"


def _as_of_q3(account: Account, seed: int) -> Account:
    rng = seeded(seed, "account", account["account_id"])
    drawn = _drawn_money(rng) if not account["arr"] else {}
    account = account | {key: value for key, value in drawn.items() if not account[key]}
    if account["renewal_date"] == "unknown":
        account["renewal_date"] = ""
    account["health"] = account["health"] or rng.choices(("healthy", "at_risk", "unknown"), (72, 18, 10))[0]
    return {column: account.get(column, "") or _default(column) for column in COLUMNS}


def _drawn_money(rng: Random) -> dict[str, str]:
    """ARR from a log-normal draw, held between $3K and $18K; seats and renewal that fit it."""
    monthly = min(1499, max(250, round(_MEDIAN_MONTHLY * math.exp(rng.gauss(0, 0.5)))))
    seats = max(2, monthly // _SEAT_PER_MONTH)
    renewal = days.LAST_DAY["2026Q3"] + dt.timedelta(days=rng.randint(12, 400))
    return {
        "arr": str(12 * (monthly + Decimal("0.90"))),
        "renewal_date": renewal.isoformat(),
        "seats_owned": str(seats),
        "seats_addressable": str(seats + rng.randint(0, seats)) if rng.random() < 0.4 else "",
    }


def _default(column: str) -> str:
    return "USD" if column == "currency" else ""


def _as_of_q2(account: Account, seed: int) -> Account:
    """The same account a quarter earlier: ARR before it drifted, the renewal date before it rolled forward."""
    changes = plan.previous_quarter().get(account["account_id"], {})
    return account | {"arr": _earlier_arr(account, seed), "renewal_date": _earlier_renewal(account)} | changes


def _earlier_arr(account: Account, seed: int) -> str:
    rng = seeded(seed, "drift", account["account_id"])
    earlier = Decimal(account["arr"]) * Decimal(rng.choice(_DRIFTS))
    return str(earlier.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _earlier_renewal(account: Account) -> str:
    """A contract that was renewed for a year during 2026Q3 shows the date before that."""
    if not account["renewal_date"] or account["lifecycle"] != "customer":
        return account["renewal_date"]
    earlier = days.a_year_earlier(dt.date.fromisoformat(account["renewal_date"]))
    rolled = days.LAST_DAY["2026Q2"] < earlier <= days.LAST_DAY["2026Q3"]
    return earlier.isoformat() if rolled else account["renewal_date"]
