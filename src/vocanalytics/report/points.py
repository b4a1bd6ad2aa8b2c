"""The six sentences that most readers will remember: what, how much, by when, from the rule's own facts."""

from __future__ import annotations

from collections.abc import Iterator

from vocanalytics.report.cards import Dispute
from vocanalytics.report.facts import Facts, Theme, total
from vocanalytics.report.points_beyond import (
    Point,
    challenge,
    doubts,
    firm_and_kept,
    recalibrate,
    said_as_point,
    voices,
)
from vocanalytics.report.wording import capital, counted, joined, joined_up_to, number, verb
from vocanalytics.vocabulary import Flag, Start

MOST_POINTS = 6
_OVERRIDDEN = (Flag.OVERRIDE_LOGO, Flag.OVERRIDE_COMPETITIVE)


def points(facts: Facts, disputes: tuple[Dispute, ...]) -> tuple[Point, ...]:
    """The first six findings that apply; a failed check takes the place of the last one."""
    told = [*_ranked(facts, disputes), *_beside(facts), *voices(facts), *firm_and_kept(facts), *_beyond(facts)]
    kept = told[:MOST_POINTS]
    doubt = list(doubts(facts))
    return tuple([*kept[: MOST_POINTS - 1], doubt[0]] if doubt else kept)


def due(theme: Theme, near_days: int) -> str:
    """When the urgent accounts of a theme renew, as a verb phrase for their number."""
    late, are = theme.urgent_overdue, verb(theme.urgent_accounts, "is", "are")
    renew = verb(theme.urgent_accounts, "renews", "renew")
    if late == theme.urgent_accounts:
        return f"{are} overdue for renewal"
    return f"{renew} within {near_days} days" + (f" or {are} overdue" if late else "")


def urgency(theme: Theme, facts: Facts) -> str:
    """What is urgent behind a theme, or the next best fact: every theme gets one true sentence."""
    money, revenue = facts.words.money, facts.model.revenue
    show = "churn signals" if theme.urgent_accounts != 1 else "a churn signal"
    if theme.urgent_accounts:
        return (
            f"{counted(theme.urgent_accounts, 'account')} worth {money(theme.urgent_arr)} "
            f"{verb(theme.urgent_accounts, 'shows', 'show')} {show} and {due(theme, revenue.near_days)}"
        )
    if theme.signalled_accounts:
        many = theme.signalled_accounts
        return (
            f"no urgent renewal; {counted(many, 'account')} worth {money(theme.arr_signalled)} with "
            f"{'a churn signal' if many == 1 else 'churn signals'} {verb(many, 'renews', 'renew')} "
            f"within {revenue.far_days} days"
        )
    return f"no account behind it shows a churn signal and renews within {revenue.far_days} days"


def _ranked(facts: Facts, disputes: tuple[Dispute, ...]) -> Iterator[Point]:
    if facts.ranked:
        yield _leader(facts)
        yield from list(recalibrate(facts, _started(facts))) or [_builds(facts)]
    else:
        yield from _stakes(facts)
        yield from _waiting(facts)
    if disputes:
        yield _disputes(disputes)


def _beside(facts: Facts) -> Iterator[Point]:
    """The request that leadership must answer, else the one that the room must weigh."""
    yield from list(challenge(facts)) or _trade_offs(facts)


def _trade_offs(facts: Facts) -> Iterator[Point]:
    flagged = facts.flagged(Flag.TRADE_OFF_REVENUE, Flag.TRADE_OFF_BREADTH)
    if trade_offs := [theme for theme in flagged if theme.rank]:
        yield _trade_off(facts, max(trade_offs, key=lambda theme: (theme.arr_exposed, theme.theme_id)), len(trade_offs))


