"""Charts in builders without a browser: a picture where the builder can hold one, the description elsewhere."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursebook.describe import authors_description, built_description
from coursebook.draw import Drawings, drawings_of
from coursebook.nodes import chart

PICTURE_OF = {"latex": "pdf", "epub": "png", "texinfo": "png"}  # by builder name
PRINT_WIDTH = "100%"


class ChartPictures(SphinxPostTransform):
    """Replaces every chart unless the builder writes web pages, which show it themselves."""

    default_priority = 8  # after glued charts are in place, before images are collected

    def run(self, **kwargs: Any) -> None:
        """Replace the charts of one document."""
        builder = self.app.builder
        if builder.format == "html" and builder.name not in PICTURE_OF:
            return
        for node in list(self.document.findall(chart)):
            spec = node.specification
            text = authors_description(spec) or built_description(spec)
            kind = PICTURE_OF.get(builder.name)
            picture = self._picture(node, kind) if kind else None
            node.replace_self(_image(picture, text) if picture else nodes.paragraph("", f"[{text}]"))

    def _picture(self, node: chart, kind: str) -> str | None:
        """Path of the chart as a file, known to Sphinx as an image; None if it cannot be drawn."""
        drawings = drawings_of(self.app)
        path = picture_file(drawings, node.request, kind)
        if path is None:
            return None
        uri = path.as_posix()
        self.env.images.add_file(self.env.docname, uri)
        return uri


def picture_file(drawings: Drawings, request: dict[str, Any], kind: str) -> Path | None:
    """The wide drawing of a chart as PDF or PNG in the cache, or None if it cannot be drawn."""
    drawn = drawings.get(request)
    if "error" in drawn:
        return None
    wanted = {"job": "picture", "drawing": drawn["result"]["wide"]["svg"], "kind": kind}
    path = drawings.folder / f"{drawings.key(wanted)}.{kind}"
    if not path.exists():
        answer = drawings.get(wanted)
        if "error" in answer:
            return None
        path.write_bytes(base64.b64decode(answer["result"]))
    return path


def _image(uri: str, text: str) -> nodes.image:
    return nodes.image(uri=uri, candidates={"*": uri}, alt=text, width=PRINT_WIDTH)


def setup(app: Sphinx) -> None:
    """Register the post-transform."""
    app.add_post_transform(ChartPictures)
