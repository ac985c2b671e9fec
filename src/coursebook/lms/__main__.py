"""The command line: see the package."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from coursebook.lms.export import LEAST, Chapter, Export, read_book, read_chapters, write
from coursebook.lms.words import LmsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Export; 0 if all went well, 1 after a list of mistakes, 2 when a library is missing."""
    parser = argparse.ArgumentParser("python -m coursebook.lms", description=__doc__)
    parser.add_argument("quizzes", type=Path, help="folder of files of questions")
    parser.add_argument("package", type=Path, help="datapackage.json of the book")
    parser.add_argument("out", type=Path, help="folder to write, replaced as a whole")
    parser.add_argument("--site", default="", help="address of the published book; links to figures lead there")
    parser.add_argument("--inventory", type=Path, help="objects.inv of the built site (default: beside OUT, in html/)")
    parser.add_argument("--misconceptions", type=Path, help="their list (default: beside QUIZZES)")
    parser.add_argument("--least", type=int, default=LEAST, help="questions that a pool needs")
    parser.add_argument("--matching", action="store_true", help="for Moodle before 4.4: orders as matching questions")
    chosen = parser.parse_args(arguments)
    if importlib.util.find_spec("text2qti") is None:
        print("text2qti is missing: python -m pip install -r requirements-grading.txt", file=sys.stderr)
        return 2
    inventory = chosen.inventory or chosen.out.parent / "html" / "objects.inv"
    misconceptions = chosen.misconceptions or chosen.quizzes.parent / "misconceptions.yml"
    try:
        book = read_book(chosen.package, misconceptions, inventory, chosen.site)
        chapters, mistakes = read_chapters(chosen.quizzes, chosen.package, book, chosen.least)
        export = Export(book, chosen.matching)
        for chapter in chapters:
            print(_line(chapter), flush=True)
            export.add(chapter)
        mistakes += export.mistakes
        if not mistakes:
            write(export.files, chosen.out)
    except (LmsError, OSError) as problem:
        mistakes = [str(problem)]
    if mistakes:
        print(*mistakes, "Nothing was written.", sep="\n", file=sys.stderr)
        return 1
    print(f"{len(export.files)} files and a zip for each format in {chosen.out}")
    return 0


def _line(chapter: Chapter) -> str:
    pooled = sum(map(len, chapter.pools.values()))
    return (
        f"{chapter.path.name}: {len(chapter.questions)} questions, {pooled} more in {len(chapter.pools)} marked pools"
    )


if __name__ == "__main__":
    sys.exit(main())
