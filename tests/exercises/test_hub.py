"""The hub of instructor/hub, run on this machine: one instructor and two students, from release to feedback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import nbformat
import pytest
import websocket
import yaml
from nbformat import NotebookNode

import hub
from hub import COURSE, Person

ROOT = Path(__file__).resolve().parents[2]
PAPER = "4-science-rivalry"
SUBMISSION = f"formgrader/api/submission/{PAPER}"


@dataclass
class Class:
    """A class that has handed in, been graded, and has its feedback."""

    folder: Path
    ada: Person
    bo: Person
    ivy: Person
    gradebook: str
    solved: NotebookNode
    memory: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def course(pytestconfig: pytest.Config) -> Iterator[Class]:
    """The course after a round of an assignment, on a hub that is still up."""
    if reason := hub.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    began = time.monotonic()
    programs = hub.install(ROOT / "_build/hub")
    installed = time.monotonic()
    with contextlib.ExitStack() as ends:
        # Not pytest's folder: others could not enter it, and its path is too long for a socket.
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="hub-")))
        folder.chmod(0o755)
        for name in ("homes", "postgres", "run", "exchange"):
            (folder / name).mkdir()
        (folder / "exchange").chmod(0o1777)
        passwords = ends.enter_context(hub.accounts(folder / "homes"))
        gradebook = ends.enter_context(hub.postgres(folder / "postgres"))
        address = ends.enter_context(hub.jupyterhub(programs, folder / "run", folder / "exchange", gradebook))
        people = {name.rpartition("-")[2]: Person(address, name, passwords[name]) for name in hub.PEOPLE}
        room = Class(folder, **people, gradebook=gradebook, solved=_paper(folder / "papers"))
        try:
            _round(room)
            yield room
        except BaseException:
            print((folder / "run/hub.log").read_text()[-5000:])
            raise
        lines = [
            f"hub: {(time.monotonic() - installed) / 60:.1f} minutes for the class, "
            f"{(installed - began) / 60:.1f} to install",
            *(f"hub: {megabytes:.0f} MB {what}" for what, megabytes in room.memory.items()),
        ]
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print("", *lines, sep="\n")


def _paper(folder: Path) -> NotebookNode:
    """The course's own paper of chapter 4 with its solutions, as `make assignments` writes it."""
    make = [sys.executable, "-m", "coursework", "make", f"instructor/assignments/{PAPER}.md"]
    subprocess.run([*make, "--seed", "a class on a hub", "--out", folder], cwd=ROOT, check=True)
    (source,) = folder.glob(f"{PAPER}/*/source/{PAPER}.ipynb")
    return nbformat.read(source, as_version=4)


def _round(room: Class) -> None:
    """Release, fetch, answer, submit, collect, grade, feedback."""
    ivy, students = room.ivy, (room.ada, room.bo)
    for person in (ivy, *students):
        person.log_in().raise_for_status()
    ivy.start(COURSE)
    _mkdir(ivy, "course", "course/source", f"course/source/{PAPER}")
    _save(ivy, f"course/source/{PAPER}/{PAPER}.ipynb", room.solved, owner=COURSE)
    for step in ("assign", "release"):
        _does(ivy, f"formgrader/api/assignment/{PAPER}/{step}")

    for student in students:
        student.start()
        room.memory.setdefault("a student's server", hub.memory(student.name))
        _assignments(student, "fetch")
    _save(room.ada, f"{PAPER}/{PAPER}.ipynb", _answered(_open(room.ada, f"{PAPER}/{PAPER}.ipynb"), room.solved))
    _run_all(room.ada, f"{PAPER}/{PAPER}.ipynb")
    curious = _open(room.bo, f"{PAPER}/{PAPER}.ipynb")
    answer = next(cell for cell in curious.cells if cell.cell_type == "code" and cell.metadata.nbgrader.solution)
    course = room.folder / "homes" / COURSE / "course"
    answer.source = (
        f"import os\nprint('bo sees', os.path.exists({str(course)!r}), 'JUPYTERHUB_API_TOKEN' in os.environ)"
    )
    _save(room.bo, f"{PAPER}/{PAPER}.ipynb", curious)
    room.memory["and its notebook, run"] = hub.memory(room.ada.name)
    for student in students:
        _assignments(student, "submit")

    _does(ivy, f"formgrader/api/assignment/{PAPER}/collect")
    for student in students:
        _does(ivy, f"{SUBMISSION}/{student.name}/autograde")
        _read(ivy, student)
    for step in ("generate_feedback", "release_feedback"):
        _does(ivy, f"formgrader/api/assignment/{PAPER}/{step}")
    for student in students:
        _assignments(student, "fetch_feedback")


def _answered(notebook: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """The student's notebook with the answers of the solution."""
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in solved.cells if cell.metadata.nbgrader.solution}
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    return notebook


