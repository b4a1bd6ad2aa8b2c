"""The first line of an export: whether it names the columns of the table it is meant for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from vocanalytics.errors import SourceError
from vocanalytics.vocabulary import Table, names

#: Columns that the pull writes itself.
RESERVED = ("export", "export_row")

#: How far a header is looked for when it is not where it should be.
PREAMBLE_LINES = 50

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def check_delimiter(found: Sequence[str], delimiter: str, where: str) -> None:
    """Stop at a file whose header reads as one column because its cells are divided by something else.

    Raises
    ------
    SourceError
        Naming the delimiter that the file seems to use.
    """
    if len(found) != 1:
        return
    for other, said in _OTHER_DELIMITERS.items():
        if other != delimiter and other in found[0]:
            raise SourceError(
                "the header reads as a single column",
                where=where,
                found=f"cells divided by {said}",
                expected="cells divided by commas" if delimiter == "," else f"cells divided by {delimiter!r}",
                advice="Save it with commas, or as a workbook (.xlsx)",
            )


def check_header(
    found: Sequence[str],
    table: Table | None,
    where: str,
    *,
    below: Iterable[tuple[int, Sequence[str]]] = (),
    lenient: bool = False,
) -> tuple[str, ...]:
    """Make sure that the columns are named, distinct and, for a table of the vocabulary, exactly known ones.

    Parameters
    ----------
    found
        Column names as they stand in the file; they are compared as they are, case and spaces included.
    table
        The table that the file is meant for; without one, any distinct names will do.
    where
        The file, for the message.
    below
        Numbered lines after the header, looked at only when it is not one.
    lenient
        Unknown columns are returned instead of refused, unless they look like a misspelt one.

    Returns
    -------
    tuple of str
        Columns to leave out; empty unless `lenient`.

    Raises
    ------
    SourceError
        When the header is missing or further down, or has blank, repeated, unknown or absent names.
    """
    if table is not None and not set(found) & set(_expected(table)):
        _refuse_preamble(found, table, where, below)
    _refuse_blank_or_repeated(found, where)
    if table is None:
        return ()
    unknown = _refuse_unknown(found, table, where, lenient=lenient)
    _refuse_absent(found, table, where)
    return unknown


def _expected(table: Table) -> tuple[str, ...]:
    return tuple(name for name in names(table) if name not in RESERVED)


def _refuse_preamble(
    found: Sequence[str], table: Table, where: str, below: Iterable[tuple[int, Sequence[str]]]
) -> None:
    required = {column.name for column in table if column.required}
    for number, cells in below:
        if 2 * len(required & set(cells)) >= len(required):
            raise SourceError(
                "the first line is not the header",
                where=where,
                found=_listed(found),
                expected=f"the header, which seems to be on line {number}",
                advice="Remove the lines above it",
            )


def _refuse_blank_or_repeated(found: Sequence[str], where: str) -> None:
    if not any(name.strip() for name in found):
        raise SourceError(
            "the first line is blank", where=where, expected="column names", advice="Put the header on the first line"
        )
    blank = [str(place) for place, name in enumerate(found, 1) if not name.strip()]
    if blank:
        raise SourceError(
            "a column has no name",
            where=where,
            found=f"no name for column {', '.join(blank)} of {len(found)}",
            advice="Name the column or remove it",
        )
    repeated = [name for name, count in Counter(found).items() if count > 1]
    if repeated:
        raise SourceError(
            "a column name stands twice in the header",
            where=where,
            found=_listed(repeated),
            advice="Remove or rename one of them",
        )


def _refuse_unknown(found: Sequence[str], table: Table, where: str, *, lenient: bool) -> tuple[str, ...]:
    expected = _expected(table)
    free = [name for name in expected if name not in found]
    unknown = {name: _nearest(name, free) for name in found if name not in expected}
    refused = [name for name, near in unknown.items() if near or name in RESERVED or not lenient]
    if not refused:
        return tuple(unknown)
    said = [f"{name!r} (did you mean {unknown[name]}?)" if unknown[name] else repr(name) for name in refused]
    raise SourceError(
        "a column is not known, so what it says would be lost",
        where=where,
        found=", ".join(said[:8]) + (f" and {len(said) - 8} more" if len(said) > 8 else ""),
        expected=None if any(unknown[name] for name in refused) else f"columns among {', '.join(expected)}",
        advice="Correct the name or remove the column",
    )


def _refuse_absent(found: Sequence[str], table: Table, where: str) -> None:
    absent = [column.name for column in table if column.required and column.name not in found]
    if absent:
        raise SourceError(
            "required columns are missing",
            where=where,
            found=_listed(found),
            expected=", ".join(absent),
            advice="Add them to the export",
        )


def _nearest(name: str, free: Sequence[str]) -> str | None:
    folded = "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
    return next(iter(get_close_matches(folded, free, n=1, cutoff=0.75)), None)


def _listed(values: Sequence[str]) -> str:
    text = ", ".join(repr(value) for value in values)
    return text if len(text) <= 120 else text[:119] + "…"
