"""Grade a folder or zip of submissions: find, choose the paper, mend, run, write up. Goes on where it was stopped."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from coursework.grading import collect, mend, papers, report, suspicion, workers
from coursework.grading.collect import File, Problem
from coursework.grading.gradebook import Course, begin, write
from coursework.grading.mend import Notes
from coursework.grading.papers import Paper
from coursework.grading.report import Row


@dataclass
class Submission:
    """What is graded for one student and assignment."""

    student: str
    folder: str  # the student's name as nbgrader's folders can have it
    paper: Paper
    file: File
    notebook: str = field(repr=False)  # mended, as text
    notes: Notes = field(default_factory=Notes)

    def key(self, settings: str) -> str:
        """Changes when anything changes that the grade depends on."""
        parts = (self.notebook, self.paper.source, settings)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def grade(
    place: Path,
    known: Sequence[Paper],
    out: Path,
    settings: Path,
    *,
    number: int = 1,
    sandboxed: bool = True,
    say: Callable[[str], None] = print,
) -> list[Row]:
    """Grade all submissions and write `grades.csv`, `report.md` and `feedback/` into a folder.

    Args:
        place: folder or zip of submissions.
        known: the papers of the course.
        out: where everything goes; what was graded there before and has not changed is not graded again.
        settings: the folder with nbgrader's configuration.
        number: how many submissions are graded at once.
        sandboxed: whether they run in the sandbox.
        say: gets a line of progress.

    Raises:
        NothingHandedIn, NotRegistered, NotConfigured: see there.
    """
    files, problems = collect.collect(place, {paper.assignment for paper in known})
    submissions = choose(files, known, problems)
    begin(out / "course", settings)
    course = Course(out / "course", sandboxed)
    for paper in {each.paper.id: each.paper for each in submissions}.values():
        course.register(paper)
    fingerprint = (settings / "nbgrader_config.py").read_text("utf-8") + str(sandboxed)
    todo, records = {}, out / "course" / "records"
    for each in submissions:
        record = _record(records, each)
        done = json.loads(record.read_text("utf-8")) if record.is_file() else {"key": "", "graded": False}
        if not done["graded"] or done["key"] != each.key(fingerprint):  # what failed is tried again
            todo[each.paper.id, each.folder] = each
    if len(todo) < len(submissions):
        say(f"{len(submissions) - len(todo)} of {len(submissions)} submissions are graded already and have not changed")
    tasks = [workers.Task(each.paper.id, each.folder, each.notebook) for each in todo.values()]
    limit = course.config.RunSubmission.seconds + 120
    results = workers.grade(tasks, course.folder, workers=number, sandboxed=sandboxed, seconds=limit)
    for count, (task, result) in enumerate(results, start=1):
        each = todo[task.paper, task.student]
        done = {"key": each.key(fingerprint), "by_hand": course.by_hand(task.paper, task.student)}
        done |= {"graded": result.graded, **asdict(result.notes)}
        write(_record(records, each), json.dumps(done, indent=1))
        outcome = "graded" if result.graded and not result.notes.person else "; ".join(result.notes.person)
        say(f"{count} of {len(tasks)}  {each.student}  {each.paper.assignment}  {result.seconds:.1f} s  {outcome}")
    renewed = sum(_renew_feedback(each, _record(records, each), course) for each in submissions)
    if renewed:
        say(f"{renewed} of {len(submissions)} have new points or comments by a person: their feedback is written again")
    rows = [_row(each, json.loads(_record(records, each).read_text("utf-8")), course) for each in submissions]
    _publish(out, rows, problems, submissions, course, sandboxed)
    return rows


def choose(files: Sequence[File], known: Sequence[Paper], problems: list[Problem]) -> list[Submission]:
    """The notebook that counts for each student and assignment, mended; what cannot be read joins the problems."""
    read = defaultdict(list)
    others: dict[str, list[File]] = defaultdict(list)
    for file in files:
        if not file.name.lower().endswith((".ipynb", ".json", ".txt")) and not file.content.lstrip().startswith(b"{"):
            others[file.student].append(file)
            continue
        notes = Notes()
        try:
            notebook = mend.read(file.content, notes)
            paper, doubt = papers.which(notebook, file.name, file.student, known)
        except Exception as problem:  # whatever one student's file can break, the others are graded
            if isinstance(problem, mend.Unreadable) and file.name.lower().endswith((".json", ".txt")):
                others[file.student].append(file)  # data or a note beside the notebook
                continue
            problems.append(_broken(file, problem))
            continue
        if paper is None:
            problems.append(Problem(file.student, file.path, doubt))
            continue
        notes.person += [doubt] if doubt else []
        read[file.student, paper.assignment].append((file, notebook, paper, notes))
    submitted = {student for student, _ in read}
    for student, rest in others.items():
        for file in rest:
            if student not in submitted:
                problems.append(Problem(student, file.path, "is no notebook, and there is none: ask for the .ipynb"))
    folders = _folders(submitted)
    chosen = []
    for (student, _), group in sorted(read.items()):
        last, earlier, certain = collect.latest([file for file, *_ in group])
        file, notebook, paper, notes = next(each for each in group if each[0] is last)
        if earlier:
            names = ", ".join(each.path for each in earlier)
            note = f"handed in {len(group)} times; this is the latest, not graded: {names}"
            (notes.mended if certain else notes.person).append(
                note if certain else f"{note} (no date tells them apart)"
            )
        try:
            mended = mend.mend(notebook, papers.release(paper), notes)
            notes.person += _suspicions(mended)
            mended.metadata["coursework"] = {"assignment": paper.assignment, "paper": paper.code}
            text = nbformat.writes(mended)
        except Exception as problem:
            problems.append(_broken(file, problem))
            continue
        chosen.append(Submission(student, folders[student], paper, file, text, notes))
    return chosen


def _broken(file: File, problem: Exception) -> Problem:
    if isinstance(problem, mend.Unreadable):
        return Problem(file.student, file.path, str(problem))
    return Problem(file.student, file.path, f"cannot be graded ({type(problem).__name__}: {str(problem)[:120]})")


def _suspicions(notebook: nbformat.NotebookNode) -> list[str]:
    """What the student's own cells reach for."""
    found = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if not marks or marks["solution"]:
            name = marks.get("grade_id", "of the student's own")
            found += [f"cell {name} reaches for {what}" for what in suspicion.reaches(cell)]
    return found


