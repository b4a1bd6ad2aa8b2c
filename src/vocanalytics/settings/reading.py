"""YAML into frozen pydantic models, with one clear line for whatever is wrong in the file."""

from __future__ import annotations

import hashlib
import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from vocanalytics.errors import SettingsError


class Frozen(BaseModel):
    """A settings object: unknown keys raise, values cannot change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


Settings = TypeVar("Settings", bound=BaseModel)


class _UniqueKeys(yaml.SafeLoader):
    """Safe YAML in which a key given twice is an error instead of a silent choice."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
    if twice is not None:
        raise yaml.MarkedYAMLError(problem=f"the key {twice!r} stands twice", problem_mark=node.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, *, may_be_empty: bool = False) -> dict[str, Any]:
    """The mapping that a settings file holds.

    Raises
    ------
    SettingsError
        When the file is missing, is not YAML, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError("no such settings file", where=str(path), advice="Check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot be read: {error}", where=str(path)) from None
    try:
        content = _UniqueKeys(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SettingsError(f"not valid YAML: {error.problem}", where=f"{path}{line}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"not valid YAML: {error}", where=str(path)) from None
    if content is None and may_be_empty:
        return {}
    if not isinstance(content, dict):
        raise SettingsError("holds no settings", where=str(path), expected="keys and values")
    return content


def read_settings(path: Path, kind: type[Settings], *, may_be_empty: bool = False) -> Settings:
    """A settings file as the object it describes; the first thing wrong is named by file and key."""
    content = read_yaml(path, may_be_empty=may_be_empty)
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        # A misspelt key shows up twice, as missing and as unknown; the unknown one says more.
        details = sorted(error.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
        raise _clear(path, kind, details[0]) from None


def _clear(path: Path, kind: type[BaseModel], detail: ErrorDetails) -> SettingsError:
    keys = [str(part) for part in detail["loc"]]
    where = f"{path}, {'.'.join(keys)}" if keys else str(path)
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(keys[-1], _known_keys(kind, keys[:-1]), n=1)
        return SettingsError(
            f"unknown key {keys[-1]!r}",
            where=where,
            expected=f"{near[0]!r}" if near else f"one of {', '.join(_known_keys(kind, keys[:-1]))}",
            advice="Correct or remove the key",
        )
    if detail["type"] == "missing":
        return SettingsError("a key is missing", where=where, advice=f"Add the key {keys[-1]!r}")
    if detail["type"].startswith("date"):
        return SettingsError(
            "not a date", where=where, found=repr(detail["input"])[:80], expected="one such as 2026-10-08"
        )
    said = detail["msg"].removeprefix("Value error, ")
    return SettingsError(said[:1].lower() + said[1:], where=where, found=repr(detail["input"])[:80])


def _known_keys(kind: type[BaseModel], path: list[str]) -> list[str]:
    """The keys that may stand at a place of the settings, by walking the models towards it."""
    for key in path:
        field = kind.model_fields.get(key)
        if field is None:
            continue
        inner = [part for part in (field.annotation, *get_args(field.annotation)) if isinstance(part, type)]
        kind = next((part for part in inner if issubclass(part, BaseModel)), kind)
    return list(kind.model_fields)


def config_sha256(*settings: BaseModel) -> str:
    """Fingerprint of resolved settings: the same values give the same digits, whatever the file looked like."""
    content = [item.model_dump(mode="json") for item in settings]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
