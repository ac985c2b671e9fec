"""Read an assignment: the MyST notebook, cell by cell, and the companion file beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import yaml
from nbformat import NotebookNode

from coursework.words import CourseworkError

KINDS = ("clean", "indicator", "chart", "conflict", "error", "claim")
LEVELS = ("read", "compute", "judge")
ROUTES = ("code", "reader")
TAGS = ("paper", "answer", "check", "hidden")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

_PART = {"part", "kind", "level", "objective", "minutes"}
_TEXT = {"answer", "points", "level", "objective", "route"}
_CODE = {"tags", "points", "level", "objective"}
_COMPANION = {"rubrics", "wrong", "reader"}


@dataclass(frozen=True)
class Cell:
    """One cell: its `role` is text, given, paper, answer, check, hidden or words (a written answer).

    Attributes: `id`: permanent; `route`: code, reader, or empty for both; `points`: of check, hidden and words.
    """

    id: str
    role: str
    source: str
    route: str = ""
    points: float = 0
    level: str = ""
    objective: int = 0


@dataclass(frozen=True)
class Part:
    """One part: `objective` is a number of the chapter's list; `minutes` at the median."""

    id: str
    title: str
    kind: str
    level: str
    objective: int
    minutes: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Source:
    """An assignment as its author wrote it.

    Attributes: `start`: the cells before the first part, the paper cell among them; `rubrics`, `wrong`, `reader`: the
    companion file.
    """

    path: Path
    title: str
    start: tuple[Cell, ...]
    parts: tuple[Part, ...]
    rubrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    reader: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The assignment's name, which its notebook has."""
        return self.path.stem

    @property
    def paper(self) -> str:
        """Code of the paper cell."""
        return next(cell.source for cell in self.start if cell.role == "paper")

    @property
    def checks(self) -> str:
        """The line that imports `Checks`, from a given cell before the first part."""
        given = "\n".join(cell.source for cell in self.start if cell.role == "given")
        found = re.search(r"^from (\S+) import .*\bChecks\b", given, re.MULTILINE)
        if not found:
            raise CourseworkError(f"{self.path.name}: a given cell before the first part imports Checks")
        return f"from {found[1]} import Checks"

    def cells(self, route: str) -> Iterator[tuple[Part | None, Cell]]:
        """The cells of one route, each with its part; None before the first."""
        owners: list[tuple[Part | None, tuple[Cell, ...]]] = [(None, self.start), *((p, p.cells) for p in self.parts)]
        for part, cells in owners:
            yield from ((part, cell) for cell in cells if cell.route in ("", route))

    def points(self, part: Part, route: str) -> float:
        """What a part is worth on a route."""
        asked = sum(cell.points for cell in part.cells if cell.route in ("", route))
        return asked + sum(question["points"] for question in self.reader.get(part.id, []) if route == "reader")

    @property
    def total(self) -> float:
        """Points of the whole, which are the same on both routes."""
        return sum(self.points(part, "code") for part in self.parts)

    @property
    def minutes(self) -> int:
        """Minutes of all parts."""
        return sum(part.minutes for part in self.parts)

    def differs(self, part: Part) -> bool:
        """Whether the two routes of a part differ."""
        return part.id in self.reader or any(cell.route for cell in part.cells)


def read(path: Path) -> Source:
    """Read `<name>.md` and `<name>.yml`.

    Raises:
        CourseworkError: a cell, tag or key that is none; what the rules of an assignment ask is `rules.mistakes`.
    """
    try:
        cells = jupytext.read(path).cells
    except (OSError, ValueError) as problem:
        raise CourseworkError(f"{path}: cannot be read: {problem}") from problem
    try:
        title, start, parts = _structure(cells)
    except CourseworkError as problem:
        raise CourseworkError(f"{path.name}, {problem}") from problem
    return Source(path, title, start, parts, **_companion(path.with_suffix(".yml")))


def _structure(cells: list[NotebookNode]) -> tuple[str, tuple[Cell, ...], tuple[Part, ...]]:
    if not cells or not cells[0].source.startswith("# "):
        raise CourseworkError("first cell: starts with the title, as `# Growth and shares`")
    title, _, rest = cells[0].source.partition("\n")
    groups: list[tuple[NotebookNode | None, list[NotebookNode]]] = [(None, [])]
    cells[0].source = rest.strip()
    for cell in cells:
        if "part" in cell.metadata:
            groups.append((cell, []))
        else:
            groups[-1][1].append(cell)
    start = _cells("start", groups[0][1])
    if [cell.role for cell in start].count("paper") != 1:
        raise CourseworkError("before the first part stands one code cell with the tag paper")
    parts = tuple(_part(head, rest) for head, rest in groups[1:])
    twice = [each for each, count in Counter(part.id for part in parts).items() if count > 1]
    if twice:
        raise CourseworkError(f"part {twice[0]}: the id stands twice")
    return title.removeprefix("# ").strip(), start, parts


