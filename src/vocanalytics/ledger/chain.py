"""The ledger: one line per event, each line carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.places import RunId, canonical_json, sync_folder

Event = Literal["intent", "published", "superseded", "replayed_same", "replayed_different"]

#: What the first line carries as the hash of the line before it.
GENESIS = "0" * 64


class Entry(BaseModel):
    """One line of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    run_id: str
    event: Event
    manifest_sha256: str
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that this line must carry for what it says."""
        content = self.model_dump(exclude={"hash"})
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def entries(path: Path) -> list[Entry]:
    """Every line of the ledger, after checking the chain; no ledger is an empty one.

    A last line that a crash cut short carries no newline and is not an entry yet: it is left out.

    Raises
    ------
    LedgerError
        When a line is not an entry, or does not follow from the one before it.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    found: list[Entry] = []
    for number, line in enumerate(lines[:-1], start=1):
        found.append(_entry(path, number, line, found[-1] if found else None))
    return found


def _entry(path: Path, number: int, line: bytes, before: Entry | None) -> Entry:
    where = f"{path}, line {number}"
    try:
        entry = Entry.model_validate(json.loads(line))
    except (ValueError, ValidationError):
        raise LedgerError("not a ledger entry", where=where, advice="Restore the ledger from a copy") from None
    prev_hash, seq = (before.hash, before.seq + 1) if before else (GENESIS, 1)
    if (entry.seq, entry.prev_hash, entry.hash) != (seq, prev_hash, entry.expected_hash()):
        raise LedgerError(
            "the chain is broken: this line was changed or a line before it is gone",
            where=where,
            advice="Restore the ledger from a copy",
        )
    return entry


def head(path: Path) -> str:
    """The hash of the last line, which a report prints so that a cut tail shows."""
    chain = entries(path)
    return chain[-1].hash if chain else GENESIS


def append(path: Path, run_id: str, event: Event, manifest_sha256: str) -> Entry:
    """Add a line to the ledger and have it on the disk before returning.

    Call it only with the project's lock held.
    """
    chain = entries(path)
    before = chain[-1] if chain else None
    draft = Entry(
        seq=before.seq + 1 if before else 1,
        run_id=run_id,
        event=event,
        manifest_sha256=manifest_sha256,
        prev_hash=before.hash if before else GENESIS,
        hash="",
    )
    entry = draft.model_copy(update={"hash": draft.expected_hash()})
    _cut_torn_tail(path)
    with path.open("ab") as stream:
        stream.write(canonical_json(entry.model_dump()).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(path.parent)
    return entry


def _cut_torn_tail(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def events_since(path: Path, before: str, run_id: str) -> list[Event]:
    """What the ledger says of a run after its head was a given hash."""
    chain = entries(path)
    start = next((number for number, entry in enumerate(chain) if entry.prev_hash == before), len(chain))
    return [entry.event for entry in chain[start:] if entry.run_id == run_id]


def last_published(path: Path, series: str) -> str | None:
    """The run that stands for a quarter, or for another series such as 2026-09-triage: its last one, or None."""
    return runs_that_stand(entries(path)).get(series)


def runs_that_stand(chain: Iterable[Entry]) -> dict[str, str]:
    """By series the run that stands for it: the last one published."""
    return {RunId.parse(entry.run_id).series: entry.run_id for entry in chain if entry.event == "published"}
