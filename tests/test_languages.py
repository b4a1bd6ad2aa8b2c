"""Languages: what the export says, what the words say, and what the reader is told of it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from report_runs import MODEL, Spec, loaded

from vocanalytics.report import RunTables, build_view
from vocanalytics.report.data_checks import check_rows
from vocanalytics.report.facts import gather
from vocanalytics.report.workbook import workbook
from vocanalytics.tables import empty
from vocanalytics.themes import ThemesResult, write_themes
from vocanalytics.themes.languages import SURE, TOLD_APART, Found, detect, read_languages
from vocanalytics.vocabulary import LANGUAGES, TABLES, UNDETERMINED, language_code, language_name

LABELLED = Path(__file__).with_name("labelled_languages.csv")
SCHEMA = dict.fromkeys(("feedback_id", "verbatim", "language", "account_id"), pl.String)


def said(*rows: tuple[str | None, str | None], account: str | None = "A") -> pl.DataFrame:
    """Feedback from verbatim and what the export says of its language."""
    ids = [f"f:{number}" for number in range(len(rows))]
    return pl.DataFrame(
        [(feedback_id, *row, account) for feedback_id, row in zip(ids, rows, strict=True)], schema=SCHEMA, orient="row"
    )


def labelled() -> list[tuple[str, str]]:
    with LABELLED.open(encoding="utf-8", newline="") as lines:
        return [(row["text"], row["language"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"), ("EN", "en"), (" en-US ", "en"), ("pt_BR", "pt"), ("eng", "en"), ("English", "en"),
        ("english (UK)", "en"), ("Deutsch", "de"), ("ger", "de"), ("zh-Hant-TW", "zh"), ("nb-NO", "no"), ("nn", "no"),
        ("日本語", "ja"), ("Français", "fr"), ("", None), ("  ", None), ("n/a", None), ("other", None),
        ("klingon", None), ("und", None),
    ],
)  # fmt: skip
def test_what_an_export_writes_becomes_two_letters(written: str, code: str | None) -> None:
    assert language_code(written) == code


def test_every_language_told_apart_has_a_name() -> None:
    assert set(TOLD_APART) <= set(LANGUAGES)
    assert (language_name("de"), language_name("und")) == ("German", "an unknown language")
    assert list(LANGUAGES) == sorted(LANGUAGES) and all(language_code(code) == code for code in LANGUAGES)


def test_the_labelled_sentences_are_told() -> None:
    rows = labelled()
    found = detect(said(*((text, None) for text, _ in rows))).join(
        pl.DataFrame({"feedback_id": [f"f:{at}" for at in range(len(rows))], "true": [code for _, code in rows]}),
        on="feedback_id",
    )
    assert len(rows) == 120 and found["true"].n_unique() == 12
    assert found.filter((pl.col("language") != pl.col("true")) & (pl.col("language") != UNDETERMINED)).is_empty()
    assert found.filter(language=UNDETERMINED).height <= 3
    assert found["detected"].all()


def test_english_is_not_taken_for_another_language(shared: Path) -> None:
    """Banking77 and Mini-BAR are English: none of 13,684 verbatims is told as anything else, one in 200 stays open."""
    for name in ("banking77", "minibar_en"):
        texts = pl.read_csv(shared / "data" / "verbatims" / f"{name}.csv")["text"]
        told = detect(said(*((text, None) for text in texts)))["language"]
        assert set(told.unique()) <= {"en", UNDETERMINED}
        assert (told == UNDETERMINED).mean() < 0.01


def test_hostile_text_has_a_language_or_none(shared: Path) -> None:
    texts = [line["fixed"] for line in json.loads((shared / "cases" / "ftfy" / "in-the-wild.json").read_bytes())]
    texts += [
        None,
        "",
        "\x00",
        "😀" * 9,
        "\u202e\u200b",
        "a" * 100_000,
        "1234567890 %%",
        "\ud7ff",
        "ok",
        "https://a.example/über",
    ]
    found = detect(said(*((text, None) for text in texts)))
    assert found.height == len(texts) and found["language"].is_in([*TOLD_APART, UNDETERMINED]).all()
    assert found.sort(pl.col("feedback_id").str.slice(2).cast(pl.Int64))["language"].to_list()[-10:-5] == ["und"] * 5


@pytest.mark.parametrize(
    ("verbatim", "written", "language", "detected"),
    [
        ("Wir brauchen einen Export aller Rechnungen.", "fr-FR", "fr", False),
        ("Wir brauchen einen Export aller Rechnungen.", None, "de", True),
        ("Wir brauchen einen Export aller Rechnungen.", "n/a", "de", True),
        ("WIR BRAUCHEN EINEN EXPORT ALLER RECHNUNGEN", None, "de", True),
        ("Wir\nbrauchen einen\tExport aller Rechnungen, siehe https://example.com/the-one-for-you", None, "de", True),
        ("Merci", None, UNDETERMINED, True),
        ("😀 1234 !!", None, UNDETERMINED, True),
        ("日历同步什么时候上线？", None, "zh", True),
        ("落ちた", None, UNDETERMINED, True),  # nine bytes of letters
        ("είναι", None, "el", True),  # ten
        ("Dark mode would help the night shift a lot.", None, "en", True),
    ],
)
def test_the_export_wins_and_short_words_stay_open(
    verbatim: str, written: str | None, language: str, detected: bool
) -> None:
    assert detect(said((verbatim, written))).row(0) == ("f:0", language, detected)


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = said(*((text, None) for text, _ in labelled()))
    assert detect(rows).equals(detect(rows.sample(fraction=1.0, shuffle=True, seed=3)))
    assert SURE == 0.5
    assert detect(said()).height == 0


def test_nothing_is_imported_before_a_language_is_asked_for() -> None:
    code = "import sys, vocanalytics.themes, vocanalytics.themes.languages; print('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "False\n"


MENTION = {"similarity": 0.5, "assigned_by": "machine"}


def told(languages: Mapping[str, Sequence[str]], unclustered: Sequence[str] = ()) -> Any:
    """Languages of a run in which theme P-1 holds these languages and T-1 those."""
    rows = [(theme, language) for theme, spoken in languages.items() for language in spoken]
    by_feedback = said(*(("words", language) for _, language in rows)).with_columns(
        account_id=pl.Series([f"A-{number % 3}" for number in range(len(rows))])
    )
    mentions = [{"feedback_id": f"f:{at}", "theme_id": theme, **MENTION} for at, (theme, _) in enumerate(rows) if theme]
    out = pl.DataFrame({"feedback_id": unclustered}, schema={"feedback_id": pl.String})
    schema = {"feedback_id": pl.String, "theme_id": pl.String, "similarity": pl.Float64, "assigned_by": pl.String}
    found = Found(pl.DataFrame(mentions, schema=schema), out, [theme for theme in languages if theme.startswith("P-")])
    return read_languages(detect(by_feedback), by_feedback, found)


def test_what_each_language_got_adds_up() -> None:
    found = told({"T-1": ["en"] * 6 + ["de"], "P-1": ["en"] * 2, "": ["de", "n/a"]}, unclustered=["f:9"])
    rows = {row["language"]: row for row in found.by_language.to_dicts()}
    assert [row["language"] for row in found.by_language.to_dicts()] == ["en", "de", "und"]
    assert rows["en"] == {"language": "en", "name": "English", "verbatims": 8, "detected": 0, "accounts": 3,
                          "unclustered": 0, "joined_known": 6}  # fmt: skip
    assert (rows["de"]["verbatims"], rows["de"]["unclustered"], rows["de"]["joined_known"]) == (2, 1, 1)
    assert (rows["und"]["detected"], found.by_language["verbatims"].sum()) == (1, 11)
    assert found.summary() == {"languages": "en 72.7%, de 18.2%, und 9.1%", "one_language_themes": None}


@pytest.mark.parametrize(
    ("here", "elsewhere", "flagged"),
    [
        (["de"] * 5, ["en"] * 20, True),
        (["de"] * 9 + ["en"] * 2, ["en"] * 20, True),  # 82%
        (["de"] * 8 + ["en"] * 2, ["en"] * 20, False),  # 80% is not more than 80%
        (["de"] * 5, ["de"] * 5 + ["en"] * 11, True),  # 10 of 21 are German
        (["de"] * 5, ["de"] * 5 + ["en"] * 10, False),  # half of all: no minority
        (["n/a"] * 5, ["en"] * 20, False),
    ],
)
def test_a_found_theme_of_one_minority_language_is_flagged(
    here: list[str], elsewhere: list[str], flagged: bool
) -> None:
    found = told({"P-1": here, "T-1": elsewhere})
    assert [row["theme_id"] for row in found.one_language_themes.to_dicts()] == ["P-1"] * flagged
    assert told({"T-2": here, "T-1": elsewhere}).one_language_themes.is_empty(), "people named it"
    if flagged:
        assert found.summary()["one_language_themes"] == "P-1 (German)"


def test_the_run_keeps_what_was_told(tmp_path: Path) -> None:
    found = told({"P-1": ["de"] * 5, "T-1": ["en"] * 20})
    tables = [empty(TABLES[name]) for name in ("mentions", "themes", "unclustered")]
    write_themes(ThemesResult(*tables, found.summary(), found), tmp_path)
    kept = {name: pl.read_parquet(tmp_path / "reading" / f"{name}.parquet") for name in
            ("languages", "one_language_themes", "verbatim_languages")}  # fmt: skip
    assert kept["languages"].equals(found.by_language) and kept["verbatim_languages"].equals(found.by_verbatim)
    assert kept["one_language_themes"].row(0) == ("P-1", "de", "German", 5, 5)
    assert json.loads((tmp_path / "themes.json").read_text())["languages"] == "en 80.0%, de 20.0%"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    return loaded(Spec(), tmp_path_factory.mktemp("run"))


def spoken(run: RunTables, encoder: str | None = "lexical", **verbatims: int) -> RunTables:
    """The run with so many verbatims in each language."""
    rows = [{"language": code, "name": language_name(code), "verbatims": many} for code, many in verbatims.items()]
    schema = {"language": pl.String, "name": pl.String, "verbatims": pl.Int64}
    reading = {**run.reading, "languages": pl.DataFrame(rows, schema=schema)}
    return replace(run, reading=reading, theme_summary={"encoder": encoder})


def language_rule(run: RunTables) -> str | None:
    return {rule.name: rule.value for rule in build_view(run, MODEL).method.rules}.get("Languages")


@pytest.mark.parametrize(
    ("verbatims", "is_said"),
    [
        ({"en": 1000}, False), ({"en": 1000, "und": 90}, False), ({"en": 995, "de": 4}, False),
        ({"en": 995, "de": 5}, True), ({"en": 99, "de": 1}, True), ({"en": 100, "de": 1}, False),
        ({"en": 995, "de": 2, "fr": 3}, True), ({"de": 9}, True), ({}, False),
    ],
)  # fmt: skip
def test_other_languages_are_spoken_of_from_one_percent_or_five(
    verbatims: dict[str, int], is_said: bool, run: RunTables
) -> None:
    given = spoken(run, **verbatims)
    assert (language_rule(given) is not None) == is_said
    assert ("Verbatims in English" in {row.name for row in check_rows(gather(given, MODEL))}) == is_said


@pytest.mark.parametrize(
    ("encoder", "verbatims", "said"),
    [
        ("lexical", {"en": 96, "de": 4}, "4% of verbatims are in German. The lexical encoder compares words, so a"),
        ("static", {"en": 95, "de": 4, "es": 1}, "4% of verbatims are in German and 1% in Spanish. The static encoder"),
        ("sentence", {"en": 9995, "de": 5}, "Under 1% of verbatims are in German. The sentence encoder learnt"),
        (None, {"de": 9}, "100% of verbatims are in German. Themes are found by their words, so a request"),
        (
            "lexical",
            {"en": 80, "de": 10, "fr": 5, "es": 2, "it": 1, "pl": 1, "und": 1},
            "10% of verbatims are in German, 5% in French, 2% in Spanish and 2% in two other languages; the language "
            "of 1 verbatim is unknown. The lexical",
        ),
    ],
)  # fmt: skip
def test_the_method_says_what_another_language_gets(
    encoder: str | None, verbatims: dict[str, int], said: str, run: RunTables
) -> None:
    rule = language_rule(spoken(run, encoder, **verbatims))
    assert rule is not None and rule.startswith(said)
    assert "unless the codebook has examples in that language" in rule
    assert rule.endswith("Tone, register and kind of insight are read in English only")


def test_the_data_checks_count_the_languages(run: RunTables) -> None:
    rows = {row.name: row for row in check_rows(gather(spoken(run, en=90, de=6, fr=2, es=1, it=1), MODEL))}
    row = rows["Verbatims in English"]
    assert (row.result, row.verdict) == ("90 of 100 (90%)", "Watch")
    assert row.touches == "German 6, French 2, Spanish 1 and one other"


def test_a_theme_that_may_be_a_language_is_named(run: RunTables) -> None:
    view = build_view(run, MODEL)
    theme = view.themes[0]
    flagged = pl.DataFrame({"theme_id": [theme.theme_id, "P-gone"], "language": "de", "name": "German",
                            "verbatims": [9, 5], "of": [10, 5]})  # fmt: skip
    given = replace(run, reading={**run.reading, "one_language_themes": flagged})
    rows = {row.name: row for row in check_rows(gather(given, MODEL))}
    assert rows["Found themes of one language"].result == "1 theme"
    assert rows["Found themes of one language"].touches == f"{theme.ref.short} (German)"
    notes = {file.theme.theme_id: file.note for file in build_view(given, MODEL).theme_files}
    assert notes.pop(theme.theme_id).endswith(
        "9 of 10 verbatims are in German: it may be that language, not one request."
    )
    assert not any("language" in note for note in notes.values())
    assert "Found themes of one language" not in {row.name for row in check_rows(gather(run, MODEL))}


def test_the_workbook_shows_the_language_of_each_verbatim(run: RunTables) -> None:
    ids = run["feedback"]["feedback_id"]
    languages = pl.DataFrame({"feedback_id": ids, "language": ["de", *["en"] * (ids.len() - 1)], "detected": True})
    given = replace(run, reading={**run.reading, "verbatim_languages": languages})
    for shown, expected in ((given, dict(languages.select("feedback_id", "language").iter_rows())), (run, {})):
        content = workbook(build_view(shown, MODEL), shown, most_verbatims=50_000)
        rows = openpyxl.load_workbook(io.BytesIO(content))["Verbatims"].iter_rows(values_only=True)
        head = next(rows)
        told = {row[head.index("Feedback id")]: row[head.index("Language")] for row in rows if row[-1]}
        assert told and all(expected.get(feedback_id) == language for feedback_id, language in told.items())
