"""The desk of whoever curates: takes a request, has it written to the codebook, and says what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from vocanalytics.errors import ThemeError, VocError
from vocanalytics.explore.atlas import Atlas
from vocanalytics.explore.changes import CHANGES, Asked, Change, Hand
from vocanalytics.explore.log_lines import last_change, log_lines, steps_said
from vocanalytics.explore.telling import as_sentence
from vocanalytics.themes import Curation, read_codebook
from vocanalytics.themes.codebook.log import log_path, read_log

#: Said after every change that stands.
LATER = "Applies from the next make quarterly; the published run stays as it is."


class Answer(NamedTuple):
    """What came of a request, in one line.

    Attributes
    ----------
    ok
        False where nothing was written.
    line
        To be shown as it is.
    follow
        The theme that was made or is meant now, if the request was about another one.
    """

    ok: bool
    line: str
    follow: str | None = None


class Desk:
    """Curates the codebook from the map of a published run; the run itself is never changed.

    Parameters
    ----------
    atlas
        What is looked at.
    codebook
        The file that is written; nothing is written before the first change.
    now
        The clock, for the log.
    """

    def __init__(self, atlas: Atlas, codebook: Path, now: Callable[[], dt.datetime]) -> None:
        self.atlas, self._path, self._now = atlas, codebook, now
        self._curation: Curation | None = None
        self._taken: list[int] = []

    def view(self) -> dict[str, Any]:
        """The themes as they stand, and the last changes, newest first.

        Raises
        ------
        ThemeError
            When the codebook or its log cannot be read.
        """
        if self._curation is not None:
            codebook, log = self._curation.codebook, self._curation.log
        else:
            codebook, log = read_codebook(self._path), list(read_log(log_path(self._path)))
        return self.atlas.view(codebook) | {"log": log_lines(log)}

    def handle(self, asked: Asked) -> Answer:
        """Do what is asked, or say in one line why not; nothing raises, and nothing stays half done."""
        try:
            return self._done(asked)
        except VocError as error:
            return Answer(ok=False, line=as_sentence(error))
        except OSError as error:
            return Answer(ok=False, line=f"{self._path.name} cannot be written: {error.strerror}.")

    def _done(self, asked: Asked) -> Answer:
        does, by = str(asked.get("do")), str(asked.get("by") or "").strip()
        if does == "reload":
            self._curation, self._taken = None, []
            return Answer(ok=True, line="Read again: this is the codebook as it is on the disk now.")
        if not by:
            raise ThemeError("your name is missing", advice="Fill it in once; it goes into the log with every change")
        curation = self._opened(by)
        if does == "undo":
            return self._undone(curation, str(asked.get("why") or ""))
        if does not in CHANGES:
            raise ThemeError("there is no such change", found=does)
        change = CHANGES[does](Hand(curation, self.atlas), asked)
        follow = self._all_or_none(curation, change)
        return Answer(ok=True, line=f"{change.said} {LATER}", follow=follow)

    def _opened(self, by: str) -> Curation:
        if self._curation is None:
            self._curation = Curation.open(self._path, by, self._now)
        self._curation.by = by
        return self._curation

    def _all_or_none(self, curation: Curation, change: Change) -> str | None:
        """Several steps asked for at once: all of them, or none."""
        made: list[object] = []
        try:
            for step in change.steps:
                made.append(step())
        except VocError:
            for _ in made:
                curation.undo("a later step of the same change was refused")
            raise
        self._taken.append(len(made))
        return next((new for new in made if isinstance(new, str)), change.follow)

    def _undone(self, curation: Curation, why: str) -> Answer:
        last = last_change(curation.log, self._taken[-1] if self._taken else None)
        for _ in last or (None,):
            curation.undo(why)
        self._taken = self._taken[:-1]
        return Answer(ok=True, line=f"Taken back: {steps_said(last)}.")
