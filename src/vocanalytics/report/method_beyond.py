"""The rest of appendix C: rules beside the score, how the ranking was shaken, and what never entered the score."""

from __future__ import annotations

from collections.abc import Iterator

from vocanalytics.report.facts import Facts
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import counted, number, tallied, whole_percent
from vocanalytics.settings import FastPath


class Rule(Shown):
    """A rule and its values in this run."""

    name: str
    value: str
    code: bool = False


_INTENTS = {
    "neutral": "neutral: the room reads a broad theme with little revenue as it sees fit",
    "grow_smb": "grow SMB: breadth counts for a broad theme with little revenue",
    "move_upmarket": "move upmarket: revenue counts against a broad theme with little of it",
}


def session_rules(facts: Facts) -> Iterator[Rule]:
    """What makes the room decide, leadership act, or the model be set anew."""
    reading = facts.model.reading
    yield Rule(
        name="Shortlist",
        value=f"{reading.shortlist_min} to {reading.shortlist_max} themes; the rule is not stretched to reach them. "
        f"Intent {_INTENTS[reading.intent]}",
    )
    yield Rule(
        name="Recalibrate the model",
        value=f"When more than {whole_percent(reading.recalibrate_share)} of the shortlist is overridden, or overrides "
        f"were needed in {reading.recalibrate_quarters} quarters running",
    )
    yield Rule(
        name="Challenge to leadership",
        value=f"Alignment 1 in two quarters running with {facts.words.money(reading.challenge_arr)} of ARR or more "
        "behind the theme",
    )
    compliance = facts.model.compliance
    yield Rule(
        name="Words of compliance",
        value=f"Suggested for the CPO list when {whole_percent(compliance.share)} of a theme's mentions or more use one"
        f" of: {', '.join(one_line(word) for word in compliance.words) or 'no word is set'}. Only people list a theme",
    )


def triage_rules(facts: Facts) -> Iterator[Rule]:
    """What does not wait for the session, and where it goes."""
    triage, money = facts.model.triage, facts.words.money
    yield Rule(
        name="Urgent between sessions",
        value=f"A churn signal and a renewal within {triage.renewal_days} days. A referenceable account at risk goes "
        f"to {_path(triage.paths.referenceable_logo)}",
    )
    yield Rule(
        name="Competitive emergency",
        value=f"{triage.competitor_accounts} accounts of {money(triage.high_arr)} or more name one competitor within "
        f"{triage.competitor_days} days; goes to {_path(triage.paths.competitive_emergency)}",
    )


def _path(path: FastPath) -> str:
    return f"{one_line(path.path)}, {one_line(path.channel)}, answer within {tallied(path.hours, 'hour')}"


def shaken_rules(facts: Facts) -> tuple[Rule, ...]:
    """How hard the ranking was shaken, one row per kind of scenario, with the number of each in this run."""
    settings = facts.model.firmness
    many = _families(facts)
    rows = [
        ("Thresholds", "breakpoint", "Each revenue and breadth breakpoint, each day limit: a step down and a step up"),
        ("Factors", "factor", "Each renewal and churn factor and each tier weight: a step down and a step up"),
        ("Alignment", "alignment", "The score of CS wherever CS gave one; then only scores that Product gave"),
        ("Largest accounts", "largest_accounts", f"Without the {number(settings.largest_accounts)} largest accounts "
         "behind a theme: each alone, then all together"),
    ]  # fmt: skip
    said = [
        Rule(name=name, value=f"{what} ({tallied(many[family], 'scenario')})")
        for name, family, what in rows
        if family in many
    ]
    drawn = (
        f"{tallied(settings.bootstraps, 'draw')} of as many accounts as are in scope, with replacement, from seed "
        f"{settings.seed}; an account counts as often as it was drawn"
    )
    said.append(Rule(name="Accounts drawn again", value=drawn if settings.bootstraps else "Not drawn in this run"))
    said.append(
        Rule(
            name="Smallest fact",
            value="One signal a class off, then two classes off, then one account leaving, then one score a point off; "
            "among equals the account with less ARR",
        )
    )
    return tuple(said)


def shaken_note(facts: Facts) -> str:
    """What a step is, and where every scenario stands with its result."""
    step = "A step is a quarter of the value, at least one unit, at most halfway to the next threshold."
    named = sum(_families(facts).values())
    if not named:
        return f"{step} This run was not shaken."
    return f"{step} All {named} scenarios and their results are in the workbook, sheet Scenarios."


def _families(facts: Facts) -> dict[str, int]:
    named = {row["scenario"]: row["family"] for row in facts.run.rows("sensitivity") if row["scenario"] != "published"}
    families = list(named.values())
    return {family: families.count(family) for family in families}


_APART = (
    ("Heat and tone", "Angry, calm or delighted, read from the words. Customers decide by emotion; a score must not"),
    ("Number of mentions", "Section 6, beside the score. An account counts once, however often it speaks"),
    ("Channel and voice", "A survey hides the story, and a paraphrase is marked. Neither weighs more or less"),
    ("Register", "A casual remark is worth as much as a formal call"),
    ("Kind of insight", "Bug, wish, experience or price: for whoever builds, not for the rank"),
    ("NPS and usage trend", "Of whoever spoke; neither is tied to a theme"),
    ("Accounts outside the scope", "Section 6 and the Sales list. Counted and valued, not scored"),
    ("Words of compliance", "Section 4 and the CPO list. They suggest; people decide"),
    ("Nearest roadmap theme", "Workbook, sheet Roadmap suggestions. A suggestion is never an alignment score"),
    ("Scenarios and draws", "Section 6. They say how firm a place is and move none"),
)


def apart_rules() -> tuple[Rule, ...]:
    """What is shown and never scored, and why."""
    return tuple(Rule(name=name, value=value) for name, value in _APART)


def apart_note(facts: Facts) -> str:
    """Where the numbers that no section shows can be found."""
    read = len({row["theme_id"] for row in facts.run.rows("beside")})
    where = "Counts for each theme are in the workbook, sheet Beside the score"
    return f"{where}, for {counted(read, 'theme')}." if read else "This run did not read tone, register and kind."
