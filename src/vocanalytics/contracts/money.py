"""Amounts of money as people and tools write them: read exactly, or refused.

A popular price parser read `80K` as 80, `-$500` as 500 and `1.5M` as 1.5; an amount that is silently wrong ranks
themes silently wrong. So every accepted form is written down here, and whatever fits none of them is refused.
"""

from __future__ import annotations

import polars as pl

from vocanalytics.contracts.reading import Reading, first_refusal, refuse
from vocanalytics.tables import dollars

#: Marks that may stand beside an amount, and the currencies in which each may be meant.
MARKS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN"),
    "US$": ("USD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "C$": ("CAD",),
    "CA$": ("CAD",),
    "NZ$": ("NZD",),
    "S$": ("SGD",),
    "HK$": ("HKD",),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
}

#: Why an amount is refused, and what to do about it.
_NOT_FINITE = ("the amount is not finite", "Enter the amount, or leave the cell empty if it is not known")
_DIGITS_HIDDEN = (
    "the amount is in scientific notation, which hides digits",
    "Export the column as a plain number, such as 1200000.00",
)
_NO_AMOUNT = ("not an amount of money", "Write digits with a decimal point, such as 1200.00")
_AMBIGUOUS = (
    "the amount can be read in two ways",
    "Write it without grouping, such as 1200.00, since the export does not declare its decimal mark",
)
_OTHER_CURRENCY = (
    "the amount is marked with another currency than its row",
    "Correct the currency, or convert the amount before exporting",
)
_TOO_LARGE = ("the amount is too large to be true", "Check the unit; a K, M or B multiplies what stands before it")

_SCALES = {"": 0, "K": 3, "M": 6, "B": 9}
_MARK = r"(?:[A-Z]{1,2}\$|[$€£¥₹]|[A-Z]{3})"
_AMOUNT = (
    rf"^(?P<open>\()?(?P<sign>[-−])?(?:(?P<before>{_MARK}) ?)?(?P<inner>[-−])?"
    rf"(?P<number>[0-9](?:[0-9.,'’ ]*[0-9])?)(?P<scale>[KkMmBb])?(?P<close>\))?(?: ?(?P<after>{_MARK}))?(?P<late>\))?$"
)
_WHOLE = r"(?:0|[1-9][0-9]*)"
_HEAD = r"[1-9][0-9]{0,2}"
_POINT = rf"^(?:{_WHOLE}|{_HEAD}(?:(?:,[0-9]{{3}})+|(?:['’][0-9]{{3}})+|(?: [0-9]{{3}})+))(?:\.[0-9]+)?$"
_COMMA = rf"^(?:{_WHOLE},[0-9]{{1,2}}|{_HEAD}(?:(?:\.[0-9]{{3}})+|(?:['’][0-9]{{3}})+|(?: [0-9]{{3}})+)(?:,[0-9]+)?)$"
_TWO_WAYS = rf"^{_HEAD}[.,][0-9]{{3}}$"
_INFINITE = r"(?i)^[-+]?(?:inf(?:inity)?|∞|nan)$"
_SCIENTIFIC = r"^[-+]?[0-9.,]+[eE][-+]?[0-9]+$"
_FIELDS = ("open", "sign", "before", "inner", "close", "after", "late")
_LARGEST_DIGITS = 13  # whole dollars: beyond it, sums of cents would no longer fit 64 bits with room to spare


