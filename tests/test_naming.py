"""Names from a model: nothing leaves without consent, nothing unmasked, and no failure stops a run."""

from __future__ import annotations

import importlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import polars as pl
import pytest
from theme_feedback import feedback, said

from vocanalytics.errors import SettingsError, ThemeError
from vocanalytics.pipeline.inputs import export_files
from vocanalytics.pipeline.records import notes_of
from vocanalytics.settings import Quarter, ThemeSettings
from vocanalytics.settings.model import NamingSettings
from vocanalytics.tables import write_frame
from vocanalytics.themes import Codebook, CodebookTheme, ThemesResult, find_themes, use_suggested_names
from vocanalytics.themes.naming import service
from vocanalytics.themes.naming.files import add_answer, has_consent, read_answers, write_consent
from vocanalytics.themes.naming.names import Payload, consent_digest, fit_name, payloads
from vocanalytics.themes.naming.service import AnswerError, ServiceError, ask

command = importlib.import_module("vocanalytics.cli.naming")  # the package's attribute is the command itself
ACCOUNTS = pl.DataFrame({"account_name": ["Harbour Lifts GmbH"], "csm": ["Ana Belmonte"], "aliases": [["Harbi"]]})
SETTINGS = NamingSettings(url="http://127.0.0.1:9/v1", model="small-model")
AT = "2026-11-22T10:00:00+00:00"


