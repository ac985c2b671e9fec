"""Read a notebook as handed in and put it right where that is unambiguous; say what was done and what needs a person.

A cell is known by its id, then by what it says and where it stands. Whatever a student wrote stays in the notebook.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

_NAME = re.compile(r"^(?:def\s+)?([A-Za-z_]\w*)\s*(?:=|\()", re.M)


class Unreadable(ValueError):
    """The file is no notebook that can be graded; the message says what it is and what to ask for."""


@dataclass
class Notes:
    """What was mended, and what needs a person."""

    mended: list[str] = field(default_factory=list)
    person: list[str] = field(default_factory=list)


def read(content: bytes, notes: Notes) -> NotebookNode:
    """A notebook in today's format.

    Raises:
        Unreadable: with what the file seems to be.
    """
    if not content.strip():
        raise Unreadable("is empty: ask for the file again")
    for start, kind in ((b"PK", "a Word file or a zip"), (b"%PDF", "a PDF"), (b"\xd0\xcf", "an old Word file")):
        if content.startswith(start):
            raise Unreadable(f"is {kind} and no notebook: ask for the .ipynb")
    text = _text(content, notes)
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as problem:
        kind = "damaged or cut off" if text.lstrip().startswith("{") else "no notebook"
        raise Unreadable(f"is {kind} (line {problem.lineno}, column {problem.colno}): ask for the .ipynb") from None
    except RecursionError:
        raise Unreadable("is nested too deeply to be a notebook") from None
    except ValueError as problem:  # a number with thousands of digits
        raise Unreadable(f"is a damaged notebook ({str(problem)[:120]}): ask for the file again") from None
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise Unreadable("is JSON but no notebook: ask for the .ipynb")
    try:
        if raw["nbformat"] == 4:
            raw["nbformat_minor"] = 5
            for number, cell in enumerate(raw["cells"]):
                cell["id"] = f"cell-{number}"  # those of copied cells are copies
        notebook = nbformat.convert(nbformat.reads(_whole(raw, notes), as_version=nbformat.NO_CONVERT), 4)
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
            cell.setdefault("metadata", NotebookNode())
            if not isinstance(cell.source, str) or cell.cell_type not in ("code", "markdown", "raw"):
                raise TypeError(f"cell {number + 1} has no text")
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.nbformat, notebook.nbformat_minor = 4, 5
        nbformat.validate(notebook)
    except Exception as problem:  # whatever a file that only looks like a notebook can break
        first = (str(problem).strip() or type(problem).__name__).splitlines()[0][:120]
        raise Unreadable(f"is a damaged notebook ({first}): ask for the file again") from None
    return notebook


def _text(content: bytes, notes: Notes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        notes.mended.append("saved as UTF-16, read as that")
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.mended.append("not saved as UTF-8, read as Windows-1252: special characters may be wrong")
        return content.decode("cp1252", errors="replace")


def _whole(raw: dict, notes: Notes) -> str:
    """A notebook's JSON without halves of characters, which no file can hold."""
    text = json.dumps(raw, ensure_ascii=False)
    whole = text.encode("utf-8", errors="replace").decode("utf-8")
    if whole != text:
        notes.mended.append("holds half a character, as of an emoji that was cut in two; read as ?")
    return whole


def mend(handed_in: NotebookNode, release: NotebookNode, notes: Notes) -> NotebookNode:
    """The notebook with every cell of the paper in it once, marked as the paper marks it, in the paper's order.

    Args:
        handed_in: from `read`; not changed.
        release: the paper as students got it.
        notes: gets what was done.
    """
    cells = copy.deepcopy(handed_in.cells)
    paper = {_id(cell): cell for cell in release.cells if _id(cell)}
    place: dict[str, int] = {}  # id of the paper's cell -> index of the student's
    spare = _by_id(cells, paper, place, notes)
    lost = [name for name in paper if name not in place]
    _by_content(cells, paper, place)
    if not place:
        notes.person.append("shares no cell with the paper: it may be another notebook")
    found = [name for name in lost if name in place]
    for name in paper:
        if name not in place and _is_answer(paper[name]):
            _by_position(cells, paper, place, name, notes, found)
    if len(found) > 3:
        notes.mended.append(f"{len(found)} cells had lost their marks and were recognised by what they say")
    else:
        notes.mended += [f"cell {name} had lost its mark or was renamed; recognised by what it says" for name in found]
    mended = copy.deepcopy(handed_in)
    mended.cells = _in_order(cells, paper, place, spare, notes)
    mended.metadata = copy.deepcopy(release.metadata)
    return mended


