"""What can go wrong, said in one line: what, where, found, expected, and what to do."""

from __future__ import annotations


class VocError(Exception):
    """A failure that the person who runs the tool can act on.

    Parameters
    ----------
    what
        What is wrong, without a full stop.
    where
        File, sheet, line, column or key; the most general part first.
    found, expected
        The offending value and what would have been right.
    advice
        What to do about it, as an imperative sentence without a full stop.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.what, self.where, self.found, self.expected, self.advice = what, where, found, expected, advice
        super().__init__(self._line())

    def _line(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        facts = [f"found {self.found}"] if self.found else []
        facts += [f"expected {self.expected}"] if self.expected else []
        middle = f" ({', '.join(facts)})" if facts else ""
        tail = f" {self.advice}." if self.advice else ""
        return " ".join(f"{head}{middle}.{tail}".split())

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.found, self.expected, self.advice))


def _rebuild(kind: type[VocError], what: str, *parts: str | None) -> VocError:
    where, found, expected, advice = parts
    return kind(what, where=where, found=found, expected=expected, advice=advice)


class SettingsError(VocError):
    """A settings file, a quarter or a parameter is wrong."""


class SourceError(VocError):
    """An export cannot be read at all, so the run stops."""


class ContractError(VocError):
    """A suite or a rule of the tables says that the run must stop."""


class ThemeError(VocError):
    """The codebook or an encoder cannot be used."""


class ScoringError(VocError):
    """The curated files and the scored tables contradict each other."""


class ReportError(VocError):
    """The pre-read or the workbook cannot be written."""


class LedgerError(VocError):
    """A run cannot be published, or what was published does not hold together."""


class LockHeldError(LedgerError):
    """Another run is writing; the message names its holder."""


class StepError(VocError):
    """A notebook of the pipeline stopped; the message names notebook, cell and cause."""
