"""Breakpoints into `model.yml`: eight numbers and a dated comment change, every other byte stays."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import ValidationError

from vocanalytics.errors import SettingsError
from vocanalytics.settings.model import Model, read_model

_SECTIONS = ("revenue", "breadth")


def write_breakpoints(
    path: Path, seen: bytes, revenue: Sequence[Decimal], breadth: Sequence[int], *, day: dt.date, source: str
) -> bool:
    """Write accepted breakpoints into the model, so that the next run uses them and a reader sees where they came from.

    Only the eight numbers are put in place of the old ones; a comment line with day, source and the numbers before is
    added above each list that changes. Everything else stays byte for byte.

    Parameters
    ----------
    path
        The model file; written whole or not at all.
    seen
        What the file held when the numbers were shown to a person.
    revenue, breadth
        Four rising breakpoints each, in dollars and in weighted accounts.
    day
        The day of acceptance.
    source
        Which run and accounts the numbers were read from.

    Returns
    -------
    bool
        False when the file holds these numbers already; then nothing is written.

    Raises
    ------
    SettingsError
        When the file changed since it was seen, a key is not found, or the result would not hold exactly these
        numbers and all else as it was.
    """
    path = path.resolve()
    _unchanged(path, seen)
    model = read_model(path)
    wanted = _with_breakpoints(model, revenue, breadth)
    text = seen.decode("utf-8")
    for section in _SECTIONS:
        before, after = _numbers(model, section), _numbers(wanted, section)
        if before != after:
            said = f"# {day.isoformat()}: set from {' '.join(source.split())}; before: {', '.join(before)}"
            text = _put(text, _nodes(path, text, section), after, said)
    if wanted == model:
        return False
    _replace(path, seen, text, wanted)
    return True


def _unchanged(path: Path, seen: bytes) -> None:
    if path.read_bytes() != seen:
        raise SettingsError(
            "the file changed while the proposal was made",
            where=str(path),
            advice="Nothing was written; look at the proposal again",
        )


def _with_breakpoints(model: Model, revenue: Sequence[Decimal], breadth: Sequence[int]) -> Model:
    """What the file must hold afterwards."""
    content = model.model_dump()
    content["revenue"]["breakpoints"], content["breadth"]["breakpoints"] = tuple(revenue), tuple(breadth)
    try:
        return Model.model_validate(content)
    except ValidationError as error:
        detail = error.errors()[0]
        raise SettingsError(
            f"these breakpoints cannot stand in a model: {detail['msg'].removeprefix('Value error, ')}",
            where=".".join(map(str, detail["loc"])),
            found=str(detail["input"])[:80],
            advice="Nothing was written",
        ) from None


def _numbers(model: Model, section: str) -> list[str]:
    points: Sequence[Decimal | int] = getattr(model, section).breakpoints
    return [f"{Decimal(point).normalize():f}" for point in points]


def _nodes(path: Path, text: str, section: str) -> list[yaml.Node]:
    """The key `breakpoints` of a section and its numbers, with the places at which they stand in the text."""
    _, inside = _pair(yaml.compose(text, Loader=yaml.SafeLoader), section)
    key, listed = _pair(inside, "breakpoints")
    if key is None or not isinstance(listed, yaml.SequenceNode):
        raise SettingsError(
            "the key is not found", where=f"{path}, {section}.breakpoints", advice="Nothing was written"
        )
    return [key, *listed.value]


def _pair(node: yaml.Node | None, key: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((name, value) for name, value in pairs if name.value == key), (None, None))


def _put(text: str, nodes: list[yaml.Node], numbers: list[str], said: str) -> str:
    """The text with other numbers in the places of the old ones, and a comment line of its own above the key."""
    key, *items = nodes
    # From the end, so that what is still to be replaced does not move.
    for item, number in reversed(list(zip(items, numbers, strict=True))):
        text = text[: item.start_mark.index] + number + text[item.end_mark.index :]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    line = text[start:]
    indent = line[: len(line) - len(line.lstrip(" "))]
    newline = "\r\n" if "\r\n" in text else "\n"
    return f"{text[:start]}{indent}{said}{newline}{line}"


def _replace(path: Path, seen: bytes, text: str, wanted: Model) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        if _read_back(partial) != wanted:
            raise SettingsError(
                "the numbers cannot be put into this file without changing more",
                where=str(path),
                advice="Nothing was written; write the breakpoints in by hand",
            )
        shutil.copymode(path, partial)
        _unchanged(path, seen)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _read_back(partial: Path) -> Model | None:
    try:
        return read_model(partial)
    except SettingsError:
        return None
