"""What naming leaves on disk, below `data/curated/naming`: the payload as shown, the consent, and the answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.log import append_line, whole_lines
from vocanalytics.themes.naming.names import Answer, Payload, consent_digest, fit_name

if TYPE_CHECKING:
    from vocanalytics.settings.model import NamingSettings

FOLDER = "naming"
PAYLOAD_FILE, CONSENT_FILE, ANSWERS_FILE = "payload.json", "consent.json", "answers.jsonl"


class _Line(BaseModel):
    """An answer as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payload_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    theme_id: str
    name: str
    exemplars_said: tuple[str, ...]
    model: str
    url: str
    at: str
    answer: str


def naming_folder(curated: Path) -> Path:
    """Where naming keeps its files."""
    return curated / FOLDER


def write_payload(curated: Path, settings: NamingSettings, asked: Sequence[Payload]) -> Path:
    """Write what would be sent, to the letter, for a person to read before saying yes."""
    content = {
        "url": settings.url,
        "requests": [{"theme_id": payload.theme_id, "body": payload.body} for payload in asked],
    }
    return _write(naming_folder(curated) / PAYLOAD_FILE, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def has_consent(curated: Path, settings: NamingSettings) -> bool:
    """Whether a person agreed to this address, this model and these instructions; anything else is no consent."""
    try:
        content = json.loads((naming_folder(curated) / CONSENT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("agreed_to_sha256") == consent_digest(settings)


def write_consent(curated: Path, settings: NamingSettings, *, at: str) -> Path:
    """Keep that a person agreed, to what, and when."""
    content = {"agreed_to_sha256": consent_digest(settings), "url": settings.url, "model": settings.model, "at": at}
    return _write(naming_folder(curated) / CONSENT_FILE, json.dumps(content, indent=2, sort_keys=True) + "\n")


def add_answer(curated: Path, settings: NamingSettings, payload: Payload, *, name: str, answer: str, at: str) -> None:
    """Keep an answer beside the earlier ones, on the disk before this returns."""
    line = _Line(
        payload_sha256=payload.sha256,
        theme_id=payload.theme_id,
        name=name,
        exemplars_said=tuple(payload.exemplars),
        model=settings.model,
        url=settings.url,
        at=at,
        answer=answer,
    )
    path = naming_folder(curated) / ANSWERS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    append_line(path, line.model_dump_json().encode())


def read_answers(curated: Path) -> dict[str, Answer]:
    """Answers on record by the hash of their payload, the latest of several; none where there is no file.

    A last line that was cut short by a crash does not count, and goes when the next one comes.

    Raises
    ------
    ThemeError
        When a line is not an answer, or a name in it is not fit to be one; the file is data from outside, so a run
        checks it again.
    """
    path = naming_folder(curated) / ANSWERS_FILE
    if not path.is_file():
        return {}
    try:
        lines = [line.decode() for line in whole_lines(path)]
    except UnicodeDecodeError as error:
        raise ThemeError("the answers are not UTF-8", where=str(path), advice=_ANEW) from error
    kept = (_read_line(path, number, line) for number, line in enumerate(lines, start=1) if line.strip())
    return {line.payload_sha256: Answer(line.payload_sha256, line.name, line.model) for line in kept}


_ANEW = "Remove the line, or the file, and run make naming again"


def _read_line(path: Path, number: int, text: str) -> _Line:
    where = f"{path}, line {number}"
    try:
        line = _Line.model_validate_json(text)
        fit_name(line.name, line.exemplars_said)
    except ValidationError as error:
        raise ThemeError("not an answer", where=where, found=ascii(text[:60]), advice=_ANEW) from error
    except ThemeError as error:
        raise ThemeError(error.what, where=where, found=error.found, advice=_ANEW) from error
    return line


def _write(path: Path, text: str) -> Path:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
    return path


def unanswered(asked: Iterable[Payload], answers: dict[str, Answer]) -> list[Payload]:
    """The payloads that nobody has answered yet: an answered one is never sent again."""
    return [payload for payload in asked if payload.sha256 not in answers]
