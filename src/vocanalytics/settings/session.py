"""The meeting that the pre-read prepares: `data/curated/<quarter>/session.yml`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from vocanalytics.settings.quarter import Quarter
from vocanalytics.settings.reading import Frozen, read_settings


class Session(Frozen):
    """What people said about the session; each line of the file is optional.

    `day` is its day as 2026-10-08, `when` the words that a reader sees; `builds_reason` says why fewer or more themes
    than the shortlist allows were committed to.
    """

    day: dt.date | None = None
    when: str | dt.datetime | dt.date | None = None
    decides: str | None = None
    brings_facts: str | None = None
    company: str | None = None
    mark: str | None = None
    builds_reason: str | None = None

    @property
    def held_on(self) -> dt.date | None:
        """The day of the session; None where none is written down as a date."""
        if self.day is None and isinstance(self.when, dt.date):
            return self.when.date() if isinstance(self.when, dt.datetime) else self.when
        return self.day


def read_session(curated_dir: Path | str, quarter: Quarter) -> Session:
    """The session of a quarter; an absent file is a session of which nothing is known.

    Raises
    ------
    SettingsError
        When the file cannot be read or holds an unknown key.
    """
    path = Path(curated_dir) / str(quarter) / "session.yml"
    return read_settings(path, Session, may_be_empty=True) if path.is_file() else Session()
