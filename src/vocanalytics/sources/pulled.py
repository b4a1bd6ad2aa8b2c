"""Everything a pull found, and its form on disk between two steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from vocanalytics.errors import SourceError
from vocanalytics.sources.receipts import Receipt
from vocanalytics.tables import conform, write_frame
from vocanalytics.vocabulary import INCOMING, QUARANTINE

PULLED_FOLDER = "pulled"
RECEIPTS_FILE = "receipts.json"


@dataclass(frozen=True)
class Pulled:
    """The exports and curated files of a quarter as text, before anything is believed.

    Attributes
    ----------
    tables
        By name: every column that some file carried, as text, then `export` (file) and `export_row` (where the record
        begins in it). A table without a file is empty and has all its columns.
    quarantine
        Records that could not be read, one row each.
    receipts
        One per file.
    summary
        One row per file: `table, export, format, rows, quarantined, bytes`; `rows` counts every record, the quarantined
        ones included.
    notes
        What a reader of the data should know, a sentence each.
    """

    tables: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame
    receipts: tuple[Receipt, ...]
    summary: pl.DataFrame
    notes: tuple[str, ...] = ()


def text_schema(columns: Mapping[str, object] | tuple[str, ...]) -> pl.Schema:
    """Text for every column, a whole number for the place in the export."""
    return pl.Schema({name: pl.Int64() if name == "export_row" else pl.String() for name in columns})


def write_pulled(pulled: Pulled, run_dir: Path | str) -> None:
    """Keep a pull in the folder of a run: tables as parquet under `pulled/`, receipts as JSON."""
    folder = Path(run_dir) / PULLED_FOLDER
    for name, frame in pulled.tables.items():
        write_frame(folder / f"{name}.parquet", frame)
    write_frame(folder / "quarantine.parquet", conform(pulled.quarantine, QUARANTINE, name="quarantine"))
    write_frame(folder / "summary.parquet", pulled.summary)
    _write_json(folder / "notes.json", list(pulled.notes))
    _write_json(Path(run_dir) / RECEIPTS_FILE, [asdict(receipt) for receipt in pulled.receipts])


def read_pulled(run_dir: Path | str) -> Pulled:
    """The pull that a run keeps.

    Raises
    ------
    SourceError
        When the run has none, or only part of one.
    """
    folder = Path(run_dir) / PULLED_FOLDER
    try:
        receipts = json.loads((Path(run_dir) / RECEIPTS_FILE).read_text(encoding="utf-8"))
        return Pulled(
            tables={name: pl.read_parquet(folder / f"{name}.parquet") for name in INCOMING},
            quarantine=pl.read_parquet(folder / "quarantine.parquet"),
            receipts=tuple(Receipt(**item) for item in receipts),
            summary=pl.read_parquet(folder / "summary.parquet"),
            notes=tuple(json.loads((folder / "notes.json").read_text(encoding="utf-8"))),
        )
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise SourceError(
            "the run has no whole pull",
            where=folder.as_posix(),
            found=str(error)[:120],
            advice="Run step 10_pull first",
        ) from None


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
