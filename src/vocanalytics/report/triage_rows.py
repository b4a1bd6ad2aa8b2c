"""The rows of the triage page: what goes on a fast track, and who is to be talked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from vocanalytics.report.safe_text import in_sentence, one_line, visible
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import Words, as_read, clip, joined_up_to, sentence, tallied
from vocanalytics.triage import Triaged

_NAME = 60
_WORDS = 140
_CHANNELS = {
    "support_ticket": "ticket",
    "survey": "survey",
    "call": "call",
    "csm_note": "CSM note",
    "qbr": "QBR",
    "community": "community",
    "other": "other channel",
}
_TIERS = {"enterprise": "Enterprise", "mid_market": "Mid-Market", "smb": "SMB"}


class FastTrack(Shown):
    """One case that does not wait: who, why, to whom, and by when."""

    kind: str
    who: str
    why: str
    path: str
    channel: str
    reported: str
    due: str
    is_past: bool


class UrgentRow(Shown):
    """One account behind one theme; what belongs to the account is shown once, in the first of its rows."""

    is_first: bool
    account: str
    account_note: str
    arr: Decimal
    renews: str
    renewal_date: dt.date | None
    is_overdue: bool
    csm: str
    theme: str
    theme_note: str
    signal: str
    is_explicit: bool
    words: str
    said: str


def fast_track(triaged: Triaged, words: Words) -> tuple[FastTrack, ...]:
    """Competitive emergencies, then referenceable logos at risk."""
    emergencies = (_emergency(row, words) for row in triaged.emergencies.iter_rows(named=True))
    logos = (_logo(row, words) for row in triaged.logos.iter_rows(named=True))
    return (*emergencies, *logos)


def _emergency(row: Mapping[str, Any], words: Words) -> FastTrack:
    accounts = joined_up_to([_name(name) for name in row["accounts"]], 4)
    about = f": {joined_up_to([_theme(name) for name in row['themes']], 2)}" if row["themes"] else ""
    return _case("competitive emergency", row, row["competitor"], words).model_copy(
        update={"why": sentence(f"{accounts} ({words.money(row['arr'])}), {_between(row, words)}{about}")}
    )


def _between(row: Mapping[str, Any], words: Words) -> str:
    first, last = row["first_on"], row["last_on"]
    if first == last:
        return words.day(first)
    return f"{first.day if first.month == last.month else words.day(first)} to {words.day(last)}"


def _logo(row: Mapping[str, Any], words: Words) -> FastTrack:
    about = joined_up_to([_theme(name) for name in row["themes"]], 1)
    worth, days = words.money(row["arr"]), row["days_to_renewal"]
    if days is None:
        renewal = f"{worth}, renewal date not recorded"
    else:
        renewal = f"{worth}, {_days(-days)} overdue" if days < 0 else f"{worth} renews {_in_days(days)}"
    said = f"{renewal}: {about}"
    return _case("logo at risk", row, row["account_name"], words).model_copy(update={"why": sentence(said)})


def _case(kind: str, row: Mapping[str, Any], who: str, words: Words) -> FastTrack:
    stands_until = dt.datetime.combine(words.as_of + dt.timedelta(days=1), dt.time(), dt.UTC)
    return FastTrack(
        kind=kind,
        who=clip(one_line(who), _NAME),
        why="",
        path=one_line(row["path"]),
        channel=one_line(row["channel"]),
        reported=_moment(row["reported_at"], words),
        due=_moment(row["due_at"], words),
        is_past=row["due_at"] < stands_until,
    )


def urgent_rows(pairs: pl.DataFrame, words: Words) -> tuple[UrgentRow, ...]:
    """The pairs as rows of the table, in their order."""
    return tuple(_rows(pairs, words))


def _rows(pairs: pl.DataFrame, words: Words) -> Iterator[UrgentRow]:
    before = None
    for row in pairs.iter_rows(named=True):
        yield _row(row, words, is_first=row["account_id"] != before)
        before = row["account_id"]


def _row(row: Mapping[str, Any], words: Words, *, is_first: bool) -> UrgentRow:
    channel = _CHANNELS.get(row["channel"], one_line(row["channel"]))
    paraphrase = ", paraphrased" if row["voice"] == "paraphrase" else ""
    quiet = "" if row["new_this_month"] else ", none this month"
    logo = ", logo" if row["is_referenceable"] else ""
    return UrgentRow(
        is_first=is_first,
        account=clip(one_line(row["account_name"]), _NAME),
        account_note=f"{_TIERS.get(row['tier'], row['tier'])}{logo}",
        arr=row["arr"],
        renews=_renews(row["days_to_renewal"]),
        renewal_date=row["renewal_date"],
        is_overdue=row["is_overdue"],
        csm=clip(one_line(row["csm"]), _NAME) or "nobody named",
        theme=clip(as_read(one_line(row["theme_name"])), _NAME),
        theme_note=f"{tallied(row['mentions'], 'mention')}{quiet}",
        signal=row["churn_signal"],
        is_explicit=row["churn_signal"] == "explicit",
        words=clip(" ".join(visible(row["verbatim"]).split()), _WORDS),
        said=f"{words.day(row['said_on'])}, {channel}{paraphrase}",
    )


def _renews(days: int | None) -> str:
    if days is None:
        return "not recorded"
    return f"{_days(-days)} overdue" if days < 0 else _in_days(days)


def _in_days(days: int) -> str:
    return f"in {_days(days)}" if days else "this day"


def _days(days: int) -> str:
    return f"{days:,} {'day' if days == 1 else 'days'}"


def _moment(at: dt.datetime, words: Words) -> str:
    return f"{words.day(at.date())}, {at:%H:%M} UTC"


def _name(name: str) -> str:
    return in_sentence(clip(one_line(name), _NAME))


def _theme(name: str) -> str:
    return in_sentence(clip(as_read(one_line(name)), _NAME))
