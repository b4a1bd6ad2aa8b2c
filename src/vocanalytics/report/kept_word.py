"""Did we keep our word: what became of each decision of the earlier sessions, builds first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.verdicts import (
    DROPPED,
    DUE,
    GOOD,
    KEPT,
    LATE,
    QUIET,
    RETURNED,
    UNREPORTED,
    VERDICTS,
    WAITING,
    headline,
    is_build,
)
from vocanalytics.report.wording import as_read, capital, clip, counted, elsewhere, joined, sentence, tallied, verb
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Decision, Start

FRAME = "outcomes"
_SHOWN = 24


class Outcome(Shown):
    """One decision, what became of it, and who asks for the theme today.

    ARR is that of the in-scope accounts behind the theme in the quarter that decided and now, None where unknown;
    `more` says by how much it grew since a theme was declined or deferred.
    """

    theme: ThemeRef | None
    name: str
    decision: str
    verdict: str
    good: bool
    late: bool
    evidence: str
    standing: str
    more: str
    arr_then: Decimal | None
    arr_now: Decimal | None
    owner: str
    rationale: str


class KeptWord(Shown):
    """The table of decisions and the sentence that answers for it."""

    heading: str
    title: str
    decided: int
    rows: tuple[Outcome, ...]
    left_out: str
    note: str


def kept_word(facts: Facts) -> KeptWord:
    """The decisions on record, builds first, then what came back with more ARR, then what is due."""
    found = facts.run.rows(FRAME)
    rows = sorted(found, key=_telling)
    left = len(rows) - _SHOWN
    return KeptWord(
        heading=headline(rows),
        title=_title(rows),
        decided=_decided(rows),
        rows=tuple(_outcome(row, facts, dated=len(_sessions(rows)) > 1) for row in rows[:_SHOWN]),
        left_out=f"{capital(elsewhere(left, 'row', 'the workbook'))}." if left > 0 else "",
        note=_note(rows, facts),
    )


def _decided(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["status"] is not None for row in rows)


def _title(rows: Sequence[Mapping[str, Any]]) -> str:
    decided = _decided(rows)
    open_still = len(rows) - decided
    said = [counted(decided, "decision")] if decided else []
    said += [f"{counted(open_still, 'theme')} left undecided"] if open_still else []
    when = [Quarter.parse(session).label for session in _sessions(rows)]
    of = f" {'in' if open_still else 'of'} {when[0]}" if len(when) == 1 else ""
    return f"What became of {joined(said)}{of}" if said else ""


def _sessions(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["decided_in"] for row in rows}


def _telling(row: Mapping[str, Any]) -> int:
    """The order in which a reader asks: promises first, then what came back, then what is due; else as recorded."""
    if is_build(row):
        return 0
    if row["returned_with_more"]:
        return 1
    return _ORDER.get(row["verdict"], len(VERDICTS))


_ORDER = {verdict: place for place, verdict in enumerate((DUE, KEPT, DROPPED, RETURNED, WAITING, QUIET), start=2)}


def _outcome(row: Mapping[str, Any], facts: Facts, *, dated: bool) -> Outcome:
    named, theme = facts.named.get(row["theme_id"] or ""), facts.by_id.get(row["theme_id"] or "")
    decided_in = Quarter.parse(row["decided_in"])
    return Outcome(
        theme=named,
        name=named.name if named else as_read(one_line(row["theme_name"])),
        decision=_decision(row["status"], decided_in) + (f", {decided_in.label}" if dated else ""),
        verdict=_verdict(row, facts),
        good=row["verdict"] in GOOD,
        late=row["verdict"] in LATE,
        evidence=sentence(clip(one_line(row["evidence"]), 300)),
        standing=_standing(row, theme, named),
        more=_more(row, facts),
        arr_then=row["arr_then"],
        arr_now=row["arr_now"],
        owner=clip(one_line(row["owner"]), 80),
        rationale=clip(one_line(row["rationale"]), 300),
    )


def _decision(status: str | None, decided_in: Quarter) -> str:
    match status:
        case None:
            return "No decision"
        case Decision.DEFER:
            return f"Defer to {decided_in.next.next.label}"
        case Decision.BUILD:
            return "Build"
    return "Decline"


def _verdict(row: Mapping[str, Any], facts: Facts) -> str:
    said = VERDICTS.get(row["verdict"], capital(one_line(row["verdict"]).replace("_", " ")))
    if row["verdict"] == KEPT and row["delivered_on"] is not None:
        return f"{said} {facts.words.day(row['delivered_on'])}"
    return said


def _standing(row: Mapping[str, Any], theme: Theme | None, named: ThemeRef | None) -> str:
    """Whether customers still ask: the rank then and now, the accounts then and now."""
    if theme is None or not row["heard"]:
        return "Asked for only outside the scope." if named else "Not heard this quarter."
    then, now = row["accounts_then"], row["accounts_now"]
    before = "" if then is None else ", as before" if then == now else f", {then:,} before"
    return f"{_rank(row, theme)}; {tallied(now, 'account')}{before}."


def _rank(row: Mapping[str, Any], theme: Theme) -> str:
    then, now = row["rank_then"], row["rank_now"]
    if now is None:
        return "On the CPO list" if theme.start is Start.ESCALATE else "Not ranked now"
    if then is None:
        return f"Rank {now} now"
    return f"Rank {now}, as before" if then == now else f"Rank {then} to {now}"


def _more(row: Mapping[str, Any], facts: Facts) -> str:
    if not row["returned_with_more"]:
        return ""
    more = row["arr_now"] - row["arr_then"]
    return f"Back with {facts.words.money(more) if more >= 1 else 'a little'} more ARR."


def _note(rows: Sequence[Mapping[str, Any]], facts: Facts) -> str:
    if not facts.run.has(FRAME):
        decided = facts.run["decisions"].height
        many = counted(decided, "decision")
        return f"{capital(many)} of last quarter {verb(decided, 'was', 'were')} not followed up." if decided else ""
    silent = sum(row["verdict"] == UNREPORTED for row in rows)
    said = []
    if silent:
        said.append(
            f"{capital(counted(silent, 'build'))} {verb(silent, 'has', 'have')} no delivery report: "
            f"the PM lead reports on {verb(silent, 'it', 'them')} in the room."
        )
    if any(row["arr_then"] is None or row["arr_now"] is None for row in rows):
        said.append("A dash: no ARR, or none on record.")
    return " ".join(said)
