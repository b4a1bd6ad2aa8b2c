"""How the ranking moved since last quarter, and which themes are new, back, or heard quarter after quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import as_read, capital, counted, joined_up_to, number, verb
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import folded

FRAME = "recurrence"
#: How the id of a theme begins that the machine found; people who take it up give it another.
_FOUND = "P-"
_SHOWN = 24
_NAMED = 5
#: So many quarters running are a pattern rather than a coincidence.
_LONG = 3


class Move(Shown):
    """A theme's rank then and now, and how many quarters running it has been heard, this one included."""

    theme: ThemeRef | None
    name: str
    then: str
    now: str
    moved: str
    quarters: str


class Moves(Shown):
    """The moves shown and how many ranked themes are left out."""

    rows: tuple[Move, ...]
    left_out: int


def places(theme: Theme) -> int:
    """How many places a theme rose, or fell (negative); 0 where it was not ranked in both quarters."""
    return theme.previous_rank - theme.rank if theme.previous_rank and theme.rank else 0


def by_move(facts: Facts) -> list[Theme]:
    """The ranked themes, the largest move first."""
    return sorted(facts.ranked, key=lambda theme: (-abs(places(theme)), theme.rank or 0))


def moves(facts: Facts) -> Moves:
    """Where the ranked themes stood, and the themes of last quarter that are gone; nothing in a first quarter."""
    if facts.run.previous is None:
        return Moves(rows=(), left_out=0)
    largest = {theme.theme_id for theme in by_move(facts)[:_SHOWN]}
    heard = _recurrence(facts)
    rows = [_move(theme, heard.get(theme.theme_id)) for theme in facts.ranked if theme.theme_id in largest]
    left = [_left(row, facts) for row in _gone(facts, facts.run.previous)[:_SHOWN]]
    return Moves(rows=(*rows, *left), left_out=len(facts.ranked) - len(rows))


def _gone(facts: Facts, previous: pl.DataFrame) -> list[dict[str, Any]]:
    """The themes of last quarter that are none of this one's, not even one that people have named since."""
    known = {theme.theme_id for theme in facts.themes}
    names = {folded(theme.theme_name) for theme in facts.themes if theme.in_previous}
    rows = previous.sort("rank", "theme_id", nulls_last=True, maintain_order=True).to_dicts()
    unknown = [row for row in rows if row["theme_id"] not in known]
    return [row for row in unknown if not (row["theme_id"].startswith(_FOUND) and folded(row["theme_name"]) in names)]


def _recurrence(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    return {row["theme_id"]: row for row in facts.run.rows(FRAME)}


def _move(theme: Theme, heard: Mapping[str, Any] | None) -> Move:
    return Move(
        theme=theme.ref,
        name=theme.name,
        then=_rank(theme.previous_rank),
        now=_rank(theme.rank),
        moved=_moved(theme, heard),
        quarters=f"{heard['quarters_heard']}" if heard else "–",
    )


def _moved(theme: Theme, heard: Mapping[str, Any] | None) -> str:
    if by := places(theme):
        return f"up {by}" if by > 0 else f"down {-by}"
    if theme.previous_rank:
        return "no change"
    if theme.in_previous:
        return "not ranked then"
    if heard and not heard["is_new"]:
        return f"back, first heard in {Quarter.parse(heard['first_heard']).label}"
    return "new"


def _left(row: Mapping[str, Any], facts: Facts) -> Move:
    moved = "only outside the scope" if row["theme_id"] in facts.named else "not heard"
    name = as_read(one_line(row["theme_name"]))
    return Move(theme=None, name=name, then=_rank(row["rank"]), now="–", moved=moved, quarters="–")


def _rank(rank: int | None) -> str:
    return f"{rank}" if rank else "–"


def heard_before(facts: Facts) -> str:
    """Which themes are new, which came back after a pause, and how many go on; nothing in a first quarter."""
    if facts.run.previous is None:
        return ""
    heard = _recurrence(facts)
    new = [theme for theme in facts.themes if _is_new(theme, heard)]
    back = [theme for theme in facts.themes if not theme.in_previous and not _is_new(theme, heard)]
    said = [f"New this quarter: {_names(new)}."] if new else ["No theme is new this quarter."]
    said += [f"Back after at least one quarter without: {_names(back)}."] if back else []
    return " ".join([*said, *_going_on(facts, heard)])


def _is_new(theme: Theme, heard: Mapping[str, Mapping[str, Any]]) -> bool:
    row = heard.get(theme.theme_id)
    return bool(row["is_new"]) if row else not theme.in_previous


def _going_on(facts: Facts, heard: Mapping[str, Mapping[str, Any]]) -> list[str]:
    running = {theme.theme_id: heard.get(theme.theme_id, {}).get("quarters_heard", 1) for theme in facts.themes}
    again = [theme for theme in facts.themes if running[theme.theme_id] > 1]
    longest = [theme for theme in again if running[theme.theme_id] >= _LONG]
    if not again:
        return []
    many = len(again)
    said = [f"{capital(counted(many, 'theme'))} {verb(many, 'was', 'were')} heard last quarter too."]
    if longest:
        said.append(f"Heard {number(_LONG)} quarters running or more: {_names(longest)}.")
    return said


def _names(themes: list[Theme]) -> str:
    return joined_up_to([theme.short for theme in themes], _NAMED)
