"""The versions of one paper as notebooks: with solutions and hidden tests (nbgrader's source), and the student's."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from coursework import paper
from coursework.source import BEGIN, END, Cell, Part, Source
from coursework.words import CourseworkError

CODE_STUB = "# Write your code here."
WORDS_STUB = "*Write your answer here.*"
HIDDEN_NOTE = "# More checks run here when the notebook is graded, for {points:g} points."

# As nbgrader's generate_assignment, without its database.
_RELEASE = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ComputeChecksums,
    CheckCellMetadata,
)


def code(seed: str, assignment: str) -> str:
    """Short name of a paper, which does not tell the seed."""
    return hashlib.sha256(f"paper\n{seed}\n{assignment}".encode()).hexdigest()[:8]


def solution(source: Source, values: paper.Values, seed: str) -> NotebookNode:
    """The notebook with everything in it: solutions, hidden tests, model answers.

    Args:
        source: the assignment.
        values: the names of the paper cell, from `paper.run`.
        seed: only its paper's code gets into the notebook.

    Raises:
        CourseworkError: a cell names what the paper does not make.
    """
    cells: list[NotebookNode] = [_plain("overview", overview(source, "code"))]
    seen = None
    for part, cell in source.cells("code"):
        if part and part is not seen:
            cells.append(_plain(part.id, heading(source, part, "code")))
            seen = part
        try:
            cells.append(_cell(cell, values, source.checks))
        except CourseworkError as problem:
            raise CourseworkError(f"{source.path.name}, cell {cell.id}: {problem}") from problem
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "coursework": {"assignment": source.name, "paper": code(seed, source.name)},
    }
    notebook = new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def student(solved: NotebookNode) -> NotebookNode:
    """What a student gets: no solutions, hidden tests or model answers; the checksums that nbgrader compares."""
    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = WORDS_STUB
    notebook = copy.deepcopy(solved)
    for preprocessor in _RELEASE:
        notebook, _ = preprocessor(config=config).preprocess(notebook, {})
    return notebook


def with_tests(handed_in: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """A student's notebook with its tests put back, as nbgrader does before it grades."""
    tests = {name(cell): cell.source for cell in solved.cells if is_grade(cell) and not is_solution(cell)}
    notebook = copy.deepcopy(handed_in)
    for cell in notebook.cells:
        cell.source = tests.get(name(cell), cell.source)
    return notebook


def name(cell: NotebookNode) -> str:
    """The permanent id of a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def text(notebook: NotebookNode) -> str:
    """A notebook as its file: equal notebooks, equal bytes."""
    return nbformat.writes(notebook, version=4) + "\n"


def overview(source: Source, route: str) -> str:
    """Title, size, and which parts differ between the routes."""
    other = "reader" if route == "code" else "code"
    ways = {"code": "in code", "reader": "from the charts and data tables of the site"}
    numbers = [number for number, part in enumerate(source.parts, 1) if source.differs(part)]
    lines = [
        f"# {source.title}" + (" (reader route)" if route == "reader" else ""),
        "",
        f"{source.minutes} minutes, {source.total:g} points. This is the {route} route. The {other} route differs in "
        f"{_parts(numbers)}: here you answer them {ways[route]}, there {ways[other]}. Objectives, "
        "points and rubrics are the same.",
        "",
        "| part | minutes | points |",
        "|---|---:|---:|",
    ]
    rows = (
        f"| {number}. {part.title} | {part.minutes} | {source.points(part, route):g} |"
        for number, part in enumerate(source.parts, 1)
    )
    return "\n".join([*lines, *rows])


def _parts(numbers: list[int]) -> str:
    """Some parts in words."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"parts {numbers[0]} to {numbers[-1]}"
    return f"part{'s' * (len(numbers) > 1)} {paper.shown(numbers)}" if numbers else "no part"


def heading(source: Source, part: Part, route: str) -> str:
    """Heading of a part with its number, points and minutes."""
    number = source.parts.index(part) + 1
    return f"## Part {number}. {part.title}\n\n*{source.points(part, route):g} points, about {part.minutes} minutes*"


def _cell(cell: Cell, values: paper.Values, checks: str) -> NotebookNode:
    seen = paper.public(values)
    if cell.role == "text":
        return _plain(cell.id, paper.in_text(cell.source, seen))
    if cell.role == "words":
        words = new_markdown_cell(paper.in_text(cell.source, values), id=cell.id)
        return _marked(words, cell.id, points=cell.points, solution=True, locked=False)
    write = {
        "paper": lambda: paper.cell(values),
        "given": lambda: paper.in_code(cell.source, seen),
        "answer": lambda: _answer(cell.source, values),
        "check": lambda: _tested(paper.in_code(cell.source, seen), cell.points),
        "hidden": lambda: _hidden(checks, _tested(paper.in_code(cell.source, values), cell.points), cell.points),
    }
    made = new_code_cell(write[cell.role](), id=cell.id)
    solved = cell.role == "answer"
    return _marked(made, cell.id, points=cell.points, solution=solved, locked=not solved)


def _answer(source: str, values: paper.Values) -> str:
    """An answer cell; only its solution may use private names."""
    before, begin, rest = source.partition(BEGIN)
    inside, end, after = rest.partition(END)
    seen = paper.public(values)
    return paper.in_code(before, seen) + begin + paper.in_code(inside, values) + end + paper.in_code(after, seen)


def _tested(source: str, points: float) -> str:
    return f"check = Checks(globals(), points={points:g})\n{source}\ncheck.score()"


def _hidden(checks: str, source: str, points: float) -> str:
    # Checks are imported again: what the student's cells call so does not matter.
    note = HIDDEN_NOTE.format(points=points)
    return f"{note}\n### BEGIN HIDDEN TESTS\n{checks}\n\n{source}\n### END HIDDEN TESTS"


def _plain(cell_id: str, source: str) -> NotebookNode:
    return _marked(new_markdown_cell(source, id=cell_id), cell_id)


def _marked(cell: NotebookNode, cell_id: str, *, points: float = 0, solution: bool = False, locked: bool = True) -> Any:
    """The cell with nbgrader's metadata."""
    marks: dict[str, Any] = {
        "grade": points > 0,
        "grade_id": cell_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points > 0:
        marks["points"] = points
    cell.metadata["nbgrader"] = NotebookNode(marks)
    return cell
