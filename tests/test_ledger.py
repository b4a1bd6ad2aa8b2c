"""The ledger's chain, publishing, and what a crash or a tamperer leaves."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vocanalytics.errors import LedgerError, LockHeldError
from vocanalytics.ledger import (
    CodeState,
    Fingerprint,
    Manifest,
    Places,
    RunId,
    append,
    build_manifest,
    code_state,
    entries,
    hash_inputs,
    head,
    last_published,
    project_lock,
    publish,
    reconcile,
    standing,
    verify,
)

DIGEST = "a" * 64


def _fingerprint(**changes: object) -> Fingerprint:
    code = CodeState(version="1", package_sha256="p", notebooks={}, suites={}, revision="r", changed=False)
    facts: dict[str, object] = {
        "quarter": "2026Q3", "as_of": "2026-09-30", "inputs": (), "config_sha256": "c",
        "code": code,
    }  # fmt: skip
    return Fingerprint(**{**facts, **changes})  # type: ignore[arg-type]


def _staged(root: Path, content: str = "scores", **changes: object) -> tuple[Places, Manifest]:
    places, fingerprint = Places(root), _fingerprint(**changes)
    tables, report = places.staged_tables(fingerprint.run_id), places.staged_report(fingerprint.run_id)
    for folder, name in ((tables, "theme_scores.parquet"), (report, "preread.html"), (report / "notebooks", "1.ipynb")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    record = {"run_id": fingerprint.run_id, "notebooks": {"1": hashlib.sha256(content.encode()).hexdigest()}}
    (report / "run.json").write_text(json.dumps(record))
    manifest = build_manifest(
        root,
        fingerprint,
        configuration={},
        seed=7,
        records={"exports": [], "validation": {}, "row_accounting": [], "themes": {}},
        ledger_head=head(places.ledger),
        folders={
            f"data/processed/{fingerprint.run_id}": tables,
            f"reports/2026Q3/{fingerprint.run_id}": report,
        },
    )
    return places, manifest


def test_a_published_run_is_in_the_ledger_and_verifies(tmp_path: Path) -> None:
    places, manifest = _staged(tmp_path)
    folder = publish(places, manifest)
    assert (folder / "preread.html").read_text() == "scores"
    assert [entry.event for entry in entries(places.ledger)] == ["intent", "published"]
    assert last_published(places.ledger, "2026Q3") == manifest.run_id
    assert last_published(places.ledger, "2026Q2") is None
    assert verify(places, manifest.run_id) == []
    assert not places.staged_tables(manifest.run_id).exists()


def test_a_second_run_of_the_quarter_supersedes_the_first(tmp_path: Path) -> None:
    places, first = _staged(tmp_path)
    publish(places, first)
    _, second = _staged(tmp_path, config_sha256="other")
    publish(places, second)
    assert [(entry.run_id, entry.event) for entry in entries(places.ledger)][2:] == [
        (second.run_id, "intent"),
        (second.run_id, "published"),
        (first.run_id, "superseded"),
    ]
    assert verify(places, first.run_id) == verify(places, second.run_id) == []


def test_the_run_id_follows_from_inputs_configuration_and_code_only() -> None:
    run_id = _fingerprint().run_id
    code = _fingerprint().code
    assert _fingerprint(code=code.model_copy(update={"revision": None, "changed": True})).run_id == run_id
    changed = [
        _fingerprint(as_of="2026-09-29"),
        _fingerprint(config_sha256="d"),
        _fingerprint(runs=("2026Q2-000000000000",)),
        _fingerprint(code=code.model_copy(update={"package_sha256": "q"})),
    ]
    assert len({run_id, *(fingerprint.run_id for fingerprint in changed)}) == 5


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("data/processed/{run}/theme_scores.parquet", "changed since it was published"),
        ("reports/2026Q3/{run}/preread.html", "changed since it was published"),
        ("reports/2026Q3/{run}/manifest.json", "manifest"),
    ],
)
def test_verify_finds_a_changed_file(tmp_path: Path, path: str, said: str) -> None:
    places, manifest = _staged(tmp_path)
    publish(places, manifest)
    file = tmp_path / path.format(run=manifest.run_id)
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)
    try:
        faults = " ".join(verify(places, manifest.run_id))
    except LedgerError as error:
        faults = str(error)
    assert said in faults


def test_verify_finds_a_missing_and_an_added_file(tmp_path: Path) -> None:
    places, manifest = _staged(tmp_path)
    publish(places, manifest)
    (places.report(manifest.run_id) / "preread.html").unlink()
    (places.tables(manifest.run_id) / "extra.parquet").write_text("x")
    faults = verify(places, manifest.run_id)
    assert any(fault.endswith("preread.html: gone") for fault in faults)
    assert any("extra.parquet: not part of the run" in fault for fault in faults)


def _forge_notebook(report: Path) -> None:
    (report / "notebooks/1.ipynb").write_text("forged")


def _add_beside_notebooks(report: Path) -> None:
    (report / "notebooks-evil.html").write_text("x")


def _add_to_notebooks(report: Path) -> None:
    (report / "notebooks/2.ipynb").write_text("x")


def _link_nowhere(report: Path) -> None:
    (report / "appendix.html").symlink_to("nowhere")


def _replace_record(report: Path) -> None:
    (report / "run.json").write_text('{"run_id": "2026Q3-000000000000", "notebooks": {}}')


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_forge_notebook, "notebooks/1.ipynb: changed since it was published"),
        (_add_beside_notebooks, "notebooks-evil.html: not part of the run"),
        (_add_to_notebooks, "notebooks/2.ipynb: not part of the run"),
        (_link_nowhere, "appendix.html: not part of the run"),
        (_replace_record, "run.json: not the record of 2026Q3-"),
        (lambda report: (report / "run.json").write_text("{}"), "run.json: not the record of a run"),
        (lambda report: (report / "run.json").unlink(), "run.json: gone"),
        (lambda report: (report / "notebooks/1.ipynb").unlink(), "notebooks/1.ipynb: gone"),
    ],
)
def test_verify_finds_what_is_not_in_the_manifest(tmp_path: Path, tamper: Callable[[Path], object], said: str) -> None:
    places, manifest = _staged(tmp_path)
    tamper(publish(places, manifest))
    assert said in " ".join(verify(places, manifest.run_id))


def test_a_changed_or_removed_ledger_line_breaks_the_chain(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    for number in range(4):
        append(ledger, f"2026Q3-{number:012x}", "published", DIGEST)
    lines = ledger.read_text().splitlines(keepends=True)
    for broken in ([lines[0].replace(DIGEST, "b" * 64), *lines[1:]], [*lines[:1], *lines[2:]], [lines[1], lines[0]]):
        ledger.write_text("".join(broken))
        with pytest.raises(LedgerError, match="the chain is broken"):
            entries(ledger)
    ledger.write_text("not json\n")
    with pytest.raises(LedgerError, match="not a ledger entry"):
        entries(ledger)


def test_a_head_that_a_report_prints_shows_that_the_ledger_was_made_again(tmp_path: Path) -> None:
    for settings in ("c", "hidden", "last"):
        places, manifest = _staged(tmp_path, config_sha256=settings)
        publish(places, manifest)
    assert verify(places, manifest.run_id) == []
    chain = entries(places.ledger)
    places.ledger.unlink()
    for entry in chain:
        if entry.run_id != _fingerprint(config_sha256="hidden").run_id:
            append(places.ledger, entry.run_id, entry.event, entry.manifest_sha256)
    assert verify(places, manifest.run_id) == ["the ledger's head that the report prints is not in the chain"]


def test_a_cut_tail_takes_the_run_out_of_the_ledger(tmp_path: Path) -> None:
    places, manifest = _staged(tmp_path)
    publish(places, manifest)
    places.ledger.write_text(places.ledger.read_text().splitlines(keepends=True)[0])
    with pytest.raises(LedgerError, match="no such run"):
        verify(places, manifest.run_id)


def test_a_torn_last_line_is_no_entry_and_is_cut_at_the_next_append(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    append(ledger, "2026Q3-000000000001", "intent", DIGEST)
    with ledger.open("a") as stream:
        stream.write('{"seq": 2, "run')
    assert len(entries(ledger)) == 1
    append(ledger, "2026Q3-000000000001", "published", DIGEST)
    assert [entry.seq for entry in entries(ledger)] == [1, 2]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_crash_after_intent_is_finished_at_the_next_start(tmp_path: Path, moved: int) -> None:
    places, manifest = _staged(tmp_path)
    run_id = manifest.run_id
    publish(places, manifest)
    lines = places.ledger.read_text().splitlines(keepends=True)
    places.ledger.write_text(lines[0])
    for final, staged in (
        (places.report(run_id), places.staged_report(run_id)),
        (places.tables(run_id), places.staged_tables(run_id)),
    )[: 2 - moved]:
        staged.parent.mkdir(parents=True, exist_ok=True)
        final.rename(staged)
    assert "published now" in reconcile(places)[0]
    assert verify(places, run_id) == []


def test_a_crash_that_lost_a_file_leaves_nothing(tmp_path: Path) -> None:
    places, manifest = _staged(tmp_path)
    publish(places, manifest)
    places.ledger.write_text(places.ledger.read_text().splitlines(keepends=True)[0])
    (places.tables(manifest.run_id) / "theme_scores.parquet").unlink()
    assert "removed" in reconcile(places)[0]
    assert not places.report(manifest.run_id).exists()
    assert reconcile(places) == []


def _events(places: Places) -> list[tuple[str, str]]:
    return [(entry.run_id, entry.event) for entry in entries(places.ledger)]


def _published_again(root: Path) -> tuple[Places, Manifest, Manifest]:
    """Runs A and B are published; A is staged again, as after the exports of A were restored."""
    places, first = _staged(root)
    publish(places, first)
    _, second = _staged(root, config_sha256="other")
    publish(places, second)
    return places, _staged(root)[1], second


def test_an_intent_that_came_to_nothing_leaves_the_earlier_publication_alone(tmp_path: Path) -> None:
    places, again, second = _published_again(tmp_path)
    append(places.ledger, again.run_id, "intent", hashlib.sha256(again.text().encode()).hexdigest())
    shutil.rmtree(places.staged_tables(again.run_id))
    shutil.rmtree(places.staged_report(again.run_id))
    before = _events(places)
    assert reconcile(places) == reconcile(places) == []
    assert _events(places) == before
    assert verify(places, again.run_id) == verify(places, second.run_id) == []


def test_damaged_staging_does_not_replace_a_published_run(tmp_path: Path) -> None:
    places, again, _ = _published_again(tmp_path)
    append(places.ledger, again.run_id, "intent", hashlib.sha256(again.text().encode()).hexdigest())
    (places.staged_tables(again.run_id) / "theme_scores.parquet").write_text("torn")
    assert reconcile(places) == []
    assert verify(places, again.run_id) == []


def test_a_missing_line_of_supersession_is_added_at_the_next_start(tmp_path: Path) -> None:
    places, again, second = _published_again(tmp_path)
    publish(places, again)
    whole = _events(places)
    assert whole[-2:] == [(again.run_id, "published"), (second.run_id, "superseded")]
    places.ledger.write_text("".join(places.ledger.read_text().splitlines(keepends=True)[:-1]))
    assert reconcile(places) == [f"Run {second.run_id} is marked as superseded now."]
    assert _events(places) == whole
    assert reconcile(places) == []


def test_a_run_replaces_one_whose_report_was_cleared_away(tmp_path: Path) -> None:
    places, first = _staged(tmp_path)
    shutil.rmtree(publish(places, first))
    _, second = _staged(tmp_path, config_sha256="other")
    publish(places, second)
    assert _events(places)[-1] == (first.run_id, "superseded")


def test_how_far_a_run_got(tmp_path: Path) -> None:
    places, again, _ = _published_again(tmp_path)
    before = head(places.ledger)
    assert standing(places, again.run_id, before) == "nothing"
    append(places.ledger, again.run_id, "intent", DIGEST)
    assert standing(places, again.run_id, before) == "complete"
    append(places.ledger, again.run_id, "published", DIGEST)
    assert standing(places, again.run_id, before) == "published"


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from vocanalytics.ledger import Places, publish, read_manifest

def kill_before(call, owner, name):
    real = getattr(owner, name)
    def counted(*words, **named):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*words, **named)
    setattr(owner, name, counted)

for call, root in enumerate(sys.argv[1:], start=1):
    child = os.fork()
    if child == 0:
        left = [call]
        for owner, name in ((os, "fsync"), (os, "open"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree")):
            kill_before(call, owner, name)
        publish(Places(Path(root)), read_manifest(Path(root) / "to_publish.json"))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.parametrize("again", [False, True])
def test_a_run_killed_anywhere_is_published_or_gone(tmp_path: Path, again: bool) -> None:
    roots = [tmp_path / f"{number:02d}" for number in range(1, 61)]
    for root in roots:
        manifest = _published_again(root)[1] if again else _staged(root)[1]
        (root / "to_publish.json").write_text(manifest.text())
    done = subprocess.run([sys.executable, "-c", KILLED, *roots], capture_output=True, text=True, check=True)
    codes = [int(line) for line in done.stdout.split()]
    assert set(codes) == {-9, 0}, done.stderr
    assert codes.count(-9) > 20
    fates = {_fate(Places(root), manifest.run_id) for root in roots}
    assert fates == ({"published"} if again else {"published", "gone"})


def _fate(places: Places, run_id: str) -> str:
    """What became of a killed run after the next start; whatever the ledger calls published must verify."""
    reconcile(places)
    assert reconcile(places) == []
    published = {name for name, event in _events(places) if event == "published"}
    last = {name: event for name, event in _events(places) if event in ("published", "superseded")}
    assert all(verify(places, name) == [] for name in published)
    assert [*last.values()].count("published") == bool(published)
    assert not (places.reports / ".staging").exists()
    if run_id in published:
        return "published"
    assert not places.report(run_id).exists()
    assert not places.tables(run_id).exists()
    return "gone"


def test_staging_without_intent_is_cleared(tmp_path: Path) -> None:
    places, manifest = _staged(tmp_path)
    assert reconcile(places) == []
    assert not places.staged_tables(manifest.run_id).exists()


def test_the_lock_names_its_holder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom vocanalytics.ledger import project_lock\n"
        "with project_lock(pathlib.Path(sys.argv[1]), 'run 2026Q3-0'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout and other.stdin
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LockHeldError, match=f"process {other.pid} on .*, run 2026Q3-0"), project_lock(tmp_path, "me"):
        pass
    other.kill()
    other.wait()
    with project_lock(tmp_path, "me"):
        assert json.loads((tmp_path / ".lock.holder").read_text())["doing"] == "me"
    other.stdout.close()
    other.stdin.close()


def test_inputs_outside_the_project_are_refused(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside.csv"
    project.mkdir()
    outside.write_text("secret")
    (project / "feedback.csv").symlink_to(outside)
    with pytest.raises(LedgerError, match="lies outside the project"):
        hash_inputs(project, [project / "feedback.csv"])


def test_run_ids_become_paths_only_when_they_are_run_ids(tmp_path: Path) -> None:
    period = ("2026-13-triage-0123456789ab", "2026Q5-", "2026Q3-quarterly-0123456789ab")
    for name in ("../../etc", "2026Q3-xyz", "2026Q3-0123456789ab/..", "", *period):
        with pytest.raises(LedgerError, match="not a run id"):
            Places(tmp_path).tables(name)


def test_code_state_names_notebooks_and_revision(root: Path, tmp_path: Path) -> None:
    state = code_state(root, ["10_pull"])
    assert set(state.notebooks) == {"10_pull"}
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/10_pull.ipynb").write_text("{}")
    elsewhere = code_state(tmp_path, ["10_pull"])
    assert elsewhere.notebooks != state.notebooks
    assert (elsewhere.package_sha256, elsewhere.revision) == (state.package_sha256, state.revision)


def test_the_revision_is_that_of_the_running_package(root: Path) -> None:
    found = subprocess.run(["git", "-C", root / "src", "rev-parse", "HEAD"], capture_output=True, text=True)
    assert code_state(root, []).revision == (found.stdout.strip() if found.returncode == 0 else None)


@pytest.mark.parametrize(
    ("text", "period", "pipeline", "series"),
    [
        ("2026Q3-0123456789ab", "2026Q3", "quarterly", "2026Q3"),
        ("2026-09-triage-0123456789ab", "2026-09", "triage", "2026-09-triage"),
        ("2026Q3-decisions-0123456789ab", "2026Q3", "decisions", "2026Q3-decisions"),
    ],
)
def test_a_run_id_says_period_and_pipeline(tmp_path: Path, text: str, period: str, pipeline: str, series: str) -> None:
    named = RunId.parse(text)
    assert (named.period, named.pipeline, named.series, str(named)) == (period, pipeline, series, text)
    assert Places(tmp_path).report(text) == tmp_path / "reports" / period / text


def test_decisions_and_triages_do_not_stand_for_their_quarter(tmp_path: Path) -> None:
    ids = []
    for changes in ({}, {"pipeline": "decisions"}, {"pipeline": "triage", "month": "2026-09"}):
        places, manifest = _staged(tmp_path, **changes)
        publish(places, manifest)
        ids.append(manifest.run_id)
    ledger = places.ledger
    assert [last_published(ledger, name) for name in ("2026Q3", "2026Q3-decisions", "2026-09-triage")] == ids
    assert "superseded" not in {entry.event for entry in entries(ledger)}
