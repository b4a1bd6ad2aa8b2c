"""What scoring relies on: keys that are unique, mentions that lead somewhere, amounts that can be counted exactly."""

from __future__ import annotations

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.formulas import LARGEST_CENTS, LARGEST_SEATS
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.tables import cents

_MONEY = ("arr", "headroom_arr")
_SEATS = ("seats_owned", "seats_addressable")
_SHOWN = 3


def check(inputs: Inputs) -> None:
    """Stop before a number is wrong: a key that stands twice would count twice, a lost one not at all.

    Raises
    ------
    ScoringError
        Naming the table, the key and up to three offending values.
    """
    _unique(inputs.feedback, "feedback", "feedback_id")
    _unique(inputs.accounts, "accounts", "account_id")
    _unique(inputs.themes, "themes", "theme_id")
    _unique(inputs.mentions, "mentions", "feedback_id", "theme_id")
    _known(inputs.mentions, "feedback_id", inputs.feedback, "feedback")
    _known(inputs.mentions, "theme_id", inputs.themes, "themes")


def _unique(frame: pl.DataFrame, table: str, *keys: str) -> None:
    if frame.select(pl.struct(keys).n_unique() if len(keys) > 1 else pl.col(keys[0]).n_unique()).item() < frame.height:
        twice = frame.filter(pl.struct(keys).is_duplicated()).select(keys).unique(maintain_order=True)
        raise ScoringError(f"{' and '.join(keys)} stand twice", where=f"table {table}", found=_some(twice))


def _known(mentions: pl.DataFrame, key: str, other: pl.DataFrame, table: str) -> None:
    lost = mentions.select(pl.col(key).unique(maintain_order=True)).join(
        other, on=key, how="anti", maintain_order="left"
    )
    if lost.height:
        raise ScoringError(f"{key} is not in the table {table}", where="table mentions", found=_some(lost))


def _some(keys: pl.DataFrame) -> str:
    rows = [" / ".join(map(str, row)) for row in keys.head(_SHOWN).rows()]
    more = keys.height - len(rows)
    return ", ".join(rows) + (f" and {more} more" if more else "")


def counted_accounts(accounts: pl.DataFrame) -> pl.DataFrame:
    """The accounts that a score can count, customers inside the ICP, in whole cents.

    Raises
    ------
    ScoringError
        When an amount is negative, or too large to be counted to the cent.
    """
    in_scope = accounts.filter((pl.col("lifecycle") == "customer") & pl.col("is_icp")).sort("account_id")
    whole = in_scope.select(
        "account_id", "tier", "health", "renewal_date", *_SEATS, *(cents(pl.col(name)).alias(name) for name in _MONEY)
    )
    _bounded(whole)
    return whole


def _bounded(accounts: pl.DataFrame) -> None:
    untapped = (pl.col("seats_addressable") - pl.col("seats_owned")).cast(pl.Float64)
    price = pl.col("arr") / pl.col("seats_owned")
    too_large = {
        "arr": (pl.col("arr") < 0) | (pl.col("arr") > LARGEST_CENTS),
        "headroom_arr": (pl.col("headroom_arr") > LARGEST_CENTS)
        | (pl.col("headroom_arr").is_null() & (pl.col("seats_owned") > 0) & (untapped * price > LARGEST_CENTS)),
        **{name: (pl.col(name) < 0) | (pl.col(name) > LARGEST_SEATS) for name in _SEATS},
    }
    for name, outside in too_large.items():
        accounts_outside = accounts.filter(outside).select("account_id")
        if accounts_outside.height:
            raise ScoringError(
                f"{name} cannot be counted exactly",
                where="table accounts",
                found=_some(accounts_outside),
                expected="0 to a trillion dollars, or a billion seats",
                advice="Correct the account, or leave it out",
            )
