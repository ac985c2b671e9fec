"""The folder and gradebook that nbgrader works in: register papers, grade a submission, read scores."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader.api
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader
from traitlets.utils.importstring import import_item

from coursework.grading import suspicion
from coursework.grading.execute import CUT, STOPPED, RunSubmission
from coursework.grading.mend import Notes
from coursework.grading.papers import Paper

SETTINGS = "nbgrader_config.py"
_TRUNCATED = "... Output truncated ..."  # what nbgrader's LimitOutput writes


def _alembic_version() -> str:
    return ScriptDirectory(str(Path(nbgrader.api.__file__).with_name("alembic"))).get_current_head()


# For a new gradebook nbgrader starts the program `alembic`, which takes seconds, to be told the same.
nbgrader.api.get_alembic_version = _alembic_version


class NotRegistered(RuntimeError):
    """nbgrader did not take a paper; the message says why."""


class NotConfigured(RuntimeError):
    """The settings would run submissions by other means than our own."""


@dataclass(frozen=True)
class Score:
    """Points so far, points there are, and points that wait for a person to read an answer."""

    points: float
    maximum: float
    waiting: float


def begin(folder: Path, settings: Path) -> None:
    """Write a course's settings, which load an instructor's; once, before its workers read them.

    Args:
        folder: of the course.
        settings: the folder with `nbgrader_config.py`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    loaded = f"load_subconfig({SETTINGS!r}, path={str(settings.resolve())!r})\n"
    write(folder / SETTINGS, f"c = get_config()\n{loaded}")


def write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, "utf-8", newline="\n")
    part.replace(path)


def _refuse_other_steps(config: Config) -> None:
    """Raise unless what runs notebooks is our step: nbgrader's own, its default, has no sandbox."""
    steps = config.Autograde.get("autograde_preprocessors")
    known = [import_item(step) if isinstance(step, str) else step for step in steps or []]
    running = [step for step in known if isinstance(step, type) and issubclass(step, Execute)]
    if not running or not all(issubclass(step, RunSubmission) for step in running):
        raise NotConfigured(f"{SETTINGS}: Autograde.autograde_preprocessors does not run submissions by RunSubmission")