def _read(ivy: Person, student: Person) -> None:
    """The instructor gives each written answer that waits for her three points and a line."""
    notebooks = ivy.server("GET", f"formgrader/api/submitted_notebooks/{PAPER}/{PAPER}", COURSE).json()
    (notebook,) = [each for each in notebooks if each["student"] == student.name]
    grades = ivy.server("GET", f"formgrader/api/grades?submission_id={notebook['id']}", COURSE).json()
    for grade in grades:
        if grade["needs_manual_grade"]:
            score = {"manual_score": 3, "extra_credit": 0}
            ivy.server("PUT", f"formgrader/api/grade/{grade['id']}", COURSE, json=score).raise_for_status()
    for comment in ivy.server("GET", f"formgrader/api/comments?submission_id={notebook['id']}", COURSE).json():
        line = {"manual_comment": f"Read by a person, {student.name}."}
        ivy.server("PUT", f"formgrader/api/comment/{comment['id']}", COURSE, json=line).raise_for_status()


@pytest.mark.slow
def test_grades_are_in_postgresql(course: Class) -> None:
    """The solution has all automatic points and three for each written answer; the other paper has nothing."""
    automatic, written = 0.0, 0
    for cell in course.solved.cells:
        mark = cell.metadata.nbgrader
        if mark.grade:
            automatic += 0 if mark.solution else mark.points
            written += mark.solution
    assert automatic > 20
    assert written > 2
    for student, score in ((course.ada, automatic + 3 * written), (course.bo, 0)):
        kept = course.ivy.server("GET", f"{SUBMISSION}/{student.name}", COURSE).json()
        assert kept["score"] == score, student.name
        assert not kept["needs_manual_grade"]
    query = "select count(*), max(type) from assignment, (select version() as type) as server"
    psql = ["psql", course.gradebook.replace("+psycopg", ""), "--tuples-only", "--no-align", "--command", query]
    rows = subprocess.run(psql, user=COURSE, cwd="/", capture_output=True, text=True, check=True).stdout
    assert rows.startswith("1|PostgreSQL")


@pytest.mark.slow
def test_each_student_gets_the_own_feedback(course: Class) -> None:
    """The feedback page carries the instructor's line and no hidden test."""
    for student, other in ((course.ada, course.bo), (course.bo, course.ada)):
        (handed_in,) = [each for each in _assignments(student)["value"] if each["status"] == "submitted"]
        (submission,) = handed_in["submissions"]
        assert submission["has_local_feedback"], student.name
        page = student.server("GET", f"files/{submission['local_feedback_path']}/{PAPER}.html").text
        assert f"Read by a person, {student.name}." in page
        assert other.name not in page
        assert "BEGIN HIDDEN TESTS" not in page


@pytest.mark.slow
def test_people_are_kept_apart(course: Class) -> None:
    """Students reach neither the course nor each other, and the course's account has no password to log in with."""
    ada, bo = course.ada, course.bo
    assert ada.hub("POST", f"users/{COURSE}/server").status_code == 404  # for her there is no such server
    for other in (COURSE, bo.name):
        assert ada.session.get(f"{ada.address}/user/{other}/api/contents", timeout=60).status_code in (403, 404)
    assert ada.server("GET", "formgrader/api/assignments").status_code == 404
    assert "/hub/login" in Person(ada.address, COURSE, "").log_in().url

    submissions = course.folder / "exchange" / COURSE / "inbound"
    assert len(list(submissions.iterdir())) == 2
    forbidden = {
        "list the submissions": ["ls", submissions],
        "read the course": ["ls", course.folder / "homes" / COURSE / "course"],
        "read another's home": ["ls", course.folder / "homes" / bo.name],
        "open the gradebook": ["psql", course.gradebook.replace("+psycopg", ""), "--command", "select 1"],
        "open it as the course": ["psql", course.gradebook.replace("+psycopg", ""), "--username", COURSE],
    }
    for what, command in forbidden.items():
        done = subprocess.run(command, user=ada.name, cwd="/", stdin=subprocess.DEVNULL, capture_output=True)
        assert done.returncode != 0, what
        # The same works for the course's account: it is not a mere error in the command.
        if "home" not in what:
            again = subprocess.run(command, user=COURSE, cwd="/", stdin=subprocess.DEVNULL, capture_output=True)
            assert again.returncode == 0, f"{what}: {again.stderr!r}"


@pytest.mark.slow
def test_grading_keeps_submissions_in_the_sandbox(course: Class) -> None:
    """Code that is handed in runs as the course's account when it is graded, but sees neither course nor tokens."""
    graded = course.ivy.server(
        "GET", f"api/contents/course/autograded/{course.bo.name}/{PAPER}/{PAPER}.ipynb", COURSE
    ).json()
    printed = [output.get("text", "") for cell in graded["content"]["cells"] for output in cell.get("outputs", [])]
    assert "bo sees False False\n" in printed


