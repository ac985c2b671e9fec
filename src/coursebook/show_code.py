"""One switch *Show code* for every page, in place of a folded box above every chart.

Off at first and remembered; `?code=1` in an address turns it on (for teachers' links). Without scripts the code stays
folded in its boxes. Books switch it on with `coursebook_show_code: true`.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursebook import static_files

_SCRIPT = "show-code.js"
# Before anything is painted, so that nothing moves: the choice stands on the root element, style rules do the rest.
_EARLY = (
    "try{var q=new URLSearchParams(location.search).get('code');"
    "if(q)localStorage.setItem('show-code',q==='1'?'on':'off');"
    "document.documentElement.dataset.code=localStorage.getItem('show-code')||'off'}"
    "catch(e){document.documentElement.dataset.code='off'}"
)


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    if app.config.coursebook_show_code:
        static_files.copy(app, _SCRIPT)


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if app.config.coursebook_show_code and isinstance(doctree, nodes.document) and _has_folded_code(doctree):
        app.add_js_file(None, body=_EARLY, priority=100)
        app.add_js_file(f"coursebook/{_SCRIPT}", loading_method="defer")


def _has_folded_code(doctree: nodes.document) -> bool:
    return any("tag_hide-input" in node["classes"] for node in doctree.findall(nodes.container))


def setup(app: Sphinx) -> None:
    """Register the setting and the script."""
    app.add_config_value("coursebook_show_code", False, "html", [bool])
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add)
