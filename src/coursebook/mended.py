"""Faults of accessibility in the HTML of docutils and of the theme, mended as a page is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

TEMPLATES = Path(__file__).parent / "templates" / "mended"

_FAULTS = (
    # docutils writes its bibliography with a role that ARIA has dropped, inside a list that then has no items
    (re.compile(r' role="doc-biblioentry"'), ' role="listitem"'),
    # an empty heading of a table heads nothing: Markdown has no other way to leave a corner free
    (re.compile(r"<th\b([^>]*)>(?:\s|<p>\s*</p>)*</th>"), r"<td\1></td>"),
)


def mended(html: str) -> str:
    """The body of a page without the faults above."""
    for fault, right in _FAULTS:
        html = fault.sub(right, html)
    return html


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if isinstance(context.get("body"), str):
        context["body"] = mended(context["body"])


def _prepare(app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages; the templates in `templates/mended` go before the theme's of the same name."""
    app.connect("config-inited", _prepare)
    app.connect("html-page-context", _mend, priority=900)
