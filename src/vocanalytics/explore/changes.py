"""What can be changed from the page: each request as steps of curation, with the sentence that says they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.errors import ThemeError
from vocanalytics.explore.atlas import Atlas
from vocanalytics.themes import Curation
from vocanalytics.themes.codebook.curation import MOST_EXEMPLARS
from vocanalytics.vocabulary import AssignedBy

Asked = Mapping[str, Any]
Said = tuple[str, str]


class Change(NamedTuple):
    """Steps that belong together, how to say that they are made, and the theme to look at afterwards."""

    steps: Sequence[Callable[[], object]]
    said: str
    follow: str | None = None


class Hand(NamedTuple):
    """What a change is made with: the codebook that is written, and the verbatims it is about."""

    curation: Curation
    atlas: Atlas

    def called(self, theme_id: str) -> str:
        """What people call a theme, else what the machine calls it."""
        theme = self.curation.codebook.theme(theme_id)
        found = self.atlas.record.themes.filter(theme_id=theme_id)["theme_name"]
        return theme.name if theme else next(iter(found), theme_id)

    def described(self, theme_id: str) -> str | None:
        """What the machine says that a theme is about."""
        return next(iter(self.atlas.record.themes.filter(theme_id=theme_id)["description"]), None)

    def name(self, theme_id: str) -> str:
        """A theme as a sentence names it."""
        return f"{theme_id} {self.called(theme_id)}"

    def selected(self, asked: Asked) -> pl.DataFrame:
        """The verbatims that a person selected, in the themes where they stand today."""
        picked = [at for at in asked.get("picked", ()) if isinstance(at, int) and 0 <= at < self.atlas.by_point.height]
        if not picked:
            raise ThemeError("no verbatim is selected", advice="Drag over the map, or tick rows of the table")
        return self.atlas.points_today(self.curation.codebook)[picked]

    def selected_in(self, theme_id: str, asked: Asked) -> pl.DataFrame:
        """Those of them that are in one theme."""
        rows = self.selected(asked).filter(theme_id=theme_id)
        if rows.is_empty():
            raise ThemeError("none of the selected verbatims is in this theme", where=self.name(theme_id))
        return rows

    def all_of(self, theme_id: str) -> list[Said]:
        """The verbatims of a theme, each of the words once; curation draws its examples from them."""
        rows = self.atlas.said_today(self.curation.codebook).filter(theme_id=theme_id)
        return said_of(rows.sort("sha256", "feedback_id").unique("sha256", keep="first", maintain_order=True))


def said_of(rows: pl.DataFrame) -> list[Said]:
    """Feedback id and whole text, as curation takes them."""
    return list(rows.select("feedback_id", "said").iter_rows())


def counted(number: int) -> str:
    """A number of verbatims in words that agree with it."""
    return "1 verbatim" if number == 1 else f"{number} verbatims"


def _rename(hand: Hand, asked: Asked) -> Change:
    theme_id, name, why = asked["theme_id"], _filled(asked, "name"), _why(asked)
    before = hand.name(theme_id)
    return Change([lambda: hand.curation.rename(theme_id, name, why)], f"{before} is called {name} now.", theme_id)


def _describe(hand: Hand, asked: Asked) -> Change:
    theme_id, words, why = asked["theme_id"], str(asked.get("description") or ""), _why(asked)
    said = f"{hand.name(theme_id)} has a new description."
    return Change([lambda: hand.curation.describe(theme_id, words, why)], said, theme_id)


def _merge(hand: Hand, asked: Asked) -> Change:
    theme_id, why = asked["theme_id"], _why(asked)
    first, into = _taken_up(hand, _filled(asked, "into"), why)
    whole = f"{into} {hand.called(asked['into'])}"
    said = f"{hand.name(theme_id)} is part of {whole} now.{_both_aligned(hand, theme_id, into)}"
    if hand.curation.codebook.theme(theme_id) is not None:
        return Change([*first, lambda: hand.curation.merge(theme_id, into, why)], said, into)
    texts = hand.all_of(theme_id)
    return Change([*first, lambda: hand.curation.join(theme_id, into, texts, why)], said, into)


def _both_aligned(hand: Hand, theme_id: str, into: str) -> str:
    """Two rows of the alignment would speak of one theme, and only people can say which score stands."""
    book, named = hand.curation.codebook, hand.atlas.record.alignment["theme"]
    entries = {entry.theme_id for tag in named if (entry := book.entry(tag)) is not None}
    if not entries >= {theme_id, into}:
        return ""
    return " Each has a row in alignment.csv: keep one of them before the next run."


def _taken_up(hand: Hand, theme_id: str, why: str) -> tuple[list[Callable[[], object]], str]:
    """The theme to put something into: a proposal is confirmed first, under the name that it has."""
    if hand.curation.codebook.theme(theme_id) is not None:
        return [], theme_id
    texts, new_id = hand.all_of(theme_id), hand.curation.next_id()
    name, words = hand.called(theme_id), hand.described(theme_id)
    return [lambda: hand.curation.confirm(theme_id, name, texts, words, why)], new_id


def _split(hand: Hand, asked: Asked) -> Change:
    """The verbatims become examples of the new theme; those with a tag of the export are pinned too, to outweigh it."""
    theme_id, name, why = asked["theme_id"], _filled(asked, "name"), _why(asked)
    rows, new_id = hand.selected_in(theme_id, asked), hand.curation.next_id()
    tagged = said_of(rows.filter(assigned_by=AssignedBy.PERSON.value))
    said = f"{counted(rows.height)} split off {hand.name(theme_id)} as {new_id} {name}."
    steps = [lambda: hand.curation.split(theme_id, name, said_of(rows), why)]
    return Change([*steps, *(_at(hand.curation.pin, row, new_id, why) for row in tagged)], said, new_id)


def _move(hand: Hand, asked: Asked) -> Change:
    into, why = asked.get("into") or None, _why(asked)
    rows = hand.selected(asked)
    elsewhere = rows.filter(pl.col("theme_id").ne_missing(pl.lit(into, pl.String)))
    if elsewhere.is_empty():
        raise ThemeError("the selected verbatims are there already", where=hand.name(into) if into else None)
    first, target = _taken_up(hand, into, why) if into else ([], None)
    where = f"{target} {hand.called(into)}" if into else "no theme"
    said = f"{counted(elsewhere.height)} moved to {where}; the machine does not move them again."
    return Change([*first, *(_at(hand.curation.move, row, target, why) for row in said_of(elsewhere))], said)


def _pin(hand: Hand, asked: Asked) -> Change:
    theme_id, why = asked["theme_id"], _why(asked)
    pinned = {(pin.sha256, pin.feedback_id) for pin in hand.curation.codebook.pins if pin.theme_id == theme_id}
    rows = hand.selected_in(theme_id, asked)
    free = [row for row in rows.iter_rows(named=True) if (row["sha256"], row["feedback_id"]) not in pinned]
    if not free:
        raise ThemeError("the selected verbatims are pinned there already", where=hand.name(theme_id))
    steps = [_at(hand.curation.pin, (row["feedback_id"], row["said"]), theme_id, why) for row in free]
    return Change(steps, f"{counted(len(free))} pinned to {hand.name(theme_id)}.", theme_id)


def _at(place: Callable[..., object], said: Said, theme_id: str | None, why: str) -> Callable[[], object]:
    return lambda: place(*said, theme_id, why)


def _retire(hand: Hand, asked: Asked) -> Change:
    theme_id, why = asked["theme_id"], _why(asked)
    rows = hand.atlas.said_today(hand.curation.codebook).filter(theme_id=theme_id)
    tagged = rows.filter(assigned_by=AssignedBy.PERSON.value)["feedback_id"].n_unique()
    but = f", but {counted(tagged)} with its tag in the export: move or merge them" if tagged else ""
    said = f"{hand.name(theme_id)} is retired; what is said about it will be proposed elsewhere{but}."
    return Change([lambda: hand.curation.retire(theme_id, why)], said, theme_id)


def _restore(hand: Hand, asked: Asked) -> Change:
    theme_id, why = asked["theme_id"], _why(asked)
    said = f"{hand.name(theme_id)} is active again."
    return Change([lambda: hand.curation.restore(theme_id, why)], said, theme_id)


def _confirm(hand: Hand, asked: Asked) -> Change:
    theme_id, name, why = asked["theme_id"], _filled(asked, "name"), _why(asked)
    words, texts = str(asked.get("description") or "") or None, hand.all_of(theme_id)
    said = f"{hand.curation.next_id()} {name} is a theme of the codebook now, with {_examples(len(texts))}."
    return Change([lambda: hand.curation.confirm(theme_id, name, texts, words, why)], said)


def _examples(number: int) -> str:
    of_them = f"{MOST_EXEMPLARS} of its {number} verbatims" if number > MOST_EXEMPLARS else f"its {counted(number)}"
    return f"{of_them} as examples" if number > 1 else "its only verbatim as an example"


def _filled(asked: Asked, key: str) -> str:
    given = str(asked.get(key) or "").strip()
    if not given:
        what = {"name": "the name is missing", "into": "no theme is chosen to merge into"}[key]
        raise ThemeError(what, where=str(asked.get("theme_id") or "") or None)
    return given


def _why(asked: Asked) -> str:
    return str(asked.get("why") or "")


#: What can be asked for, by its name.
CHANGES: dict[str, Callable[[Hand, Asked], Change]] = {
    "rename": _rename,
    "describe": _describe,
    "merge": _merge,
    "split": _split,
    "move": _move,
    "pin": _pin,
    "retire": _retire,
    "restore": _restore,
    "confirm": _confirm,
}
