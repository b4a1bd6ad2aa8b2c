"""Section 1: where each theme starts, what to remember, and how the session spends its time."""

from __future__ import annotations

from typing import NamedTuple

from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.points_beyond import Point
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, joined, number
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Start

_LISTED = 8
_SHORTEST, _LONGEST = 60, 75
_LEAST_FOR_DECISIONS, _READ_BACK = 15, 5
#: Reading that takes longer than this does not fit the first stretch of the session.
_READ_IN_SESSION = 12
#: A session can walk so many rows one by one, and score the alignment of so many themes.
_WALKED, _SCORED, _SCORING_MINUTES = 20, 12, 2
#: Of more open items than this only the first are settled in their time, so it says which they are.
_OPEN_ITEMS = 5
_TO_CONFIRM = ((Start.BUILD, "builds"), (Start.SETTLE, "settles"))


class SlateGroup(Shown):
    """The themes of one starting position; `more` of them stand only in the ranking."""

    start: Start
    label: str
    themes: tuple[ThemeRef, ...]
    more: int
    more_text: str


class AgendaItem(Shown):
    """One stretch of the session."""

    minutes: str
    work: str
    anchor: str
    leads: str


class BottomLine(Shown):
    """The section that most readers will stop after."""

    heading: Heading
    slate: tuple[SlateGroup, ...]
    points: tuple[Point, ...]
    agenda_title: str
    agenda: tuple[AgendaItem, ...]


class OpenItems(Shown):
    """How much the room has to close, by kind."""

    disputes: int
    trade_offs: int
    baselines: int
    overrides: int
    refused: int
    decided_before: int


def _override_work(approved: int, refused: int) -> str:
    """What is left to do about overrides: the approved ones stand, the others wait for somebody."""
    said = [f"look over {counted(approved, 'approved override')}"] if approved else []
    said += [f"approve or close {counted(refused, 'override request')}"] if refused else []
    return capital("; ".join(said))


def start_labels(quarter: Quarter) -> dict[Start, str]:
    """What each starting position means in time."""
    return {
        Start.BUILD: f"Build in {quarter.next.label}",
        Start.SETTLE: "Settle in the room",
        Start.DEFER: f"Defer to {quarter.next.next.label}",
        Start.DECLINE: "Decline",
        Start.ESCALATE: "Escalate to the CPO list",
        Start.UNSCORED: "Score the alignment first",
    }


def bottom_line(facts: Facts, said: tuple[Point, ...], items: OpenItems, reading_minutes: int) -> BottomLine:
    """Slate, points and agenda."""
    agenda = _agenda(facts, items, reading_minutes)
    return BottomLine(
        heading=_heading(facts),
        slate=tuple(
            _group(start, label, facts)
            for start, label in start_labels(facts.run.quarter).items()
            if facts.starting(start)
        ),
        points=said,
        agenda_title=_agenda_title(facts, agenda),
        agenda=agenda,
    )


def _group(start: Start, label: str, facts: Facts) -> SlateGroup:
    themes = facts.starting(start)
    more = max(0, len(themes) - _LISTED)
    return SlateGroup(
        start=start,
        label=label,
        themes=tuple(theme.ref for theme in themes[:_LISTED]),
        more=more,
        more_text=f"and {counted(more, 'other')}" if more else "",
    )


def _heading(facts: Facts) -> str:
    counts = {start: len(facts.starting(start)) for start in Start}
    total = len(facts.themes)
    if not total:
        return f"Nothing to decide: no theme was {'asked for in scope' if facts.tracked else 'found'}"
    if _must_score_first(facts):
        many = counted(counts[Start.UNSCORED], "theme")
        return fitting(HEADING_WORDS, f"Score the alignment of {many} first; only then can the room decide")
    keep = [(Start.DEFER, "defer"), (Start.DECLINE, "decline")]
    confirm = [counted(counts[start], noun) for start, noun in keep if counts[start]]
    parts = [f"confirm {counted(counts[Start.BUILD], 'build')}"] if counts[Start.BUILD] else []
    parts += [f"settle {number(counts[Start.SETTLE])}"] if counts[Start.SETTLE] else []
    parts += [f"confirm {joined(confirm)}"] if confirm else []
    parts += [f"escalate {number(counts[Start.ESCALATE])}"] if counts[Start.ESCALATE] else []
    parts += [f"score {number(counts[Start.UNSCORED])}"] if counts[Start.UNSCORED] else []
    return fitting(HEADING_WORDS, f"{capital(counted(total, 'decision'))}: {', '.join(parts)}", f"{total:,} decisions")


class _Stretch(NamedTuple):
    minutes: int
    work: str
    anchor: str
    leads: str


def _must_score_first(facts: Facts) -> bool:
    return not facts.ranked and bool(facts.starting(Start.UNSCORED))


