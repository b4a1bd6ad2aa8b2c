"""Curation: every operation, what it leaves alone in the file, and what stops it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml
from codebook_files import NASTY, PLAIN, curate, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from theme_feedback import feedback

from vocanalytics.errors import ThemeError
from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import (
    Codebook,
    CodebookTheme,
    Curation,
    Pin,
    find_themes,
    fingerprint,
    read_codebook,
    replay,
)
from vocanalytics.themes.codebook.log import log_path
from vocanalytics.themes.codebook.yaml_page import Page
from vocanalytics.themes.texts import comparable

SHA = '"[0-9a-f]{64}"'


def lines(text: str) -> list[str]:
    """Lines with nothing left out, not even a carriage return."""
    return text.split("\n")


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that left and the lines that came, without their indentation; hashes are shortened."""
    from difflib import ndiff

    told = [line for line in ndiff(lines(before), lines(after)) if line[:2] in ("- ", "+ ")]
    short = [(line[0], re.sub(SHA, "#", line[2:].strip())) for line in told]
    return [line for sign, line in short if sign == "-"], [line for sign, line in short if sign == "+"]


OPERATIONS: dict[str, tuple[Callable[[Curation], object], list[str], list[str]]] = {
    "rename": (
        lambda c: c.rename("T-0001", "Slow: all of it"),
        ["name: 'It''s slow # really'"],
        ['name: "Slow: all of it"', 'also_named: ["It\'s slow # really"]'],
    ),
    "rename_in_one_line": (
        lambda c: c.rename("T-0003", "Night"),
        ['- {theme_id: T-0003, name: "Dark, mode", status: proposed}   # one line'],
        ['- {theme_id: T-0003, name: Night, status: proposed, also_named: ["Dark, mode"]}   # one line'],
    ),
    "describe_a_folded_text": (
        lambda c: c.describe("T-0001", "What takes long\nand annoys"),
        [
            "description: >-   # folded on purpose",
            "Waiting, spinning,",
            "anything that takes long.",
            "",
            "# this is text, not a comment",
        ],
        ["description: What takes long and annoys  # folded on purpose"],
    ),
    "describe_anew": (
        lambda c: c.describe("T-0002", "All of it, at once."),
        [],
        ['description: "All of it, at once."'],
    ),
    "describe_no_more": (lambda c: c.describe("T-0005", None), ['description: "SAML,', 'OIDC"'], []),
    "merge": (
        lambda c: c.merge("T-0002", "T-0001"),
        ["status: active"],
        ["status: retired", "merged_into: T-0001"],
    ),
    "retire": (lambda c: c.retire("T-0001"), [], ["status: retired"]),
    "restore": (
        lambda c: c.restore("T-0008"),
        ["status: retired   # since May", "merged_into: T-0002"],
        ["status: active   # since May"],
    ),
    "split": (
        lambda c: c.split("T-0001", "Spinner", [("t:2", "flow, INSIDE"), (None, "the spinner 🌀 spins")]),
        ["- { text: 'flow, inside', feedback_id: \"t:2\" }   # short form"],
        [
            "# short form",
            "- theme_id: T-0009",
            "name: Spinner",
            "split_from: [T-0001]",
            "exemplars:",
            '- text: "flow, inside"',
            'feedback_id: "t:2"',
            "origin: T-0001",
            '- text: "the spinner 🌀 spins"',
            "sha256: #",
            "inside: true",
        ],
    ),
    "move": (
        lambda c: c.move("tickets:1", 'The page "hangs" # ALWAYS', "T-0005"),
        ['- text: "The page \\"hangs\\" # always"   # said at a QBR', "feedback_id: 'tickets:1'"],
        ["# said at a QBR", "- sha256: #", 'feedback_id: "tickets:1"', "theme_id: T-0005"],
    ),
    "move_to_no_theme": (
        lambda c: c.move(None, "Exportar  todo", None),
        ["exemplars: [ {text: \"Download all invoices\"}, {text: 'Exportar todo'} ]  # both from Ana"],
        ['exemplars: [ {text: "Download all invoices"} ]  # both from Ana', "- sha256: #", "theme_id: null"],
    ),
    "pin": (
        lambda c: c.pin("t:7", "Exportar todo", "T-0001"),
        [],
        ["- sha256: #", 'feedback_id: "t:7"', "theme_id: T-0001"],
    ),
    "confirm": (
        lambda c: c.confirm("P-4c0aff", "Latency", [("t:3", 'a "slow" one')], "How fast, not how right"),
        [],
        [
            "- theme_id: T-0009",
            "name: Latency",
            'description: "How fast, not how right"',
            "found_as: [P-4c0aff]",
            "exemplars:",
            '- text: "a \\"slow\\" one"',
            'feedback_id: "t:3"',
            "sha256: #",
        ],
    ),
    "join": (
        lambda c: c.join("P-4c0aff", "T-0005", [("t:4", "SAML please")]),
        [],
        ["found_as: [P-4c0aff]", '- text: "SAML please"', 'feedback_id: "t:4"', "sha256: #"],
    ),
    "add_exemplar_in_one_line": (
        lambda c: c.add_exemplar("T-0002", "t:8", "all, at once"),
        ["exemplars: [ {text: \"Download all invoices\"}, {text: 'Exportar todo'} ]  # both from Ana"],
        [
            'exemplars: [ {text: "Download all invoices"}, {text: \'Exportar todo\'}, {text: "all, at once", '
            'feedback_id: "t:8", sha256: #} ]  # both from Ana'
        ],
    ),
    "remove_exemplar": (
        lambda c: c.remove_exemplar("T-0001", "es dauert ewig – 10 Sekunden 🐌"),
        ["-   text: Es dauert ewig – 10 Sekunden 🐌"],
        [],
    ),
    "remove_the_only_exemplar": (
        lambda c: c.remove_exemplar("T-0008", "an export for the auditors"),
        ["exemplars:", "- text: an export for the auditors"],
        [],
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_operation_changes_its_own_lines_and_no_other(tmp_path: Path, name: str, newline: str) -> None:
    operate, left, came = OPERATIONS[name]
    before = NASTY.replace("\n", newline)
    path = write(tmp_path, before)
    curation = curate(path)
    operate(curation)
    after = path.read_bytes().decode("utf-8")
    assert changed(before, after) == (left, came)
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)
    assert after.endswith("# really the end, without a newline") or name in ("move", "move_to_no_theme", "pin")
    assert read_codebook(path) == curation.codebook


def test_every_operation_stands_in_the_log_with_who_when_and_why(tmp_path: Path) -> None:
    path = write(tmp_path)
    curation = curate(path, by="  Maria ")
    curation.rename("T-0001", "Mass export", why=" Nobody says\n bulk ")
    start, rename = map(json.loads, log_path(path).read_text(encoding="utf-8").splitlines())
    assert (start["operation"], start["by"], start["codebook"]["themes"][1]["name"]) == ("start", "Maria", "Dark mode")
    keys = {"operation": "rename", "theme_id": "T-0001", "name": "Mass export", "by": "Maria", "number": 2}
    assert rename == rename | keys | {"why": "Nobody says bulk", "at": "2026-11-22T10:00:01Z"}
    assert rename["before"] == start["after"] != rename["after"]


def test_a_missing_codebook_begins_with_the_first_theme(tmp_path: Path) -> None:
    path = tmp_path / "curated" / "codebook.yml"
    curation = curate(path)
    assert curation.confirm("P-4c0aff", "Latency", [(None, "slow")]) == "T-0001"
    assert [theme.name for theme in read_codebook(path).themes] == ["Latency"]
    curation.undo()
    assert yaml.safe_load(path.read_bytes()) == {"themes": []}
    assert curation.confirm("P-4c0aff", "Latency", [(None, "slow")]) == "T-0002"


@pytest.mark.parametrize(
    "text", ["", "# only this\n", "# only this", "themes:\n", "themes: []  # none yet\n", "{}", "pins: []\n"]
)
def test_an_empty_codebook_gets_its_first_theme(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    curate(path).confirm("P-4c0aff", "Latency", [(None, "slow")])
    after = path.read_text(encoding="utf-8")
    assert [theme.theme_id for theme in read_codebook(path).themes] == ["T-0001"]
    assert all(comment in after for comment in re.findall("#.*", text))


def test_an_id_is_never_given_twice(tmp_path: Path) -> None:
    path = write(tmp_path)
    curation = curate(path)
    given_ids = [curation.confirm("P-aaaaaa", "A", [(None, "some words")])]
    curation.undo()
    given_ids.append(curation.split("T-0001", "B", [(None, "Exportar todo")]))
    curation.retire(given_ids[-1])
    given_ids.append(curation.confirm("P-bbbbbb", "C", [(None, "other words")]))
    curation.merge(given_ids[-1], "T-0002")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(f"- theme_id: {given_ids[1]}")], encoding="utf-8")  # an editor deletes entries
    reopened = curate(path)
    assert [theme.theme_id for theme in reopened.codebook.themes] == ["T-0001", "T-0002"]
    given_ids.append(reopened.confirm("P-cccccc", "D", [(None, "new words")]))
    assert given_ids == ["T-0003", "T-0004", "T-0005", "T-0006"]


