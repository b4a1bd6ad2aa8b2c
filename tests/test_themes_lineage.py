"""What people do to the codebook moves the verbatims it is about, and no others; what they said before still holds."""

from __future__ import annotations

import itertools
from pathlib import Path

import polars as pl
import pytest
from codebook_files import clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from theme_feedback import codebook_of, everything, feedback, said

from vocanalytics.errors import ThemeError
from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import (
    Codebook,
    CodebookTheme,
    Curation,
    ThemesResult,
    find_themes,
    fingerprint,
    read_codebook,
    read_remembered,
    remember,
    whole_text,
    write_themes,
)
from vocanalytics.themes.codebook.lineage import teaching
from vocanalytics.themes.codebook.operations import confirm, merge, move, pin, retire, split

SETTINGS = ThemeSettings()
TOPICS = ("dark", "export", "login", "maps")
VERBATIMS = [*everything()[0], "We love it", "Thanks a lot!", "Call me back", "dark export", "login on the map", "ok"]


def where(result: ThemesResult) -> dict[str, str]:
    """The theme of each verbatim, or the reason why it has none."""
    return dict(result.mentions.select("feedback_id", "theme_id").iter_rows()) | dict(result.unclustered.iter_rows())


def assert_adds_up(result: ThemesResult, rows: pl.DataFrame) -> None:
    """Each verbatim is somewhere, and the counts say so."""
    assert sorted(where(result)) == sorted(rows["feedback_id"])
    summary = result.summary
    parts = ("tagged", "joined_known", "in_new_themes", "unclustered")
    assert sum(int(summary[part] or 0) for part in parts) == summary["verbatims"] == rows.height
    assert set(result.mentions["theme_id"]) == set(result.themes["theme_id"])
    assert result.summary["unclustered"] == sum(int(summary.get(part) or 0) for part in REASONS)


REASONS = ("too_short", "nothing_like_it", "set_aside")


def ids(codebook: Codebook) -> list[str]:
    """Its themes."""
    return [theme.theme_id for theme in codebook.themes]


KNOWN = st.lists(st.sampled_from(TOPICS), min_size=3, max_size=4, unique=True)
HEARD = st.lists(st.sampled_from(VERBATIMS), min_size=12, max_size=60)
TAGS = st.lists(st.sampled_from([None, None, None, "T-0001", "T-0002", "T-0003"]), min_size=60, max_size=60)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(known=KNOWN, heard=HEARD, tags=TAGS, pair=st.permutations(range(3)))
def test_merging_two_themes_changes_no_third(
    known: list[str], heard: list[str], tags: list[str | None], pair: list[int]
) -> None:
    codebook, rows = codebook_of(*known), feedback(heard, tags[: len(heard)])
    gone, kept = (f"T-{number + 1:04d}" for number in pair[:2])
    before = where(find_themes(rows, codebook, SETTINGS))
    merged = merge(codebook, theme_id=gone, into=kept)
    found = find_themes(rows, merged, SETTINGS)
    assert where(found) == {row: kept if place == gone else place for row, place in before.items()}
    assert_adds_up(found, rows)
    if len(known) > 3:
        again = merge(merged, theme_id=kept, into="T-0004")
        moved = {row: "T-0004" if place in (gone, kept) else place for row, place in before.items()}
        assert where(find_themes(rows, again, SETTINGS)) == moved


