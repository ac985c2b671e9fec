"""The files that pages with charts load: one style sheet, one script, and Vega when a reader begins to read."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from coursebook.draw import Drawings, drawings_of
from coursebook.nodes import chart
from coursebook.spec import to_json
from coursebook.static_files import STATIC, folder, makes_site
from coursebook.theme import FONT, page_config, variables_css


def style_sheet() -> str:
    """Palette and rules as one file."""
    return variables_css() + f".altair-static{{font-family:{FONT}}}\n" + (STATIC / "coursebook.css").read_text("utf-8")


def script() -> str:
    """What wakes the charts."""
    return (STATIC / "coursebook.js").read_text("utf-8")


def vega_script(drawings: Drawings) -> str:
    """Vega as a classic script (it works on file://, a module does not), its names kept to itself, and our theme."""
    bundle = drawings.get({"job": "bundle"})["result"]
    return f"(()=>{{{bundle}\n}})();\nwindow.coursebookConfig = {to_json(page_config())};\n"


def add_to_page(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Only pages with charts load anything of ours."""
    if isinstance(doctree, nodes.document) and next(doctree.findall(chart), None) is not None:
        app.add_css_file("coursebook/charts.css")
        app.add_js_file("coursebook/charts.js", loading_method="defer")


def write(app: Sphinx, env: Any) -> None:
    """Write the three files before any page is written (Sphinx adds a checksum of each to its address)."""
    if not makes_site(app):
        return
    place = folder(app)
    for name, text in (
        ("charts.css", style_sheet()),
        ("charts.js", script()),
        ("vega.js", vega_script(drawings_of(app))),
    ):
        (place / name).write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Connect both to their moments."""
    app.connect("env-updated", write)
    app.connect("html-page-context", add_to_page)
