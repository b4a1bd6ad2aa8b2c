"""A YAML text that people wrote, with the places at which its parts stand, so that only what changes is rewritten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import yaml

#: Twenty times as fast where libyaml is there; both read the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Characters that YAML does not take as they are, or takes for the end of a line.
_UNWRITABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PLAIN = re.compile(r"[^\W\d_](?:[\w ()/&+.'-]*[\w)])?")


def loaded(text: str) -> Any:
    """What a YAML text says, with nothing but plain values in it.

    Raises
    ------
    yaml.YAMLError
        When it is not YAML, a key stands twice in one place, or a value is no such value, as the 31st of February.
    """
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        _refuse_repeated_keys(node)
        return None if node is None else loader.construct_document(node)
    except (ValueError, RecursionError) as error:
        raise yaml.YAMLError(str(error)) from error
    finally:
        loader.dispose()


def _refuse_repeated_keys(node: yaml.Node | None) -> None:
    """YAML readers let the last one win; whatever the first one said would be lost without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set[str]()
        for key, held in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} stands twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
            _refuse_repeated_keys(held)
    elif isinstance(node, yaml.SequenceNode):
        for held in node.value:
            _refuse_repeated_keys(held)


class Edit(NamedTuple):
    """Other characters in the place of those from `start` to `end`."""

    start: int
    end: int
    text: str


class OverlapError(Exception):
    """Two edits change the same characters, so the file cannot be edited piece by piece."""


@dataclass
class Page:
    """A text, its nodes, and the edits collected for it.

    Attributes
    ----------
    text
        As it stands in the file.
    edits
        In any order; none may overlap another.
    """

    text: str
    edits: list[Edit] = field(default_factory=list)

    @cached_property
    def root(self) -> yaml.Node | None:
        """The outermost node; None in a text of comments only."""
        node: yaml.Node | None = yaml.compose(self.text, Loader=LOADER)
        return node

    @cached_property
    def newline(self) -> str:
        """How lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        """Where each comment begins and ends; a number sign inside quotes or a block of text is none."""
        found, at = [], 0
        for start, end in [*sorted(_covered(self.text, self.root)), (len(self.text), len(self.text))]:
            while (sign := self.text.find("#", at, max(at, start))) >= 0:
                stop = self.end_of_line(sign)
                found.append((sign, sign + len(self.text[sign:stop].rstrip("\r\n"))))
                at = stop
            at = max(at, end)
        return found

    def end_of(self, node: Any) -> int:
        """Where the last character of a node stands, without the blanks and comments after it."""
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode):
            return start + len(self.text[start:end].rstrip()) if node.style in ("|", ">") else end
        if node.flow_style:
            return end
        last = node.value[-1]
        return self.end_of(last[1] if isinstance(node, yaml.MappingNode) else last)

    def start_of_line(self, at: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, at) + 1

    def end_of_line(self, at: int) -> int:
        """Where the next line begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def dash(self, items: Sequence[yaml.Node], number: int, start: int) -> int:
        """Where the dash of an item of a block list stands; `start` is that of the first."""
        if number == 0:
            return start
        column = start - self.start_of_line(start)
        after = self.end_of_line(self.end_of(items[number - 1]))
        found = re.compile(rf"^ {{{column}}}-", re.MULTILINE).search(self.text, after)
        if found is None or found.end() > items[number].start_mark.index:
            raise OverlapError
        return found.end() - 1

    def after_lines_of(self, node: yaml.Node, column: int) -> int:
        """Where the line after a node begins; comment lines that are indented deeper than `column` belong to it."""
        at = self.end_of_line(self.end_of(node))
        while (line := self.text[at : self.end_of_line(at)]).lstrip(" ").startswith("#"):
            if len(line) - len(line.lstrip(" ")) <= column:
                break
            at = self.end_of_line(at)
        return at

    def replace(self, start: int, end: int, text: str) -> None:
        """Put other characters there; a comment between them moves behind them."""
        kept = "".join(f"  {self.text[a:b]}" for a, b in self.comments if start <= a < end)
        self.edits.append(Edit(start, end, f"{text}{kept}"))

    def insert(self, at: int, text: str) -> None:
        """Put characters before the one that stands there."""
        self.edits.append(Edit(at, at, text))

    def insert_lines(self, at: int, lines: Sequence[str]) -> None:
        """Put whole lines before the character at the beginning of a line, or after the last one."""
        if at == len(self.text) and not self.text.endswith("\n") and self.text:
            self.edits.append(Edit(at, at, "".join(f"{self.newline}{line}" for line in lines)))
        else:
            self.edits.append(Edit(at, at, "".join(f"{line}{self.newline}" for line in lines)))

    def remove_lines(self, start: int, end: int) -> None:
        """Take out the lines from one character to another; comments on them stay, each on a line of its own."""
        start, end = self.start_of_line(start), self.end_of_line(end)
        column = len(self.text[start:end]) - len(self.text[start:end].lstrip(" "))
        held = [self.text[a:b] for a, b in self.comments if start <= a < end]
        self.edits.append(Edit(start, end, "".join(f"{' ' * column}{comment}{self.newline}" for comment in held)))

    def edited(self) -> str:
        """The text after all edits; every other character is where it was."""
        parts, at = [], 0
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end)):
            if edit.start < at:
                raise OverlapError
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*parts, self.text[at:]])


def _covered(text: str, node: yaml.Node | None) -> Iterator[tuple[int, int]]:
    """Where the words of keys and values stand, so that everything else is layout or comment."""
    if isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in ("|", ">"):  # a comment may stand beside the sign that begins a block of text
            end = start + len(text[start:end].rstrip())
            start = text.find("\n", start, end) + 1 or end
        yield start, end
    elif node is not None:
        for child in node.value:
            for part in child if isinstance(node, yaml.MappingNode) else (child,):
                yield from _covered(text, part)


def scalar(value: str, *, plain: bool) -> str:
    """A text as YAML: without quotes where it may be and nothing else can be read, else in double quotes."""
    if plain and _PLAIN.fullmatch(value) and loaded(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def flow(value: Any) -> str:
    """A value on one line, as inside brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(held) for held in value) + "]"
    if isinstance(value, str):
        return scalar(value, plain=True)
    return {None: "null", True: "true", False: "false"}[value]


def block(value: dict[str, Any], column: int) -> list[str]:
    """The lines of an item of a list, whose dash stands at a column; lists of words take one line."""
    lines = [line for key, held in value.items() for line in pair(key, held, column + 2)]
    return [f"{' ' * column}- {lines[0].lstrip(' ')}", *lines[1:]]


def pair(key: str, value: Any, column: int) -> list[str]:
    """The lines of a key and its value."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{' ' * column}{key}:", *(line for item in value for line in block(item, column))]
    written = scalar(value, plain=key not in ("text", "sha256")) if isinstance(value, str) else flow(value)
    return [f"{' ' * column}{key}: {written}"]
