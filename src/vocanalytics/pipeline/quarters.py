"""Which quarters have data, and which of them a run means when none is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from vocanalytics.errors import SettingsError
from vocanalytics.settings import Quarter
from vocanalytics.settings.month import Month


def quarters_with_data(root: Path) -> list[Quarter]:
    """The quarters for which `data/raw/` holds at least one file, oldest first; folders of other names do not count."""
    named = {folder: _quarter_of(folder) for folder in (root / "data" / "raw").glob("*Q[1-4]") if folder.is_dir()}
    return sorted(quarter for folder, quarter in named.items() if quarter is not None and _has_files(folder))


def _quarter_of(folder: Path) -> Quarter | None:
    try:
        return Quarter.parse(folder.name)
    except SettingsError:
        return None


def _has_files(folder: Path) -> bool:
    return any(path.is_file() and not path.name.startswith((".", "~$")) for path in folder.iterdir())


def default_month(root: Path, today: dt.date) -> Month:
    """The last month that lies in a quarter with data and was over on a given day; else the first of the last quarter.

    Raises
    ------
    SettingsError
        When no quarter has data.
    """
    last = default_quarter(root, today)
    known = quarters_with_data(root)
    months = [Month(quarter.year, 3 * quarter.number - 2 + place) for quarter in known for place in range(3)]
    over = [month for month in months if month.last_day < today]
    return over[-1] if over else Month(last.year, 3 * last.number - 2)


def default_quarter(root: Path, today: dt.date) -> Quarter:
    """The last quarter that has data and was over on a given day; the last with data if none was over yet.

    Raises
    ------
    SettingsError
        When no quarter has data.
    """
    known = quarters_with_data(root)
    if not known:
        raise SettingsError(
            "there are no exports",
            where="data/raw",
            expected="a folder such as data/raw/2026Q3 with feedback and accounts",
            advice="Put the exports there, or make the demonstration quarter with: vocanalytics demo",
        )
    over = [quarter for quarter in known if quarter.last_day < today]
    return (over or known)[-1]
