"""Where a run keeps its things, and the small writes that must survive a crash."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from vocanalytics.errors import LedgerError

_RUN_ID = re.compile(r"([0-9]{4}(?:Q[1-4]|-(?:0[1-9]|1[0-2])))(?:-([a-z]+))?-([0-9a-f]{12})")

#: The pipeline whose runs carry no name in their id.
QUARTERLY = "quarterly"


class RunId(NamedTuple):
    """What a run id says: quarter or month, pipeline, and twelve digits of the hash of everything that went in."""

    period: str
    pipeline: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> RunId:
        """A run id that may become part of a path.

        Raises
        ------
        LedgerError
            When it is not a quarter or month, a pipeline other than the quarterly one, and twelve hexadecimal digits.
        """
        match = _RUN_ID.fullmatch(text)
        if match is None or match[2] == QUARTERLY:
            raise LedgerError("not a run id", found=repr(text)[:60], expected="one such as 2026Q3-0123456789ab")
        return cls(match[1], match[2] or QUARTERLY, match[3])

    def __str__(self) -> str:
        return f"{self.series}-{self.digest}"

    @property
    def series(self) -> str:
        """Period and pipeline: of the runs of a series, the last one published stands."""
        return self.period if self.pipeline == QUARTERLY else f"{self.period}-{self.pipeline}"


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
        return self.root / "data" / "processed" / str(RunId.parse(run_id))

    def report(self, run_id: str) -> Path:
        """The report of a published run."""
        return self.reports / RunId.parse(run_id).period / run_id

    def staged_tables(self, run_id: str) -> Path:
        """The tables of a run that is still being made; on the file system of the published ones."""
        return self.root / "data" / "processed" / ".staging" / str(RunId.parse(run_id))

    def staged_report(self, run_id: str) -> Path:
        """The report of a run that is still being made."""
        return self.reports / ".staging" / str(RunId.parse(run_id))

    def failed(self, run_id: str) -> Path:
        """The notebooks and the log of a run that stopped."""
        return self.reports / "failed" / str(RunId.parse(run_id))


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
