"""The instructor guide says what is so: lists are complete and hold no answers, minutes add up, commands exist."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
import yaml

from coursebook.lms.words import Book
from coursebook.quizzes import Question, read_quiz
from coursebook.selfcheck import dataset
from coursework import contents, course, leaks, paper, versions
from coursework.__main__ import main
from coursework.proof import run
from coursework.samples import EMPTY, MISTAKEN, RIGHT, samples
from coursework.source import Source, read

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "teaching"
CHAPTERS = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "chapters").glob("*.md"))}
SOURCES = {path.stem: read(path) for path in sorted((ROOT / "instructor/assignments").glob("[0-9]*.md"))}
CAPSTONE = "9-synthesis"
MODEL = SOURCES["4-science-rivalry"]
MISCONCEPTIONS = yaml.safe_load((ROOT / "exercises/misconceptions.yml").read_text("utf-8"))


def page(name: str) -> str:
    return (GUIDE / f"{name}.md").read_text("utf-8")


def quiz(name: str) -> list[dict]:
    return yaml.safe_load((ROOT / f"exercises/quizzes/{name}.yml").read_text("utf-8"))["questions"]


# What there is to do


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_exercise_and_question_is_listed(name: str) -> None:
    text = CHAPTERS[name]
    exercises = list(contents.exercises(text))
    assert [
        f"(#{label})" in row.item for label, row in zip(re.findall(r":label: (ex-\S+)", text), exercises, strict=True)
    ]
    rows = [*exercises, *contents.questions(quiz(name))]
    assert [row.item.split("`")[1] for row in rows[len(exercises) :]] == [entry["id"] for entry in quiz(name)]
    known = range(1, len(contents.objectives(text)) + 1)
    assert all(row.objectives and set(row.objectives) <= set(known) for row in rows)
    assert exercises[0].level == "worked example" and "alone" in {row.level for row in exercises}


def test_a_row_says_what_its_source_says() -> None:
    growth = list(contents.parts(MODEL))[1]
    assert (growth.item, growth.objectives, growth.level, growth.minutes) == (
        "Assignment, part 2: Level, change and growth", (2,), "compute", 15,
    )  # fmt: skip
    assert growth.data == ("figure-4-2",) and growth.graded == "10 points by tests"
    level = next(row for row in contents.questions(quiz("4-science-rivalry")) if "`4-rd-level`" in row.item)
    assert (level.level, level.data) == ("compute", ("figure-4-1",))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_lists_hold_no_answers(source: Source, tmp_path: Path) -> None:
    rows = list(contents.parts(source))
    assert sum(row.minutes for row in rows) == source.minutes and len(rows) == len(source.parts)
    (tmp_path / "page.md").write_text(contents.table(rows), "utf-8")
    secret = leaks.without(leaks.secrets(source, course.PUBLIC_SEED), (ROOT / "chapters").glob("*.md"))
    assert leaks.search(tmp_path, secret) == []


def test_every_chapter_has_its_list() -> None:
    assert re.findall(r"\{to-do-list\} (\S+)", page("index-of-exercises"))[: len(CHAPTERS)] == list(CHAPTERS)


def test_every_misconception_is_met_and_named() -> None:
    met = contents.met(ROOT / "exercises/quizzes")
    table = contents.misconceptions(MISCONCEPTIONS, {"self-check": met})
    assert set(MISCONCEPTIONS) == set(met)
    assert all(f"**{each['name']}** | {each['about']} | self-check " in table for each in MISCONCEPTIONS.values())


def test_misconceptions_are_found_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "4-x.yml").write_text("a: [{b: {misconception: vintage}}, {misconception: vintage}]", "utf-8")
    (tmp_path / "5-y.yml").write_text("misconception: ''\nwrong: [{misconception: rounding}]", "utf-8")
    assert contents.met(tmp_path) == {"vintage": ["4-x"], "rounding": ["5-y"]}


# What the pages say of other files


@pytest.mark.parametrize("name", CHAPTERS)
def test_reading_minutes_of_the_syllabus_are_the_chapters(name: str) -> None:
    stated = re.search(r"Reading time\*\*:\s+\{number\}`(\d+) .*?\{number\}`(\d+) ", CHAPTERS[name], re.DOTALL)
    assert stated
    row = next(line for line in page("syllabus").splitlines() if f"| [](../chapters/{name}.md)" in line)
    assert f"| {stated[1]} ({stated[2]})" in row


def test_minutes_of_the_syllabus_add_up() -> None:
    rows = [line.split("|")[3:] for line in page("syllabus").splitlines() if re.match(r"\| \d+ \| \[\]", line)]
    assert len(rows) == 10
    for *cells, total, _ in rows:
        assert sum(int(n) for cell in cells for n in re.findall(r"(?<!\()\b\d+\b(?!\))", cell)) == int(total)


def test_seminars_fill_ninety_minutes_without_a_gap() -> None:
    for seminar in page("seminars").split("\n## ")[1:]:
        spans = [tuple(map(int, found)) for found in re.findall(r"(?m)^\| (\d+) to (\d+) \|", seminar)]
        assert spans[0][0] == 0 and spans[-1][1] == 90
        assert all(one[1] == other[0] for one, other in pairwise(spans))


def test_every_assignment_has_three_questions_to_ask() -> None:
    parts = page("assistants").partition("## Three questions")[2].split("\n### ")[1:]
    asked = {part.partition(":")[0]: re.findall(r"(?m)^\d\. ", part) for part in parts}
    assert all(len(questions) == 3 for questions in asked.values())
    chapters = {name[0] for name in SOURCES} - {CAPSTONE[0]}
    assert set(asked) >= {f"Assignment {number}" for number in chapters} | {"Capstone"}


def test_commands_and_files_of_the_guide_exist() -> None:
    text = "".join(path.read_text("utf-8") for path in GUIDE.glob("*.md"))
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    assert set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    named = re.findall(r"`((?:instructor|exercises)/[\w./-]+)`", text)
    assert named and all((ROOT / name).exists() for name in named)


# Submissions to try grading with


def test_samples_score_as_they_are_called() -> None:
    solved = versions.solution(MODEL, paper.run(MODEL.paper, "try", MODEL.name), "try")
    files = samples([(MODEL, "try", versions.student(solved))])
    handed_in = {path.parts[0]: nbformat.reads(text, as_version=4) for path, text in files.items()}
    assert list(handed_in) == [RIGHT, MISTAKEN, EMPTY]
    assert not any(mark in text for text in files.values() for mark in ("BEGIN SOLUTION", "BEGIN HIDDEN"))
    ran = run([versions.with_tests(notebook, solved) for notebook in handed_in.values()])
    right, mistaken, empty = (sum(got for got, _ in each.scores().values()) for each in ran)
    most = sum(of for _, of in ran[0].scores().values())
    assert right == most and 0 < mistaken < most and empty == 0
    written = [cell for cell in handed_in[RIGHT].cells if versions.name(cell) in MODEL.rubrics]
    assert len(written) > 2 and all(versions.WORDS_STUB not in cell.source for cell in written)


def test_samples_are_not_written_where_they_would_be_published(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["samples", "--out", "_build/handed-in", str(MODEL.path)]) == 1
    assert "inside" in capsys.readouterr().err and not (ROOT / "_build/handed-in").exists()


def test_samples_answer_the_papers_of_a_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for path, text in course.course([MODEL], "try", [], Book()).items():
        (tmp_path / "course" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / path).write_text(text, "utf-8")
    wanted = ["samples", "--papers", str(tmp_path / "course"), "--out", str(tmp_path / "in"), str(MODEL.path)]
    assert main(wanted) == 0
    (given,) = (tmp_path / "course").glob(f"*/*/{MODEL.name}.ipynb")
    assert nbformat.read(tmp_path / "in" / EMPTY / given.name, 4) == nbformat.read(given, 4)
    wanted[2] = str(tmp_path / "nowhere")
    assert main(wanted) == 1 and "has no paper of 4-science-rivalry" in capsys.readouterr().err


# The test before and after


def form(letter: str) -> tuple[list[Question], list[dict]]:
    """A form's questions, complete and as written."""
    path = ROOT / f"instructor/pretest/form-{letter}.yml"

    def load(name: str):
        return dataset(ROOT / "data/datapackage.json", name)

    return read_quiz(path, load, MISCONCEPTIONS), yaml.safe_load(path.read_text("utf-8"))["questions"]


