"""Changes of the codebook into the text that people keep: what an operation does not touch stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import yaml

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.book import Codebook
from vocanalytics.themes.codebook.reading import parse_codebook
from vocanalytics.themes.codebook.replaying import plain
from vocanalytics.themes.codebook.yaml_page import LOADER, OverlapError, Page, block, flow, pair, scalar

_ORDER = (
    *("theme_id", "name", "also_named", "description", "area", "status", "found_as"),
    *("merged_into", "split_from", "exemplars"),
)
_BY_HAND = "Nothing was written; make the change by hand in an editor"


def edit_codebook(path: Path, content: bytes, before: Codebook, after: Codebook) -> bytes:
    """The bytes of a codebook in which only what differs between two states is written anew.

    Parameters
    ----------
    path
        Only for messages.
    content
        What the file holds; it says what `before` says.
    before, after
        The codebook as it stands and as it shall be.

    Raises
    ------
    ThemeError
        When the text uses anchors, or cannot be changed piece by piece; nothing is lost then.
    """
    text = content.decode("utf-8")
    mark = text[: len(text) - len(text.removeprefix("\ufeff"))]
    page = Page(text.removeprefix("\ufeff"))
    _refuse_anchors(path, page.text)
    try:
        _edit_root(page, before, after)
        written = (mark + page.edited()).encode("utf-8")
        if parse_codebook(path, written) == after:
            return written
    except (OverlapError, UnicodeEncodeError, ThemeError):
        pass
    what = "the change cannot be put into this file without changing more"
    raise ThemeError(what, where=str(path), advice=_BY_HAND)


def _refuse_anchors(path: Path, text: str) -> None:
    events: Iterable[Any] = yaml.parse(text, Loader=LOADER)
    for event in events:
        if getattr(event, "anchor", None) is not None:
            raise ThemeError(
                "the codebook uses an anchor (&) or an alias (*), so a change in one place would change another",
                where=f"{path}, line {event.start_mark.line + 1}",
                advice="Write out what the alias stands for",
            )


def _edit_root(page: Page, before: Codebook, after: Codebook) -> None:
    themes = [plain(theme) for theme in after.themes], [plain(theme) for theme in before.themes]
    pins = [plain(pin) for pin in after.pins], [plain(pin) for pin in before.pins]
    if page.root is None:
        lines = pair("themes", themes[0], 0) if themes[0] else ["themes: []"]
        page.insert_lines(len(page.text), [*lines, *(pair("pins", pins[0], 0) if pins[0] else [])])
        return
    _edit_key(page, page.root, "themes", themes[1], themes[0])
    _edit_key(page, page.root, "pins", pins[1], pins[0])


def _edit_key(page: Page, owner: Any, key: str, old: Any, new: Any) -> None:
    """Make one key of a mapping say something else; what is empty now leaves, except the themes themselves."""
    if old == new:
        return
    number = next((at for at, (name, _) in enumerate(owner.value) if name.value == key), None)
    if number is None:
        if new:
            _insert_key(page, owner, key, new)
        return
    node = owner.value[number][1]
    if isinstance(new, list) and new:
        _edit_list(page, owner, number, old, new)
    elif new is None and key == "status":
        page.replace(node.start_mark.index, page.end_of(node), "active")
    elif not new and key == "themes":
        _empty(page, owner, number)
    elif not new:
        _remove_key(page, owner, number)
    elif isinstance(node, yaml.ScalarNode):
        blank = " " if node.start_mark.index == node.end_mark.index else ""
        page.replace(node.start_mark.index, page.end_of(node), blank + scalar(new, plain=True))
    else:
        raise OverlapError


def _insert_key(page: Page, owner: Any, key: str, value: Any) -> None:
    nodes = [node for _, node in owner.value]
    if owner.flow_style:
        at = page.end_of(nodes[-1]) if nodes else owner.start_mark.index + 1
        page.insert(at, f"{', ' if nodes else ''}{key}: {flow(value)}")
        return
    column = owner.start_mark.column
    earlier = _ORDER[: _ORDER.index(key)] if key in _ORDER else ("themes", "pins")
    before = [node for name, node in owner.value if name.value in earlier and not _keeps_blanks(page, node)]
    if not before:
        raise OverlapError
    page.insert_lines(page.after_lines_of(before[-1], column), pair(key, value, column))


def _keeps_blanks(page: Page, node: yaml.Node) -> bool:
    """Whether blank lines after a text belong to it, so that no line may come between."""
    head = page.text[node.start_mark.index :].partition("\n")[0].partition("#")[0]
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") and "+" in head


def _remove_key(page: Page, owner: Any, number: int) -> None:
    name, node = owner.value[number]
    if not owner.flow_style:
        if page.text[page.start_of_line(name.start_mark.index) : name.start_mark.index].strip():
            raise OverlapError
        page.remove_lines(name.start_mark.index, page.end_of(node))
    elif number:
        page.replace(page.end_of(owner.value[number - 1][1]), page.end_of(node), "")
    else:
        raise OverlapError


def _empty(page: Page, owner: Any, number: int) -> None:
    """No themes at all: the key stays, so that a reader sees where they go."""
    name, node = owner.value[number]
    if not node.flow_style:
        page.remove_lines(node.start_mark.index, page.end_of(node))
        page.insert(page.text.index(":", name.end_mark.index) + 1, " []")
    else:
        page.replace(node.start_mark.index, node.end_mark.index, "[]")


def _edit_list(page: Page, owner: Any, number: int, old: Sequence[Any], new: Sequence[Any]) -> None:
    """Make a list say something else, item by item."""
    node = owner.value[number][1]
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        _fill(page, owner, number, new)
        return
    matcher = SequenceMatcher(a=[_key(item) for item in old], b=[_key(item) for item in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for at, to in zip(range(i1, i2), range(j1, j2), strict=True):
                _edit_item(page, node.value[at], old[at], new[to])
        elif node.flow_style:
            _edit_flow(page, node.value, i1, i2, [flow(item) for item in new[j1:j2]])
        else:
            _edit_block(page, node, i1, i2, new[j1:j2])


def _key(item: Any) -> str:
    """What makes an item the same one: a theme has its id, everything else is what it says."""
    return item["theme_id"] if isinstance(item, dict) and "name" in item else repr(item)


def _edit_item(page: Page, node: yaml.Node, old: Any, new: Any) -> None:
    if old != new:
        for key in _ORDER:
            _edit_key(page, node, key, old.get(key), new.get(key))


def _fill(page: Page, owner: Any, number: int, new: Sequence[Any]) -> None:
    """Items into a list that is empty, or into the place of a single word."""
    name, node = owner.value[number]
    start, end = node.start_mark.index, page.end_of(node)
    if owner.flow_style or not isinstance(new[0], dict):
        page.replace(start, end, f"{' ' if start == end else ''}{flow(list(new))}")
        return
    page.replace(start, end, "")
    lines = pair(name.value, list(new), owner.start_mark.column)[1:]
    page.insert_lines(page.end_of_line(max(end, name.end_mark.index)), lines)


def _edit_flow(page: Page, items: Sequence[yaml.Node], first: int, last: int, new: Sequence[str]) -> None:
    if new and first < last:
        page.replace(items[first].start_mark.index, page.end_of(items[last - 1]), ", ".join(new))
    elif new and first < len(items):
        page.insert(items[first].start_mark.index, "".join(f"{item}, " for item in new))
    elif new:
        page.insert(page.end_of(items[-1]), "".join(f", {item}" for item in new))
    elif last < len(items):
        page.replace(items[first].start_mark.index, items[last].start_mark.index, "")
    else:
        page.replace(page.end_of(items[first - 1]), page.end_of(items[last - 1]), "")


def _edit_block(page: Page, node: yaml.SequenceNode, first: int, last: int, new: Sequence[Any]) -> None:
    items, start, column = node.value, node.start_mark.index, node.start_mark.column
    if first < last:
        for number in range(first, last):
            page.remove_lines(page.dash(items, number, start), page.end_of(items[number]))
    if not new:
        return
    lines = [line for item in new for line in _item_lines(item, column)]
    if last:
        at = page.after_lines_of(items[last - 1], column)
        page.insert_lines(at, [*_gap(page, items, start, new), *lines])
    else:
        page.insert_lines(page.start_of_line(start), lines)


def _item_lines(item: Any, column: int) -> list[str]:
    return block(item, column) if isinstance(item, dict) else [f"{' ' * column}- {flow(item)}"]


def _gap(page: Page, items: Sequence[yaml.Node], start: int, new: Sequence[Any]) -> list[str]:
    """A blank line before a new theme where there is one between the others."""
    if len(items) < 2 or "name" not in new[0]:
        return []
    between = page.text[page.end_of(items[-2]) : page.dash(items, len(items) - 1, start)]
    return [""] if any(not line.strip() for line in between.splitlines()[1:-1]) else []
