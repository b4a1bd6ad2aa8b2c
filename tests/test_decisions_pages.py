"""Memos, packs and the CRM file: what each shows, what it keeps from whom, and that nothing in it acts."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import mistune
import polars as pl
import pytest
from decision_cases import MODEL, QUARTER, SHEET, THEMES, accounts, review, run, scores, sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from vocanalytics.decisions import CustomerNames, Decided
from vocanalytics.report.checking import check_page
from vocanalytics.report.decision_pages import file_stems, verdict
from vocanalytics.report.markdown import escaped
from vocanalytics.report.memos import markdown, memos, write_memos
from vocanalytics.report.own_words import own_words
from vocanalytics.report.packs import CRM_COLUMNS, packs, write_packs
from vocanalytics.settings import Session
from vocanalytics.sources.curated_file import read_curated
from vocanalytics.tables import read_table

RUN_ID = "2026Q3-decisions-abcdef012345"
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) *b* | `c` =cmd"


def decided(changes: dict[str, dict[str, str | None] | None] | None = None) -> Decided:
    return review(sheet(changes)).decided()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of a session, with everything in it."""
    folder = tmp_path_factory.mktemp("decided")
    write_memos(decided(), run(), MODEL, folder, RUN_ID)
    write_packs(decided(), run(), MODEL, folder, RUN_ID)
    return folder / "report"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def text(path: Path) -> str:
    """What a reader of a page sees, on one line."""
    body = path.read_text(encoding="utf-8").split("</style>")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_file_is_there_and_the_same_every_time(written: Path, tmp_path: Path) -> None:
    names = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    ids = [theme_id for theme_id, *_ in THEMES[:5]]
    people = ("ines-okafor", "lukasz-zak", "unassigned", next(Path(name).stem for name in names if "packs/csm" in name))
    assert names == {
        "decisions.csv",
        "crm_import.csv",
        "memos/index.html",
        "packs/index.html",
        *(f"memos/{theme_id}.{ending}" for theme_id in ids for ending in ("md", "html")),
        *(f"packs/{person}.{ending}" for person in people for ending in ("csv", "html")),
    }
    write_memos(decided(), run(), MODEL, tmp_path, RUN_ID)
    write_packs(decided(), run(), MODEL, tmp_path, RUN_ID)
    assert all((tmp_path / "report" / name).read_bytes() == (written / name).read_bytes() for name in names)


def test_every_page_stands_alone(written: Path) -> None:
    pages = list(written.rglob("*.html"))
    assert len(pages) == 11
    for path in pages:
        html = path.read_text(encoding="utf-8")
        check_page(html)
        assert "noindex" in html and "Confidential" in html and "default-src 'none'" in unescape(html)
        assert not re.search(r"<script|src=|https?://|url\(", html)
        links = re.findall(r'href="([^"#]+)"', html)
        assert all((path.parent / link).is_file() for link in links), links


def test_a_memo_says_what_why_how_many_and_what_to_say(written: Path) -> None:
    said = text(written / "memos/T-0001.html")
    assert (
        "Offline work orders will be built in Q4 2026, and Petra Lind answers for it. It ranked 1 of 5 with a "
        "composite of 14 of 15. Two accounts with $300K of ARR ask for it; one of them, worth $100K, shows a churn "
        "signal and renews within 180 days or is overdue. Why: Leads on all three dimensions."
    ) in said
    assert SHEET["T-0001"]["csm_words"] in said
    assert "2026Q3-0123456789ab" in said and RUN_ID in said and "Invented data" in said
    for label, value in (("Rank", "1 of 5"), ("Composite", "14 of 15"), ("ARR behind", "$300K"), ("Accounts", "2")):
        assert f"{label} {value}" in said


@pytest.mark.parametrize(
    ("theme_id", "sentence"),
    [
        ("T-0004", "Dark mode is deferred to Q1 2027, without a promise."),
        ("T-0005", "Kiosk mode is declined."),
    ],
)
def test_a_defer_promises_nothing_and_a_decline_says_so(written: Path, theme_id: str, sentence: str) -> None:
    said = (written / f"memos/{theme_id}.md").read_text(encoding="utf-8")
    assert sentence in said
    assert f"> {SHEET[theme_id]['csm_words']}\n" in said
    assert verdict(SHEET[theme_id]["status"], QUARTER).rule in said


