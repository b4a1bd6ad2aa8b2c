"""What the triage says and the files it leaves."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from quarters import account, in_days, said
from test_triage import SIGNAL, heard
from triage_pages import ATTACK, month_of, triage_page, viewed

from vocanalytics.report import write_triage


@pytest.mark.parametrize(
    ("days", "headline"),
    [
        ([], "September 2026: no account with a churn signal is overdue or renews within 90 days"),
        ([5], "September 2026: one account worth $100K shows a churn signal and renews within 90 days"),
        ([5, 90], "September 2026: two accounts worth $200K show churn signals and renew within 90 days"),
        ([-5], "September 2026: one account worth $100K shows a churn signal and is overdue"),
        ([-5, -6], "September 2026: two accounts worth $200K show churn signals and are overdue"),
        ([-5, 6, 7], "September 2026: three accounts worth $300K show churn signals; one is overdue"),
    ],
)
def test_the_headline_is_the_answer(days: list[int], headline: str) -> None:
    accounts = [account(f"a{n}", renewal_date=in_days(day)) for n, day in enumerate(days)]
    found = heard(accounts, [said(f"f:{n}", f"a{n}", **SIGNAL) for n in range(len(days))])
    assert viewed(found).headline == headline


def test_what_to_do_first() -> None:
    assert viewed(heard([], [])).standfirst == "Nothing is on the fast track; no meeting is needed."
    undated = heard([account("a", renewal_date="")], [said("f:1", "a", **SIGNAL)])
    assert viewed(undated).standfirst == "Nothing is on the fast track; find the renewal date of one account."
    assert viewed(month_of(4)).standfirst == (
        "The other two renew within 90 days. "
        "First the fast track (one competitive emergency and one logo at risk), then the four rows by renewal."
    )


def test_the_fast_track_says_who_why_to_whom_and_by_when() -> None:
    emergency, logo = viewed(month_of(4)).fast
    assert emergency.who == "Kuvero"
    assert emergency.why == (
        "Brackwater Utilities 0, Brackwater Utilities 1 and Brackwater Utilities 2 ($900K), 10 Sep: Regional filtering."
    )
    assert (emergency.path, emergency.channel, emergency.due) == (
        "PM lead", "#competitive-emergency", "11 Sep, 09:00 UTC",
    )  # fmt: skip
    assert emergency.is_past
    assert (logo.who, logo.why) == ("Brackwater Utilities 2", "$300K renews in 6 days: Regional filtering.")


def test_fast_track_cases_that_do_not_fit_are_in_the_file_that_holds_them(tmp_path: Path) -> None:
    many = [account(f"a{n}", arr="300000.00") for n in range(30)]
    found = heard(
        many, [said(f"f:{n}", f"a{n}", created_at="2026-09-10T09:00:00Z", competitor=f"K{n // 3}") for n in range(30)]
    )
    assert viewed(found).fast_left_out == "Two more fast-track cases are in triage.json."
    triage_page(found, tmp_path)
    assert len(json.loads((tmp_path / "report" / "triage.json").read_text(encoding="utf-8"))["emergencies"]) == 10


def test_a_logo_without_a_renewal_date_says_so() -> None:
    view = viewed(heard([account("a", renewal_date="", is_referenceable="true")], [said("f:1", "a", **SIGNAL)]))
    assert [case.why for case in view.fast] == ["$100K, renewal date not recorded: Offline."]
    assert view.standfirst == "To do: the fast track (one logo at risk); then find the renewal date of one account."


def test_a_reader_with_a_keyboard_can_skip_to_the_list(tmp_path: Path) -> None:
    html = triage_page(month_of(1), tmp_path).read_text(encoding="utf-8")
    assert '<a class="skip" href="#content">' in html and '<main id="content">' in html


def test_an_answer_that_is_still_due_is_not_past() -> None:
    logo = account("a", renewal_date=in_days(5), is_referenceable="true")
    (case,) = viewed(heard([logo], [said("f:1", "a", created_at="2026-09-30T10:00:00Z", **SIGNAL)])).fast
    assert (case.due, case.is_past) == ("1 Oct, 10:00 UTC", False)


def test_what_belongs_to_the_account_is_shown_once() -> None:
    rows = viewed(month_of(3)).rows
    assert [row.is_first for row in rows] == [True, True, True]
    assert [row.renews for row in rows] == ["8 days overdue", "1 day overdue", "in 6 days"]


def test_a_logo_is_marked_beside_its_tier() -> None:
    assert [row.account_note.endswith(", logo") for row in viewed(month_of(4)).rows] == [False, False, True, False]


@pytest.mark.parametrize(("length", "shown"), [(140, "w" * 140), (141, "w" * 139 + "…")])
def test_a_long_quote_is_cut_on_the_page_and_whole_in_the_list(length: int, shown: str, tmp_path: Path) -> None:
    near = [account("a", renewal_date=in_days(5))]
    found = heard(near, [said("f:1", "a", **SIGNAL, verbatim="w" * length, voice="customer")])
    assert [row.words for row in viewed(found).rows] == [shown]
    triage_page(found, tmp_path)
    assert "w" * length in (tmp_path / "report" / "triage.csv").read_text(encoding="utf-8-sig")


def test_the_files_hold_every_row_and_are_the_same_every_time(tmp_path: Path) -> None:
    found = month_of(230)
    contents = []
    for name in ("first", "second"):
        written = write_triage(viewed(found), found, tmp_path / name)
        assert [path.name for path in written] == ["triage.html", "triage.csv", "triage.json"]
        contents.append([path.read_bytes() for path in written])
    assert contents[0] == contents[1]
    listed = list(csv.DictReader(io.StringIO(contents[0][1].decode("utf-8-sig"))))
    held = json.loads(contents[0][2])
    assert len(listed) == len(held["urgent"]) == found.urgent.height
    assert sum(Decimal(row["arr"]) for row in listed) == Decimal(held["arr"])
    assert held["emergencies"][0]["due_at"] == "2026-09-11T09:00:00Z"
    assert listed[0]["is_overdue"] == "true" and listed[0]["days_to_renewal"] == "-8"


def test_a_long_list_is_cut_and_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vocanalytics.report.triage_page.MOST_ROWS", 3)
    assert viewed(month_of(5)).rows_left_out == "Two more rows are in triage.csv."


def test_accounts_without_a_renewal_date_stand_apart(tmp_path: Path) -> None:
    found = heard([account("a", renewal_date="")], [said("f:1", "a", **SIGNAL)])
    html = triage_page(found, tmp_path).read_text(encoding="utf-8")
    assert "A churn signal, and no renewal date on record" in html
    assert "not recorded" in html
    assert (
        (tmp_path / "report" / "triage.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()[1]
        .startswith("renewal_unknown,T,")
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_no_cell_of_the_list_is_a_formula(start: str, tmp_path: Path) -> None:
    name = f"{start}HYPERLINK(1)"
    triage_page(month_of(2, account_name=name), tmp_path)
    text = (tmp_path / "report" / "triage.csv").read_text(encoding="utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell.startswith(start) and not cell.lstrip("-").isdigit()]


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    html = triage_page(month_of(3, account_name=ATTACK, competitor=ATTACK), tmp_path).read_text(encoding="utf-8")
    assert "<script" not in html and "<img" not in html
    assert "&lt;script&gt;" in html
    assert "://" not in html
    assert '<meta name="robots" content="noindex">' in html
    assert "default-src 'none'" in html.replace("&#39;", "'")
