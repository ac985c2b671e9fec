"""Drawings on demand: helper processes that run `coursebook.drawing`, and a cache addressed by content.

A drawing is stored under the hash of its request and of everything that decides its looks (vl-convert's version,
the text of the drawing modules), so a file that is there is right, in any build, order or process. What a request
does not decide holds for one build: a failure (no network, no time), and a drawing of data from an address.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from coursebook.spec import data_urls

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Request = dict[str, Any]
Answer = dict[str, Any]

_DRAWING_MODULES = ("controls", "drawing", "layout", "rows", "spec", "svg", "theme")
_HELPER = (sys.executable, "-m", "coursebook.drawing")
_SECONDS_EACH = 60  # a chart that takes longer is given up; the first also pays for starting Vega
MOST_HELPERS = 4  # each takes about 200 MB


@cache
def _looks() -> str:
    """What a drawing depends on besides its request."""
    here = Path(__file__).parent
    texts = [(here / f"{name}.py").read_bytes() for name in _DRAWING_MODULES]
    return metadata.version("vl-convert-python") + hashlib.sha256(b"".join(texts)).hexdigest()


class Drawings:
    """A folder of answers, and helpers that add to it.

    Args:
        folder: where the answers are kept; made when first needed.
        once: name of the folder inside for what holds for one build.
    """

    def __init__(self, folder: Path, once: str = "once") -> None:
        self.folder = folder
        self.once = folder / once

    def key(self, request: Request) -> str:
        """The address of a request's answer."""
        text = json.dumps(request, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256((_looks() + text).encode()).hexdigest()[:24]

    def want(self, request: Request) -> str:
        """Note a request for the next `draw_wanted`; returns its key. Safe in parallel processes."""
        key = self.key(request)
        if self._stored(key) is None:
            self._write(self.folder / f"{key}.want.json", request)
        return key

    def draw_wanted(self) -> int:
        """Draw all that was wanted since; returns how many that were."""
        wanted = sorted(self.folder.glob("*.want.json"))
        self._draw({path.name.partition(".")[0]: json.loads(path.read_text("utf-8")) for path in wanted})
        for path in wanted:
            path.unlink(missing_ok=True)
        return len(wanted)

    def get(self, request: Request) -> Answer:
        """The answer to a request: `{"result": ...}` or `{"error": text}`; drawn now if need be."""
        key = self.key(request)
        if self._stored(key) is None:
            self._draw({key: request})
        return json.loads(self._stored(key).read_text("utf-8"))

    def note_page(self, request: Request, docname: str) -> None:
        """A page shows the chart: if its answer holds for one build, the next one must write the page again."""
        if (self.once / f"{self.key(request)}.json").exists():
            (self.once / f"{quote(docname, safe='')}.page").touch()

    def forget(self) -> list[str]:
        """At the start of a build: forget what held for the one before; returns the pages that show it."""
        pages = [unquote(path.stem) for path in self.once.glob("*.page")]
        shutil.rmtree(self.once, ignore_errors=True)
        return pages

    def _stored(self, key: str) -> Path | None:
        paths = (folder / f"{key}.json" for folder in (self.folder, self.once))
        return next((path for path in paths if path.exists()), None)

    def _keep(self, key: str, request: Request, answer: Answer) -> None:
        passing = "error" in answer or data_urls(request.get("spec") or {})
        self._write((self.once if passing else self.folder) / f"{key}.json", answer)

    def _draw(self, requests: dict[str, Request]) -> None:
        """Share the requests among helpers and store what they answer."""
        if not requests:
            return
        items = list(requests.items())
        helpers = min(len(items), os.cpu_count() or 1, MOST_HELPERS)
        with ThreadPoolExecutor(helpers) as pool:
            list(pool.map(self._work, [items[start::helpers] for start in range(helpers)]))

    def _work(self, items: list[tuple[str, Request]]) -> None:
        """Have a helper answer requests until one fails, then another helper, until all have an answer.

        An error counts only as a helper's first answer: later it may be the fault of the chart before.
        """
        waiting = deque(items)
        while waiting:
            with helper() as ask:
                good = 0
                while waiting:
                    answer = ask(waiting[0][1])
                    failed = "error" in answer
                    if not (failed and good):
                        self._keep(*waiting.popleft(), answer)
                    if failed:
                        break
                    good += 1

    def _write(self, path: Path, value: Any) -> None:
        """Write whole or not at all: another process may read at any time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        part.replace(path)


def drawings_of(app: Sphinx) -> Drawings:
    """The drawing cache of a build: beside the output, so that `clean` removes it with the rest."""
    return Drawings(Path(app.outdir).parent / ".coursebook" / "drawings", f"once-{app.builder.name}")


@contextmanager
def helper() -> Iterator[Callable[[Request], Answer]]:
    """A helper process, as a function that asks it; it is of no more use after an error.

    Time is UTC in the helper, so that dates are drawn alike wherever the book is built.
    """
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    environment = {**os.environ, "TZ": "UTC"}
    with subprocess.Popen(
        _HELPER, stdin=pipe, stdout=pipe, stderr=quiet, encoding="utf-8", errors="replace", env=environment
    ) as process:

        def ask(request: Request) -> Answer:
            late = Timer(_SECONDS_EACH, process.kill)
            late.start()
            try:
                process.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
                process.stdin.flush()
                return json.loads(process.stdout.readline())
            except (OSError, ValueError):  # the pipe is broken, or the line cut off
                return {"error": "Vega gave no answer (crash or time-out)"}
            finally:
                late.cancel()

        try:
            yield ask
        finally:
            process.kill()
            with suppress(OSError):  # what it did not read any more
                process.stdin.close()
