"""Competitive emergencies: a named competitor in several high-ARR accounts within a few days."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.settings import TriageSettings
from vocanalytics.tables import cents, dollars
from vocanalytics.triage.logos import on_path
from vocanalytics.triage.mentions import in_scope_rows
from vocanalytics.vocabulary import folded

#: What an export holds where no competitor was named.
_NOBODY = re.compile(
    r"[\W_]*(?:(?:none|no|nil|null|nothing|nobody|unknown|not known|other|others|tbd|tbc)(?: competitors?)?"
    r"(?: (?:mentioned|named|given|known))?|n\W?a|not (?:applicable|mentioned|named|given)|unnamed)?[\W_]*"
)
_SCHEMA = {
    "competitor": pl.String(),
    "accounts": pl.List(pl.String),
    "account_ids": pl.List(pl.String),
    "arr": pl.Int64(),
    "first_on": pl.Date(),
    "last_on": pl.Date(),
    "themes": pl.List(pl.String),
    "feedback_ids": pl.List(pl.String),
    "reported_at": pl.Datetime("us", "UTC"),
}


class Naming(NamedTuple):
    """One high-ARR account naming one competitor once."""

    at: dt.datetime
    feedback_id: str
    account_id: str
    account_name: str
    arr: int
    written: str


class Burst(NamedTuple):
    """The namings that make an emergency, and the moment at which they were enough."""

    namings: tuple[Naming, ...]
    reached_at: dt.datetime


def emergencies(
    heard: pl.DataFrame,
    accounts: pl.DataFrame,
    mentions: pl.DataFrame,
    themes: pl.DataFrame,
    month_start: dt.date,
    settings: TriageSettings,
) -> pl.DataFrame:
    """The competitors that enough high-ARR accounts named within the window, where the window ends in the month.

    Parameters
    ----------
    heard
        Scoped feedback up to the as-of day, that of the earlier months of the quarter too.
    accounts, mentions, themes
        As the run keeps them.
    month_start
        First day of the month; a window that ended before it was last month's.
    settings
        What a high-ARR account is, how many of them, within how many days, and whom it goes to.

    Returns
    -------
    polars.DataFrame
        `competitor` (as it is written most often), `accounts, account_ids, arr` (each account once), `first_on,
        last_on, themes` (names), `feedback_ids, reported_at` (when the last account that was needed named it),
        `path, channel, hours, due_at`; most ARR first.
    """
    names = _theme_names(mentions, themes)
    rows = [
        _row(burst, names)
        for _, namings in sorted(_namings(heard, accounts, settings).items())
        if (burst := burst_of(namings, month_start, settings.competitor_accounts, settings.competitor_days))
    ]
    found = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    ordered = found.sort("arr", "competitor", descending=[True, False], maintain_order=True)
    return ordered.with_columns(
        dollars(pl.col("arr")).alias("arr"), *on_path("reported_at", settings.paths.competitive_emergency)
    )


def burst_of(namings: Sequence[Naming], month_start: dt.date, needed: int, days: int) -> Burst | None:
    """All namings in windows that hold enough different accounts and end in the month; None where there is none.

    Parameters
    ----------
    namings
        Of one competitor, in order of time.
    month_start
        Windows that end before this day do not count.
    needed
        How many different accounts make an emergency.
    days
        The first and the last naming of a window are at most so many days apart.
    """
    in_window: Counter[str] = Counter()
    taken: list[Naming] = []
    reached_at, start, next_to_take = None, 0, 0
    for end, last in enumerate(namings):
        in_window[last.account_id] += 1
        while (last.at.date() - namings[start].at.date()).days > days:
            in_window -= Counter([namings[start].account_id])
            start += 1
        if len(in_window) < needed or last.at.date() < month_start:
            continue
        reached_at = reached_at or _reached(namings[start : end + 1], needed)
        taken += namings[max(start, next_to_take) : end + 1]
        next_to_take = end + 1
    return Burst(tuple(taken), reached_at) if reached_at else None


def _reached(window: Sequence[Naming], needed: int) -> dt.datetime:
    first = {naming.account_id: naming.at for naming in reversed(window)}
    return sorted(first.values())[needed - 1]


def _namings(heard: pl.DataFrame, accounts: pl.DataFrame, settings: TriageSettings) -> Mapping[str, list[Naming]]:
    """By folded name of the competitor: who named it when, in order of time."""
    high = accounts.filter(pl.col("arr") >= settings.high_arr)
    rows = (
        in_scope_rows(heard)
        .filter(pl.col("competitor").is_not_null())
        .select("created_at", "feedback_id", "account_id", "competitor")
        .join(high.select("account_id", "account_name", cents(pl.col("arr")).alias("arr")), on="account_id")
        .sort("created_at", "feedback_id")
        .select("created_at", "feedback_id", "account_id", "account_name", "arr", "competitor")
    )
    found: dict[str, list[Naming]] = {}
    for naming in map(Naming._make, rows.iter_rows()):
        if (name := folded(naming.written)) and not _NOBODY.fullmatch(name):
            found.setdefault(name, []).append(naming)
    return found


def _theme_names(mentions: pl.DataFrame, themes: pl.DataFrame) -> Mapping[str, list[str]]:
    named = mentions.join(themes.select("theme_id", "theme_name"), on="theme_id", how="left", maintain_order="left")
    by_row = named.group_by("feedback_id", maintain_order=True).agg("theme_name")
    return dict(by_row.iter_rows())


def _row(burst: Burst, theme_names: Mapping[str, list[str]]) -> tuple[Any, ...]:
    namings = burst.namings
    by_account = {naming.account_id: naming for naming in namings}
    largest = sorted(by_account.values(), key=lambda naming: (-naming.arr, naming.account_id))
    return (
        _most_common(" ".join(naming.written.split()) for naming in namings)[0],
        [naming.account_name for naming in largest],
        [naming.account_id for naming in largest],
        sum(naming.arr for naming in largest),
        namings[0].at.date(),
        namings[-1].at.date(),
        _most_common(name for naming in namings for name in theme_names.get(naming.feedback_id, ())),
        [naming.feedback_id for naming in namings],
        burst.reached_at,
    )


def _most_common(texts: Iterator[str]) -> list[str]:
    return [text for text, _ in sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0]))]
