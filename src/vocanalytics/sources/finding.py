"""Which files of a quarter hold which table, and which files are left unread and must be named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from vocanalytics.errors import SourceError
from vocanalytics.settings import Quarter
from vocanalytics.settings.quarter import LOOKS_BACK
from vocanalytics.sources.formats import FORMATS, format_of
from vocanalytics.sources.receipts import RAW_TABLES

#: What people write down before the session; the decisions of a quarter come after it.
CURATED_TABLES = ("roadmap", "alignment", "overrides", "delivery")

#: Curated files that another step reads: what is known of the meeting, and what people said of a draw of verbatims.
READ_ELSEWHERE = re.compile(r"session\.yml|labels-.+\.csv")

_ENDINGS = ", ".join(FORMATS)


class Found(NamedTuple):
    """The files of a quarter by table, and notes on files that are not read."""

    files: tuple[tuple[str, Path], ...]
    notes: tuple[str, ...]


def find_files(quarter: Quarter, raw_dir: Path, curated_dir: Path) -> Found:
    """The exports of a quarter, its curated files, and the decisions of the four quarters before, newest first.

    Raises
    ------
    SourceError
        When feedback or accounts are missing, a file lies outside its folder or is of a kind that is not read, or two
        curated files claim the same table.
    """
    raw, raw_notes = _exports(raw_dir / str(quarter), raw_dir)
    curated, curated_notes = _curated(curated_dir / str(quarter), curated_dir, CURATED_TABLES)
    return Found((*raw, *curated, *_decided(quarter, curated_dir)), (*raw_notes, *curated_notes))


def _decided(quarter: Quarter, curated_dir: Path) -> Iterator[tuple[str, Path]]:
    for _ in range(LOOKS_BACK):
        quarter = quarter.previous
        yield from _curated(curated_dir / str(quarter), curated_dir, ("decisions",)).files


def _exports(folder: Path, root: Path) -> Found:
    paths = list(_visible(folder))
    named = [(_table_of(path), path) for path in paths]
    files = sorted((table, path) for table, path in named if table is not None)
    for table in RAW_TABLES:
        if table not in dict(files):
            raise SourceError(
                f"no {table} export",
                where=folder.as_posix(),
                found=", ".join(path.name for path in paths[:8]) or "no files",
                expected=f"{table}*.csv, .parquet, .jsonl or .xlsx",
                advice="Put the exports of the quarter there",
            )
    for _, path in files:
        _check(path, root)
    unread = [_unread(path, RAW_TABLES) for table, path in named if table is None]
    return Found(
        tuple((table, path) for wanted in RAW_TABLES for table, path in files if table == wanted), tuple(unread)
    )


def _table_of(path: Path) -> str | None:
    if path.is_dir():
        return None
    return next((table for table in RAW_TABLES if path.name.casefold().startswith(table)), None)


def _curated(folder: Path, root: Path, wanted: tuple[str, ...]) -> Found:
    files: dict[str, Path] = {}
    notes = []
    for path in _visible(folder):
        table = path.stem.casefold()
        if table not in wanted or format_of(path) is None:
            elsewhere = table == "decisions" or READ_ELSEWHERE.fullmatch(path.name.casefold())
            notes += [] if elsewhere else [_unread(path, wanted)]
            continue
        if table in files:
            raise SourceError(
                f"two files for {table}",
                where=folder.as_posix(),
                found=f"{files[table].name} and {path.name}",
                advice="Keep one of them",
            )
        _check(path, root)
        files[table] = path
    return Found(tuple((table, files[table]) for table in wanted if table in files), tuple(notes))


def _visible(folder: Path) -> Iterator[Path]:
    """Files in the order of their names, without hidden ones and the locks of open workbooks."""
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~$")))


def _check(path: Path, root: Path) -> None:
    if format_of(path) is None:
        raise SourceError(
            "is not a kind of file that is read",
            where=path.as_posix(),
            expected=f"a file ending in {_ENDINGS}",
            advice="Export it as CSV, unpack it, or move it away",
        )
    real = path.resolve()
    if not real.is_relative_to(root.resolve()):
        raise SourceError(
            "leads out of its folder",
            where=path.as_posix(),
            found="a link to another place",
            expected=f"a file inside {root.as_posix()}",
            advice="Copy the file there instead of linking to it",
        )
    if not real.is_file():
        raise SourceError("is not a file", where=path.as_posix(), advice="Replace it with a file, or remove it")


def _unread(path: Path, wanted: tuple[str, ...]) -> str:
    near = get_close_matches(path.stem.casefold(), wanted, n=1, cutoff=0.75)
    if path.is_dir() or not near:
        return f"{path.as_posix()}: this {'folder' if path.is_dir() else 'file'} is not read"
    ending = path.suffix if format_of(path) else ".csv"
    return f"{path.as_posix()}: this file is not read; if it is meant to hold {near[0]}, save it as {near[0]}{ending}"
