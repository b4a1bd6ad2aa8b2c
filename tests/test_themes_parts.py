"""The parts of the themes stage: texts, encoder, clusters, known themes, labels and quotes."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from theme_feedback import everything, said

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.encoding.encoders import LexicalEncoder, pieces, stems
from vocanalytics.themes.grouping.cluster import cluster, nearest_centre
from vocanalytics.themes.grouping.graph import modularity, neighbour_graph, neighbours, walk
from vocanalytics.themes.grouping.known import learn_known_themes, pick_examples
from vocanalytics.themes.grouping.placing import _are_new
from vocanalytics.themes.texts import comparable, draw, with_texts
from vocanalytics.themes.wording.labels import label_themes
from vocanalytics.themes.wording.quotes import Candidate, choose_quotes
from vocanalytics.themes.wording.stopwords import STOP_WORDS

SETTINGS = ThemeSettings()


def _comparable(text: str, clip_chars: int = 2000) -> str:
    return pl.DataFrame({"t": [text]}).select(comparable(pl.col("t"), clip_chars=clip_chars)).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Dark\n\tMODE ", "dark mode"),
        ("ＤＡＲＫ mode", "dark mode"),  # full-width letters
        ("da\u200brk\u00a0mo\u202ede\x00", "dark mode"),
        ("ﬁle", "file"),
        ("👍\ufe0f", "👍"),
    ],
)
def test_what_does_not_change_the_meaning_is_folded(text: str, expected: str) -> None:
    assert _comparable(text) == expected


def test_long_texts_are_clipped() -> None:
    assert _comparable("abc " * 50_000, clip_chars=10) == "abc abc ab"


@given(st.text())
def test_comparable_texts_are_comparable_already(text: str) -> None:
    once = _comparable(text)
    assert once == once.strip()
    assert "\n" not in once
    assert "\u200b" not in once


def test_the_subject_helps() -> None:
    frame = pl.DataFrame({"verbatim": ["It fails"], "subject": ["SAML login"]})
    assert with_texts(frame, clip_chars=100)["text"].to_list() == ["saml login. it fails"]


@given(st.lists(st.text(min_size=1, max_size=5)), st.integers(1, 20), st.randoms(use_true_random=False))
def test_a_draw_depends_on_the_texts_alone(texts: list[str], size: int, shuffler: random.Random) -> None:
    drawn = draw(texts, size, seed=7)
    shuffled = texts * 2
    shuffler.shuffle(shuffled)
    assert draw(shuffled, size, seed=7) == drawn == sorted(set(drawn))
    assert len(drawn) == min(size, len(set(texts)))


def test_another_seed_draws_others() -> None:
    texts = [f"text {number}" for number in range(200)]
    assert draw(texts, 20, seed=1) != draw(texts, 20, seed=2)


def test_stems_join_the_forms_of_a_word() -> None:
    assert stems("exports exported exporting export") == ["export"] * 4
    assert stems("invoice invoices") == ["invoic"] * 2
    assert stems("pass gas bus") == ["pas", "gas", "bus"]


def test_pieces_carry_typos_and_scripts_without_spaces() -> None:
    assert len(set(pieces("schedule")) & set(pieces("shedule"))) >= 4
    assert pieces("請求書") == ["請求", "求書"]
    assert pieces("the dark") == pieces("dark")
    assert pieces("the") == [" the", "the "]
    assert "the" in STOP_WORDS


def test_vectors_have_length_one_and_alike_texts_are_near() -> None:
    verbatims, topics = everything()
    vectors = LexicalEncoder(svd_dim=20).fit_transform([verbatim.lower() for verbatim in verbatims])
    assert vectors.shape == (60, 20)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    alike = np.equal.outer(topics, topics)
    cosines = vectors @ vectors.T
    assert cosines[alike].mean() > cosines[~alike].mean() + 0.2


def test_fitting_and_encoding_agree_and_can_be_had_again() -> None:
    verbatims = [verbatim.lower() for verbatim in everything()[0]]
    fitted = LexicalEncoder(svd_dim=20).fit_transform(verbatims)
    again = LexicalEncoder(svd_dim=20).fit(verbatims).transform(verbatims)
    assert np.abs(fitted - again).max() < 1e-6
    assert np.array_equal(again, LexicalEncoder(svd_dim=20).fit(verbatims).transform(verbatims))


@pytest.mark.parametrize("texts", [["dark mode"], ["dark", "export"], ["aa", "bb", "cc"], ["same same"] * 3])
def test_few_texts_can_be_encoded(texts: list[str]) -> None:
    vectors = LexicalEncoder().fit_transform(texts)
    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()


def test_a_text_of_unknown_pieces_lies_at_the_origin() -> None:
    encoder = LexicalEncoder().fit([verbatim.lower() for verbatim in everything()[0]])
    assert not encoder.transform(["zzqqx"]).any()


def _blobs(rows: int, groups: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    centres = np.eye(groups, 12)
    labels = np.repeat(np.arange(groups), rows // groups)
    vectors = centres[labels] + rng.normal(0, 0.08, (len(labels), 12))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), labels


@pytest.mark.parametrize("groups", [2, 4, 7])
def test_clear_groups_are_found_by_number_and_member(groups: int) -> None:
    vectors, labels = _blobs(40 * groups, groups)
    found = cluster(vectors, np.ones(len(vectors), dtype=np.int64), SETTINGS)
    nearest, cosines = nearest_centre(vectors, found.centres)
    pairs = {(label, other) for label, other in zip(labels, nearest, strict=True)}
    assert {label for label, _ in pairs} == set(range(groups))
    assert len({other for _, other in pairs}) == len(pairs)  # no found group holds two
    assert cosines.min() > 0.5
    scores = dict(found.tried)
    assert scores[1] < max(scores.values())


def test_finer_granularity_finds_more() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(0, 1, (150, 6))  # no clear groups, so that taste decides
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = [
        len(cluster(vectors, np.ones(150, dtype=np.int64), SETTINGS.model_copy(update={"granularity": value})).centres)
        for value in (0.1, 5.0)
    ]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_small_groups_go_to_the_nearest() -> None:
    vectors, _ = _blobs(80, 2)
    lone = np.vstack([vectors, np.eye(12)[[5, 5]]])
    found = cluster(lone, np.ones(82, dtype=np.int64), SETTINGS.model_copy(update={"n_themes": 3}))
    assert len(found.centres) == 2
    heavy = np.array([1] * 80 + [4, 4], dtype=np.int64)  # the two are said by eight
    found = cluster(lone, heavy, SETTINGS.model_copy(update={"n_themes": 3}))
    assert len(found.centres) == 3


def test_too_few_verbatims_make_no_group() -> None:
    vectors, _ = _blobs(4, 2)
    assert cluster(vectors, np.ones(4, dtype=np.int64), SETTINGS).centres.shape == (0, 12)
    nearest, cosines = nearest_centre(vectors, np.empty((0, 12)))
    assert set(nearest) == {-1}
    assert not cosines.any()


def test_neighbours_shrink_with_the_texts() -> None:
    assert [neighbours(rows, 10) for rows in (1, 2, 3, 100, 500, 2_500, 90_000)] == [1, 1, 2, 3, 4, 10, 10]
    assert neighbours(90_000, 4) == 4


def test_modularity_by_hand() -> None:
    graph = neighbour_graph(np.eye(4)[[0, 0, 1, 1]] + 1e-3, 1)
    labels = np.array([0, 0, 1, 1])
    assert modularity(graph, labels, chance=1.0) == pytest.approx(0.5)  # all inside, less 2 x (1/2)^2
    assert modularity(graph, labels, chance=2.0) == pytest.approx(0.0)
    assert modularity(graph, np.array([0, 1, 0, 1]), chance=1.0) == pytest.approx(-0.5)
    assert modularity(graph, np.zeros(4, dtype=np.int64), chance=1.0) == pytest.approx(0.0)


def test_a_walk_brings_neighbours_together() -> None:
    vectors, labels = _blobs(120, 3)
    smooth = walk(vectors, neighbour_graph(vectors, 5), steps=5)
    same = np.equal.outer(labels, labels)
    apart, still_apart = 1 - (vectors @ vectors.T)[same].mean(), 1 - (smooth @ smooth.T)[same].mean()
    assert 0 <= still_apart < apart / 2
    assert np.allclose(np.linalg.norm(smooth, axis=1), 1, atol=1e-6)


def test_examples_are_picked_whatever_their_order() -> None:
    by_example = pl.DataFrame(
        {"theme_id": [f"T-{row % 2:04d}" for row in range(300)], "text": [f"text {row % 150}" for row in range(300)]}
    )
    picked = pick_examples(by_example, seed=7)
    assert picked.group_by("theme_id").len()["len"].to_list() == [50, 50]
    assert picked.equals(pick_examples(by_example.sample(fraction=1.0, shuffle=True, seed=1), seed=7))


def test_how_near_is_near_is_learnt_or_set() -> None:
    vectors, labels = _blobs(60, 3)
    examples = pl.DataFrame({"theme_id": [f"T-{label:04d}" for label in labels]})
    known = learn_known_themes(examples, vectors, SETTINGS)
    assert known.theme_ids == ("T-0000", "T-0001", "T-0002")
    assert 0.2 < known.near < 1
    which, *_, cosines = known.likeliest(vectors)
    assert (which == labels).all()
    assert cosines.min() > 0.5
    told = learn_known_themes(examples, vectors, SETTINGS.model_copy(update={"join_similarity": 0.66}))
    assert told.near == 0.66


def test_one_known_theme_and_none() -> None:
    vectors, _ = _blobs(20, 2)
    alone = learn_known_themes(pl.DataFrame({"theme_id": ["T-0001"] * 10}), vectors[:10], SETTINGS)
    which, *_, cosines = alone.likeliest(vectors)
    assert set(which) == {0}
    assert cosines[:10].min() > cosines[10:].max()
    nothing = learn_known_themes(pl.DataFrame({"theme_id": []}, schema={"theme_id": pl.String}), vectors[:0], SETTINGS)
    which, *_, cosines = nothing.likeliest(vectors)
    assert set(which) == {-1}
    assert not cosines.any()


def test_labels_are_phrases_of_the_verbatims() -> None:
    by_theme = {topic: said(topic) for topic in ("dark", "export", "login", "maps")}
    labels = label_themes(by_theme, {})
    assert labels["login"].name == "Single sign-on"
    for topic, label in labels.items():
        assert 1 <= len(label.phrases) <= 3
        for phrase in label.phrases:
            words = phrase.lower().split()
            assert any(phrase.lower() in verbatim.lower() for verbatim in by_theme[topic])
            assert not {words[0], words[-1]} & STOP_WORDS
        assert label.name[0].isupper()


def test_no_two_themes_are_called_alike_and_people_win() -> None:
    by_theme = {"a": said("login"), "b": said("login"), "c": said("login")}
    labels = label_themes(by_theme, {"b": "single Sign-On"})
    names = [label.name for label in labels.values()]
    assert labels["b"].name == "single Sign-On"
    assert len({name.casefold() for name in names}) == 3
    assert "Single sign-on" not in names


def test_shouting_is_quoted_quietly_and_abbreviations_stay() -> None:
    shouted = label_themes({"a": ["OPENING THE APP"] * 3}, {})["a"]
    assert shouted.name == "Opening the app"
    assert label_themes({"a": ["we need SAML"] * 3}, {})["a"].name == "SAML"


@pytest.mark.parametrize("verbatims", [["the and of"], ["12 34"], ["a"], []])
def test_a_theme_without_a_phrase_still_has_a_name(verbatims: list[str]) -> None:
    label = label_themes({"P-1": verbatims}, {})["P-1"]
    assert label.name == "Theme P-1"
    assert label.phrases == ()


def _candidate(number: int, verbatim: str, *, is_customer: bool = True, account: str | None = None) -> Candidate:
    return Candidate(f"f:{number}", verbatim, verbatim.lower(), is_customer, account)


def test_quotes_are_sentences_not_fragments_or_walls() -> None:
    candidates = [
        _candidate(0, "dark mode"),
        _candidate(1, "We need a dark mode for the night shift."),
        _candidate(2, "Dark mode please, the screen is far too bright at night."),
        _candidate(3, "dark mode " * 90),
        _candidate(4, "Could the night shift get a dark mode on tablets?"),
    ]
    chosen = choose_quotes({"t": candidates})["t"]
    assert sorted(chosen) == ["f:1", "f:2", "f:4"]


def test_quotes_are_unlike_each_other_and_from_different_accounts() -> None:
    same = [_candidate(number, f"We need a dark mode for shift {number}.", account="A") for number in range(4)]
    other = _candidate(9, "A dark theme would spare our eyes in the van.", account="B")
    assert "f:9" in choose_quotes({"t": [*same, other]})["t"][:2]


def test_a_customer_is_quoted_before_a_paraphrase() -> None:
    pair = [
        _candidate(0, "They need a dark mode at night.", is_customer=False),
        _candidate(1, "We need a dark mode at night."),
    ]
    assert choose_quotes({"t": pair})["t"][0] == "f:1"


def test_themes_without_candidates_have_no_quotes() -> None:
    assert choose_quotes({}) == {}
    assert choose_quotes({"t": []}) == {"t": []}


def test_beside_two_large_known_themes_the_others_are_proposed_all_the_same() -> None:
    """A few leftovers make no theme beside many known ones; beside two large ones, every other request does."""
    size = np.array([40, 38, 36, 12, 30, 9])
    left = np.array([40, 36, 30, 12, 5, 9])
    two_large, many = np.array([250, 190]), np.array([34, 30, 28, 26, 31, 29, 27, 33])
    assert _are_new(size, left, two_large, 5).tolist() == [True, True, True, False, False, False, False]
    assert _are_new(size, left, many, 5).tolist() == [True, True, True, False, False, False, False]
    assert _are_new(size, left, np.empty(0, dtype=np.int64), 5).tolist() == [True, True, True, True, False, True, False]
