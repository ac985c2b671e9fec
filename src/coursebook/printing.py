"""Pages on paper: a style sheet loaded for print alone, light colours whatever the screen has, and a mark on links
whose words already are their address."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursebook import static_files

_SHEET = "print.css"
# Rules of the theme, of extensions and of highlighted code all ask for the attribute, so paper gets the light one. Some
# browsers tell of printing by an event, others by the media query too.
_LIGHT = (
    "(()=>{const d=document.documentElement.dataset;let was;"
    "const paper=on=>{if(on&&was===undefined){was=d.theme;d.theme='light'}"
    "else if(!on&&was!==undefined){d.theme=was;was=undefined}};"
    "addEventListener('beforeprint',()=>paper(true));addEventListener('afterprint',()=>paper(false));"
    "matchMedia('print').addEventListener('change',e=>paper(e.matches))})()"
)


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    static_files.copy(app, _SHEET)


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    app.add_css_file(f"coursebook/{_SHEET}", media="print")
    app.add_js_file(None, body=_LIGHT)


def _mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """On paper a link shows where it leads; one that says so itself need not say it twice."""
    for link in doctree.findall(nodes.reference):
        if link.get("refuri") and link.astext() == link["refuri"]:
            link["classes"].append("bare-address")


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages."""
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add)
    app.connect("doctree-resolved", _mark)