def _id(cell: NotebookNode) -> str | None:
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.nbgrader.get("solution"))


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _same(one: NotebookNode, other: NotebookNode) -> bool:
    return _plain(one.source) == _plain(other.source)


def _by_id(cells: list, paper: dict, place: dict[str, int], notes: Notes) -> set[int]:
    """Cells that carry an id of the paper; of several with one id, the one that was worked on.

    Returns:
        Copies that say nothing new. Run after the original they would undo an answer.
    """
    groups = defaultdict(list)
    for index, cell in enumerate(cells):
        if _id(cell) in paper:
            groups[_id(cell)].append(index)
    spare: set[int] = set()
    for name, indices in groups.items():
        if len(indices) == 1:
            place[name] = indices[0]
            continue
        original = [index for index in indices if _same(cells[index], paper[name])]
        if not _is_answer(paper[name]):
            place[name] = (original or indices)[0]
            notes.mended.append(f"cell {name} stood {len(indices)} times; one counts, it is not an answer")
        else:
            written = [index for index in indices if index not in original]
            place[name] = (written or indices)[-1]
            texts = {_plain(cells[index].source) for index in written}
            if len(texts) > 1:
                notes.person.append(
                    f"answer {name} stands {len(indices)} times with {len(texts)} contents; the last one was graded"
                )
            else:
                notes.mended.append(f"answer {name} stood {len(indices)} times, but only one answer was written")
        chosen = cells[place[name]]
        spare |= {i for i in indices if i != place[name] and (i in original or _same(cells[i], chosen))}
    return spare


def _by_content(cells: list, paper: dict, place: dict[str, int]) -> None:
    """Cells without a known id that say what a cell of the paper says.

    What several cells of the paper say, as all empty answers do, tells nothing: there only the place counts.
    """
    said = Counter((given.cell_type, _plain(given.source)) for given in paper.values())
    repeated = []
    for name, given in paper.items():
        if name in place or not given.source.strip():
            continue
        if said[given.cell_type, _plain(given.source)] > 1:
            repeated.append(name)
        elif alike := [index for index in _free(cells, place, range(len(cells)), given) if _same(cells[index], given)]:
            place[name] = alike[0]
    for name in repeated:
        if not _is_answer(paper[name]):
            free = _free(cells, place, _gap(cells, paper, place, name), paper[name])
            if alike := [index for index in free if _same(cells[index], paper[name])]:
                place[name] = alike[0]


def _gap(cells: list, paper: dict, place: dict[str, int], name: str) -> range:
    """Where a cell must stand: between the nearest cells that are known."""
    order = list(paper)
    here = order.index(name)
    before = max((place[each] for each in order[:here] if each in place), default=-1)
    after = [place[each] for each in order[here + 1 :] if each in place and place[each] > before]
    return range(before + 1, min(after, default=len(cells)))


def _free(cells: list, place: dict[str, int], where: range, given: NotebookNode) -> list[int]:
    """Cells of a kind that are not yet known to be any of the paper's, and say something."""
    taken = set(place.values())
    return [
        index for index in where
        if index not in taken and cells[index].cell_type == given.cell_type and cells[index].source.strip()
    ]  # fmt: skip