def test_a_theme_without_rank_says_where_it_went() -> None:
    words = {"status": "build", "owner": "Leonie", "rationale": "It is a duty", "csm_words": "We build it with a log."}
    unscored = {"status": "defer", "rationale": "Not scored yet", "csm_words": "We look at it again in January."}
    made = memos(decided({"T-0006": words, "P-a1/b2": unscored}), run(), MODEL)
    by_id = {memo.theme_id: memo for memo in made}
    assert "a compliance override took it to the CPO list" in by_id["T-0006"].paragraph
    assert "its alignment was not scored" in by_id["P-a1/b2"].paragraph
    assert by_id["P-a1/b2"].file == "p-a1-b2"
    assert ("Rank", "None") in by_id["T-0006"].facts and ("Composite", "Not scored") in by_id["P-a1/b2"].facts


def test_the_index_holds_every_decision_and_what_was_left_open(written: Path) -> None:
    said = text(written / "memos/index.html")
    assert "Q3 2026: three builds, one defer and one decline" in said
    assert all(name in said for _, name, *_ in THEMES)
    assert "Lone workers (asked for by no account in scope), Erasure on request (goes to the CPO list)" in said
    assert all(cells["csm_words"] in said for cells in SHEET.values())


def test_the_reason_for_the_number_of_builds_is_printed(tmp_path: Path) -> None:
    two = sheet({"T-0003": {"status": "decline"}})
    made = review(two, Session(builds_reason="One team is away")).decided()
    write_memos(made, run(), MODEL, tmp_path, RUN_ID)
    assert "One team is away." in text(tmp_path / "report/memos/index.html")


def test_the_checked_sheet_can_be_checked_again_and_changes_nothing(written: Path) -> None:
    again = read_curated(written, "decisions")
    checked = review(again.rows, unreadable=again.broken)
    assert checked.faults == ()
    assert checked.decided().rows.drop("line").equals(decided().rows.drop("line"))
    kept = read_table(written.parent, "decisions")
    assert kept["decided_in"].unique().to_list() == ["2026Q3"] and kept["theme_id"].to_list() == [
        row["theme_id"] for row in rows(written / "decisions.csv")
    ]


def test_each_csm_gets_their_own_accounts_and_no_other_customer(written: Path) -> None:
    of = {"A-1": "ines-okafor", "A-2": "ines-okafor", "A-3": "lukasz-zak", "A-5": "unassigned"}
    crm = rows(written / "crm_import.csv")
    for path in (written / "packs").glob("*.csv"):
        own = {row["account_id"] for row in rows(path)}
        assert own == {account for account, pack in of.items() if pack == path.stem} or path.stem.startswith("csm-")
        page = path.with_suffix(".html").read_text(encoding="utf-8").split("</style>")[1]
        for account_id, name, *_ in (("A-1", "Norrdal"), ("A-2", "Tessaly"), ("A-3", "Target"), ("A-5", "Fiddler")):
            assert (name in page) is (account_id in own), (path.stem, name)
    assert sorted((row["account_id"], row["theme_id"]) for row in crm) == [
        ("A-1", "T-0001"),
        ("A-1", "T-0004"),
        ("A-2", "T-0001"),
        ("A-3", "T-0005"),
        ("A-5", "T-0001"),
        ("A-6", "T-0005"),
    ]