@pytest.mark.slow
def test_a_link_brings_the_book(course: Class, tmp_path: Path, site: Path) -> None:
    """A link of the book's pages brings its notebooks; following it again keeps what the student wrote."""
    bare, chapter = tmp_path / "book.git", f"chapters/{PAPER}.ipynb"
    bo = course.bo
    subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)
    who = {f"GIT_{role}_{what}": "test@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run([hub.CONFIG / "push-notebooks.sh", bare], check=True, env={**os.environ, **who})
    with hub.git_daemon(tmp_path) as git:
        asked = {"repo": f"{git}/book.git", "branch": "notebooks", "urlpath": f"lab/tree/book.git/{chapter}"}
        link = f"{bo.address}/hub/user-redirect/git-pull?{urlencode(asked, safe='/')}"
        for note in ("", "My own note."):
            page = bo.session.get(link, timeout=60)
            assert page.ok, page.text
            assert "/user/dualcirc-bo/git-pull?" in page.url
            progress = bo.server("GET", f"git-pull/api?{urlencode(asked)}").text
            assert '"phase": "finished"' in progress, progress
            opened = bo.server("GET", f"api/contents/book.git/{chapter}").json()
            assert opened["type"] == "notebook" and "{cite" not in json.dumps(opened["content"])
            assert note in json.dumps(opened["content"])
            opened["content"]["cells"][0]["source"] += "\n\nMy own note."
            _save(bo, f"book.git/{chapter}", opened["content"])


def test_values_for_a_cluster() -> None:
    """The values parse, and hand the gradebook's address to the course's server alone. No cluster has run them."""
    values = yaml.safe_load((hub.CONFIG / "values.yaml").read_text("utf-8"))
    course = values["singleuser"]["extraEnv"]["COURSE"]
    assert course == COURSE
    config = SimpleNamespace(Spawner=SimpleNamespace())
    for code in values["hub"]["extraConfig"].values():
        exec(code, {"c": config})
    for name, told in ((course, True), ("ada", False)):
        spawner = SimpleNamespace(user=SimpleNamespace(name=name), environment={})
        config.Spawner.pre_spawn_hook(spawner)
        assert ("GRADEBOOK" in spawner.environment) is told
    assert values["hub"]["loadRoles"]["course"]["users"] == [course]
    scopes = values["hub"]["loadRoles"]["instructor"]["scopes"]
    assert all(scope.endswith(f"!user={course}") for scope in scopes)


def _does(ivy: Person, path: str) -> None:
    """Have formgrader do a step."""
    answer = ivy.server("POST", path, COURSE)
    answer.raise_for_status()
    done = answer.json()
    assert done["success"], f"{path}\n{done.get('error')}\n{done.get('log')}"


def _assignments(student: Person, action: str = "") -> dict[str, Any]:
    """Do something in the student's list of assignments, and return the list."""
    form = {"course_id": COURSE, "assignment_id": PAPER}
    path, method = (f"assignments/{action}", "POST") if action else ("assignments", "GET")
    answer = student.server(method, path, params=form)
    answer.raise_for_status()
    assert answer.json()["success"], answer.text
    return answer.json()


def _mkdir(person: Person, *folders: str) -> None:
    for folder in folders:
        person.server("PUT", f"api/contents/{folder}", COURSE, json={"type": "directory"}).raise_for_status()


def _save(person: Person, path: str, notebook: NotebookNode, owner: str | None = None) -> None:
    model = {"type": "notebook", "format": "json", "content": notebook}
    person.server("PUT", f"api/contents/{path}", owner, json=model).raise_for_status()


def _open(person: Person, path: str) -> NotebookNode:
    answer = person.server("GET", f"api/contents/{path}")
    answer.raise_for_status()
    return nbformat.from_dict(answer.json()["content"])


def _run_all(person: Person, path: str) -> None:
    """Run the code cells of a notebook in a kernel of the person's server; no cell may stop with an error."""
    session = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    kernel = person.server("POST", "api/sessions", json=session).json()["kernel"]["id"]
    with contextlib.closing(person.channels(kernel)) as channels:
        for cell in _open(person, path).cells:
            if cell.cell_type == "code":
                _execute(channels, cell.source)


def _execute(channels: websocket.WebSocket, code: str) -> None:
    header = {
        "msg_id": os.urandom(8).hex(),
        "msg_type": "execute_request",
        "session": "1",
        "username": "",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "stop_on_error": True, "allow_stdin": False}
    channels.send(
        json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
    )
    for message in map(json.loads, iter(channels.recv, "")):
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        assert message["msg_type"] != "error", "\n".join(message["content"]["traceback"])
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return
