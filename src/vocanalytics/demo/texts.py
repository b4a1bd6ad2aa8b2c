"""What people say: the hand-written phrasings, and how the next person says the same thing a little differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from vocanalytics.demo.chance import seeded
from vocanalytics.demo.plan import NEW_THEME
from vocanalytics.demo.resources import file_names, read_yaml

_POOLS = ("other_messages.yml", "variations.yml")
_FIRST_TIME, _SAID_BEFORE = 0.2, 0.8
NOTE_CHANNELS = ("csm_note", "qbr", "other")
_WRITTEN_BY_CUSTOMER = ("support_ticket", "community", "survey")


class Phrasing(NamedTuple):
    """A sentence or two as somebody wrote it, with its language, and how the deal it speaks of stands or ended."""

    text: str
    language: str
    outcome: str = ""


@dataclass(frozen=True)
class ThemeTexts:
    """Everything written about one theme; `theme_id` is empty for the theme that is in no codebook."""

    key: str
    theme_id: str
    name: str
    description: str
    subjects: tuple[str, ...]
    exemplars: tuple[str, ...]
    customer: tuple[Phrasing, ...]
    paraphrase: tuple[Phrasing, ...]


def themes() -> dict[str, ThemeTexts]:
    """All themes by key, the codebook's in order of id, the new one last."""
    names = [name for name in file_names("phrasings") if name.endswith(".yml") and name not in _POOLS]
    written = [_theme(read_yaml(f"phrasings/{name}")) for name in names]
    return {texts.key: texts for texts in written}


def pool(name: str) -> list[Any]:
    """One list of `other_messages.yml`: chatter, two requests in one message, personal data, and so on."""
    items: list[Any] = read_yaml("phrasings/other_messages.yml")[name]
    return items


def _theme(content: dict[str, Any]) -> ThemeTexts:
    theme_id = content["theme_id"] or ""
    return ThemeTexts(
        key=theme_id or NEW_THEME,
        theme_id=theme_id,
        name=content["name"],
        description=content["description"],
        subjects=tuple(content["subjects"]),
        exemplars=tuple(content["exemplars"]),
        customer=tuple(_phrasing(item) for item in content["customer"]),
        paraphrase=tuple(_phrasing(item) for item in content["paraphrase"]),
    )


def _phrasing(item: str | dict[str, str]) -> Phrasing:
    if isinstance(item, str):
        return Phrasing(item, "en")
    ((language, text),) = item.items()
    return Phrasing(text, language)


class Speaker:
    """Draws phrasings in turn, so that each is used before one is used again, and never says the same words twice."""

    def __init__(self, seed: int) -> None:
        self._rng = seeded(seed, "speech")
        self._decks: dict[tuple[str, str], list[Phrasing]] = {}
        self._said: set[str] = set()
        self._variations = read_yaml("phrasings/variations.yml")

    def say(self, texts: ThemeTexts, channel: str) -> Phrasing:
        """The next phrasing of a theme: a CSM's paraphrase in a note, the customer's words elsewhere."""
        note = channel in NOTE_CHANNELS
        return self.draw(texts.key, texts.paraphrase if note else texts.customer, channel)

    def draw(self, key: str, phrasings: tuple[Phrasing, ...], channel: str) -> Phrasing:
        """The next phrasing of a named collection, varied if it was used before."""
        deck = self._decks.setdefault((key, "note" if channel in NOTE_CHANNELS else "own"), [])
        if not deck:
            deck.extend(self._rng.sample(phrasings, len(phrasings)))
        return self.vary(deck.pop(), channel)

    def vary(self, phrasing: Phrasing, channel: str) -> Phrasing:
        """The phrasing with the product's names filled in, and words before or after it."""
        dressing = _FIRST_TIME
        while True:
            text = self._dress(self._with_modules(phrasing.text), phrasing.language, channel, dressing)
            if text.casefold() not in self._said:
                self._said.add(text.casefold())
                return phrasing._replace(text=text)
            dressing = _SAID_BEFORE

    def remark(self, kind: str) -> str:
        """What a CSM adds about risk or expansion."""
        remarks: list[str] = self._variations[kind]
        return self._rng.choice(remarks)

    def _with_modules(self, text: str) -> str:
        for module, names in self._variations["modules"].items():
            name = self._rng.choice(names)
            text = text.replace(f"{{{module}}}", name).replace(f"{{{module.title()}}}", name[0].upper() + name[1:])
        return text

    def _dress(self, text: str, language: str, channel: str, dressing: float) -> str:
        style = language if language != "en" else _STYLES.get(channel, "en")
        dressing = dressing if language == "en" or dressing > _FIRST_TIME else dressing / 4
        if style == "en" and channel in _WRITTEN_BY_CUSTOMER and self._rng.random() < dressing / 4:
            text = _carelessly(text)
        if self._rng.random() < dressing * 0.7:
            text = _after(self._rng.choice(self._variations["openers"][style]), text, language)
        if self._rng.random() < dressing * 0.2:
            text = f"{text} {self._rng.choice(self._variations['closers'][style])}"
        return text


_PROPER = frozenset({"Arizona", "Insights", "Norwegian", "Torvane", "Win/loss"})
_STYLES = {"call": "call"} | dict.fromkeys(NOTE_CHANNELS, "note")


def _after(opener: str, text: str, language: str) -> str:
    """The text after a greeting; in English it goes on in small letters after a comma."""
    first = text.split(" ", 1)[0]
    goes_on = language == "en" and opener.endswith(",") and first[1:].islower() and first not in _PROPER
    return f"{opener} {text[0].lower() + text[1:] if goes_on else text}"


def _carelessly(text: str) -> str:
    """As typed on a phone: small letters, no full stop."""
    return text.lower().removesuffix(".")
