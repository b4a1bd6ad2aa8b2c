"""The outcome of a deal as exports carry it: three words, however they are cased, and nothing else."""

from __future__ import annotations

import pytest
from contract_rows import AS_OF, MODEL, QUARTER, ROOT, run, said, text_tables

from vocanalytics.contracts import validate
from vocanalytics.vocabulary import DealOutcome


@pytest.mark.parametrize(
    ("written", "read"),
    [("won", "won"), (" Lost ", "lost"), ("OPEN", "open"), ("", None), ("  ", None), (None, None)],
)
def test_an_outcome_of_a_deal_is_read_as_people_write_it(written: str | None, read: str | None) -> None:
    validated = run(feedback=[said("f:1", deal_outcome=written)])
    assert validated.accepted["feedback"]["deal_outcome"].to_list() == [read]
    assert validated.quarantine.is_empty()


@pytest.mark.parametrize("written", ["wonn", "closed-won", "pending", "1"])
def test_an_unknown_outcome_goes_to_quarantine_with_what_to_do(written: str) -> None:
    validated = run(feedback=[said("f:1", deal_outcome=written), said("f:2", deal_outcome="lost")])
    assert validated.accepted["feedback"]["feedback_id"].to_list() == ["f:2"]
    row = validated.quarantine.row(0, named=True)
    assert (row["column"], row["value"]) == ("deal_outcome", written)
    assert row["reason"] == "deal_outcome is not a known value"
    assert row["advice"].endswith(f"Use one of {', '.join(DealOutcome)}")


def test_an_export_without_the_column_states_no_outcome() -> None:
    tables = text_tables(feedback=[said("f:1")])
    tables["feedback"] = tables["feedback"].drop("deal_outcome")
    accepted = validate(tables, ROOT / "expectations", QUARTER, AS_OF, MODEL).accepted
    assert accepted["feedback"]["deal_outcome"].to_list() == [None]
