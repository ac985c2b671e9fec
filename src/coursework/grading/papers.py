"""The papers of a course, and which of them a notebook answers."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursework import paper, versions
from coursework.course import PUBLIC_SEED
from coursework.source import read


class NoPapers(ValueError):
    """The folder holds no papers that can be graded."""


@dataclass(frozen=True)
class Paper:
    """One paper: its assignment, its code, whose it is (None: everybody's), nbgrader's source version as text."""

    assignment: str
    code: str
    student: str | None
    source: str

    @property
    def id(self) -> str:
        """Its name in the gradebook."""
        return f"{self.assignment}-{self.code}"


def from_folder(folder: Path) -> list[Paper]:
    """The papers that `make assignments SEED=... OUT=folder` wrote.

    Raises:
        NoPapers: no `papers.json`, or one that names files that are not there.
    """
    register = folder / "papers.json"
    try:
        entries = json.loads(register.read_text("utf-8"))["papers"]
        return [
            Paper(each["assignment"], each["paper"], each["student"], (folder / each["source"]).read_text("utf-8"))
            for each in entries
        ]
    except FileNotFoundError as problem:
        raise NoPapers(
            f"{problem.filename}: is not there; write papers with `make assignments SEED=... OUT=...`"
        ) from None
    except (json.JSONDecodeError, KeyError, TypeError) as problem:
        raise NoPapers(f"{register}: is not what `make assignments` writes ({problem!r})") from None


def public(sources: Iterable[Path]) -> list[Paper]:
    """The papers of the seed that the repository publishes, for trying things out."""
    made = []
    for source in map(read, sources):
        values = paper.run(source.paper, PUBLIC_SEED, source.name)
        solved = versions.text(versions.solution(source, values, PUBLIC_SEED))
        made.append(Paper(source.name, versions.code(PUBLIC_SEED, source.name), None, solved))
    return made


def release(of: Paper) -> NotebookNode:
    """The notebook that students got; a copy of its own for each caller."""
    return copy.deepcopy(_release(of))


@functools.cache
def _release(of: Paper) -> NotebookNode:
    return versions.student(nbformat.reads(of.source, as_version=4))


def which(notebook: NotebookNode, name: str, student: str, papers: Sequence[Paper]) -> tuple[Paper | None, str]:
    """The paper that a notebook answers, and what a person should know about the choice ("" if nothing).

    Args:
        notebook: as handed in.
        name: plain name of the file.
        student: as the submission names them; a platform's number may follow after "_".
        papers: all papers of the course.
    """
    marks = notebook.metadata.get("coursework")
    says = [str(marks.get(key, "")) for key in ("assignment", "paper")] if isinstance(marks, dict) else ["", ""]
    assignments = {paper.assignment for paper in papers}
    assignment = says[0] if says[0] in assignments else _by_name(name, assignments)
    if assignment is None:
        closest = _closest(notebook, papers)
        if closest is None:
            return None, f"belongs to none of the assignments ({', '.join(sorted(assignments))}), or not to one alone"
        assignment = closest.assignment
    candidates = [paper for paper in papers if paper.assignment == assignment]
    own = [paper for paper in candidates if paper.student and _is(student, paper.student)]
    if own:
        if not says[1] or says[1] == own[0].code:
            return own[0], ""
        whose = next(
            (f"of {paper.student}" for paper in candidates if paper.code == says[1]), "that is not in the list"
        )
        return own[0], f"carries a paper {whose}; graded as what it should be, {student}'s own"
    named = [paper for paper in candidates if paper.code == says[1]]
    if named:
        listed = named[0].student
        return named[0], f"was made from the paper of {listed}, and {student} has none in the list" if listed else ""
    closest = candidates[0] if len(candidates) == 1 else _closest(notebook, candidates)
    if closest:
        strange = f"was made from a paper that is not in the list ({says[1]})" if says[1] else ""
        return closest, strange
    return None, f"does not say which paper of {assignment} it answers, and {student} has none in the list"


def _by_name(name: str, assignments: set[str]) -> str | None:
    if len(assignments) == 1:
        return next(iter(assignments))
    return next((each for each in sorted(assignments, key=len, reverse=True) if each in name), None)


def _is(student: str, listed: str) -> bool:
    """Whether a submission's name is a roster's: the whole, or the name or number that a platform joins with "_"."""
    spellings = {student.casefold(), *student.casefold().rsplit("_", 1)}
    return listed.casefold() in spellings


def _closest(notebook: NotebookNode, candidates: Sequence[Paper]) -> Paper | None:
    """The paper that shares most cells with a notebook, if one shares more than all others."""
    theirs = {cell.source.strip() for cell in notebook.cells}
    alike = {paper: sum(cell.source.strip() in theirs for cell in _release(paper).cells) for paper in candidates}
    most = max(alike.values())
    best = [paper for paper, count in alike.items() if count == most]
    return best[0] if len(best) == 1 and most else None
