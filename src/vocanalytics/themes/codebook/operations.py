"""What people can do to a codebook, each as a pure function: the codebook before in, the codebook after out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from vocanalytics.errors import ThemeError
from vocanalytics.themes.codebook.book import Codebook, CodebookTheme, Exemplar, Pin
from vocanalytics.themes.codebook.fingerprints import fingerprints
from vocanalytics.vocabulary import folded

#: The words of a customer as an operation gets them: `text`, and `feedback_id` where known.
Words = Sequence[Mapping[str, str | None]]


def rename(codebook: Codebook, *, theme_id: str, name: str) -> Codebook:
    """The theme is called otherwise from now on; tags and files that use the old name still mean it."""
    theme = _theme(codebook, theme_id)
    freed = _free_name(codebook, name, theme_id)
    before = [called for called in (*theme.also_named, theme.name) if folded(called) != folded(name)]
    kept = tuple({folded(called): called for called in before}.values())
    return _with(freed, _changed(theme, name=name, also_named=kept))


def describe(codebook: Codebook, *, theme_id: str, description: str | None = None) -> Codebook:
    """The sentence that settles doubtful cases."""
    words = " ".join((description or "").split()) or None
    return _with(codebook, _changed(_theme(codebook, theme_id), description=words))


def merge(codebook: Codebook, *, theme_id: str, into: str) -> Codebook:
    """All that is said about one theme counts for another from now on.

    The entry keeps its examples: themes are told apart as before, and only the id that comes out changes. So no third
    theme gains or loses a verbatim.
    """
    theme, target = _living(codebook, theme_id), _living(codebook, into)
    if theme_id == into:
        raise ThemeError("a theme cannot be merged into itself", where=theme_id)
    return _with(codebook, _changed(theme, status="retired", merged_into=target.theme_id))


def split(codebook: Codebook, *, theme_id: str, new_id: str, name: str, texts: Words) -> Codebook:
    """Part of a theme becomes a theme of its own; a verbatim of any other theme stays where it is."""
    _living(codebook, theme_id)
    parts = codebook.parts(theme_id)
    wanted = _exemplars(texts)
    _refuse_taken(codebook, wanted, besides={part.theme_id for part in parts})
    held = {exemplar.words: (part, exemplar) for part in parts for exemplar in part.exemplars}
    moved = tuple(_split_off(exemplar, held.get(exemplar.words)) for exemplar in wanted)
    words = {exemplar.words for exemplar in wanted}
    left = [_without(part, words) for part in parts]
    freed = _free_name(codebook, name, None)
    lineage = tuple(part.theme_id for part in parts)
    child = _made(CodebookTheme, theme_id=new_id, name=name, split_from=lineage, exemplars=moved)
    part_ids = {part.theme_id for part in parts}
    pins = (pin if pin.sha256 not in words or pin.theme_id not in part_ids else _at(pin, new_id) for pin in freed.pins)
    return _and(_with(Codebook(themes=freed.themes, pins=tuple(pins)), *left), child)


def move(codebook: Codebook, *, sha256: str, theme_id: str | None, feedback_id: str | None = None) -> Codebook:
    """A verbatim belongs there, or nowhere, from now on; it is no example of any other theme any more."""
    pinned = pin(codebook, sha256=sha256, theme_id=theme_id, feedback_id=feedback_id)
    elsewhere = [theme for theme in pinned.themes if theme_id is None or _root_id(pinned, theme) != theme_id]
    left = [_without(theme, {sha256}) for theme in elsewhere]
    return _with(pinned, *(new for new, old in zip(left, elsewhere, strict=True) if new != old))


def pin(codebook: Codebook, *, sha256: str, theme_id: str | None, feedback_id: str | None = None) -> Codebook:
    """A verbatim stays there, whatever the machine says next quarter."""
    if theme_id is not None:
        _living(codebook, theme_id)
    placed = _made(Pin, sha256=sha256, feedback_id=feedback_id, theme_id=theme_id)
    kept = tuple(held for held in codebook.pins if (held.sha256, held.feedback_id) != (sha256, feedback_id))
    return Codebook(themes=codebook.themes, pins=(*kept, placed))


def unpin(codebook: Codebook, *, sha256: str, feedback_id: str | None = None) -> Codebook:
    """The machine may place a verbatim again."""
    kept = tuple(held for held in codebook.pins if (held.sha256, held.feedback_id) != (sha256, feedback_id))
    if kept == codebook.pins:
        raise ThemeError("the verbatim is not pinned", where=feedback_id or sha256)
    return Codebook(themes=codebook.themes, pins=kept)


def retire(codebook: Codebook, *, theme_id: str) -> Codebook:
    """The theme gathers nothing more; what is said about it goes elsewhere or is proposed anew."""
    return _with(codebook, _changed(_living(codebook, theme_id), status="retired"))


def restore(codebook: Codebook, *, theme_id: str) -> Codebook:
    """A retired, merged or proposed theme is active again, by itself."""
    theme = _theme(codebook, theme_id)
    if theme.status == "active":
        raise ThemeError("the theme is active already", where=_called(theme))
    return _with(codebook, _changed(theme, status="active", merged_into=None))


def confirm(
    codebook: Codebook, *, proposal_id: str, new_id: str, name: str, texts: Words, description: str | None = None
) -> Codebook:
    """What the machine proposed, or your own taxonomy named, becomes a theme of the codebook."""
    wanted = _exemplars(texts)
    _refuse_found(codebook, proposal_id)
    _refuse_taken(codebook, wanted, besides=set())
    freed = _free_name(codebook, name, None)
    words = " ".join((description or "").split()) or None
    made = _made(CodebookTheme, theme_id=new_id, name=name, description=words, exemplars=wanted)
    return _and(freed, _found(made, proposal_id))


def join(codebook: Codebook, *, proposal_id: str, theme_id: str, texts: Words = ()) -> Codebook:
    """What the machine proposed is a theme that the codebook has already; its words become examples."""
    theme = _living(codebook, theme_id)
    wanted = _exemplars(texts) if texts else ()
    _refuse_found(codebook, proposal_id)
    _refuse_taken(codebook, wanted, besides={theme_id})
    known = {exemplar.words for exemplar in theme.exemplars}
    added = tuple(exemplar for exemplar in wanted if exemplar.words not in known)
    return _with(codebook, _found(_changed(theme, exemplars=(*theme.exemplars, *added)), proposal_id))


def add_exemplar(codebook: Codebook, *, theme_id: str, text: str, feedback_id: str | None = None) -> Codebook:
    """A customer's words stand for the theme from now on."""
    theme = _living(codebook, theme_id)
    (wanted,) = _exemplars([{"text": text, "feedback_id": feedback_id}])
    _refuse_taken(codebook, (wanted,), besides=set())
    return _with(codebook, _changed(theme, exemplars=(*theme.exemplars, wanted)))


