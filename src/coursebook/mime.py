"""The plugin through which MyST-NB asks about every output: charts and tables to read become nodes, the rest passes.

Registered as an entry point of the group `myst_nb.mime_renderers` when the package is installed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer

from coursebook.dataframes import TableError, readable
from coursebook.html import table_source
from coursebook.nodes import chart
from coursebook.spec import Spec, is_spec, spec_in_mime
from coursebook.warnings import Kind, warn

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5}(?=_| |\"|>|\{)")


class ChartRenderer(MimeRenderPlugin):
    """Finds Altair charts in whatever a renderer of Altair's wrote (default, html, olli, jupyter)."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Nodes for an output that is ours, None for MyST-NB to go on."""
        if not _is_on(renderer):
            return None
        spec = _widget_spec(renderer, data) if data.mime_type == WIDGET_VIEW else _spec(data)
        if spec is not None:
            return [chart.of(spec, _origin(renderer, data))]
        if data.mime_type == "text/html" and not inline:
            return _table(renderer, data) or _steady_styler(data)
        return None


def _is_on(renderer: NbElementRenderer) -> bool:
    """Whether the book at hand named the extension: being installed beside other books must not touch them."""
    env = getattr(renderer.renderer, "sphinx_env", None)
    return env is not None and "coursebook" in env.app.extensions


def _spec(data: MimeData) -> Spec | None:
    return spec_in_mime(data.mime_type, data.string if data.mime_type == "text/html" else data.content)


def _widget_spec(renderer: NbElementRenderer, data: MimeData) -> Spec | None:
    """The chart of Altair's `jupyter` renderer stands in the notebook's widget state, not in the output."""
    model = data.content.get("model_id") if isinstance(data.content, dict) else None
    spec = chart_models(renderer.renderer.nb_client.nb_metadata).get(model)
    return spec if is_spec(spec) else None


def chart_models(notebook_metadata: dict[str, Any]) -> dict[str, Spec]:
    """Model id and specification of every Altair widget in a notebook's metadata."""
    models = ((notebook_metadata.get("widgets") or {}).get(WIDGET_STATE) or {}).get("state") or {}
    return {
        model_id: model["state"]["spec"]
        for model_id, model in models.items()
        if isinstance(model.get("state"), dict) and is_spec(model["state"].get("spec"))
    }


def _origin(renderer: NbElementRenderer, data: MimeData) -> str:
    """Which cell or glue key an output came from, in words."""
    if data.cell_index is not None:
        return f"cell {data.cell_index + 1}"
    glued = renderer.renderer.nb_client.glue_data
    for key, output in glued.items():
        if output["data"].get(data.mime_type) == data.content:
            return f"glue key {key!r}"
    return "a glued output"


def _table(renderer: NbElementRenderer, data: MimeData) -> list[nodes.Element] | None:
    """A DataFrame whose cell asks for a table to read."""
    options = data.cell_metadata.get("coursebook", {}).get("table")
    if options is None:
        return None
    env = renderer.renderer.sphinx_env
    try:
        content = readable(data.string, options)
        if names := options.get("datasets"):
            content["datasets"] = names
            content += nodes.raw("", table_source(env.app, env.docname, names), format="html")
        return [content]
    except TableError as problem:
        warn(Kind.TABLE, f"{_origin(renderer, data)}: {problem}", (env.docname, data.line))
    except KeyError as unknown:
        warn(
            Kind.PROVENANCE,
            f"{_origin(renderer, data)}: the data package has no dataset {unknown}",
            (env.docname, data.line),
        )
    return None


def _steady_styler(data: MimeData) -> list[nodes.Element] | None:
    """pandas gives every styled table a random id; the same table gets the same id here, so that pages compare."""
    ids = sorted(set(_STYLER_ID.findall(data.string)))
    if not ids or "<style" not in data.string:
        return None
    text = data.string
    for index, name in enumerate(ids):
        place = f"{data.cell_index}-{data.output_index}-{index}"
        steady = hashlib.sha256((place + data.string.replace(name, "T_")).encode()).hexdigest()[:8]
        text = text.replace(name, f"T_{steady}")
    return [nodes.raw(text=text, format="html", classes=["output", "text_html"])]
