"""What others show of a page: its description, and title and picture for those who share a link to it.

A description of the author's own (`html_meta: {description: ...}` in the front matter) is kept; else it is made of
the first full sentences of the page. Addresses are absolute when the book has an `html.baseurl`.
"""

from __future__ import annotations

import re
import shutil
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from coursebook.static_files import makes_site

_LENGTH = 200  # what search engines and messengers show of a description
_SENTENCE = re.compile(r".+?[.?!](?=\s|$)")
_TAG = re.compile(r"<[^>]+>")


def description(doctree: nodes.document) -> str:
    """First sentences of the first paragraph that stands by itself and has one; empty if there is none."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            plain = paragraph.deepcopy()
            for citation in list(plain.findall(_is_citation)):
                citation.parent.remove(citation)
            if short := shortened(plain.astext()):
                return short
    return ""


def shortened(text: str) -> str:
    """Whole sentences of a text, as many as fit; the beginning of the first if it alone is too long; none of none."""
    text = re.sub(r"\s+([.,;:?!])", r"\1", " ".join(text.split()))
    sentences = _SENTENCE.findall(text)
    if not sentences:
        return ""
    if len(sentences[0]) > _LENGTH:
        return sentences[0][:_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    kept = ""
    for sentence in sentences:
        if len(kept) + len(sentence) > _LENGTH:
            break
        kept += sentence
    return kept


def _is_citation(node: nodes.Node) -> bool:
    return isinstance(node, nodes.inline) and "bibtex-citation" in node.get("classes", ())


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if not isinstance(doctree, nodes.document):
        return
    base, config = (app.config.html_baseurl or "").rstrip("/"), app.config
    metatags = context.get("metatags") or ""
    found = re.search(r'<meta content="([^"]*)" name="description"', metatags)
    text = unescape(found[1]) if found else description(doctree)
    tags = {
        "og:type": "website" if page == config.root_doc else "article",
        "og:site_name": config.html_title,
        "og:title": unescape(_TAG.sub("", context.get("title") or "")),
        "og:description": text,
        "og:url": f"{base}/{app.builder.get_target_uri(page)}" if base else "",
    }
    if config.coursebook_picture:
        name = quote(f"_static/{Path(config.coursebook_picture).name}")
        tags["og:image"] = f"{base}/{name}" if base else context["pathto"](name, resource=True)
        tags["og:image:alt"] = config.coursebook_picture_alt
        tags["twitter:card"] = "summary_large_image"
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in tags.items() if value]
    if text and not found:
        lines.insert(0, f'<meta name="description" content="{escape(text)}">')
    context["metatags"] = "\n".join([metatags, *lines]) + "\n"


def _copy(app: Sphinx, env: BuildEnvironment) -> None:
    if app.config.coursebook_picture and makes_site(app):
        picture = Path(app.srcdir, app.config.coursebook_picture)
        if not picture.is_file():
            raise ConfigError(f"coursebook_picture: there is no file {picture}")
        target = Path(app.outdir, "_static", picture.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, target)


def setup(app: Sphinx) -> None:
    """Register the settings and connect to the writing of pages."""
    app.add_config_value("coursebook_picture", "", "html", [str])
    app.add_config_value("coursebook_picture_alt", "", "html", [str])
    app.connect("env-updated", _copy)
    app.connect("html-page-context", _add)