def test_the_two_forms_are_parallel() -> None:
    (one, _), (other, _) = form("a"), form("b")
    assert [question.objective for question in one] == list(range(1, 13))
    for a, b in zip(one, other, strict=True):
        assert (a.kind, a.objective, a.unit, a.tolerance) == (b.kind, b.objective, b.unit, b.tolerance)
        assert a.question != b.question and len(a.choices) == len(b.choices)
        carried = [{choice.misconception for choice in each.choices} - {""} for each in (a, b)]
        assert carried[0] & carried[1], f"{a.id}, {b.id}: no misconception in common"
        if a.kind == "number":
            assert abs(a.answer - b.answer) > a.tolerance and carried[0] == carried[1]
            assert all(abs(c.value - each.answer) > each.tolerance for each in (a, b) for c in each.choices)


@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_form_prints_the_numbers_of_the_data(letter: str) -> None:
    """Each value that an answer is computed from stands in the question, as the data have it."""
    for question in form(letter)[1]:
        for cell in question.get("cells", {}).values():
            rows = dataset(ROOT / "data/datapackage.json", cell["dataset"])
            for column, wanted in cell["where"].items():
                rows = rows[rows[column] == wanted]
            (value,) = rows[cell["column"]]
            printed = f"{int(value):,}" if value.isdigit() else f"{float(value):g}"
            assert re.search(rf"(?<![\d.,]){re.escape(printed)}(?![\d])", question["question"]), (
                question["id"],
                printed,
            )


def test_the_readme_names_the_misconceptions_of_both_forms() -> None:
    rows = re.findall(r"(?m)^\| (\d+) \| .+ \| (.+) \|$", (ROOT / "instructor/pretest/README.md").read_text("utf-8"))
    for letter in "ab":
        for (number, named), question in zip(rows, form(letter)[0], strict=True):
            assert int(number) == question.objective
            assert set(named.split(", ")) <= {choice.misconception for choice in question.choices}


def test_the_forms_are_not_on_the_site(site: Path) -> None:
    asked = [question.question[:60] for letter in "ab" for question in form(letter)[0]]
    text = "".join(path.read_text("utf-8", errors="ignore") for path in site.rglob("*.html"))
    assert not [question for question in asked if question in text]
