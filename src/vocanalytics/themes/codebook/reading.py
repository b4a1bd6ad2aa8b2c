"""The codebook as people keep it on disk: read whole, and refused in one line where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.book import Codebook, CodebookTheme, Exemplar, Pin, stamped
from vocanalytics.themes.codebook.fingerprints import fingerprints
from vocanalytics.vocabulary import folded

Item = TypeVar("Item", bound=BaseModel)

_KEYS = {"themes", "pins"}


def read_codebook(path: Path) -> Codebook:
    """The themes that people keep in a YAML file; a file that is not there is an empty codebook.

    Raises
    ------
    ThemeError
        For unreadable YAML, an unknown key, an id that is not like T-0007, an id or name that stands twice, a theme
        merged into one that is not there or into itself, a pin to an unknown theme, or an exemplar whose words are not
        those of its fingerprint; one line with the file and the theme.
    """
    if not path.exists():
        return Codebook()
    content = path.read_bytes()
    return stamped(parse_codebook(path, content), sha256(content).hexdigest())


def parse_codebook(path: Path, content: bytes) -> Codebook:
    """What the bytes of a codebook say; `path` is only for messages."""
    entries, pins = _read_lists(path, content)
    codebook = Codebook(
        themes=tuple(_read(path, CodebookTheme, "theme", number, entry) for number, entry in enumerate(entries, 1)),
        pins=tuple(_read(path, Pin, "pin", number, pin) for number, pin in enumerate(pins, 1)),
    )
    _refuse_repeats(path, codebook.themes)
    _refuse_broken_lineage(path, codebook)
    _refuse_pins(path, codebook)
    _refuse_altered(path, codebook.themes)
    return codebook


def _read_lists(path: Path, content: bytes) -> tuple[list[object], list[object]]:
    from yaml import YAMLError

    from vocanalytics.themes.codebook.yaml_page import loaded

    try:
        held = loaded(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ThemeError("the codebook is not UTF-8", where=str(path), advice="Save it as UTF-8") from error
    except YAMLError as error:
        raise ThemeError(f"the codebook is not YAML: {error}", where=str(path)) from error
    if held is None:
        return [], []
    if isinstance(held, dict) and held.keys() <= _KEYS:
        themes, pins = ([] if held.get(key) is None else held[key] for key in ("themes", "pins"))
        if isinstance(themes, list) and isinstance(pins, list):
            return themes, pins
    keys = ", ".join(map(str, held)) if isinstance(held, dict) else type(held).__name__
    expected = "the key themes with a list, and perhaps the key pins with another"
    raise ThemeError("not a codebook", where=str(path), found=keys, expected=expected)


def _read(path: Path, kind: type[Item], what: str, number: int, entry: object) -> Item:
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the entry"
        named = entry.get("theme_id") if isinstance(entry, dict) and what == "theme" else None
        raise ThemeError(
            f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=f"{path}, {what} {named or f'number {number}'}",
            found=repr(first["input"])[:80],
            expected="an id such as T-0007" if key == "theme_id" else None,
        ) from error


def _refuse_repeats(path: Path, themes: Iterable[CodebookTheme]) -> None:
    owners: dict[str, str] = {}
    for theme in themes:
        calls = [("id", theme.theme_id, theme.theme_id), ("name", theme.name, folded(theme.name))]
        calls += [("name", name, folded(name)) for name in theme.also_named if folded(name) != folded(theme.name)]
        calls += [("found_as", found, found) for found in theme.found_as]
        for label, written, key in calls:
            if key in owners:
                raise ThemeError(
                    f"the {label} of a theme stands twice",
                    where=f"{path}, theme {theme.theme_id}",
                    found=f"{written if label != 'name' else repr(written)}, also the {label} of {owners[key]}",
                    advice=f"Give one of them another {label}",
                )
            owners[key] = theme.theme_id


def _refuse_broken_lineage(path: Path, codebook: Codebook) -> None:
    known = {theme.theme_id: theme for theme in codebook.themes}
    for theme in codebook.themes:
        where = f"{path}, theme {theme.theme_id}"
        for key, target in _links(theme):
            if target not in known:
                raise ThemeError(f"{key} names a theme that is not in the codebook", where=where, found=target)
        if theme.merged_into is not None and theme.status != "retired":
            raise ThemeError(
                "a theme that was merged is retired",
                where=where,
                found=f"status {theme.status} with merged_into {theme.merged_into}",
                advice="Write status: retired, or take merged_into out",
            )
        if theme.theme_id in theme.split_from:
            raise ThemeError("a theme is split from itself", where=where, found=theme.theme_id)
        _refuse_circle(where, theme, known)


def _links(theme: CodebookTheme) -> Iterator[tuple[str, str]]:
    if theme.merged_into is not None:
        yield "merged_into", theme.merged_into
    yield from (("split_from", parent) for parent in theme.split_from)
    yield from (("origin", exemplar.origin) for exemplar in theme.exemplars if exemplar.origin is not None)


def _refuse_circle(where: str, theme: CodebookTheme, known: dict[str, CodebookTheme]) -> None:
    walked = [theme.theme_id]
    following = theme.merged_into
    while following is not None and following in known:
        walked.append(following)
        if following in walked[:-1]:
            raise ThemeError("themes are merged in a circle", where=where, found=" into ".join(walked))
        following = known[following].merged_into


def _refuse_pins(path: Path, codebook: Codebook) -> None:
    placed: set[tuple[str, str | None]] = set()
    for number, pin in enumerate(codebook.pins, start=1):
        where = f"{path}, pin number {number}"
        if pin.theme_id is not None and codebook.theme(pin.theme_id) is None:
            raise ThemeError("a pin to a theme that is not in the codebook", where=where, found=pin.theme_id)
        if (pin.sha256, pin.feedback_id) in placed:
            raise ThemeError("the same verbatim is pinned twice", where=where, found=pin.feedback_id or pin.sha256)
        placed.add((pin.sha256, pin.feedback_id))


def _refuse_altered(path: Path, themes: Iterable[CodebookTheme]) -> None:
    marked = [(theme, exemplar) for theme in themes for exemplar in theme.exemplars if exemplar.sha256]
    for (theme, exemplar), found in zip(marked, fingerprints(_texts(marked)), strict=True):
        if exemplar.sha256 != found:
            raise ThemeError(
                "the text of an exemplar was altered: it is not the one of its sha256",
                where=f"{path}, theme {theme.theme_id}",
                found=repr(exemplar.text[:60]),
                advice="Put the customer's words back, or take the line with the sha256 out if the change is meant",
            )


def _texts(marked: Iterable[tuple[CodebookTheme, Exemplar]]) -> list[str]:
    return [exemplar.text for _, exemplar in marked]