@FEW
@given(known=KNOWN, heard=HEARD, tags=TAGS, named=st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_splitting_a_theme_moves_only_what_was_in_it(
    known: list[str], heard: list[str], tags: list[str | None], named: list[int]
) -> None:
    codebook, rows = codebook_of(*known), feedback(heard, tags[: len(heard)])
    whole = find_themes(rows, codebook, SETTINGS)
    free = set(whole.mentions.filter(pl.col("assigned_by") == "machine")["feedback_id"])
    inside = [heard[int(row[2:])] for row, place in where(whole).items() if place == "T-0001" and row in free]
    others = {fingerprint(held.text) for theme in codebook.themes[1:] for held in theme.exemplars}
    own = [words for words in inside if fingerprint(words) not in others]
    own += [held.text for held in codebook.themes[0].exemplars]
    texts = [{"text": own[at % len(own)]} for at in named]
    parted = split(codebook, theme_id="T-0001", new_id="T-0009", name="Part", texts=texts)
    found = find_themes(rows, parted, SETTINGS)
    before, after = where(whole), where(found)
    assert_adds_up(found, rows)
    for row, place in before.items():
        assert after[row] in (("T-0001", "T-0009") if place == "T-0001" else (place,))
    marks = {fingerprint(str(words["text"])) for words in texts}
    for row in free:
        if fingerprint(heard[int(row[2:])]) in marks:
            assert after[row] == "T-0009"
    back = merge(parted, theme_id="T-0009", into="T-0001")
    assert where(find_themes(rows, back, SETTINGS)) == before


@given(
    known=KNOWN,
    pairs=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.booleans(), st.integers(0, 5)), max_size=6),
)
def test_themes_are_told_apart_by_the_same_words_after_any_merges_and_splits(
    known: list[str], pairs: list[tuple[int, int, bool, int]]
) -> None:
    codebook = codebook_of(*known)
    before = sorted(teaching(codebook))
    for number, (one, other, parted, at) in enumerate(pairs, start=5):
        try:
            if parted:
                held = [held.text for part in codebook.parts(f"T-{one:04d}") for held in part.exemplars]
                texts = [{"text": f"words of {number}"}, *({"text": text} for text in held[at : at + 2])]
                name, new_id = f"Part {number}", f"T-{number:04d}"
                codebook = split(codebook, theme_id=f"T-{one:04d}", new_id=new_id, name=name, texts=texts)
            else:
                codebook = merge(codebook, theme_id=f"T-{one:04d}", into=f"T-{other:04d}")
        except ThemeError:
            continue
        assert sorted(teaching(codebook)) == before


def test_a_split_after_a_merge_parts_both_and_a_split_before_it_only_its_own() -> None:
    rows = feedback([*said("dark"), *said("login"), *said("maps")])
    codebook = codebook_of("dark", "login", "maps")
    early = split(
        codebook,
        theme_id="T-0002",
        new_id="T-0004",
        name="SAML",
        texts=[{"text": text} for text in said("login")[1::3]],
    )
    merged = merge(early, theme_id="T-0001", into="T-0002")
    before, after = (where(find_themes(rows, held, SETTINGS)) for held in (early, merged))
    assert after == {row: "T-0002" if place == "T-0001" else place for row, place in before.items()}
    late = split(
        merged, theme_id="T-0002", new_id="T-0005", name="Mobile", texts=[{"text": text} for text in said("dark")[1::3]]
    )
    places = where(find_themes(rows, late, SETTINGS))
    assert {places[f"f:{row:04d}"] for row in range(1, 15, 3)} == {"T-0005"}
    assert {row for row, place in places.items() if place != after[row]} <= {f"f:{row:04d}" for row in range(30)}
    assert {places[f"f:{row:04d}"] for row in range(30, 45)} == {after[f"f:{row:04d}"] for row in range(30, 45)}


@pytest.mark.parametrize("exemplars_go_along", [False, True])
def test_a_split_tells_the_rest_of_the_theme_apart(exemplars_go_along: bool) -> None:
    rows = feedback([*said("dark"), *said("login"), *said("maps")])
    both = tuple({"text": text} for text in (*said("dark")[:6], *said("login")[:6]))
    codebook = Codebook.model_validate(
        {"themes": [{"theme_id": "T-0001", "name": "Mixed", "exemplars": both}, *codebook_of("maps", first=2).themes]}
    )
    texts = [{"text": text} for text in (said("login")[:6] if exemplars_go_along else said("login")[6:9])]
    places = where(
        find_themes(rows, split(codebook, theme_id="T-0001", new_id="T-0003", name="L", texts=texts), SETTINGS)
    )
    dark, login = ([places[f"f:{row:04d}"] for row in range(start, start + 15)] for start in (0, 15))
    assert dark.count("T-0001") >= 12
    assert login.count("T-0003") >= (13 if exemplars_go_along else 7)


@pytest.mark.parametrize("n_themes", [3, None])
def test_what_a_retired_theme_held_is_proposed_elsewhere_and_not_lost(n_themes: int | None) -> None:
    rows = feedback([*said("dark"), *said("login"), *said("maps")])
    codebook, chosen = codebook_of("dark", "login", "maps"), SETTINGS.model_copy(update={"n_themes": n_themes})
    assert set(where(find_themes(rows, codebook, chosen)).values()) == set(ids(codebook))
    found = find_themes(rows, retire(codebook, theme_id="T-0001"), chosen)
    assert_adds_up(found, rows)
    places = where(found)
    dark = {places[f"f:{row:04d}"] for row in range(15)}
    assert "T-0001" not in places.values()
    assert {places[f"f:{row:04d}"] for row in range(15, 45)} == {"T-0002", "T-0003"}
    if n_themes:
        assert all(place.startswith("P-") for place in dark)


