"""Requests: which messages make two, and that no message counts twice in a theme."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_runs import MODEL, Spec, loaded
from theme_feedback import everything, said

from vocanalytics.report import build_view
from vocanalytics.themes.requests import MOST_REQUESTS, cut, split
from vocanalytics.themes.texts import comparable

SSO = "We need single sign-on for everyone."
DARK = "The dark mode is missing at night."
EXPORT = "All invoices should be exported at once."
MAPS = "Live traffic on the map would help us."


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (f"{SSO} Also, {DARK}", [SSO, DARK]),
        (f"{SSO}\nalso {DARK}", [SSO, DARK]),
        (f"{SSO} And another thing: {DARK}", [SSO, DARK]),
        (f"{SSO} Secondly, {DARK}", [SSO, DARK]),
        (f"{SSO} In addition {DARK}", [SSO, DARK]),
        ("Wir brauchen eine Anmeldung. Außerdem fehlt der dunkle Modus.",
         ["Wir brauchen eine Anmeldung.", "fehlt der dunkle Modus."]),
        ("Il manque un mode sombre. De plus, la recherche est lente.",
         ["Il manque un mode sombre.", "la recherche est lente."]),
        (f"We have two wishes:\n- {SSO}\n- {DARK}", [SSO, DARK]),
        (f"• {SSO} • {DARK}", [SSO, DARK]),
        (f"Two things: 1. {SSO} 2. {DARK}", [SSO, DARK]),
        (f"1) {SSO}\n2) {DARK}\n3) {EXPORT}", [SSO, DARK, EXPORT]),
    ],
)  # fmt: skip
def test_what_the_writer_set_apart_is_cut(message: str, parts: list[str]) -> None:
    assert cut(message) == (tuple(parts), True)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (f"{SSO} {DARK}", (SSO, DARK)),
        (f"{SSO} Thanks!", (SSO,)),  # too short to be a request
        ("We are on version 2. Since then nothing works.", ("We are on version 2.", "Since then nothing works.")),
        ("I also need a dark mode for the night shift", ("I also need a dark mode for the night shift",)),
        ("We - the whole team - need single sign-on", ("We - the whole team - need single sign-on",)),
        ("Alsoran is a word that only begins like one", ("Alsoran is a word that only begins like one",)),
        ("我们需要一次导出所有发票。报表加载速度太慢了。", ("我们需要一次导出所有发票。", "报表加载速度太慢了。")),
        ("", ()),
    ],
)  # fmt: skip
def test_the_ends_of_sentences_set_nothing_apart(message: str, parts: tuple[str, ...]) -> None:
    assert cut(message) == (parts, False)


@given(st.text(alphabet=st.sampled_from("ab .!?\n•-*12)(:;,üß日。"), max_size=300) | st.text(max_size=60))
def test_a_part_is_always_words_of_the_message(message: str) -> None:
    for part in cut(message).parts:
        assert part in message and len(part.encode()) >= 20


Home = tuple[str | None, int | None, float | None]
T1, T2, T3, T4 = (("T-1", None, 0.8), ("T-2", None, 0.8), ("T-3", None, 0.8), ("T-4", None, 0.8))
ORDINARY: dict[str, Home] = {
    f"whole message {number} {at}": (*home[:2], similarity)
    for number, home in enumerate((T1, T2, T3, T4, (None, 1, None), (None, 2, None)))
    for at, similarity in enumerate((0.5, 0.6, 0.7))
}


def compared(message: str) -> str:
    found: str = pl.select(comparable(pl.lit(message), clip_chars=2000)).item()
    return found


def after(message: str, whole: Home, parts: Mapping[str, Home]) -> list[tuple[object, ...]]:
    """Where a message ends among ordinary ones, when its parts are placed so: part, theme, cluster, similarity."""
    rows = [(text, *home, text) for text, home in ORDINARY.items()] + [(compared(message), *whole, message)]
    schema = {
        "text": pl.String,
        "theme_id": pl.String,
        "cluster": pl.Int64,
        "similarity": pl.Float64,
        "said": pl.String,
    }
    by_text = pl.DataFrame(rows, schema=schema, orient="row").sort("text").with_columns(verbatims=pl.lit(2))
    homes = {compared(part): home for part, home in parts.items()}

    def place(batch: pl.DataFrame) -> pl.DataFrame:
        assert batch["text"].is_unique().all()
        placed = [(text, *homes.get(text, (None, None, 0.1))) for text in batch["text"]]
        return pl.DataFrame(placed, schema=dict(list(schema.items())[:4]), orient="row")

    found = split(by_text, place, clip_chars=2000)
    assert found.columns == [*(name for name in by_text.columns if name != "said"), "part"]
    assert set(found["text"]) == set(by_text["text"]) and (found["verbatims"] == 2).all()
    assert found.filter(pl.col("text") != compared(message)).height == len(ORDINARY)
    mine = found.filter(text=compared(message))
    assert mine.select("theme_id", "cluster").is_unique().all() and mine.height <= MOST_REQUESTS
    return mine.select("part", "theme_id", "cluster", "similarity").rows()


WHOLE: Home = ("T-1", None, 0.6)
APART = f"{SSO} Also, {DARK}"
PLAIN = f"{SSO} {DARK}"


@pytest.mark.parametrize(
    ("message", "first", "second", "is_cut"),
    [
        (APART, T1, T2, True),
        (APART, T1, T1, False),  # one theme: never twice in it
        (APART, ("T-1", None, 0.5), ("T-2", None, 0.7), True),  # on average as near as the whole
        (APART, ("T-1", None, 0.5), ("T-2", None, 0.69), False),
        (APART, ("T-1", None, 0.49), ("T-2", None, 0.9), False),  # farther than a tenth of the whole messages there
        (APART, ("T-1", None, 0.8), (None, 1, 0.8), True),
        (APART, (None, 2, 0.8), (None, 1, 0.8), True),
        (APART, (None, 1, 0.8), (None, 1, 0.8), False),
        (APART, T1, (None, None, 0.9), False),  # one part belongs nowhere
        (PLAIN, T1, T2, True),
        (PLAIN, ("T-1", None, 0.6), ("T-2", None, 0.6), True),
        (PLAIN, ("T-1", None, 0.59), ("T-2", None, 0.9), False),  # nearer than half is needed, and than the whole
        (PLAIN, T1, (None, 1, 0.8), False),  # new themes only where the writer set the parts apart
        (APART, T1, ("T-9", None, 0.9), False),  # no whole message says how near is near there
    ],
)  # fmt: skip
def test_a_message_is_cut_only_where_it_clearly_makes_two_requests(
    message: str, first: Home, second: Home, is_cut: bool
) -> None:
    found = after(message, WHOLE, {SSO: first, DARK: second})
    assert found == ([(1, *first), (2, *second)] if is_cut else [(0, *WHOLE)])


@pytest.mark.parametrize(
    ("message", "whole", "first", "second", "is_cut"),
    [
        (APART, (None, None, None), T1, T2, True),  # belongs nowhere as a whole
        (APART, T3, T1, T2, True),
        (APART, ("T-1", None, 1.0), ("T-1", None, 1.0), ("T-2", None, 1.0), False),  # the words of a person
        (PLAIN, ("T-3", None, 0.65), ("T-1", None, 0.7), ("T-2", None, 0.65), True),
        (PLAIN, ("T-3", None, 0.65), ("T-1", None, 0.7), ("T-2", None, 0.64), False),  # one is farther than the whole
        (PLAIN, ("T-3", None, 0.3), T1, ("T-2", None, 0.59), False),  # farther than half of the whole messages there
    ],
)
def test_the_place_of_the_whole_message_counts(
    message: str, whole: Home, first: Home, second: Home, is_cut: bool
) -> None:
    assert len(after(message, whole, {SSO: first, DARK: second})) == 1 + is_cut


def test_of_many_requests_the_three_nearest_count() -> None:
    message = f"1. {SSO}\n2. {DARK}\n3. {EXPORT}\n4. {MAPS}"
    parts: dict[str, Home] = {SSO: ("T-1", None, 0.7), DARK: ("T-2", None, 0.9), EXPORT: T3, MAPS: T4}
    assert [row[:2] for row in after(message, WHOLE, parts)] == [(2, "T-2"), (3, "T-3"), (4, "T-4")]


def test_only_the_beginning_of_a_long_message_is_read() -> None:
    message = f"{SSO} " + "1. " * 40_000 + f"Also, {DARK}"
    assert after(message, WHOLE, {SSO: T1, DARK: T2}) == [(0, *WHOLE)]


def test_a_theme_named_twice_counts_once_with_its_nearest_part() -> None:
    message = f"- {SSO}\n- {DARK}\n- {EXPORT}"
    assert after(message, WHOLE, {SSO: ("T-1", None, 0.7), DARK: T2, EXPORT: T1}) == [(2, *T2), (3, *T1)]


def frame(messages: Sequence[str]) -> pl.DataFrame:
    text = comparable(pl.col("said"), clip_chars=2000)
    return pl.DataFrame({"said": sorted(set(messages))}).with_columns(text=text).unique("text").sort("text")


def test_real_places_cut_what_was_joined_and_nothing_else() -> None:
    """Sixty single requests stay whole; of those joined by a word two thirds are found, in the right themes."""
    from vocanalytics.settings import ThemeSettings
    from vocanalytics.themes.grouping.placing import learn_places

    verbatims, topics = everything()
    topic_of = {compared(verbatim): topic for verbatim, topic in zip(verbatims, topics, strict=True)}
    single = frame(verbatims)
    examples = pl.DataFrame(list(topic_of.items()), schema=["text", "theme_id"], orient="row").sort("text")
    few = examples.group_by("theme_id", maintain_order=True).head(6)
    places = learn_places(single.select("text", verbatims=pl.lit(1), settled=pl.lit(False)), few, ThemeSettings())
    draw, joined = random.Random(5), {}
    for first, second in (draw.sample(sorted(set(topics)), 2) for _ in range(40)):
        one, other = draw.choice(said(first)), draw.choice(said(second))
        joined[f"{one} {draw.choice(('Also, ', 'Secondly, ', 'In addition, '))}{other}"] = {first, second}
    every = frame([*verbatims, *joined])
    placed = places.place(every.select("text")).join(every, on="text", maintain_order="left")
    found = split(placed, places.place, clip_chars=2000)
    assert (found.filter(pl.col("text").is_in(single["text"].implode()))["part"] == 0).all()
    requests = found.filter(pl.col("part") > 0).group_by("text").agg("theme_id")
    wanted = {compared(message): themes for message, themes in joined.items()}
    right = [set(themes) == wanted[text] for text, themes in requests.iter_rows()]
    assert len(right) >= 2 * len(joined) / 3 and all(right)
    assert found.equals(
        split(placed.sample(fraction=1.0, shuffle=True, seed=1).sort("text"), places.place, clip_chars=2000)
    )


def test_the_method_says_how_many_messages_count_in_several_themes(tmp_path: Path) -> None:
    run = loaded(Spec(), tmp_path)
    counts = {"verbatims": 20, "joined_known": 19, "unclustered": 1}
    placed = "Of 20 verbatims, 19 joined a known theme and 1 is in none"
    for several, end in (
        (None, "."),
        (0, "."),
        (1, "; 1 makes two or three requests and counts once in each theme."),
        (7, "; 7 make two or three requests and count once in each theme."),
    ):
        said_of = replace(run, theme_summary=counts if several is None else counts | {"in_several_themes": several})
        rules = {rule.name: rule.value for rule in build_view(said_of, MODEL).method.rules}
        assert rules["Themes"] == placed + end


@pytest.mark.parametrize("sign", ["\n", " \n", "1. ", "1) 2) ", ". ", "- ", ";\n", "also ", "\t", "。"])
def test_no_message_takes_long(sign: str) -> None:
    begun = time.perf_counter()
    cut((sign * 2000)[:2000])
    assert time.perf_counter() - begun < 0.25
