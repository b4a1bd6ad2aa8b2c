"""The demonstration quarters as they were written, and what domain.md makes of them.

The scoring here is written from scratch in plain Python, so that nothing of the product can make it agree with itself;
which theme a message was written for comes from the generator's answer sheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from vocanalytics.demo import planted_themes
from vocanalytics.demo.files import demo_files
from vocanalytics.demo.texts import themes

BOUNDS = {q: (dt.date(2026, 3 * n - 2, 1), dt.date(2026, 3 * n, 30)) for q, n in (("2026Q2", 2), ("2026Q3", 3))}
WEIGHT = {"enterprise": 3, "mid_market": 2, "smb": 1}
STRENGTH = {"none": 0, "inferred": 1, "explicit": 2}
CHURN = {"none": Decimal("0.1"), "inferred": Decimal("0.5"), "explicit": Decimal(1)}
Row = dict[Any, Any]


class Score(NamedTuple):
    """What domain.md says about a theme, computed here."""

    revenue: Decimal
    revenue_score: int
    weighted_count: int
    breadth_score: int
    alignment: int | None
    by_tier: dict[str, int]
    signals: dict[str, str]
    mentions: int
    arr: Decimal

    @property
    def composite(self) -> int | None:
        return None if self.alignment is None else self.revenue_score + self.breadth_score + self.alignment


@cache
def planted(seed: int = 7) -> dict[str, dict[str, tuple[str, ...]]]:
    return planted_themes(seed)


@cache
def files(seed: int = 7) -> dict[str, bytes]:
    return demo_files(seed)


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def table(path: str, seed: int = 7) -> list[Row]:
    """One file of the demonstration as rows of text; a ragged line keeps its extra cell under `None`."""
    content = files(seed)[path]
    if path.endswith(".csv"):
        head, *rows = csv_rows(content)
        return [dict(zip(head, row, strict=False)) | _left_over(row[len(head) :]) for row in rows]
    if path.endswith(".jsonl"):
        return [{k: _text(v) for k, v in json.loads(line).items()} for line in content.decode().splitlines()]
    if path.endswith(".parquet"):
        import pyarrow.parquet as pq

        return [{k: _text(v) for k, v in row.items()} for row in pq.read_table(io.BytesIO(content)).to_pylist()]
    from openpyxl import load_workbook

    head, *rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    return [{str(k): _text(v) for k, v in zip(head, row, strict=True)} for row in rows]


def _left_over(cells: list[str]) -> Row:
    return {None: cells} if cells else {}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value.tzinfo else value.date().isoformat()
    return f"{value:g}" if isinstance(value, float) and value < 2 else str(value)


@cache
def exports(quarter: str, stem: str, seed: int = 7) -> list[Row]:
    names = [name for name in files(seed) if name.startswith(f"data/raw/{quarter}/{stem}")]
    return [row | {"export": Path(name).name} for name in names for row in table(name, seed)]


@cache
def curated(quarter: str, name: str) -> list[Row]:
    return table(f"data/curated/{quarter}/{name}.csv")


@cache
def accepted_accounts(quarter: str, seed: int = 7) -> dict[str, Row]:
    rows = exports(quarter, "accounts", seed)
    return {row["account_id"]: row for row in rows if row["tier"] in WEIGHT and Decimal(row["arr"]) >= 0}


@cache
def accepted_feedback(quarter: str, seed: int = 7) -> list[Row]:
    first, last = BOUNDS[quarter]
    kept: dict[str, Row] = {}
    for row in exports(quarter, "feedback", seed):
        try:
            day = dt.datetime.fromisoformat(row["created_at"]).date()
        except ValueError:
            continue
        if None not in row and first <= day <= last and row.get("churn_signal", "") in ("", *STRENGTH):
            kept.setdefault(row["feedback_id"], row)
    return list(kept.values())


def match(row: Row, accounts: dict[str, Row]) -> str | None:
    """The account of a row: its id, or the only account that its hint names."""
    if row["account_id"]:
        return row["account_id"] if row["account_id"] in accounts else None
    named = [key for key, account in accounts.items() if row["account_hint"] in names_of(account)]
    return named[0] if row["account_hint"] and len(named) == 1 else None


def names_of(account: Row) -> set[str]:
    return {account["account_name"], *account["domains"].split(";"), *account["aliases"].split(";")} - {""}


def is_scored(account: Row) -> bool:
    return account["lifecycle"] == "customer" and account["is_icp"] == "true"


@cache
def behind(quarter: str, seed: int = 7) -> dict[str, dict[str, list[Row]]]:
    """Theme to account to its rows, for accounts of any scope."""
    accounts, truth = accepted_accounts(quarter, seed), planted(seed)[quarter]
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in accepted_feedback(quarter, seed):
        if (account_id := match(row, accounts)) is not None:
            for theme in truth[row["feedback_id"]]:
                found[theme][account_id].append(row)
    return found


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def days_left(account: Row, quarter: str) -> int | None:
    date = account["renewal_date"]
    return (dt.date.fromisoformat(date) - BOUNDS[quarter][1]).days if date else None


def churn_signal(account: Row, rows: list[Row]) -> str:
    stated = [row["churn_signal"] for row in rows if row.get("churn_signal")]
    if stated:
        return max(stated, key=lambda signal: STRENGTH[signal])
    return "inferred" if account["health"] == "at_risk" else "none"


def headroom(account: Row) -> Decimal:
    if account["headroom_arr"]:
        return Decimal(account["headroom_arr"])
    if not (account["seats_owned"] and account["seats_addressable"]):
        return Decimal(0)
    owned, all_seats = Decimal(account["seats_owned"]), Decimal(account["seats_addressable"])
    return cents(max(Decimal(0), (all_seats - owned) * Decimal(account["arr"]) / owned))


def weighted(account: Row, rows: list[Row], quarter: str) -> Decimal:
    left = days_left(account, quarter)
    renewal = Decimal("0.5") if left is None or left > 180 else Decimal("1.5") if left < 90 else Decimal(1)
    risk = cents(cents(Decimal(account["arr"])) * renewal * CHURN[churn_signal(account, rows)])
    dependency = max(Decimal(row.get("dependency") or 0) for row in rows)
    return risk + cents(headroom(account) * dependency)


def band(value: Decimal | int, *breakpoints: int) -> int:
    return 1 + sum(value >= point for point in breakpoints)


def by_theme(quarter: str, name: str) -> dict[str, Row]:
    """A curated file by the key of the theme that each row names by id or by name."""
    ids = {texts.name: key for key, texts in themes().items()}
    return {ids.get(row["theme"], row["theme"]): row for row in curated(quarter, name)}


@cache
def scores(quarter: str, seed: int = 7) -> dict[str, Score]:
    accounts = accepted_accounts(quarter, seed)
    rows = by_theme(quarter, "alignment")
    found = {}
    for theme, by_account in behind(quarter, seed).items():
        scored = {key: said for key, said in by_account.items() if is_scored(accounts[key])}
        revenue = sum((weighted(accounts[key], said, quarter) for key, said in scored.items()), Decimal(0))
        tiers = Counter(accounts[key]["tier"] for key in scored)
        count = sum(WEIGHT[tier] * number for tier, number in tiers.items())
        row = rows.get(theme, {})
        given = row.get("score_product") or row.get("score_cs")
        found[theme] = Score(
            revenue,
            band(revenue, 50_000, 150_000, 400_000, 1_000_000),
            count,
            band(count, 2, 3, 6, 10),
            int(given) if given else None,
            dict(tiers),
            {key: churn_signal(accounts[key], said) for key, said in scored.items()},
            sum(len(said) for said in scored.values()),
            sum((Decimal(accounts[key]["arr"]) for key in scored), Decimal(0)),
        )
    return found
