"""Three submissions to try grading with: one with everything right, one with planted mistakes, one untouched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursework import paper, versions
from coursework.source import BEGIN, END, Source

RIGHT, MISTAKEN, EMPTY = "sample-right", "sample-mistaken", "sample-empty"


def samples(sources: Sequence[Source], seed: str) -> dict[Path, str]:
    """What three invented students would hand in, by path below a folder of submissions.

    Args:
        sources: the assignments.
        seed: of the common paper that they answer; the paper's code in the notebooks says which.

    Returns:
        For each assignment the solution with the fullest sample of each written answer, the solution with the
        source's planted wrong answers (one a cell) and a weaker sample, and the notebook as it was handed out.
    """
    files = {}
    for source in sources:
        values = paper.run(source.paper, seed, source.name)
        solved = versions.solution(source, values, seed)
        handed_out = versions.student(solved)
        right = {**_solutions(solved), **_words(source, values, place=0)}
        wrong = {each["cell"]: paper.in_code(each["code"], values) for each in reversed(source.wrong)}
        mistaken = {**_solutions(solved), **wrong, **_words(source, values, place=1)}
        for student, answers in ((RIGHT, right), (MISTAKEN, mistaken), (EMPTY, {})):
            files[Path(student, f"{source.name}.ipynb")] = versions.text(_answered(handed_out, answers))
    return files


def _solutions(solved: NotebookNode) -> dict[str, str]:
    """The code of each answer cell, without the marks of its solution."""
    marked = {versions.name(cell): cell.source for cell in solved.cells if BEGIN in cell.source}
    return {
        name: "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END))
        for name, source in marked.items()
        if "### BEGIN HIDDEN TESTS" not in source
    }


def _words(source: Source, values: paper.Values, place: int) -> dict[str, str]:
    """For each written answer the sample at a place, the fullest first."""
    best_first: dict[str, list[dict[str, Any]]] = {
        name: sorted(rubric["samples"], key=lambda sample: -sample["points"]) for name, rubric in source.rubrics.items()
    }
    return {name: paper.in_text(each[place]["answer"], values) for name, each in best_first.items()}


def _answered(handed_out: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    notebook = handed_out.copy()
    notebook.cells = [cell.copy() for cell in handed_out.cells]
    for cell in notebook.cells:
        cell.source = answers.get(versions.name(cell), cell.source)
    return notebook
