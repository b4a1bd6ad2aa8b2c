"""Where people set the ranking aside, on the record: what was asked, by whom, and the place with and without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import as_read, capital, clip, counted, verb
from vocanalytics.vocabulary import OverrideKind, Start

KIND_NAMES = {
    OverrideKind.REFERENCEABLE_LOGO.value: "Referenceable logo",
    OverrideKind.COMPLIANCE.value: "Compliance",
    OverrideKind.COMPETITIVE_EMERGENCY.value: "Competitive emergency",
}
_APPROVED = "approved"
EXPIRED = "overrides_expired"
_EXPIRED_SHOWN = 12
#: How the score step begins a note that overrides have become routine.
_RECALIBRATE = "Recalibrate the model"


class Override(Shown):
    """One override request with its status."""

    theme: ThemeRef | None
    theme_name: str
    kind: str
    reason: str
    requested_by: str
    approved_by: str
    expires: str
    with_it: str
    without: str
    approved: bool
    why: str


class Expired(Shown):
    """An override that held last quarter and that nobody renewed, with where the ranking alone puts the theme."""

    theme: ThemeRef | None
    theme_name: str
    kind: str
    approved_by: str
    expired: str
    now: str


class Overrides(Shown):
    """The override table, the sentence that heads it, what ended, and whether overrides have become routine."""

    heading: str
    rows: tuple[Override, ...]
    recalibrate: tuple[str, ...]
    ended: int
    expired_title: str
    expired: tuple[Expired, ...]


def overrides(facts: Facts) -> Overrides:
    """Every override of the quarter, the approved ones first, and those of last quarter that ended."""
    rows = [_override(row, facts) for row in facts.run.reading["override_status"].iter_rows(named=True)]
    rows.sort(key=lambda row: (not row.approved, row.theme.rank or 0 if row.theme else 0, row.theme_name, row.kind))
    ended = facts.run.rows(EXPIRED)
    return Overrides(
        heading=_heading(rows),
        rows=tuple(rows),
        recalibrate=tuple(one_line(note) for note in facts.run.notes if note.startswith(_RECALIBRATE)),
        ended=len(ended),
        expired_title=_expired_title(len(ended)),
        expired=tuple(_expired(row, facts) for row in ended[:_EXPIRED_SHOWN]),
    )


def _expired_title(many: int) -> str:
    if not many:
        return ""
    more = many - _EXPIRED_SHOWN
    first = f"; the first {_EXPIRED_SHOWN}" if more > 0 else ""
    return (
        f"{capital(counted(many, 'override'))} expired since last quarter and {verb(many, 'was', 'were')} "
        f"not renewed{first}:"
    )


def _expired(row: Mapping[str, Any], facts: Facts) -> Expired:
    theme = facts.named.get(row["theme_id"] or "")
    return Expired(
        theme=theme,
        theme_name=theme.name if theme else as_read(one_line(row["theme_name"])),
        kind=KIND_NAMES.get(row["kind"], "").lower() or one_line(row["kind"]),
        approved_by=one_line(row["approved_by"]) or "nobody",
        expired=facts.words.day(row["expires_on"]),
        now=_now(row["start"], row["rank"]),
    )


def _now(start: str | None, rank: int | None) -> str:
    if start is None:
        return "not heard this quarter"
    said = "no start yet" if start == Start.UNSCORED else f"starts as {start} now"
    return said if rank is None else f"{said}, rank {rank}"


def _kind(kind: str) -> str:
    return KIND_NAMES.get(kind, capital(one_line(kind).replace("_", " ")))


def _override(row: Mapping[str, Any], facts: Facts) -> Override:
    theme = facts.by_id.get(row["theme_id"] or "")
    approved = row["status"] == _APPROVED
    return Override(
        theme=theme.ref if theme else None,
        theme_name=theme.name if theme else as_read(one_line(row["theme_name"])),
        kind=_kind(row["kind"]),
        reason=clip(one_line(row["reason"]), 500) or "No reason given",
        requested_by=one_line(row["requested_by"]) or "nobody",
        approved_by=one_line(row["approved_by"]) or "nobody yet",
        expires=facts.words.day(row["expires_on"]) if row["expires_on"] else "no expiry",
        with_it=_place(row.get("rank"), row.get("start")),
        without=_place(row.get("rank_without"), row.get("start_without")),
        approved=approved,
        why="" if approved else capital(one_line(row["why"])),
    )


def _place(rank: int | None, start: str | None) -> str:
    said = [f"rank {rank}"] if rank is not None else []
    return capital(", ".join([*said, *([str(start)] if start else [])])) or "–"


def _heading(rows: list[Override]) -> str:
    applied = sum(row.approved for row in rows)
    refused = len(rows) - applied
    if not rows:
        return "No override was requested"
    if not refused:
        return f"{capital(counted(applied, 'override'))} {verb(applied, 'is', 'are')} approved and applied"
    if not applied:
        return f"{capital(counted(refused, 'override request'))} {verb(refused, 'changes', 'change')} nothing"
    return (
        f"{capital(counted(applied, 'override'))} {verb(applied, 'is', 'are')} applied; "
        f"{counted(refused, 'request')} {verb(refused, 'changes', 'change')} nothing"
    )
