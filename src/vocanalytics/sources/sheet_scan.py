"""What a worksheet hides from its reader: error cells, formulas without a value, merged cells, and its true extent.

The workbook reader gives an error cell and a formula that was never computed as an empty cell, which would lose money
in silence; and it lays a sheet out as one full rectangle, so that two far-apart cells are enough to exhaust the memory.
This pass over the XML of the sheet comes first and finds all four.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import NamedTuple
from xml.parsers import expat

from vocanalytics.errors import SourceError
from vocanalytics.sources.archive import chunks

#: The canonical tables have some twenty columns; a sheet is read as a full rectangle, so its width is limited.
COLUMNS = 52
ROWS = 1_048_576

_REFERENCE = re.compile(r"([A-Za-z]{0,3})([0-9]{1,10})")

Place = tuple[int, int]
Attributes = dict[str, str]


class Hidden(NamedTuple):
    """Where a sheet says more, or less, than its cells.

    Attributes
    ----------
    errors
        Error cells by place, such as ``{(3, 1): "#N/A"}``; rows count from 1, columns from 0.
    uncomputed
        Places of formulas without a value.
    merged
        Ranges of merged cells, such as ``A1:B2``.
    """

    errors: dict[Place, str]
    uncomputed: list[Place]
    merged: list[str]


def scan_sheet(archive: zipfile.ZipFile, sheet: str, where: str) -> Hidden:
    """What the reader of a sheet would not say.

    Raises
    ------
    SourceError
        When the sheet cannot be found or parsed, carries a document type, or reaches too far.
    """
    scan = _SheetScan(where)
    _walk(archive, _entry(archive, sheet, where), scan.parser, where)
    return Hidden(scan.errors, scan.uncomputed, scan.merged)


def column_index(letters: str) -> int:
    """Place of a spreadsheet column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters.upper():
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def column_letters(index: int) -> str:
    """Name of a spreadsheet column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index > 0:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class _LocalNames(dict[str, str]):
    """Names without their prefix, worked out once each."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


class _SheetScan:
    """Collects while its parser walks through a sheet; listens to text only inside the few cells that need it."""

    def __init__(self, where: str) -> None:
        self.errors: dict[Place, str] = {}
        self.uncomputed: list[Place] = []
        self.merged: list[str] = []
        self.parser = _parser(where)
        self.parser.StartElementHandler = self._start
        self._where = where
        self._local = _LocalNames()
        self._row, self._column = 0, -1
        self._type: str | None = None
        self._value = ""

    def _start(self, prefixed: str, attributes: Attributes) -> None:
        name = self._local[prefixed]
        if name == "c":
            self._enter_cell(attributes)
        elif name == "v" or name == "is":
            self._refuse_far()
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), -1
        elif name == "f":
            self._listen()
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", "?"))

    def _enter_cell(self, attributes: Attributes) -> None:
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        if match is None:
            self._column += 1
        else:
            self._row, self._column = int(match[2]), column_index(match[1])
        self._type = attributes.get("t")
        if self._type == "e":
            self._listen()

    def _listen(self) -> None:
        self._value = ""
        self.parser.CharacterDataHandler = self._text
        self.parser.EndElementHandler = self._end

    def _text(self, text: str) -> None:
        self._value += text

    def _end(self, prefixed: str) -> None:
        name = self._local[prefixed]
        if name == "f":
            self._value = ""
        elif name == "c":
            self._leave_cell()
            self.parser.CharacterDataHandler = self.parser.EndElementHandler = None

    def _leave_cell(self) -> None:
        if self._type == "e":
            self.errors[self._row, self._column] = self._value.strip() or "an error"
        elif not self._value.strip() and self._type != "str":
            # A formula that computed to empty text says so by its type.
            self.uncomputed.append((self._row, self._column))

    def _refuse_far(self) -> None:
        # Only values count: a sheet may be formatted to its last column and still be small.
        if self._row > ROWS or self._column >= COLUMNS:
            raise SourceError(
                "the sheet reaches too far",
                where=self._where,
                found=f"a value in column {column_letters(self._column)}, row {self._row:,}",
                expected=f"at most {COLUMNS} columns and {ROWS:,} rows",
                advice="Delete what stands outside the table, or export the rows as CSV",
            )


def _parser(where: str) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise SourceError(
            "carries a document type, which no honest workbook does",
            where=where,
            advice="Save it again in a spreadsheet program",
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _walk(archive: zipfile.ZipFile, entry: str, parser: expat.XMLParserType, where: str) -> None:
    try:
        for piece in chunks(archive, entry):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError) as error:
        raise _damaged(where, f"{entry}: {error}") from None


def _elements(archive: zipfile.ZipFile, entry: str, local: str, where: str) -> list[Attributes]:
    found: list[Attributes] = []
    parser = _parser(where)
    parser.StartElementHandler = lambda name, attributes: (
        found.append(attributes) if name.rpartition(":")[2] == local else None
    )
    _walk(archive, entry, parser, where)
    return found


def _entry(archive: zipfile.ZipFile, sheet: str, where: str) -> str:
    entries = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
    try:
        relations = _elements(archive, entries["xl/_rels/workbook.xml.rels"], "Relationship", where)
        sheets = _elements(archive, entries["xl/workbook.xml"], "sheet", where)
        listed = next(item for item in sheets if item.get("name") == sheet)
        identifier = next(value for key, value in listed.items() if key.endswith(":id"))
        target = next(item["Target"] for item in relations if item.get("Id") == identifier).replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        return entries[path.casefold()]
    except (KeyError, StopIteration):
        raise _damaged(where, f"no way to the sheet {sheet!r}") from None


def _damaged(where: str, found: str) -> SourceError:
    return SourceError(
        "is not a whole workbook",
        where=where,
        found=found[:120],
        advice="Open it in a spreadsheet program and save it again as .xlsx",
    )
