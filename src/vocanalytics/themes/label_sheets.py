"""What people said of verbatims drawn by lot: right theme, or wrong; one file a person, and what follows from them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from vocanalytics.errors import ThemeError
from vocanalytics.settings import Quarter
from vocanalytics.themes.accuracy import krippendorff_alpha, wilson_interval
from vocanalytics.vocabulary import folded

RIGHT, WRONG = "right", "wrong"

#: What stands for a theme where a person says that none of the themes is right.
_ANOTHER = "another or none"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on one verbatim in one theme.

    Attributes
    ----------
    run_id, feedback_id, theme_id
        What was judged.
    verdict
        `right` or `wrong`.
    right_theme_id
        Where it belongs if wrong; empty if in none of the themes, or unknown.
    labelled_by, labelled_at
        Who, and when (UTC).
    """

    run_id: str
    feedback_id: str
    theme_id: str
    verdict: str
    right_theme_id: str
    labelled_by: str
    labelled_at: str

    @property
    def unit(self) -> tuple[str, str, str]:
        """What was judged."""
        return self.run_id, self.feedback_id, self.theme_id

    @property
    def said(self) -> str:
        """The theme that the person means."""
        return self.theme_id if self.verdict == RIGHT else self.right_theme_id or _ANOTHER


@dataclass(frozen=True, slots=True)
class Judged:
    """How many of the verbatims that a person judged were in the right theme, and between which shares the truth lies.

    Attributes
    ----------
    by
        The person.
    labelled, right
        Counts.
    low, high
        Ends of the 95% Wilson interval of the share.
    """

    by: str
    labelled: int
    right: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Right of labelled."""
        return self.right / self.labelled


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What people say of the themes of a run.

    Attributes
    ----------
    run_id
        The run they judged.
    people
        Who judged most first, then by name.
    shared
        How many verbatims two or more people judged.
    alpha
        Krippendorff's alpha of the themes they named; None where nothing can be compared.
    """

    run_id: str
    people: tuple[Judged, ...]
    shared: int
    alpha: float | None


def labels_path(curated_dir: Path | str, quarter: Quarter, by: str) -> Path:
    """Where a person's labels of a quarter stand.

    Raises
    ------
    ThemeError
        When the name has no letter or digit.
    """
    name = re.sub(r"[\W_]+", "-", folded(by)).strip("-")[:60]
    if not name:
        raise ThemeError("nobody is named", where="labelling sheet", expected="who labels")
    return Path(curated_dir) / str(quarter) / f"labels-{name}.csv"


def labels_text(labels: Iterable[Label]) -> str:
    """The file of a person's labels."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([field.name for field in fields(Label)])
    writer.writerows(astuple(label) for label in labels)
    return stream.getvalue()


def read_labels(path: Path) -> tuple[Label, ...]:
    """A person's labels; no file is none. Of two labels of the same verbatim the later line counts.

    Raises
    ------
    ThemeError
        When the file has other columns, or a verdict is neither right nor wrong.
    """
    if not path.is_file():
        return ()
    expected = [field.name for field in fields(Label)]
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or rows[0] != expected:
        found = ", ".join(rows[0]) if rows else "nothing"
        raise ThemeError("not a file of labels", where=str(path), found=found[:80], expected=", ".join(expected))
    labels = [_label(path, number, row) for number, row in enumerate(rows[1:], start=2) if row]
    return tuple({label.unit: label for label in labels}.values())


def _label(path: Path, number: int, row: Sequence[str]) -> Label:
    if len(row) != len(fields(Label)) or row[3] not in (RIGHT, WRONG):
        raise ThemeError(
            "not a label",
            where=f"{path}, line {number}",
            found=repr(",".join(row))[:80],
            expected=f"{len(fields(Label))} values, the verdict {RIGHT} or {WRONG}",
        )
    return Label(*row)


def accuracy_on_record(curated_dir: Path | str, quarter: Quarter, run_id: str | None = None) -> Accuracy | None:
    """How good the themes of a quarter are by the word of people; None where nobody has labelled any.

    Parameters
    ----------
    curated_dir
        `data/curated`.
    quarter
        Whose labels.
    run_id
        Which run they are of; the one labelled last if not given. Every run has a draw of its own, so that no
        correction that a label led to flatters the next figure.

    Raises
    ------
    ThemeError
        When a file of labels cannot be read.
    """
    paths = sorted((Path(curated_dir) / str(quarter)).glob("labels-*.csv"))
    labels = [label for path in paths for label in read_labels(path)]
    if run_id is None and labels:
        run_id = max(labels, key=lambda label: (label.labelled_at, label.run_id)).run_id
    judged = [label for label in labels if label.run_id == run_id]
    return accuracy(run_id, judged) if run_id is not None and judged else None


def accuracy(run_id: str, labels: Sequence[Label]) -> Accuracy:
    """What the labels of one run say together."""
    by_person: dict[str, list[Label]] = {}
    by_unit: dict[tuple[str, str, str], dict[str, str]] = {}
    for label in labels:
        by_person.setdefault(folded(label.labelled_by), []).append(label)
        by_unit.setdefault(label.unit, {})[folded(label.labelled_by)] = label.said
    people = sorted((_judged(own) for own in by_person.values()), key=lambda judged: (-judged.labelled, judged.by))
    units = [[said.get(person) for person in by_person] for said in by_unit.values()]
    shared = sum(len(said) > 1 for said in by_unit.values())
    return Accuracy(run_id, tuple(people), shared, krippendorff_alpha(units))


def _judged(labels: Sequence[Label]) -> Judged:
    right = sum(label.verdict == RIGHT for label in labels)
    return Judged(labels[-1].labelled_by, len(labels), right, *wilson_interval(right, len(labels)))
