"""Section 2: the scored matrix, with the rule that gives each theme its starting position."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.facts import Facts, Theme
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, joined, number, verb
from vocanalytics.vocabulary import Flag, Start

FLAG_NAMES = {
    Flag.DISPUTED: "disputed score",
    Flag.PRELIMINARY: "preliminary alignment",
    Flag.TRADE_OFF_REVENUE: "trade-off: revenue against alignment",
    Flag.TRADE_OFF_BREADTH: "trade-off: breadth against revenue",
    Flag.CHALLENGE: "challenge to leadership",
    Flag.BASELINE_ENTERPRISE: f"baseline: {TIER_NAMES['enterprise']}",
    Flag.BASELINE_MID_MARKET: f"baseline: {TIER_NAMES['mid_market']}",
    Flag.BASELINE_SMB: f"baseline: {TIER_NAMES['smb']}",
    Flag.ISOLATED: "one account only",
    Flag.OUT_OF_SCOPE: "asked for only outside the scope",
    Flag.EMERGING: "new this quarter",
    Flag.UNSCORED: "",
    Flag.OVERRIDE_LOGO: "override: referenceable logo",
    Flag.OVERRIDE_COMPLIANCE: "override: compliance",
    Flag.OVERRIDE_COMPETITIVE: "override: competitive emergency",
    Flag.OVERRIDE_NOT_APPLIED: "override not applied",
}

#: How themes stand that have no rank, as the score step sorts them; level ones by weighted revenue.
UNRANKED_ORDER = "revenue and breadth score"

#: More themes than this with the same composite are counted in the heading instead of named.
_NAMED = 2


class MatrixRow(Shown):
    """One theme of the matrix; `cut` draws a threshold under it, `moved` is what the last column says."""

    theme: Theme
    flags: str
    starred: bool
    cut: bool
    moved: str
    moved_aloud: str
    moved_by: int


class Legend(Shown):
    """One starting position and its rule."""

    start: Start
    name: str
    rule: str


class Ranking(Shown):
    """The section's heading, rows and rule."""

    heading: Heading
    caption: str
    rows: tuple[MatrixRow, ...]
    apart: tuple[MatrixRow, ...]
    apart_heading: str
    apart_note: str
    legend: tuple[Legend, ...]
    since: str | None
    notes: tuple[str, ...]


def ranking(facts: Facts) -> Ranking:
    """The matrix in rank order, and apart from it what has no rank."""
    ranked = facts.ranked
    apart = tuple(theme for theme in facts.themes if theme.rank is None)
    cuts = _cuts(facts)
    return Ranking(
        heading=_heading(facts),
        caption=_caption(facts),
        rows=tuple(_row(theme, facts, cut=theme.theme_id in cuts) for theme in ranked),
        apart=tuple(_row(theme, facts, cut=False) for theme in apart),
        apart_heading=_apart_heading(facts),
        apart_note=_apart_note(facts),
        legend=_legend(facts),
        since=f"Since Q{facts.run.quarter.previous.number}" if facts.run.previous is not None else None,
        notes=_notes(facts),
    )


def _heading(facts: Facts) -> str:
    if not facts.ranked:
        many = capital(counted(len(facts.themes), "theme"))
        return f"{many} in order of {UNRANKED_ORDER}; none is ranked" if facts.themes else "There is no theme to rank"
    groups = [list(group) for _, group in groupby(facts.ranked, key=lambda theme: theme.composite)]
    first, second, third = (*groups[:3], [], [])[:3]
    leads = f"{_named(first)} {verb(len(first), 'leads', 'lead')} with {first[0].composite} of 15"
    follow = f"{_named(second)} {verb(len(second), 'follows', 'follow')} at {second[0].composite}" if second else ""
    if len(first) == len(second) == len(third) == 1:
        scores = f"{second[0].composite} and {third[0].composite}"
        follow = f"{second[0].short} and {third[0].short} follow at {scores}"
    plain = (
        f"{capital(counted(len(first), 'theme'))} {verb(len(first), 'leads', 'lead')} with {first[0].composite} of 15"
    )
    many = (
        f"{counted(len(second), 'theme')} {verb(len(second), 'follows', 'follow')} at {second[0].composite}"
        if second
        else ""
    )
    both = [f"{leads}; {said}" for said in (follow, many) if said]
    return fitting(HEADING_WORDS, *(capital(said) for said in (*both, leads, plain)))


def _named(themes: list[Theme]) -> str:
    return joined([theme.short for theme in themes]) if len(themes) <= _NAMED else counted(len(themes), "theme")


def _caption(facts: Facts) -> str:
    return (
        "Each score runs from 1 to 5; darker is higher. Composite is their sum; revenue score, then weighted revenue, "
        "breaks ties. One account can stand behind several themes, so columns do not add up. "
        f"{facts.words.sign}K. Weighted revenue ranks; it is not money that could be lost."
    )


def _cuts(facts: Facts) -> set[str]:
    """Under which themes the build and the defer thresholds run; none where a threshold parts nothing."""
    cuts = set()
    for threshold in (facts.model.reading.build_at, facts.model.reading.defer_at):
        above = [theme for theme in facts.ranked if (theme.composite or 0) >= threshold]
        if above and len(above) < len(facts.ranked):
            cuts.add(above[-1].theme_id)
    return cuts


