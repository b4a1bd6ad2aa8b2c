"""Curation among others and through crashes: conflicts, edits by hand, and a kill at every point of a write."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from codebook_files import NASTY, PLAIN, curate, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vocanalytics.errors import ThemeError
from vocanalytics.themes import Codebook, CodebookTheme, read_codebook, replay
from vocanalytics.themes.codebook.log import log_path, read_log
from vocanalytics.themes.codebook.replaying import content_sha256, differences, edited

CHANGED = r"codebook\.yml was changed by someone else since you opened it\. Nothing was written; reload it"


def test_an_editor_that_saved_meanwhile_stops_the_panel(tmp_path: Path) -> None:
    path = write(tmp_path)
    panel = curate(path)
    path.write_text(PLAIN + "# a comment is a change, too\n", encoding="utf-8")
    log = log_path(path).read_bytes()
    with pytest.raises(ThemeError, match=CHANGED) as caught:
        panel.merge("T-0001", "T-0002")
    assert "\n" not in str(caught.value)
    assert (path.read_text(encoding="utf-8"), log_path(path).read_bytes()) == (
        PLAIN + "# a comment is a change, too\n",
        log,
    )
    assert panel.codebook == read_codebook(path)
    panel.reload()
    panel.merge("T-0001", "T-0002")
    assert read_codebook(path).root("T-0001") == panel.codebook.theme("T-0002")


def test_of_two_panels_the_second_has_to_look_again(tmp_path: Path) -> None:
    path = write(tmp_path)
    one, two = curate(path, "Maria"), curate(path, "Ola")
    one.rename("T-0001", "Mass export")
    with pytest.raises(ThemeError, match=CHANGED):
        two.rename("T-0001", "All of it")
    one.undo()  # the file is as it was, but two of the log's lines are not in what the other has seen
    assert path.read_text(encoding="utf-8") == PLAIN
    with pytest.raises(ThemeError, match=CHANGED):
        two.rename("T-0001", "All of it")
    two.reload()
    two.rename("T-0001", "All of it")
    assert [(line.by, line.operation) for line in two.log] == [
        ("Maria", "start"),
        ("Maria", "rename"),
        ("Maria", "undo"),
        ("Ola", "rename"),
    ]


def test_a_codebook_that_somebody_holds_is_said_and_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vocanalytics.themes.codebook import file as codebook_file

    monkeypatch.setattr(codebook_file, "_SECONDS", 0.05)
    path = write(tmp_path)
    panel = curate(path)
    with codebook_file.lock(path), pytest.raises(ThemeError, match="somebody else is writing the codebook"):
        panel.rename("T-0001", "x")
    panel.rename("T-0001", "x")


def test_an_edit_by_hand_is_in_the_log_at_the_next_opening(tmp_path: Path) -> None:
    path = write(tmp_path)
    curate(path)
    text = PLAIN.replace("Dark mode", "Night").replace("  - text: Exportar todo\n", "")
    path.write_text(text + "  status: retired\n- theme_id: T-0003\n  name: Latency\n", encoding="utf-8")
    curation = curate(path, by="Ola")
    line = curation.log[-1]
    assert (line.operation, line.by) == ("edit", "an editor")
    assert line.arguments["changes"] == [
        {"theme_id": "T-0001", "key": "exemplars", "value": [{"text": "Download all invoices"}]},
        {"theme_id": "T-0002", "key": "name", "value": "Night"},
        {"theme_id": "T-0002", "key": "status", "value": "retired"},
        {"theme_id": "T-0003", "added": {"theme_id": "T-0003", "name": "Latency"}},
    ]
    assert replay(Codebook(), curation.log) == read_codebook(path)
    with pytest.raises(ThemeError, match=r"the last change was made by hand\. Change it back in the editor"):
        curation.undo()
    assert len(curate(path).log) == len(curation.log)


def test_a_comment_by_hand_is_no_operation(tmp_path: Path) -> None:
    path = write(tmp_path)
    curate(path)
    path.write_text("# new\n" + PLAIN, encoding="utf-8")
    assert [line.operation for line in curate(path).log] == ["start"]


_THEMES = st.lists(
    st.builds(
        CodebookTheme,
        theme_id=st.integers(1, 6).map("T-{:04d}".format),
        name=st.text("ab ", min_size=1).filter(str.strip),
        description=st.none() | st.text("xy"),
        status=st.sampled_from(["active", "proposed", "retired"]),
        also_named=st.lists(st.sampled_from(["u", "v"]), max_size=2).map(tuple),
        split_from=st.lists(st.sampled_from(["T-0001"]), max_size=1).map(tuple),
        exemplars=st.lists(st.sampled_from([{"text": "a"}, {"text": "b", "inside": True}]), max_size=3),
    ),
    unique_by=lambda theme: theme.theme_id,
    max_size=5,
)
_PINS = st.lists(
    st.fixed_dictionaries(
        {"sha256": st.sampled_from(["a" * 64, "b" * 64]), "theme_id": st.sampled_from([None, "T-0001"])}
    ),
    max_size=2,
)
_CODEBOOKS = st.builds(lambda themes, pins: Codebook.model_validate({"themes": themes, "pins": pins}), _THEMES, _PINS)


@given(before=_CODEBOOKS, after=_CODEBOOKS)
def test_what_a_hand_changed_leads_from_one_codebook_to_the_other(before: Codebook, after: Codebook) -> None:
    changes = json.loads(json.dumps(differences(before, after)))
    assert edited(before, changes) == after
    assert bool(changes) == (before != after)
    assert (content_sha256(before) == content_sha256(after)) == (before == after)


def test_a_log_that_somebody_altered_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path)
    curation = curate(path)
    curation.rename("T-0001", "Mass export")
    curation.describe("T-0001", "x")
    log = log_path(path)
    whole = log.read_text(encoding="utf-8")
    for altered, said in (
        (whole.replace('"name": "Mass export"', '"name": "Other"'), "number 2: the operation does not lead"),
        (whole.replace('"rename"', '"renaming"'), "number 2: not an operation"),
        (whole.replace('"number": 2', '"number": 3'), "line 2: the numbers of the log do not count up"),
        (whole.replace('{"number": 3', "{number: 3"), "line 3: not an operation"),
        (
            whole.replace('"theme_id": "T-0001", "name"', '"theme": "T-0001", "name"'),
            "an operation cannot be done again",
        ),
    ):
        assert altered != whole
        log.write_text(altered, encoding="utf-8")
        with pytest.raises(ThemeError, match=said) as caught:
            curate(path)
        assert "\n" not in str(caught.value)
        assert "codebook.log.jsonl" in str(caught.value)


def test_an_old_log_is_only_ever_added_to(tmp_path: Path) -> None:
    path = write(tmp_path)
    curation = curate(path)
    held = log_path(path).read_bytes()
    for operate in (lambda: curation.rename("T-0001", "x"), curation.undo, lambda: curation.retire("T-0002")):
        operate()
        now = log_path(path).read_bytes()
        assert now.startswith(held)
        assert now.count(b"\n") == held.count(b"\n") + 1
        held = now


_KILLED = """
import os, signal, sys
from pathlib import Path
from codebook_files import curate
path, stop = Path(sys.argv[1]), int(sys.argv[2])
curation = curate(path)
seen = []
def watch(event, args):
    mine = args and str(path.parent) in str(args[0]) and not str(args[0]).endswith(".lock")
    writes = event in ("os.rename", "os.chmod") or (event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR))
    if mine and (writes or event == "open" and Path(args[0]).is_dir()):
        if len(seen) == stop:
            os.kill(os.getpid(), signal.SIGKILL)
        seen.append(f"{event} {Path(args[0]).name}")
