"""From MyST-NB's doctree to chart nodes in their places, checked and drawn before any page is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from coursebook.describe import authors_description, built_description
from coursebook.draw import drawings_of
from coursebook.mime import WIDGET_STATE, chart_models
from coursebook.nodes import chart
from coursebook.spec import spec_in_bundle
from coursebook.tables import is_register
from coursebook.warnings import Kind, warn

_LOGGER = logging.getLogger(__name__)


def settle(app: Sphinx, doctree: nodes.document) -> None:
    """Put the charts and tables of a document just read in their places and ask for the charts' drawings."""
    charts = list(doctree.findall(chart))
    for node in [*charts, *filter(is_register, list(doctree.findall(nodes.container)))]:
        _replace_bundle(node)
    if not charts:
        return
    for node in charts:
        _lift(node)
    number_charts(doctree)
    _drop_chart_widgets(app.env, app.env.docname)
    drawings = drawings_of(app)
    for node in doctree.findall(chart):
        drawings.want(node.request)


def _replace_bundle(node: nodes.Element) -> None:
    """The node stands for its whole output: no builder shall choose its text or HTML instead."""
    bundle: Any = node.parent
    while bundle is not None and not _is_bundle(bundle):
        bundle = bundle.parent
    if bundle is not None:
        if node.source is None:
            node.source, node.line = bundle.source, bundle.line
        bundle.replace_self(node)


def _is_bundle(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _lift(node: chart) -> None:
    """A chart glued within a sentence becomes a block of its own between the halves of its paragraph."""
    paragraph = node.parent
    if not isinstance(paragraph, nodes.paragraph):
        return
    place = paragraph.index(node)
    before, after = paragraph.children[:place], paragraph.children[place + 1 :]
    halves = [nodes.paragraph("", "", *half) for half in (before, after)]
    for half in halves:
        half.source, half.line = paragraph.source, paragraph.line
    first, last = (half if half.astext().strip() else None for half in halves)
    paragraph.replace_self([each for each in (first, node, last) if each is not None])


def number_charts(doctree: nodes.document) -> None:
    """Give every chart its id: the figure's own, else `chart-<n>` in order on the page."""
    taken: set[str] = set()
    for number, node in enumerate(doctree.findall(chart), start=1):
        figure = node.figure
        if figure is not None and "altair-figure" not in figure["classes"]:
            figure["classes"].append("altair-figure")
        own = figure["ids"][0] if figure is not None and figure["ids"] else f"chart-{number}"
        node["chart_id"] = own if own not in taken else f"{own}-{number}"
        taken.add(node["chart_id"])


def _drop_chart_widgets(env: Any, docname: str) -> None:
    """Take Altair's widgets out of the page's widget state; with none left, no widget script is loaded at all."""
    scripts = getattr(env, "nb_metadata", {}).get(docname, {}).get("js_files", {})
    if "ipywidgets_state" not in scripts:
        return
    address, attributes = scripts["ipywidgets_state"]
    state = json.loads(attributes["body"].replace(r"<\/script>", "</script>"))
    ours = chart_models({"widgets": {WIDGET_STATE: state}})
    for model_id in ours:
        layout = state["state"][model_id]["state"].get("layout")
        del state["state"][model_id]
        if isinstance(layout, str):
            state["state"].pop(layout.removeprefix("IPY_MODEL_"), None)
    if state["state"]:
        body = json.dumps(state).replace("</script>", r"<\/script>")
        scripts["ipywidgets_state"] = (address, {**attributes, "body": body})
        return
    for key in [key for key in scripts if key.startswith("ipywidgets_")]:
        del scripts[key]


class GluedCharts(SphinxPostTransform):
    """Charts glued from another document: MyST-NB would paste Altair's HTML after all plugins have been asked."""

    default_priority = 4  # MyST-NB resolves its pending references at 5

    def run(self, **kwargs: Any) -> None:
        """Replace each pending reference to a chart by a chart node."""
        folder = self.env.mystnb_config.output_folder
        found = False
        for pending in list(self.document.findall(PendingGlueReference)):
            output = read_glue_cache(folder, pending.refdoc).get(pending.key)
            spec = spec_in_bundle(output["data"]) if output else None
            if spec is None:
                continue
            node = chart.of(spec, f"glue key {pending.key!r} of {pending.refdoc}")
            node.source, node.line = pending.source, pending.line
            pending.replace_self(node)
            _lift(node)
            found = True
        if found:
            number_charts(self.document)


class CheckedCharts(SphinxPostTransform):
    """Says of each chart on a page what its author should know."""

    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Warn of charts that cannot be drawn, described or used without a pointer."""
        if not self.app.builder.format:
            return  # a builder that writes no pages (link check, dummy)
        drawings = drawings_of(self.app)
        for node in self.document.findall(chart):
            answer = drawings.get(node.request)
            drawings.note_page(node.request, self.env.docname)
            for kind, text in findings(node, answer):
                warn(kind, f"chart in {node['origin']}: {text}", node)


def findings(node: chart, answer: dict[str, Any]) -> Iterator[tuple[Kind, str]]:
    """What is to be said of a chart and its drawing."""
    spec = node.specification
    if "error" in answer:
        yield Kind.STATIC, f"it could not be drawn: {answer['error']}"
    if not authors_description(spec):
        built = built_description(spec)
        yield Kind.DESCRIPTION, f"it has no description (chart.properties(description=...)); readers get: {built}"
    if answer.get("result", {}).get("unmeasured"):
        yield (
            Kind.FONT,
            "no font for its Chinese text: install one (Debian: fonts-noto-cjk), remove _build, build again",
        )
    for name in answer.get("result", {}).get("pointer_only", ()):
        yield (
            Kind.SELECTION,
            f"selection {name!r} needs a pointer: bind it, give it one field, or name what does the same in "
            f'usermeta={{"equivalents": {{"{name}": "..."}}}}',
        )


def draw_again(app: Sphinx, *_: Any) -> list[str]:
    """The pages whose charts failed in the build before, or show data from an address."""
    return drawings_of(app).forget()


def draw_all(app: Sphinx, env: Any) -> None:
    """Draw what the documents asked for, in helper processes, before pages are written."""
    if app.builder.format and (count := drawings_of(app).draw_wanted()):
        _LOGGER.info("coursebook: drew %d charts", count)


def setup(app: Sphinx) -> None:
    """Register the steps in the order in which they happen."""
    app.connect("env-get-outdated", draw_again)
    app.connect("doctree-read", settle)
    app.connect("env-updated", draw_all)
    app.add_post_transform(GluedCharts)
    app.add_post_transform(CheckedCharts)