def remove_exemplar(codebook: Codebook, *, theme_id: str, sha256: str) -> Codebook:
    """These words do not stand for the theme any more."""
    theme = _theme(codebook, theme_id)
    left = _without(theme, {sha256})
    if left == theme:
        raise ThemeError("the theme has no such exemplar", where=_called(theme))
    return _with(codebook, left)


#: Every operation by its name in the log.
OPERATIONS: dict[str, Callable[..., Codebook]] = {
    function.__name__: function
    for function in (
        *(rename, describe, merge, split, move, pin, unpin, retire, restore),
        *(confirm, join, add_exemplar, remove_exemplar),
    )
}


def _theme(codebook: Codebook, theme_id: str) -> CodebookTheme:
    theme = codebook.theme(theme_id)
    if theme is None:
        raise ThemeError("the codebook has no such theme", where=theme_id)
    return theme


def _living(codebook: Codebook, theme_id: str) -> CodebookTheme:
    theme = _theme(codebook, theme_id)
    if theme.merged_into is not None:
        raise ThemeError(f"the theme was merged into {theme.merged_into}", where=_called(theme))
    if theme.status == "retired":
        raise ThemeError("the theme is retired", where=_called(theme), advice="Restore it first")
    return theme


def _called(theme: CodebookTheme) -> str:
    return f"{theme.theme_id}, {theme.name}"


def _root_id(codebook: Codebook, theme: CodebookTheme) -> str:
    root = codebook.root(theme.theme_id)
    return root.theme_id if root else theme.theme_id


def _made(kind: type[Any], **content: Any) -> Any:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        what = f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise ThemeError(what, found=repr(first["input"])[:80]) from None


