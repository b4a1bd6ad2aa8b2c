"""A quarter: its name, its days, its neighbours."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from vocanalytics.errors import SettingsError

#: How many quarters a run looks back, if each of them is on record: their decisions, scores and overrides.
LOOKS_BACK = 4

_PATTERN = re.compile(r"(\d{4})Q([1-4])")


class Quarter(NamedTuple):
    """A calendar quarter such as 2026Q3; quarters compare in time order."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """The quarter written as four digits, Q and a digit from 1 to 4.

        Raises
        ------
        SettingsError
            For anything else; a quarter becomes part of paths, so nothing else may pass.
        """
        match = _PATTERN.fullmatch(text) if text.isascii() else None
        # After 9999Q3 there would be no next quarter to count the days by.
        if match is None or int(match[1]) == 0 or match[0] == "9999Q4":
            raise SettingsError("not a quarter", where="QUARTER", found=repr(text), expected="a quarter such as 2026Q3")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"

    @property
    def label(self) -> str:
        """The quarter as a reader says it, such as Q3 2026."""
        return f"Q{self.number} {self.year}"

    @property
    def first_day(self) -> dt.date:
        """The first day of the quarter."""
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the quarter: the as-of date unless another is given."""
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The quarter before this one."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)
