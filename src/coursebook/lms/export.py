"""From files of questions to files for platforms and paper: all of them, or none and a list of mistakes."""

from __future__ import annotations

import functools
import io
import posixpath
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from sphinx.util.inventory import InventoryFile

from coursebook.facts import read as read_facts
from coursebook.lms import canvas, moodle, paper
from coursebook.lms.words import Book, LmsError, Words, page
from coursebook.quizzes import KINDS, Question, QuizError, read_quiz
from coursebook.selfcheck import dataset
from coursebook.tables import read_package

LEAST = 5  # questions in a pool
FORMATS = ("canvas", "moodle", "paper")
PRACTICE = "Practice. The answers are on the book's pages."
MARKED = "One question is drawn from each pool. Its answers stand on no page of the book."


@dataclass(frozen=True)
class Chapter:
    """The questions of one file, and the pools of those that have siblings."""

    path: Path
    questions: list[Question]
    pools: dict[str, list[Question]]

    def title(self, book: Book) -> str:
        """The title of the page that the file is named after; before the site is built, the file's name."""
        return book.labels.get(self.path.stem, ("", ""))[1] or self.path.stem.replace("-", " ")


def read_book(package: Path, misconceptions: Path, inventory: Path, site: str = "") -> Book:
    """What the questions of a book may refer to; files that are not there are left out.

    Args:
        package: the data package; facts stand beside it.
        misconceptions: YAML by id.
        inventory: `objects.inv` of the built site, for titles and addresses of labels.
        site: address of the published site.
    """
    labels: dict[str, tuple[str, str]] = {}
    if inventory.is_file():
        with inventory.open("rb") as stream:
            known = InventoryFile.load(stream, "", posixpath.join)
        for _, _, address, title in known.get("std:doc", {}).values():
            labels.setdefault(Path(address).stem, (address, title))  # sorted: chapters/1-x before exercises/1-x
        for label, (_, _, address, title) in known.get("std:label", {}).items():
            labels[label] = (address, title.strip("-"))
    known_wrong = yaml.safe_load(misconceptions.read_text("utf-8")) if misconceptions.is_file() else {}
    described = read_package(package)
    title = str(described.get("title") or described["name"]).partition(":")[0]
    return Book(title, read_facts(package.with_name("facts.csv")), labels, site and site.rstrip("/") + "/", known_wrong)


def read_chapters(folder: Path, package: Path, book: Book, least: int = LEAST) -> tuple[list[Chapter], list[str]]:
    """All files of questions, and one line for each mistake in them."""
    load = functools.cache(functools.partial(dataset, package))
    read: list[tuple[Path, list[Question]]] = []
    mistakes: list[str] = []
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        mistakes.append(f"{folder}: holds no file of questions (*.yml)")
    for path in paths:
        try:
            read.append((path, read_quiz(path, load, book.misconceptions)))
        except (QuizError, OSError) as problem:
            mistakes.append(str(problem))
    public = {question.question for _, questions in read for question in questions}
    chapters = []
    for path, questions in read:
        pools = {}
        for question in questions:
            if question.kind != "number":
                continue
            pool: list[Question] = []
            for each in question.siblings:
                if each.question not in public | {one.question for one in pool}:
                    pool.append(each)
            if len(pool) < least:
                mistakes.append(
                    f"{path.name}, question {question.id}: siblings: {len(pool)} that no page shows; "
                    f"a pool takes at least {least}: name other entities or years"
                )
            if pool:
                pools[question.id] = pool
        chapters.append(Chapter(path, questions, pools))
    return chapters, mistakes


