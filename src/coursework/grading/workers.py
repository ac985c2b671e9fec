"""Grade in several processes at once. One that dies or hangs costs its own submission and is replaced."""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

import nbformat

from coursework.grading.mend import Notes

# A fork server imports nbgrader, which takes seconds, once for all workers. Windows has none.
_CONTEXT = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)
_CONTEXT.set_forkserver_preload(["coursework.grading.gradebook"])


@dataclass
class Task:
    """A submission to grade: name of paper and student in the gradebook, the mended notebook as text."""

    paper: str
    student: str
    notebook: str = field(repr=False)


@dataclass
class Result:
    """What came of a task."""

    graded: bool
    notes: Notes
    seconds: float


@dataclass
class _Worker:
    process: multiprocessing.Process
    connection: Connection
    task: Task | None = None
    since: float = 0.0


def get_ready() -> None:
    """Begin to import what workers need, in a process beside this one, before there is anything to grade."""
    if _CONTEXT.get_start_method() == "forkserver":
        from multiprocessing import forkserver  # late: not every system has it

        forkserver.ensure_running()


def grade(
    tasks: Sequence[Task], folder: Path, *, workers: int, sandboxed: bool, seconds: float
) -> Iterator[tuple[Task, Result]]:
    """Results in the order in which they are ready.

    Args:
        tasks: what to grade.
        folder: nbgrader's course; it has begun, and its papers are registered.
        workers: how many at once.
        sandboxed: whether submissions run in the sandbox.
        seconds: after which a worker is taken to hang.
    """
    waiting = list(reversed(tasks))
    with tempfile.TemporaryDirectory(prefix="g-") as temporary:  # goes even if a worker is killed
        yield from _spread(waiting, folder, workers, sandboxed, seconds, temporary)


def _spread(
    waiting: list[Task], folder: Path, workers: int, sandboxed: bool, seconds: float, temporary: str
) -> Iterator[tuple[Task, Result]]:
    crew = [_start(folder, sandboxed, temporary) for _ in range(min(workers, len(waiting)))]
    try:
        while waiting or any(worker.task for worker in crew):
            for index, worker in enumerate(crew):
                if worker.task:
                    continue
                if waiting:
                    if not worker.process.is_alive():
                        worker = crew[index] = _start(folder, sandboxed, temporary)
                    worker.task, worker.since = waiting.pop(), time.monotonic()
                    worker.connection.send(worker.task)
            busy = [worker for worker in crew if worker.task]
            wait([each for worker in busy for each in (worker.connection, worker.process.sentinel)], timeout=1)
            for worker in busy:
                if result := _result(worker, seconds):
                    task, worker.task = worker.task, None
                    yield task, result
    finally:
        for worker in crew:
            worker.process.terminate()
            worker.process.join()


def _result(worker: _Worker, seconds: float) -> Result | None:
    took = time.monotonic() - worker.since
    try:
        if worker.connection.poll():
            return worker.connection.recv()
    except (EOFError, OSError):
        pass
    else:
        if worker.process.is_alive() and took < seconds:
            return None
    reason = "hung" if worker.process.is_alive() else f"ended with code {worker.process.exitcode}"
    worker.process.kill()
    worker.process.join()
    return Result(False, Notes(person=[f"could not be graded: the grading process {reason}"]), took)


def _start(folder: Path, sandboxed: bool, temporary: str) -> _Worker:
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_work, args=(there, folder, sandboxed, temporary), daemon=False)
    process.start()
    there.close()
    return _Worker(process, here)


def _work(connection: Connection, folder: Path, sandboxed: bool, temporary: str) -> None:
    """The life of a worker."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from coursework.grading.gradebook import Course

    tempfile.tempdir = temporary

    course = Course(folder, sandboxed)
    gc.freeze()  # all this stays: Python need not search it for garbage after every few cells
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        notes, start = Notes(), time.monotonic()
        graded = course.grade(task.paper, task.student, nbformat.reads(task.notebook, as_version=4), notes)
        connection.send(Result(graded, notes, time.monotonic() - start))


def _end_with_parent() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)