def test_a_retired_theme_goes_to_a_known_one_that_is_near_enough() -> None:
    codebook = codebook_of("dark", "login", "maps")
    twin = CodebookTheme.model_validate(
        {"theme_id": "T-0009", "name": "Night", "exemplars": [{"text": text} for text in said("dark")[6:12]]}
    )
    both = Codebook(themes=(*codebook.themes, twin))
    places = where(find_themes(feedback([*said("dark"), *said("maps")]), retire(both, theme_id="T-0001"), SETTINGS))
    assert {places[f"f:{row:04d}"] for row in range(15)} == {"T-0009"}


def test_a_merge_into_a_theme_that_retires_teaches_nothing_any_more() -> None:
    codebook = merge(codebook_of("dark", "login", "maps"), theme_id="T-0001", into="T-0002")
    places = where(find_themes(feedback([*said("dark"), *said("maps")]), retire(codebook, theme_id="T-0002"), SETTINGS))
    assert not {"T-0001", "T-0002"} & set(places.values())


def test_a_tag_that_names_a_merged_theme_means_the_one_it_went_into() -> None:
    rows = feedback(["x y z", "a b c", "d e f", *said("maps")], ["T-0001", "theme OF dark", "T-0002", *[None] * 15])
    found = find_themes(rows, merge(codebook_of("dark", "login", "maps"), theme_id="T-0001", into="T-0002"), SETTINGS)
    assert {where(found)[f"f:{row:04d}"] for row in range(3)} == {"T-0002"}
    assert set(found.themes["theme_name"]) == {"Theme of login", "Theme of maps"}
    assert_adds_up(found, rows)


def test_a_pin_places_a_verbatim_and_no_other() -> None:
    rows = feedback([*said("dark"), *said("login"), "ok?", *said("maps")])
    codebook = codebook_of("dark", "login", "maps")
    before = where(find_themes(rows, codebook, SETTINGS))
    pinned = pin(codebook, sha256=fingerprint(said("dark")[8]), feedback_id="f:0008", theme_id="T-0003")
    pinned = pin(pinned, sha256=fingerprint("OK?  "), theme_id="T-0001")
    pinned = pin(pinned, sha256=fingerprint(said("login")[9]), theme_id=None)
    found = find_themes(rows, pinned, SETTINGS)
    assert_adds_up(found, rows)
    changes = {"f:0008": "T-0003", "f:0030": "T-0001", "f:0024": "set_aside"}
    assert where(found) == before | changes
    by_person = found.mentions.filter(pl.col("assigned_by") == "person")
    assert dict(by_person.select("feedback_id", "theme_id").iter_rows()) == {"f:0008": "T-0003", "f:0030": "T-0001"}
    assert (found.summary["pinned"], found.summary["set_aside"]) == (3, 1)


@pytest.mark.parametrize(
    ("tag", "pins", "place"),
    [
        ("T-0002", [("T-0001", None)], "T-0001"),  # a pin is the later word of a person
        ("T-0002", [], "T-0002"),
        (None, [("T-0001", "f:0000"), ("T-0002", "f:0099")], "T-0001"),  # its own pin
        (None, [("T-0001", "f:0098"), ("T-0002", "f:0099")], "T-0002"),  # of those of others the last
        (None, [("T-0001", "f:0099"), ("T-0002", None)], "T-0002"),
        (None, [("T-0003", None)], "T-0002"),  # the pin follows the merge
        (None, [("T-0001", None), ("T-0004", "f:0000")], "T-0001"),  # a pin to a retired theme does not count
    ],
)
def test_which_pin_counts(tag: str | None, pins: list[tuple[str, str | None]], place: str) -> None:
    codebook = codebook_of("dark", "login", "maps", "export")
    for theme_id, feedback_id in pins:
        codebook = pin(codebook, sha256=fingerprint("What now"), feedback_id=feedback_id, theme_id=theme_id)
    codebook = retire(merge(codebook, theme_id="T-0003", into="T-0002"), theme_id="T-0004")
    found = find_themes(feedback(["what NOW", *said("login")], [tag, *[None] * 15]), codebook, SETTINGS)
    assert where(found)["f:0000"] == place
    assert found.summary.get("pins_ignored", 0) == sum(theme_id == "T-0004" for theme_id, _ in pins)


