"""The ledger's chain, publishing, and what a crash or a tamperer leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vocanalytics.errors import LedgerError, LockHeldError
from vocanalytics.ledger import (
    CodeState,
    Fingerprint,
    Manifest,
    Places,
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
    verify,
)

DIGEST = "a" * 64


def _fingerprint(**changes: object) -> Fingerprint:
    code = CodeState(version="1", package_sha256="p", notebooks={}, suites={}, revision="r", changed=False)
    facts: dict[str, object] = {
        "quarter": "2026Q3", "as_of": "2026-09-30", "inputs": (), "previous_run": None, "config_sha256": "c",
        "code": code,
    }  # fmt: skip
    return Fingerprint(**{**facts, **changes})  # type: ignore[arg-type]


def _staged(root: Path, content: str = "scores", **changes: object) -> tuple[Places, Manifest]:
    places, fingerprint = Places(root), _fingerprint(**changes)
    tables, report = places.staged_tables(fingerprint.run_id), places.staged_report(fingerprint.run_id)
    for folder, name in ((tables, "theme_scores.parquet"), (report, "preread.html"), (report / "notebooks", "1.ipynb")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
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
        _fingerprint(previous_run="2026Q2-000000000000"),
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


def test_a_cut_tail_shows_in_the_head(tmp_path: Path) -> None:
    places, first = _staged(tmp_path)
    publish(places, first)
    _, second = _staged(tmp_path, config_sha256="other")
    publish(places, second)
    lines = places.ledger.read_text().splitlines(keepends=True)
    places.ledger.write_text(lines[0])
    with pytest.raises(LedgerError, match="no such run"):
        verify(places, second.run_id)


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
    for name in ("../../etc", "2026Q3-xyz", "2026Q3-0123456789ab/..", ""):
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
