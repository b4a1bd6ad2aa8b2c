"""Accepted breakpoints in the model file: eight numbers, a dated comment, and not a byte more."""

from __future__ import annotations

import datetime as dt
import difflib
from decimal import Decimal
from pathlib import Path

import pytest

from vocanalytics.errors import SettingsError
from vocanalytics.settings import read_model
from vocanalytics.settings.writing import write_breakpoints

DAY = dt.date(2026, 10, 8)
REVENUE = tuple(map(Decimal, (30_000, 100_000, 250_000, 750_000)))
BREADTH = (25, 50, 88, 150)
SOURCE = "run 2026Q3-0123456789ab (1611 in-scope accounts)"


@pytest.fixture
def model(root: Path, tmp_path: Path) -> Path:
    """A copy of the model with its default breakpoints."""
    path = tmp_path / "model.yml"
    path.write_bytes((root / "pipelines" / "model.yml").read_bytes())
    return path


def _write(path: Path, revenue: tuple[Decimal, ...] = REVENUE, breadth: tuple[int, ...] = BREADTH) -> bool:
    return write_breakpoints(path, path.read_bytes(), revenue, breadth, day=DAY, source=SOURCE)


def _held(path: Path) -> tuple[tuple[Decimal, ...], tuple[int, ...]]:
    found = read_model(path)
    return found.revenue.breakpoints, found.breadth.breakpoints


def test_only_the_numbers_and_two_dated_comments_change(model: Path) -> None:
    before = model.read_text()
    assert _write(model)
    changed = [line for line in difflib.ndiff(before.splitlines(), model.read_text().splitlines()) if line[0] in "+-"]
    tail = "   # weighted revenue in dollars; the score is 1 + how many are reached"
    gap = "                      # weighted accounts"
    assert changed == [
        f"+   # 2026-10-08: set from {SOURCE}; before: 50000, 150000, 400000, 1000000",
        f"-   breakpoints: [50000, 150000, 400000, 1000000]{tail}",
        f"+   breakpoints: [30000, 100000, 250000, 750000]{tail}",
        f"+   # 2026-10-08: set from {SOURCE}; before: 2, 3, 6, 10",
        f"-   breakpoints: [2, 3, 6, 10]{gap}",
        f"+   breakpoints: [25, 50, 88, 150]{gap}",
    ]
    assert _held(model) == (REVENUE, BREADTH)
    assert [path.name for path in model.parent.iterdir()] == ["model.yml"]


def test_what_is_held_already_is_not_written_again(model: Path) -> None:
    assert _write(model)
    once = model.read_bytes()
    assert not _write(model)
    assert model.read_bytes() == once


def test_a_list_that_stays_gets_no_comment_and_comments_add_up(model: Path) -> None:
    assert _write(model, breadth=(2, 3, 6, 10))
    assert model.read_text().count("# 2026-10-08: set from") == 1
    assert _write(model, revenue=tuple(map(Decimal, (1, 2, 3, 4))))
    lines = model.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("  breakpoints: [1, 2, 3, 4]"))
    assert [line.split("before: ")[1] for line in lines[place - 2 : place]] == [
        "50000, 150000, 400000, 1000000",
        "30000, 100000, 250000, 750000",
    ]


FORMS = {
    "block": """breakpoints:   # four of them
    - 50000
    - 150000   # the third

    # and then
    - 400000
    - 1_000_000.00""",
    "over lines": """breakpoints: [5e+4,
      150000,   # the second
      400000, 1000000]""",
    "quoted": """'breakpoints' :
  - 50000
  - 150000
  - 400000
  - '1000000'""",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_way_of_writing_the_list_keeps_its_comments(model: Path, form: str, newline: str) -> None:
    text = model.read_text().replace("breakpoints: [50000, 150000, 400000, 1000000]", form)
    model.write_bytes(text.replace("\n", newline).encode())
    comments = _comments(text)
    assert _write(model)
    assert _held(model) == (REVENUE, BREADTH)
    written = model.read_bytes().decode()
    assert [
        line.partition("#")[2] for line in written.split(newline) if "#" in line and DAY.isoformat() not in line
    ] == comments
    assert written.count("\n") == written.count(newline) == text.count("\n") + 2


def _comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.split("\n") if "#" in line and DAY.isoformat() not in line]


