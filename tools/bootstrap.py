"""Build .venv from a lock file, or do nothing when it is already what the lock says.

Needs Python 3.11 or newer and its standard library only. Installs with uv, which is quick, or with pip where uv
cannot be had.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "vocanalytics.stamp"
UV = "uv==0.13.9"


def place() -> str:
    """Which Python made the environment, and where: an environment that was moved does not work."""
    return hashlib.sha256(f"{sys.version}\0{VENV}".encode()).hexdigest()


def fingerprint(lock: Path) -> str:
    """What the environment holds: the lock, and the project file with its commands."""
    return hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def call(*words: str) -> bool:
    """Run a command quietly; what it said is printed only when it failed."""
    # Bytecode is left to be made at first use: compiling a hundred packages costs more than it saves.
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print((done.stdout + done.stderr).strip(), file=sys.stderr)
    return done.returncode == 0


def install(lock: Path) -> bool:
    """Install the lock and the project itself into the environment."""
    python = str(PYTHON)
    project = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    if subprocess.run((python, "-m", "pip", "install", "--quiet", UV), cwd=ROOT, capture_output=True).returncode == 0:
        uv = (python, "-m", "uv", "pip", "install", "--quiet", "--python", python)
        return call(*uv, "--require-hashes", "--requirement", str(lock)) and call(*uv, *project)
    print("uv cannot be had here; installing with pip, which takes longer.")
    pip = (python, "-m", "pip", "install", "--quiet")
    return call(*pip, "--require-hashes", "--requirement", str(lock)) and call(*pip, *project)


def main() -> int:
    """Build the environment if it must be built."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what an older Python meets first)
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Python {found} is too old; use 3.11 or newer, such as: make PYTHON=python3.11 ...", file=sys.stderr)
        return 1
    lock = ROOT / sys.argv[1]
    # Each of these locks holds everything of those before it, so a later one serves as well.
    names = ("requirements.lock", "requirements-encoders.lock", "requirements-dev.lock")
    later = (ROOT / name for name in names[names.index(lock.name) :])
    enough = {fingerprint(path) for path in later if path == lock or path.exists()}
    made_at, _, holds = STAMP.read_text().partition(" ") if STAMP.exists() else ("", "", "")
    here = made_at == place() and PYTHON.exists()
    if here and holds in enough:
        return 0
    print(f"Building the environment in .venv from {lock.name}; once, a minute or two ...", flush=True)
    STAMP.unlink(missing_ok=True)
    if not (here or call(sys.executable, "-m", "venv", "--clear", str(VENV))) or not install(lock):
        print("The environment could not be built; the lines above say why.", file=sys.stderr)
        return 1
    STAMP.write_text(f"{place()} {fingerprint(lock)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
