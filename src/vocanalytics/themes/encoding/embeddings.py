"""Vectors kept by the hash of their text, so that a text is embedded once, ever.

The file holds hashes and vectors, no words. It can be deleted at any time; the next run fills it again.
"""

from __future__ import annotations

import hashlib
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Half = NDArray[np.float16]
Embed = Callable[[Sequence[str]], Half]

#: Texts in a transaction: what a run that is killed does again at most.
BATCH = 256
_APPLICATION = 0x766F6365
_WAIT_SECONDS = 60.0
_LAYOUT = "CREATE TABLE IF NOT EXISTS embeddings (text_sha256 BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


def kept_vectors(path: Path, texts: Sequence[str], embed: Embed, directions: int) -> Half:
    """The vectors of texts: from the file where they are, else made, and kept there.

    Vectors are kept and given as two-byte numbers whether or not they were in the file, so a run is the same either
    way. Where the folder cannot be written, what the file holds is used and nothing is kept.

    Parameters
    ----------
    path
        The file; made when it is missing, set aside as `….damaged` when it is damaged or something else.
    texts
        In any order, repeats allowed.
    embed
        Makes the vectors of texts that are new, shape (texts, directions): one text alike whatever the others are.
    directions
        Numbers in a vector.

    Returns
    -------
    numpy.ndarray
        One vector a text, in their order.
    """
    places: dict[bytes, list[int]] = {}
    for at, text in enumerate(texts):
        places.setdefault(_key(text), []).append(at)
    keys, made = list(places), np.zeros((len(texts), directions), dtype=np.float16)
    with _opened(path) as file:
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            known = file.known(batch, directions)
            new = [key for key in batch if key not in known]
            if new:
                fresh = embed([texts[places[key][0]] for key in new])
                file.keep(new, fresh)
                known |= dict(zip(new, fresh, strict=True))
            for key in batch:
                made[places[key]] = known[key]
    return made


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class _File:
    """The open file, or nothing where none can be had; a file that turns out damaged is set aside and begun again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = self._connect()

    def known(self, keys: Sequence[bytes], directions: int) -> dict[bytes, Half]:
        """Those of the vectors that the file holds."""
        if self._connection is None:
            return {}
        ask = f"SELECT text_sha256, vector FROM embeddings WHERE text_sha256 IN ({','.join('?' * len(keys))})"  # noqa: S608
        try:
            rows = self._connection.execute(ask, keys).fetchall()
        except sqlite3.OperationalError:  # locked for a minute, or gone: go on without it, and do not wait again
            self.close()
            self._connection = None
            return {}
        except sqlite3.DatabaseError:
            self._begin_again()
            return {}
        size = directions * np.dtype(np.float16).itemsize
        return {key: np.frombuffer(vector, dtype="<f2") for key, vector in rows if len(vector) == size}

    def keep(self, keys: Sequence[bytes], vectors: Half) -> None:
        """Write vectors in one transaction: all of them or, when the process is killed meanwhile, none."""
        if self._connection is None:
            return
        rows = [(key, vector.astype("<f2").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        with suppress(sqlite3.DatabaseError), self._connection:  # read-only, full, locked, damaged: nothing is kept
            self._connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()

    def _connect(self) -> sqlite3.Connection | None:
        try:
            return _connected(self._path)
        except sqlite3.OperationalError:
            return _read_only(self._path)
        except sqlite3.DatabaseError:
            return self._set_aside()

    def _begin_again(self) -> None:
        self.close()
        self._connection = self._set_aside()

    def _set_aside(self) -> sqlite3.Connection | None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        with suppress(OSError, sqlite3.DatabaseError):
            self._path.replace(aside)
            warnings.warn(f"{self._path.name} was damaged; it is set aside as {aside.name}", stacklevel=2)
            return _connected(self._path)
        return None


@contextmanager
def _opened(path: Path) -> Iterator[_File]:
    file = _File(path)
    try:
        yield file
    finally:
        file.close()


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False)
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if tables and application != _APPLICATION:
            raise sqlite3.DatabaseError("another program's file")
        if not tables:
            connection.executescript(f"BEGIN IMMEDIATE; {_LAYOUT}; PRAGMA application_id = {_APPLICATION}; COMMIT")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _read_only(path: Path) -> sqlite3.Connection | None:
    """What a file that cannot be written holds; None where there is no file, or somebody else does not let go of it."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
    try:
        connection.execute("SELECT count(*) FROM (SELECT 1 FROM embeddings LIMIT 1)").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        return None
    return connection
