"""One reader per kind of column: text in, typed values out, with a reason wherever the text is not of that kind."""

from __future__ import annotations

import polars as pl

from vocanalytics.contracts.moments import read_date, read_datetime
from vocanalytics.contracts.money import read_money
from vocanalytics.contracts.reading import NO_TEXT, SPREADSHEET_ERRORS, Reading, refuse, tidy, trim
from vocanalytics.vocabulary import Column

#: What people say or explain in their own words: kept as it is, never tidied.
PROSE = ("verbatim", "subject", "rationale", "rationale_cs", "rationale_product", "csm_words", "description", "reason")

#: A row without a word in it is still a row of feedback: kept, not clustered, counted.
MAY_BE_BLANK = ("verbatim",)

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def tidy_cells(column: Column) -> pl.Expr:
    """The cells of a column, ready for its reader: prose is left alone, names lose margins, values all that is unseen.

    An id keeps its invisible characters, since they were not ours to remove; matching looks past them.
    """
    text = pl.col(column.name)
    if column.name in PROSE:
        return text
    if column.kind in ("text", "texts") and not column.choices and column.name != "currency":
        return trim(text)
    return tidy(text)


def read_cells(column: Column, text: pl.Expr, currency: pl.Expr) -> Reading:
    """The reader of a column, chosen by what the vocabulary says that the column holds.

    Parameters
    ----------
    column
        Name, kind and choices.
    text
        Its cells, as `tidy_cells` leaves them.
    currency
        ISO code of each row, for amounts of money; a null literal where the table has none.
    """
    match column.kind:
        case "money":
            return read_money(text, currency)
        case "date":
            return read_date(text)
        case "datetime":
            return read_datetime(text)
        case "integer":
            return read_integer(text)
        case "factor" | "ratio":
            return read_factor(text)
        case "boolean":
            return read_boolean(text)
        case "texts":
            return read_texts(text)
    if column.choices:
        return read_choice(text)
    if column.name in PROSE:
        return read_prose(text, blank=column.name in MAY_BE_BLANK)
    return read_code(text) if column.name == "currency" else read_text(text)


def read_integer(text: pl.Expr) -> Reading:
    """Whole numbers; `7.0`, as tools with gaps in a column write it, is 7."""
    plain = text.str.extract(r"^([+-]?[0-9]{1,18})(?:\.0+)?$")
    return Reading(
        plain.str.strip_prefix("+").cast(pl.Int64),
        *refuse(text.is_not_null() & plain.is_null(), "not a whole number", "Write digits only, such as 1200"),
    )


def read_factor(text: pl.Expr) -> Reading:
    """Numbers with at most three decimals and a decimal point, kept exactly."""
    plain = text.str.extract(r"^(-?[0-9]{1,3}(?:\.[0-9]{1,3}0*)?)$")
    return Reading(
        plain.cast(pl.Decimal(6, 3)),
        *refuse(
            text.is_not_null() & plain.is_null(),
            "not a number with at most three decimals",
            "Write it with a decimal point, such as 0.5",
        ),
    )


def read_boolean(text: pl.Expr) -> Reading:
    """Yes or no, in words or as 1 and 0."""
    word = text.str.to_lowercase()
    value = pl.when(word.is_in(_TRUE)).then(True).when(word.is_in(_FALSE)).then(False)
    return Reading(value, *refuse(text.is_not_null() & value.is_null(), "neither yes nor no", "Write true or false"))


def read_choice(text: pl.Expr) -> Reading:
    """A word out of a list, however it is cased or spaced; whether the list has it, the suite decides."""
    return Reading(text.str.to_lowercase().str.replace_all(r"[ -]+", "_"), *_spreadsheet_error(text))


def read_text(text: pl.Expr) -> Reading:
    """A name, id or address."""
    return Reading(text, *_spreadsheet_error(text))


def read_code(text: pl.Expr) -> Reading:
    """The ISO code of a currency, in capitals."""
    return Reading(text.str.to_uppercase(), *_spreadsheet_error(text))


def read_prose(text: pl.Expr, *, blank: bool) -> Reading:
    """People's own words, untouched."""
    words = text.fill_null("") if blank else pl.when(text.str.strip_chars() != "").then(text)
    return Reading(words, NO_TEXT, NO_TEXT)


def read_texts(text: pl.Expr) -> Reading:
    """Several values in a cell, separated by semicolons."""
    items = text.str.split(";").list.eval(pl.element().str.strip_chars())
    kept = items.list.filter(pl.element() != "")
    return Reading(pl.when(kept.list.len() > 0).then(kept), *_spreadsheet_error(text))


def _spreadsheet_error(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    return refuse(
        text.is_in(SPREADSHEET_ERRORS),
        "a spreadsheet formula failed in this cell",
        "Repair the formula, or export the value",
    )
