"""What counting voices would have led with: mentions, and the loudest account, each beside the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import clip, tallied

FRAME = "loudness"
_SHOWN = 15


class Vote(Shown):
    """A theme's place by mentions and by its loudest account, beside its place by score."""

    theme: ThemeRef
    mentions: int
    by_mentions: int
    by_score: int
    difference: int
    by_loudest: int | None
    loudest: str


class Votes(Shown):
    """The table, what heads it, and whether the run knows the loudest account of each theme."""

    title: str
    note: str
    has_loudest: bool
    rows: tuple[Vote, ...]


def votes(facts: Facts) -> Votes:
    """The themes that counting voices would have placed elsewhere."""
    return Votes(title=_title(facts), note=_note(facts), has_loudest=bool(facts.run.rows(FRAME)), rows=_rows(facts))


def _rows(facts: Facts) -> tuple[Vote, ...]:
    """The themes whose place by mentions differs most from their place by score, in the order of mentions."""
    loudest = {row["theme_id"]: row for row in facts.run.rows(FRAME)}
    votes = [
        Vote(
            theme=theme.ref,
            mentions=theme.mentions,
            by_mentions=theme.rank_by_mentions,
            by_score=theme.rank,
            difference=theme.rank_by_mentions - theme.rank,
            by_loudest=loudest[theme.theme_id]["rank_by_loudest"] if theme.theme_id in loudest else None,
            loudest=_loudest(loudest[theme.theme_id]) if theme.theme_id in loudest else "",
        )
        for theme in facts.ranked
        if theme.rank_by_mentions and theme.rank
    ]
    furthest = sorted(votes, key=lambda vote: (-abs(vote.difference), vote.by_score))[:_SHOWN]
    return tuple(sorted(furthest, key=lambda vote: (vote.by_mentions, vote.by_score)))


def _loudest(row: Mapping[str, Any]) -> str:
    many = row["loudest_mentions"]
    return "" if many is None else f"{_account(row)}, {tallied(many, 'mention')}"


def _account(row: Mapping[str, Any]) -> str:
    return in_sentence(clip(one_line(row["loudest_account_name"]), 40) or row["loudest_account_id"])


def _title(facts: Facts) -> str:
    first = facts.most_mentioned
    if not first:
        return "No theme is ranked, so there is nothing to set beside the mentions"
    if len(first) > 1:
        return "Mentions alone would not even name a leader"
    if first[0].rank != 1:
        return f"A count of mentions would have led with {first[0].short}"
    loud = led_by_loudest(facts)
    if loud and loud[0].rank != 1:
        return f"The loudest account would have led with {loud[0].short}, rank {loud[0].rank} by score"
    return f"A count of mentions would also have led with {first[0].short}"


def led_by_loudest(facts: Facts) -> tuple[Theme, str] | None:
    """The theme that the loudest account would have put first, and that account; None where the run does not know."""
    for row in facts.run.rows(FRAME):
        if row["rank_by_loudest"] == 1 and row["theme_id"] in facts.by_id:
            return facts.by_id[row["theme_id"]], _account(row)
    return None


def _note(facts: Facts) -> str:
    shown = f"; the {_SHOWN} themes that differ most" if len(facts.ranked) > _SHOWN else ""
    loudest = facts.run.rows(FRAME)
    kinds = (
        "by number of in-scope mentions, by the loudest account and by score"
        if loudest
        else ("by number of in-scope mentions and by score")
    )
    said = f"Place {kinds}{shown}. Mentions never enter the score."
    loud = led_by_loudest(facts)
    if loud is None or loud[0].short in _title(facts):
        return said
    return f"{said} The loudest account, {loud[1]}, would have led with {loud[0].short}."
