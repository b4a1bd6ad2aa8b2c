"""Bytes into lines of text, with the encoding said and nothing guessed."""

from __future__ import annotations

import codecs
import io
from typing import NamedTuple

from vocanalytics.errors import SourceError

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Text(NamedTuple):
    """The lines of a file, each with its own line end, and the encoding they were in."""

    lines: list[str]
    encoding: str


def decode(data: bytes, where: str, *, encoding: str | None = None, newline: str = "") -> Text:
    r"""The text of a file.

    A byte-order mark decides; without one the text is UTF-8, unless the caller states another encoding.

    Parameters
    ----------
    data
        The file.
    where
        Its name, for the message.
    encoding
        An encoding stated by a person, such as cp1252; a byte-order mark that says otherwise wins.
    newline
        Empty: lines end at CR, LF or CRLF. ``"\n"``: only at LF.

    Raises
    ------
    SourceError
        When a byte does not fit the encoding, with its offset.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    chosen = marked or encoding or "utf-8"
    try:
        lines = list(io.TextIOWrapper(io.BytesIO(data), encoding=chosen, newline=newline))
    except (UnicodeError, LookupError) as error:
        raise _undecodable(data, chosen, where, error) from None
    if lines and "\0" in lines[0] and marked is None:
        raise SourceError(
            "the first line holds NUL characters",
            where=where,
            expected="UTF-8, or UTF-16 with a byte-order mark",
            advice="Save the file again as UTF-8",
        )
    return Text(lines, chosen)


def _undecodable(data: bytes, encoding: str, where: str, error: Exception) -> SourceError:
    found = str(error)
    try:
        data.decode(encoding)
    except UnicodeDecodeError as exact:
        # TextIOWrapper counts within its own chunk; decoding once more gives the offset in the file.
        line = data.count(b"\n", 0, exact.start) + 1
        found = f"byte 0x{data[exact.start]:02X} at offset {exact.start:,} (line {line:,})"
    except (UnicodeError, LookupError):
        pass
    return SourceError(
        f"cannot be decoded as {encoding}",
        where=where,
        found=found,
        expected="UTF-8, or UTF-16 with a byte-order mark",
        advice="Save the file again as UTF-8 (in a spreadsheet program: CSV UTF-8)",
    )
