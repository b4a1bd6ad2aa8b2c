"""The codebook: the themes that people know by name, with examples of what customers say about them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from vocanalytics.errors import ThemeError
from vocanalytics.vocabulary import folded

THEME_ID = re.compile(r"T-(\d{4,})")

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exemplar(_Entry):
    """A customer's words that stand for a theme."""

    text: Filled


class CodebookTheme(_Entry):
    """A theme as people keep it: its id never changes, its name may."""

    theme_id: Annotated[str, Field(pattern=rf"^{THEME_ID.pattern}$")]
    name: Filled
    description: str | None = None
    status: Literal["proposed", "active", "retired"] = "active"
    exemplars: tuple[Exemplar, ...] = ()


class Codebook(_Entry):
    """Every theme known before this quarter, in the order of the file; ids and names are unique."""

    themes: tuple[CodebookTheme, ...] = ()

    def resolve(self, tag: str) -> CodebookTheme | None:
        """The theme that a tag names by its id or by its name, whatever case, spacing and underscores."""
        wanted = folded(tag)
        by_id = (theme for theme in self.themes if theme.theme_id == tag.strip())
        by_name = (theme for theme in self.themes if folded(theme.name) == wanted)
        return next(by_id, None) or next(by_name, None)


def read_codebook(path: Path) -> Codebook:
    """The themes that people keep in a YAML file; a file that is not there is an empty codebook.

    Raises
    ------
    ThemeError
        For unreadable YAML, an unknown key, an id that is not like T-0007, or an id or name that stands twice;
        one line with the file and the theme.
    """
    if not path.exists():
        return Codebook()
    entries = _read_entries(path)
    themes = tuple(_read_theme(path, number, entry) for number, entry in enumerate(entries, start=1))
    _refuse_repeats(path, themes)
    return Codebook(themes=themes)


def _read_entries(path: Path) -> list[object]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ThemeError("the codebook is not UTF-8", where=str(path), advice="Save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise ThemeError(f"the codebook is not YAML: {error}", where=str(path)) from error
    match content:
        case None:
            return []
        case {"themes": None, **rest} if not rest:
            return []
        case {"themes": list(entries), **rest} if not rest:
            return entries
    keys = ", ".join(map(str, content)) if isinstance(content, dict) else type(content).__name__
    raise ThemeError("not a codebook", where=str(path), found=keys, expected="one key, themes, with a list")


def _read_theme(path: Path, number: int, entry: object) -> CodebookTheme:
    try:
        return CodebookTheme.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the entry"
        named = entry.get("theme_id") if isinstance(entry, dict) else None
        raise ThemeError(
            f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=f"{path}, theme {named or f'number {number}'}",
            found=repr(first["input"])[:80],
            expected="an id such as T-0007" if key == "theme_id" else None,
        ) from error


def _refuse_repeats(path: Path, themes: tuple[CodebookTheme, ...]) -> None:
    owners: dict[str, str] = {}
    for theme in themes:
        for label, key in (("id", theme.theme_id), ("name", folded(theme.name))):
            if key in owners:
                raise ThemeError(
                    f"the {label} of a theme stands twice",
                    where=f"{path}, theme {theme.theme_id}",
                    found=f"{theme.theme_id if label == 'id' else theme.name!r}, also the {label} of {owners[key]}",
                    advice=f"Give one of them another {label}",
                )
        owners |= {theme.theme_id: theme.theme_id, folded(theme.name): theme.theme_id}
