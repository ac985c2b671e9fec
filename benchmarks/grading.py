"""`make grade` against plain nbgrader, in one run: `python benchmarks/grading.py` (make bench-grading).

The same submissions to the same paper are graded both ways, at one worker and at two, in turn, so that the machine's
mood hits both. Plain nbgrader is its two commands for a whole class, `nbgrader autograde` and `nbgrader
generate_feedback`, with its own settings and no sandbox; two workers are two such pairs at once, for half of the class
each. Ours is the whole command, with sandbox, feedback and report. Points must be equal, cell by cell.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from common import ROOT, keep, machine, run
from coursework import versions
from coursework.grading import papers

ASSIGNMENT = ROOT / "instructor/assignments/4-science-rivalry.md"
STUDENTS = 12  # even: two workers share them
ROUNDS = 3
WORKERS = (1, 2)


def submissions(paper: papers.Paper) -> dict[str, str]:
    """Notebooks by student: all right, nothing done, half done, one answer an error; a class in small."""
    source = nbformat.reads(paper.source, as_version=4)
    right = {versions.name(cell): cell.source for cell in source.cells if cell.metadata.nbgrader.solution}
    made = {}
    for number in range(STUDENTS):
        notebook = papers.release(paper)
        answers = [cell for cell in notebook.cells if cell.metadata.nbgrader.solution]
        keep = (len(answers), 0, len(answers) // 2, len(answers))[number % 4]
        for cell in answers[:keep]:
            cell.source = right[versions.name(cell)]
        if number % 4 == 3:
            next(cell for cell in answers if cell.cell_type == "code").source = "1 / 0"
        made[f"{'ab'[number % 2]}{number:02}"] = versions.text(notebook)
    return made


def points(gradebook: Path) -> dict[tuple[str, str], float | None]:
    """Points by tests, by student and cell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbgrader with this SQLAlchemy
        with Gradebook(f"sqlite:///{gradebook}", "") as opened:
            return {
                (submission.student.id, grade.name): grade.auto_score
                for assignment in opened.assignments
                for submission in assignment.submissions
                for notebook in submission.notebooks
                for grade in notebook.grades
            }


def plain(folder: Path, paper: papers.Paper, handed_in: dict[str, str], workers: int) -> tuple[float, dict]:
    """Seconds and points of plain nbgrader. The assignment is made before the clock starts."""
    name = paper.assignment
    _write(folder / "source" / name / f"{name}.ipynb", paper.source)
    for student, text in handed_in.items():
        _write(folder / "submitted" / student / name / f"{name}.ipynb", text)
    stubs = {"code_stub": {"python": versions.CODE_STUB}, "text_stub": versions.WORDS_STUB}
    _write(folder / "nbgrader_config.py", "\n".join(
        ["c = get_config()", *(f"c.ClearSolutions.{key} = {value!r}" for key, value in stubs.items())]))  # fmt: skip
    run(["nbgrader", "generate_assignment", name], folder)
    seconds: list[float] = []

    def grade(students: str) -> None:
        both = [["nbgrader", step, name, "--student", students] for step in ("autograde", "generate_feedback")]
        seconds.append(sum(run(command, folder) for command in both))

    shares = ["*"] if workers == 1 else ["a*", "b*"]
    threads = [threading.Thread(target=grade, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(seconds) < len(shares):
        raise SystemExit("plain nbgrader failed; see above")
    return max(seconds), points(folder / "gradebook.db")


def ours(folder: Path, handed_in: dict[str, str], workers: int) -> tuple[float, dict]:
    """Seconds and points of `make grade`."""
    for student, text in handed_in.items():
        _write(folder / "in" / student / f"{ASSIGNMENT.stem}.ipynb", text)
    command = [sys.executable, "-m", "coursework.grading", str(folder / "in"), "--out", str(folder / "out")]
    seconds = run([*command, "--workers", str(workers)], ROOT)
    return seconds, points(folder / "out/course/gradebook.db")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def measure() -> dict[str, Any]:
    """Everything, both ways.

    Raises:
        SystemExit: the two ways give different points.
    """
    paper = papers.public([ASSIGNMENT])[0]
    handed_in = submissions(paper)
    found: dict[str, Any] = {"plain": {each: [] for each in WORKERS}, "ours": {each: [] for each in WORKERS}}
    for number in range(ROUNDS):
        for workers in WORKERS:
            with tempfile.TemporaryDirectory() as temporary:
                took, theirs = plain(Path(temporary, "plain"), paper, handed_in, workers)
                found["plain"][workers].append(took / STUDENTS)
                took, our = ours(Path(temporary, "ours"), handed_in, workers)
                found["ours"][workers].append(took / STUDENTS)
            different = {key for key in theirs | our if theirs.get(key) != our.get(key)}
            if different:
                raise SystemExit(f"points differ: {sorted(different)[:5]}")
            last = {name: f"{found[name][workers][-1]:.2f} s" for name in found}
            print(f"round {number + 1} of {ROUNDS}, {workers} workers: {last}", flush=True)
    packages = ("nbgrader", "nbclient", "ipykernel", "altair", "pandas")
    return {"machine": machine(packages), "cells": len(theirs), "results": found}


def table(found: dict[str, Any]) -> str:
    """The results as Markdown: medians, with the range."""
    lines = ["| workers | plain nbgrader, s | make grade, s | ratio |", "|---|---|---|---|"]
    for workers in WORKERS:
        both = [found["results"][name][str(workers)] for name in ("plain", "ours")]
        theirs, our = (statistics.median(each) for each in both)
        ranges = [f"{statistics.median(each):.2f} ({min(each):.2f}–{max(each):.2f})" for each in both]
        lines.append(f"| {workers} | {ranges[0]} | {ranges[1]} | {our / theirs:.2f} |")
    same = f"Seconds per submission; {STUDENTS} of them, {ROUNDS} rounds; equal points in all {found['cells']} cells."
    return "\n".join([*lines, "", same])


def main() -> None:
    """Measure, keep the figures, and put the table into README.md."""
    found = json.loads(json.dumps(measure()))
    keep("grading", found, table(found))


if __name__ == "__main__":
    main()