class Course:
    """An nbgrader course in a folder of its own. nbgrader's form grader opens it as well."""

    def __init__(self, folder: Path, sandboxed: bool = True) -> None:
        """Open a course that `begin` began.

        Args:
            folder: holds `gradebook.db`, nbgrader's folders and its settings.
            sandboxed: whether submissions run in the sandbox.

        Raises:
            NotConfigured: the settings do not run submissions by our step, so not in the sandbox.
        """
        self.folder = folder.resolve()
        config: Config = PyFileConfigLoader(SETTINGS, path=str(self.folder)).load_config()
        _refuse_other_steps(config)
        config.CourseDirectory.root = str(self.folder)
        config.CourseDirectory.db_url = f"sqlite:///{self.folder / 'gradebook.db'}?timeout=60"
        config.RunSubmission.sandboxed = sandboxed
        self.api = NbGraderAPI(config=config)
        self.api.log.handlers[:] = [logging.NullHandler()]  # what it says is read from the result of each step
        self.api.log.propagate = False
        warnings.filterwarnings("ignore", category=SAWarning)  # of nbgrader with this SQLAlchemy; harmless
        self.config = config

    def _path(self, step: str, student: str, paper: str) -> Path:
        return self.folder / step / student / paper

    def register(self, paper: Paper) -> None:
        """Make a paper known to the gradebook.

        Raises:
            NotRegistered: nbgrader refuses, for instance because cells changed after submissions were graded.
        """
        source = self._path("source", ".", paper.id) / f"{paper.assignment}.ipynb"
        release = self._path("release", ".", paper.id)  # nbgrader writes the notebook there when all else is done
        if source.is_file() and source.read_text("utf-8") == paper.source and (release / source.name).is_file():
            return
        shutil.rmtree(release, ignore_errors=True)
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(paper.source, "utf-8", newline="\n")
        result = self.api.generate_assignment(paper.id, force=True)
        if not result["success"]:
            source.unlink()
            raise NotRegistered(f"{paper.id}: {_last_line(result)}")

    def grade(self, paper: str, student: str, notebook: NotebookNode, notes: Notes) -> bool:
        """Grade a mended notebook and write its feedback; the notes get what happened. False if it failed."""
        name = notebook.metadata.coursework.assignment
        folder = self._path("submitted", student, paper)
        for old in (folder, self._path("feedback", student, paper)):  # feedback on what is no longer graded
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        result = self.api.autograde(paper, student, force=True)
        if not result["success"]:
            notes.person.append(f"could not be graded: {_last_line(result)}")
            return False
        graded = nbformat.read(self._path("autograded", student, paper) / f"{name}.ipynb", as_version=4)
        _look_at(graded, notes, int(self.config.RunSubmission.timeout))
        notes.person += self.write_feedback(paper, student)
        return True

    def write_feedback(self, paper: str, student: str) -> list[str]:
        """Write the feedback page with all that the gradebook holds; what a person must know if that failed."""
        result = self.api.generate_feedback(paper, student, force=True)
        return [] if result["success"] else [f"has a score but no feedback page: {_last_line(result)}"]

    def feedback(self, paper: Paper, student: str) -> Path:
        """Where nbgrader puts the feedback page."""
        return self._path("feedback", student, paper.id) / f"{paper.assignment}.html"

    def by_hand(self, paper: str, student: str) -> str:
        """A digest of the points and comments that a person gave in the form grader; it changes when they do."""
        with Gradebook(self.config.CourseDirectory.db_url, "") as gradebook:
            try:
                notebooks = gradebook.find_submission(paper, student).notebooks
            except MissingEntry:
                return ""
            given = [
                (grade.name, grade.manual_score, grade.extra_credit) for each in notebooks for grade in each.grades
            ]
            said = [(comment.name, comment.manual_comment) for each in notebooks for comment in each.comments]
        return hashlib.sha256(repr((sorted(given), sorted(said))).encode()).hexdigest()

    def score(self, paper: str, student: str) -> Score | None:
        """A student's score, with what a person gave in the form grader; None if there is none."""
        with Gradebook(self.config.CourseDirectory.db_url, "") as gradebook:
            try:
                submission = gradebook.find_submission(paper, student)
            except MissingEntry:
                return None
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            waiting = sum(grade.max_score for grade in grades if grade.needs_manual_grade)
            return Score(submission.score, submission.max_score, waiting)


def _last_line(result: dict) -> str:
    """What nbgrader said about a failure, in a line: the innermost error in its log."""
    lines = [line.strip() for line in (result.get("log") or result.get("error") or "").splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(?:Error|Exception)\b", line) and "NbGrader" not in line]
    return (errors or lines or ["nbgrader does not say why"])[-1][:300]


def _look_at(notebook: NotebookNode, notes: Notes, timeout: int) -> None:
    """Note what happened to cells while they ran."""
    for number, cell in enumerate(notebook.cells, start=1):
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {number}"
        outputs = cell.get("outputs", [])
        if shown := sorted({what for output in outputs if (what := suspicion.refused(output))}):
            notes.person.append(f"cell {name} shows a refused network or file ({', '.join(shown)}): to look at")
        for output in outputs:
            if output.output_type == "stream" and (CUT in output.text or _TRUNCATED in output.text):
                notes.mended.append(f"cell {name} wrote more than is kept; the rest was cut")
            elif output.output_type == "error" and output.ename == "CellTimeoutError":
                notes.person.append(f"cell {name} ran longer than {timeout} seconds and was interrupted")
            elif output.output_type == "error" and output.ename == STOPPED:
                lost = sum(cell.metadata.nbgrader.points for cell in notebook.cells[number - 1 :] if _tested(cell))
                notes.person.append(f"at cell {name} {output.evalue}; tests worth {lost:g} points did not run")
                return


def _tested(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_grade(cell)
