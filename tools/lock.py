"""Write the lock files from pyproject.toml, with hashes and without naming any index."""

import subprocess
import sys
import tempfile
import tomllib
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


def compile_bench(name: str) -> None:
    """Resolve what the benchmark compares with: an environment of its own, without the product and without torch."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = "\n".join(project["optional-dependencies"]["bench"])
    with tempfile.TemporaryDirectory() as folder:
        never = Path(folder, "never.txt")
        never.write_text("sentence-transformers ; python_version < '0'\n", encoding="utf-8")
        words = ("-", *COMMON, "--override", str(never), "--output-file", name)
        command = (sys.executable, "-m", "uv", "pip", "compile", *words)
        subprocess.run(command, cwd=ROOT, input=wanted, text=True, check=True)


if __name__ == "__main__":
    compile_lock("requirements.lock", "--extra", "build")
    within = ("--constraint", "requirements.lock")
    compile_lock("requirements-encoders.lock", "--extra", "build", "--extra", "encoders", *within)
    compile_lock("requirements-dev.lock", "--extra", "build", "--extra", "dev", "--extra", "encoders", *within)
    compile_bench("requirements-bench.lock")