def test_the_crm_file_has_one_inert_line_per_account_and_theme(written: Path) -> None:
    crm = rows(written / "crm_import.csv")
    assert tuple(crm[0]) == CRM_COLUMNS
    first = next(row for row in crm if row["account_id"] == "A-5")
    assert first["account_name"] == "'=Fiddler's <b>Elbow</b>" and first["csm"] == ""
    assert first["decision"] == "build_next_quarter" and first["decided_in"] == "2026Q3"
    assert first["csm_words"] == SHEET["T-0001"]["csm_words"]
    for path in written.rglob("*.csv"):
        cells = [cell for row in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_the_accounts_own_latest_words_stand_beside_the_answer() -> None:
    said = {
        (row["theme_id"], row["account_id"]): row
        for row in own_words(run(), CustomerNames(accounts())).iter_rows(named=True)
    }
    assert said["T-0001", "A-1"]["said"] == "=Still no signal <script>alert(1)</script>"
    assert said["T-0001", "A-5"]["paraphrase"] is True
    assert said["T-0004", "A-1"]["said"] == "Too bright at Norrdal Wind at night."
    assert said["T-0001", "A-2"]["said"] is None and said["T-0001", "A-2"]["withheld"] is True


@pytest.mark.parametrize(
    ("words", "withheld"),
    [
        ("Tessaly has it already, why not we?", True),
        ("TESSALY has it.", True),
        ("NDW has it.", True),
        ("We hear Norrdal Wind has it.", True),
        ("One target is enough.", False),  # the account's own name
        ("It was in June, and apple pie is good.", False),
        ("Kiosk and tessaly.", False),  # small letters may be an ordinary word
    ],
)
def test_words_that_may_name_another_customer_stay_out_of_a_pack(words: str, withheld: bool) -> None:
    spoken = run()["feedback"].filter(pl.col("feedback_id") == "f-7").with_columns(account_id=pl.lit("A-3"))
    known = accounts([("B", "June", [], "customer", None)])
    tables = {**run().tables, "feedback": spoken.with_columns(verbatim=pl.lit(words)), "accounts": known}
    (row,) = own_words(replace(run(), tables=tables), CustomerNames(known)).rows(named=True)
    assert (row["withheld"], row["said"] is None) == (withheld, withheld)


def test_a_customer_that_the_theme_is_called_after_is_its_subject() -> None:
    spoken = (
        run()["feedback"]
        .filter(pl.col("feedback_id") == "f-7")
        .with_columns(verbatim=pl.lit("Our HubSpot stays empty."))
    )
    named = scores().with_columns(theme_name=pl.col("theme_name").replace({"Kiosk mode": "HubSpot link"}))
    tables = {**run().tables, "feedback": spoken, "theme_scores": named}
    (row,) = own_words(replace(run(), tables=tables), CustomerNames(accounts())).rows(named=True)
    assert row["said"] == "Our HubSpot stays empty."


@pytest.mark.parametrize("csm", ["n/a", "TBD", "-", " "])
def test_an_account_whose_csm_cell_only_holds_the_place_has_no_csm(csm: str) -> None:
    tables = {**run().tables, "accounts": accounts().with_columns(csm=pl.lit(csm))}
    (pack,) = packs(decided(), replace(run(), tables=tables), MODEL)
    assert (pack.csm, pack.file) == ("Accounts without a CSM", "unassigned")


def test_a_very_long_name_of_a_csm_is_cut() -> None:
    tables = {**run().tables, "accounts": accounts().with_columns(csm=pl.lit("Ines " * 400))}
    (pack,) = packs(decided(), replace(run(), tables=tables), MODEL)
    assert len(pack.csm) <= 120


def test_a_theme_reads_as_people_read_it() -> None:
    named = scores().with_columns(theme_name=pl.col("theme_name").replace({"Kiosk mode": "kiosk_mode"}))
    tables = {**run().tables, "theme_scores": named}
    made = memos(review(sheet({"T-0005": {"theme": ""}}), scores=named).decided(), replace(run(), tables=tables), MODEL)
    assert made[-1].decided == "Kiosk mode is declined."


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (["A-1"], "One account with $300K of ARR asks for it; it shows a churn signal and renews within"),
        (["A-1", "A-2"], "Two accounts with $300K of ARR ask for it; both show a churn signal and renew within"),
        (
            ["A-1", "A-2", "A-3"],
            "Three accounts with $300K of ARR ask for it; all show a churn signal and renew within",
        ),
    ],
)
def test_accounts_that_all_show_a_signal_are_not_counted_twice(asking: list[str], said: str) -> None:
    pair = run()["theme_accounts"].head(1)
    pairs = pl.concat([pair.with_columns(account_id=pl.lit(account_id)) for account_id in asking])
    counted = scores().with_columns(accounts=pl.lit(len(asking), dtype=pl.Int64))
    tables = {**run().tables, "theme_accounts": pairs, "theme_scores": counted}
    assert memos(decided(), replace(run(), tables=tables), MODEL)[0].evidence.split(". ")[1].startswith(said)


def test_a_pack_puts_the_earliest_renewal_first_and_marks_it(written: Path) -> None:
    (pack,) = [pack for pack in packs(decided(), run(), MODEL) if pack.file == "ines-okafor"]
    assert [(item.account, item.due) for item in pack.accounts] == [
        ("Tessaly Cold Chain GmbH", "overdue"),
        ("Norrdal Wind", "near renewal"),
    ]
    assert pack.headline == "Ines Okafor: two accounts, three answers"
    assert [figure for _, figure, _ in pack.figures] == ["$300K", "2", "2", "1"]
    said = text(written / "packs/ines-okafor.html")
    assert "Their last words may name another customer and are left out." in said
    assert "renews not recorded" in text(next((written / "packs").glob("csm-*.html")))