@pytest.mark.parametrize(
    "changes",
    [
        {"near_days: 90": "near_days: &near 90", "6, 10]": "6, *near]"},
        {"6, 10]": "6, &ten 10]", "shown: 25": "shown: *ten"},
    ],
    ids=["from elsewhere", "for elsewhere"],
)
def test_a_number_that_stands_for_two_is_refused(model: Path, changes: dict[str, str]) -> None:
    text = model.read_text()
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    model.write_text(text)
    with pytest.raises(SettingsError, match=r"cannot be put into this file without changing more.*by hand"):
        _write(model)
    assert model.read_text() == text
    assert [path.name for path in model.parent.iterdir()] == ["model.yml"]


def test_a_list_that_stands_elsewhere_is_refused(model: Path) -> None:
    text = model.read_text().replace("breakpoints: [2, 3, 6, 10]", "<<: {breakpoints: [2, 3, 6, 10]}")
    model.write_text(text)
    with pytest.raises(SettingsError, match=r"model.yml"):
        _write(model)
    assert model.read_text() == text


@pytest.mark.parametrize(
    ("revenue", "breadth", "said"),
    [
        (
            REVENUE[::-1],
            BREADTH,
            "revenue.breakpoints: these breakpoints cannot stand in a model: breakpoints must rise",
        ),
        (
            REVENUE,
            (2, 3, 3, 10),
            "breadth.breakpoints: these breakpoints cannot stand in a model: breakpoints must rise",
        ),
        ((Decimal(0), *REVENUE[1:]), BREADTH, "greater than 0"),
    ],
)
def test_numbers_that_cannot_stand_there_are_refused(
    model: Path, revenue: tuple[Decimal, ...], breadth: tuple[int, ...], said: str
) -> None:
    before = model.read_bytes()
    with pytest.raises(SettingsError, match=said) as caught:
        _write(model, revenue, breadth)
    assert "partial" not in str(caught.value)
    assert "Nothing was written" in str(caught.value)
    assert model.read_bytes() == before
    assert [path.name for path in model.parent.iterdir()] == ["model.yml"]


def test_a_file_that_changed_in_between_is_refused(model: Path) -> None:
    seen = model.read_bytes()
    other = seen.replace(b"near_days: 90", b"near_days: 80")
    model.write_bytes(other)
    with pytest.raises(SettingsError, match="the file changed while the proposal was made"):
        write_breakpoints(model, seen, REVENUE, BREADTH, day=DAY, source=SOURCE)
    assert model.read_bytes() == other


def test_a_missing_key_is_named(model: Path) -> None:
    text = model.read_text().replace("  breakpoints: [2, 3, 6, 10]", "  # breakpoints: [2, 3, 6, 10]")
    model.write_text(text)
    with pytest.raises(SettingsError, match=r"breadth.breakpoints: a key is missing"):
        _write(model)
    assert model.read_text() == text


def test_a_link_and_the_rights_of_the_file_stay(model: Path, tmp_path: Path) -> None:
    model.chmod(0o640)
    link = tmp_path / "link.yml"
    link.symlink_to(model)
    assert _write(link)
    assert link.is_symlink()
    assert model.stat().st_mode & 0o777 == 0o640
    assert _held(model) == (REVENUE, BREADTH)


def test_a_source_over_several_lines_stays_one_comment(model: Path) -> None:
    write_breakpoints(model, model.read_bytes(), REVENUE, BREADTH, day=DAY, source="run\nrevenue: {}")
    assert _held(model) == (REVENUE, BREADTH)
