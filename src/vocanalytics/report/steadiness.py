"""How firm each place is: the range of ranks over every scenario, and how often a theme starts as build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.flips import hang_said, hanging
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, number, tallied, verb
from vocanalytics.vocabulary import Start

FRAME, SCENARIOS = "rank_ranges", "sensitivity"
_SHOWN = 24
_PUBLISHED = "published"
#: What one family of scenarios changes, as the sentence on all of them says it.
_SHAKEN = (
    (("breakpoint", "factor"), "a threshold, factor or weight moved by about a quarter"),
    (("alignment",), "alignment taken from CS first or from Product only"),
    (("largest_accounts",), "the largest accounts gone"),
)


class RankRange(Shown):
    """Where one theme stands over all scenarios, and where it stands when the accounts are drawn again."""

    theme: ThemeRef
    start: Start
    rank: int
    lowest: int
    highest: int
    scenarios: int
    builds: int
    drawn_low: int | None
    drawn_high: int | None
    drawn_builds: int
    draws: int
    places: str
    built: str
    drawn: str
    cut: bool


class Steadiness(Shown):
    """The answer to "how firm is this ranking?": its heading, what was shaken, and the range of each place.

    `builds` start as build as published, `held` of them in every scenario, and `hanging` of them would not if one fact
    about one account were otherwise. Without a heading the run did not shake its ranking.
    """

    heading: str
    ranked: int
    builds: int
    held: int
    hanging: int
    scenarios: int
    draws: int
    shaken: str
    spread: str
    title: str
    note: str
    rows: tuple[RankRange, ...]
    left_out: str


def steadiness(facts: Facts) -> Steadiness:
    """The ranges of the ranking in its order, with the sentences that sum them up."""
    rows = [row for row in facts.run.rows(FRAME) if row["theme_id"] in facts.by_id]
    built = [row for row in rows if row["start"] == Start.BUILD]
    held, hang = sum(_holds(row) for row in built), hanging(facts)
    shown, cut = rows[:_SHOWN], _cut(rows, facts)
    draws = max((row["bootstraps"] for row in rows), default=0)
    return Steadiness(
        heading=_heading(rows, built, hang) if facts.run.has(FRAME) else "",
        ranked=len(rows),
        builds=len(built),
        held=held,
        hanging=hang,
        scenarios=max((row["scenarios"] for row in rows), default=0),
        draws=draws,
        shaken=_shaken(facts, draws) if rows else "",
        spread=_spread(rows, facts) if len(rows) > 1 else "",
        title=_title(rows),
        note=_note(draws, any(row.cut for row in (_range(row, facts, cut) for row in shown))),
        rows=tuple(_range(row, facts, cut) for row in shown),
        left_out=_left_out(len(rows)),
    )


def _holds(row: Mapping[str, Any]) -> bool:
    return bool(row["builds"] == row["scenarios"])


def _cut(rows: Sequence[Mapping[str, Any]], facts: Facts) -> str | None:
    """The theme under which the published build threshold runs; None where it parts nothing."""
    above = [row for row in rows if (facts.by_id[row["theme_id"]].composite or 0) >= facts.model.reading.build_at]
    return above[-1]["theme_id"] if above and len(above) < len(rows) else None


def _range(row: Mapping[str, Any], facts: Facts, cut: str | None) -> RankRange:
    theme: Theme = facts.by_id[row["theme_id"]]
    return RankRange(
        theme=theme.ref,
        start=theme.start,
        rank=row["rank"],
        lowest=row["lowest"],
        highest=row["highest"],
        scenarios=row["scenarios"],
        builds=row["builds"],
        drawn_low=row["bootstrap_low"],
        drawn_high=row["bootstrap_high"],
        drawn_builds=row["bootstrap_builds"],
        draws=row["bootstraps"],
        places=_span(row["lowest"], row["highest"]),
        built=f"{row['builds']} of {row['scenarios']}",
        drawn=_span(row["bootstrap_low"], row["bootstrap_high"]),
        cut=row["theme_id"] == cut,
    )


def _span(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return "–"
    return f"{low}" if low == high else f"{low}–{high}"


def _heading(rows: Sequence[Mapping[str, Any]], built: Sequence[Mapping[str, Any]], hang: int) -> str:
    if not rows:
        return "No theme is ranked, so there is no order to shake"
    of = max(row["scenarios"] for row in rows)
    if not built:
        would = sum(row["builds"] > 0 for row in rows)
        others = (
            f"{number(would)} would in at least one of {of} scenarios" if would else f"nor in any of {of} scenarios"
        )
        return f"No theme starts as build; {others}" if would else f"No theme starts as build, {others}"
    said = builds_hold(built)
    return fitting(HEADING_WORDS, f"{capital(said)}; {hang_said(hang, len(built))}", capital(said))


def builds_hold(built: Sequence[Mapping[str, Any]]) -> str:
    """How many of the builds start as build whatever is shaken."""
    of, held = len(built), sum(_holds(row) for row in built)
    if of == 1:
        some = f"{built[0]['builds']} of {built[0]['scenarios']} scenarios"
        return f"the one build holds in {'every scenario' if held else some}"
    if held == of:
        return f"{'both' if of == 2 else f'all {number(of)}'} builds hold in every scenario"
    return f"{number(held) if held else 'none'} of {number(of)} builds {verb(held, 'holds', 'hold')} in every scenario"


def firm_builds(facts: Facts) -> tuple[str, str] | None:
    """The two halves of the sentence for the bottom line; None where nothing was shaken or nothing starts as build."""
    built = [row for row in facts.run.rows(FRAME) if row["start"] == Start.BUILD and row["theme_id"] in facts.by_id]
    return (builds_hold(built), hang_said(hanging(facts), len(built))) if built else None


def _shaken(facts: Facts, draws: int) -> str:
    """What was shaken and by how much, in one sentence, and how often chance was let in, in another."""
    families = {row["scenario"]: row["family"] for row in facts.run.rows(SCENARIOS) if row["scenario"] != _PUBLISHED}
    changed = [words for known, words in _SHAKEN if not set(families.values()).isdisjoint(known)]
    said = []
    if changed:
        again = f"The quarter was scored again {tallied(len(families), 'time')}, each time with one thing changed"
        said.append(f"{again}: {_either(changed)}.")
    if draws:
        begin = "Then" if said else "The quarter was scored again"
        said.append(f"{begin} {tallied(draws, 'time')} with accounts drawn from ours by chance.")
    return " ".join(said)


def _either(items: Sequence[str]) -> str:
    """A list of which one holds each time; its parts may hold commas themselves."""
    return f"{', '.join(items[:-1])}, or {items[-1]}" if len(items) > 1 else "".join(items)


def _spread(rows: Sequence[Mapping[str, Any]], facts: Facts) -> str:
    """Whether the first place is firm, and which place is the least firm."""
    width = max(row["highest"] - row["lowest"] for row in rows)
    if not width:
        return "Every theme keeps its rank in every scenario."
    first, widest = rows[0], [row for row in rows if row["highest"] - row["lowest"] == width]
    name = facts.by_id[first["theme_id"]].short
    firm = first["lowest"] == first["highest"]
    leads = f"{name} ranks first in every scenario" if firm else f"{name}, first as published, ranks {_to(first)}"
    if widest == [first]:
        return f"{leads}, the widest range of all."
    if len(widest) > 1:
        return f"{leads}; no theme moves over more than {counted(width, 'place')}."
    return f"{leads}; {facts.by_id[widest[0]['theme_id']].short} moves most, from {_to(widest[0])}."


def _to(row: Mapping[str, Any]) -> str:
    return f"{row['lowest']} to {row['highest']}"


def _title(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    return (
        "How high and how low each theme could stand" if len(rows) > 1 else "One theme is ranked, so no place can move"
    )


def _note(draws: int, cut: bool) -> str:
    said = "Best and worst rank over the published ranking and all scenarios, and in how many it starts as build"
    said += "; drawn again: rank from the 5th to the 95th percentile" if draws else ""
    return said + (". The dashed rule is the published build threshold." if cut else ".")


def _left_out(many: int) -> str:
    if many <= _SHOWN:
        return ""
    return f"The first {_SHOWN} of {many} ranked themes; all are in the workbook, sheet Firmness."
