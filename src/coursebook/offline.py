"""*Save for offline*: a reader may keep the whole site in the browser (`coursebook_offline: true`).

Nothing is kept, and no service worker registered, before the reader asks. The worker carries a list of the site's files
with hashes of their content, so a new version of the site fetches only what changed, and replaces the old one whole.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursebook import static_files
from coursebook.static_files import makes_site

_SCRIPT = "offline.js"
WORKER = "offline-worker.js"  # at the root: a worker serves its own folder and what is below it
SIZE = Path("_static", "coursebook", "offline.json")
_LEFT_OUT = {WORKER, SIZE.as_posix(), ".buildinfo", ".nojekyll", "objects.inv", "CNAME"}


def files_of(site: Path) -> dict[str, str]:
    """Every file of a built site that a reader can meet, by its address within the site, with a hash of its content."""
    paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    kept = {name: path for name, path in paths.items() if name not in _LEFT_OUT and path.suffix != ".map"}
    return {name: hashlib.sha256(kept[name].read_bytes()).hexdigest()[:12] for name in sorted(kept)}


def write(site: Path) -> None:
    """Write the worker and what the page tells of its size into a built site; the same site gives the same bytes."""
    files = files_of(site)
    listed = json.dumps(files, separators=(",", ":"))
    version = hashlib.sha256(listed.encode()).hexdigest()[:12]
    head = f'const VERSION = "{version}";\nconst FILES = {listed};\n'
    (site / WORKER).write_text(head + (static_files.STATIC / WORKER).read_text("utf-8"), encoding="utf-8", newline="\n")
    size = {"bytes": sum((site / name).stat().st_size for name in files), "files": len(files)}
    (site / SIZE).write_text(json.dumps(size) + "\n", encoding="utf-8", newline="\n")


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    if _is_on(app):
        static_files.copy(app, _SCRIPT)


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if _is_on(app):
        app.add_js_file(f"coursebook/{_SCRIPT}", loading_method="defer")


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if not failure and _is_on(app):
        write(Path(app.outdir))


def _is_on(app: Sphinx) -> bool:
    return app.config.coursebook_offline and makes_site(app)


def setup(app: Sphinx) -> None:
    """Register the setting and the steps; the list is made when all other files are there."""
    app.add_config_value("coursebook_offline", False, "html", [bool])
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add)
    app.connect("build-finished", _finish, priority=950)
