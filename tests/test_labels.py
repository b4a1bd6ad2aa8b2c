"""What themes are called: phrases of the verbatims that a person would say, each of one theme only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from theme_feedback import said

from vocanalytics.themes.codebook.book import Codebook, CodebookTheme
from vocanalytics.themes.wording.describing import describe_themes
from vocanalytics.themes.wording.forms import best_form
from vocanalytics.themes.wording.labels import label_themes, words_of
from vocanalytics.themes.wording.phrases import Run, Usage, runs, sayings, stems_in

TOPICS = ("dark", "export", "login", "maps")


def _named(*verbatims: str) -> str:
    """The name of a theme of these verbatims beside another theme."""
    others = ["The invoice shows the wrong tax.", "Wrong tax on my invoice again.", "Please correct the tax."]
    return label_themes({"a": list(verbatims), "b": others}, {})["a"].name


def test_names_are_runs_of_words_as_customers_wrote_them() -> None:
    by_theme = {topic: said(topic) for topic in TOPICS}
    for topic, label in label_themes(by_theme, {}).items():
        assert label.name == label.phrases[0][:1].upper() + label.phrases[0][1:]
        for phrase in label.phrases:
            assert any(phrase.casefold() in verbatim.casefold() for verbatim in by_theme[topic])


@pytest.mark.parametrize(
    ("verbatims", "name"),
    [
        (["My card hasn't arrived.", "The card hasn't arrived yet.", "My card hasn't arrived."], "Card hasn't arrived"),
        (["I was charged a fee.", "Why was I charged a fee?", "They charged a fee again."], "Charged a fee"),
        (["I can't log in.", "We can't log in today.", "Nobody can log in, I can't log in."], "Can't log in"),
        (["I ordered a virtual card.", "My virtual card is blocked.", "The virtual card failed."], "Virtual card"),
        (["The Dispatch Board is slow.", "Our Dispatch Board fails.", "A Dispatch Board hides it."], "Dispatch Board"),
        (["THE EXPORT FAILED AGAIN", "THE EXPORT FAILED", "the export failed"], "Export failed"),
        (["We need SAML.", "Please add SAML!", "SAML is a must."], "SAML"),
    ],
)  # fmt: skip
def test_a_name_is_what_a_person_would_say(verbatims: list[str], name: str) -> None:
    assert _named(*verbatims) == name


@pytest.mark.parametrize(
    "piece", ["ordered a virtual", "hasn't my", "up failed", "the", "card which", "arrived yesterday and the"]
)
def test_a_piece_of_a_phrase_names_nothing(piece: str) -> None:
    verbatims = ["I ordered a virtual card, hasn't my card arrived?", "My top up failed.", "A card which I use."]
    whole = {run.spelling for verbatim in verbatims for run in runs(verbatim) if run.whole}
    assert piece not in whole


def test_a_run_says_whether_it_stands_whole() -> None:
    found = {run.spelling: run for run in runs("I ordered a virtual card and it never arrived.")}
    assert found["virtual card"] == Run(("card", "virtual"), "virtual card", negated=False, whole=True)
    assert not found["virtual"].whole
    assert not found["ordered a virtual"].whole
    assert found["ordered a virtual card"].whole
    assert not found["arrived"].whole  # "never" was cut off


def test_what_most_say_with_not_is_named_with_not() -> None:
    verbatims = ["The card isn't working.", "My card is not working.", "Card isn't working!", "Is the card working?"]
    usage = Usage(verbatims)
    saying = sayings(verbatims, usage)[("card", "work")]
    assert (saying.said, saying.negated) == (4, 3)
    assert best_form(saying, usage)[1] == "card isn't working"
    few = [
        "The card isn't working.",
        "My card isn't working.",
        "My card is working.",
        "Card working?",
        "A working card!",
    ]
    assert "n't" not in best_form(sayings(few, Usage(few))[("card", "work")], Usage(few))[1]


def test_a_name_given_by_a_person_wins_and_is_nobody_elses() -> None:
    by_theme = {"a": said("login"), "b": said("login"), "c": said("login")}
    labels = label_themes(by_theme, {"b": "single Sign-On"})
    assert labels["b"].name == "single Sign-On"
    assert len({words_of(label.name) for label in labels.values()}) == 3


def test_where_two_want_a_name_the_one_it_fits_better_gets_it() -> None:
    loud, quiet = (
        ["The export failed."] * 5,
        ["The export failed.", "A slow printer.", "The slow printer jams.", "Our slow printer."],
    )
    labels = label_themes({"quiet": quiet, "loud": loud}, {})
    assert labels["loud"].name == "Export failed"
    assert labels["quiet"].name == "Slow printer"


def test_no_two_themes_share_a_name_or_a_phrase() -> None:
    by_theme = {f"{topic}{part}": said(topic)[part::2] for topic in TOPICS for part in (0, 1)}
    labels = label_themes(by_theme, {})
    for one, other in combinations(labels.values(), 2):
        assert words_of(one.name) != words_of(other.name)
        assert not {stems_in(phrase) for phrase in one.phrases} & {stems_in(phrase) for phrase in other.phrases}
        assert stems_in(one.name) not in {stems_in(phrase) for phrase in other.phrases}


def test_phrases_of_a_theme_say_different_things() -> None:
    for label in label_themes({topic: said(topic) for topic in TOPICS}, {}).values():
        for one, other in combinations(label.phrases, 2):
            assert stems_in(one) != stems_in(other)


@pytest.mark.parametrize("verbatims", [["the and of"], ["12 34"], ["a"], ["???"], []])
def test_a_theme_without_a_phrase_still_has_a_name(verbatims: list[str]) -> None:
    label = label_themes({"P-1": verbatims}, {})["P-1"]
    assert label.name == "Theme P-1"
    assert label.phrases == ()


def test_vectors_that_know_meanings_decide_between_phrases() -> None:
    verbatims = ["Dark mode please.", "A dark mode.", "Night theme please.", "A night theme."]

    def encode(texts: Sequence[str]) -> np.ndarray:
        return np.array([[0.0, 1.0] if "dark" in text else [1.0, 0.0] for text in texts])

    means_night = label_themes({"a": [*verbatims, "night"], "b": said("maps")}, {}, encode=encode)["a"]
    means_dark = label_themes({"a": [*verbatims, "dark dark"], "b": said("maps")}, {}, encode=encode)["a"]
    assert (means_night.name, means_dark.name) == ("Night theme", "Dark mode")


def test_labels_do_not_depend_on_the_other_themes_order() -> None:
    by_theme = {topic: said(topic) for topic in TOPICS}
    backwards = {topic: by_theme[topic] for topic in reversed(TOPICS)}
    names = {topic: label.name for topic, label in label_themes(by_theme, {}).items()}
    assert {topic: label.name for topic, label in label_themes(backwards, {}).items()} == names


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.lists(st.text(max_size=60), max_size=4), max_size=4))
def test_any_text_gets_labels_that_differ(by_theme: dict[str, list[str]]) -> None:
    labels = label_themes(by_theme, {})
    assert labels.keys() == by_theme.keys()
    assert all(label.name and len(label.phrases) <= 3 for label in labels.values())
    assert len({label.name for label in labels.values()}) == len(labels)


def _described(verbatims: Sequence[str], codebook: Codebook, **more: object) -> dict[str, object]:
    rows = len(verbatims)
    frame = {"feedback_id": [f"f:{row}" for row in range(rows)], "verbatim": list(verbatims)}
    frame |= {"text": [text.lower() for text in verbatims], "too_short": [False] * rows, "voice": ["customer"] * rows}
    feedback = pl.DataFrame(frame | {"account_id": [f"A-{row}" for row in range(rows)]})
    theme_id = codebook.themes[0].theme_id if codebook.themes else "P-1"
    mentions = feedback.select("feedback_id", theme_id=pl.lit(theme_id))
    tags = pl.DataFrame(schema={"theme_id": pl.String, "theme_name": pl.String})
    return describe_themes(mentions, feedback, tags, codebook, seed=7, **more).row(0, named=True)  # type: ignore[arg-type]


def test_a_proposed_theme_is_described_in_a_customers_words_and_a_known_one_in_its_own() -> None:
    proposed = _described(said("dark"), Codebook())
    assert str(proposed["description"]).startswith("Customers say: “")
    assert any(str(proposed["description"])[16:-1].rstrip("…. ") in verbatim for verbatim in said("dark"))
    known = CodebookTheme(theme_id="T-0001", name="Night shift", description="Whatever is dark")
    assert _described(said("dark"), Codebook(themes=(known,)))["description"] == "Whatever is dark"
    silent = CodebookTheme(theme_id="T-0001", name="Night shift")
    assert _described(said("dark"), Codebook(themes=(silent,)))["description"] is None


def test_the_area_of_the_codebook_wins_over_the_one_found() -> None:
    found = {"P-1": "Screens", "T-0001": "Screens"}
    assert _described(said("dark"), Codebook(), areas=found)["area"] == "Screens"
    assert _described(said("dark"), Codebook())["area"] is None
    known = CodebookTheme(theme_id="T-0001", name="Night shift", area="Field work")
    assert _described(said("dark"), Codebook(themes=(known,)), areas=found)["area"] == "Field work"
