"""Section 5: did we keep our word, how did the ranking move, and what has been heard before."""

from __future__ import annotations

from vocanalytics.report.facts import Facts, Theme
from vocanalytics.report.kept_word import KeptWord, kept_word
from vocanalytics.report.moves import Moves, by_move, heard_before, moves, places
from vocanalytics.report.overrides import EXPIRED
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, elsewhere, fitting, verb


class Changes(Shown):
    """What became of the last sessions, as far as this run can tell."""

    heading: Heading
    kept: KeptWord
    moves_title: str
    moves: Moves
    moves_note: str
    heard: str
    expired: str
    nothing: str


def changes(facts: Facts) -> Changes:
    """Earlier decisions, rank moves, new and recurring themes; a single sentence where there is nothing to compare."""
    kept, moved = kept_word(facts), moves(facts)
    left_out = elsewhere(moved.left_out, "theme", "the matrix")
    shown = len(facts.ranked) - moved.left_out
    return Changes(
        heading=_heading(facts, kept),
        kept=kept,
        moves_title=f"Rank in {facts.run.quarter.previous.label} and now",
        moves=moved,
        moves_note=f"The {shown} largest moves; {left_out}." if moved.left_out else "",
        heard=heard_before(facts),
        expired=_expired(facts),
        nothing=_nothing(facts, kept),
    )


def _heading(facts: Facts, kept: KeptWord) -> str:
    if kept.heading:
        return kept.heading
    if facts.run.previous is None:
        return "First quarter: nothing to compare"
    rose = [theme for theme in by_move(facts) if places(theme) > 0]
    fell = [theme for theme in by_move(facts) if places(theme) < 0]
    said = [_moved(rose[0], "rose")] if rose else []
    said += [_moved(fell[0], "fell")] if fell else []
    if not said:
        return "No theme ranked in both quarters changed its rank"
    return fitting(HEADING_WORDS, "; ".join(said), said[0], "Ranks moved since last quarter")


def _moved(theme: Theme, how: str) -> str:
    return f"{theme.short} {how} from rank {theme.previous_rank} to {theme.rank}"


def _expired(facts: Facts) -> str:
    many = len(facts.run.rows(EXPIRED))
    if not many:
        return ""
    was, start = verb(many, "was", "were"), verb(many, "its theme starts without it", "their themes start without them")
    return f"{capital(counted(many, 'override'))} of last quarter expired and {was} not renewed; {start} now."


def _nothing(facts: Facts, kept: KeptWord) -> str:
    """What a first quarter cannot show, or a later one whose earlier run was not found."""
    if facts.run.previous is not None:
        return ""
    if kept.rows or kept.note:
        return "The run of last quarter was not found, so ranks cannot be compared."
    return "No earlier run and no earlier decisions are on record, so there is no promise to report on."
