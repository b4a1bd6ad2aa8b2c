"""Points beyond the ranking: how firm it is, which promises were kept, the model itself, what leadership answers."""

from __future__ import annotations

from collections.abc import Iterator

from vocanalytics.report.facts import Facts
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import PointText, Shown
from vocanalytics.report.steadiness import firm_builds
from vocanalytics.report.votes import led_by_loudest
from vocanalytics.report.wording import POINT_WORDS, as_read, capital, clip, counted, fitting, number
from vocanalytics.vocabulary import Decision, Start

_KEPT = "kept"
#: How the score step begins a note that overrides have become routine.
_RECALIBRATE = "Recalibrate the model"


class Point(Shown):
    """A finding of at most 25 words and the section that shows it."""

    text: PointText
    anchor: str
    where: str


def said_as_point(anchor: str, where: str, *candidates: str) -> Point:
    """The first wording that fits into a point."""
    return Point(text=fitting(POINT_WORDS, *candidates), anchor=anchor, where=where)


def recalibrate(facts: Facts, start: str) -> Iterator[Point]:
    """The builds and why the model must be set anew, in the words of the score step; the first reason suffices."""
    reading = facts.model.reading
    many = len(facts.starting(Start.BUILD))
    size = "fewer than" if many < reading.shortlist_min else "more than" if many > reading.shortlist_max else ""
    usual = f", {size} {number(reading.shortlist_min)} to {number(reading.shortlist_max)}" if size else ""
    for note in [one_line(note) for note in facts.run.notes if note.startswith(_RECALIBRATE)][:1]:
        why = note.removeprefix(_RECALIBRATE).strip(" :.")
        said = f"{why}: recalibrate the model."
        yield said_as_point("overrides", "Section 4", f"{start}{usual}; {said}", f"{start}; {said}", capital(said))


def challenge(facts: Facts) -> Iterator[Point]:
    """The request with the most ARR that the roadmap keeps having no place for."""
    rows = facts.run.rows("challenges")
    if not rows:
        return
    first, many = rows[0], len(rows)
    theme = facts.named.get(first["theme_id"])
    name = theme.short if theme else in_sentence(clip(as_read(one_line(first["theme_name"])), 48))
    worth = f"{facts.words.money(first['arr_exposed'])} of ARR"
    running = f"alignment 1 for {number(first['quarters'])} quarters running"
    alone = f"{name} is a challenge to leadership: {worth} asks for it, and it has {running}."
    together = (
        f"{capital(counted(many, 'theme'))} are challenges to leadership; {name} has the most behind it, {worth}, "
    )
    short = f"{name} is a challenge to leadership: {worth} and {running}."
    plain = f"A challenge to leadership: {worth} asks for a theme that has {running}."
    candidates = [alone] if many == 1 else [f"{together}and {running}.", alone]
    yield said_as_point("challenges", "Section 4", *candidates, short, plain)


def firm_and_kept(facts: Facts) -> Iterator[Point]:
    """Whether the builds hold when the ranking is shaken, and whether the promised ones shipped."""
    firm, promises = firm_builds(facts), _promises(facts)
    if firm:
        hold, hang = (capital(firm[0]), firm[1])
        with_promises = [f"{hold}, {hang}; {promises}.", f"{hold}; {promises}."] if promises else []
        yield said_as_point("trust", "Section 6", *with_promises, f"{hold}; {hang}.", f"{hold}.")
    elif promises:
        yield said_as_point("changed", "Section 5", f"{capital(promises)}.")


def _promises(facts: Facts) -> str:
    """How many of the builds promised by earlier sessions shipped; nothing where none was promised."""
    built = [row["verdict"] for row in facts.run.rows("outcomes") if row["status"] == Decision.BUILD]
    of, shipped = len(built), built.count(_KEPT)
    if not of:
        return ""
    if of == 1:
        return "the one build promised earlier shipped" if shipped else "the one build promised earlier has not shipped"
    return f"of {number(of)} builds promised earlier, {number(shipped) if shipped else 'none'} shipped"


def voices(facts: Facts) -> Iterator[Point]:
    """What would lead if voices were counted: by mentions, else by the loudest account."""
    first = facts.most_mentioned
    of, loud = len(facts.ranked), led_by_loudest(facts)
    if len(first) == 1 and first[0].rank != 1:
        said = f"Counting mentions would put {first[0].short} first; by score it ranks {first[0].rank} of {of}"
        yield said_as_point(
            "votes", "Section 6", f"{said}, with {facts.words.money(first[0].arr_exposed)} behind it.", f"{said}."
        )
    elif loud and loud[0].rank != 1:
        theme, account = loud
        ranks = f"would put {theme.short} first; by score it ranks {theme.rank} of {of}."
        yield said_as_point(
            "votes", "Section 6", f"The loudest account, {account}, {ranks}", f"The loudest account {ranks}"
        )


def doubts(facts: Facts) -> Iterator[Point]:
    """That a check failed, so that nobody trusts the ranking unread."""
    failed = [check for check in facts.run.validation.checks if check.is_failure]
    if failed:
        many = counted(len(failed), "data check")
        yield said_as_point(
            "checks", "Section 6", f"{capital(many)} failed and could move a theme; section 6 says which."
        )