def _folders(students: set[str]) -> dict[str, str]:
    """A folder's name for each student, the same in every run."""
    made = {}
    for student in students:
        plain = re.sub(r"[^\w.-]+", "-", student).strip("-.")[:60]
        made[student] = (
            plain if plain == student else f"{plain or 'student'}-{hashlib.sha256(student.encode()).hexdigest()[:6]}"
        )
    return made


def _record(records: Path, submission: Submission) -> Path:
    return records / submission.paper.id / f"{submission.folder}.json"


def _renew_feedback(each: Submission, record: Path, course: Course) -> bool:
    """Write feedback again if a person gave points or comments since; whether that was so."""
    done = json.loads(record.read_text("utf-8"))
    by_hand = course.by_hand(each.paper.id, each.folder)
    if not done["graded"] or done["by_hand"] == by_hand:
        return False
    failed = course.write_feedback(each.paper.id, each.folder)
    write(record, json.dumps({**done, "by_hand": by_hand, "person": done["person"] + failed}, indent=1))
    return True


def _row(each: Submission, record: dict, course: Course) -> Row:
    return Row(
        each.student, each.paper.assignment, each.paper.code, each.file.path, record["graded"],
        each.notes.mended + record["mended"], each.notes.person + record["person"],
        course.score(each.paper.id, each.folder) if record["graded"] else None,
    )  # fmt: skip


def _publish(
    out: Path, rows: list[Row], problems: list[Problem], submissions: list[Submission], course: Course, sandboxed: bool
) -> None:
    """The files that an instructor looks at."""
    shutil.rmtree(out / "feedback", ignore_errors=True)
    for each in submissions:
        page = course.feedback(each.paper, each.folder)
        if page.is_file():
            target = out / "feedback" / each.folder / f"{each.paper.assignment}.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, target)
    write(out / "grades.csv", report.grades(rows))
    where = "in the sandbox" if sandboxed else "WITHOUT a sandbox: their code could do all that you can"
    write(out / "report.md", report.report(rows, problems, f"Submissions ran {where}."))
