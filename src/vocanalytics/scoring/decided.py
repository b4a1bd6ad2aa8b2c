"""Decisions and delivery reports of earlier quarters, fitted to the themes they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.scoring.curated import fit_themes, where_of
from vocanalytics.scoring.history import PastQuarter
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Delivery, folded

#: What stays true once reported; work in progress must be reported anew each quarter.
_FINAL = (Delivery.SHIPPED.value, Delivery.DROPPED.value)
_DECISION = ("decided_in", "key")
_ID = {"theme_id": pl.String, "theme_name": pl.String}


class Decided(NamedTuple):
    """What is on record about the decisions of earlier sessions.

    Attributes
    ----------
    latest
        The latest decision on each theme with what is reported about it: `decided_in, theme_id` (null where no quarter
        on record has the theme), `theme_name, status, owner, rationale, delivery, delivered_on, evidence`.
    unknown
        Decisions on themes that no quarter on record has, with where they stand.
    undecided
        Delivery reports on what was not decided in their quarter, with where they stand.
    superseded
        Delivery reports of this quarter on a decision that a later one supersedes, with where they stand.
    """

    latest: pl.DataFrame
    unknown: tuple[str, ...]
    undecided: tuple[str, ...]
    superseded: tuple[str, ...]


def decided(
    decisions: pl.DataFrame,
    delivery: pl.DataFrame,
    themes: pl.DataFrame,
    history: Sequence[PastQuarter],
    quarter: Quarter,
) -> Decided:
    """Bring together what was decided and what became of it, theme by theme.

    A later decision on a theme supersedes an earlier one; a row without a status decides nothing, so it supersedes
    none. A report of this quarter counts before one of an earlier quarter, of which only shipped and dropped last.

    Parameters
    ----------
    decisions, delivery
        The curated tables; an empty `decided_in` means the quarter before.
    themes
        `theme_id, theme_name` of this quarter.
    history
        The quarters before, newest first.
    quarter
        This quarter.

    Raises
    ------
    ScoringError
        When a name fits two themes, or a theme stands twice for the same quarter.
    """
    fitting = _Fitting(themes, history)
    on_record = fitting.fit(decisions, quarter, "decisions")
    _refuse_twice(on_record, "decisions")
    reported = fitting.fit(delivery, quarter, "delivery")
    _refuse_twice(reported, "delivery")
    earlier = [
        fitting.fit(past.delivery.filter(pl.col("status").is_in(_FINAL)), past.quarter, "delivery") for past in history
    ]
    known = on_record.filter(pl.col("status").is_not_null())
    strange = reported.join(known, on=_DECISION, how="anti", maintain_order="left")
    latest = _latest(on_record)
    overtaken = reported.join(known, on=_DECISION, how="semi", maintain_order="left").join(
        latest, on=_DECISION, how="anti", maintain_order="left"
    )
    reports = _reports([reported, *earlier])
    return Decided(
        latest=latest.join(reports, on=_DECISION, how="left", maintain_order="left").drop("key"),
        unknown=_said(known.filter(pl.col("theme_id").is_null()), "decisions"),
        undecided=_said(strange, "delivery"),
        superseded=_said(overtaken, "delivery"),
    )


class _Fitting:
    """Finds the theme that a row means: by its id, else by the name it had when it was decided on, else by any name."""

    def __init__(self, themes: pl.DataFrame, history: Sequence[PastQuarter]) -> None:
        self._now = themes.select(list(_ID))
        self._then = {str(past.quarter): _named(past) for past in history}
        everywhere = pl.concat([self._now, *self._then.values()])
        self._latest = everywhere.unique("theme_id", keep="first", maintain_order=True)

    def fit(self, rows: pl.DataFrame, quarter: Quarter, table: str) -> pl.DataFrame:
        """The rows with `decided_in`, `theme_id` and `theme_name` (as the latest quarter has it), and a `key`."""
        asked = rows.with_columns(
            pl.coalesce(pl.col("decided_in").str.strip_chars(), pl.lit(str(quarter.previous))).alias("decided_in"),
            pl.when(pl.col("theme_id").str.strip_chars().is_in(self._latest["theme_id"].implode()))
            .then(pl.col("theme_id").str.strip_chars())
            .otherwise(pl.col("theme"))
            .alias("theme"),
        ).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("place"))
        parts = [self._fit(part, table) for part in asked.partition_by("decided_in", maintain_order=True)]
        found = pl.concat([pl.DataFrame(schema={"place": pl.Int64, "theme_id": pl.String}), *parts])
        fitted = (
            asked.drop("theme_id")
            .join(found, on="place", how="left", maintain_order="left")
            .join(self._latest, on="theme_id", how="left", maintain_order="left")
            .with_columns(pl.coalesce("theme_name", pl.col("theme").str.strip_chars()).alias("theme_name"))
        )
        unknown = [f"name {folded(name)}" for name in fitted["theme"]]
        return fitted.with_columns(pl.coalesce("theme_id", pl.Series(unknown, dtype=pl.String)).alias("key"))

    def _fit(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        then = self._then.get(rows["decided_in"][0])
        parts = []
        for themes in ([] if then is None else [then]) + [self._now, self._latest]:
            fitted = fit_themes(rows, themes, table, repeats=True).rows.select("place", "theme_id")
            rows = rows.join(fitted, on="place", how="anti", maintain_order="left")
            parts.append(fitted)
        return pl.concat(parts)


def _named(past: PastQuarter) -> pl.DataFrame:
    return past.theme_scores.select(list(_ID)).drop_nulls()


def _refuse_twice(rows: pl.DataFrame, table: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in rows.iter_rows(named=True):
        meant, where = (row["decided_in"], row["key"]), where_of(row, table)
        if meant in seen:
            raise ScoringError(
                "the same theme stands twice for the same quarter",
                where=where,
                found=f"{row['theme']!r}, also at {seen[meant]}",
                advice="Keep one of the rows",
            )
        seen[meant] = where


def _latest(rows: pl.DataFrame) -> pl.DataFrame:
    newest = rows.sort(pl.col("status").is_null(), "decided_in", "place", descending=[False, True, False])
    return newest.unique("key", keep="first", maintain_order=True).select(
        "decided_in", "theme_id", "theme_name", "status", "owner", "rationale", "key"
    )


def _reports(by_quarter: Sequence[pl.DataFrame]) -> pl.DataFrame:
    columns = ("decided_in", "key", pl.col("status").alias("delivery"), "delivered_on", "evidence")
    newest_first = pl.concat(rows.select(columns) for rows in by_quarter)
    return newest_first.unique(_DECISION, keep="first", maintain_order=True)


def _said(rows: pl.DataFrame, table: str) -> tuple[str, ...]:
    return tuple(
        f"{row['theme']!r} of {row['decided_in']} ({where_of(row, table)})" for row in rows.iter_rows(named=True)
    )
