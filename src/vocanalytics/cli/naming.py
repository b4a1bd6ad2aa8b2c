"""`vocanalytics naming`: names for new themes from a model, asked between runs, once a person has seen what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from vocanalytics.cli.quarterly import now
from vocanalytics.errors import SettingsError, ThemeError
from vocanalytics.ledger import Places, project_lock
from vocanalytics.legible import visible
from vocanalytics.pipeline.history import standing_run
from vocanalytics.pipeline.plan import MODEL_FILE
from vocanalytics.settings import read_model
from vocanalytics.settings.model import NamingSettings
from vocanalytics.tables import read_table
from vocanalytics.themes.naming.files import (
    add_answer,
    has_consent,
    read_answers,
    unanswered,
    write_consent,
    write_payload,
)
from vocanalytics.themes.naming.names import Payload, fit_name, payloads
from vocanalytics.themes.naming.service import ServiceError, ask


def run_naming(root: Path, *, quarter: str) -> None:
    """Show what would be sent, ask for consent once, and keep the answers for the next run."""
    settings = read_model(root / MODEL_FILE).themes.naming
    if settings is None:
        raise SettingsError(
            "no model is asked for names",
            where=f"{MODEL_FILE}, themes.naming",
            advice="Set url and model there to switch it on; docs/labels.md says what would leave this machine",
        )
    places = Places(root)
    run_id = standing_run(places, quarter, purpose="names are asked for the themes that it found")
    with project_lock(places.reports, "asking for names"):
        for line in _ask_about(root, places.tables(run_id), settings):
            click.echo(line)
    click.echo(f"The next run of {run_id[:6]} uses the names on record: make quarterly QUARTER={run_id[:6]}")


def _ask_about(root: Path, tables: Path, settings: NamingSettings) -> Iterator[str]:
    curated = root / "data" / "curated"
    themes, mentions = read_table(tables, "themes"), read_table(tables, "mentions")
    feedback, accounts = read_table(tables, "accepted_feedback"), read_table(tables, "accounts")
    asked = payloads(themes, mentions, feedback, accounts, settings)
    left = unanswered(asked, read_answers(curated))
    if not left:
        yield f"{_counted(len(asked))}, none without an answer on record; nothing was sent."
        return
    path = write_payload(curated, settings, left)
    if not has_consent(curated, settings):
        _ask_consent(path, root, settings, len(left))
        write_consent(curated, settings, at=now().isoformat())
    yield from _send(curated, settings, left)


def _ask_consent(path: Path, root: Path, settings: NamingSettings, number: int) -> None:
    """Show what would be sent, to the letter, and go on only when a person says yes."""
    shown = path.relative_to(root)
    click.echo(visible(path.read_text(encoding="utf-8")))
    click.echo(
        f"This is {shown}: {number} requests to {settings.url}, model {settings.model}. Names may be left in it."
    )
    try:
        agreed = click.confirm("Send this, and later payloads of this kind, to this address?", default=False)
    except click.Abort:
        agreed = False
    if not agreed:
        raise ThemeError(
            "nothing was sent, because nobody agreed to it",
            where=str(shown),
            advice="Read that file and run make naming again to agree, or leave it; themes keep their own names",
        )


def _send(curated: Path, settings: NamingSettings, left: Sequence[Payload]) -> Iterator[str]:
    named = 0
    for payload in left:
        try:
            answer = ask(settings, payload.body)
            name = fit_name(answer, payload.exemplars)
        except ServiceError as error:
            yield f"  {payload.theme_id}: {error}"
            if error.fatal:
                break
        except ThemeError as error:
            yield f"  {payload.theme_id}: {error}"
        else:
            add_answer(curated, settings, payload, name=name, answer=answer, at=now().isoformat())
            named += 1
            yield f"  {payload.theme_id}: {name}"
    yield f"{named} of {_counted(len(left))} got a name from {settings.model}; the others keep their own."


def _counted(number: int) -> str:
    return f"{number} new theme{'' if number == 1 else 's'}"
