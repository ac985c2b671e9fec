"""How long the book takes to build, and how that grows with its pages: `python benchmarks/builds.py` (make bench).

A copy of the book is built from nothing, again with nothing changed, and again with one chapter edited; then books
with several times its chapters are built, without running their notebooks, to see whether the cost of a page stays the
same. Every figure is a median. Results go to `builds.json` and the tables in `README.md`. `--quick` does each once,
with fewer pages, and writes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from common import ROOT, keep, load, machine, run

RUNS = 3
TIMES = (1, 5, 10)  # the book's chapters
GOALS = {"cold": 240, "warm": 10, "edited": 25}  # seconds, on two cores
EDITED = "chapters/4-science-rivalry.md"
WORDS = {
    "cold": "from nothing, every notebook run",
    "warm": "again, nothing changed",
    "edited": "again, one chapter's text changed",
}


def copy_book(folder: Path) -> Path:
    """The book's files as they are in the working tree, without what git does not keep."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def build(book: Path, *options: str) -> float:
    """Seconds of one build, as `make book` does it, of the code as it stands."""
    return round(run(["jupyter-book", "build", ".", *options], book, PYTHONPATH=str(ROOT / "src"), NO_COLOR="1"), 1)


def timed(folder: Path, runs: int) -> dict[str, list[float]]:
    """Seconds of each kind of build, once for each run."""
    found: dict[str, list[float]] = {kind: [] for kind in GOALS}
    for number in range(runs):
        book = copy_book(folder / f"book-{number}")
        for kind in found:
            if kind == "edited":
                chapter = book / EDITED
                chapter.write_text(chapter.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
            found[kind].append(build(book, "-W", "-n", "--keep-going"))
            print(f"run {number + 1} of {runs}: {WORDS[kind]}, {found[kind][-1]} s", flush=True)
        shutil.rmtree(book)
    return found


def multiply(book: Path, times: int) -> int:
    """Give a book each of its chapters several times and switch execution off; the number of its pages.

    Labels then stand several times too, which Sphinx warns of and this measurement does not mind.
    """
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    config["sphinx"]["config"]["nitpicky"] = False
    (book / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    toc = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    chapters = toc["parts"][0]["chapters"]
    for name in [each["file"] for each in chapters]:
        text = (book / f"{name}.md").read_text(encoding="utf-8")
        for copy in range(2, times + 1):
            (book / f"{name}-{copy}.md").write_text(text, encoding="utf-8")
            chapters.append({"file": f"{name}-{copy}"})
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return 1 + sum(len(part["chapters"]) for part in toc["parts"])


def grown(folder: Path, times: tuple[int, ...], runs: int) -> list[dict[str, float]]:
    """Pages and seconds of books that grow."""
    found = []
    for count in times:
        seconds = []
        for number in range(runs):
            book = copy_book(folder / f"grown-{count}-{number}")
            pages = multiply(book, count)
            seconds.append(build(book, "-q"))
            print(f"{pages} pages, run {number + 1} of {runs}: {seconds[-1]} s", flush=True)
            shutil.rmtree(book)
        found.append({"times": count, "pages": pages, "seconds": statistics.median(seconds)})
    return found


def table(found: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = ["| build | median, s | runs, s | goal, s |", "|---|---|---|---|"]
    for kind, seconds in found["builds"].items():
        each = ", ".join(f"{value:.1f}" for value in seconds)
        lines.append(f"| {WORDS[kind]} | {statistics.median(seconds):.1f} | {each} | {GOALS[kind]} |")
    lines += ["", "| chapters | pages | build, s | for each further page, s |", "|---|---|---|---|"]
    before = None
    for row in found["grown"]:
        step = (row["seconds"] - before["seconds"]) / (row["pages"] - before["pages"]) if before else None
        each = "" if step is None else f"{step:.2f}"
        lines.append(f"| {row['times']} times | {row['pages']} | {row['seconds']:.1f} | {each} |")
        before = row
    return "\n".join(lines)


def main() -> None:
    """Measure, and unless it was to be quick keep the figures and put the tables into README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once, three times the pages at most; writes nothing")
    quick = parser.parse_args().quick
    found: dict[str, Any] = {"machine": machine(("jupyter-book", "sphinx", "myst-nb"))}
    with tempfile.TemporaryDirectory() as name:
        found["builds"] = timed(Path(name), 1 if quick else RUNS)
        found["grown"] = grown(Path(name), (1, 3) if quick else TIMES, 1 if quick else RUNS)
    found["machine"]["load after"] = load()
    if quick:
        print(table(found))
    else:
        keep("builds", found, table(found))


if __name__ == "__main__":
    main()
