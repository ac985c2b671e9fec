"""A small assignment, and notebooks that students could hand in for it: right, wrong, broken and hostile ones."""

from __future__ import annotations

import copy
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursework import versions
from coursework.grading import papers
from coursework.grading.papers import Paper

NAME = "1-small"
HIDDEN_LINE = "assert mean([2.0, 4.0, None]) == 3.0, 'a missing value is not left out'"
MEAN = (
    "def mean(values):\n    known = [each for each in values if each is not None]\n    return sum(known) / len(known)"
)
TOTAL = "total = sum(numbers)"
STUB = versions.WORDS_STUB
WORDS = "A mean says nothing about spread."

Change = Callable[[NotebookNode], NotebookNode | None]


def _cell(kind: str, name: str, source: str, *, points: float = 0, solution: bool = False) -> NotebookNode:
    cell = (new_code_cell if kind == "code" else new_markdown_cell)(source, id=name)
    marks = {"grade": points > 0, "grade_id": name, "locked": not solution, "schema_version": 3, "solution": solution}
    cell.metadata["nbgrader"] = NotebookNode({**marks, "task": False, **({"points": points} if points else {})})
    return cell


def _solved(first: str, second: str) -> str:
    return f"{first}\n### BEGIN SOLUTION\n{second}\n### END SOLUTION"


def paper(code: str = "aaaa1111", student: str | None = None, numbers: str = "[1, 2, 3]") -> Paper:
    """The small assignment: 2 + 3 + 2 points by tests, 3 for words."""
    parts = f"score = 1 * (total > 0) + 1 * (total == {sum(eval(numbers))})\nscore"
    hidden, parts = (f"# Checks run.\n### BEGIN HIDDEN TESTS\n{x}\n### END HIDDEN TESTS" for x in (HIDDEN_LINE, parts))
    cells = [
        _cell("markdown", "title", "# A small assignment"),
        _cell("code", "paper", f"numbers = {numbers}"),
        _cell("markdown", "mean", "Write `mean`, which leaves out missing values."),
        _cell("code", "mean-answer", _solved("mean = ...", MEAN), solution=True),
        _cell("code", "mean-check", "assert mean([1.0]) == 1.0, 'mean of one number is that number'", points=2),
        _cell("code", "mean-hidden", hidden, points=3),
        _cell("markdown", "total", "Give the `total` of the numbers."),
        _cell("code", "total-answer", _solved("total = ...", TOTAL), solution=True),
        _cell("code", "total-hidden", parts, points=2),
        _cell("markdown", "words", WORDS, points=3, solution=True),
    ]  # fmt: skip
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "coursework": {"assignment": NAME, "paper": code},
    }
    return Paper(NAME, code, student, versions.text(new_notebook(cells=cells, metadata=metadata)))


def with_words(*names: str, between: bool) -> NotebookNode:
    """A paper of written answers as students get it, with a question before each or all after one question."""
    asked = [[_cell("markdown", f"{name}-question", f"What of {name}?")] if between else [] for name in names]
    answers = [_cell("markdown", name, STUB, points=3, solution=True) for name in names]
    cells = [each for question, answer in zip(asked, answers, strict=True) for each in (*question, answer)]
    return new_notebook(cells=[_cell("markdown", "title", "# Words"), *cells])


def empty(of: Paper | None = None) -> NotebookNode:
    """The notebook as students get it."""
    return papers.release(of or paper())


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """The first cell of a name."""
    return next(each for each in notebook.cells if versions.name(each) == name)


def solved(of: Paper | None = None, **answers: str) -> NotebookNode:
    """A notebook with all answers right; `answers` replace some of them: `mean`, `total`, `words`."""
    notebook = empty(of)
    for name, answer in {"mean": MEAN, "total": TOTAL, "words": WORDS, **answers}.items():
        cell(notebook, name if name == "words" else f"{name}-answer").source = answer
    return notebook


def text(notebook: NotebookNode) -> bytes:
    """The file."""
    return nbformat.writes(notebook).encode()


def changed(change: Change, **answers: str) -> bytes:
    """The file of a solved notebook after a change."""
    notebook = solved(**answers)
    return text(change(notebook) or notebook)


def without_marks(notebook: NotebookNode) -> None:
    """As an editor leaves it that drops metadata."""
    for each in notebook.cells:
        each.metadata = NotebookNode()
    notebook.metadata = NotebookNode()


def renamed(notebook: NotebookNode) -> None:
    """Ids of an answer and of a test changed."""
    for name in ("mean-answer", "mean-check"):
        cell(notebook, name).metadata.nbgrader.grade_id = f"my-{name}"


def doubled(*names: str, source: str | None = None) -> Change:
    """Copies of cells after their originals, with another content if given."""

    def change(notebook: NotebookNode) -> None:
        for name in names:
            twin = copy.deepcopy(cell(notebook, name))
            twin.id += "-twin"
            twin.source = twin.source if source is None else source
            notebook.cells.insert(notebook.cells.index(cell(notebook, name)) + 1, twin)

    return change


def without(*names: str) -> Change:
    """Cells deleted."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells = [each for each in notebook.cells if versions.name(each) not in names]

    return change


def rewritten(name: str, source: str) -> Change:
    """A cell with another content."""

    def change(notebook: NotebookNode) -> None:
        cell(notebook, name).source = source

    return change


def turned(notebook: NotebookNode) -> None:
    """Cells in reverse order."""
    notebook.cells.reverse()


def with_own(source: str, after: str = "mean-answer") -> Change:
    """A code cell of the student's own."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells.insert(notebook.cells.index(cell(notebook, after)) + 1, new_code_cell(source))

    return change
