"""The log beside the codebook: a line for each operation, only ever added to."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.replaying import Operation

_FIELDS = ("number", "at", "by", "why", "operation", "before", "after")


def log_path(codebook: Path) -> Path:
    """Where the log of a codebook stands: `codebook.log.jsonl` beside `codebook.yml`."""
    real = behind(codebook)
    return real.with_name(f"{real.stem}.log.jsonl")


def behind(path: Path) -> Path:
    """The file itself where a link stands for it, so that what lies beside it is the same for everybody."""
    return path.resolve() if path.is_symlink() else path


def read_log(path: Path) -> tuple[Operation, ...]:
    """Every operation, oldest first; a last line that was cut short by a crash does not count.

    Raises
    ------
    ThemeError
        When a line is not an operation, or the numbers do not count up.
    """
    return tuple(_operation(path, number, line) for number, line in enumerate(whole_lines(path), start=1))


def whole_lines(path: Path) -> list[bytes]:
    """The lines that were written to their end."""
    content = path.read_bytes() if path.is_file() else b""
    return content.split(b"\n")[:-1]


def append(path: Path, operation: Operation) -> None:
    """Add one line, and have it on the disk before returning; a line that a crash cut short goes first."""
    said = json.dumps(_content(operation), ensure_ascii=False, allow_nan=False)
    append_line(path, said.encode("utf-8", "backslashreplace"))  # half of a pair of signs is written as JSON writes it


def append_line(path: Path, line: bytes) -> None:
    """As `append`, whatever the line says."""
    whole = sum(len(held) + 1 for held in whole_lines(path))
    with path.open("r+b" if path.exists() else "w+b") as stream:
        stream.truncate(whole)
        stream.seek(whole)
        stream.write(line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _content(operation: Operation) -> dict[str, Any]:
    held = asdict(operation)
    first = {name: held[name] for name in _FIELDS[:5]}
    return first | dict(operation.arguments) | {name: held[name] for name in _FIELDS[5:]}


def _operation(path: Path, number: int, line: bytes) -> Operation:
    where = f"{path}, line {number}"
    try:
        content = json.loads(line)
        fields = {name: content.pop(name) for name in _FIELDS}
    except (ValueError, KeyError, AttributeError, TypeError):
        found = line[:60].decode("utf-8", "replace")
        raise ThemeError(
            "not an operation", where=where, found=repr(found), advice="Restore the log from its last copy"
        ) from None
    if fields["number"] != number:
        raise ThemeError("the numbers of the log do not count up", where=where, found=str(fields["number"]))
    return Operation(**fields, arguments=content)
