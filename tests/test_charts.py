"""Figures: small, safe, independent of the machine's fonts, and true to their numbers."""

from __future__ import annotations

import re

import pytest

from vocanalytics.charts import MoneyRow, figure, money_bars, score_line
from vocanalytics.charts.money import fitted
from vocanalytics.errors import ReportError

ROWS = [
    MoneyRow("1 Offline mode", 922_000, 260_000, "$922K", "$260K"),
    MoneyRow("2 </text><script>window.hacked=1</script>", 0, 410_000, "none", "$410K"),
    MoneyRow("Chat & more", 10, 0, "$10", "none"),
]


@pytest.fixture(scope="module")
def raw() -> str:
    return money_bars(ROWS, "Signalled ARR", "Expansion")


def cleaned(raw: str) -> str:
    """The figure as the page holds it."""
    return str(figure(raw, "figure-1", variant="wide", title="Bars & more", description='1 <b> "two"'))


def test_the_same_rows_give_the_same_bytes(raw: str) -> None:
    assert money_bars(ROWS, "Signalled ARR", "Expansion") == raw


def test_only_shapes_and_texts_are_left(raw: str) -> None:
    svg = cleaned(raw)
    assert set(re.findall(r"<([a-z]+)", svg)) == {"svg", "title", "desc", "g", "path", "line", "text"}
    assert not re.search(r"(?:class=\"mark|role=\"graphics|aria-roledescription|font-family|xlink|<g></g>)", svg)
    assert "&lt;/text&gt;&lt;script&gt;" in svg
    assert len(svg) < 0.6 * len(raw)


def test_a_screen_reader_gets_a_name_and_every_value(raw: str) -> None:
    svg = cleaned(raw)
    assert 'role="img" aria-labelledby="figure-1-wide-title figure-1-wide-desc"' in svg
    assert '<title id="figure-1-wide-title">Bars &amp; more</title>' in svg
    assert '<desc id="figure-1-wide-desc">1 &lt;b&gt; &#34;two&#34;</desc>' in svg


def test_bars_are_as_long_as_their_money(raw: str) -> None:
    bars = [float(width) for width in re.findall(r'<path[^>]* d="M[\d.]+,[\d.]+h(-?[\d.]+)', cleaned(raw))]
    left, right = abs(bars[0]), [abs(bar) for bar in bars[1:]]
    assert left / 922 == pytest.approx(right[0] / 260, rel=0.02)
    assert right[1] / right[0] == pytest.approx(410 / 260, rel=0.02)


def test_both_variants_keep_their_size(raw: str) -> None:
    narrow = money_bars(ROWS, "Signalled ARR", "Expansion", narrow=True)
    assert 'viewBox="0 0 790 93"' in cleaned(raw)
    assert 'viewBox="0 0 348 93"' in cleaned(narrow)


def test_a_side_without_money_draws_no_bar() -> None:
    svg = cleaned(money_bars([MoneyRow("A", 0, 5, "none", "$5")], "left", "right"))
    assert len(re.findall("<path", svg)) == 1
    assert "none" in svg


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("1 Offline mode", "1 Offline mode"),
        ("12 Daylight-saving errors in appointments of crews", "12 Daylight-saving errors…"),
        ("1 " + "m" * 60, "1 " + "m" * 12 + "…"),
        ("1 " + "i" * 60, "1 " + "i" * 38 + "…"),
        ("1 " + "字" * 60, "1 " + "字" * 12 + "…"),
    ],
)
def test_a_label_is_cut_to_the_room_it_has(label: str, said: str) -> None:
    assert fitted(label, 192, 13) == said


@pytest.mark.parametrize("narrow", [False, True])
def test_long_labels_are_cut_in_both_variants(narrow: bool) -> None:
    svg = money_bars([MoneyRow("1 unable_to_verify_identity_document", 1, 1, "$1", "$1")], "a", "b", narrow=narrow)
    assert "1 unable_to_verify" in svg and "document" not in svg


@pytest.mark.parametrize("text", ["no svg", "<html></html>", ""])
def test_what_is_no_svg_is_an_error(text: str) -> None:
    with pytest.raises(ReportError, match="gave no SVG"):
        cleaned(text)


def test_attributes_that_could_act_are_dropped() -> None:
    raw = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
        '<g onclick="x()" transform="translate(1.23456,2)">'
        '<rect fill="url(https://other.example)" x="1" width="3" height="3"/>'
        '<a href="javascript:x()"><text>x</text></a>'
        "<image href='x'/><style>x</style></g></svg>"
    )
    svg = cleaned(raw)
    assert "onclick" not in svg and "url(" not in svg and "href" not in svg and "<style" not in svg
    assert "translate(1.2,2)" in svg


def test_the_score_line_puts_the_letters_where_the_scores_are() -> None:
    svg = str(score_line(3, 5))
    assert re.findall(r'<text x="(\d+)"[^>]*>([CP])</text>', svg) == [("64", "C"), ("116", "P")]
    assert ">1</text>" in svg
    assert ">5</text>" not in svg
