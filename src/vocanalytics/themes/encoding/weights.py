"""Prepared weights: which files an encoder needs, whether they are there, and whether they are what was prepared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vocanalytics.errors import ThemeError

RECORD = "weights.json"
#: What the folder of each encoder holds beside its record; the first one holds the numbers.
FILES = {"sentence": ("model.onnx", "tokenizer.json"), "static": ("vectors.npy", "tokenizer.json")}
PACKAGES = {"sentence": ("onnxruntime", "tokenizers"), "static": ("tokenizers",)}
#: Raised when the same source gives other weights than before.
RECIPE = 1


@dataclass(frozen=True)
class Weights:
    """The weights of an encoder, checked.

    Attributes
    ----------
    encoder
        `sentence` or `static`.
    folder
        Where they are.
    sha256
        Of each file, by name.
    source
        Names and hashes of the files that they were made from, and whose model it is.
    """

    encoder: str
    folder: Path
    sha256: Mapping[str, str]
    source: Mapping[str, str]

    @property
    def numbers(self) -> Path:
        """The file with the numbers."""
        return self.folder / FILES[self.encoder][0]

    @property
    def tokenizer(self) -> Path:
        """The file that says how a text falls into tokens."""
        return self.folder / "tokenizer.json"

    @property
    def fingerprint(self) -> dict[str, str]:
        """What a run records: which encoder, whose model, and the hashes that decide every vector."""
        return {
            "encoder": self.encoder,
            "encoder_model": self.source["model"],
            "encoder_weights_sha256": self.sha256[self.numbers.name],
            "encoder_tokenizer_sha256": self.sha256["tokenizer.json"],
        }


def read_weights(encoders_dir: Path, encoder: str) -> Weights:
    """The prepared weights of an encoder, every file hashed again.

    Raises
    ------
    ThemeError
        When a package or a file is missing, or a file is not the one that was prepared.
    """
    expect_packages(encoder, PACKAGES[encoder])
    folder = encoders_dir / encoder
    names = (*FILES[encoder], RECORD)
    absent = [name for name in names if not (folder / name).is_file()]
    if absent:
        raise _not_here(encoder, f"weights are not in {folder.as_posix()}", found=f"no {' and no '.join(absent)}")
    weights = _recorded(folder, encoder)
    for name, expected in weights.sha256.items():
        expect_sha256(
            folder / name, expected, advice="Prepare the weights again: delete the folder and run make encoders"
        )
    return weights


def expect_packages(encoder: str, packages: Iterable[str]) -> None:
    """Refuse to go on where packages of an encoder are not installed.

    Raises
    ------
    ThemeError
        Naming them, before anything is read or built.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise _not_here(encoder, "packages are not installed", found=f"no {' and no '.join(missing)}")


def _recorded(folder: Path, encoder: str) -> Weights:
    record = read_json(folder / RECORD)
    hashes, source = record.get("sha256", {}), record.get("source", {})
    named = isinstance(hashes, dict) and isinstance(source, dict) and record.get("encoder") == encoder
    if named and {*FILES[encoder]} == {*hashes} and "model" in source:
        return Weights(encoder, folder, dict(hashes), dict(source))
    raise ThemeError(
        "the record of the weights cannot be used",
        where=(folder / RECORD).as_posix(),
        expected=f"what make encoders writes for {encoder}",
        advice="Delete the folder and run make encoders",
    )


def _not_here(encoder: str, what: str, *, found: str) -> ThemeError:
    return ThemeError(
        f"the {encoder} encoder's {what}",
        where="themes.encoder",
        found=found,
        expected=f"{', '.join((*FILES[encoder], RECORD))}",
        advice="Run make encoders, which fetches and prepares them once, or set themes.encoder to lexical",
    )


def write_record(folder: Path, encoder: str, source: Mapping[str, str], **told: Any) -> Weights:
    """Hash the files of a folder and write its `weights.json`."""
    hashes = {name: sha256_of(folder / name) for name in FILES[encoder]}
    record = {"encoder": encoder, "recipe": RECIPE, "sha256": hashes, "source": dict(source), **told}
    (folder / RECORD).write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Weights(encoder, folder, hashes, dict(source))


def expect_sha256(path: Path, expected: str, *, advice: str) -> None:
    """Refuse a file that is not the one meant.

    Raises
    ------
    ThemeError
        Naming the file, its hash, and the hash that was expected.
    """
    found = sha256_of(path)
    if found != expected:
        raise ThemeError(
            "the file is not the one that was meant",
            where=path.as_posix(),
            found=f"sha256 {found}",
            expected=f"sha256 {expected}",
            advice=advice,
        )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a file.

    Raises
    ------
    ThemeError
        When the file is missing or holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ThemeError("a file of the model is missing", where=str(path)) from None
    except (ValueError, OSError) as error:
        raise ThemeError("the file cannot be read", where=str(path), found=str(error)) from None
    if not isinstance(found, dict):
        raise ThemeError("the file cannot be read", where=str(path), expected="a JSON object")
    return found


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