def read_money(text: pl.Expr, currency: pl.Expr) -> Reading:
    """Amounts in the currency of their row, exact to the cent.

    Accepted are plain digits (`1200`, `1200.5`), grouped thousands whose mark cannot be the decimal mark
    (`1,200.50`, `1.200,00`, `1 200`, `1,200,000`), a currency sign or code on one side, a scale (`80K`, `1.5M`), and a
    negative as `-500` or `(500)`. `1,200` and `1.200` alone can be read in two ways and are refused, except after a
    dollar or pound sign, which nobody combines with a decimal comma: `$1,200` is twelve hundred.

    Parameters
    ----------
    text
        The cells, tidied.
    currency
        ISO code of each row's currency; a mark of another currency is refused.

    Returns
    -------
    Reading
        Values are `Decimal(18, 2)` dollars; further decimals are rounded half up, away from zero.
    """
    parts = text.str.extract_groups(_AMOUNT)
    number, scale = parts.struct.field("number"), parts.struct.field("scale").str.to_uppercase().fill_null("")
    canonical = _canonical(number)
    exact = _cents(canonical, scale)
    reason, advice = first_refusal(
        refuse(text.str.contains(_INFINITE), *_NOT_FINITE),
        refuse(text.str.contains(_SCIENTIFIC), *_DIGITS_HIDDEN),
        refuse(text.is_not_null() & ~_well_formed(parts, canonical), *_NO_AMOUNT),
        refuse(_can_be_read_two_ways(parts, number), *_AMBIGUOUS),
        refuse(~_same_currency(parts, currency), *_OTHER_CURRENCY),
        refuse(text.is_not_null() & exact.is_null(), *_TOO_LARGE),
    )
    signed = pl.when(_negative(parts)).then(-exact).otherwise(exact)
    return Reading(pl.when(reason.is_null()).then(dollars(signed)), reason, advice)


def _well_formed(parts: pl.Expr, canonical: pl.Expr) -> pl.Expr:
    """Whether the number has a known shape, at most one sign, balanced brackets and at most one mark."""
    has = {name: parts.struct.field(name).is_not_null() for name in _FIELDS}
    closed = has["close"] | has["late"]
    signs = has["open"].cast(pl.Int8) + has["sign"].cast(pl.Int8) + has["inner"].cast(pl.Int8)
    sound = (has["open"] == closed) & ~(has["close"] & has["late"])
    return (canonical.is_not_null() & sound & (signs <= 1) & ~(has["before"] & has["after"])).fill_null(False)


def _negative(parts: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(*(parts.struct.field(name).is_not_null() for name in ("open", "sign", "inner")))


def _can_be_read_two_ways(parts: pl.Expr, number: pl.Expr) -> pl.Expr:
    before = parts.struct.field("before")
    english = (before.str.ends_with("$") | (before == "£")).fill_null(False) & number.str.contains(",", literal=True)
    return number.str.contains(_TWO_WAYS) & ~english


def _canonical(number: pl.Expr) -> pl.Expr:
    """The digits with a decimal point and nothing else; null for a shape that is not known."""
    bare = number.str.replace_all(r"['’ ]", "")
    return (
        pl.when(number.str.contains(_POINT))
        .then(bare.str.replace_all(",", "", literal=True))
        .when(number.str.contains(_COMMA))
        .then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
    )


def _cents(canonical: pl.Expr, scale: pl.Expr) -> pl.Expr:
    """Whole cents of a canonical number times its scale, rounded half up; null when too large."""
    shift = scale.replace_strict(_SCALES, default=0, return_dtype=pl.Int64) + 2
    whole = canonical.str.extract(r"^([0-9]+)")
    decimals = canonical.str.extract(r"\.([0-9]+)$").fill_null("").str.pad_end(12, "0")
    digits = pl.concat_str(whole, decimals.str.slice(0, shift)).str.strip_chars_start("0")
    fits = digits.str.len_chars() <= _LARGEST_DIGITS + 2
    kept = pl.when(fits).then(pl.concat_str(pl.lit("0"), digits)).cast(pl.Int64)
    return kept + (decimals.str.slice(shift, 1) >= "5").cast(pl.Int64)


def _same_currency(parts: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Whether the mark beside the amount, if any, can mean the row's currency."""
    mark = pl.coalesce(parts.struct.field("before"), parts.struct.field("after"))
    pairs = [f"{mark} {code}" for mark, codes in MARKS.items() for code in codes]
    fits = (mark == currency) | pl.concat_str(mark, currency, separator=" ").is_in(pairs)
    return mark.is_null() | fits.fill_null(False)
