"""Prove an assignment: the solution scores full, the empty version zero, each planted wrong answer what it should."""

from __future__ import annotations

import copy
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade, is_grade, is_solution
from traitlets.config import Config

from coursework import paper, versions
from coursework.source import Source

TIMEOUT = 60  # seconds a cell may take
MISSING = "not there yet"  # what the checks say of an answer that nobody gave

Wrong = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A notebook that ran: its cells by id."""

    cells: dict[str, NotebookNode]

    def scores(self) -> dict[str, tuple[float, float]]:
        """Points given and possible of each cell that is graded by code."""
        tested = {name: cell for name, cell in self.cells.items() if is_grade(cell) and not is_solution(cell)}
        return {name: determine_grade(cell) for name, cell in tested.items()}

    def printed(self, name: str) -> str:
        """What a cell printed."""
        return "".join(out.text for out in self.cells[name].outputs if out.output_type == "stream")

    def noise(self) -> list[str]:
        """Errors and what went to stderr, each with its cell: either costs all points of a check."""
        found = []
        for name, cell in self.cells.items():
            for out in cell.outputs:
                if out.output_type == "error":
                    found.append(f"{name}: {out.ename}: {out.evalue}")
                elif out.output_type == "stream" and out.name == "stderr":
                    found.append(f"{name}: writes to stderr: {out.text.strip().splitlines()[-1]}")
        return found


def prove(source: Source, seed: str) -> list[str]:
    """Run an assignment in all its versions; one line for each promise that one seed's paper breaks."""
    values = paper.run(source.paper, seed, source.name)
    solved = versions.solution(source, values, seed)
    wrong = [_filled(each, values) for each in source.wrong]
    batches = list(_batches(source, wrong))
    empty = versions.with_tests(versions.student(solved), solved)
    runs = run([solved, empty, *(_with(solved, batch) for batch in batches)])
    found = [*_full(runs[0]), *_empty(runs[1])]
    for batch, ran in zip(batches, runs[2:], strict=True):
        for each in batch:
            found += _as_planted(source, each, ran)
    return [f"{source.name}, seed {seed}: {line}" for line in found]


@contextmanager
def sockets() -> Iterator[Config]:
    """How to talk with a kernel: through files where a system can; two kernels that start at once can choose the same
    ports."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"transport": "ipc", "ip": str(Path(folder, "k"))}
        yield Config() if os.name == "nt" else Config({"KernelManager": own})


def run(notebooks: list[NotebookNode]) -> list[Run]:
    """Run notebooks one after the other in one kernel, emptied in between: starting and importing costs once."""
    cells, starts = [], []
    for notebook in notebooks:
        starts.append(len(cells))
        cells.append(new_code_cell("%reset -f"))
        cells += [copy.deepcopy(cell) for cell in notebook.cells if cell.cell_type == "code"]
    for place, cell in enumerate(cells):
        cell.id = f"c{place}"  # ids are unique in a notebook
    merged = new_notebook(cells=cells, metadata={"kernelspec": notebooks[0].metadata.kernelspec})
    with tempfile.TemporaryDirectory() as folder, sockets() as config:  # empty: an assignment needs no file beside it
        resources = {"metadata": {"path": folder}}
        NotebookClient(merged, timeout=TIMEOUT, allow_errors=True, resources=resources, config=config).execute()
    ends = [*starts[1:], len(cells)]
    parts = [merged.cells[start + 1 : end] for start, end in zip(starts, ends, strict=True)]
    return [Run({versions.name(cell): cell for cell in part}) for part in parts]


def _filled(wrong: Wrong, values: paper.Values) -> Wrong:
    return {**wrong, "code": paper.in_code(wrong["code"], values), "says": paper.in_text(wrong["says"], values)}


def _batches(source: Source, wrong: list[Wrong]) -> Iterator[list[Wrong]]:
    """Wrong answers that can be given in one notebook: of different parts."""
    part_of = {cell.id: part.id for part in source.parts for cell in part.cells}
    left = list(wrong)
    while left:
        batch: dict[str, Wrong] = {}
        for each in left:
            batch.setdefault(part_of[each["cell"]], each)
        yield list(batch.values())
        left = [each for each in left if all(each is not taken for taken in batch.values())]


def _with(solved: NotebookNode, batch: list[Wrong]) -> NotebookNode:
    """The solution with the wrong answers of a batch in place of its own."""
    code = {each["cell"]: each["code"] for each in batch}
    notebook = copy.deepcopy(solved)
    for cell in notebook.cells:
        cell.source = code.get(versions.name(cell), cell.source)
    return notebook


def _full(ran: Run) -> list[str]:
    lost = [
        f"solution: {name}: {got:g} of {most:g}: {ran.printed(name).strip()}"
        for name, (got, most) in ran.scores().items()
        if got != most
    ]
    return lost + [f"solution: {line}" for line in ran.noise()]


def _empty(ran: Run) -> list[str]:
    found = [f"empty version: {line}" for line in ran.noise()]
    for name, (got, _) in ran.scores().items():
        said = ran.printed(name)
        if got:
            found.append(f"empty version: {name}: has {got:g} points")
        if MISSING not in said or re.search(r"\w+(Error|Exception)\b", said):
            found.append(f"empty version: {name}: says {said.strip()!r}; it should say what is {MISSING}")
    return found


def _as_planted(source: Source, wrong: Wrong, ran: Run) -> list[str]:
    scores, said = ran.scores(), "".join(ran.printed(name) for name in wrong["points"])
    who = f"wrong answer {wrong['id']}"
    found = [
        f"{who}: {name}: {scores[name][0]:g} points, not {expected:g}: {ran.printed(name).strip()}"
        for name, expected in wrong["points"].items()
        if abs(scores[name][0] - expected) > 0.005  # checks round to two decimals
    ]
    return found if wrong["says"] in said else [*found, f"{who}: should say {wrong['says']!r}; said {said.strip()!r}"]
