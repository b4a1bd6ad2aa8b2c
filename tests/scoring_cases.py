"""Small quarters made for one rule each, and how the tests look at their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from quarters import MODEL, Row, Rows, account, aligned, in_days, said

from vocanalytics.scoring import Scored
from vocanalytics.settings import Model


def quarter(behind: dict[str, Sequence[Row]], **changes: Any) -> Rows:
    """A quarter in which each account says one thing on each theme it stands behind; theme names are also their ids."""
    accounts = {row["account_id"]: row for rows in behind.values() for row in rows}
    heard = [(theme, row["account_id"]) for theme, rows in behind.items() for row in rows]
    return replace(
        Rows(
            feedback=[said(f"{theme}/{account_id}", account_id) for theme, account_id in heard],
            accounts=list(accounts.values()),
            themes={theme: theme for theme in behind},
            mentions={f"{theme}/{account_id}": [theme] for theme, account_id in heard},
        ),
        **changes,
    )


def with_others(rows: Rows) -> Rows:
    """The same quarter in a company large enough that no theme is a baseline expectation."""
    others = [
        account(f"other-{tier}-{n}", tier=tier) for tier in ("enterprise", "mid_market", "smb") for n in range(60)
    ]
    return replace(rows, accounts=[*rows.accounts, *others])


def theme(found: Scored, theme_id: str) -> dict[str, Any]:
    """The scores of one theme."""
    return found.theme_scores.row(by_predicate=pl.col("theme_id") == theme_id, named=True)


def changed(part: str, **values: Any) -> Model:
    """The model with some values of one part changed."""
    return MODEL.model_copy(update={part: getattr(MODEL, part).model_copy(update=values)})


def large(*ids: str, **changes: str) -> list[Row]:
    """Enterprise accounts of $1,000,000 whose ARR weighs $100,000 each in 1.0 renewal bands, without any signal."""
    return [account(name, tier="enterprise", arr="1000000.00", renewal_date=in_days(120), **changes) for name in ids]


def small(count: int, start: str = "S", **changes: str) -> list[Row]:
    """SMB accounts of $1,200."""
    return [account(f"{start}-{number}", tier="smb", arr="1200.00", **changes) for number in range(count)]


def ranked_pair(*overrides: Row) -> Rows:
    """First and second, with overrides."""
    alignment = [aligned("first", "direct", "5", "5"), aligned("second", "none", "1", "1")]
    return with_others(
        quarter({"first": large("a"), "second": small(1)}, alignment=alignment, overrides=list(overrides))
    )
