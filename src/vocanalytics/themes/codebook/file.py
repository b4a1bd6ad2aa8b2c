"""The codebook and its log on disk: written whole or not at all, and put right after a crash between the two."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.book import Codebook
from vocanalytics.themes.codebook.editing import edit_codebook
from vocanalytics.themes.codebook.log import append, behind, log_path, read_log
from vocanalytics.themes.codebook.reading import parse_codebook
from vocanalytics.themes.codebook.replaying import Operation, content_sha256

_SECONDS = 10.0


def lock(path: Path) -> FileLock:
    """Held while somebody reads or writes both files, so that they always belong together."""
    real = behind(path)
    real.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(real.with_name(f".{real.name}.lock"), timeout=_SECONDS)


def read_bytes(path: Path) -> bytes:
    """The codebook as it stands; none is an empty one."""
    return path.read_bytes() if path.exists() else b""


def write(path: Path, seen: bytes, before: Codebook, after: Codebook, operation: Operation) -> bytes:
    """Bring an operation into the log and the file, in an order that survives a crash at any point.

    The new file is made ready beside the old one, then the log gets its line, then the new file takes the place of the
    old. A crash before the log leaves everything as it was; one after it is finished by `recover`.

    Returns
    -------
    bytes
        What the file holds now.
    """
    content = edit_codebook(path, seen, before, after) if after != before else seen
    ready = _ready(path)
    try:
        _make_ready(path, ready, content)
        append(log_path(path), operation)
        _stand(ready, path)
    except OSError as error:  # what is ready stays: `recover` knows whether the log has it
        raise ThemeError(
            f"the codebook cannot be written: {error.strerror or error}",
            where=str(path),
            advice="Make room for it, then reload it",
        ) from error
    return content


def recover(path: Path) -> str | None:
    """Finish what a crash left between the log and the file, or clear it away; says what was done, if anything."""
    ready = _ready(path)
    if not ready.exists():
        return None
    log = read_log(log_path(path))
    with suppress(ThemeError):
        made, stands = (content_sha256(parse_codebook(at, read_bytes(at))) for at in (ready, path))
        if log and (log[-1].before, log[-1].after) == (stands, made):
            _stand(ready, path)
            last = log[-1]
            return (
                f"The last change ({last.operation}, by {last.by}) was in the log but not yet in {path.name}; "
                "it is there now."
            )
    ready.unlink()
    return f"A change of {path.name} that was stopped before it was logged did not happen."


def _ready(path: Path) -> Path:
    real = behind(path)
    return real.with_name(f".{real.name}.partial")


def _make_ready(path: Path, ready: Path, content: bytes) -> None:
    with ready.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if path.exists():
        shutil.copymode(path, ready)


def _stand(ready: Path, path: Path) -> None:
    """Let what is ready take the place of the codebook; a link to it goes on being one."""
    ready.replace(behind(path))
    _sync(ready.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
