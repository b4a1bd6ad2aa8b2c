"""Parquet: each type becomes the text that a careful person would have written."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocanalytics.errors import SourceError
from vocanalytics.sources.parquet import float_texts, read_parquet
from vocanalytics.sources.records import Records
from vocanalytics.vocabulary import ACCOUNTS, Table


def parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


def read(values: pl.Series, table: Table | None = None) -> Records:
    return read_parquet(parquet(pl.DataFrame({"x": values})), "any.parquet", table)


TYPES = {
    "text": (pl.Series([" a ", "", None]), [" a ", None, None]),
    "category": (pl.Series(["a", None], dtype=pl.Categorical), ["a", None]),
    "integer": (pl.Series([7, None, -(2**63)]), ["7", None, "-9223372036854775808"]),
    "decimal": (pl.Series([Decimal("1200.10"), None], dtype=pl.Decimal(38, 2)), ["1200.10", None]),
    "double": (
        pl.Series([5.0, 2400.5, 0.1, 1e20, 1e-9, -0.0, None]),
        ["5", "2400.5", "0.1", "100000000000000000000", "0.000000001", "0", None],
    ),
    "single": (pl.Series([0.1, 5.0], dtype=pl.Float32), ["0.1", "5"]),
    "boolean": (pl.Series([True, False, None]), ["true", "false", None]),
    "date": (pl.Series([dt.date(2026, 9, 30), None]), ["2026-09-30", None]),
    "instant": (
        pl.Series([dt.datetime(2026, 9, 30, 23, 59, 1, 500, tzinfo=dt.UTC)]),
        ["2026-09-30T23:59:01.000500Z"],
    ),
    "instant of elsewhere": (
        pl.Series([dt.datetime(2026, 9, 30, 1, 0, tzinfo=dt.UTC)]).dt.convert_time_zone("Europe/Berlin"),
        ["2026-09-30T01:00:00Z"],
    ),
    "moment without a zone": (pl.Series([dt.datetime(2026, 9, 30, 1, 0)]), ["2026-09-30T01:00:00"]),  # noqa: DTZ001
    "nothing": (pl.Series([None, None]), [None, None]),
}


@pytest.mark.parametrize("case", TYPES)
def test_a_typed_column_becomes_text(case: str) -> None:
    values, expected = TYPES[case]
    records = read(values)
    assert records.rows["x"].to_list() == expected
    assert records.rows.schema == {"x": pl.String}
    assert records.numbers.to_list() == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([b"a"]),
        pl.Series([{"a": 1}]),
        pl.Series([dt.time(1)]),
        pl.Series([dt.timedelta(1)]),
        pl.Series([["a"]]),
        pl.Series([[1]]),
    ],
    ids=lambda values: str(values.dtype),
)
def test_a_type_without_a_plain_text_stops(values: pl.Series) -> None:
    with pytest.raises(SourceError, match="the column x has a type without a plain text"):
        read(values)


def test_what_is_not_a_finite_number_is_kept_apart() -> None:
    frame = pl.DataFrame({"a": [1.5, float("nan"), None, 2.0], "b": [1.0, float("inf"), 1.0, float("-inf")]})
    records = read_parquet(parquet(frame), "any.parquet")
    assert records.rows.rows() == [("1.5", "1"), (None, "1")]
    assert [(broken.row, broken.column) for broken in records.broken] == [(2, "a"), (4, "b")]
    assert records.numbers.to_list() == [1, 3]
    assert records.total == 4


def accounts(domains: list[list[str | None] | None]) -> pl.DataFrame:
    needed = [column.name for column in ACCOUNTS if column.required]
    return pl.DataFrame({name: ["x"] * len(domains) for name in needed}).with_columns(
        pl.Series("domains", domains, pl.List(pl.String))
    )


def test_a_column_of_several_texts_is_joined_unless_that_would_tear_one() -> None:
    frame = accounts([["a.example", "b.example"], None, [], ["a;b"], ["a", None]])
    records = read_parquet(parquet(frame), "accounts.parquet", ACCOUNTS)
    assert records.rows["domains"].to_list() == ["a.example;b.example", None, None]
    assert [(broken.row, broken.column) for broken in records.broken] == [(4, "domains"), (5, "domains")]


def test_wrong_columns_and_broken_files_stop() -> None:
    with pytest.raises(SourceError, match="did you mean domains"):
        read_parquet(parquet(accounts([[]]).rename({"domains": "domain"})), "accounts.parquet", ACCOUNTS)
    with pytest.raises(SourceError, match="is not a whole Parquet file"):
        read_parquet(parquet(accounts([[]]))[:-20], "accounts.parquet", ACCOUNTS)
    with pytest.raises(SourceError, match="is not a whole Parquet file"):
        read_parquet(b"PAR1" + b"\0" * 100 + b"PAR1", "accounts.parquet", ACCOUNTS)
    with pytest.raises(SourceError, match="holds no columns"):
        read_parquet(parquet(pl.DataFrame()), "accounts.parquet", ACCOUNTS)


def test_no_rows_are_a_table_without_rows() -> None:
    records = read_parquet(parquet(accounts([]).clear()), "accounts.parquet", ACCOUNTS)
    assert records.total == 0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_float_comes_back_from_its_text(numbers: list[float]) -> None:
    texts = float_texts(pl.Series(numbers, dtype=pl.Float64)).to_list()
    assert [float(text) for text in texts] == numbers
    assert not any("e" in text or text.endswith(".0") for text in texts)


TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1))
def test_what_a_writer_writes_comes_back(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    records = read_parquet(parquet(frame), "any.parquet")
    assert records.rows.rows() == [tuple(text or None for text in row) for row in rows]
