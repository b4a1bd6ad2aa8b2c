"""One file that people filled in, read by itself after the run that it speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from vocanalytics.errors import SourceError
from vocanalytics.sources.formats import FORMATS, format_of, read_records
from vocanalytics.vocabulary import INCOMING, QUARANTINE, polars_schema


class CuratedFile(NamedTuple):
    """A curated file as text.

    Attributes
    ----------
    path
        The file.
    rows
        Its records: text columns, then `export` (file name) and `export_row` (where the record begins).
    broken
        Records that could not be read, as rows of `QUARANTINE`.
    notes
        What a reader should know, a sentence each.
    """

    path: Path
    rows: pl.DataFrame
    broken: pl.DataFrame
    notes: tuple[str, ...]


def read_curated(folder: Path | str, table: str) -> CuratedFile:
    """A table that people filled in, from the one file of a folder that is named after it.

    Parameters
    ----------
    folder
        Holds `<table>.csv`, `.xlsx`, `.parquet` or `.jsonl`.
    table
        A name in `vocabulary.INCOMING`; columns that the table does not know are left out with a note.

    Raises
    ------
    SourceError
        When there is no such file or there are two, it leads out of the folder, or it cannot be read.
    """
    path = _only_file(Path(folder), table)
    records = read_records(path, INCOMING[table], title=table, lenient=True)
    lines = [(table, path.name, bad.row, bad.column, bad.value, bad.reason, bad.advice) for bad in records.broken]
    return CuratedFile(
        path,
        records.rows.with_columns(pl.lit(path.name).alias("export"), records.numbers),
        pl.DataFrame(lines, schema=polars_schema(QUARANTINE), orient="row"),
        tuple(f"{path.name}: {note}" for note in records.notes),
    )


def _only_file(folder: Path, table: str) -> Path:
    there = [path for path in sorted(folder.glob("*")) if path.is_file() and not path.name.startswith((".", "~$"))]
    named = [path for path in there if path.stem.casefold() == table and format_of(path)]
    if len(named) > 1:
        found = " and ".join(path.name for path in named)
        raise SourceError(f"two files for {table}", where=folder.as_posix(), found=found, advice="Keep one of them")
    if not named:
        raise SourceError(
            f"no file for {table}",
            where=folder.as_posix(),
            found=", ".join(path.name for path in there[:8]) or "no files",
            expected=" or ".join(f"{table}{ending}" for ending in FORMATS),
            advice=f"Fill in the {table} file that the run wrote, and save it there under that name",
        )
    if not named[0].resolve().is_relative_to(folder.resolve()):
        raise SourceError(
            "leads out of its folder",
            where=named[0].as_posix(),
            found="a link to another place",
            advice="Copy the file there instead of linking to it",
        )
    return named[0]
