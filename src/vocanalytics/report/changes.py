"""Section 5: how the ranking moved, and where last quarter's decisions stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import (
    HEADING_WORDS,
    as_read,
    capital,
    clip,
    counted,
    elsewhere,
    fitting,
    joined_up_to,
    number,
)
from vocanalytics.vocabulary import Decision, Start, folded

DECISION_NAMES = {
    Decision.BUILD.value: "Build",
    Decision.DEFER.value: "Defer to Q+2",
    Decision.DECLINE.value: "Decline",
}
_MOVES_SHOWN = 24


class Move(Shown):
    """A theme's rank then and now."""

    theme: ThemeRef | None
    name: str
    then: str
    now: str
    moved: str


class LastDecision(Shown):
    """What was decided last quarter, and whether customers still ask."""

    theme: ThemeRef | None
    name: str
    decision: str
    owner: str
    rationale: str
    standing: str
    returned: bool


class Changes(Shown):
    """What became of the last session, as far as this run can tell."""

    heading: Heading
    moves_title: str
    moves: tuple[Move, ...]
    moves_note: str
    decisions_title: str
    decisions: tuple[LastDecision, ...]
    note: str


def changes(facts: Facts) -> Changes:
    """Rank moves and last quarter's decisions; a single sentence where there is neither."""
    decisions = _decisions(facts)
    moves, left_out = _moves(facts)
    before = facts.run.quarter.previous.label
    return Changes(
        heading=_heading(facts, decisions),
        moves_title=f"Rank in {before} and now",
        moves=moves,
        moves_note=f"The {_MOVES_SHOWN} largest moves; {elsewhere(left_out, 'theme', 'the matrix')}."
        if left_out
        else "",
        decisions_title=f"What became of {counted(len(decisions), 'decision')}" if decisions else "",
        decisions=decisions,
        note=_note(facts, decisions),
    )


def _heading(facts: Facts, decisions: tuple[LastDecision, ...]) -> str:
    if facts.run.previous is None and not decisions:
        return "First quarter: nothing to compare"
    if decisions:
        back, of = sum(row.returned for row in decisions), len(decisions)
        none = "Customers ask for none of the themes decided last quarter any more"
        return none if not back else _asked_again(back, of)
    rose = [theme for theme in _by_move(facts) if _by(theme) > 0]
    fell = [theme for theme in _by_move(facts) if _by(theme) < 0]
    said = [_moved(rose[0], "rose")] if rose else []
    said += [_moved(fell[0], "fell")] if fell else []
    if not said:
        return "No theme ranked in both quarters changed its rank"
    return fitting(HEADING_WORDS, "; ".join(said), said[0], "Ranks moved since last quarter")


def _asked_again(back: int, of: int) -> str:
    if of == 1:
        return "Customers still ask for the one theme decided last quarter"
    asked = "all" if back == of else number(back)
    return f"Customers still ask for {asked} of the {counted(of, 'theme')} decided last quarter"


def _moved(theme: Theme, how: str) -> str:
    return f"{theme.short} {how} from rank {theme.previous_rank} to {theme.rank}"


def _by(theme: Theme) -> int:
    return theme.previous_rank - theme.rank if theme.previous_rank and theme.rank else 0


def _by_move(facts: Facts) -> list[Theme]:
    return sorted(facts.ranked, key=lambda theme: (-abs(_by(theme)), theme.rank or 0))


def _moves(facts: Facts) -> tuple[tuple[Move, ...], int]:
    if facts.run.previous is None:
        return (), 0
    largest = {theme.theme_id for theme in _by_move(facts)[:_MOVES_SHOWN]}
    moves = [_move(theme) for theme in facts.ranked if theme.theme_id in largest]
    gone = facts.run.previous.filter(~facts.run.previous["theme_id"].is_in(list(facts.by_id))).sort(
        "rank", "theme_id", nulls_last=True, maintain_order=True
    )
    left = [_left(row, facts) for row in gone.head(_MOVES_SHOWN).iter_rows(named=True)]
    return tuple(moves + left), len(facts.ranked) - len(moves)


def _left(row: Mapping[str, Any], facts: Facts) -> Move:
    moved = "only outside the scope" if row["theme_id"] in facts.named else "not heard"
    name = as_read(one_line(row["theme_name"]))
    return Move(theme=None, name=name, then=_rank(row["rank"]), now="–", moved=moved)


def _move(theme: Theme) -> Move:
    by = _by(theme)
    moved = "new" if not theme.in_previous else "not ranked then" if not theme.previous_rank else "no change"
    if by:
        moved = f"up {by}" if by > 0 else f"down {-by}"
    return Move(theme=theme.ref, name=theme.name, then=_rank(theme.previous_rank), now=_rank(theme.rank), moved=moved)


def _rank(rank: int | None) -> str:
    return f"{rank}" if rank else "–"


def _decisions(facts: Facts) -> tuple[LastDecision, ...]:
    by_name = {folded(theme.theme_name): theme.theme_id for theme in (*facts.themes, *facts.tracked)}
    names_before: Mapping[str, str] = {}
    if facts.run.previous is not None:
        names_before = dict(facts.run.previous.select("theme_id", "theme_name").iter_rows())
    rows = facts.run["decisions"].iter_rows(named=True)
    found = [(row, row["theme_id"] or by_name.get(folded(row["theme"]), row["theme"])) for row in rows]
    return tuple(_decision(row, theme_id, names_before, facts) for row, theme_id in found)


def _decision(row: Mapping[str, Any], theme_id: str, before: Mapping[str, str], facts: Facts) -> LastDecision:
    named, theme = facts.named.get(theme_id), facts.by_id.get(theme_id)
    return LastDecision(
        theme=named,
        name=named.name if named else as_read(one_line(before.get(theme_id, row["theme"]))),
        decision=DECISION_NAMES[row["status"]],
        owner=one_line(row["owner"]),
        rationale=clip(one_line(row["rationale"]), 300),
        standing=_standing(theme, facts) if theme or not named else "Asked for only outside the scope.",
        returned=theme is not None,
    )


def _standing(theme: Theme | None, facts: Facts) -> str:
    if theme is None:
        return "Not heard this quarter."
    if theme.rank is None:
        rank = "Heard again, on the CPO list now." if theme.start is Start.ESCALATE else "Heard again, not scored yet."
    elif theme.previous_rank == theme.rank:
        rank = f"Heard again, rank {theme.rank} as before."
    elif theme.previous_rank:
        rank = f"Heard again, rank {theme.previous_rank} to {theme.rank}."
    else:
        rank = f"Heard again, at rank {theme.rank}."
    return (
        f"{rank} {capital(counted(theme.accounts, 'account'))} with {facts.words.money(theme.arr_exposed)} behind it."
    )


def _note(facts: Facts, decisions: tuple[LastDecision, ...]) -> str:
    said = []
    if facts.run.previous is not None:
        new = [theme.short for theme in facts.themes if not theme.in_previous]
        said += [f"New this quarter: {joined_up_to(new, 8)}."] if new else []
    elif decisions:
        said += ["The run of last quarter was not found, so ranks cannot be compared."]
    if decisions:
        said += ["Whether a build shipped is not in the exports; the PM lead reports it in the room."]
    return " ".join(said)
