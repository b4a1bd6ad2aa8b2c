"""The suites as they are kept: plain JSON in which every expectation says what happens when it fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract_rows import AS_OF, MODEL, QUARTER

from vocanalytics.contracts.suites import parameters, read_suite, used_columns
from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import INCOMING

KNOWN = parameters(QUARTER, AS_OF, MODEL)
TABLES = tuple(INCOMING)


def spoilt(root: Path, folder: Path, change: Callable[[dict[str, Any]], object], table: str = "accounts") -> Path:
    """The suites, one of them changed."""
    shutil.copytree(root / "expectations", folder)
    path = folder / f"{table}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_there_is_a_suite_for_every_table_and_no_other(root: Path) -> None:
    assert {path.stem for path in (root / "expectations").iterdir()} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_expectation_says_what_happens_why_and_what_to_do(root: Path, table: str) -> None:
    suite = read_suite(root / "expectations", table, KNOWN)
    assert suite.expectations
    for expectation in suite.expectations:
        assert expectation.reason, expectation
        assert "{" not in expectation.reason + expectation.advice
        assert not expectation.reason.endswith(".")
        assert not expectation.advice.endswith(".")
        assert expectation.advice


@pytest.mark.parametrize("table", TABLES)
def test_every_required_column_and_every_list_of_words_is_checked(root: Path, table: str) -> None:
    suite = read_suite(root / "expectations", table, KNOWN)
    checked = {(item.kind, column) for item in suite.expectations for column in used_columns(item)}
    for column in INCOMING[table]:
        if column.required and column.name != "verbatim":
            assert ("expect_column_values_to_not_be_null", column.name) in checked
        if column.choices:
            assert ("expect_column_values_to_be_in_set", column.name) in checked


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda suite: suite.pop("meta"), "lacks a part: 'meta'"),
        (lambda suite: suite.pop("expectations"), "lacks a part: 'expectations'"),
        (lambda suite: suite["meta"].pop("on_failure"), "lacks a part: 'on_failure'"),
        (lambda suite: suite["expectations"][0]["meta"].pop("reason"), "lacks a part: 'reason'"),
        (lambda suite: suite["expectations"][0]["meta"].update(reason="{weather}"), "lacks a part: 'weather'"),
        (lambda suite: suite["expectations"][0]["meta"].update(on_failure="ignore"), r"not a way to fail .*'ignore'"),
        (lambda suite: suite["expectations"][0]["kwargs"].update(column="logo"), "no such column .*logo"),
        (
            lambda suite: suite["expectations"][5]["kwargs"].update(value_set={"$PARAMETER": "moods"}),
            r"expectation 6 \(.*in_set\): no such parameter .*moods",
        ),
    ],
)
def test_a_suite_that_is_wrong_is_named(
    root: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = spoilt(root, tmp_path / "expectations", change)
    with pytest.raises(ContractError, match=f"accounts.json.*{said}"):
        read_suite(folder, "accounts", KNOWN)


def test_a_suite_that_is_absent_or_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"feedback\.json: no such suite"):
        read_suite(tmp_path, "feedback", KNOWN)
    (tmp_path / "feedback.json").write_text("{", encoding="utf-8")
    with pytest.raises(ContractError, match=r"feedback\.json: the suite cannot be read"):
        read_suite(tmp_path, "feedback", KNOWN)
