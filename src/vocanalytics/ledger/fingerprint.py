"""What a run is a function of: inputs, configuration and code. The same three give the same run id."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from vocanalytics import __version__
from vocanalytics.errors import LedgerError
from vocanalytics.ledger.places import QUARTERLY, RunId, canonical_json, sha256_file


class InputFile(BaseModel):
    """A file that a run reads, by the name under which the project knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    bytes: int


class CodeState(BaseModel):
    """The code that computes: its version, its content and, where git tells, its revision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    package_sha256: str
    notebooks: dict[str, str]
    suites: dict[str, str]
    revision: str | None
    changed: bool | None


class Fingerprint(BaseModel):
    """Everything a run depends on, and the id that follows from it.

    `month` is given for a run of one month; `runs` are the published runs whose tables this one reads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pipeline: str = QUARTERLY
    quarter: str
    month: str | None = None
    as_of: str
    inputs: tuple[InputFile, ...]
    runs: tuple[str, ...] = ()
    config_sha256: str
    code: CodeState

    @property
    def run_id(self) -> str:
        """The period, the pipeline, and twelve digits of the hash over inputs, configuration and code."""
        content = self.model_dump(exclude={"code": {"revision", "changed"}})
        digest = hashlib.sha256(canonical_json(content).encode()).hexdigest()
        return str(RunId(self.month or self.quarter, self.pipeline, digest[:12]))


def hash_inputs(root: Path, paths: Iterable[Path]) -> tuple[InputFile, ...]:
    """Fingerprints of input files, sorted by name.

    Raises
    ------
    LedgerError
        When a file lies outside the project, after following links.
    """
    return tuple(sorted((_hash_input(root, path) for path in paths), key=lambda item: item.name))


def _hash_input(root: Path, path: Path) -> InputFile:
    if not path.resolve().is_relative_to(root.resolve()):
        raise LedgerError(
            "an input lies outside the project",
            where=str(path),
            found=f"a link to {path.resolve()}",
            advice="Copy the file into the project",
        )
    return InputFile(name=path.relative_to(root).as_posix(), sha256=sha256_file(path), bytes=path.stat().st_size)


def code_state(root: Path, notebooks: Iterable[str]) -> CodeState:
    """The state of the code that a run of these notebooks uses."""
    package = Path(__file__).resolve().parent.parent
    names = sorted(notebooks)
    suites = sorted((root / "expectations").glob("*.json"))
    revision, changed = _git(package)
    return CodeState(
        version=__version__,
        package_sha256=_tree_sha256(package),
        notebooks={name: sha256_file(root / "notebooks" / f"{name}.ipynb") for name in names},
        suites={path.stem: sha256_file(path) for path in suites},
        revision=revision,
        changed=changed,
    )


def _tree_sha256(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    listed = sorted((path.relative_to(folder).as_posix(), sha256_file(path)) for path in files)
    return hashlib.sha256(canonical_json(listed).encode()).hexdigest()


def _git(root: Path) -> tuple[str | None, bool | None]:
    """Revision of the checkout that holds the running package, and whether it was changed; None without one."""

    def said(*words: str) -> str:
        command = ["git", "-C", str(root), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    try:
        said("ls-files", "--error-unmatch", "__init__.py")
        return said("rev-parse", "HEAD"), bool(said("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None, None
