"""The hand-written part of the demonstration, as it lies in the package."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_HERE = files("vocanalytics.demo")


@cache
def read_yaml(path: str) -> Any:
    """One YAML file of the package; `path` is relative to `vocanalytics/demo`."""
    return yaml.safe_load(_HERE.joinpath(path).read_text(encoding="utf-8"))


@cache
def read_records(path: str) -> tuple[dict[str, str], ...]:
    """One CSV file of the package, every cell as text."""
    text = _HERE.joinpath(path).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def read_bytes(path: str) -> bytes:
    """One file of the package as it is."""
    return _HERE.joinpath(path).read_bytes()


def file_names(folder: str) -> list[str]:
    """Names of the files in a folder of the package, sorted."""
    return sorted(item.name for item in _HERE.joinpath(folder).iterdir() if item.is_file())