def test_a_pack_keeps_the_internal_reasons_to_itself(written: Path) -> None:
    for path in (written / "packs").glob("*"):
        content = path.read_text(encoding="utf-8")
        assert not [cells["rationale"] for cells in SHEET.values() if cells["rationale"] in content]


def test_hostile_names_and_words_are_only_text(tmp_path: Path) -> None:
    named = scores().with_columns(theme_name=pl.when(pl.col("rank") == 1).then(pl.lit(HOSTILE)).otherwise("theme_name"))
    tables = {**run().tables, "theme_scores": named}
    told = {"theme": "", "owner": HOSTILE, "rationale": f"{HOSTILE} inside", "csm_words": f"We build it. {HOSTILE}"}
    made = review(sheet({"T-0001": told}), scores=named).decided()
    hostile = replace(run(), tables=tables)
    write_memos(made, hostile, MODEL, tmp_path, RUN_ID)
    write_packs(made, hostile, MODEL, tmp_path, RUN_ID)
    for path in (tmp_path / "report").rglob("*.html"):
        assert "<script" not in path.read_text(encoding="utf-8")
    html = str(mistune.html((tmp_path / "report/memos/T-0001.md").read_text(encoding="utf-8")))
    assert not re.search(r"<(script|a|em|strong|code|img)\b", html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) *b*" in html


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), max_size=60))
def test_nothing_in_a_text_becomes_markup(said: str) -> None:
    render = mistune.create_markdown(escape=False, plugins=["table", "url", "strikethrough"])
    html = str(render(f"x {escaped(said)}"))
    body = html.removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in body and ">" not in body
    quoted = str(render(f"> {escaped(said) or 'x'}"))
    assert set(re.findall(r"<[^>]+>", quoted)) <= {"<blockquote>", "</blockquote>", "<p>", "</p>"}


@pytest.mark.parametrize(
    "said",
    [
        *("- a", "+ a", "* a", "1. a", "12) a", "# a", "> a", "=====", "---", "```a", "    a"),
        *("_a_", "__a__", "*a*", "`a`", "~~a~~", "[a](b)", "![a](b)", "<b>a</b>", "a &amp; b", "a | b", "a \\* b"),
        *("https://a.example", "www.a.example", "a@b.example", "$a$", "{a}", "a^b^"),
    ],
)
def test_a_text_reads_as_it_was_written(said: str) -> None:
    render = mistune.create_markdown(escape=False, plugins=["table", "url", "strikethrough", "superscript", "math"])
    assert unescape(str(render(f"> {escaped(said)}"))) == f"<blockquote>\n<p>{said.strip()}</p>\n</blockquote>\n"


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=12))
def test_a_file_name_is_safe_and_its_own_whatever_the_key(keys: list[str]) -> None:
    stems = file_stems(keys, "theme")
    assert set(stems) == set(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,69}", stem) for stem in stems.values())
    assert len({stem.casefold() for stem in stems.values()}) == len(stems)


def test_a_key_that_looks_like_the_name_given_to_another_gets_its_own() -> None:
    second = file_stems(["Ab", "ab"], "theme")["ab"]
    stems = file_stems(["Ab", f"A{second[1:]}", "ab"], "theme")
    assert len({stem.casefold() for stem in stems.values()}) == 3


@pytest.mark.parametrize(
    ("keys", "stems"),
    [
        (["T-0001", "P-4c0aff"], ["T-0001", "P-4c0aff"]),
        (["phone|broken_screen"], ["phone-broken-screen"]),
        (["../../etc/passwd"], ["etc-passwd"]),
        (["Zoë Müller"], ["zoe-muller"]),
    ],
)
def test_a_file_name_reads_like_its_key(keys: list[str], stems: list[str]) -> None:
    assert list(file_stems(keys, "csm").values()) == stems


def test_names_that_no_system_takes_or_that_differ_in_case_only_get_a_number() -> None:
    stems = file_stems(["con", "index", "a", "A", "田中"], "csm")
    assert all(re.fullmatch(r"(con|index|A|csm)-[0-9a-f]{8}", stems[key]) for key in ("con", "index", "A", "田中"))
    assert stems["a"] == "a"


def test_a_memo_as_text_reads_well() -> None:
    from vocanalytics.report.decision_pages import letterhead

    memo = memos(decided(), run(), MODEL)[3]
    said = markdown(memo, letterhead(run(), MODEL, RUN_ID))
    assert said.startswith("# Dark mode: defer to Q1 2027\n\nDecision memo of Q3 2026, Torvane.")
    assert "| ARR behind | \\$300K |" in said
