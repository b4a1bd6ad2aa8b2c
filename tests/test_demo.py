"""The demonstration: the same bytes for the same seed, enough words of its own, and exports as real teams have them."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from demo_quarters import Row, accepted_feedback, exports, files, planted

from vocanalytics.demo import QUARTERS, write_demo
from vocanalytics.demo.plan import NEW_THEME
from vocanalytics.demo.texts import ThemeTexts, themes
from vocanalytics.errors import SourceError


def test_same_seed_same_bytes_and_a_second_write_changes_nothing(tmp_path: Path) -> None:
    first = write_demo(tmp_path / "a")
    second = write_demo(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert [p.relative_to(tmp_path / "a") for p in first] == [p.relative_to(tmp_path / "b") for p in second]
    assert write_demo(tmp_path / "a") == first


def test_workbooks_do_not_depend_on_the_clock() -> None:
    for name in (name for name in files() if name.endswith(".xlsx")):
        with zipfile.ZipFile(io.BytesIO(files()[name])) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", parts.read("docProps/core.xml"))) == {
                b"2026-10-01T00:00:00Z"
            }


def test_another_seed_says_other_things() -> None:
    changed = {name for name in files(7) if files(7)[name] != files(8)[name]}
    assert changed == {name for name in files(7) if "/raw/" in name}


def test_somebody_elses_file_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "data/curated/codebook.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("themes: []\n")
    with pytest.raises(SourceError, match="would overwrite a file"):
        write_demo(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "themes: []\n"
    write_demo(tmp_path, overwrite=True)
    assert mine.read_bytes() == files()["data/curated/codebook.yml"]


def test_every_theme_has_at_least_25_distinct_phrasings_in_several_languages() -> None:
    assert 17 <= len(themes()) <= 19
    for key, texts in themes().items():
        own = {phrasing.text.casefold() for phrasing in texts.customer}
        assert len(own) == len(texts.customer) >= 25, key
        assert len({phrasing.text for phrasing in texts.paraphrase}) == len(texts.paraphrase) >= 10, key
        assert {"en", "de", "fr", "es"} <= {phrasing.language for phrasing in texts.customer}, key


def test_some_paraphrases_of_a_theme_share_no_word() -> None:
    for key, texts in themes().items():
        if key == NEW_THEME:  # its words are alike on purpose, so that it can be found without a codebook
            continue
        english = [words(phrasing.text) for phrasing in texts.customer if phrasing.language == "en"]
        pairs = [(one, other) for at, one in enumerate(english) for other in english[at + 1 :]]
        apart = [pair for pair in pairs if all(pair) and not pair[0] & pair[1]]
        assert len(apart) >= 25, key


def test_exemplars_are_not_copied_from_the_phrasings() -> None:
    def said(texts: ThemeTexts) -> set[str]:
        return {phrasing.text.casefold() for phrasing in (*texts.customer, *texts.paraphrase)}

    assert not any(example.casefold() in said(texts) for texts in themes().values() for example in texts.exemplars)


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z']{2,}", text.casefold()))


def test_no_phrasing_belongs_to_two_themes() -> None:
    written = [phrasing.text for texts in themes().values() for phrasing in (*texts.customer, *texts.paraphrase)]
    assert len(set(written)) == len(written) > 750


def test_package_texts_stay_small_and_readable() -> None:
    folder = Path(__file__).parents[1] / "src/vocanalytics/demo"
    for path in (path for path in folder.rglob("*") if path.suffix in (".yml", ".csv", ".py")):
        assert path.stat().st_size < 60_000, path
        assert path.suffix != ".py" or len(path.read_text().splitlines()) < 250, path


def test_personal_data_is_invented() -> None:
    everything = "\n".join(row["verbatim"] for quarter in QUARTERS for row in exports(quarter, "feedback"))
    assert len(re.findall(r"[\w.]+@[\w.]+", everything)) >= 8
    for domain in re.findall(r"@([\w-]+(?:\.[\w-]+)+)", everything):
        assert domain.endswith((".example", "example.com", "example.org", "example.net")), domain
    for row in (row for quarter in QUARTERS for row in exports(quarter, "accounts")):
        assert all(domain.endswith(".example") for domain in row["domains"].split(";")), row["domains"]
    for number in re.findall(r"\+?\(?\d[\d ()-]{6,}\d", everything):
        assert re.search(r"555|1632 960|4000 0000", number) or len(re.sub(r"\D", "", number)) < 7, number


@pytest.mark.parametrize("quarter", QUARTERS)
def test_size_and_mix_of_a_quarter(quarter: str) -> None:
    rows = exports(quarter, "feedback")
    assert 700 <= len(rows) <= 900
    assert {row["export"] for row in rows} == {
        "feedback_tickets.csv",
        "feedback_surveys.jsonl",
        "feedback_calls.parquet",
        "feedback_csm_notes.xlsx",
    }
    channels = {"support_ticket", "community", "survey", "call", "csm_note", "qbr", "other"}
    assert {row["channel"] for row in rows} == channels
    tagged = [row for row in rows if row.get("theme")]
    assert 0.3 <= len(tagged) / len(rows) <= 0.45
    assert {row["export"] for row in tagged} == {"feedback_calls.parquet", "feedback_csm_notes.xlsx"}
    could = [row for row in rows if "theme" in row]
    assert 0.65 <= len(tagged) / len(could) <= 0.8
    assert all((row["voice"] == "paraphrase") == (row["export"] == "feedback_csm_notes.xlsx") for row in rows)


def test_tags_name_a_theme_of_the_codebook_by_id_or_name_and_the_right_one() -> None:
    ids = {key: key for key in themes()} | {texts.name: key for key, texts in themes().items()}
    for quarter in QUARTERS:
        tagged = [row for row in accepted_feedback(quarter) if row.get("theme")]
        assert {row["theme"].startswith("T-") for row in tagged} == {True, False}
        truth = planted()[quarter]
        assert all(ids[row["theme"]] in truth[row["feedback_id"]] for row in tagged)
        assert not any("new" in truth[row["feedback_id"]] for row in tagged)


def test_identical_texts_are_the_same_account_through_two_channels() -> None:
    for quarter in QUARTERS:
        by_text: dict[str, list[Row]] = defaultdict(list)
        for row in accepted_feedback(quarter):
            by_text[row["verbatim"]].append(row)
        twins = [rows for rows in by_text.values() if len(rows) > 1]
        total = len(exports(quarter, "feedback"))
        assert 0.01 <= len(twins) / total <= 0.03
        assert all(len({row["account_id"] for row in rows}) == 1 for rows in twins)
        assert all(len({row["channel"] for row in rows}) == len(rows) for rows in twins)


def test_exports_are_sorted_by_time_and_carry_only_what_their_tool_knows() -> None:
    for quarter in QUARTERS:
        rows = exports(quarter, "feedback")
        inbound = [row for row in rows if row["channel"] in ("support_ticket", "community", "survey")]
        assert not any("churn_signal" in row for row in inbound)
        sound = [row["created_at"] for row in accepted_feedback(quarter) if row["export"] == "feedback_calls.parquet"]
        assert len(sound) > 100 and sound == sorted(sound)
        assert all(row["nps"] for row in rows if row["channel"] == "survey")
        assert any(row.get("csat") for row in rows)


def test_accounts_have_the_tiers_and_money_of_a_software_company() -> None:
    rows = exports("2026Q3", "accounts")
    tiers = Counter(row["tier"] for row in rows)
    assert len(rows) == 120 and tiers["enterprise"] == 14 and tiers["mid_market"] == 40 and tiers["smb"] == 65
    for tier, low, high in (("enterprise", 120_000, 600_000), ("mid_market", 25_000, 110_000), ("smb", 3_000, 18_000)):
        paying = [float(row["arr"]) for row in rows if row["tier"] == tier and float(row["arr"]) > 0]
        assert low <= min(paying) and max(paying) <= high, tier
    assert Counter(row["lifecycle"] for row in rows)["prospect"] == 10
    assert sum(row["is_icp"] == "false" for row in rows) == 10
    assert Counter(row["lifecycle"] for row in rows)["churned"] == 5
    assert len({row["account_name"] for row in rows}) == 120


def test_workbook_cells_are_real_numbers_and_dates_and_ids_stay_text() -> None:
    from openpyxl import load_workbook

    head, *rows = load_workbook(io.BytesIO(files()["data/raw/2026Q3/accounts.xlsx"])).active.iter_rows()  # type: ignore[union-attr]
    at = {str(cell.value): cell.column - 1 for cell in head}
    assert all(row[at["account_id"]].data_type == "s" and row[at["arr"]].data_type == "n" for row in rows)
    assert {row[at["renewal_date"]].data_type for row in rows} == {"d", "n"}  # an empty cell counts as n
    assert all(row[at["renewal_date"]].value is None for row in rows if row[at["renewal_date"]].data_type == "n")


def test_parquet_columns_are_typed() -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(files()["data/raw/2026Q3/feedback_calls.parquet"]))
    assert str(schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("dependency").type) == "double"
