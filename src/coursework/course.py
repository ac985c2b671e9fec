"""Write assignments: the public paper into the book, a course's own papers and keys to a folder outside it."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from coursebook.lms import paper as sheet
from coursebook.lms.export import Export, read_chapters
from coursebook.lms.words import Book, page
from coursework import paper, reader, versions
from coursework.source import Source
from coursework.words import CourseworkError

PUBLIC_SEED = "0"
POOL = 8  # questions in a pool of an LMS, drawn from as many other papers
LEAST = 5  # other ways to ask, below which a question is no pool
TRIES = 60  # papers looked at for a pool
_LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./|#)[^)\s]+)\)")


def publish(sources: Sequence[Source], folder: Path) -> dict[Path, str]:
    """The public paper of each assignment: the notebook and the reader's page, by path."""
    files = {}
    for source in sources:
        values = paper.run(source.paper, PUBLIC_SEED, source.name)
        solved = versions.solution(source, values, PUBLIC_SEED)
        files[folder / f"{source.name}.ipynb"] = versions.text(versions.student(solved))
        files[folder / f"{source.name}-reader.md"] = reader.form(source, values)
    return files


def write(files: dict[Path, str]) -> None:
    """Write files whose content changed."""
    for path, content in files.items():
        if not path.is_file() or path.read_text("utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8", newline="\n")


def course(sources: Sequence[Source], seed: str, students: Sequence[str], book: Book) -> dict[Path, str]:
    """A course's papers and keys, by path below its folder, `papers.json` among them.

    Args:
        sources: the assignments.
        seed: a secret of the course.
        students: names or numbers of those who get a paper of their own; none for a common paper.
        book: what links may lead to.
    """
    files: dict[Path, str] = {}
    register = []
    for source in sources:
        linked = outside(source, book)
        for student in students or [None]:
            own = f"{seed}:{student}" if student else seed
            values = paper.run(source.paper, own, source.name)
            solved = versions.solution(linked, values, own)
            code = versions.code(own, source.name)
            below = Path(source.name, code)
            made = {
                "source": (below / "source" / f"{source.name}.ipynb", versions.text(solved)),
                "notebook": (below / f"{source.name}.ipynb", versions.text(versions.student(solved))),
                "reader": (below / "reader.html", page(source.title, reader.form(linked, values), STYLE)),
                "key": (below / "key.html", page(f"{source.title}: key", reader.key(linked, values), STYLE)),
            }
            files |= dict(made.values())
            names = {kind: path.as_posix() for kind, (path, _) in made.items()}
            register.append({"assignment": source.name, "paper": code, "seed": own, "student": student, **names})
    files[Path("papers.json")] = json.dumps({"papers": register}, indent=1) + "\n"
    return files


def outside(source: Source, book: Book) -> Source:
    """An assignment whose links into the book lead to its site, or are words if it has none."""

    def link(found: re.Match[str]) -> str:
        address = book.address(found[2].rpartition("#")[2] if "#" in found[2] else Path(found[2]).stem)
        return f"[{found[1]}]({address})" if address else found[1]

    def mend(cells: tuple) -> tuple:
        return tuple(dataclasses.replace(cell, source=_LINK.sub(link, cell.source)) for cell in cells)

    parts = tuple(dataclasses.replace(part, cells=mend(part.cells)) for part in source.parts)
    return dataclasses.replace(source, start=mend(source.start), parts=parts)


def pools(source: Source, seed: str) -> list[dict[str, Any]]:
    """The reader route's numeric questions in the quizzes' format, the papers of other seeds as siblings.

    A question that other papers ask in fewer than `LEAST` other ways is left out: a pool that small gives itself away.
    It stays in the form and in the key.
    """
    values = paper.run(source.paper, seed, source.name)
    numeric = [entry for entries in source.reader.values() for entry in entries if entry["kind"] == "number"]
    others = [paper.run(source.paper, f"{seed}:pool {number}", source.name) for number in range(TRIES)]
    made = []
    for entry in reader.entries_for(numeric, values, others):
        different = {}
        for names in entry["siblings"]:
            different.setdefault(_asked(entry["question"], names), names)
        different.pop(_asked(entry["question"], entry["with"]), None)
        if len(different) >= LEAST:
            made.append({**entry, "siblings": list(different.values())[:POOL]})
    return made


def _asked(question: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        question = question.replace("{" + name + "}", value)
    return question


def quizzes(sources: Sequence[Source], seed: str, package: Path, book: Book) -> dict[Path, bytes]:
    """Marked pools of the reader route's numbers for Canvas, Moodle and paper, by path below the course's folder.

    Raises:
        CourseworkError: a question cannot be exported.
    """
    with tempfile.TemporaryDirectory() as temporary:
        for source in sources:
            questions = yaml.safe_dump({"questions": pools(source, seed)}, allow_unicode=True, sort_keys=False)
            Path(temporary, f"assignment-{source.name}.yml").write_text(questions, "utf-8")
        titles = {f"assignment-{source.name}": ("", source.title) for source in sources}
        book = dataclasses.replace(book, labels={**book.labels, **titles})
        chapters, mistakes = read_chapters(Path(temporary), package, book)
    export = Export(book)
    for chapter in chapters:
        export.add(chapter)
    if mistakes or export.mistakes:
        raise CourseworkError("\n".join([*mistakes, *export.mistakes]))
    marked = {path: content for path, content in export.files.items() if "/marked/" in path}
    return {Path("lms", path): content for path, content in marked.items()}


def roster(path: Path) -> list[str]:
    """The students of a CSV with the column `student`.

    Raises:
        CourseworkError: no such column, nobody in it, or somebody twice.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows or "student" not in rows[0]:
        raise CourseworkError(f"{path.name}: needs a column `student` and a row for each of them")
    students = [(row["student"] or "").strip() for row in rows]
    for number, student in enumerate(students, start=2):
        if not student or students.index(student) != number - 2:
            raise CourseworkError(f"{path.name}, row {number}, student: {student!r} is empty or stands twice")
    return students


STYLE = sheet.STYLE + "table { border-collapse: collapse; }\ntd, th { border: 1px solid; padding: 0.2em 0.6em; }\n"
