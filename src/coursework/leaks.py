"""Look for solutions, hidden tests and model answers in what is published."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from coursework import paper, reader, versions
from coursework.seeds import Planted
from coursework.source import BEGIN, END, Source

LEAST = 16  # signs without blanks that a secret has: `growth = ...` is none
_TEXTS = {".html", ".md", ".ipynb", ".js", ".json", ".txt", ".py", ".yml", ".csv", ".xml"}
_ZIPS = {".zip", ".whl"}
_REGION = re.compile(rf"({BEGIN}|### BEGIN HIDDEN TESTS)\n(.*?)({END}|### END HIDDEN TESTS)", re.DOTALL)
_HEADER = re.compile(r"\w+(,\w+)+")  # of a table in a hidden test: names of columns, which the question gives
_OPENING = re.compile(r"check = Checks\(globals\(\), points=[\d.]+\)")  # what the tool writes above all tests
_NUMBERS = re.compile(r"[\d.,e+-]+")  # a row of such a table: numbers alone, which a chart's data may hold too
_SENTENCE = re.compile(r"(?<=[.:;?!])\s+|\n{2,}")


def secrets(source: Source, seed: str) -> dict[str, str]:
    """What must not be published of one paper: the text as it is searched for, and as its author wrote it.

    Lines of solutions, hidden tests and planted wrong answers, as written and as filled in for the seed; sentences of
    model answers, rubrics, scored samples and the key to the reader's questions; where the errors are that the seed
    planted.
    """
    values = paper.run(source.paper, seed, source.name)
    found = [*_lines(versions.solution(source, values, seed))]
    for _, cell in (*source.cells("code"), *source.cells("reader")):
        if cell.role == "hidden":
            found += cell.source.splitlines()
        elif cell.role == "answer":
            found += cell.source.partition(BEGIN)[2].partition(END)[0].splitlines()
        elif cell.role == "words":
            found += _sentences(paper.in_text(cell.source, values))
    for each in source.wrong:
        found += [*each["code"].splitlines(), *paper.in_code(each["code"], values).splitlines()]
    for rubric in source.rubrics.values():
        filled = paper.fill_all(rubric, values)
        for text in (level["sees"] for level in filled["levels"]):
            found += _sentences(text)
        for sample in filled["samples"]:
            found += [*_sentences(sample["answer"]), *_sentences(sample["why"])]
    for questions in reader.asked(source, values).values():
        for question in questions:
            found += [reader.right(question), *_sentences(question.why)]
    for value in values.values():
        if isinstance(value, Planted):
            found.append(repr(value))
    public = {
        source.checks,
        *(line for cell in source.start if cell.role == "given" for line in cell.source.splitlines()),
    }
    bare = {normal(text): text.strip() for text in found if text not in public and not _ordinary(text)}
    return {text: written for text, written in bare.items() if len(text) >= LEAST}


def _ordinary(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in (_HEADER, _NUMBERS, _OPENING))


def _lines(solved: NotebookNode) -> Iterator[str]:
    for cell in solved.cells:
        for region in _REGION.finditer(cell.source):
            yield from region[2].splitlines()


def _sentences(text: str) -> list[str]:
    return [each.replace("\n", " ").strip(".:;?! ") for each in _SENTENCE.split(text)]


def normal(text: str) -> str:
    """A text without markup, blanks, quotes and escapes, in which no layout hides anything."""
    return re.sub(r"""[\s"'`\\]+""", "", html.unescape(re.sub(r"<[^<>]*>", "", text)))


def without(found: dict[str, str], public: Iterable[Path]) -> dict[str, str]:
    """The secrets but those that public files show on purpose, as a chapter shows how a dataset is read."""
    shown = "\n".join(normal(path.read_text("utf-8")) for path in public)
    return {text: written for text, written in found.items() if text not in shown}


def search(folder: Path, found: dict[str, str]) -> list[str]:
    """One line for each file below a folder, or in a zip there, that holds a secret."""
    lines = []
    for name, text in _texts(folder):
        # as it is, since `<` need not begin a tag; and without tags, since colours may cut a line into pieces
        searched = (normal(text), re.sub(r"""[\s"'`\\]+""", "", text.replace("\\n", "")))
        hits = [written for secret, written in found.items() if any(secret in each for each in searched)]
        if hits:
            lines.append(f"{name}: {len(hits)} of {len(found)} secrets, for instance {hits[0][:80]!r}")
    return lines


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in _ZIPS:
            yield from _zipped(name, path.read_bytes())
        elif path.suffix in _TEXTS and path.is_file():
            yield name, path.read_text("utf-8", errors="replace")


def _zipped(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.namelist():
            if Path(entry).suffix in _ZIPS:
                yield from _zipped(f"{name}/{entry}", archive.read(entry))
            elif Path(entry).suffix in _TEXTS:
                yield f"{name}/{entry}", archive.read(entry).decode("utf-8", errors="replace")
