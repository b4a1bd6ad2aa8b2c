"""The pull: every export and curated file of a quarter, read once, as text, with a receipt each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from vocanalytics.errors import SourceError
from vocanalytics.settings import Quarter
from vocanalytics.sources.finding import find_files
from vocanalytics.sources.formats import FORMATS, read_bytes, read_records
from vocanalytics.sources.pulled import Pulled, text_schema
from vocanalytics.sources.receipts import QUARTERLY_TABLES, RAW_TABLES, Receipt, receipt
from vocanalytics.sources.records import Records
from vocanalytics.vocabulary import INCOMING, QUARANTINE, names, polars_schema

#: A filled-in decision sheet may carry figures that were printed on it for the reader.
LENIENT_TABLES = ("decisions",)
PRINTED_COLUMNS = ("rank", "start", "composite")

_SUMMARY = pl.Schema(
    {
        "table": pl.String(),
        "export": pl.String(),
        "format": pl.String(),
        "rows": pl.Int64(),
        "quarantined": pl.Int64(),
        "bytes": pl.Int64(),
    }
)


class _Export(NamedTuple):
    receipt: Receipt
    records: Records


def pull(
    quarter: Quarter, raw_dir: Path | str, curated_dir: Path | str, max_quarantined_share: Decimal | float
) -> Pulled:
    """Read the exports of a quarter, what people curated for it, and what was decided in the quarters before.

    Parameters
    ----------
    quarter
        The quarter to read.
    raw_dir
        Holds `<quarter>/feedback*` and `<quarter>/accounts*` as csv, parquet, jsonl or xlsx; several files of a table
        are stacked in the order of their names.
    curated_dir
        Holds `<quarter>/roadmap`, `alignment`, `overrides` and `delivery`, and `decisions` of up to four quarters
        before; each may be absent. The quarter of a decision, `decided_in`, is that of its folder.
    max_quarantined_share
        More unreadable records than this share of one file stop the run.

    Returns
    -------
    Pulled
        Text tables, quarantine, receipts, a summary by file, and notes.

    Raises
    ------
    SourceError
        When a file is missing, cannot be read as what it says it is, holds too many broken records, or is there twice;
        or when decisions name another quarter than their folder.
    """
    found = find_files(quarter, Path(raw_dir), Path(curated_dir))
    share = Decimal(str(max_quarantined_share))
    exports = [_read(table, path, share) for table, path in found.files]
    _refuse_repeated(exports)
    tables = {table: _stacked(table, [item for item in exports if item.receipt.table == table]) for table in INCOMING}
    _refuse_empty(tables, exports)
    said = [(item, note) for item in exports for note in item.records.notes if not _is_own_sheet(item, note)]
    notes = [f"{item.receipt.path}: {note}" for item, note in said]
    return Pulled(
        tables=tables,
        quarantine=_quarantine(exports),
        receipts=tuple(item.receipt for item in exports),
        summary=_summary(exports),
        notes=(*found.notes, *notes),
    )


def _is_own_sheet(item: _Export, note: str) -> bool:
    """Whether a note only says that the figures we print on a decision sheet were not read back."""
    return item.receipt.table in LENIENT_TABLES and note == f"columns left out: {', '.join(PRINTED_COLUMNS)}"


def _read(table: str, path: Path, share: Decimal) -> _Export:
    data = read_bytes(path)
    records = read_records(path, INCOMING[table], data=data, title=table, lenient=table in LENIENT_TABLES)
    _refuse_too_broken(records, path, share)
    if table in QUARTERLY_TABLES:
        records = _in_quarter(records, path)
    kind = FORMATS[path.suffix.casefold()]
    return _Export(receipt(table, _project_path(path), kind, data, records), records)


def _in_quarter(records: Records, path: Path) -> Records:
    """The same records with `decided_in`: the quarter in whose folder a person put the file."""
    quarter = path.parent.name
    if "decided_in" in records.rows.columns:
        written = pl.col("decided_in").str.strip_chars()
        other = records.rows.with_columns(records.numbers).filter((written != "") & (written != quarter))
        if other.height:
            raise SourceError(
                "names another quarter than its folder",
                where=f"{path.as_posix()}, line {other['export_row'][0]}, decided_in",
                found=repr(other["decided_in"][0]),
                expected=f"{quarter} or nothing",
                advice="Move the file to the folder of its quarter, or correct decided_in",
            )
    return records._replace(rows=records.rows.with_columns(decided_in=pl.lit(quarter)))


def _project_path(path: Path) -> str:
    """The path as the project sees it, such as data/raw/2026Q3/feedback.csv, wherever the project lies."""
    return Path(*path.parts[-4:]).as_posix() if path.is_absolute() else path.as_posix()


def _refuse_too_broken(records: Records, path: Path, share: Decimal) -> None:
    if len(records.broken) <= share * records.total:
        return
    first = records.broken[0]
    raise SourceError(
        f"{len(records.broken):,} of {records.total:,} records cannot be read",
        where=path.as_posix(),
        found=f"line {first.row:,}: {first.reason}",
        expected=f"at most {(share * 100).normalize():f}% of them broken",
        advice=first.advice,
    )


def _refuse_repeated(exports: Sequence[_Export]) -> None:
    seen: dict[str, Receipt] = {}
    for item in (item for item in exports if item.receipt.table in RAW_TABLES):
        earlier = seen.setdefault(item.receipt.sha256, item.receipt)
        if earlier is not item.receipt and earlier.table == item.receipt.table:
            raise SourceError(
                "holds the same bytes as another export",
                where=item.receipt.path,
                found=f"a copy of {earlier.export}",
                advice="Remove one of them, so that nothing counts twice",
            )


def _refuse_empty(tables: dict[str, pl.DataFrame], exports: Sequence[_Export]) -> None:
    for table in RAW_TABLES:
        if tables[table].is_empty():
            raise SourceError(
                f"no rows of {table}",
                where=", ".join(item.receipt.path for item in exports if item.receipt.table == table),
                found="a header only",
                advice="Export the quarter again",
            )


def _stacked(table: str, exports: Sequence[_Export]) -> pl.DataFrame:
    if not exports:
        return pl.DataFrame(schema=text_schema(names(INCOMING[table])))
    frames = [
        item.records.rows.with_columns(pl.lit(item.receipt.export).alias("export"), item.records.numbers)
        for item in exports
    ]
    stacked = pl.concat(frames, how="diagonal")
    carried = [name for name in names(INCOMING[table]) if name in stacked.columns]
    return stacked.select(carried).cast(text_schema(tuple(carried)))


def _quarantine(exports: Sequence[_Export]) -> pl.DataFrame:
    rows = [
        (item.receipt.table, item.receipt.export, bad.row, bad.column, bad.value, bad.reason, bad.advice)
        for item in exports
        for bad in item.records.broken
    ]
    return pl.DataFrame(rows, schema=polars_schema(QUARANTINE), orient="row")


def _summary(exports: Sequence[_Export]) -> pl.DataFrame:
    rows = [
        (kept.table, kept.export, kept.format, kept.rows, len(records.broken), kept.bytes) for kept, records in exports
    ]
    return pl.DataFrame(rows, schema=_SUMMARY, orient="row")