def _changed(theme: CodebookTheme, **content: Any) -> CodebookTheme:
    changed: CodebookTheme = _made(CodebookTheme, **(theme.model_dump() | content))
    return changed


def _with(codebook: Codebook, *changed: CodebookTheme) -> Codebook:
    new = {theme.theme_id: theme for theme in changed}
    return Codebook(themes=tuple(new.get(theme.theme_id, theme) for theme in codebook.themes), pins=codebook.pins)


def _and(codebook: Codebook, theme: CodebookTheme) -> Codebook:
    if codebook.theme(theme.theme_id) is not None:
        raise ThemeError("the id is taken", where=theme.theme_id)
    return Codebook(themes=(*codebook.themes, theme), pins=codebook.pins)


def _without(theme: CodebookTheme, words: set[str]) -> CodebookTheme:
    kept = tuple(exemplar for exemplar in theme.exemplars if exemplar.words not in words)
    return theme if kept == theme.exemplars else _changed(theme, exemplars=kept)


def _at(pin: Pin, theme_id: str) -> Pin:
    return Pin(sha256=pin.sha256, feedback_id=pin.feedback_id, theme_id=theme_id)


def _free_name(codebook: Codebook, name: str, theme_id: str | None) -> Codebook:
    """The codebook in which no other theme is called so: a name of today is refused, an earlier name is given up."""
    if not name.strip():
        raise ThemeError("a theme needs a name", where=theme_id)
    for theme in codebook.themes:
        if theme.theme_id != theme_id and folded(name) in (folded(theme.name), folded(theme.theme_id)):
            raise ThemeError("another theme has this name", where=_called(theme), advice="Choose another one")
    return _with(codebook, *(_unnamed(theme, name) for theme in codebook.themes if theme.also_named))


def _unnamed(theme: CodebookTheme, name: str) -> CodebookTheme:
    return _changed(theme, also_named=tuple(called for called in theme.also_named if folded(called) != folded(name)))


def _exemplars(texts: Words) -> tuple[Exemplar, ...]:
    """Exemplars with their fingerprints, each of the words once, in the order given."""
    if not texts:
        raise ThemeError("no words were given", expected="at least one verbatim that stands for the theme")
    marks = fingerprints([str(words["text"]) for words in texts])
    distinct = dict(reversed(list(zip(marks, texts, strict=True))))
    made = (_made(Exemplar, sha256=mark, **distinct[mark]) for mark in dict.fromkeys(marks))
    return tuple(made)


def _split_off(exemplar: Exemplar, held: tuple[CodebookTheme, Exemplar] | None) -> Exemplar:
    """One that taught goes on teaching for the theme it comes from; one that did not tells the two apart, no more."""
    if held is None:
        return _made(Exemplar, **(exemplar.model_dump() | {"inside": True}))  # type: ignore[no-any-return]
    part, known = held
    origin = None if known.inside else known.origin or part.theme_id
    return _made(Exemplar, **(known.model_dump() | {"origin": origin}))  # type: ignore[no-any-return]


def _found(theme: CodebookTheme, proposal_id: str) -> CodebookTheme:
    """The theme with what it was called before a person took it up: a proposal's id, or a tag of the taxonomy."""
    if proposal_id.startswith("P-"):
        return _changed(theme, found_as=(*theme.found_as, proposal_id))
    if folded(proposal_id) == folded(theme.name):
        return theme
    return _changed(theme, also_named=(*theme.also_named, proposal_id))


def _refuse_found(codebook: Codebook, proposal_id: str) -> None:
    known = codebook.entry(proposal_id)
    if known is not None:
        raise ThemeError(f"{proposal_id} is a theme of the codebook already", where=_called(known))


def _refuse_taken(codebook: Codebook, wanted: Iterable[Exemplar], *, besides: set[str]) -> None:
    """Words stand for one theme only; otherwise nobody could say where they belong."""
    owners = {
        exemplar.words: theme
        for theme in codebook.themes
        if theme.theme_id not in besides and codebook.lives(theme.theme_id)
        for exemplar in theme.exemplars
    }
    for exemplar in wanted:
        if exemplar.words in owners:
            raise ThemeError(
                "these words stand for a theme already",
                where=_called(owners[exemplar.words]),
                found=repr(exemplar.text[:60]),
                advice="Move the verbatim first",
            )
