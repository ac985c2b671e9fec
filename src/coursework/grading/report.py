"""Write up what was graded: a table of points, and a report of what needs a person."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from coursework.grading.collect import Problem
from coursework.grading.gradebook import Score

COLUMNS = ("student", "assignment", "paper", "points", "of", "to_read", "status", "file")


@dataclass
class Row:
    """One submission: whose, what, how it went."""

    student: str
    assignment: str
    paper: str
    file: str
    graded: bool
    mended: list[str] = field(default_factory=list)
    person: list[str] = field(default_factory=list)
    score: Score | None = None

    @property
    def status(self) -> str:
        """`graded`, `check` (graded, but a person should look) or `not graded`."""
        return ("check" if self.person else "graded") if self.graded and self.score else "not graded"


def grades(rows: Sequence[Row]) -> str:
    """grades.csv: a line for each student and assignment. `to_read` is the points that wait for a person."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda row: (row.assignment, row.student)):
        known = row.score if row.graded else None
        numbers = [f"{each:g}" for each in (known.points, known.maximum, known.waiting)] if known else ["", "", ""]
        writer.writerow([_cell(row.student), row.assignment, row.paper, *numbers, row.status, _cell(row.file)])
    return stream.getvalue()


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def report(rows: Sequence[Row], problems: Sequence[Problem], sandbox: str) -> str:
    """report.md: what needs a person first, then what was mended."""
    rows = sorted(rows, key=lambda row: (row.assignment, row.student))
    graded = [row for row in rows if row.graded and row.score]
    lines = ["# Report of grading", "", f"{len(graded)} of {len(rows)} submissions are graded. {sandbox}", ""]
    waiting = [row for row in graded if row.score.waiting]
    if waiting:
        points = sum(row.score.waiting for row in waiting)
        lines += [
            f"{points:g} points in {len(waiting)} submissions are answers in words, for nbgrader's form grader.",
            "",
        ]
    lines += ["## Needs a person", ""]
    lines += _table([(row.student, row.assignment, row.file, text) for row in rows for text in row.person]
                    + [(each.student, "", each.path, text) for each in problems for text in (each.text,)],
                    "Nothing.")  # fmt: skip
    lines += ["", "## Put right, or to know", ""]
    lines += _table([(row.student, row.assignment, row.file, text) for row in rows for text in row.mended], "Nothing.")
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[tuple[str, str, str, str]], nothing: str) -> list[str]:
    if not rows:
        return [nothing]
    head = ["| student | assignment | file | what |", "|---|---|---|---|"]
    return head + ["| " + " | ".join(map(_escaped, row)) + " |" for row in rows]


def _escaped(text: str) -> str:
    """Text as Markdown shows it: names of files and of students may hold anything."""
    return re.sub(r"([\\`*_{}\[\]<>|#!~&])", r"\\\1", " ".join(text.split()))
