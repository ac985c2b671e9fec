"""Write the PDF: `python -m coursebook.pdf . book.pdf --without reference/facts`, after the site is built."""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coursebook import chromium
from coursebook.edition import date_of

_LIBRARIES = ("playwright", "pypdf")
_UNDATED = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)  # as in archives that hide their clock


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one PDF of the book; 0 if all went well, 1 after a line on what is wrong with the book, 2 when a program
    or library is missing."""
    parser = argparse.ArgumentParser("python -m coursebook.pdf", description=__doc__)
    parser.add_argument("book", type=Path, help="folder with _config.yml, _toc.yml and the built site in _build/html")
    parser.add_argument("out", type=Path, help="the PDF to write")
    parser.add_argument("--without", nargs="*", default=[], metavar="PAGE", help="documents of _toc.yml to leave out")
    chosen = parser.parse_args(arguments)
    if missing := [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]:
        return _stop(2, f"{' and '.join(missing)} is missing: python -m pip install {' '.join(missing)}")
    executable = chromium.find()
    if executable is None:
        return _stop(2, "The PDF is printed by Chromium or Chrome: install one (on Debian, apt-get install chromium).")
    return write(chosen.book, chosen.out, set(chosen.without), executable)


def write(book: Path, out: Path, without: set[str], executable: str) -> int:
    """Put the book together, print it, and put the PDF in its place once it is whole."""
    from coursebook.pdf import document, printer

    start = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - start:5.0f} s  {text}", flush=True)

    folder = book / "_build" / "pdf"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        say("Putting the pages together ...")
        whole = document.assemble(book, book / "_build" / "html", folder, without)
    except document.DocumentError as problem:
        return _stop(1, str(problem))
    file = folder / "book.html"
    file.write_text(whole.html, encoding="utf-8")
    pdf = printer.finished(printer.printed(file, executable, say), whole, date_of(book) or _UNDATED)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(pdf)
    say(f"{out}: {len(pdf) / 1e6:.1f} MB")
    return 0


def _stop(code: int, message: str) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