def _agenda_title(facts: Facts, agenda: tuple[AgendaItem, ...]) -> str:
    minutes = agenda[-1].minutes.split("–")[1]
    return f"{'Scoring first: ' if _must_score_first(facts) else 'The session in '}{minutes} minutes"


def _agenda(facts: Facts, items: OpenItems, reading_minutes: int) -> tuple[AgendaItem, ...]:
    """The session from 60 to 75 minutes: what is open takes its time, the decision sheet takes the rest.

    Where nothing is ranked there is nothing to settle yet, and a shorter session only scores.
    """
    if _must_score_first(facts):
        return _timed(_scoring(facts, reading_minutes))
    before = [_reading(reading_minutes), *(stretch for stretch in _before(facts, items) if stretch.minutes)]
    spent = sum(stretch.minutes for stretch in before) + _READ_BACK
    walking = min(max(_SHORTEST - spent, _LEAST_FOR_DECISIONS), _LONGEST - spent)
    after = [
        _Stretch(walking, _walk(facts), "decide", "PM lead"),
        _Stretch(_READ_BACK, "Read back owners and customer wording", "decide", "CS Ops"),
    ]
    return _timed([*before, *after])


def _reading(minutes: int) -> _Stretch:
    if minutes <= _READ_IN_SESSION:
        return _Stretch(10, "Read sections 1–4 in silence", "top", "Everyone")
    in_all = f"({minutes} minutes in all; begin before the session)"
    return _Stretch(10, f"Read on in sections 1–4 {in_all}", "top", "Everyone")


def _scoring(facts: Facts, reading_minutes: int) -> list[_Stretch]:
    waiting = len(facts.starting(Start.UNSCORED))
    now = min(waiting, _SCORED)
    work = f"Score the alignment of {counted(now, 'theme')}"
    if waiting > now:
        work = f"Score the alignment of the first {now} themes; share out the other {number(waiting - now)}"
    return [
        _reading(reading_minutes),
        _Stretch(_SCORING_MINUTES * now, work, "unscored", "PM lead"),
        _Stretch(_READ_BACK, "Agree when all are scored; then run the report again", "unscored", "CS Ops"),
    ]


def _walk(facts: Facts) -> str:
    """What the room does with the decision sheet: row by row where there are few, else only what is to be done."""
    if len(facts.themes) <= _WALKED:
        return f"Walk the decision sheet, {counted(len(facts.themes), 'row')}"
    open_starts = [name for start, name in _TO_CONFIRM if facts.starting(start)]
    others = len(facts.themes) - sum(len(facts.starting(start)) for start, _ in _TO_CONFIRM)
    if not open_starts:
        return f"All {number(others)} rows stand as they start unless someone objects"
    confirm = f"Confirm the {joined(open_starts)}"
    if not others:
        return confirm
    one = "the other row stands as it starts"
    rest = one if others == 1 else f"the other {number(others)} rows stand as they start"
    return f"{confirm}; {rest} unless someone objects"


def _before(facts: Facts, items: OpenItems) -> list[_Stretch]:
    unscored = len(facts.starting(Start.UNSCORED))
    kinds = [(items.trade_offs, "trade-off"), (items.baselines, "baseline flag")]
    named = capital(", ".join(counted(count, noun) for count, noun in kinds if count))
    look_back = f"Look back at {counted(items.decided_before, 'earlier decision')}"
    align = f"Score the alignment of {counted(unscored, 'theme')}"
    disputes = f"Settle {counted(items.disputes, 'disputed score')}"
    disputes += ", those that move a build first" if items.disputes > _OPEN_ITEMS else ""
    named += ", the highest ranked first" if items.trade_offs + items.baselines > _OPEN_ITEMS else ""
    requests = _override_work(items.overrides - items.refused, items.refused)
    where = "tradeoffs" if items.trade_offs else "baseline"
    return [
        _Stretch(5 if items.decided_before else 0, look_back, "changed", "PM lead"),
        _Stretch(min(_SCORING_MINUTES * unscored, 8), align, "unscored", "PM lead"),
        _Stretch(min(5 * items.disputes, 15), disputes, "disputes", "VP CS, PM lead"),
        _Stretch(min(4 * (items.trade_offs + items.baselines), 12), named, where, "PM lead"),
        _Stretch(min(2 * items.overrides, 6), requests, "overrides", "VP CS"),
    ]


def _timed(stretches: list[_Stretch]) -> tuple[AgendaItem, ...]:
    timed, clock = [], 0
    for minutes, work, anchor, leads in stretches:
        timed.append(AgendaItem(minutes=f"{clock}–{clock + minutes}", work=work, anchor=anchor, leads=leads))
        clock += minutes
    return tuple(timed)
