"""The inside of a workbook, opened only after its size is known to be harmless.

A workbook is a zip archive of XML. A few kilobytes can unpack into terabytes, and the sizes that an archive states may
be lies, so every entry is unpacked once, counted, and thrown away before anything reads it.
"""

from __future__ import annotations

import copy
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator

from vocanalytics.errors import SourceError

#: A million rows of feedback are about 900 MB of XML.
UNPACKED_BYTES = 2_000_000_000

#: Honest sheets reach about 30; an entry must also be large to be refused.
RATIO = 200
RATIO_FROM_BYTES = 10_000_000

ENTRIES = 10_000

_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_archive(data: bytes, where: str) -> zipfile.ZipFile:
    """The archive of a workbook, once every entry has been unpacked and counted.

    Raises
    ------
    SourceError
        When it is not an archive, is locked by a password, is damaged, or unpacks into too much.
    """
    if data.startswith(_OLD_OR_LOCKED):
        raise SourceError(
            "is locked with a password, or is a workbook of the old kind (.xls)",
            where=where,
            expected="an .xlsx workbook that opens without a password",
            advice="Save it again as .xlsx without a password",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _refuse_oversized(archive, where)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SourceError(
            "is not a whole workbook", where=where, found=str(error)[:120], advice="Save it again as .xlsx"
        ) from None
    return archive


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """The unpacked bytes of an entry, piece by piece."""
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _refuse_oversized(archive: zipfile.ZipFile, where: str) -> None:
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise _bomb(where, f"{len(entries):,} entries", f"at most {ENTRIES:,}")
    unpacked = 0
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise SourceError("is encrypted", where=where, found=entry.filename, advice="Save it without a password")
        size = _true_size(archive, entry, UNPACKED_BYTES - unpacked)
        unpacked += size
        if unpacked > UNPACKED_BYTES:
            raise _bomb(where, f"more than {UNPACKED_BYTES:,} bytes", f"at most {UNPACKED_BYTES:,}")
        if size > max(RATIO_FROM_BYTES, RATIO * entry.compress_size):
            raise _bomb(
                where, f"{entry.filename} {size // max(entry.compress_size, 1):,} times larger", f"at most {RATIO}"
            )


def _true_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> int:
    """Bytes that an entry really unpacks into; counting stops where it is too much."""
    # The reader stops at the size that the archive states; without one it goes on to the real end.
    unlimited = copy.copy(entry)
    unlimited.file_size = sys.maxsize
    size = 0
    for piece in chunks(archive, unlimited):
        size += len(piece)
        if size > most:
            break
    return size


def _bomb(where: str, found: str, expected: str) -> SourceError:
    return SourceError(
        "unpacks into too much to be an honest workbook",
        where=where,
        found=found,
        expected=expected,
        advice="Export the rows as CSV",
    )