sys.addaudithook(watch)
curation.merge("T-0001", "T-0002", why="the same")
print("|".join(seen))
"""


def _run(path: Path, stop: int) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _KILLED, str(path), str(stop)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


def test_a_kill_at_any_point_leaves_an_operation_done_or_not_done(tmp_path: Path) -> None:
    done = _run(write(tmp_path, NASTY), 99)
    points = done.stdout.strip().split("|")
    assert [point.split()[1] for point in points] == [
        ".codebook.yml.partial",
        ".codebook.yml.partial",
        "codebook.log.jsonl",
        ".codebook.yml.partial",
        tmp_path.name,
    ], done.stderr
    outcomes = []
    for stop, point in enumerate(points):
        folder = tmp_path / str(stop)
        folder.mkdir()
        path = write(folder, NASTY)
        killed = _run(path, stop)
        assert killed.returncode == -9, (point, killed.stderr)
        assert read_codebook(path) is not None  # a run may start before anybody opens the codebook again
        curation = curate(path)
        assert replay(Codebook(), read_log(log_path(path))) == read_codebook(path) == curation.codebook
        assert not list(folder.glob("*.partial"))
        merged = curation.codebook.theme("T-0001").merged_into  # type: ignore[union-attr]
        outcomes.append((merged, [note.partition(" (")[0] for note in curation.notes]))
        curation.rename("T-0002", "Still works")
    stopped = "A change of codebook.yml that was stopped before it was logged did not happen."
    assert outcomes == [
        (None, []),
        (None, [stopped]),
        (None, [stopped]),
        ("T-0002", ["The last change"]),
        ("T-0002", []),
    ]


@pytest.mark.parametrize("cut", [1, 40, -2])
def test_a_line_that_a_crash_cut_short_does_not_count(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path)
    curation = curate(path)
    before = log_path(path).read_bytes()
    curation.rename("T-0001", "Mass export")
    line = log_path(path).read_bytes()[len(before) :]
    path.with_name(".codebook.yml.partial").write_bytes(path.read_bytes())
    path.write_text(PLAIN, encoding="utf-8")
    log_path(path).write_bytes(before + line[:cut])
    again = curate(path)
    assert again.notes == ["A change of codebook.yml that was stopped before it was logged did not happen."]
    assert (again.codebook.themes[0].name, len(again.log)) == ("Bulk export", 1)
    again.rename("T-0001", "Once more")
    assert [json.loads(held)["number"] for held in log_path(path).read_bytes().splitlines()] == [1, 2]


def test_a_file_put_back_by_hand_stays_put_back(tmp_path: Path) -> None:
    path = write(tmp_path)
    curation = curate(path)
    curation.rename("T-0001", "Mass export")
    path.write_text(PLAIN, encoding="utf-8")  # for instance from version control
    again = curate(path)
    assert again.codebook.themes[0].name == "Bulk export"
    assert [line.operation for line in again.log] == ["start", "rename", "edit"]
    assert replay(Codebook(), again.log) == read_codebook(path)


@pytest.mark.parametrize("room", [10, "log"])
def test_a_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path, room: int | str) -> None:
    path = write(tmp_path)
    curation = curate(path)
    log = log_path(path).read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room if isinstance(room, int) else len(log) + 20, before[0][1]))
    try:
        with pytest.raises(
            ThemeError, match=r"codebook\.yml: the codebook cannot be written: File too large"
        ) as caught:
            curation.rename("T-0001", "x")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before[0])
        signal.signal(signal.SIGXFSZ, before[1])
    assert "\n" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == PLAIN
    assert log_path(path).read_bytes().startswith(log)
    curation.reload()
    curation.rename("T-0001", "y")
    assert read_codebook(path).themes[0].name == "y"
    assert len(read_log(log_path(path))) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20).filter(str.strip))
def test_any_name_comes_back_from_the_file_as_it_was_given(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = write(tmp_path_factory.mktemp("any"))
    curation = curate(path)
    curation.rename("T-0002", name)
    held = curation.codebook.themes[1].name
    assert read_codebook(path).themes[1].name == held
    assert held.strip() == name.strip()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("themes:\n- theme_id: T-0001\n  name: A\nthemes:\n- theme_id: T-0002\n  name: B\n", "key themes stands twice"),
        ("themes:\n- theme_id: T-0001\n  name: A\n  name: B\n", "key name stands twice"),
        ("themes:\n- theme_id: T-0001\n  name: A\n  description: 2026-02-31\n", "day is out of range"),
        ("themes: " + "[" * 3000 + "]" * 3000, "recursion"),
        ("themes:\n- theme_id: T-٠٠٠٧\n  name: A\n", "theme_id"),
    ],
)
def test_what_a_reader_would_lose_or_choke_on_is_one_line(tmp_path: Path, content: str, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ThemeError, match=said) as caught:
        curate(path)
    assert "\n" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == content
    assert not log_path(path).exists()


def test_a_link_to_a_shared_codebook_goes_on_being_one(tmp_path: Path) -> None:
    shared = write(tmp_path)
    (tmp_path / "here").mkdir()
    link = tmp_path / "here" / "codebook.yml"
    link.symlink_to(shared)
    panel = curate(link)
    panel.rename("T-0001", "Mass export")
    assert link.is_symlink()
    assert read_codebook(shared) == panel.codebook
    assert [line.operation for line in curate(shared).log] == ["start", "rename"]  # one log, by whichever way


def test_a_folder_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ThemeError, match="folder cannot be written"):
        curate(tmp_path / "file" / "codebook.yml")


def test_half_a_pair_of_signs_in_a_reason_is_kept(tmp_path: Path) -> None:
    panel = curate(write(tmp_path))
    panel.rename("T-0001", "Mass export", why="because \ud83d")
    again = curate(panel.path)
    assert (again.log[-1].why, again.notes, again.codebook) == ("because \ud83d", [], panel.codebook)
