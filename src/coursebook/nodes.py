"""The chart as a node of the document: it carries the specification, builders decide how to show it."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from coursebook.draw import Request
from coursebook.spec import Spec


class chart(nodes.General, nodes.Element):
    """One Altair chart.

    Attributes: `spec` (the author's specification as JSON text: nodes are pickled, and text is compact), `origin`
    (which cell or glue key it came from, in words), `chart_id` (set when the document is read).
    """

    @classmethod
    def of(cls, spec: Spec, origin: str) -> chart:
        """A node for a specification that came from `origin`, e.g. `cell 4`."""
        return cls(spec=json.dumps(spec, ensure_ascii=False), origin=origin)

    @property
    def specification(self) -> Spec:
        """The author's specification."""
        return json.loads(self["spec"])

    @property
    def request(self) -> Request:
        """What to ask of `coursebook.draw`."""
        return {"job": "draw", "spec": self.specification}

    @property
    def figure(self) -> nodes.figure | None:
        """The figure around the chart, if its author gave figure metadata."""
        parent: Any = self.parent
        while parent is not None and not isinstance(parent, nodes.figure):
            parent = parent.parent if isinstance(parent, (nodes.container, chart)) else None
        return parent


def setup(app: Sphinx) -> None:
    """Register the node for HTML; for every other builder a post-transform replaces it (`coursebook.pictures`)."""
    from coursebook.html import depart_chart, forget_files, visit_chart

    app.add_node(chart, html=(visit_chart, depart_chart))
    app.connect("doctree-resolved", forget_files)
