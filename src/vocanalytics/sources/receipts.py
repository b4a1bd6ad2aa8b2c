"""Receipts: which bytes a run read, provable later without the bytes themselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vocanalytics.errors import SourceError
from vocanalytics.settings import Quarter
from vocanalytics.sources.records import Records

if TYPE_CHECKING:
    from vocanalytics.sources.pulled import Pulled

#: The tables that come from exports; the others are written by people.
RAW_TABLES = ("feedback", "accounts")

#: Tables with a file for each of several quarters: the name of a file says too little, so its folder goes with it.
QUARTERLY_TABLES = ("decisions",)

#: Where the receipts of raw exports lie, beside the exports.
RECEIPTS_FOLDER = ".receipts"


@dataclass(frozen=True)
class Receipt:
    """One file as it was read.

    Attributes
    ----------
    table
        The table it holds.
    path
        Where it lies, relative to the project, with forward slashes.
    sha256, bytes
        Its content.
    rows
        Its records, those that could not be read included.
    format, encoding, delimiter
        How it was read; encoding and delimiter are null where the format leaves no choice.
    """

    table: str
    path: str
    sha256: str
    bytes: int
    rows: int
    format: str
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def export(self) -> str:
        """The name of the file, by which rows refer to it; such as 2026Q2/decisions.csv where quarters are read."""
        return "/".join(self.path.split("/")[-2 if self.table in QUARTERLY_TABLES else -1 :])


def receipt(table: str, path: str, kind: str, data: bytes, records: Records) -> Receipt:
    """The receipt for a file that was read."""
    return Receipt(
        table=table,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        rows=records.total,
        format=kind,
        encoding=records.encoding,
        delimiter=records.delimiter,
    )


def write_receipts(pulled: Pulled, raw_dir: Path | str, quarter: Quarter, *, seen: dt.datetime) -> tuple[Path, ...]:
    """Leave a receipt beside each raw export, once per content; the exports themselves are never touched.

    Parameters
    ----------
    pulled
        What was read; receipts of curated files are passed over.
    raw_dir, quarter
        Where the exports lie.
    seen
        When this content was first seen, with its time zone.

    Returns
    -------
    tuple of Path
        The receipts that are new; content seen before keeps its first receipt.

    Raises
    ------
    SourceError
        When the folder cannot be written.
    """
    if seen.tzinfo is None:
        raise SourceError("the time of first sight has no time zone", where="receipts", expected="a time in UTC")
    first_seen = seen.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    folder = Path(raw_dir) / str(quarter) / RECEIPTS_FOLDER
    raw = [item for item in pulled.receipts if item.table in RAW_TABLES]
    named = [(folder / f"{item.export}.{item.sha256[:12]}.json", item) for item in raw]
    new = [(path, asdict(item) | {"first_seen": first_seen}) for path, item in named if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in new:
            _write_whole(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise SourceError(
            "receipts cannot be written", where=folder.as_posix(), found=str(error), advice="Make it writable"
        ) from None
    return tuple(path for path, _ in new)


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
