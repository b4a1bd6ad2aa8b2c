"""The manifest: what went into a run and what came out, without a clock, so that a replay can be compared with it."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.fingerprint import Fingerprint
from vocanalytics.ledger.places import pretty_json, sha256_file


class Output(BaseModel):
    """A file that a run made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    bytes: int


class Manifest(BaseModel):
    """The deterministic record of a run; `run.json` holds what changes from one execution to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    run_id: str
    fingerprint: Fingerprint
    configuration: dict[str, Any]
    environment: dict[str, str | None]
    seed: int
    exports: tuple[dict[str, Any], ...]
    validation: dict[str, Any]
    row_accounting: tuple[dict[str, Any], ...]
    themes: dict[str, Any]
    ledger_head: str
    outputs: tuple[Output, ...]

    def text(self) -> str:
        """The manifest as it is written and hashed."""
        return pretty_json(self.model_dump(mode="json"))


def build_manifest(
    root: Path,
    fingerprint: Fingerprint,
    *,
    configuration: Mapping[str, Any],
    seed: int,
    records: Mapping[str, Any],
    ledger_head: str,
    folders: Mapping[str, Path],
) -> Manifest:
    """The manifest of a run whose outputs lie in staging.

    Parameters
    ----------
    records
        `exports`, `validation`, `row_accounting` and `themes` as the steps left them.
    folders
        Published folder (relative to the root) to the folder where its files lie now.
    """
    lock = root / "requirements.lock"
    return Manifest(
        run_id=fingerprint.run_id,
        fingerprint=fingerprint,
        configuration=dict(configuration),
        environment={
            "lock_sha256": sha256_file(lock) if lock.is_file() else None,
            "python": platform.python_version(),
        },
        seed=seed,
        exports=tuple(records["exports"]),
        validation=dict(records["validation"]),
        row_accounting=tuple(records["row_accounting"]),
        themes=dict(records["themes"]),
        ledger_head=ledger_head,
        outputs=tuple(output for name, folder in sorted(folders.items()) for output in _outputs(name, folder)),
    )


def _outputs(name: str, folder: Path) -> Iterable[Output]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        # Executed notebooks carry times, so run.json records them instead.
        if path.is_file() and not inner.startswith("notebooks/") and inner not in ("manifest.json", "run.json"):
            yield Output(path=f"{name}/{inner}", sha256=sha256_file(path), bytes=path.stat().st_size)


def read_manifest(path: Path) -> Manifest:
    """A manifest from disk.

    Raises
    ------
    LedgerError
        When there is none or it is not a manifest.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise LedgerError(
            "there is no manifest", where=str(path), advice="Check the run id with: vocanalytics runs"
        ) from None
    except ValidationError as error:
        detail = error.errors()[0]
        raise LedgerError(
            f"not a manifest: {detail['msg']}",
            where=f"{path}, {'.'.join(map(str, detail['loc']))}",
            advice="If another version wrote it, run its quarter again; else restore the file",
        ) from None
