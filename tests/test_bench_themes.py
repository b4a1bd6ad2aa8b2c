"""The benchmark of themes: its measures on partitions small enough to check by hand, its tables, what is missing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import theme_stability
from bench_themes import fresh_weights, main, read_arguments
from own_process import CallFailedError, Measured, measure, peak_mb
from theme_data import by_feedback, placed, read_labelled
from theme_known import known_labels, share_joining
from theme_measures import Placed, agreement, likeness
from theme_methods import numbers_to_try
from theme_tables import QUALITY, markers, quality_row, table, write_between

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, find_themes

LABELS = list("aaaabbcc")


@pytest.mark.parametrize(
    ("themes", "found", "accuracy", "purity", "left_out"),
    [
        (list("xxxxyyzz"), 3, 1.0, 1.0, 0.0),
        (list("xxyyzzww"), 4, 6 / 8, 1.0, 0.0),  # a in two themes: right in one of them
        (list("xxxxxxxx"), 1, 4 / 8, 4 / 8, 0.0),
        (list("xxxyyyzz"), 3, 7 / 8, 7 / 8, 0.0),
        ([*"xxxxyy", None, None], 2, 6 / 8, 6 / 8, 2 / 8),  # left out is never right
        (list("12345678"), 8, 3 / 8, 1.0, 0.0),  # splinters are pure, and wrong
        ([None] * 8, 0, 0.0, 0.0, 1.0),
    ],
)
def test_the_measures_by_hand(themes: Placed, found: int, accuracy: float, purity: float, left_out: float) -> None:
    measured = agreement(LABELS, themes)
    assert (measured.found, measured.true) == (found, 3)
    assert (measured.accuracy, measured.purity, measured.left_out) == pytest.approx((accuracy, purity, left_out))


def test_what_is_left_out_is_one_group_to_nmi_and_ari() -> None:
    assert agreement(LABELS, [*"xxxxyy", None, None]).ari == 1.0
    assert agreement(LABELS, [*"xxxxyy", None, None]).nmi == pytest.approx(1.0)
    assert agreement(LABELS, [None, *"xxxyyzz"]).ari < 1.0
    splinters = agreement(LABELS, list("12345678"))
    assert splinters.nmi > 0.6
    assert (splinters.ami, splinters.ari) == pytest.approx((0, 0))
    with pytest.raises(ValueError, match="8 labels for 7"):
        agreement(LABELS, list("xxxxyyz"))


def test_likeness_knows_names_do_not_matter_and_places_do() -> None:
    assert likeness(list("aabb"), ["T-1", "T-1", None, None]) == 1.0
    assert likeness(list("aabb"), list("abab")) < 0.1


def test_a_row_counts_embedding_and_gives_the_ratio() -> None:
    good = agreement(LABELS, list("xxxxyyzz"))
    row = quality_row("ours", good, Measured(None, 2.0, 9.0, 1234.4), rows=10_000, embedding=1.0, first=1.5)
    assert dict(zip(QUALITY, row, strict=True)) == {
        "method": "ours",
        "themes": "3 of 3",
        **dict.fromkeys(("NMI", "AMI", "ARI", "accuracy", "purity"), "1.000"),
        "left out": "0.0%",
        "CPU s per 10,000": "3.0",
        "times the first": "2.0",
        "peak MB": "1,234",
    }


def test_a_table_is_written_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    first, last = markers("quality one")
    other = "\n".join(markers("quality other"))
    page.write_text(f"Before\n\n{first}\nold\n{last}\n\nAfter\n\n{other}\n", encoding="utf-8")
    content = table(("a", "b"), [("1", "x|y")])
    assert content == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
    for _ in range(2):  # again changes nothing
        assert write_between(page, "quality one", content)
        assert page.read_text(encoding="utf-8") == f"Before\n\n{first}\n\n{content}\n\n{last}\n\nAfter\n\n{other}\n"


@pytest.mark.parametrize(
    "text", ["no place", markers("b")[0], "\n".join(reversed(markers("b"))), "\n".join(2 * markers("b"))]
)
def test_a_page_without_one_place_stays_as_it_is(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    assert not write_between(page, "b", "table")
    assert page.read_text(encoding="utf-8") == text


def test_the_page_keeps_a_place_for_every_table(root: Path) -> None:
    page = (root / "docs/themes_benchmarks.md").read_text(encoding="utf-8")
    blocks = [f"{part} {name}" for part in ("quality", "stability") for name in ("banking77", "minibar_en")]
    for block in (*blocks, "known banking77", "scale banking77"):
        assert all(page.count(marker) == 1 for marker in markers(block)), block


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "own.csv is not there: looked for .*VOCANALYTICS_SHARED"),
        ("text,kind\nHello,x\n", "own.csv lacks the column label: found text, kind"),
        ("", "own.csv lacks the column text and label"),
        ("text,label\nHello,x\nBye,\n", "own.csv holds 1 labelled rows"),
    ],
)
def test_data_that_is_missing_or_wrong_is_one_line(
    tmp_path: Path, content: str | None, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["--data", str(path)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert re.match(expected, said[0])


def test_labelled_data_keeps_line_breaks_and_skips_rows_without_a_label(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('text,label,more\n"One\ntwo",a,1\nThree,b,2\nFour, ,3\n', encoding="utf-8")
    data = read_labelled(path)
    assert not isinstance(data, str)
    assert (data.name, data.verbatims, data.labels) == ("own", ("One\ntwo", "Three"), ("a", "b"))


def test_each_verbatim_has_its_theme_in_its_place() -> None:
    verbatims = ["Export all invoices at once, please", "?"] * 3 + ["Export every invoice in bulk"] * 3
    themes = placed(find_themes(by_feedback(verbatims), Codebook(), ThemeSettings()), len(verbatims))
    assert [theme is None for theme in themes] == [False, True] * 3 + [False] * 3


@pytest.mark.parametrize("rows", [10, 100, 5_000])
def test_the_numbers_tried_rise_to_a_third_of_the_rows(rows: int) -> None:
    numbers = numbers_to_try(rows)
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 2
    assert numbers[-1] <= min(300, rows // 3)


def test_variations_are_what_they_say() -> None:
    assert sorted(theme_stability.in_other_order(100)) == list(range(100))
    assert theme_stability.in_other_order(100) != list(range(100))
    assert len(theme_stability.with_repeats(100)) == 102
    assert len(set(theme_stability.without_some(100))) == 90
    assert theme_stability.kept(["a", None, "b", "b"], ["a", "a", "b", "c", "c"]) == pytest.approx(2 / 3)


def test_who_joins_a_known_theme() -> None:
    theirs = ["T-1", "T-1", "T-2", "T-2", None, None]
    where = ["T-1", "T-2", "P-1", "T-2", "T-1", None]
    assert share_joining(theirs, where, {"T-1", "T-2"}) == pytest.approx((3 / 4, 2 / 3, 1 / 2))
    assert share_joining([None], ["T-1"], {"T-1"}) == (0.0, 0.0, 1.0)
    members = {label: list(range(20 + (label != "small"))) for label in ("a", "b", "c", "d", "e", "small")}
    assert known_labels(members) == ["b", "c", "d"]


CALLS = """
from own_process import answer_one
def double(*, number): return 2 * number
def fail(*, number): raise ValueError("no such number")
if __name__ == "__main__":
    answer_one({"double": double, "fail": fail})
