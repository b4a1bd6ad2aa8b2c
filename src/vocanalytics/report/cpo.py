"""The CPO list: what people took out of the ranking for compliance, and what its words only suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import as_read, capital, clip, counted, elsewhere, joined_up_to, sentence, verb

_ROWS = 12
_WORDS = 4
FRAME = "cpo_list"
LISTED, REQUESTED, SUGGESTED = "listed", "requested", "suggested"


class CpoRow(Shown):
    """One theme that the CPO must know of, and what brought it here."""

    theme: ThemeRef | None
    name: str
    status: str
    listed: bool
    why: str
    deadline: str
    words: str
    arr_exposed: Decimal
    rank: int | None


class CpoList(Shown):
    """The table and the sentence that heads it; without a heading where the run made no list."""

    heading: str
    sentence: str
    rows: tuple[CpoRow, ...]
    left_out: str


def cpo_list(facts: Facts) -> CpoList:
    """Themes that people listed, then those they asked to list, then those that only words suggest."""
    rows = facts.run.rows(FRAME)
    left = len(rows) - _ROWS
    return CpoList(
        heading=_heading(rows) if facts.run.has(FRAME) else "",
        sentence=_sentence(rows, facts) if facts.run.has(FRAME) else "",
        rows=tuple(_row(row, facts) for row in rows[:_ROWS]),
        left_out=f"{capital(elsewhere(left, 'theme', 'the workbook'))}." if left > 0 else "",
    )


def _heading(rows: Sequence[Mapping[str, Any]]) -> str:
    listed, requested, suggested = (
        sum(row["status"] == status for row in rows) for status in (LISTED, REQUESTED, SUGGESTED)
    )
    parts = [f"{counted(listed, 'theme')} {verb(listed, 'is', 'are')} on the CPO list"]
    if requested:
        parts.append(f"{counted(requested, 'request')} {verb(requested, 'is', 'are')} not approved")
    if suggested:
        more = "more" if listed or requested else "theme" if suggested == 1 else "themes"
        parts.append(f"words suggest {counted(suggested, more, more)}")
    return capital("; ".join(parts))


def _sentence(rows: Sequence[Mapping[str, Any]], facts: Facts) -> str:
    if not rows:
        share = f"{(facts.model.compliance.share * 100).normalize():f}%"
        return f"Nobody asked for one, and no theme uses words of compliance in {share} of its mentions."
    return (
        "Compliance is a threshold, not a request: a listed theme leaves the ranking. People list it, by an approved "
        "override; words alone suggest it and change nothing."
    )


def _row(row: Mapping[str, Any], facts: Facts) -> CpoRow:
    theme, status = facts.named.get(row["theme_id"]), row["status"]
    return CpoRow(
        theme=theme,
        name=theme.name if theme else as_read(one_line(row["theme_name"])),
        status=_STATUS[status],
        listed=status == LISTED,
        why=_why(row),
        deadline=facts.words.day(row["expires_on"]) if row["expires_on"] else "–",
        words=_words(row),
        arr_exposed=row["arr_exposed"],
        rank=row["rank"],
    )


_STATUS = {LISTED: "Listed", REQUESTED: "Requested", SUGGESTED: "Suggested"}


def _why(row: Mapping[str, Any]) -> str:
    if row["status"] == SUGGESTED:
        return "By its words alone; nobody asked for it."
    reason = sentence(clip(one_line(row["reason"]), 300)) or "No reason given."
    if row["status"] == LISTED:
        return reason
    return f"{reason} Not applied: {one_line(row['why'])}."


def _words(row: Mapping[str, Any]) -> str:
    """Which words were found and in how many mentions, for people to judge; nothing where none were."""
    if not row["word_mentions"]:
        return ""
    found = joined_up_to([clip(one_line(word), 40) for word in row["words"]], _WORDS)
    many, of = row["word_mentions"], row["mentions"]
    return f"{found}: {many:,} of {of:,} {verb(of, 'mention', 'mentions')}"
