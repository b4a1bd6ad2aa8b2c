"""What the run must say in words: open work, overrides that do not hold, a shortlist that is too short or too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl

from vocanalytics.formulas import ONE, thousandths
from vocanalytics.scoring.alignment import Aligned, late_bets
from vocanalytics.scoring.compliance import SUGGESTED
from vocanalytics.scoring.curated import where_of
from vocanalytics.scoring.decided import Decided
from vocanalytics.scoring.flags import shortlist
from vocanalytics.scoring.outcomes import DUE
from vocanalytics.scoring.overrides import APPROVED, Overridden
from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import Scope, Start

_LISTED = 10


def curated_notes(aligned: Aligned, overridden: Overridden, placed: pl.DataFrame) -> Iterator[str]:
    """What the curated files leave open: names that fit no theme, themes without alignment, overrides not applied."""
    for file, unknown in (("alignment", aligned.unknown), ("overrides", overridden.unknown)):
        if unknown:
            themes = f"{_count(unknown, 'theme')} that this quarter does not have"
            yield f"The {file} file names {themes}: {_listed(unknown)}."
    if aligned.unpublished:
        yield f"The alignment file leans on roadmap themes that are not published: {_listed(aligned.unpublished)}."
    if aligned.without_bet:
        yield f"Called a direct fit without naming a published roadmap theme: {_listed(aligned.without_bet)}."
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


def bet_notes(roadmap: pl.DataFrame, session_day: dt.date | None, as_of: dt.date) -> Iterator[str]:
    """Roadmap themes published too late to be aligned with; without a session day, those after the as-of date."""
    late = late_bets(roadmap, session_day or as_of)
    bets = [
        f"{bet['roadmap_id']} {bet['name']} on {bet['published_on']} ({where_of(bet, 'roadmap')})"
        for bet in late.sort("published_on", "roadmap_id").iter_rows(named=True)
    ]
    if bets and session_day:
        yield f"Published after the session on {session_day}, so no theme can be aligned with it: {_listed(bets)}."
    elif bets:
        yield (
            f"Published after the as-of date {as_of}: {_listed(bets)}. Whether that is before the session cannot be "
            f"checked, because session.yml gives no day."
        )


def compliance_notes(listed: pl.DataFrame) -> Iterator[str]:
    """Themes whose words speak of compliance and that nobody put on the CPO list: for people to decide."""
    suggested = [
        f"{row['theme_name']} ({', '.join(row['words'])} in {row['word_mentions']} of {row['mentions']} mentions)"
        for row in listed.filter(pl.col("status") == SUGGESTED).iter_rows(named=True)
    ]
    if suggested:
        yield (
            f"Suggested for the CPO list by words alone, and ranked until an approved compliance override lists them: "
            f"{_listed(suggested)}."
        )


def scope_notes(scoped: pl.DataFrame) -> Iterator[str]:
    """How many accounts have rows in the score and others on the CPO list, and so stand in two lines of the summary."""
    of = scoped.select("account_id", "scope").unique()
    listed = of.filter(pl.col("scope") == Scope.COMPLIANCE.value)
    both = listed.join(of.filter(pl.col("scope") == Scope.SCORED.value), on="account_id", how="semi").height
    if both:
        yield (
            f"{both} {'account has' if both == 1 else 'accounts have'} rows in the score and rows on the CPO list, and "
            f"{'stands' if both == 1 else 'stand'} once in each of the two lines."
        )


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


def override_notes(expired: pl.DataFrame, quarters: int, reading: ReadingSettings) -> Iterator[str]:
    """Overrides that ended since last quarter, and overrides that became routine: so many quarters running."""
    ended = [f"{row['theme_name']} ({row['kind']}, until {row['expires_on']})" for row in expired.iter_rows(named=True)]
    if ended:
        yield f"Expired since last quarter: {_count(ended, 'override')} that nobody renewed: {_listed(ended)}."
    if quarters >= reading.recalibrate_quarters:
        yield f"Recalibrate the model: overrides in {quarters} quarters running, this one included."


def outcome_notes(outcomes: pl.DataFrame, currency: str) -> Iterator[str]:
    """Which deferred themes are due now, and which themes came back with more ARR than when the session said no."""
    due = outcomes.filter(pl.col("verdict") == DUE).iter_rows(named=True)
    waiting = [f"{row['theme_name']} (deferred in {row['decided_in']})" for row in due]
    if waiting:
        yield f"Due now: {_count(waiting, 'deferred theme')} to decide on anew: {_listed(waiting)}."
    returned = [
        f"{row['theme_name']} ({_grown(row['decided_in'], row['arr_then'], row['arr_now'], currency)})"
        for row in outcomes.filter("returned_with_more").iter_rows(named=True)
    ]
    if returned:
        themes = _count(returned, "declined or deferred theme")
        yield f"Back with more ARR behind {'it' if len(returned) == 1 else 'them'}: {themes}: {_listed(returned)}."


def decision_notes(decided: Decided) -> Iterator[str]:
    """Decisions and delivery reports that cannot be followed: themes nobody knows, reports on what was not decided."""
    if decided.unknown:
        themes = _count(decided.unknown, "theme")
        yield f"Earlier decisions name {themes} that no quarter on record has: {_listed(decided.unknown)}."
    if decided.undecided:
        themes = _count(decided.undecided, "theme")
        yield f"The delivery file reports on {themes} not decided on in that quarter: {_listed(decided.undecided)}."
    if decided.superseded:
        themes = _count(decided.superseded, "theme")
        yield (
            f"The delivery file reports on {themes} decided on anew since, so that the report does not count; name the "
            f"quarter of the latest decision: {_listed(decided.superseded)}."
        )


def _grown(decided_in: str, then: Decimal, now: Decimal, currency: str) -> str:
    whole = [f"{amount:,.0f} {currency}" for amount in (then, now)]
    before, after = whole if whole[0] != whole[1] else [f"{amount:,.2f} {currency}" for amount in (then, now)]
    return f"{before} in {decided_in}, {after} now"


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
