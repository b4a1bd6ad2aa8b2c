"""`vocanalytics codebook`: who changed the themes, when and why, and whether the log leads to the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from vocanalytics.errors import ThemeError
from vocanalytics.legible import visible
from vocanalytics.pipeline.inputs import CODEBOOK
from vocanalytics.themes import Codebook, Operation, read_codebook, replay
from vocanalytics.themes.codebook.log import log_path, read_log
from vocanalytics.themes.codebook.replaying import differences

_LONG = 60


def run_codebook(root: Path) -> None:
    """Print the log of the codebook as a table; nothing is written.

    Raises
    ------
    ThemeError
        When the file or the log cannot be read, or the log does not lead to where it says.
    """
    path = root / CODEBOOK
    log = read_log(log_path(path))
    for line in table(log):
        click.echo(line)
    click.echo(verdict(log, read_codebook(path)))


def table(log: tuple[Operation, ...]) -> Iterator[str]:
    """A line for each operation: number, instant, who, what, to what, why."""
    for line in log:
        what = f"{line.operation} {_said(line.arguments)}".strip()
        why = f"  ({visible(line.why)})" if line.why else ""
        yield f"{line.number:>4}  {line.at}  {visible(line.by)}: {what}{why}"


def verdict(log: tuple[Operation, ...], codebook: Codebook) -> str:
    """Whether the operations lead to what the file says.

    Raises
    ------
    ThemeError
        When the log does not lead to where it says itself.
    """
    if not log:
        return "There is no log yet; it begins when somebody opens the codebook in explore_themes."
    try:
        changes = len(differences(replay(Codebook(), log), codebook))
    except ThemeError as error:
        raise ThemeError(
            error.what, where=f"{CODEBOOK}, log, {error.where}", advice="Restore the log from its last copy"
        ) from None
    if changes:
        return f"The file was changed by hand since, in {changes} {'place' if changes == 1 else 'places'}."
    return "The log leads to the file."


def _said(arguments: Mapping[str, Any]) -> str:
    """What an operation was done to, without long lists."""
    parts = []
    for key, value in arguments.items():
        if isinstance(value, list):
            parts.append(f"{key}: {len(value)}")
        elif isinstance(value, dict):
            parts.append(f"{key}: {len(value.get('themes', ()))} themes")
        elif key == "sha256":
            parts.append(f"words {value[:12]}")
        else:
            text = visible(str(value))
            parts.append(f"{key} {text if len(text) <= _LONG else text[:_LONG] + '…'}")
    return ", ".join(parts)