def _beyond(facts: Facts) -> Iterator[Point]:
    if facts.ranked:
        yield from _waiting(facts)
    if list(challenge(facts)):
        yield from _trade_offs(facts)
    if baselines := facts.flagged(Flag.BASELINE_ENTERPRISE, Flag.BASELINE_MID_MARKET, Flag.BASELINE_SMB):
        yield _baseline(facts, baselines)
    if escalated := facts.starting(Start.ESCALATE):
        names = joined([theme.short for theme in escalated])
        many = len(escalated)
        said = "the ranking for the CPO list: compliance is a threshold, not a request."
        yield said_as_point(
            "overrides",
            "Section 4",
            f"{names} {verb(many, 'leaves', 'leave')} {said}",
            f"{capital(counted(many, 'theme'))} {verb(many, 'leaves', 'leave')} {said}",
        )
    if facts.run.previous is None:
        yield said_as_point(
            "changed", "Section 5", "This is the first quarter on record: there is no earlier ranking to compare with."
        )
    else:
        yield from _returned(facts)


def _stakes(facts: Facts) -> Iterator[Point]:
    """What falls due, when there is no ranking to lead with."""
    urgent, near = facts.heard.filter("urgent"), facts.model.revenue.near_days
    if urgent.height:
        many, worth = urgent.height, facts.words.money(total(urgent, "arr"))
        shows = "shows a churn signal and renews" if many == 1 else "show churn signals and renew"
        late = f" or {verb(many, 'is', 'are')} overdue" if urgent["overdue"].any() else ""
        said = f"{capital(counted(many, 'account'))} worth {worth} {shows} within {near} days{late}."
        yield said_as_point("money", "Section 3", said)


def _baseline(facts: Facts, baselines: tuple[Theme, ...]) -> Point:
    share = f"{(facts.model.breadth.baseline_share * 100).normalize():f}%"
    many = len(baselines)
    asks, names = f"More than {share} of a tier asks for", joined_up_to([theme.short for theme in baselines], 2)
    see = f"not having {verb(many, 'it', 'these')} is a retention risk of the segment."
    return said_as_point("baseline", "Section 4", f"{asks} {names}: {see}", f"{asks} {counted(many, 'theme')}: {see}")


def _leader(facts: Facts) -> Point:
    first = facts.ranked[0]
    ties = [theme for theme in facts.ranked if theme.composite == first.composite]
    if len(ties) > 1:
        lead = f"{joined([theme.short for theme in ties])} lead with {first.composite}"
        fallback = f"{capital(counted(len(ties), 'theme'))} lead with {first.composite}"
        return said_as_point(
            "ranking",
            "Section 2",
            *(f"{said} of 15; revenue score, then weighted revenue, breaks the tie." for said in (lead, fallback)),
        )
    said = f"{first.short} leads: {urgency(first, facts)}."
    return said_as_point("money", "Section 3", said, f"{first.short} leads with {first.composite} of 15.")


def _started(facts: Facts) -> str:
    many = len(facts.starting(Start.BUILD))
    return f"{capital(counted(many, 'theme'))} {verb(many, 'starts', 'start')} as build"


def _builds(facts: Facts) -> Point:
    build, reading = facts.starting(Start.BUILD), facts.model.reading
    moved = [theme for theme in build if theme.has(*_OVERRIDDEN) and (theme.composite or 0) < reading.build_at]
    many = len(build)
    start = _started(facts)
    if many < reading.shortlist_min:
        rest = [theme for theme in facts.ranked if theme.start is not Start.BUILD]
        few = (
            f"{start}, fewer than the {number(reading.shortlist_min)} to {number(reading.shortlist_max)} of a shortlist"
        )
        next_one = f"; {rest[0].short} is next in line with {rest[0].composite}" if rest else ""
        return said_as_point("ranking", "Section 2", f"{few}{next_one}.", f"{few}.")
    if many > reading.shortlist_max:
        over = (
            f"{start}, more than the {number(reading.shortlist_min)} to {number(reading.shortlist_max)} of a shortlist"
        )
        cut = build[reading.shortlist_max]
        return said_as_point("ranking", "Section 2", f"{over}; {cut.short} is the first beyond it.", f"{over}.")
    if not moved:
        how = "all on score" if many > 1 else "on score"
        return said_as_point("ranking", "Section 2", f"{start}, {how}; no override was needed.")
    on_score = f"{number(many - len(moved))} on score" if many > len(moved) else "none on score"
    by_hand = f"{number(len(moved))} on {verb(len(moved), 'an approved override', 'approved overrides')}"
    names = f" ({joined([theme.short for theme in moved])})"
    return said_as_point(
        "ranking", "Section 2", f"{start}: {on_score}, {by_hand}{names}.", f"{start}: {on_score}, {by_hand}."
    )


