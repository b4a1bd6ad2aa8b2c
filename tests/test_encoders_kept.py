"""Kept vectors: a text is embedded once, ever, and no fault of the file changes or stops a run."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocanalytics.themes.encoding.embeddings import BATCH, Half, kept_vectors

SIZE = 8


class Counting:
    """Embeds a text as the digits of its hash, and counts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Half:
        self.texts += texts
        digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:SIZE] for text in texts]
        return np.array([list(digest) for digest in digests], dtype=np.float16)


def asked(path: Path, texts: Sequence[str]) -> tuple[Half, list[str]]:
    embed = Counting()
    return kept_vectors(path, texts, embed, SIZE), embed.texts


def test_a_text_is_embedded_once_ever(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    first, new = asked(path, ["a", "b", "a", "c"])
    assert new == ["a", "b", "c"]
    second, new = asked(path, ["c", "d", "a", "d"])
    assert new == ["d"]
    assert second[0].tobytes() == first[3].tobytes()
    assert second[2].tobytes() == first[0].tobytes()
    assert np.array_equal(second[1], second[3])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=3), max_size=20), st.lists(st.text(max_size=3), min_size=1, max_size=20))
def test_kept_and_fresh_vectors_are_the_same(earlier: list[str], texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "kept.sqlite"
        asked(path, earlier)
        vectors, new = asked(path, texts)
    assert vectors.tobytes() == Counting()(texts).tobytes()
    assert not set(new) & set(earlier)


def test_the_file_holds_no_words(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    asked(path, ["please delete my secret account"])
    assert b"secret" not in path.read_bytes()
    with sqlite3.connect(path) as file:
        ((key, vector),) = file.execute("SELECT * FROM embeddings").fetchall()
    assert key == hashlib.sha256(b"please delete my secret account").digest()
    assert len(vector) == 2 * SIZE


def _damage_head(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 40)


def _damage_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def _anothers(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize("damage", [_damage_head, _damage_middle, _anothers])
def test_a_damaged_or_foreign_file_is_set_aside_and_begun_again(damage: object, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    before, _ = asked(path, [str(number) for number in range(600)])
    damage(path)  # type: ignore[operator]
    with pytest.warns(UserWarning, match=r"kept\.sqlite was damaged; it is set aside as kept\.sqlite\.damaged"):
        after, new = asked(path, [str(number) for number in range(600)])
    assert after.tobytes() == before.tobytes()
    assert new
    assert path.with_name("kept.sqlite.damaged").is_file()
    assert asked(path, [str(number) for number in range(BATCH, 600)])[1] == []


def test_a_vector_of_another_length_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    before, _ = asked(path, ["a", "b"])
    with sqlite3.connect(path) as file:
        file.execute("UPDATE embeddings SET vector = x'0102'")
    after, new = asked(path, ["a", "b"])
    assert new == ["a", "b"]
    assert after.tobytes() == before.tobytes()
    assert asked(path, ["a", "b"])[1] == []


def test_a_folder_that_is_not_there_keeps_nothing(tmp_path: Path) -> None:
    vectors, new = asked(tmp_path / "gone" / "kept.sqlite", ["a"])
    assert new == ["a"]
    assert np.array_equal(vectors, Counting()(["a"]))
    assert not (tmp_path / "gone").exists()


def _as_somebody_without_rights(path: Path) -> int:
    """What the new texts were, as an exit code, when somebody asks who may only read."""
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        first, second = asked(path, ["a", "b"])[1], asked(path, ["b"])[1]
        os._exit(0 if (first, second) == (["b"], ["b"]) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_folder_that_cannot_be_written_is_read() -> None:
    with TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "kept.sqlite"
        asked(path, ["a"])
        before = path.read_bytes()
        path.chmod(0o444)
        folder.chmod(0o555)
        try:
            assert _as_somebody_without_rights(path) == 0
        finally:
            folder.chmod(0o755)
        assert path.read_bytes() == before


def test_a_file_that_is_locked_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vocanalytics.themes.encoding.embeddings._WAIT_SECONDS", 0.05)
    path = tmp_path / "kept.sqlite"
    asked(path, ["a"])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        vectors, new = asked(path, ["a", "b"])
    finally:
        holder.close()
    assert set(new) == {"a", "b"}
    assert np.array_equal(vectors, Counting()(["a", "b"]))
    assert not path.with_name("kept.sqlite.damaged").exists()
    assert asked(path, ["a"])[1] == []


_WORKER = """
import sys, time
from pathlib import Path
from tempfile import TemporaryDirectory
sys.path.insert(0, sys.argv[2])
from test_encoders_kept import Counting, SIZE, kept_vectors
class Slow(Counting):
    def __call__(self, texts):
        time.sleep(0.02)
        return super().__call__(texts)
embed = Slow()
start, end = int(sys.argv[3]), int(sys.argv[4])
kept_vectors(Path(sys.argv[1]), [str(number) for number in range(start, end)], embed, SIZE)
print(len(embed.texts))
"""


def _worker(path: Path, start: int, end: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WORKER, str(path), str(Path(__file__).parent), str(start), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _rows(path: Path) -> int:
    try:
        with sqlite3.connect(path) as file:
            return int(file.execute("SELECT count(*) FROM embeddings").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_a_process_that_is_killed_leaves_whole_vectors(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    worker = _worker(path, 0, 200 * BATCH)
    try:
        until = time.monotonic() + 60
        while _rows(path) < 3 * BATCH and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    rows = _rows(path)
    assert 3 * BATCH <= rows < 200 * BATCH
    assert rows % BATCH == 0
    texts = [str(number) for number in range(rows + 5)]
    vectors, new = asked(path, texts)
    assert new == texts[rows:]
    assert np.array_equal(vectors, Counting()(texts))


def test_two_processes_at_once_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    workers = [_worker(path, 0, 8 * BATCH), _worker(path, 4 * BATCH, 12 * BATCH)]
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    assert _rows(path) == 12 * BATCH
    texts = [str(number) for number in range(12 * BATCH)]
    vectors, new = asked(path, texts)
    assert new == []
    assert np.array_equal(vectors, Counting()(texts))


def test_a_file_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """A second process, or one after a crash, never sees the table without the mark that says whose it is."""
    path = tmp_path / "kept.sqlite"
    seen = set[tuple[int, int]]()
    connect = sqlite3.connect

    def watched(*given: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **more)
        connection.set_trace_callback(lambda _statement: look())
        return connection

    def look() -> None:
        with closing(connect(path, timeout=0)) as other, suppress(sqlite3.OperationalError):
            (tables,) = other.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (mark,) = other.execute("PRAGMA application_id").fetchone()
            seen.add((tables, mark))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("vocanalytics.themes.encoding.embeddings.sqlite3.connect", watched)
        asked(path, ["a"])
    assert seen
    assert {mark for tables, mark in seen if tables} <= {0x766F6365}


def test_a_file_that_stays_locked_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.sqlite"
    asked(path, ["a"])
    monkeypatch.setattr("vocanalytics.themes.encoding.embeddings._WAIT_SECONDS", 0.2)
    held: list[sqlite3.Connection] = []

    def embed(texts: Sequence[str]) -> Half:
        if not held:
            held.append(sqlite3.connect(path, isolation_level=None))
            held[0].execute("BEGIN EXCLUSIVE")
        return np.zeros((len(texts), SIZE), dtype=np.float16)

    begun = time.monotonic()
    kept_vectors(path, [str(number) for number in range(20 * BATCH)], embed, SIZE)
    held[0].close()
    assert time.monotonic() - begun < 2
