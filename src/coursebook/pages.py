"""What every page of the site gets: the book's style sheet, scripts only where they are used, no dead Thebe."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursebook import static_files
from coursebook.selfcheck import has_selfcheck
from coursebook.tables import is_register

_THEBE_CODE = re.compile(r'\s*<script type="text/x-thebe-config">.*?</script>|<script>kernelName = .*?</script>', re.S)
_FILES = ("book.css", "reading.js", "register.js", "selfcheck.css", "selfcheck.js")


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    static_files.copy(app, *_FILES)


def _page_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    app.add_css_file("coursebook/book.css")
    if page == app.config.root_doc:
        app.add_js_file("coursebook/reading.js", loading_method="defer")
    if isinstance(doctree, nodes.document) and _has_register(doctree):
        app.add_js_file("coursebook/register.js", loading_method="defer")
    if isinstance(doctree, nodes.document) and has_selfcheck(doctree):
        app.add_css_file("coursebook/selfcheck.css")
        app.add_js_file("coursebook/selfcheck.js", loading_method="defer")


def _has_register(doctree: nodes.document) -> bool:
    return any(map(is_register, doctree.findall(nodes.container)))


def _drop_thebe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Jupyter Book loads sphinx-thebe on every page, twice, which ends in an uncaught error in the browser."""
    if app.config.html_theme_options.get("launch_buttons", {}).get("thebe"):
        return
    for kind in ("script_files", "css_files"):
        files = context.get(kind, [])
        files[:] = [file for file in files if "thebe" not in _description(file).lower()]
    if "thebe" in (context.get("body") or ""):  # looking for the word takes no time, the pattern does
        context["body"] = _THEBE_CODE.sub("", context["body"])


def _description(file: Any) -> str:
    return f"{getattr(file, 'filename', file)} {getattr(file, 'attributes', {}).get('body', '')}"


def _own_code() -> str:
    """Hash of this package: when it changes, Sphinx reads and writes every page again."""
    files = (
        path for path in sorted(Path(__file__).parent.rglob("*")) if path.suffix in (".py", ".js", ".css", ".html")
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages; Thebe goes last, when its own extension has added its files."""
    app.add_config_value("coursebook_code", _own_code(), "env", [str])
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _page_files)
    app.connect("html-page-context", _drop_thebe, priority=900)