def _waiting(facts: Facts) -> Iterator[Point]:
    waiting = facts.starting(Start.UNSCORED)
    if not waiting:
        return
    many, order = len(waiting), sorted(waiting, key=lambda theme: -theme.arr_exposed)
    most, strictly = order[0], many > 1 and order[0].arr_exposed > order[1].arr_exposed
    said = f"{capital(counted(many, 'theme'))} {verb(many, 'has', 'have')} no alignment score and cannot be ranked"
    largest = f"; {most.short} has the most ARR behind it, {facts.words.money(most.arr_exposed)}"
    yield said_as_point("unscored", "Section 2", f"{said}{largest}." if strictly else f"{said}.", f"{said}.")


def _disputes(disputes: tuple[Dispute, ...]) -> Point:
    said = f"CS and Product disagree on {counted(len(disputes), 'alignment score')}"
    scores = f"the CS {verb(len(disputes), 'score', 'scores')} would"
    candidates = (f"{said}; {scores} {moves}." for moves in (_moves(disputes, named) for named in (True, False)))
    return said_as_point("disputes", "Section 4", *candidates, f"{said}.")


def _moves(disputes: tuple[Dispute, ...], named: bool) -> str:
    """What the CS scores would do to the starting positions, counting every theme that they would move."""
    crossing = [dispute for dispute in disputes if dispute.crosses]
    off = [dispute for dispute in crossing if dispute.by_product is Start.BUILD]
    onto = [dispute for dispute in crossing if dispute.by_cs is Start.BUILD]
    other = [dispute for dispute in crossing if dispute not in off and dispute not in onto]
    parts = [f"take {_these(off, named)} off the build list"] if off else []
    if onto:
        added = number(len(onto)) if off and (len(onto) > 1 or not named) else _these(onto, named)
        parts.append(f"add {added}" + ("" if off else " to the build list"))
    if other:
        parts.append(f"give {_these(other, named)} another start")
    return joined(parts) or "change no starting position"


def _these(disputes: list[Dispute], named: bool) -> str:
    return disputes[0].theme.short if named and len(disputes) == 1 else counted(len(disputes), "theme")


def _trade_off(facts: Facts, theme: Theme, of: int) -> Point:
    is_one = "is the trade-off" if of == 1 else f"is one of {number(of)} trade-offs"
    if theme.has(Flag.TRADE_OFF_REVENUE):
        by = "Product" if theme.alignment_product else "the preliminary score"
        return said_as_point(
            "tradeoffs",
            "Section 4",
            f"{theme.short} {is_one}: {facts.words.money(theme.arr_exposed)} of ARR stands behind it, "
            f"and {by} puts its alignment at {theme.alignment_score} of 5.",
        )
    return said_as_point(
        "tradeoffs",
        "Section 4",
        f"{theme.short} {is_one}: {counted(theme.accounts, 'account')} "
        f"{verb(theme.accounts, 'asks', 'ask')} for it, and its revenue score is {theme.revenue_score} of 5.",
    )


def _returned(facts: Facts) -> Iterator[Point]:
    moved = [theme for theme in facts.ranked if theme.previous_rank and theme.previous_rank != theme.rank]
    if not moved:
        return
    furthest = max(abs((theme.previous_rank or 0) - (theme.rank or 0)) for theme in moved)
    first = [theme for theme in moved if abs((theme.previous_rank or 0) - (theme.rank or 0)) == furthest]
    if len(first) == 1:
        yield said_as_point(
            "changed",
            "Section 5",
            f"{first[0].short} moved furthest since last quarter, from rank "
            f"{first[0].previous_rank} to {first[0].rank}.",
        )
    else:
        places = counted(furthest, "place")
        yield said_as_point(
            "changed",
            "Section 5",
            f"{capital(counted(len(moved), 'theme'))} changed rank since last quarter, "
            f"none of them by more than {places}.",
        )
