"""Whose a row of feedback is, where every row went, and what is kept of it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from contract_rows import Pulled, Row, account, run, said, text_tables
from test_contracts_money import meanings

from vocanalytics.contracts import Validated, account_for_rows, match_accounts, match_counts, write_validated
from vocanalytics.contracts.repeats import DUPLICATES
from vocanalytics.errors import ContractError
from vocanalytics.tables import conform, empty, read_table
from vocanalytics.verbatims import fold_duplicates
from vocanalytics.vocabulary import ACCOUNTS, FEEDBACK, INCOMING, QUARANTINE

KNOWN = {
    "A1": ("Acme Corp", ["acme.example", "www.acme.test"], ["ACME Holding", "Wiley"]),
    "A2": ("Bolt  GmbH", ["bolt.example"], ["Wiley", "acme corp"]),
    "A3": ("Twin", ["shared.example"], None),
    "A4": ("Twin", ["SHARED.example"], None),
    "A5": ("bolt.example", None, ["Once"]),
    "a6": ("Case", None, None),
    "A6": ("Other case", None, None),
}
UNKNOWN = {"Q1": ("Quiet Ltd", ["quiet.example"], ["Silence"]), "Q2": ("Loud Ltd", ["shared.example"], None)}

MATCHES: dict[str, tuple[str | None, str | None, str, str | None]] = {
    "by id": ("A1", None, "id", "A1"),
    "by id, whatever the hint says": ("A1", "bolt.example", "id", "A1"),
    "ids differ by case": ("a6", None, "id", "a6"),
    "an id with what cannot be seen": ("A1\u200b", None, "id", "A1"),
    "an unknown id is not overruled by a hint": ("A9", "acme.example", "unknown", "A9"),
    "by domain": (None, "acme.example", "domain", "A1"),
    "by domain in capitals": (None, "ACME.Example.", "domain", "A1"),
    "by domain with www": (None, "www.acme.example", "domain", "A1"),
    "by domain given with www": (None, "acme.test", "domain", "A1"),
    "by e-mail address": (None, "Jo <jo@acme.example>", "domain", "A1"),
    "by link": (None, "https://www.acme.example/x?y", "domain", "A1"),
    "by domain before name": (None, "bolt.example", "domain", "A2"),
    "another domain": (None, "notacme.example", "unknown", None),
    "by name": (None, " acme   CORP ", "name", "A1"),
    "by name before alias": (None, "Acme Corp", "name", "A1"),
    "by name with odd spaces": (None, "Bolt\u00a0GmbH", "name", "A2"),
    "by alias": (None, "acme holding", "alias", "A1"),
    "an alias of two": (None, "Wiley", "ambiguous", None),
    "a name of two": (None, "Twin", "ambiguous", None),
    "a domain of two, and of one kept out": (None, "shared.example", "ambiguous", None),
    "nobody": (None, "Nobody Inc", "unknown", None),
    "nothing": (None, None, "none", None),
    "kept out, by id": ("Q1", None, "arr_unknown", "Q1"),
    "kept out, by domain": (None, "quiet.example", "arr_unknown", "Q1"),
    "kept out, by alias": (None, "silence", "arr_unknown", "Q1"),
}


def accounts(known: dict[str, tuple[str, list[str] | None, list[str] | None]]) -> pl.DataFrame:
    """Accounts with only what matching looks at."""
    rows = [(number, *said_of_it) for number, said_of_it in known.items()]
    names = ["account_id", "account_name", "domains", "aliases"]
    types = [pl.String, pl.String, pl.List(pl.String), pl.List(pl.String)]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


def validated(feedback: pl.DataFrame, known: pl.DataFrame, unknown: pl.DataFrame) -> Validated:
    """What validation hands to matching."""
    whole = pl.concat([empty(FEEDBACK), feedback], how="diagonal")
    return Validated(
        accepted={"feedback": whole, "accounts": pl.concat([empty(ACCOUNTS), known], how="diagonal")},
        quarantine=empty(QUARANTINE),
        duplicates=pl.DataFrame(schema=DUPLICATES),
        checks=pl.DataFrame(),
        notes=(),
        arr_unknown=unknown,
        suites={},
    )


def match(rows: list[tuple[str | None, str | None]]) -> pl.DataFrame:
    """Matches of ids and hints."""
    text = {"account_id": pl.String, "account_hint": pl.String}
    feedback = pl.DataFrame(rows, schema=text, orient="row")
    return match_accounts(validated(feedback, accounts(KNOWN), accounts(UNKNOWN)))


@pytest.mark.parametrize("name", MATCHES)
def test_a_row_belongs_to_the_one_account_that_fits(name: str) -> None:
    account_id, hint, how, found = MATCHES[name]
    assert match([(account_id, hint)]).select("account_match", "account_id").row(0) == (how, found)


def test_matching_keeps_every_row_in_its_place_and_counts_the_ways() -> None:
    matched = match([(account_id, hint) for account_id, hint, _, _ in MATCHES.values()] * 3)
    assert matched["account_match"].to_list() == [how for _, _, how, _ in MATCHES.values()] * 3
    assert matched.columns == [column.name for column in FEEDBACK] + ["account_match"]
    counts = match_counts(matched)
    assert counts["rows"].sum() == len(matched)
    assert counts.row(by_predicate=pl.col("account_match") == "ambiguous", named=True)["rows"] == 9


def test_accounts_without_any_name_or_domain_match_by_id_only() -> None:
    bare = accounts({"A1": ("", None, None)})
    feedback = pl.DataFrame({"account_id": ["A1", None], "account_hint": [None, ""]})
    matched = match_accounts(validated(feedback, bare, bare.clear()))
    assert matched["account_match"].to_list() == ["id", "unknown"]


CELLS = {
    "feedback_id": ("desk:1", "desk:2", "desk:3", "desk:4", None, "x"),
    "source": ("desk", "desk", "", None),
    "channel": ("call", "Call", "survey", "fax", ""),
    "account_id": ("A1", "A2", "A9", None),
    "created_at": ("2026-08-01", "2026-08-01T10:00:00Z", "2025-01-01", "2027-01-01", "soon", None),
    "verbatim": ("It is slow", "it is SLOW", "", None, "#REF!"),
    "nps": ("1", "11", "x", None),
    "export": ("feedback_1.csv", "feedback_2.csv"),
}


def jumbled(seed: int, rows: int) -> list[Row]:
    """Rows of feedback with good and bad cells mixed."""
    rng = random.Random(seed)
    return [
        said(f"desk:{place + 100}", export_row=str(place + 2))
        | {column: rng.choice(cells) for column, cells in CELLS.items() if rng.random() < 0.3 or column == "export"}
        for place in range(rows)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_is_accepted_or_quarantined_or_a_duplicate(tmp_path: Path, seed: int) -> None:
    rows = {
        "feedback": jumbled(seed, 600),
        "accounts": [account("A1"), account("A1"), account("A2", arr="1,200"), account("A2", arr="(1)")],
    }
    result = run(**rows)
    early = {
        "table": "feedback",
        "export": "feedback_1.csv",
        "export_row": 900,
        "reason": "ragged",
        "advice": "mend it",
    }
    pulled = Pulled(text_tables(**rows), conform(pl.DataFrame([early]), QUARANTINE, name="quarantine"), ("a note",))
    folded = fold_duplicates(match_accounts(result))
    lines = account_for_rows(pulled, result, folded)
    assert lines["rows_in"].sum() == 600 + 4 + 1
    assert lines.select(pl.all_horizontal(pl.col("accepted", "quarantined", "duplicates") > 0)).to_series()[0]
    assert lines.filter(pl.col("table") == "accounts").row(0) == ("accounts", "accounts.csv", 4, 1, 2, 1)
    assert result.arr_unknown_ids == ("A2",)
    assert "arr_unknown" in set(folded.feedback["account_match"])

    write_validated(result, folded, lines, pulled, tmp_path)
    assert read_table(tmp_path, "accepted_feedback").equals(
        folded.feedback.select(read_table(tmp_path, "accepted_feedback").columns)
    )
    assert len(read_table(tmp_path, "quarantine")) == lines["quarantined"].sum()
    assert len(pl.read_parquet(tmp_path / "duplicates.parquet")) == lines["duplicates"].sum()
    assert all((tmp_path / f"{table}.parquet").is_file() for table in INCOMING if table != "feedback")
    record = json.loads((tmp_path / "validation.json").read_text(encoding="utf-8"))
    assert record["rows"] == lines.to_dicts()
    assert len(record["checks"]) == len(result.checks)
    assert record["notes"][0] == "a note"
    assert set(record["suites"]) == set(INCOMING)


@dataclass(frozen=True)
class Folded:
    """Feedback after folding."""

    feedback: pl.DataFrame
    duplicates: pl.DataFrame


def test_a_row_that_is_lost_stops_the_run() -> None:
    feedback = pl.DataFrame({"feedback_id": ["a:1"], "export": ["feedback.csv"], "export_row": [2]})
    none = pl.DataFrame(
        schema={"feedback_id": pl.String, "duplicate_of": pl.String, "export": pl.String, "export_row": pl.Int64}
    )
    result = validated(feedback, accounts({}), accounts({}))
    pulled = Pulled({"feedback": pl.concat([feedback, feedback])})
    message = r"feedback, feedback\.csv: rows do not add up \(found 1 accepted \+ 0 quarantined \+ 0 .*expected 2 rows"
    with pytest.raises(ContractError, match=message):
        account_for_rows(pulled, result, Folded(feedback, none))


def test_hostile_strings_are_kept_out_or_kept_as_they_are(shared: Path) -> None:
    strings = [text for text in json.loads((shared / "cases/blns/blns.json").read_text(encoding="utf-8")) if text]
    feedback = [said(f"v:{number}", verbatim=text, subject=text) for number, text in enumerate(strings)]
    feedback += [said(f"h:{number}", account_id=None, account_hint=text) for number, text in enumerate(strings)]
    feedback += [said(f"c:{number}", created_at=text) for number, text in enumerate(strings)]
    rows = {
        "feedback": [row | {"export": str(row["feedback_id"])[0]} for row in feedback],
        "accounts": [account("A1"), *(account(f"X{number}", arr=text) for number, text in enumerate(strings))],
    }
    rows["feedback"] = [row for row in rows["feedback"] if row["created_at"] not in ("1/1/1", "00-01-01")]
    result = run(**rows)
    verbatims = result.accepted["feedback"].filter(pl.col("feedback_id").str.starts_with("v:"))
    assert verbatims["verbatim"].to_list() == strings
    amounts = result.accepted["accounts"].filter(pl.col("account_id") != "A1")
    as_text = {f"X{number}": text for number, text in enumerate(strings)}
    for account_id, arr in amounts.select("account_id", "arr").iter_rows():
        assert meanings(as_text[account_id].strip("$ -")) == {arr}
    assert match_accounts(result).filter(pl.col("feedback_id").str.starts_with("h:"))["account_id"].null_count() > 400
