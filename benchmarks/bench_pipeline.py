"""Wall, CPU and peak memory of a quarterly run by stage, with notebooks and as plain calls in one process.

    .venv/bin/python benchmarks/bench_pipeline.py [rows ...]

Both ways run on the same quarter in the same sitting, so the ratio means something on a noisy machine; the seconds
alone do not.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from big_quarter import QUARTER, write_big_quarter

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("10_pull", "20_validate", "30_themes", "40_score", "50_preread", "publish")


@dataclass
class Meter:
    """Watches a process tree: seconds, CPU seconds and peak memory between two marks."""

    process: psutil.Process
    peak: int = 0
    cpu: dict[int, float] = field(default_factory=dict)
    running: bool = True

    def watch(self) -> None:
        """Sample until told to stop."""
        while self.running:
            total = 0
            for process in (self.process, *self._children()):
                try:
                    total += process.memory_info().rss
                    times = process.cpu_times()
                    self.cpu[process.pid] = times.user + times.system
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)
            time.sleep(0.02)

    def _children(self) -> list[psutil.Process]:
        try:
            return self.process.children(recursive=True)
        except psutil.Error:
            return []

    def mark(self) -> tuple[float, float, int]:
        """Time, CPU and the peak since the last mark."""
        peak, self.peak = self.peak, 0
        return time.perf_counter(), sum(self.cpu.values()), peak


class Recorder:
    """A pipeline progress that keeps what each step cost."""

    def __init__(self, meter: Meter) -> None:
        self.meter, self.rows = meter, []
        self.begun = meter.mark()

    def start(self, cells: int) -> None:
        """Nothing to do."""

    def step(self, number: int, of: int, title: str) -> None:
        """Nothing to do: a step ends where the next begins."""

    def cell(self) -> None:
        """Nothing to do."""

    def say(self, sentence: str) -> None:
        """Nothing to do."""

    def done(self, seconds: float = 0) -> None:
        """Keep the cost of the step that ended."""
        now = self.meter.mark()
        self.rows.append((now[0] - self.begun[0], now[1] - self.begun[1], now[2] / 2**20))
        self.begun = now


def with_notebooks(project: Path) -> list[tuple[float, float, float]]:
    """Run the pipeline as `make quarterly` does."""
    from vocanalytics.pipeline import make_plan, run
    from vocanalytics.settings import Quarter

    meter = Meter(psutil.Process())
    thread = threading.Thread(target=meter.watch, daemon=True)
    thread.start()
    recorder = Recorder(meter)
    run(make_plan(project, Quarter.parse(QUARTER)), recorder, now=lambda: dt.datetime.now(dt.UTC))
    recorder.done()
    meter.running = False
    thread.join()
    return recorder.rows


def in_one_process(project: Path) -> list[tuple[float, float, float]]:
    """Call the same functions in one fresh process, without kernels, Papermill or publishing."""
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks/plain_calls.py"), str(project)], stdout=subprocess.PIPE, text=True
    )
    meter = Meter(psutil.Process(child.pid))
    thread = threading.Thread(target=meter.watch, daemon=True)
    thread.start()
    recorder = Recorder(meter)
    for line in child.stdout or ():
        if line.startswith("stage "):
            recorder.done()
    meter.running = False
    thread.join()
    if child.wait():
        raise SystemExit("the plain calls failed")
    return recorder.rows


def report(rows: int, notebooks: list[tuple[float, float, float]], plain: list[tuple[float, float, float]]) -> None:
    """Print one table."""
    print(f"\n{rows:,} rows                 with notebooks               in one process")
    columns = f"{'wall s':>9}{'CPU s':>9}{'peak MB':>9}"
    print(f"{'stage':<12}{columns}   {columns}   {'wall ratio':>10}")
    for index, stage in enumerate(STAGES):
        left = "".join(f"{value:9.1f}" for value in notebooks[index])
        if index < len(plain):
            right = "".join(f"{value:9.1f}" for value in plain[index])
            print(f"{stage:<12}{left}   {right}   {notebooks[index][0] / plain[index][0]:10.2f}")
        else:
            print(f"{stage:<12}{left}")
    walls = [sum(row[0] for row in rows_) for rows_ in (notebooks, plain)]
    cpus = [sum(row[1] for row in rows_) for rows_ in (notebooks, plain)]
    peaks = [max(row[2] for row in rows_) for rows_ in (notebooks, plain)]
    print(
        f"{'all':<12}{walls[0]:9.1f}{cpus[0]:9.1f}{peaks[0]:9.0f}   {walls[1]:9.1f}{cpus[1]:9.1f}{peaks[1]:9.0f}   "
        f"{walls[0] / walls[1]:10.2f}"
    )


def main() -> None:
    """Measure each size given, 10,000 and 1,000,000 rows by default."""
    sizes = [int(word.replace(",", "")) for word in sys.argv[1:]] or [10_000, 1_000_000]
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            for name in ("pipelines", "notebooks", "expectations"):
                shutil.copytree(ROOT / name, project / name)
            write_big_quarter(project, ROOT, rows, max(200, rows // 200), tagged=False)
            notebooks = with_notebooks(project)
            plain = in_one_process(project)
            report(rows, notebooks, plain)


if __name__ == "__main__":
    main()
