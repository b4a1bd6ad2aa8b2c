"""One run at a time: a lock that names its holder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vocanalytics.errors import LockHeldError


@contextmanager
def project_lock(reports: Path, doing: str, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the project while something is written; the system frees the lock when the process ends, however it ends.

    Parameters
    ----------
    reports
        The project's reports folder.
    doing
        What the holder does, for whoever meets the lock.
    wait_seconds
        How long to wait for another holder.

    Raises
    ------
    LockHeldError
        When another process holds the lock; the message names it.
    """
    reports.mkdir(parents=True, exist_ok=True)
    holder = reports / ".lock.holder"
    lock = FileLock(reports / ".lock", timeout=wait_seconds)
    try:
        lock.acquire()
    except Timeout:
        raise LockHeldError(
            "another run is writing here",
            where=str(reports),
            found=_said(holder),
            advice="Wait for it to end, or stop it, then run again",
        ) from None
    try:
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "doing": doing}))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _said(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text())
        return f"process {who['pid']} on {who['host']}, {who['doing']}"
    except (OSError, ValueError, KeyError):
        return "a process that has not said its name yet"
