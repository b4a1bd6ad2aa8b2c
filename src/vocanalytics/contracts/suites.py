"""Suites of expectations, read from plain JSON and checked before anything runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from vocanalytics.contracts.repeats import CONFLICT
from vocanalytics.errors import ContractError
from vocanalytics.settings import Model, Quarter
from vocanalytics.vocabulary import INCOMING, Column, names

OnFailure = Literal["quarantine", "stop", "note"]

#: Values that a suite may name as `{"$PARAMETER": "quarter_first"}` and quote in a reason as `{quarter_first}`.
Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold, and what happens when it does not.

    Attributes
    ----------
    kind
        Great Expectations' name for it, such as `expect_column_values_to_be_unique`.
    kwargs
        Its arguments; `column` says where faults are shown.
    on_failure
        `quarantine` keeps the failing rows out, `stop` ends the run, `note` only says so.
    reason, advice
        What is wrong, in words that do not depend on the row, and what to do about it.
    keep_first
        Of rows that hold the same value the first is kept; for uniqueness.
    """

    kind: str
    kwargs: Mapping[str, Any]
    on_failure: OnFailure
    reason: str
    advice: str
    keep_first: bool = False

    @property
    def column(self) -> str:
        """The column in which faults are shown; empty for an expectation about the whole table."""
        return next(iter(used_columns(self)), "")


@dataclass(frozen=True)
class Suite:
    """Everything that must hold of one table; `on_failure` also decides about cells that cannot be read."""

    name: str
    on_failure: OnFailure
    expectations: tuple[Expectation, ...]
    sha256: str


def parameters(quarter: Quarter, as_of: dt.date, model: Model) -> dict[str, Any]:
    """What every suite can refer to: the bounds of the quarter, the as-of date, the currency.

    Returns
    -------
    dict
        `quarter_start`, `quarter_end` and `as_of_end` are moments in UTC (the two ends are the first moment
        after); `quarter_first`, `quarter_last` and `as_of` are days to be quoted; `currency` is the model's code and
        `currencies` a list of it.
    """
    day = dt.timedelta(days=1)
    return {
        "quarter_start": _midnight(quarter.first_day),
        "quarter_end": _midnight(quarter.next.first_day),
        "as_of_end": _midnight(as_of + day),
        "quarter_first": quarter.first_day.isoformat(),
        "quarter_last": quarter.last_day.isoformat(),
        "as_of": as_of.isoformat(),
        "currency": model.currency,
        "currencies": [model.currency],
    }


def with_words(known: Parameters, table: str) -> Parameters:
    """What the suite of one table can refer to: all that is known, and the words that its own columns may hold.

    Returns
    -------
    Mapping
        `<column>_choices` is the list that the vocabulary gives a column of this table, and `<column>_words` the same
        to be quoted: the status of a decision is not that of a delivery.
    """
    listed = [column for column in INCOMING[table] if column.choices]
    return {
        **known,
        **{f"{column.name}_choices": _comparable(column) for column in listed},
        **{f"{column.name}_words": ", ".join(column.choices) for column in listed},
    }


def _comparable(column: Column) -> list[str] | list[float]:
    words = [str(word) for word in column.choices]
    return [float(word) for word in words] if column.kind == "factor" else words


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def read_suite(folder: Path, table: str, known: Parameters) -> Suite:
    """The suite of a table, with every word in it checked.

    Raises
    ------
    ContractError
        When the file is missing or is not JSON, an expectation names a column or a parameter that does not exist, or
        does not say what happens on failure, why, and what to do.
    """
    path = folder / f"{table}.json"
    known = with_words(known, table)
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
        meta, listed = content["meta"], content["expectations"]
        expectations = tuple(_expectation(item, meta, known) for item in listed)
        suite = Suite(table, meta["on_failure"], expectations, hashlib.sha256(raw).hexdigest())
    except FileNotFoundError:
        advice = "Restore the file, or correct suites_dir"
        raise ContractError("no such suite", where=str(path), advice=advice) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ContractError(f"the suite cannot be read: {error}", where=str(path)) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContractError(
            f"the suite lacks a part: {error}", where=str(path), expected="meta.on_failure and expectations"
        ) from None
    _check(suite, table, path, known)
    return suite


def _expectation(item: Mapping[str, Any], suite_meta: Mapping[str, Any], known: Parameters) -> Expectation:
    meta = {**suite_meta, **item["meta"]}
    quoted = {name: value for name, value in known.items() if isinstance(value, str)}
    return Expectation(
        kind=item["type"],
        kwargs=item["kwargs"],
        on_failure=meta["on_failure"],
        reason=meta["reason"].format_map(quoted),
        advice=meta["advice"].format_map(quoted),
        keep_first=bool(meta.get("keep_first", False)),
    )


def _check(suite: Suite, table: str, path: Path, known: Parameters) -> None:
    columns = {*names(INCOMING[table]), CONFLICT}
    for number, expectation in enumerate(suite.expectations, start=1):
        where = f"{path}, expectation {number} ({expectation.kind})"
        if expectation.on_failure not in get_args(OnFailure):
            ways = ", ".join(get_args(OnFailure))
            raise ContractError("not a way to fail", where=where, found=repr(expectation.on_failure), expected=ways)
        strange = [column for column in used_columns(expectation) if column not in columns]
        if strange:
            raise ContractError("the table has no such column", where=where, found=", ".join(strange))
        unknown = [name for name in _named_parameters(expectation) if name not in known]
        if unknown:
            raise ContractError("no such parameter", where=where, found=", ".join(unknown), expected=", ".join(known))


def used_columns(expectation: Expectation) -> list[str]:
    """Every column that an expectation looks at."""
    single = [value for key, value in expectation.kwargs.items() if key in ("column", "column_A", "column_B")]
    several = [column for key in ("column_list", "column_set") for column in expectation.kwargs.get(key, [])]
    return [*single, *several]


def _named_parameters(expectation: Expectation) -> list[str]:
    named = [value for value in expectation.kwargs.values() if isinstance(value, dict)]
    return [value["$PARAMETER"] for value in named if "$PARAMETER" in value]
