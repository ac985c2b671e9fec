"""Faults of accessibility in the HTML of docutils, of the theme and of sphinx-exercise, mended as a page is written."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

_MENDED = (
    # docutils writes its bibliography with a role that ARIA has dropped, inside a list that then has no items
    (' role="doc-biblioentry"', ' role="listitem"'),
    # sphinx-exercise gives every exercise of a page the same ids
    ('<section id="exercise-content">', "<section>"),
    ('<section id="solution-content">', "<section>"),
)


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    body = context.get("body")
    if isinstance(body, str):
        for wrong, right in _MENDED:
            body = body.replace(wrong, right)
        context["body"] = body


def setup(app: Sphinx) -> None:
    """Connect to the writing of pages."""
    app.connect("html-page-context", _mend, priority=900)
