"""Section 1: where each theme starts, what to remember, and how the session spends its time."""

from __future__ import annotations

from typing import NamedTuple

from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.points import Point
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, joined, number
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Start

_LISTED = 8
_SHORTEST, _LONGEST = 60, 75
_LEAST_FOR_DECISIONS, _READ_BACK = 15, 5


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
    decided_before: int


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


def bottom_line(facts: Facts, said: tuple[Point, ...], items: OpenItems) -> BottomLine:
    """Slate, points and agenda."""
    agenda = _agenda(facts, items)
    return BottomLine(
        heading=_heading(facts),
        slate=tuple(
            _group(start, label, facts)
            for start, label in start_labels(facts.run.quarter).items()
            if facts.starting(start)
        ),
        points=said,
        agenda_title=f"The session in {agenda[-1].minutes.split('–')[1]} minutes",
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
        return "Nothing to decide: no theme was found"
    if counts[Start.UNSCORED] == total:
        said = f"Score the alignment of {counted(total, 'theme')} first; only then can the room decide"
        return fitting(HEADING_WORDS, said)
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


def _agenda(facts: Facts, items: OpenItems) -> tuple[AgendaItem, ...]:
    """The session from 60 to 75 minutes: what is open takes its time, the decision sheet takes the rest."""
    before = [stretch for stretch in _before(facts, items) if stretch.minutes]
    spent = sum(stretch.minutes for stretch in before) + _READ_BACK
    walking = min(max(_SHORTEST - spent, _LEAST_FOR_DECISIONS), _LONGEST - spent)
    rows = counted(len(facts.themes), "row")
    after = [
        _Stretch(walking, f"Walk the decision sheet, {rows}", "decide", "PM lead"),
        _Stretch(_READ_BACK, "Read back owners and customer wording", "decide", "CS Ops"),
    ]
    return _timed([*before, *after])


def _before(facts: Facts, items: OpenItems) -> list[_Stretch]:
    unscored = len(facts.starting(Start.UNSCORED))
    longest = 8 if facts.ranked else 25
    kinds = [(items.trade_offs, "trade-off"), (items.baselines, "baseline flag")]
    named = capital(", ".join(counted(count, noun) for count, noun in kinds if count))
    look_back = f"Look back at {counted(items.decided_before, 'decision')} of last quarter"
    align = f"Score the alignment of {counted(unscored, 'theme')}"
    disputes = f"Settle {counted(items.disputes, 'disputed score')}"
    requests = f"Confirm or close {counted(items.overrides, 'override request')}"
    where = "tradeoffs" if items.trade_offs else "baseline"
    return [
        _Stretch(10, "Read sections 1–4 in silence", "top", "Everyone"),
        _Stretch(5 if items.decided_before else 0, look_back, "changed", "PM lead"),
        _Stretch(min(2 * unscored, longest), align, "unscored", "PM lead"),
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
