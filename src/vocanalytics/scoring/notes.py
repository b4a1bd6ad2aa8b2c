"""What the run must say in words: open work, overrides that do not hold, a shortlist that is too short or too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from vocanalytics.formulas import ONE, thousandths
from vocanalytics.scoring.alignment import Aligned
from vocanalytics.scoring.flags import shortlist
from vocanalytics.scoring.overrides import APPROVED, Overridden
from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import Start

_LISTED = 10


def curated_notes(aligned: Aligned, overridden: Overridden, placed: pl.DataFrame) -> Iterator[str]:
    """What the curated files leave open: names that fit no theme, themes without alignment, overrides not applied."""
    for file, unknown in (("alignment", aligned.unknown), ("overrides", overridden.unknown)):
        if unknown:
            themes = f"{_count(unknown, 'theme')} that this quarter does not have"
            yield f"The {file} file names {themes}: {_listed(unknown)}."
    if aligned.unpublished:
        yield f"The alignment file leans on roadmap themes that are not published: {_listed(aligned.unpublished)}."
    by_name = aligned.by_theme.filter(pl.col("is_found") & ~pl.col("by_id"))["theme_name"].to_list()
    if by_name:
        yield (
            f"The alignment of {_count(by_name, 'theme')} found by the machine was taken by name; check that the name "
            f"means the same: {_listed(by_name)}."
        )
    outside = placed.filter(pl.col("accounts") == 0)["theme_name"].to_list()
    if outside:
        yield f"Asked for by no account in scope, so tracked and not scored: {_listed(outside)}."
    waiting = pl.col("alignment_score").is_null() & (pl.col("start") != Start.ESCALATE.value) & (pl.col("accounts") > 0)
    unscored = placed.filter(waiting)["theme_name"].to_list()
    if unscored:
        yield f"Open work: {_count(unscored, 'theme')} without alignment, ranked apart: {_listed(unscored)}."
    for row in overridden.by_theme.filter(pl.col("status") != APPROVED).iter_rows(named=True):
        yield f"The override {row['kind']} of {row['theme_name']} is not applied: {row['why']}."


def shortlist_notes(placed: pl.DataFrame, reading: ReadingSettings) -> Iterator[str]:
    """Whether the shortlist has the size a session can decide on, and whether overrides made too much of it."""
    chosen = shortlist(placed)
    size = f"{reading.shortlist_min} to {reading.shortlist_max}"
    if chosen.height < reading.shortlist_min:
        waiting = placed.filter(pl.col("rank").is_not_null() & (pl.col("start") != Start.BUILD.value))
        following = waiting.head(reading.shortlist_min - chosen.height)["theme_name"].to_list()
        then = f"; next in line: {_listed(following)}" if following else ""
        yield f"{_start(chosen.height)} as build, fewer than the {size} of a shortlist{then}."
    if chosen.height > reading.shortlist_max:
        beyond = chosen.tail(chosen.height - reading.shortlist_max)["theme_name"].to_list()
        yield f"{_start(chosen.height)} as build, more than the {size} of a shortlist; beyond it: {_listed(beyond)}."
    overridden = chosen.filter(pl.col("override").is_not_null()).height
    if overridden * ONE > thousandths(reading.recalibrate_share) * chosen.height:
        share = f"{reading.recalibrate_share * 100:.0f}%"
        counted = f"{overridden} of {chosen.height} on the shortlist {'is' if overridden == 1 else 'are'} overridden"
        yield f"Recalibrate the model: {counted}, more than {share}."


def account_notes(by_theme_account: pl.DataFrame, counted: pl.DataFrame) -> Iterator[str]:
    """How many accounts behind the themes are overdue, have no renewal date, or say nothing about headroom."""
    accounts = by_theme_account.unique("account_id", maintain_order=True)
    overdue = accounts.filter(pl.col("days_to_renewal") < 0).height
    unknown = accounts.filter(pl.col("days_to_renewal").is_null()).height
    silent = counted.filter(_says_nothing_of_headroom()).join(accounts, on="account_id", how="semi").height
    behind = f"of the {_count(accounts['account_id'].to_list(), 'account')} behind the themes"
    if overdue:
        yield f"Overdue: {overdue} {behind} {_have(overdue)} a renewal date in the past, which counts as due."
    if unknown:
        yield f"Renewal unknown: {unknown} {behind} {_have(unknown)} no renewal date, which counts like a far one."
    if silent:
        yield f"Headroom unknown: {silent} {behind} {_have(silent)} neither headroom nor seats, which counts as 0."


def _says_nothing_of_headroom() -> pl.Expr:
    seats = (pl.col("seats_owned") > 0) & pl.col("seats_addressable").is_not_null()
    return pl.col("headroom_arr").is_null() & ~seats.fill_null(False)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _count(items: Sequence[str], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _start(count: int) -> str:
    return "1 theme starts" if count == 1 else f"{count or 'No'} themes start"


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _LISTED
    return ", ".join(items[:_LISTED]) + (f" and {more} more" if more > 0 else "")