class Export:
    """Writes chapters, keeping files and mistakes.

    Attributes: `files`: content by path below the folder of the export; `mistakes`: one line each.
    """

    def __init__(self, book: Book, matching: bool = False) -> None:
        """`matching`: see `moodle.question`."""
        self.files: dict[str, bytes] = {}
        self.mistakes: list[str] = []
        self._book, self._matching = book, matching
        self._online, self._printed = Words(book), Words(replace(book, site=""))

    def add(self, chapter: Chapter) -> None:
        """Write everything of one chapter."""
        title, questions = chapter.title(self._book), chapter.questions
        place = moodle.category([self._book.title, "Practice", title], PRACTICE)
        canvas_texts = self._each(chapter, questions, self._for_canvas)
        self._quiz(chapter, "practice", canvas_texts, [place, *self._each(chapter, questions, self._for_moodle)])
        about = paper.total(questions)
        handout = self._each(chapter, questions, self._for_hand)
        self._sheet(f"practice/{chapter.path.stem}-handout", title, paper.document(title, about, handout, name=True))
        heading, keys = f"{title}: key", self._each(chapter, questions, self._for_key)
        self._sheet(f"practice/{chapter.path.stem}-key", heading, paper.document(heading, about, keys))
        if chapter.pools:
            self._marked(chapter, title)

    def _marked(self, chapter: Chapter, title: str) -> None:
        texts, elements, keys, start = [], [], [], 1
        for question, pool in chapter.pools.items():
            texts.append(canvas.pool(self._each(chapter, pool, self._for_canvas, start)))
            elements.append(moodle.category([self._book.title, "Marked", title, question], MARKED))
            elements += self._each(chapter, pool, self._for_moodle, start)
            keys += self._each(chapter, pool, self._for_key, start)
            start += len(pool)
        self._quiz(chapter, "marked", texts, elements)
        heading = f"{title}: key to the marked pools"
        self._sheet(f"marked/{chapter.path.stem}-marked-key", heading, paper.document(heading, MARKED, keys))

    def _each(
        self, chapter: Chapter, questions: Sequence[Question], write: Callable[[Question, int], str], start: int = 1
    ) -> list[str]:
        texts = []
        for place, question in enumerate(questions, start):
            try:
                texts.append(write(question, place))
            except LmsError as problem:
                self._note(f"{chapter.path.name}, question {question.id}: {problem}")
        return texts

    def _for_canvas(self, question: Question, place: int) -> str:
        return canvas.question(question, self._online, place)

    def _for_moodle(self, question: Question, place: int) -> str:
        return moodle.question(question, self._online, self._matching)

    def _for_hand(self, question: Question, place: int) -> str:
        return paper.question(question, self._printed, place)

    def _for_key(self, question: Question, place: int) -> str:
        return paper.key(question, self._printed, place)

    def _quiz(self, chapter: Chapter, kind: str, texts: list[str], elements: list[str]) -> None:
        base, about = f"{kind}/{chapter.path.stem}-{kind}", MARKED if kind == "marked" else PRACTICE
        text = canvas.document(f"{chapter.title(self._book)}: {kind}", about, texts, kind == "marked")
        self.files[f"moodle/{base}.xml"] = moodle.document(elements).encode()
        self.files[f"canvas/{base}.txt"] = text.encode()
        if any(mistake.startswith(f"{chapter.path.name}, ") for mistake in self.mistakes):
            return  # what is missing would be a second mistake
        try:
            self.files[f"canvas/{base}.zip"] = canvas.package(text)
        except LmsError as problem:
            self._note(f"{chapter.path.name}, {problem}")

    def _sheet(self, path: str, title: str, text: str) -> None:
        self.files[f"paper/{path}.md"] = text.encode()
        self.files[f"paper/{path}.html"] = page(title, text, paper.STYLE).encode()

    def _note(self, mistake: str) -> None:
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)


def write(files: dict[str, bytes], folder: Path) -> None:
    """Put the files into a folder, with one zip for each format; what was there before goes, whole.

    Raises:
        LmsError: the folder holds other things, or would be published.
    """
    folder = folder.resolve()
    if any(
        (above / "objects.inv").exists() or above.parts[-2:] == ("_build", "html")
        for above in (folder, *folder.parents)
    ):
        raise LmsError(f"{folder}: is in a site that is published, marked pools and all; choose _build/lms or the like")
    others = [each.name for each in folder.glob("*") if each.name.removesuffix(".zip") not in FORMATS]
    if others:
        raise LmsError(f"{folder}: holds {others[0]}, which no export wrote; choose an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".lms-") as temporary:
        new = Path(temporary, "new")
        for path, content in (files | _zips(files)).items():
            target = new / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if folder.exists():
            folder.rename(Path(temporary, "old"))
        new.rename(folder)


def _zips(files: dict[str, bytes]) -> dict[str, bytes]:
    found = {}
    for kind in FORMATS:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for path in sorted(path for path in files if path.startswith(f"{kind}/")):
                entry = zipfile.ZipInfo(path)  # with no time of its own: equal content, equal bytes
                archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED)
        found[f"{kind}.zip"] = stream.getvalue()
    return found


def table() -> str:
    """What each kind becomes in each format, and what is lost: a table in Markdown."""
    head = ["| kind | Canvas | Moodle | paper |", "|---|---|---|---|"]
    return "\n".join(
        head + [f"| {kind} | {canvas.KINDS[kind]} | {moodle.KINDS[kind]} | {paper.KINDS[kind]} |" for kind in KINDS]
    )
