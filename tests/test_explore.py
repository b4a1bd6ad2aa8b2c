"""What the explore page shows and does, without a browser: map, sizes, trend, neighbours, changes and labels."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from explore_projects import CODEBOOK, PROPOSAL, made_project

from vocanalytics.errors import SettingsError
from vocanalytics.explore import open_atlas
from vocanalytics.explore.atlas import Atlas, read_atlas
from vocanalytics.explore.desk import LATER, Desk
from vocanalytics.explore.labelling import Sheet, draw_sheet
from vocanalytics.explore.log_lines import log_lines
from vocanalytics.explore.projection import nearest_themes, project
from vocanalytics.explore.records import read_record
from vocanalytics.explore.said import draw_for_map
from vocanalytics.explore.sizes import theme_sizes
from vocanalytics.explore.today import themes_today
from vocanalytics.explore.widgets import ThemeMap
from vocanalytics.ledger import Places
from vocanalytics.pipeline.history import standing_run
from vocanalytics.tables import read_table
from vocanalytics.themes import read_codebook


def clock() -> dt.datetime:
    return dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Atlas]:
    project = made_project(root, tmp_path_factory.mktemp("explore"))
    return project, read_atlas(project)


@pytest.fixture
def atlas(made: tuple[Path, Atlas]) -> Atlas:
    return made[1]


@pytest.fixture
def codebook(made: tuple[Path, Atlas], tmp_path: Path) -> Path:
    """A codebook of one's own to write to."""
    return Path(shutil.copy(made[0] / CODEBOOK, tmp_path / "codebook.yml"))


@pytest.fixture
def desk(atlas: Atlas, codebook: Path) -> Desk:
    return Desk(atlas, codebook, clock)


def ask(desk: Desk, does: str, **given: Any) -> str:
    """A request that must be granted."""
    answer = desk.handle({"do": does, "by": "Maria", "why": "as agreed", **given})
    assert answer.ok, answer.line
    return answer.line


def refused(desk: Desk, does: str, **given: Any) -> str:
    """A request that must be refused, in one line."""
    answer = desk.handle({"do": does, "by": "Maria", **given})
    assert not answer.ok, answer.line
    assert "\n" not in answer.line
    return answer.line


