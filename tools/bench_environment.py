"""Build .venv-bench, which holds BERTopic, from requirements-bench.lock; do nothing when it is already what that says.

It stands apart because numba decides which NumPy can be had, and no comparison may move what the product is pinned to.
Run by the Python of .venv, where uv is.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-bench.lock"
BESIDE = ROOT / ".venv-bench"
STAMP = BESIDE / "vocanalytics.stamp"


def fingerprint() -> str:
    """What the environment is made of: the lock, the Python, and where it stands."""
    return hashlib.sha256(LOCK.read_bytes() + f"{sys.version}\0{BESIDE}".encode()).hexdigest()


def build() -> bool:
    """Install exactly the lock: what BERTopic asks for beyond it, above all torch, is left out on purpose."""
    uv = (sys.executable, "-m", "uv")
    shutil.rmtree(BESIDE, ignore_errors=True)
    for words in (
        ("venv", "--quiet", "--python", sys.executable, str(BESIDE)),
        ("pip", "sync", "--quiet", "--require-hashes", "--python", str(BESIDE), str(LOCK)),
    ):
        done = subprocess.run((*uv, *words), cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            print((done.stdout + done.stderr).strip(), file=sys.stderr)
            return False
    return True


def main() -> None:
    """Build it if it must be built; where it cannot be, the benchmark goes on without BERTopic."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    print("Building .venv-bench for BERTopic, about 520 MB, once ...", flush=True)
    if build():
        STAMP.write_text(fingerprint())
    else:
        print("BERTopic cannot be had here; the other methods are measured without it.", file=sys.stderr)


if __name__ == "__main__":
    main()
