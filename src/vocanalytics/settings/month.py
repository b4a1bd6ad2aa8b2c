"""A month: its name, its days, the quarter that holds it."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from vocanalytics.errors import SettingsError
from vocanalytics.settings.quarter import Quarter

_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
#: In English, since every page is; no locale is asked.
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Month(NamedTuple):
    """A calendar month such as 2026-09; months compare in time order."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month written as four digits, a hyphen and two digits from 01 to 12.

        Raises
        ------
        SettingsError
            For anything else; a month becomes part of paths, so nothing else may pass.
        """
        match = _PATTERN.fullmatch(text) if text.isascii() else None
        # After 9999-11 there would be no next month to count the days by.
        if match is None or int(match[1]) == 0 or match[0] == "9999-12":
            raise SettingsError("not a month", where="MONTH", found=repr(text), expected="a month such as 2026-09")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def label(self) -> str:
        """The month as a reader says it, such as September 2026."""
        return f"{MONTH_NAMES[self.number - 1]} {self.year}"

    @property
    def first_day(self) -> dt.date:
        """The first day of the month."""
        return dt.date(self.year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the month: the as-of date of its triage unless an earlier one is given."""
        following = dt.date(self.year + self.number // 12, self.number % 12 + 1, 1)
        return following - dt.timedelta(days=1)

    @property
    def quarter(self) -> Quarter:
        """The quarter that holds the month, whose exports the triage reads."""
        return Quarter(self.year, (self.number + 2) // 3)
