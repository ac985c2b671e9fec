"""Grading: every submission gets its points or a clear line; what students wrote reaches nothing but its own folder."""

from __future__ import annotations

import copy
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import handed_in as hand
import nbformat
import nbgrader.api
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from coursework.grading import __main__ as command
from coursework.grading import execute, gradebook, run, sandbox, suspicion, workers
from coursework.grading.report import Row
from lab import running

SETTINGS = """
c = get_config()
load_subconfig("nbgrader_config.py", path={instructor!r})
c.RunSubmission.timeout = 3
c.RunSubmission.seconds = 20
c.RunSubmission.memory = 1500
c.RunSubmission.modules = []
"""
LOOP = "while True:\n    pass"
STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
LEAVE = """
import os, subprocess, sys
from pathlib import Path
for place in ("/tmp", "/dev/shm", "."):
    Path(place, "left").write_text("x")
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
os.environ["LEFT"] = sys.left = "x"
"""
LOOK = """
import os, sys
from pathlib import Path
print("LEFT", [place for place in ("/tmp", "/dev/shm", ".") if Path(place, "left").exists()],
      [p.name for p in Path("/proc").iterdir() if p.name.isdigit() and b"sleep(60)" in (p / "cmdline").read_bytes()],
      os.environ.get("LEFT"), hasattr(sys, "left"))
"""
VISIT = """
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), 1)
except OSError as problem:
    print("NET", problem)
"""
SHOW = """
from IPython.display import HTML, Javascript, display
display(HTML("<img src=x onerror=alert(1)><b>bold</b><i onclick=alert(6)>i</i>"), HTML("<script>alert(2)</script>"))
display(Javascript("alert(3)"))
"""
HOSTILE = "Hm.\n\n<script>alert(4)</script>\n\n[x](javascript:alert(5))"
FILL = "for i in range(99):\n    open(f'f{i}', 'wb').write(bytes(9 << 20))"
SWELL = """
import os
total = 6
for _ in range(3):
    os.fork()
held = b"x" * (400 << 20)  # eight processes, each within what one may have
"""
FULL = (7.0, 3.0)  # points by tests, points of words that wait for a reader


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """Skip where there is no sandbox, but fail in the workflow that installs one: nothing hostile may run outside."""
    try:
        sandbox.try_out()
    except sandbox.SandboxUnavailable as problem:
        (pytest.fail if os.environ.get("GITHUB_ACTIONS") else pytest.skip)(f"no sandbox here: {problem}")


