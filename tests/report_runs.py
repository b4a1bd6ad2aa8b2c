"""Run folders to report on: an invented company, 60 accounts, 12 themes, scored by the real step, written as a run."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import polars as pl

from vocanalytics import beside, scoring
from vocanalytics.report import Pages, PreRead, RunTables, build_view, load_run, render_notebook
from vocanalytics.report.pages import PARTS
from vocanalytics.scoring.history import PastQuarter
from vocanalytics.settings import Model, Quarter, read_model
from vocanalytics.tables import conform, empty, write_frame, write_table
from vocanalytics.vocabulary import TABLES

QUARTER = Quarter.parse("2026Q3")
AS_OF = dt.date(2026, 9, 30)
MODEL = read_model(Path(__file__).resolve().parent.parent / "pipelines" / "model.yml")
RUN_ID = "2026Q3-0123456789ab"
HEAD = hashlib.sha256(b"head").hexdigest()

#: Name, how many accounts ask, CS score, Product score (None: not given), and what customers say.
THEMES: tuple[tuple[str, int, int | None, int | None, str], ...] = (
    (
        "Offline mode for inspectors",
        13,
        5,
        5,
        "Half of our plant has no signal. My inspectors write on paper and type it in at night.",
    ),
    (
        "Two-way calendar sync",
        12,
        3,
        5,
        "I move a visit in one calendar and the other one still sends people to the old slot.",
    ),
    (
        "Roles and permissions",
        6,
        4,
        4,
        "Every technician can delete a site. Our auditor stopped writing when she saw that.",
    ),
    (
        "Scheduled PDF reports",
        8,
        3,
        3,
        "The board reads paper. I print the same five pages on the first Monday of every month.",
    ),
    ("Higher API limits", 5, 4, None, "Our nightly sync stops at two in the morning because we ask too often."),
    ("Bulk editing of assets", 7, 4, 2, "I renamed four hundred pumps by hand. Two days. Please never again."),
    (
        "Tamper-proof audit trail",
        2,
        4,
        4,
        "The regulator wants to see who changed what, and when, and that nobody could undo it.",
    ),
    (
        "Custom fields in checklists",
        3,
        3,
        3,
        "Each of our clients wants one more box on the form, and each wants another one.",
    ),
    (
        "Installation on our own servers",
        4,
        3,
        1,
        "Our data may not leave the building. If that stays impossible we have to look elsewhere.",
    ),
    ("Approvals on the phone", 2, 3, 3, "I approve orders on the train, and the button is not there."),
    ("Dark mode", 4, None, 1, "The night shift sits in front of a white wall of light."),
    ("Chat notifications", 1, None, None, "Nobody reads the e-mails; everybody reads the chat."),
)
_FIRST = (
    "Alder",
    "Birch",
    "Cedar",
    "Dune",
    "Elm",
    "Fjord",
    "Glen",
    "Heath",
    "Isle",
    "Juniper",
    "Kestrel",
    "Lark",
    "Moor",
    "Nettle",
    "Osprey",
    "Pine",
    "Quarry",
    "Reed",
    "Sable",
    "Thorn",
)
_SECOND = ("Waterworks", "Logistics", "Clinics")
_TIERS = ("enterprise", "mid_market", "smb")


@dataclass(frozen=True)
class Spec:
    """What the run should look like; every test changes the one thing it looks at."""

    themes: Sequence[tuple[str, int, int | None, int | None, str]] = THEMES
    accounts: int = 60
    quarter: Quarter = QUARTER
    as_of: dt.date = AS_OF
    seed: int = 7
    signals: bool = True
    alignment: bool = True
    overrides: bool = True
    previous: pl.DataFrame | None = None
    past: tuple[PastQuarter, ...] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    delivery: Sequence[Mapping[str, Any]] = ()
    suggestions: bool = False
    feedback_changes: Mapping[str, Any] = field(default_factory=dict)
    account_changes: Mapping[str, Any] = field(default_factory=dict)


def accounts(spec: Spec) -> pl.DataFrame:
    """Sixty customers in three tiers, two prospects, one outside the profile, one churned."""
    draw = random.Random(spec.seed)
    rows = []
    for number in range(spec.accounts):
        tier = _TIERS[number % 3]
        arr = {"enterprise": 150, "mid_market": 55, "smb": 14}[tier] * 1000 + draw.randrange(90) * 1000
        days = draw.randrange(20, 500)
        rows.append(_account(number, tier, Decimal(arr), spec.as_of + dt.timedelta(days=days), draw))
    rows[3 % spec.accounts]["renewal_date"] = spec.as_of - dt.timedelta(days=12)
    rows[7 % spec.accounts]["renewal_date"] = None
    outside = [("prospect", True), ("prospect", True), ("customer", False), ("churned", True)]
    for number, (lifecycle, is_icp) in enumerate(outside, start=spec.accounts):
        row = _account(number, "mid_market", Decimal(0 if lifecycle == "prospect" else 40000), None, draw)
        rows.append(row | {"lifecycle": lifecycle, "is_icp": is_icp})
    return conform(pl.DataFrame(rows, infer_schema_length=None), TABLES["accounts"], name="accounts")


def _account(number: int, tier: str, arr: Decimal, renewal: dt.date | None, draw: random.Random) -> dict[str, Any]:
    name = f"{_FIRST[number % 20]} {_SECOND[number // 20 % 3]}" + (f" {number // 60 + 1}" if number >= 60 else "")
    return {
        "account_id": f"A-{number:04d}",
        "account_name": name,
        "lifecycle": "customer",
        "tier": tier,
        "is_icp": True,
        "arr": arr,
        "currency": "USD",
        "renewal_date": renewal,
        "health": draw.choice(["healthy", "healthy", "at_risk"]),
        "csm": draw.choice(["M. Ruiz", "T. Okoro", "L. Brandt", "J. Sato"]),
        "headroom_arr": Decimal(draw.randrange(8) * 10000),
        "export": "accounts.csv",
        "export_row": number + 2,
    }


def tables(spec: Spec) -> dict[str, pl.DataFrame]:
    """The tables that steps 10 to 30 leave, before scoring."""
    draw = random.Random(spec.seed + 1)
    known = accounts(spec)
    feedback, mentions = [], []
    for place, (_, asking, _, _, said) in enumerate(spec.themes):
        for account in draw.sample(range(spec.accounts), min(asking, spec.accounts)):
            for repeat in range(draw.randrange(1, 4)):
                mentions.append((f"f-{len(feedback):05d}", place))
                feedback.append(_row(len(feedback), account, said, repeat, spec, draw))
    for number, account in enumerate((*range(spec.accounts, spec.accounts + 4), None, None)):
        mentions.append((f"f-{len(feedback):05d}", number % len(spec.themes) if spec.themes else 0))
        feedback.append(_row(len(feedback), account, "We would buy it with this.", 0, spec, draw))
    if not spec.themes:
        mentions = []
    scoped = pl.DataFrame(feedback, infer_schema_length=None).with_columns(
        account_match=pl.when(pl.col("account_id").is_null()).then(pl.lit("none")).otherwise(pl.lit("id")),
        links=pl.lit(None, dtype=pl.List(pl.String)),
    )
    found = pl.DataFrame(
        {
            "feedback_id": [row for row, _ in mentions],
            "theme_id": [theme_id(place) for _, place in mentions],
            "similarity": [0.9 - 0.001 * number for number in range(len(mentions))],
            "assigned_by": ["machine"] * len(mentions),
        },
        schema_overrides={
            "feedback_id": pl.String,
            "theme_id": pl.String,
            "similarity": pl.Float64,
            "assigned_by": pl.String,
        },
    )
    return {
        "accounts": known.with_columns(**spec.account_changes),
        "feedback": conform(
            scoped.with_columns(**spec.feedback_changes), TABLES["accepted_feedback"], name="accepted_feedback"
        ),
        "mentions": conform(found, TABLES["mentions"], name="mentions"),
        "themes": _themes(spec, found),
        "roadmap": _roadmap(),
        "alignment": _alignment(spec) if spec.alignment else empty(TABLES["alignment"]),
        "overrides": _overrides(spec) if spec.overrides else empty(TABLES["overrides"]),
        "decisions": _curated(spec.decisions, "decisions"),
        "delivery": _curated(spec.delivery, "delivery"),
    }


def theme_id(place: int) -> str:
    """The permanent id of the theme at a place of the list."""
    return f"T-{place + 1:04d}"


def _row(number: int, account: int | None, said: str, repeat: int, spec: Spec, draw: random.Random) -> dict[str, Any]:
    signal = draw.choice(["explicit", "inferred", "none", "none", None]) if spec.signals else "none"
    moment = dt.datetime.combine(spec.quarter.first_day, dt.time(9), dt.UTC) + dt.timedelta(days=draw.randrange(90))
    return {
        "feedback_id": f"f-{number:05d}",
        "source": draw.choice(["zendesk", "gong", "gainsight"]),
        "channel": draw.choice(["support_ticket", "call", "qbr", "survey"]),
        **draw.choice(
            [{"voice": "customer", "author_role": "customer"}, {"voice": "paraphrase", "author_role": "csm"}]
        ),
        "account_id": None if account is None else f"A-{account:04d}",
        "account_hint": "unknown.example" if account is None else None,
        "created_at": moment,
        "verbatim": f"{said} ({number})" if repeat else said,
        "churn_signal": signal,
        "dependency": draw.choice([Decimal("0"), Decimal("0.5"), Decimal("1"), None]),
        "url": f"https://desk.example/tickets/{number}" if number % 2 else None,
        "export": "feedback.csv",
        "export_row": number + 2,
    }


def _themes(spec: Spec, mentions: pl.DataFrame) -> pl.DataFrame:
    counts = dict(mentions.group_by("theme_id").len().iter_rows())
    rows = [
        {
            "theme_id": theme_id(place),
            "theme_name": name,
            "description": None,
            "status": "active",
            "phrases": name.lower().split()[:3],
            "quotes": mentions.filter(theme_id=theme_id(place))["feedback_id"].head(2).to_list(),
            "mentions": counts.get(theme_id(place), 0),
        }
        for place, (name, *_) in enumerate(spec.themes)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else empty(TABLES["themes"])
    return conform(frame, TABLES["themes"], name="themes")


def _roadmap() -> pl.DataFrame:
    rows = [
        ("R-1", "Field work without a network"),
        ("R-2", "Fit for regulated industries"),
        ("R-3", "Fewer clicks a day"),
    ]
    frame = pl.DataFrame(
        {"roadmap_id": [r for r, _ in rows], "name": [n for _, n in rows], "published_on": [dt.date(2026, 6, 1)] * 3}
    )
    return conform(frame, TABLES["roadmap"], name="roadmap")


def _alignment(spec: Spec) -> pl.DataFrame:
    relation = {5: "direct", 4: "direct", 3: "adjacent", 2: "adjacent", 1: "none"}
    rows = [
        {
            "theme": theme_id(place) if place % 2 else name,
            "roadmap_id": f"R-{place % 3 + 1}",
            "relation": relation[product or cs or 1],
            "score_cs": cs,
            "rationale_cs": "Three renewals hang on it, and the workaround costs a day a week." if cs else None,
            "score_product": product,
            "rationale_product": "It is part of the bet that we published in June." if product else None,
            "export": "alignment.csv",
            "export_row": place + 2,
        }
        for place, (name, _, cs, product, _) in enumerate(spec.themes)
        if cs or product
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else empty(TABLES["alignment"])
    return conform(frame, TABLES["alignment"], name="alignment")


def _overrides(spec: Spec) -> pl.DataFrame:
    wanted = [(4, "competitive_emergency", "V. Stone"), (6, "compliance", "V. Stone"), (9, "referenceable_logo", None)]
    rows = [
        {
            "theme": theme_id(place),
            "kind": kind,
            "reason": "A rival runs a paid pilot at two of our largest accounts.",
            "requested_by": "M. Ruiz",
            "approved_by": approved,
            "expires_on": dt.date(2026, 12, 31),
            "export": "overrides.csv",
            "export_row": 2,
        }
        for place, kind, approved in wanted
        if place < len(spec.themes)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else empty(TABLES["overrides"])
    return conform(frame, TABLES["overrides"], name="overrides")


def _curated(rows: Sequence[Mapping[str, Any]], name: str) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), infer_schema_length=None) if rows else empty(TABLES[name])
    return conform(frame, TABLES[name], name=name)


def write_run(spec: Spec, run_dir: Path) -> Path:
    """Score the tables of a spec and write the folder as steps 10 to 40 leave it."""
    made = tables(spec)
    given = ("feedback", "accounts", "mentions", "themes", "roadmap", "alignment", "overrides", "decisions", "delivery")
    past = spec.past or _past(spec)
    inputs = scoring.Inputs(
        **{name: made[name] for name in given}, previous=spec.previous, history=past, quarter=spec.quarter
    )
    scored = scoring.score(inputs, spec.as_of, MODEL)
    for name, frame in {**made, "quarantine": _quarantine(), "unclustered": empty(TABLES["unclustered"])}.items():
        if name != "feedback":
            write_table(run_dir, name, frame)
    scoring.write_firmness(scoring.firmness(inputs, scored, MODEL), run_dir)
    heard = beside.by_theme(beside.read_marks(scored.feedback), scored.feedback, inputs.mentions)
    beside.write_beside(heard, run_dir)
    scoring.write_scored(scored, run_dir)
    if spec.suggestions:
        _write_suggestions(inputs, run_dir)
    _records(made, run_dir)
    return run_dir


def _past(spec: Spec) -> tuple[PastQuarter, ...]:
    """The quarter before, where the spec says how its themes were scored."""
    if spec.previous is None:
        return ()
    return (PastQuarter(quarter=spec.quarter.previous, theme_scores=spec.previous),)


def _write_suggestions(inputs: scoring.Inputs, run_dir: Path) -> None:
    from vocanalytics import themes

    found = themes.suggest_roadmap(inputs.themes, inputs.feedback, inputs.roadmap, None)
    write_frame(run_dir / "reading" / "roadmap_suggestions.parquet", found)


def _quarantine() -> pl.DataFrame:
    row = {
        "table": "feedback",
        "export": "feedback.csv",
        "export_row": 17,
        "column": "created_at",
        "value": "soon",
        "reason": "not a date",
        "advice": "Write the date as 2026-09-30",
    }
    return conform(pl.DataFrame([row]), TABLES["quarantine"], name="quarantine")


def _records(made: Mapping[str, pl.DataFrame], run_dir: Path) -> None:
    counts = {name: made[name].height for name in ("feedback", "accounts")}
    receipts = [
        {
            "path": f"data/raw/2026Q3/{name}.csv",
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
            "bytes": 1000,
            "rows": rows,
            "format": "csv",
            "encoding": "utf-8",
            "delimiter": ",",
            "table": name,
        }
        for name, rows in counts.items()
    ]
    rows = [
        {
            "table": "feedback",
            "export": "feedback.csv",
            "rows_in": counts["feedback"] + 4,
            "accepted": counts["feedback"],
            "quarantined": 1,
            "duplicates": 3,
        },
        {
            "table": "accounts",
            "export": "accounts.csv",
            "rows_in": counts["accounts"],
            "accepted": counts["accounts"],
            "quarantined": 0,
            "duplicates": 0,
        },
    ]
    check = {
        "table": "feedback",
        "suite": "feedback",
        "column": "created_at",
        "on_failure": "quarantine",
        "rows": counts["feedback"] + 4,
    }
    checks = [
        check
        | {
            "expectation": "expect_column_values_to_not_be_null",
            "failed": 0,
            "success": True,
            "message": "created_at is given",
        },
        check | {"expectation": "dates_are_dates", "failed": 1, "success": False, "message": "created_at is a date"},
    ]
    contents = {
        "receipts": receipts,
        "validation": {"checks": checks, "rows": rows, "notes": []},
        "themes": {"encoder": "lexical", "themes": made["themes"].height},
    }
    for name, content in contents.items():
        (run_dir / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def loaded(spec: Spec, run_dir: Path, **given: Any) -> RunTables:
    """The run of a spec as the report reads it."""
    write_run(spec, run_dir)
    run = load_run(
        run_dir, quarter=spec.quarter, as_of=spec.as_of, curated_dir=run_dir, run_id=RUN_ID, ledger_head=HEAD, **given
    )
    return replace(run, previous=spec.previous) if spec.previous is not None else run


def viewed(spec: Spec, run_dir: Path, model: Model = MODEL, **given: Any) -> PreRead:
    """The view of a spec."""
    return build_view(loaded(spec, run_dir, **given), model)


def previous_scores(spec: Spec, run_dir: Path) -> pl.DataFrame:
    """Theme scores of the quarter before: other accounts asked, and the last theme was not heard."""
    before = replace(spec, seed=spec.seed + 100, quarter=spec.quarter.previous, as_of=spec.quarter.previous.last_day)
    return loaded(before, run_dir)["theme_scores"].head(max(len(spec.themes) - 1, 1))


def notebook_of(view: PreRead) -> Any:
    """The notebook as it is after running: one output for each part, with a stray print that must not be shown."""
    cells = [
        nbformat.v4.new_code_cell("print()", outputs=[nbformat.v4.new_output("stream", text="stray <b>print</b>")])
    ]
    for name in ("style", *PARTS):
        data, about = getattr(Pages(view), name)._repr_mimebundle_()
        shown = nbformat.v4.new_output("execute_result", data=data, metadata=about, execution_count=1)
        cells.append(nbformat.v4.new_code_cell(f"pages.{name}", outputs=[shown]))
    return nbformat.v4.new_notebook(cells=cells)


def page(view: PreRead, folder: Path) -> Path:
    """The page of a view, through the notebook and nbconvert as in a real run."""
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook_of(view), folder / "50_preread.ipynb")
    return render_notebook(folder / "50_preread.ipynb", folder / "preread.html")