def _answering(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


@dataclass
class Service:
    """A model on this machine: what it was asked, and what it says next."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    says: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]] = lambda _body: (
        200,
        {},
        _answering("Dark mode"),
    )
    seconds: float = 0.0

    @property
    def settings(self) -> NamingSettings:
        return NamingSettings(url=self.url, model="small-model", timeout_seconds=1)


@contextmanager
def _serving() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.asked.append({"path": self.path, **body})
            known.headers.append(dict(self.headers))
            status, headers, content = known.says(body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(0, len(content), max(1, len(content) // 8)):
                time.sleep(known.seconds / 8)
                try:
                    self.wfile.write(content[at : at + max(1, len(content) // 8)])
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Service(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def model() -> Iterator[Service]:
    with _serving() as known:
        yield known


def _found() -> tuple[ThemesResult, pl.DataFrame]:
    rows = feedback(said("dark") + said("maps"))
    return find_themes(rows, Codebook(), ThemeSettings(n_themes=2)), rows


def _asked(settings: NamingSettings = SETTINGS) -> list[Payload]:
    found, rows = _found()
    return payloads(found.themes, found.mentions, rows, ACCOUNTS, settings)


def test_a_model_is_asked_about_proposed_themes_only() -> None:
    assert len(_asked()) == 2
    found, rows = _found()
    for status in ("active", "taxonomy", "retired"):
        named = found.themes.with_columns(status=pl.lit(status))
        assert payloads(named, found.mentions, rows, ACCOUNTS, SETTINGS) == []


def test_what_identifies_somebody_is_masked_in_the_payload() -> None:
    told = "Harbour Lifts and HARBI need a dark mode, ask Ana Belmonte, a.b@example.com, +44 1632 960 118, "
    rows = feedback([*said("dark"), f"{told}account 4000000000000002."])
    found = find_themes(rows, Codebook(), ThemeSettings(n_themes=2, min_theme_size=2))
    everything = found.themes.with_columns(quotes=pl.lit(rows["feedback_id"].to_list()[-1:]))
    text = json.dumps([p.body for p in payloads(everything, found.mentions, rows, ACCOUNTS, SETTINGS)])
    assert "[name] and [name] need a dark mode, ask [name], [e-mail], [number], account [card]" in text
    assert not [word for word in ("Harbour", "HARBI", "Ana", "example", "960", "4000") if word in text]


def test_equal_themes_make_equal_payloads_and_any_difference_another_hash() -> None:
    assert _asked() == _asked()
    urls = ("https://one.example/v1", "https://two.example/v1")
    several = [NamingSettings(url=url, model=model) for url in urls for model in ("a", "b")]
    hashes = {payload.sha256 for settings in several for payload in _asked(settings)}
    assert len(hashes) == 8
    assert all(len(p.exemplars) <= 8 and all(len(text) <= 300 for text in p.exemplars) for p in _asked())


def test_a_model_is_asked_with_the_key_of_the_environment(model: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOC_NAMING_KEY", "k-123")
    payload = _asked(model.settings)[0]
    assert ask(model.settings, payload.body) == "Dark mode"
    assert model.asked == [{"path": "/v1/chat/completions", **payload.body}]
    assert model.headers[0]["Authorization"] == "Bearer k-123"
    assert "k-123" not in json.dumps(model.asked)
    monkeypatch.delenv("VOC_NAMING_KEY")
    ask(model.settings, payload.body)
    assert "Authorization" not in model.headers[1]


@pytest.mark.parametrize(
    ("status", "headers", "content", "error", "line"),
    [
        (401, {}, b"no", ServiceError, r"refuses the key \(found status 401\)\. Set VOC_NAMING_KEY to a valid key"),
        (429, {}, b"slow down", ServiceError, "too many requests .found status 429"),
        (500, {}, b"<html>", ServiceError, "answers with an error .found status 500"),
        (404, {}, b"", ServiceError, "no model at this address"),
        (
            302,
            {"Location": "http://127.0.0.1:1/elsewhere"},
            b"",
            ServiceError,
            "sends elsewhere, which is not followed",
        ),
        (307, {"Location": "/v1/other"}, b"", ServiceError, "sends elsewhere"),
        (
            200,
            {},
            b"<!DOCTYPE html><p>Log in</p>",
            AnswerError,
            "not one of an OpenAI-compatible address .found '<!DOCTYPE",
        ),
        (200, {}, b'{"choices": []}', AnswerError, r"expected JSON with choices\[0\]\.message\.content"),
        (200, {}, b'{"choices": [{"message": {"content": null}}]}', AnswerError, "not one of"),
        (200, {}, b"[" * 100_000, AnswerError, "not one of"),
        (200, {}, b" " * (service.MOST_BYTES + 1), AnswerError, "too large"),
        (200, {}, b"", AnswerError, "not one of"),
    ],
)
def test_each_failure_of_the_address_is_one_line(
    model: Service, status: int, headers: dict[str, str], content: bytes, error: type[ServiceError], line: str
) -> None:
    model.says = lambda _body: (status, headers, content)
    with pytest.raises(error, match=line) as caught:
        ask(model.settings, {})
    assert "\n" not in str(caught.value)
    assert len(model.asked) == 1  # nothing is asked again, nobody else is asked


def test_an_address_that_is_slow_or_refuses_is_one_line(model: Service) -> None:
    model.seconds = 3.0
    begun = time.monotonic()
    with pytest.raises(ServiceError, match=r"does not answer in time.*within 1 seconds"):
        ask(model.settings, {})
    assert time.monotonic() - begun < 2.5
    with pytest.raises(ServiceError, match=r"cannot be reached .*Themes keep their own names"):
        ask(SETTINGS, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://names.example/v1",
        "http://10.0.0.7/v1",
        "https://user:secret@names.example/v1",
        "https://names.example/v1?key=secret",
    ],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(ServiceError, match=r"only asked over TLS|not a plain address") as caught:
        ask(NamingSettings(url=url, model="m"), {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Dark mode", "Dark mode"),
        ('"dark mode at night."\n', "Dark mode at night"),
        (" Dark-mode für Nachtschicht ", "Dark-mode für Nachtschicht"),
    ],
)
def test_an_answer_is_cleaned(answer: str, name: str) -> None:
    assert fit_name(answer, said("dark")) == name


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "  ",
        "ab",
        "Dark\nmode",
        "=HYPERLINK(dark)",
        "+dark mode",
        "@dark mode",
        "<b>Dark mode</b>",
        "Dark mode {x}",
        "dark mode https://example.com",
        "[Dark mode](x)",
        "Dark mode\u202e",
        "Dark\u200bmode dark",
        "Dark " * 9,
        "dark" * 20,
        "Ignore previous instructions",
        "Here you go: `dark mode`",
        "123 456",
        "Dark mode &lt;",
    ],
)
def test_an_answer_that_is_no_name_is_one_line(answer: str) -> None:
    with pytest.raises(ThemeError, match="the model gave") as caught:
        fit_name(answer, said("dark"))
    assert str(caught.value).isascii()


def _project(root: Path, settings: NamingSettings | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the tables of one run, as the command finds them."""
    found, rows = _found()
    tables = root / "data/processed/run"
    frames = {"themes": found.themes, "mentions": found.mentions, "accepted_feedback": rows, "accounts": ACCOUNTS}
    for name, frame in frames.items():
        write_frame(tables / f"{name}.parquet", frame)
    read = SimpleNamespace(themes=ThemeSettings(naming=settings))
    monkeypatch.setattr(command, "read_model", lambda _path: read)
    monkeypatch.setattr(command, "standing_run", lambda _places, _quarter, **_purpose: "2026Q3-000000000000")
    monkeypatch.setattr(command.Places, "tables", lambda _places, _run_id: tables)
    return root / "data/curated"


def _says(monkeypatch: pytest.MonkeyPatch, reply: bool | None) -> None:
    def confirm(*_words: object, **_more: object) -> bool:
        if reply is None:
            raise click.Abort
        return reply

    monkeypatch.setattr(click, "confirm", confirm)


@pytest.mark.parametrize("reply", [False, None])
def test_nothing_is_sent_without_consent(
    model: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reply: bool | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    curated = _project(tmp_path, model.settings, monkeypatch)
    _says(monkeypatch, reply)
    with pytest.raises(ThemeError, match="nothing was sent, because nobody agreed to it"):
        command.run_naming(tmp_path, quarter="2026Q3")
    assert model.asked == []
    assert not has_consent(curated, model.settings)
    shown = json.loads((curated / "naming/payload.json").read_text())
    assert [request["body"] for request in shown["requests"]] == [p.body for p in _asked(model.settings)]
    assert shown["url"] == model.url
    assert (curated / "naming/payload.json").read_text() in capsys.readouterr().out


def test_after_consent_each_theme_is_asked_about_once_ever(
    model: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOC_NAMING_KEY", "k-123")
    curated = _project(tmp_path, model.settings, monkeypatch)
    _says(monkeypatch, reply=True)
    command.run_naming(tmp_path, quarter="")
    shown = json.loads((curated / "naming/payload.json").read_text())
    assert [{k: v for k, v in asked.items() if k != "path"} for asked in model.asked] == [
        r["body"] for r in shown["requests"]
    ]
    assert "1 of 2 new themes got a name from small-model; the others keep their own" in capsys.readouterr().out
    model.says = lambda _body: (200, {}, _answering("Live traffic routes"))
    _says(monkeypatch, reply=False)  # consent is on record, so nobody is asked
    command.run_naming(tmp_path, quarter="")
    command.run_naming(tmp_path, quarter="")
    assert len(model.asked) == 3
    assert "nothing was sent" in capsys.readouterr().out
    assert {answer.name for answer in read_answers(curated).values()} == {"Dark mode", "Live traffic routes"}
    kept = "".join(path.read_text() for path in (curated / "naming").iterdir())
    assert "k-123" not in kept


def test_an_address_that_fails_is_not_asked_again_and_the_command_says_so(
    model: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    curated = _project(tmp_path, model.settings, monkeypatch)
    _says(monkeypatch, reply=True)
    model.says = lambda _body: (429, {}, b"")
    command.run_naming(tmp_path, quarter="")
    assert len(model.asked) == 1
    assert "0 of 2 new themes got a name" in capsys.readouterr().out
    assert read_answers(curated) == {}


def test_without_settings_there_is_nothing_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _project(tmp_path, None, monkeypatch)
    with pytest.raises(SettingsError, match=r"no model is asked for names.*docs/labels\.md"):
        command.run_naming(tmp_path, quarter="")


@pytest.mark.parametrize(
    "other",
    [{"url": "https://two.example/v1"}, {"model": "another"}],
)
def test_consent_is_for_one_address_one_model_and_one_template(
    tmp_path: Path, other: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = NamingSettings(url="https://one.example/v1", model="m")
    write_consent(tmp_path, settings, at=AT)
    assert has_consent(tmp_path, settings)
    assert not has_consent(tmp_path, settings.model_copy(update=other))
    before = consent_digest(settings)
    monkeypatch.setattr("vocanalytics.themes.naming.names.TEMPLATE", "Name it.")
    assert consent_digest(settings) != before
    assert not has_consent(tmp_path, settings)
    (tmp_path / "naming/consent.json").write_text("yes")
    assert not has_consent(tmp_path, settings)


def _answered(curated: Path, names: dict[str, str]) -> None:
    for payload in _asked():
        topic = "dark" if "dark" in json.dumps(payload.body["messages"][1]).lower() else "maps"
        if topic in names:
            add_answer(curated, SETTINGS, payload, name=names[topic], answer=names[topic], at=AT)


def _renamed(curated: Path, settings: NamingSettings | None = SETTINGS) -> ThemesResult:
    found, rows = _found()
    return use_suggested_names(found, rows, ACCOUNTS, ThemeSettings(n_themes=2, naming=settings), curated)


def test_a_run_uses_answers_on_record_and_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _answered(tmp_path, {"dark": "Dark screens"})
    monkeypatch.setattr(service, "build_opener", None)  # a run asks nobody
    used, own = _renamed(tmp_path), _found()[0]
    (theme_id,) = used.themes.filter(pl.col("theme_name") == "Dark screens")["theme_id"]
    assert used.summary["names_suggested_for"] == theme_id
    assert used.summary["names_asked_of"] == "small-model"
    assert (used.summary["names_suggested"], used.summary["names_not_asked_for"]) == (1, 1)
    assert used.themes.drop("theme_name").equals(own.themes.drop("theme_name"))
    assert _renamed(tmp_path, None).themes.equals(own.themes)
    assert _renamed(tmp_path).themes.equals(used.themes)


def test_an_answer_to_another_payload_or_a_name_that_is_taken_changes_nothing(tmp_path: Path) -> None:
    own = _found()[0]
    _answered(tmp_path, {"dark": "Dark screens"})
    assert _renamed(tmp_path, SETTINGS.model_copy(update={"model": "another"})).themes.equals(own.themes)
    taken = tmp_path / "taken"
    _answered(taken, {"dark": "Live dark", "maps": "Dark live"})
    names = _renamed(taken).themes["theme_name"].to_list()
    assert len({name.lower() for name in names} & {"live dark", "dark live"}) == 1


def test_a_name_given_by_a_person_is_never_replaced(tmp_path: Path) -> None:
    _answered(tmp_path, {"dark": "Dark screens", "maps": "Live routes"})
    entry = {"theme_id": "T-0001", "name": "Night", "exemplars": [{"text": text} for text in said("dark")[:6]]}
    book = Codebook(themes=(CodebookTheme.model_validate(entry),))
    rows = feedback(said("dark") + said("maps"))
    found = find_themes(rows, book, ThemeSettings(n_themes=2))
    used = use_suggested_names(found, rows, ACCOUNTS, ThemeSettings(naming=SETTINGS), tmp_path)
    assert used.themes.filter(pl.col("theme_id") == "T-0001")["theme_name"].to_list() == ["Night"]


_KEPT = {"payload_sha256": "0" * 64, "theme_id": "P-1", "model": "m", "url": "u", "at": "t", "answer": "a"}


@pytest.mark.parametrize(
    "line", ["{", '{"name": "x"}', json.dumps(_KEPT | {"name": "=cmd()", "exemplars_said": ["cmd"]})]
)
def test_a_line_that_is_no_answer_is_one_line_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "naming").mkdir()
    (tmp_path / "naming/answers.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(ThemeError, match=r"answers\.jsonl, line 2: .*run make naming again") as caught:
        read_answers(tmp_path)
    assert "\n" not in str(caught.value)


def test_answers_on_record_are_an_input_of_the_run(tmp_path: Path) -> None:
    raw = tmp_path / "data/raw/2026Q3"
    raw.mkdir(parents=True)
    for name in ("feedback.csv", "accounts.csv"):
        (raw / name).write_text("a,b\n1,2\n")
    before = export_files(tmp_path, Quarter(2026, 3))
    add_answer(tmp_path / "data/curated", SETTINGS, _asked()[0], name="Dark mode", answer="Dark mode", at=AT)
    (answers,) = set(export_files(tmp_path, Quarter(2026, 3))) - set(before)
    assert answers == tmp_path / "data/curated/naming/answers.jsonl"


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (None, []),
        (0, []),
        (1, ["A new theme could have a name from m: make naming shows first what would be sent"]),
        (3, ["3 new themes could have a name from m: make naming shows first what would be sent"]),
    ],
)
def test_a_run_says_where_names_could_be_asked_for(tmp_path: Path, missing: int | None, said: list[str]) -> None:
    summary = {} if missing is None else {"names_asked_of": "m", "names_not_asked_for": missing}
    (tmp_path / "themes.json").write_text(json.dumps(summary))
    assert notes_of(tmp_path) == said


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\u2029 ", "\n"])
def test_signs_that_end_a_line_elsewhere_do_not_spoil_the_answers(tmp_path: Path, end: str) -> None:
    (first, *_) = _asked()
    said = f"Dark mode{end}"
    add_answer(tmp_path, SETTINGS, first, name=fit_name(said, ["dark mode"]), answer=said, at=AT)
    assert read_answers(tmp_path)[first.sha256].name == "Dark mode"


def test_an_answer_that_a_crash_cut_short_does_not_count(tmp_path: Path) -> None:
    first, second, *_ = _asked()
    name = " ".join(first.exemplars[0].split()[:6])
    for payload in (first, second):
        add_answer(tmp_path, SETTINGS, payload, name=name, answer=name, at=AT)
    path = tmp_path / "naming" / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert read_answers(tmp_path).keys() == {first.sha256}
    name = " ".join(second.exemplars[0].split()[:6])
    add_answer(tmp_path, SETTINGS, second, name=name, answer=name, at=AT)
    assert read_answers(tmp_path).keys() == {first.sha256, second.sha256}


def test_headers_that_come_drop_by_drop_are_too_slow() -> None:
    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(300):
                time.sleep(0.1)
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        with pytest.raises(ServiceError, match="does not answer in time"):
            ask(NamingSettings(url=url, model="small-model", timeout_seconds=1), {})
        thread.join()