@pytest.fixture(scope="session")
def settings(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instructor's settings with short limits."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "nbgrader_config.py").write_text(SETTINGS.format(instructor=str(root / "instructor/grading")), "utf-8")
    return folder


class Listener:
    """A server on this machine that remembers who came."""

    def __init__(self) -> None:
        self.visitors: list[tuple] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, visitor = self.server.accept()
            except OSError:
                return
            self.visitors.append(visitor)
            connection.close()


@dataclass
class Graded:
    """One run over everything that students hand in."""

    rows: dict[str, Row]
    out: Path
    listener: Listener
    home: Path

    def page(self, student: str) -> str:
        """A student's feedback."""
        return (self.out / "feedback" / student / f"{hand.NAME}.html").read_text("utf-8")

    def report(self, student: str) -> str:
        """A student's lines in the report."""
        lines = (self.out / "report.md").read_text("utf-8").splitlines()
        return "\n".join(line for line in lines if line.startswith(f"| {student} |")).replace("\\", "")


def reads(*places: Path) -> str:
    """Code that prints what of these places it can see or change."""
    return f"""
from pathlib import Path
for place in map(Path, {[str(place) for place in places]!r}):
    for what, attempt in {{
        "saw": lambda: list(place.iterdir()) if place.is_dir() else place.read_bytes(),
        "wrote": lambda: (place / "x" if place.is_dir() else place).write_text("x"),
    }}.items():
        try:
            attempt()
        except OSError:
            continue
        print("SPY", what, place)
print("SPY done")
"""


def cases(out: Path, root: Path, home: Path, port: int) -> dict[str, bytes]:
    """Path of a file below the submissions, and what it holds."""
    small = f"{hand.NAME}.ipynb"
    course = out / "course"
    spied = [course, course / "gradebook.db", out, root / "instructor", root / ".git", root / "tests"]
    spied += [file for file in home.iterdir() if file.is_file()][:5]
    stub = hand.cell(hand.empty(), "mean-answer").source
    visit = VISIT.format(port=port)
    return {
        f"right/{small}": hand.text(hand.solved()),
        f"empty/{small}": hand.text(hand.empty()),
        f"wrong/{small}": hand.text(hand.solved(mean="def mean(values):\n    return values[0]", total="total = 7")),
        f"warns/{small}": hand.text(hand.solved(
            mean=hand.MEAN.replace("    known", "    import warnings; warnings.warn('old')\n    known"),
            total="import sys; print('x', file=sys.stderr)\ntotal = sum(numbers)")),
        "named/final version (3).ipynb": hand.text(hand.solved()),
        f"renamed/{small}": hand.changed(hand.renamed),
        f"stripped/{small}": hand.changed(hand.without_marks),
        f"doubled/{small}": hand.changed(hand.doubled("mean-answer", source=stub)),
        f"doubled-tests/{small}": hand.changed(hand.doubled("mean-check", "mean-hidden", "paper")),
        f"doubtful/{small}": hand.changed(hand.doubled("total-answer", source="total = 99")),
        f"deleted-tests/{small}": hand.changed(hand.without("mean-check", "mean-hidden", "total-hidden")),
        f"deleted-answer/{small}": hand.changed(hand.without("total-answer")),
        f"edited-tests/{small}": hand.changed(
            hand.rewritten("mean-check", "pass"), mean="def mean(values):\n    return values[0]"),
        f"edited-paper/{small}": hand.changed(hand.rewritten("paper", "numbers = [7]"), total="total = 7"),
        f"turned/{small}": hand.changed(hand.turned),
        f"astray/{small}": hand.changed(hand.rewritten("total", "Give the `total` of the numbers.\n\nIt is six.")),
        f"cut-off/{small}": hand.text(hand.solved())[:-200],
        f"sixteen/{small}": hand.text(hand.solved()).decode().encode("utf-16"),
        f"ansi/{small}": hand.text(hand.solved(words="Ein Mittel für sich sagt nichts.")).decode().encode("cp1252"),
        f"nothing/{small}": b"",
        "python/answer.py": b"print(1)",
        "word/answer.docx": b"PK\x03\x04rest",
        f"word-renamed/{small}": b"PK\x03\x04rest",
        f"loops/{small}": hand.text(hand.solved(mean=hand.MEAN + "\n" + LOOP)),
        f"dawdles/{small}": hand.changed(dawdle),
        f"stubborn/{small}": hand.text(hand.solved(total=STUBBORN)),
        f"floods/{small}": hand.text(hand.solved(total="total = 6\nfor i in range(500_000): print(i)")),
        f"huge/{small}": hand.text(hand.solved(total="total = 6\nprint('x' * 200_000_000)")),
        f"greedy/{small}": hand.text(hand.solved(mean="big = bytearray(30 << 30)")),
        f"swells/{small}": hand.changed(swell),
        f"fills/{small}": hand.text(hand.solved(mean=FILL)),
        f"forks/{small}": hand.text(hand.solved(total="import os\nwhile True: os.fork()")),
        f"exits/{small}": hand.text(hand.solved(total="import os\nos._exit(1)")),
        f"killed/{small}": hand.text(hand.solved(total="import os\nos.kill(os.getpid(), 9)")),
        f"spies/{small}": hand.changed(hand.with_own(reads(*spied))),
        f"calls/{small}": hand.changed(hand.with_own(visit)),
        f"shows/{small}": hand.changed(hand.with_own(SHOW), words=HOSTILE),
        f"prints-tests/{small}": hand.changed(hand.with_own("print(In)\nprint(In[-3:])\nIn", after="total-hidden")),
        f"breaks-tests/{small}": hand.text(hand.solved(mean="def mean(values):\n    return 1.0")),
        f"patches/{small}": hand.changed(hand.with_own("class Checks: pass\nChecks.score = lambda self: 9")),
        f"=cmd|'calc'!A1/{small}": hand.text(hand.solved()),
        f"twice/{small}": hand.text(hand.empty()),
        "twice/later.ipynb": hand.text(hand.solved()),
    }  # fmt: skip


@pytest.fixture(scope="session")
def graded(sandboxed: None, root: Path, settings: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Everything graded in one run, two at once."""
    top = tmp_path_factory.mktemp("grading")
    out, home, listener = top / "out", Path.home(), Listener()
    for path, content in cases(out, root, home, listener.port).items():
        file = top / "in" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    old = time.time() - 1000
    os.utime(top / "in" / "twice" / f"{hand.NAME}.ipynb", (old, old))
    rows = run.grade(top / "in", [hand.paper()], out, settings, number=2)
    return Graded({row.student: row for row in rows}, out, listener, home)


def swell(notebook: NotebookNode) -> None:
    """Processes that are too large together, and time for that to show."""
    for _ in range(4):
        hand.with_own("import time; time.sleep(2.5)", after="total-answer")(notebook)
    hand.cell(notebook, "total-answer").source = SWELL


def dawdle(notebook: NotebookNode) -> None:
    """Many cells that are slow, none of them too slow."""
    for _ in range(9):
        hand.with_own("import time; time.sleep(2.5)", after="mean-check")(notebook)


def points(row: Row) -> tuple[float, float]:
    """Points by tests and points that wait."""
    return row.score.points, row.score.waiting


FULL_MARKS = [
    "right", "warns", "named", "renamed", "stripped", "doubled", "doubled-tests", "deleted-tests", "turned",
    "sixteen", "ansi", "floods", "spies", "calls", "shows", "prints-tests", "astray", "patches", "twice",
]  # fmt: skip


@pytest.mark.parametrize("student", FULL_MARKS)
def test_right_answers_keep_their_points_whatever_happened_to_the_notebook(graded: Graded, student: str) -> None:
    row = graded.rows[student]
    assert row.graded
    assert points(row) == FULL, row


@pytest.mark.parametrize(
    ("student", "score"),
    {
        "empty": (0, 0),
        "wrong": (3, 3),  # the visible check of the mean, and that there is a positive total
        "breaks-tests": (4, 3),
        "doubtful": (6, 3),
        "deleted-answer": (5, 3),
        "edited-tests": (4, 3),
        "edited-paper": (6, 3),
        "loops": (7, 3),  # the function stands before the loop
        "stubborn": (5, 3),
        "dawdles": (2, 3),
        "greedy": (2, 3),
        "fills": (2, 3),
        "forks": (5, 3),
        "swells": (5, 3),
        "exits": (5, 3),
        "killed": (5, 3),
    }.items(),
)
def test_the_points_of_what_is_right_are_kept_when_the_rest_is_not(graded: Graded, student: str, score: tuple) -> None:
    row = graded.rows[student]
    assert row.graded
    assert points(row) == score, row


@pytest.mark.parametrize(
    ("student", "says"),
    {
        "renamed": "cell mean-answer had lost its mark or was renamed; recognised by what it says",
        "stripped": "10 cells had lost their marks",
        "doubled": "answer mean-answer stood 2 times",
        "doubled-tests": "cell mean-check stood 2 times; one counts",
        "doubtful": "answer total-answer stands 2 times with 2 contents; the last one was graded",
        "deleted-tests": "cell mean-hidden was deleted; put back",
        "deleted-answer": "answer total-answer was deleted: it counts as not answered",
        "edited-tests": "tests mean-check had been edited; the original tests ran",
        "edited-paper": "given code paper had been edited; the original ran",
        "turned": "cells stood in another order",
        "astray": "the text of total was written into: look there for an answer ('It is six.')",
        "cut-off": "is damaged or cut off (line",
        "sixteen": "saved as UTF-16",
        "ansi": "not saved as UTF-8",
        "nothing": "is empty: ask for the file again",
        "python": "is no notebook, and there is none: ask for the .ipynb",
        "word": "is no notebook, and there is none: ask for the .ipynb",
        "word-renamed": "is a Word file or a zip and no notebook",
        "loops": "cell mean-answer ran longer than 3 seconds and was interrupted",
        "stubborn": "cell total-answer ran longer than 3 seconds and was interrupted",
        "dawdles": "it used more time than the limit for a whole notebook; tests worth 5 points did not run",
        "floods": "cell total-answer wrote more than is kept; the rest was cut",
        "forks": "reaches for other programs (fork)",
        "swells": "it used more memory than the limit",
        "exits": "its own code ended its kernel",
        "killed": "its own code ended its kernel",
        "calls": "reaches for the network (socket)",
        "spies": "reaches for files outside its folder",
        "prints-tests": "reaches for the tests (In)",
        "patches": "reaches for the checker (Checks.score",
        "twice": "handed in 2 times; this is the latest",
    }.items(),
)
def test_the_report_says_what_happened(graded: Graded, student: str, says: str) -> None:
    assert says in graded.report(student), graded.report(student)


def test_the_report_asks_for_a_person_where_one_is_needed(graded: Graded) -> None:
    untroubled = {
        "right",
        "empty",
        "wrong",
        "warns",
        "named",
        "renamed",
        "stripped",
        "doubled",
        "doubled-tests",
        "turned",
    }
    assert {name for name, row in graded.rows.items() if not row.person} >= untroubled
    for name in ("doubtful", "deleted-answer", "astray", "loops", "stubborn", "exits", "killed", "calls", "patches"):
        assert graded.rows[name].person, name


def test_a_spy_sees_and_changes_nothing(graded: Graded) -> None:
    page = graded.page("spies")
    assert "SPY done" in page
    assert re.findall(r"SPY (?:saw|wrote) .*", page) == []


def test_a_submission_leaves_nothing_to_the_next(sandboxed: None, settings: Path, tmp_path: Path) -> None:
    for student, code in (("anna", LEAVE), ("ben", LOOK)):  # one worker takes them in this order
        file = tmp_path / "in" / student / f"{hand.NAME}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_bytes(hand.changed(hand.with_own(code)))
    run.grade(tmp_path / "in", [hand.paper()], tmp_path / "out", settings, number=1)
    page = (tmp_path / "out/feedback/ben" / f"{hand.NAME}.html").read_text("utf-8")
    assert "LEFT [] [] None False" in page


def test_nothing_is_reached_over_the_network(graded: Graded) -> None:
    assert "NET [Errno" in graded.page("calls")
    with socket.create_connection(("127.0.0.1", graded.listener.port)):  # the server does answer from outside
        time.sleep(0.2)
    assert len(graded.listener.visitors) == 1


def test_feedback_shows_points_and_no_hidden_test(graded: Graded) -> None:
    for folder in (graded.out / "feedback").iterdir():
        page = (folder / f"{hand.NAME}.html").read_text("utf-8")
        plain = re.sub(r"\\|&#39;|&quot;|'|\"", "", page)
        assert re.sub("'", "", hand.HIDDEN_LINE)[:40] not in plain, folder.name
        assert "total == 6" not in plain, folder.name
    assert "a missing value is not left out" in graded.page("wrong")  # the hint is kept
    assert "left out: this output repeats the tests" in graded.page("prints-tests")
    assert "7.0 of 10.0 points" in graded.page("right")


def test_feedback_runs_nothing_and_loads_nothing(graded: Graded) -> None:
    for folder in (graded.out / "feedback").iterdir():
        page = BeautifulSoup((folder / f"{hand.NAME}.html").read_text("utf-8"), "html.parser")
        assert page.find_all(["script", "iframe", "object", "embed", "link", "svg", "base", "form"]) == [], folder.name
        for tag in page.find_all(True):
            assert not any(name.startswith("on") or name in ("src", "style") for name in tag.attrs), tag
            assert re.match(r"#|https?://|mailto:", tag.get("href", "#")), tag
        assert "default-src 'none'" in page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    shown = graded.page("shows")
    assert "<b>bold</b>" in shown
    assert shown.count("alert(2)") == 1  # in the student's code, not in what it displayed


def test_the_form_grader_shows_each_answer_with_a_box_for_points(graded: Graded, tmp_path: Path) -> None:
    with running(graded.out / "course", tmp_path) as lab:

        def get(path: str) -> str:
            with urllib.request.urlopen(f"{lab}/formgrader/{path}", timeout=60) as answer:
                return answer.read().decode()

        for notebook in json.loads(get(f"api/submitted_notebooks/{hand.NAME}/{hand.NAME}"))[:3]:
            page = BeautifulSoup(get(f"submissions/{notebook['id']}/"), "html.parser")
            assert len(page.select("input.score")) == 4
            assert page.select("textarea.comment")


def test_output_is_cut(graded: Graded) -> None:
    for student in ("floods", "huge"):
        assert len(graded.page(student)) < 100_000


def test_grades_are_a_table_that_no_spreadsheet_runs(graded: Graded) -> None:
    rows = list(csv.DictReader((graded.out / "grades.csv").open(encoding="utf-8")))
    by_student = {row["student"]: row for row in rows}
    assert by_student["right"] | {"paper": ""} == {
        "student": "right", "assignment": hand.NAME, "paper": "", "points": "7", "of": "10", "to_read": "3",
        "status": "graded", "file": f"right/{hand.NAME}.ipynb",
    }  # fmt: skip
    assert by_student["loops"]["status"] == "check"
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert "'=cmd|'calc'!A1" in by_student


def test_grading_again_changes_nothing(graded: Graded, root: Path, settings: Path) -> None:
    before = {path.name: path.read_bytes() for path in graded.out.glob("*.*")}
    said: list[str] = []
    run.grade(graded.out.parent / "in", [hand.paper()], graded.out, settings, number=2, say=said.append)
    assert {path.name: path.read_bytes() for path in graded.out.glob("*.*")} == before
    assert len(said) == 1 and "have not changed" in said[0]


# Downloads of learning platforms


def zipped(place: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """A zip of files."""
    with zipfile.ZipFile(place, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def test_a_zip_that_leads_out_is_not_unpacked(tmp_path: Path) -> None:
    place = zipped(tmp_path / "in.zip", {"../../evil.ipynb": b"{}", "/etc/evil.ipynb": b"{}", "C:/evil.ipynb": b"{}",
                                         "anna/1-small.ipynb": b"{}"})  # fmt: skip
    files, problems = run.collect.collect(place, {hand.NAME})
    assert [file.student for file in files] == ["anna"]
    assert [problem.text for problem in problems] == ["leads out of the zip and was not unpacked"] * 3


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.ipynb").write_bytes(b"{}")
    (tmp_path / "in" / "anna").mkdir(parents=True)
    (tmp_path / "in" / "anna" / "a.ipynb").symlink_to(tmp_path / "secret.ipynb")
    files, problems = run.collect.collect(tmp_path / "in", {hand.NAME})
    assert files == [] and "link" in problems[0].text


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("surname_12345_67890_4-science-rivalry-2.ipynb", "surname_12345"),
        ("surname_LATE_12345_67890_4-science-rivalry.ipynb", "surname_12345"),
        ("Anna B_4711_assignsubmission_file_/4-science-rivalry.ipynb", "Anna B_4711"),
        ("Essay 1_abc12_attempt_2026-11-28-10-20-30_4-science-rivalry.ipynb", "abc12"),
        ("anna/4-science-rivalry.ipynb", "anna"),
        ("anna/4-science-rivalry/4-science-rivalry.ipynb", "anna"),
        ("Essay 1_abc12_attempt_2026-02-30-10-20-30_4-science-rivalry.ipynb", None),
        ("week 3/surname_12345_67890_4-science-rivalry.ipynb", "surname_12345"),
        ("anna-4-science-rivalry.ipynb", "anna"),
        ("4-science-rivalry.ipynb", None),
    ],
)
def test_whose_a_file_is(tmp_path: Path, path: str, student: str | None) -> None:
    files, problems = run.collect.collect(zipped(tmp_path / "in.zip", {path: b"{}"}), {"4-science-rivalry"})
    assert [file.student for file in files] == ([student] if student else [])
    assert bool(problems) == (student is None)


@pytest.mark.parametrize(
    ("paths", "students", "told"),
    [
        (["week 3/anna/whatever.ipynb", "week 3/ben/x.ipynb"], ["anna", "ben"], ""),
        (["anna/sub/x.ipynb"], ["anna"], "taken for the student anna"),
        (["anna/1-small/1-small.ipynb"], ["anna"], ""),
        (["week3/anna-1-small.ipynb", "week3/ben-1-small.ipynb"], ["anna", "ben"], "those of 2 students"),
        (["anna/1-small.ipynb", "anna/old-1-small.ipynb"], ["anna"] * 2, "those of one student, anna"),
        (["anna/1-small.ipynb", "anna/1-small (1).ipynb", "anna/2-x.ipynb"], ["anna"] * 3, ""),
        (["anna/draft.ipynb", "anna/final.ipynb"], ["anna"] * 2, ""),
    ],
)
def test_whose_files_in_one_folder_are(tmp_path: Path, paths: list[str], students: list[str], told: str) -> None:
    place = zipped(tmp_path / "in.zip", dict.fromkeys(paths, b"{}"))
    files, problems = run.collect.collect(place, {hand.NAME, "2-x"})
    assert sorted(file.student for file in files) == students
    assert len(problems) == bool(told) and all(told in problem.text for problem in problems), problems


def test_one_broken_file_costs_nobody_else(tmp_path: Path) -> None:
    good = hand.text(hand.solved()).decode()
    half = hand.text(hand.solved(words="\N{GRINNING FACE}")).decode().replace("\N{GRINNING FACE}", r"\ud83d")
    place = zipped(tmp_path / "in.zip", {
        "anna/1-small.ipynb": good.encode(),
        "digits/1-small.ipynb": good.replace('"nbformat": 4', f'"nbformat": {"4" * 5000}').encode(),
        "half/1-small.ipynb": half.encode(),
        "undated/1-small.ipynb": good.encode(),
        "corrupt/1-small.ipynb": b"x" * 1000,
        "x_eve_attempt_2026-13-28-10-20-30_1-small.ipynb": good.encode(),
    }, zipfile.ZIP_DEFLATED)  # fmt: skip
    with zipfile.ZipFile(place) as archive:
        start = archive.getinfo("corrupt/1-small.ipynb").header_offset + 30 + len("corrupt/1-small.ipynb")
    content = bytearray(place.read_bytes())
    content[start : start + 4] = b"\xff" * 4
    entry = content.rindex(b"undated/1-small.ipynb") - 46  # in the directory at the end
    content[entry + 12 : entry + 16] = bytes(4)
    place.write_bytes(content)
    files, problems = run.collect.collect(place, {hand.NAME})
    chosen = run.choose(files, [hand.paper()], problems)
    assert [each.student for each in chosen] == ["anna", "half", "undated"]
    assert all(each.key("") for each in chosen)
    assert chosen[1].notes.mended == ["holds half a character, as of an emoji that was cut in two; read as ?"]
    assert len(problems) == 3
    for problem, says in zip(sorted(problems, key=lambda each: each.path), (
        "cannot be unpacked: Error -3", "is a damaged notebook (Exceeds the limit", "no calendar has: rename it",
    ), strict=True):  # fmt: skip
        assert says in problem.text


def test_a_name_that_is_no_text_and_a_file_that_cannot_be_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "anna").mkdir()
    odd = Path(os.fsdecode(os.fsencode(tmp_path / "anna") + b"/\xff.ipynb"))
    try:
        odd.write_bytes(b"{}")
    except OSError:
        pytest.skip("this file system takes no such name")
    (tmp_path / "ben.ipynb").write_bytes(b"{}")
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path if path == odd else path / "gone"))
    files, problems = run.collect.collect(tmp_path, {hand.NAME})
    assert [file.path.encode() for file in files] == [b"anna/?.ipynb"]
    assert ["cannot be read" in problem.text for problem in problems] == [True]


def test_a_file_that_breaks_the_grader_costs_its_own_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    def mend(*arguments: object) -> None:
        raise LookupError("unforeseen")

    monkeypatch.setattr(run.mend, "mend", mend)
    problems: list[run.Problem] = []
    file = run.File("anna/1-small.ipynb", "anna", "1-small.ipynb", hand.text(hand.solved()), (0.0,))
    assert run.choose([file], [hand.paper()], problems) == []
    assert "cannot be graded (LookupError: unforeseen)" in problems[0].text


def test_the_public_papers_are_what_students_download(root: Path) -> None:
    for paper in run.papers.public(sorted((root / "instructor/assignments").glob("[0-9]*.md"))):
        handed_out = nbformat.read(root / "exercises" / f"{paper.assignment}.ipynb", as_version=4)
        assert [cell.source for cell in run.papers.release(paper).cells] == [cell.source for cell in handed_out.cells]
        assert run.papers.which(handed_out, "x.ipynb", "anna", [paper]) == (paper, "")


def test_the_latest_of_two_counts_by_the_number_of_the_platform(tmp_path: Path) -> None:
    files, _ = run.collect.collect(
        zipped(
            tmp_path / "in.zip", {f"anna_1_{number}_x{copy}.ipynb": b"{}" for number, copy in ((9, ""), (10, "-2"))}
        ),
        {hand.NAME},
    )
    last, earlier, certain = run.collect.latest(files)
    assert (last.path, [file.path for file in earlier], certain) == ("anna_1_10_x-2.ipynb", ["anna_1_9_x.ipynb"], True)


def test_a_student_with_anothers_paper_is_graded_by_the_own_one() -> None:
    anna, ben = hand.paper("aaaa1111", "anna"), hand.paper("bbbb2222", "12345", numbers="[5, 6]")
    chosen, doubt = run.papers.which(hand.solved(ben), f"{hand.NAME}.ipynb", "anna", [anna, ben])
    assert chosen is anna and "carries a paper of 12345" in doubt
    assert run.papers.which(hand.solved(ben), "x.ipynb", "surname_12345", [anna, ben]) == (ben, "")
    bare = hand.solved(ben)
    hand.without_marks(bare)
    assert run.papers.which(bare, "x.ipynb", "carol", [anna, ben])[0] is ben  # by what its cells say
    hand.cell(bare := hand.solved(ben), "paper").source = "numbers = []"
    hand.without_marks(bare)
    assert run.papers.which(bare, "x.ipynb", "carol", [anna, ben])[0] is None  # may be either


def test_another_notebook_is_told_so() -> None:
    notes = run.Notes()
    run.mend.mend(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), hand.empty(), notes)
    assert "shares no cell with the paper: it may be another notebook" in notes.person


@pytest.mark.parametrize("between", [True, False])
@pytest.mark.parametrize("empty", ["w1", "w2", "w3"])
def test_empty_answers_are_told_apart_by_their_place(empty: str, between: bool) -> None:
    release = hand.with_words("w1", "w2", "w3", between=between)
    answers = {name: f"My answer to {name}." for name in ("w1", "w2", "w3") if name != empty}
    handed_in = copy.deepcopy(release)
    for name, answer in answers.items():
        hand.cell(handed_in, name).source = answer
    hand.without_marks(handed_in)
    notes = run.Notes()
    mended = run.mend.mend(handed_in, release, notes)
    assert {name: hand.cell(mended, name).source for name in answers} == answers
    assert hand.cell(mended, empty).source == hand.STUB
    assert notes.person == []
    assert len(mended.cells) == len(release.cells)


# Stopping, going on, and machines without a sandbox


def test_what_a_person_gave_stands_in_grades_and_feedback(sandboxed: None, settings: Path, tmp_path: Path) -> None:
    paper, out, said = hand.paper(), tmp_path / "out", []
    handed_in = tmp_path / "in" / "ada" / f"{hand.NAME}.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_bytes(hand.text(hand.solved()))
    run.grade(tmp_path / "in", [paper], out, settings)
    with Gradebook(f"sqlite:///{out / 'course' / 'gradebook.db'}", "") as gradebook:
        grade = gradebook.find_grade("words", hand.NAME, paper.id, "ada")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.find_comment("words", hand.NAME, paper.id, "ada").manual_comment = "Well argued."
        gradebook.db.commit()
    (row,) = run.grade(tmp_path / "in", [paper], out, settings, say=said.append)
    assert points(row) == (9, 0)
    page = BeautifulSoup((out / "feedback" / "ada" / f"{hand.NAME}.html").read_text("utf-8"), "html.parser")
    assert "9.0 of 10.0 points" in page.get_text() and "Well argued." in page.get_text()
    assert [line for line in said if "new points or comments" in line]
    said.clear()
    run.grade(tmp_path / "in", [paper], out, settings, say=said.append)
    assert said == ["1 of 1 submissions are graded already and have not changed"]


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    """One submission."""
    file = tmp_path / "in" / "anna" / f"{hand.NAME}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(hand.text(hand.solved()))
    return tmp_path / "in"


def test_what_could_not_be_graded_is_tried_again(
    anna: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fail(tasks: list, *arguments: object, **options: object) -> Iterator[tuple]:
        tried.append([task.student for task in tasks])
        for task in tasks:
            yield task, workers.Result(False, run.Notes(person=["could not be graded: it hung"]), 1.0)

    monkeypatch.setattr(workers, "grade", fail)
    for _ in range(2):
        (row,) = run.grade(anna, [hand.paper()], tmp_path / "out", settings)
        assert row.status == "not graded"
    assert tried == [["anna"], ["anna"]]


@pytest.mark.parametrize(
    "line", ["", "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']", "[RunSubmission, Execute]"]
)
def test_settings_without_our_step_run_nothing(
    anna: Path,
    settings: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
) -> None:
    if line.startswith("["):
        line = (
            "from coursework.grading.execute import RunSubmission\nfrom nbgrader.preprocessors import Execute\n"
            f"c.Autograde.autograde_preprocessors = {line}"
        )
    unsafe = tmp_path / "settings"
    unsafe.mkdir()
    (unsafe / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n", "utf-8")
    with pytest.raises(gradebook.NotConfigured, match="RunSubmission"):
        run.grade(anna, [hand.paper()], tmp_path / "out", unsafe)
    assert not (tmp_path / "out/course/submitted").exists()
    written = tmp_path / "out/course/nbgrader_config.py"
    written.write_text("", "utf-8")  # as a worker could find it while another wrote it
    with pytest.raises(gradebook.NotConfigured):
        gradebook.Course(written.parent)
    assert written.read_text("utf-8") == ""  # a worker writes no settings


def test_a_paper_whose_registration_was_interrupted_is_registered_again(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    gradebook.begin(tmp_path, settings)
    course = gradebook.Course(tmp_path)
    course.register(hand.paper())
    changed = hand.paper(numbers="[4, 5, 6]")  # of the same name
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(course.api, "generate_assignment", interrupted)
        course.register(changed)
    course.register(changed)
    release = tmp_path / "release" / changed.id / f"{hand.NAME}.ipynb"
    assert "[4, 5, 6]" in release.read_text("utf-8")
    monkeypatch.setattr(course.api, "generate_assignment", interrupted)
    course.register(changed)  # once is enough


def test_a_new_gradebook_has_the_version_that_nbgrader_would_ask_alembic_for() -> None:
    program = Path(sys.executable).with_name("alembic")
    with nbgrader.api._temp_alembic_ini("sqlite://") as settings:
        said = subprocess.run([program, "-c", settings, "heads"], capture_output=True, text=True, check=True).stdout
    assert nbgrader.api.get_alembic_version is gradebook._alembic_version, "nbgrader would start the program"
    assert said.split()[0] == gradebook._alembic_version()


def test_feedback_on_what_is_no_longer_graded_goes(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradebook.begin(tmp_path, settings)
    course, paper = gradebook.Course(tmp_path), hand.paper()
    page = course.feedback(paper, "anna")
    page.parent.mkdir(parents=True)
    page.write_text("old", "utf-8")
    monkeypatch.setattr(course.api, "autograde", lambda *arguments, **options: {"success": False, "error": "locked"})
    assert not course.grade(paper.id, "anna", hand.solved(), run.Notes())
    assert not page.exists()


def test_what_lies_beside_a_notebook_is_no_notebook() -> None:
    def file(student: str, name: str, content: bytes) -> run.File:
        return run.File(f"{student}/{name}", student, name, content, (0.0,))

    good, problems = hand.text(hand.solved()), []
    files = [file("anna", "1-small.ipynb", good), file("anna", "data.json", b'{"a": 1}'), file("anna", "a.txt", b"Hi.")]
    files += [file("ben", "1-small.ipynb.txt", good), file("carol", "data.json", b'{"a": 1}')]
    assert [each.student for each in run.choose(files, [hand.paper()], problems)] == ["anna", "ben"]
    assert [(each.student, each.text) for each in problems] == [
        ("carol", "is no notebook, and there is none: ask for the .ipynb")
    ]


def test_what_widgets_say_is_not_kept() -> None:
    step = execute.RunSubmission()
    step.reset_execution_trackers()
    step.kept, cell = {}, nbformat.v4.new_code_cell("1")
    for kind in ("comm_open", "comm_msg"):
        state = {"_model_name": "OutputModel", "value": "x" * 1_000_000}
        content = {"comm_id": kind, "target_name": "jupyter.widget", "data": {"state": state}}
        step.process_message({"msg_type": kind, "content": content, "parent_header": {}}, cell, 0)
    assert not step.widget_state and not step.comm_objects


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("__import__('socket')", ["code that it writes itself (__import__)", "the network (socket)"]),
        ("import importlib\nimportlib.import_module('so' + 'cket')", ["code that it writes itself (importlib)"]),
        ("exec('im' + 'port os')", ["code that it writes itself (exec)"]),
        ("eval(text)", ["code that it writes itself (eval)"]),
        ("!wget", ["other programs (!wget)"]),
        ("x = !curl x.com", ["other programs (!curl x.com)"]),
        ("%%bash\nls", ["other programs (%bash ls)"]),
        ("import os as o\no.system('ls')", ["other programs (system)"]),
        ("pd.read_csv('https://example.org/a.csv')", ["the network (https://example.org/a.csv)"]),
        ("import dualcirc.checks as d; d.Checks.score = None", ["the checker (d.Checks.score)"]),
        ("from dualcirc.checks import Checks as C\nC.score = None", ["the checker (C.score)"]),
        ("checker.score = None", ["the checker (checker.score)"]),
        ("open('/srv/course/key')", ["files outside its folder (/srv/course/key)"]),
        ("open('../key')", ["files outside its folder (../key)"]),
        ("list(Path('/').iterdir())", ["files outside its folder (/)"]),
        ("print(In)", ["the tests (In)"]),
        ("system, requests, In = 1, [2], 3\nprint(system, requests[0], frame.system, In)", []),
        ("frame['a/b'], 'km/year', '/'.join(names), '%d/%m', frame.eval('a + b'), re.compile('a')", []),
        ("'See https://example.org'\n%matplotlib inline\nself.checked = True", []),
        ("this is no Python: socket", []),
    ],
)
def test_what_code_reaches_for(code: str, says: list[str]) -> None:
    assert suspicion.reaches(nbformat.v4.new_code_cell(code)) == says


def test_solutions_reach_for_nothing(root: Path) -> None:
    for paper in run.papers.public(sorted((root / "instructor/assignments").glob("[0-9]*.md"))):
        cells = nbformat.reads(paper.source, as_version=4).cells
        assert [found for cell in cells if "BEGIN SOLUTION" in cell.source for found in suspicion.reaches(cell)] == []


def test_outputs_that_show_a_refusal_are_to_look_at() -> None:
    def seen(*outputs: NotebookNode) -> list[str]:
        notes = run.Notes()
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=list(outputs))])
        gradebook._look_at(notebook, notes, 30)
        return notes.person

    error = nbformat.v4.new_output("error", ename="URLError", evalue="<urlopen error>", traceback=[])
    printed = nbformat.v4.new_output("stream", name="stdout", text="[Errno 13] Permission denied: '/srv'\n")
    harmless = nbformat.v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    assert seen(error, printed) == [
        "cell number 1 shows a refused network or file (Permission denied, URLError): to look at"
    ]
    assert seen(harmless) == []


def start(place: Path, out: Path, settings: Path, folder: Path, root: Path) -> subprocess.Popen:
    """The command line, as `make grade` calls it."""
    return subprocess.Popen(
        [sys.executable, "-m", "coursework.grading", str(place), "--papers", str(folder), "--out", str(out),
         "--settings", str(settings), "--workers", "1"],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.fixture
def papers_folder(tmp_path: Path) -> Path:
    """What `make assignments` writes, for the small assignment."""
    folder = tmp_path / "papers"
    folder.mkdir()
    made = hand.paper()
    (folder / "source.ipynb").write_text(made.source, "utf-8")
    entry = {"assignment": made.assignment, "paper": made.code, "seed": "s", "student": None, "source": "source.ipynb"}
    (folder / "papers.json").write_text(json.dumps({"papers": [entry]}), "utf-8")
    return folder


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three submissions that take their time."""
    for number in range(3):
        file = tmp_path / "in" / f"student-{number}" / f"{hand.NAME}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_bytes(hand.text(hand.solved(total=f"import time; time.sleep(1)\ntotal = {5 + number}")))
    return tmp_path / "in"


@pytest.mark.slow
def test_grading_goes_on_where_it_was_killed(
    sandboxed: None, three: Path, papers_folder: Path, settings: Path, root: Path, tmp_path: Path
) -> None:
    def lines(process: subprocess.Popen) -> Iterator[str]:
        yield from process.stdout

    killed = start(three, tmp_path / "out", settings, papers_folder, root)
    for line in lines(killed):
        if line.startswith("1 of 3"):
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "out" / "grades.csv").exists()

    again = start(three, tmp_path / "out", settings, papers_folder, root)
    said = again.communicate(timeout=600)[0]
    assert again.returncode == 0, said
    assert "1 of 3 submissions are graded already" in said
    assert len(re.findall(r"^\d of 2  student-\d  1-small  [\d.]+ s  graded$", said, re.M)) == 2, said

    rows = list(csv.DictReader((tmp_path / "out" / "grades.csv").open(encoding="utf-8")))
    assert [row["points"] for row in rows] == ["6", "7", "6"]


def test_without_a_sandbox_nothing_is_graded_unless_one_says_so(
    three: Path, papers_folder: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(shutil, "which", lambda name: None)
    words = [str(three), "--papers", str(papers_folder), "--out", str(tmp_path / "out"), "--settings", str(settings)]
    assert command.main(words) == 1
    assert "bubblewrap (the program bwrap) is not installed" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

    shutil.rmtree(three / "student-1")
    shutil.rmtree(three / "student-2")
    assert command.main([*words, "--sandbox", "no"]) == 0
    assert "WITHOUT A SANDBOX" in capsys.readouterr().err
    assert "WITHOUT a sandbox" in (tmp_path / "out" / "report.md").read_text("utf-8")
    assert "student-0,1-small,aaaa1111,6,10,3,graded" in (tmp_path / "out" / "grades.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "says"),
    {
        "no folder": (lambda place, papers: shutil.rmtree(place), "is no folder and no zip of submissions"),
        "no papers": (lambda place, papers: (papers / "papers.json").unlink(), "papers.json: is not there"),
        "no source": (lambda place, papers: (papers / "source.ipynb").unlink(), "source.ipynb: is not there"),
        "not ours": (lambda place, papers: (papers / "papers.json").write_text("{}"), "is not what `make assignments`"),
    }.values(),
)
def test_wrong_input_gets_one_line(
    three: Path, papers_folder: Path, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch, change: object, says: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(command, "try_out", lambda: None)
    change(three, papers_folder)
    words = [str(three), "--papers", str(papers_folder), "--out", str(tmp_path / "out"), "--settings", str(settings)]
    assert command.main(words) == 1
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()