"""


def test_a_call_in_its_own_process_has_its_own_memory(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "calls.py"
    script.write_text(CALLS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(root / "benchmarks"))
    ballast = b"x" * 200 * 1024**2
    done = measure(Path(sys.executable), script, "double", number=21)
    assert done.answer == 42
    assert done.peak_mb < 100 < peak_mb(), len(ballast)
    assert done.cpu < 1
    with pytest.raises(CallFailedError, match="ValueError: no such number"):
        measure(Path(sys.executable), script, "fail", number=1)


def test_weights_come_along_and_embeddings_do_not(tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    (prepared / "static").mkdir(parents=True)
    (prepared / "static/weights.json").write_text("{}", encoding="utf-8")
    (prepared / "embeddings-0123.sqlite").write_bytes(b"kept")
    fresh = fresh_weights(prepared, tmp_path)
    assert (fresh / "static/weights.json").is_file()
    assert [path.name for path in fresh.iterdir()] == ["static"]
    (tmp_path / "other").mkdir()
    assert not list(fresh_weights(tmp_path / "nowhere", tmp_path / "other").iterdir())


def test_the_defaults_measure_everything() -> None:
    asked = read_arguments([])
    assert tuple(asked.encoders) == ("lexical", "static", "sentence")
    assert tuple(asked.only) == ("quality", "stability", "known")
    assert not asked.write
    assert asked.scale is None
