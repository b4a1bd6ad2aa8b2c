"""The files beside the page, and the folder that the report reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_runs import AS_OF, MODEL, QUARTER, RUN_ID, Spec, loaded, write_run

from vocanalytics.errors import ContractError, ReportError, SettingsError
from vocanalytics.report import PreRead, build_view, load_run, write_outputs
from vocanalytics.report.decision_sheet import DECISION_COLUMNS, decisions_csv
from vocanalytics.report.sheets import CELL_CHARACTERS, cell_text
from vocanalytics.report.workbook import workbook

FORMULA = '=HYPERLINK("https://other.example","open")'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def opened(spec: Spec, run_dir: Path, **limits: int) -> Any:
    """The workbook of a spec as a spreadsheet program reads it."""
    run = loaded(spec, run_dir)
    content = workbook(build_view(run, MODEL), run, most_verbatims=limits.get("most", 50_000))
    return openpyxl.load_workbook(io.BytesIO(content))


def values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """The rows below the head."""
    return sheet.iter_rows(min_row=2, values_only=True)


def test_the_files_are_written_and_the_same_every_time(folder: Path) -> None:
    contents = []
    for name in ("first", "second"):
        run = loaded(Spec(), folder / name)
        written = write_outputs(build_view(run, MODEL), run, MODEL, folder / name)
        assert [path.name for path in written] == [
            "preread.json", "workbook.xlsx", "decisions.csv", "sales_list.csv", "cpo_list.csv",
        ]  # fmt: skip
        assert {path.parent for path in written} == {folder / name / "report"}
        contents.append([path.read_bytes() for path in written])
    assert contents[0] == contents[1]
    assert PreRead.model_validate_json(contents[0][0]) == build_view(loaded(Spec(), folder / "third"), MODEL)


def test_the_workbook_holds_what_the_tables_hold(folder: Path) -> None:
    run = loaded(Spec(), folder / "book")
    book = opened(Spec(), folder / "book")
    assert book.sheetnames == [
        "Matrix", "Accounts per theme", "Verbatims", "Not counted", "Alignment", "Overrides", "Firmness", "Scenarios",
        "Flips", "Beside the score", "Roadmap suggestions", "Sales list", "CPO list", "Decisions before", "Quarantine",
        "Method",
    ]  # fmt: skip
    matrix = [row for row in values(book["Matrix"]) if row[-1]]
    scores = {row["theme_id"]: row for row in run["theme_scores"].iter_rows(named=True)}
    assert len(matrix) == len(scores)
    for row in matrix:
        theme = scores[row[-1]]
        assert (row[0], row[5], row[6]) == (theme["rank"], theme["composite"], theme["start"])
        money = [theme[name] for name in ("arr_exposed", "arr_signalled", "arr_at_risk", "expansion", "revenue")]
        assert list(row[7:12]) == [float(amount) for amount in money]
    assert len([row for row in values(book["Accounts per theme"]) if row[2]]) == run["theme_accounts"].height
    assert len([row for row in values(book["Verbatims"]) if row[-1]]) == run["mentions"].height
    assert next(values(book["Quarantine"]))[:3] == ("feedback", "feedback.csv", 17)


def test_the_workbook_can_be_worked_with(folder: Path) -> None:
    book = opened(Spec(), folder / "work")
    for sheet in book:
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref
    rules = [rule.type for found in book["Matrix"].conditional_formatting for rule in found.rules]
    assert rules.count("dataBar") == 4


def test_no_formula_and_no_link_comes_from_data(tmp_path: Path) -> None:
    changes = {"verbatim": pl.lit(FORMULA), "url": pl.lit("https://desk.example/1"), "source": pl.lit("+1")}
    spec = Spec(
        feedback_changes=changes, account_changes={"account_name": pl.concat_str(pl.lit("@SUM(A1)"), "account_id")}
    )
    book = opened(spec, tmp_path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(cell.value == FORMULA for cell in cells)


def test_verbatims_that_are_left_out_are_counted(tmp_path: Path) -> None:
    rows = list(opened(Spec(), tmp_path, most=10)["Verbatims"].iter_rows(values_only=True))
    total = loaded(Spec(), tmp_path)["mentions"].height
    assert rows[-1][0] == f"{total - 10} more mentions are in the table mentions of the run {RUN_ID}."
    assert len([row for row in rows[1:] if row[-1]]) == 10


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_fits_a_cell(text: str) -> None:
    shown = cell_text(text)
    assert len(shown) <= CELL_CHARACTERS
    assert not any(ord(character) < 9 for character in shown)


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    assert cell_text("x" * 40_000).endswith(" … (cut)")
    assert len(cell_text("x" * 40_000)) == CELL_CHARACTERS
    book = opened(Spec(feedback_changes={"verbatim": pl.lit("y\x00\x07" + "x" * 40_000)}), tmp_path)
    assert next(values(book["Verbatims"]))[2].startswith("y␀␇xxx")


def test_empty_tables_give_a_whole_workbook(tmp_path: Path) -> None:
    book = opened(Spec(themes=()), tmp_path)
    assert [row for row in values(book["Matrix"]) if row[-1]] == []


def test_the_decision_sheet_is_ready_to_fill_in(folder: Path) -> None:
    view = build_view(loaded(Spec(), folder / "sheet"), MODEL)
    rows = list(csv.DictReader(io.StringIO(decisions_csv(view.themes))))
    assert tuple(rows[0]) == DECISION_COLUMNS
    assert [row["theme_id"] for row in rows] == [theme.theme_id for theme in view.themes]
    assert {row["status"] + row["owner"] + row["rationale"] + row["csm_words"] for row in rows} == {""}
    assert rows[0]["rank"] == "1"
    assert rows[-1]["rank"] == ""


@pytest.mark.parametrize("name", [FORMULA, "+1", "-1", "@x", "\tx", "＝1"])
def test_no_cell_of_the_decision_sheet_acts(name: str, folder: Path) -> None:
    theme = build_view(loaded(Spec(), folder / "inert"), MODEL).themes[0].model_copy(update={"theme_name": name})
    row = next(csv.DictReader(io.StringIO(decisions_csv([theme]))))
    assert row["theme"] == f"'{name}"


def test_a_spreadsheet_reads_the_decision_sheet_as_utf_8(tmp_path: Path) -> None:
    run = loaded(Spec(), tmp_path)
    write_outputs(build_view(run, MODEL), run, MODEL, tmp_path)
    assert (tmp_path / "report" / "decisions.csv").read_bytes().startswith(b"\xef\xbb\xbftheme_id,theme,")


def load(run_dir: Path) -> PreRead:
    """Load a run folder and build its view."""
    given = {"quarter": QUARTER, "as_of": AS_OF, "curated_dir": run_dir, "run_id": RUN_ID}
    return build_view(load_run(run_dir, previous_dir="", **given), MODEL)  # type: ignore[arg-type]


def test_what_is_optional_may_be_absent(tmp_path: Path) -> None:
    write_run(Spec(), tmp_path)
    for name in ("receipts.json", "validation.json", "themes.json", "scoring.json"):
        (tmp_path / name).unlink()
    for path in [
        *(tmp_path / "reading").iterdir(),
        *(tmp_path / f"{name}.parquet" for name in ("quarantine", "decisions")),
    ]:
        path.unlink()
    view = load(tmp_path)
    assert view.firmness.rows == ()
    assert view.settle.overrides.rows == ()
    assert view.settle.disputes[0].effect == "The CS score was not rescored in this run."
    assert view.method.inputs == ()


def test_a_needed_table_that_is_absent_is_named(tmp_path: Path) -> None:
    write_run(Spec(), tmp_path)
    (tmp_path / "theme_scores.parquet").unlink()
    with pytest.raises(ContractError, match=r"theme_scores\.parquet"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("validation.json", "{", "validation.json: cannot be read"),
        ("validation.json", json.dumps({"rows": [{"table": "x"}]}), "validation.json, rows.0.export"),
        ("receipts.json", json.dumps([{"path": 7}]), "receipts.json: not the record expected"),
    ],
)
def test_a_broken_record_is_one_clear_line(name: str, content: str, said: str, tmp_path: Path) -> None:
    write_run(Spec(), tmp_path)
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_session_file_is_one_clear_line(tmp_path: Path) -> None:
    write_run(Spec(), tmp_path)
    (tmp_path / "2026Q3").mkdir()
    (tmp_path / "2026Q3" / "session.yml").write_text("decide: P. Vance\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"unknown key 'decide'.*expected 'decides'"):
        load(tmp_path)
