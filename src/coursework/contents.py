"""What a book has to practise and to set, listed without answers: exercises, self-checks, parts of assignments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coursework.source import Source

#: Minutes of an exercise and of a question: estimates; the parts of assignments state their own.
EXERCISE_MINUTES, QUESTION_MINUTES = 7, 2

KINDS = {
    "guess": "guess before reading",
    "one": "one choice",
    "many": "several choices",
    "number": "number",
    "text": "short text",
    "order": "order",
    "open": "open answer",
}
_EXERCISE = re.compile(
    r"(?ms)^```\{exercise\} (?P<title>[^\n]+)\n(?P<options>(?::[^\n]+\n)+)"
    r"(?P<rest>.*?)(?=^```\{exercise\} |^## |\Z)"  # with its solution
)
_LOAD = re.compile(r"""\bload\(\s*["']([\w-]+)["']""")
_HELP = {"worked": "worked example", "gaps": "with gaps"}


@dataclass(frozen=True)
class Row:
    """One thing to do: what, which objectives, on which level, in how many minutes, on which data, graded how."""

    item: str
    objectives: tuple[int, ...]
    level: str
    minutes: int
    data: tuple[str, ...]
    graded: str


def objectives(chapter: str) -> list[str]:
    """The objectives of a chapter: its first numbered list."""
    found = re.search(r"(?m)(?:^\d+\. .+\n(?:^ +\S.*\n)*)+", chapter)
    return [" ".join(each.split()) for each in re.split(r"(?m)^\d+\. ", found[0])[1:]] if found else []


def exercises(chapter: str) -> Iterator[Row]:
    """The practice exercises of a chapter, which nobody grades."""
    for found in _EXERCISE.finditer(chapter):
        title, options = found["title"], found["options"]
        label = re.search(r":label: (\S+)", options)
        name = re.sub(r" \([\w ]+\)$|, with gaps$", "", title)
        yield Row(
            f"Exercise [{name}](#{label[1]})" if label else f"Exercise {name}",
            tuple(map(int, re.findall(r"objective-(\d+)", options))),
            next((text for word, text in _HELP.items() if word in title.lower()), "alone"),
            EXERCISE_MINUTES,
            _unique(_LOAD.findall(found["rest"])),
            "not; a solution to unfold",
        )


def questions(entries: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The questions of a self-check file, without what they ask and answer."""
    for entry in entries:
        cells = entry.get("cells", {})
        level = "judge" if entry["kind"] == "open" else "compute" if len(cells) > 1 else "read"
        graded = {"guess": "not; comes back in the summary", "open": "by the student, with a model answer"}
        yield Row(
            f"Self-check `{entry['id']}`, {KINDS[entry['kind']]}",
            (entry["objective"],),
            level,
            QUESTION_MINUTES,
            _unique(cell["dataset"] for cell in cells.values()) or (f"({entry['reads']})",),
            graded.get(entry["kind"], "at once, in the page or an LMS"),
        )


def parts(source: Source) -> Iterator[Row]:
    """The parts of an assignment, without solutions and without texts that a seed fills."""
    start = [cell.source for cell in source.start if cell.role == "given"]
    for number, part in enumerate(source.parts, start=1):
        code = [cell for cell in part.cells if cell.route != "reader"]
        tested = sum(cell.points for cell in code if cell.role in ("check", "hidden"))
        read = sum(cell.points for cell in code if cell.role == "words")
        graded = [f"{tested:g} points by tests"] * bool(tested) + [f"{read:g} by rubric"] * bool(read)
        title = re.sub(r"\{\{.*?\}\}", "...", part.title)
        yield Row(
            f"Assignment, part {number}: {title}",
            (part.objective,),
            part.level,
            part.minutes,
            _unique(_LOAD.findall("\n".join([*start, *(cell.source for cell in code)]))),
            ", ".join(graded),
        )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def table(rows: Iterable[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| what | objective | level | minutes | data | graded |", "|---|---|---|---:|---|---|"]
    for row in rows:
        numbers = ", ".join(map(str, row.objectives))
        data = ", ".join(row.data) or "-"
        lines.append(f"| {row.item} | {numbers} | {row.level} | {row.minutes} | {data} | {row.graded} |")
    return "\n".join(lines)


def met(folder: Path) -> dict[str, list[str]]:
    """Where each misconception is met, by its id: the names of the YAML files below a folder that name it."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for name in sorted(set(_named(yaml.safe_load(path.read_text("utf-8"))))):
            found.setdefault(name, []).append(path.stem)
    return found


def _named(content: Any) -> Iterator[str]:
    """The misconceptions that parsed YAML names, at any depth."""
    if isinstance(content, dict):
        if content.get("misconception"):
            yield content["misconception"]
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from _named(each)


def misconceptions(known: Mapping[str, Mapping[str, str]], places: Mapping[str, Mapping[str, list[str]]]) -> str:
    """Known misconceptions as a table in Markdown; `places` is what `met` found, by what to call it."""
    lines = ["| misreading | what to say | where it is met |", "|---|---|---|"]
    for name, each in known.items():
        where = [
            f"{kind} {', '.join(stem.partition('-')[0] for stem in found[name])}"
            for kind, found in places.items()
            if name in found
        ]
        lines.append(f"| **{each['name']}** | {each['about']} | {'; '.join(where) or 'nowhere yet'} |")
    return "\n".join(lines)
