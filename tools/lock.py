"""Write requirements.lock and requirements-dev.lock from pyproject.toml, with hashes and without naming any index."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = (
    *("--quiet", "--upgrade", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
)


def compile_lock(name: str, *words: str) -> None:
    """Resolve the dependencies into one lock file."""
    command = (sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *COMMON, *words, "--output-file", name)
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    compile_lock("requirements.lock", "--extra", "build")
    compile_lock("requirements-dev.lock", "--extra", "build", "--extra", "dev", "--constraint", "requirements.lock")
