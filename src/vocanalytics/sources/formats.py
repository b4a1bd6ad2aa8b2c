"""Which reader a file gets: by its ending, and only if its first bytes do not say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vocanalytics.errors import SourceError
from vocanalytics.sources.delimited import read_delimited
from vocanalytics.sources.json_lines import read_json_lines
from vocanalytics.sources.parquet import read_parquet
from vocanalytics.sources.records import Records
from vocanalytics.sources.workbook import read_workbook
from vocanalytics.vocabulary import Table

#: Endings that are read, and what such a file is called.
FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".xlsx": "xlsx"}

_SIGNATURES = (
    (b"PK\x03\x04", "a workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old kind, or one locked with a password"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"%PDF", "a PDF"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML"),
)

_EXPECTED = {
    "parquet": ("a Parquet file",),
    "xlsx": ("a workbook or a zip archive", "a workbook of the old kind, or one locked with a password"),
}


def format_of(path: Path) -> str | None:
    """What the ending of a file says it is; null when it is none that is read."""
    return FORMATS.get(path.suffix.casefold())


def read_records(
    path: Path,
    table: Table | None = None,
    *,
    data: bytes | None = None,
    title: str | None = None,
    encoding: str | None = None,
    delimiter: str = ",",
    lenient: bool = False,
) -> Records:
    """Every record of a file as text, with the ones that could not be read beside them.

    Parameters
    ----------
    path
        The file; its ending says how it is read.
    table
        The table of the vocabulary that it is meant for; without one, any distinct column names will do.
    data
        Its bytes, if they are at hand.
    title
        Name of the sheet to look for in a workbook.
    encoding, delimiter
        For text, as stated by a person.
    lenient
        Unknown columns are left out with a note instead of stopping.

    Raises
    ------
    SourceError
        When the file cannot be read as what its ending says.
    """
    where, kind = path.as_posix(), format_of(path)
    if kind is None:
        raise SourceError(
            "is not a kind of file that is read",
            where=where,
            expected=f"a file ending in {', '.join(FORMATS)}",
            advice="Export it as CSV, or unpack it first",
        )
    content = read_bytes(path) if data is None else data
    _refuse_disguise(content, kind, where)
    readers: dict[str, Callable[[], Records]] = {
        "csv": lambda: read_delimited(content, where, table, encoding=encoding, delimiter=delimiter, lenient=lenient),
        "jsonl": lambda: read_json_lines(content, where, table, encoding=encoding, lenient=lenient),
        "parquet": lambda: read_parquet(content, where, table, lenient=lenient),
        "xlsx": lambda: read_workbook(content, where, table, title=title, lenient=lenient),
    }
    return readers[kind]()


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or one line that says why they cannot be had."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            "cannot be read", where=path.as_posix(), found=error.strerror or str(error), advice="Check the file"
        ) from None


def _refuse_disguise(data: bytes, kind: str, where: str) -> None:
    if not data:
        raise SourceError("is empty", where=where, found="0 bytes", advice="Export the file again")
    start = data[:64].lstrip().lower() if data[:1] in b"< \t\r\n" else data[:64]
    seen = next((said for signature, said in _SIGNATURES if start.startswith(signature)), None)
    expected = _EXPECTED.get(kind, (None,))
    if seen not in expected:
        raise SourceError(
            "is not what its name says",
            where=where,
            found=seen or "something else",
            expected=f"{'an' if kind == 'xlsx' else 'a'} {kind} file",
            advice="Export it again, or give it the ending that fits",
        )
