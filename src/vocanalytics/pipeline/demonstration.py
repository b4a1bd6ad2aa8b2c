"""The fictitious company steps aside when real exports come, so that its numbers never mix with theirs."""

from __future__ import annotations

import json
from pathlib import Path

from vocanalytics.errors import SettingsError
from vocanalytics.ledger.places import pretty_json, sha256_file, write_durably
from vocanalytics.settings import Quarter

#: What the demonstration wrote: path to hash. It outlives the files, to tell the runs made of them.
MARKER = "data/raw/.demonstration.json"


def mark(root: Path, written: list[Path]) -> None:
    """Remember which files the demonstration wrote."""
    files = {path.relative_to(root).as_posix(): sha256_file(path) for path in written}
    write_durably(root / MARKER, pretty_json(files))


def _marked(root: Path) -> dict[str, str]:
    try:
        content = json.loads((root / MARKER).read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in content.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError):
        raise SettingsError("cannot be read", where=MARKER, advice="Remove this file") from None


def step_aside(root: Path, quarter: Quarter) -> list[str]:
    """Remove the demonstration's files once a quarter has feedback and accounts of its own.

    Only files that are byte for byte what the demonstration wrote are removed; `vocanalytics demo` writes them again.
    A file that somebody adds to the demonstration, to see what happens, leaves it in place.

    Returns
    -------
    list of str
        The files removed, relative to the root.
    """
    marked = _marked(root)
    if not marked or not _has_own(root, quarter, marked):
        return []
    removed = []
    for name, digest in sorted(marked.items()):
        path = root / name
        if path.is_file() and sha256_file(path) == digest:
            path.unlink()
            removed.append(name)
    return removed


def _has_own(root: Path, quarter: Quarter, marked: dict[str, str]) -> bool:
    folder = root / "data" / "raw" / str(quarter)
    own = [path.name for path in folder.glob("[!.]*") if not _is_marked(root, path, marked)]
    return all(any(name.startswith(table) for name in own) for table in ("feedback", "accounts"))


def _is_marked(root: Path, path: Path, marked: dict[str, str]) -> bool:
    name = path.relative_to(root).as_posix()
    return name in marked and path.is_file() and sha256_file(path) == marked[name]


def is_made_of_demonstration(root: Path, inputs: dict[str, str]) -> bool:
    """Whether a run read any file of the demonstration, by the names and hashes of its inputs."""
    marked = _marked(root)
    return any(marked.get(name) == digest for name, digest in inputs.items())
