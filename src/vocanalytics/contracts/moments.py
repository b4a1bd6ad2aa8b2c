"""Dates and times: the international form, or refused; nothing is guessed from the digits."""

from __future__ import annotations

import polars as pl

from vocanalytics.contracts.reading import Reading, first_refusal, refuse

#: The reason given for `03/04/2026`: which of the two is the month, only the sender knows.
ORDER_NOT_STATED = "the order of day and month is not stated"

NO_ZONE = "no zone given, read as UTC"
NO_TIME = "no time given, read as midnight UTC"

_SLASHED = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})(?:[ T,].*)?$"
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?"
_DATE = rf"^[1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}{_MIDNIGHT}$"
_DAY = r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_TIME = r"[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_ZONE = r" ?(?:[Zz]|UTC|GMT|[+-](?:(?:0[0-9]|1[0-3]):?[0-5][0-9]|14:?00))"
_MOMENT = rf"{_DAY}(?:{_TIME}(?:{_ZONE})?)?$"
_UNZONED = rf"{_DAY}{_TIME}$"


def read_date(text: pl.Expr) -> Reading:
    """Calendar days written as YYYY-MM-DD; a time of midnight, as spreadsheets and databases add it, is dropped."""
    day = _day(text)
    reason, advice = first_refusal(
        _order_refusal(text),
        refuse(text.is_not_null() & ~text.str.contains(_DATE), "not a date", "Write the date as YYYY-MM-DD"),
        refuse(text.is_not_null() & day.is_null(), "there is no such day", "Correct the date"),
    )
    return Reading(pl.when(reason.is_null()).then(day), reason, advice)


def read_datetime(text: pl.Expr) -> Reading:
    """Moments in UTC, written as an ISO date and time with their zone.

    A moment without a zone is taken as UTC, a day without a time as its midnight; both are noted, so that they can be
    counted. Fractions below a microsecond are cut.
    """
    reason, advice = first_refusal(
        _order_refusal(text),
        refuse(
            text.is_not_null() & ~text.str.contains(_MOMENT),
            "not a date and time",
            "Write it as YYYY-MM-DDTHH:MM:SSZ, or with the offset of its zone",
        ),
        refuse(text.is_not_null() & _day(text).is_null(), "there is no such day", "Correct the date"),
    )
    note = (
        pl.when(text.str.len_chars() == len("YYYY-MM-DD"))
        .then(pl.lit(NO_TIME))
        .when(text.str.contains(_UNZONED))
        .then(pl.lit(NO_ZONE))
    )
    accepted = reason.is_null()
    return Reading(pl.when(accepted).then(_moment(text)), reason, advice, pl.when(accepted).then(note))


def _order_refusal(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    return refuse(
        text.str.contains(_SLASHED),
        ORDER_NOT_STATED,
        "Write dates as YYYY-MM-DD, such as 2026-09-30",
    )


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _moment(text: pl.Expr) -> pl.Expr:
    """Day, time of day and offset put together; what a text holds that is no moment does not matter."""
    time = pl.duration(
        hours=_whole(text.str.slice(11, 2)),
        minutes=_whole(text.str.slice(14, 2)),
        seconds=_whole(text.str.extract(r"^.{16}:([0-9]{2})")),
        microseconds=_whole(text.str.extract(r"\.([0-9]{1,6})").str.pad_end(6, "0")),
        time_unit="us",
    )
    return (_day(text).cast(pl.Datetime("us")) + time - _offset(text)).dt.replace_time_zone("UTC")


def _offset(text: pl.Expr) -> pl.Expr:
    zone = text.str.extract(r"([+-][0-9]{2}:?[0-9]{2})$")
    minutes = _whole(zone.str.slice(1, 2)) * 60 + _whole(zone.str.slice(-2))
    return pl.duration(minutes=pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes), time_unit="us")


def _whole(digits: pl.Expr) -> pl.Expr:
    return digits.cast(pl.Int64, strict=False).fill_null(0)