def shown(desk: Desk, theme_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(theme for theme in desk.view()["themes"] if theme["theme_id"] == theme_id)
    return found


def points_of(desk: Desk, theme_id: str) -> list[int]:
    view = desk.view()
    at = next(place for place, theme in enumerate(view["themes"]) if theme["theme_id"] == theme_id)
    return [point for point, theme in enumerate(view["of"]) if theme == at]


def test_the_newest_quarter_is_shown_and_another_can_be_named(made: tuple[Path, Atlas]) -> None:
    project, atlas = made
    assert str(atlas.record.quarter) == "2026Q3"
    assert standing_run(Places(project), "2026Q2", purpose="").startswith("2026Q2-")
    with pytest.raises(SettingsError, match=r"no published run.*2026Q2, 2026Q3.*make quarterly QUARTER=2025Q4"):
        read_record(project, "2025Q4")


def test_before_the_first_run_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no run is published yet.*make quarterly"):
        read_record(tmp_path)


def test_a_cell_that_cannot_go_on_shows_one_line(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "pipelines", tmp_path / "pipelines")
    with pytest.raises(SettingsError) as caught:
        open_atlas(tmp_path)
    assert caught.value._render_traceback_() == [  # type: ignore[attr-defined]
        "No run is published yet. Run make quarterly first; its themes are shown here."
    ]


def test_a_saved_notebook_says_how_to_see_the_map_again(desk: Desk) -> None:
    saved, _ = ThemeMap(desk)._repr_mimebundle_()
    assert saved["text/plain"].startswith("Choose Run, Run All Cells")


def test_sizes_are_the_published_figures(made: tuple[Path, Atlas]) -> None:
    project, atlas = made
    scores = read_table(Places(project).tables(atlas.record.run_id), "theme_scores")
    published = {row["theme_name"]: (row["mentions"], row["accounts"], row["arr_exposed"]) for row in scores.to_dicts()}
    names = dict(atlas.record.themes.select("theme_id", "theme_name").iter_rows())
    sizes = theme_sizes(atlas.by_said).iter_rows()
    assert {names[theme_id]: size for theme_id, *size in sizes} == {name: [*size] for name, size in published.items()}


def test_a_trend_has_every_quarter_on_record_oldest_first(made: tuple[Path, Atlas], desk: Desk) -> None:
    project, _ = made
    theme = shown(desk, "T-0001")
    assert [then["quarter"] for then in theme["trend"]] == ["2026Q2", "2026Q3"]
    assert theme["trend"][1] == {"quarter": "2026Q3"} | {key: theme[key] for key in ("mentions", "accounts", "arr")}
    before = read_table(Places(project).tables(standing_run(Places(project), "2026Q2", purpose="")), "theme_scores")
    assert theme["trend"][0]["mentions"] == before.filter(theme_id="T-0001")["mentions"].item()


def test_the_map_is_the_same_whatever_the_order_of_rows(atlas: Atlas) -> None:
    texts = atlas.by_point["text"].to_list()
    spots = project(texts, atlas.vectors)
    turned = project(texts[::-1], atlas.vectors[::-1])[::-1]
    unlike = ~atlas.by_point["text"].is_duplicated().to_numpy()
    assert spots[unlike].tolist() == turned[unlike].tolist()
    assert spots.min() >= 0
    assert spots.max() <= 1
    assert len({tuple(spot) for spot in spots.tolist()}) == len(texts), "equal texts hide each other"


@pytest.mark.parametrize("texts", [[], ["a"], ["a", "a"], ["a", "b"], ["a", "b", "c"], [*"abcdefghijklmn"]])
def test_a_map_of_few_texts(texts: list[str]) -> None:
    vectors = np.eye(20)[[ord(text) - ord("a") for text in texts]].reshape(len(texts), 20)
    spots = project(texts, vectors)
    assert spots.shape == (len(texts), 2)
    assert np.isfinite(spots).all()


def test_a_draw_for_the_map_keeps_small_themes_and_does_not_depend_on_the_order(atlas: Atlas) -> None:
    drawn = draw_for_map(atlas.by_said, size=60)
    assert drawn.height == 60
    assert set(drawn["theme_id"]) == set(atlas.by_said["theme_id"])
    assert drawn.equals(draw_for_map(atlas.by_said.reverse(), size=60))


def test_nearest_themes_by_the_cosine_of_their_centres() -> None:
    vectors = np.array([[1.0, 0, 0], [0.8, 0.6, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, 1.0]])
    near = nearest_themes(["A", "B", "C", "D", None], vectors, most=2)
    assert near.filter(theme_id="A").rows() == [("A", "B", 0.8), ("A", "C", 0.0)]
    assert near.filter(theme_id="D")["other_id"].to_list() == ["A", "B"]
    assert nearest_themes([None], vectors[:1]).is_empty()


def test_nothing_is_written_by_looking(desk: Desk, codebook: Path) -> None:
    before = codebook.read_bytes()
    assert desk.view()["log"] == []
    assert codebook.read_bytes() == before
    assert [path.name for path in codebook.parent.iterdir()] == ["codebook.yml"]


def test_renaming_writes_at_once_and_says_when_it_applies(desk: Desk, codebook: Path) -> None:
    line = ask(desk, "rename", theme_id="T-0001", name="Work without a network")
    assert line == f"T-0001 Offline mode for inspectors is called Work without a network now. {LATER}"
    assert "name: Work without a network" in codebook.read_text(encoding="utf-8")
    assert codebook.read_text(encoding="utf-8").startswith("# Ask Maria before you merge anything.\n")
    assert shown(desk, "T-0001")["name"] == "Work without a network"
    last = desk.view()["log"][0]
    assert last["line"] == "T-0001 renamed to Work without a network · Maria, 2026-11-22 10:00 UTC"
    assert (last["why"], last["undone"], last["can_undo"]) == ("as agreed", False, True)


def test_merging_adds_up_and_undo_takes_it_back(desk: Desk) -> None:
    one, other, third = (shown(desk, theme_id) for theme_id in ("T-0001", "T-0002", "T-0003"))
    said = ask(desk, "merge", theme_id="T-0002", into="T-0001")
    assert "Each has a row in alignment.csv: keep one of them before the next run." in said
    merged = shown(desk, "T-0001")
    assert merged["mentions"] == one["mentions"] + other["mentions"]
    assert max(one["arr"], other["arr"]) <= merged["arr"] <= one["arr"] + other["arr"]
    assert [then["mentions"] for then in merged["trend"]] == [
        before["mentions"] + more["mentions"] for before, more in zip(one["trend"], other["trend"], strict=True)
    ]
    gone = shown(desk, "T-0002")
    assert (gone["mentions"], gone["status"], gone["merged_into"]) == (0, "retired", "T-0001")
    assert {**shown(desk, "T-0003"), "near": []} == {**third, "near": []}
    assert ask(desk, "undo") == "Taken back: T-0002 merged into T-0001."
    assert shown(desk, "T-0001") == one
    assert desk.view()["log"][0]["undone"]


def test_a_split_takes_the_selected_verbatims_of_the_theme_only(desk: Desk) -> None:
    inside, outside = points_of(desk, "T-0001")[:3], points_of(desk, "T-0002")[:2]
    before = {theme["theme_id"]: theme["verbatims"] for theme in desk.view()["themes"]}
    line = ask(desk, "split", theme_id="T-0001", name="Paper at night", picked=[*inside, *outside])
    assert line.startswith("3 verbatims split off T-0001 Offline mode for inspectors as T-0012 Paper at night.")
    moved = desk.atlas.by_point[inside]["sha256"]
    alike = desk.atlas.by_said.filter(pl.col("sha256").is_in(moved.implode())).height
    after = {theme["theme_id"]: theme["verbatims"] for theme in desk.view()["themes"]}
    assert after == before | {"T-0012": alike, "T-0001": before["T-0001"] - alike}


def test_moving_several_is_one_change_and_one_undo(desk: Desk, codebook: Path) -> None:
    picked = points_of(desk, "T-0001")[:4]
    line = ask(desk, "move", theme_id="T-0001", into="T-0003", picked=[*picked, *points_of(desk, "T-0003")[:1]])
    assert line.startswith("4 verbatims moved to T-0003 Roles and permissions;")
    assert set(picked) <= set(points_of(desk, "T-0003"))
    (first, *_) = desk.view()["log"]
    assert first["line"].startswith("4 verbatims moved to T-0003 · Maria")
    assert refused(desk, "move", theme_id="T-0003", into="T-0003", picked=picked) == (
        "T-0003 Roles and permissions: the selected verbatims are there already."
    )
    assert ask(desk, "undo") == "Taken back: 4 verbatims moved to T-0003."
    assert set(picked) <= set(points_of(desk, "T-0001"))
    assert not read_codebook(codebook).pins


def test_a_change_of_yesterday_is_taken_back_as_a_whole(desk: Desk, codebook: Path) -> None:
    ask(desk, "rename", theme_id="T-0001", name="Work without a network")
    ask(desk, "move", theme_id="T-0001", into="T-0003", picked=points_of(desk, "T-0001")[:4])
    tomorrow = Desk(desk.atlas, codebook, clock)
    assert ask(tomorrow, "undo") == "Taken back: 4 verbatims moved to T-0003."
    assert ask(tomorrow, "undo") == "Taken back: T-0001 renamed to Work without a network."
    assert "nothing to take back" in refused(tomorrow, "undo")


def test_what_people_placed_is_marked(desk: Desk) -> None:
    picked = points_of(desk, "T-0001")[:2]
    assert not any(desk.view()["placed"])
    ask(desk, "pin", theme_id="T-0001", picked=picked)
    placed = [at for at, by_person in enumerate(desk.view()["placed"]) if by_person]
    words = desk.atlas.by_point["sha256"]
    assert set(picked) <= set(placed)
    assert {words[at] for at in placed} == {words[at] for at in picked}


def test_retiring_says_what_the_tags_of_the_export_hold(atlas: Atlas, codebook: Path) -> None:
    tagged = atlas.by_said.with_columns(
        assigned_by=pl.when(theme_id="T-0002").then(pl.lit("person")).otherwise("assigned_by")
    )
    number = atlas.by_said.filter(theme_id="T-0002")["feedback_id"].n_unique()
    desk = Desk(replace(atlas, by_said=tagged), codebook, clock)
    assert f"but {number} verbatims with its tag in the export: move or merge them." in ask(
        desk, "retire", theme_id="T-0002"
    )
    assert "tag in the export" not in ask(desk, "retire", theme_id="T-0005")


def test_moving_to_no_theme(desk: Desk) -> None:
    (point, *_) = points_of(desk, "T-0004")
    ask(desk, "move", theme_id="T-0004", into=None, picked=[point])
    assert desk.view()["of"][point] == -1


def test_a_change_that_is_refused_half_way_leaves_nothing(desk: Desk, codebook: Path) -> None:
    before = codebook.read_bytes()
    ask(desk, "retire", theme_id="T-0005")
    retired = codebook.read_bytes()
    assert "retired" in refused(desk, "move", into="T-0005", picked=points_of(desk, "T-0001")[:3])
    assert codebook.read_bytes() == retired != before
    ask(desk, "restore", theme_id="T-0005")
    assert shown(desk, "T-0005")["status"] == "active"


def test_a_proposal_is_confirmed_under_its_name_with_its_typical_verbatims(desk: Desk, codebook: Path) -> None:
    proposal = shown(desk, PROPOSAL)
    assert (proposal["in_codebook"], proposal["status"]) == (False, "proposed")
    ask(desk, "confirm", theme_id=PROPOSAL, name=proposal["name"], description="People want to chat.")
    (made,) = (theme for theme in read_codebook(codebook).themes if theme.found_as == (PROPOSAL,))
    assert (made.theme_id, made.name, made.description) == ("T-0012", proposal["name"], "People want to chat.")
    assert 1 <= len(made.exemplars) <= 20
    assert shown(desk, "T-0012") | {"near": []} == proposal | {
        "theme_id": "T-0012",
        "status": "active",
        "in_codebook": True,
        "description": "People want to chat.",
        "near": [],
    }


def test_a_proposal_joins_a_theme_that_is_there(desk: Desk) -> None:
    before = shown(desk, PROPOSAL)["verbatims"], shown(desk, "T-0001")["verbatims"]
    ask(desk, "merge", theme_id=PROPOSAL, into="T-0001")
    assert shown(desk, "T-0001")["verbatims"] == sum(before)
    assert PROPOSAL not in [theme["theme_id"] for theme in desk.view()["themes"]]


def test_what_goes_into_a_proposal_confirms_it_and_one_undo_takes_both_back(desk: Desk, codebook: Path) -> None:
    before = read_codebook(codebook)
    sizes = shown(desk, PROPOSAL)["verbatims"] + shown(desk, "T-0008")["verbatims"]
    line = ask(desk, "merge", theme_id="T-0008", into=PROPOSAL)
    assert line == f"T-0008 Custom fields in checklists is part of T-0012 Chat notifications now. {LATER}"
    assert (shown(desk, "T-0012")["name"], shown(desk, "T-0012")["verbatims"]) == ("Chat notifications", sizes)
    ask(desk, "undo")
    assert read_codebook(codebook) == before
    ask(desk, "move", into=PROPOSAL, picked=points_of(desk, "T-0001")[:2])
    assert {pin.theme_id for pin in read_codebook(codebook).pins} == {"T-0013"}, "an id is given once"
    assert len(read_codebook(codebook).pins) == 2


def test_pins_describing_and_pinning_again(desk: Desk, codebook: Path) -> None:
    picked = points_of(desk, "T-0001")[:2]
    assert ask(desk, "pin", theme_id="T-0001", picked=picked).startswith("2 verbatims pinned to T-0001")
    assert len(read_codebook(codebook).pins) == 2
    assert "pinned there already" in refused(desk, "pin", theme_id="T-0001", picked=picked)
    ask(desk, "describe", theme_id="T-0001", description="No signal, no work.")
    assert shown(desk, "T-0001")["description"] == "No signal, no work."


@pytest.mark.parametrize(
    ("does", "given", "said"),
    [
        ("rename", {"by": " "}, "Your name is missing. Fill it in once; it goes into the log with every change."),
        ("rename", {"theme_id": "T-0001", "name": " "}, "T-0001: the name is missing."),
        ("rename", {"theme_id": "T-0001", "name": "Dark mode"}, "another theme has this name"),
        ("rename", {"theme_id": "T-9999", "name": "X"}, "no such theme"),
        ("merge", {"theme_id": "T-0001", "into": ""}, "no theme is chosen to merge into"),
        ("merge", {"theme_id": "T-0001", "into": "T-0001"}, "into itself"),
        ("split", {"theme_id": "T-0001", "name": "X", "picked": []}, "No verbatim is selected"),
        ("split", {"theme_id": "T-0001", "name": "X", "picked": [-1, 10**9, "0"]}, "No verbatim is selected"),
        ("undo", {}, "nothing to take back"),
        ("launder", {}, "There is no such change (found launder)"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(desk: Desk, does: str, given: dict[str, Any], said: str) -> None:
    assert said in refused(desk, does, **given)


def test_a_file_that_was_edited_meanwhile_is_not_overwritten(desk: Desk, codebook: Path) -> None:
    ask(desk, "rename", theme_id="T-0001", name="Once")
    edited = codebook.read_text(encoding="utf-8").replace("Dark mode", "Night mode")
    codebook.write_text(edited, encoding="utf-8")
    assert "changed by someone else" in refused(desk, "rename", theme_id="T-0001", name="Twice")
    assert codebook.read_text(encoding="utf-8") == edited
    ask(desk, "reload")
    assert shown(desk, "T-0011")["name"] == "Night mode"
    ask(desk, "rename", theme_id="T-0001", name="Twice")
    text = codebook.read_text(encoding="utf-8")
    assert "name: Night mode" in text
    assert "name: Twice" in text


def test_a_tag_of_the_export_outweighs_an_example_but_not_a_pin(atlas: Atlas, desk: Desk, codebook: Path) -> None:
    (point, *_) = points_of(desk, "T-0001")
    ask(desk, "split", theme_id="T-0001", name="Apart", picked=[point])
    row = atlas.by_point[point : point + 1]
    tagged = row.with_columns(assigned_by=pl.lit("person"))
    today = read_codebook(codebook)
    assert (themes_today(row, today), themes_today(tagged, today)) == (["T-0012"], ["T-0001"])
    ask(desk, "pin", theme_id="T-0012", picked=[point])
    assert themes_today(tagged, read_codebook(codebook)) == ["T-0012"]


def test_the_page_gets_plain_columns_of_one_length(atlas: Atlas) -> None:
    points = atlas.points()
    columns = {name: column for name, column in points.items() if isinstance(column, list)}
    assert {len(column) for column in columns.values()} == {atlas.by_point.height}
    assert (points["run_id"], points["currency"]) == (atlas.record.run_id, "USD")
    unmatched = atlas.by_point["account_id"].is_null().arg_true().to_list()
    assert unmatched
    assert all(points["arr"][point] is None and points["account"][point] == "" for point in unmatched)


def test_no_log_has_no_lines() -> None:
    assert log_lines([]) == []


def test_the_sheet_is_drawn_by_lot_from_what_the_machine_placed(atlas: Atlas) -> None:
    drawn = draw_sheet(atlas.by_said, "run-1")
    assert drawn.height == 50
    assert drawn.equals(draw_sheet(atlas.by_said.reverse(), "run-1"))
    assert set(drawn["feedback_id"]) != set(draw_sheet(atlas.by_said, "run-2")["feedback_id"])
    person = pl.when(pl.col("theme_id") == "T-0001").then(pl.lit("person")).otherwise("assigned_by")
    tagged = draw_sheet(atlas.by_said.with_columns(assigned_by=person), "run-1", size=1000)
    assert "T-0001" not in set(tagged["theme_id"])
    assert tagged.height == atlas.by_said.filter(pl.col("theme_id") != "T-0001").height


def test_labels_are_saved_at_once_and_taken_up_again(atlas: Atlas, tmp_path: Path) -> None:
    sheet = Sheet(atlas, tmp_path, clock)
    for at, verdict in enumerate(["right", "wrong", "right"]):
        asked = {"do": "label", "by": "Maria", "at": at, "verdict": verdict, "right_theme_id": "T-0002"}
        assert sheet.handle(asked) == (True, "Saved in labels-maria.csv.", None)
    assert sheet.handle({"do": "label", "by": "Maria", "at": 2, "verdict": "wrong"}).ok
    again = Sheet(atlas, tmp_path, clock)
    assert again.view()["verdicts"] == [""] * 50
    assert again.handle({"do": "open", "by": "maria"}).ok
    view = again.view()
    assert (view["verdicts"][:4], view["rights"][:4]) == (["right", "wrong", "wrong", ""], ["", "T-0002", "", ""])
    assert view["result"] == ["Maria: 1 of 3 in the right theme, 33% (95% interval 6% to 79%)."]
    other = {"do": "label", "by": "Tom", "at": 0, "verdict": "right"}
    assert again.handle(other).ok
    assert again.view()["result"][-1].startswith("1 verbatim was labelled by two people; their agreement")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"do": "label", "by": "", "at": 0, "verdict": "right"}, "nobody is named"),
        ({"do": "label", "by": "Maria", "at": 50, "verdict": "right"}, "not a label"),
        ({"do": "label", "by": "Maria", "at": 0, "verdict": "maybe"}, "not a label"),
    ],
)
def test_a_label_that_cannot_be_saved(atlas: Atlas, tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    answer = Sheet(atlas, tmp_path, clock).handle(asked)
    assert not answer.ok
    assert said in answer.line
    assert not list(tmp_path.iterdir())
