"""Three submissions to try grading with: one with everything right, one with planted mistakes, one untouched."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursework import paper, versions
from coursework.source import BEGIN, END, Source
from coursework.words import CourseworkError

RIGHT, MISTAKEN, EMPTY = "sample-right", "sample-mistaken", "sample-empty"


def handed_out(source: Source, folder: Path) -> tuple[str, NotebookNode]:
    """The seed and the notebook of an assignment's first paper in a course's folder.

    Raises:
        CourseworkError: the folder has no paper of this assignment.
    """
    register = folder / "papers.json"
    papers = json.loads(register.read_text("utf-8"))["papers"] if register.is_file() else []
    for each in papers:
        if each["assignment"] == source.name:
            return each["seed"], nbformat.read(folder / each["notebook"], as_version=4)
    raise CourseworkError(
        f"{register}: has no paper of {source.name}; write it with `make assignments SEED=... OUT=...`"
    )


def samples(papers: Iterable[tuple[Source, str, NotebookNode]]) -> dict[Path, str]:
    """What three invented students would hand in, by path below a folder of submissions.

    Args:
        papers: assignments, each with the seed of a paper and the notebook that students got.

    Returns:
        For each assignment the solution with the fullest sample of each written answer, the solution with the
        source's planted wrong answers (one a cell) and a weaker sample, and the notebook as it was handed out.
    """
    files = {}
    for source, seed, notebook in papers:
        values = paper.run(source.paper, seed, source.name)
        solved = versions.solution(source, values, seed)
        right = {**_solutions(solved), **_words(source, values, place=0)}
        wrong = {each["cell"]: paper.in_code(each["code"], values) for each in reversed(source.wrong)}
        mistaken = {**_solutions(solved), **wrong, **_words(source, values, place=1)}
        for student, answers in ((RIGHT, right), (MISTAKEN, mistaken), (EMPTY, {})):
            files[Path(student, f"{source.name}.ipynb")] = versions.text(_answered(notebook, answers))
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


def _answered(notebook: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = answers.get(versions.name(cell), cell.source)
    return notebook