def test_an_id_that_a_hand_gives_again_is_said(tmp_path: Path) -> None:
    path = write(tmp_path)
    curate(path)
    path.write_text(PLAIN[: PLAIN.index("- theme_id: T-0002")], encoding="utf-8")
    curate(path)
    path.write_text(PLAIN.replace("Dark mode", "Another"), encoding="utf-8")
    assert curate(path).notes == [
        "T-0002 was the id of another theme before; a new theme needs an id of its own, such as T-0003."
    ]


REFUSED: dict[str, tuple[Callable[[Curation], object], tuple[str, ...]]] = {
    "no theme": (lambda c: c.rename("T-0099", "x"), ("T-0099", "no such theme")),
    "no name": (lambda c: c.rename("T-0001", "  "), ("T-0001", "name")),
    "name taken": (lambda c: c.rename("T-0001", "bulk_EXPORT"), ("T-0002", "another theme has this name")),
    "name of a merged one": (lambda c: c.rename("T-0001", "Gone"), ("T-0008", "another theme has this name")),
    "same name": (lambda c: c.rename("T-0002", "Bulk export"), ("T-0002", "changes nothing")),
    "into itself": (lambda c: c.merge("T-0001", "T-0001"), ("T-0001", "itself")),
    "merged already": (lambda c: c.merge("T-0008", "T-0001"), ("T-0008", "merged into T-0002")),
    "into a merged one": (lambda c: c.merge("T-0001", "T-0008"), ("T-0008", "merged into T-0002")),
    "active already": (lambda c: c.restore("T-0001"), ("T-0001", "active")),
    "no words": (lambda c: c.split("T-0001", "x", []), ("no words",)),
    "blank words": (lambda c: c.confirm("P-4c0aff", "x", [(None, "  ")]), ("text",)),
    "words of another": (lambda c: c.split("T-0001", "x", [(None, "Exportar todo")]), ("T-0002", "Exportar", "Move")),
    "taken words": (lambda c: c.add_exemplar("T-0001", None, "exportar TODO"), ("T-0002", "Move")),
    "words not there": (lambda c: c.remove_exemplar("T-0001", "exportar todo"), ("T-0001", "no such exemplar")),
    "move to a merged one": (lambda c: c.move(None, "x", "T-0008"), ("T-0008",)),
    "not pinned": (lambda c: c.unpin("t:1", "x"), ("t:1", "not pinned")),
    "not a proposal": (lambda c: c.confirm("P-what", "x", [(None, "y")]), ("found_as", "P-what")),
    "a known theme": (lambda c: c.confirm("T-0002", "x", [(None, "y")]), ("T-0002", "already")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_one_line_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    operate, said = REFUSED[name]
    path = write(tmp_path, NASTY)
    curation = curate(path)
    log = log_path(path).read_bytes()
    with pytest.raises(ThemeError) as caught:
        operate(curation)
    line = str(caught.value)
    assert "\n" not in line
    assert all(word in line for word in said), line
    assert (path.read_bytes(), log_path(path).read_bytes()) == (NASTY.encode(), log)


@pytest.mark.parametrize("text", [PLAIN.replace("Bulk export", "&a Bulk export"), PLAIN + "  description: *a\n"])
def test_an_anchor_is_refused_before_it_changes_two_places(tmp_path: Path, text: str) -> None:
    text = text if "&a" in text else text.replace("Bulk export", "&a Bulk export")
    path = write(tmp_path, text)
    curation = curate(path)
    with pytest.raises(ThemeError, match=r"codebook.yml, line 3: the codebook uses an anchor"):
        curation.rename("T-0001", "x")
    assert path.read_text(encoding="utf-8") == text


def test_a_name_of_before_still_means_the_theme_until_another_takes_it(tmp_path: Path) -> None:
    curation = curate(write(tmp_path))
    curation.rename("T-0001", "Mass export")
    assert curation.codebook.resolve("bulk EXPORT").theme_id == "T-0001"  # type: ignore[union-attr]
    curation.rename("T-0001", "Bulk export")
    assert curation.codebook.theme("T-0001").also_named == ("Mass export",)  # type: ignore[union-attr]
    curation.rename("T-0002", "mass_export")
    assert curation.codebook.resolve("Mass export").theme_id == "T-0002"  # type: ignore[union-attr]
    assert curation.codebook.theme("T-0001").also_named == ()  # type: ignore[union-attr]


def test_a_merged_theme_is_meant_by_id_and_name_of_every_theme_that_went_into_it(tmp_path: Path) -> None:
    curation = curate(write(tmp_path))
    third = curation.confirm("P-4c0aff", "Latency", [(None, "slow")])
    curation.merge("T-0001", "T-0002")
    curation.merge("T-0002", third)
    for tag in ("T-0001", "bulk export", "T-0002", "Dark mode", "P-4c0aff", "Latency"):
        assert curation.codebook.resolve(tag).theme_id == third, tag  # type: ignore[union-attr]
    aliases = dict(curation.codebook.aliases())
    assert aliases == dict.fromkeys(["T-0001", "Bulk export", "T-0002", "Dark mode", "P-4c0aff"], third)


def test_a_split_takes_the_pins_and_examples_of_its_words_along(tmp_path: Path) -> None:
    curation = curate(write(tmp_path))
    curation.merge("T-0002", "T-0001")
    curation.pin("t:1", "exportar todo", "T-0001")
    child = curation.split("T-0001", "Todo", [("t:1", "Exportar todo")])
    (pin,) = curation.codebook.pins
    assert (pin.theme_id, pin.sha256) == (child, fingerprint("exportar todo"))
    made = curation.codebook.theme(child)
    assert made is not None
    assert made.split_from == ("T-0001", "T-0002")
    assert [(held.origin, held.inside) for held in made.exemplars] == [("T-0001", False)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["rename", "describe", "merge", "split", "move", "pin", "retire", "restore", "confirm", "undo"]
        ),
        st.integers(0, 11),
        st.integers(0, 11),
        st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12),
    ),
    max_size=12,
)


