"""What a cell shows when a notebook cannot go on: the one line that says why, without the calls that led there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vocanalytics.errors import VocError


def as_sentence(error: VocError) -> str:
    """The line of an error as it stands alone on a page: a capital first, unless it begins with a file or an id."""
    line = str(error)
    return line if error.where else line[:1].upper() + line[1:]


@contextmanager
def in_one_line() -> Iterator[None]:
    """An error that people can put right reads as its line in the cell; Jupyter asks the error how it is shown.

    Raises
    ------
    VocError
        The same, so that the cells after it do not run.
    """
    try:
        yield
    except VocError as error:
        lines = [as_sentence(error)]
        setattr(error, "_render_traceback_", lambda: lines)  # noqa: B010
        raise
