"""The command line: see the package."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from coursework.grading import papers, run, workers
from coursework.grading.collect import NothingHandedIn
from coursework.grading.gradebook import NotConfigured, NotRegistered
from coursework.grading.sandbox import SandboxUnavailable, try_out
from coursework.words import CourseworkError

SETTINGS = Path("instructor/grading")
SOURCES = Path("instructor/assignments")
NO_SANDBOX = """No sandbox: {}.
Nothing was graded. What students hand in is code; without a sandbox it can read, change and send all that you can.
On Linux, install bubblewrap (instructor/grading/README.md). Elsewhere, grade in a virtual machine that holds nothing
else, with SANDBOX=no."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade; 0 if it went through, 1 with a line that says why not. What needs a person is in the report."""
    chosen = _parser().parse_args(arguments)
    try:
        return _grade(chosen)
    except (NothingHandedIn, papers.NoPapers, NotConfigured, NotRegistered, CourseworkError, OSError) as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m coursework.grading", description="Grade what students handed in.")
    parser.add_argument("submissions", type=Path, help="folder or zip: student/assignment.ipynb, or an LMS download")
    parser.add_argument("--papers", type=Path, help="what `make assignments` wrote; by default the public papers")
    parser.add_argument("--out", type=Path, help="where grades go; by default beside the submissions")
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) // 2), help="how many at once")
    parser.add_argument("--sandbox", choices=("yes", "no"), default="yes", help="no: run what students wrote as you")
    parser.add_argument("--settings", type=Path, default=SETTINGS, help="folder of nbgrader_config.py")
    return parser


def _grade(chosen: argparse.Namespace) -> int:
    out = chosen.out or chosen.submissions.with_name(f"{chosen.submissions.resolve().stem}-graded")
    sandboxed = chosen.sandbox == "yes"
    if sandboxed:
        try:
            try_out()
        except SandboxUnavailable as problem:
            print(NO_SANDBOX.format(problem), file=sys.stderr)
            return 1
    else:
        print("WITHOUT A SANDBOX: what students wrote runs as you, with your files and your network.", file=sys.stderr)
    workers.get_ready()
    known = papers.from_folder(chosen.papers) if chosen.papers else papers.public(sorted(SOURCES.glob("[0-9]*.md")))
    rows = run.grade(
        chosen.submissions, known, out, chosen.settings, number=max(1, chosen.workers), sandboxed=sandboxed,
        say=lambda line: print(line, flush=True),
    )  # fmt: skip
    graded = sum(row.graded for row in rows)
    look = sum(bool(row.person) for row in rows)
    print(f"{graded} graded, {look} to look at. {out / 'grades.csv'}, {out / 'report.md'}, {out / 'feedback'}")
    return 0


if __name__ == "__main__":
    code = main()
    gc.freeze()  # searched for garbage once more, all that was imported would take a second of everybody's time
    sys.exit(code)
