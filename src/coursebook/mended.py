"""Faults in the HTML of docutils, of the theme and of sphinx-exercise, mended as a page is written or, for boxes that
scroll, in the browser: of accessibility, and pages that show without colours first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from coursebook import static_files

TEMPLATES = Path(__file__).parent / "templates" / "mended"
_SCRIPT = "scrolling.js"

_FAULTS = (
    # docutils writes its bibliography with a role that ARIA has dropped, inside a list that then has no items
    (re.compile(r' role="doc-biblioentry"'), ' role="listitem"'),
    # sphinx-exercise gives every exercise of a page the same ids
    (re.compile(r' id="(?:exercise|solution)-content"'), ""),
    # an empty heading of a table heads nothing: Markdown has no other way to leave a corner free
    (re.compile(r"<th\b([^>]*)>(?:\s|<p>\s*</p>)*</th>"), r"<td\1></td>"),
)

#: The theme finds out late what the system's setting (or none: a book that sets no mode) means. Until then its colours
#: and borders are not there, and when it does, it styles all of a long page anew.
_COLOURS_FIRST = (
    "(()=>{const d=document.documentElement.dataset;d.mode||='auto';if(!/^(light|dark)$/.test(d.theme))"
    "d.theme=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light'})()"
)
#: What no element may be put into, or a tag and the text after it.
_PIECE = re.compile(r"<(script|style|svg|select|textarea)\b.*?</\1>|(<[^>]*>)([^<]*)", re.DOTALL)
_MAY_SCROLL = re.compile(r"<pre\b|<table\b")
_FOREIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff][\u3040-\u30ff\u3400-\u9fff，、。（）《》·“”]*")
_KANA = re.compile("[\u3040-\u30ff]")


def mended(html: str) -> str:
    """The body of a page without the faults above, with the language of Chinese and Japanese words."""
    for fault, right in _FAULTS:
        html = fault.sub(right, html)
    return _PIECE.sub(_with_language, html) if _FOREIGN.search(html) else html


def _with_language(piece: re.Match[str]) -> str:
    """Mark what stands in no role `zh`: titles in a bibliography, sources of a dataset."""
    tag, text = piece[2], piece[3]
    return piece[0] if piece[1] or " lang=" in tag else tag + _FOREIGN.sub(_marked, text)


def _marked(words: re.Match[str]) -> str:
    return f'<span lang="{"ja" if _KANA.search(words[0]) else "zh-Hans"}">{words[0]}</span>'


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    app.add_js_file(None, body=_COLOURS_FIRST)
    if isinstance(context.get("body"), str):
        context["body"] = mended(context["body"])
        if _MAY_SCROLL.search(context["body"]):
            app.add_js_file(f"coursebook/{_SCRIPT}", loading_method="defer")
    context["pagetitle"] = context.get("pagetitle") or context.get("title")  # a heading on paper, of indexes as well


def _prepare(app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    static_files.copy(app, _SCRIPT)


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages; the templates in `templates/mended` go before the theme's of the same name."""
    app.connect("config-inited", _prepare)
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _mend, priority=900)
