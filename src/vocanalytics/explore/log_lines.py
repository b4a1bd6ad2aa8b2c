"""The log of the codebook as people read it: newest first, steps of one change on one line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from vocanalytics.themes.codebook.replaying import EDIT, START, UNDO, Operation

#: How many lines the page shows.
LINES = 12

_VERBS = {
    "rename": "{theme_id} renamed to {name}",
    "describe": "{theme_id} described",
    "merge": "{theme_id} merged into {into}",
    "join": "{proposal_id} joined to {theme_id}",
    "split": "{new_id} {name} split off {theme_id}",
    "move": "{count} moved to {theme_id}",
    "pin": "{count} pinned to {theme_id}",
    "unpin": "{count} unpinned",
    "retire": "{theme_id} retired",
    "restore": "{theme_id} restored",
    "confirm": "{proposal_id} confirmed as {new_id} {name}",
    "add_exemplar": "{theme_id} has a new example",
    "remove_exemplar": "{theme_id} has an example less",
    EDIT: "the file was changed by hand",
}


def log_lines(log: Sequence[Operation], *, most: int = LINES) -> list[dict[str, Any]]:
    """The last changes: `line` (what, who, when), `why`, and whether it was taken back since (`undone`)."""
    taken_back = _taken_back(log)
    shown = [operation for operation in reversed(log) if operation.operation not in (UNDO, START)]
    folded = [list(steps) for _, steps in groupby(shown, key=lambda step: (*_alike(step), step.number in taken_back))]
    return [_line(steps, undone=steps[0].number in taken_back) for steps in folded[:most]]


def last_change(log: Sequence[Operation], steps: int | None = None) -> list[Operation]:
    """The steps of the last change that stands, newest first; `steps` says how many, if whoever made it still knows.

    A change of an earlier day is known by its log alone: steps that stand on one line of the page belong together.
    """
    taken_back = _taken_back(log)
    made = [step for step in reversed(log) if step.operation not in (UNDO, START) and step.number not in taken_back]
    return made[:steps] if steps else next((list(alike) for _, alike in groupby(made, key=_alike)), [])


def steps_said(steps: Sequence[Operation]) -> str:
    """Steps in words, the first one made first."""
    return "; ".join(reversed([_what(list(alike)) for _, alike in groupby(steps, key=_alike)]))


def _taken_back(log: Sequence[Operation]) -> set[object]:
    return {operation.arguments["of"] for operation in log if operation.operation == UNDO}


def _alike(operation: Operation) -> tuple[object, ...]:
    """Equal for steps of one change: verbatims that went to the same place, by the same person, at the same time."""
    if operation.operation not in ("move", "pin", "unpin"):
        return (operation.number,)
    return operation.operation, operation.arguments.get("theme_id"), operation.by, operation.at[:16], operation.why


def _line(steps: Sequence[Operation], *, undone: bool) -> dict[str, Any]:
    last = steps[0]
    return {
        "line": f"{_what(steps)} · {last.by}, {last.at[:16].replace('T', ' ')} UTC",
        "why": last.why,
        "undone": undone,
        "can_undo": last.operation != EDIT,
    }


def _what(steps: Sequence[Operation]) -> str:
    last = steps[0]
    given = {key: value if value is not None else "no theme" for key, value in last.arguments.items()}
    count = "1 verbatim" if len(steps) == 1 else f"{len(steps)} verbatims"
    return _VERBS.get(last.operation, last.operation).format_map({"count": count, **given})
