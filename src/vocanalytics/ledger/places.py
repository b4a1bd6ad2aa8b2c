"""Where a run keeps its things, and the small writes that must survive a crash."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vocanalytics.errors import LedgerError

RUN_ID = re.compile(r"[0-9]{4}Q[1-4]-[0-9a-f]{12}")


@dataclass(frozen=True)
class Places:
    """The folders of a project, all below its root."""

    root: Path

    @property
    def reports(self) -> Path:
        """Published reports, the ledger and the index."""
        return self.root / "reports"

    @property
    def ledger(self) -> Path:
        """The append-only ledger."""
        return self.reports / "ledger.jsonl"

    def tables(self, run_id: str) -> Path:
        """The tables of a published run."""
        return self.root / "data" / "processed" / checked_run_id(run_id)

    def report(self, run_id: str) -> Path:
        """The report of a published run."""
        return self.reports / checked_run_id(run_id)[:6] / run_id

    def staged_tables(self, run_id: str) -> Path:
        """The tables of a run that is still being made; on the file system of the published ones."""
        return self.root / "data" / "processed" / ".staging" / checked_run_id(run_id)

    def staged_report(self, run_id: str) -> Path:
        """The report of a run that is still being made."""
        return self.reports / ".staging" / checked_run_id(run_id)

    def failed(self, run_id: str) -> Path:
        """The notebooks and the log of a run that stopped."""
        return self.reports / "failed" / checked_run_id(run_id)


def checked_run_id(run_id: str) -> str:
    """A run id that may become part of a path.

    Raises
    ------
    LedgerError
        When it is not a quarter, a hyphen and twelve hexadecimal digits.
    """
    if not RUN_ID.fullmatch(run_id):
        raise LedgerError("not a run id", found=repr(run_id)[:60], expected="one such as 2026Q3-0123456789ab")
    return run_id


def sha256_file(path: Path) -> str:
    """Fingerprint of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(content: Any) -> str:
    """JSON with sorted keys and no spare space: equal content, equal text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def pretty_json(content: Any) -> str:
    """JSON for people to read, still the same text for the same content."""
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_durably(path: Path, text: str) -> None:
    """Write a small file whole or not at all, and have it on the disk before returning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Have every file below a folder, and the folders themselves, on the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)
