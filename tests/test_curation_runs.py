"""The codebook and a run: what was read is what the id of the run says, or the run says so."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from vocanalytics.ledger import InputFile
from vocanalytics.pipeline.inputs import CODEBOOK, read_otherwise

READ = sha256(b"themes: []\n").hexdigest()


@pytest.mark.parametrize(
    ("recorded", "planned", "named"),
    [
        ({"codebook_sha256": READ}, READ, []),
        ({"codebook_sha256": READ}, "0" * 64, [CODEBOOK]),
        ({"codebook_sha256": None}, READ, [CODEBOOK]),  # it was away while the run read it
        ({"codebook_sha256": READ}, None, [CODEBOOK]),  # it was there only while the run read it
        ({"codebook_sha256": None}, None, []),
        (None, READ, []),  # a pipeline without themes
    ],
)
def test_a_codebook_that_was_read_in_another_state_is_named(
    tmp_path: Path, recorded: dict[str, str | None] | None, planned: str | None, named: list[str]
) -> None:
    if recorded is not None:
        (tmp_path / "themes.json").write_text(json.dumps(recorded), encoding="utf-8")
    inputs = [InputFile(name="data/raw/2026Q3/feedback.csv", sha256="1" * 64, bytes=1)]
    inputs += [InputFile(name=CODEBOOK, sha256=planned, bytes=11)] if planned else []
    assert read_otherwise(tmp_path, inputs) == named
