"""Curation: what a person does to the codebook, written at once, taken back at will, and never over somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from filelock import Timeout

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook import file as codebook_file
from vocanalytics.themes.codebook.book import THEME_ID, Codebook
from vocanalytics.themes.codebook.fingerprints import fingerprint, fingerprints
from vocanalytics.themes.codebook.log import append, log_path, read_log
from vocanalytics.themes.codebook.operations import OPERATIONS
from vocanalytics.themes.codebook.reading import parse_codebook
from vocanalytics.themes.codebook.replaying import (
    EDIT,
    START,
    UNDO,
    Operation,
    advance,
    content_sha256,
    differences,
    plain,
    retrace,
)

#: Feedback id (None where unknown) and the whole text of a verbatim, as `whole_text` joins subject and words.
Said = tuple[str | None, str]
BY_HAND = "an editor"
#: Of more verbatims than these, so many stand for a theme that is confirmed.
MOST_EXEMPLARS = 20


class Curation:
    """A codebook that a person is working on; every method writes the file and the log before it returns.

    Attributes
    ----------
    path
        The codebook.
    by
        Who works on it.
    notes
        What was found and put right when it was opened, a sentence each.
    """

    def __init__(self, path: Path, by: str, now: Callable[[], dt.datetime]) -> None:
        self.path, self.by, self.notes = path, by, list[str]()
        self._now = now
        self._content = b""
        self._operations: tuple[Operation, ...] = ()
        self._retraced = retrace(Codebook(), ())

    @classmethod
    def open(cls, path: Path, by: str, now: Callable[[], dt.datetime]) -> Curation:
        """Read a codebook to work on it; what hands changed since the last time goes into the log.

        Parameters
        ----------
        path
            `data/curated/codebook.yml`; need not be there yet.
        by
            Who works; stands beside every operation in the log.
        now
            The clock for the log.

        Raises
        ------
        ThemeError
            When the file or its log cannot be read, or they contradict each other.
        """
        if not by.strip():
            raise ThemeError("nobody is named", where=str(path), expected="who works on the codebook")
        curation = cls(path, by.strip(), now)
        curation.reload()
        return curation

    @property
    def codebook(self) -> Codebook:
        """The codebook as it stands."""
        return self._retraced.codebook

    @property
    def log(self) -> list[Operation]:
        """Every operation so far, oldest first."""
        return list(self._operations)

    def reload(self) -> None:
        """Read the file again, for instance after somebody else changed it."""
        with self._locked():
            said = codebook_file.recover(self.path)
            self.notes = [said] if said else []
            self._read()
            self._note_hand()

    def rename(self, theme_id: str, name: str, why: str = "") -> None:
        """Call a theme otherwise; the old name goes on meaning it."""
        self._do("rename", why, theme_id=theme_id, name=name)

    def describe(self, theme_id: str, description: str | None, why: str = "") -> None:
        """Say in a sentence what belongs in a theme."""
        self._do("describe", why, theme_id=theme_id, description=description)

    def merge(self, theme_id: str, into: str, why: str = "") -> None:
        """Count everything about one theme for another; no third theme changes."""
        self._do("merge", why, theme_id=theme_id, into=into)

    def split(self, theme_id: str, name: str, texts: Sequence[Said], why: str = "") -> str:
        """Make a theme of its own of part of one, by verbatims that belong to the new one; returns its id."""
        new_id = self.next_id()
        self._do("split", why, theme_id=theme_id, new_id=new_id, name=name, texts=_words(texts))
        return new_id

    def move(self, feedback_id: str | None, text: str, theme_id: str | None, why: str = "") -> None:
        """Put a verbatim into another theme, or with None into none, from now on."""
        self._do("move", why, sha256=fingerprint(text), feedback_id=feedback_id, theme_id=theme_id)

    def pin(self, feedback_id: str | None, text: str, theme_id: str | None, why: str = "") -> None:
        """Keep a verbatim where it is, whatever the machine says next quarter."""
        self._do("pin", why, sha256=fingerprint(text), feedback_id=feedback_id, theme_id=theme_id)

    def unpin(self, feedback_id: str | None, text: str, why: str = "") -> None:
        """Let the machine place a verbatim again."""
        self._do("unpin", why, sha256=fingerprint(text), feedback_id=feedback_id)

    def retire(self, theme_id: str, why: str = "") -> None:
        """Let a theme gather nothing more; its id stays taken."""
        self._do("retire", why, theme_id=theme_id)

    def restore(self, theme_id: str, why: str = "") -> None:
        """Make a retired, merged or proposed theme active, by itself."""
        self._do("restore", why, theme_id=theme_id)

    def confirm(
        self, proposal_id: str, name: str, texts: Sequence[Said], description: str | None = None, why: str = ""
    ) -> str:
        """Take what the machine proposed into the codebook, with verbatims that stand for it; returns its id.

        Give all its verbatims: of more than twenty, twenty are drawn by their words, so that they lie as far apart as
        the theme is wide. The twenty nearest to its centre would teach that only the very centre belongs to it.
        """
        new_id, words = self.next_id(), _drawn(texts)
        content = {"proposal_id": proposal_id, "new_id": new_id, "name": name, "texts": words}
        self._do("confirm", why, **content, description=description)
        return new_id

    def join(self, proposal_id: str, theme_id: str, texts: Sequence[Said] = (), why: str = "") -> None:
        """Say that what the machine proposed is a theme of the codebook already."""
        self._do("join", why, proposal_id=proposal_id, theme_id=theme_id, texts=_drawn(texts))

    def add_exemplar(self, theme_id: str, feedback_id: str | None, text: str, why: str = "") -> None:
        """Let a verbatim stand for a theme."""
        self._do("add_exemplar", why, theme_id=theme_id, feedback_id=feedback_id, text=text)

    def remove_exemplar(self, theme_id: str, text: str, why: str = "") -> None:
        """Let a verbatim stand for a theme no more."""
        self._do("remove_exemplar", why, theme_id=theme_id, sha256=fingerprint(text))

    def undo(self, why: str = "") -> str:
        """Take back the last operation not yet taken back; returns what it was, in words.

        Raises
        ------
        ThemeError
            When nothing is left to take back, or the last change was made by hand.
        """
        standing = self._retraced.standing
        if not standing or standing[-1][0].operation == START:
            raise ThemeError("there is nothing to take back", where=str(self.path))
        last, before = standing[-1]
        if last.operation == EDIT:
            raise ThemeError(
                "the last change was made by hand", where=str(self.path), advice="Change it back in the editor"
            )
        self._write(UNDO, why, {"of": last.number}, before)
        return f"{last.operation} of {last.at} by {last.by}"

    def next_id(self) -> str:
        """The id that the next new theme gets; one that was ever given is never given again."""
        numbers = [int(match[1]) for held in self._retraced.theme_ids if (match := THEME_ID.fullmatch(held))]
        return f"T-{max(numbers, default=0) + 1:04d}"

    def _do(self, name: str, why: str, /, **given: Any) -> None:
        arguments = {key: value for key, value in given.items() if value is not None or key == "theme_id"}
        self._write(name, why, arguments, OPERATIONS[name](self.codebook, **arguments))

    def _write(self, name: str, why: str, arguments: dict[str, Any], after: Codebook) -> None:
        if after == self.codebook:
            raise ThemeError(f"{name} changes nothing", where=str(arguments.get("theme_id", self.path)))
        with self._locked():
            self._refuse_changed()
            operation = self._operation(name, " ".join(why.split()), arguments, after)
            self._content = codebook_file.write(self.path, self._content, self.codebook, after, operation)
            self._operations = (*self._operations, operation)
            self._retraced = advance(self._retraced, operation)

    def _operation(self, name: str, why: str, arguments: dict[str, Any], after: Codebook, by: str = "") -> Operation:
        return Operation(
            number=len(self._operations) + 1,
            at=self._now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            by=by or self.by,
            why=why,
            operation=name,
            arguments=arguments,
            before=content_sha256(self.codebook),
            after=content_sha256(after),
        )

    def _read(self) -> None:
        self._content = codebook_file.read_bytes(self.path)
        log = log_path(self.path)
        self._operations = read_log(log)
        try:
            self._retraced = retrace(Codebook(), self._operations)
        except (ThemeError, TypeError, KeyError, ValueError) as error:
            said = error.what if isinstance(error, ThemeError) else "an operation cannot be done again"
            where = f"{log}, {error.where}" if isinstance(error, ThemeError) and error.where else str(log)
            raise ThemeError(said, where=where, advice="Restore the log from its last copy") from error

    def _note_hand(self) -> None:
        """What the file says and the log does not know goes into the log."""
        found = parse_codebook(self.path, self._content)
        if not self._operations:
            operation = self._operation(START, "", {"codebook": plain(found)}, found)
        elif found != self.codebook:
            changes = differences(self.codebook, found)
            operation = self._operation(EDIT, "", {"changes": changes}, found, by=BY_HAND)
            self.notes += _reused(changes, self._retraced.theme_ids, self.next_id())
        else:
            return
        append(log_path(self.path), operation)
        self._operations = (*self._operations, operation)
        self._retraced = advance(self._retraced, operation)

    def _refuse_changed(self) -> None:
        stands = codebook_file.read_bytes(self.path) == self._content
        if not stands or read_log(log_path(self.path)) != self._operations:
            raise ThemeError(
                f"{self.path.name} was changed by someone else since you opened it",
                where=str(self.path),
                advice="Nothing was written; reload it and make the change again",
            )

    def _locked(self) -> Any:
        return _Locked(self.path)


class _Locked:
    """The lock of a codebook, whose absence is said in one line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        try:
            self._lock = codebook_file.lock(self._path)
            self._lock.acquire()
        except Timeout:
            raise ThemeError(
                "somebody else is writing the codebook", where=str(self._path), advice="Try again in a moment"
            ) from None
        except OSError as error:
            raise ThemeError(
                f"the codebook's folder cannot be written: {error.strerror or error}",
                where=str(self._path),
                advice="Get leave to write there; reading the codebook needs none",
            ) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _words(texts: Sequence[Said]) -> list[dict[str, str]]:
    return [{"text": text} | ({"feedback_id": where} if where else {}) for where, text in texts]


def _drawn(texts: Sequence[Said]) -> list[dict[str, str]]:
    """At most twenty texts, each of the words once; which ones depends on the words, not on their order."""
    marks = fingerprints([text for _, text in texts])
    distinct = dict(reversed(list(zip(marks, texts, strict=True))))
    if len(distinct) <= MOST_EXEMPLARS:
        return _words(texts)
    return _words([distinct[mark] for mark in sorted(distinct)[:MOST_EXEMPLARS]])


def _reused(changes: Sequence[dict[str, Any]], theme_ids: frozenset[str], free: str) -> list[str]:
    """An id that a hand gave a second time, so that somebody can give the new theme one of its own."""
    return [
        f"{change['theme_id']} was the id of another theme before; a new theme needs an id of its own, such as {free}."
        for change in changes
        if "added" in change and change["theme_id"] in theme_ids
    ]
