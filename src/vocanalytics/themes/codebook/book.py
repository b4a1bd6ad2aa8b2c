"""The codebook: the themes that people know by name, with examples of what customers say about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints

from vocanalytics.themes.codebook.fingerprints import fingerprint
from vocanalytics.vocabulary import folded

THEME_ID = re.compile(r"T-([0-9]{4,})")

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ThemeId = Annotated[str, Field(pattern=rf"^{THEME_ID.pattern}$")]
FoundId = Annotated[str, Field(pattern=r"^P-[0-9a-f]{6,64}$")]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Several = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exemplar(_Entry):
    """A customer's words that stand for a theme.

    Attributes
    ----------
    text
        The words.
    feedback_id
        Where they were said.
    sha256
        Fingerprint of the words; says that nobody altered them.
    origin
        The theme for which they still speak when themes are told apart; set where a split moved them.
    inside
        Whether they only tell a theme from what was split off it, and speak against no other theme.
    """

    text: Filled
    feedback_id: Filled | None = None
    sha256: Fingerprint | None = None
    origin: ThemeId | None = None
    inside: bool = False

    @property
    def words(self) -> str:
        """Fingerprint of the words, whether or not it is written down."""
        return self.sha256 or fingerprint(self.text)


class CodebookTheme(_Entry):
    """A theme as people keep it: its id never changes, its name may.

    Attributes
    ----------
    theme_id
        Permanent; never given to another theme.
    name, also_named, description, area
        What people call it now and called it before, what belongs in it, and what it is part of.
    status
        `proposed`, `active` or `retired`.
    found_as
        Ids under which the machine proposed it before a person confirmed it.
    merged_into
        The theme that it went into; it is retired then.
    split_from
        The theme that it was split off, and the themes that were merged into that one.
    exemplars
        Words that stand for it.
    """

    theme_id: ThemeId
    name: Filled
    also_named: tuple[Filled, ...] = ()
    description: str | None = None
    area: Filled | None = None
    status: Literal["proposed", "active", "retired"] = "active"
    found_as: tuple[FoundId, ...] = ()
    merged_into: ThemeId | None = None
    split_from: Annotated[tuple[ThemeId, ...], Several] = ()
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """What a tag or a curated file may write to mean it: id, name, earlier names, ids it was found as."""
        return self.theme_id, self.name, *self.also_named, *self.found_as


class Pin(_Entry):
    """A verbatim that a person placed.

    Attributes
    ----------
    sha256
        Fingerprint of its words.
    feedback_id
        Where they were said; None where it does not matter.
    theme_id
        Where it belongs; None for no theme.
    """

    sha256: Fingerprint
    feedback_id: Filled | None = None
    theme_id: ThemeId | None


class Codebook(_Entry):
    """Every theme known before this quarter, in the order of the file; ids and names are unique."""

    themes: tuple[CodebookTheme, ...] = ()
    pins: tuple[Pin, ...] = ()
    _source: str | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Whether both say the same; from which bytes they were read does not matter."""
        return isinstance(other, Codebook) and (self.themes, self.pins) == (other.themes, other.pins)

    def __hash__(self) -> int:
        return hash((self.themes, self.pins))

    @property
    def source(self) -> str | None:
        """SHA-256 of the bytes that it was read from; None where there was no file."""
        return self._source

    def calls(self) -> dict[str, CodebookTheme]:
        """Everything that a tag or a file may write, without case and spacing, and the theme whose own word it is.

        An id wins over a name, a name of today over a name of before.
        """
        before = {folded(call): theme for theme in self.themes for call in theme.calls}
        names = {folded(theme.name): theme for theme in self.themes}
        return before | names | {folded(theme.theme_id): theme for theme in self.themes}

    def entry(self, tag: str) -> CodebookTheme | None:
        """The theme whose own id or name a tag is; it may be merged since."""
        return self.calls().get(folded(tag))

    def resolve(self, tag: str) -> CodebookTheme | None:
        """The theme that a tag means: one that was merged means the theme it went into."""
        entry = self.entry(tag)
        return self.root(entry.theme_id) if entry else None

    def theme(self, theme_id: str) -> CodebookTheme | None:
        """The entry with an id."""
        return next((theme for theme in self.themes if theme.theme_id == theme_id), None)

    def root(self, theme_id: str) -> CodebookTheme | None:
        """The theme that an id means today: at the end of its merges."""
        theme = self.theme(theme_id)
        for _ in self.themes:
            if theme is None or theme.merged_into is None:
                break
            theme = self.theme(theme.merged_into)
        return theme

    def parts(self, theme_id: str) -> tuple[CodebookTheme, ...]:
        """A theme and everything merged into it, in the order of the file."""
        return tuple(theme for theme in self.themes if self._root_id(theme) == theme_id)

    def lives(self, theme_id: str) -> bool:
        """Whether an entry still gathers verbatims, by itself or for the theme it was merged into."""
        root = self.root(theme_id)
        return root is not None and root.status != "retired"

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Every other word for a theme that stands, with its id: earlier names, merged ids and names, ids as found."""
        for theme in self.themes:
            root = self._root_id(theme)
            own = (theme.theme_id, folded(theme.name)) if root == theme.theme_id else ()
            yield from ((call, root) for call in theme.calls if call not in own and folded(call) not in own)

    def _root_id(self, theme: CodebookTheme) -> str:
        root = self.root(theme.theme_id)
        return root.theme_id if root else theme.theme_id


def stamped(codebook: Codebook, source: str | None) -> Codebook:
    """The same codebook, knowing the hash of the bytes it was read from."""
    held = Codebook(themes=codebook.themes, pins=codebook.pins)
    held._source = source
    return held
