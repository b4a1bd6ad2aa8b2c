"""Accuracy by the word of people: published worked examples, and what files of labels lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocanalytics.errors import ThemeError
from vocanalytics.settings import Quarter
from vocanalytics.themes.accuracy import krippendorff_alpha, wilson_interval
from vocanalytics.themes.label_sheets import Label, accuracy_on_record, labels_path, labels_text, read_labels

Q3 = Quarter.parse("2026Q3")
RUN = "2026Q3-0123456789ab"


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_published_examples(right: int, of: int, low: float, high: float) -> None:
    found = wilson_interval(right, of)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    mirrored = wilson_interval(of - right, of)
    assert mirrored == pytest.approx((1 - found[1], 1 - found[0]))


@pytest.mark.parametrize(("right", "of"), [(0, 0), (-1, 5), (6, 5)])
def test_no_interval_without_verbatims(right: int, of: int) -> None:
    with pytest.raises(ValueError, match="right of"):
        wilson_interval(right, of)


def _by_unit(*observers: str) -> list[list[str | None]]:
    rows = [[None if value in ".*" else value for value in observer.split()] for observer in observers]
    return [list(unit) for unit in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("observers", "alpha"),
    [
        # Krippendorff, Computing Krippendorff's alpha-reliability (2011): sections A, B and C.
        (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
        (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
        (
            (
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ),
            0.743,
        ),
        # The example with three coders and missing data that encyclopedias use.
        (
            (
                "* * * * * 3 4 1 2 1 1 3 3 * 3",
                "1 * 2 1 3 3 4 3 * * * * * * *",
                "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
            ),
            0.691,
        ),
        (("a b c", "a b c"), 1.0),
    ],
)
def test_alpha_of_published_examples(observers: tuple[str, ...], alpha: float) -> None:
    found = krippendorff_alpha(_by_unit(*observers))
    assert found is not None
    assert round(found, 3) == alpha


@pytest.mark.parametrize("observers", [("a a a", "a a a"), ("a . b", ". a ."), ("a", ".")])
def test_where_chance_agrees_as_well_there_is_no_alpha(observers: tuple[str, ...]) -> None:
    assert krippendorff_alpha(_by_unit(*observers)) is None
    assert krippendorff_alpha([]) is None


@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), max_size=12))
def test_alpha_does_not_depend_on_who_is_who_or_on_the_names_of_themes(units: list[tuple[str | None, ...]]) -> None:
    found = krippendorff_alpha(units)
    renamed = [[value and {"a": "c", "b": "a", "c": "b"}[value] for value in reversed(unit)] for unit in units]
    assert found is None or found <= 1
    assert krippendorff_alpha(renamed[::-1]) == pytest.approx(found)


def _label(number: int, by: str = "Maria", verdict: str = "right", right: str = "", run_id: str = RUN) -> Label:
    return Label(run_id, f"f-{number}", "T-0001", verdict, right, by, f"2026-11-22T10:{number:02d}:00Z")


def _write(folder: Path, by: str, labels: list[Label]) -> Path:
    path = labels_path(folder, Q3, by)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(labels_text(labels), encoding="utf-8")
    return path


def test_labels_come_back_as_they_were_written(tmp_path: Path) -> None:
    labels = [_label(1), _label(2, verdict="wrong", right="Ünïcode, with a comma")]
    assert read_labels(_write(tmp_path, "Maria", labels)) == tuple(labels)
    assert read_labels(tmp_path / "none.csv") == ()


def test_of_two_labels_of_a_verbatim_the_later_line_counts(tmp_path: Path) -> None:
    path = _write(tmp_path, "Maria", [_label(1), _label(2), _label(1, verdict="wrong")])
    assert [label.verdict for label in read_labels(path)] == ["wrong", "right"]


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("Maria", "labels-maria.csv"),
        (" María-José  Núñez ", "labels-maría-josé-núñez.csv"),
        ("../../etc/passwd", "labels-etc-passwd.csv"),
    ],
)
def test_a_name_makes_one_file_in_the_folder_of_the_quarter(tmp_path: Path, by: str, name: str) -> None:
    assert labels_path(tmp_path, Q3, by) == tmp_path / "2026Q3" / name


def test_a_label_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="nobody is named"):
        labels_path(tmp_path, Q3, " -- ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "not a file of labels"),
        (labels_text([replace(_label(1), verdict="maybe")]), "line 2: not a label"),
        (labels_text([]) + "one,two\n", "line 2: not a label"),
    ],
)
def test_a_file_that_holds_something_else_is_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = _write(tmp_path, "Maria", [])
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThemeError, match=said) as error:
        accuracy_on_record(tmp_path, Q3)
    assert "labels-maria.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_accuracy_of_two_people(tmp_path: Path) -> None:
    _write(tmp_path, "Maria", [_label(n, verdict="wrong" if n < 2 else "right") for n in range(10)])
    _write(tmp_path, "Tom", [_label(n, "Tom", "wrong" if n < 1 else "right") for n in range(5)])
    found = accuracy_on_record(tmp_path, Q3)
    assert found is not None
    assert [(person.by, person.right, person.labelled) for person in found.people] == [("Maria", 8, 10), ("Tom", 4, 5)]
    assert (found.people[0].low, found.people[0].high) == wilson_interval(8, 10)
    assert (found.run_id, found.shared) == (RUN, 5)
    said = [("?", "?"), ("?", "T-0001"), *[("T-0001", "T-0001")] * 3]
    assert found.alpha == krippendorff_alpha(said)


def test_where_it_belongs_counts_for_the_agreement_of_two(tmp_path: Path) -> None:
    _write(tmp_path, "Maria", [_label(1, verdict="wrong", right="T-0002"), _label(2)])
    _write(tmp_path, "Tom", [_label(1, "Tom", "wrong", "T-0003"), _label(2, "Tom")])
    found = accuracy_on_record(tmp_path, Q3)
    assert found is not None
    assert found.alpha is not None
    assert found.alpha < 1


def test_every_run_has_labels_of_its_own(tmp_path: Path) -> None:
    later = "2026Q3-ffffffffffff"
    _write(tmp_path, "Maria", [_label(1, verdict="wrong"), _label(9, run_id=later)])
    last, first = accuracy_on_record(tmp_path, Q3), accuracy_on_record(tmp_path, Q3, RUN)
    assert last is not None
    assert first is not None
    assert (last.run_id, last.people[0].right, first.people[0].right) == (later, 1, 0)
    assert accuracy_on_record(tmp_path, Q3, "2026Q3-000000000000") is None
    assert accuracy_on_record(tmp_path, Q3.previous) is None