def _step(curation: Curation, kind: str, one: int, other: int, words: str) -> None:
    first, second = f"T-{one:04d}", f"T-{other:04d}"
    held = [held.text for theme in curation.codebook.themes for held in theme.exemplars]
    known = held[one % len(held)] if held else words
    match kind:
        case "rename":
            curation.rename(first, words)
        case "describe":
            curation.describe(first, words)
        case "merge":
            curation.merge(first, second)
        case "split":
            curation.split(first, words, [(None, known), ("t:1", words)])
        case "move":
            curation.move("t:1", known, second if other % 2 else None)
        case "pin":
            curation.pin(words if one % 2 else None, known, second)
        case "retire":
            curation.retire(first)
        case "restore":
            curation.restore(first)
        case "confirm":
            curation.confirm(f"P-{one:06x}", words, [("t:2", f"{words} {other}")])
        case "undo":
            curation.undo()


def _comments(text: str) -> list[str]:
    page = Page(text)
    return sorted(page.text[start:end] for start, end in page.comments)


def _entries(text: str) -> dict[str, str]:
    """The text of each theme, from its dash to the last character of its last value."""
    page = Page(text)
    found = {}
    listed = next(value for key, value in page.root.value if key.value == "themes")  # type: ignore[union-attr]
    for item in listed.value:
        theme_id = next(value.value for key, value in item.value if key.value == "theme_id")
        found[theme_id] = text[item.start_mark.index : page.end_of(item)]
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, newline=st.sampled_from(["\n", "\r\n"]))
def test_whatever_people_do_comments_and_other_themes_stay_and_the_log_leads_to_the_file(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, str]], newline: str
) -> None:
    path = write(tmp_path_factory.mktemp("curated"), NASTY.replace("\n", newline))
    curation = curate(path)
    ever = {theme.theme_id: theme.theme_id for theme in curation.codebook.themes}
    for kind, one, other, words in steps:
        text, codebook = path.read_bytes().decode(), curation.codebook
        try:
            _step(curation, kind, one, other, words)
        except ThemeError as error:
            assert "\n" not in str(error)
            assert (path.read_bytes().decode(), curation.codebook) == (text, codebook)
            continue
        after = path.read_bytes().decode()
        assert _comments(after) == _comments(text)
        entries, before = _entries(after), _entries(text)
        for theme in codebook.themes:
            if curation.codebook.theme(theme.theme_id) == theme:
                assert entries[theme.theme_id] == before[theme.theme_id]
        new = {theme.theme_id for theme in curation.codebook.themes} - {theme.theme_id for theme in codebook.themes}
        assert not new & ever.keys()
        ever |= dict.fromkeys(new, "")
        assert read_codebook(path) == curation.codebook == replay(Codebook(), curation.log)
    reopened = curate(path)
    assert (reopened.codebook, reopened.log, reopened.notes) == (curation.codebook, curation.log, [])
    while reopened.log[-1].operation != "start":
        try:
            reopened.undo()
        except ThemeError:
            break
    assert read_codebook(path) == replay(Codebook(), curation.log[:1])


