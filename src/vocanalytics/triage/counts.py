"""What the triage lists and what it leaves out, so that in and out are all."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.tables import cents, dollars
from vocanalytics.triage.mentions import IN_SCOPE
from vocanalytics.triage.urgent import CASES
from vocanalytics.vocabulary import TOO_LATE, Scope

_OUTSIDE = [scope.value for scope in Scope if scope.value not in IN_SCOPE]


class Heard(NamedTuple):
    """Feedback up to the as-of day, and how many accepted rows and how many kept out by validation came after it."""

    rows: pl.DataFrame
    later: int
    later_in_quarantine: int


def later_in_quarantine(quarantine: pl.DataFrame) -> int:
    """How many rows of feedback validation kept out because they were written after the as-of day."""
    of_feedback = (pl.col("table") == "feedback") & (pl.col("column") == "created_at")
    future = quarantine.filter(of_feedback & pl.col("reason").str.starts_with(TOO_LATE))
    return future.select("export", "export_row").n_unique() if future.height else 0


def counts(
    pairs: pl.DataFrame, heard: Heard, accounts: pl.DataFrame, mentions: pl.DataFrame, received: int
) -> pl.DataFrame:
    """How many pairs and how many rows of feedback are in and out, and why.

    Parameters
    ----------
    pairs
        Every in-scope pair with its `case`.
    heard
        The feedback of the quarter, cut at the as-of day.
    accounts, mentions
        As the run keeps them.
    received
        Accepted rows of feedback before the cut.

    Returns
    -------
    polars.DataFrame
        `part, what, number, accounts, arr`. Part `pairs`: urgent, renewal_unknown, renewal_later, no_signal. Part
        `feedback`: in_pairs, no_theme, prospect, non_icp, churned, unmatched, later. `arr` counts each account of the
        line once, so lines do not add up in it; it is null where no account is known.

    Raises
    ------
    ScoringError
        When a part does not add up to what came in.
    """
    of_pairs = pairs.select(pl.col("case").alias("what"), "account_id")
    with_theme = pl.col("feedback_id").is_in(mentions["feedback_id"].implode())
    place = (
        pl.when(~pl.col("scope").is_in(IN_SCOPE))
        .then(pl.col("scope"))
        .when(with_theme)
        .then(pl.lit("in_pairs"))
        .otherwise(pl.lit("no_theme"))
    )
    of_feedback = heard.rows.select(place.alias("what"), "account_id")
    later = heard.later + heard.later_in_quarantine
    lines = [
        *_lines("pairs", CASES, of_pairs, accounts),
        *_lines("feedback", ("in_pairs", "no_theme", *_OUTSIDE), of_feedback, accounts),
        pl.DataFrame({"what": ["later"], "number": [later], "accounts": [None], "arr": [None]}, schema=_SCHEMA).select(
            pl.lit("feedback").alias("part"), pl.all()
        ),
    ]
    table = pl.concat(lines).with_columns(dollars(pl.col("arr")).alias("arr"))
    _adds_up(table, "pairs", pairs.height)
    _adds_up(table, "feedback", received + heard.later_in_quarantine)
    return table


_SCHEMA = {"what": pl.String, "number": pl.Int64, "accounts": pl.Int64, "arr": pl.Int64}


def _lines(part: str, cases: tuple[str, ...], rows: pl.DataFrame, accounts: pl.DataFrame) -> list[pl.DataFrame]:
    value = accounts.select("account_id", cents(pl.col("arr")).alias("arr"))
    each = rows.group_by("what").agg(
        pl.len().cast(pl.Int64).alias("number"),
        pl.col("account_id").drop_nulls().n_unique().cast(pl.Int64).alias("accounts"),
    )
    worth = rows.unique().join(value, on="account_id").group_by("what").agg(pl.col("arr").sum())
    listed = pl.DataFrame({"what": cases}, schema={"what": pl.String})
    whole = listed.join(each, on="what", how="left", maintain_order="left").join(
        worth, on="what", how="left", maintain_order="left"
    )
    counted = whole.with_columns(pl.col("number", "accounts").fill_null(0))
    known = pl.when(pl.col("what") != Scope.UNMATCHED.value).then(pl.col("arr").fill_null(0))
    return [counted.select(pl.lit(part).alias("part"), "what", "number", "accounts", known.alias("arr"))]


def _adds_up(table: pl.DataFrame, part: str, expected: int) -> None:
    found = table.filter(pl.col("part") == part)["number"].sum()
    if found != expected:
        raise ScoringError(
            "in and out do not add up", where=f"triage, {part}", found=f"{found}", expected=f"{expected}"
        )
