"""A call in a process of its own, so that its CPU seconds and its peak memory are its own.

Standard library only: the other side may be an environment that holds nothing of the product.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Threads that wait for each other count as CPU seconds, so every method is measured on one.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)


class CallFailedError(Exception):
    """The other process ended without an answer; the message is the last line that it said."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a call answered and what it cost.

    Attributes
    ----------
    answer
        What JSON can carry.
    cpu, wall
        Seconds of the call; starting Python and importing the script are not in them.
    peak_mb
        The most memory that the whole process held.
    """

    answer: Any
    cpu: float
    wall: float
    peak_mb: float


def measure(python: Path, script: Path, call: str, *, one_thread: bool = True, **arguments: Any) -> Measured:
    """Let `script`, which ends in `answer_one`, do one of its calls.

    Parameters
    ----------
    python
        The interpreter, and with it the environment.
    script
        The file to run.
    call
        Name of the call.
    one_thread
        Whether arithmetic is held to one thread.
    arguments
        What the call takes, as JSON carries it.

    Raises
    ------
    CallFailedError
        When it ended without an answer.
    """
    environment = {**os.environ, **(ONE_THREAD if one_thread else {})}
    with tempfile.TemporaryDirectory() as folder:
        asked, said = Path(folder, "asked.json"), Path(folder, "said.json")
        asked.write_text(json.dumps({"call": call, "arguments": arguments}), encoding="utf-8")
        command = (str(python), str(script), str(asked), str(said))
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode or not said.exists():
            raise CallFailedError(((done.stderr or done.stdout).strip().splitlines() or ["it said nothing"])[-1])
        return Measured(**json.loads(said.read_text(encoding="utf-8")))


def answer_one(calls: Mapping[str, Callable[..., Any]]) -> None:
    """In the other process: do the call that was asked for, and write down its answer and its cost."""
    asked, said = map(Path, sys.argv[1:3])
    order = json.loads(asked.read_text(encoding="utf-8"))
    wall, cpu = time.perf_counter(), time.process_time()
    answer = calls[order["call"]](**order["arguments"])
    cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "peak_mb": peak_mb()}
    said.write_text(json.dumps({"answer": answer, **cost}), encoding="utf-8")


def peak_mb() -> float:
    """The most memory that this process held, in MB.

    Linux counts the parent's peak into `ru_maxrss` of a process that it starts, so its own figure is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024
