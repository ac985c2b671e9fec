"""Drawings on demand: helper processes that run `coursebook.drawing`, and a cache addressed by content.

A drawing is stored under the hash of its request and of everything that decides its looks (vl-convert's version,
the text of the drawing modules), so a file that is there is right, in any build, order or process.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Request = dict[str, Any]
Answer = dict[str, Any]

_DRAWING_MODULES = ("controls", "drawing", "layout", "rows", "spec", "svg", "theme")
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
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, request: Request) -> str:
        """The address of a request's answer."""
        text = json.dumps(request, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256((_looks() + text).encode()).hexdigest()[:24]

    def want(self, request: Request) -> str:
        """Note a request for the next `draw_wanted`; returns its key. Safe in parallel processes."""
        key = self.key(request)
        if not self._answer_file(key).exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(self._want_file(key), request)
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
        if not self._answer_file(key).exists():
            self._draw({key: request})
        return json.loads(self._answer_file(key).read_text("utf-8"))

    def _answer_file(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _want_file(self, key: str) -> Path:
        return self.folder / f"{key}.want.json"

    def _draw(self, requests: dict[str, Request]) -> None:
        """Share the requests among helpers and store what they answer."""
        if not requests:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        items = list(requests.items())
        helpers = min(len(items), os.cpu_count() or 1, MOST_HELPERS)
        with ThreadPoolExecutor(helpers) as pool:
            list(pool.map(self._work, [items[start::helpers] for start in range(helpers)]))

    def _work(self, items: list[tuple[str, Request]]) -> None:
        """Have a helper answer requests until one fails, then another helper, until all have an answer.

        An error counts only as a helper's first answer: later it may be the fault of the chart before.
        """
        while items:
            answers = run_helper([request for _, request in items])
            if len(answers) > 1 and "error" in answers[-1]:
                answers.pop()
            for (key, _), answer in zip(items, answers, strict=False):
                self._write(self._answer_file(key), answer)
            items = items[len(answers) :]
            if not answers:
                self._write(self._answer_file(items[0][0]), {"error": "Vega gave no answer (crash or time-out)"})
                items = items[1:]

    def _write(self, path: Path, value: Any) -> None:
        """Write whole or not at all: another process may read at any time."""
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        part.replace(path)


def drawings_of(app: Sphinx) -> Drawings:
    """The drawing cache of a build: beside the output, so that `clean` removes it with the rest."""
    return Drawings(Path(app.outdir).parent / ".coursebook" / "drawings")


def run_helper(requests: list[Request]) -> list[Answer]:
    """Start a helper, ask it everything, return its answers: fewer than asked if it ended early.

    Time is UTC in the helper, so that dates are drawn alike wherever the book is built.
    """
    lines = "".join(json.dumps(request, ensure_ascii=False) + "\n" for request in requests)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "coursebook.drawing"],
            input=lines,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS_EACH * len(requests),
            env={**os.environ, "TZ": "UTC"},
            check=False,
        )
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout.decode("utf-8", "replace") if isinstance(late.stdout, bytes) else late.stdout or ""
    answers = []
    for line in output.splitlines():
        try:
            answers.append(json.loads(line))
        except ValueError:
            break  # cut off in the middle
    return answers
