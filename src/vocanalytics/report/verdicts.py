"""The words for what became of a decision, and the one sentence that answers whether the promises were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, number, verb
from vocanalytics.vocabulary import Decision

KEPT, IN_PROGRESS, SLIPPED, DROPPED, UNREPORTED = "kept", "in_progress", "slipped", "dropped", "unreported"
WAITING, DUE, RETURNED, QUIET, UNDECIDED = "waiting", "due", "returned", "quiet", "undecided"

VERDICTS = {
    KEPT: "Shipped",
    IN_PROGRESS: "In progress",
    SLIPPED: "Slipped",
    DROPPED: "Dropped",
    UNREPORTED: "Not reported",
    WAITING: "Waiting",
    DUE: "Due now",
    RETURNED: "Returned",
    QUIET: "Quiet",
    UNDECIDED: "Undecided",
}
GOOD = (KEPT,)
LATE = (SLIPPED, DROPPED, UNREPORTED, DUE, UNDECIDED)


def headline(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether the promised builds shipped and what came back, in a heading; nothing where nothing was decided."""
    if not rows:
        return ""
    parts = [said for said in (_builds(rows), _returns(rows)) if said]
    short = [said for said in (_builds(rows, short=True), _returns(rows)) if said]
    none = f"{counted(len(rows), 'theme')} {verb(len(rows), 'was', 'were')} left undecided"
    candidates = ["; ".join(parts), "; ".join(short), *parts] if parts else [none]
    return fitting(HEADING_WORDS, *(capital(said) for said in candidates))


def _builds(rows: Sequence[Mapping[str, Any]], *, short: bool = False) -> str:
    """How many of the promised builds shipped, and what became of the others: the bad news before the pending."""
    built = [row["verdict"] for row in rows if is_build(row)]
    if not built:
        return ""
    shipped, of = built.count(KEPT), len(built)
    if of == 1:
        return f"the one build {_ONE[built[0]]}"
    if shipped == of:
        return f"{'both' if of == 2 else f'all {number(of)}'} builds shipped"
    some = f"{number(shipped) if shipped else 'none'} of {number(of)} builds"
    others = [(built.count(verdict), forms) for verdict, forms in _OTHERS.items()]
    told = [f"{number(many)} {verb(many, *forms)}" for many, forms in others if many]
    return ", ".join([f"{some} shipped", *(told[:1] if short else told)])


_ONE = {
    KEPT: "shipped",
    SLIPPED: "slipped",
    DROPPED: "was dropped",
    IN_PROGRESS: "is in progress",
    UNREPORTED: "has no report",
}
_OTHERS = {
    SLIPPED: ("slipped", "slipped"),
    DROPPED: ("was dropped", "were dropped"),
    UNREPORTED: ("has no report", "have no report"),
}


def _returns(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many themes that the session turned down came back, with more ARR where that is known."""
    turned_down = [row for row in rows if row["status"] in _TURNED_DOWN]
    if not turned_down:
        return ""
    more = [row for row in turned_down if row["returned_with_more"]]
    if more:
        return f"{counted(len(more), f'{_how(more)} theme')} came back with more ARR"
    if any(row["returned_with_more"] is None for row in turned_down):
        heard = sum(row["heard"] for row in turned_down)
        still = number(heard) if heard else "none"
        return f"customers still ask for {still} of {counted(len(turned_down), f'{_how(turned_down)} theme')}"
    return f"no {_how(turned_down)} theme came back with more ARR"


_TURNED_DOWN = {Decision.DECLINE.value: "declined", Decision.DEFER.value: "deferred"}


def _how(rows: Sequence[Mapping[str, Any]]) -> str:
    return " or ".join(name for kind, name in _TURNED_DOWN.items() if any(row["status"] == kind for row in rows))


def is_build(row: Mapping[str, Any]) -> bool:
    """Whether a decision promised something."""
    return bool(row["status"] == Decision.BUILD)