def _by_position(cells: list, paper: dict, place: dict[str, int], name: str, notes: Notes, found: list[str]) -> None:
    """An answer between two known neighbours: the one cell there that can be it.

    Where several answers stand between the same neighbours, they are taken in the paper's order.
    """
    given, order = paper[name], list(paper)
    rivals = [
        each for each in itertools.takewhile(lambda each: each not in place, order[order.index(name) :])
        if _is_answer(paper[each]) and paper[each].cell_type == given.cell_type
    ]  # fmt: skip
    free = _free(cells, place, _gap(cells, paper, place, name), given)
    if given.cell_type == "code" and (wanted := set(_NAME.findall(given.source))):
        named = [index for index in free if wanted & set(_NAME.findall(cells[index].source))]
        if named:
            free, rivals = named, [each for each in rivals if wanted & set(_NAME.findall(paper[each].source))]
    if not free:
        return
    many = len(free)
    if many > len(rivals):
        notes.person.append(f"answer {name} has lost its mark and {many} cells may be it; the last one was graded")
        written = [index for index in free if not _same(cells[index], given)]
        free = written if len(written) >= len(rivals) else free
    elif many < len(rivals):
        notes.person.append(
            f"{len(rivals)} answers ({', '.join(rivals)}) have lost their marks and only {many} are there; "
            f"the first was graded as {name}"
        )
    else:
        found.append(name)
    place[name] = free[-min(len(free), len(rivals))]


def _in_order(cells: list, paper: dict, place: dict[str, int], spare: set[int], notes: Notes) -> list[NotebookNode]:
    """The paper's cells in its order, each followed by the student's own cells that stood after it."""
    name_of = {index: name for name, index in place.items()}
    following: dict[str | None, list[NotebookNode]] = defaultdict(list)
    current, seen = None, []
    for index, cell in enumerate(cells):
        if index in name_of:
            current = name_of[index]
            seen.append(current)
        elif index not in spare:
            cell.metadata.pop("nbgrader", None)
            following[current].append(cell)
    if seen != [name for name in paper if name in place]:
        notes.mended.append("cells stood in another order than in the paper; put back")
    ordered = list(following[None])
    for name, given in paper.items():
        ordered.append(
            _marked(cells[place[name]], given, name, notes) if name in place else _missing(given, name, notes)
        )
        ordered += following[name]
    for number, cell in enumerate(ordered):
        cell["id"] = f"cell-{number}"
    return ordered


def _missing(given: NotebookNode, name: str, notes: Notes) -> NotebookNode:
    what: Callable[[str], None] = notes.person.append if _is_answer(given) else notes.mended.append
    what(
        f"answer {name} was deleted: it counts as not answered"
        if _is_answer(given)
        else f"cell {name} was deleted; put back"
    )
    return copy.deepcopy(given)


def _marked(cell: NotebookNode, given: NotebookNode, name: str, notes: Notes) -> NotebookNode:
    """A student's cell with the paper's marks; what is not for students to change says again what the paper says."""
    made = copy.deepcopy(given)
    same = _same(cell, given)
    if cell.cell_type != given.cell_type:
        notes.mended.append(f"cell {name} was turned into {cell.cell_type}; turned back")
    if _is_answer(given):
        made.source = given.source if same else cell.source
    elif not same and given.metadata.nbgrader.get("grade"):
        notes.mended.append(f"tests {name} had been edited; the original tests ran")
    elif not same and given.cell_type == "code":
        notes.mended.append(f"given code {name} had been edited; the original ran")
    elif _without_addresses(cell) != _without_addresses(given):
        notes.person.append(f"the text of {name} was written into: look there for an answer ({_added(cell, given)!r})")
    return made


def _without_addresses(cell: NotebookNode) -> str:
    """A text without where its links lead: in the offline kit they lead to other files than on the site."""
    return re.sub(r"(?<=\]\()[^)\s]*(?=\))", "", _plain(cell.source))


def _added(cell: NotebookNode, given: NotebookNode) -> str:
    """The start of what a student's version of a text has and the paper has not."""
    known = set(_plain(given.source).splitlines())
    return " ".join(line for line in _plain(cell.source).splitlines() if line not in known).strip()[:80]
