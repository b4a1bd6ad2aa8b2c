"""What every reader of cells returns: a value where the text is clear, a reason and an advice where it is not."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

#: What Excel writes into a cell whose formula failed.
SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")

NO_TEXT = pl.lit(None, dtype=pl.String)


class Reading(NamedTuple):
    """How the text of a column becomes values.

    Attributes
    ----------
    value
        The typed value; null where the cell is empty or unclear.
    reason
        Why the text is unclear; null where it is fine. Never holds the text itself, so that reasons can be counted.
    advice
        What to do about it; null where the text is fine.
    note
        Something that was assumed in order to read the value; null where nothing was.
    """

    value: pl.Expr
    reason: pl.Expr
    advice: pl.Expr
    note: pl.Expr = NO_TEXT


def tidy(text: pl.Expr) -> pl.Expr:
    """Cell text without invisible characters, odd spaces and margins; null where nothing is left.

    For cells that hold a value. What a customer said is prose and is never tidied.
    """
    plain = text.str.replace_all(r"[\p{Cf}\p{Cc}&&[^\t\r\n]]", "").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(plain != "").then(plain)


def trim(text: pl.Expr) -> pl.Expr:
    """Cell text without margins; null where nothing is left."""
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def refuse(where: pl.Expr, reason: str, advice: str) -> tuple[pl.Expr, pl.Expr]:
    """Reason and advice where a condition holds, null elsewhere."""
    return pl.when(where).then(pl.lit(reason)), pl.when(where).then(pl.lit(advice))


def first_refusal(*refusals: tuple[pl.Expr, pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
    """The first of several refusals that applies to a cell."""
    reasons, advices = zip(*refusals, strict=True)
    return pl.coalesce(*reasons), pl.coalesce(*advices)
