"""Challenge to leadership: what much ARR asks for, quarter after quarter, and no bet of the roadmap covers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vocanalytics.report.cards import reason
from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import as_read, capital, counted, number, verb

_CARDS = 6
FRAME = "challenges"


class Challenge(Shown):
    """A theme that the room cannot close: leadership confirms the roadmap, or changes it."""

    theme: ThemeRef | None
    name: str
    kind: str
    quarters: int
    arr_now: Decimal
    arr_before: Decimal | None
    behind: str
    cs_says: str
    product_says: str


class Challenges(Shown):
    """The cards and why they are there; without a heading where the run did not look for any."""

    heading: str
    sentence: str
    count: int
    cards: tuple[Challenge, ...]


def challenges(facts: Facts) -> Challenges:
    """The themes with alignment 1 in two quarters running and much ARR behind them, most ARR first."""
    rows = facts.run.rows(FRAME)
    return Challenges(
        heading=_heading(len(rows)) if facts.run.has(FRAME) else "",
        sentence=_sentence(len(rows), facts) if facts.run.has(FRAME) else "",
        count=len(rows),
        cards=tuple(_card(row, facts) for row in rows[:_CARDS]),
    )


def _heading(many: int) -> str:
    if not many:
        return "No theme is a challenge to leadership"
    return f"{capital(counted(many, 'challenge', 'challenges'))} to leadership: much ARR asks for what no bet covers"


def _sentence(many: int, facts: Facts) -> str:
    least = f"{facts.words.money(facts.model.reading.challenge_arr)} of ARR or more"
    if not many and facts.run.previous is None:
        return f"First quarter: a challenge is {least} and alignment 1 in two quarters running."
    if not many:
        return f"No theme has {least} behind it and alignment 1 in two quarters running."
    these, it = verb(many, "This theme has", "These themes have"), verb(many, "it", "each")
    said = (
        f"{these} {least} behind {it} and alignment 1 in two quarters running or more. "
        "Leadership confirms the roadmap or changes it; until then the rank stays."
    )
    more = many - _CARDS
    left = f" The {_CARDS} with the most ARR; {counted(more, 'other')} {verb(more, 'is', 'are')} flagged in section 2."
    return said + (left if more > 0 else "")


def _card(row: Mapping[str, Any], facts: Facts) -> Challenge:
    theme = facts.named.get(row["theme_id"])
    return Challenge(
        theme=theme,
        name=theme.name if theme else as_read(one_line(row["theme_name"])),
        kind=f"{_standing(row)}. Alignment 1 for {number(row['quarters'])} quarters running",
        quarters=row["quarters"],
        arr_now=row["arr_exposed"],
        arr_before=row["arr_before"],
        behind=_behind(row["arr_before"], row["arr_exposed"], facts),
        cs_says=reason(row["rationale_cs"]),
        product_says=reason(row["rationale_product"]),
    )


def _standing(row: Mapping[str, Any]) -> str:
    return f"Rank {row['rank']}" if row["rank"] is not None else "Not ranked"


def _behind(before: Decimal | None, now: Decimal, facts: Facts) -> str:
    money, last = facts.words.money, facts.run.quarter.previous.label
    if before is None:
        return f"{money(now)} of ARR asks for it now; how much in {last} is not on record."
    if money(before) == money(now):
        return f"{money(now)} of ARR asks for it, as much as in {last}."
    return f"{money(now)} of ARR asks for it now, {money(before)} in {last}."