def _part(head: NotebookNode, cells: list[NotebookNode]) -> Part:
    meta, where = head.metadata, f"part {head.metadata['part']}"
    if set(meta) != _PART:
        raise CourseworkError(f"{where}: its metadata are {', '.join(sorted(_PART))}; here {', '.join(sorted(meta))}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*", meta["part"]) or meta["part"] == "start":
        raise CourseworkError(f"{where}: the id is a word in small letters, and not `start`")
    for key, allowed in (("kind", KINDS), ("level", LEVELS)):
        if meta[key] not in allowed:
            raise CourseworkError(f"{where}: {key} is one of {', '.join(allowed)}, not {meta[key]!r}")
    for key in ("objective", "minutes"):
        if not isinstance(meta[key], int):
            raise CourseworkError(f"{where}: {key} is a whole number, not {meta[key]!r}")
    first, _, rest = head.source.partition("\n")
    if not first.startswith("## "):
        raise CourseworkError(f"{where}: its first line is the heading, as `## Growth per year`")
    head.metadata, head.source = NotebookNode(), rest.strip()
    found = _cells(meta["part"], [head, *cells], meta["level"], meta["objective"])
    title = first.removeprefix("## ").strip()
    return Part(meta["part"], title, meta["kind"], meta["level"], meta["objective"], meta["minutes"], found)


def _cells(part: str, cells: list[NotebookNode], level: str = "", objective: int = 0) -> tuple[Cell, ...]:
    counts: Counter[str] = Counter()
    found = []
    for cell in cells:
        role = _role(part, cell)
        counts[role] += 1
        name = "paper" if role == "paper" else f"{part}-{role}" + (f"-{counts[role]}" if counts[role] > 1 else "")
        _check(name, role, cell)
        meta = cell.metadata
        if cell.source.strip():
            found.append(
                Cell(
                    id=name,
                    role=role,
                    source=cell.source.strip("\n"),
                    route=meta.get("route", "") if cell.cell_type == "markdown" else "code",
                    points=meta.get("points", 0),
                    level=meta.get("level", level),
                    objective=meta.get("objective", objective),
                )
            )
    return tuple(found)


def _role(part: str, cell: NotebookNode) -> str:
    if cell.cell_type == "markdown":
        return "words" if "answer" in cell.metadata else "text"
    tags = cell.metadata.get("tags", [])
    unknown = [tag for tag in tags if tag not in TAGS]
    if unknown or len(tags) > 1:
        raise CourseworkError(f"part {part}: a code cell has one tag of {', '.join(TAGS)} or none, not {tags}")
    return tags[0] if tags else "given"


def _check(name: str, role: str, cell: NotebookNode) -> None:
    """Raise if the metadata of a cell are not those of its role."""
    meta = cell.metadata
    unknown = set(meta) - (_CODE if cell.cell_type == "code" else _TEXT)
    if unknown:
        raise CourseworkError(f"cell {name}: {', '.join(sorted(unknown))} means nothing here")
    points, graded = meta.get("points"), role in ("check", "hidden", "words")
    if graded != (isinstance(points, int | float) and points > 0):
        raise CourseworkError(f"cell {name}: " + ("needs points above 0" if graded else "takes no points"))
    if meta.get("route", "code") not in ROUTES:
        raise CourseworkError(f"cell {name}: route is one of {', '.join(ROUTES)}")
    if meta.get("level", "read") not in LEVELS:
        raise CourseworkError(f"cell {name}: level is one of {', '.join(LEVELS)}")
    if role == "answer" and (cell.source.count(BEGIN) != 1 or cell.source.count(END) != 1):
        raise CourseworkError(f"cell {name}: its solution stands once between `{BEGIN}` and `{END}`")


def _companion(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as problem:
        raise CourseworkError(f"{path.name}: cannot be read: {' '.join(str(problem).split())}") from problem
    if not isinstance(content, dict) or set(content) - _COMPANION:
        raise CourseworkError(f"{path.name}: its keys are {', '.join(sorted(_COMPANION))}")
    return content
