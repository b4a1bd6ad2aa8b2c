"""What a run records of its encoder, and how its id follows the weights."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from encoder_folders import write_model
from theme_feedback import everything, feedback

from vocanalytics.errors import ThemeError
from vocanalytics.pipeline import make_plan
from vocanalytics.settings import Quarter, ThemeSettings
from vocanalytics.themes import Codebook, find_themes
from vocanalytics.themes.encoding.preparing import prepare_sentence, prepare_static


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project whose model names an encoder with weights, two exports, and the weights of a small model."""
    folder = tmp_path / "project"
    (folder / "pipelines").mkdir(parents=True)
    for path in (root / "pipelines").glob("*.yml"):
        text = path.read_text()
        (folder / "pipelines" / path.name).write_text(text.replace("encoder: lexical ", "encoder: static "))
    for name in ("expectations", "notebooks"):
        (folder / name).symlink_to(root / name)
    (folder / "data/raw/2026Q3").mkdir(parents=True)
    for name in ("feedback.csv", "accounts.csv"):
        (folder / "data/raw/2026Q3" / name).write_text("x")
    assert yaml.safe_load((folder / "pipelines/model.yml").read_text())["themes"]["encoder"] == "static"
    _prepare(folder, seed=7)
    return folder


def _prepare(project: Path, seed: int) -> None:
    prepare_sentence(write_model(project.parent / f"model{seed}", seed), project / "data/encoders", other=True)
    prepare_static(project / "data/encoders")


def test_the_run_id_follows_the_weights(project: Path) -> None:
    first = make_plan(project, Quarter(2026, 3))
    record = [item for item in first.fingerprint.inputs if item.name == "data/encoders/static/weights.json"]
    assert len(record) == 1
    assert make_plan(project, Quarter(2026, 3)).run_id == first.run_id
    _prepare(project, seed=8)
    assert make_plan(project, Quarter(2026, 3)).run_id != first.run_id


def test_lexical_needs_no_weights_and_records_none(project: Path) -> None:
    model = project / "pipelines/model.yml"
    model.write_text(model.read_text().replace("encoder: static ", "encoder: lexical "))
    names = [item.name for item in make_plan(project, Quarter(2026, 3)).fingerprint.inputs]
    assert not [name for name in names if "encoders" in name]


def test_a_run_without_its_weights_stops_before_it_starts(project: Path) -> None:
    (project / "data/encoders/static/vectors.npy").unlink()
    with pytest.raises(ThemeError, match=r"found no vectors\.npy.*make encoders"):
        make_plan(project, Quarter(2026, 3))


@pytest.mark.parametrize("encoder", ["lexical", "static", "sentence"])
def test_the_summary_says_which_weights_were_used(encoder: str, project: Path) -> None:
    folder = project / "data/encoders"
    settings = ThemeSettings(encoder=encoder, encoders_dir=str(folder), svd_dim=20)  # type: ignore[arg-type]
    summary = find_themes(feedback(everything()[0]), Codebook(), settings).summary
    assert summary["encoder"] == encoder
    if encoder == "lexical":
        assert not [name for name in summary if name.startswith("encoder_")]
        return
    record = json.loads((folder / encoder / "weights.json").read_text())
    numbers = {"static": "vectors.npy", "sentence": "model.onnx"}[encoder]
    assert summary["encoder_weights_sha256"] == record["sha256"][numbers]
    assert re.fullmatch(r"[0-9a-f]{64}", str(summary["encoder_tokenizer_sha256"]))
    assert summary["encoder_model"] == "model7"