@pytest.mark.parametrize(
    "said",
    [
        "Hello \u200b world, again",
        "nothing\u200c \u200c here",
        "Cafe\u200d\u0301 orders",
        "J\u030c is one sign",
        "word " * 399 + "this " + "and more " * 50,
        "no \x00 \x00 end",
    ],
)
@pytest.mark.parametrize("clip_chars", [500, 2000])
def test_a_pin_holds_whatever_stands_between_the_words(said: str, clip_chars: int) -> None:
    theme = CodebookTheme(theme_id="T-0001", name="Export")
    codebook = Codebook(themes=(theme,), pins=(Pin(sha256=fingerprint(said), theme_id="T-0001"),))
    rows = feedback([said, *("We want a dark mode please " + "x" * at for at in range(8))])
    found = find_themes(rows, codebook, ThemeSettings(clip_chars=clip_chars))
    pinned = found.mentions.filter(pl.col("theme_id") == "T-0001")
    assert pinned.select("assigned_by").to_series().to_list() == ["person"]


@given(st.text())
def test_a_comparable_text_keeps_its_fingerprint(said: str) -> None:
    text = pl.select(comparable(pl.lit(said), clip_chars=50)).item()
    assert pl.select(comparable(pl.lit(text), clip_chars=50)).item() == text
