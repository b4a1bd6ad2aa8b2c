"""One display for the whole pipeline: a bar over all cells where there is a terminal, a line per step everywhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Display:
    """Tells a person what a run is doing.

    Parameters
    ----------
    title
        Printed first: quarter, as-of date, run.
    """

    def __init__(self, title: str) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._title, self._line = title, ""
        self._task: TaskID | None = None

    def __enter__(self) -> Display:
        self._console.print(self._title, markup=False)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, cells: int) -> None:
        """Begin the bar."""
        self._task = self._progress.add_task("", total=cells)

    def step(self, number: int, of: int, title: str) -> None:
        """Name the step that begins."""
        self._line = f"{number}/{of} {title}"
        if self._task is not None:
            self._progress.update(self._task, description=self._line)

    def cell(self) -> None:
        """Move the bar by one cell."""
        if self._task is not None:
            self._progress.advance(self._task)

    def done(self, seconds: float) -> None:
        """Leave a line for the step that ended."""
        self._console.print(f"  {self._line:<28} {seconds:6.1f} s", markup=False)

    def say(self, sentence: str) -> None:
        """Print a sentence above the bar."""
        self._console.print(f"  {sentence}", markup=False)
