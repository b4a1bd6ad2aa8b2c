"""Appendix C: the rules as this run used them, what went in, and how to find the run again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vocanalytics import __version__
from vocanalytics.report.accuracy import accuracy_rules
from vocanalytics.report.facts import Facts
from vocanalytics.report.languages import language_rules
from vocanalytics.report.method_beyond import (
    Rule,
    apart_note,
    apart_rules,
    session_rules,
    shaken_note,
    shaken_rules,
    triage_rules,
)
from vocanalytics.report.run import Receipt
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import full_day, joined, plain_number, tallied, verb, whole_percent
from vocanalytics.settings import config_sha256


class Method(Shown):
    """Rules, inputs and run record."""

    rules: tuple[Rule, ...]
    shaken: tuple[Rule, ...]
    shaken_note: str
    apart: tuple[Rule, ...]
    apart_note: str
    inputs: tuple[Receipt, ...]


def method(facts: Facts) -> Method:
    """What CS Ops needs to compute a number again by hand."""
    return Method(
        rules=(
            *_revenue(facts),
            *_other_dimensions(facts),
            *_reading(facts),
            *session_rules(facts),
            *triage_rules(facts),
            *language_rules(facts),
            *accuracy_rules(facts),
            *_record(facts),
        ),
        shaken=shaken_rules(facts),
        shaken_note=shaken_note(facts),
        apart=apart_rules(),
        apart_note=apart_note(facts),
        inputs=tuple(
            receipt.model_copy(update={"path": one_line(receipt.path), "table": one_line(receipt.table)})
            for receipt in facts.run.receipts
        ),
    )


def _revenue(facts: Facts) -> Iterator[Rule]:
    revenue, money = facts.model.revenue, facts.words.money
    yield Rule(
        name="Weighted revenue",
        value="For each account behind a theme, once: ARR × renewal factor × churn factor, plus headroom ARR × "
        "dependency. Each rounded half up to the cent; the theme's revenue is the sum. It ranks; it is not money that "
        "could be lost.",
    )
    factor = revenue.renewal_factor
    yield Rule(
        name="Renewal factor",
        value=f"{plain_number(factor.near)} in fewer than {revenue.near_days} days; {plain_number(factor.middle)} in "
        f"{revenue.near_days} to {revenue.far_days} days; {plain_number(factor.far)} later; "
        f"{plain_number(factor.overdue)} overdue; {plain_number(factor.unknown)} without a date",
    )
    churn = revenue.churn_factor
    yield Rule(
        name="Churn factor",
        value=f"{plain_number(churn.explicit)} explicit; {plain_number(churn.inferred)} inferred; "
        f"{plain_number(churn.none)} none. The strongest signal stated on the theme counts; where none is stated, an "
        "account at risk counts as inferred",
    )
    yield Rule(
        name="Dependency",
        value="1 when the theme is the stated blocker of the expansion; 0.5 when it would help; else 0",
    )
    yield Rule(
        name="Signalled ARR",
        value=f"Plain ARR of accounts with an explicit or inferred signal that are overdue or renew within "
        f"{revenue.far_days} days, each once; urgent: within {revenue.near_days} days. "
        f"“Within {revenue.near_days} days” includes day {revenue.near_days}; the near band of the renewal factor is "
        f"fewer than {revenue.near_days} days",
    )
    points = [f"{score} from {money(point)}" for score, point in enumerate(revenue.breakpoints, start=2)]
    yield Rule(name="Revenue score", value=f"By weighted revenue: {joined(points)}; below that 1")


def _other_dimensions(facts: Facts) -> Iterator[Rule]:
    breadth, alignment = facts.model.breadth, facts.model.alignment
    weight = breadth.tier_weight
    points = [f"{score} from {point}" for score, point in enumerate(breadth.breakpoints, start=2)]
    yield Rule(
        name="Breadth score",
        value=f"{weight.enterprise} for each Enterprise account, {weight.mid_market} for Mid-Market, {weight.smb} for "
        f"SMB: {joined(points)}; below that 1",
    )
    yield Rule(
        name="Baseline expectation",
        value=f"More than {whole_percent(breadth.baseline_share)} of the in-scope accounts of a tier",
    )
    bands = [
        f"{_band(getattr(alignment, name))} {label}"
        for name, label in (("direct", "direct fit"), ("adjacent", "adjacent"), ("none", "no connection"))
    ]
    yield Rule(
        name="Alignment score",
        value=f"{joined(bands)}. Product's score counts; until it is given, the preliminary one of CS Ops. Apart by "
        f"{alignment.dispute_difference} or more: settled in the room, never averaged",
    )


def _band(band: tuple[int, int]) -> str:
    return f"{band[0]}" if band[0] == band[1] else f"{band[0]} to {band[1]}"


def _reading(facts: Facts) -> Iterator[Rule]:
    reading = facts.model.reading
    yield Rule(
        name="Composite and rank",
        value="Revenue, breadth and alignment added, 3 to 15; in that order, then revenue score, then weighted "
        "revenue, then theme id. Without a rank: the CPO list first; then by revenue and breadth score added, weighted "
        "revenue, theme id",
    )
    yield Rule(
        name="Starting position",
        value=f"Build from {reading.build_at} or by an approved override; settle below it with a dispute, a trade-off "
        f"or a baseline flag; defer from {reading.defer_at}; else decline",
    )
    high, low = reading.trade_off_high, reading.trade_off_low
    yield Rule(
        name="Trade-off",
        value=f"Revenue {high} or more with alignment {low} or less; breadth {high} or more with revenue {low} or less",
    )
    yield Rule(
        name="Override",
        value="Referenceable logo, compliance or competitive emergency; needs a reason, a requester, an approver and "
        "an expiry that is not past",
    )


def _record(facts: Facts) -> Iterator[Rule]:
    run = facts.run
    checks = run.validation.checks
    suites = sorted({check.suite for check in checks if check.suite})
    yield Rule(name="Counted as of", value=full_day(run.as_of))
    yield Rule(name="Run", value=run.run_id, code=True)
    yield Rule(name="Model, SHA-256", value=config_sha256(facts.model), code=True)
    yield Rule(
        name="Ledger head before this run", value=run.ledger_head or "The ledger was empty", code=bool(run.ledger_head)
    )
    if checks:
        held = sum(check.success for check in checks)
        named = (
            f" in the {verb(len(suites), 'suite', 'suites')} {joined([one_line(suite) for suite in suites])}"
            if suites
            else ""
        )
        yield Rule(name="Expectations", value=f"{held} of {tallied(len(checks), 'expectation')} hold{named}")
    if placed := _placed(run.theme_summary):
        yield Rule(name="Themes", value=placed)
    if compared := _compared(run.theme_summary):
        yield Rule(name="Encoder", value=compared)
    yield Rule(
        name="Made with",
        value=f"vocanalytics {__version__}. The same inputs, rules and code give the same run id and the same page",
    )


#: What the theme step counts, and how a sentence says it; counters that stand at zero are left out.
_PLACES = (
    ("tagged", "brought {its} theme with {them}"),
    ("joined_known", "joined a known theme"),
    ("in_new_themes", "{were} placed in a new one"),
)
_NOWHERE = (
    ("too_short", "too short"),
    ("nothing_like_it", "like nothing else"),
    ("set_aside", "set aside by people"),
)


def _placed(summary: Mapping[str, Any]) -> str:
    """Where the verbatims of the run went, as a sentence."""
    counts = {name: value for name, value in summary.items() if type(value) is int and value}
    parts = [f"{counts[name]:,} {_agreeing(said, counts[name])}" for name, said in _PLACES if name in counts]
    if none := counts.get("unclustered"):
        why = joined([f"{counts[name]:,} {said}" for name, said in _NOWHERE if name in counts])
        parts.append(f"{none:,} {verb(none, 'is', 'are')} in none" + (f": {why}" if why else ""))
    if not parts:
        return ""
    of = f"Of {tallied(counts['verbatims'], 'verbatim')}, " if "verbatims" in counts else ""
    said = f"{of}{joined(parts)}"
    if kept := counts.get("remembered"):
        said += f"; {kept:,} kept the theme that the same words had in an earlier quarter"
    if several := counts.get("in_several_themes"):
        makes = verb(several, "makes two or three requests and counts", "make two or three requests and count")
        said += f"; {several:,} {makes} once in each theme"
    return f"{said}."


def _compared(summary: Mapping[str, Any]) -> str:
    """What made verbatims comparable, with the digest of its weights where it has some; nothing if none were."""
    if not (encoder := summary.get("encoder")):
        return ""
    weights = summary.get("encoder_weights_sha256")
    made_of = f", made of {summary['encoder_model']}" if summary.get("encoder_model") else ""
    return f"{encoder}{made_of}, weights SHA-256 {weights}" if weights else f"{encoder}, which needs no weights"


def _agreeing(said: str, many: int) -> str:
    own = {"its": verb(many, "its", "their"), "them": verb(many, "it", "them"), "were": verb(many, "was", "were")}
    return said.format(**own)
