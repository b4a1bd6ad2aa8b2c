"""What the method page says of the accuracy of the themes, by the word of people."""

from __future__ import annotations

from pathlib import Path

from report_runs import Spec, viewed

from vocanalytics.settings import Quarter
from vocanalytics.sources.finding import find_files
from vocanalytics.themes.label_sheets import Label, labels_path, labels_text

Q3 = Quarter.parse("2026Q3")


def _rule(spec: Spec, folder: Path) -> str:
    rules = {rule.name: rule.value for rule in viewed(spec, folder).method.rules}
    return rules["Right theme"]


def _label(folder: Path, by: str, verdicts: str) -> None:
    path = labels_path(folder, Q3, by)
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {"r": "right", "w": "wrong"}
    rows = [
        Label("2026Q3-0123456789ab", f"f-{at}", "T-0001", said[verdict], "", by, "2026-11-22T10:00:00Z")
        for at, verdict in enumerate(verdicts)
    ]
    path.write_text(labels_text(rows), encoding="utf-8")


def test_it_says_that_nobody_has_judged_yet(tmp_path: Path) -> None:
    assert _rule(Spec(), tmp_path).startswith("Not measured in this quarter")


def test_the_share_with_its_interval_and_the_agreement_of_two(tmp_path: Path) -> None:
    _label(tmp_path, "Maria\x1b[2J", "r" * 41 + "w" * 9)
    assert _rule(Spec(), tmp_path).endswith("41 of 50 in the right theme, 82% (95% interval 69% to 90%)")
    _label(tmp_path, "Tom", "r" * 40 + "w" * 2)
    said = _rule(Spec(), tmp_path)
    assert "\x1b" not in said
    assert "; Tom: 40 of 42 in the right theme, 95% (95% interval 84% to 99%)" in said
    assert "Agreement of people on 42 verbatims: 0.66 (Krippendorff's alpha" in said


def test_a_file_of_labels_is_read_and_never_noted_as_unread(tmp_path: Path) -> None:
    _label(tmp_path / "curated", "Maria", "r")
    for name in ("feedback.csv", "accounts.csv"):
        (tmp_path / "raw/2026Q3").mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw/2026Q3" / name).write_text("x")
    assert find_files(Q3, tmp_path / "raw", tmp_path / "curated").notes == ()
