"""JSON Lines: numbers keep their digits, anything that is not a flat record is kept apart with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocanalytics.errors import SourceError
from vocanalytics.sources.json_lines import read_json_lines
from vocanalytics.sources.records import Records
from vocanalytics.vocabulary import ACCOUNTS, DECISIONS

GOOD = '{"theme": "Exports", "status": "decline"}\n'


def read(text: str | bytes, **options: object) -> Records:
    data = text if isinstance(text, bytes) else text.encode()
    return read_json_lines(data, "decisions.jsonl", DECISIONS, **options)  # type: ignore[arg-type]


VALUES = {
    "text": ('" as it is\\n"', " as it is\n"),
    "escapes": ('"\\u00e9\\ud83d\\ude00"', "é😀"),
    "integer": ("7", "7"),
    "big integer": ("12345678901234567890123", "12345678901234567890123"),
    "decimal": ("1200.10", "1200.10"),
    "decimal that no float holds": ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
    "exponent": ("1e3", "1e3"),
    "true": ("true", "true"),
    "false": ("false", "false"),
    "null": ("null", None),
    "empty text": ('""', None),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_becomes_the_text_it_was_written_as(case: str) -> None:
    written, expected = VALUES[case]
    records = read(f'{{"theme": "x", "status": "decline", "owner": {written}}}\n')
    assert records.rows["owner"].to_list() == [expected]


BROKEN = {
    "not JSON": ("theme: x", "not a JSON object: Expecting value at character 1"),
    "cut off": ('{"theme": "x"', "not a JSON object: Expecting ',' delimiter at character 15"),
    "two objects": ('{"theme": "x"}{"theme": "y"}', "not a JSON object: Extra data at character 15"),
    "a list": ('["x"]', "not a JSON object"),
    "a word": ("null", "not a JSON object"),
    "nested object": ('{"theme": {"name": "x"}}', "a nested value in theme"),
    "nested list": ('{"theme": ["x"]}', "a nested value in theme"),
    "a key twice": ('{"theme": "x", "theme": "y"}', "the key 'theme' stands twice"),
    "NaN": ('{"theme": NaN}', "NaN is not a number"),
    "infinity": ('{"theme": -Infinity}', "-Infinity is not a number"),
    "half a character": ('{"theme": "\\ud83d"}', "half of a surrogate pair"),
    "nested too deeply": ('{"theme": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_keeps_broken_lines_apart(case: str) -> None:
    line, reason = BROKEN[case]
    records = read(GOOD + line + "\n\n" + GOOD)
    assert [(broken.row, broken.reason) for broken in records.broken] == [(2, reason)]
    assert records.broken[0].advice
    assert len(records.broken[0].value) <= 200
    assert records.numbers.to_list() == [1, 4]


STOPPED = {
    "empty": (b"", "is empty"),
    "one document": (b'[{"theme": "x"}]', "is a JSON list"),
    "one object over lines": (b'{\n"theme": "x"\n}', "no line is a record (found line 1: not a JSON object"),
    "csv": (b"theme,status\nx,decline\n", "no line is a record"),
    "misspelt": (b'{"theme": "x", "statu": "decline"}', "'statu' (did you mean status?)"),
    "misspelt in one line only": (GOOD.encode() + b'{"theme": "x", "status": "decline", "ownr": "a"}', "'ownr'"),
    "blank name": (b'{"theme": "x", "status": "decline", "": "a"}', "a column has no name"),
    "missing": (b'{"status": "decline"}', "expected theme"),
    "latin 1": (GOOD.encode() + b'{"theme": "\xe9"}', "byte 0xE9 at offset 53 (line 2)"),
}


@pytest.mark.parametrize("case", STOPPED)
def test_stops_with_one_line(case: str) -> None:
    data, said = STOPPED[case]
    with pytest.raises(SourceError) as caught:
        read(data)
    assert said in str(caught.value)


def test_columns_may_be_absent_from_some_lines() -> None:
    records = read(GOOD + '{"status": "decline", "theme": "y", "owner": "Ada"}\n')
    assert records.rows.select("theme", "owner").rows() == [("Exports", None), ("y", "Ada")]


def test_a_column_of_several_texts_may_be_a_list() -> None:
    lines = [
        {"account_id": "A", "domains": ["a.example", "b.example"]},
        {"account_id": "B", "domains": []},
        {"account_id": "C", "domains": ["a;b"]},
        {"account_id": "D", "domains": [True]},
    ]
    rest = dict.fromkeys(["account_name", "lifecycle", "tier", "is_icp", "arr", "currency"], "x")
    data = "\n".join(json.dumps(line | rest) for line in lines).encode()
    records = read_json_lines(data, "accounts.jsonl", ACCOUNTS)
    assert records.rows["domains"].to_list() == ["a.example;b.example", None]
    assert [(broken.row, broken.column) for broken in records.broken] == [(3, "domains"), (4, "domains")]


def test_line_separators_inside_texts_do_not_end_lines() -> None:
    assert read('{"theme": "a\u2028b\x85c", "status": "x"}\r\n').rows["theme"].to_list() == ["a\u2028b\x85c"]


TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=2500), ascii_only=st.booleans())
def test_what_a_writer_writes_comes_back(rows: list[tuple[str | None, ...]], ascii_only: bool) -> None:
    lines = [json.dumps(dict(zip("ab", row, strict=True)), ensure_ascii=ascii_only) for row in rows]
    records = read_json_lines("\n".join(lines).encode(), "any.jsonl")
    assert records.rows.rows() == [tuple(text or None for text in row) for row in rows]
