"""Settings are read strictly, and whatever is wrong is one clear line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vocanalytics.errors import SettingsError
from vocanalytics.settings import Quarter, config_sha256, read_model, read_pipeline


@pytest.fixture
def edited(root: Path, tmp_path: Path):
    """Write a settings file of the project with one text replaced, and give its path."""

    def edit(name: str, old: str, new: str) -> Path:
        text = (root / "pipelines" / name).read_text()
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1))
        return path

    return edit


def test_the_shipped_model_is_the_one_of_the_formulas(root: Path) -> None:
    model = read_model(root / "pipelines/model.yml")
    assert [str(value) for value in model.revenue.breakpoints] == ["50000", "150000", "400000", "1000000"]
    assert model.breadth.breakpoints == (2, 3, 6, 10)
    assert (model.revenue.near_days, model.revenue.far_days) == (90, 180)
    factors = model.revenue.renewal_factor
    assert [str(getattr(factors, band)) for band in ("overdue", "near", "middle", "far", "unknown")] == [
        "1.5", "1.5", "1.0", "0.5", "0.5",
    ]  # fmt: skip
    assert str(model.breadth.baseline_share) == "0.3"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("near_days: 90", "near_dayz: 90", "unknown key 'near_dayz' (expected 'near_days')"),
        ("currency: USD\n", "", "a key is missing. Add the key 'currency'"),
        ("[50000, 150000", "[150000, 50000", "breakpoints must rise"),
        ("[50000, 150000, 400000, 1000000]", "[50000, 150000]", "revenue.breakpoints"),
        ("[2, 3, 6, 10]", "[2, 3, 3, 10]", "breadth.breakpoints: breakpoints must rise"),
        ("near_days: 90", "near_days: 900", "near_days must not be greater than far_days"),
        ("explicit: 1.0", "explicit: 1.00001", "a factor has at most three decimals"),
        ("explicit: 1.0", "explicit: -1", "greater than or equal to 0"),
        ("explicit: 1.0", "explicit: .nan", "revenue.churn_factor.explicit"),
        ("baseline_share: 0.30", "baseline_share: 30", "less than or equal to 1"),
        ("direct: [4, 5]", "direct: [5, 4]", "lowest score of a relation stands before"),
        ("adjacent: [2, 3]", "adjacent: [2, 4]", "may not overlap"),
        ("explicit: 1.0", "explicit: 0.2", "a stronger signal must not weigh less"),
        ("near: 1.5", "near: 0.7", "a nearer renewal must not weigh less"),
        ("enterprise: 3", "enterprise: 1", "a larger tier must not count less"),
        ("words: [GDPR,", "words: [' ',", "compliance.words"),
        ("build_at: 12", "build_at: 5", "defer_at must not be greater than build_at"),
        ("intent: neutral", "intent: win", "'grow_smb', 'move_upmarket' or 'neutral'"),
        ("version: 1", "version: 1\nversion: 1", "stands twice"),
        ("version: 1", "version: [1", "not valid YAML"),
        ("version: 1", "version: 2", "version"),
        ("encoder: lexical", "encoder: magic", "themes.encoder"),
    ],
)
def test_a_wrong_model_is_one_line(edited, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_model(edited("model.yml", old, new))
    line = str(caught.value)
    assert said in line
    assert "model.yml" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("notebook: 10_pull", "notebook: ../../evil", "a notebook is two digits"),
        ("raw_dir:", "raw_dir__import__('os'):", "is not a parameter name"),
        ("raw_dir:", "quarter:", "is given by the run"),
        ("notebook: 20_validate", "notebook: 10_pull", "stands twice"),
        ("title: Pull the exports", "titel: Pull the exports", "unknown key 'titel' (expected 'title')"),
    ],
)
def test_a_wrong_pipeline_is_one_line(edited, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"quarterly\.yml") as caught:
        read_pipeline(edited("quarterly.yml", old, new))
    assert said in str(caught.value)


def test_missing_empty_and_undecodable_files(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        read_model(tmp_path / "model.yml")
    (tmp_path / "empty.yml").write_text("")
    with pytest.raises(SettingsError, match="holds no settings"):
        read_model(tmp_path / "empty.yml")
    (tmp_path / "latin.yml").write_bytes(b"currency: \xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_model(tmp_path / "latin.yml")


def test_settings_cannot_change_and_hash_by_value(root: Path, edited) -> None:
    model = read_model(root / "pipelines/model.yml")
    with pytest.raises(ValidationError):
        model.currency = "EUR"  # type: ignore[misc]
    assert config_sha256(model) == config_sha256(read_model(edited("model.yml", "# The scoring", "# A scoring")))
    assert config_sha256(model) != config_sha256(read_model(edited("model.yml", "far: 0.5", "far: 0.4")))


def test_quarters() -> None:
    quarter = Quarter.parse("2026Q4")
    assert (quarter.first_day, quarter.last_day) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert (str(quarter.next), str(quarter.previous), quarter.label) == ("2027Q1", "2026Q3", "Q4 2026")
    assert Quarter.parse("2026Q1").previous == Quarter(2025, 4)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026Q5", "2026q3", "../2026Q3", "2026Q3\n", "２０２６Q3", "0000Q1", "9999Q4"]
)
def test_what_is_not_a_quarter(text: str) -> None:
    with pytest.raises(SettingsError, match="a quarter such as 2026Q3"):
        Quarter.parse(text)


@given(st.integers(1, 9998), st.integers(1, 4))
def test_quarters_tile_the_years(year: int, number: int) -> None:
    quarter = Quarter(year, number)
    assert Quarter.parse(str(quarter)) == quarter
    assert quarter.next.first_day - quarter.last_day == dt.timedelta(days=1)
    assert quarter.next.previous == quarter
