"""How long the book takes to build, and how that grows with its pages: `python benchmarks/builds.py` (make bench).

A copy of the book is built from nothing, again with nothing changed, and again with one chapter edited, which gives
medians; then books with several times its pages are built, without running their notebooks, to see whether the cost of
a page stays the same. Results go to `builds.json` and the tables in `README.md`. `--quick` does each once,
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
TIMES = (1, 4, 10)  # the book's pages
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
    """Give a book as many copies of its chapters as it takes to have several times its pages, and switch execution off.

    Labels then stand several times too, which Sphinx warns of and this measurement does not mind.

    Returns:
        The number of its pages.
    """
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    config["sphinx"]["config"]["nitpicky"] = False
    (book / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    toc = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    chapters = toc["parts"][0]["chapters"]
    own = [each["file"] for each in chapters]
    pages = _pages(toc)
    for number in range((times - 1) * pages):
        name = own[number % len(own)]
        copy = f"{name}-{number // len(own) + 2}"
        shutil.copyfile(book / f"{name}.md", book / f"{copy}.md")
        chapters.append({"file": copy})
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return _pages(toc)


def _pages(entry: Any) -> int:
    """The files that a table of contents names."""
    if isinstance(entry, list):
        return sum(map(_pages, entry))
    if not isinstance(entry, dict):
        return 0
    return sum(1 if key in ("root", "file") else _pages(value) for key, value in entry.items())


def grown(folder: Path, times: tuple[int, ...]) -> list[dict[str, float]]:
    """Pages and seconds of books that grow, each built once: the largest takes minutes, and a second more or less of
    its start says nothing."""
    found = []
    for count in times:
        book = copy_book(folder / f"grown-{count}")
        pages = multiply(book, count)
        found.append({"times": count, "pages": pages, "seconds": build(book, "-q")})
        print(f"{pages} pages: {found[-1]['seconds']} s", flush=True)
        shutil.rmtree(book)
    return found


def table(found: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = ["| build | median, s | runs, s | goal, s |", "|---|---|---|---|"]
    for kind, seconds in found["builds"].items():
        each = ", ".join(f"{value:.1f}" for value in seconds)
        median = statistics.median(seconds)
        goal = f"{GOALS[kind]}, {'met' if median <= GOALS[kind] else 'missed'}"
        lines.append(f"| {WORDS[kind]} | {median:.1f} | {each} | {goal} |")
    lines += ["", "| times | pages | build, s | for each further page, s |", "|---|---|---|---|"]
    before = None
    for row in found["grown"]:
        step = (row["seconds"] - before["seconds"]) / (row["pages"] - before["pages"]) if before else None
        each = "" if step is None else f"{step:.2f}"
        lines.append(f"| {row['times']} | {row['pages']} | {row['seconds']:.1f} | {each} |")
        before = row
    return "\n".join(lines)


def main() -> None:
    """Measure, and unless it was to be quick keep the figures and put the tables into README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once, four times the pages at most; writes nothing")
    quick = parser.parse_args().quick
    found: dict[str, Any] = {"machine": machine(("jupyter-book", "sphinx", "myst-nb"))}
    with tempfile.TemporaryDirectory() as name:
        found["builds"] = timed(Path(name), 1 if quick else RUNS)
        found["grown"] = grown(Path(name), TIMES[:2] if quick else TIMES)
    found["machine"]["load after"] = load()
    if quick:
        print(table(found))
    else:
        keep("builds", found, table(found))


if __name__ == "__main__":
    main()
