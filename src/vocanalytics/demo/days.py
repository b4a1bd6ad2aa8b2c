"""The days of the two quarters, and office hours within them."""

from __future__ import annotations

import datetime as dt
from random import Random

FIRST_DAY = {"2026Q2": dt.date(2026, 4, 1), "2026Q3": dt.date(2026, 7, 1)}
LAST_DAY = {"2026Q2": dt.date(2026, 6, 30), "2026Q3": dt.date(2026, 9, 30)}


def moment(rng: Random, first: dt.date, last: dt.date) -> str:
    """An instant between two days, both included, as ISO text in UTC; four of five weekend days become a Friday."""
    day = first + dt.timedelta(days=rng.randrange((last - first).days + 1))
    if day.weekday() > 4 and rng.random() < 0.8:
        day = max(first, day - dt.timedelta(days=day.weekday() - 4))
    return stamp(day, rng.randrange(6, 20), rng.randrange(60))


def stamp(day: dt.date, hour: int, minute: int) -> str:
    """A day and an hour as the exports write them."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:00Z"


def in_quarter(rng: Random, quarter: str) -> str:
    """An instant of the quarter."""
    return moment(rng, FIRST_DAY[quarter], LAST_DAY[quarter])


def shortly_after(rng: Random, created_at: str, quarter: str) -> str:
    """An instant up to three days later, still in the quarter."""
    day = dt.date.fromisoformat(created_at[:10])
    return moment(rng, day, min(day + dt.timedelta(days=3), LAST_DAY[quarter]))


def a_year_earlier(day: dt.date) -> dt.date:
    """The same day of the year before; 29 February becomes the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