def test_a_verbatim_that_was_moved_is_no_example_any_more_and_stays_moved() -> None:
    codebook = codebook_of("dark", "login", "maps")
    moved = move(codebook, sha256=fingerprint(said("dark")[0]), feedback_id="f:0000", theme_id="T-0003")
    assert len(moved.themes[0].exemplars) == 5
    places = where(find_themes(feedback([said("dark")[0].upper(), *said("login")]), moved, SETTINGS))
    assert places["f:0000"] == "T-0003"


def _remembered(first: ThemesResult, rows: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    return remember(first.mentions, rows, codebook, SETTINGS.clip_chars)


def _confirmed(found: ThemesResult, rows: pl.DataFrame, codebook: Codebook, *, examples: int = 3) -> Codebook:
    """Every proposal taken into the codebook, with its most central verbatims as examples."""
    said_in_full = itertools.starmap(whole_text, rows.select("subject", "verbatim").rows())
    words = dict(zip(rows["feedback_id"], said_in_full, strict=True))
    for number, proposal in enumerate(found.themes.filter(pl.col("status") == "proposed").iter_rows(named=True), 101):
        own = found.mentions.filter(pl.col("theme_id") == proposal["theme_id"])
        central = own.sort("similarity", "feedback_id", descending=[True, False])["feedback_id"]
        texts = [{"text": text} for text in dict.fromkeys(words[row] for row in central)][:examples]
        given_names = {"new_id": f"T-{number:04d}", "name": f"{proposal['theme_name']} {number}", "texts": texts}
        codebook = confirm(codebook, proposal_id=proposal["theme_id"], **given_names)
    return codebook


def test_words_that_were_in_a_theme_stay_in_it_once_people_confirmed_it() -> None:
    rows = feedback(VERBATIMS)
    first = find_themes(rows, Codebook(), SETTINGS)
    codebook = _confirmed(first, rows, Codebook())
    names = {theme.found_as[0]: theme.theme_id for theme in codebook.themes}
    later = feedback([*VERBATIMS, *(f"{verbatim} Now!" for verbatim in VERBATIMS[::4])])
    second = find_themes(later, codebook, SETTINGS, _remembered(first, rows, codebook))
    assert_adds_up(second, later)
    before = {row: names[place] for row, place in where(first).items() if place in names}
    after = where(second)
    assert {row: after[row] for row in before} == before
    examples = {held.words for theme in codebook.themes for held in theme.exemplars}
    recalled = [row for row in before if fingerprint(VERBATIMS[int(row[2:])]) not in examples]
    assert second.summary["remembered"] == len(recalled) > 0


def test_only_themes_that_stand_are_remembered() -> None:
    rows = feedback([*said("dark"), *said("login"), *said("maps")], ["own", *[None] * 44])
    codebook = codebook_of("dark", "login")
    first = find_themes(rows, codebook, SETTINGS)
    assert set(_remembered(first, rows, codebook)["theme_id"]) == {"T-0001", "T-0002"}  # no tag, no proposal
    assert set(_remembered(first, rows, retire(codebook, theme_id="T-0001"))["theme_id"]) == {"T-0002"}
    merged = merge(codebook, theme_id="T-0001", into="T-0002")
    memory = _remembered(first, rows, merged)
    places = where(find_themes(rows, merged, SETTINGS, memory))
    assert {places[f"f:{row:04d}"] for row in range(1, 30)} == {"T-0002"}
    gone = find_themes(rows, retire(codebook, theme_id="T-0001"), SETTINGS, _remembered(first, rows, codebook))
    assert "T-0001" not in where(gone).values()  # even where an older memory is given


def test_memory_gives_way_to_examples_pins_and_splits() -> None:
    rows = feedback([*said("dark"), *said("login"), *said("maps")])
    codebook = codebook_of("dark", "login", "maps")
    first = find_themes(rows, codebook, SETTINGS)
    memory = _remembered(first, rows, codebook)
    wrong = memory.with_columns(theme_id=pl.lit("T-0003"))
    places = where(find_themes(rows, codebook, SETTINGS, wrong))
    assert {places[f"f:{row:04d}"] for row in range(6)} == {"T-0001"}  # examples
    assert {places[f"f:{row:04d}"] for row in range(6, 15)} == {"T-0003"}  # remembered
    pinned = pin(codebook, sha256=fingerprint(said("dark")[9]), theme_id="T-0002")
    assert where(find_themes(rows, pinned, SETTINGS, wrong))["f:0009"] == "T-0002"
    texts = [{"text": text} for text in said("dark")[1::3]]
    parted = split(codebook, theme_id="T-0001", new_id="T-0009", name="Mobile", texts=texts)
    with_memory, without = (where(find_themes(rows, parted, SETTINGS, held)) for held in (memory, None))
    assert with_memory == without
    assert {with_memory[f"f:{row:04d}"] for row in range(1, 15, 3)} == {"T-0009"}


def test_memory_of_a_run_that_knew_the_split_holds_what_was_decided_then() -> None:
    rows = feedback([*said("dark"), *said("login")])
    texts = [{"text": text} for text in said("dark")[1:4:3]]
    parted = split(codebook_of("dark", "login"), theme_id="T-0001", new_id="T-0009", name="Mobile", texts=texts)
    memory = _remembered(find_themes(rows, parted, SETTINGS), rows, parted)
    assert {"T-0001", "T-0009"} <= set(memory["theme_id"])
    other = memory.with_columns(
        pl.when(pl.col("text_sha256") == fingerprint(said("dark")[13]))
        .then(pl.lit("T-0001"))
        .otherwise("theme_id")
        .alias("theme_id")
    )
    assert where(find_themes(rows, parted, SETTINGS, memory))["f:0013"] == "T-0009"
    assert where(find_themes(rows, parted, SETTINGS, other))["f:0013"] == "T-0001"


def test_a_run_with_an_untouched_codebook_replays_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yml"
    curation = Curation.open(path, "Maria", clock())
    rows = feedback([*VERBATIMS, *said("maps")], [*["Own"] * 3, *[None] * (len(VERBATIMS) + 12)])
    first = find_themes(rows, Codebook(), SETTINGS)
    proposals = first.themes.filter(pl.col("status") == "proposed")["theme_id"]
    for number, proposal in enumerate(proposals):
        own = first.mentions.filter(pl.col("theme_id") == proposal)["feedback_id"]
        curation.confirm(
            proposal, f"Theme {number}", [(row, VERBATIMS[int(row[2:]) % len(VERBATIMS)]) for row in own[:2]]
        )
    curation.merge("T-0001", "T-0002")
    curation.split("T-0003", "Part", [(None, curation.codebook.themes[2].exemplars[0].text), (None, "something else")])
    curation.move("f:0063", VERBATIMS[63], "T-0002")
    folders = []
    for number in range(2):
        codebook = read_codebook(path)
        memory = _remembered(first, rows, codebook)
        found = find_themes(rows.reverse() if number else rows, codebook, SETTINGS, memory)
        folders.append(tmp_path / str(number))
        folders[-1].mkdir()
        write_themes(found, folders[-1])
    names = sorted(path.name for path in folders[0].iterdir())
    assert {"mentions.parquet", "themes.parquet", "unclustered.parquet", "themes.json"} <= set(names)
    for name in names:
        if (folders[0] / name).is_file():
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_a_run_says_from_which_bytes_it_read_the_codebook(tmp_path: Path) -> None:
    from hashlib import sha256

    path = tmp_path / "codebook.yml"
    path.write_text("themes: []\n", encoding="utf-8")
    rows = feedback(said("dark"))
    assert (
        find_themes(rows, read_codebook(path), SETTINGS).summary["codebook_sha256"]
        == sha256(path.read_bytes()).hexdigest()
    )
    assert find_themes(rows, Codebook(), SETTINGS).summary["codebook_sha256"] is None


def test_memory_is_read_from_the_nearest_earlier_run_if_its_tables_are_there(tmp_path: Path) -> None:
    rows, codebook = feedback([*said("dark"), *said("login")]), codebook_of("dark", "login")
    first = find_themes(rows, codebook, SETTINGS)
    nearest, older = tmp_path / "2026Q2-0123456789ab", tmp_path / "2026Q1-0123456789ab"
    for folder in (nearest, older):
        folder.mkdir()
    write_themes(first, nearest)
    rows.write_parquet(nearest / "accepted_feedback.parquet")
    dirs = f"{nearest}, {older}"
    read = read_remembered(dirs, codebook, SETTINGS.clip_chars)
    assert read is not None
    assert read.equals(_remembered(first, rows, codebook))
    assert read.height == 30
    assert read_remembered("", codebook, SETTINGS.clip_chars) is None
    assert read_remembered(str(older), codebook, SETTINGS.clip_chars) is None