def _row(theme: Theme, facts: Facts, *, cut: bool) -> MatrixRow:
    moved, aloud, by = _moved(theme, facts)
    return MatrixRow(
        theme=theme,
        flags=flags_line(theme, facts),
        starred=theme.has(Flag.DISPUTED),
        cut=cut,
        moved=moved,
        moved_aloud=aloud,
        moved_by=by,
    )


def flags_line(theme: Theme, facts: Facts, *, but: frozenset[Flag] = frozenset()) -> str:
    """The flags of a theme in one line; what another column or sentence (`but`) says already is left out."""
    hidden = {Flag.UNSCORED} | but | ({Flag.EMERGING} if facts.run.previous is not None else set())
    known = [(flag, name) for flag, name in FLAG_NAMES.items() if theme.has(flag) and flag not in hidden]
    return capital(", ".join(name for _, name in known))


def _moved(theme: Theme, facts: Facts) -> tuple[str, str, int]:
    if facts.run.previous is None:
        return "", "", 0
    if not theme.in_previous:
        came_back = theme.theme_id in facts.returning
        return ("back", "back after a pause", 1000) if came_back else ("new", "new this quarter", 1000)
    if theme.rank is None or theme.previous_rank is None:
        return "–", "not ranked in both quarters", 0
    by = theme.previous_rank - theme.rank
    if by == 0:
        return "=", "no change", 0
    return (f"▲ {by}", f"up {by}", by) if by > 0 else (f"▼ {-by}", f"down {-by}", by)


def _apart_heading(facts: Facts) -> str:
    unscored, escalated = len(facts.starting(Start.UNSCORED)), len(facts.starting(Start.ESCALATE))
    said = (
        [f"{counted(unscored, 'theme')} {verb(unscored, 'waits', 'wait')} for an alignment score"] if unscored else []
    )
    said += [f"{counted(escalated, 'theme')} {verb(escalated, 'goes', 'go')} to the CPO list"] if escalated else []
    return capital("; ".join(said))


def _apart_note(facts: Facts) -> str:
    listed = {theme.start is Start.ESCALATE for theme in facts.themes if theme.rank is None}
    first = "the CPO list first, then " if listed == {True, False} else ""
    said = f"Without a rank: {first}in order of {UNRANKED_ORDER} added, then weighted revenue."
    if facts.starting(Start.UNSCORED):
        said += " There is no default for an alignment: Product scores it, with a reason, or the theme stays here."
    if facts.starting(Start.ESCALATE):
        said += " Compliance is a threshold, not a request, so it leaves the ranking."
    return f"{said} {facts.words.sign}K."


def _legend(facts: Facts) -> tuple[Legend, ...]:
    build_at, defer_at = facts.model.reading.build_at, facts.model.reading.defer_at
    quarter = facts.run.quarter
    span = f"{defer_at} to {build_at - 1}" if defer_at < build_at - 1 else f"{defer_at}"
    rules = [
        (Start.BUILD, f"Composite {build_at} or more, or an approved override."),
        (Start.SETTLE, f"Under {build_at}, with a disputed score, a trade-off or a baseline flag."),
        (Start.DEFER, f"Composite {span}, nothing open. Looked at again for {quarter.next.next.label}."),
        (Start.DECLINE, f"Composite under {defer_at}, nothing open."),
    ]
    if defer_at == build_at:
        rules.pop(2)
    if facts.starting(Start.ESCALATE):
        rules.append((Start.ESCALATE, "Approved compliance override: off the ranking, onto the CPO list."))
    if facts.starting(Start.UNSCORED):
        rules.append((Start.UNSCORED, "No alignment score yet: shown, not ranked."))
    return tuple(Legend(start=start, name=start.value.capitalize(), rule=rule) for start, rule in rules)


def _notes(facts: Facts) -> tuple[str, ...]:
    return tuple(note for note in (_disputed(facts), _preliminary(facts), _recalibrate(facts)) if note)


def _disputed(facts: Facts) -> str:
    if not facts.flagged(Flag.DISPUTED):
        return ""
    points = counted(facts.model.alignment.dispute_difference, "point")
    return f"* CS and Product differ by {points} or more; the Product score is shown until the room settles it."


def _preliminary(facts: Facts) -> str:
    many = len(facts.flagged(Flag.PRELIMINARY))
    if not many:
        return ""
    stand, them = verb(many, "stands", "stand"), verb(many, "it", "them")
    themes = capital(counted(many, "theme"))
    return f"{themes} {stand} on a preliminary alignment by CS Ops: Product has not scored {them}."


def _recalibrate(facts: Facts) -> str:
    build, share = facts.starting(Start.BUILD), facts.model.reading.recalibrate_share
    moved = [theme for theme in build if theme.has(Flag.OVERRIDE_LOGO, Flag.OVERRIDE_COMPETITIVE)]
    if not moved or Decimal(len(moved)) <= share * len(build):
        return ""
    some = f"{capital(number(len(moved)))} of {counted(len(build), 'build')}"
    rest = f"{some} {verb(len(moved), 'has', 'have')} an approved override"
    return f"{rest}, more than {(share * 100).normalize():f}%: recalibrate the model."
