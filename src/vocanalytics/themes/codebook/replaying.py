"""From the log of operations to the codebook that they lead to, and from two codebooks to what a hand changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.book import Codebook, CodebookTheme, Pin
from vocanalytics.themes.codebook.operations import OPERATIONS

START, EDIT, UNDO = "start", "edit", "undo"


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the log: who did what to the codebook, when and why.

    Attributes
    ----------
    number
        Counts from 1.
    at, by, why
        The instant (UTC, seconds), the person, the reason they gave.
    operation
        `start`, `edit` (a hand changed the file), `undo`, or one of `OPERATIONS`.
    arguments
        What it was done to.
    before, after
        Content hashes of the codebook.
    """

    number: int
    at: str
    by: str
    why: str
    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a log leads.

    Attributes
    ----------
    codebook
        As it stands after the last operation.
    standing
        Operations that can be taken back, oldest first, each with the codebook before it.
    theme_ids
        Every id that a theme ever had, also of themes that are gone.
    """

    codebook: Codebook
    standing: tuple[tuple[Operation, Codebook], ...]
    theme_ids: frozenset[str]


def content_sha256(codebook: Codebook) -> str:
    """A hash of what a codebook says, whatever its comments and layout."""
    return hashlib.sha256(
        json.dumps(plain(codebook), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    ).hexdigest()


def plain(held: Codebook | CodebookTheme | Pin) -> dict[str, Any]:
    """Only what is said, in the types of JSON; what is not said has its default."""
    content: dict[str, Any] = held.model_dump(mode="json", exclude_defaults=True)
    return content | {"theme_id": held.theme_id} if isinstance(held, Pin) else content


def replay(base: Codebook, operations: Iterable[Operation]) -> Codebook:
    """The codebook that the operations lead to; the same operations always lead to the same one.

    Raises
    ------
    ThemeError
        When an operation cannot be done, or does not lead to the hash that it was logged with.
    """
    return retrace(base, operations).codebook


def retrace(base: Codebook, operations: Iterable[Operation]) -> Replayed:
    """As `replay`, with what can be taken back and every id ever given."""
    log = tuple(operations)
    replayed = _retrace(base, log)
    if log and content_sha256(replayed.codebook) != log[-1].after:
        first = next(last for last in range(1, len(log) + 1) if not _leads(base, log[:last]))
        raise ThemeError("the operation does not lead to what it led to", where=f"number {first}")
    return replayed


def _leads(base: Codebook, log: Sequence[Operation]) -> bool:
    return content_sha256(_retrace(base, log).codebook) == log[-1].after


def _retrace(base: Codebook, log: Iterable[Operation]) -> Replayed:
    replayed = Replayed(base, (), frozenset(theme.theme_id for theme in base.themes))
    for operation in log:
        replayed = advance(replayed, operation)
    return replayed


def advance(replayed: Replayed, operation: Operation) -> Replayed:
    """Where the next operation leads."""
    codebook, standing = replayed.codebook, replayed.standing
    if operation.operation != UNDO:
        after = _done(codebook, operation)
        ids = replayed.theme_ids | {theme.theme_id for theme in after.themes}
        return Replayed(after, (*standing, (operation, codebook)), ids)
    if not standing or standing[-1][0].number != operation.arguments.get("of"):
        raise ThemeError("only the last operation can be taken back", where=f"number {operation.number}")
    return Replayed(standing[-1][1], standing[:-1], replayed.theme_ids)


def _done(codebook: Codebook, operation: Operation) -> Codebook:
    if operation.operation == START:
        return Codebook.model_validate(operation.arguments["codebook"])
    if operation.operation == EDIT:
        return edited(codebook, operation.arguments["changes"])
    if operation.operation not in OPERATIONS:
        raise ThemeError("not an operation", where=f"number {operation.number}", found=operation.operation)
    return OPERATIONS[operation.operation](codebook, **operation.arguments)


def differences(before: Codebook, after: Codebook) -> list[dict[str, Any]]:
    """What a hand changed, in the types of JSON: keys of themes, themes added and removed, their order, the pins."""
    old = {theme.theme_id: theme for theme in before.themes}
    new = {theme.theme_id: theme for theme in after.themes}
    changes: list[dict[str, Any]] = [{"theme_id": gone, "removed": True} for gone in old if gone not in new]
    for theme_id, theme in new.items():
        if theme_id in old:
            changes += _keys_changed(old[theme_id], theme)
        else:
            changes.append({"theme_id": theme_id, "added": plain(theme)})
    order = [theme_id for theme_id in old if theme_id in new] + [theme_id for theme_id in new if theme_id not in old]
    if order != list(new):
        changes.append({"order": list(new)})
    if before.pins != after.pins:
        changes.append({"pins": [plain(pin) for pin in after.pins]})
    return changes


def _keys_changed(old: CodebookTheme, new: CodebookTheme) -> list[dict[str, Any]]:
    before, after = old.model_dump(mode="json"), plain(new)
    defaults = new.model_dump(mode="json")
    return [
        {"theme_id": new.theme_id, "key": key, "value": after.get(key, defaults[key])}
        for key in defaults
        if defaults[key] != before[key]
    ]


def edited(codebook: Codebook, changes: Sequence[Mapping[str, Any]]) -> Codebook:
    """The codebook after what a hand changed, as `differences` found it."""
    themes = {theme.theme_id: plain(theme) for theme in codebook.themes}
    pins = [plain(pin) for pin in codebook.pins]
    for change in changes:
        match change:
            case {"removed": True, "theme_id": theme_id}:
                del themes[theme_id]
            case {"added": entry, "theme_id": theme_id}:
                themes[theme_id] = entry
            case {"key": key, "value": value, "theme_id": theme_id}:
                themes[theme_id] = themes[theme_id] | {key: value}
            case {"order": order}:
                themes = {theme_id: themes[theme_id] for theme_id in order}
            case {"pins": held}:
                pins = held
    return Codebook.model_validate({"themes": list(themes.values()), "pins": pins})
