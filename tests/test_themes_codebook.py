"""The codebook: what people may write into it, and the one line they get when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from vocanalytics.errors import ThemeError
from vocanalytics.themes import Codebook, read_codebook

GOOD = """
# A comment that people keep.
themes:
  - theme_id: T-0001
    name: Bulk export
    description: Take everything out at once
    status: active
    exemplars:
      - text: "Download all invoices"
      - text: "Exportar todo"
  - theme_id: T-0002
    name: Dark mode
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "codebook.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_codebook_is_read_and_cannot_change(tmp_path: Path) -> None:
    codebook = read_codebook(_write(tmp_path, GOOD))
    assert [theme.theme_id for theme in codebook.themes] == ["T-0001", "T-0002"]
    assert [exemplar.text for exemplar in codebook.themes[0].exemplars] == ["Download all invoices", "Exportar todo"]
    assert (codebook.themes[1].status, codebook.themes[1].description) == ("active", None)
    with pytest.raises(ValidationError):
        codebook.themes[0].name = "Another"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "themes:\n", "themes: []\n"])
def test_an_empty_file_is_an_empty_codebook(tmp_path: Path, text: str) -> None:
    assert read_codebook(_write(tmp_path, text)) == Codebook()


def test_a_missing_file_is_an_empty_codebook(tmp_path: Path) -> None:
    assert read_codebook(tmp_path / "codebook.yml") == Codebook()


@pytest.mark.parametrize("tag", ["T-0001", " T-0001 ", "Bulk export", "bulk   EXPORT", "bulk_export"])
def test_a_tag_resolves_by_id_or_name(tmp_path: Path, tag: str) -> None:
    theme = read_codebook(_write(tmp_path, GOOD)).resolve(tag)
    assert theme is not None
    assert theme.theme_id == "T-0001"


@pytest.mark.parametrize("tag", ["t-1", "export", ""])
def test_another_tag_resolves_to_nothing(tmp_path: Path, tag: str) -> None:
    assert read_codebook(_write(tmp_path, GOOD)).resolve(tag) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("themes:\n  - {theme_id: T-0001, name: A, owner: me}\n", ("T-0001", "owner")),
        ("themes:\n  - {theme_id: T-1, name: A}\n", ("T-1", "T-0007")),
        ("themes:\n  - {theme_id: T-0001}\n", ("T-0001", "name")),
        ("themes:\n  - {theme_id: T-0001, name: '  '}\n", ("T-0001", "name")),
        ("themes:\n  - {theme_id: T-0001, name: A, status: asleep}\n", ("T-0001", "status")),
        ("themes:\n  - {theme_id: T-0001, name: A, exemplars: [{words: a}]}\n", ("T-0001", "exemplars")),
        ("themes:\n  - {theme_id: T-0001, name: A}\n  - {theme_id: T-0001, name: B}\n", ("T-0001", "id", "twice")),
        ("themes:\n  - {theme_id: T-0001, name: A b}\n  - {theme_id: T-0002, name: 'a  B'}\n", ("T-0002", "name")),
        ("themes:\n  - T-0001\n", ("number 1",)),
        ("topics: []\n", ("topics", "themes")),
        ("themes: []\nversion: 2\n", ("version",)),
        ("- theme_id: T-0001\n", ("list",)),
        ("themes: [\n", ("YAML",)),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, said: tuple[str, ...]) -> None:
    with pytest.raises(ThemeError) as caught:
        read_codebook(_write(tmp_path, text))
    line = str(caught.value)
    assert "\n" not in line
    assert "codebook.yml" in line
    assert all(word in line for word in said), line


def test_another_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yml"
    path.write_bytes("themes: [] # é".encode("latin-1"))
    with pytest.raises(ThemeError, match="UTF-8"):
        read_codebook(path)
